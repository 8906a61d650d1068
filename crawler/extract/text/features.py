"""What can be said of every run of a page in numbers, for the classifier. Pure arithmetic; judges nothing."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Box, Outline, TextRun
from crawler.extract.page.class_names import words as words_of
from crawler.extract.text.phrases import PhraseKind, phrase_kind

Matrix = NDArray[np.float32]
_Column = NDArray[np.float32]

_TAGS = (
    "p",
    "div",
    "li",
    "td",
    "blockquote",
    "pre",
    "dd",
    "section",
    "span",
    "article",
    "figcaption",
    "button",
)
_TAG_CODE = {tag: code for code, tag in enumerate(_TAGS, 1)}
_HEADING_CODE = {f"h{level}": level for level in range(1, 7)}
_CODE = _TAG_CODE | {tag: level << 8 for tag, level in _HEADING_CODE.items()}
"""Both in one number."""
_FURNITURE_CODE = {kind: code for code, kind in enumerate(PhraseKind)}
_FLAGS = (
    ("in_article", o.ARTICLE), ("in_aside", o.ASIDE), ("in_footer", o.FOOTER), ("in_header", o.HEADER),
    ("in_figure", o.FIGURE | o.CAPTION), ("in_list", o.LIST), ("in_table", o.TABLE), ("in_quote", o.QUOTE),
    ("in_hidden", o.HIDDEN), ("in_nav", o.NAV | o.FORM | o.DIALOG | o.BUTTON),
)  # fmt: skip
_FLAG_NAMES = tuple(name for name, _ in _FLAGS)
_FLAG_BITS = np.array([[bit] for _, bit in _FLAGS], np.int64)
_OUTSIDE = o.NAV | o.FOOTER | o.ASIDE | o.FORM | o.DIALOG | o.BUTTON | o.HIDDEN
_ENDING = frozenset(".!?…।。؟")
_CLOSING = "\"'”’»)]"
LEVELS = 5
"""How many boxes around a run are looked at."""
_OF_BOXES = ("link_share", "para_share", "mean_size", "ends", "furnished", "runs")
_LEVEL_NAMES = tuple(
    tuple(f"l{level}_{name}" for name in (_OF_BOXES if level else _OF_BOXES[:4])) for level in range(LEVELS)
)
_PLACE_NAMES = ("place_runs", "place_size", "place_links", "place_ends", "place_para")
_SUMMED = ("size", "linked", "weight", "para", "ends", "furnished")
_ROOM = 96
"""Columns of the shape's features, and some to spare."""


def element_words(tag: str, names: str) -> frozenset[str]:
    """The words of an element's names, and of its tag where that is a made one."""
    words = words_of(names)
    return words | {word for word in tag.split("-") if len(word) > 2} if "-" in tag else words


class Vocabulary:
    """What the words of class names have meant on other sites: word -> log-odds of standing on article text."""

    def __init__(self, odds: Mapping[str, float]) -> None:
        self.odds = odds
        self._words = frozenset(odds)
        self.known: dict[tuple[str, str], tuple[float, float, float]] = {}
        """What :meth:`of` has said."""

    def of(self, tag: str, names: str) -> tuple[float, float, float]:
        """(sum, least, greatest) over the words of one element."""
        known = self.known.get((tag, names))
        if known is None:
            values = [self.odds[word] for word in sorted(self._words & element_words(tag, names))]
            # in single precision, as the matrix has it
            total, least, most = array("f", (sum(values), min(values, default=0), max(values, default=0)))
            known = total, least, most
            if len(self.known) > 65536:
                self.known.clear()
            self.known[(tag, names)] = known
        return known


def prose_weights(
    sizes: _Column, prose: _Column, flags: NDArray[np.int64], headings: NDArray[np.bool_]
) -> _Column:
    """For (positive) or against (negative) a box being the article's, run by run."""
    weights = np.where(prose < 0.6 * sizes, -60.0, np.where(sizes < 50, -5.0, prose))
    weights = np.where((flags & (o.CAPTION | o.FIGURE) != 0) | headings, 0.0, weights)
    return np.where(flags & _OUTSIDE != 0, -30 - np.minimum(prose, 100) / 2, weights)


def _names() -> tuple[str, ...]:
    """The names of all features, in order, as a page of one run has them."""
    nothing = TextRun(text="x", box=0, linked=0, links=0, bold=0, breaks=0, names="", after_break=False)
    page = Outline(boxes=[Box("p", -1, 0, 0, "", 0, 1)], runs=[nothing])
    return (*shape_features(page, title="", summary="")[1], *NAME_FEATURES)


