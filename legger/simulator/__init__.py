"""The practice newspaper: local news sites on loopback that know the truth about themselves.

``with Newspaper(seed=1) as paper:`` serves its houses; ``paper.truth(at)`` and ``paper.edits(since, until)``
say exactly what stood where and what the editors did. See :mod:`legger.simulator.newsroom` for the story.
"""

from legger.simulator.newspaper import Newspaper
from legger.simulator.profile import DEMO_DAYS, OPENING, Rates
from legger.simulator.server import AccessLogLine, ServerFault
from legger.simulator.story import EDITS, TAKEDOWNS, Access, ArticleTruth, EditTruth, EventKind, Story

__all__ = [
    "DEMO_DAYS",
    "EDITS",
    "OPENING",
    "TAKEDOWNS",
    "Access",
    "AccessLogLine",
    "ArticleTruth",
    "EditTruth",
    "EventKind",
    "Newspaper",
    "Rates",
    "ServerFault",
    "Story",
]
