"""What is no article text whatever the classifier thinks: titles, bylines, comments, furniture.

Marks runs as ruled, with the reason; keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from archive.compare.relative_times import ends_with_a_time
from archive.model.types import TEXT_KINDS, BlockKind
from crawler.extract.dates.beside import is_stamp
from crawler.extract.dates.words import is_date_line
from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Box, Outline, TextRun
from crawler.extract.page.class_names import COMMENTS, OUT
from crawler.extract.text.phrases import (
    PhraseKind,
    asks_for_payment,
    is_placeholder,
    is_plea,
    phrase_kind,
)
from crawler.extract.text.scored import ENDS_SENTENCE, ScoredBlock, bare, title_at

LIKELY = 0.5
"""A score from which a run reads as text of an article."""
WIDGET = 600
"""Characters that a widget has at most."""
HOPELESS = 0.02
"""A score below which no rule needs to say no, and none says yes but the site's own."""

OVER_OTHERS = f"its words: {PhraseKind.RELATED.value}"
OVER_A_WIDGET = {OVER_OTHERS, f"its words: {PhraseKind.ADVERT.value}"}


def rule_out(
    judged: list[ScoredBlock], page: Outline, title: str, names: Sequence[str], page_title: str = ""
) -> None:
    """What is no article text whatever the classifier thinks.

    *page_title* is the page's own, which may have the site's name after the headline.
    """
    headline = bare(title)
    site_name = _beside(headline, bare(page_title))
    people = {bare(name) for name in names if name}
    likely = np.cumsum([0.0, *(len(each.run.text) * (each.score > 0.5) for each in judged)])
    least, most = len(headline) // 2, 2 * len(title) + 20
    closing = headline.rpartition(" ")[2]  # a quick look before the dear one
    shows = [
        bool(headline)
        and least < len(each.run.text) < most
        and closing in each.run.text.casefold()
        and bare(each.run.text)
        for each in judged
    ]
    own = shows.index(headline) if headline in shows else -1
    out: list[str | None] = []
    for box in page.boxes:  # a box is out when the one around it is
        why = out[box.parent] if box.parent >= 0 else None
        if (
            why is None
            and box.parent >= 0
            and box.traits & OUT
            and not (
                # a name on the whole text says nothing; but comments may be longer than their article
                2 * (likely[box.last] - likely[box.first]) > likely[-1]
                and (box.first <= own < box.last or not _OF_COMMENTS.search(box.names))
            )
        ):
            why = f"inside {box.names!r}"
        out.append(why)
    pleas: set[int] = set()
    for index, (each, shown) in enumerate(zip(judged, shows, strict=True)):
        run = each.run
        box = page.boxes[run.box]
        size = len(run.text)
        if shown and _shows(shown, headline, box.tag):
            rule(each, "the title")
        elif (why := out[run.box]) is not None:
            rule(each, why)
        elif own >= 0 and box.flags & o.FOOTER and not box.flags & (o.ARTICLE | o.MAIN | o.HEADER):
            rule(each, "in the footer of the page")
        elif each.score <= HOPELESS:
            continue
        elif people and size <= 120 and _is_byline(run.text, people, 0 <= own < index <= own + 4):
            rule(each, "the byline")
        elif size <= 90 and is_date_line(run.text):
            rule(each, "a date")
        elif size <= 250 and asks_for_payment(run.text):
            if each.kind is BlockKind.SUBHEAD and box.parent >= 0:
                pleas.add(box.parent)
            rule(each, "a plea to pay")
        elif each.kind is not BlockKind.QUOTE and is_plea(run.text):
            if each.kind is BlockKind.SUBHEAD and box.parent >= 0:
                pleas.add(box.parent)
            rule(each, "a plea")
        elif each.kind is not BlockKind.QUOTE and is_placeholder(run.text):
            rule(each, "in place of what is embedded")
        elif index < own and size <= 60 and site_name and bare(run.text) == site_name:
            rule(each, "the site's name")
        elif size <= 400 and (words := phrase_kind(run.text)) is not None:
            if words is PhraseKind.MAILING and each.kind is BlockKind.SUBHEAD and box.parent >= 0:
                pleas.add(box.parent)
            if _is_plain(words, run, each):
                rule(each, f"its words: {words}")
    _leave_offers(judged)
    _leave_pleas(judged, page, pleas, own)


