"""(article, article) -> rows: two versions, paragraph beside paragraph; what moved is named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz.distance import Indel

from archive.compare.diff import words
from archive.compare.fingerprint import folded
from archive.model.types import TEXT_KINDS, Article, Block, Change, Piece


class RowKind(StrEnum):
    """What became of a piece of an article."""

    EQUAL = "equal"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_AWAY = "moved away"
    """The same words stand elsewhere in the new version."""
    MOVED_HERE = "moved here"


@dataclass(frozen=True, kw_only=True)
class AlignedRow:
    """One piece of an old version beside what it is in the new one; one, or two that became one."""

    kind: RowKind
    old: tuple[Block, ...] = ()
    new: tuple[Block, ...] = ()
    pieces: tuple[Piece, ...] = ()
    """Of ``CHANGED``: word by word, a line break between two blocks; white space within them is folded."""
    move: int | None = None
    """The number of a move, counted from 1: both of its places have it."""


PAIRED = 0.4
"""Blocks with less in common than this share of their words are two: one removed, one added."""
PARTED = 0.1
"""Two blocks are one that was parted when together they are more alike by this."""
_SIZES: tuple[tuple[tuple[int, int], tuple[int, int] | None], ...] = (
    ((1, 1), None),
    ((1, 2), (0, 1)),
    ((2, 1), (1, 0)),
)
"""How many blocks of both may be one, and where the second of them stands."""
MOST_PAIRS = 10_000
"""In a stretch with more possible pairs than this nothing is paired: all of it is removed and added."""


def align(old: Article, new: Article) -> tuple[AlignedRow, ...]:
    """All blocks of two readings, those that belong together side by side, in the order of reading.

    Equal ones that stand in the same order are the fixed points. What else is equal has moved. Between two
    fixed points, blocks are paired so that the most words stand beside each other.
    """
    before = [block for block in old.blocks if block.text.strip()]
    after = [block for block in new.blocks if block.text.strip()]
    was, now = ([folded(block.text) for block in blocks] for blocks in (before, after))
    steps = Indel.opcodes(was, now)
    moves = _moves(steps, was, now)
    rows: list[AlignedRow] = []
    lost: list[int] = []
    come: list[int] = []
    for step in steps:
        if step.tag != "equal":
            lost += range(step.src_start, step.src_end)
            come += range(step.dest_start, step.dest_end)
            continue
        rows += _stretch(before, after, lost, come, moves)
        lost, come = [], []
        rows += [
            AlignedRow(kind=RowKind.EQUAL, old=(before[here],), new=(after[there],))
            for here, there in zip(
                range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True
            )
        ]
    return (*rows, *_stretch(before, after, lost, come, moves))


@dataclass(frozen=True)
class _Moves:
    """Place of a block that moved -> the number of its move."""

    away: Mapping[int, int]
    here: Mapping[int, int]


def _moves(steps: Iterable[Any], was: Sequence[str], now: Sequence[str]) -> _Moves:
    lost: dict[str, list[int]] = {}
    come: list[int] = []
    for step in steps:
        if step.tag != "equal":
            for place in range(step.src_start, step.src_end):
                lost.setdefault(was[place], []).append(place)
            come += range(step.dest_start, step.dest_end)
    away: dict[int, int] = {}
    here: dict[int, int] = {}
    for place in come:
        if places := lost.get(now[place]):
            here[place] = away[places.pop(0)] = len(here) + 1
    return _Moves(away, here)


def _stretch(
    before: Sequence[Block], after: Sequence[Block], lost: Sequence[int], come: Sequence[int], moves: _Moves
) -> list[AlignedRow]:
    """The rows between two fixed points: those at places *lost* of the old, and *come* of the new."""
    rows: list[AlignedRow] = []
    old, new = (
        [place for place in lost if place not in moves.away],
        [place for place in come if place not in moves.here],
    )

    def alone(here: Iterable[int], there: Iterable[int]) -> None:
        for place in here:
            move = moves.away.get(place)
            kind = RowKind.MOVED_AWAY if move else RowKind.REMOVED
            rows.append(AlignedRow(kind=kind, old=(before[place],), move=move))
        for place in there:
            move = moves.here.get(place)
            kind = RowKind.MOVED_HERE if move else RowKind.ADDED
            rows.append(AlignedRow(kind=kind, new=(after[place],), move=move))

    left, right = list(lost), list(come)
    for here, there in _paired(before, after, old, new):
        alone((each for each in left if each < here[0]), (each for each in right if each < there[0]))
        rows.append(_beside(tuple(before[place] for place in here), tuple(after[place] for place in there)))
        left = [each for each in left if each > here[-1]]
        right = [each for each in right if each > there[-1]]
    alone(left, right)
    return rows


def _beside(old: tuple[Block, ...], new: tuple[Block, ...]) -> AlignedRow:
    pieces = words(*("\n".join(folded(block.text) for block in blocks) for blocks in (old, new)))
    if all(piece.change is Change.EQUAL or piece.text.isspace() for piece in pieces):
        return AlignedRow(kind=RowKind.EQUAL, old=old, new=new)  # the same words, parted otherwise
    return AlignedRow(kind=RowKind.CHANGED, old=old, new=new, pieces=pieces)


def _paired(
    before: Sequence[Block], after: Sequence[Block], lost: Sequence[int], come: Sequence[int]
) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Which blocks of two stretches belong together, one and one or one and two: places of both, in order."""
    if not lost or not come or len(lost) * len(come) > MOST_PAIRS:
        return []
    mine, theirs = [_words_of(before[each]) for each in lost], [_words_of(after[each]) for each in come]

    def alike(here: int, there: int, size: tuple[int, int]) -> float:
        """How much these blocks have in common; 0 for what cannot be one block."""
        taken, met = lost[here : here + size[0]], come[there : there + size[1]]
        if (len(taken), len(met)) != size:
            return 0.0
        if taken[-1] - taken[0] >= size[0] or met[-1] - met[0] >= size[1]:
            return 0.0  # something that moved stands between them
        if not all(_same_sort(before[one], after[other]) for one in taken for other in met):
            return 0.0
        return _likeness(
            [word for each in mine[here : here + size[0]] for word in each],
            [word for each in theirs[there : there + size[1]] for word in each],
        )

    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {}
    """From these on: words that stand beside each other at best, and how many blocks of both come first."""
    for here in range(len(lost), -1, -1):
        for there in range(len(come), -1, -1):
            choices = [(0.0, (0, 0))]
            if here < len(lost):
                choices.append((best[here + 1, there][0], (1, 0)))
            if there < len(come):
                choices.append((best[here, there + 1][0], (0, 1)))
            one = alike(here, there, (1, 1))
            for size, further in _SIZES:
                together = one
                if further is not None:
                    together = alike(here, there, size)
                    if together < max(one, alike(here + further[0], there + further[1], (1, 1))) + PARTED:
                        continue
                if together >= PAIRED:
                    much = sum(map(len, (*mine[here : here + size[0]], *theirs[there : there + size[1]])))
                    beyond = best[here + size[0], there + size[1]][0]
                    choices.append((together * (much + 1) + beyond, size))
            best[here, there] = max(choices, key=lambda each: each[0])
    pairs: list[tuple[Sequence[int], Sequence[int]]] = []
    here = there = 0
    while any(size := best[here, there][1]):
        if all(size):
            pairs.append((lost[here : here + size[0]], come[there : there + size[1]]))
        here, there = here + size[0], there + size[1]
    return pairs


def _words_of(block: Block) -> list[str]:
    return re.findall(r"\w+", block.text.casefold()) or [block.text]


def _likeness(one: list[str], other: list[str]) -> float:
    """The share of their words that both have in one order; a line that only grew is like what it was."""
    if not set(one) & set(other):
        return 0.0
    short, long = sorted((one, other), key=len)
    grew = short in (long[: len(short)], long[-len(short) :])
    return max(Indel.normalized_similarity(one, other), PAIRED if grew else 0.0)


def _same_sort(one: Block, other: Block) -> bool:
    """Whether one can have become the other: both stand in the text, or both are captions or boxes."""
    return one.kind is other.kind or {one.kind, other.kind} <= TEXT_KINDS
