"""A house as a newsroom: when the newspaper opens, how busy a house is, and what it is like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from legger.simulator.story import EventKind

OPENING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""The moment the newspaper opens: Monday 2 March 2026, 08:00 in Twente."""
DEMO_DAYS = 5
"""Days after ``OPENING`` within which every kind of event has happened."""

K = EventKind
PLAN: tuple[tuple[int, int, EventKind], ...] = (
    (0, 1, K.SILENT), (0, 2, K.CORRECT), (0, 3, K.HEADLINE), (0, 4, K.CAPTION), (0, 6, K.UPDATE),
    (0, 7, K.GONE_410), (0, 9, K.SILENT), (1, 1, K.RECTIFICATION), (1, 2, K.GONE_404),
    (1, 5, K.SOFT_404), (1, 6, K.REDIRECTED), (1, 8, K.AB_START), (1, 9, K.REDESIGN), (4, 2, K.RESTORE),
    (4, 3, K.AB_END),
)  # fmt: skip
"""(day after the opening, hours after 08:00, what): the demo's script, for every house."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How busy a house is, per day, beside the script of the demo."""

    publish: float = 1.5
    correct: float = 0.15
    silent: float = 0.1
    update: float = 0.1
    headline: float = 0.1
    caption: float = 0.08
    takedown: float = 0.05
    restore: float = 0.02
    ab: float = 0.03
    rectification: float = 0.02
    again: float = 0.0
    """Chance that an edit falls on an article that was edited before."""
    redesigns: tuple[float, ...] = ()
    """Days after the opening on which the house is redesigned, beside the script."""
    weekends: float = 1.0
    """What is left of a weekday's news on a Saturday or Sunday."""
    slack: tuple[tuple[float, float, float], ...] = ()
    """(first day, last day, what is left of the news): summer, Christmas."""

    def left(self, at: datetime) -> float:
        """What is left of the usual news on the day of *at*."""
        day = (at - OPENING) / timedelta(days=1)
        shares = [share for first, last, share in self.slack if first <= day < last]
        return min([*shares, self.weekends if at.weekday() >= 5 else 1.0])

    @classmethod
    def quiet(cls) -> Rates:
        """A small newspaper's year in which nothing is wrong: a slack summer, two weeks of nothing at
        Christmas, one redesign.
        """
        return cls(
            publish=0.9, correct=0.05, silent=0.03, update=0.03, headline=0.03, caption=0.02, takedown=0.02,
            restore=0.01, ab=0.01, redesigns=(250.5,), weekends=0.4,
            slack=((133, 175, 0.35), (296, 310, 0.0)),
        )  # fmt: skip

    @classmethod
    def year(cls) -> Rates:
        """A busy house for a simulated year: with nine houses several thousand edits."""
        return cls(publish=0.35, correct=0.45, silent=0.4, update=0.3, headline=0.3, caption=0.15,
                   takedown=0.04, restore=0.01, ab=0.05, again=0.5, redesigns=(90.5, 180.5, 270.5))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a house is like as a newsroom; its template lives in ``houses``."""

    name: str
    title: str
    languages: tuple[tuple[str, float], ...] = (("nl", 1.0),)
    """Language -> share of the articles."""
    dateline: str = "{PLACE} - "
    """With ``{PLACE}`` in capitals or ``{Place}``; empty: none."""
    datelined: float = 0.8
    """Share of the articles that open with one."""
    signed: float = 0.7
    """Share of the articles with a person's name."""
    leads: bool = True
    """Whether the first block is a lead of its own (else it is a paragraph)."""
    first_number: int = 1
    teasers: float = 0.0
    gated: float = 0.0
    liveblogs: int = 0
    weekly: str | None = None
    """Headline of a weekly column; every issue has the same slug."""
    series: tuple[str, str] | None = None
    """(title, standing introduction) of a series: the introduction is article text and repeats."""
    apologies: bool = False
    notices: tuple[str, ...] = ()
    """Texts pinned above every article, in turn."""
    redesigned: bool = False
    """Whether the demo's script redesigns it."""
    states_published: bool = True
    states_modified: bool = True
    credits: tuple[str, ...] = ("eigen foto", "Studio Breukers", "Fotobureau Aa-strand")
