"""Which runs of a page are its article, and what each is. Sees the outline; knows no fields and no site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from archive.model.types import TEXT_KINDS, Block, BlockKind
from crawler.extract.cards import Cards
from crawler.extract.known_boilerplate import KnownBoilerplate
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Outline, TextRun
from crawler.extract.page.class_names import BOX, POST
from crawler.extract.page.page import Page, text_of
from crawler.extract.text.classifier import Model
from crawler.extract.text.heuristics import (
    common_box,
    leave_comments,
    leave_lines_about_it,
    leave_lists_of_articles,
    leave_lists_of_links,
    leave_unseen,
    leave_what_is_above,
    leave_widgets,
    rule_out,
)
from crawler.extract.text.lead import find_lead
from crawler.extract.text.neighbours import TABLE, keep_what_stands_with_it
from crawler.extract.text.other_articles import (
    leave_cards,
    leave_galleries,
    leave_other_articles,
    leave_the_weather,
    leave_the_writers_life,
    leave_what_is_announced,
    leave_what_is_filled_in,
)
from crawler.extract.text.phrases import PhraseKind, phrase_kind
from crawler.extract.text.scored import ScoredBlock, bare, kind_of
from crawler.extract.text.threshold import keep_the_best, keep_what_there_is
from crawler.extract.text.with_memory import apply_memory
from crawler.urls import normal_address


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
    leave_lines_about_it(judged)
    leave_the_writers_life(judged, page)
    leave_other_articles(judged, page)
    leave_lists_of_articles(judged, page)
    leave_lists_of_links(judged, page)
    leave_comments(judged, page)
    leave_unseen(judged, page)
    leave_galleries(judged, page)
    leave_widgets(judged, page)
    leave_what_is_filled_in(judged, page)
    leave_the_weather(judged, page)
    leave_what_is_above(judged, page)
    leave_what_is_announced(judged, page)
    if cards is not None:
        leave_cards(judged, page, cards)
    keep_the_best(judged, page)
    find_lead(judged, page, said[1], bare(title))
    keep_what_stands_with_it(judged, page)
    _say_it_once(judged, page)
    _cut_the_ends(judged)
    _headings_need_text(judged)
    keep_what_there_is(judged, page)
    _captions_of_the_article(judged, page)
    apply_memory(judged, page, recall, at)
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


def _say_it_once(judged: list[ScoredBlock], page: Outline) -> None:
    """Paragraphs that stand twice, for the narrow screen and the wide one, are read once.

    Side by side, or most of the text twice over; a text that says a thing again somewhere keeps it, and so
    does one that says it in two paragraphs of one kind, the one right below the other: a writer did that.
    """
    kept = [each for each in judged if each.kept and each.kind in TEXT_KINDS]
    seen: set[str] = set()
    again = []
    for before, each in zip([None, *kept], kept, strict=False):
        if len(each.run.text) > 80 and each.run.text in seen:
            beside = before is not None and before.run.text == each.run.text
            if before is None or not (beside and _are_of_a_kind(page, before.run, each.run)):
                again.append((each, beside))
        seen.add(each.run.text)
    twice = 5 * sum(len(each.run.text) for each, _ in again) > 2 * sum(len(each.run.text) for each in kept)
    for each, adjacent in again:
        if adjacent or twice:
            each.kept, each.why = False, "said just before" if adjacent else "the text stands here twice"


def _are_of_a_kind(page: Outline, one: TextRun, other: TextRun) -> bool:
    """Whether two lines are paragraphs of one text: in one box, with the same tag and names."""
    boxes = page.boxes[one.box], page.boxes[other.box]
    return boxes[0].tag == "p" and len({(box.parent, box.tag, box.names) for box in boxes}) == 1


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
            and (index <= max(kept[-1] + 1, tail - 1) or each.why == TABLE)
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
    """The article's blocks. *times*: run that opens a live blog's entry, by index -> its time."""
    at = times or {}
    return tuple(
        Block(kind=each.kind, text=each.run.text, at=at.get(index))
        for index, each in enumerate(judged)
        if each.kept
    )


MOST_LINKS = 200
"""Links of one article that are kept."""


def links_of(judged: Sequence[ScoredBlock], page: Page) -> tuple[str, ...]:
    """Where the links in the article lead, in reading order, once each; not those to the page itself."""
    found: dict[str, None] = {}
    for each in judged:
        if not each.kept:
            continue
        for target in each.run.targets:
            url = page.absolute(target)
            if url is None:
                continue
            try:
                found[normal_address(url)] = None
            except ValueError:
                continue  # no address anybody could ask for
            if len(found) > MOST_LINKS:
                break
    found.pop(page.capture.url, None)
    return tuple(found)[:MOST_LINKS]
