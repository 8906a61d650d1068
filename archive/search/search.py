"""Queries answered from the full-text index: ranked, counted, split by facets.

What may be asked stands in :mod:`archive.search.query`. Answers are bounded, so that pages come fast, and say
so: relevance is judged among the newest :data:`RANKED` matches, facets over the newest :data:`COUNTED`,
removed sentences among the newest :data:`SIFTED` versions. :meth:`Search.count` counts everything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from archive.db import sqlite
from archive.db.mapping import VERSION, AnyRow, version_of
from archive.db.schema import articles, indexed, redactions, sites, versions
from archive.db.session import Session
from archive.errors import UsageError
from archive.model.types import Article, Status, Version
from archive.search import query as language
from archive.search.query import Filter, Query, Scope, Span

RANKED = 2_000
"""Matches among which relevance is judged: bm25 costs with every match it looks at."""
COUNTED = 10_000
"""Matches that facets are counted over."""
SIFTED = 1_000
"""Superseded versions whose removed sentences are looked at."""
LARGEST = 1_000
"""Hits of one page."""
FORMS = 40
"""Forms a word is looked for in, at most."""

Sort = Literal["newest", "relevance"]
By = Literal["day", "month", "year", "site", "section", "kind", "language", "status", "place"]
BY: tuple[By, ...] = ("day", "month", "year", "site", "section", "kind", "language", "status", "place")

Snippet = tuple[tuple[str, bool], ...]
"""Words around a match: (words, whether they were looked for), in order."""


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """A version that matches, with the words around the match."""

    version: Version
    title: Snippet
    words: Snippet
    """Of the text; with ``in:removed`` of the sentence that went."""
    gone: datetime | None = None
    """With ``in:removed``: when the version without it was first seen."""

    @property
    def snippet(self) -> str:
        """The words around the match as one line; those found stand between ``[`` and ``]``."""
        return "".join(f"[{words}]" if found else words for words, found in self.words)


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """One page of an answer."""

    query: Query
    hits: tuple[SearchHit, ...]
    after: str | None
    """Give it back for the next page; ``None`` on the last. It stays good while the archive grows."""
    among: int | None = None
    """The hits are the best of this many newest matches, and there are more; ``None``: of all."""
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For ``word~``: what it was looked for as."""


@dataclass(frozen=True, kw_only=True)
class Facets:
    """How the matches are spread."""

    total: int
    more: bool
    """There are more than *total*: the counts are of the newest."""
    counts: Mapping[By, Mapping[str, int]]
    """Facet -> value -> matches, most first (months and days: in order). ``""``: not stated."""


