"""When the clock goes to a site: its ``[schedule]``, the hours of its day, and a little chance. Pure.

Intervals are counted in UTC, so that a change of summer time moves nothing. A cron line is read as the
clocks on the wall of the site's zone show it. Where it names hours and minutes, one that is skipped in March
is made up for right after, and one that comes twice in October counts once; a line of every hour, or of every
few minutes (``*``), goes with the hours as they come, as in cron.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.operations.schedule import BACKFILL, COMPACT, POLL, VISIT
from crawler.siteconfig.schedule import goes_with_the_hours, next_of_cron
from crawler.siteconfig.site import Site

KINDS = (VISIT, POLL, BACKFILL, COMPACT)


@dataclass(frozen=True, kw_only=True)
class DefaultSchedule:
    """What holds for sites whose file says nothing."""

    every: timedelta = timedelta(hours=6)
    poll: timedelta = timedelta()
    compact: timedelta = timedelta(days=7)
    """Between two times that what was kept is packed tighter: mostly what came since."""


def kinds(site: Site, defaults: DefaultSchedule) -> tuple[str, ...]:
    """What the clock does at a site."""
    said = site.schedule
    poll = defaults.poll if said.poll is None else said.poll
    polls = bool(poll) and bool(site.feeds or site.sitemaps)
    return (VISIT, *((POLL,) if polls else ()), *((BACKFILL,) if said.backfill else ()), COMPACT)


def interval(site: Site, defaults: DefaultSchedule, kind: str = VISIT) -> timedelta:
    """About how long after one entry the next of its kind comes."""
    said = site.schedule
    if kind == COMPACT:
        return defaults.compact
    if kind == POLL:
        return defaults.poll if said.poll is None else said.poll
    line = said.backfill if kind == BACKFILL else said.cron
    if line is None:
        return said.every or defaults.every
    start = datetime(2026, 1, 1, tzinfo=UTC)
    first = next_on_the_wall(line, start, site)
    return next_on_the_wall(line, first, site) - first


def next_due(site: Site, defaults: DefaultSchedule, now: datetime, kind: str = VISIT) -> datetime:
    """When an entry comes after one taken on *now*: by schedule, later by chance, not in quiet hours."""
    said = site.schedule
    line = said.backfill if kind == BACKFILL else said.cron if kind == VISIT else None
    due = next_on_the_wall(line, now, site) if line else now + interval(site, defaults, kind)
    if said.jitter:
        digest = hashlib.blake2b(f"{site.name} {kind} {due:%Y%m%d%H%M}".encode(), digest_size=4).digest()
        due += said.jitter * (int.from_bytes(digest, "big") / 2**32)
    return site.quiet_until(due) or due


def first_due(
    site: Site, defaults: DefaultSchedule, now: datetime, kind: str, last: datetime | None
) -> datetime:
    """When a new entry comes: a visit an interval after the *last*, or at once."""
    if kind != VISIT:
        return next_due(site, defaults, now, kind)
    return next_due(site, defaults, last) if last is not None else now


SPREAD = timedelta(hours=1)
"""Within this time the first visits of sites that are added together begin,"""
APART = timedelta(minutes=5)
"""and no further apart than this."""


def spread(names: Sequence[str], defaults: DefaultSchedule, now: datetime) -> dict[str, datetime]:
    """When each of the sites that are new to the clock begins: the first at once, the others within the hour.

    They go on apart: a visit comes an interval after the one before it.
    """
    step = min(APART, min(SPREAD, defaults.every) / max(len(names), 1))
    return {name: now + place * step for place, name in enumerate(names)}


def plan(
    site: Site, defaults: DefaultSchedule, due: datetime, until: datetime, kind: str = VISIT
) -> Iterator[datetime]:
    """When an entry that is *due* next will be done, up to *until*."""
    while due < until:
        yield due
        due = next_due(site, defaults, due, kind)


def next_on_the_wall(line: str, after: datetime, site: Site) -> datetime:
    """The next time of a cron line after a moment, as clocks on the wall of the site's zone show it."""
    if goes_with_the_hours(line):
        return min(_with_the_hours(line, after, offset, site) for offset in _offsets(after, site))
    wall = after.astimezone(site.zone).replace(tzinfo=UTC, fold=0)  # as if the wall had one time all year
    while True:
        found = _found(line, wall)
        moment = found.replace(tzinfo=site.zone).astimezone(UTC)
        if moment > after:
            return moment
        wall = found


def _with_the_hours(line: str, after: datetime, offset: timedelta, site: Site) -> datetime:
    """As above, as if the zone always had *offset*; only at times at which it has it."""
    wall = after.astimezone(UTC) + offset
    while True:
        wall = _found(line, wall)
        if (moment := wall - offset).astimezone(site.zone).utcoffset() == offset:
            return moment
        if wall - after > _A_YEAR:
            return datetime.max.replace(tzinfo=UTC)


def _offsets(moment: datetime, site: Site) -> set[timedelta]:
    """What the zone's clocks are ahead of UTC by, now and in the year to come."""
    months = (moment + timedelta(days=30 * number) for number in range(13))
    return {each.astimezone(site.zone).utcoffset() or timedelta() for each in months}


def _found(line: str, wall: datetime) -> datetime:
    found = next_of_cron(line, (wall + timedelta(minutes=1)).replace(second=0, microsecond=0))
    if found is None:
        raise ValueError(f"{line!r} never comes")
    return found


_A_YEAR = timedelta(days=366)


LEAST_GAP = timedelta(minutes=5)
"""A visit that begins no later than this after it was due is in time, however short its interval."""


def lateness(since: datetime, now: datetime, every: timedelta) -> timedelta | None:
    """How much later than due a visit begins; ``None``: within a quarter of its interval, which is no gap."""
    late = now - since
    return late if late > max(every / 4, LEAST_GAP) else None
