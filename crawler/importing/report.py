"""What an import came to, and what of it is no article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class NotAnArticle:
    """What was imported or passed over, and is no article."""

    file: str
    url: str
    at: datetime | None
    """``None``: it states no time."""
    what: str
    """``not read`` (no capture could be made of it), ``no site``, ``no page``, or what filing came to."""
    reason: str


@dataclass(kw_only=True)
class ImportReport:
    """What an import came to."""

    answers: int = 0
    """Responses and revisits that were found."""
    kept: int = 0
    known: int = 0
    """Passed over: they are in the archive."""
    passed: int = 0
    """Passed over: of no site, no page, or not to be read."""
    assets: int = 0
    """Of those kept: pictures, style sheets and fonts that imported pages show."""
    filed: Counter[str] = field(default_factory=Counter)
    """What filing came to, as crawls count it (new, changed, same, gone, not-article, ...)."""
    anew: int = 0
    """Articles filed anew, because older captures of them came in."""
    hosts: Counter[str] = field(default_factory=Counter)
    """Hosts that belong to no site, with the number of their answers."""
    sites: Counter[str] = field(default_factory=Counter)
    """Captures kept, by site."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """(file, what is wrong with it)."""


Told = Callable[[NotAnArticle], None]
