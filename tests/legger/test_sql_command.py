"""``legger sql``: questions are answered, and nothing can be written."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from archive import Archive
from tests.archive.newsroom import Filer, article, day
from tests.legger.test_commands import run


@pytest.fixture
def filled(archive_file: Path) -> Path:
    with Archive.open(archive_file) as archive:
        desk = Filer(archive)
        desk.see(article("De brug is dicht."), day(0))
        desk.see(article("De brug is open."), day(1))
        archive.index.update()
    return archive_file


def sql(folder: Path, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    return run("sql", *arguments, cwd=folder, **options)


def test_a_statement_is_answered_as_a_table_as_json_and_as_csv(tmp_path: Path, filled: Path) -> None:
    asked = "SELECT site, title, words_added AS more, NULL AS empty FROM edits"
    rows = [json.loads(line) for line in sql(tmp_path, asked, "--json").stdout.splitlines()]
    assert rows == [{"site": "krant", "title": "Brug dicht", "more": 1, "empty": None}]
    table = list(csv.reader(StringIO(sql(tmp_path, asked, "--csv").stdout)))
    assert table == [["site", "title", "more", "empty"], ["krant", "Brug dicht", "1", ""]]
    assert "Brug dicht" in sql(tmp_path, asked).stdout
    words = "SELECT count(*) AS n FROM words WHERE words MATCH 'brug'"
    assert sql(tmp_path, words, "--json").stdout == '{"n":2}\n'
    bytes_of = sql(tmp_path, "SELECT x'00ff' AS raw", "--json").stdout
    assert json.loads(bytes_of) == {"raw": "00ff"}


WRITES = (
    "INSERT INTO sites (name) VALUES ('x')",
    "UPDATE articles SET status = 'gone'",
    "DELETE FROM versions",
    "DROP VIEW edits",
    "CREATE TABLE t (a)",
    "CREATE TEMP TABLE t (a)",
    "ATTACH DATABASE 'new.db' AS other",
    "VACUUM INTO 'new.db'",
    "PRAGMA query_only = OFF",
    "PRAGMA user_version = 7",
    "PRAGMA writable_schema = ON",
    "PRAGMA journal_mode = DELETE",
    "REINDEX",
    "COMMIT",
    "UPDATE sqlite_master SET sql = ''",
    "SELECT load_extension('x')",
    "INSERT INTO words (words) VALUES ('rebuild')",
    "WITH a AS (SELECT 1) DELETE FROM articles WHERE id IN (SELECT * FROM a)",
    "SELECT 1; DELETE FROM articles",
)


@pytest.mark.parametrize("statement", WRITES)
def test_nothing_can_be_written(tmp_path: Path, filled: Path, statement: str) -> None:
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.suffix == ".db"}
    answer = sql(tmp_path, statement)
    assert answer.returncode == 2
    assert answer.stderr.startswith("legger: SQL: ")
    assert "Traceback" not in answer.stderr
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.suffix == ".db"} == before


@pytest.mark.parametrize("statement", ["SELEC 1", "SELECT a FROM nowhere", "SELECT '", " "])
def test_what_cannot_be_read_is_said_in_a_line(tmp_path: Path, filled: Path, statement: str) -> None:
    answer = sql(tmp_path, statement)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert len(answer.stderr.splitlines()) == 1


def test_views_hide_what_is_redacted(tmp_path: Path, filled: Path) -> None:
    with Archive.open(filled) as archive:
        archive.redactions.redact("1", at=day(3), ground="AVG", reason="verzoek", who="archivaris")
    found = sql(tmp_path, "SELECT title, text FROM current_articles", "--json").stdout
    assert json.loads(found) == {"title": "", "text": ""}


def test_the_prompt_answers_explains_and_goes_on_after_a_mistake(tmp_path: Path, filled: Path) -> None:
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).parent / "legger"), "sql", "--archive", str(filled)]
    asked = subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path
    )
    os.close(theirs)
    os.write(ours, b".views\n.columns edits\nSELECT unheard;\nSELECT 6\n * 7 AS answer;\n.quit\n")
    said, _ = asked.communicate(timeout=60)
    os.close(ours)
    words = said.decode()
    assert asked.returncode == 0
    assert "disappearances" in words
    assert "When this version was first seen" in words
    assert "no such column: unheard" in words
    assert "42" in words
