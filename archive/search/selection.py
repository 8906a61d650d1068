"""A query of the language as a statement: which versions pass its words, filters and days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, Text, and_, cast, exists, func, or_, select

from archive.db import functions
from archive.db.mapping import IS_NEWS, is_edit, of_kind
from archive.db.schema import articles, indexed, redactions, sites, versions
from archive.errors import UsageError
from archive.model.folding import folded
from archive.model.types import PageKind
from archive.search import fulltext
from archive.search.fulltext import FullText
from archive.search.language.days import Span
from archive.search.language.forms import Spellings
from archive.search.language.query import Filter, Query, Scope

_OTHER = versions.alias("other")
_REDACTED = select(redactions.c.article_id).where(redactions.c.lifted_at.is_(None))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, and where it is asked."""

    connection: Connection
    query: Query
    spelling: Spellings
    site: str | None
    since: datetime | None
    until: datetime | None

    def chosen(self) -> Select[Any]:
        """The versions that match, see :func:`chosen`."""
        return chosen(self.connection, self.query, self.site, self.since, self.until)

    def among(self, numbers: Collection[int]) -> Select[Any]:
        """Those of some versions that match."""
        leading = chosen(self.connection, self.query, self.site, self.since, self.until, led=True)
        return leading.where(self.number.in_(numbers))

    def words(self, *, loosely: bool = False) -> dict[str, Any]:
        """What is bound to it."""
        return words_of(self.index, self.query, self.spelling, loosely=loosely)

    @property
    def index(self) -> FullText:
        """The full-text index."""
        return fulltext.of(self.connection)

    @property
    def number(self) -> ColumnElement[int]:
        """The column that orders the answer."""
        return number_of(self.index, self.query)


def number_of(index: FullText, asked: Query) -> ColumnElement[int]:
    """The column that orders the answer: the index's own, when it leads."""
    return versions.c.id if asked.words is None else index.NUMBER


def words_of(index: FullText, asked: Query, forms: Spellings, *, loosely: bool = False) -> dict[str, Any]:
    """The words that are bound to a statement of :func:`chosen`."""
    return {} if asked.words is None else {"query": index.expression(asked.words, forms, loosely)}


def chosen(
    connection: Connection, asked: Query, site: str | None,
    since: datetime | None, until: datetime | None, *, pages: bool = False, led: bool = False,
) -> Select[Any]:  # fmt: skip
    """Numbers of the versions that match, filed last first; :func:`words_of` is bound to it.

    Standing pages are found with *pages*, and where the query asks for their kind. *led*: the versions come
    from elsewhere, and are not to be looked up by their site.
    """
    wanted, index = select(versions.c.id), fulltext.of(connection)
    if asked.words is not None:
        wanted = wanted.select_from(index.INDEX).where(index.MATCHES)
        wanted = wanted.join(indexed, indexed.c.version_id == index.NUMBER)
        wanted = wanted.join(versions, versions.c.id == indexed.c.version_id)
    else:
        wanted = wanted.select_from(versions).join(indexed, indexed.c.version_id == versions.c.id)
    wanted = (
        wanted.join(articles, articles.c.id == versions.c.article_id)
        .join(sites, sites.c.id == articles.c.site_id)
        .where(articles.c.id.not_in(_REDACTED))
        .order_by(number_of(index, asked).desc())
    )
    of_pages = any(
        each.field == "kind" and each.value == PageKind.PAGE and not each.unless for each in asked.filters
    )
    if not (pages or of_pages):
        wanted = wanted.where(IS_NEWS)
    seen = versions.c.first_seen
    if asked.scope is Scope.CURRENT:
        wanted = wanted.where(versions.c.superseded.is_(None))
    elif asked.scope is Scope.REMOVED:
        seen = versions.c.superseded
        wanted = wanted.where(versions.c.superseded.is_not(None), versions.c.alternating.is_(False))
    of_site: ColumnElement[Any] = articles.c.site_id + 0 if led else articles.c.site_id
    if site is not None:
        wanted = wanted.where(of_site == select(sites.c.id).where(sites.c.name == site).scalar_subquery())
    for condition in _conditions(connection, asked.filters, of_site):
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


def published_within(asked: Query) -> ColumnElement[bool] | None:
    """Moments of publication within which all matches lie that a query names days for; ``None``: it names
    none, or no bounds. The days are those of a site's own zone, so it is a day more at both ends."""
    spans = asked.published
    if not spans:
        return None
    first = min(each.since or date.min for each in spans)
    last = max(each.until or date.max for each in spans)
    bounds: list[ColumnElement[bool]] = []
    if first > date.min:
        bounds.append(indexed.c.published_at >= _midnight(first) - timedelta(days=1))
    if last < date.max:
        bounds.append(indexed.c.published_at < _midnight(last) + timedelta(days=1))
    return and_(*bounds) if bounds else None


def _conditions(
    connection: Connection, filters: Sequence[Filter], of_site: ColumnElement[Any]
) -> Iterable[ColumnElement[bool]]:
    """One condition for each kind of filter: any of its values, and none of those with a minus."""
    for name in dict.fromkeys(each.field for each in filters):
        of_kind = [each for each in filters if each.field == name]
        wanted = [_condition(connection, each, of_site) for each in of_kind if not each.unless]
        if wanted:
            yield and_(*wanted) if name == "is" else or_(*wanted)
        for each in of_kind:
            if each.unless:
                yield func.coalesce(_condition(connection, each, of_site), False).is_(False)


def _condition(connection: Connection, each: Filter, of_site: ColumnElement[Any]) -> ColumnElement[bool]:
    value = each.value
    if each.field == "site":
        names = connection.execute(select(sites.c.id, sites.c.name)).all()
        pattern = re.compile(re.escape(folded(value)).replace(r"\*", ".*"))
        numbers = [row.id for row in names if pattern.fullmatch(folded(row.name))]
        if not numbers:
            known = ", ".join(sorted(row.name for row in names)[:20])
            raise UsageError(
                "there is no site {name} in this archive; there are {known}",
                name=repr(value),
                known=known or "-",
            )
        return of_site.in_(numbers)
    if each.field == "is":
        return {
            "silent": is_edit() & versions.c.silent,
            "edited": exists().where(_OTHER.c.article_id == articles.c.id, is_edit(_OTHER)),
            "changed": is_edit(),
            "alternating": versions.c.alternating.is_(True),
        }[value]
    if each.field in ("articles by tag", "articles by note"):
        return articles.c.id.in_([int(number) for number in value.split()])
    if each.field == "stated":
        return indexed.c[value].is_not(None)
    if each.field == "exact section":
        return indexed.c.section == value
    if each.field == "exact authors":
        written = orjson.dumps(value).decode()  # as in the list of them
        return functions.stands_in(written, cast(indexed.c.authors, Text))
    if each.field == "edit":
        return is_edit() & of_kind(value)
    if each.field == "lang":
        return (func.lower(indexed.c.language) == value.lower()) | indexed.c.language.ilike(
            f"{_plain(value)}-%", escape="\\"
        )
    columns = {"kind": articles.c.kind, "status": articles.c.status, "place": indexed.c.place}
    column: ColumnElement[Any] = columns[each.field]
    if each.field == "place":
        column, value = functions.folded(column), folded(value)
    if value.endswith("*"):
        return column.like(f"{_plain(value[:-1])}%", escape="\\")
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
