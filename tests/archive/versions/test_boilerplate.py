"""Site memories: numbered, kept, pinned."""

from __future__ import annotations

from dataclasses import replace

from archive import Archive, SiteMemory
from archive.model.types import Pin, RepeatedLine
from tests.archive.newsroom import day

LINE = RepeatedLine(text="Auto zoeker", place="aside", seen=40, of=40, since=day(0), last=day(1), example="u")
MEMORY = SiteMemory(site="krant", learned_at=day(1), articles=40, lines=(LINE,), templates={"a": [1, 2]})


def test_a_site_of_which_nothing_was_learned_has_memory_0(archive: Archive) -> None:
    assert archive.boilerplate.get("krant") == SiteMemory(site="krant")


def test_memories_are_numbered_and_an_equal_one_is_not_stored_again(archive: Archive) -> None:
    assert archive.boilerplate.remember(MEMORY).version == 1
    assert archive.boilerplate.remember(replace(MEMORY, learned_at=day(2))).version == 1
    assert archive.boilerplate.remember(replace(MEMORY, lines=())).version == 2
    assert archive.boilerplate.get("krant", 1) == replace(MEMORY, version=1)
    assert archive.boilerplate.get("krant").lines == ()
    assert archive.boilerplate.get("elsewhere").version == 0


def test_pins_survive_what_is_learned_later(archive: Archive) -> None:
    archive.boilerplate.remember(MEMORY)
    pinned = archive.boilerplate.pin("krant", "Auto zoeker", Pin.KEEP, at=day(2), note="a column")
    assert (pinned.version, pinned.lines[0].pin, pinned.lines[0].note) == (2, Pin.KEEP, "a column")
    learned = archive.boilerplate.remember(
        replace(MEMORY, articles=50, lines=(replace(LINE, seen=50, of=50),))
    )
    assert (learned.version, learned.lines[0].pin) == (3, Pin.KEEP)
    forgotten = archive.boilerplate.remember(replace(MEMORY, lines=()))
    assert [(line.text, line.seen, line.pin) for line in forgotten.lines] == [("Auto zoeker", 0, Pin.KEEP)]
    assert archive.boilerplate.pin("krant", "Auto zoeker", None, at=day(3)).lines == ()
