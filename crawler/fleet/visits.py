"""One visit that a worker does: claimed in the archive, run in a process of its own, put on record."""

from __future__ import annotations

import logging
import os
import signal
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from archive import Archive
from archive.export.parts.fleet import next_entry
from archive.model.addresses import ARCHIVE_AWAY, Outcome
from archive.operations.schedule import BACKFILL, BULK, COMPACT, EXPORT, POLL, VISIT, Claim, holder
from crawler.fleet.groups import domains
from crawler.fleet.sites import PublishedSites
from crawler.scheduling import timetable
from crawler.scheduling.endings import free_site, note_ending, note_late
from crawler.scheduling.processes import WHOLE, VisitLogs, VisitProcess
from crawler.scheduling.programs import Program, usual_program
from crawler.scheduling.timetable import DefaultSchedule
from crawler.siteconfig.site import Site

log = logging.getLogger("legger.schedule")

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
ASKING = (VISIT, POLL, BACKFILL)
"""Kinds of entry that ask servers."""
KEPT_LOGS = timedelta(days=31)


def again(now: datetime, tries: int) -> datetime:
    """When an entry is due that did not come to its end, and was handed back so many times before: at once,
    then after a time that doubles."""
    return now + (min(FIRST_WAIT * 2 ** min(tries - 1, 20), LONGEST_WAIT) if tries else timedelta())


_ONE_LOOKS = threading.Lock()
"""Who starts a process looks at all others too: two that look at one that has just ended lose its status."""


@dataclass(kw_only=True)
class FleetVisit:
    """A visit under way, or another entry of the schedule."""

    claim: Claim
    site: Site
    defaults: DefaultSchedule
    process: VisitProcess
    run_before: int
    """The number of the site's last run when it began; 0: there was none."""
    folder: Path
    """The site's files as they were when it began."""
    handed_back: bool = False
    """Whether it was told to stop, so that another worker does it."""

    def stop(self) -> None:
        """Tell it to finish and commit: another worker does the rest."""
        if not self.handed_back:
            self.handed_back = True
            with _ONE_LOOKS:
                self.process.process.terminate()

    def kill(self) -> None:
        """End it now."""
        self.handed_back = True
        with _ONE_LOOKS:
            self.process.process.kill()

    def has_ended(self, monotonic: float) -> bool:
        """Whether its process is no more; one that is over its time is told to finish."""
        with _ONE_LOOKS:
            if self.process.process.poll() is not None:
                return True
            self.process.ask_to_finish(monotonic)
            return False