class Search:
    """What stands where."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def search(
        self,
        query: str | Query,
        *,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
        sort: Sort = "newest",
        limit: int = 20,
        after: str | None = None,
    ) -> SearchPage:
        """Versions that match, newest first (latest filed) or best first.

        *since* and *until* (exclusive) bound when the version was first seen; *every* looks in all versions
        unless the query says in what. Articles that are redacted are never found. *after* is a
        :attr:`SearchPage.after` of the same query and sort.

        Raises :class:`QueryError` for a query that cannot be read, :class:`UsageError` for a
        site, cursor or limit that cannot be.
        """
        asked = _asked(query, every)
        if not 0 < limit <= LARGEST:
            raise UsageError(f"limit: expected a number from 1 to {LARGEST}, not {limit}")
        with self._session.asking() as connection:
            forms = _Forms(connection, asked)
            if asked.scope is Scope.REMOVED:
                page = self._removed(connection, asked, forms, site, since, until, limit, after)
            elif sort == "relevance" and asked.words is not None:
                page = self._best(connection, asked, forms, site, since, until, limit, after)
            else:
                page = self._newest(connection, asked, forms, site, since, until, limit, after)
        return replace(page, forms=forms.used)

    def count(
        self,
        query: str | Query,
        *,
        by: By | None = None,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
    ) -> dict[str, int]:
        """How many match, all of them: ``{"": n}``, or split *by* one thing (value -> matches)."""
        asked = _asked(query, every)
        with self._session.asking() as connection:
            forms = _Forms(connection, asked)
            if asked.scope is Scope.REMOVED:
                hits = self._sifted(connection, asked, forms, site, since, until)[0]
                return _tally([_facts_of(hit) for hit in hits], by)
            chosen = _chosen(connection, asked, forms, site, since, until)
            if by is None:
                counted = select(func.count()).select_from(chosen.with_only_columns(versions.c.id).subquery())
                return {"": connection.execute(counted, _words(asked, forms)).scalar_one()}
            value = func.coalesce(_FACTS[by], "").label("value")
            each = chosen.with_only_columns(value, func.count()).group_by("value").order_by(None)
            return _ordered(by, {row[0]: row[1] for row in connection.execute(each, _words(asked, forms))})

    def facets(
        self,
        query: str | Query,
        *,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
    ) -> Facets:
        """How the newest :data:`COUNTED` matches are spread over sites, months, sections and so on."""
        asked = _asked(query, every)
        with self._session.asking() as connection:
            forms = _Forms(connection, asked)
            if asked.scope is Scope.REMOVED:
                hits, more = self._sifted(connection, asked, forms, site, since, until)
                found: list[Mapping[By, str]] = [_facts_of(hit) for hit in hits]
            else:
                chosen = _chosen(connection, asked, forms, site, since, until)
                newest = chosen.with_only_columns(*(_FACTS[by].label(by) for by in _SHOWN)).limit(COUNTED + 1)
                rows = connection.execute(newest, _words(asked, forms)).all()
                more = len(rows) > COUNTED
                columns = list(zip(*rows[:COUNTED], strict=True)) or [()] * len(_SHOWN)
                counts = {
                    by: _ordered(by, Counter(value or "" for value in column))
                    for by, column in zip(_SHOWN, columns, strict=True)
                }
                return Facets(total=min(len(rows), COUNTED), more=more, counts=counts)
        return Facets(total=len(found), more=more, counts={by: _tally(found, by) for by in _SHOWN})

    def similar_words(self, word: str, limit: int = 5) -> list[str]:
        """Words of the index that are spelled nearly as *word*, the most frequent first."""
        from rapidfuzz.distance import OSA

        folded = _folded(word)
        if len(folded) < 4:
            return []
        with self._session.asking() as connection:
            near = [
                (OSA.distance(folded, each, score_cutoff=2), -articles_with, each)
                for each, articles_with in sqlite.vocabulary(connection, folded[:2])
                if abs(len(each) - len(folded)) <= 2 and each != folded
            ]
        return [each for distance, _, each in sorted(near) if distance <= (1 if len(folded) < 7 else 2)][
            :limit
        ]

    # ------------------------------------------------------------ pages

    def _newest(
        self, connection: Connection, asked: Query, forms: _Forms, site: str | None,
        since: datetime | None, until: datetime | None, limit: int, after: str | None,
    ) -> SearchPage:  # fmt: skip
        chosen = _chosen(connection, asked, forms, site, since, until)
        if after is not None:
            (before,) = _cursor(after, "n", 1)
            chosen = chosen.where(_number(asked) < before)
        if asked.words is not None:
            chosen = chosen.add_columns(sqlite.TITLE, sqlite.SNIPPET)
        numbers = connection.execute(chosen.limit(limit + 1), _words(asked, forms)).all()
        hits = _hits(connection, numbers[:limit])
        return SearchPage(
            query=asked, hits=hits, after=f"n{numbers[limit - 1].id}" if len(numbers) > limit else None
        )

    def _best(
        self, connection: Connection, asked: Query, forms: _Forms, site: str | None,
        since: datetime | None, until: datetime | None, limit: int, after: str | None,
    ) -> SearchPage:  # fmt: skip
        """The order is fixed by the newest match there was when the first page was asked for."""
        ceiling, start = _cursor(after, "r", 2) if after is not None else (None, 0)
        chosen = _chosen(connection, asked, forms, site, since, until)
        if ceiling is not None:
            chosen = chosen.where(_number(asked) <= ceiling)
        newest = chosen.add_columns(sqlite.RANK).limit(RANKED + 1)
        scored = connection.execute(newest, _words(asked, forms)).all()
        among = RANKED if len(scored) > RANKED else None
        scored = scored[:RANKED]
        if ceiling is None and scored:
            ceiling = scored[0].id
        best = sorted(scored, key=lambda row: (row.rank, -row.id))[start : start + limit]
        numbers = [row.id for row in best]
        marked = (
            select(versions.c.id, sqlite.TITLE, sqlite.SNIPPET)
            .select_from(sqlite.WORDS)
            .join(versions, versions.c.id == sqlite.WORDS.c.rowid)
            .where(sqlite.MATCHES, sqlite.WORDS.c.rowid.in_(numbers))
        )
        rows = {row.id: row for row in connection.execute(marked, _words(asked, forms))}
        more = start + limit < len(scored)
        return SearchPage(
            query=asked,
            hits=_hits(connection, [rows[number] for number in numbers]),
            after=f"r{ceiling}.{start + limit}" if more else None,
            among=among,
        )

    def _removed(
        self, connection: Connection, asked: Query, forms: _Forms, site: str | None,
        since: datetime | None, until: datetime | None, limit: int, after: str | None,
    ) -> SearchPage:  # fmt: skip
        hits, more = self._sifted(connection, asked, forms, site, since, until)
        if after is not None:
            moment, article, number = _cursor(after, "x", 3)
            hits = [hit for hit in hits if _place(hit) < (moment, article, number)]
        page = hits[:limit]
        cursor = "x{}.{}.{}".format(*_place(page[-1])) if len(hits) > limit else None
        return SearchPage(query=asked, hits=tuple(page), after=cursor, among=SIFTED if more else None)

    def _sifted(
        self, connection: Connection, asked: Query, forms: _Forms, site: str | None,
        since: datetime | None, until: datetime | None,
    ) -> tuple[list[SearchHit], bool]:  # fmt: skip
        """Edits that took out a sentence with these words, latest first, and whether older were left aside.

        A sentence that came back changed, with the words still in it, did not lose them.
        """
        match = asked.match(forms)
        assert match is not None
        chosen = _chosen(connection, asked, forms, site, since, until)
        chosen = chosen.order_by(None).order_by(versions.c.superseded.desc(), versions.c.id.desc())
        numbers = [
            row.id for row in connection.execute(chosen.limit(SIFTED + 1), _words(asked, forms, loosely=True))
        ]
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
                rows += [(number, True, row) for row in _went(old.article, new.article)]
                rows += [(number, False, row) for row in _went(new.article, old.article)]
        found = sqlite.matching_rows(match, language.SPLIT, [row for _, _, row in rows])
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


# ---------------------------------------------------------------- statements

_FACTS: Mapping[By, ColumnElement[Any]] = {
    "day": func.coalesce(indexed.c.published, func.substr(versions.c.first_seen, 1, 10)),
    "month": func.substr(func.coalesce(indexed.c.published, func.substr(versions.c.first_seen, 1, 10)), 1, 7),
    "year": func.substr(func.coalesce(indexed.c.published, func.substr(versions.c.first_seen, 1, 10)), 1, 4),
    "site": sites.c.name,
    "section": indexed.c.section,
    "kind": articles.c.kind,
    "language": indexed.c.language,
    "status": articles.c.status,
    "place": indexed.c.place,
}
"""What is counted by. A version whose site states no date counts on the day it was first seen."""
_SHOWN: tuple[By, ...] = ("month", "site", "section", "kind", "language", "status", "place")

_REDACTED = select(redactions.c.article_id).where(redactions.c.lifted_at.is_(None))


def _asked(query: str | Query, every: bool) -> Query:
    asked = language.parse(query) if isinstance(query, str) else query
    return replace(asked, scope=Scope.ALL) if every and asked.scope is Scope.CURRENT else asked


def _number(asked: Query) -> ColumnElement[int]:
    """The column that orders the answer: the index's own, when it leads."""
    return versions.c.id if asked.words is None else sqlite.WORDS.c.rowid


