"""What can be said of every run of a page in numbers, for the classifier. Pure arithmetic; judges nothing."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from crawler.extract import outline as o
from crawler.extract.names import learn
from crawler.extract.names import words as words_of
from crawler.extract.outline import Box, Outline, Run
from crawler.extract.phrases import Furniture, furniture

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
_FURNITURE_CODE = {kind: code for code, kind in enumerate(Furniture)}
_FLAGS = (
    ("in_article", o.ARTICLE), ("in_aside", o.ASIDE), ("in_footer", o.FOOTER), ("in_header", o.HEADER),
    ("in_figure", o.FIGURE | o.CAPTION), ("in_list", o.LIST), ("in_table", o.TABLE), ("in_quote", o.QUOTE),
    ("in_hidden", o.HIDDEN), ("in_nav", o.NAV | o.FORM | o.DIALOG | o.BUTTON),
)  # fmt: skip
_OUTSIDE = o.NAV | o.FOOTER | o.ASIDE | o.FORM | o.DIALOG | o.BUTTON | o.HIDDEN
_SENTENCE_END = re.compile(r"[.!?…।。؟][\"'”’»)\]]*$")
LEVELS = 5
"""How many boxes around a run are looked at."""


def element_words(tag: str, names: str) -> frozenset[str]:
    """The words of an element's names, and of its tag where that is a made one."""
    words = words_of(names)
    return words | {word for word in tag.split("-") if len(word) > 2} if "-" in tag else words


