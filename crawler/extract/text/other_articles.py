"""What a page shows beside its own article: excerpts of others, galleries, second articles, polls, weather.

Marks runs as ruled, with the reason; keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.model.types import TEXT_KINDS, BlockKind
from archive.model.word_count import word_count
from crawler.extract.cards import EXCERPT, Cards
from crawler.extract.page.blocks import Box, Outline, TextRun
from crawler.extract.page.class_names import GALLERY
from crawler.extract.text.heuristics import HOPELESS, LIKELY, OVER_A_WIDGET, OVER_OTHERS, common_box, rule
from crawler.extract.text.phrases import PhraseKind, phrase_kind
from crawler.extract.text.scored import CLOSING_MARKS, ENDS_SENTENCE, ScoredBlock, title_at

FEW_CARDS = 4
"""So many boxes of others' news may stand in the midst of a text; more of them are what the text is about."""
OWN_WORDS = 40
"""Words of its own that a page must have before what stands in boxes of others' news is left out."""


A_SENTENCE = 10
"""Words that the element ``<article>`` around the title must have before it is the article, however short."""


def leave_cards(judged: list[ScoredBlock], page: Outline, cards: Cards) -> None:
    """Excerpts of other articles: short texts in a box of their own under a headline that leads elsewhere.

    A list of things, each with a headline that leads to more about it, is an article all the same: then they
    are most of the text.
    """
    _leave_what_breaks_off(judged, cards)
    _leave_what_links_elsewhere(judged, page, cards)
    for index in _outside_its_article(judged, page, cards):
        rule(judged[index], "under a headline that leads elsewhere, outside the article")
    theirs = sum(word_count(judged[index].run.text) for index in cards.headed)
    own = sum(
        word_count(each.run.text)
        for index, each in enumerate(judged)
        if index not in cards.headed and each.score > 0.5 and not each.ruled and each.kind in TEXT_KINDS
    )
    if own < OWN_WORDS or 2 * theirs > own:
        return
    texts = [
        index
        for index, each in enumerate(judged)
        if index not in cards.headed and each.score > 0.5 and not each.ruled and each.kind in TEXT_KINDS
    ]
    few = cards.count <= FEW_CARDS
    for index in cards.headed:
        if few or not texts[0] < index < texts[-1]:
            rule(judged[index], "under a headline that leads elsewhere")


def _leave_what_breaks_off(judged: list[ScoredBlock], cards: Cards) -> None:
    """Rows of excerpts that break off, below a text of its own, but not what a colon announces.

    The text may be short where the page says that it is an article: a listing opens with a sentence, too.
    """
    title = title_at(judged)
    if not cards.cut_off or title < 0:
        return
    words, announced, least = 0, False, A_SENTENCE if cards.stated else OWN_WORDS
    for index in range(title + 1, len(judged)):
        each = judged[index]
        if index not in cards.cut_off:
            announced = each.run.text.endswith(":")
            if each.score > LIKELY and not each.ruled and each.kind in TEXT_KINDS:
                words += word_count(each.run.text)
        elif words >= least and not announced and each.kind in TEXT_KINDS and not each.ruled:
            rule(each, "in a row of excerpts that lead elsewhere")


FEW_OWN_WORDS = 25
"""Words of its own from which a text has boxes that lead elsewhere beside it."""


