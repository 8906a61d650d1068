"""The clock: wakes each site when it is due; one process per visit. Fetches, reads and stores nothing itself.

What is due stands in the archive (table ``schedule_entries``), who is visiting in ``leases``, what went amiss
in ``incidents``: a restart or a second clock neither postpones nor doubles a visit, and what came late is on
record. APScheduler runs the clock's own jobs, each with its trigger (:attr:`Clock.jobs`), and says which of
them came late or failed. Its job store holds no visit: it would be a second truth beside the table, which
other processes change. Intervals count in UTC: clock changes move nothing. ``legger schedule`` starts it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from archive import Archive
from archive.errors import LeggerError, of_legger
from archive.model.addresses import Outcome
from archive.operations.runs import SitePace
from archive.operations.schedule import BULK, EXPORT, RunningClock, WantedEntry, holder
from archive.reports import disk
from crawler.clock import ArchiveClock
from crawler.fleet.sites import ChangedFiles
from crawler.scheduling import load, timetable
from crawler.scheduling.endings import free_site, note_cut_off, note_ending, note_late, outcome_since
from crawler.scheduling.planning import OutageListener, Planner, PlanTurn, read_time
from crawler.scheduling.processes import WHOLE, VisitLogs, VisitProcess, finish
from crawler.scheduling.programs import Program, usual_program
from crawler.scheduling.timetable import LEAST_GAP
from crawler.siteconfig.files import operators_folder, operators_sites, planned
from crawler.siteconfig.site import Site

log = logging.getLogger("legger.schedule")

TICK = 15
"""Seconds between two looks at what is due."""
KEPT_LOGS = timedelta(days=31)
"""How long the log of a visit is kept; what it came to stands in the archive for ever."""


@dataclass(kw_only=True)
class Clock:
    """Wakes sites. ``tick`` is one look: ends what has ended, starts what is due."""

    archive: str
    every: timedelta
    """Between two visits of a site whose file does not say otherwise."""
    poll: timedelta = timedelta()
    """Between two looks at its feeds and sitemaps alone; zero: none."""
    at_most: int = 2
    """Visits at a time, each of another site."""
    time_limit: timedelta = timedelta(hours=4)
    logs: Path = Path("logs")
    sites: Callable[[], Sequence[str]] = operators_sites
    plans: Callable[[str], Site] = planned
    """The site of a name, with its schedule."""
    fleet: Planner | None = None
    """Hands what is due to workers; ``None``: this clock starts visits itself."""
    after_tick: Callable[[Archive], None] = lambda archive: None
    """Called after every look (telling people)."""
    outage: OutageListener | None = None
    """Told of an archive that cannot be used."""
    memory_limit: int = 2048
    """Megabytes that a visit may take; 0: no limit."""
    now: Callable[[], datetime] = field(default_factory=ArchiveClock)
    program: Program = field(default_factory=usual_program)
    """What does an entry: started with a command of :data:`ASKS`, a site's name and ``--archive``."""
    under_way: dict[str, VisitProcess] = field(default_factory=dict)
    failing: tuple[datetime, str] | None = None
    """Since when no look succeeds, and what is in the way."""
    _ended: list[VisitProcess] = field(default_factory=list)
    _asked_after: set[str] = field(default_factory=set)
    _left_logs: dict[str, datetime] = field(default_factory=dict)
    """When the last visit of each site began that an earlier clock left a log of."""
    _looked: datetime | None = None
    _stood: tuple[datetime | None, datetime] | None = None
    """From the last look before nobody looked (``None``: another clock's) to the first look after it."""
    _known: dict[str, Site] = field(default_factory=dict)
    _unstarted: set[str] = field(default_factory=set)
    _recorded: bool = False
    """Whether the archive knows that this clock runs."""
    _unsound: dict[str, set[str]] = field(default_factory=dict)
    """Job -> what was put on record of its failing, until it succeeds."""
    _untold: str = ""
    """Why nobody could be told after the last look."""
    _paces: dict[str, SitePace] = field(default_factory=dict)
    """How visits went lately, as of the last inspection."""
    _load: load.DayLoad | None = None
    _failed: tuple[datetime, datetime] | None = None
    """From when until when looks failed, the last time they did."""
    _files: ChangedFiles = field(default_factory=lambda: ChangedFiles(operators_folder()))
    """Puts what changes in the files of sites on record."""
    _turn: PlanTurn = field(default_factory=PlanTurn)
    """Whether this clock is the one that plans."""

    @property
    def jobs(self) -> Mapping[str, tuple[Callable[[], None], BaseTrigger]]:
        """What the clock does, and when: each once at the start too."""
        return {
            "look": (self.tick, IntervalTrigger(seconds=TICK, timezone=UTC)),
            "inspect": (self.inspect, IntervalTrigger(hours=1, timezone=UTC)),
            "rotate": (self.rotate, CronTrigger(hour=3, minute=30, timezone=UTC)),
        }

    def tick(self) -> None:
        """Look once: reap, hurry, and start visits that are due. What fails now is tried at the next look."""
        self._ended += self._reap()
        try:
            with Archive.open(self.archive) as archive:
                while self._ended:  # what a full disk keeps off the record is put there when there is room
                    self._account(archive, self._ended[0])
                    del self._ended[0]
                read_time(self.now, archive, visits_here=self.fleet is None)
                self._record(archive)
                if self._turn.is_ours(archive, archive.schedule.now()):
                    self._reconcile(archive)
                    self._note_standstill(self.now())
                    self._start_due(archive)
                    self._note_outage(archive)
                    self._tell(archive)
        except (LeggerError, OSError) as error:
            self._fail(str(error))

    def _record(self, archive: Archive) -> None:
        """Put on record with what settings this clock runs: a plan made elsewhere is to be its plan."""
        if not self._recorded:
            archive.clocks.started(
                RunningClock(
                    holder=holder(os.getpid()),
                    started=self.now(),
                    every=self.every,
                    poll=self.poll,
                    at_most=self.at_most,
                )
            )
            self._recorded = True

    def _tell(self, archive: Archive) -> None:
        """What keeps people from being told (settings that are wrong, say) keeps no site from its visit."""
        said = ""
        try:
            self.after_tick(archive)
        except (LeggerError, OSError) as error:
            said = str(error)
        if said and said != self._untold:
            log.error("nobody can be told what is wrong: %s", said)
        self._untold = said

    def _fail(self, reason: str) -> None:
        """A look failed. The log says so once for each reason, not at every look of a day."""
        now = self.now()
        since, before = self.failing or (now, "")
        if reason != before:
            log.error("this look at what is due failed, and the next ones may: %s", reason)
        self.failing, self._failed = (since, reason), (since, now)
        if self.outage is not None:
            self.outage.lasts(since, reason, now)

    def _note_outage(self, archive: Archive) -> None:
        """A look succeeded: when none did for a while, that goes on record."""
        if self.failing is None:
            return
        (since, reason), now = self.failing, self.now()
        log.info("looks at what is due succeed again, which failed since %s UTC", f"{since:%Y-%m-%d %H:%M}")
        if now - since > LEAST_GAP:
            says = f"the archive could not be used since {since:%Y-%m-%d %H:%M} UTC: {reason}"
            archive.incidents.note("outage", says, at=now, since=since)
        self.failing = None
        if self.outage is not None:
            self.outage.over(since, now)

    def has_ended(self) -> bool:
        """Whether a visit that was under way at the last look is no more."""
        return any(visit.process.poll() is not None for visit in self.under_way.values())

    def _reap(self) -> list[VisitProcess]:
        """The visits that have ended; the others are hurried where they are over their time."""
        ended = [visit for visit in self.under_way.values() if visit.process.poll() is not None]
        for visit in ended:
            del self.under_way[visit.site]
        for visit in self.under_way.values():
            visit.ask_to_finish(time.monotonic())
        return ended

    def _account(self, archive: Archive, visit: VisitProcess, *, told_to_stop: bool = False) -> None:
        """Put on record how a visit ended, and free the site of one that was killed.

        One that was *told to stop* before its end is due when there is a clock again.
        """
        free_site(archive, visit)
        outcome = outcome_since(archive, visit.site, visit.kind, visit.begun)
        unbegun = not (outcome or visit.asked) and visit.process.returncode == -signal.SIGTERM
        if told_to_stop and (outcome == Outcome.STOPPED or unbegun):
            archive.schedule.unclaim(visit.site, kind=visit.kind)
            return
        due = timetable.next_due(self.plans(visit.site), self.defaults, visit.begun, visit.kind)
        archive.schedule.finish(visit.site, kind=visit.kind, begun=visit.begun, next_due=due)
        note_ending(archive, visit, self.now(), time_limit=self.time_limit)

    def _reconcile(self, archive: Archive) -> None:
        """What clocks and visits that died left behind: what was cut off is on record, and due at once.

        A visit that outlived its clock goes on; when it has ended, its site is due an interval after it.
        """
        now = self.now()
        dead = {each.site: each for each in archive.schedule.free()}
        held = archive.schedule.leases(now=now)
        for claim in archive.schedule.claims():
            site, kind = claim.site, claim.kind
            left = dead.pop(site, None)
            if site in held or not self._turn.is_left(archive, claim, now, of_workers=self.fleet is not None):
                continue
            outcome = outcome_since(archive, site, kind, claim.taken) if left is None else ""
            if outcome and outcome != Outcome.STOPPED:
                due = timetable.next_due(self.plans(site), self.defaults, claim.taken, kind)
                archive.schedule.finish(site, kind=kind, begun=claim.taken, next_due=due)
                continue
            archive.schedule.unclaim(site, kind=kind)
            if not outcome:  # one that was told to stop says so itself
                self._note_cut_off(archive, site, kind, claim.taken)
        for site, lease in dead.items():
            if site in self.sites():
                self._note_cut_off(archive, site, timetable.VISIT, lease.taken)

    def _note_cut_off(self, archive: Archive, site: str, kind: str, begun: datetime) -> None:
        whose = f"it was killed, and so was its {'clock' if self.fleet is None else 'worker'}"
        note_cut_off(archive, site, kind, begun=begun, now=self.now(), whose=whose)

    def _start_due(self, archive: Archive) -> None:
        if self.fleet is not None:
            self.fleet.look(archive)
        else:
            self._files.publish(archive, at=self.now())
        now, names = self.now(), self.sites()
        self._enroll(archive, names, now)
        self._retire(archive, names, now)
        leased = archive.schedule.leases(now=now)
        scheduled_entries = [each for each in archive.schedule.entries() if self._does(each.kind)]
        visits = {each.site for each in scheduled_entries if each.kind in WHOLE and each.due_at <= now}
        due = [each for each in scheduled_entries if each.due_at <= now and each.site in names]
        plans = {each.site: self.plans(each.site) for each in due}
        due = load.in_order(due, plans, self.defaults, self._paces, now)
        if self.fleet is not None:
            ready = [
                each
                for each in due
                if not each.paused_at and each.site not in leased
                if each.kind in WHOLE or each.site not in visits
            ]
            exports = [each for each in scheduled_entries if each.kind == EXPORT and each.due_at <= now]
            self.fleet.hand_out(archive, [*ready, *exports], self.defaults, now)
            due, self.at_most = [], self.fleet.at_most
        for entry in due:
            site = entry.site
            if entry.kind not in WHOLE and site in visits:
                continue  # the visit looks at the feeds too, and what it brings can be packed after it
            if entry.kind == timetable.COMPACT and self._compacting():
                continue  # one at a time: it takes a processor, and visits are to have theirs
            if len(self.under_way) >= self.at_most:
                break
            if entry.paused_at or load.meets(site, {*self.under_way, *leased}, self._known):
                continue
            plan = self._known[site] = plans[site]
            until = now + self.time_limit + timedelta(hours=1)
            since = archive.schedule.claim(
                site, kind=entry.kind, by=holder(os.getpid()), now=now, until=until
            )
            if since is not None:
                if site not in self._asked_after:
                    self._asked_after.add(site)
                    self._note_lost(archive, site, now)
                try:
                    self.start(site, now, entry.kind)
                except OSError as error:  # no process or no log to be had: at the next look, perhaps
                    archive.schedule.unclaim(site, kind=entry.kind)
                    says = f"the visit could not be started: {error}"
                    log.error("%s: %s", site, says)
                    if site not in self._unstarted:
                        archive.incidents.note("failed", says, at=now, site=site)
                    self._unstarted.add(site)
                else:
                    self._unstarted.discard(site)
                    if entry.kind in WHOLE and timetable.POLL in timetable.kinds(plan, self.defaults):
                        later = timetable.next_due(plan, self.defaults, now, timetable.POLL)
                        archive.schedule.make_due(site, at=later, kind=timetable.POLL)
                    self._note_gap(archive, site, entry.kind, since, now)
        self._looked = now

    def _enroll(self, archive: Archive, names: Sequence[str], now: datetime) -> None:
        """Put what each site's schedule asks for on the schedule; a visit is due an interval after the last.

        Where a schedule became denser, the next moves up; what it has no more is dismissed.
        """
        plans = {name: self.plans(name) for name in names}
        changed = {name: plan for name, plan in plans.items() if self._known.get(name) != plan}
        if not changed:
            return
        scheduled_entries = {(each.site, each.kind) for each in archive.schedule.entries()}
        unknown = [name for name in changed if (name, timetable.VISIT) not in scheduled_entries]
        last = archive.runs.last() if unknown else {}
        begins = timetable.spread([name for name in unknown if name not in last], self.defaults, now)
        entries = []
        for name, plan in changed.items():
            wanted = timetable.kinds(plan, self.defaults)
            for kind in wanted:
                latest = due_at = timetable.next_due(plan, self.defaults, now, kind)
                if (name, kind) not in scheduled_entries:
                    visited = last[name].started if name in last else None
                    due_at = timetable.first_due(plan, self.defaults, begins.get(name, now), kind, visited)
                entries.append(WantedEntry(site=name, kind=kind, due_at=due_at, at_latest=latest))
            for kind in set(timetable.KINDS) - set(wanted):
                if (name, kind) in scheduled_entries:
                    archive.schedule.remove_entry(name, kind=kind)
        archive.schedule.add_entries(entries)
        self._known |= changed

    def _retire(self, archive: Archive, names: Sequence[str], now: datetime) -> None:
        """End the alarms of sites that were taken out of use: no visit will."""
        if not names:
            return  # the folder is not there, perhaps for now
        scheduled = {each.site for each in archive.schedule.entries()}
        for site in {each.site for each in archive.alarms.all() if each.site} & scheduled - {*names}:
            log.info("%s: taken out of use; its alarms end", site)
            archive.alarms.raise_alarms(site, [], now=now)

    def _does(self, kind: str) -> bool:
        """Whether this clock has such entries done: bulk work is the workers'."""
        return kind not in BULK or self.fleet is not None

    def _compacting(self) -> bool:
        return any(visit.kind == timetable.COMPACT for visit in self.under_way.values())

    @property
    def defaults(self) -> timetable.DefaultSchedule:
        """What holds for sites whose files say nothing."""
        return timetable.DefaultSchedule(every=self.every, poll=self.poll)

    def inspect(self) -> None:
        """Is there room on the disk, does the archive grow as it used to, and is a day long enough?"""
        now = self.now()
        try:
            with Archive.open(self.archive) as archive:
                if not self._turn.is_ours(archive, archive.schedule.now()):
                    return
                self._paces = archive.runs.paces(since=now - load.PACE_OF, now=now)
                wrong = [*disk.find_issues(archive, now=now)]
                plans = map(self.plans, self.sites())
                self._load = load.day_load(plans, self.defaults, self._paces, at_most=self.at_most)
                if self._load is not None and self._load.too_short:
                    wrong.append(load.too_short(self._load, now))
                for kind in ("disk", "growth", "load"):
                    found = [each for each in wrong if each.kind == kind]
                    archive.alarms.raise_alarms(None, found, now=now, kind=kind)
        except (LeggerError, OSError) as error:  # the look, which meets it too, tells people
            log.error("the archive could not be inspected: %s", error)

    def _note_standstill(self, now: datetime) -> None:
        """Remember when nobody looked: what was due then is late for that, be it begun in its turn."""
        if self._looked is None or now - self._looked > 4 * timedelta(seconds=TICK):
            self._stood = (self._looked, now)

    def _note_gap(self, archive: Archive, site: str, kind: str, since: datetime, now: datetime) -> None:
        """A visit that comes late is on record, with why."""
        if kind == timetable.POLL and self._load is not None and self._load.too_short:
            return  # an alarm tells of the looks at feeds that there is no time for
        if self._failed is not None and self._failed[1] >= since:
            why = f"the archive could not be used since {self._failed[0]:%Y-%m-%d %H:%M} UTC"
        elif self._stood is not None and since <= self._stood[1]:  # all that was due meanwhile, in its turn
            looked = self._stood[0]
            why = (
                "no clock was running"
                if looked is None
                else f"the clock could not look since {looked:%Y-%m-%d %H:%M} UTC"
            )
        else:
            why = f"other visits, {self.at_most} at a time, came first, or the one before still went on"
        note_late(archive, self._known[site], kind, self.defaults, since=since, now=now, why=why)

    def _note_lost(self, archive: Archive, site: str, now: datetime) -> None:
        """A visit that an earlier clock began, and that left its log and nothing else, is on record."""
        self._left_logs = self._left_logs or VisitLogs(self.logs).last_begun()
        if (at := self._left_logs.get(site)) is None:
            return
        known = [run.started for run in archive.runs.list(site, limit=1)]
        known += [incident.at for incident in archive.incidents.list(site, limit=1)]
        if max(known, default=datetime.min.replace(tzinfo=UTC)) < at:
            says = f"the visit begun {at:%Y-%m-%d %H:%M} UTC left no record: it was killed, and its clock too"
            log.warning("%s: %s", site, says)
            archive.incidents.note("lost", says, at=now, site=site, since=at)

    def rotate(self) -> None:
        """Remove logs of visits that are over a month old, those of sites taken out of use too."""
        names = {*self.sites()}
        try:
            with Archive.open(self.archive, create=False, read_only=True) as archive:
                names |= archive.runs.last().keys()
        except (LeggerError, OSError) as error:
            log.warning("logs of sites that are out of use are left: %s", error)
        VisitLogs(self.logs).remove(names, before=self.now() - KEPT_LOGS)

    def start(self, site: str, now: datetime, kind: str = timetable.VISIT) -> None:
        """Start one visit in a process of its own, within its limit of memory."""
        self.under_way[site] = VisitProcess.start(
            site, kind, self.archive, self.program, VisitLogs(self.logs), now=now,
            time_limit=self.time_limit, memory_limit=self.memory_limit,
        )  # fmt: skip

    def close(self, patience: float = 60) -> None:
        """Ask every visit to finish and commit; end those that have not after *patience* seconds."""
        finish(self.under_way.values(), patience)
        try:
            with Archive.open(self.archive) as archive:
                for visit in self._reap():
                    self._account(archive, visit, told_to_stop=True)
                self._turn.give_up(archive)
                archive.clocks.stopped(holder(os.getpid()))
        except (LeggerError, OSError) as error:
            log.error("how the last visits ended could not be put on record: %s", error)

    def heard(self, event: JobEvent) -> None:
        """What APScheduler says of a job that did not do its work goes on record, once until it does."""
        job = str(event.job_id)
        if event.code == EVENT_JOB_EXECUTED:
            self._unsound.pop(job, None)
            return
        kind, says = "misfire", f"the {job} that was due was missed; the next one makes up for it"
        if event.code == EVENT_JOB_ERROR:
            kind, says = "failed", f"the {job} failed: {of_legger(event.exception)}"
        if says in self._unsound.setdefault(job, set()):
            return
        log.warning(says)
        try:
            with Archive.open(self.archive) as archive:
                archive.incidents.note(kind, says, at=self.now())
        except (LeggerError, OSError) as error:
            log.error("which could not be put on record: %s", error)
        else:
            self._unsound.setdefault(job, set()).add(says)  # it may have succeeded meanwhile


def run(clock: Clock, *, stop: threading.Event) -> None:
    """Do the clock's jobs until *stop* is set, then let visits finish."""
    ticker = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},  # one job at a time: none waits for another's write
        job_defaults={
            "misfire_grace_time": None,  # however late, do it: the default gives up after one second
            "coalesce": True,
            "max_instances": 1,
        },
    )
    ticker.add_listener(
        clock.heard, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_ERROR | EVENT_JOB_EXECUTED
    )
    for name, (job, trigger) in clock.jobs.items():
        ticker.add_job(job, trigger, id=name, next_run_time=datetime.now(UTC))
    ticker.start()
    where = "by the workers of a fleet" if clock.fleet is not None else f"{clock.at_most} at a time"
    log.info("the clock runs: every site each %s, %s", clock.every, where)
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


if __name__ == "__main__":  # the command alone knows the operator's settings, and whom to tell
    os.execv(sys.executable, [sys.executable, "-m", "legger", "schedule", *sys.argv[1:]])  # noqa: S606
