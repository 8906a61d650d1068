"""The clock: wakes each site when it is due; one process per visit. Fetches, reads and stores nothing itself.

APScheduler only ticks. What is due follows from the archive's own record of runs, so that a restart, a
second clock or a changed interval never postpones or doubles a visit by itself::

    python scheduler.py --every 6 --at-most 2        or        legger schedule --every 6 --at-most 2
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.background import BackgroundScheduler

from archive import Archive
from crawler.site import load_sites

log = logging.getLogger("legger.schedule")

TICK = 15
"""Seconds between two looks at what is due."""


def due(
    sites: Iterable[str], last_started: Mapping[str, datetime], *, now: datetime, every: timedelta
) -> list[str]:
    """The sites to visit now: those never visited first, then the longest ago."""
    never = datetime.min.replace(tzinfo=UTC)
    waiting = [name for name in sites if now - last_started.get(name, never) >= every]
    return sorted(waiting, key=lambda name: (last_started.get(name, never), name))


@dataclass(kw_only=True)
class Visit:
    """A visit under way: one process with a log of its own and a deadline."""

    site: str
    process: subprocess.Popen[bytes]
    log: Path
    deadline: float
    """Monotonic seconds; past it the process is asked to finish, and 60 seconds later ended."""
    asked: bool = False

    def hurry(self, monotonic: float) -> None:
        """Ask an overdue visit to finish and commit; end it when it does not."""
        if monotonic > self.deadline + 60:
            log.error("%s: did not finish when asked; ended", self.site)
            self.process.kill()
        elif monotonic > self.deadline and not self.asked:
            log.warning("%s: over its time; asked to finish", self.site)
            self.asked = True
            self.process.terminate()


@dataclass(kw_only=True)
class Clock:
    """Wakes sites. ``tick`` is one look: ends what has ended, starts what is due."""

    archive: str
    every: timedelta
    at_most: int = 2
    """Visits at a time, each of another site."""
    time_limit: timedelta = timedelta(hours=4)
    logs: Path = Path("logs")
    sites: Callable[[], Sequence[str]] = lambda: list(load_sites(shipped=False))
    under_way: dict[str, Visit] = field(default_factory=dict)
    _tried: dict[str, datetime] = field(default_factory=dict)

    def tick(self) -> None:
        """Look once: reap, hurry, and start visits that are due."""
        for site, visit in list(self.under_way.items()):
            status = visit.process.poll()
            if status is None:
                visit.hurry(time.monotonic())
            else:
                level = logging.INFO if status == 0 else logging.ERROR
                log.log(level, "%s: visit ended with %d; log: %s", site, status, visit.log)
                del self.under_way[site]
        free = self.at_most - len(self.under_way)
        if free > 0:
            now = datetime.now(UTC)
            started = {**self._started(), **self._tried}
            for site in due(self.sites(), started, now=now, every=self.every):
                if site not in self.under_way and free > 0:
                    self.start(site, now)
                    free -= 1

    def _started(self) -> dict[str, datetime]:
        """When each site was last gone to, by this clock or anybody else."""
        with Archive.open(self.archive) as archive:
            return {run.site: run.started for run in reversed(archive.runs())}

    def start(self, site: str, now: datetime) -> None:
        """Start one visit in a process of its own."""
        self.logs.mkdir(parents=True, exist_ok=True)
        file = self.logs / f"{site}-{now:%Y%m%dT%H%M%SZ}.log"
        with file.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "legger", "crawl", site, "--archive", self.archive],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C at the clock's terminal is passed on by close(), once
            )
        log.info("%s: visit started, log: %s", site, file)
        self._tried[site] = now
        self.under_way[site] = Visit(
            site=site,
            process=process,
            log=file,
            deadline=time.monotonic() + self.time_limit.total_seconds(),
        )

    def close(self, patience: float = 60) -> None:
        """Ask every visit to finish and commit; end those that have not after *patience* seconds."""
        for visit in self.under_way.values():
            visit.process.terminate()
        until = time.monotonic() + patience
        for visit in self.under_way.values():
            try:
                visit.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("%s: did not finish when asked; ended", visit.site)
                visit.process.kill()
                visit.process.wait()
        self.under_way.clear()


def never_silent(event: JobEvent) -> None:
    """A tick that came too late or found the one before it still at work is said, not swallowed."""
    log.warning("a look at what is due was missed (%s); the next one makes up for it", event.code)


def run(clock: Clock, *, stop: threading.Event) -> None:
    """Tick until *stop* is set, then let visits finish."""
    ticker = BackgroundScheduler(timezone=UTC)
    ticker.add_listener(never_silent, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    ticker.add_job(
        clock.tick,
        "interval",
        seconds=TICK,
        next_run_time=datetime.now(UTC),
        misfire_grace_time=None,  # however late, look: the default gives up after one second
        coalesce=True,
        max_instances=1,
    )
    ticker.start()
    log.info("the clock runs: every site each %s, %d at a time", clock.every, clock.at_most)
    try:
        stop.wait()
    finally:
        ticker.shutdown(wait=True)
        clock.close()
        log.info("the clock has stopped")


def run_until_stopped(clock: Clock) -> None:
    """Tick until SIGTERM or Ctrl-C, with a log on stderr."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    run(clock, stop=stop)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the clock until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Visit every site when it is due.")
    parser.add_argument("--archive", default=os.environ.get("LEGGER_ARCHIVE", "legger.db"))
    parser.add_argument("--every", type=float, default=6, metavar="HOURS", help="between two visits (6)")
    parser.add_argument("--at-most", type=int, default=2, metavar="N", help="visits at a time (2)")
    parser.add_argument("--logs", type=Path, default=Path("logs"), help="folder of one log per visit")
    said = parser.parse_args(arguments)
    clock = Clock(
        archive=said.archive, every=timedelta(hours=said.every), at_most=said.at_most, logs=said.logs
    )
    run_until_stopped(clock)


if __name__ == "__main__":
    main()
