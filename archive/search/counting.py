"""What matches are counted by: facts of versions and periods; and what counting them gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import ColumnElement, Text, case, cast

from archive.db.functions import utc_day
from archive.db.schema import articles, indexed, sites, versions
from archive.errors import UsageError
from archive.model.types import Status, Version
from archive.search.language.query import Query

By = Literal[
    "day", "week", "month", "year", "site", "section", "author", "kind", "edit", "language", "status", "place"
]
BY: tuple[By, ...] = get_args(By)
LISTS: frozenset[By] = frozenset({"author", "edit"})
"""What a version may have several of; it then counts under each. ``edit``: the kinds of edit that made it."""
Period = Literal["day", "week", "month", "year"]
PERIODS: tuple[Period, ...] = ("day", "week", "month", "year")

Time = Literal["published", "seen", "removed"]
TIMES: tuple[Time, ...] = ("published", "seen", "removed")
"""``published``: the day the site states, in its own time. ``seen``: when the version was first seen (UTC),
as ``seen:`` asks. ``removed``: with ``in:removed`` when the version without the words was first seen;
otherwise the first visit that missed an article that has gone (UTC)."""

NOT_STATED = ""
"""The value of what a site does not state, and the period of what has no such time."""

MOST_PERIODS = 40_000
"""Periods of one answer: a century in days."""


def columns(by: By, time: Time) -> ColumnElement[Any]:
    """What a statement of :func:`archive.search.selection.chosen` counts by; a period is a day here."""
    if by in PERIODS:
        return _DAYS[time]
    return _FACTS[by]


def fact_of(version: Version, by: By, day: date | None) -> str:
    """The same of a version in hand; *day* is that of the time that is counted by. Of :data:`LISTS`: JSON."""
    read = version.article
    if by in PERIODS:
        return NOT_STATED if day is None else period(day, by)
    if by in LISTS:
        return orjson.dumps(read.authors if by == "author" else version.edit_kinds).decode()
    return {
        "site": version.site,
        "section": read.section or NOT_STATED,
        "kind": read.kind.value,
        "language": read.language or NOT_STATED,
        "status": Status(version.status).value,
        "place": read.dateline or NOT_STATED,
    }[by]


def day_of(version: Version, time: Time, removed: datetime) -> date | None:
    """The day of a version, by one of its times."""
    if time == "published":
        return version.article.published.value.date() if version.article.published else None
    return (version.first_seen if time == "seen" else removed).astimezone(UTC).date()


_FACTS: Mapping[str, ColumnElement[Any]] = {
    "site": sites.c.name,
    "section": indexed.c.section,
    "author": cast(indexed.c.authors, Text),
    "kind": articles.c.kind,
    "edit": cast(versions.c.edit_kinds, Text),
    "language": indexed.c.language,
    "status": articles.c.status,
    "place": indexed.c.place,
}
_DAYS: Mapping[Time, ColumnElement[Any]] = {
    "published": indexed.c.published,
    "seen": utc_day(versions.c.first_seen),
    "removed": case((articles.c.gone_at.is_not(None), utc_day(articles.c.missed_since))),
}


# ---------------------------------------------------------------- periods


def period(day: date, by: Period) -> str:
    """``2026-03-02``, ``2026-W10`` (ISO 8601, weeks begin on Monday), ``2026-03`` or ``2026``."""
    if by == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[by]]


def every_period(first: date, last: date, by: Period) -> list[str]:
    """Every period from that of *first* to that of *last*. Raises :class:`UsageError` for too many."""
    days = (last - first).days + 1
    if by == "day" and days > MOST_PERIODS:
        raise UsageError(
            f"from {first} to {last} is more than {MOST_PERIODS:,} days: count by month or year, or narrow it"
        )
    if by == "day":
        return [(first + timedelta(days=step)).isoformat() for step in range(days)]
    if by == "week":
        monday = first - timedelta(days=first.weekday())
        return [period(monday + timedelta(days=step), by) for step in range(0, (last - monday).days + 1, 7)]
    if by == "year":
        return [f"{year:04}" for year in range(first.year, last.year + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]


def folded_in_periods(
    by: Sequence[By], found: Iterable[tuple[tuple[Any, ...], int]]
) -> Counter[tuple[str, ...]]:
    """Rows of (what they are counted by, number), with days as the periods they lie in."""
    counted: Counter[tuple[str, ...]] = Counter()
    for values, number in found:
        for key in product(*(_values(value, each) for each, value in zip(by, values, strict=True))):
            counted[key] += number
    return counted


def _values(value: str | None, by: By) -> Sequence[str]:
    """What a row counts under: one value, or each of a list."""
    if not value:
        return (NOT_STATED,)
    if by in LISTS:
        return tuple(dict.fromkeys(orjson.loads(value))) or (NOT_STATED,)
    return (period(date.fromisoformat(value), by) if by in PERIODS else value,)


def counted_alone(by: By, values: Iterable[str | None]) -> dict[str, int]:
    """Values of one thing, of one match each -> how many."""
    if by == "month":
        months = Counter((value or "")[:7] for value in values)
        return dict(sorted(months.items()))
    if by in LISTS:
        return in_order(by, Counter(each for value in values for each in _values(value, by)))
    return in_order(by, Counter(value or "" for value in values))


def span_of(asked: Query, time: Time) -> tuple[date, date] | None:
    """The days that a query asks for by this time, when it says from when to when."""
    spans = {"published": asked.published, "seen": asked.seen}.get(time, ())
    if len(spans) != 1 or spans[0].since is None or spans[0].until is None:
        return None
    return spans[0].since, spans[0].until - timedelta(days=1)


def in_order(by: By, counts: Mapping[str, int], within: tuple[date, date] | None = None) -> dict[str, int]:
    """Most first; periods as they follow each other, empty ones too, and at the end what has no such time."""
    if by not in PERIODS:
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    known = [_first_day(each) for each in counts if each != NOT_STATED]
    bounds = [*known, *(within or ())]
    every = every_period(min(bounds), max(bounds), by) if bounds else []
    return {**{each: counts.get(each, 0) for each in every}, NOT_STATED: counts.get(NOT_STATED, 0)}


def _first_day(named: str) -> date:
    if "W" in named:
        return date.fromisocalendar(int(named[:4]), int(named[6:]), 1)
    return date.fromisoformat(f"{named}-01-01"[:10])


@dataclass(frozen=True, kw_only=True)
class Facets:
    """How the matches are spread."""

    total: int
    more: bool
    """There are more than *total*: the counts are of the latest."""
    counts: Mapping[By, Mapping[str, int]]
    """Facet -> value -> matches, most first (months: in order). ``""``: not stated."""


@dataclass(frozen=True, kw_only=True)
class CountTable:
    """Matches counted by two things at once."""

    rows: tuple[str, ...]
    """Values in order; ``""``: not stated."""
    columns: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    """(row, column) -> matches; what is not there is 0."""
