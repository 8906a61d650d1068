"""An archive that cannot be used (a full disk, no access): told all the same, though not on record.

What was told is remembered by the clock's process alone: a clock that is started anew tells again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from legger.telling.notice import Undelivered, of_outage
from legger.telling.teller import LONGEST, Channel

log = logging.getLogger("legger.telling")

AFTER = timedelta(hours=1)
"""An archive that could not be used for less is no news."""
AGAIN = timedelta(days=1)
"""What lasts is told once a day: while the archive stands still, nothing else is heard of it."""


class Outages:
    """Tells over some channels that an archive cannot be used, and when it can be used again."""

    def __init__(self, where: str, ways: Callable[[], Iterable[Channel]]) -> None:
        self.where, self.ways = where, ways
        self._again: dict[str, datetime] = {}
        """Channel -> when it is to tell again, or to try again."""
        self._told: set[str] = set()
        self._aside: threading.Thread | None = None

    def lasts(self, since: datetime, reason: str, now: datetime) -> None:
        """The archive cannot be used *since* then. Tells it aside, where waiting holds up nobody.

        Raises nothing for a channel that fails: it is tried again within half an hour.
        """
        if now - since < AFTER or (self._aside is not None and self._aside.is_alive()):
            return
        if ways := [each for each in self.ways() if self._again.get(each.name, now) <= now]:
            self._aside = threading.Thread(
                target=self._tell, args=(ways, since, reason, now), name="outage", daemon=True
            )
            self._aside.start()

    def over(self, since: datetime, now: datetime) -> None:
        """It can be used again: tells it where it was told that it could not."""
        self.wait()
        told = [each for each in self.ways() if each.name in self._told]
        self._tell(told, since, "", now)
        self._told.clear()
        self._again.clear()

    def wait(self, seconds: float | None = None) -> None:
        """Let what is being told arrive, or fail."""
        if self._aside is not None:
            self._aside.join(seconds)

    def _tell(self, ways: Iterable[Channel], since: datetime, reason: str, now: datetime) -> None:
        notice = of_outage(where=self.where, since=since, reason=reason, at=now)
        for way in ways:
            try:
                way.deliver(notice)
            except Undelivered as error:
                log.error("%s: %s, which could not be told: %s", way.name, notice.headline, error)
                self._again[way.name] = now + LONGEST
            else:
                self._told.add(way.name)
                self._again[way.name] = now + AGAIN
