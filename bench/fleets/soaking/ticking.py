"""The clock's process in a soak: ``python -m bench.fleets.soaking.ticking SECONDS``, in the soak's folder."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from archive import Archive
from archive.errors import LeggerError
from crawler import clock as time_of
from scheduler import Clock


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


if __name__ == "__main__":
    tick_until_killed(timedelta(seconds=float(sys.argv[1])))
