"""Queries answered from the full-text index: ranked, counted, split by facets.

What may be asked stands in :mod:`archive.search.language.query`. Answers are bounded, so that pages come
fast, and say so: relevance is judged among the latest :data:`RANKED` matches, facets over the latest
:data:`COUNTED`, removed sentences among the latest :data:`SIFTED` versions. :meth:`Search.count` counts
everything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from archive.db.mapping import VERSION, version_of
from archive.db.schema import versions
from archive.db.session import Session
from archive.errors import UsageError
from archive.model.folding import unaccented
from archive.model.types import Version
from archive.search import by_time, counting, fts5, fulltext
from archive.search.counting import (
    By,
    CountTable,
    Facets,
    Time,
    counted_alone,
    day_of,
    fact_of,
    folded_in_periods,
    in_order,
    span_of,
)
from archive.search.fulltext import CLOSE, OPEN
from archive.search.hits import SearchHit, SearchPage, Snippet
from archive.search.language.forms import Spellings
from archive.search.language.parser import parse
from archive.search.language.query import Query, Scope
from archive.search.order import Sort, read_cursor
from archive.search.removed import went
from archive.search.selection import Asked

RANKED = 2_000
"""Matches among which relevance is judged: bm25 costs with every match it looks at."""
COUNTED = 10_000
"""Matches that facets are counted over."""
SIFTED = 1_000
"""Superseded versions whose removed sentences are looked at."""
LARGEST = 1_000
"""Hits of one page."""

Noted = Callable[[str, str], Iterable[int]]
"""(``tag`` or ``note``, words) -> numbers of the articles that are marked so."""


class Search:
    """What stands where."""

    def __init__(self, session: Session, noted: Noted | None = None) -> None:
        self._session = session
        self.noted = noted
        """What ``tag:`` and ``note:`` ask: the articles that were marked so; ``None``: there are no marks."""

    def _asked(self, query: str | Query, every: bool) -> Query:
        """A query as it is asked: its tags and notes are numbers of articles by now."""
        asked = _asked(query, every)
        if not any(each.field in ("tag", "note") for each in asked.filters):
            return asked
        if self.noted is None:
            raise UsageError("an archive on a database server has no notes and tags to look for")
        found = list(asked.filters)
        for place, each in enumerate(found):
            if each.field in ("tag", "note"):
                numbers = sorted(self.noted(each.field, each.value))
                found[place] = replace(
                    each, field=f"articles by {each.field}", value=" ".join(map(str, numbers))
                )
        return replace(asked, filters=tuple(found))

    def search(
        self,
        query: str | Query,
        *,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
        sort: Sort | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> SearchPage:
        """Versions that match, by *sort* (see :data:`SORTS`); the latest published first.

        *since* and *until* (exclusive) bound when the version was first seen; *every* looks in all versions
        unless the query says in what. Articles that are redacted are never found. *after* is
        what :attr:`SearchPage.after` said for the same query and sort. With ``in:removed`` the latest
        removed comes first, and there is no *sort*.

        Raises :class:`QueryError` for a query that cannot be read, :class:`UsageError` for a
        site, cursor, sort or limit that cannot be.
        """
        asked = self._asked(query, every)
        if not 0 < limit <= LARGEST:
            raise UsageError(f"limit: expected a number from 1 to {LARGEST}, not {limit}")
        if sort is not None and asked.scope is Scope.REMOVED:
            raise UsageError("sort: what was removed comes in the order of its removal; leave sort out")
        if sort == "relevance" and asked.words is None:
            raise UsageError("sort: relevance needs a word to look for")
        with self._session.asking() as connection:
            here = Asked(
                connection=connection, query=asked, spelling=Spellings(connection, asked), site=site,
                since=since, until=until,
            )  # fmt: skip
            if asked.scope is Scope.REMOVED:
                page = self._removed(here, limit, after)
            elif sort == "relevance":
                page = self._best(here, limit, after)
            else:
                page = self._in_order(here, sort or "published", limit, after)
        return replace(page, forms=here.spelling.used)

    def count(
        self,
        query: str | Query,
        *,
        by: By | None = None,
        time: Time | None = None,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
    ) -> dict[str, int]:
        """How many match, all of them: ``{"": n}``, or split *by* one thing (value -> matches).

        Days, weeks, months and years are those of *time* (see :data:`archive.search.counting.TIMES`; by
        default of publication, with ``in:removed`` of removal). They come in order, empty ones too, and at
        the end under ``""`` what has no such time. Of other things ``""`` is what is not stated.
        """
        asked = self._asked(query, every)
        chosen_time = time or _usual_time(asked)
        split = () if by is None else (by,)
        counted = self._counted(asked, split, chosen_time, site=site, since=since, until=until)
        if by is None:
            return {"": counted[()]}
        return in_order(by, {key[0]: n for key, n in counted.items()}, span_of(asked, chosen_time))

    def table(
        self,
        query: str | Query,
        *,
        by: tuple[By, By],
        time: Time | None = None,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
    ) -> CountTable:
        """How many match, split by two things at once; each as :meth:`count` splits."""
        asked = self._asked(query, every)
        if by[0] == by[1]:
            raise UsageError(f"by: {by[0]} stands twice; name two different things")
        chosen_time = time or _usual_time(asked)
        counted = self._counted(asked, by, chosen_time, site=site, since=since, until=until)
        margins: list[tuple[str, ...]] = []
        for place, each in enumerate(by):
            margin: Counter[str] = Counter()
            for key, number in counted.items():
                margin[key[place]] += number
            margins.append(tuple(in_order(each, margin, span_of(asked, chosen_time))))
        return CountTable(
            rows=margins[0], columns=margins[1], counts=cast(Mapping[tuple[str, str], int], counted)
        )

    def _counted(
        self, asked: Query, by: Sequence[By], time: Time, *, site: str | None,
        since: datetime | None, until: datetime | None,
    ) -> Counter[tuple[str, ...]]:  # fmt: skip
        with self._session.asking() as connection:
            here = Asked(
                connection=connection, query=asked, spelling=Spellings(connection, asked), site=site,
                since=since, until=until,
            )  # fmt: skip
            if asked.scope is Scope.REMOVED:
                return Counter(
                    tuple(fact_of(hit.version, each, _day(hit, time)) for each in by)
                    for hit in self._sifted(here)[0]
                )
            if not by:
                numbers = here.chosen().order_by(None).with_only_columns(versions.c.id).subquery()
                counted = connection.execute(select(func.count()).select_from(numbers), here.words())
                return Counter({(): counted.scalar_one()})
            split = [counting.columns(each, time) for each in by]
            grouped = here.chosen().with_only_columns(*split, func.count()).group_by(*split).order_by(None)
            rows = connection.execute(grouped, here.words())
            return folded_in_periods(by, ((tuple(row[:-1]), row[-1]) for row in rows))

    def facets(
        self,
        query: str | Query,
        *,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
    ) -> Facets:
        """How the latest :data:`COUNTED` matches are spread over sites, months, sections and so on."""
        asked = self._asked(query, every)
        time = _usual_time(asked)
        with self._session.asking() as connection:
            here = Asked(
                connection=connection, query=asked, spelling=Spellings(connection, asked), site=site,
                since=since, until=until,
            )  # fmt: skip
            if asked.scope is Scope.REMOVED:
                hits, more = self._sifted(here)
                total = len(hits)
                found: list[tuple[Any, ...]] = [
                    tuple(fact_of(hit.version, by, _day(hit, time)) for by in _SHOWN) for hit in hits
                ]
            else:
                split = [counting.columns(by, time).label(by) for by in _SHOWN]
                latest = here.chosen().with_only_columns(*split).limit(COUNTED + 1)
                rows = connection.execute(latest, here.words()).all()
                more, total = len(rows) > COUNTED, min(len(rows), COUNTED)
                found = [tuple(row) for row in rows[:COUNTED]]
        each_alone = zip(*found, strict=True) if found else ((),) * len(_SHOWN)
        counts = {by: counted_alone(by, values) for by, values in zip(_SHOWN, each_alone, strict=True)}
        return Facets(total=total, more=more, counts=counts)

    def similar_words(self, word: str, limit: int = 5) -> list[str]:
        """Words of the index that are spelled nearly as *word*, the most frequent first."""
        from rapidfuzz.distance import OSA

        folded = unaccented(word)
        if len(folded) < 4:
            return []
        with self._session.asking() as connection:
            near = [
                (OSA.distance(folded, each, score_cutoff=2), -articles_with, each)
                for each, articles_with in fulltext.of(connection).vocabulary(connection, folded[:2])
                if abs(len(each) - len(folded)) <= 2 and each != folded
            ]
        return [each for distance, _, each in sorted(near) if distance <= (1 if len(folded) < 7 else 2)][
            :limit
        ]

    # ------------------------------------------------------------ pages

    def _in_order(self, here: Asked, sort: Sort, limit: int, after: str | None) -> SearchPage:
        found = by_time.in_order(here, sort, limit, after)
        return SearchPage(
            query=here.query, hits=_hits(here, found.numbers), after=found.after, among=found.among
        )

    def _best(self, here: Asked, limit: int, after: str | None) -> SearchPage:
        """The order is fixed by the latest match there was when the first page was asked for."""
        ceiling, start = read_cursor(after, "r", 2) if after is not None else (None, 0)
        wanted = here.chosen()
        if ceiling is not None:
            wanted = wanted.where(here.number <= ceiling)
        latest = wanted.add_columns(here.index.RANK).limit(RANKED + 1)
        scored = here.connection.execute(latest, here.words()).all()
        among = RANKED if len(scored) > RANKED else None
        scored = scored[:RANKED]
        if ceiling is None and scored:
            ceiling = scored[0].id
        best = sorted(scored, key=lambda row: (row.rank, -row.id))[start : start + limit]
        more = start + limit < len(scored)
        return SearchPage(
            query=here.query,
            hits=_hits(here, [row.id for row in best]),
            after=f"r{ceiling}.{start + limit}" if more else None,
            among=among,
        )

    def _removed(self, here: Asked, limit: int, after: str | None) -> SearchPage:
        hits, more = self._sifted(here)
        if after is not None:
            moment, article, number = read_cursor(after, "x", 3)
            hits = [hit for hit in hits if _place(hit) < (moment, article, number)]
        page = hits[:limit]
        cursor = "x{}.{}.{}".format(*_place(page[-1])) if len(hits) > limit else None
        return SearchPage(query=here.query, hits=tuple(page), after=cursor, among=SIFTED if more else None)

    def _sifted(self, here: Asked) -> tuple[list[SearchHit], bool]:
        """Edits that took out a sentence with these words, latest first, and whether older were left aside.

        A sentence that came back changed, with the words still in it, did not lose them.
        """
        connection = here.connection
        match = here.query.match(here.spelling)
        assert match is not None
        wanted = here.chosen()
        wanted = wanted.order_by(None).order_by(versions.c.superseded.desc(), versions.c.id.desc())
        numbers = [row.id for row in connection.execute(wanted.limit(SIFTED + 1), here.words(loosely=True))]
        more = len(numbers) > SIFTED
        before = _versions(connection, versions.c.id.in_(numbers[:SIFTED]))
        followers = [(version.article_id, version.number + 1) for version in before.values()]
        after = {
            (version.article_id, version.number): version
            for some in _some(followers, 200)
            for version in _versions(
                connection,
                or_(*(and_(versions.c.article_id == a, versions.c.number == n) for a, n in some)),
            ).values()
        }  # fmt: skip
        rows: list[tuple[int, bool, tuple[str, str, str, str]]] = []
        for number, old in before.items():
            new = after.get((old.article_id, old.number + 1))
            if new is not None:
                rows += [(number, True, row) for row in went(old.article, new.article)]
                rows += [(number, False, row) for row in went(new.article, old.article)]
        found = fts5.matching_rows(match, [row for _, _, row in rows])
        lost: dict[int, list[Snippet]] = {}
        came: Counter[int] = Counter()
        for place, words in found:
            number, removed, _ = rows[place]
            if removed:
                lost.setdefault(number, []).append(_snippet(words))
            else:
                came[number] += 1
        hits = [
            SearchHit(
                version=before[number],
                title=((before[number].article.title, False),),
                words=snippets[0],
                gone=before[number].superseded,
            )
            for number, snippets in lost.items()
            if len(snippets) > came[number]
        ]
        hits.sort(key=_place, reverse=True)
        return hits, more


_SHOWN: tuple[By, ...] = (
    "month", "site", "section", "author", "kind", "edit", "language", "status", "place"
)  # fmt: skip


def _asked(query: str | Query, every: bool) -> Query:
    asked = parse(query) if isinstance(query, str) else query
    return replace(asked, scope=Scope.ALL) if every and asked.scope is Scope.CURRENT else asked


def _usual_time(asked: Query) -> Time:
    return "removed" if asked.scope is Scope.REMOVED else "published"


def _day(hit: SearchHit, time: Time) -> Any:
    assert hit.gone is not None
    return day_of(hit.version, time, hit.gone)


# ---------------------------------------------------------------- rows


def _versions(connection: Connection, which: ColumnElement[bool]) -> dict[int, Version]:
    return {row.version_id: version_of(row) for row in connection.execute(VERSION.where(which))}


def _hits(here: Asked, numbers: Sequence[int]) -> tuple[SearchHit, ...]:
    """The hits with these numbers, in this order."""
    there = _versions(here.connection, versions.c.id.in_(numbers))
    if here.query.words is None:
        return tuple(_opening(there[number]) for number in numbers)
    marked = here.index.marked(here.connection, numbers, here.query.words, here.spelling)
    return tuple(
        SearchHit(version=there[number], title=_snippet(title), words=_snippet(around))
        for number, (title, around) in ((each, marked[each]) for each in numbers)
    )


def _opening(version: Version) -> SearchHit:
    """A hit of a query without words: its title and how its text begins."""
    opening = " ".join(version.article.text.split()[:40])
    return SearchHit(version=version, title=((version.article.title, False),), words=((opening, False),))


def _snippet(marked: str) -> Snippet:
    pieces = []
    for piece in re.split(f"({OPEN}[^{CLOSE}]*{CLOSE})", marked):
        found = piece.startswith(OPEN)
        words = piece.strip(OPEN + CLOSE)
        if words:
            pieces.append((words.replace("\n", " "), found))
    return tuple(pieces)


def _place(hit: SearchHit) -> tuple[int, int, int]:
    """Where a removal stands in its list: (microseconds, article, version)."""
    assert hit.gone is not None
    return int(hit.gone.timestamp() * 1_000_000), hit.version.article_id, hit.version.number


def _some(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
