"""Differences: word by word, and every character of both sides is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.compare.diff import words
from archive.model.types import Change

TEXT = st.text(alphabet="ab1, .\n’é👍", max_size=60)


@given(TEXT, TEXT)
def test_the_pieces_join_to_both_texts(old: str, new: str) -> None:
    pieces = words(old, new)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == new
    assert all(piece.text for piece in pieces)


EDITS = {
    "a number": ("Het kost 1,5 miljoen.", "Het kost 15 miljoen.", "Het kost [-1,5-]{+15+} miljoen."),
    "a name of two words": ("Jan de Vries won.", "Piet Bakker won.", "[-Jan de Vries-]{+Piet Bakker+} won."),
    "a line more": ("Een.", "Een.\nTwee.", "Een.{+\nTwee.+}"),
    "a mark": ("Weg ermee.", "Weg ermee!", "Weg ermee[-.-]{+!+}"),
    "a word less": ("Hij is niet schuldig.", "Hij is schuldig.", "Hij is [-niet -]schuldig."),
    "nothing": ("Een.", "Een.", "Een."),
}


@pytest.mark.parametrize(("old", "new", "shown"), EDITS.values(), ids=EDITS)
def test_an_edit_is_shown_as_an_editor_would_mark_it(old: str, new: str, shown: str) -> None:
    marks = {Change.EQUAL: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    assert "".join(marks[piece.change].format(piece.text) for piece in words(old, new)) == shown
