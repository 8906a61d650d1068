"""Increments, applied to an old export, give the new one to the byte, whatever happened in between."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from archive import Archive
from archive.errors import NotFound, UsageError
from archive.export.choice import RowChoice
from archive.export.increments import apply_files, write_increment
from archive.export.jsonl import lines
from tests.archive.newsroom import Filer, article, day, reader

TEXTS = ("De brug is dicht.", "De brug is open.", "De brug is weg.\nVoorgoed.", "Het water stijgt.")


def _happens(archive: Archive, at: float, what: str, which: int, text: int) -> None:
    """One thing that may happen to an article."""
    url = f"https://krant.example/{which}"
    place: dict[str, Any] = {"key": str(which), "url": url}
    desk = Filer(archive)
    if what == "see":
        desk.see(article(TEXTS[text], url=url), day(at), **place)
    elif what == "miss":
        desk.miss(day(at), status=410 if text else 404, **place)
    elif what == "redact":
        with suppress(NotFound, UsageError):  # there is none, or it is redacted
            archive.redactions.redact(url, ground="AVG", reason="r", who="w", at=day(at))
    elif what == "lift":
        with suppress(NotFound, UsageError):
            archive.redactions.lift(url, at=day(at))
    elif what == "reread":
        better = article(TEXTS[text], title="Beter gelezen", reader=reader(str(text)))
        archive.rereading.reread("krant", lambda capture: better)
    archive.commit()


EVENTS = some.lists(
    some.tuples(
        some.sampled_from(["see", "see", "see", "miss", "redact", "lift", "reread"]),
        some.integers(1, 3),
        some.integers(0, 3),
    ),
    max_size=6,
)
CHOICES = {
    "the latest of each": RowChoice(),
    "every version": RowChoice(versions="all"),
    "what stands": RowChoice(status="live"),
    "what a query finds": RowChoice(query="brug"),
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=some.lists(EVENTS, min_size=2, max_size=3))
def test_increments_come_to_the_export_of_now(
    tmp_path_factory: pytest.TempPathFactory, choice: RowChoice, history: list[list[tuple[str, int, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    cursor, whole = folder / "cursor", folder / "whole.jsonl"
    with Archive.open(folder / "legger.db") as archive:
        at = 0.0
        for number, events in enumerate(history):
            for what, which, text in events:
                at += 0.5
                _happens(archive, at, what, which, text)
            archive.index.update()
            before = whole if number else None
            increment = folder / f"{number}.jsonl"
            write_increment(archive, increment, cursor, choice)
            if before is None:
                (folder / "none.jsonl").write_bytes(b"")
                before = folder / "none.jsonl"
            apply_files(before, [increment], folder / "new.jsonl")
            (folder / "new.jsonl").replace(whole)
            assert whole.read_bytes() == b"".join(lines(archive, choice))


def _changes(path: Path) -> list[tuple[str, int, int]]:
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    return [(row["change"], row["id"], row["version"]) for row in rows]


def test_each_change_has_its_name(archive: Archive, tmp_path: Path) -> None:
    for which in (1, 2, 3, 4, 5):
        _happens(archive, 0, "see", which, 0)
    cursor = tmp_path / "cursor"
    write_increment(archive, tmp_path / "0.jsonl", cursor, RowChoice())
    assert {change for change, *_ in _changes(tmp_path / "0.jsonl")} == {"new"}
    _happens(archive, 1, "see", 1, 1)
    _happens(archive, 1, "see", 2, 0)
    _happens(archive, 1, "miss", 3, 1)
    _happens(archive, 1, "redact", 4, 0)
    _happens(archive, 1, "see", 6, 0)
    write_increment(archive, tmp_path / "1.jsonl", cursor, RowChoice())
    assert _changes(tmp_path / "1.jsonl") == [
        ("removed", 1, 1), ("new", 1, 2), ("seen", 2, 1), ("gone", 3, 1), ("redacted", 4, 1), ("new", 6, 1),
    ]  # fmt: skip
    content = (tmp_path / "1.jsonl").read_bytes()
    assert b'"why":"superseded"' in content
    write_increment(archive, tmp_path / "2.jsonl", cursor, RowChoice())
    assert (tmp_path / "2.jsonl").read_bytes() == b""


def test_what_does_not_fit_is_refused(archive: Archive, tmp_path: Path) -> None:
    _happens(archive, 0, "see", 1, 0)
    cursor = tmp_path / "cursor"
    write_increment(archive, tmp_path / "0.jsonl", cursor, RowChoice())
    with pytest.raises(UsageError, match="not written twice"):
        write_increment(archive, tmp_path / "0.jsonl", cursor, RowChoice())
    with pytest.raises(UsageError, match="another export"):
        write_increment(archive, tmp_path / "1.jsonl", cursor, RowChoice(site="krant"))
    assert not (tmp_path / "1.jsonl").exists()
    _happens(archive, 1, "miss", 1, 1)
    write_increment(archive, tmp_path / "1.jsonl", cursor, RowChoice())
    (tmp_path / "none.jsonl").write_bytes(b"")
    with pytest.raises(UsageError, match="not the one before"):
        apply_files(tmp_path / "none.jsonl", [tmp_path / "1.jsonl"], tmp_path / "new.jsonl")
    cursor.write_bytes(b"{}\n")
    with pytest.raises(UsageError, match="no cursor"):
        write_increment(archive, tmp_path / "2.jsonl", cursor, RowChoice())


def test_a_first_increment_is_an_export_for_those_that_follow(archive: Archive, tmp_path: Path) -> None:
    """As docs/export.md applies them: what stands as it stood says no `change` any more."""
    cursor = tmp_path / "cursor"
    for which in (1, 2):
        _happens(archive, 0, "see", which, 0)
    write_increment(archive, tmp_path / "1.jsonl", cursor, RowChoice())
    _happens(archive, 1, "see", 2, 1)
    archive.commit()
    write_increment(archive, tmp_path / "2.jsonl", cursor, RowChoice())
    apply_files(tmp_path / "1.jsonl", [tmp_path / "2.jsonl"], tmp_path / "whole.jsonl")
    assert (tmp_path / "whole.jsonl").read_bytes() == b"".join(lines(archive))
    with pytest.raises(UsageError, match="not the one before"):
        apply_files(tmp_path / "2.jsonl", [tmp_path / "1.jsonl"], tmp_path / "new.jsonl")
