"""Verifying: a sound archive says so, and whatever was tampered with is found."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive import Archive
from archive.errors import ArchiveError, Damaged, NotAnArchive, UsageError
from archive.integrity.verify import unopened
from archive.model.reports import RunCounts
from archive.model.types import Provenance
from tests.archive.newsroom import Filer, article, capture, day


def _story(path: Path) -> None:
    """A run, a few batches, a page packed against another, a page taken back."""
    with Archive.open(path) as archive:
        desk = Filer(archive)
        run = archive.runs.start("krant", at=day(0), settings={"limit": 3, "all": True})
        page = "".join(f"<li>{number}</li>" for number in range(500))
        for visit in range(3):
            desk.see(article(f"Bezoek {visit}."), day(visit), body=f"<p>{page}{visit}</p>".encode())
            archive.captures.keep(
                capture(at=day(visit), body=b"", status=304, via="https://krant.example/0"), run=run
            )
            archive.commit()
        with pytest.raises(ZeroDivisionError), archive.session.writing():
            archive.captures.keep(capture(at=day(8)))
            raise ZeroDivisionError
        desk.see(article("Bezoek 9."), day(9))
        archive.runs.end(run, at=day(9), outcome="done", counts=RunCounts(new=1))


def test_a_sound_archive_verifies_and_so_does_one_that_was_compacted_and_read_again(
    archive_file: Path,
) -> None:
    _story(archive_file)
    with Archive.open(archive_file) as archive:
        told: list[str] = []
        assert archive.integrity.verify(progress=lambda what, done, of: told.append(what)) == []
        assert {"bodies", "readings", "seals"} <= set(told)
        head = archive.integrity.head()
        archive.recompression.compact("krant")
        better = Provenance(extractor="2")
        archive.rereading.reread("krant", lambda page: replace(article("Beter."), reader=better))
        assert archive.integrity.verify(head=head) == []
        assert archive.integrity.head() == head, "neither is an event of the outside world"
        Filer(archive).see(article("Later."), day(10))
        archive.commit()
        assert archive.integrity.head().seal == head.seal + 1
        assert archive.integrity.verify(head=head) == []


LONG_AGO = "'2020-01-01 00:00:00.000000'"
TAMPERINGS = {
    "a capture's time": (f"UPDATE captures SET at = {LONG_AGO} WHERE id = 1", "seal 2 is broken"),
    "a capture's address": ("UPDATE addresses SET url = 'https://elders.example/'", "seal 2 is broken"),
    "a capture taken out": ("DELETE FROM captures WHERE id = 2", "seal 2 is broken"),
    "a version's moment": (f"UPDATE versions SET first_seen = {LONG_AGO} WHERE id = 2", "seal 3 is broken"),
    "a run's settings": ("UPDATE runs SET settings = '{}'", "seal 1 is broken: run 1"),
    "a word of the text": ("UPDATE readings SET text = 'Bezoek 7.' WHERE id = 2", "reading 2 of capture 3"),
    "a word and its hash": ("UPDATE readings SET text = '', content_hash = '' WHERE id = 2", "seal 3 is"),
    "a byte of a page": ("UPDATE bodies SET data = CAST('x' || data AS BLOB) WHERE id = 1", "body"),
    "another page": ("UPDATE bodies SET digest = CAST(randomblob(32) AS BLOB) WHERE id = 2", "body 2 does"),
    "a version left out": ("UPDATE versions SET number = 9 WHERE id = 2", "has 4 versions"),
    "a seal that names other rows": ("UPDATE seals SET captures = '2-3' WHERE id = 2", "seal 2 is broken"),
    "a seal that names no numbers": ("UPDATE seals SET captures = 'alle' WHERE id = 2", "seal 2 cannot be"),
    "a seal taken off": ("DELETE FROM seals WHERE id = 5", "without a seal"),
    "a row that refers to nothing": ("UPDATE verdicts SET article_id = 99 WHERE capture_id = 1", "refers to"),
    "a dictionary": ("UPDATE dictionaries SET data = CAST('x' AS BLOB)", "dictionary 1 is damaged"),
}


@pytest.mark.parametrize(("statement", "words"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_what_was_tampered_with_is_found(tmp_path: Path, statement: str, words: str) -> None:
    _story(tmp_path / "legger.db")
    vandal = sqlite3.connect(tmp_path / "legger.db")
    assert vandal.execute(statement).rowcount > 0
    vandal.commit()
    vandal.close()
    with Archive.open(tmp_path / "legger.db", read_only=True) as archive:
        problems = archive.integrity.verify()
    assert any(words in problem.what for problem in problems), problems
    assert all(problem.advice for problem in problems)


def test_a_chain_that_was_made_anew_does_not_pass_through_a_written_down_head(
    tmp_path: Path,
    archive_file: Path,
) -> None:
    _story(archive_file)
    with Archive.open(archive_file) as archive:
        head = archive.integrity.head()
    with Archive.open(tmp_path / "other.db") as archive:
        Filer(archive).see(article("Verzonnen."), day(0))
        archive.commit()
        assert any("not there" in problem.what for problem in archive.integrity.verify(head=head))
        forged = replace(head, seal=1)
        assert any("not the one" in problem.what for problem in archive.integrity.verify(head=forged))


@pytest.mark.sqlite
def test_a_backup_made_while_others_write_is_a_sound_archive(tmp_path: Path, archive_file: Path) -> None:
    _story(archive_file)
    with Archive.open(archive_file) as archive, Archive.open(archive_file) as other:
        Filer(other).see(article("Nog niet."), day(20))
        archive.integrity.backup(tmp_path / "copy.db")
        other.commit()
        with pytest.raises(UsageError, match="exists already"):
            archive.integrity.backup(tmp_path / "copy.db")
        with pytest.raises(UsageError, match="no directory"):
            archive.integrity.backup(tmp_path / "no" / "copy.db")
    with Archive.open(tmp_path / "copy.db") as copy:
        assert copy.integrity.verify() == []
        assert copy.articles.version("1").article.text == "Bezoek 9."
    assert list(tmp_path.glob(".*")) == []


def _long_story(path: Path) -> None:
    """Enough that each table takes several pages of the file."""
    with Archive.open(path) as archive:
        desk = Filer(archive)
        for number in range(60):
            words = " ".join(f"woord{number}x{each}" for each in range(300))
            desk.see(
                article(words, title=f"Titel {number}"), day(number % 9),
                key=str(number), url=f"https://krant.example/{number}", body=f"<p>{words}</p>".encode(),
            )  # fmt: skip
            archive.commit()
        archive.index.update()


def _pages_of(path: Path, table: str) -> list[int]:
    """The pages of the file that a table's leaves stand on, as SQLite numbers them."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = path.read_bytes()
    page = content[(root - 1) * size : root * size]
    assert page[0] == 5, "an interior page: the table takes several"
    cells = int.from_bytes(page[3:5])
    places = [int.from_bytes(page[12 + 2 * each : 14 + 2 * each]) for each in range(cells)]
    return [int.from_bytes(page[place : place + 4]) for place in places]


