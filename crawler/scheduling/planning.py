"""Who is beside a clock: other clocks, of which one plans; who hands out what it plans; who hears that it
cannot."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archive import Archive
from archive.operations.fleet import PLAN
from archive.operations.schedule import Claim, Lease, ScheduleEntry, died, holder
from crawler.clock import ArchiveClock, refuse_far_from
from crawler.scheduling.timetable import DefaultSchedule

log = logging.getLogger("legger.schedule")

SILENT = timedelta(seconds=90)
"""How long the clock that plans may be silent before another takes over."""

BEGUN = timedelta(minutes=10)
"""Within this time a visit has its site's lease: what a clock that planned before claimed longer ago, and
whose site nobody has, was cut off."""


def read_time(now: Callable[[], datetime], archive: Archive, *, visits_here: bool) -> None:
    """Let a clock go by its archive's time. Raises :class:`Refused` where *visits_here*, by this machine's
    clock, would be refused."""
    if isinstance(now, ArchiveClock):
        now.read(archive)
        if visits_here:
            refuse_far_from(archive)


class Planner(Protocol):
    """Hands out what is due (:class:`crawler.fleet.planner.FleetPlanner`)."""

    at_most: int
    """Visits that workers do at a time, as of the last look."""

    def look(self, archive: Archive) -> None:
        """Learn what sites there are, before what is due of them is looked at."""

    def hand_out(
        self, archive: Archive, due: Sequence[ScheduleEntry], defaults: DefaultSchedule, now: datetime
    ) -> int:
        """Hand out entries that are due, in this order; returns how many."""


class OutageListener(Protocol):
    """Who is told of an archive that cannot be used (``legger.notifications.OutageNotifier``)."""

    def lasts(self, since: datetime, reason: str, now: datetime) -> None:
        """It could not be used at this look either."""

    def over(self, since: datetime, now: datetime) -> None:
        """It can be used again."""


@dataclass(kw_only=True)
class PlanTurn:
    """The right to plan, which one clock has at a time; the others wait and take over."""

    _lease: Lease | None = None
    _waited: bool = False

    def is_ours(self, archive: Archive, now: datetime) -> bool:
        """Whether this clock may plan. Around a file any may: they stand on one machine, and share visits."""
        if archive.fleet.on_one_machine:
            return True
        if self._lease is not None and archive.schedule.renew(self._lease, until=now + SILENT):
            return True
        had, me = self._lease is not None, holder(os.getpid())
        self._lease = archive.schedule.lease(PLAN, me, now=now, until=now + SILENT)
        if self._lease is not None:
            log.info("this clock plans")
        elif had or not self._waited:
            log.info("another clock plans; this one takes over when that falls silent")
        self._waited = self._lease is None
        return self._lease is not None

    @staticmethod
    def is_left(archive: Archive, claim: Claim, now: datetime, *, of_workers: bool) -> bool:
        """Whether nobody is at what was claimed, provided that nobody has its site's lease.

        *of_workers*: workers claim, who find each other's dead; else clocks do while they plan.
        """
        alone = archive.fleet.on_one_machine
        if claim.until <= now or died(claim.holder, alone=alone):
            return True
        former = not alone and not of_workers and claim.holder != holder(os.getpid())
        return former and now - claim.taken > BEGUN

    def give_up(self, archive: Archive) -> None:
        """Let another clock plan at its next look."""
        if self._lease is not None:
            archive.schedule.release(self._lease)
            self._lease = None
