"""How far a site is believed that says of pages that they were changed, or that they were not. Pure.

Of lastmod and Atom's updated: many systems write the time of the request, or of the last build, as the
last change of every page. A source is believed until looks at what it told of have shown that it is hardly
ever so; a few of the pages that it tells of are looked at all the same, so that one that mends its ways is
believed again.

Of ETag and Last-Modified: some servers answer "not modified" whatever became of the page. So an answer is
asked for whole now and then; where it is another one under the same validators, these are not believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

ENOUGH = 20
"""Looks that must have been taken before a source's word is doubted."""
ENOUGH_OF_A_KIND = 60
"""Looks at what all sources of a kind told of, before one of which little is known is doubted with them."""
LEAST = 0.05
"""The share of looks that must find a change."""
SAMPLE = 3
"""Pages that are looked at in a run on the word of a source that is not believed."""
MEMORY = 100
"""Looks that count, the latest ones: who lied a year ago may have mended."""


@dataclass(frozen=True, kw_only=True)
class SourceWord:
    """How a source's word of changes has fared."""

    source: str
    """Its address; or ``feed`` or ``sitemap``: all of that kind."""
    looks: int
    """Looks at pages that it said were changed, the latest hundred or so."""
    right: int
    """Of them, how many found a change."""
    believed: bool


class SourceReliability:
    """What looks have shown of each source's word; *past* is what runs before left, the latest first."""

    def __init__(self, past: Iterable[Mapping[str, Any]] = ()) -> None:
        self._looks: Counter[str] = Counter()
        self._right: Counter[str] = Counter()
        self._sampled: Counter[str] = Counter()
        self.seen: dict[str, list[int]] = {}
        """Source, or kind of source -> looks of this run, and how many found a change; as runs keep it."""
        for told in past:
            for key, (looks, right) in told.items():
                if self._looks[key] < MEMORY:
                    self._looks[key] += looks
                    self._right[key] += right

    def believes(self, source: str, kind: str) -> bool:
        """Whether the word of *source*, one of a *kind* (feed, sitemap), is believed."""
        for key, enough in ((source, ENOUGH), (kind, ENOUGH_OF_A_KIND)):
            if self._looks[key] >= enough:
                return self._right[key] >= LEAST * self._looks[key]
        return True

    def worth_a_look(self, source: str, kind: str) -> bool:
        """Whether a page is to be looked at because *source* says that it was changed."""
        if self.believes(source, kind):
            return True
        self._sampled[source] += 1
        return self._sampled[source] <= SAMPLE

    def looked(self, source: str, kind: str, *, changed: bool) -> None:
        """A page was looked at because *source* said that it was changed."""
        for key in (source, kind):
            self._looks[key] += 1
            self._right[key] += changed
            seen = self.seen.setdefault(key, [0, 0])
            seen[0] += 1
            seen[1] += changed

    def words(self) -> Iterator[SourceWord]:
        """What is known of each source, and of each kind of source, that a page was looked at for."""
        for key in sorted(self._looks):
            looks, right = self._looks[key], self._right[key]
            enough = ENOUGH if "/" in key else ENOUGH_OF_A_KIND
            yield SourceWord(
                source=key, looks=looks, right=right, believed=looks < enough or right >= LEAST * looks
            )

    def says(self, source: str) -> str:
        """What is known of a source's word, for people."""
        return (
            f"{source} says of pages that they were changed, and {self._right[source]} of "
            f"{self._looks[source]} looks found it so: its word is no longer believed"
        )


PAGES = "pages"
"""All pages of a site that are no sources of it, as one: one server answers for them."""
BORNE_OUT = 3
"""Whole looks that must have found the same under the same validators before they are believed for longer."""
AT_FIRST = timedelta(days=1)
"""How long the validators of a source are believed before that,"""
AT_LAST = timedelta(days=7)
"""and how long after it, and those of pages."""


@dataclass(frozen=True, kw_only=True)
class ValidatorWord:
    """How the word of a server has fared that an answer is the same (ETag, Last-Modified)."""

    source: str
    """The address of a source, or :data:`PAGES`."""
    looks: int
    """Whole answers that came with the validators of the answer before, the latest hundred or so."""
    wrong: int
    """Of them, how many said something else."""
    believed: bool


class ValidatorReliability:
    """What whole answers have shown of validators; *past* is what runs before left, the latest first."""

    def __init__(self, past: Iterable[Mapping[str, Any]] = ()) -> None:
        self._looks: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self.seen: dict[str, list[int]] = {}
        """Source, or PAGES -> whole answers of this run under validators that stayed, and how many others."""
        for told in past:
            for key, (looks, wrong) in told.items():
                if self._looks[key] < MEMORY:
                    self._looks[key] += looks
                    self._wrong[key] += wrong

    def believes(self, key: str) -> bool:
        """Whether *key* is believed: one lie is enough, until it is one of twenty looks."""
        return self._wrong[key] < LEAST * self._looks[key] or not self._wrong[key]

    def whole_after(self, key: str) -> timedelta:
        """How long after the last whole answer to ask for a whole one again; zero: each time."""
        if not self.believes(key):
            return timedelta()
        return AT_LAST if key == PAGES or self._looks[key] >= BORNE_OUT else AT_FIRST

    def looked(self, key: str, *, changed: bool) -> None:
        """A whole answer came with the validators of the one before it: is it another one?"""
        seen = self.seen.setdefault(key, [0, 0])
        seen[0] += 1
        seen[1] += changed
        self._looks[key] += 1
        self._wrong[key] += changed

    def words(self) -> Iterator[ValidatorWord]:
        """What is known of each source, and of all pages."""
        for key in sorted(self._looks):
            yield ValidatorWord(
                source=key, looks=self._looks[key], wrong=self._wrong[key], believed=self.believes(key)
            )
