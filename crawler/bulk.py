"""Bulk work at a site, shard by shard, under the site's lease: no longer than nothing else is due there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from archive import Archive
from archive.errors import ArchiveError
from archive.operations.schedule import BULK, Lease, holder

LEASE = timedelta(minutes=10)
RENEW = 60.0
"""Seconds after which the lease of a site is renewed."""
AGAIN = 0.5
"""Seconds between two looks at a site that somebody else is at."""
A_WHILE = 45.0
"""Seconds for which a worker of a fleet stays with a site: starting is not for nothing, and others get on."""
A_LOOK = 20.0
"""Seconds within which a clock that runs looks at what is due."""


class HeldSite:
    """A site whose lease this process has."""

    def __init__(self, archive: Archive, lease: Lease) -> None:
        self._archive, self._lease, self._renewed = archive, lease, time.monotonic()

    def beat(self) -> None:
        """Renew the lease when it is time. Raises :class:`ArchiveError` when it went to another."""
        if time.monotonic() - self._renewed > RENEW:
            schedule = self._archive.schedule
            if not schedule.renew(self._lease, until=schedule.now() + LEASE):
                raise ArchiveError(
                    f"{self._lease.site} is another's by now: this process stood still for long"
                )
            self._renewed = time.monotonic()


@contextmanager
def held(site: str, archive: Archive) -> Iterator[HeldSite | None]:
    """Hold a site for a shard; ``None``: somebody else has its lease."""
    now = archive.schedule.now()
    lease = archive.schedule.lease(site, holder(os.getpid()), now=now, until=now + LEASE)
    if lease is None:
        yield None
        return
    try:
        yield HeldSite(archive, lease)
    finally:
        archive.schedule.release(lease)


def is_due(site: str, archive: Archive) -> bool:
    """Whether a visit of the site is due, or anything else that goes before bulk work."""
    now = archive.schedule.now()
    mine = [each for each in archive.schedule.entries() if each.site == site and each.kind not in BULK]
    return any(each.due_at <= now and each.paused_at is None for each in mine)


def make_way(site: str, archive: Archive) -> None:
    """Let a visit begin that is due: a clock that looked while we had the site's lease comes again."""
    deadline = time.monotonic() + A_LOOK
    while time.monotonic() < deadline and archive.clocks.running() is not None:
        if not is_due(site, archive) or site in archive.schedule.leases(now=archive.schedule.now()):
            return
        time.sleep(AGAIN)


def for_a_while(site: str, archive: Archive, kind: str, next_shard: Callable[[], bool]) -> bool:
    """Do shards of a site for :data:`A_WHILE`, but no longer than nothing else is due there.

    False where somebody else has the site's lease, as *next_shard* says.
    """
    began = time.monotonic()
    while next_shard():
        over = time.monotonic() - began > A_WHILE or is_due(site, archive)
        if over or archive.shards.next(kind, site) is None:
            archive.index.feed()
            return True
    return False
