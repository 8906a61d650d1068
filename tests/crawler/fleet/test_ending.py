"""What becomes of an entry when its visit has ended, in whatever way."""

from __future__ import annotations

import logging
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from archive import Archive
from archive.model.addresses import ARCHIVE_AWAY
from archive.model.reports import RunCounts
from archive.operations.site_files import SITE
from crawler.fleet.queue import in_a_sentence
from crawler.fleet.sites import PublishedSites
from crawler.fleet.visits import FleetVisit, VisitRunner
from crawler.scheduling.programs import Started
from crawler.scheduling.timetable import DefaultSchedule

USAGE = DefaultSchedule(every=timedelta(hours=6))
DIES = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def begun(archive: Archive, where: Path, folder: Path, program: str) -> tuple[VisitRunner, FleetVisit]:
    now = datetime.now(UTC)
    archive.site_files.publish([(SITE, "roskam", 'url = "http://127.0.0.1/"\n')], at=now, machine="m")
    archive.schedule.add_entry("roskam", due_at=now, at_latest=now)
    archive.schedule.make_due("roskam", at=now)
    runner = VisitRunner(
        archive=str(where), sites=PublishedSites(folder / "sites"), logs=folder / "logs",
        program=Started((sys.executable, "-c", program)),
    )  # fmt: skip
    visit = runner.begin(archive, "roskam", "visit", USAGE)
    assert visit is not None
    return runner, visit


def ended(archive: Archive, runner: VisitRunner, visit: FleetVisit, *, stopping: bool = False) -> timedelta:
    """How long after now the entry is due."""
    while not visit.has_ended(time.monotonic()):
        time.sleep(0.02)
    runner.end(archive, visit, stopping=stopping)
    assert archive.schedule.claims() == []
    return archive.schedule.next_entries()["roskam"].due_at - datetime.now(UTC)


@pytest.mark.parametrize(
    ("program", "outcome", "hours", "incidents"),
    [
        pytest.param("pass", "done", 6, [], id="done: after its interval"),
        pytest.param("import sys; sys.exit(1)", "failed", 6, ["failed"], id="failed, and on record: too"),
        pytest.param("import sys; sys.exit(1)", None, 0, ["failed"], id="its run has no end: at once"),
        pytest.param("import sys; sys.exit(1)", "", 0, ["failed"], id="no run was begun: at once"),
        pytest.param(DIES, None, 0, ["killed"], id="killed: at once"),
        pytest.param(
            "import sys; sys.exit(1)", "away", 0, ["failed"], id="the archive was away for a moment: at once"
        ),
    ],
)
def test_when_a_site_is_due_again(
    archive: Archive, archive_file: Path, tmp_path: Path,
    program: str, outcome: str | None, hours: int, incidents: list[str],
) -> None:  # fmt: skip
    before = archive.runs.start("roskam", at=datetime.now(UTC), settings={})
    archive.runs.end(before, at=datetime.now(UTC), outcome="done", counts=RunCounts())
    runner, visit = begun(archive, archive_file, tmp_path, program)
    if outcome != "":
        run = archive.runs.start("roskam", at=datetime.now(UTC), settings={})
        if outcome == "away":
            why = f"{ARCHIVE_AWAY}: the database is starting"
            archive.runs.end(run, at=datetime.now(UTC), outcome="failed", counts=RunCounts(), why=why)
        elif outcome is not None:
            archive.runs.end(run, at=datetime.now(UTC), outcome=outcome, counts=RunCounts())
    due = ended(archive, runner, visit)
    assert abs(due - timedelta(hours=hours)) < timedelta(minutes=5)
    assert [each.kind for each in archive.incidents.list()] == incidents


def test_one_that_is_cut_off_again_and_again_waits_longer_each_time_and_once_done_not_at_all(
    archive: Archive, archive_file: Path, tmp_path: Path
) -> None:
    waits = []
    for _ in range(4):
        runner, visit = begun(archive, archive_file, tmp_path, DIES)
        waits.append(round(ended(archive, runner, visit).total_seconds() / 30))
    assert waits == [0, 1, 2, 4]
    runner, visit = begun(archive, archive_file, tmp_path, "pass")
    ended(archive, runner, visit)
    runner, visit = begun(archive, archive_file, tmp_path, DIES)
    assert round(ended(archive, runner, visit).total_seconds() / 30) == 0


