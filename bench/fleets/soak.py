"""A quarter in an hour: the real clock, real visits at the practice newspaper, all that befalls them.

Each site is backfilled once, by hand. Then a driver moves the newspaper's time on; a clock in a process of
its own (``python -m bench.fleets.soak``) starts what is due, each visit a process. Meanwhile visits and
clocks are killed, the disk is full for a day, the archive is locked, a site is dead for a week. At the end
the archive is held against the newsroom's books and against the record: every gap must be explained. The
quarter has March's change of clocks in it; ten days of October, on an archive of their own, have the
other.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from archive import Archive
from archive.errors import LeggerError
from crawler import clock as time_of
from legger.simulator.audit import Audit, audit
from legger.simulator.houses import HOUSES, SISTERS
from legger.simulator.newspaper import Newspaper
from legger.simulator.profile import OPENING, Rates
from legger.simulator.server import ServerFault
from scheduler import Clock

DAY = timedelta(days=1)
TEN = tuple(each.profile.name for each in (*HOUSES, *SISTERS))
QUIET = (
    "buurserbode",
    "vechtdalbode",
    "dinkelkoerier",
    "streekfryslan",
)
"""Of a year with nothing wrong in it: one that is redesigned, one with a rarer template and a news sitemap,
one with gates and teasers, one in Frisian."""
AUTUMN = OPENING + timedelta(days=233)
"""Four days before summer time ends."""
ROOM = 16 << 10
"""Bytes that a disk nearly full has left for the archive; and, when it is full, for any file at all."""
PATIENCE = 600.0
"""Seconds a step may take before the driver goes on all the same, in the midst of visits, and says so."""


_WALL = (
    b"<html><head><title>Cookies</title></head><body><h1>Wij gebruiken cookies</h1><p>Om verder te gaan moet "
    b"je toestemming geven voor cookies.</p><form action='/consent'><button>Akkoord</button><button>"
    b"Instellingen</button></form></body></html>"
)
_CAPTCHA = (
    b'<html><head><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F&y=ipc"></head>'
    b"<body></body></html>"
)
_ALL_BUT_ROBOTS = r"^(?!/robots\.txt)"
FAILURES: Mapping[str, ServerFault] = {
    "404 everywhere": ServerFault(status=404),
    "410 everywhere": ServerFault(status=410),
    "500 everywhere": ServerFault(status=500),
    "503 everywhere": ServerFault(status=503),
    "429 everywhere": ServerFault(status=429, retry_after="86400"),
    "403 everywhere": ServerFault(status=403, body=b"<h1>Forbidden</h1>"),
    "hangs up": ServerFault(drop=True),
    "challenge": ServerFault(status=202, path=_ALL_BUT_ROBOTS, body=_CAPTCHA),
    "consent gate": ServerFault(status=200, path=_ALL_BUT_ROBOTS, body=_WALL),
    "gate by redirect": ServerFault(
        status=302, path=_ALL_BUT_ROBOTS, location="http://127.0.0.1:9/consent?back=1", body=b""
    ),
    "robots.txt": ServerFault(
        status=200, path=r"^/robots\.txt", type="text/plain", body=b"User-agent: *\nDisallow: /\n"
    ),
}
"""What a site does to every visit for a while: each is to raise an alarm by its second visit."""


@dataclass(frozen=True, kw_only=True)
class Hardship:
    """What befalls when, in days since the beginning."""

    kill_visit: Sequence[float] = ()
    kill_clock: Sequence[float] = ()
    disk_full: tuple[float, float] | None = None
    """From one day to another: first the archive cannot grow, then nothing can be written at all."""
    locked: float | None = None
    quiet: bool = False
    """Nothing befalls: every alarm is a false one."""
    locked_for: float = 60.0
    """Seconds."""
    dead: tuple[str, float, float] | None = None
    """A house that answers nothing from one day to another."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """House -> what of :data:`FAILURES` is wrong with it,"""
    failing: tuple[float, float] = (1.0, 2.0)
    """from one day to another."""


@dataclass(kw_only=True)
class Report:
    """How it went."""

    books: dict[str, Audit] = field(default_factory=dict)
    runs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    incidents: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    """Gaps that nothing on record explains."""
    overlaps: list[str] = field(default_factory=list)
    """Visits of one site that went on while a later one had begun."""
    clock_memory: list[int] = field(default_factory=list)
    """Resident bytes of the clock's process, day by day."""
    visit_memory: list[int] = field(default_factory=list)
    """Most bytes of each visit, in their order."""
    killed: Counter[str] = field(default_factory=Counter)
    told: dict[str, int] = field(default_factory=dict)
    """House that failed -> after how many visits there was an alarm."""
    untold: list[str] = field(default_factory=list)
    """Failures of which there was none."""
    false_alarms: list[str] = field(default_factory=list)
    """Alarms of a site with which nothing was wrong, or of the archive."""
    right_alarms: list[str] = field(default_factory=list)
    """Alarms of what the newspaper did itself: a redesign."""
    hurried: int = 0
    """Steps that the driver did not see the end of: what was missed then is no fault of the clock's."""
    stopped: float | None = None
    """The day on which a person stopped it (Ctrl-C); what came of it until then is held against the books."""
    seconds: float = 0.0
    verified: list[str] = field(default_factory=list)
    """What ``verify`` found; empty: nothing."""

    @property
    def differences(self) -> list[str]:
        """Everything in which the archive is not what the newsroom's books say."""
        return [each for books in self.books.values() for each in books.differences]


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
        )  # the last days are quiet: what was seen can be made sure of
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
                [sys.executable, "-m", "bench.fleets.soak", str(self.every.total_seconds())],
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
                self.paper.fault(house, FAILURES[what])
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


