"""Visits as processes of their own: started with a log and a deadline, asked to finish, ended."""

from __future__ import annotations

import glob
import logging
import os
import re
import subprocess
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.operations.schedule import BACKFILL, COMPACT, EXPORT, POLL, REREAD, VISIT, holder
from crawler.scheduling.programs import Process, Program
from crawler.scheduling.tied import TIED

log = logging.getLogger("legger.schedule")

ASKS = {
    VISIT: ("crawl",),
    POLL: ("crawl", "--poll"),
    BACKFILL: ("crawl", "--backfill"),
    COMPACT: ("compact",),
    REREAD: ("reread", "--shard"),
    EXPORT: ("export", "--shards"),
}
"""Kind of entry -> the command, and what it is told."""
_AS_OURS: Mapping[str, str] = {}
WHOLE = (VISIT, BACKFILL)
"""Kinds of entry that look at all of a site."""


class VisitLogs:
    """The folder with the log of each visit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, site: str, kind: str, now: datetime) -> Path:
        """Where the log of an entry that begins *now* is to be written."""
        self._folder.mkdir(parents=True, exist_ok=True)
        what = "" if kind == VISIT else f"-{kind}"
        if kind == EXPORT:  # its entries are of no site
            site, what = site.strip("()").replace(" ", "-"), ""
        return self._folder / f"{site}{what}-{now:%Y%m%dT%H%M%SZ}.log"

    def last_begun(self, site: str) -> datetime | None:
        """When the last visit of a site began that left a log."""
        named = re.compile(rf"{re.escape(site)}-(\d{{8}}T\d{{6}}Z)\.log")
        begun = [hit[1] for each in self._folder.glob("*.log") if (hit := named.fullmatch(each.name))]
        return datetime.strptime(max(begun), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if begun else None

    def remove(self, sites: Iterable[str], *, before: datetime) -> None:
        """Remove the logs of visits of these sites, and of exports, that began *before* a moment."""
        oldest = f"{before:%Y%m%dT%H%M%SZ}"
        kinds = "|".join(ASKS)
        names = {site: rf"{re.escape(site)}(?:-(?:{kinds}))?" for site in sites}
        for begins, says in {**names, EXPORT: rf"{EXPORT}-[0-9a-f]{{8}}-(?:\d+|manifest)"}.items():
            named = re.compile(rf"{says}-(\d{{8}}T\d{{6}}Z)\.log")
            for each in self._folder.glob(f"{glob.escape(begins)}-*.log"):
                if (hit := named.fullmatch(each.name)) and hit[1] < oldest:
                    each.unlink(missing_ok=True)


@dataclass(kw_only=True)
class VisitProcess:
    """A visit under way (or another entry of the schedule)."""

    site: str
    kind: str
    process: Process
    log: Path
    begun: datetime
    holder: str
    """Who its process is, as the holder of a lease."""
    deadline: float
    """Monotonic seconds; past it the process is asked to finish, and 60 seconds later ended."""
    asked: bool = False

    @classmethod
    def start(
        cls,
        site: str,
        kind: str,
        archive: str,
        program: Program,
        logs: VisitLogs,
        *,
        now: datetime,
        time_limit: timedelta,
        memory_limit: int,
        environment: Mapping[str, str] = _AS_OURS,
        tied: bool = False,
    ) -> VisitProcess:
        """Start one, within its limit of memory. Raises ``OSError`` when no process or log is to be had.

        *tied*: it ends when this process does, however that comes about.
        """
        command, *options = ASKS[kind]
        file = logs.begin(site, kind, now)
        more = {"LEGGER_MEMORY_LIMIT": str(memory_limit), **environment}
        if tied:
            more[TIED] = str(os.getpid())
        asked = [command, site, "--archive", archive, *options]
        if kind == EXPORT:
            asked = [command, "--archive", archive, *options, site]
        process = program.start(asked, log=file, environment={**os.environ, **more})
        log.info("%s: %s started, log: %s", site, kind, file)
        return cls(
            site=site,
            kind=kind,
            process=process,
            begun=now,
            holder=holder(process.pid),
            log=file,
            deadline=time.monotonic() + time_limit.total_seconds(),
        )

    def ask_to_finish(self, monotonic: float) -> None:
        """Ask an overdue visit to finish and commit; end it when it does not."""
        if monotonic > self.deadline + 60:
            log.error("%s: did not finish when asked; ended", self.site)
            self.process.kill()
        elif monotonic > self.deadline and not self.asked:
            log.warning("%s: over its time; asked to finish", self.site)
            self.asked = True
            self.process.terminate()


def finish(visits: Collection[VisitProcess], patience: float) -> None:
    """Ask visits to finish and commit; end those that have not after *patience* seconds."""
    for visit in visits:
        visit.process.terminate()
    until = time.monotonic() + patience
    for visit in visits:
        try:
            visit.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("%s: did not finish when asked; ended", visit.site)
            visit.process.kill()
            visit.process.wait()