class Vocabulary:
    """What the words of class names have meant on other sites: word -> log-odds of standing on article text."""

    def __init__(self, odds: Mapping[str, float]) -> None:
        self.odds = odds
        self._words = frozenset(odds)
        self._cache: dict[tuple[str, str], tuple[float, float, float]] = {}

    def of(self, tag: str, names: str) -> tuple[float, float, float]:
        """(sum, least, greatest) over the words of one element."""
        known = self._cache.get((tag, names))
        if known is None:
            values = [self.odds[word] for word in sorted(self._words & element_words(tag, names))]
            # in single precision, as the matrix has it
            total, least, most = array("f", (sum(values), min(values, default=0), max(values, default=0)))
            known = total, least, most
            if len(self._cache) > 65536:
                self._cache.clear()
            self._cache[(tag, names)] = known
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
    nothing = Run(text="x", box=0, linked=0, links=0, bold=0, breaks=0, names="", after_break=False)
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
    learn([*(each.names for each in boxes), *(run.names for run in page.runs)])
    box = np.array([run.box for run in page.runs], np.int64)
    parent = np.array([max(each.parent, 0) for each in boxes], np.int64)
    of_boxes = [vocabulary.of(each.tag, each.names) for each in boxes]
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
    columns: list[tuple[str, NDArray[np.generic]]] = []

    def add(name: str, column: NDArray[np.generic]) -> None:
        columns.append((name, column))

    # ---- the runs themselves
    texts = [run.text for run in runs]
    size = np.array([len(text) for text in texts], np.float32)
    words = np.array([text.count(" ") + 1 for text in texts], np.float32)
    linked = np.array([run.linked for run in runs], np.float32)
    prose = np.maximum(size - linked, 0)
    box = np.array([run.box for run in runs], np.int64)
    link_share = linked / size
    ends = np.array([_SENTENCE_END.search(text[-3:]) is not None for text in texts], np.float32)
    add("size", np.log1p(size))
    add("words", np.log1p(words))
    add("link_share", link_share)
    add("bold_share", np.array([run.bold for run in runs], np.float32) / size)
    add("commas", np.array([text.count(",") for text in texts], np.float32) / words)
    add("ends_sentence", ends)
    # menus and teasers are known by their links; words are looked at where there may be text
    plain = [index for index, run in enumerate(runs) if 5 * run.linked < 4 * len(run.text)]
    known = np.full(count, -1)
    for index in plain:
        if len(texts[index]) < 400 and (kind := furniture(texts[index])) is not None:
            known[index] = _FURNITURE_CODE[kind]
    furnished = (known >= 0).astype(np.float32)
    add("furnished", furnished)
    seen: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
    add("copies", np.array([min(seen[text], 5) for text in texts], np.float32))

    # ---- what the page says of itself
    title_words = _words(title)
    summary_words = _words(summary)
    of_title = np.zeros(count, np.float32)
    of_summary = np.zeros(count, np.float32)
    title_at = -1
    for index in plain:
        text = texts[index]
        if not 12 <= len(text) <= 1000:
            continue
        here = _words(text)
        if title_words and here:
            of_title[index] = len(here & title_words) / len(title_words)
            if title_at < 0 and of_title[index] >= 0.8 and len(here) <= 2 * len(title_words) + 2:
                title_at = index
        if summary_words and len(here) > 4:
            of_summary[index] = len(here & summary_words) / min(len(here), len(summary_words))
    add("of_title", of_title)
    add("of_summary", of_summary)

    # ---- boxes
    tags = [each.tag for each in boxes]
    parent = np.array([each.parent for each in boxes], np.int64)
    parent[0] = 0
    depth = np.array([each.depth for each in boxes], np.float32)
    box_flags = np.array([each.flags for each in boxes], np.int64)
    first = np.array([each.first for each in boxes], np.int64)
    last = np.array([each.last for each in boxes], np.int64)
    heading_of_box = np.array([_HEADING_CODE.get(tag, 0) for tag in tags], np.int64)
    tag_of_box = np.array([_TAG_CODE.get(tag, 0) for tag in tags], np.int64)
    flags = box_flags[box]
    heading = heading_of_box[box]
    is_heading = heading > 0
    add("heading", heading)
    add("tag", tag_of_box[box])
    add("tag_parent_li", tag_of_box[parent[box]] == _TAG_CODE["li"])
    for name, bit in _FLAGS:
        add(name, flags & bit != 0)
    add("depth", depth[box])

    paragraph = ((tag_of_box[box] == 1) | (size > 80)) & (link_share < 0.4) & ~is_heading
    weights = prose_weights(size, prose, flags, is_heading)
    sums = {
        "size": _running(size), "linked": _running(linked), "weight": _running(weights),
        "para": _running(np.where(paragraph, prose, 0)), "ends": _running(ends),
        "furnished": _running(furnished), "head": _running(is_heading),
    }  # fmt: skip
    within = {name: total[last] - total[first] for name, total in sums.items()}
    runs_within = (last - first).astype(np.float32)
    all_para = max(float(sums["para"][-1]), 1.0)

    inside = np.maximum(runs_within, 1)
    chars = np.maximum(within["size"], 1)
    of_boxes = (
        ("link_share", within["linked"] / chars),
        ("para_share", within["para"] / all_para),
        ("mean_size", np.log1p(chars / inside)),
        ("ends", within["ends"] / inside),
        ("furnished", within["furnished"] / inside),
        ("runs", np.log1p(inside)),
    )
    at = box
    for level in range(LEVELS):
        for name, column in of_boxes if level else of_boxes[:4]:
            add(f"l{level}_{name}", column[at])
        at = parent[at]

    # ---- the box whose prose most outweighs its clutter, and how far from it a run stands
    best = _best(within["weight"], first, last, box_flags)
    shared = _shared_depth(best, depth, parent)
    apart = depth[best] - shared
    steps = depth - shared
    add("best_apart", apart[box])
    add("best_steps", steps[box])
    order = np.arange(count)
    in_best = (order >= first[best]) & (order < last[best])
    add("in_best", in_best)
    width = max(int(last[best] - first[best]), 1)
    add("best_place", (order - first[best]) / width)
    add("best_share", np.full(count, within["para"][best] / all_para, np.float32))
    add("best_size", np.full(count, np.log1p(within["para"][best]), np.float32))
    add("best_runs", np.full(count, np.log1p(width), np.float32))
    # the box that holds most paragraphs as its own children
    counted = paragraph & (flags & _OUTSIDE == 0)
    below = np.bincount(parent[box], np.where(counted, prose, 0.0), len(boxes))
    itself = np.bincount(box, np.where(counted & (tag_of_box[box] != 1), prose, 0.0), len(boxes))
    own = below + itself / 2
    home = int(np.argmax(own))
    near = _shared_depth(home, depth, parent)
    add("home_apart", (depth[home] - near)[box])
    add("home_steps", (depth - near)[box])
    in_home = (order >= first[home]) & (order < last[home])
    add("in_home", in_home)
    add("home_place", (order - first[home]) / max(int(last[home] - first[home]), 1))
    add("home_sibling", parent[box] == home)
    add("home_share", np.full(count, own[home] / all_para, np.float32))

    # ---- runs at the same kind of place on this page
    kinds: dict[tuple[str, str, str], int] = {}
    names, above = [each.names for each in boxes], parent.tolist()
    place = np.array(
        [
            kinds.setdefault((tags[b], names[b], names[above[b]] if b else ""), len(kinds))
            for b in (run.box for run in runs)
        ],
        np.int64,
    )
    at_place = np.bincount(place)
    add("place_runs", np.log1p(at_place[place]))
    add("place_size", np.log1p(np.bincount(place, size) / at_place)[place])
    add("place_links", (np.bincount(place, linked) / np.maximum(np.bincount(place, size), 1))[place])
    add("place_ends", (np.bincount(place, ends) / at_place)[place])
    add("place_para", (np.bincount(place, np.where(paragraph, prose, 0)) / all_para)[place])

    # ---- neighbours
    log_size = np.log1p(size)
    for step in (1, 2, 3):
        add(f"size_before{step}", _shift(log_size, step))
        add(f"size_after{step}", _shift(log_size, -step))
    place_float = place.astype(np.float32)
    for name, step in (("before", 1), ("after", -1)):
        add(f"links_{name}", _shift(link_share, step))
        add(f"same_{name}", _shift(place_float, step, -1) == place)
        add(f"para_{name}", _shift(paragraph.astype(np.float32), step))
        add(f"furnished_{name}", _shift(furnished, step))
    for reach in (3, 8):
        for name, total_of in (("links", sums["linked"]), ("para", sums["para"])):
            low, high = np.maximum(order - reach, 0), np.minimum(order + reach + 1, count)
            around = np.maximum(sums["size"][high] - sums["size"][low], 1)
            add(f"{name}_around{reach}", (total_of[high] - total_of[low]) / around)

    # ---- where on the page
    add("position", order / count)
    add("count", np.full(count, np.log1p(count), np.float32))
    add("para_before_share", sums["para"][:-1] / all_para)
    start, stop = first[best], last[best]
    para_best = max(float(sums["para"][stop] - sums["para"][start]), 1.0)
    add("best_before_share", np.clip((sums["para"][:-1] - sums["para"][start]) / para_best, -0.5, 1.5))
    marks = np.flatnonzero(heading == 1)
    head_at = title_at if title_at >= 0 else int(marks[0]) if len(marks) else -1
    add("after_title", np.clip(order - head_at, -30, 60) if head_at >= 0 else np.full(count, -99))
    related = np.where(
        (known == _FURNITURE_CODE[Furniture.RELATED]) | (known == _FURNITURE_CODE[Furniture.COMMENTS]),
        order,
        -1,
    )
    lately = np.maximum.accumulate(related)
    add("since_related", np.where(lately >= 0, np.minimum(order - lately, 40), 50))
    head_index = np.where(is_heading, order, -1)
    over = np.maximum.accumulate(head_index)
    add("since_heading", np.where(over >= 0, np.minimum(order - over, 40), 50))
    add("under_furnished", np.where(over >= 0, furnished[np.maximum(over, 0)], 0))

    matrix = np.empty((len(columns), count), np.float32)
    for index, (_, column) in enumerate(columns):
        matrix[index] = column
    return matrix.T, [name for name, _ in columns]


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


_WORD = re.compile(r"\w{3,}")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _running(column: NDArray[np.generic]) -> NDArray[np.float64]:
    """Running sums with a zero in front."""
    total = np.zeros(len(column) + 1)
    np.cumsum(column, out=total[1:])
    return total


def _shift(column: _Column, by: int, fill: float = 0.0) -> _Column:
    """The column as seen from *by* runs later (negative: earlier)."""
    moved = np.full(len(column), fill, np.float32)
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
