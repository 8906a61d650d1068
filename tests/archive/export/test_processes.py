"""Exports whose rows several processes make: the same files as by one, of one state, whole or not at all."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from archive import Archive, StatedTime
from archive.errors import ArchiveError, UsageError
from archive.export import exporting, processes
from archive.export.choice import RowChoice
from archive.export.exporting import FORMS, JOINED, Form, verify_export, write_export
from archive.export.processes import ExportProcesses
from archive.export.rows import shards
from tests.archive.newsroom import Filer, article, day


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ROWS", 2)


def _file_some(archive: Archive) -> None:
    """Articles of two sites, of one and of several versions, dated or not, gone, redacted."""
    desk = Filer(archive)
    for number in range(1, 9):
        site = "krant" if number % 3 else "blad"
        place: dict[str, Any] = {"key": str(number), "url": f"https://{site}.example/{number}", "site": site}
        stated = datetime.fromisoformat(f"2026-03-0{number}T12:00:00+01:00") if number % 2 else None
        published = StatedTime(value=stated, raw="", source="meta") if stated else None
        for version in range(1 + number % 4):
            text = f"De brug is {version} keer dicht.\nEn “open”, na dag {number}.\u2028"
            read = article(
                text, url=place["url"], language="nl", title=f"=Brug {number}", published=published
            )
            desk.see(read, day(number + version), **place)
    desk.miss(day(20), status=410, key="2", url="https://krant.example/2")
    archive.redactions.redact("https://krant.example/4", ground="AVG", reason="r", who="w", at=day(21))
    archive.commit()
    archive.index.update()


ALL = {"versions": "all"}
SITUATIONS: Mapping[str, tuple[str, dict[str, Any], Form]] = {
    "the latest versions": ("a.jsonl", {}, Form()),
    "all versions": ("b.jsonl", ALL, Form()),
    "packed": ("c.jsonl.gz", ALL, Form()),
    "packed otherwise": ("d.jsonl.zst", ALL, Form()),
    "a table": ("e.csv", ALL, Form(name="csv", bom=True)),
    "a table as another program reads it": ("f.csv", {}, Form(name="csv", preset="4cat", formula_safe=False)),
    "what a query finds": ("g.jsonl", {"query": "\"na dag 5\" in:all"}, Form()),
    "what a query does not find": ("h.csv", {"query": "zwembad"}, Form(name="csv")),
    "one site, since a day": ("i.jsonl", {"site": "blad", "since": day(6)}, Form()),
    "as it stood": ("j.jsonl", {"as_of": day(6.5)}, Form()),
    "as it stood, of what a query finds": ("k.jsonl", {"as_of": day(6.5), "query": "dicht"}, Form()),
    "a sample": ("l.csv", {"sample": 3, "seed": 2}, Form(name="csv")),
    "with files beside it": ("m.jsonl", {"site": "krant"}, Form(beside=("versions", "edits"))),
}  # fmt: skip


def _contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_three_processes_make_the_same_files_as_one(
    archive: Archive, archive_file: Path, tmp_path: Path
) -> None:
    one, three = tmp_path / "one", tmp_path / "three"
    one.mkdir()
    three.mkdir()
    with ExportProcesses(str(archive_file), 3) as several:
        for empty in (True, False):
            if not empty:
                _file_some(archive)
            for name, choice, form in SITUATIONS.values():
                told = write_export(archive, one / name, RowChoice(**choice), form, force=True)
                more = write_export(
                    archive, three / name, RowChoice(**choice), form, force=True, processes=several
                )
                assert more == told, name
                if empty or name.startswith("h"):
                    assert told["rows"] == 0
                else:
                    assert told["rows"] > 0, name
            assert _contents(three) == _contents(one)
        assert verify_export(archive, three / "b.jsonl.manifest.json", several) == []


def test_shards_hold_every_row_once_and_no_article_is_parted(archive: Archive) -> None:
    _file_some(archive)
    with archive.snapshot() as connection:
        made = list(shards(connection, RowChoice(versions="all"), 2))
        found = [each.versions for each in shards(connection, RowChoice(query="dag in:all"), 2)]
    assert len(made) > 3
    assert all(before.last < after.first for before, after in pairwise(made))
    assert all(each.versions is None for each in made)
    assert None not in found


def test_all_processes_see_one_state_while_others_write(
    archive: Archive, archive_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In SQLite they begin again; in PostgreSQL the state has a name."""
    _file_some(archive)
    path, choice = tmp_path / "news.jsonl", RowChoice(versions="all")
    before = write_export(archive, path, choice, Form())
    backend: Any = archive.session.backend
    share = backend.share_snapshot
    wrote: list[str] = []

    def late(connection: Connection) -> str:
        name: str = share(connection)
        if not wrote:
            wrote.append(name)
            Filer(archive).see(article("De sluis is dicht."), day(30), key="9", url="https://krant.example/9")
            archive.commit()
        return name

    monkeypatch.setattr(backend, "share_snapshot", late)
    with ExportProcesses(str(archive_file), 2) as several:
        made = write_export(archive, path, choice, Form(), force=True, processes=several)
    after = write_export(archive, path, choice, Form(), force=True)
    assert wrote
    assert before != after
    assert made in (before, after)


