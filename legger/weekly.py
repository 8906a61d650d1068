"""When the weekly digest is due: (day and time of choice, now) -> moment. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """A time of the week, as clocks on the wall show it."""

    day: int
    """0: Monday."""
    hour: int
    minute: int

    @classmethod
    def parse(cls, words: str) -> Weekly:
        """``monday 07:00``. Raises :class:`ValueError` for anything else."""
        found = re.fullmatch(r"([a-z]{3,9}) +(\d{1,2}):(\d\d)", words.strip().lower())
        days = [number for number, name in enumerate(DAYS) if found and name.startswith(found[1])]
        if found is None or len(days) != 1 or int(found[2]) > 23 or int(found[3]) > 59:
            raise ValueError(f"expected a day and a time, such as 'monday 07:00', found {words!r}")
        return cls(day=days[0], hour=int(found[2]), minute=int(found[3]))

    def period(self, now: datetime, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
        """The week that ended last: (since, until), both at that time in *zone* (default: here).

        A week with a change of summer time in it is an hour shorter or longer.
        """
        wall = now.astimezone(zone).replace(
            tzinfo=None, hour=self.hour, minute=self.minute, second=0, microsecond=0
        )
        wall -= timedelta(days=(wall.weekday() - self.day) % 7)
        if _aware(wall, zone) > now:
            wall -= WEEK
        return _aware(wall - WEEK, zone), _aware(wall, zone)


def _aware(wall: datetime, zone: tzinfo | None) -> datetime:
    return wall.replace(tzinfo=zone) if zone is not None else wall.astimezone()
