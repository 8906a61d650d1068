"""Something that is wrong with a site, and what the looks for it are given: the visits of one site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from archive.operations.health_signals import VisitHealth


@dataclass(frozen=True, kw_only=True)
class HealthIssue:
    """Something that is wrong with a site."""

    kind: str
    subject: str
    since: datetime
    says: str


Open = Mapping[tuple[str, str], datetime]
"""(kind, subject) of what is already known to be wrong -> since when."""


@dataclass(frozen=True)
class SiteVisits:
    """The visits of one site, in the order of time, and what is known to be wrong with it."""

    visits: Sequence[VisitHealth]
    site: str
    zone: ZoneInfo
    known: Open

    def day(self, moment: datetime) -> str:
        """A day as people write it, in the site's zone."""
        return f"{moment.astimezone(self.zone):%-d %B %Y}"


def last_bad(visits: Sequence[VisitHealth], bad: Callable[[VisitHealth], bool]) -> list[VisitHealth]:
    """The last visits that are all bad."""
    found: list[VisitHealth] = []
    for each in reversed(visits):
        if not bad(each):
            break
        found.insert(0, each)
    return found


def how_to_mend(site: str) -> str:
    """What to do when pages of *site* are not read as they were."""
    return (
        "the template has probably changed; captures are kept: mend [[rules]] in the site's file, then run "
        f"legger reread {site}"
    )