def test_where_others_never_pause_no_state_is_found(
    archive: Archive, archive_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers: Iterator[int] = iter(range(100))
    monkeypatch.setattr(archive.session.backend, "changes", lambda connection: next(numbers))
    monkeypatch.setattr(processes, "MOMENTS", 2)
    with (
        ExportProcesses(str(archive_file), 1) as several,
        pytest.raises(ArchiveError, match="without --jobs"),
    ):
        write_export(archive, tmp_path / "news.jsonl", RowChoice(), Form(), processes=several)
    assert not list(tmp_path.glob("*news*"))


def _stopped(several: ExportProcesses, how: str) -> None:
    (process,) = several._processes
    if how == "Ctrl-C":
        raise KeyboardInterrupt
    os.kill(process.pid, signal.SIGKILL)
    process.join()


@pytest.mark.parametrize(("how", "error"), [("kill -9", ArchiveError), ("Ctrl-C", KeyboardInterrupt)])
def test_an_export_whose_process_dies_or_that_is_interrupted_leaves_nothing(
    archive: Archive, archive_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str,
    error: type[BaseException],
) -> None:  # fmt: skip
    _file_some(archive)
    at_work: list[Any] = []

    def count(connection: Connection, choice: RowChoice) -> int:
        at_work.extend(several._processes)
        _stopped(several, how)
        return 0

    monkeypatch.setattr(exporting, "count", count)  # asked when all have begun to read
    with ExportProcesses(str(archive_file), 1) as several:
        with pytest.raises(error):
            write_export(archive, tmp_path / "news.jsonl", RowChoice(), Form(), processes=several)
        assert [each.is_alive() for each in at_work] == [False]
    assert not list(tmp_path.glob("*news*"))
    assert not list(tmp_path.glob(".legger-*"))


def test_what_a_process_cannot_do_is_told(archive: Archive, tmp_path: Path) -> None:
    with ExportProcesses(str(tmp_path / "none.db"), 1) as several, pytest.raises(ArchiveError, match="none"):
        write_export(archive, tmp_path / "news.jsonl", RowChoice(), Form(), processes=several)
    assert not list(tmp_path.glob("*news*"))


@pytest.mark.parametrize("form", [each for each in FORMS if each not in JOINED])
def test_other_forms_are_written_by_one_process(archive: Archive, tmp_path: Path, form: str) -> None:
    with (
        ExportProcesses(str(tmp_path / "none.db"), 2) as several,
        pytest.raises(UsageError, match="one process"),
    ):
        write_export(archive, tmp_path / "news", RowChoice(), Form(name=form), processes=several)
