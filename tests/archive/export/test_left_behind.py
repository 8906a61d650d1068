"""What a killed process left beside its file is removed by the next; what one is making stays."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive, files
from archive.export.choice import RowChoice
from archive.export.exporting import Form, write_export
from archive.export.web_archives.wacz import export_wacz
from archive.export.web_archives.warc import Chosen, export_warc
from archive.preservation.snapshot import write_snapshot
from tests.archive.newsroom import Filer, article, day

WRITES: dict[str, Callable[[Archive, Path], object]] = {
    "an export": lambda archive, place: write_export(archive, place / "x.csv", RowChoice(), Form(name="csv")),
    "a snapshot": lambda archive, place: write_snapshot(
        archive, place / "x", RowChoice(), now=datetime.now(UTC)
    ),
    "a folder of WARC files": lambda archive, place: export_warc(archive, place / "x", Chosen()),
    "a WACZ file": lambda archive, place: export_wacz(archive, place / "x.wacz", Chosen()),
    "a backup": lambda archive, place: archive.integrity.backup(place / "x.db"),
}


def left(place: Path, name: str, *, age: float = 2 * files.YOUNG) -> Path:
    """A folder as a process that was killed leaves it."""
    folder = place / name
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "rows").write_text("half")
    os.utime(folder, (time.time() - age,) * 2)
    return folder


@pytest.fixture
def filled(archive_file: Path) -> Path:
    with Archive.open(archive_file) as archive:
        Filer(archive).see(article(), day(0))
    return archive_file


@pytest.mark.parametrize("what", WRITES)
def test_what_was_left_is_removed_when_there_is_written(what: str, filled: Path, tmp_path: Path) -> None:
    place = tmp_path / "out"
    killed = left(place, ".legger-ab_cd12x")
    young = left(place, ".legger-abcdefgh", age=0)
    ours = [left(place, name) for name in (".legger-mine", "legger-abcdefgh", ".legger-ab-d12x.old")]
    held = left(place, ".legger-held0000")
    (place / "linked").symlink_to(held)
    handle = os.open(held, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with Archive.open(filled) as archive:
            if what == "a backup" and not archive.session.backend.IN_A_FILE:
                pytest.skip("PostgreSQL has tools of its own for it")
            WRITES[what](archive, place)
    finally:
        os.close(handle)
    assert not killed.exists()
    assert [each for each in (young, held, *ours) if not (each / "data" / "rows").exists()] == []
    made = {each.name for each in place.iterdir() if each.name.startswith(".legger-")}
    assert made == {young.name, held.name, ".legger-mine", ".legger-ab-d12x.old"}, "its own is gone"
    assert {each.name for each in place.iterdir() if each.name.startswith("x")}, "and what it wrote stands"


def test_a_place_that_is_in_use_is_left_alone_by_others(tmp_path: Path) -> None:
    with files.workplace(tmp_path) as mine:
        os.utime(mine, (0, 0))
        with files.workplace(tmp_path) as other:
            assert mine.is_dir()
        assert not other.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_part_of_a_file_that_was_left_is_removed_with_the_next_of_that_name(tmp_path: Path) -> None:
    parts = {name: tmp_path / name for name in (".a.json.77.part", ".b.json.77.part", ".a.json.x.part")}
    for part in parts.values():
        part.write_text("half")
        os.utime(part, (0, 0))
    files.write(tmp_path / "a.json", b"{}")
    assert {each.name for each in tmp_path.iterdir()} == {"a.json", ".b.json.77.part", ".a.json.x.part"}
