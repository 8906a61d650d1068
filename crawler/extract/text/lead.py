"""The lead of an article: which run below the headline is its intro."""

from __future__ import annotations

import re

from archive.model.types import TEXT_KINDS, BlockKind
from crawler.extract.page.blocks import Outline
from crawler.extract.page.class_names import LEAD, traits
from crawler.extract.text.heuristics import HOPELESS, rule
from crawler.extract.text.scored import CLOSING_MARKS, ENDS_SENTENCE, HEADINGS, ScoredBlock, bare


def find_lead(judged: list[ScoredBlock], page: Outline, summary: str, headline: str) -> None:
    """The intro: marked up as one, or the page's own summary, standing before the first paragraph."""
    kept = [index for index, each in enumerate(judged) if each.kept and each.kind in TEXT_KINDS]
    if not kept:
        return
    first = next((at for at in kept if judged[at].kind is not BlockKind.SUBHEAD), kept[0])
    headings = [
        at
        for at, each in enumerate(judged[:first])
        if each.why == "the title" or page.boxes[each.run.box].tag == "h1"
    ]
    # a list of teasers, or a bar that follows the reader, may have the title once more
    headings = [at for at in headings if page.boxes[judged[at].run.box].tag in HEADINGS] or headings
    opening = bare(summary)[:80]
    start = max(headings[-1] if headings else first - 12, first - 80, 0)
    for at in range(start, first + 1):
        each = judged[at]
        run = each.run
        if each.ruled or each.kind not in (BlockKind.PARAGRAPH, BlockKind.SUBHEAD) or len(run.text) < 25:
            continue
        if 2 * run.linked > len(run.text) or at in headings:
            continue
        if headings and _is_excerpt(judged, at):
            rule(each, "an excerpt that the text repeats")
            each.kept = False
            continue
        around = page.path(run)[:2]
        named = traits(run.names) & LEAD or any(box.traits & LEAD for box in around)
        summed = len(opening) > 25 and (
            bare(run.text).startswith(opening) or opening.startswith(bare(run.text)[:70])
        )
        if each.kept:
            if (
                named
                or run.bold >= len(run.text) - 2
                or (each.kind is BlockKind.SUBHEAD and len(run.text) > 60)
            ):
                each.kind = BlockKind.LEAD
            return
        near = headings and all(len(each.run.text) < 40 for each in judged[headings[-1] + 1 : at][1:])
        below = near and at - headings[-1] <= 6 and 50 <= len(run.text) <= 400 and each.score > 0.05
        box = page.boxes[run.box]
        line = (  # a line of its own under the headline, set as a heading
            near
            and at - headings[-1] <= 2
            and (box.tag in HEADINGS or page.boxes[box.parent].tag in HEADINGS)
            and len(run.text) >= 30
            and run.text.count(" ") >= 5
            and each.score > 0.25
            and headline not in bare(run.text)
            and page.boxes[judged[headings[-1]].run.box].tag == "h1"
        )
        if headings and (
            (summed and each.score > 0.02)
            or (named and each.score > 0.03)
            or (below and ENDS_SENTENCE.search(run.text.rstrip(CLOSING_MARKS)))
            or line
        ):
            each.kept, each.kind = True, BlockKind.LEAD
            each.why = (
                "the page's own summary"
                if summed
                else "marked up as a lead"
                if named
                else "below the headline"
            )
            return


_CUT_OFF = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?)\s*$")


def _is_excerpt(judged: list[ScoredBlock], at: int) -> bool:
    """Whether a run under the headline is the beginning of the text once more, as blogs show it."""
    opening, cut = _CUT_OFF.subn("", judged[at].run.text)
    opening = bare(opening)
    if len(opening) <= 25 or (judged[at].kept and not cut):
        return False
    text = ""
    for each in judged[at + 1 : at + 40]:
        if len(text) > 2 * len(opening) + 400:
            break
        if each.kind in TEXT_KINDS and (each.kept or each.score > HOPELESS):
            text += bare(each.run.text) + " "
    # a cut may have gone through a word; and what stands before the text may be read here as part of it
    return opening in text if cut else f"{opening} " in text
