"""What happened between two moments, per site and in all: what a weekly digest tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from archive.archive import Archive
from archive.compare.edit_summary import Edit, edit
from archive.db.mapping import IS_NEWS, REDACTED, VERSION, version_of
from archive.db.schema import addresses, articles, incidents, readings, runs, sites, versions
from archive.integrity.verify import ChainHead, head_of
from archive.model.addresses import Role
from archive.model.reports import GoneArticle
from archive.model.types import Status, Version
from archive.operations.incidents import Incident

OLDER = timedelta(days=7)
"""An article that the site dates this long before the period was not new in it; it was found in it."""
WEIGHED = 500
"""Edits of which it is looked up what changed, the latest first: enough for any week but the first."""


@dataclass(frozen=True, kw_only=True)
class DigestCounts:
    """Figures of a site, or of all."""

    new: int = 0
    """Articles first seen,"""
    older: int = 0
    """of which the site dates this many well before the period: they were found, and are no news."""
    changed: int = 0
    """Edits: versions other than the first that changed something; texts shown by turns are none."""
    silent: int = 0
    """Of which silent."""
    gone: int = 0
    """Articles found to be gone, that have not come back since."""
    missed: int = 0
    """Pages that were asked for and gave no usable answer, up to the end."""
    visits: int = 0
    amiss: int = 0
    """Of which failed, or were cut off."""

    def __add__(self, other: DigestCounts) -> DigestCounts:
        return DigestCounts(**{name: value + getattr(other, name) for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class DigestEdit:
    """An edit, and what it came to."""

    version: Version
    edit: Edit


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What happened from *since* up to and without *until*."""

    since: datetime
    until: datetime
    sites: Mapping[str, DigestCounts] = field(default_factory=dict)
    """Every site there is, by name: one of which nothing came is news too."""
    before: DigestCounts = DigestCounts()
    """All together in as long a period before."""
    silent: tuple[DigestEdit, ...] = ()
    """Silent edits, those that touch numbers, quotes and names first."""
    rewritten: tuple[DigestEdit, ...] = ()
    """Edits a site owned up to, those that changed most words first."""
    gone: tuple[GoneArticle, ...] = ()
    """The latest first."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why pages were missed -> pages, most first."""
    incidents: tuple[Incident, ...] = ()
    """What went amiss with visits, in order."""
    began: datetime | None = None
    """When the first visit of all started; ``None``: there was none yet."""
    head: ChainHead
    """The end of the hash chain: a mail that was sent bears witness of it."""

    @property
    def total(self) -> DigestCounts:
        """All sites together."""
        return sum(self.sites.values(), DigestCounts())


def digest(archive: Archive, *, since: datetime, until: datetime, most: int = 10) -> Digest:
    """The digest of a period; lists have at most *most* entries, the figures say how many there were.

    What may not be shown (is redacted) is counted, and stands in no list.
    """
    with archive.snapshot() as connection:
        edits = list(_edits(connection, since, until))
        return Digest(
            since=since,
            until=until,
            sites=_tallies(connection, since, until),
            before=sum(_tallies(connection, since - (until - since), since).values(), DigestCounts()),
            silent=tuple(sorted((each for each in edits if each.version.silent), key=_weight)[:most]),
            rewritten=tuple(sorted((each for each in edits if not each.version.silent), key=_weight)[:most]),
            gone=tuple(_gone(connection, since, until, most)),
            reasons=_reasons(connection, since, until),
            incidents=tuple(_incidents(connection, since, until)),
            began=connection.execute(select(func.min(runs.c.started))).scalar_one(),
            head=head_of(connection),
        )


_EDIT = (versions.c.number > 1) & (versions.c.changed_fields != []) & versions.c.alternating.is_(False)
_MISSED = (addresses.c.role == Role.PAGE.value) & (addresses.c.failures > 0)


