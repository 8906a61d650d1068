"""When the clock goes to a site, as its file says (``[schedule]``), and how times are written there. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """``[schedule]`` of a site's file. What is not said is as the clock has it."""

    every: timedelta | None = None
    """Between two visits."""
    cron: str | None = None
    """Instead of ``every``: minute, hour, day, month, day of the week, in the site's zone."""
    jitter: timedelta = timedelta()
    """Up to so much later, by chance, so that not all sites are asked on the hour."""
    poll: timedelta | None = None
    """Between two looks at feeds and sitemaps alone; zero: none."""
    backfill: str | None = None
    """A cron line: when the whole site is walked again."""


USUAL = Schedule()
"""A file that says nothing."""


def valid_cron(line: str) -> str:
    """A cron line that comes at all; raises :class:`ValueError`."""
    if next_of_cron(line, datetime(2026, 1, 1, tzinfo=UTC)) is None:
        raise ValueError("it never comes")
    return line


def next_of_cron(line: str, at: datetime) -> datetime | None:
    """The first time of a cron line at or after a time in UTC; raises :class:`ValueError`."""
    found = (trigger.get_next_fire_time(None, at) for trigger in _triggers(line))
    return min((each for each in found if each is not None), default=None)


def goes_with_the_hours(line: str) -> bool:
    """Whether a line is of every hour, or of every few minutes: cron then counts hours as they come."""
    return any(each.startswith("*") for each in _fields(line)[:2])


def _fields(line: str) -> list[str]:
    return _MACROS.get(line.strip().lower(), line).lower().split()


@lru_cache(maxsize=1024)
def _triggers(line: str) -> tuple[CronTrigger, ...]:
    """A cron line as cron(5) means it, which APScheduler does not.

    Days of the week count from Sunday, which is 0 and 7; and where both the day of the month and the day of
    the week are stated, either will do.
    """
    fields = _fields(line)
    if len(fields) != 5:
        raise ValueError(f"expected five fields (minute, hour, day, month, day of the week), found {line!r}")
    minute, hour, day, month, weekday = fields
    weekdays = ",".join(_WEEK[each] for each in sorted(_weekdays(weekday)))
    days = [(day, weekdays)]
    if not (day.startswith("*") or weekday.startswith("*")):
        days = [(day, "*"), ("*", weekdays)]
    from apscheduler.triggers.cron import CronTrigger  # loads asyncio, and few sites have a cron line

    return tuple(
        CronTrigger(minute=minute, hour=hour, day=each, month=month, day_of_week=of_week, timezone=UTC)
        for each, of_week in days
    )


def _weekdays(stated: str) -> set[int]:
    """The days of the week that a cron field names; Sunday is 0."""
    found: set[int] = set()
    for part in stated.split(","):
        days, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and int(step)):
            raise ValueError(f"{part!r} is no step of days of the week")
        first, dash, last = days.partition("-")
        if days == "*":
            start, end = 0, 6
        elif dash:
            start, end = _weekday(first), _weekday(last)
            end += 7 if end < start else 0
        else:
            start = _weekday(days)
            end = 6 if slash else start
        found.update(day % 7 for day in range(start, end + 1, int(step or 1)))
    return found


def _weekday(stated: str) -> int:
    if stated in _WEEK:
        return _WEEK.index(stated)
    if stated.isdecimal() and stated.isascii() and int(stated) <= 7:
        return int(stated)
    raise ValueError(f"{stated!r} is no day of the week: expected 0 to 7 (Sunday is both) or sun to sat")


_WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


MOST = timedelta(days=3660)
"""The longest time that a file may state: ten years."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(m|min|h|hours?|d|days?)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def span(words: str) -> timedelta:
    """``90m``, ``6h``, ``1d``; raises :class:`ValueError`."""
    found = _SPAN.fullmatch(words.strip().lower())
    if found is None:
        raise ValueError(f"expected a time such as 30m, 6h or 1d, found {words!r}")
    try:
        time = timedelta(**{_UNITS[found[2][0]]: float(found[1])})
    except OverflowError:
        time = MOST + timedelta(1)
    if time > MOST:
        raise ValueError(f"expected a time of at most {MOST.days} days, found {words!r}")
    return time


def spelled(time: timedelta) -> str:
    """A time as :func:`span` reads it."""
    minutes = time / timedelta(minutes=1)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes / size:.0f}{unit}"
    return f"{minutes:g}m"
