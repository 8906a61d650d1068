"""What one visit showed of a site's health, and how the visit ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from archive.model.addresses import Miss, Outcome

FIELDS = ("title", "authors", "published")
SURE = "sure"
"""Of articles read, those whose text is not doubtful."""
DOUBTFUL = 0.3
"""The probability that a text is not the article's from which a reading is doubtful."""


@dataclass(kw_only=True)
class HealthSignals:
    """What one visit showed of a site's health; filled as it goes, kept as JSON in
    ``runs.health_signals``."""

    sources: dict[str, int | None] = field(default_factory=dict)
    """Source that answered -> addresses it named; ``None``: as before (304)."""
    silent: dict[str, str] = field(default_factory=dict)
    """Source that did not answer -> why."""
    unread: dict[str, str] = field(default_factory=dict)
    """Source that answered with what is none -> what is wrong with it."""
    moved: dict[str, str] = field(default_factory=dict)
    """Source that answered from another address, on another host or for good -> where."""
    budgets: dict[str, str] = field(default_factory=dict)
    """Budget that was used up -> the first address that was left because of it."""
    told: dict[str, list[int]] = field(default_factory=dict)
    """Source that said of pages that they were changed, or kind of source -> looks at these, and how many
    found a change."""
    validators: dict[str, list[int]] = field(default_factory=dict)
    """Source, or ``pages`` -> whole answers that came with the validators (ETag, Last-Modified) of the one
    before, and how many of these said something else."""
    doubted: list[str] = field(default_factory=list)
    """The sources, and ``pages``, whose word of changes is not believed after the visit."""
    pages: Counter[str] = field(default_factory=Counter)
    """Pages that answered with a body: ``article``, ``gate`` or ``other``; those met as articles before,
    ``lost`` when they no longer are, ``standing`` when they are; articles built on a ``new template``."""
    absent: tuple[int, int] = (0, 0)
    """Of the site's newest articles, those that are not at their addresses, and how many these are of."""
    redesigned: bool = False
    """Most articles were built on a template that the site's memory did not know."""
    filled: Counter[str] = field(default_factory=Counter)
    """Of articles read (``of``), how many had each of :data:`FIELDS`, and how many were :data:`SURE`."""
    words: int = 0
    """Words of the articles read."""
    failures: Counter[str] = field(default_factory=Counter)
    """Kind of :class:`~archive.model.addresses.Miss` -> questions that came to nothing so, not so before."""
    lacking: Counter[str] = field(default_factory=Counter)
    """Kind of Miss -> addresses that had not come when the visit ended, those behind a gate as before too."""
    good: int = 0
    """Answers that were what was asked for, 304 among them; a redirect is not, nor a gate."""
    errors: Counter[str] = field(default_factory=Counter)
    """Faults of Legger's own, in words -> how often."""
    new: int = 0
    """New articles."""
    feed_only: bool = False
    """Only its feeds and sitemaps were asked for: no page of it can be read."""
    skews: list[float] = field(default_factory=list)
    """The server's clock less ours, in seconds, answer by answer."""

    def plain(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {
            "sources": self.sources,
            **({"feed_only": True} if self.feed_only else {}),
            **({"redesigned": True} if self.redesigned else {}),
            **({"absent": list(self.absent)} if self.absent[0] else {}),
            "silent": self.silent,
            "unread": self.unread,
            "moved": self.moved,
            "budgets": self.budgets,
            "told": self.told,
            "validators": self.validators,
            "doubted": self.doubted,
            "pages": dict(self.pages),
            "filled": dict(self.filled),
            "words": self.words,
            "failures": dict(self.failures),
            "lacking": {kind: number for kind, number in self.lacking.items() if number},
            "good": self.good,
            "errors": dict(self.errors),
            "new": self.new,
            "skew": median(self.skews) if self.skews else None,
        }


_BAD = frozenset(
    {
        Miss.SERVER,
        Miss.WAIT,
        Miss.TIMEOUT,
        Miss.UNREACHABLE,
        Miss.PRIVATE,
        Miss.TOO_LARGE,
        Miss.CUT,
        Miss.ERROR,
        Miss.UNREADABLE,
    }
)
"""What leaves a visit partly done. Dead links, paywalls and what robots.txt keeps to itself do not."""


ASKED_TO_WAIT = "the site asked us to wait"
"""Why a visit stopped whose site answered that it should come later; the day follows."""
NO_ROBOTS = "robots.txt could not be had"


NOTHING_CAME = "nothing that was asked for came: "


_REFUSALS = frozenset({Miss.ROBOTS, Miss.TDM, Miss.GATE})


SCREENSHOTS = "screenshots"
"""The kind of alarm that who makes screenshots raises and ends: a visit itself shows nothing of them."""
_NOT_ASKED = frozenset({Miss.TRAP, Miss.QUEUE})


FEWEST_ABSENT = 3
"""Articles that must be absent before that says something of their site."""
NONE_STANDS = "{} of its newest {} articles are not at their addresses any more"


def has_lost_its_articles(absent: Sequence[int]) -> bool:
    """Whether more than half of a site's newest articles are not at their addresses: (not there, of)."""
    lacking, of = absent
    return lacking >= FEWEST_ABSENT and 2 * lacking > of


def outcome_of(
    health_signals: HealthSignals, reasons: Mapping[str, int], *, stopped: str = ""
) -> tuple[Outcome, str]:
    """How a visit ended that showed these *health_signals*, and why, in words; empty for one that did all.

    *reasons*: why addresses were missed, and how many of each. *stopped*: why it ended before all was asked.
    """
    lacking = Counter({Miss(kind): number for kind, number in health_signals.lacking.items() if number})
    for kind in _NOT_ASKED:
        del lacking[kind]
    first = max(reasons, key=lambda reason: reasons[reason], default="")
    if not health_signals.good and lacking and not (stopped and set(lacking) <= {Miss.WAIT}):
        if set(lacking) <= _REFUSALS and NO_ROBOTS not in first:
            return Outcome.REFUSED, first
        return Outcome.FAILED, NOTHING_CAME + first
    unread = health_signals.unread
    if unread and health_signals.sources.keys() <= unread.keys() and not health_signals.pages["article"]:
        return Outcome.FAILED, f"nothing that came can be read: {next(iter(unread.values()))}"
    if stopped:
        return Outcome.STOPPED, stopped
    if has_lost_its_articles(health_signals.absent):
        return Outcome.PARTLY, NONE_STANDS.format(*health_signals.absent)
    bad = sum(number for kind, number in lacking.items() if kind in _BAD)
    for kind in (Miss.CLIENT, Miss.NO_TEXT):  # one or two are the site's own; most are a visit's failure
        bad += lacking[kind] if lacking[kind] > health_signals.good else 0
    bad = max(
        bad,
        len(health_signals.silent.keys() - health_signals.sources.keys()),
        min(health_signals.errors.total(), 1),
    )
    if not bad:
        return Outcome.DONE, ""
    asked = health_signals.good + bad
    share = min(max(round(100 * health_signals.good / asked), 1), 99)  # partly is neither nothing nor all
    rest = f"; of the rest mostly: {first}" if first else ""
    return Outcome.PARTLY, f"{health_signals.good:,} of {asked:,} ({share}%) came{rest}"


@dataclass(frozen=True, kw_only=True)
class VisitHealth:
    """One visit, as far as health goes."""

    at: datetime
    health_signals: Mapping[str, Any]
    """As :meth:`HealthSignals.plain` gives them."""
    why: str = ""
    """Why it ended before everything due was asked for."""

    def count(self, of: str, name: str) -> int:
        """A number of ``pages``, ``filled`` or ``failures``."""
        return int(self.health_signals.get(of, {}).get(name, 0))
