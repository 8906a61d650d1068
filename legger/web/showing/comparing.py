"""Two versions beside each other, as a page shows them: rows of marked words, and a strip of all versions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archive.compare import diff
from archive.compare.alignment import AlignedRow, RowKind, align
from archive.compare.edit_kinds import kinds
from archive.compare.edit_summary import edit
from archive.compare.fingerprint import fingerprint
from archive.model.types import Block, Change, Piece, Version

Marked = tuple[str, str]
"""(``del``, ``ins`` or nothing; words)."""


@dataclass(frozen=True)
class Shown:
    """A block of a version with its words marked."""

    block: Block
    words: tuple[Marked, ...]


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A row of the page."""

    kind: RowKind
    old: tuple[Shown, ...] = ()
    new: tuple[Shown, ...] = ()
    merged: tuple[Shown, ...] = ()
    """Of a changed row: what went and what came in one text."""
    change: int | None = None
    """Counts the changes from 1; ``None`` for what is equal."""
    move: int | None = None
    skipped: int = 0
    """In place of so many equal rows."""


@dataclass(frozen=True, kw_only=True)
class StripBar:
    """A version in the strip of all of them, with the size of its change."""

    version: Version
    came: float
    """Height of the bar of words that came, of :data:`TALL`."""
    went: float


TALL = 24.0
"""Height of the largest bar of the strip, above or below its line."""


def compared(before: Version, after: Version, *, only: bool = False) -> dict[str, Any]:
    """What the page of two versions shows; *only* what changed, or all of it."""
    rows = shown(align(before.article, after.article))
    fields = diff.fields(before.article, after.article)
    return {
        "fields": {name: pair for name, pair in fields.items() if name not in ("captions", "boxes")},
        "edit": edit(before.article, after.article),
        "kinds": kinds(before.article, after.article),
        "equal": fingerprint(before.article) == fingerprint(after.article),
        "changes": sum(1 for row in rows if row.change),
        "rows": only_changes(rows) if only else rows,
    }


def shown(rows: Sequence[AlignedRow]) -> list[ShownRow]:
    """Rows with their words marked, the changes counted."""
    made: list[ShownRow] = []
    number = 0
    for row in rows:
        if row.kind is RowKind.EQUAL:
            made.append(ShownRow(kind=row.kind, old=_plain(row.old), new=_plain(row.new)))
            continue
        number += 1
        if row.kind is RowKind.CHANGED:
            made.append(
                ShownRow(
                    kind=row.kind,
                    old=_side(row.old, row.pieces, Change.ADDED),
                    new=_side(row.new, row.pieces, Change.REMOVED),
                    merged=_merged(row.new, row.pieces),
                    change=number,
                )
            )
        else:
            moved = row.kind in (RowKind.MOVED_AWAY, RowKind.MOVED_HERE)
            old, new = ("", "") if moved else ("del", "ins")
            made.append(
                ShownRow(
                    kind=row.kind, old=_plain(row.old, old), new=_plain(row.new, new),
                    change=number, move=row.move,
                )
            )  # fmt: skip
    return made


def only_changes(rows: Sequence[ShownRow]) -> list[ShownRow]:
    """The same with every run of equal rows as one that says how many they are."""
    made: list[ShownRow] = []
    for row in rows:
        if row.change:
            made.append(row)
        elif made and made[-1].skipped:
            made[-1] = ShownRow(kind=row.kind, skipped=made[-1].skipped + 1)
        else:
            made.append(ShownRow(kind=row.kind, skipped=1))
    return made


def strip(history: Sequence[Version]) -> list[StripBar]:
    """All versions, each with the size of its change: heights grow with the root of the number of words, so
    that a word can be seen beside a page."""
    most = max((max(each.words_added, each.words_removed) for each in history), default=0)

    def tall(words: int) -> float:
        return max(2.0, TALL * math.sqrt(words / most)) if words else 0.0

    return [
        StripBar(version=each, came=tall(each.words_added), went=tall(each.words_removed)) for each in history
    ]


def _plain(blocks: Sequence[Block], tag: str = "") -> tuple[Shown, ...]:
    return tuple(Shown(block, ((tag, block.text),)) for block in blocks)


_TAGS = {Change.EQUAL: "", Change.REMOVED: "del", Change.ADDED: "ins"}


def _side(blocks: Sequence[Block], pieces: Sequence[Piece], without: Change) -> tuple[Shown, ...]:
    """One side of a changed row."""
    return _parted(blocks, [piece for piece in pieces if piece.change is not without])


def _merged(blocks: Sequence[Block], pieces: Sequence[Piece]) -> tuple[Shown, ...]:
    """Both sides in one: what went stands before what came, in the blocks of the new version."""
    kept = [
        Piece(change=piece.change, text=piece.text.replace("\n", " "))
        if piece.change is Change.REMOVED
        else piece
        for piece in pieces
        if piece.change is not Change.REMOVED or not piece.text.isspace()
    ]
    return _parted(blocks, kept)


def _parted(blocks: Sequence[Block], pieces: Sequence[Piece]) -> tuple[Shown, ...]:
    """Pieces put into the blocks that they are the words of; a line break leads to the next one."""
    words: list[list[Marked]] = [[]]
    for piece in pieces:
        for place, part in enumerate(piece.text.split("\n")):
            if place:
                words.append([])
            if part:
                words[-1].append(("" if part.isspace() else _TAGS[piece.change], part))
    return tuple(Shown(block, tuple(part)) for block, part in zip(blocks, words, strict=True))


# ---------------------------------------------------------------- an edit in a list

AROUND = 6
"""Words shown before and after what changed,"""
MOST = 45
"""and altogether at most."""


def excerpt(before: Version, after: Version) -> list[Marked]:
    """The first words that an edit changed below the headline, with a few around them; empty: none."""
    old, new = ("\n".join(block.text for block in each.article.blocks) for each in (before, after))
    pieces = list(diff.words(old, new))
    first = next(
        (
            place
            for place, piece in enumerate(pieces)
            if piece.change is not Change.EQUAL and diff.count_words(piece.text)
        ),
        None,
    )
    if first is None:
        return []
    marked: list[Marked] = []
    left = MOST
    if first and pieces[first - 1].change is Change.EQUAL:
        marked.append(("", _last(pieces[first - 1].text)))
    for place in range(first, len(pieces)):
        piece = pieces[place]
        words = piece.text.split()
        following = pieces[place + 1 :]
        if piece.change is Change.EQUAL and (len(words) > 2 * AROUND or not following):
            marked.append(("", _first(piece.text)))
            if not following or left <= AROUND:
                break
            marked.append(("", _last(piece.text)))
        elif len(words) > left:
            marked.append((_TAGS[piece.change], " ".join(words[:left]) + " …"))
            break
        else:
            marked.append((_TAGS[piece.change], piece.text.replace("\n", " ")))
        left -= len(words)
    return [part for part in marked if part[1]]


def _first(words: str) -> str:
    """The beginning of what follows a change."""
    parts = words.split()
    lead = " " if words[:1].isspace() else ""
    return lead + " ".join(parts[:AROUND]) + (" … " if len(parts) > AROUND else "")


def _last(words: str) -> str:
    """The end of what stands before a change."""
    parts = words.split()
    tail = " " if words[-1:].isspace() else ""
    return ("… " if len(parts) > AROUND else "") + " ".join(parts[-AROUND:]) + tail
