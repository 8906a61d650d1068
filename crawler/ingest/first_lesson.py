"""What a first visit learns from the pages that it reads, while it reads them. Stores nothing."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING

from archive.model.types import SiteMemory

if TYPE_CHECKING:
    from crawler.extract.boilerplate import BoilerplateCounts, CountedArticle

EARLY = 50
"""Articles after which a first visit's memory is learned for the first time: what comes after them is read
with it, and need not be read twice."""


class FirstLesson:
    """Counts the first *most* articles of a site: the memory is learned after :data:`EARLY` and after all.

    Pages are heard of in whatever thread reads them, and counted in the one that files them.
    """

    def __init__(self, *, most: int) -> None:
        self._counts: BoilerplateCounts | None = None
        """``None`` until an article was heard of: counting needs the extractor, which takes time to load."""
        self._heard: deque[CountedArticle] = deque()
        self._next = min(EARLY, most)
        self._most = most

    @property
    def listens(self) -> bool:
        """Whether it wants to hear of more articles."""
        return self._counts is None or not self._counts.full

    def hear(self, article: CountedArticle | None) -> None:
        """Take in what reading a page gave, ``None`` for one that is no article."""
        if article is not None:
            self._heard.append(article)

    @property
    def is_due(self) -> bool:
        """Whether enough was heard for the memory to be learned, for the first time or for good."""
        counts = self._count()
        return counts is not None and len(counts.times) >= self._next

    def memory(self, previous: SiteMemory, *, now: datetime) -> SiteMemory:
        """What all that was heard amounts to; it is not due again before there is more to it."""
        if (counts := self._count()) is None:
            return previous
        self._next = self._most if len(counts.times) < self._most else self._most + 1
        return counts.memory(previous, now=now)

    def _count(self) -> BoilerplateCounts | None:
        while self._heard:
            if self._counts is None:
                from crawler.extract.boilerplate import BoilerplateCounts

                self._counts = BoilerplateCounts(most=self._most)
            self._counts.add_article(self._heard.popleft())
        return self._counts