def _leave_pleas(judged: list[ScoredBlock], page: Outline, pleas: set[int], own: int) -> None:
    """All that stands in the small boxes that a plea heads; *own* is the headline's run."""
    for index in pleas:
        box = page.boxes[index]
        if box.last - box.first <= 5 and not (own >= 0 and box.first <= own < box.last):  # not the article
            for each in judged[box.first : box.last]:
                rule(each, "inside a plea")


def _leave_offers(judged: list[ScoredBlock]) -> None:
    """The short lines below a plea to pay that name a price, a trial or an account."""
    at = next((index for index, each in enumerate(judged) if each.why == "a plea to pay"), len(judged))
    for each in judged[at + 1 : at + 8]:
        if len(each.run.text) > 160:
            return
        if not each.ruled and _OFFERS.search(each.run.text):
            rule(each, "an offer below a plea to pay")


_OFFERS = re.compile(
    r"subscri|\babo(?:nn?e|n?nement|s)?\b|abonn|abbonat|suscr|prenumer|assin|"
    r"[€£$]\s?\d|\d\s?(?:€|euro|kr|zł)\b|"
    r"\b(?:per|pro|par|a|al|por) (?:week|month|year|maand|jaar|monat|woche|mois|semaine|an|mese|mes)\b|"
    r"\blog ?in\b|\binloggen\b|\banmelden\b|\btrial\b|proefperiode|probemonat|opzegbaar|kündbar|"
    r"sans engagement|cancel any ?time",
    re.I,
)


def _is_byline(text: str, people: set[str], near: bool) -> bool:
    """Whether a line is a name of *people*, or, *near* the headline, tells who wrote it and when."""
    words = bare(text)
    if len(text) <= 60 and words in people:
        return True
    if not near:
        return False
    named = any((" " in name or not name.isascii()) and name in words for name in people)
    return named and _A_TIME.search(text) is not None and text[-1] not in ".!?”\"'’»"


_A_TIME = re.compile(r"\b20\d\d\b|\d[:.h]\d\d(?:\s?(?:uur|uhr|h|[ap]\.?m\.?))?\W*$", re.I)
"""A year, or a clock at the end of a line."""
A_LABEL = 3
"""Words that a kicker, a section or a place below the headline has at most."""
A_PARAGRAPH = 60
"""Characters from which a run below the headline is the text's first paragraph."""


def leave_lines_about_it(judged: list[ScoredBlock]) -> None:
    """Lines between the headline and the text that say when and where it stands: day, section, place."""
    title = title_at(judged)
    if title < 0:
        return
    labelled = False
    for each in judged[title + 1 : title + 8]:
        text = each.run.text
        if each.kind is not BlockKind.PARAGRAPH or (len(text) >= A_PARAGRAPH and not is_stamp(text)):
            if each.score > LIKELY and each.kind in TEXT_KINDS:
                return
            continue
        short = (
            text.count(" ") < A_LABEL
            and len(text) <= 30
            and ":" not in text
            and text[-1] not in ".,!?:…”\"'’»。"
        )
        if not each.ruled and is_stamp(text):
            rule(each, "about the article")
        elif not each.ruled and short and not labelled and not each.run.linked:
            labelled = True
            rule(each, "about the article")


def _beside(headline: str, page_title: str) -> str:
    """What the page's title has before or after the headline, if it is short enough for a name."""
    if not headline or page_title == headline:
        return ""
    rest = page_title.removeprefix(f"{headline} ").removesuffix(f" {headline}")
    return rest if rest != page_title and rest.count(" ") < 5 else ""


UNSEEN_CHARS = 400
"""Characters up to which a hidden element is left out whatever share of the text it is."""


def leave_unseen(judged: list[ScoredBlock], page: Outline) -> None:
    """What the page hides from every reader; but not where much of the text waits for a script to show it."""
    likely = [len(each.run.text) if each.score > 0.5 and not each.ruled else 0 for each in judged]
    hidden = [
        box
        for box in page.boxes
        if box.flags & o.UNSEEN and not page.boxes[max(box.parent, 0)].flags & o.UNSEEN
    ]
    hidden = [box for box in hidden if box.flags & o.HIDDEN or _is_among_paragraphs(judged, box)]
    sizes = [sum(likely[box.first : box.last]) for box in hidden]
    whole = sum(likely)
    if 5 * sum(sizes) > 2 * whole:
        return
    little = 10 * sum(sizes) <= whole
    for box, size in zip(hidden, sizes, strict=True):
        if little or (size <= UNSEEN_CHARS and len(hidden) < 3):
            for each in judged[box.first : box.last]:
                rule(each, "hidden from the reader")


