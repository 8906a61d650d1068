"""What goes on record of a visit: how its process ended, and that it came late."""

from __future__ import annotations

import logging
import signal
from datetime import datetime, timedelta

from archive import Archive
from archive.operations.schedule import BULK, COMPACT, EXPORT, IMPORT, REREAD, VISIT
from crawler.scheduling import timetable
from crawler.scheduling.processes import VisitProcess
from crawler.siteconfig.site import Site

log = logging.getLogger("legger.schedule")

_WHAT = {COMPACT: "packing", REREAD: "reading again", IMPORT: "an import", EXPORT: "an export"}


def free_site(archive: Archive, visit: VisitProcess) -> None:
    """Say how a visit ended, and free the site of one that was killed."""
    status = visit.process.returncode or 0
    level = logging.INFO if status == 0 else logging.ERROR
    log.log(level, "%s: %s ended with %d; log: %s", visit.site, visit.kind, status, visit.log)
    archive.schedule.release_of(visit.site, visit.holder)


def outcome_since(archive: Archive, site: str, kind: str, since: datetime) -> str:
    """How the last visit of a site that began *since* then ended; empty: none did, or it is packing."""
    runs = archive.runs.list(site, limit=3) if kind != COMPACT else []
    return next((run.outcome or "" for run in runs if run.started >= since and run.ended is not None), "")


def note_ending(archive: Archive, visit: VisitProcess, now: datetime, *, time_limit: timedelta) -> None:
    """Put on record a visit that did not end well."""
    status = visit.process.returncode or 0
    if visit.asked:
        kind, says = "over time", f"took longer than {time_limit}, and was asked to finish"
    elif status < 0:
        then = "it is taken up again" if visit.kind in BULK else "the next visit takes it up"
        kind, says = "killed", f"was killed ({signal.Signals(-status).name}); {then}"
    elif status:
        kind, says = "failed", f"ended with {status}"
    else:
        return
    what = _WHAT.get(visit.kind, "the visit")
    archive.incidents.note(
        kind, f"{what} {says}; log: {visit.log}", at=now, site=_site_of(visit.site, visit.kind)
    )


def _site_of(entry: str, kind: str) -> str | None:
    """The site that an entry is of; ``None``: of none."""
    return None if kind == EXPORT else entry


def note_late(
    archive: Archive,
    site: Site,
    kind: str,
    defaults: timetable.DefaultSchedule,
    *,
    since: datetime,
    now: datetime,
    why: str,
) -> None:
    """Put on record that an entry that was due *since* begins late, *why*, and how many were missed."""
    every = timetable.interval(site, defaults, kind)
    late = timetable.lateness(since, now, every)
    if late is None or kind == COMPACT:
        return  # packing a week later is as good
    missed = late // every
    what = "" if kind == VISIT else f"{kind} "
    says = f"{what}due {since:%Y-%m-%d %H:%M} UTC, begun {now:%Y-%m-%d %H:%M} UTC: {why}"
    says += f"; {missed} visits in between were missed" if missed else ""
    log.warning("%s: %s", site.name, says)
    archive.incidents.note("late", says, at=now, site=site.name, since=since)


def note_cut_off(
    archive: Archive, site: str, kind: str, *, begun: datetime, now: datetime, whose: str
) -> None:
    """Put on record that an entry was not brought to its end, and *whose* end that was."""
    says = f"the {kind} begun {begun:%Y-%m-%d %H:%M} UTC was cut off: {whose}"
    log.warning("%s: %s", site, says)
    archive.incidents.note("lost", says, at=now, site=_site_of(site, kind), since=begun)