def _leave_what_links_elsewhere(judged: list[ScoredBlock], page: Outline, cards: Cards) -> None:
    """Small boxes and lone lines that lead to other pages of the site, unless a colon announces them.

    Below the first paragraph only: above it, a writer's name leads elsewhere and a lead stands under it.
    """
    if not (cards.linked or cards.lines):
        return
    others = cards.linked | cards.lines
    own = [
        index
        for index, each in enumerate(judged)
        if index not in others and each.score > LIKELY and not each.ruled and each.kind in TEXT_KINDS
    ]
    words = sum(word_count(judged[index].run.text) for index in own)
    if words < FEW_OWN_WORDS or len(own) < 2:
        return
    running = [index for index in own if judged[index].kind is not BlockKind.SUBHEAD] or own
    theirs = sum(word_count(judged[index].run.text) for index in cards.linked)
    many = len(cards.linked) > 2 * FEW_CARDS  # a list of things, each with more about it
    boxes = cards.linked if theirs <= (words // 2 if many else 2 * words) else frozenset()
    for index in sorted(boxes | cards.lines):
        after = running[-1] if many and index not in cards.lines else running[0]
        if index > after and not judged[index - 1].run.text.endswith(":"):
            rule(judged[index], "leads to another page")


def _outside_its_article(judged: list[ScoredBlock], page: Outline, cards: Cards) -> list[int]:
    """The cards that a template puts beside an article.

    They stand outside the element ``<article>`` that holds the title and a text of its own, or in a box that
    opens by saying that it lists other articles; there any small box that leads elsewhere is one.

    However many they are: a short article is not about the excerpts below it.
    """
    title = title_at(judged)
    theirs = cards.headed | cards.linked
    if title < 0 or title in theirs or not theirs:
        return []

    def says_something(index: int) -> bool:
        each = judged[index]
        return (
            index not in theirs
            and not each.ruled
            and each.kind in TEXT_KINDS
            and (
                each.score > LIKELY
                or (each.score > HOPELESS and bool(ENDS_SENTENCE.search(each.run.text.rstrip(CLOSING_MARKS))))
            )
        )

    around = (page.boxes[at] for at in page.path_indices(judged[title].run))
    own = next((box for box in around if box.tag == "article"), None)
    first, last = (own.first, own.last) if own is not None else (title, len(judged))
    words = sum(word_count(judged[index].run.text) for index in range(first, last) if says_something(index))
    if words < A_SENTENCE:
        return []
    if own is not None:
        return [index for index in cards.headed if not own.first <= index < own.last]
    lists = [
        page.boxes[page.boxes[each.run.box].parent]
        for each in judged
        if each.why in OVER_A_WIDGET
        and each.kind is BlockKind.SUBHEAD
        and page.boxes[each.run.box].parent >= 0
    ]
    others = [box for box in lists if not box.first <= title < box.last]
    return sorted(index for index in theirs if any(box.first <= index < box.last for box in others))


def leave_what_is_announced(judged: list[ScoredBlock], page: Outline) -> None:
    """Lines that lead elsewhere, with excerpts, where words such as "More stories" announce them below text.

    However much it is: a brief is not about the list below it.
    """
    title = title_at(judged)
    if title < 0:
        return
    words = 0
    for index in range(title + 1, len(judged)):
        each = judged[index]
        if words >= A_SENTENCE and each.kind is BlockKind.SUBHEAD and _is_over_others(each):
            for below in _announced(page, index, title):
                if judged[below].kind in TEXT_KINDS and not judged[below].ruled:
                    rule(judged[below], f"below {each.run.text!r}")
        elif each.score > LIKELY and not each.ruled and each.kind in TEXT_KINDS:
            words += word_count(each.run.text)


def _is_over_others(each: ScoredBlock) -> bool:
    """Whether a heading's words are known to stand over other articles."""
    if each.ruled or each.score > HOPELESS:
        return each.why == OVER_OTHERS
    return not each.run.linked and phrase_kind(each.run.text) is PhraseKind.RELATED  # nobody asked yet


def _announced(page: Outline, heading: int, title: int) -> range:
    """The runs of the list that a heading announces; none where what follows is no list of links."""
    at = page.runs[heading].box
    while (above := page.boxes[at].parent) >= 0 and page.boxes[above].first == heading:
        at = above
    first, box = heading + 1, page.boxes[at]
    if box.last > first:  # a box that opens with the heading
        return range(first, box.last) if _is_a_list(page.runs[first : box.last]) else range(0)
    last, leads = first, 0
    pieces: list[bool] = []
    while last < page.boxes[above].last:  # the heading and its list stand side by side
        piece = _child(page, above, last)
        runs = page.runs[last:piece]
        if len(runs) > 1:
            if not _is_a_list(runs):
                break
            each_leads = all(run.target for run in runs)  # an excerpt with "Read more" at its end
            leads += len(runs) if each_leads else sum(_leads(run) for run in runs)
        elif _leads(runs[0]):
            leads += 1
        elif not (pieces and pieces[-1] and word_count(runs[0].text) <= EXCERPT):
            break  # below an excerpt, or at once: a text goes on
        pieces.append(len(runs) == 1 and _leads(runs[0]))
        last = piece
    alternates = pieces[::2].count(True) == len(pieces) // 2 >= LISTED and not any(pieces[1::2])
    if pieces and not pieces[-1] and len(page.runs[first:last]) == len(pieces) and not alternates:
        last -= 1  # what stands below the last line may be the text that goes on
    return range(first, last) if leads >= LISTED else range(0)


LISTED = 2
"""Lines that lead elsewhere make a list from so many on."""


def _leads(run: TextRun) -> bool:
    """Whether a line is a link."""
    return 10 * run.linked >= 8 * len(run.text) and bool(run.target) and not str(run.target).startswith("#")


def _is_a_list(runs: Sequence[TextRun]) -> bool:
    """Whether runs are lines or excerpts that each lead somewhere, one below the other."""
    leads = sum(bool(run.target) and not str(run.target).startswith("#") for run in runs)
    return leads > 0 and sum(word_count(run.text) for run in runs) <= EXCERPT * leads


FILLED_IN = 400
"""Characters of a small box in which something is to be filled in, at most."""
A_LINE = 140
"""Characters of each of its lines, at most: a calculator stands below what it tells."""


def leave_what_is_filled_in(judged: list[ScoredBlock], page: Outline) -> None:
    """Small boxes of the page with a field in them: a poll, a letter to subscribe to, a search.

    Not so a box that holds the title, or a quarter of what reads as text.
    """
    if not page.fields:
        return
    title = title_at(judged)
    likely = [len(each.run.text) if each.score > LIKELY and not each.ruled else 0 for each in judged]
    whole = sum(likely)
    for start in dict.fromkeys(page.fields):
        at, found = start, -1
        while at > 0 and page.boxes[at].parent >= 0:
            box = page.boxes[at]
            inside = judged[box.first : box.last]
            if (
                box.first <= title < box.last
                or len(inside) > 8
                or sum(len(each.run.text) for each in inside) > FILLED_IN
                or any(len(each.run.text) > A_LINE for each in inside)
                or 4 * sum(likely[box.first : box.last]) > whole
                or box.tag in ("article", "main", "td", "li")
            ):
                break
            at, found = box.parent, at
        if found >= 0:
            box = page.boxes[found]
            for each in judged[box.first : box.last]:
                if not each.ruled:
                    rule(each, "in a box with something to fill in")


_DEGREES = re.compile(r"(?<![\d.,])[-−+]?\d{1,2} ?°")


def _is_the_weather(text: str) -> bool:
    return len(text) <= 40 and ":" not in text and _DEGREES.search(text) is not None


def leave_the_weather(judged: list[ScoredBlock], page: Outline) -> None:
    """Small boxes of which most lines are a temperature and a word or two, with what heads them."""
    told = [at for at, each in enumerate(judged) if "°" in each.run.text and _is_the_weather(each.run.text)]
    for index in told:
        at = page.boxes[judged[index].run.box].parent
        if at <= 0:
            continue
        box = page.boxes[at]
        inside = range(box.first, box.last)
        lines = sum(at in inside for at in told)
        short = all(len(judged[each].run.text) <= 60 for each in inside)
        if len(inside) <= 12 and short and 2 * lines >= len(inside) and title_at(judged) not in inside:
            for each in inside:
                rule(judged[each], "the weather")


BELOW = 200
"""Characters of text below which a box stands at the end of an article."""
A_LIFE = 600
"""Characters of what such a box says of somebody, at most."""


def leave_the_writers_life(judged: list[ScoredBlock], page: Outline) -> None:
    """What a small box below the text says of the writer, whose name opens it.

    The text itself may open with its writer's name, and stand there twice, for another screen.
    """
    own = title_at(judged)
    for index, each in enumerate(judged):
        if each.why != "the byline" or own < 0 or index < own + 4:
            continue
        before = [one.run.text for one in judged[own + 1 : index] if one.score > LIKELY and not one.ruled]
        at = page.boxes[each.run.box]
        while at.parent > 0 and at.last - at.first == 1:
            at = page.boxes[at.parent]
        if at.first != index or at.last - at.first > 4 or at.tag in ("article", "main"):
            continue
        life = [one.run.text for one in judged[at.first + 1 : at.last]]
        if sum(map(len, before)) >= BELOW and sum(map(len, life)) <= A_LIFE and not set(before) & set(life):
            for one in judged[at.first : at.last]:
                rule(one, "about the writer")


def _child(page: Outline, parent: int, run: int) -> int:
    """Where the piece right within box *parent* ends that begins with *run*."""
    at = page.runs[run].box
    if at == parent:
        return run + 1
    while page.boxes[at].parent != parent:
        at = page.boxes[at].parent
    return max(page.boxes[at].last, run + 1)


_NTH = re.compile(
    r"\(?(?:(?:foto|photo|bild|slide|beeld|image|afbeelding|imagen|immagine|zdjęcie)\s?"
    r"(?=\d{1,3}\s*(?:/|van|von|of|sur|de|di|av|af|z|из)\s*\d)|(?=\d{1,3}\s*/))"
    r"(\d{1,3})\s*(?:/|[^\W\d_]{1,3})\s*(\d{1,3})\b",
    re.I,
)
"""What numbers a slide: "3/8", "Foto 3 van 8"; a recipe numbers its steps "3 of 8"."""


def _is_of_others(judged: list[ScoredBlock], box: Box) -> bool:
    """Whether the slides of a gallery are other articles: most lead elsewhere, or it is named so."""
    inside = judged[box.first : box.last]
    opening = judged[box.first]
    if opening.why == OVER_OTHERS or _MORE_PICTURES.match(opening.run.text):
        return True
    if 2 * sum(each.run.target is not None for each in inside) >= len(inside):
        return True
    headed = sum(each.kind is BlockKind.SUBHEAD for each in inside) >= 3
    return headed and _OF_NEWS.search(box.names) is not None


_MORE_PICTURES = re.compile(
    r"(?:weitere|mehr) bilder\b|meer (?:foto[’']?s|beelden|nieuws in beeld)\b|more (?:photos|pictures)\b|"
    r"plus de photos\b|altre foto\b|más fotos\b|więcej zdjęć\b|flere billeder\b|fler bilder\b",
    re.I,
)
_OF_NEWS = re.compile(r"news|nieuws|artik|article|stor(?:y|ies)|related|bericht|meldung", re.I)


def leave_galleries(judged: list[ScoredBlock], page: Outline) -> None:
    """Galleries of pictures or of other news, with the texts on their slides, beside a text of its own."""
    found = [
        box for box in page.boxes if box.traits & GALLERY and box.parent >= 0 and _is_of_others(judged, box)
    ]
    numbered = [
        (index, match[1], match[2])
        for index, each in enumerate(judged)
        if len(each.run.text) < 120 and (match := _NTH.match(each.run.text))
    ]
    if len({nth for _, nth, _ in numbered}) >= 3 and len({total for _, _, total in numbered}) == 1:
        shared = common_box(page, [judged[index].run for index, _, _ in numbered])
        found.append(page.boxes[shared])
    title = title_at(judged)
    shown = {
        index
        for box in found
        if box.parent >= 0 and not box.first <= title < box.last
        for index in range(box.first, box.last)
    }
    own = [
        word_count(each.run.text)
        for index, each in enumerate(judged)
        if index not in shown and each.score > 0.5 and not each.ruled and each.kind in TEXT_KINDS
    ]
    theirs = sum(word_count(judged[index].run.text) for index in shown)
    if sum(own) < OWN_WORDS or len(own) < 3 or theirs > 5 * sum(own):
        return  # the gallery is what the page is about
    for index in shown:
        if judged[index].kind in TEXT_KINDS:
            rule(judged[index], "in a gallery")


def leave_other_articles(judged: list[ScoredBlock], page: Outline) -> None:
    """Some pages go on with another article under a headline of its own: that one is not read."""
    own = next(
        (
            at
            for at, each in enumerate(judged)
            if each.why == "the title" and page.boxes[each.run.box].tag == "h1"
        ),
        None,
    )
    if own is None:
        return
    title_boxes = set(page.path_indices(judged[own].run))
    if not any(page.boxes[at].tag == "article" for at in title_boxes):
        return
    for index in range(own + 1, len(judged)):
        run = judged[index].run
        box = page.boxes[run.box]
        if box.tag != "h1" or judged[index].ruled or len(run.text) < 15:
            continue
        around = [at for at in page.path_indices(run) if at not in title_boxes]
        other = next((page.boxes[at] for at in reversed(around) if page.boxes[at].tag == "article"), None)
        if other is not None and not other.first <= own < other.last:
            for each in judged[other.first : other.last]:
                rule(each, "another article on the same page")
