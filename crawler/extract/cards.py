"""Which of a page's runs stand under headlines that lead to other pages: the pieces of a listing.

A *card* is what belongs to one such headline: the largest box around it that holds no other headline. How
long its text is does not matter, so that a listing with full texts is known as well as one with excerpts.
Reads an outline; judges nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from archive.model.word_count import word_count
from crawler.extract.page.addresses import absolute
from crawler.extract.page.blocks import Box, Outline, TextRun
from crawler.extract.page.metadata import Metadata
from crawler.extract.page.page import Page
from crawler.extract.text.scored import HEADINGS

BEFORE = 30
"""Words that may stand in a card before its headline: a kicker, a date, a name."""
EXCERPT = 60
"""Words up to which a card is an excerpt."""
OUTSIZED = 8
"""A card with so many times the words of the page's usual card is none."""
FULL = 300
"""Words that any card may have: a listing may show whole articles beside short ones."""
LEAST_ALIKE = 4
"""So many links at the same kind of place are headlines even where no heading element says so."""


@dataclass(frozen=True, slots=True)
class Cards:
    """The pieces of a page that lead elsewhere."""

    count: int
    """How many headlines lead to other pages of the site, each address once."""
    runs: frozenset[int]
    """Indices of the runs that belong to them, headlines included."""
    headed: frozenset[int] = frozenset()
    """Those of small cards whose headline is a heading: excerpts of other articles."""
    linked: frozenset[int] = frozenset()
    """Those of small boxes that open with a line that leads elsewhere."""
    lines: frozenset[int] = frozenset()
    """Paragraphs that are only such a line, and the labels they stand below."""
    cut_off: frozenset[int] = frozenset()
    """Those of a row of excerpts that lead elsewhere, most of which break off ("... he said on Tues…")."""
    stated: bool = False
    """Where there is such a row: the page tells machines that it is an article."""


NO_CARDS = Cards(0, frozenset())


def cards_of(page: Page, meta: Metadata) -> Cards:
    """The cards of a page; *meta* is what it tells machines."""
    own = [urlsplit(each) for each in (page.capture.url, meta.canonical) if each]
    paths = {_bare(each.path) for each in own}
    here = next((each for each in own if each.scheme in ("http", "https")), None)
    domain = "" if here is None else _domain(here.hostname or "")

    base = page.base_url

    def elsewhere(href: str) -> bool:
        if href.startswith("#"):
            return False
        url = absolute(base, href)
        if url is None and here is not None:
            url = absolute(here.geturl(), href)
        if url is None:
            return False
        path, query, host = _parts(url)
        if not path or path in paths:
            return bool(query) and here is not None and query != here.query
        return here is None or host == domain

    found = cards(page.outline, elsewhere)
    return replace(found, stated=meta.states_an_article) if found.cut_off else found


@lru_cache(maxsize=8192)  # the pages of a site link to each other
def _parts(url: str) -> tuple[str, str, str]:
    """What is compared of an address: its path, its query, its domain."""
    there = urlsplit(url)
    return _bare(there.path), there.query, _domain(there.hostname or "")


def _bare(path: str) -> str:
    """A path for comparing: no slash or index page at its end."""
    path = unquote(path)
    if path.endswith("/") or "/index." in path:
        path = _INDEX.sub("", path)
    return path.removesuffix(".html").lower()


_INDEX = re.compile(r"(?:/index\.\w+)?/*$")


def _domain(host: str) -> str:
    """The last two labels of a host: enough to tell a site's own pages from another's."""
    return ".".join(host.lower().split(".")[-2:])