def _tallies(connection: Connection, since: datetime, until: datetime) -> dict[str, DigestCounts]:
    later = runs.alias()
    names = {row.id: row.name for row in connection.execute(select(sites.c.id, sites.c.name))}
    figures: dict[int, dict[str, int]] = {number: {} for number in names}
    first = versions.c.number == 1
    last = select(func.max(later.c.id)).where(later.c.site_id == runs.c.site_id).scalar_subquery()
    cut_off = runs.c.ended.is_(None) & (runs.c.id < last)  # the last one may still be going on
    for wanted in (
        select(
            articles.c.site_id,
            func.count().filter(first).label("new"),
            func.count().filter(first & (readings.c.published < since - OLDER)).label("older"),
            func.count().filter(_EDIT).label("changed"),
            func.count().filter(_EDIT & versions.c.silent).label("silent"),
        )
        .join(articles, articles.c.id == versions.c.article_id)
        .join(readings, readings.c.id == versions.c.reading_id)
        .where(versions.c.first_seen >= since, versions.c.first_seen < until, IS_NEWS)
        .group_by(articles.c.site_id),
        select(articles.c.site_id, func.count().label("gone"))
        .where(articles.c.status == Status.GONE.value, IS_NEWS)
        .where(articles.c.gone_at >= since, articles.c.gone_at < until)
        .group_by(articles.c.site_id),
        select(addresses.c.site_id, func.count().label("missed"))
        .where(_MISSED, addresses.c.last_visit >= since, addresses.c.last_visit < until)
        .group_by(addresses.c.site_id),
        select(
            runs.c.site_id,
            func.count().label("visits"),
            func.count().filter(runs.c.outcome.in_(("failed", "refused")) | cut_off).label("amiss"),
        )
        .where(runs.c.started >= since, runs.c.started < until)
        .group_by(runs.c.site_id),
    ):
        for row in connection.execute(wanted).mappings():
            figures[row["site_id"]].update({name: row[name] for name in row if name != "site_id"})
    return {
        names[number]: DigestCounts(**figures[number])
        for number in sorted(names, key=lambda each: names[each])
    }


def _edits(connection: Connection, since: datetime, until: datetime) -> Iterator[DigestEdit]:
    wanted = (
        VERSION.where(_EDIT, IS_NEWS, ~REDACTED.element)
        .where(versions.c.first_seen >= since, versions.c.first_seen < until)
        .order_by(versions.c.first_seen.desc(), versions.c.id.desc())
        .limit(WEIGHED)
    )
    for row in connection.execute(wanted).all():
        after = version_of(row)
        one_before = VERSION.where(
            versions.c.article_id == after.article_id, versions.c.number == after.number - 1
        )
        before = version_of(connection.execute(one_before).one())
        yield DigestEdit(version=after, edit=edit(before.article, after.article))


def _weight(changed: DigestEdit) -> tuple[int, int, int]:
    """What a reader would want to know first: facts that changed, then how many words did."""
    edit = changed.edit
    facts = 4 * bool(edit.numbers) + 2 * bool(edit.quotes) + bool(edit.names)
    return -facts, -(edit.added + edit.removed), -changed.version.article_id


def _gone(connection: Connection, since: datetime, until: datetime, most: int) -> Iterator[GoneArticle]:
    wanted = (
        VERSION.where(
            versions.c.number == articles.c.latest,
            articles.c.status == Status.GONE.value,
            articles.c.gone_at >= since,
            articles.c.gone_at < until,
            ~REDACTED.element,
            IS_NEWS,
        )
        .add_columns(articles.c.missed_since, articles.c.gone_at, articles.c.gone_reason)
        .order_by(articles.c.gone_at.desc(), articles.c.id)
        .limit(most)
    )
    for row in connection.execute(wanted).all():
        yield GoneArticle(
            version=(version := version_of(row)),
            url=version.url,
            since=row.missed_since,
            confirmed=row.gone_at,
            reason=row.gone_reason or "",
        )


def _reasons(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    tally: Counter[str] = Counter()
    wanted = (
        select(addresses.c.reason, addresses.c.last_status, func.count().label("pages"))
        .where(_MISSED, addresses.c.last_visit >= since, addresses.c.last_visit < until)
        .group_by(addresses.c.reason, addresses.c.last_status)
    )
    for row in connection.execute(wanted):
        tally[row.reason or f"HTTP {row.last_status}"] += row.pages
    return dict(sorted(tally.items(), key=lambda each: (-each[1], each[0])))


def _incidents(connection: Connection, since: datetime, until: datetime) -> Iterator[Incident]:
    wanted = select(incidents).where(incidents.c.at >= since, incidents.c.at < until)
    for row in connection.execute(wanted.order_by(incidents.c.at, incidents.c.id)):
        yield Incident(**row._mapping)
