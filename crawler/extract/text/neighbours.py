"""Runs that are kept for what stands around them: between kept ones, in their lists, at their places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.model.types import TEXT_KINDS, BlockKind
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Outline
from crawler.extract.templates import label
from crawler.extract.text.heuristics import common_box, rule
from crawler.extract.text.phrases import phrase_kind
from crawler.extract.text.scored import ScoredBlock, is_linked
from crawler.extract.text.threshold import NEVER


def keep_what_stands_with_it(judged: list[ScoredBlock], page: Outline) -> None:
    """What stands where the article's own text stands, and between it, is kept with it."""
    of_box: dict[int, tuple[str, ...]] = {}

    def stands(each: ScoredBlock) -> tuple[str, ...]:
        if (place := of_box.get(each.run.box)) is None:
            place = of_box[each.run.box] = _stands(each, page)
        return place

    places: dict[tuple[str, ...], list[ScoredBlock]] = {}
    for each in judged:
        if each.kept and each.kind in TEXT_KINDS:
            places[stands(each)] = []
    if not places:
        return
    for each in judged:
        if (
            not each.ruled
            and each.kind in TEXT_KINDS
            and (same_place := places.get(stands(each))) is not None
        ):
            same_place.append(each)
    for same in places.values():
        kept = sum(each.kept for each in same)
        if len(same) >= 4 and 2 * kept >= len(same):
            for each in same:
                if not each.kept and each.score > 0.15 and not is_linked(each):
                    each.kept, each.why = True, "at a place of article text"
    own = {place for place, same in places.items() if any(each.kept for each in same)}
    running = [each for each in judged if not each.ruled]
    for before, each, after in zip(running, running[1:], running[2:], strict=False):
        if each.kept or each.kind not in TEXT_KINDS or is_linked(each):
            continue
        if before.kept and after.kept and before.kind in TEXT_KINDS and after.kind in TEXT_KINDS:
            same_box = before.run.box == after.run.box == each.run.box
            items = before.kind is each.kind is after.kind is BlockKind.ITEM
            heading = each.kind is BlockKind.SUBHEAD and (each.score > 0.2 or stands(each) in own)
            if same_box or heading or (items and each.score > 0.1) or each.score > 0.3:
                each.kept, each.why = True, "between kept ones"
    _bridge(judged, page)
    _keep_lists_and_tables(judged, page)
    _close(judged, page)


def _bridge(judged: list[ScoredBlock], page: Outline) -> None:
    """Short lines of results or names, side by side with the paragraphs before and after, are theirs."""

    def around(each: ScoredBlock) -> int:
        return page.boxes[each.run.box].parent

    last = -1
    for index, each in enumerate(judged):
        if not each.kept or each.kind not in TEXT_KINDS:
            continue
        gap = judged[last + 1 : index] if last >= 0 else []
        if 0 < len(gap) <= 8 and all(
            not between.ruled
            and between.kind in TEXT_KINDS
            and between.score > 0.15
            and not is_linked(between)
            and around(between) == around(each) == around(judged[last])
            for between in gap
        ):
            for between in gap:
                between.kept, between.why = True, "among the paragraphs"
        last = index


_ABOUT = re.compile(
    r"meta|tags?\b|share|social|widget|stats|teller|counter|author|nav|pager|product|price", re.I
)
"""Names of tables that are about the page, and no part of what it tells."""
_SET_OUT = frozenset(("ul", "ol", "dl", "table"))
_TABULAR = frozenset(("dl", "table"))
TABLE = "a table of the article"
"""Why a table that does not read as text is a box."""
UNDER_A_HEADING = 0.4
"""Mean score from which the links of a list under a subhead, of which some read as text, all are."""
MOST_BETWEEN = 6
"""Runs that may stand between the text and a table of its article outside the container of the text."""