def features(page: Outline, vocabulary: Vocabulary, *, title: str = "", summary: str = "") -> Matrix:
    """Runs x :data:`NAMES`. *title* and *summary* are the page's own meta tags. Wants at least one run."""
    return np.hstack((shape_features(page, title=title, summary=summary)[0], name_features(page, vocabulary)))


NAME_FEATURES = (
    "names_total",
    "names_least",
    "names_most",
    "l0_names",
    "l1_names",
    "l2_names",
    "l3_names",
    "inline_names",
)


def name_features(page: Outline, vocabulary: Vocabulary) -> Matrix:
    """Runs x :data:`NAME_FEATURES`: what the class names around a run have meant on other sites."""
    boxes = page.boxes
    box = np.array([run.box for run in page.runs], np.int64)
    parent = np.array([max(each.parent, 0) for each in boxes], np.int64)
    known = vocabulary.known.get
    of_boxes = [known((each.tag, each.names)) or vocabulary.of(each.tag, each.names) for each in boxes]
    totals, leasts, mosts = (list(column) for column in zip(*of_boxes, strict=True))
    for index in range(1, len(boxes)):
        above = boxes[index].parent
        totals[index] += 0.8 * totals[above]
        leasts[index] = min(leasts[index], leasts[above])
        mosts[index] = max(mosts[index], mosts[above])
    matrix = np.empty((len(NAME_FEATURES), len(box)), np.float32)
    for row, column in enumerate((totals, leasts, mosts)):
        matrix[row] = np.array(column, np.float32)[box]
    own = np.array([total for total, _, _ in of_boxes], np.float32)
    at = box
    for level in range(4):
        matrix[3 + level] = own[at]
        at = parent[at]
    matrix[7] = [vocabulary.of("span", run.names)[0] if run.names else 0.0 for run in page.runs]
    return matrix.T