def _is_among_paragraphs(judged: list[ScoredBlock], box: Box) -> bool:
    """Whether a box that is only called hidden follows a paragraph, and is no answer that a click opens."""
    before = judged[box.first - 1] if box.first else None
    return (
        box.last - box.first == 1
        and before is not None
        and before.kind is BlockKind.PARAGRAPH
        and len(before.run.text) > ANSWERED
    )


ANSWERED = 80
"""Characters of a line up to which it may be a question or a button with an answer below it."""
UNLIKELY = 0.45
"""A score up to which the links of a list are, taken together, no text."""
SURE = 0.8
"""A score from which a run reads as text of an article wherever it stands."""


_BOXES = frozenset({"table", "td", "div", "section", "aside", "article", "header", "nav", "ul", "center"})
"""Elements that set apart what they hold, as a paragraph does not."""


def leave_what_is_above(judged: list[ScoredBlock], page: Outline) -> None:
    """Notices above the headline, each in a box without it, where the text stands below the headline.

    What reads as text beyond doubt stays, and so does a paragraph that no box of its own sets apart: a
    lead may stand there.
    """
    title = title_at(judged)
    if title <= 0:
        return
    likely = [len(each.run.text) if each.score > LIKELY and not each.ruled else 0 for each in judged]
    text_is_below = sum(likely[title:]) >= sum(likely[:title])
    named = {each.run.box for each in judged[:title] if each.ruled and each.why.startswith("its words: ")}
    around = set(page.path_indices(judged[title].run))
    for each in judged[:title]:
        if each.ruled or each.score >= SURE or not (text_is_below or each.run.box in named):
            continue
        apart = [at for at in page.path_indices(each.run) if at not in around]
        if any(page.boxes[at].tag in _BOXES for at in apart):
            rule(each, "above the headline")


def leave_widgets(judged: list[ScoredBlock], page: Outline) -> None:
    """Small boxes that open with words known to stand over a widget are out whole: what changes in them too.

    A box with the title in it, or with more text than a widget has, is none.
    """
    title = title_at(judged)
    for index, each in enumerate(judged):
        if len(each.run.text) > 40 or each.run.linked:
            continue
        unsaid = not each.ruled and each.score <= HOPELESS  # what it is was not asked
        advert = unsaid and phrase_kind(each.run.text) is PhraseKind.ADVERT
        if each.why not in OVER_A_WIDGET and not advert:
            continue
        here = page.boxes[each.run.box]
        if here.parent < 0:
            continue
        box = here if here.last - here.first > 1 else page.boxes[here.parent]
        inside = judged[box.first : box.last]
        if (
            box.first != index
            or not 1 < len(inside) <= 12
            or box.first <= title < box.last
            or sum(len(one.run.text) for one in inside) > WIDGET
        ):
            continue
        of_adverts = _OF_ADVERTS.search(box.names) is not None
        advertised = phrase_kind(each.run.text) is PhraseKind.ADVERT
        for one in inside[1:]:
            called = advertised and len(one.run.text) <= 60 and not ENDS_SENTENCE.search(one.run.text)
            if of_adverts or called or one.score < 0.9:
                rule(one, f"in the widget {each.run.text!r}")


_OF_ADVERTS = re.compile(
    r"(?:^|[\s_-])(?:anzeigen?|adverts?|advertentie|advertisement|advertorial|werbung|reclame|sponsor(?:ed)?|publicit[eé]|"
    r"pubblicit[aà]|publicidad|reklama?|annons|annonce|ad|ads)(?:$|[\s_-])",
    re.I,
)


def common_box(page: Outline, runs: Sequence[TextRun]) -> int:
    """The innermost box around all of *runs*."""
    first = page.path_indices(runs[0])
    shared = set(first)
    for run in runs[1:]:
        shared &= set(page.path_indices(run))
    return next(index for index in first if index in shared)


