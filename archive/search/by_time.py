"""Hits in the order of a time: of publication all of them, by other times the latest of very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from archive.db.schema import indexed, versions
from archive.search.language.query import Scope
from archive.search.order import KEYS, Sort, beyond, read_cursor, ticks
from archive.search.selection import Asked, published_within

SORTED = 50_000
"""Matches that are put in order of a time at once."""
FEW = 10_000
"""Versions that have the words, up to which all are put in order of publication at once."""
STEP = 400
"""Versions looked at together, at first, when more have them: the last published first."""
WALKED = 6_000
"""Versions looked at so, at most, before all that match are put in order after all."""


@dataclass(frozen=True, kw_only=True)
class TimedPage:
    """The versions of a page, by number, in their order."""

    numbers: tuple[int, ...]
    after: str | None
    """The cursor of the next page; ``None`` on the last."""
    among: int | None
    """They are the latest of so many; ``None``: of all."""


def in_order(here: Asked, sort: Sort, limit: int, after: str | None) -> TimedPage:
    """Hits in the order of a time. The cursor is the place of the last one: its time and its number.

    Of more than :data:`SORTED` matches the latest that were filed are put in order, and it is said; in
    order of publication all are, see :meth:`_by_publication`.
    """
    if sort == "published":
        return _by_publication(here, limit, after)
    key = KEYS[sort, here.query.scope is Scope.ALL]
    letter = sort[0]
    moment, number, ceiling = read_cursor(after, letter, 3) if after is not None else (None, 0, 0)
    latest = here.chosen()
    if ceiling:
        latest = latest.where(here.number <= ceiling)
    window = latest.with_only_columns(here.number.label("id")).limit(SORTED + 1)
    numbers = here.connection.execute(window, here.words()).scalars().all()
    among, bounds = None, None
    if len(numbers) > SORTED:
        ceiling = ceiling or numbers[0]
        among, bounds = SORTED, here.number.between(numbers[SORTED - 1], ceiling)
    else:
        ceiling = 0
    rows = _sorted(here, key, limit + 1, moment, number, bounds)
    return _page_of(rows, limit, letter, ceiling, among)


def _by_publication(here: Asked, limit: int, after: str | None) -> TimedPage:
    """Hits by publication, all of them in order.

    Where the words stand in few versions these are sorted. Where they stand in many, the days are walked
    down until a page is full, for that soon is; what is not full after :data:`WALKED` versions is sorted.
    """
    moment, number, _ = read_cursor(after, "p", 3) if after is not None else (None, 0, 0)
    here.chosen()  # what cannot be asked is told, whatever the words find
    wanted = limit + 1
    rows: list[tuple[int, datetime | None]] = []
    having = _having_beginnings(here)
    if len(having) > FEW if having is not None else _stand_in_many(here):
        rows, place = _down_the_days(here, having, wanted, moment, number)
        if place is not None and len(rows) < wanted:
            moment, number = place
            rows += _sorted(here, indexed.c.published_at, wanted - len(rows), moment, number)
    else:
        rows = _of_few(here, wanted, moment, number)
    return _page_of(rows, limit, "p", 0, None)


def _of_few(here: Asked, wanted: int, moment: int | None, number: int) -> list[tuple[int, datetime | None]]:
    """So many matches by publication beyond a place, where the words stand in few versions: these are put in
    order by the index alone, and only those of the page are looked at whole."""
    key = indexed.c.published_at
    having = (
        select(indexed.c.version_id, key)
        .select_from(here.index.INDEX)
        .join(indexed, indexed.c.version_id == here.index.NUMBER)
        .where(here.index.MATCHES)
        .order_by(key.desc().nulls_last(), indexed.c.version_id.desc())
    )
    if (within := published_within(here.query)) is not None:
        having = having.where(within)
    if moment is not None:
        having = having.where(beyond(key, moment, number, indexed.c.version_id))
    found: list[tuple[int, datetime | None]] = []
    # Of most queries the first few do, and those alone are kept in order and handed over.
    start, step = 0, 4 * wanted
    rows = here.connection.execute(having.limit(step), here.words()).all()
    all_there = len(rows) < step
    while start < len(rows) and len(found) < wanted:
        some = rows[start : start + step]
        matching = _matching(
            here, [row.version_id for row in some], frozenset(row.version_id for row in some)
        )
        found += [(row.version_id, row.published_at) for row in some if row.version_id in matching]
        start, step = start + step, 4 * step
        if len(found) < wanted and not all_there:
            rest = here.connection.execute(having.offset(len(rows)).limit(FEW), here.words())
            rows, all_there = [*rows, *rest], True
    return found[:wanted]


def _stand_in_many(here: Asked) -> bool:
    """Whether the words stand in more versions than are quickly sorted, whatever the filters leave."""
    if here.query.words is None:
        return True
    some = select(here.number).select_from(here.index.INDEX).where(here.index.MATCHES).limit(FEW + 1)
    return len(here.connection.execute(some, here.words()).scalars().all()) > FEW


def _sorted(
    here: Asked,
    key: ColumnElement[Any],
    wanted: int,
    moment: int | None,
    number: int,
    bounds: ColumnElement[bool] | None = None,
) -> list[tuple[int, datetime | None]]:
    """So many matches beyond a place, of all that there are sorted by a time."""
    ordered = here.chosen().with_only_columns(versions.c.id, key.label("moment"))
    if bounds is not None:
        ordered = ordered.where(bounds)
    if moment is not None:
        ordered = ordered.where(beyond(key, moment, number))
    ordered = ordered.order_by(None).order_by(key.desc().nulls_last(), versions.c.id.desc()).limit(wanted)
    return [(row.id, row.moment) for row in here.connection.execute(ordered, here.words())]


def _down_the_days(
    here: Asked, having: frozenset[int] | None, wanted: int, moment: int | None, number: int
) -> tuple[list[tuple[int, datetime | None]], tuple[int, int] | None]:
    """So many matches by publication beyond a place, and the place it came to; ``None``: the end.

    *having*: see :func:`_having_beginnings`.
    """
    key = indexed.c.published_at
    found: list[tuple[int, datetime | None]] = []
    within = published_within(here.query)
    step, walked = STEP, 0
    while walked < WALKED:
        some = select(indexed.c.version_id, key).order_by(
            key.desc().nulls_last(), indexed.c.version_id.desc()
        )
        if within is not None:
            some = some.where(within)
        if moment is not None:
            some = some.where(beyond(key, moment, number, indexed.c.version_id))
        rows = here.connection.execute(some.limit(step)).all()
        matching = _matching(here, [row.version_id for row in rows], having)
        found += [(row.version_id, row.published_at) for row in rows if row.version_id in matching]
        if len(found) >= wanted or len(rows) < step:
            return found[:wanted], None
        moment, number = ticks(rows[-1].published_at), rows[-1].version_id
        walked += step
        step = min(2 * step, WALKED // 4)
    assert moment is not None
    return found, (moment, number)


def _having_beginnings(here: Asked) -> frozenset[int] | None:
    """All versions that have the words, where beginnings of words are among these; ``None``: none are.

    An index looks a beginning up anew for each version that it is asked about.
    """
    words = here.words()
    if "*" not in words.get("query", ""):
        return None
    having = select(here.number).select_from(here.index.INDEX).where(here.index.MATCHES)
    return frozenset(here.connection.execute(having, words).scalars())


def _matching(here: Asked, numbers: Sequence[int], having: frozenset[int] | None) -> set[int]:
    """Those of some versions that match."""
    if having is None and not (here.query.filters or here.site):
        among, words = here.among(numbers), here.words()
    elif having is None and here.query.words is not None:
        # An index looks the words up anew for each version: those are asked about that pass the filters.
        rest = replace(here, query=replace(here.query, words=None))
        passing = here.connection.execute(rest.among(numbers), {}).scalars().all()
        among = select(here.number).select_from(here.index.INDEX).where(here.index.MATCHES)
        among, words = among.where(here.number.in_(passing)), here.words()
    elif having is None:
        among, words = here.among(numbers), {}
    else:
        rest = replace(here, query=replace(here.query, words=None))
        among, words = rest.among(having.intersection(numbers)), {}
    return set(here.connection.execute(among, words).scalars())


def _page_of(
    rows: Sequence[tuple[int, datetime | None]], limit: int, letter: str, ceiling: int, among: int | None
) -> TimedPage:
    """A page of the first *limit* rows, with a cursor where there are more."""
    page = rows[:limit]
    cursor = None
    if len(rows) > limit:
        last, at = page[-1]
        cursor = f"{letter}{ticks(at)}.{last}.{ceiling}"
    return TimedPage(numbers=tuple(number for number, _ in page), after=cursor, among=among)