def cards(page: Outline, elsewhere: Callable[[str], bool]) -> Cards:
    """The cards of *page*; *elsewhere* says whether a link, as written, leads to another page of the site."""
    levels = _levels(page)
    heads = _heads(page, levels, elsewhere)
    boxed, lone = _linked(page, levels, elsewhere)
    linked, lines = frozenset(boxed), frozenset(lone)
    cut_off = frozenset(_cut_off(page, elsewhere))
    if not heads:
        found_any = linked or lines or cut_off
        return Cards(0, frozenset(), linked=linked, lines=lines, cut_off=cut_off) if found_any else NO_CARDS
    headed: set[int] = set()
    titles = [index for index, run in enumerate(page.runs) if index not in heads and levels[run.box] == 1]
    inside: set[int] = set()
    words = [0]  # running sums
    for run in page.runs:
        words.append(words[-1] + word_count(run.text))
    alone = len(set(heads.values())) == 1
    flat: dict[int, list[int]] = {}
    found: list[tuple[int, int]] = []
    for head, (low, high) in _rooms(heads, titles, len(page.runs)).items():
        first = bisect_left(words, words[head] - BEFORE, low, head)
        at = _card(page, page.runs[head].box, first, high, in_article=alone)
        box = page.boxes[at]
        found.append((box.first, box.last))
        if levels[page.runs[head].box]:
            small = page.boxes[_card(page, page.runs[head].box, first, high, in_article=False)]
            if words[small.last] - words[small.first] <= EXCERPT:
                headed.update(range(small.first, small.last))
        if box.last - box.first == 1 and levels[page.runs[head].box]:
            flat.setdefault(box.parent, []).append(head)
    sizes = sorted(words[last] - words[first] for first, last in found)
    usual = max(OUTSIZED * sizes[len(sizes) // 2], FULL)
    for first, last in found:
        if (
            alone or words[last] - words[first] <= usual
        ):  # else it is the page's own text, after a link to another
            inside.update(range(first, last))
    for parent, row in flat.items():  # headlines and texts side by side in one container
        if len(row) < 3 or parent < 0:
            continue
        last = page.boxes[parent].last
        if words[row[0]] - words[page.boxes[parent].first] < 2 * BEFORE:
            inside.update(range(row[0], last))
    return Cards(len(set(heads.values())), frozenset(inside), frozenset(headed), linked, lines, cut_off)


_SMALL = 3
"""Runs that the box of an excerpt has at most: a label, a headline, the excerpt."""
_BOXES = frozenset(("div", "section", "aside", "li", "article", "td"))


def _is_a_label(page: Outline, run: TextRun) -> bool:
    """Whether a short line without an end stands over what follows it, in bold."""
    return (
        len(run.text) <= 45
        and not run.linked
        and run.text[-1] not in ".:;?!"
        and run.bold >= len(run.text) - 1
        and page.boxes[run.box].tag not in HEADINGS  # below one, a picture's caption may lead elsewhere
    )


_BEFORE_A_LINK = re.compile(r"([^:：]{2,40}?)\s?[:：]\s*")
_A_DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|odt|ods|csv|zip|mp3|pptx?)(?:$|[?#])", re.I)


def _is_labelled(page: Outline, run: TextRun) -> bool:
    """Whether a paragraph is, in bold, a label with a colon and a headline that leads on, in any language.

    ``Lees ook: Bridge shuts for lorries``; not so ``Apply: form``, nor where a document is offered.
    """
    if run.links != 1 or 10 * run.linked >= 9 * len(run.text):
        return False
    label = _BEFORE_A_LINK.match(run.text)
    box = page.boxes[run.box]
    if label is None or box.tag not in ("p", "div") or run.bold < len(run.text) - 3:
        return False  # a writer's own list of things is not all in bold
    rest = len(run.text) - label.end()
    return (
        1 < word_count(label[1]) <= 4  # one word may be the kicker of what the writer himself lists
        and 10 * run.linked >= 9 * rest
        and word_count(run.text[label.end() :]) >= 3
        and box.last - box.first == 1
        and run.linked <= rest
        and not run.text[label.end()].islower()
        and run.text[-1] != "."
        and not _A_DOCUMENT.search(run.target or "")
    )


_INVITED = 200
"""Characters of a box that ends with an invitation, at most."""


def _small_box(page: Outline, run: TextRun) -> Box:
    """The box of a few runs around a run that holds no more than they."""
    at = run.box
    while (above := page.boxes[at].parent) > 0:
        around = page.boxes[above]
        if around.last - around.first > _SMALL + 1:
            break
        at = above
    return page.boxes[at]


def _is_an_invitation(page: Outline, index: int) -> bool:
    """Whether a line of a few words, all a link, ends an aside or a small box with a heading: "Join us"."""
    run = page.runs[index]
    if not index or page.runs[index - 1].linked:
        return False
    if len(run.text) > 30 or 10 * run.linked < 9 * len(run.text) or run.text.count(" ") > 3:
        return False
    box = _small_box(page, run)
    aside = box.tag == "aside"
    if not (aside or box.tag in ("div", "section")) or box.last != index + 1:
        return False
    if not 3 - aside <= box.last - box.first <= 4:
        return False
    first, *rest = page.runs[box.first : index]
    tag = page.boxes[first.box].tag  # one of the second level stands over a part of the page
    headed = (tag in HEADINGS and tag != "h2") or first.bold >= len(first.text) - 1
    return (
        (aside or (headed and len(first.text) <= 60))
        and not first.linked
        and not any(each.linked for each in rest)
        and sum(len(each.text) for each in (first, *rest)) <= _INVITED
    )


def _linked(
    page: Outline, levels: Sequence[int], elsewhere: Callable[[str], bool]
) -> tuple[set[int], set[int]]:
    """The runs of small boxes whose first line leads elsewhere, and such lines alone below a label."""
    boxed: set[int] = set()
    lone: set[int] = set()
    invited: dict[str, list[Box]] = {}
    for index, run in enumerate(page.runs):
        size = len(run.text)
        if not run.targets or (target := run.targets[0]) is None:
            continue
        if _is_labelled(page, run) and elsewhere(target):
            lone.add(index)
        if _is_an_invitation(page, index) and elsewhere(target):
            invited.setdefault(target, []).append(_small_box(page, run))
        if not 8 < size <= 120 or 10 * run.linked < 3 * size or run.text[-1] in ".:;":
            continue
        box, at = page.boxes[run.box], run.box
        whole = 10 * run.linked >= 9 * size
        alone = box.tag == "p" and box.last - box.first == 1 and whole and run.text.count(" ") > 3
        if alone and index and _is_a_label(page, page.runs[index - 1]) and elsewhere(target):
            lone |= {index - 1, index}
        while (above := page.boxes[at].parent) > 0:
            around = page.boxes[above]
            if around.last - around.first > _SMALL:
                break
            at = above
        box = page.boxes[at]
        if levels[run.box] or not (whole or box.tag in ("div", "aside", "section")):
            continue  # a heading, or a sentence with a link in it
        if box.tag not in _BOXES or not box.first <= index <= min(box.first + 1, box.last - 2):
            continue
        inside = page.runs[box.first : box.last]
        below = page.runs[index : box.last]
        if (
            sum(word_count(each.text) for each in inside) <= EXCERPT
            and any(len(each.text) > 40 and 2 * each.linked < len(each.text) for each in below)
            and elsewhere(target)
        ):
            boxed.update(range(box.first, box.last))
    if len(invited) == 1:  # several with a text to each are what the article lists
        for box in next(iter(invited.values())):
            boxed.update(range(box.first, box.last))
    return boxed, lone


_BREAKS_OFF = re.compile(r"(?:…|\.\.\.|[\[(]\s*(?:…|\.\.\.)\s*[\])])[\s»>]*$")
_TOLD = 8
"""Words from which a line tells something before it breaks off; "and so on..." does not."""
_LABEL = 4
"""Words of a label above a headline: a section, an hour."""
_BETWEEN = 2
"""Lines that may stand between a headline and the excerpt that breaks off: a date, a name."""


def _cut_off(page: Outline, elsewhere: Callable[[str], bool]) -> set[int]:
    """The runs of rows of excerpts, one right below the other, each of another page of the site, of which two
    at least break off, and half of them.

    An article's own list may lead elsewhere, item by item; but nobody breaks off what he tells.
    """
    broken = {index for index, run in enumerate(page.runs) if _breaks_off(run)}
    if len(broken) < 2:
        return set()
    pieces = _Excerpts(page, broken, elsewhere)
    found: set[int] = set()
    index = 0
    while index < len(page.runs):
        row: list[range] = []
        at = index
        while (piece := pieces.at(at, row[-1] if row else None)) is not None:
            row.append(piece)
            at = piece.stop
        row = pieces.trimmed(row)
        cut = sum(pieces.breaks_off(each) for each in row)
        targets = {pieces.target(each) for each in row}
        if cut >= 2 and 2 * cut >= len(row) and len(targets) > 1:
            found.update(range(row[0].start, row[-1].stop))
            index = at
        else:
            index += 1
    return found


def _breaks_off(run: TextRun) -> bool:
    """Whether a line ends in the midst of a sentence, before the words of a link if it ends with one."""
    if not _TOLD <= word_count(run.text) <= EXCERPT:
        return False
    if _BREAKS_OFF.search(run.text):
        return True
    return 0 < 2 * run.linked < len(run.text) and bool(_BREAKS_OFF.search(run.text[: -run.linked].rstrip()))


class _Excerpts:
    """The excerpts of other pages that stand in a row."""

    def __init__(self, page: Outline, broken: set[int], elsewhere: Callable[[str], bool]) -> None:
        self._page, self._broken, self._elsewhere = page, broken, elsewhere

    def at(self, index: int, before: range | None) -> range | None:
        """The excerpt that begins at a run, right below one that it is like, if one is *before* it."""
        runs = self._page.runs
        if index >= len(runs):
            return None
        if before is not None and not self._leads(index) and word_count(runs[index].text) <= _LABEL:
            labelled = self._excerpt(index + 1) if index + 1 < len(runs) and self._leads(index + 1) else None
            if labelled is not None and self._alike(before, labelled):
                return range(index, labelled.stop)
        piece = self._excerpt(index)
        return piece if piece is None or before is None or self._alike(before, piece) else None

    def breaks_off(self, piece: range) -> bool:
        """Whether any line of an excerpt does."""
        return any(index in self._broken for index in piece)

    def target(self, piece: range) -> str | None:
        """Where it leads."""
        return next((target for index in piece if (target := self._page.runs[index].target)), None)

    def trimmed(self, row: list[range]) -> list[range]:
        """A row without what may be the article's own at its ends: a link and a text, whole, in no box."""
        while row and not self._is_others(row[0]):
            row = row[1:]
        while row and not self._is_others(row[-1]) and not self._ends_its_box(row[-1]):
            row = row[:-1]
        return row

    def _is_others(self, piece: range) -> bool:
        if self.breaks_off(piece):
            return True
        at = self._page.runs[piece.start].box
        while (above := self._page.boxes[at].parent) > 0 and self._page.boxes[above].last <= piece.stop:
            at = above
        box = self._page.boxes[at]
        return len(piece) > 1 and (box.first, box.last) == (piece.start, piece.stop)

    def _ends_its_box(self, piece: range) -> bool:
        box = self._page.boxes[self._page.runs[piece.start].box]
        around = self._page.boxes[box.parent] if box.parent >= 0 and box.last <= piece.stop else box
        return around.last == piece.stop

    def _leads(self, index: int) -> bool:
        """Whether a line is a link to another page of the site."""
        run = self._page.runs[index]
        whole = 10 * run.linked >= 8 * len(run.text) and run.target is not None
        return whole and self._elsewhere(run.target or "")

    def _excerpt(self, index: int) -> range | None:
        runs = self._page.runs
        run = runs[index]
        if self._leads(index):
            return self._below(index)
        if run.target is not None and word_count(run.text) <= EXCERPT and self._elsewhere(run.target):
            return range(index, index + 1)  # headline and excerpt, or excerpt and "Read more", in one line
        if index in self._broken and index + 1 < len(runs) and self._leads(index + 1):
            return range(index, index + 2)
        return None

    def _below(self, index: int) -> range | None:
        """A headline, with the first line below it that breaks off, or with the next one."""
        runs = self._page.runs
        end = index + 1
        while end < len(runs) and end - index <= _BETWEEN + 1:
            if self._leads(end) and runs[end].target != runs[index].target:
                break
            end += 1
            if end - 1 in self._broken:
                while end < len(runs) and self._leads(end) and runs[end].target == runs[index].target:
                    end += 1
                return range(index, end)
        below = runs[index + 1] if index + 1 < len(runs) else None
        if below is None or word_count(below.text) > EXCERPT:
            return None
        return (
            None if self._leads(index + 1) and below.target != runs[index].target else range(index, index + 2)
        )

    def _alike(self, one: range, other: range) -> bool:
        """Whether two excerpts are told in one form."""
        heads = [next((at for at in each if self._leads(at)), each.start) for each in (one, other)]
        first, second = (self._page.runs[at] for at in heads)
        if self._leads(heads[0]) != self._leads(heads[1]) or _place(self._page, first) != _place(
            self._page, second
        ):
            return False
        if self._leads(heads[0]) or self._page.boxes[first.box].tag in _BOXES:
            return True
        tails = {each.text[-each.linked :] for each in (first, second) if each.linked}
        return len(tails) == 1


def _heads(page: Outline, levels: Sequence[int], elsewhere: Callable[[str], bool]) -> dict[int, str]:
    """Index of a run that is a headline and leads elsewhere -> where."""
    found: dict[int, str] = {}
    places: dict[tuple[str, ...], list[int]] = {}
    for index, run in enumerate(page.runs):
        if 5 * run.linked < 4 * len(run.text) or not run.targets or (target := run.targets[0]) is None:
            continue
        level = levels[run.box]
        if not level and (len(run.text) < 15 or word_count(run.text) < 3):
            continue
        if not elsewhere(target):
            continue
        if level:
            found[index] = target
        else:
            places.setdefault(_place(page, run), []).append(index)
    for alike in places.values():
        targets = {index: target for index in alike if (target := page.runs[index].target)}
        if len(set(targets.values())) >= LEAST_ALIKE:
            found |= targets
    return found


def _place(page: Outline, run: TextRun) -> tuple[str, ...]:
    """Tag and names of the boxes a run stands in: equal for the headlines of one list."""
    return tuple([f"{box.tag} {box.names}" for box in page.path(run, 3)])


def _levels(page: Outline) -> list[int]:
    """Of each box: 1 to 6 where it is a heading of that level or stands right in one, else 0."""
    own = [int(box.tag[1]) if box.tag in HEADINGS else 0 for box in page.boxes]
    return [
        level or (own[box.parent] if box.parent >= 0 else 0)
        for level, box in zip(own, page.boxes, strict=True)
    ]


def _rooms(heads: Mapping[int, str], titles: Sequence[int], count: int) -> dict[int, tuple[int, int]]:
    """Index of a headline -> (first, last) of the runs around it, up to the next other headline."""
    ordered = sorted(heads)
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for way, found, edge in ((ordered, before, 0), (ordered[::-1], after, count)):
        last, other = None, edge
        for index in way:
            if last is not None and heads[last] != heads[index]:
                other = last + 1 if way is ordered else last
            found[index], last = other, index
    rooms = {}
    for index in ordered:
        at = bisect_left(titles, index)
        low = titles[at - 1] + 1 if at else 0
        high = titles[at] if at < len(titles) else count
        rooms[index] = max(low, before[index]), min(high, after[index])
    return rooms


def _card(page: Outline, at: int, low: int, high: int, *, in_article: bool) -> int:
    """The largest box around box *at* that holds runs from *low* up to *high* only.

    *in_article*: of a page's only headline of the kind, the ``<article>`` it heads, and otherwise itself.
    """
    start = at
    while (above := page.boxes[at].parent) > 0:
        box = page.boxes[above]
        if box.first < low or box.last > high or box.tag == "main":
            break
        at = above
        if in_article and box.tag == "article":
            return at
    return start if in_article else at
