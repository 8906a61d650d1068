"""What a site memory says of a run: its line, its place. Applies what was learned; learns nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from archive.types import Pin, Remembered, SiteMemory
from crawler.extract.outline import Outline, Run

_DIGITS = re.compile(r"\d+")
_COUNTED = re.compile(r"(?<=[-_])\d+(?!\w)|\d{3,}")
SHORT = 80
"""Characters up to which a line with other numbers is the same line: a counter, a date, a price."""


def line_key(text: str) -> str:
    """*text* as lines are compared: case aside, and in a short line numbers too.

    "Bekeken: 124" is "Bekeken: 98"; but a paragraph with other numbers in it is another paragraph, as in
    the weather of every day and the results of every match.
    """
    folded = text.casefold()
    return _DIGITS.sub("0", folded) if len(text) <= SHORT else folded


@lru_cache(maxsize=8192)
def label(tag: str, names: str) -> str:
    """``div.article-text``: a tag with its first class names, numbers of single articles left out."""
    words = ".".join(names.split()[:3])
    return f"{tag}.{_COUNTED.sub('#', words)}" if words else tag


def place_of(page: Outline, run: Run) -> str:
    """Where a run stands, the same on all pages of a template: ``p in div.article-text in main``."""
    labels = []
    if run.names:
        labels.append(label("span", run.names))
    at = run.box
    for _ in range(3):
        if at < 0:
            break
        box = page.boxes[at]
        labels.append(label(box.tag, box.names))
        at = box.parent
    return " in ".join(labels)


@dataclass(frozen=True, slots=True)
class PlaceKnown:
    """What is known of one place of a site's templates."""

    articles: int
    """Distinct articles that have it."""
    score: float
    """Mean score of its runs, each read without a memory."""
    repeated: float
    """Share of its runs whose line stands on other articles too."""
    linked: float
    """Share of its characters that stand in links."""


class Recall:
    """A site memory made ready for reading."""

    def __init__(self, memory: SiteMemory) -> None:
        self.lines: dict[str, Remembered] = {}
        for line in memory.lines:
            self.lines.setdefault(line_key(line.text), line)
        places: dict[str, Any] = memory.templates.get("places", {})
        self.places = {place: PlaceKnown(*figures) for place, figures in places.items()}
        self.ends: frozenset[str] = frozenset(memory.templates.get("ends", ()))

    def line(self, run: Run) -> Remembered | None:
        """The remembered line a run is, pinned ones included."""
        return self.lines.get(line_key(run.text))

    def place(self, page: Outline, run: Run) -> PlaceKnown | None:
        """What is known of the place a run stands at, if enough articles have it."""
        known = self.places.get(place_of(page, run))
        return known if known is not None and known.articles >= ENOUGH else None


ENOUGH = 3
"""Distinct articles that must agree before anything is believed to repeat."""


def strips(line: Remembered) -> bool:
    """Whether a remembered line is to be left out."""
    return line.pin is not Pin.KEEP
