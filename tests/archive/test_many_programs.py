"""Many programs on one archive: nothing that was committed is lost, and every question sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from archive import Archive
from tests.programs import PROCESSES

NOW = datetime(2026, 3, 2, tzinfo=UTC)
OURS, THEIRS = 250, 250
"""Commits of this process and of each of the others."""


def _write_and_close(path: str, name: str, committed: Synchronized[int]) -> None:
    """A program that comes, commits a little, and goes, again and again."""
    for first in range(0, THEIRS, 5):
        with Archive.open(path, create=False) as archive:
            for number in range(first, first + 5):
                archive.incidents.note("late", str(number), at=NOW, site=name)
                committed.value += 1


def _write_and_checkpoint(path: str, name: str, committed: Synchronized[int]) -> None:
    """A program that stays, and empties the log into the file over and over."""
    with Archive.open(path, create=False) as archive:
        for number in range(THEIRS):
            archive.incidents.note("late", str(number), at=NOW, site=name)
            committed.value += 1
            if number % 7 == 0:
                with closing(sqlite3.connect(path, timeout=60)) as beside:
                    beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _write_and_vacuum(path: str, name: str, committed: Synchronized[int]) -> None:
    """A program that writes the whole file anew now and then."""
    for number in range(THEIRS):
        with ExitStack() as stack:
            if number % 3 == 0:
                stack.enter_context(Archive.open(path, create=False, read_only=True))
            archive = stack.enter_context(Archive.open(path, create=False))
            archive.incidents.note("late", str(number), at=NOW, site=name)
            committed.value += 1
        if number % 60 == 0:
            with closing(sqlite3.connect(path, timeout=60)) as beside:
                beside.execute("VACUUM")


OTHERS: tuple[Callable[[str, str, Synchronized[int]], None], ...] = (
    _write_and_close,
    _write_and_checkpoint,
    _write_and_vacuum,
)


def _count(archive: Archive) -> int:
    with archive.snapshot() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM incidents").scalar_one())


def test_a_writer_and_readers_in_one_process_and_three_other_programs_lose_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "legger.db")
    Archive.open(path).close()
    committed = [PROCESSES.Value("q", 0) for _ in OTHERS]
    processes = [
        PROCESSES.Process(target=work, args=(path, work.__name__, count))
        for work, count in zip(OTHERS, committed, strict=True)
    ]
    with ExitStack() as stack:
        writer = stack.enter_context(Archive.open(path, create=False))
        readers = [stack.enter_context(Archive.open(path, read_only=True)) for _ in range(3)]
        for process in processes:
            process.start()
        for number in range(OURS):
            writer.incidents.note("late", str(number), at=NOW, site="here")
            before = number + 1 + sum(count.value for count in committed)
            assert _count(readers[number % 3]) >= before
            if number % 5 == 0:  # one more reader comes and goes, as the metrics, the doctor and telling do
                with Archive.open(path, create=False, read_only=True) as passing:
                    assert _count(passing) >= before
            if number % 50 == 0:
                with Archive.open(path, create=False) as passing:
                    passing.incidents.note("late", str(number), at=NOW, site="passing")
        for process in processes:
            process.join(120)
        assert [process.exitcode for process in processes] == [0, 0, 0]
        assert [count.value for count in committed] == [THEIRS] * 3
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        there = dict(connection.execute("SELECT site, count(DISTINCT says) FROM incidents GROUP BY site"))
    assert there == {"here": OURS, "passing": OURS // 50} | {work.__name__: THEIRS for work in OTHERS}


def test_what_is_committed_after_another_program_left_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    committed = PROCESSES.Value("q", 0)
    with Archive.open(path) as archive:
        Archive.open(path, read_only=True).close()
        archive.incidents.note("late", "before", at=NOW, site="here")
        process = PROCESSES.Process(target=_write_and_close, args=(str(path), "elsewhere", committed))
        process.start()
        process.join(60)
        archive.incidents.note("late", "after", at=NOW, site="here")
        assert _count(archive) == THEIRS + 2
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM incidents").fetchone() == (THEIRS + 2,)
