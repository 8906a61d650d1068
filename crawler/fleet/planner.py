"""What is due is put on the queue: no more than workers take before the next look, and a few of each group.

A long queue would be in the order of yesterday; and jobs that wait for their group are looked through by
every worker that asks for one.
"""

from __future__ import annotations

import logging
import socket
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from archive import Archive
from archive.operations.health_issue import HealthIssue
from archive.operations.schedule import (
    BACKFILL,
    BULK,
    COMPACT,
    EXPORT,
    IMPORT,
    POLL,
    REREAD,
    VISIT,
    ScheduleEntry,
)  # fmt: skip
from crawler import clock
from crawler.fleet.groups import groups
from crawler.fleet.queue import BULK_QUEUE, QUEUE, TASK, VisitQueue
from crawler.fleet.sites import ChangedFiles, PublishedSites
from crawler.scheduling.timetable import DefaultSchedule
from crawler.siteconfig.files import operators_folder
from crawler.siteconfig.site import Site

log = logging.getLogger("legger.schedule")

PRIORITIES = {VISIT: 2, BACKFILL: 2, POLL: 1, COMPACT: 0, REREAD: -1, IMPORT: -1, EXPORT: -1}
IN_LINE = 4
"""Jobs of one group that wait at most: what short visits of sites that share servers do between two looks."""
FEWEST, FOR_EACH = 20, 10
"""Jobs on the queue at most: so many, and so many more for each visit that workers do at a time."""


WRONG_CLOCK = "machine"
"""The kind of alarm that says that a machine's clock is wrong."""


def _wrong_clocks(archive: Archive, now: datetime) -> list[HealthIssue]:
    """Machines whose clocks are far from the database's: those of workers, and this one's."""
    found = {each.machine: timedelta(seconds=each.ahead) for each in archive.fleet.workers() if each.ahead}
    if abs(ahead := clock.ahead_of(archive)) > clock.FAR:
        found[socket.gethostname()] = ahead
    return [
        HealthIssue(
            kind=WRONG_CLOCK, subject=machine, since=now,
            says=f"the clock of {machine} is {clock.spelled(ahead)} the database's: no visits are made there "
            "until one of them is set; where all machines say so, it is the database's",
        )
        for machine, ahead in sorted(found.items())
    ]  # fmt: skip


class FleetPlanner:
    """Plans for workers: what a clock asks for sites, and hands what is due."""

    def __init__(self, archive: str) -> None:
        """Raises :class:`UsageError` for an archive in a file; one that is away now is tried at each look."""
        self._folder = tempfile.TemporaryDirectory(prefix="legger-plan-")
        self._sites = PublishedSites(Path(self._folder.name))
        self._changed = ChangedFiles(operators_folder())
        self._queue = VisitQueue(archive)
        self._groups: dict[str, str] = {}
        self._grouped: dict[str, Site] = {}
        self.at_most = 1
        """Visits that workers do at a time, as of the last look."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.close()
        self._folder.cleanup()

    def sites(self) -> list[str]:
        """The names of the sites in use."""
        return self._sites.names()

    def plan(self, name: str) -> Site:
        """The site of a name, with its schedule."""
        return self._sites.plan(name)

    def look(self, archive: Archive) -> None:
        """Put files that changed here into the archive, and learn what changed anywhere."""
        now = archive.schedule.now()
        for kind, name in self._changed.publish(archive, at=now):
            log.info("%s %s: its file was published to the fleet", kind, name)
        self._sites.refresh(archive)
        archive.alarms.raise_alarms(None, _wrong_clocks(archive, now), now=now, kind=WRONG_CLOCK)

    def hand_out(
        self, archive: Archive, due: Iterable[ScheduleEntry], defaults: DefaultSchedule, now: datetime
    ) -> int:
        """Put entries that are due on the queue, in their order, as far as there is room; returns how many.

        *now* is when they are due by.
        """
        status = archive.fleet.status(now=now)
        there = {(each.site, each.kind) for each in status.visits}
        self.at_most = max(status.at_most, 1)
        room = FEWEST + FOR_EACH * status.at_most - len(status.visits)
        queued = [each for each in status.visits if not each.under_way]
        waiting = Counter(each.group for each in queued if each.kind not in BULK)  # done when nothing else is
        in_shards = {each.group for each in queued if each.kind in BULK}
        places = self.at_most - len(in_shards)
        there |= {(each.site, each.kind) for each in archive.schedule.claims() if each.until > now}
        of, put = self._groups_of_sites(), 0
        for entry in sorted(due, key=lambda each: each.kind in BULK):
            if put >= room:
                break
            bulk = entry.kind in BULK
            group = entry.site if entry.kind == EXPORT else of[entry.site]  # an export asks no server
            if (entry.site, entry.kind) in there or (not bulk and waiting[group] >= IN_LINE):
                continue
            if bulk and (places <= 0 or waiting[group] or group in in_shards):
                continue
            places -= bulk
            if bulk:
                in_shards.add(group)
            else:
                waiting[group] += 1
            put += self._queue.put(
                TASK,
                group=group,
                once=f"{entry.site} {entry.kind}",
                priority=PRIORITIES[entry.kind],
                queue=BULK_QUEUE if bulk else QUEUE,
                site=entry.site,
                kind=entry.kind,
                every=defaults.every.total_seconds(),
                poll=defaults.poll.total_seconds(),
            )
        return put

    def _groups_of_sites(self) -> dict[str, str]:
        sites = {each: self._sites.plan(each) for each in self._sites.names()}
        if sites != self._grouped:
            self._grouped, self._groups = sites, groups(sites.values())
        return self._groups
