"""What was found and is not here, and how often a site edits: questions about addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from archive.captures.hidden_words import HiddenWords
from archive.captures.store import CaptureStore
from archive.db.functions import total
from archive.db.mapping import IS_NEWS, PAGES, AnyRow
from archive.db.schema import addresses, articles, readings, redactions, sites, versions
from archive.db.session import Session
from archive.model.addresses import EditHistory, Miss, Role
from archive.model.types import Status

_NEVER_ASKED = and_(
    addresses.c.last_visit.is_(None), addresses.c.due_at.is_not(None), addresses.c.reason.is_(None)
)
_MISSED = and_(
    or_(addresses.c.missed.is_not(None), _NEVER_ASKED),
    addresses.c.role != Role.ASSET.value,  # told with the page that shows it
    # Where a redirect led is told with the address that led there.
    or_(addresses.c.how != "capture", addresses.c.article_id.is_not(None)),
)
_GONE_HERE = and_(
    addresses.c.article_id.is_not(None),
    addresses.c.article_id.in_(select(articles.c.id).where(articles.c.status == "gone")),
)
_CAPTURED = and_(
    addresses.c.first_seen.is_not(None),
    or_(addresses.c.missed.is_(None), addresses.c.article_id.is_not(None)),
)
"""Answered, and with something: an address that was only ever 404, or a gate, was not captured."""
_REDACTED = exists().where(
    redactions.c.article_id == addresses.c.article_id, redactions.c.lifted_at.is_(None)
)
_KIND: ColumnElement[str] = func.coalesce(addresses.c.missed, Miss.QUEUE.value)


@dataclass(frozen=True, kw_only=True)
class MissedAddress:
    """An address that was found and is not in the archive, or not as it stands now."""

    url: str
    kind: Miss
    reason: str
    found_at: datetime
    how: str
    """``feed``, ``sitemap``, ``listing``, ``link`` or ``seed``."""
    found_on: str | None
    title: str | None
    """What the source said of it."""
    published: str | None
    tries: int
    """Visits in a row without a usable answer."""
    last_visit: datetime | None
    """``None``: never asked for."""
    next_visit: datetime | None
    """``None``: it will not be asked for again."""
    captured_before: bool
    """Whether an article was read here earlier: then only its later life is missed."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What a source named, against what was captured."""

    source: str
    """The address of the feed, sitemap or listing."""
    how: str
    found: int
    captured: int
    """Of these, came with a usable answer at least once: one that was only ever 404 did not."""
    articles: int
    """Of these, read as an article."""
    missed: int
    """Of these, what :class:`MissedAddress` lists."""


NEWEST = 20
"""Articles of a site that show whether it has its articles still."""


