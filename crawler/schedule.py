"""When the clock goes to a site, as its file says (``[schedule]``), and how times are written there. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """``[schedule]`` of a site's file. What is not said is the clock's own usage."""

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
    trigger = CronTrigger.from_crontab(line, timezone=UTC)
    if trigger.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC)) is None:
        raise ValueError("it never comes")
    return line


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
