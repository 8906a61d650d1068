"""Moves the newspaper's time on, brings about what befalls, and holds the end against the newsroom's books.

Each site is backfilled once, by hand. Then a clock in a process of its own
(:mod:`bench.fleets.soaking.ticking`) starts what is due, each visit a process. At the end the archive is held
against the books and against the record: every gap must be explained.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from archive import Archive
from bench.fleets.soaking.hardship import FAILURES, Hardship
from bench.fleets.soaking.outcome import Report
from legger.simulator.audit import audit
from legger.simulator.newspaper import Newspaper
from legger.simulator.profile import OPENING, Rates
from legger.simulator.server import ServerFault

DAY = timedelta(days=1)
ROOM = 16 << 10
"""Bytes that a disk nearly full has left for the archive; and, when it is full, for any file at all."""
PATIENCE = 600.0
"""Seconds a step may take before the driver goes on all the same, in the midst of visits, and says so."""


class Soak:
    """One soak, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        days: float,
        houses: Sequence[str],
        articles: int,
        every: timedelta,
        hardship: Hardship,
        begin: datetime = OPENING,
        rates: Rates | None = None,
        seed: int = 1,
        progress: Callable[[float], None] = lambda day: None,
    ) -> None:
        self.folder, self.days, self.every, self.hardship = folder.resolve(), days, every, hardship
        self.begin, self.progress = begin, progress
        until = (
            (begin - OPENING) / DAY + days - 5
        )  # the last days are quiet: all that was seen is made sure of
        self.paper = Newspaper(
            seed=seed, articles=articles, days=max(until, 1), rates=rates, only=houses, clock=self.now
        )
        self.at = begin
        self.report = Report()
        self.chance = random.Random(seed)
        self.archive = folder / "legger.db"
        self._clock: subprocess.Popen[bytes] | None = None
        self._done: set[tuple[str, float]] = set()
        self._heard: set[int] = set()
        self._watching = threading.Event()
        self._beside: dict[int, list[int]] = {}

    def now(self) -> datetime:
        """The newspaper's time."""
        return self.at

    def run(self) -> Report:
        """Run it all, and hold the end against the books."""
        began = time.monotonic()
        self._set(self.begin)
        with self.paper, Archive.open(self.archive):
            self.paper.write_sites(self.folder / "sites")
            self._backfill()
            watch = threading.Thread(target=self._watch, daemon=True)
            watch.start()
            try:
                self._start_clock()
                steps = int(self.days * DAY / self.every)
                for step in range(steps + 1):
                    self._set(self.begin + step * self.every)
                    self._befall(step * self.every / DAY)
                    self._await_rest()
                    self._look_at_alarms(step * self.every / DAY)
                    if step % max(int(DAY / self.every), 1) == 0:
                        self.report.clock_memory.append(_resident(self._clock))
                        self.progress(step * self.every / DAY)
            except KeyboardInterrupt:
                self.report.stopped = (self.at - self.begin) / DAY
            finally:
                self._watching.set()
                if self._clock is not None:
                    self._clock.terminate()
                    self._clock.wait(90)
            self._conclude()
        self.report.seconds = time.monotonic() - began
        return self.report

    # ------------------------------------------------------------ time

    def _set(self, moment: datetime) -> None:
        self.at = moment
        new = self.folder / "now.new"
        new.write_text(moment.isoformat(), encoding="ascii")
        new.replace(self.folder / "now")

    def _backfill(self) -> None:
        """What an operator does once, by hand, before the clock takes over."""
        with (self.folder / "backfill.log").open("ab") as log:
            command = [sys.executable, "-m", "legger", "crawl", "--all", "--backfill"]
            subprocess.run(
                command, cwd=self.folder, env=self._environment(), stdout=log, stderr=log, check=True
            )

    def _start_clock(self) -> None:
        with (self.folder / "clock.log").open("ab") as log:
            self._clock = subprocess.Popen(
                [sys.executable, "-m", "bench.fleets.soaking.ticking", str(self.every.total_seconds())],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is for the driver, which ends the clock
            )

    def _environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("LEGGER_")}
        return others | {
            "LEGGER_NOW": str(self.folder / "now"),
            "LEGGER_SITES": str(self.folder / "sites"),
            "LEGGER_ARCHIVE": str(self.archive),
        }

    def _await_rest(self) -> None:
        """Until the clock has nothing left to do at this time, and no visit of a killed one goes on."""
        until = time.monotonic() + PATIENCE
        rest = self.folder / "rest"
        while time.monotonic() < until:
            rests = rest.exists() and rest.read_text(encoding="ascii") == self.at.isoformat()
            if rests and not _visits(self.folder):
                return
            time.sleep(0.02)
        self.report.hurried += 1

    # ------------------------------------------------------------ hardship

    def _look_at_alarms(self, day: float) -> None:
        """Hold what is told against what was done to the sites."""
        hard = self.hardship
        if not hard.failures and not hard.quiet:
            return
        since, until = hard.failing
        with Archive.open(self.archive, create=False, read_only=True) as archive:
            alarms = archive.alarms.all()
            for house in hard.failures:
                if not since <= day < until or house in self.report.told:
                    continue
                begun = self.begin + since * DAY
                visits = sum(run.started >= begun for run in archive.runs.list(house))
                if any(each.site == house for each in alarms):
                    self.report.told[house] = visits
        for each in alarms:
            wrong = each.site in hard.failures and since <= day < until + 2 * self.every / DAY
            if wrong or each.id in self._heard:
                continue
            self._heard.add(each.id)
            says = f"{each.site or 'the archive'}: {each.kind} on day {day:g}: {each.says}"
            right = each.kind == "redesign" and self._was_redesigned(each.site)
            (self.report.right_alarms if right else self.report.false_alarms).append(says)

    def _was_redesigned(self, site: str | None) -> bool:
        """Whether a house was given another template within the last two weeks."""
        for house in self.paper.houses:
            if house.name == site and house.profile.redesigned:
                _, since = house.newsroom.redesign(self.at)
                return since is not None and self.at - since < timedelta(days=14)
        return False

    def _once(self, what: str, days: Sequence[float], day: float) -> bool:
        due = [each for each in days if each <= day and (what, each) not in self._done]
        self._done |= {(what, each) for each in due}
        return bool(due)

    def _befall(self, day: float) -> None:
        hard = self.hardship
        if hard.disk_full is not None:
            since, until = hard.disk_full
            full = self.folder / "full"
            if since <= day < (since + until) / 2:
                full.write_text(str(self.archive.stat().st_size + ROOM), encoding="ascii")
            elif since <= day < until:
                full.write_text(str(ROOM), encoding="ascii")
            else:
                full.unlink(missing_ok=True)
        if hard.dead is not None:
            house, first, last = hard.dead
            if first <= day < last and self._once("dead", [first], day):
                self.paper.fault(house, ServerFault(drop=True))
            elif day >= last and self._once("alive", [last], day):
                self.paper.mend(house)
        since, until = hard.failing
        for house, what in hard.failures.items():
            if since <= day < until and self._once(f"{house} fails", [since], day):
                for fault in FAILURES[what]:
                    self.paper.fault(house, fault)
            elif day >= until and self._once(f"{house} works", [until], day):
                self.paper.mend(house)
        if hard.locked is not None and self._once("locked", [hard.locked], day):
            threading.Thread(target=self._lock, daemon=True).start()
        if self._once("kill visit", hard.kill_visit, day):
            threading.Thread(target=self._kill_visit, daemon=True).start()
        if self._once("kill clock", hard.kill_clock, day) and self._clock is not None:
            time.sleep(self.chance.uniform(0.2, 2.0))
            self._clock.kill()
            self._clock.wait()
            self.report.killed["clock"] += 1
            self._start_clock()

    def _lock(self) -> None:
        with closing(sqlite3.connect(self.archive, timeout=30, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(self.hardship.locked_for)
            connection.execute("ROLLBACK")

    def _kill_visit(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for process in _visits(self.folder):
                time.sleep(self.chance.uniform(0.8, 1.6))
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    break
                self.report.killed["visit"] += 1
                return
            time.sleep(0.02)

    def _watch(self) -> None:
        """Note which runs of a site are open when a new one begins; one that was killed stays open."""
        known: set[int] = set()
        with closing(sqlite3.connect(self.archive, timeout=30)) as connection:
            while not self._watching.wait(0.05):
                going = connection.execute("SELECT id, site_id FROM runs WHERE ended IS NULL").fetchall()
                for run, site in going:
                    if run not in known:
                        known.add(run)
                        self._beside[run] = [other for other, of in going if of == site and other < run]

    # ------------------------------------------------------------ the end

    def _conclude(self) -> None:
        report = self.report
        report.untold = [
            f"{house}: {what}: {report.told.get(house, 'no')} visits until an alarm"
            for house, what in self.hardship.failures.items()
            if report.told.get(house, 3) > 2
        ]
        with Archive.open(self.archive) as archive:
            for house in self.paper.houses:
                done = [
                    run.started for run in archive.runs.list(house.name) if run.outcome in ("done", "partly")
                ][::-1]
                alone = cast(Newspaper, SimpleNamespace(houses=[house]))
                report.books[house.name] = audit(archive, alone, done)
                self._explain(archive, house.name)
            for run in archive.runs.list():
                report.runs += 1
                if run.ended is not None:  # it went on, and was not dead when the later one began
                    later = [each for each, open_ones in self._beside.items() if run.id in open_ones]
                    report.overlaps += [f"{run.site}: visit {each} began in visit {run.id}" for each in later]
                report.outcomes[run.outcome or "killed"] += 1
                if run.cost is not None:
                    report.visit_memory.append(run.cost.memory)
            report.visit_memory.reverse()
            report.incidents = Counter(each.kind for each in archive.incidents.list())
            report.alarms = Counter(each.kind for each in archive.alarms.all(open_only=False))
            report.verified = [str(each) for each in archive.integrity.verify()]

    def _explain(self, archive: Archive, site: str) -> None:
        """Between two visits that were done lies no more than an interval, or what is on record says why."""
        runs = archive.runs.list(site)[::-1]
        done = [run.started for run in runs if run.outcome in ("done", "partly")]
        said = [each.at for each in archive.incidents.list(site)]
        said += [run.started for run in runs if run.outcome not in ("done", "partly")]
        for before, after in zip(done, [*done[1:], self.at], strict=True):
            if after - before > 1.5 * self.every and not any(before <= at <= after for at in said):
                self.report.unexplained.append(f"{site}: {before} to {after}")


def _visits(folder: Path) -> list[int]:
    """The processes of the visits under way, of this soak: copies of the clock's, known by their name."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            if (each / "comm").read_bytes().startswith(b"crawl ") and (each / "cwd").readlink() == folder:
                found.append(int(each.name))
    return found


def _resident(process: subprocess.Popen[bytes] | None) -> int:
    try:
        pages = Path(f"/proc/{process.pid if process else 0}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
