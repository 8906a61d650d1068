"""What dead workers left behind: their visits are due again, and nobody waits for their sites.

Every worker looks, without a lock: what one has done, another finds done. A sweep that were a job of the
queue could die with its lock, and nobody would sweep then.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from archive import Archive
from archive.model.addresses import Outcome
from archive.operations.fleet import MISSED, FleetWorker, QueuedVisit
from archive.operations.schedule import Claim, Lease, died, process_space
from crawler.fleet.visits import ASKING, again
from crawler.scheduling.endings import note_cut_off, outcome_since

log = logging.getLogger("legger.schedule")


@dataclass(frozen=True, kw_only=True)
class SweptJobs:
    """What is left to do in the queue."""

    jobs: tuple[int, ...]
    """Numbers of jobs to fail."""
    workers: tuple[int, ...]
    """Numbers of dead workers of which nothing is left."""


STILL = 90.0
"""Seconds after which a lease that was not renewed is of a visit that stands still: it renews each minute."""
_Key = TypeVar("_Key")


class Lasting(Generic[_Key]):
    """For how long things have stayed as they are, as far as this process itself could look."""

    def __init__(self) -> None:
        self._since: dict[_Key, float] = {}

    def look(self, there: Iterable[_Key], monotonic: float) -> dict[_Key, float]:
        """Each thing that is there now -> the seconds since it was first there; others are forgotten."""
        self._since = {each: self._since.get(each, monotonic) for each in there}
        return {each: monotonic - since for each, since in self._since.items()}

    def clear(self) -> None:
        """Begin anew."""
        self._since.clear()


@dataclass(kw_only=True)
class Sweeper:
    """Looks for dead workers. Those count as dead whose last sign of life stayed the same for as long as this
    process itself could look: a database that was away makes nobody dead, nor does a clock that is wrong."""

    _heard: Lasting[tuple[int, datetime | None]] = field(default_factory=Lasting)
    """Workers by number, with their last sign of life."""
    _stray: Lasting[int] = field(default_factory=Lasting)
    _forgotten: Lasting[Claim] = field(default_factory=Lasting)
    _leases: Lasting[tuple[str, datetime]] = field(default_factory=Lasting)
    """Holders of leases, with until when these last."""

    def interrupted(self) -> None:
        """A look failed: begin to watch anew."""
        self._heard.clear()
        self._stray.clear()
        self._forgotten.clear()
        self._leases.clear()

    def look(
        self,
        archive: Archive,
        monotonic: float,
        *,
        mine: int | None,
        at_work: frozenset[int],
        busy: frozenset[tuple[str, str]],
    ) -> SweptJobs:
        """Hand back what dead workers were at, and what this one forgot.

        *mine*: the number of this worker; *at_work*: of its jobs; *busy*: site and kind of what it is at.
        """
        workers, visits = archive.fleet.workers(), archive.fleet.visits()
        now = archive.schedule.now()
        silent = self._silent(workers, monotonic)
        held = archive.schedule.leases(now=now)
        lasted = self._leases.look(((each.holder, each.until) for each in held.values()), monotonic)
        renewed = {each.site for each in held.values() if lasted[each.holder, each.until] <= STILL}
        jobs, gone = self._strays(workers, visits, monotonic, mine=mine, at_work=at_work), []
        alive = {each.holder for each in workers if each.number == mine or each.number not in silent}
        self._hand_back_forgotten(archive, workers, monotonic, mine=mine, busy=busy)
        for worker in workers:
            here = bool(worker.holder) and died(worker.holder, alone=archive.fleet.on_one_machine)
            if worker.number == mine or not (here or worker.number in silent):
                continue
            kept = set[str]()
            if here or worker.holder not in alive:  # else it runs, and is registered anew
                certain = worker.number in silent
                kept = self._hand_back(archive, worker, held, now, certain=certain, renewed=renewed)
            jobs += [
                each.number
                for each in visits
                if each.under_way and each.worker == worker.number and each.site not in kept
            ]
            if not kept:
                gone.append(worker.number)
        return SweptJobs(jobs=tuple(jobs), workers=tuple(gone))

    def _silent(self, workers: Iterable[FleetWorker], monotonic: float) -> set[int]:
        lasted = self._heard.look(((each.number, each.heard) for each in workers), monotonic)
        return {each.number for each in workers if lasted[each.number, each.heard] > MISSED * each.heartbeat}

    def _strays(
        self,
        workers: Iterable[FleetWorker],
        visits: Iterable[QueuedVisit],
        monotonic: float,
        *,
        mine: int | None,
        at_work: frozenset[int],
    ) -> list[int]:
        """Jobs that are under way for nobody: how one ended could not be said while the database was away."""
        known = {each.number: each.heartbeat for each in workers}
        stray = {
            each.number: known.get(each.worker or 0, 10.0)
            for each in visits
            if each.under_way
            and (each.worker not in known or (each.worker == mine and each.number not in at_work))
        }
        lasted = self._stray.look(stray, monotonic)
        return [number for number, heartbeat in stray.items() if lasted[number] > 2 * heartbeat]

    def _hand_back_forgotten(
        self,
        archive: Archive,
        workers: Iterable[FleetWorker],
        monotonic: float,
        *,
        mine: int | None,
        busy: frozenset[tuple[str, str]],
    ) -> None:
        """What this worker claimed and is not at: the archive went away before it could begin."""
        us = next((each for each in workers if each.number == mine), None)
        if us is None:
            return
        forgotten = [
            each
            for each in archive.schedule.claims()
            if each.holder == us.holder and (each.site, each.kind) not in busy
        ]
        for each, lasted in self._forgotten.look(forgotten, monotonic).items():
            if lasted > 2 * us.heartbeat:
                archive.schedule.hand_back(each)

    @staticmethod
    def _hand_back(
        archive: Archive,
        worker: FleetWorker,
        held: Mapping[str, Lease],
        now: datetime,
        *,
        certain: bool,
        renewed: Set[str],
    ) -> set[str]:
        """Hand back what a dead worker had claimed; returns the sites whose visits still go on.

        A worker that cannot give a sign of life ends its visits before it is *certain* to be dead, and a
        visit ends soon after its worker. One that only stands still (SIGSTOP) ends none: those whose leases
        are *renewed* go on, and what they bring to its end is no loss.
        """
        kept = set()
        what = "was not heard of any more" if certain else "died"
        whose = f"its worker on {worker.machine} {what}"
        for claim in archive.schedule.claims():
            if not worker.holder or claim.holder != worker.holder:
                continue
            if (lease := held.get(claim.site)) is not None:
                of_it = process_space(lease.holder) == process_space(worker.holder)
                if not certain or (of_it and claim.site in renewed):
                    kept.add(claim.site)
                    continue
                if of_it:
                    archive.schedule.release(lease)
            ended = (
                outcome_since(archive, claim.site, claim.kind, claim.taken) if claim.kind in ASKING else ""
            )
            done = ended == Outcome.DONE.value
            if archive.schedule.hand_back(claim, later=None if done else partial(again, now)) and not done:
                note_cut_off(archive, claim.site, claim.kind, begun=claim.taken, now=now, whose=whose)
        return kept
