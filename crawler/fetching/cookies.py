"""Cookies that a site wants to see again before it answers with anything but a redirect to itself.

A run begins without a past and keeps none: no cookie is sent that was not asked for in this way, and none is
given back to another host or in a later run.
"""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from archive.model.types import Capture

MOST = 20
"""Cookies of one host."""


class Cookies:
    """The cookies of one run."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, str]] = {}

    def learn(self, captures: Iterable[Capture]) -> bool:
        """Take the cookies of answers that went in a circle; returns whether one is new."""
        new = False
        for capture in captures:
            own = self._of.setdefault(urlsplit(capture.url).netloc, {})
            for name, value in _set(capture):
                if own.get(name) != value and len(own) < MOST:
                    own[name] = value
                    new = True
        return new

    def header(self, url: str) -> str | None:
        """What to say to the host of an address; ``None``: nothing."""
        own = self._of.get(urlsplit(url).netloc)
        return "; ".join(f"{name}={value}" for name, value in own.items()) if own else None


def _set(capture: Capture) -> Iterable[tuple[str, str]]:
    for name, line in capture.headers:
        if name.lower() != "set-cookie":
            continue
        said = SimpleCookie()
        try:
            said.load(line)
        except CookieError:
            continue
        for each in said.values():
            if each.coded_value and each["max-age"] != "0":
                yield each.key, each.coded_value