def _words(asked: Query, forms: _Forms, *, loosely: bool = False) -> dict[str, Any]:
    match = asked.match(forms, loosely=loosely)
    return {} if match is None else {"query": match}


def _chosen(
    connection: Connection, asked: Query, forms: _Forms, site: str | None,
    since: datetime | None, until: datetime | None,
) -> Select[Any]:  # fmt: skip
    """Numbers of the versions that match, newest first."""
    wanted = select(versions.c.id)
    if asked.words is not None:
        wanted = wanted.select_from(sqlite.WORDS).join(versions, versions.c.id == sqlite.WORDS.c.rowid)
        wanted = wanted.where(sqlite.MATCHES)
    else:
        wanted = wanted.select_from(versions)
    wanted = (
        wanted.join(indexed, indexed.c.version_id == versions.c.id)
        .join(articles, articles.c.id == versions.c.article_id)
        .join(sites, sites.c.id == articles.c.site_id)
        .where(articles.c.id.not_in(_REDACTED))
        .order_by(_number(asked).desc())
    )
    seen = versions.c.first_seen
    if asked.scope is Scope.CURRENT:
        wanted = wanted.where(versions.c.superseded.is_(None))
    elif asked.scope is Scope.REMOVED:
        seen = versions.c.superseded
        wanted = wanted.where(versions.c.superseded.is_not(None), versions.c.alternating.is_(False))
    if site is not None:
        wanted = wanted.where(sites.c.name == site)
    for condition in _conditions(connection, asked.filters):
        wanted = wanted.where(condition)
    if since is not None:
        wanted = wanted.where(seen >= since)
    if until is not None:
        wanted = wanted.where(seen < until)
    if asked.published:
        wanted = wanted.where(or_(*(_within_days(indexed.c.published, each) for each in asked.published)))
    if asked.seen:
        wanted = wanted.where(or_(*(_within_instants(seen, each) for each in asked.seen)))
    return wanted


