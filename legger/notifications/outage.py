"""An archive that cannot be used (a full disk, no access): told all the same, though not on record.

What was told is remembered by the clock's process alone: a clock that is started anew tells again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from archive.db.backend import shown
from archive.errors import LeggerError
from legger.i18n import ENGLISH, Translation
from legger.notifications.message import Undelivered, of_outage
from legger.notifications.notifier import LONGEST, Channel

log = logging.getLogger("legger.notifications")

AFTER = timedelta(hours=1)
"""An archive that could not be used for less is no news."""
AGAIN = timedelta(days=1)
"""What lasts is told once a day: while the archive stands still, nothing else is heard of it."""


class OutageNotifier:
    """Tells over some channels that an archive cannot be used, and when it can be used again."""

    def __init__(self, where: str, ways: Callable[[], Iterable[Channel]], t: Translation = ENGLISH) -> None:
        self.where, self.ways, self.t = shown(where), ways, t
        self._again: dict[str, datetime] = {}
        """Channel -> when it is to tell again, or to try again."""
        self._told: set[str] = set()
        self._aside: dict[str, threading.Thread] = {}
        """Channel -> what is being told over it, where waiting holds up nobody."""

    def lasts(self, since: datetime, reason: str, now: datetime) -> None:
        """The archive cannot be used *since* then.

        Raises nothing for a channel that fails: it is tried again within half an hour. Returns at once.
        """
        if now - since < AFTER:
            return
        for way in self._ways():
            if not self._busy(way.name) and self._again.get(way.name, now) <= now:
                self._start(way, since, reason, now)

    def over(self, since: datetime, now: datetime) -> None:
        """It can be used again: tells it where it was told that it could not. Returns at once."""
        for way in self._ways():
            if way.name in self._told or self._busy(way.name):
                self._start(way, since, "", now)
        self._again.clear()

    def wait(self, seconds: float) -> None:
        """Let what is being told arrive, or fail."""
        until = time.monotonic() + seconds
        for each in list(self._aside.values()):
            each.join(max(0.0, until - time.monotonic()))

    def _ways(self) -> list[Channel]:
        try:
            return list(self.ways())
        except LeggerError as error:
            log.error("nobody can be told that the archive cannot be used: %s", error)
            return []

    def _busy(self, name: str) -> bool:
        return name in self._aside and self._aside[name].is_alive()

    def _start(self, way: Channel, since: datetime, reason: str, now: datetime) -> None:
        before = self._aside.get(way.name)
        self._aside[way.name] = threading.Thread(
            target=self._tell, args=(way, before, since, reason, now), name=f"outage {way.name}", daemon=True
        )
        self._aside[way.name].start()

    def _tell(
        self, way: Channel, before: threading.Thread | None, since: datetime, reason: str, now: datetime
    ) -> None:
        if before is not None:
            before.join()
        if not reason and way.name not in self._told:
            return  # nobody heard of the beginning
        notice = of_outage(where=self.where, since=since, reason=reason, at=now, t=self.t)
        pause = AGAIN
        try:
            way.deliver(notice)
        except Undelivered as error:
            log.error("%s: %s, which could not be told: %s", way.name, notice.headline, error)
            pause = LONGEST
        else:
            self._told.add(way.name)
        if reason:
            self._again[way.name] = now + pause
        else:
            self._told.discard(way.name)
            self._again.pop(way.name, None)