def _shows(here: str, headline: str, tag: str) -> bool:
    """Whether a line's words are the headline; a heading may have a kicker before it."""
    if here == headline:
        return True
    if tag not in ("h1", "h2"):
        return False
    # two elements may stand there without a space between them
    joined, whole = here.replace(" ", ""), headline.replace(" ", "")
    return joined == whole or (len(headline) > 15 and joined.endswith(whole))


_OF_COMMENTS = re.compile(r"comment|disqus|dsq|respond|akismet", re.I)


def rule(each: ScoredBlock, why: str) -> None:
    """Say that a run is no article text, and why."""
    each.ruled, each.why = True, why


_ADDRESS = re.compile(r"^\w+ ?: ?https?://")
"""Where a printed page says that it was printed from."""


def _is_plain(words: PhraseKind, run: TextRun, each: ScoredBlock) -> bool:
    """Whether furniture's words make a run furniture, given what it is."""
    size = len(run.text)
    if words is PhraseKind.CHROME:
        return each.kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE)
    if each.kind in (BlockKind.ITEM, BlockKind.QUOTE):
        return words is PhraseKind.SHARE and size < 50 and 2 * run.linked > size
    if words in (PhraseKind.RELATED, PhraseKind.COMMENTS, PhraseKind.SHARE, PhraseKind.ADVERT):
        return size < 50 or 2 * run.linked > size
    if words is PhraseKind.CREDIT:
        return (size < 60 or _ADDRESS.search(run.text) is not None) and each.kind is not BlockKind.SUBHEAD
    if words is PhraseKind.STAMP:
        return size < 90 and any(map(str.isdigit, run.text)) and each.kind is not BlockKind.SUBHEAD
    if words is PhraseKind.BYLINE:
        posted = ":" in run.text[:12] or _POSTED.match(run.text) is not None
        labelled = posted and not run.text.endswith((".", "!", "?"))
        return size < (90 if labelled else 50) and each.kind is not BlockKind.SUBHEAD
    return 3 * run.linked > 2 * size or (each.kind is BlockKind.SUBHEAD and run.text.endswith("?"))


_POSTED = re.compile(r"\w+ (?:door|by|von|par|por|da|przez|av|af) \w.{1,60}\d")
"""Who posted it, and when: "Pubblicato da Luigi Sala alle 08:15"."""


def leave_lists_of_articles(judged: list[ScoredBlock], page: Outline) -> None:
    """A box that opens with a heading over other articles, and is mostly links: all that stands in it.

    The weather, a poll or a plea below such a list goes with it. A box in which anything reads as text of an
    article is left alone.
    """
    for box in page.boxes:
        if box.last - box.first < 3 or box.parent < 0:
            continue
        heading = page.runs[box.first]
        if len(heading.text) >= 50 or heading.linked or phrase_kind(heading.text) is not PhraseKind.RELATED:
            continue
        rest = judged[box.first + 1 : box.last]
        if any(each.score > LIKELY for each in rest):
            continue
        if 2 * sum(each.run.linked for each in rest) > sum(len(each.run.text) for each in rest):
            for each in judged[box.first : box.last]:
                if not each.ruled:
                    rule(each, f"in a list under {heading.text!r}")


def leave_lists_of_links(judged: list[ScoredBlock], page: Outline) -> None:
    """A list of links under a heading, below the text: its items stand or fall together; dated ones fall."""
    last = max((at for at, each in enumerate(judged) if _reads_as_text(each)), default=-1)
    for box in page.boxes:
        items = judged[box.first : box.last]
        if box.tag not in ("ul", "ol") or len(items) < 3 or box.first == 0 or box.last <= last:
            continue
        if judged[box.first - 1].kind is not BlockKind.SUBHEAD:
            continue
        if any(10 * each.run.linked < 6 * len(each.run.text) for each in items):
            continue
        doubted = sum(each.score for each in items) <= UNLIKELY * len(items)
        sure = any(each.score >= SURE for each in items)
        if (doubted and not sure) or all(_DATED.search(each.run.text) for each in items):
            for each in items:
                if not each.ruled:
                    rule(each, "in a list of links below the text")


_DATED = re.compile(r"\d{1,2}[./ -]{1,2}\w{1,9}[./ -]{1,2}(?:\d\d){1,2}\W*$")
"""A link with a date behind it: to a report of that day."""


