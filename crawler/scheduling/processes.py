"""Visits as processes of their own: started with a log and a deadline, asked to finish, ended."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.operations.schedule import BACKFILL, COMPACT, EXPORT, IMPORT, POLL, REREAD, VISIT, holder
from crawler.scheduling.programs import Process, Program
from crawler.scheduling.tied import TIED

log = logging.getLogger("legger.schedule")

ASKS = {
    VISIT: ("crawl",),
    POLL: ("crawl", "--poll"),
    BACKFILL: ("crawl", "--backfill"),
    COMPACT: ("compact",),
    REREAD: ("reread", "--shard"),
    IMPORT: ("import", "--shard"),
    EXPORT: ("export", "--shards"),
}
"""Kind of entry -> the command, and what it is told."""
_AS_OURS: Mapping[str, str] = {}
WHOLE = (VISIT, BACKFILL)
"""Kinds of entry that look at all of a site."""


_LOG = re.compile(r"(.+)-(\d{8}T\d{6}Z)\.log")
_SHARD = re.compile(rf"{EXPORT}-[0-9a-f]{{8}}-(?:\d+|manifest)")
"""Whose log that of a part of an export is."""


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

    def last_begun(self) -> dict[str, datetime]:
        """When the last visit of each site began that left a log."""
        last: dict[str, str] = {}
        for _, whose, begun in self._logs():
            last[whose] = max(begun, last.get(whose, ""))
        return {
            whose: datetime.strptime(begun, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            for whose, begun in last.items()
        }

    def remove(self, sites: Set[str], *, before: datetime) -> None:
        """Remove the logs of visits of these sites, and of exports, that began *before* a moment."""
        oldest = f"{before:%Y%m%dT%H%M%SZ}"
        for file, whose, begun in self._logs():
            if begun < oldest and (whose in sites or _SHARD.fullmatch(whose) or _of_a_kind(whose) in sites):
                file.unlink(missing_ok=True)

    def _logs(self) -> Iterator[tuple[Path, str, str]]:
        """Every log: its file, whose it is, and when that began."""
        for file in self._folder.glob("*.log"):
            if hit := _LOG.fullmatch(file.name):
                yield file, hit[1], hit[2]


def _of_a_kind(whose: str) -> str:
    """The site whose entry of another kind than a visit left a log; empty: no such."""
    site, _, kind = whose.rpartition("-")
    return site if kind in ASKS else ""


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
