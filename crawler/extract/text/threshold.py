"""From which score runs are kept, and what is kept where no score is high enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archive.model.types import TEXT_KINDS, BlockKind
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Outline
from crawler.extract.text.features import best_box
from crawler.extract.text.phrases import phrase_kind
from crawler.extract.text.scored import ScoredBlock, is_linked, title_at

NEVER = o.NAV | o.FOOTER | o.HEADER | o.ASIDE | o.FORM | o.DIALOG | o.HIDDEN


def keep_the_best(judged: list[ScoredBlock], page: Outline) -> None:
    """Keep the runs that make the article's expected F1 largest, and never nothing at all."""
    scores = np.array([0.0 if each.ruled else each.score for each in judged])
    bar = bar_of(scores, judged)
    from_which = f"the score, kept from {bar:.2f}"
    for each, kept in zip(judged, (scores >= bar).tolist(), strict=True):
        if not each.ruled:
            each.kept, each.why = kept and (each.score > 0.5 or not is_linked(each)), from_which
    if any(each.kept and each.kind in TEXT_KINDS for each in judged):
        return
    inside = page.boxes[best_box(page)]
    for each in judged[inside.first : inside.last]:
        size = len(each.run.text)
        if (
            not each.ruled
            and each.kind in TEXT_KINDS
            and not page.boxes[each.run.box].flags & NEVER
            and 2 * each.run.linked < size
            and (each.score > 0.1 or size > 80)
        ):
            each.kept, each.why = True, "all there is in the best container"


def bar_of(scores: NDArray[np.float64], judged: list[ScoredBlock]) -> float:
    """The score from which runs are kept."""
    in_text = np.array([each.kind in TEXT_KINDS for each in judged])
    words = np.array([each.run.text.count(" ") + 1 for each in judged], float)
    return threshold(np.where(in_text, scores, 0.0), words)


def threshold(scores: NDArray[np.float64], words: NDArray[np.float64]) -> float:
    """The score from which runs are kept so that the expected F1 over words is largest."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(scores[order] * words[order])
    kept = np.cumsum(words[order])
    gain = 2 * hits / (kept + (scores * words).sum() + 1e-9)
    return max(float(scores[order[int(np.argmax(gain))]]), 0.15)


def keep_what_there_is(judged: list[ScoredBlock], page: Outline) -> None:
    """An article of a few words: what its ``<article>`` holds below the headline, if it holds little."""
    if any(each.kept and each.kind in TEXT_KINDS for each in judged):
        return
    headline = title_at(judged)
    if headline < 0:
        return
    for box in page.boxes:
        if box.tag != "article" or not headline < box.last or box.flags & NEVER:
            continue
        inside = judged[max(box.first, headline + 1) : box.last]
        few = [
            each
            for each in inside
            if not each.ruled
            and each.kind in TEXT_KINDS
            and each.kind is not BlockKind.ITEM
            and not page.boxes[each.run.box].flags & NEVER
            and phrase_kind(each.run.text) is None
        ]
        if 0 < len(few) <= 3:
            for each in few:
                each.kept, each.why = True, "all that the article's element holds"
            return
