"""An archive in PostgreSQL with an empty queue, and workers as processes of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, inspect, text

from archive import Archive
from archive.operations.fleet import QueuedVisit
from archive.operations.site_files import SITE
from crawler.fleet.planner import FleetPlanner
from crawler.fleet.queue import TASK, VisitQueue, set_up
from crawler.scheduling.timetable import DefaultSchedule
from tests import postgresql, programs

USAGE = DefaultSchedule(every=timedelta(hours=6))

VISIT = """
import os, sys, time
from crawler.scheduling.tied import end_with_parent
end_with_parent()
site, notes = sys.argv[2], os.environ["NOTES"]
def note(what):
    with open(notes, "a") as file:
        file.write(f"{time.time()} {site} {what}\\n")
note("begins")
time.sleep(float(os.environ.get("LASTS", "0.3")))
note("ends")
"""
"""What stands for a visit, where it does not matter what that finds: it notes when it begins and ends."""

WORKER = """
import sys, datetime, pathlib, logging
from crawler.fleet.worker import FleetMember
from crawler.scheduling.programs import Started
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
where, folder, at_most, grace, heartbeat = sys.argv[1:]
FleetMember(
    archive=where, at_most=int(at_most), logs=pathlib.Path(folder), heartbeat=float(heartbeat),
    grace=datetime.timedelta(seconds=float(grace)),
    options={"program": Started((sys.executable, "-c", VISIT))},
).run()
""".replace("VISIT", repr(VISIT))


HEARTBEAT = 2.0
"""Seconds. A worker that a busy machine keeps from its database for five times as long ends its visits."""
PATIENCE = 240.0
"""Seconds; what takes two of them takes a minute where twenty programs wait for a processor."""


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


@dataclass
class FleetStage:
    """An archive in PostgreSQL, its queue, and the workers that a test starts."""

    where: str
    folder: Path
    workers: list[programs.Running] = field(default_factory=list)

    def publish(self, **urls: str) -> None:
        """Sites by their addresses, all due now."""
        now = datetime.now(UTC)
        files = [(SITE, name, f'url = "{url}"\nallow_private = true\n') for name, url in urls.items()]
        with Archive.open(self.where) as archive:
            archive.site_files.publish(files, at=now, machine="test")
            for name in urls:
                archive.schedule.add_entry(name, due_at=now, at_latest=now)

    def plan(self) -> int:
        """Put what is due on the queue, as a clock does at every look; returns how many that were."""
        with FleetPlanner(self.where) as planner, Archive.open(self.where) as archive:
            planner.look(archive)
            now = datetime.now(UTC)
            due = [each for each in archive.schedule.entries() if each.due_at <= now]
            return planner.hand_out(archive, due, USAGE, now)

    def put(self, site: str, group: str) -> bool:
        """Queue a visit of a site, whatever is queued of it."""
        with closing(VisitQueue(self.where)) as queue:
            return queue.put(
                TASK, group=group, once=f"{site} visit", priority=2, site=site, kind="visit",
                every=21_600.0, poll=0.0,
            )  # fmt: skip

    def worker(self, *, at_most: int = 2, grace: float = 30, lasts: float = 0.3) -> programs.Running:
        """A worker whose visits last so many seconds."""
        process = programs.start(
            "-c", WORKER, self.where, str(self.folder / "logs"), str(at_most), str(grace), str(HEARTBEAT),
            cwd=Path.cwd(),
            environment=os.environ | {"NOTES": str(self.folder / "notes"), "LASTS": str(lasts)},
            log=self.folder / f"worker-{len(self.workers)}.log",
        )  # fmt: skip
        self.workers.append(process)
        return process

    def count_as_silent(self, worker: int) -> None:
        """Let the others wait a moment for a worker's next sign of life, which it gives as before."""
        with Archive.open(self.where) as archive:
            with archive.session.writing() as connection:
                connection.execute(
                    text("UPDATE workers SET heartbeat = 0.1 WHERE number = :worker"), {"worker": worker}
                )
            archive.commit()

    def visits(self) -> list[QueuedVisit]:
        with Archive.open(self.where, read_only=True) as archive:
            return archive.fleet.visits()

    def under_way(self) -> list[str]:
        return sorted(each.site for each in self.visits() if each.under_way)

    def notes(self) -> list[tuple[float, str, str]]:
        """When, which site, what: of every visit that began or ended."""
        file = self.folder / "notes"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(float(at), site, what) for at, site, what in (line.split() for line in lines)]

    def said(self, site: str, what: str) -> int:
        return sum(1 for _, of, said in self.notes() if (of, said) == (site, what))

    def jobs(self) -> list[tuple[str, str]]:
        """Site and status of every job that is left in the queue."""
        with Archive.open(self.where, read_only=True) as archive, archive.snapshot() as connection:
            rows = connection.execute(
                text("SELECT args ->> 'site', CAST(status AS text) FROM procrastinate_jobs ORDER BY id")
            )
            return [(row[0], row[1]) for row in rows]


@contextmanager
def _staged(where: str, folder: Path) -> Iterator[FleetStage]:
    stage = FleetStage(where, folder)
    try:
        yield stage
    finally:
        for process in stage.workers:
            process.kill()
            process.wait()


@pytest.fixture
def stage(postgresql_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FleetStage]:
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path / "sites"))
    with postgresql.emptied(postgresql_template) as where:
        set_up(where)
        engine = create_engine(where, poolclass=NullPool)
        with engine.begin() as connection:
            there = [
                each for each in inspect(connection).get_table_names() if each.startswith("procrastinate_")
            ]
            connection.exec_driver_sql(f"TRUNCATE {', '.join(there)} RESTART IDENTITY CASCADE")
        with _staged(where, tmp_path) as staged:
            yield staged


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened
