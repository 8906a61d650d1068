"""Which runs of a page are its article, and what each of them is. Sees the outline; knows no fields and no site."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from archive.model.types import TEXT_KINDS, Block, BlockKind, RepeatedLine
from crawler.extract.cards import Cards
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Outline
from crawler.extract.page.class_names import BOX, LEAD, POST, traits
from crawler.extract.page.page import Page, text_of
from crawler.extract.templates import PagePlaces, PageTemplate, label
from crawler.extract.text.classifier import Model
from crawler.extract.text.features import best_box
from crawler.extract.text.heuristics import (
    HOPELESS,
    common_box,
    leave_cards,
    leave_comments,
    leave_galleries,
    leave_lists_of_articles,
    leave_lists_of_links,
    leave_other_articles,
    leave_unseen,
    leave_what_is_above,
    leave_widgets,
    rule,
    rule_out,
)
from crawler.extract.text.known_boilerplate import KnownBoilerplate, strips
from crawler.extract.text.phrases import PhraseKind, phrase_kind
from crawler.extract.text.scored import (
    CLOSING_MARKS,
    ENDS_SENTENCE,
    HEADINGS,
    ScoredBlock,
    bare,
    is_linked,
    kind_of,
    title_at,
)


def judge(
    page: Outline,
    *,
    title: str,
    names: Sequence[str] = (),
    said: tuple[str, str],
    recall: KnownBoilerplate,
    at: datetime | None = None,
    model: Model | None = None,
    cards: Cards | None = None,
) -> list[ScoredBlock]:
    """Every run of the page, in reading order, with what it is and whether it is kept.

    *title* is the article's, *names* its authors and byline; *said* the title and summary in the page's own
    meta tags; *at* is when it was captured; *cards* what stands under headlines that lead to other pages.
    """
    if not page.runs:
        return []
    scores = (model or Model.shipped()).score(page, title=said[0], summary=said[1])
    judged = [
        ScoredBlock(run, kind_of(run, page), score)
        for run, score in zip(page.runs, scores.tolist(), strict=True)
    ]
    for each in judged:
        figured = page.boxes[each.run.box].flags & (o.CAPTION | o.FIGURE)
        if each.kind is BlockKind.CAPTION and each.score > 0.9 and not figured:
            each.kind = BlockKind.PARAGRAPH  # a name alone, on what reads as running text
    _name_boxes(judged, page)
    rule_out(judged, page, title, names, said[0])
    leave_other_articles(judged, page)
    leave_lists_of_articles(judged, page)
    leave_lists_of_links(judged, page)
    leave_comments(judged, page)
    leave_unseen(judged, page)
    leave_galleries(judged, page)
    leave_widgets(judged, page)
    leave_what_is_above(judged, page)
    if cards is not None:
        leave_cards(judged, page, cards)
    _keep_the_best(judged, page)
    _find_lead(judged, page, said[1], bare(title))
    _heal(judged, page)
    _say_it_once(judged)
    _cut_the_ends(judged)
    _headings_need_text(judged)
    _keep_what_there_is(judged, page)
    _captions_of_the_article(judged, page)
    _remember(judged, page, recall, at)
    return judged


def _name_boxes(judged: list[ScoredBlock], page: Outline) -> None:
    """Fact boxes, summaries and embedded posts stand beside the text, with all that is in them."""
    whole = sum(len(each.run.text) for each in judged if each.score > 0.5)
    inside = [False] * len(page.boxes)
    for index, box in enumerate(page.boxes):
        inside[index] = box.parent >= 0 and inside[box.parent]
        if box.traits & (POST | BOX) and not inside[index]:
            size = sum(len(run.text) for run in page.runs[box.first : box.last])
            inside[index] = 3 * size < whole  # a name on the whole article says nothing
    for each in judged:
        if inside[each.run.box] and each.kind in TEXT_KINDS:
            each.kind = BlockKind.BOX


def _keep_the_best(judged: list[ScoredBlock], page: Outline) -> None:
    """Keep the runs that make the article's expected F1 largest, and never nothing at all."""
    scores = np.array([0.0 if each.ruled else each.score for each in judged])
    bar = _bar(scores, judged)
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
            and not page.boxes[each.run.box].flags & _NEVER
            and 2 * each.run.linked < size
            and (each.score > 0.1 or size > 80)
        ):
            each.kept, each.why = True, "all there is in the best container"


def _bar(scores: NDArray[np.float64], judged: list[ScoredBlock]) -> float:
    """The score from which runs are kept."""
    in_text = np.array([each.kind in TEXT_KINDS for each in judged])
    words = np.array([each.run.text.count(" ") + 1 for each in judged], float)
    return threshold(np.where(in_text, scores, 0.0), words)


