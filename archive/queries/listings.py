"""Lists and counts for a reader, newest first, a page at a time.

Every list takes *before*, what the page before it gave as ``after``, and stays good while the archive grows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, text, tuple_

from archive.db.functions import utc_day
from archive.db.mapping import IS_NEWS, OF_NEWS, PAGES, REDACTED, VERSION, is_edit, of_kind, version_of
from archive.db.schema import addresses, articles, captures, indexed, sites, verdicts, versions
from archive.db.session import Session
from archive.errors import UsageError
from archive.model.addresses import Role
from archive.model.reports import GoneArticle
from archive.model.types import PageKind, Status, Version

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ListPage(Generic[T]):
    """Some of a list."""

    items: tuple[T, ...]
    after: str | None
    """Give it back as *before* for the next page; ``None`` on the last."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """What was seen on one day (UTC)."""

    day: str
    new: int = 0
    """Articles seen for the first time."""
    edits: int = 0
    """Versions that changed something, silent ones included."""
    silent: int = 0


@dataclass(frozen=True, kw_only=True)
class MissedUrls:
    """Addresses of a site that gave no article, or were never asked for, and why."""

    waiting: int = 0
    """Never asked for, and still to be."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why an address was not captured or read -> addresses, most first."""
    pages: Mapping[str, int] = field(default_factory=dict)
    """What captured pages were, other than articles -> captures, most first."""


@dataclass(frozen=True, kw_only=True)
class Memento:
    """A capture that shows a version of an article: what RFC 7089 calls a memento."""

    capture: int
    url: str
    """The address that answered."""
    at: datetime
    version: int


