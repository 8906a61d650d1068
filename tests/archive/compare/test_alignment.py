"""Two versions, paragraph beside paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.compare.alignment import AlignedRow, RowKind, align
from archive.model.types import Block, BlockKind, Change
from tests.archive.newsroom import article

A = "De brug bij het plein is sinds vanmorgen dicht."
B = "De wethouder zegt dat het hem spijt voor de winkels."
C = "Het regent al dagen en het houdt voorlopig niet op."
D = "Volgens de politie is er niemand gewond geraakt."


def said(row: AlignedRow) -> str:
    old, new = (" | ".join(block.text for block in blocks) for blocks in (row.old, row.new))
    return f"{row.kind.value}: {old} -> {new}"


CASES = {
    "equal paragraphs stand side by side": (f"{A}\n{B}", f"{A}\n{B}", ["equal", "equal"]),
    "an edited one stands beside what it was": (
        f"{A}\n{B}\n{C}",
        f"{A}\nDe burgemeester zegt dat het hem spijt voor de winkels.\n{C}",
        ["equal", "changed", "equal"],
    ),
    "an added one stands alone": (f"{A}\n{C}", f"{A}\n{B}\n{C}", ["equal", "added", "equal"]),
    "so does a removed one": (f"{A}\n{B}\n{C}", f"{A}\n{C}", ["equal", "removed", "equal"]),
    "another text is no edit of it": (f"{A}\n{B}", f"{A}\n{D}", ["equal", "removed", "added"]),
    "the edited one is found among added ones": (
        f"{A}\n{B}",
        f"{A}\n{D}\n{C}\n{B} En voor de bewoners.",
        ["equal", "added", "added", "changed"],
    ),
    "a moved one is marked at both places": (
        f"{A}\n{B}\n{C}\n{D}",
        f"{B}\n{C}\n{D}\n{A}",
        ["moved away", "equal", "equal", "equal", "moved here"],
    ),
    "one that was parted in two is equal": (f"{A} {B}\n{C}", f"{A}\n{B}\n{C}", ["equal", "equal"]),
    "two that were joined and edited are one that changed": (
        f"{A}\n{B}",
        f"{A} {B} Nog wel.",
        ["changed"],
    ),
    "an added paragraph is not drawn into the edited one before it": (
        f"{A}\n{B}",
        f"{A} Nog wel.\n{D}\n{B}",
        ["changed", "added", "equal"],
    ),
}


@pytest.mark.parametrize(("old", "new", "kinds"), CASES.values(), ids=CASES)
def test_paragraphs_that_belong_together_stand_together(old: str, new: str, kinds: list[str]) -> None:
    rows = align(article(old), article(new))
    assert [row.kind.value for row in rows] == kinds, [said(row) for row in rows]


def test_both_places_of_a_move_name_each_other() -> None:
    rows = align(article(f"{A}\n{B}\n{C}"), article(f"{C}\n{A}\n{B}"))
    moved = {row.kind: row.move for row in rows if row.move}
    assert moved == {RowKind.MOVED_AWAY: 1, RowKind.MOVED_HERE: 1}


def test_blocks_are_as_they_are() -> None:
    before = article(
        blocks=(Block(kind=BlockKind.SUBHEAD, text="Middag"), Block(kind=BlockKind.CAPTION, text=A))
    )
    after = article(
        blocks=(Block(kind=BlockKind.SUBHEAD, text="De middag"), Block(kind=BlockKind.ITEM, text=A))
    )
    rows = align(before, after)
    assert [row.kind.value for row in rows] == ["changed", "equal"]
    assert (rows[1].old[0].kind, rows[1].new[0].kind) == (BlockKind.CAPTION, BlockKind.ITEM)
    assert rows[0].old[0].kind is BlockKind.SUBHEAD


LINES = st.lists(st.sampled_from([A, B, C, D, "Ja.", "***", f"{A} {B}", f"{C} Nog wel."]), max_size=7)


@given(LINES, LINES)
def test_every_block_of_both_stands_in_one_row_in_its_order(old: list[str], new: list[str]) -> None:
    rows = align(article("\n".join(old)), article("\n".join(new)))
    assert [block.text for row in rows for block in row.old] == old
    assert [block.text for row in rows for block in row.new] == new
    for row in rows:
        joined = {
            Change.ADDED: "".join(p.text for p in row.pieces if p.change is not Change.ADDED),
            Change.REMOVED: "".join(p.text for p in row.pieces if p.change is not Change.REMOVED),
        }
        if row.kind is RowKind.CHANGED:
            assert joined[Change.ADDED] == "\n".join(block.text for block in row.old)
            assert joined[Change.REMOVED] == "\n".join(block.text for block in row.new)
