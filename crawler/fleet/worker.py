"""A worker: takes due visits from the queue, so many at a time, until it is told to stop.

What it does at a site is claimed in the archive, and runs in a process that ends with the worker. A worker
that cannot give a sign of life ends its visits, for others will take it for dead.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from procrastinate import App, JobContext
from procrastinate.jobs import Status
from procrastinate.worker import Worker

from archive import Archive
from archive.errors import ArchiveError, LeggerError, OtherSchema
from archive.operations.fleet import MISSED
from archive.operations.schedule import holder
from crawler import clock
from crawler.fleet.queue import (
    BULK_QUEUE,
    NOTHING,
    QUEUE,
    UNREACHABLE,
    database_of,
    in_a_sentence,
    set_up,
    why,
    worker_app,
    worker_of,
)
from crawler.fleet.sites import PublishedSites
from crawler.fleet.sweep import Sweeper
from crawler.fleet.visits import FleetVisit, VisitRunner
from crawler.scheduling.timetable import DefaultSchedule

log = logging.getLogger("legger.schedule")

LAST_CALL = timedelta(seconds=30)
"""Of the time a worker has to stop: what visits have that are told to, but no more than half of it."""
LOOK = 0.2
"""Seconds between two looks at whether a visit has ended."""
AGAIN = 5.0
"""Seconds before another try at a database that is away."""
A_MINUTE, A_DAY = 60.0, 86_400.0
KEPT_JOBS = 7 * 24
"""Hours."""
_SAID = "SELECT id FROM procrastinate_workers WHERE id = %(number)s"
_P = ParamSpec("_P")
_R = TypeVar("_R")


class ArchiveThread:
    """An archive that is asked by one thread of its own, and opened anew after an error."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._open: Archive | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")

    async def ask(
        self,
        question: Callable[Concatenate[Archive, _P], _R],
        *arguments: _P.args,
        **named: _P.kwargs,
    ) -> _R:
        """Call *question* with the archive. Raises :class:`LeggerError` when that cannot be had."""

        def asked() -> _R:
            if self._open is None:
                self._open = Archive.open(self._where, create=False)
            try:
                return question(self._open, *arguments, **named)
            except ArchiveError:
                self._let_go()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._thread, asked)

    def _let_go(self) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            opened.session.abandon()
            opened.close()

    def close(self) -> None:
        """Wait for the last question, and close."""
        self._thread.submit(self._let_go)
        self._thread.shutdown()


