"""Which of a page's runs stand under headlines that lead to other pages: the pieces of a listing.

A *card* is what belongs to one such headline: the largest box around it that holds no other headline. How
long its text is does not matter, so that a listing with full texts is known as well as one with excerpts.
Reads an outline; judges nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from archive.model.word_count import word_count
from crawler.extract.page.addresses import absolute
from crawler.extract.page.blocks import Outline, TextRun
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


NO_CARDS = Cards(0, frozenset())


def cards_of(page: Page, canonical: str | None) -> Cards:
    """The cards of a page; *canonical* is the address it calls its own."""
    own = [urlsplit(each) for each in (page.capture.url, canonical) if each]
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

    return cards(page.outline, elsewhere)


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
    if not heads:
        return Cards(0, frozenset(), linked=linked, lines=lines) if linked or lines else NO_CARDS
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
    return Cards(len(set(heads.values())), frozenset(inside), frozenset(headed), linked, lines)


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


def _linked(
    page: Outline, levels: Sequence[int], elsewhere: Callable[[str], bool]
) -> tuple[set[int], set[int]]:
    """The runs of small boxes whose first line leads elsewhere, and such lines alone below a label."""
    boxed: set[int] = set()
    lone: set[int] = set()
    for index, run in enumerate(page.runs):
        size = len(run.text)
        if not run.targets or not 8 < size <= 120 or 10 * run.linked < 3 * size or run.text[-1] in ".:;":
            continue
        if (target := run.targets[0]) is None:
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
    return boxed, lone


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
