"""A run of a page and what is thought of it; what a run is by its markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.model.types import BlockKind
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Box, Outline, TextRun
from crawler.extract.page.class_names import BOX, CAPTION, traits


@dataclass(slots=True)
class ScoredBlock:
    """One run, what it is, and whether it belongs to the article."""

    run: TextRun
    kind: BlockKind
    score: float
    """How sure the classifier is that it is article text, from 0 to 1."""
    kept: bool = False
    why: str = ""
    ruled: bool = False
    """A rule decided, whatever the score."""
    alone: bool = False
    """Whether it is kept when the site's memory is not asked."""


_SET_APART = o.CAPTION | o.FIGURE
_ITEMS = frozenset(("li", "dt", "dd", "td", "th"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
ENDS_SENTENCE = re.compile("[.!?…:;。！？．：；।॥؟۔።។]$")
"""The last sign of a sentence, in whatever script."""
CLOSING_MARKS = "\"'”’»)」』）》】"


def kind_of(run: TextRun, page: Outline) -> BlockKind:
    """What a run is, by its markup."""
    box = page.boxes[run.box]
    above = page.boxes[box.parent] if box.parent >= 0 else box
    tag, flags, size = box.tag, box.flags, len(run.text)
    if flags & _SET_APART and (flags & o.CAPTION or (flags & o.FIGURE and not flags & o.TABLE)):
        return BlockKind.QUOTE if flags & o.QUOTE else BlockKind.CAPTION
    heading = tag in HEADINGS or (above.tag in HEADINGS and tag in ("div", "section"))
    own = traits(run.names) if run.names else 0
    if (box.traits | own | above.traits) & CAPTION and size < 700 and not heading:
        return BlockKind.CAPTION
    if own & BOX:  # an element of that name: see _name_boxes
        return BlockKind.BOX
    if heading:
        return BlockKind.SUBHEAD
    if flags & o.QUOTE:
        return BlockKind.QUOTE
    item = tag in _ITEMS and not (tag == "td" and _fills_its_row(box, above))
    if item or (flags & o.LIST and _in_item(page, box)):
        return BlockKind.ITEM
    if (
        run.bold
        and run.bold >= size - 2
        and 2 < size < 100
        and not ENDS_SENTENCE.search(run.text.rstrip(CLOSING_MARKS))
    ):
        return BlockKind.SUBHEAD
    return BlockKind.PARAGRAPH


def _fills_its_row(cell: Box, row: Box) -> bool:
    """Whether a table's cell is all there is in its row: such tables lay a page out and tabulate nothing."""
    return row.tag == "tr" and (row.first, row.last) == (cell.first, cell.last)


def _in_item(page: Outline, box: Box) -> bool:
    """Whether a paragraph is the body of a list's item."""
    at, steps = box.parent, 0
    while at >= 0 and steps < 3:
        box = page.boxes[at]
        if box.tag in ("li", "dd"):
            return True
        if box.tag not in ("p", "div", "span"):
            return False
        at, steps = box.parent, steps + 1
    return False


def is_linked(each: ScoredBlock) -> bool:
    """Whether most of a run is links."""
    return 2 * each.run.linked > len(each.run.text)


_WORD = re.compile(r"\w+")


def bare(text: str) -> str:
    """The words alone, for comparison."""
    return " ".join(_WORD.findall(text.casefold()))


def words_in(text: str) -> set[str]:
    """The words of *text*, in any order."""
    return set(_WORD.findall(text.casefold()))


def title_at(judged: Sequence[ScoredBlock]) -> int:
    """Where the page shows its title: the first heading that is ruled to be it, else the first run; else -1.

    A ticker of the latest news may show it above, in a line among others.
    """
    shown = [at for at, each in enumerate(judged) if each.why == "the title"]
    return next((at for at in shown if judged[at].kind is BlockKind.SUBHEAD), shown[0] if shown else -1)
