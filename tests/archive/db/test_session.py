"""Batches: nothing committed is ever lost, nothing is ever half there, writers wait for each other."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, ArchiveError, VerdictKind
from tests.archive.newsroom import Filer, article, capture, day
from tests.programs import PROCESSES

WRITERS, VISITS = 6, 20


def _write(path: str, writer: int) -> None:
    """Visits of one shared article, whose words each writer changes, and of articles of its own."""
    with Archive.open(path) as archive:
        desk = Filer(archive)
        for visit in range(VISITS):
            desk.see(article(f"Schrijver {writer}, bezoek {visit}."), day(visit), key="shared")
            own = f"https://krant.example/{writer}/{visit}"
            desk.see(article(), day(visit), key=own, url=own)
            if visit % 3 == 0:
                archive.commit()


def test_six_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "legger.db")
    Archive.open(path).close()
    processes = [PROCESSES.Process(target=_write, args=(path, writer)) for writer in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * WRITERS
    with Archive.open(path, read_only=True) as archive:
        history = archive.articles.history("shared")
        assert [version.number for version in history] == list(range(1, WRITERS * VISITS + 1))
        assert len({version.article.text for version in history}) == WRITERS * VISITS
        assert len(list(archive.articles.all())) == WRITERS * VISITS + 1
        assert archive.holdings.stats().sites[0].captures == 2 * WRITERS * VISITS


def test_a_killed_process_loses_its_open_batch_and_never_half_a_page(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    story = textwrap.dedent("""
        import sys
        from archive import Archive
        from tests.archive.newsroom import Filer, article, capture, day

        archive = Archive.open(sys.argv[1])
        desk = Filer(archive)
        desk.see(article(), day(0))
        archive.commit()
        desk.see(article("Andere woorden."), day(1))
        archive.captures.keep(capture(at=day(2)))
        print("written", flush=True)
        sys.stdin.read()
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", story, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    with process:
        assert process.stdout is not None and process.stdout.readline() == b"written\n"
        os.kill(process.pid, signal.SIGKILL)
    with Archive.open(path) as archive:
        [version] = archive.articles.history("1")
        assert version.article == article()
        assert len(list(archive.captures.walk())) == 1
        assert Filer(archive).see(article("Andere woorden."), day(1)).kind is VerdictKind.CHANGED


def test_an_error_in_reading_leaves_the_capture_in_the_batch(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        kept = archive.captures.keep(capture())
        with pytest.raises(TypeError):
            archive.filing.file(
                article(tags=(object(),)), capture=kept, key="1", read_again=lambda page: article()
            )
        archive.filing.unreadable(kept, "TypeError")
    with Archive.open(tmp_path / "legger.db", read_only=True) as archive:
        assert [each.id for each in archive.captures.walk()] == [kept.id]


def test_an_error_in_writing_takes_back_what_belongs_together_and_no_more(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Filer(archive)
        desk.see(article(), day(0))
        archive.commit()
        with closing(sqlite3.connect(tmp_path / "legger.db")) as other, other:
            trigger = "CREATE TRIGGER full BEFORE INSERT ON verdicts BEGIN SELECT RAISE(FAIL, 'full'); END"
            other.execute(trigger)
        with pytest.raises(Exception, match="full"):
            desk.see(article("Andere woorden."), day(1))
        archive.commit()
        assert [version.superseded for version in archive.articles.history("1")] == [None]
        assert [kept.capture.at for kept in archive.captures.walk()] == [day(0), day(1)]


def test_readers_do_not_see_an_open_batch_and_its_writer_does(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as writer, Archive.open(tmp_path / "legger.db") as other:
        assert writer.session.age == 0
        Filer(writer).see(article(), day(0))
        assert writer.session.age > 0
        assert (len(list(writer.articles.all())), len(list(other.articles.all()))) == (1, 0)
        writer.commit()
        assert len(list(other.articles.all())) == 1
        assert writer.session.age == 0


def test_a_damaged_body_is_told_and_not_returned(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        kept = archive.captures.keep(capture(body=b"<p>De brug is dicht.</p>" * 50))
    with closing(sqlite3.connect(tmp_path / "legger.db")) as vandal, vandal:
        vandal.execute("UPDATE bodies SET data = CAST(substr(data, 1, 30) || x'00' AS BLOB)")
    with (
        Archive.open(tmp_path / "legger.db", read_only=True) as archive,
        pytest.raises(ArchiveError, match="verify"),
    ):
        archive.articles.body(kept.id)