def tick_until_killed(every: timedelta) -> None:
    """The clock's process: look, start what is due, and say when nothing is left to do."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    archive, here = os.environ["LEGGER_ARCHIVE"], Path.cwd()
    clock = Clock(
        archive=archive,
        every=every,
        at_most=2,
        logs=here / "logs",
        now=lambda: time_of.now(practice=True),
    )
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    looked: datetime | None = None
    while not stop.wait(0.05):
        now = clock.now()
        if now == looked and clock.under_way and not clock.has_ended():
            continue  # nothing can be due that was not
        full = here / "full"
        try:
            bound = int(full.read_text(encoding="ascii")) if full.exists() else unlimited
        except (OSError, ValueError):
            bound = unlimited
        resource.setrlimit(resource.RLIMIT_FSIZE, (bound, unlimited))
        clock.tick()
        looked = now
        stuck = full.exists() and clock.failing
        if not clock.under_way and (stuck or not _left(clock, archive, now)):
            new = here / "rest.new"
            new.write_text(now.isoformat(), encoding="ascii")
            new.replace(here / "rest")
    resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
    clock.close()


def _left(clock: Clock, where: str, now: datetime) -> bool:
    try:
        with Archive.open(where, create=False, read_only=True) as archive:
            duties = archive.schedule.next_entries()
    except LeggerError:
        return True
    return any(site not in duties or duties[site].due_at <= now for site in clock.sites())


def summary(report: Report) -> list[tuple[str, Any]]:
    """What a person wants to know of a soak, line by line."""
    books = report.books.values()
    memory = report.visit_memory
    tenth = max(len(memory) // 10, 1)

    def share(name: str) -> str:
        of = sum(getattr(each, name) for each in books)
        return f"{sum(getattr(each, name + '_found') for each in books):,} of {of:,}"

    stopped = [] if report.stopped is None else [("stopped by hand on day", f"{report.stopped:.2f}")]
    return [
        *stopped,
        (
            "visits",
            f"{report.runs:,}: " + ", ".join(f"{n} {each}" for each, n in report.outcomes.most_common()),
        ),
        ("articles found", share("published")),
        ("texts right to the letter", share("texts")),
        ("edits that became a version", share("edits")),
        ("silent edits recognized", share("silent")),
        ("removals on record", share("removed")),
        ("invented by us", sum(each.invented for each in books)),
        ("killed", ", ".join(f"{n} {each}" for each, n in report.killed.items()) or "nobody"),
        (
            "incidents on record",
            ", ".join(f"{n} {each}" for each, n in report.incidents.most_common()) or "none",
        ),
        ("alarms", ", ".join(f"{n} {each}" for each, n in report.alarms.most_common()) or "none"),
        (
            "failures told by the second visit",
            f"{sum(n <= 2 for n in report.told.values())} of {len(report.told) + len(report.untold)}",
        ),
        ("false alarms", len(report.false_alarms)),
        ("gaps that nothing explains", len(report.unexplained)),
        ("visits that overlapped", len(report.overlaps)),
        (
            "clock's memory",
            " ".join(
                f"{each >> 20}" for each in report.clock_memory[:: max(len(report.clock_memory) // 6, 1)]
            )
            + " MB",
        ),
        (
            "visits' memory",
            f"{max(memory[:tenth]) >> 20} MB at first, {max(memory[-tenth:]) >> 20} MB at last"
            if memory
            else "-",
        ),
        ("steps cut short by the driver", report.hurried),
        ("verify", "; ".join(report.verified) or "everything is what it was"),
        ("seconds", round(report.seconds)),
    ]


def main(arguments: list[str]) -> int:
    """Run it and print what came of it; 1 when the archive is not right at the end."""
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is started deaf to the first
        signal.signal(each, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument("--days", type=int, default=90, help="from 2 March 2026; 0: no spring")
    parser.add_argument("--autumn", type=int, default=10, help="days from 21 October; 0: no autumn")
    parser.add_argument("--visits", type=int, default=4, help="a day, of each site")
    parser.add_argument("--articles", type=int, default=12, help="of each house at the beginning")
    parser.add_argument(
        "--failures", action="store_true",
        help="three days in minutes: on the second each site fails in a way of its own",
    )  # fmt: skip
    parser.add_argument(
        "--quiet", type=int, metavar="DAYS",
        help=f"so many days in which nothing is wrong, a visit a day of {len(QUIET)} sites",
    )  # fmt: skip
    parser.add_argument(
        "--from-day", type=int, default=0, metavar="DAY", help="where --quiet begins; 228: in mid-October"
    )
    parser.add_argument("--keep", type=Path, help="folder to leave everything in")
    options = parser.parse_args(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="legger-soak-"))
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"--keep: {folder} is not empty; name another folder")
    if options.quiet:
        return _quiet(folder, options.quiet, first=options.from_day, keep=options.keep is not None)
    if options.failures:
        return _failures(folder, keep=options.keep is not None)
    wrong = False
    for season, begin, days in (("spring", OPENING, options.days), ("autumn", AUTUMN, options.autumn)):
        if not days:
            continue
        (folder / season).mkdir(parents=True, exist_ok=True)
        soak = Soak(
            folder / season,
            days=days,
            houses=TEN,
            articles=options.articles,
            every=timedelta(days=1) / options.visits,
            hardship=hardship_of(days),
            begin=begin,
            progress=lambda day, season=season: print(
                f"\r  {season}: day {day:.0f}", end="", file=sys.stderr
            ),
        )
        report = soak.run()
        print(
            f"\r{season}: {days} days from {begin:%Y-%m-%d}, {len(TEN)} sites, {options.visits} visits a day"
        )
        for name, value in summary(report):
            print(f"  {name:<32}{value}")
        for each in [*report.differences, *report.unexplained, *report.overlaps][:20]:
            print(f"  - {each}")
        wrong |= bool(report.differences or report.unexplained or report.verified or report.overlaps)
    if options.keep is None:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def _failures(folder: Path, *, keep: bool) -> int:
    """The short form: what is told of each failure, and that nothing is told of a quiet day."""
    folder.mkdir(parents=True, exist_ok=True)
    houses = TEN[: len(FAILURES)]
    soak = Soak(
        folder,
        days=3,
        houses=houses,
        articles=4,
        every=timedelta(hours=12),
        hardship=Hardship(failures=dict(zip(houses, FAILURES, strict=False)), failing=(1.0, 2.0), quiet=True),
        progress=lambda day: print(f"\r  day {day:.0f}", end="", file=sys.stderr),
    )
    report = soak.run()
    print(f"\r{len(houses)} sites, two visits a day; from day 1 to 2 fail:")
    for house, what in soak.hardship.failures.items():
        told = report.told.get(house)
        print(f"  {house:<20}{what:<20}{f'alarm after visit {told}' if told else 'NOT TOLD'}")
    for each in report.false_alarms:
        print(f"  FALSE ALARM {each}")
    print(f"  false alarms: {len(report.false_alarms)}; visits: {report.runs}; seconds: {report.seconds:.0f}")
    if not keep:
        shutil.rmtree(folder)
    return 1 if report.untold or report.false_alarms else 0


def _quiet(folder: Path, days: int, *, first: int, keep: bool) -> int:
    """A newspaper's life with nothing wrong in it: 0 when nobody was alarmed without a reason."""
    folder.mkdir(parents=True, exist_ok=True)

    def progress(day: float) -> None:
        told = len(soak.report.false_alarms)
        print(f"\r  day {day:.0f}, {told} false alarms", end="", file=sys.stderr)

    soak = Soak(
        folder,
        days=days,
        houses=QUIET,
        articles=12,
        every=DAY,
        hardship=Hardship(quiet=True),
        begin=OPENING + first * DAY,
        rates=Rates.quiet(),
        progress=progress,
    )
    report = soak.run()
    with Archive.open(soak.archive, create=False, read_only=True) as archive:
        asked = sum(run.counts.asked for run in archive.runs.list() if run.counts is not None)
    print(f"\r{days} days from {soak.begin:%Y-%m-%d}, {len(QUIET)} sites, a visit a day")
    for name, value in [*summary(report), ("addresses asked for", f"{asked:,}")]:
        print(f"  {name:<32}{value}")
    for each in report.right_alarms:
        print(f"  of a redesign: {each}")
    for each in report.false_alarms:
        print(f"  FALSE ALARM {each}")
    for each in [*report.differences, *report.unexplained, *report.overlaps][:20]:
        print(f"  - {each}")
    if not keep:
        shutil.rmtree(folder)
    return 1 if report.false_alarms else 0


def hardship_of(days: int) -> Hardship:
    """All that befalls in so many days."""
    return Hardship(
        kill_visit=[day + 0.5 for day in range(2, days, 4)],
        kill_clock=[day + 0.25 for day in range(3, days, 9)],
        disk_full=(days * 0.4, days * 0.4 + 1),
        locked=days * 0.6,
        dead=("waldkrante", days * 0.7, days * 0.7 + min(7, days / 4)),
    )


if __name__ == "__main__":
    tick_until_killed(timedelta(seconds=float(sys.argv[1])))
