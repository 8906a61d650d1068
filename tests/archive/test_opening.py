"""Opening: what is an archive, what is not, and how old ones are brought up to date."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from archive import Archive, ArchiveError, NotAnArchive, OtherSchema, SchemaTooNew, migrations
from archive.db.schema import REVISION, metadata
from tests.archive.newsroom import Filer, article, capture, day
from tests.programs import PROCESSES


def test_the_migrated_schema_is_the_one_declared(tmp_path: Path) -> None:
    Archive.open(tmp_path / "legger.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'legger.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            # FTS5 keeps tables of its own beside its index.
            opts={"compare_server_default": True, "include_name": _is_ours},
        )
        assert compare_metadata(context, metadata) == []
        # What SQLite cannot reflect: the conditions of partial indexes, AUTOINCREMENT.
        made = _spelled(cast(sqlite3.Connection, connection.connection.driver_connection))
    engine.dispose()
    declared = sqlite3.connect(":memory:")
    fresh = create_engine("sqlite://", creator=lambda: declared)
    metadata.create_all(fresh)
    wanted = _spelled(declared)
    fresh.dispose()
    declared.close()
    assert {name: text for name, text in made.items() if name in wanted} == wanted


def _is_ours(name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or not (name in ("words", "vocabulary") or (name or "").startswith("words_"))


def _spelled(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    indexes = {name: " ".join(sql.split()) for name, sql in rows if sql.startswith("CREATE INDEX")}
    counting = {f"{name} counts on": "yes" for name, sql in rows if "AUTOINCREMENT" in sql}
    return indexes | counting


def test_every_table_and_column_is_explained() -> None:
    for table in metadata.tables.values():
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, column
            if column.nullable:
                assert "null" in column.comment, f"{column}: what does null mean?"


def test_the_schema_knows_its_own_last_migration() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_current_head() == REVISION


def test_an_archive_opened_again_is_the_same(tmp_path: Path) -> None:
    for number in range(2):
        with Archive.open(tmp_path / "legger.db") as archive:
            Filer(archive).see(article(), day(number))
    with Archive.open(f"sqlite:///{tmp_path / 'legger.db'}", read_only=True) as archive:
        assert archive.articles.version("1").last_seen == day(1)


def test_an_archive_in_memory_works_like_any_other() -> None:
    with Archive.open(":memory:") as archive:
        Filer(archive).see(article(), day(0))
        archive.commit()
        assert [version.number for version in archive.articles.all()] == [1]


def test_reading_only_writes_nothing(tmp_path: Path) -> None:
    Archive.open(tmp_path / "legger.db").close()
    with Archive.open(tmp_path / "legger.db", read_only=True) as archive:
        with pytest.raises(ArchiveError, match="reading only"):
            archive.captures.keep(capture())
        assert list(archive.articles.all()) == []


def _text(path: Path) -> None:
    path.write_text("Once upon a time, there was a file that was no database at all.")


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()


def _newer(path: Path) -> None:
    Archive.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()


def _changed(path: Path, statement: str) -> None:
    Archive.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def _earlier(path: Path) -> None:
    _changed(path, "ALTER TABLE schedule_entries DROP COLUMN tries")


def _half_restored(path: Path) -> None:
    _changed(path, "DROP TABLE screenshots")


def _later(path: Path) -> None:
    _changed(path, "ALTER TABLE captures ADD COLUMN smell TEXT")


def _directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (_text, NotAnArchive, "not an SQLite database"),
        (_foreign, NotAnArchive, "not an archive of Legger"),
        (_newer, SchemaTooNew, "newer Legger that wrote it"),
        (_earlier, OtherSchema, r"schedule_entries\.tries is missing"),
        (_half_restored, OtherSchema, "table screenshots is missing"),
        (_later, OtherSchema, r"captures\.smell is unknown"),
        (_directory, ArchiveError, "directory"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_archive_is_refused_and_left_alone(
    tmp_path: Path, make: object, error: type[Exception], words: str, read_only: bool
) -> None:
    path = tmp_path / "legger.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(error, match=words) as caught:
        Archive.open(path, read_only=read_only)
    assert str(path) in str(caught.value)
    if before:
        assert path.read_bytes() == before


def test_what_is_not_there_is_made_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchive, match="no archive at"):
        Archive.open(tmp_path / "none.db", create=False)
    with pytest.raises(NotAnArchive, match="no archive at"):
        Archive.open(tmp_path / "none.db", read_only=True)
    with pytest.raises(ArchiveError, match="make it first"):
        Archive.open(tmp_path / "no" / "such" / "place.db")
    with pytest.raises(ArchiveError, match="stands in SQLite or PostgreSQL"):
        Archive.open("mysql://localhost/legger")
    with pytest.raises(ArchiveError, match=r"cannot be opened: .*refused"):
        Archive.open("postgresql://127.0.0.1:1/legger")
    assert list(tmp_path.iterdir()) == []


def _open_and_see(path: str, number: int) -> None:
    with Archive.open(path) as archive:
        Filer(archive).see(article(), day(0), key=str(number), url=f"https://krant.example/{number}")


def test_processes_that_open_a_new_archive_at_the_same_moment_make_it_once(tmp_path: Path) -> None:
    path = str(tmp_path / "legger.db")
    processes = [PROCESSES.Process(target=_open_and_see, args=(path, number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    with Archive.open(path) as archive:
        assert len(list(archive.articles.all())) == 4


@pytest.mark.sqlite
def test_the_archive_that_tests_copy_is_the_one_that_opening_makes(
    archive_file: Path, tmp_path: Path
) -> None:
    with Archive.open(tmp_path / "anew.db"):
        pass
    tables = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    with (
        closing(sqlite3.connect(archive_file)) as copied,
        closing(sqlite3.connect(tmp_path / "anew.db")) as anew,
    ):
        assert copied.execute(tables).fetchall() == anew.execute(tables).fetchall()
    with Archive.open(archive_file, create=False) as archive:
        assert archive.integrity.verify() == []


@pytest.mark.sqlite
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are letters, not bytes")
def test_an_archive_is_copied_wherever_it_can_be_opened_whatever_bytes_the_names_have(
    migrated: Path, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    with Archive.open(shutil.copy(migrated, folder / "legger.db"), read_only=True) as archive:
        archive.integrity.backup(folder / "copy.db")
    with Archive.open(folder / "copy.db", create=False, read_only=True) as copy:
        assert list(copy.articles.all()) == []
