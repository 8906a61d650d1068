"""Every command, on a file that is no archive: says so, fails, and leaves the file as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archive.errors import LeggerError, NotAnArchive
from legger.cli import legger
from legger.cli.manual import commands

SAID: dict[str, list[str]] = {
    "backup": ["copy.db"],
    "boilerplate": ["krant"],
    "cite": ["1"],
    "crawl": ["krant"],
    "diff": ["1"],
    "elsewhere": ["1"],
    "as-of": ["2026-03-02"],
    "history": ["1"],
    "missed": ["krant"],
    "note": ["1", "een brug"],
    "tag": ["1", "brug"],
    "redact": ["1", "--ground", "AVG", "--reason", "verzoek"],
    "regroup": ["krant"],
    "saved": [],
    "screenshots": ["krant"],
    "schedule now": ["krant"],
    "schedule pause": ["krant"],
    "schedule resume": ["krant"],
    "search": ["brug"],
    "serve": ["--port", "0"],
    "show": ["1"],
    "captures": ["1"],
    "alarms ack": ["1"],
    "import": ["x.jsonl"],
    "finding": ["1", "Er was eens."],
    "snapshot": ["bundel"],
    "push amcat": ["http://127.0.0.1:1", "--index", "krant"],
    "stamp": ["--authority", "http://127.0.0.1:1/"],
}
"""What commands are told beside the archive, where they need it."""
LEAVES = {
    name: command
    for name, command in ((whole.removeprefix("legger "), each) for whole, each in commands(legger))
    if any(each.name == "where" for each in command.params)
    and not name.startswith(("site", "saved", "notes"))  # these ask the margin, or nothing
    and name not in ("init", "doctor", "demo", "bot-key", "worker")  # a worker takes no file at all
}


def _other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.commit()


FILES = {
    "0 bytes": lambda path: path.write_bytes(b""),
    "one byte": lambda path: path.write_bytes(b"\n"),
    "a text": lambda path: path.write_text("Er was eens een bestand dat geen archief was.\n" * 400),
    "the first bytes of a database": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "another program's database": _other_database,
}


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.db.sqlite.BIRTH", 0.1)  # nobody is making this file


EVERYWHERE = ("0 bytes", "a text")
"""Tried with every command; all open the archive in the same way, so the others are tried with some."""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for name in LEAVES
        for kind in FILES
        if kind in EVERYWHERE or name in ("verify", "status", "crawl", "schedule")
    ],
)
def test_what_is_no_archive_is_refused_by_every_command_and_left_as_it_is(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEGGER_CONTACT", "archief@example.org")
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "krant.toml").write_text(
        'name = "krant"\nurl = "http://127.0.0.1:1/"\nallow_private = true\n'
    )
    path = tmp_path / "legger.db"
    (tmp_path / "x.jsonl").write_text("{}\n")
    FILES[kind](path)
    before = path.read_bytes()
    done = CliRunner().invoke(
        legger, [*name.split(), *SAID.get(name, []), "--archive", str(path)], standalone_mode=False
    )
    assert isinstance(done.exception, NotAnArchive), (done.exception, done.output)
    assert str(path) in str(done.exception)
    assert "Sound" not in done.output
    assert path.read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} <= {"legger.db", "sites", "logs", "x.jsonl"}


def test_init_makes_no_archive_of_an_empty_file_that_may_be_what_is_left_of_one(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    path.write_bytes(b"")
    done = CliRunner().invoke(legger, ["init", "--archive", str(path)], standalone_mode=False)
    assert isinstance(done.exception, LeggerError)
    assert "is empty" in str(done.exception)
    assert path.read_bytes() == b""
    assert list(tmp_path.iterdir()) == [path], "nothing is set up around it"


def test_the_doctor_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    path.write_bytes(b"")
    done = CliRunner().invoke(legger, ["doctor", "--archive", str(path)], standalone_mode=False)
    assert "is empty" in " ".join(done.output.split())
    assert path.read_bytes() == b""


def test_every_command_with_an_archive_is_among_them() -> None:
    assert len(LEAVES) > 25
    assert all(isinstance(each, click.Command) for each in LEAVES.values())
