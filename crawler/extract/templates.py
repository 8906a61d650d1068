"""The templates of a site: which of its pages are built alike, and what is known of the places on them.

A page's *shape* is the set of labels of its boxes. Pages whose shapes agree share a template; a *place* is
where a run stands on it, told by the boxes around the run. Knows no captures and no archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from archive.model.word_count import word_count
from crawler.extract.page.blocks import Outline, TextRun

_COUNTED = re.compile(r"(?<=[-_])\d+(?!\w)|\d{3,}")
ALIKE = 0.5
"""Agreement of a page's shape with a template's from which the page is built on it."""
FEW = 3
"""Named boxes below which a page's shape is told by its tags too: pages of bare tables."""
TOLD = 40
"""Words at the place of the text from which a page tells something."""
SHAPE = 80
"""Labels of a template that are stored, the most frequent."""


@lru_cache(maxsize=8192)
def label(tag: str, names: str) -> str:
    """``div.article-text``: a tag with its first class names, numbers of single articles left out."""
    words = ".".join(names.split()[:3])
    return f"{tag}.{_COUNTED.sub('#', words)}" if words else tag


class PagePlaces:
    """Where the runs of one page stand, each box's answer worked out once."""

    def __init__(self, page: Outline) -> None:
        self.page = page
        self._known: dict[int, str] = {}

    def of(self, run: TextRun) -> str:
        """Where *run* stands, the same on all pages of a template: ``p in div.article-text in main``."""
        if (around := self._known.get(run.box)) is None:
            around = self._known[run.box] = self._around(run.box)
        return f"{label('span', run.names)} in {around}" if run.names else around

    def _around(self, at: int) -> str:
        labels: list[str] = []
        while at >= 0 and len(labels) < 3:
            box = self.page.boxes[at]
            labels.append(label(box.tag, box.names))
            at = box.parent
        return " in ".join(labels)


def shape(page: Outline) -> frozenset[str]:
    """The labels of the page's boxes that have names; of all boxes where next to none has."""
    named = {label(box.tag, box.names) for box in page.boxes if box.names}
    return frozenset(named if len(named) >= FEW else {label(box.tag, box.names) for box in page.boxes})


def agreement(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of two shapes is the same, from 0 to 1."""
    return len(one & other) / (len(one | other) or 1)


@dataclass(frozen=True, slots=True)
class TemplatePlace:
    """What is known of one place of a template."""

    articles: int
    """Distinct articles that have it."""
    score: float
    """Mean score of its runs."""
    repeated: float
    """Share of its runs whose line stands on other articles too."""
    linked: float
    """Share of its characters that stand in links."""


@dataclass(frozen=True, kw_only=True)
class PageTemplate:
    """What is known of one template of a site."""

    shape: frozenset[str]
    articles: int = 0
    """Distinct articles it was learned from."""
    since: str | None = None
    """When the first of them was captured (ISO 8601)."""
    last: str | None = None
    example: str | None = None
    """Address of one of them."""
    places: Mapping[str, TemplatePlace] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    """Field of an article -> the place that shows it."""

    @property
    def text(self) -> str:
        """The place that reads most surely as the article's text; empty when none does."""
        sure = [(each.score, where) for where, each in self.places.items() if each.score >= 0.5]
        return max(sure)[1] if sure else ""

    def plain(self) -> dict[str, Any]:
        """As a memory stores it."""
        return {
            "shape": sorted(self.shape),
            "articles": self.articles,
            "since": self.since,
            "last": self.last,
            "example": self.example,
            "places": {
                where: [each.articles, each.score, each.repeated, each.linked]
                for where, each in sorted(self.places.items())
            },
            "fields": dict(sorted(self.fields.items())),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> PageTemplate:
        """The template that :meth:`plain` told of."""
        return cls(
            shape=frozenset(plain["shape"]),
            articles=plain["articles"],
            since=plain.get("since"),
            last=plain.get("last"),
            example=plain.get("example"),
            places={where: TemplatePlace(*figures) for where, figures in plain["places"].items()},
            fields=plain.get("fields", {}),
        )


def tells_at_its_text(template: PageTemplate, page: Outline) -> bool:
    """Whether a page built on *template* has as many words as a report where its articles have their text."""
    if not template.text:
        return False
    places = PagePlaces(page)
    return sum(word_count(run.text) for run in page.runs if places.of(run) == template.text) >= TOLD


def templates_of(stored: Mapping[str, Any]) -> list[PageTemplate]:
    """The templates in a memory's ``templates``; none in what releases before this one stored."""
    return [PageTemplate.of(each) for each in stored.get("known", ())]


def closest(shape_: frozenset[str], templates: Iterable[PageTemplate]) -> PageTemplate | None:
    """The template a page of this shape is built on, if any of *templates*."""
    best, most = None, ALIKE
    for each in templates:
        if (here := agreement(shape_, each.shape)) >= most:
            best, most = each, here
    return best


def unknown(templates: Iterable[PageTemplate], before: Iterable[PageTemplate]) -> list[PageTemplate]:
    """Those of *templates* that are like none of those known *before*; none when nothing was known."""
    known = list(before)
    return [each for each in templates if closest(each.shape, known) is None] if known else []