def _conditions(connection: Connection, filters: Sequence[Filter]) -> Iterable[ColumnElement[bool]]:
    """One condition for each kind of filter: any of its values, and none of those with a minus."""
    for name in dict.fromkeys(each.field for each in filters):
        of_kind = [each for each in filters if each.field == name]
        wanted = [_condition(connection, each) for each in of_kind if not each.unless]
        if wanted:
            yield and_(*wanted) if name == "is" else or_(*wanted)
        for each in of_kind:
            if each.unless:
                yield func.coalesce(_condition(connection, each), False).is_(False)


def _condition(connection: Connection, each: Filter) -> ColumnElement[bool]:
    value = each.value
    if each.field == "site":
        names = connection.execute(select(sites.c.id, sites.c.name)).all()
        pattern = re.compile(re.escape(value).replace(r"\*", ".*"), re.IGNORECASE)
        numbers = [row.id for row in names if pattern.fullmatch(row.name)]
        if not numbers:
            known = ", ".join(sorted(row.name for row in names)[:20])
            raise UsageError(f"there is no site {value!r} in this archive; there are {known or 'none'}")
        return articles.c.site_id.in_(numbers)
    if each.field == "is":
        return {
            "silent": versions.c.silent,
            "edited": articles.c.latest > 1,
            "changed": versions.c.number > 1,
        }[value]
    if each.field == "lang":
        return (func.lower(indexed.c.language) == value.lower()) | indexed.c.language.ilike(
            f"{_plain(value)}-%", escape="\\"
        )
    column = {"kind": articles.c.kind, "status": articles.c.status, "place": indexed.c.place}[each.field]
    if value.endswith("*"):
        return column.ilike(f"{_plain(value[:-1])}%", escape="\\")
    return func.lower(column) == value.lower()