def _keep_lists_and_tables(judged: list[ScoredBlock], page: Outline) -> None:
    """A table or ``<dl>`` side by side with kept paragraphs, between them or announced by one, is theirs.

    So is a list of links when the paragraph before it ends with a colon; of other lists the score decides. A
    table that does not read as text stands beside it, as a box.
    """
    texts = [index for index, each in enumerate(judged) if each.kept and each.kind in TEXT_KINDS]
    if not texts:
        return
    sides = {page.boxes[judged[index].run.box].parent for index in texts}
    whole = _whole_article(page, texts[0], texts[-1])
    for number, box in enumerate(page.boxes):
        if box.tag not in _SET_OUT or box.last - box.first > 400:
            continue
        side = box.parent
        if side not in sides and page.boxes[side].tag in ("figure", "div"):
            side = page.boxes[side].parent
        above = side
        for _ in range(2):  # around a box or two that scroll
            if above >= 0 and page.boxes[above].tag == "div":
                above = page.boxes[above].parent
        if side not in sides and above >= 0 and page.boxes[above].tag == "figure":
            side = page.boxes[above].parent
        beside = side == whole and side not in sides and box.tag in _TABULAR
        if side not in sides and not beside:
            continue
        if box.flags & (NEVER & ~o.HEADER) or page.boxes[number].parent < 0:
            continue
        if box.tag in _TABULAR and box.last - box.first <= 20 and _ABOUT.search(box.names):
            for each in judged[box.first : box.last]:
                rule(each, "a table about the page")
                each.kept = False
            continue
        before = max((at for at in texts if at < box.first), default=-1)
        after = min((at for at in texts if at >= box.last), default=-1)
        inside = judged[box.first : box.last]
        if before < 0 or not inside or all(each.kept for each in inside):
            continue
        if before < box.first - (MOST_BETWEEN if beside else 2):
            continue
        announced = judged[before].run.text.rstrip().endswith(":")
        tabular = box.tag in _TABULAR
        if not announced and not tabular and (after < 0 or after > box.last + 1):
            continue
        # when something is, or was, is a fact of a table of several, not the article's own day
        days = [each for each in inside if each.ruled and each.why == "a date"]
        facts = tabular and 0 < len(days) <= len(inside) // 4
        if any(each.ruled and not (facts and each in days) for each in inside):
            continue
        if any(phrase_kind(each.run.text) for each in inside):
            continue
        linked = 2 * sum(each.run.linked for each in inside) > sum(len(each.run.text) for each in inside)
        likely = sum(each.score for each in inside) / len(inside)
        if not linked and tabular and (beside or likely <= 0.2):
            for each in inside:  # no running text, and what an editor corrects all the same
                each.kind, each.ruled, each.why = BlockKind.BOX, False, TABLE
            continue
        if linked and after >= 0 and judged[before].kind is BlockKind.SUBHEAD:
            _keep_the_rest(inside, likely)
        elif (announced and likely > 0.3) if linked else tabular:
            for each in inside:
                each.kept, each.why = True, f"a {box.tag} among the paragraphs"


def _keep_the_rest(inside: Sequence[ScoredBlock], likely: float) -> None:
    """The links of a list under a subhead, where some of them read as text and together they may be."""
    if likely > UNDER_A_HEADING and any(each.kept for each in inside):
        for each in inside:
            each.kept, each.why = True, "in a list of which the rest is text"


def _whole_article(page: Outline, first: int, last: int) -> int:
    """The innermost ``<article>`` that holds all runs of the text; -1 where there is none."""
    found = -1
    for number, box in enumerate(page.boxes):
        if box.tag == "article" and box.first <= first and last < box.last:
            found = number
    return found


def _close(judged: list[ScoredBlock], page: Outline) -> None:
    """A text may end in a quotation or a list, set apart by its markup, in the same container."""
    kept = [index for index, each in enumerate(judged) if each.kept and each.kind in TEXT_KINDS]
    if len(kept) < 3:
        return
    around = page.boxes[common_box(page, [judged[index].run for index in kept])]
    least = 0.1 if "articleBody" in around.names else 0.3  # the page itself says where its text ends
    for index in range(kept[-1] + 1, around.last):
        each = judged[index]
        apart = each.kind in (BlockKind.QUOTE, BlockKind.ITEM)
        if each.ruled or not apart or is_linked(each) or each.score < least:
            return
        each.kept, each.why = True, "the end of the text, in its container"


def _stands(each: ScoredBlock, page: Outline) -> tuple[str, ...]:
    """Tag and names of a run's box and of the one around it: equal for the pieces of one template."""
    box = page.boxes[each.run.box]
    above = page.boxes[box.parent] if box.parent >= 0 else box
    return label(box.tag, box.names), label(above.tag, above.names)
