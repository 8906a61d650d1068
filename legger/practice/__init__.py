"""The practice newspaper: local news sites on loopback that know the truth about themselves.

``with Newspaper(seed=1) as paper:`` serves its houses; ``paper.truth(at)`` and ``paper.edits(since, until)``
say exactly what stood where and what the editors did. See :mod:`legger.practice.newsroom` for the story.
"""

from legger.practice.newspaper import Newspaper
from legger.practice.newsroom import DEMO_DAYS, OPENING, Rates
from legger.practice.server import Fault, Hit
from legger.practice.story import EDITS, TAKEDOWNS, Access, ArticleTruth, Edit, EventKind, Story

__all__ = [
    "DEMO_DAYS",
    "EDITS",
    "OPENING",
    "TAKEDOWNS",
    "Access",
    "ArticleTruth",
    "Edit",
    "EventKind",
    "Fault",
    "Hit",
    "Newspaper",
    "Rates",
    "Story",
]