def test_a_visit_told_to_stop_is_handed_back_as_due_as_it_was_unless_it_was_done(
    archive: Archive, archive_file: Path, tmp_path: Path
) -> None:
    runner, visit = begun(archive, archive_file, tmp_path, "import time; time.sleep(600)")
    visit.stop()
    assert ended(archive, runner, visit) < timedelta()
    assert archive.schedule.next_entries()["roskam"].tries == 0
    runner, visit = begun(archive, archive_file, tmp_path, "import time; time.sleep(600)")
    run = archive.runs.start("roskam", at=datetime.now(UTC), settings={})
    archive.runs.end(run, at=datetime.now(UTC), outcome="done", counts=RunCounts())
    visit.stop()
    assert ended(archive, runner, visit) > timedelta(hours=5)
    assert archive.incidents.list()[:1] == [] or archive.incidents.list()[0].kind == "killed"


@pytest.mark.parametrize(
    ("program", "outcome", "handed_back"),
    [
        pytest.param("pass", "stopped", True, id="it was told to stop"),
        pytest.param(
            "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
            "",
            True,
            id="it was, and had not begun",
        ),
        pytest.param("pass", "done", False, id="it was done"),
        pytest.param("import sys; sys.exit(1)", "failed", False, id="it failed by itself"),
    ],
)
def test_when_all_processes_of_a_machine_are_told_to_stop_what_is_left_of_visits_is_handed_back(
    archive: Archive, archive_file: Path, tmp_path: Path, program: str, outcome: str, handed_back: bool
) -> None:
    runner, visit = begun(archive, archive_file, tmp_path, program)
    if outcome:
        run = archive.runs.start("roskam", at=datetime.now(UTC), settings={})
        archive.runs.end(run, at=datetime.now(UTC), outcome=outcome, counts=RunCounts())
    assert (ended(archive, runner, visit, stopping=True) < timedelta()) is handed_back
    assert [each.kind for each in archive.incidents.list()] == (["failed"] if outcome == "failed" else [])


def test_a_site_that_is_being_visited_paused_or_not_due_is_not_begun(
    archive: Archive, archive_file: Path, tmp_path: Path
) -> None:
    runner, visit = begun(archive, archive_file, tmp_path, "pass")
    assert runner.begin(archive, "roskam", "visit", USAGE) is None, "it is claimed"
    ended(archive, runner, visit)
    assert runner.begin(archive, "roskam", "visit", USAGE) is None, "it is not due"
    now = datetime.now(UTC)
    archive.schedule.make_due("roskam", at=now)
    lease = archive.schedule.lease("roskam", "elsewhere:1@x", now=now, until=now + timedelta(hours=1))
    assert lease is not None
    assert runner.begin(archive, "roskam", "visit", USAGE) is None, "somebody visits it"
    archive.schedule.release(lease)
    archive.schedule.pause("roskam", at=now)
    assert runner.begin(archive, "roskam", "visit", USAGE) is None, "it is paused"
    assert runner.begin(archive, "nowhere", "visit", USAGE) is None, "nobody knows it"


def test_a_database_that_is_away_is_told_in_one_line_and_other_errors_whole() -> None:
    def told(error: Exception) -> str:
        try:
            raise error from psycopg.OperationalError("server closed the connection\n\tThis means it ended\n")
        except Exception:
            record = logging.LogRecord(
                "procrastinate.worker", 40, "", 0, "listener error: %r", (error,), None
            )
            record.exc_info = sys.exc_info()
            assert in_a_sentence(record)
            return logging.Formatter().format(record)

    assert told(ConnectorException()) == "listener error: server closed the connection This means it ended"
    assert "Traceback" in told(KeyError("job"))
