"""What a site's memory changes in the reading of a page: what it adds, and what it leaves out."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import numpy as np

from archive.model.types import TEXT_KINDS, BlockKind, RepeatedLine
from crawler.extract.dates.words import is_date_alone
from crawler.extract.known_boilerplate import KnownBoilerplate, strips
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Outline
from crawler.extract.templates import PagePlaces, PageTemplate
from crawler.extract.text.scored import ScoredBlock, is_linked
from crawler.extract.text.threshold import bar_of, keep_what_there_is


def apply_memory(
    judged: list[ScoredBlock], page: Outline, recall: KnownBoilerplate, at: datetime | None
) -> None:
    """What the site's memory adds to the reading, and what it leaves out.

    It adds what reads as text at a place where the template has its text. It leaves out lines that it has
    seen repeat, and what the page says twice; nothing else, whatever stands around them.
    """
    for each in judged:
        each.alone = each.kept
    repeated: list[tuple[ScoredBlock, RepeatedLine]] = []
    for each in judged if recall.lines else ():
        line = recall.line(each.run, at)
        if line is None or (line.pin is None and _is_a_figure(each, page)):
            continue
        if strips(line):
            repeated.append((each, line))
        elif not each.kept:
            each.kept, each.why = True, "memory: pinned as keep"
    template = recall.template(page)
    places = PagePlaces(page)
    if template is not None:
        _add_what_its_place_tells(judged, places, template, {id(each) for each, _ in repeated})
        _say_it_where_the_text_stands(judged, places, template)
    text = any(each.kept and each.kind in TEXT_KINDS for each in judged)
    out = [(each, line) for each, line in repeated if each.kept]
    for each, line in out:
        each.kept, each.why = False, f"memory: in {line.seen} of {line.of} articles"
    if not text:
        return
    keep_what_there_is(judged, page)
    if any(each.kept and each.kind in TEXT_KINDS for each in judged):
        return
    for each, line in out:  # an article of a few words that others of its series have too
        if (
            line.pin is None
            and each.kind in TEXT_KINDS
            and (template is None or _of_text(each, places, template))
        ):
            each.kept, each.why = True, "memory: repeats, but is all that the article has"


def _is_a_figure(each: ScoredBlock, page: Outline) -> bool:
    """Whether a number or a day is a cell of a table, or a heading: a score, points, a year of a chronicle.

    Numbers are compared as one, so that a counter is known whatever it counts; but a counter on each page
    says nothing of the figures of an article.
    """
    box, text = page.boxes[each.run.box], each.run.text
    apart = each.kind in (BlockKind.BOX, BlockKind.SUBHEAD) or box.flags & o.TABLE or box.tag in ("dd", "dt")
    return bool(apart) and (not any(map(str.isalpha, text)) or is_date_alone(text))


def _say_it_where_the_text_stands(
    judged: list[ScoredBlock], places: PagePlaces, template: PageTemplate
) -> None:
    """What is kept at a place of the template's text and elsewhere too, as an excerpt, is read once."""
    scores = [
        place.score if each.kept and (place := template.places.get(places.of(each.run))) else None
        for each in judged
    ]
    said = {
        each.run.text
        for each, score in zip(judged, scores, strict=True)
        if score is not None and score >= 0.5
    }
    for each, score in zip(judged, scores, strict=True):
        if score is not None and score < 0.2 and each.run.text in said:
            each.kept, each.why = False, "memory: stands at the place of the text too"


def _of_text(each: ScoredBlock, places: PagePlaces, template: PageTemplate) -> bool:
    """Whether a run stands where the pages of its template have their text."""
    place = template.places.get(places.of(each.run))
    return place is None or place.score >= 0.5


def _add_what_its_place_tells(
    judged: list[ScoredBlock], places: PagePlaces, template: PageTemplate, repeated: set[int]
) -> None:
    """Keep what reads as text once its score is shifted by those of its place on the template's pages.

    *repeated*: the ids of the runs that repeat; they say nothing of how much text there is.
    """
    scores = [0.0 if each.ruled or id(each) in repeated else each.score for each in judged]
    for index, each in enumerate(judged):
        if not scores[index]:
            continue
        place = template.places.get(places.of(each.run))
        if place is not None:
            trust = min(place.articles, 10) / 10
            scores[index] = _sigmoid(_logit(scores[index]) + trust * 0.5 * _of_place(place.score))
    bar = bar_of(np.array(scores), judged)
    said = {each.run.text for each in judged if each.kept}
    for each, score in zip(judged, scores, strict=True):
        if each.kept or each.ruled or each.kind not in TEXT_KINDS or is_linked(each):
            continue
        if score >= bar and each.run.text not in said:
            each.kept, each.why = True, "memory: at a place of article text"
    followed = False
    for each in reversed(judged):
        if each.kept and each.kind is BlockKind.SUBHEAD and not (each.alone or followed):
            each.kept, each.why = False, "memory: a heading over nothing that is kept"
        followed = followed or (each.kept and each.kind in TEXT_KINDS and each.kind is not BlockKind.SUBHEAD)


def _logit(share: float) -> float:
    share = min(max(float(share), 0.01), 0.99)
    return float(np.log(share / (1 - share)))


_of_place = lru_cache(maxsize=1024)(_logit)
"""A template has few places, and each of its pages asks for them."""


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