def _plain(value: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", value)


def _within_days(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    bounds: list[ColumnElement[bool]] = [column.is_not(None)]
    if span.since:
        bounds.append(column >= span.since.isoformat())
    if span.until:
        bounds.append(column < span.until.isoformat())
    return and_(*bounds)


def _within_instants(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    bounds: list[ColumnElement[bool]] = [column.is_not(None)]
    if span.since:
        bounds.append(column >= _midnight(span.since))
    if span.until:
        bounds.append(column < _midnight(span.until))
    return and_(*bounds)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# ---------------------------------------------------------------- rows


def _versions(connection: Connection, which: ColumnElement[bool]) -> dict[int, Version]:
    return {row.version_id: version_of(row) for row in connection.execute(VERSION.where(which))}


def _hits(connection: Connection, rows: Sequence[AnyRow]) -> tuple[SearchHit, ...]:
    there = _versions(connection, versions.c.id.in_([row.id for row in rows]))
    hits = []
    for row in rows:
        version = there[row.id]
        if hasattr(row, "snippet"):
            hits.append(SearchHit(version=version, title=_snippet(row.marked), words=_snippet(row.snippet)))
        else:
            opening = " ".join(version.article.text.split()[:40])
            hits.append(
                SearchHit(version=version, title=((version.article.title, False),), words=((opening, False),))
            )
    return tuple(hits)


def _snippet(marked: str) -> Snippet:
    pieces = []
    for piece in re.split(f"({sqlite.OPEN}[^{sqlite.CLOSE}]*{sqlite.CLOSE})", marked):
        found = piece.startswith(sqlite.OPEN)
        words = piece.strip(sqlite.OPEN + sqlite.CLOSE)
        if words:
            pieces.append((words.replace("\n", " "), found))
    return tuple(pieces)


def _place(hit: SearchHit) -> tuple[int, int, int]:
    """Where a removal stands in its list: (microseconds, article, version)."""
    assert hit.gone is not None
    return int(hit.gone.timestamp() * 1_000_000), hit.version.article_id, hit.version.number


def _cursor(after: str, kind: str, parts: int) -> tuple[int, ...]:
    found = re.fullmatch(kind + r"(\d{1,18})" + r"\.(\d{1,18})" * (parts - 1), after, re.ASCII)
    if found is None:
        raise UsageError(f"after: {after!r} does not belong to this query and order; ask for the first page")
    return tuple(map(int, found.groups()))


def _some(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


# ---------------------------------------------------------------- what went

_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’'»)]*\s+(?=[\"„“‘'«(]*[^\W\d_a-z]|[\"„“‘'«(]*\d)")


def sentences(text: str) -> list[str]:
    """A text in sentences, as good as marks and capitals tell."""
    return [each for line in text.split("\n") for each in _SENTENCE.split(line) if each.strip()]


def _went(old: Article, new: Article) -> list[tuple[str, str, str, str]]:
    """What stands in *old* and not in *new*, one row for each sentence: (title, text, authors, section)."""
    there = Counter(" ".join(each.split()) for each in sentences(new.text))
    rows = []
    for each in sentences(old.text):
        plain = " ".join(each.split())
        if there[plain]:
            there[plain] -= 1
        else:
            rows.append(("", plain, "", ""))
    if old.title != new.title:
        rows.append((old.title, "", "", ""))
    rows += [("", "", name, "") for name in old.authors if name not in new.authors]
    if old.section and old.section != new.section:
        rows.append(("", "", "", old.section))
    return rows


# ---------------------------------------------------------------- counting


def _facts_of(hit: SearchHit) -> Mapping[By, str]:
    read = hit.version.article
    day = read.published.value.date() if read.published else hit.version.first_seen.date()
    return {
        "day": day.isoformat(),
        "month": day.isoformat()[:7],
        "year": day.isoformat()[:4],
        "site": hit.version.site,
        "section": read.section or "",
        "kind": read.kind.value,
        "language": read.language or "",
        "status": Status(hit.version.status).value,
        "place": read.dateline or "",
    }


def _tally(found: Sequence[Mapping[By, str]], by: By | None) -> dict[str, int]:
    if by is None:
        return {"": len(found)}
    return _ordered(by, Counter(each[by] for each in found))


def _ordered(by: By, counts: Mapping[str, int]) -> dict[str, int]:
    if by in ("day", "month", "year"):
        return dict(sorted(counts.items()))
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


# ---------------------------------------------------------------- forms of a word


class _Forms:
    """Looks up what else a word is spelled as, and remembers what it answered."""

    def __init__(self, connection: Connection, asked: Query) -> None:
        self._connection = connection
        stated = next(
            (each.value for each in asked.filters if each.field == "lang" and not each.unless), None
        )
        self._language = stated
        self.used: dict[str, tuple[str, ...]] = {}

    def __call__(self, word: str) -> Sequence[str]:
        folded = _folded(word)
        if word not in self.used:
            stem = _stemmer(self._language or self._commonest())
            beginning = folded[: max(2, min(len(stem(folded)) - 1, 4))]
            same = [
                (-count, each)
                for each, count in sqlite.vocabulary(self._connection, beginning)
                if each != folded and stem(each) == stem(folded)
            ]
            self.used[word] = (folded, *(each for _, each in sorted(same)[: FORMS - 1]))
        return self.used[word]

    def _commonest(self) -> str:
        newest = select(indexed.c.language).order_by(indexed.c.version_id.desc()).limit(500)
        counted = Counter(each for each in self._connection.execute(newest).scalars() if each)
        return counted.most_common(1)[0][0] if counted else "nl"


def _folded(word: str) -> str:
    """A word as the index keeps it."""
    import unicodedata

    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@lru_cache(maxsize=8)
def _stemmer(code: str) -> Any:
    import snowballstemmer

    names = {
        "nl": "dutch", "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian",
        "pt": "portuguese", "da": "danish", "sv": "swedish", "no": "norwegian", "nb": "norwegian",
        "fi": "finnish", "hu": "hungarian", "ro": "romanian", "pl": "polish", "tr": "turkish",
    }  # fmt: skip
    name = names.get(code.lower().partition("-")[0])
    if name is None or name not in snowballstemmer.algorithms():
        raise UsageError(
            f"~ knows no forms in the language {code!r}; name them, or use a star: huis OR huizen"
        )
    return snowballstemmer.stemmer(name).stemWord