@dataclass(kw_only=True)
class VisitRunner:
    """Begins and ends visits. Everything that asks the archive is called by one thread."""

    archive: str
    sites: PublishedSites
    logs: Path
    time_limit: timedelta = timedelta(hours=4)
    memory_limit: int = 2048
    """Megabytes that a visit may take; 0: no limit."""
    program: Program = field(default_factory=partial(usual_program, "postgresql"))

    def begin(self, archive: Archive, site: str, kind: str, defaults: DefaultSchedule) -> FleetVisit | None:
        """Begin an entry; ``None``: it is not due any more, is paused, or somebody else is at it or at one of
        its servers."""
        now = archive.schedule.now()
        self.sites.refresh(archive)
        if kind != EXPORT and (site not in self.sites or site in archive.schedule.leases(now=now)):
            return None
        claim = Claim(
            site=site,
            kind=kind,
            holder=holder(os.getpid()),
            taken=now,
            until=now + self.time_limit + timedelta(hours=1),
        )
        plan = self.sites.plan(site) if kind != EXPORT else Site(name=site, url="http://localhost/")
        # The queue lets one of a group through, by files as they were when it was queued, and as groups were.
        servers = domains(plan) if kind in ASKING else []
        since = archive.schedule.claim(
            site, kind=kind, by=claim.holder, now=now, until=claim.until, servers=servers
        )
        if since is None:
            return None
        last = archive.runs.list(site, limit=1)
        folder = self.sites.unfold(site, kind)
        try:
            with _ONE_LOOKS:
                process = VisitProcess.start(
                    site, kind, self.archive, self.program, VisitLogs(self.logs), now=now,
                    time_limit=self.time_limit, memory_limit=self.memory_limit,
                    environment={"LEGGER_SITES": str(folder)}, tied=True,
                )  # fmt: skip
        except OSError as error:  # no process or no log to be had: elsewhere or later, perhaps
            self.sites.fold(folder)
            says = f"the visit could not be started: {error}"
            log.error("%s: %s", site, says)
            archive.schedule.hand_back(claim, later=lambda tries: now + FIRST_WAIT * 2 ** min(tries, 6))
            archive.incidents.note("failed", says, at=now, site=site)
            return None
        if kind in WHOLE and POLL in timetable.kinds(plan, defaults):
            poll_at = timetable.next_due(plan, defaults, now, POLL)
            archive.schedule.make_due(site, at=poll_at, kind=POLL)
        if kind in BULK:  # nothing waits for it
            since = now
        why = "no worker had a place for it, another of its servers was visited, or no clock or worker ran"
        note_late(archive, plan, kind, defaults, since=since, now=now, why=why)
        return FleetVisit(
            claim=claim,
            site=plan,
            defaults=defaults,
            process=process,
            run_before=last[0].id if last else 0,
            folder=folder,
        )

    def end(self, archive: Archive, visit: FleetVisit, *, stopping: bool = False) -> None:
        """Put on record how a visit ended, and when its site is due again.

        One that did not come to its end (its process was killed, the archive was out of reach) is due at
        once, and where that goes on, later and later. *stopping*: this worker was told to stop. A visit that
        stopped meanwhile was told so too, by whoever told all processes of this machine: it is handed back.
        """
        now, claim = archive.schedule.now(), visit.claim
        free_site(archive, visit.process)
        self.sites.fold(visit.folder)
        if claim not in archive.schedule.claims():
            log.error("%s: this worker was taken for dead; its visit is another's now", claim.site)
            return
        runs = [] if claim.kind in (COMPACT, *BULK) else archive.runs.list(claim.site, limit=3)
        ended = [run for run in runs if run.id > visit.run_before and run.ended is not None]
        mine = [run for run in ended if not run.why.startswith(ARCHIVE_AWAY)]
        done = any(run.outcome == Outcome.DONE.value for run in mine)
        status = visit.process.process.returncode
        stopped = any(run.outcome == Outcome.STOPPED.value for run in mine)
        told = visit.handed_back or (stopping and (stopped or (not mine and status == -signal.SIGTERM)))
        if told and not done:
            archive.schedule.hand_back(claim)
            return
        note_ending(archive, visit.process, now, time_limit=self.time_limit)
        if claim.kind in BULK and status == 0:
            self._next_shard(archive, claim, now)
        elif mine or status == 0:
            due = timetable.next_due(visit.site, visit.defaults, claim.taken, claim.kind)
            archive.schedule.finish(claim.site, kind=claim.kind, begun=claim.taken, next_due=due)
        else:
            archive.schedule.hand_back(claim, later=partial(again, now))

    @staticmethod
    def _next_shard(archive: Archive, claim: Claim, now: datetime) -> None:
        """Let the next shard be due at once; after the last one nothing is.

        But for the manifest of an export, when the last of its parts stands.
        """
        archive.schedule.finish(claim.site, kind=claim.kind, begun=claim.taken, next_due=now)
        if archive.shards.next(claim.kind, claim.site) is None:
            after = next_entry(archive, claim.site) if claim.kind == EXPORT else None
            if after is not None:
                archive.schedule.add_entry(after, kind=claim.kind, due_at=now, at_latest=now)
            archive.schedule.remove_entry(claim.site, kind=claim.kind)

    def rotate(self, archive: Archive) -> None:
        """Remove what is over a month old: logs, and bulk work that is done and nobody asked after."""
        archive.shards.forget_done(before=archive.schedule.now() - KEPT_LOGS)
        VisitLogs(self.logs).remove(frozenset(self.sites.names()), before=datetime.now(UTC) - KEPT_LOGS)