def shape_features(page: Outline, *, title: str, summary: str) -> tuple[Matrix, list[str]]:
    """(runs x features, their names): everything but the meaning of names."""
    runs, boxes = page.runs, page.boxes
    count = len(runs)
    matrix = np.empty((_ROOM, count), np.float32)
    called: list[str] = []

    def put(names: str, *columns: NDArray[np.generic] | float) -> None:
        """One column, or one block of them, for each of *names*; what is the same for all runs is a number."""
        for name, column in zip(names.split(), columns, strict=True):
            matrix[len(called)] = column
            called.append(name)

    def put_block(names: Sequence[str], block: NDArray[np.generic]) -> None:
        matrix[len(called) : len(called) + len(names)] = block
        called.extend(names)

    # ---- the runs themselves
    texts = [run.text for run in runs]
    sizes = list(map(len, texts))
    links = [run.linked for run in runs]
    size = np.array(sizes, np.float32)
    words = np.array([text.count(" ") for text in texts], np.float32) + 1
    linked = np.array(links, np.float32)
    prose = np.maximum(size - linked, 0)
    box = np.array([run.box for run in runs], np.int64)
    link_share = linked / size
    log_size = np.log1p(size)
    bold = np.array([run.bold for run in runs], np.float32)
    commas = np.array([text.count(",") for text in texts], np.float32)
    ends = np.array(
        [text[-1] in _ENDING or (text[-1] in _CLOSING and _ends_inside(text)) for text in texts], np.float32
    )
    # menus and teasers are known by their links; words are looked at where there may be text
    plain = np.flatnonzero(5 * linked < 4 * size).tolist()
    known = np.full(count, -1)
    for index in plain:
        if sizes[index] < 400 and (kind := phrase_kind(texts[index])) is not None:
            known[index] = _FURNITURE_CODE[kind]
    furnished = (known >= 0).astype(np.float32)
    seen = Counter(texts)
    copies = np.minimum(np.array([seen[text] for text in texts]), 5)
    put("size words link_share bold_share", log_size, np.log1p(words), link_share, bold / size)
    put("commas ends_sentence furnished copies", commas / words, ends, furnished, copies)

    # ---- what the page says of itself
    title_words = _words(title)
    summary_words = _words(summary)
    of_title = np.zeros(count, np.float32)
    of_summary = np.zeros(count, np.float32)
    title_at = -1
    for index in plain if title_words or summary_words else ():
        if not 12 <= sizes[index] <= 1000:
            continue
        here = _words(texts[index])
        if title_words and here:
            shared = len(here & title_words)
            if shared:
                of_title[index] = share = shared / len(title_words)
                if title_at < 0 and share >= 0.8 and len(here) <= 2 * len(title_words) + 2:
                    title_at = index
        if summary_words and len(here) > 4 and (shared := len(here & summary_words)):
            of_summary[index] = shared / min(len(here), len(summary_words))
    put("of_title of_summary", of_title, of_summary)

    # ---- boxes
    tags = [each.tag for each in boxes]
    above = [each.parent for each in boxes]
    above[0] = 0
    parent = np.array(above, np.int64)
    depth = np.array([each.depth for each in boxes], np.float32)
    box_flags = np.array([each.flags for each in boxes], np.int64)
    first = np.array([each.first for each in boxes], np.int64)
    last = np.array([each.last for each in boxes], np.int64)
    code_of_box = np.array([_CODE.get(tag, 0) for tag in tags], np.int64)
    heading_of_box, tag_of_box = code_of_box >> 8, code_of_box & 0xFF
    flags = box_flags[box]
    heading = heading_of_box[box]
    is_heading = heading > 0
    tag = tag_of_box[box]
    around = parent[box]
    put("heading tag tag_parent_li", heading, tag, tag_of_box[around] == _TAG_CODE["li"])
    put_block(_FLAG_NAMES, flags & _FLAG_BITS != 0)
    put("depth", depth[box])

    paragraph = ((tag == 1) | (size > 80)) & (link_share < 0.4) & ~is_heading
    paragraph_size = np.where(paragraph, prose, 0)
    summed = np.zeros((len(_SUMMED), count + 1))
    np.cumsum(
        (size, linked, prose_weights(size, prose, flags, is_heading), paragraph_size, ends, furnished),
        axis=1,
        out=summed[:, 1:],
    )
    size_sums, linked_sums, _, para_sums, _, _ = summed
    in_size, in_linked, in_weight, in_para, in_ends, in_furnished = summed[:, last] - summed[:, first]
    all_para = max(float(para_sums[-1]), 1.0)

    inside = np.maximum((last - first).astype(np.float32), 1)
    chars = np.maximum(in_size, 1)
    of_boxes = np.array(
        (
            in_linked / chars,
            in_para / all_para,
            np.log1p(chars / inside),
            in_ends / inside,
            in_furnished / inside,
            np.log1p(inside),
        ),
        np.float32,
    )
    at = box
    for level, names in enumerate(_LEVEL_NAMES):
        put_block(names, of_boxes[: len(names), at])
        at = parent[at] if level else around

    # ---- the box whose prose most outweighs its clutter, and how far from it a run stands
    best = _best(in_weight, first, last, box_flags)
    shared_depth = _shared_depth(best, depth, parent)
    apart = depth[best] - shared_depth
    steps = depth - shared_depth
    order = np.arange(count)
    width = max(int(last[best] - first[best]), 1)
    put("best_apart best_steps", apart[box], steps[box])
    put("in_best", (order >= first[best]) & (order < last[best]))
    put("best_place", (order - first[best]) / width)
    put("best_share best_size best_runs", in_para[best] / all_para, np.log1p(in_para[best]), np.log1p(width))
    # the box that holds most paragraphs as its own children
    counted = np.where(paragraph & (flags & _OUTSIDE == 0), prose, 0.0)
    below = np.bincount(around, counted, len(boxes))
    itself = np.bincount(box, np.where(tag != 1, counted, 0.0), len(boxes))
    own = below + itself / 2
    home = int(np.argmax(own))
    near = _shared_depth(home, depth, parent)
    put("home_apart home_steps", (depth[home] - near)[box], (depth - near)[box])
    put("in_home", (order >= first[home]) & (order < last[home]))
    put("home_place", (order - first[home]) / max(int(last[home] - first[home]), 1))
    put("home_sibling home_share", around == home, own[home] / all_para)

    # ---- runs at the same kind of place on this page
    kinds: dict[tuple[str, str, str], int] = {}
    names_of = [each.names for each in boxes]
    place = np.array(
        [
            kinds.setdefault((tags[b], names_of[b], names_of[above[b]] if b else ""), len(kinds))
            for b in box.tolist()
        ],
        np.int64,
    )
    at_place = np.bincount(place)
    size_there = np.bincount(place, size)
    there = np.array(
        (
            np.log1p(at_place),
            np.log1p(size_there / at_place),
            np.bincount(place, linked) / np.maximum(size_there, 1),
            np.bincount(place, ends) / at_place,
            np.bincount(place, paragraph_size) / all_para,
        ),
        np.float32,
    )
    put_block(_PLACE_NAMES, there[:, place])

    # ---- neighbours
    shifted = np.zeros((3, count + 6), np.float32)
    shifted[:, 3:-3] = log_size, link_share, paragraph
    for step in (1, 2, 3):
        put(
            f"size_before{step} size_after{step}",
            shifted[0, 3 - step : 3 - step + count],
            shifted[0, 3 + step : 3 + step + count],
        )
    for name, step in (("before", 1), ("after", -1)):
        put(
            f"links_{name} same_{name} para_{name} furnished_{name}",
            shifted[1, 3 - step : 3 - step + count],
            _shift(place, step, -1) == place,
            shifted[2, 3 - step : 3 - step + count],
            _shift(furnished, step),
        )
    for reach in (3, 8):
        low, high = np.maximum(order - reach, 0), np.minimum(order + reach + 1, count)
        within = np.maximum(size_sums[high] - size_sums[low], 1)
        put(
            f"links_around{reach} para_around{reach}",
            (linked_sums[high] - linked_sums[low]) / within,
            (para_sums[high] - para_sums[low]) / within,
        )

    # ---- where on the page
    start, stop = first[best], last[best]
    para_best = max(float(para_sums[stop] - para_sums[start]), 1.0)
    put("position count para_before_share", order / count, np.log1p(count), para_sums[:-1] / all_para)
    put("best_before_share", np.clip((para_sums[:-1] - para_sums[start]) / para_best, -0.5, 1.5))
    marks = np.flatnonzero(heading == 1)
    head_at = title_at if title_at >= 0 else int(marks[0]) if len(marks) else -1
    put("after_title", np.clip(order - head_at, -30, 60) if head_at >= 0 else -99)
    related = np.where(
        (known == _FURNITURE_CODE[PhraseKind.RELATED]) | (known == _FURNITURE_CODE[PhraseKind.COMMENTS]),
        order,
        -1,
    )
    lately = np.maximum.accumulate(related)
    over = np.maximum.accumulate(np.where(is_heading, order, -1))
    put("since_related", np.where(lately >= 0, np.minimum(order - lately, 40), 50))
    put("since_heading", np.where(over >= 0, np.minimum(order - over, 40), 50))
    put("under_furnished", np.where(over >= 0, furnished[np.maximum(over, 0)], 0))
    return matrix[: len(called)].T, called