class Listings:
    """What a reading room shows before it is asked.

    Lists first find the numbers of their rows, and then the words of those alone: sorting carries no texts.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def found_last(
        self,
        site: str | None = None,
        *,
        pages: bool = False,
        before: str | None = None,
        limit: int | None = 20,
    ) -> ListPage[Version]:
        """The latest versions of the articles that were found last; with *pages*, of standing pages instead.

        *limit*: ``None`` for all.
        """
        mine = articles.c.id.in_(PAGES) if pages else IS_NEWS
        wanted = select(articles.c.id).where(mine).order_by(articles.c.id.desc())
        if site is not None:
            wanted = wanted.where(_of_site(site))
        if before is not None:
            wanted = wanted.where(articles.c.id < _number(before))
        with self._session.asking() as connection:
            numbers = connection.execute(wanted.limit(None if limit is None else limit + 1)).scalars().all()
            latest = VERSION.where(articles.c.id.in_(numbers[:limit]), versions.c.number == articles.c.latest)
            rows = connection.execute(latest.order_by(articles.c.id.desc())).all()
        after = str(numbers[limit - 1]) if limit is not None and len(numbers) > limit else None
        return ListPage(items=tuple(map(version_of, rows)), after=after)

    def recent_edits(
        self,
        site: str | None = None,
        *,
        silent: bool = False,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        alternating: bool = False,
        before: str | None = None,
        limit: int = 20,
    ) -> ListPage[Version]:
        """Versions that changed something, filed last first; only silent ones when *silent*.

        *since* and *until* (exclusive) bound when they were first seen, *kind* is one of edit. Texts
        shown by turns are left out unless *alternating*, and so is what is redacted.
        """
        wanted = (
            select(versions.c.id)
            .join(articles, articles.c.id == versions.c.article_id)
            .where(~REDACTED.element, IS_NEWS)
            .order_by(versions.c.id.desc())
        )
        if alternating:
            wanted = wanted.where(versions.c.number > literal_column("1"), versions.c.changed_fields != [])
        else:
            wanted = wanted.where(is_edit())
        if since is not None:
            wanted = wanted.where(versions.c.first_seen >= since)
        if until is not None:
            wanted = wanted.where(versions.c.first_seen < until)
        if site is not None:
            wanted = wanted.where(_of_site(site, articles.c.site_id + 0))  # the edits lead, not the site
        if silent:
            wanted = wanted.where(versions.c.silent)
        if kind is not None:
            wanted = wanted.where(of_kind(kind))
        if before is not None:
            wanted = wanted.where(versions.c.id < _number(before))
        with self._session.asking() as connection:
            numbers = connection.execute(wanted.limit(limit + 1)).scalars().all()
            edits = VERSION.where(versions.c.id.in_(numbers[:limit])).order_by(versions.c.id.desc())
            rows = connection.execute(edits).all()
        after = str(numbers[limit - 1]) if len(numbers) > limit else None
        return ListPage(items=tuple(map(version_of, rows)), after=after)

    def versions_before(self, edits: Sequence[Version]) -> dict[tuple[int, int], Version]:
        """The version before each of *edits*: (article, number of the edit) -> version."""
        places = [(each.article_id, each.number - 1) for each in edits]
        wanted = VERSION.where(  # SQLite finds pairs in an IN by reading every row
            or_(
                *(
                    and_(versions.c.article_id == article, versions.c.number == number)
                    for article, number in places
                )
            )
        )
        with self._session.asking() as connection:
            found = [version_of(row) for row in connection.execute(wanted)] if places else []
        return {(each.article_id, each.number + 1): each for each in found}

    def most_edited(self, *, since: datetime, limit: int = 10) -> list[tuple[Version, int]]:
        """Articles edited most often since a moment: (latest version, edits)."""
        edits = func.count().label("edits")
        often = (
            select(versions.c.article_id, edits)
            .where(
                versions.c.first_seen >= since,
                is_edit(),
                OF_NEWS,
            )
            .group_by(versions.c.article_id)
            .order_by(edits.desc(), versions.c.article_id.desc())
            .limit(limit)
            .subquery()
        )
        wanted = (
            VERSION.add_columns(often.c.edits)
            .join(often, often.c.article_id == articles.c.id)
            .where(versions.c.number == articles.c.latest, ~REDACTED.element)
            .order_by(often.c.edits.desc(), articles.c.id.desc())
        )
        with self._session.asking() as connection:
            return [(version_of(row), row.edits) for row in connection.execute(wanted)]

    def disappeared(
        self,
        site: str | None = None,
        *,
        suspect: bool = False,
        since: datetime | None = None,
        before: str | None = None,
        limit: int = 20,
    ) -> ListPage[GoneArticle]:
        """Articles that have gone, missed last first; those only suspected too when *suspect*.

        With *since*, those first missed at that time or later.
        """
        kinds = [Status.GONE.value, Status.SUSPECT.value] if suspect else [Status.GONE.value]
        wanted = (
            select(articles.c.id)
            .where(_ABSENT, IS_NEWS, articles.c.status.in_(kinds), articles.c.missed_since.is_not(None))
            .order_by(articles.c.missed_since.desc(), articles.c.id.desc())
        )
        if site is not None:
            wanted = wanted.where(_of_site(site))
        if since is not None:
            wanted = wanted.where(articles.c.missed_since >= since)
        if before is not None:
            moment, number = _moment_and_number(before)
            wanted = wanted.where(tuple_(articles.c.missed_since, articles.c.id) < tuple_(moment, number))
        with self._session.asking() as connection:
            numbers = connection.execute(wanted.limit(limit + 1)).scalars().all()
            latest = (
                VERSION.add_columns(articles.c.missed_since, articles.c.gone_at, articles.c.gone_reason)
                .where(articles.c.id.in_(numbers[:limit]), versions.c.number == articles.c.latest)
                .order_by(articles.c.missed_since.desc(), articles.c.id.desc())
            )
            rows = connection.execute(latest).all()
        gone = tuple(
            GoneArticle(
                version=(version := version_of(row)),
                url=version.url,
                since=row.missed_since,
                confirmed=row.gone_at,
                reason=row.gone_reason or "",
            )
            for row in rows
        )
        more = len(numbers) > limit
        after = f"{gone[-1].since:%Y%m%dT%H%M%S.%f}-{gone[-1].version.article_id}" if more else None
        return ListPage(items=gone, after=after)

    def days(self, since: datetime, site: str | None = None) -> list[Day]:
        """What was seen each day from *since* on, oldest first; days on which nothing was are left out."""
        day = utc_day(versions.c.first_seen).label("day")
        first = versions.c.number == 1
        edit = is_edit()
        wanted = (
            select(
                day,
                func.count().filter(first).label("new"),
                func.count().filter(edit).label("edits"),
                func.count().filter(edit & versions.c.silent).label("silent"),
            )
            .where(versions.c.first_seen >= since, OF_NEWS)
            .group_by("day")
            .order_by("day")
        )
        if site is not None:
            wanted = (
                wanted.join(articles, articles.c.id == versions.c.article_id)
                .join(sites, sites.c.id == articles.c.site_id)
                .where(sites.c.name == site)
            )
        with self._session.asking() as connection:
            return [
                Day(day=row.day, new=row.new, edits=row.edits, silent=row.silent)
                for row in connection.execute(wanted)
            ]

    def published_by_month(self, site: str) -> dict[str, int]:
        """Articles of a site by the month in which it says they were published (else: were first seen)."""
        day = func.coalesce(indexed.c.published, utc_day(articles.c.first_seen))
        month = func.substr(day, 1, 7).label("month")
        wanted = (
            select(month, func.count())
            .select_from(articles)
            .join(sites, sites.c.id == articles.c.site_id)
            .join(
                versions,
                (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest),
            )
            .outerjoin(indexed, indexed.c.version_id == versions.c.id)
            .where(sites.c.name == site, IS_NEWS)
            .group_by("month")
            .order_by("month")
        )
        with self._session.asking() as connection:
            return {row[0]: row[1] for row in connection.execute(wanted)}

    def missed(self, site: str) -> MissedUrls:
        """What of a site is not in the archive as an article, and why."""
        of_site = select(sites.c.id).where(sites.c.name == site).scalar_subquery()
        waiting = select(func.count()).where(
            addresses.c.site_id == of_site, addresses.c.last_visit.is_(None), addresses.c.due_at.is_not(None)
        )
        count = func.count().label("count")
        reasons = (
            select(addresses.c.reason, count)
            .where(
                addresses.c.site_id == of_site,
                addresses.c.reason.is_not(None),
                addresses.c.missed.is_not(None),
                addresses.c.role != Role.ASSET.value,
            )
            .group_by(addresses.c.reason)
            .order_by(count.desc())
            .limit(30)
        )
        pages = (
            select(verdicts.c.page, count)
            .join(captures, captures.c.id == verdicts.c.capture_id)
            .where(
                captures.c.site_id == of_site,
                verdicts.c.page.is_not(None),
                verdicts.c.article_id.is_(None),
                verdicts.c.page != PageKind.ASSET.value,
            )
            .group_by(verdicts.c.page)
            .order_by(count.desc())
        )
        with self._session.asking() as connection:
            return MissedUrls(
                waiting=connection.execute(waiting).scalar_one(),
                reasons={row[0]: row[1] for row in connection.execute(reasons)},
                pages={PageKind(row[0]).value: row[1] for row in connection.execute(pages)},
            )

    def mementos(self, article: int) -> list[Memento]:
        """Every capture with a body that showed a version of an article, oldest first."""
        wanted = (
            select(captures.c.id, addresses.c.url, captures.c.at, versions.c.number)
            .join(addresses, addresses.c.id == captures.c.address_id)
            .join(verdicts, verdicts.c.capture_id == captures.c.id)
            .join(versions, versions.c.id == verdicts.c.version_id)
            .join(articles, articles.c.id == verdicts.c.article_id)
            .where(
                verdicts.c.article_id == article,
                captures.c.body_id.is_not(None),
                captures.c.status == 200,
                ~REDACTED.element,
            )
            .order_by(captures.c.at, captures.c.id)
        )
        with self._session.asking() as connection:
            return [
                Memento(capture=row.id, url=row.url, at=row.at, version=row.number)
                for row in connection.execute(wanted)
            ]

    def facts_of(self, article: int) -> Mapping[str, Any]:
        """What is known of an article beside its versions: ``url``, ``first_seen``, ``last_seen``,
        ``missed_since``, ``gone_at``, ``gone_reason``."""
        wanted = select(
            articles.c.url,
            articles.c.first_seen,
            articles.c.last_seen,
            articles.c.missed_since,
            articles.c.gone_at,
            articles.c.gone_reason,
        ).where(articles.c.id == article)
        with self._session.asking() as connection:
            return dict(connection.execute(wanted).one()._mapping)


def _of_site(name: str, column: ColumnElement[int] = articles.c.site_id) -> ColumnElement[bool]:
    return column == select(sites.c.id).where(sites.c.name == name).scalar_subquery()


_ABSENT = text("articles.status != 'live'")
"""Spelled as in the index that holds only these, or SQLite does not use it."""
_WRONG = "before: {place} is no place in this list; ask for the first page"


def _number(before: str) -> int:
    if not re.fullmatch(r"\d{1,18}", before, re.ASCII):
        raise UsageError(_WRONG, place=repr(before))
    return int(before)


def _moment_and_number(before: str) -> tuple[datetime, int]:
    moment, _, number = before.partition("-")
    try:
        return datetime.strptime(f"{moment}+0000", "%Y%m%dT%H%M%S.%f%z"), _number(number)
    except ValueError:
        raise UsageError(_WRONG, place=repr(before)) from None
