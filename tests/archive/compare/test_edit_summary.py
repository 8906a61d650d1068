"""How large an edit is, and what in it matters most."""

from __future__ import annotations

import pytest

from archive.compare.edit_summary import Swap, edit, names, sizes
from tests.archive.newsroom import Filer, article, day

A, B, C = "De brug is dicht.", "De wethouder zegt sorry.", "Het regent al dagen."
SIZES = {
    "nothing": (A, A, (0, 0, 0)),
    "a word": (A, "De brug is open.", (1, 1, 0)),
    "a paragraph more": (A, f"{A}\n{B}", (4, 0, 0)),
    "a paragraph less": (f"{A}\n{B}", A, (0, 4, 0)),
    "a paragraph that moved": (f"{A}\n{B}\n{C}", f"{C}\n{A}\n{B}", (0, 0, 4)),
    "one moved and one edited": (f"{A}\n{B}\n{C}", f"{B}\n{A}\nHet regent al weken.", (1, 1, 4)),
    "a line that moved and changed is another line": (
        f"{A}\n{B}\n{C}",
        f"{B}\n{C}\nDe brug is open.",
        (4, 4, 0),
    ),
    "a mark is no word": (A, "De brug is dicht!", (0, 0, 0)),
    "a number is one": ("Het kost 1,5 ton.", "Het kost 15 ton.", (1, 1, 0)),
}


@pytest.mark.parametrize(("old", "new", "counts"), SIZES.values(), ids=SIZES)
def test_sizes(old: str, new: str, counts: tuple[int, int, int]) -> None:
    assert sizes(old, new) == counts


SWAPS = {
    "numbers": ("Het kost € 1,5 miljoen, 12% meer.", "Het kost € 15 miljoen, 12% meer.", [("€ 1,5", "€ 15")]),
    "names": ("Dat zegt Jan de Vries.", "Dat zegt Piet Bakker.", [("Jan de Vries", "Piet Bakker")]),
    "quotes": ("Hij zei: „Nooit.”", "Hij zei: „Misschien.”", [("„Nooit.”", "„Misschien.”")]),
}


@pytest.mark.parametrize(("kind", "case"), SWAPS.items(), ids=SWAPS)
def test_numbers_names_and_quotes_that_changed_are_named(
    kind: str, case: tuple[str, str, list[Swap]]
) -> None:
    old, new, swaps = case
    found = edit(article(old), article(new))
    assert list(getattr(found, kind)) == swaps


def test_a_name_that_changed_throughout_is_named_once() -> None:
    old = "Jan de Vries won. Dat zegt Jan de Vries. En 12 van de 12 keken toe."
    new = old.replace("Jan de Vries", "Piet Bakker").replace("12", "14")
    found = edit(article(old), article(new))
    assert (found.names, found.numbers) == ((("Jan de Vries", "Piet Bakker"),), (("12", "14"),))


def test_what_merely_moved_is_not_named() -> None:
    found = edit(article("Jan Bos is 34.\nHij zei „nee”."), article("Hij zei „nee”.\nJan Bos is 34."))
    assert (found.numbers, found.names, found.quotes) == ((), (), ())


def test_a_word_that_opens_a_sentence_is_a_name_when_it_also_stands_within_one() -> None:
    assert names("Gisteren kwam Leusden. Leusden won.") == ["Leusden", "Leusden"]
    assert names("De brug. Het plein. Wij gaan.") == []


def test_a_version_knows_the_size_of_its_edit(desk: Filer) -> None:
    desk.see(article("De brug is dicht.\nEen."), day(0))
    desk.see(article("De brug is weer open.\nEen."), day(1))
    first, second = desk.archive.articles.history("1")
    assert (first.words_added, first.words_removed) == (0, 0)
    assert (second.words_added, second.words_removed, second.words_moved) == (2, 1, 0)
    assert (first.edit_kinds, second.edit_kinds) == ((), ("style",))
    assert desk.archive.articles.edit("1").changed_fields == ("text",)


def test_the_history_of_each_field_is_a_row_of_intervals(desk: Filer) -> None:
    desk.see(article("Een.", title="A", modified=day(0)), day(0))
    desk.see(article("Een.", title="A", modified=day(1)), day(1))
    desk.see(article("Twee.", title="A", tags=("brug",)), day(2))
    held = {
        name: [(each.value, each.since, each.until) for each in desk.archive.articles.fields("1", name)]
        for name in ("title", "text", "modified", "tags")
    }
    assert held == {
        "title": [("A", day(0), None)],
        "text": [("Een.", day(0), day(2)), ("Twee.", day(2), None)],
        "modified": [
            (day(0).isoformat(), day(0), day(1)),
            (day(1).isoformat(), day(1), day(2)),
            (None, day(2), None),
        ],
        "tags": [(["brug"], day(2), None)],
    }