def _say_briefly(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job whose end the queue could not be told, as its database was away, is found by the next sweep."""
    if isinstance(error := context.get("exception"), UNREACHABLE):
        log.error("the queue could not be told how a job ended: %s", why(error))
    else:
        loop.default_exception_handler(context)


@dataclass(kw_only=True)
class FleetMember:
    """A worker of a fleet. ``run`` returns when it was told to stop and its visits have ended."""

    archive: str
    at_most: int = 2
    """Visits at a time, each of sites on other servers."""
    logs: Path = Path("logs")
    grace: timedelta = timedelta(minutes=2)
    """What visits under way have to end when it is told to stop; for its last part they are told to stop."""
    heartbeat: float = 10.0
    """Seconds between two signs of life; who misses six is taken for dead."""
    options: dict[str, Any] = field(default_factory=dict)
    """For :class:`VisitRunner`, where they are not to be as usual."""
    _visits: dict[int, FleetVisit] = field(default_factory=dict)
    _jobs: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Number of each job under way -> site and kind."""
    _ahead: timedelta = timedelta()
    """How far this machine's clock was ahead of the archive's when it was last looked at."""
    _asked_to_stop: int = 0
    _given_up: bool = False
    _unrecorded: bool = False
    """Whether it stops with a visit whose end is not on record."""

    def __post_init__(self) -> None:
        """Raises :class:`UsageError` for an archive in a file."""
        database_of(self.archive)

    def run(self) -> None:
        """Work until SIGTERM or Ctrl-C, then let visits finish; at the second one end them."""
        for each in logging.getLogger().handlers:
            each.addFilter(in_a_sentence)
        with tempfile.TemporaryDirectory(prefix="legger-worker-") as folder:
            sites = PublishedSites(Path(folder))
            self._runner = VisitRunner(archive=self.archive, sites=sites, logs=self.logs, **self.options)
            asyncio.run(self._work())

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        self._stopping, self._asking = asyncio.Event(), ArchiveThread(self.archive)
        self._registered = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._stop)
        loop.set_exception_handler(_say_briefly)
        log.info("this worker runs: %d visits at a time", self.at_most)
        told = ""
        try:
            while not self._stopping.is_set():
                try:
                    await self._take_jobs()
                    told = ""
                except OtherSchema:
                    raise
                except (LeggerError, *UNREACHABLE) as error:
                    if why(error) != told:  # a password that is wrong stays so for hours
                        log.error("the queue cannot be used, and is tried again: %s", why(error))
                    told = why(error)
                    await self._pause(AGAIN)
        finally:
            self._asking.close()
            log.info("this worker has stopped")

    async def _pause(self, seconds: float) -> None:
        """Wait, but not when told to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _take_jobs(self) -> None:
        """Take jobs until told to stop, or until the database is away."""
        self._registered.clear()
        await asyncio.to_thread(set_up, self.archive)
        app = worker_app(self.archive, self._visit)
        async with app.open_async():
            self._ahead = await self._asking.ask(clock.ahead_of)
            worker = worker_of(
                app, at_most=self.at_most, queues=[NOTHING] if self._is_off else [QUEUE, BULK_QUEUE]
            )
            started = await self._asking.ask(lambda archive: archive.schedule.now())
            if self._is_off:
                log.error("this worker takes nothing until that is mended: %s", clock.said_of(self._ahead))
            beside = [
                asyncio.create_task(self._live(app, worker)),
                asyncio.create_task(self._sweep(app, worker, started)),
                asyncio.create_task(self._end_when_told(worker)),
                asyncio.create_task(self._rotate(app)),
            ]
            number = None
            try:
                running = asyncio.create_task(worker.run())
                while not running.done():
                    await asyncio.wait({running}, timeout=LOOK)
                    number = worker.worker_id or number
                running.result()
            finally:
                for each in beside:
                    each.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                if number is not None:
                    await self._withdraw(number)

    @property
    def _is_off(self) -> bool:
        """Whether this machine's clock is so far from the archive's that it makes no visits."""
        return abs(self._ahead) > clock.FAR

    async def _withdraw(self, number: int) -> None:
        if self._unrecorded:
            return  # others will find it dead, and hand back what it was at
        try:
            await self._asking.ask(lambda archive: archive.fleet.withdraw(number))
        except LeggerError as error:  # others will find it dead
            log.error("that this worker stopped could not be put on record: %s", error)

    # ------------------------------------------------------------ visits

    async def _visit(self, context: JobContext, *, site: str, kind: str, every: float, poll: float) -> None:
        """Do a job. *every* and *poll*: seconds, what holds where the site's file says nothing."""
        while not self._registered.is_set() and not self._stopping.is_set():
            await asyncio.sleep(LOOK / 4)  # what one claims of whom nobody knows could not be handed back
        if self._stopping.is_set():
            return  # it stays due
        number = context.job.id or 0
        defaults = DefaultSchedule(every=timedelta(seconds=every), poll=timedelta(seconds=poll))
        self._jobs[number] = site, kind
        try:
            visit = await self._asking.ask(self._runner.begin, site, kind, defaults)
            if visit is None:
                return
            self._visits[number] = visit
            if self._stopping.is_set() and self._asked_to_stop > 1:
                visit.kill()
            try:
                while not visit.has_ended(time.monotonic()):
                    await asyncio.sleep(LOOK)
            except asyncio.CancelledError:  # somebody cancelled the job
                visit.stop()
                while not visit.has_ended(time.monotonic()):
                    await asyncio.sleep(LOOK)
                await self._put_on_record(visit)
                raise
            await self._put_on_record(visit)
        finally:
            self._jobs.pop(number, None)
            self._visits.pop(number, None)

    async def _put_on_record(self, visit: FleetVisit) -> None:
        """What a database that is away keeps off the record is put there when it is back."""
        told = False
        while True:
            try:
                await self._asking.ask(self._runner.end, visit, stopping=self._stopping.is_set())
                return
            except LeggerError as error:
                if not told:
                    log.error(
                        "%s: how its visit ended is not on record yet: %s", visit.claim.site, why(error)
                    )
                told = True
                if self._given_up:
                    self._unrecorded = True
                    return
                await asyncio.sleep(min(AGAIN, self.heartbeat))

    # ------------------------------------------------------------ stopping

    def _stop(self) -> None:
        self._asked_to_stop += 1
        self._stopping.set()
        if self._asked_to_stop == 1:
            log.info(
                "told to stop: %d visits have %s to end", len(self._visits), str(self.grace).partition(".")[0]
            )
        else:
            log.warning("told to stop at once")
            self._end_visits(FleetVisit.kill)
            self._given_up = True

    def _end_visits(self, how: Callable[[FleetVisit], None]) -> None:
        for visit in list(self._visits.values()):
            how(visit)

    async def _end_when_told(self, worker: Worker) -> None:
        await self._stopping.wait()
        worker.stop()
        last = min(LAST_CALL, self.grace / 2)
        await asyncio.sleep((self.grace - last).total_seconds())
        self._end_visits(FleetVisit.stop)
        await asyncio.sleep(last.total_seconds())
        self._end_visits(FleetVisit.kill)
        self._given_up = True

    # ------------------------------------------------------------ living

    async def _live(self, app: App, worker: Worker) -> None:
        """Give signs of life; who cannot ends its visits before others take it for dead."""
        last, silent = time.monotonic(), False
        while True:
            if worker.worker_id is not None:
                try:
                    async with asyncio.timeout(self.heartbeat):
                        known = await self._sign_of_life(app, worker.worker_id)
                except (TimeoutError, OSError, *UNREACHABLE) as error:
                    if not silent:
                        log.error("no sign of life could be given: %s", why(error) or "no answer in time")
                    silent, since = True, time.monotonic() - last
                    if since > (MISSED - 1) * self.heartbeat:
                        self._end_visits(FleetVisit.kill)
                    elif since > MISSED / 2 * self.heartbeat:
                        self._end_visits(FleetVisit.stop)
                else:
                    last, silent = time.monotonic(), False
                    if not known:
                        log.error("this worker was taken for dead; it ends its visits and begins anew")
                        self._end_visits(FleetVisit.kill)
                        worker.stop()
                        return
            await asyncio.sleep(self.heartbeat if worker.worker_id is not None else LOOK / 4)

    @staticmethod
    async def _sign_of_life(app: App, number: int) -> bool:
        """False when others took this worker for dead."""
        await app.job_manager.update_heartbeat(number)
        return bool(await app.job_manager.connector.execute_query_all_async(_SAID, number=number))

    async def _sweep(self, app: App, worker: Worker, started: datetime) -> None:
        """Register, then look for dead workers."""
        sweeper, registered, silent = Sweeper(), False, False
        while True:
            number = worker.worker_id
            try:
                was_off, self._ahead = self._is_off, await self._asking.ask(clock.ahead_of)
                if number is not None and (not registered or was_off != self._is_off):
                    await self._asking.ask(self._register, number, started)
                    registered = True
                    await self._tell_of_connections()
                    self._registered.set()
                if was_off != self._is_off:
                    log.warning("the clock of this machine was set; this worker begins anew")
                    worker.stop()  # visits under way go by the archive's clock, and end
                swept = await self._asking.ask(
                    sweeper.look,
                    time.monotonic(),
                    mine=number,
                    at_work=frozenset(self._jobs),
                    busy=frozenset(self._jobs.values()),
                )
                await self._fail(app, swept.jobs)
                for each in swept.workers:
                    await app.job_manager.unregister_worker(each)
                    await self._asking.ask(lambda archive, each: archive.fleet.withdraw(each), each)
                silent = False
            except (LeggerError, *UNREACHABLE) as error:
                if not silent:
                    log.error("dead workers could not be looked for: %s", why(error))
                silent = True
                sweeper.interrupted()
            await asyncio.sleep(self.heartbeat if registered else LOOK / 4)

    async def _tell_of_connections(self) -> None:
        status = await self._asking.ask(lambda archive: archive.fleet.status(now=datetime.now(UTC)))
        if status.too_few_connections:
            log.warning("visits may fail: %s", status.too_few_connections)

    def _register(self, archive: Archive, number: int, started: datetime) -> None:
        archive.fleet.register(
            number, holder=holder(os.getpid()), started=started, heartbeat=self.heartbeat,
            at_most=0 if self._is_off else self.at_most,
            ahead=self._ahead.total_seconds() if self._is_off else 0.0,
        )  # fmt: skip

    @staticmethod
    async def _fail(app: App, jobs: Iterable[int]) -> None:
        for job in jobs:
            try:
                await app.job_manager.finish_job_by_id_async(job, status=Status.FAILED, delete_job=False)
            except UNREACHABLE as error:  # another worker has done it, or does at the next look
                log.info("job %d could not be failed: %s", job, error)

    async def _rotate(self, app: App) -> None:
        """Remove old logs, and jobs that failed more than a week ago: the archive has what became of them.

        The thread of the archive does it: signs of life must not wait for a folder of 100,000 files.
        """
        while True:
            await asyncio.sleep(A_MINUTE)
            try:
                await self._asking.ask(self._runner.rotate)
                for queue in (QUEUE, BULK_QUEUE):
                    await app.job_manager.delete_old_jobs(
                        KEPT_JOBS,
                        queue=queue,
                        include_failed=True,
                        include_cancelled=True,
                        include_aborted=True,
                    )
            except (LeggerError, *UNREACHABLE) as error:
                log.error("old logs and jobs could not be removed: %s", why(error))
            await asyncio.sleep(A_DAY)
