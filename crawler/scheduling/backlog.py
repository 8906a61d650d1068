"""How long it takes to ask for what is still to be asked for, at the delay of a site. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from crawler.siteconfig.site import Site

DELAY = 2.0
"""Seconds between two requests to a site that does not say otherwise."""
LONG = timedelta(minutes=15)
"""What takes longer is worth a word."""


def delay_of(site: Site) -> float:
    """Seconds between two requests to the site."""
    return site.delay if site.delay is not None else (0.0 if site.allow_private else DELAY)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What is still to be asked for at a site."""

    addresses: int
    delay: float
    """Seconds between two requests: the site's file's, or what its robots.txt asks for."""

    @property
    def takes(self) -> timedelta:
        """How long it takes at least."""
        return timedelta(seconds=self.addresses * self.delay)

    @property
    def is_long(self) -> bool:
        """Whether it takes so long that somebody should know."""
        return self.takes >= LONG

    def __str__(self) -> str:
        hours = self.takes / timedelta(hours=1)
        spelled = f"{hours * 60:.0f} minutes" if hours < 1.5 else f"{hours:.1f} hours" if hours < 48 else ""
        spelled = spelled or f"{hours / 24:.1f} days"
        return f"{self.addresses:,} addresses are to be asked for, {self.delay:g} s apart: {spelled} at least"
