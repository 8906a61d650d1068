"""What an editor did, sentence by sentence."""

from __future__ import annotations

import pytest

from archive.compare.actions import actions, sentences

OLD = "De brug is dicht. De wethouder was er niet bij.\nHet water staat hoog."
SITUATIONS = {
    "nothing": (OLD, OLD, []),
    "a sentence was added": (
        OLD, f"{OLD} Nog een zin.", [("added", None, "Nog een zin.")],
    ),
    "a sentence was removed": (
        OLD, "De brug is dicht.\nHet water staat hoog.",
        [("removed", "De wethouder was er niet bij.", None)],
    ),
    "words of a sentence changed": (
        OLD, OLD.replace("er niet bij", "er wel bij"),
        [("changed", "De wethouder was er niet bij.", "De wethouder was er wel bij.")],
    ),
    "a number changed": (
        "Er waren 15 mensen op straat.", "Er waren 150 mensen op straat.",
        [("changed", "Er waren 15 mensen op straat.", "Er waren 150 mensen op straat.")],
    ),
    "a word was misspelled": (
        "De wethouder liep naar de bruggg toe.", "De wethouder liep naar de brug toe.",
        [("changed", "De wethouder liep naar de bruggg toe.", "De wethouder liep naar de brug toe.")],
    ),
    "a sentence moved": (
        "Eerst dit staat er. Dan dat staat er. Dan nog iets.",
        "Dan dat staat er. Dan nog iets. Eerst dit staat er.",
        [("moved", "Eerst dit staat er.", "Eerst dit staat er.")],
    ),
    "paragraphs were parted in another way": (OLD, OLD.replace("\n", " "), []),
    "one went, another came": (
        "De brug is dicht.", "Morgen regent het overal.",
        [("removed", "De brug is dicht.", None), ("added", None, "Morgen regent het overal.")],
    ),
    "a sentence stands twice where it stood once": (
        "Ja. Nee hoor.", "Ja. Nee hoor. Ja.", [("added", None, "Ja.")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted"), SITUATIONS.values(), ids=SITUATIONS)
def test_what_was_done(old: str, new: str, wanted: list[tuple[str, str, str]]) -> None:
    done = actions(old, new)
    assert [(each.action.value, each.before, each.after) for each in done] == wanted


def test_every_sentence_is_whole() -> None:
    text = "“De brug is dicht.” Zo zei hij. ‘Echt?’ Ja (toch.) Nee…"
    assert " ".join(sentences(text)) == text
    assert sentences(text)[0] == "“De brug is dicht.”"
