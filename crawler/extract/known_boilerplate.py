"""What a site memory says of a page: its lines, its template. Applies what was learned; learns nothing."""

from __future__ import annotations

import re
from datetime import datetime

from archive.model.types import Pin, RepeatedLine, SiteMemory
from crawler.extract.page.blocks import Outline, TextRun
from crawler.extract.templates import PageTemplate, closest, shape, templates_of

_DIGITS = re.compile(r"\d+")
SHORT = 80
"""Characters up to which a line with other numbers is the same line: a counter, a date, a price."""
ENOUGH = 3
"""Distinct articles that must agree before anything is believed to repeat."""


def line_key(text: str) -> str:
    """*text* as lines are compared: case aside, and in a short line numbers too.

    "Bekeken: 124" is "Bekeken: 98"; but a paragraph with other numbers in it is another paragraph, as in
    the weather of every day and the results of every match.
    """
    folded = text.casefold()
    return _DIGITS.sub("0", folded) if len(text) <= SHORT else folded


class KnownBoilerplate:
    """A site memory made ready for reading."""

    def __init__(self, memory: SiteMemory) -> None:
        self.memory = memory
        self.lines: dict[str, RepeatedLine] = {}
        for line in memory.lines:
            self.lines.setdefault(line_key(line.text), line)
        self.templates = templates_of(memory.templates)
        self._found: tuple[Outline, PageTemplate | None] | None = None

    @classmethod
    def of(cls, memory: SiteMemory) -> KnownBoilerplate:
        """The same, made once for the many pages that are read with one memory."""
        recall = _latest[0] if _latest else None
        if recall is None or recall.memory is not memory:
            recall = cls(memory)
            _latest[:] = [recall]
        return recall

    def line(self, run: TextRun, at: datetime | None = None) -> RepeatedLine | None:
        """The remembered line a run of a page captured *at* is, pinned ones included.

        A line out of use is known on pages captured while it was in use, and on no later one.
        """
        line = self.lines.get(line_key(run.text))
        if line is None or line.until is None or line.pin is not None:
            return line
        return line if at is not None and at <= line.until else None

    def template(self, page: Outline) -> PageTemplate | None:
        """The template of the site that *page* is built on, if it is known."""
        if not self.templates:
            return None
        if self._found is None or self._found[0] is not page:
            self._found = page, closest(shape(page), self.templates)
        return self._found[1]


_latest: list[KnownBoilerplate] = []
"""The one that was made last, if any."""


def strips(line: RepeatedLine) -> bool:
    """Whether a remembered line is to be left out."""
    return line.pin is not Pin.KEEP
