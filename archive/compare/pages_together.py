"""What one visit has seen so far: of the pages of an article, a change of one waits for the others. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from archive.compare.common_changes import CommonChanges
from archive.model.types import StoredCapture


@dataclass(frozen=True, kw_only=True)
class HeldPage:
    """A capture of a page of an article that waits to be filed."""

    page: int
    """Which page of the article."""
    capture: int
    at: datetime


@dataclass(kw_only=True)
class PagesTogether:
    """The pages of articles in one visit. A change of one page is held until the others were looked at, too:
    an edit over both pages of an article is one edit, and its first page never stood beside the old second.

    Whoever files captures holds them here (``verdict.held``), asks for the other pages
    (``verdict.other_pages``), and files them again when :meth:`settle` gives them.
    """

    _held: dict[int, list[HeldPage]] = field(default_factory=dict)
    _looked_at: dict[int, list[HeldPage]] = field(default_factory=dict)
    """Those that are filed, or are about to be."""
    _settled: set[int] = field(default_factory=set)

    def is_open(self, capture: int) -> bool:
        """Whether other pages may still come that a capture is to be judged with."""
        return capture not in self._settled

    def waits(self, article: int, capture: int) -> bool:
        """Whether a capture has to wait, as one of its article before it does."""
        return article in self._held and self.is_open(capture)

    def hold(self, article: int, page: int, capture: StoredCapture) -> bool:
        """A capture waits; whether it is the first one of its article that does."""
        held = self._held.setdefault(article, [])
        held.append(HeldPage(page=page, capture=capture.id, at=capture.capture.at))
        return len(held) == 1

    def settle(self, *, before: datetime | None = None) -> list[int]:
        """The captures to be filed now, in their order: of articles that wait since *before*, or all."""
        ready = [article for article, held in self._held.items() if before is None or held[0].at < before]
        found = []
        for article in ready:
            self._looked_at[article] = self._held.pop(article)
            found += self._looked_at[article]
        self._settled |= {each.capture for each in found}
        return [each.capture for each in sorted(found, key=lambda each: (each.at, each.capture))]

    def looks_beside(self, article: int, page: int, capture: int) -> dict[int, list[int]]:
        """Other page -> the looks at it that came after a capture of *page*, in their order."""
        found: dict[int, list[int]] = {}
        looks = self._looked_at.get(article, ())
        places = [place for place, each in enumerate(looks) if each.capture == capture]
        for each in looks[places[0] + 1 :] if places else ():
            if each.page != page:
                found.setdefault(each.page, []).append(each.capture)
        return found


@dataclass(frozen=True, kw_only=True)
class VisitSoFar:
    """What one visit has seen so far, as far as it bears on what a page comes to."""

    changes: CommonChanges | None = None
    """What was found changed. Until the visit has decided what its pages have in common, changes are held."""
    together: PagesTogether | None = None
    """The pages of articles: a change of one is held until the others were looked at."""
    site_stands: bool = True
    """Whether anything of the site has answered as it should. While nothing has (the server says 404 to
    everything, the domain is sold), an article that is not there is not absent."""

    def waits(self, article: int, capture: StoredCapture) -> bool:
        """Whether a capture has to wait, as one of its article before it does."""
        if self.changes is not None and self.changes.waits(article):
            return True
        return self.together is not None and self.together.waits(article, capture.id)

    def must_wait(self, capture: StoredCapture, *, several: bool) -> bool:
        """Whether a change that a capture shows has to wait; *several*: its article has several pages."""
        if self.changes is not None and not self.changes.decided:
            return True
        return several and self.together is not None and self.together.is_open(capture.id)

    def hold(self, article: int, page: int, capture: StoredCapture) -> bool:
        """Let a capture of *page* wait; whether it is the first one of its article that does."""
        if self.changes is not None and not self.changes.decided:
            first = article not in self.changes.articles
            self.changes.hold(article, capture.id)
            return first
        return self.together is not None and self.together.hold(article, page, capture)

    def looks_beside(self, article: int, page: int, capture: StoredCapture) -> dict[int, list[int]]:
        """Other page -> the looks at it in this visit that came after a capture of *page*, in their order."""
        return self.together.looks_beside(article, page, capture.id) if self.together is not None else {}


BY_ITSELF = VisitSoFar()
"""Of a capture that is filed by itself: nothing else was seen, and nothing is held."""