def _reads_as_text(each: ScoredBlock) -> bool:
    return each.score > LIKELY and not each.ruled and 10 * each.run.linked < 6 * len(each.run.text)


def leave_comments(judged: list[ScoredBlock], page: Outline) -> None:
    """What readers wrote below the article: in an element named so, or signed under such a heading."""
    own = title_at(judged)
    for box in page.boxes:
        if box.traits & COMMENTS and box.parent >= 0 and own < box.first < box.last:
            before = sum(len(each.run.text) for each in judged[own + 1 : box.first] if not each.ruled)
            if own >= 0 or before > 200:
                for each in judged[box.first : box.last]:
                    rule(each, f"inside {box.names!r}")
    _leave_signed_letters(judged, own, page)
    for index in range(own + 1, len(judged)):
        run = judged[index].run
        if len(run.text) >= 50 or run.linked or phrase_kind(run.text) is not PhraseKind.COMMENTS:
            continue
        below = page.boxes[max(page.boxes[run.box].parent, 0)].last
        signed = sum(_signs_a_comment(each.run.text) for each in judged[index + 1 : below])
        counted = _COUNTED.search(run.text) is not None
        if signed >= 2 or (signed and counted) or _heads_comments(judged, own, index, page, counted=counted):
            for each in judged[index + 1 : below]:
                rule(each, f"after {run.text!r}")
            return


def _leave_signed_letters(judged: list[ScoredBlock], own: int, page: Outline) -> None:
    """What stands below the text under a heading, each piece below a line with a name, a day and an hour."""
    signed = [
        index
        for index in range(own + 2, len(judged))
        if len(judged[index].run.text) < 80 and _NAMED_AND_TIMED.match(judged[index].run.text)
    ]
    if len(signed) < 2:
        return
    first = signed[0] - 1
    heading = judged[first]
    before = sum(len(each.run.text) for each in judged[own + 1 : first] if not each.ruled)
    if heading.kind is not BlockKind.SUBHEAD or len(heading.run.text) > 50 or before < 300:
        return
    below = page.boxes[max(page.boxes[heading.run.box].parent, 0)].last
    if below > signed[1]:
        for each in judged[first:below]:
            rule(each, f"signed letters after {heading.run.text!r}")


_NAMED_AND_TIMED = re.compile(
    r"[^\W\d_][^\d]{1,40}\d{1,2}(?:[-./]\d{1,2}[-./]|\.?\s[^\W\d_]{3,12}\s)\d{2,4}"
    r"\W{1,4}(?:\w{1,4} )?\d{1,2}[:.h]\d\d\W*(?:uur|uhr)?\W*$",
    re.I,
)


def _heads_comments(judged: list[ScoredBlock], own: int, at: int, page: Outline, *, counted: bool) -> bool:
    """Whether a heading below an article's text says what follows: how many comments, or a list of them.

    Prose under "Reactions" is the article's own, and goes on.
    """
    before = sum(len(each.run.text) for each in judged[own + 1 : at] if not each.ruled)
    if page.boxes[judged[at].run.box].tag not in _HEADINGS or before < LONG_ENOUGH or at + 1 == len(judged):
        return False
    return counted or any(
        box.tag in ("li", "article") and box.first > at for box in page.path(judged[at + 1].run)
    )


LONG_ENOUGH = 400
"""Characters of an article's text after which a heading may be the one over its comments."""
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_SIGNED = re.compile(
    r"(?:comment #?\d+.{0,4})?(?:posted|written|geplaatst|geschreven|by|door|von)\b.{2,60}\d{1,2}[:.]\d\d"
    r"|.{2,40}\b(?:says|said|zegt|schreef|sagt|schrieb|dit|dice|scrive|skriver)\b.{0,4}$"
    r"|.{2,50}\d{4}\W{1,4}(?:om |um |at |à |alle |kl\.? )?\d{1,2}[:.h]\d\d(?: uur| uhr| [ap]m)?\)?$",
    re.I,
)
_COUNTED = re.compile(r"\d")


def _signs_a_comment(text: str) -> bool:
    """Whether a line says who wrote a comment, and when."""
    return len(text) < 120 and (_SIGNED.match(text) is not None or ends_with_a_time(text))
