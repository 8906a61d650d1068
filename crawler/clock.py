"""What time it is for the visit of a site: by the clock of its archive, or by that of the practice newspaper.

Who shares an archive shares one clock: the database server's, or this machine's where the archive is a file.
When something was captured is evidence, and the order of captures is the order of versions: neither may hang
on which of many machines was there. A machine whose clock is far from the archive's makes no visits, for one
of the two is wrong, and nobody knows which.

The practice newspaper runs on a clock of its own so that days pass in seconds: ``LEGGER_NOW`` holds an
ISO 8601 instant, or the path of a file that holds one (read at every call, so that one writer moves the
clock of every process). It is honoured for the practice newspaper alone.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import Refused, UsageError

if TYPE_CHECKING:
    from archive import Archive

FAR = timedelta(minutes=1)
"""How far a machine's clock may be from the archive's. One that is kept by NTP is within a second."""
STOOD_STILL = 20.0
"""Seconds. A lease that is renewed each minute is not taken for another half."""


def now(*, practice: bool = False) -> datetime:
    """The time, aware, in UTC; of the practice newspaper's clock when *practice* and one is set."""
    if not (practice and is_scripted()):
        return datetime.now(UTC)
    scripted = os.environ["LEGGER_NOW"]
    try:
        words = Path(scripted).read_text(encoding="ascii").strip() if "/" in scripted else scripted
        instant = datetime.fromisoformat(words)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"LEGGER_NOW={scripted!r}: expected an instant such as 2026-03-02T08:00:00+01:00, "
            "or the path of a file that holds one"
        ) from error
    if instant.tzinfo is None:
        raise UsageError(f"LEGGER_NOW={scripted!r}: the instant needs an offset, such as +01:00")
    return instant.astimezone(UTC)


def is_scripted() -> bool:
    """Whether the practice newspaper has a clock of its own."""
    return bool(os.environ.get("LEGGER_NOW"))


class ArchiveClock:
    """The time by the clock of an archive, as it was last read, and steady from then on.

    What sets this machine's clock meanwhile changes nothing. Until it was read it is this machine's time.
    """

    def __init__(self) -> None:
        self._read_at: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        """The time, aware, in UTC."""
        if self._read_at is None:
            return datetime.now(UTC)
        moment, elapsed = self._read_at
        return moment + timedelta(seconds=_elapsed() - elapsed)

    def read(self, archive: Archive) -> None:
        """Go by the archive's clock as it is now."""
        before = _elapsed()
        moment = archive.schedule.now()
        after = _elapsed()
        self._read_at = moment, (before + after) / 2

    def is_off(self, archive: Archive) -> timedelta:
        """How far the archive's clock was set forward since it was read, back when negative."""
        before = self()
        return _beyond(archive.schedule.now(), before, self())


class Standstill:
    """Whether this process stood still: it was stopped, or its machine slept. Others may take it for dead."""

    def __init__(self, elapsed: Callable[[], float] | None = None) -> None:
        self._elapsed = elapsed or _elapsed
        self._last, self._stood = self._elapsed(), False

    def goes_on(self) -> None:
        """Called several times a second while it does not."""
        last, self._last = self._last, self._elapsed()
        self._stood |= self._last - last > STOOD_STILL

    def lasted(self) -> bool:
        """Whether it stood still since this was last asked."""
        self.goes_on()
        stood, self._stood = self._stood, False
        return stood


def ahead_of(archive: Archive) -> timedelta:
    """How far this machine's clock is ahead of the archive's, behind when negative; zero where it is no
    further than asking took. Zero for an archive in a file."""
    before = datetime.now(UTC)
    return -_beyond(archive.schedule.now(), before, datetime.now(UTC))


def refuse_far_from(archive: Archive) -> None:
    """Raise :class:`Refused` where a visit for this archive would be dated by two clocks that differ."""
    if abs(ahead := ahead_of(archive)) > FAR:
        raise Refused(said_of(ahead))


def said_of(ahead: timedelta) -> str:
    """That this machine's clock is so far ahead, and what to do."""
    return (
        f"the clock of this machine ({socket.gethostname()}) is {spelled(ahead)} the database's. One of them "
        "is wrong, and captures would be dated by it: set it, and let NTP keep it (timedatectl set-ntp true)"
    )


def spelled(ahead: timedelta) -> str:
    """``3,600 s ahead of``, ``90 s behind``."""
    seconds = round(ahead.total_seconds())
    return f"{abs(seconds):,} s {'ahead of' if seconds >= 0 else 'behind'}"


def _beyond(moment: datetime, least: datetime, most: datetime) -> timedelta:
    """How far a moment lies after a span of time; negative: before it; zero: within it."""
    return max(moment - most, timedelta()) + min(moment - least, timedelta())


def _elapsed() -> float:
    """Seconds that pass while this machine sleeps, too, where the system counts these."""
    counts = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if counts is None else time.clock_gettime(counts)