class CoverageReports:
    """What was missed, and where from."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session = session
        self._captures = captures

    def missed(
        self,
        site: str,
        *,
        kind: Miss | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[MissedAddress]:
        """Addresses found and not captured, the latest found first; articles that are gone are not missed.

        *since*: those that were found, or asked for, from then on.
        """
        wanted = _of(site).where(_MISSED, ~_GONE_HERE, ~_REDACTED, *_lately(since))
        if kind is Miss.QUEUE:
            wanted = wanted.where(_NEVER_ASKED)
        elif kind is not None:
            wanted = wanted.where(addresses.c.missed == kind.value)
        wanted = wanted.order_by(addresses.c.found_at.desc(), addresses.c.id).limit(limit)
        with self._session.asking() as connection:
            rows = connection.execute(wanted).all()
            number = self._session.site_id(connection, site)
            words = self._captures.hidden_words(connection, number) if number is not None else HiddenWords()
        for row in rows:
            yield _missed(row, words)

    def missed_everywhere(
        self, *, kind: Miss | None = None, since: datetime | None = None
    ) -> dict[str, dict[tuple[Miss, str], int]]:
        """Site -> how many of its addresses were missed, by kind and reason, the most first."""
        number = func.count().label("number")
        wanted = (
            select(
                sites.c.name,
                _KIND.label("kind"),
                func.coalesce(addresses.c.reason, "").label("reason"),
                number,
            )
            .join(sites, sites.c.id == addresses.c.site_id)
            .where(and_(_MISSED, ~_GONE_HERE, *_lately(since)))
            .group_by(sites.c.name, "kind", "reason")
            .order_by(sites.c.name, number.desc(), "kind", "reason")
        )
        if kind is not None:
            wanted = wanted.where(_KIND.in_([kind.value]))
        found: dict[str, dict[tuple[Miss, str], int]] = {}
        with self._session.asking() as connection:
            for row in connection.execute(wanted):
                found.setdefault(row.name, {})[Miss(row.kind), row.reason] = row.number
        return found

    def missed_counts(self, site: str, *, since: datetime | None = None) -> dict[tuple[Miss, str], int]:
        """How many were missed, by kind and reason, the most first; *since* as in :meth:`missed`."""
        number = func.count().label("number")
        wanted = (
            select(_KIND.label("kind"), func.coalesce(addresses.c.reason, "").label("reason"), number)
            .join(sites, sites.c.id == addresses.c.site_id)
            .where(sites.c.name == site, _MISSED, ~_GONE_HERE, *_lately(since))
            .group_by("kind", "reason")
            .order_by(number.desc(), "kind", "reason")
        )
        with self._session.asking() as connection:
            return {(Miss(row.kind), row.reason): row.number for row in connection.execute(wanted)}

    def of_site(self, site: str) -> list[Coverage]:
        """What each source named, against what was captured; the source that named most first."""
        number = func.count().label("found")
        wanted = (
            select(
                addresses.c.found_on,
                addresses.c.how,
                number,
                total(case((_CAPTURED, 1), else_=0)).label("captured"),
                total(
                    case(
                        (and_(addresses.c.article_id.is_not(None), addresses.c.article_id.not_in(PAGES)), 1),
                        else_=0,
                    )
                ).label("articles"),
                total(case((and_(_MISSED, ~_GONE_HERE), 1), else_=0)).label("missed"),
            )
            .join(sites, sites.c.id == addresses.c.site_id)
            .where(
                sites.c.name == site,
                addresses.c.how.in_(("feed", "sitemap", "listing")),
                addresses.c.role == Role.PAGE.value,
                addresses.c.found_on.is_not(None),
            )
            .group_by(addresses.c.found_on, addresses.c.how)
            .order_by(number.desc(), addresses.c.found_on)
        )
        with self._session.asking() as connection:
            rows = connection.execute(wanted).all()
        return [
            Coverage(
                source=row.found_on,
                how=row.how,
                found=row.found,
                captured=row.captured,
                articles=row.articles,
                missed=row.missed,
            )
            for row in rows
        ]

    def newest_absent(self, site: str) -> tuple[int, int]:
        """How many of the newest articles of a site are not at their addresses, and of how many that is.

        Those that are gone since are left out: others stood when they were not there.
        """
        newest = (
            select(articles.c.status)
            .join(sites, sites.c.id == articles.c.site_id)
            .where(
                sites.c.name == site,
                articles.c.status != Status.GONE.value,
                articles.c.moved_to.is_(None),
                IS_NEWS,
            )
            .order_by(articles.c.id.desc())
            .limit(NEWEST)
            .subquery()
        )
        absent = func.sum(case((newest.c.status == Status.SUSPECT.value, 1), else_=0))
        with self._session.asking() as connection:
            lacking, of = connection.execute(select(absent, func.count()).select_from(newest)).one()
        return int(lacking or 0), int(of)

    def edit_histories(self, site: str, *, since: datetime) -> list[EditHistory]:
        """The articles of a site first seen after *since*: how long watched, and when edited."""
        mine = and_(sites.c.name == site, articles.c.first_seen >= since, IS_NEWS)
        before = versions.alias("before")
        edits = (
            select(versions.c.article_id, before.c.last_seen, versions.c.first_seen)
            .join(articles, articles.c.id == versions.c.article_id)
            .join(sites, sites.c.id == articles.c.site_id)
            .join(
                before,
                and_(before.c.article_id == versions.c.article_id, before.c.number == versions.c.number - 1),
            )
            .where(mine, versions.c.alternating.is_(False))
        )
        known = (
            select(
                articles.c.id,
                articles.c.first_seen,
                articles.c.last_seen,
                readings.c.section,
                readings.c.published,
            )
            .join(sites, sites.c.id == articles.c.site_id)
            .join(
                versions,
                and_(versions.c.article_id == articles.c.id, versions.c.number == articles.c.latest),
            )
            .join(readings, readings.c.id == versions.c.reading_id)
            .where(mine)
        )
        found: dict[int, list[tuple[datetime, datetime]]] = {}
        with self._session.asking() as connection:
            for row in connection.execute(edits):
                found.setdefault(row.article_id, []).append((row.last_seen, row.first_seen))
            rows = connection.execute(known).all()
        return [
            EditHistory(
                section=row.section,
                first_seen=row.first_seen,
                last_visit=row.last_seen,
                published=row.published,
                edits=tuple(found.get(row.id, ())),
            )
            for row in rows
        ]


def _of(site: str) -> Select[tuple[object, ...]]:
    return (
        select(addresses, _KIND.label("kind"))
        .join(sites, sites.c.id == addresses.c.site_id)
        .where(sites.c.name == site)
    )


def _lately(since: datetime | None) -> tuple[ColumnElement[bool], ...]:
    """Found or asked for from *since* on."""
    if since is None:
        return ()
    return (or_(addresses.c.found_at >= since, addresses.c.last_visit >= since),)


def _missed(row: AnyRow, words: HiddenWords) -> MissedAddress:
    """What names a redacted article is not told of an address that is not its own."""
    return MissedAddress(
        url=words.masked(row.url),
        kind=Miss(row.kind),
        reason=words.masked(row.reason or "") or "its turn has not come",
        found_at=row.found_at,
        how=row.how,
        found_on=words.masked_value(row.found_on),
        title=words.masked_value(row.title),
        published=row.published,
        tries=row.failures,
        last_visit=row.last_visit,
        next_visit=row.due_at,
        captured_before=row.article_id is not None,
    )