_NEVER = o.NAV | o.FOOTER | o.HEADER | o.ASIDE | o.FORM | o.DIALOG | o.HIDDEN


def threshold(scores: NDArray[np.float64], words: NDArray[np.float64]) -> float:
    """The score from which runs are kept so that the expected F1 over words is largest."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(scores[order] * words[order])
    kept = np.cumsum(words[order])
    gain = 2 * hits / (kept + (scores * words).sum() + 1e-9)
    return max(float(scores[order[int(np.argmax(gain))]]), 0.15)


def _logit(share: float) -> float:
    share = min(max(float(share), 0.01), 0.99)
    return float(np.log(share / (1 - share)))


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def _find_lead(judged: list[ScoredBlock], page: Outline, summary: str, headline: str) -> None:
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


def _heal(judged: list[ScoredBlock], page: Outline) -> None:
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


def _keep_lists_and_tables(judged: list[ScoredBlock], page: Outline) -> None:
    """A table or ``<dl>`` side by side with kept paragraphs, between them or announced by one, is theirs.

    So is a list of links when the paragraph before it ends with a colon; of other lists the score decides. A
    table that does not read as text stands beside it, as a box.
    """
    texts = [index for index, each in enumerate(judged) if each.kept and each.kind in TEXT_KINDS]
    if not texts:
        return
    sides = {page.boxes[judged[index].run.box].parent for index in texts}
    for number, box in enumerate(page.boxes):
        if box.tag not in _SET_OUT or box.last - box.first > 400:
            continue
        around = page.boxes[box.parent]
        side = around.parent if around.tag in ("figure", "div") and box.parent not in sides else box.parent
        if side not in sides or box.flags & (_NEVER & ~o.HEADER) or page.boxes[number].parent < 0:
            continue
        if box.tag in ("table", "dl") and box.last - box.first <= 20 and _ABOUT.search(box.names):
            for each in judged[box.first : box.last]:
                rule(each, "a table about the page")
                each.kept = False
            continue
        before = max((at for at in texts if at < box.first), default=-1)
        after = min((at for at in texts if at >= box.last), default=-1)
        inside = judged[box.first : box.last]
        if before < 0 or before < box.first - 2 or not inside or all(each.kept for each in inside):
            continue
        announced = judged[before].run.text.rstrip().endswith(":")
        tabular = box.tag in ("table", "dl")
        if not announced and not tabular and (after < 0 or after > box.last + 1):
            continue
        if any(each.ruled for each in inside) or any(phrase_kind(each.run.text) for each in inside):
            continue
        linked = 2 * sum(each.run.linked for each in inside) > sum(len(each.run.text) for each in inside)
        likely = sum(each.score for each in inside) / len(inside)
        if not linked and box.tag in ("table", "dl") and likely <= 0.2:
            for each in inside:  # no running text, and what an editor corrects all the same
                each.kind = BlockKind.BOX
        elif (announced and likely > 0.3) if linked else box.tag in ("table", "dl"):
            for each in inside:
                each.kept, each.why = True, f"a {box.tag} among the paragraphs"


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


def _remember(
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
        if line is None:
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
    _keep_what_there_is(judged, page)
    if any(each.kept and each.kind in TEXT_KINDS for each in judged):
        return
    for each, line in out:  # an article of a few words that others of its series have too
        if (
            line.pin is None
            and each.kind in TEXT_KINDS
            and (template is None or _of_text(each, places, template))
        ):
            each.kept, each.why = True, "memory: repeats, but is all that the article has"


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
    scores = np.array([0.0 if each.ruled or id(each) in repeated else each.score for each in judged])
    for index, each in enumerate(judged):
        place = template.places.get(places.of(each.run))
        if place is not None and scores[index]:
            trust = min(place.articles, 10) / 10
            scores[index] = _sigmoid(_logit(scores[index]) + trust * 0.5 * _logit(place.score))
    bar = _bar(scores, judged)
    said = {each.run.text for each in judged if each.kept}
    for each, score in zip(judged, scores.tolist(), strict=True):
        if each.kept or each.ruled or each.kind not in TEXT_KINDS or is_linked(each):
            continue
        if score >= bar and each.run.text not in said:
            each.kept, each.why = True, "memory: at a place of article text"
    followed = False
    for each in reversed(judged):
        if each.kept and each.kind is BlockKind.SUBHEAD and not (each.alone or followed):
            each.kept, each.why = False, "memory: a heading over nothing that is kept"
        followed = followed or (each.kept and each.kind in TEXT_KINDS and each.kind is not BlockKind.SUBHEAD)


def _say_it_once(judged: list[ScoredBlock]) -> None:
    """Paragraphs that stand twice, for the narrow screen and the wide one, are read once.

    Side by side, or most of the text twice over; a text that says a thing again somewhere keeps it.
    """
    kept = [each for each in judged if each.kept and each.kind in TEXT_KINDS]
    seen: set[str] = set()
    again = []
    for before, each in zip([None, *kept], kept, strict=False):
        if len(each.run.text) > 80 and each.run.text in seen:
            again.append((each, before is not None and before.run.text == each.run.text))
        seen.add(each.run.text)
    twice = 5 * sum(len(each.run.text) for each, _ in again) > 2 * sum(len(each.run.text) for each in kept)
    for each, adjacent in again:
        if adjacent or twice:
            each.kept, each.why = False, "said just before" if adjacent else "the text stands here twice"


def _cut_the_ends(judged: list[ScoredBlock]) -> None:
    """After a heading over comments or other articles, what little was kept is theirs."""
    total = sum(len(each.run.text) for each in judged if each.kept)
    before = 0
    for index, each in enumerate(judged):
        if each.kept:
            before += len(each.run.text)
        elif before > 0.75 * total and len(each.run.text) < 50 and before < total:
            words = phrase_kind(each.run.text)
            if words in (PhraseKind.RELATED, PhraseKind.COMMENTS) and not each.run.linked:
                for later in judged[index + 1 :]:
                    if later.kept and later.score < 0.75:
                        later.kept, later.why = False, f"after {each.run.text!r}"
                return


def _headings_need_text(judged: list[ScoredBlock]) -> None:
    """A heading stands over something: without kept text after it, it is no part of the article."""
    followed = False
    for each in reversed(judged):
        if not each.kept:
            continue
        if each.kind is BlockKind.SUBHEAD:
            if not followed:
                each.kept, each.why = False, "a heading over nothing that is kept"
        elif each.kind in TEXT_KINDS:
            followed = True


def _keep_what_there_is(judged: list[ScoredBlock], page: Outline) -> None:
    """An article of a few words: what its ``<article>`` holds below the headline, if it holds little."""
    if any(each.kept and each.kind in TEXT_KINDS for each in judged):
        return
    headline = title_at(judged)
    if headline < 0:
        return
    for box in page.boxes:
        if box.tag != "article" or not headline < box.last or box.flags & _NEVER:
            continue
        inside = judged[max(box.first, headline + 1) : box.last]
        few = [
            each
            for each in inside
            if not each.ruled
            and each.kind in TEXT_KINDS
            and each.kind is not BlockKind.ITEM
            and not page.boxes[each.run.box].flags & _NEVER
            and phrase_kind(each.run.text) is None
        ]
        if 0 < len(few) <= 3:
            for each in few:
                each.kept, each.why = True, "all that the article's element holds"
            return


def _captions_of_the_article(judged: list[ScoredBlock], page: Outline) -> None:
    """Captions and boxes stand beside the text: they are kept when they stand among it or its headline."""
    kept = [index for index, each in enumerate(judged) if each.kept and each.kind in TEXT_KINDS]
    if not kept:
        return
    headline = [each for each in judged[: kept[0]] if each.why == "the title"][-1:]
    shared = common_box(page, [each.run for each in headline] + [judged[index].run for index in kept])
    first, last = page.boxes[shared].first, page.boxes[shared].last
    tail = kept[-1] + 1
    while tail < len(judged) and (judged[tail].kind in (BlockKind.CAPTION, BlockKind.BOX)):
        tail += 1
    for index, each in enumerate(judged):
        if each.kind in TEXT_KINDS or each.ruled:
            continue
        box = page.boxes[each.run.box]
        beside = first <= index < last and not box.flags & (o.NAV | o.FOOTER | o.FORM | o.DIALOG | o.HIDDEN)
        each.kept = (
            beside
            and 2 * each.run.linked < len(each.run.text) + 2
            and (len(each.run.text) > 2 or each.kind is BlockKind.BOX)  # a party's seats, in a table
            and phrase_kind(each.run.text) is not PhraseKind.CHROME  # "Full screen", on the picture
            and index <= max(kept[-1] + 1, tail - 1)
        )
        each.why = f"a {each.kind}, beside the text" if each.kept else "a caption or box of something else"


def said_of_itself(page: Page) -> tuple[str, str]:
    """(title, summary) as the page's own meta tags have them."""
    title = page.meta("og:title", "twitter:title")
    if not title:
        node = page.title_element
        title = text_of(node) if node is not None else ""
    return title, page.meta("og:description", "description", "twitter:description") or ""


def blocks_of(
    judged: Sequence[ScoredBlock], times: Mapping[int, datetime] | None = None
) -> tuple[Block, ...]:
    """The article's blocks. *times*: index of the run that opens a live blog's entry -> when it was written."""
    at = times or {}
    return tuple(
        Block(kind=each.kind, text=each.run.text, at=at.get(index))
        for index, each in enumerate(judged)
        if each.kept
    )