def _best(
    weight: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64], flags: NDArray[np.int64]
) -> int:
    """The innermost box of the greatest weight that is not outside every article."""
    eligible = (last > first) & (flags & _OUTSIDE == 0)
    value = np.where(eligible, weight, -np.inf)
    return int(len(value) - 1 - np.argmax(value[::-1])) if eligible.any() else 0


def best_box(page: Outline) -> int:
    """Index of the box whose prose most outweighs its clutter."""
    size = np.array([len(run.text) for run in page.runs], np.float32)
    prose = np.array([max(len(run.text) - run.linked, 0) for run in page.runs], np.float32)
    at = np.array([run.box for run in page.runs], np.int64)
    flags = np.array([box.flags for box in page.boxes], np.int64)
    headings = np.array([box.tag in _HEADING_CODE for box in page.boxes])
    total = _running(prose_weights(size, prose, flags[at], headings[at]))
    first = np.array([box.first for box in page.boxes], np.int64)
    last = np.array([box.last for box in page.boxes], np.int64)
    return _best(total[last] - total[first], first, last, flags)


def _ends_inside(text: str) -> bool:
    """Whether a sentence ends before the one or two closing marks at the end of *text*."""
    return text[-3:].rstrip(_CLOSING)[-1:] in _ENDING


_WORD = re.compile(r"\w{3,}")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _running(column: NDArray[np.generic]) -> NDArray[np.float64]:
    """Running sums with a zero in front."""
    total = np.zeros(len(column) + 1)
    np.cumsum(column, out=total[1:])
    return total


def _shift(column: NDArray[np.generic], by: int, fill: float = 0.0) -> NDArray[np.generic]:
    """The column as seen from *by* runs later (negative: earlier)."""
    moved = np.full(len(column), fill, column.dtype)
    if by > 0:
        moved[by:] = column[:-by]
    else:
        moved[:by] = column[-by:]
    return moved


def _shared_depth(target: int, depth: _Column, parent: NDArray[np.int64]) -> _Column:
    """For every box, the depth of the innermost box that holds both it and *target*."""
    path = [target]
    while path[-1]:
        path.append(int(parent[path[-1]]))
    shared = np.zeros(len(depth), np.float32)
    for at in reversed(path):  # boxes stand in reading order: what a box holds ends where one as high begins
        outside = np.flatnonzero(depth[at + 1 :] <= depth[at])
        shared[at : at + 1 + int(outside[0]) if len(outside) else None] = depth[at]
    return shared


NAMES = _names()
"""The features, in the order of the matrix's columns."""
