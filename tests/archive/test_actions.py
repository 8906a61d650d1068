"""What an editor did, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.compare.actions import actions, kinds, sentences
from archive.compare.judge import changed_fields
from tests.archive.newsroom import article

OLD = "De brug is dicht. De wethouder was er niet bij.\nHet water staat hoog."
SITUATIONS = {
    "nothing": (OLD, OLD, [], []),
    "a sentence was added": (
        OLD, f"{OLD} Nog een zin.", [("added", None, "Nog een zin.")], ["growth"],
    ),
    "a sentence was removed": (
        OLD, "De brug is dicht.\nHet water staat hoog.",
        [("removed", "De wethouder was er niet bij.", None)], ["cut"],
    ),
    "words of a sentence changed": (
        OLD, OLD.replace("er niet bij", "er wel bij"),
        [("changed", "De wethouder was er niet bij.", "De wethouder was er wel bij.")], ["wording"],
    ),
    "a number changed": (
        "Er waren 15 mensen op straat.", "Er waren 150 mensen op straat.",
        [("changed", "Er waren 15 mensen op straat.", "Er waren 150 mensen op straat.")],
        ["numbers", "wording"],
    ),
    "a word was misspelled": (
        "De wethouder liep naar de bruggg toe.", "De wethouder liep naar de brug toe.",
        [("changed", "De wethouder liep naar de bruggg toe.", "De wethouder liep naar de brug toe.")],
        ["spelling"],
    ),
    "a sentence moved": (
        "Eerst dit staat er. Dan dat staat er. Dan nog iets.",
        "Dan dat staat er. Dan nog iets. Eerst dit staat er.",
        [("moved", "Eerst dit staat er.", "Eerst dit staat er.")], ["order"],
    ),
    "paragraphs were parted in another way": (OLD, OLD.replace("\n", " "), [], []),
    "one went, another came": (
        "De brug is dicht.", "Morgen regent het overal.",
        [("removed", "De brug is dicht.", None), ("added", None, "Morgen regent het overal.")], ["wording"],
    ),
    "a sentence stands twice where it stood once": (
        "Ja. Nee hoor.", "Ja. Nee hoor. Ja.", [("added", None, "Ja.")], ["growth"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted", "kind"), SITUATIONS.values(), ids=SITUATIONS)
def test_what_was_done(old: str, new: str, wanted: list[tuple[str, str, str]], kind: list[str]) -> None:
    done = actions(old, new)
    assert [(each.action.value, each.before, each.after) for each in done] == wanted
    before, after = article(old), article(new)
    assert kinds(before, after, changed_fields(before, after), done) == kind


def test_a_headline_alone_is_its_own_kind() -> None:
    old, new = article(OLD), replace(article(OLD), title="Brug open")
    assert kinds(old, new, changed_fields(old, new), actions(old.text, new.text)) == ["headline"]


def test_every_sentence_is_whole() -> None:
    text = "“De brug is dicht.” Zo zei hij. ‘Echt?’ Ja (toch.) Nee…"
    assert " ".join(sentences(text)) == text
    assert sentences(text)[0] == "“De brug is dicht.”"