def _smash(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("table", ["bodies", "readings", "captures", "versions", "articles"])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_page_that_is_damaged_is_told_and_the_rest_is_checked_all_the_same(
    tmp_path: Path, table: str, read_only: bool
) -> None:
    path = tmp_path / "legger.db"
    _long_story(path)
    with closing(sqlite3.connect(path)) as vandal:
        vandal.execute("UPDATE bodies SET digest = CAST(randomblob(32) AS BLOB) WHERE id = 59")
        vandal.execute("UPDATE readings SET title = 'Verzonnen' WHERE id = 58")
        vandal.execute("UPDATE runs SET settings = '{}'")
        vandal.commit()
        vandal.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    _smash(path, _pages_of(path, table)[0])
    with Archive.open(path, create=False, read_only=read_only) as archive:
        said = [problem.what for problem in archive.integrity.verify()]
    assert any("SQLite" in words for words in said), said
    assert any("body 59 " in words for words in said), said
    assert any("reading 58 of capture" in words for words in said) or table == "captures", said
    assert any("seal" in words for words in said)
    if table in ("bodies", "readings"):
        name = {"bodies": "body", "readings": "reading"}[table]
        assert any(re.search(rf"{name} 1( to \d+)? cannot be read", words) for words in said), said
    assert not any("legger verify" in words for words in said), "it does not advise itself"


@pytest.mark.parametrize("fill", [b"\xff", b"\0"])
def test_a_file_that_cannot_even_be_opened_is_told_as_a_problem(tmp_path: Path, fill: bytes) -> None:
    path = tmp_path / "legger.db"
    _long_story(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(fill * (4096 * 20))
    with pytest.raises(ArchiveError) as caught:
        Archive.open(path, create=False)
    assert isinstance(caught.value, Damaged | NotAnArchive)
    assert unopened(path)[0].what == f"{path} cannot be opened as an archive"
