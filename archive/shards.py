"""Bulk work in shards: what is to be done is a list kept in the archive, done by any number of processes.

A shard is a range of articles, or of what is to be imported. It stands under an entry of the schedule, whose
shards one process does at a time. One that was not done when its process died is done anew; one that is done
is never done again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update

from archive.db.schema import articles, shards, sites, versions
from archive.db.session import Session

SIZE = 400
"""Versions of a shard, about: reading them takes some ten seconds, which a visit of the site may wait."""


@dataclass(frozen=True, kw_only=True)
class Shard:
    """A piece of bulk work."""

    number: int
    kind: str
    entry: str
    """The entry of the schedule under which it is done: the site's name, where it is of one."""
    first: int
    """The number of its first article."""
    last: int
    """Of its last one."""
    versions: int
    """How many there were when the work was planned."""
    how: Mapping[str, Any]
    """With what it is done, as it was planned."""
    plan: Any
    """What it is made of, as it stood then; ``None``: what stands there now."""


@dataclass(frozen=True, kw_only=True)
class WantedShard:
    """A shard that is to be put on the list."""

    entry: str
    site: str | None
    """``None``: of several."""
    first: int
    last: int
    versions: int
    plan: Any


@dataclass(frozen=True, kw_only=True)
class DoneShard:
    """What a shard that is done came to."""

    number: int
    first: int
    last: int
    made: Any


@dataclass(frozen=True, kw_only=True)
class PlannedShard:
    """What a shard is made of, and what came of it."""

    plan: Any
    made: Any
    """``None``: it is not done."""


@dataclass(frozen=True, kw_only=True)
class BulkProgress:
    """How far bulk work has come, over all processes and machines."""

    kind: str
    entries: int
    """Of the schedule: sites, where it is done site by site."""
    shards: int
    shards_done: int
    versions: int
    versions_done: int
    counts: Mapping[str, int]
    """What came of the shards that are done."""

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.shards == self.shards_done


class Shards:
    """Bulk work that is planned, with how far it is. Every write is committed at once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def plan(self, kind: str, site: str, how: Mapping[str, object]) -> bool:
        """Part a site's articles into shards; false when nothing is to be done.

        What was planned before and is to be done in the same way (*how*) goes on where it is. Otherwise it
        begins anew.
        """
        mine = (shards.c.kind == kind, shards.c.entry == site)
        with self._session.writing(site) as connection:
            planned = connection.execute(select(shards.c.how).where(*mine).limit(1)).scalar()
            if planned != dict(how):
                connection.execute(delete(shards).where(*mine))
                counted = (
                    select(articles.c.id, func.count())
                    .join(versions, versions.c.article_id == articles.c.id)
                    .join(sites, sites.c.id == articles.c.site_id)
                    .where(sites.c.name == site)
                    .group_by(articles.c.id)
                    .order_by(articles.c.id)
                )
                parts = _ranges((row[0], row[1]) for row in connection.execute(counted))
                rows = [
                    {"first_article": first, "last_article": last, "versions": size}
                    | {"kind": kind, "entry": site, "site": site, "how": dict(how)}
                    for first, last, size in parts
                ]
                if rows:
                    connection.execute(insert(shards), rows)
            left = connection.execute(select(shards.c.id).where(*mine).limit(1)).first()
        self._session.commit()
        return left is not None

    def add(self, kind: str, wanted: Iterable[WantedShard], how: Mapping[str, object]) -> None:
        """Put shards on the list as they come, after those that are there."""
        for each in wanted:
            values = {
                "kind": kind, "entry": each.entry, "site": each.site, "first_article": each.first,
                "last_article": each.last, "versions": each.versions, "how": dict(how), "plan": each.plan,
            }  # fmt: skip
            with self._session.writing() as connection:
                connection.execute(insert(shards), values)
            self._session.commit()

    def next(self, kind: str, entry: str) -> Shard | None:
        """The first shard that is not done; ``None``: all are. Who does it has the site's lease, or has
        claimed the entry."""
        wanted = select(shards).where(shards.c.kind == kind, shards.c.entry == entry)
        with self._session.asking() as connection:
            row = connection.execute(wanted.where(_LEFT).order_by(shards.c.id).limit(1)).first()
        return None if row is None else _shard(row)

    def get(self, number: int) -> Shard:
        """A shard by its number, done or not."""
        with self._session.asking() as connection:
            return _shard(connection.execute(select(shards).where(shards.c.id == number)).one())

    def end(self, shard: Shard, *, at: datetime, counts: Mapping[str, int], made: Any = None) -> None:
        """A shard is done, and came to that."""
        with self._session.writing(shard.entry) as connection:
            connection.execute(
                update(shards)
                .where(shards.c.id == shard.number)
                .values(done_at=at, counts=dict(counts), made=made)
            )
        self._session.commit()

    def reopen(self, number: int) -> bool:
        """Let a shard be done anew, done or not; false when it is not on the list any more."""
        with self._session.writing() as connection:
            again = update(shards).where(shards.c.id == number)
            there = connection.execute(again.values(done_at=None, counts=None, made=None)).rowcount
        self._session.commit()
        return bool(there)

    def made(self, kind: str, beginning: str) -> list[DoneShard]:
        """What was made under the entries whose names begin so, in order."""
        mine = shards.c.kind == kind, shards.c.entry.startswith(beginning, autoescape=True)
        return self._came_to(*mine, ~_LEFT)

    def before(self, shard: Shard) -> list[DoneShard]:
        """What the shards before one came to, under its own entry, in order."""
        mine = shards.c.kind == shard.kind, shards.c.entry == shard.entry
        return self._came_to(*mine, shards.c.id < shard.number)

    def _came_to(self, *which: ColumnElement[bool]) -> list[DoneShard]:
        wanted = select(shards.c.id, shards.c.first_article, shards.c.last_article, shards.c.made)
        with self._session.asking() as connection:
            return [
                DoneShard(number=row.id, first=row.first_article, last=row.last_article, made=row.made)
                for row in connection.execute(wanted.where(*which).order_by(shards.c.id))
            ]

    def entries_of(self, kind: str, how: Mapping[str, object]) -> list[str]:
        """The entries whose shards are done in one way, by name."""
        first = select(func.min(shards.c.id)).where(shards.c.kind == kind).group_by(shards.c.entry)
        wanted = select(shards.c.entry, shards.c.how).where(shards.c.id.in_(first)).order_by(shards.c.entry)
        with self._session.asking() as connection:
            return [row.entry for row in connection.execute(wanted) if row.how == dict(how)]

    def of(self, kind: str, entry: str) -> list[PlannedShard]:
        """What is planned under an entry, in order, with what came of it."""
        wanted = select(shards.c.plan, shards.c.made).where(shards.c.kind == kind, shards.c.entry == entry)
        with self._session.asking() as connection:
            rows = connection.execute(wanted.order_by(shards.c.id))
            return [PlannedShard(plan=row.plan, made=row.made) for row in rows]

    def open_entries(self, kind: str, beginning: str = "") -> list[str]:
        """The entries of which shards are left, by name: all, or those whose names begin so."""
        wanted = select(shards.c.entry).where(shards.c.kind == kind, _LEFT).distinct()
        if beginning:
            wanted = wanted.where(shards.c.entry.startswith(beginning, autoescape=True))
        with self._session.asking() as connection:
            return list(connection.execute(wanted.order_by(shards.c.entry)).scalars())

    def progress(self, kind: str, among: Collection[str] | None = None) -> dict[str, BulkProgress]:
        """How far each site, or other entry, is; all that are planned, or those *among* some."""
        wanted = select(shards.c.entry, shards.c.versions, shards.c.done_at, shards.c.counts)
        found: dict[str, list[tuple[int, bool, Mapping[str, int]]]] = {}
        with self._session.asking() as connection:
            for row in connection.execute(wanted.where(shards.c.kind == kind).order_by(shards.c.entry)):
                if among is None or row.entry in among:
                    done = row.done_at is not None
                    found.setdefault(row.entry, []).append((row.versions, done, row.counts or {}))
        return {
            entry: BulkProgress(
                kind=kind,
                entries=1,
                shards=len(each),
                shards_done=sum(done for _, done, _ in each),
                versions=sum(size for size, _, _ in each),
                versions_done=sum(size for size, done, _ in each if done),
                counts=_sum(counts for _, _, counts in each),
            )
            for entry, each in found.items()
        }

    def forget(self, kind: str, entry: str) -> None:
        """The work at a site is done and told, or nobody wants it any more."""
        with self._session.writing(entry) as connection:
            connection.execute(delete(shards).where(shards.c.kind == kind, shards.c.entry == entry))
        self._session.commit()

    def forget_done(self, *, before: datetime) -> int:
        """Take off work of which all was done *before* a moment, so that nobody asks what came of it; returns
        how many shards that were."""
        done = (
            select(shards.c.kind, shards.c.how)
            .group_by(shards.c.kind, shards.c.how)
            .having(func.count() == func.count(shards.c.done_at), func.max(shards.c.done_at) < before)
        )
        with self._session.writing() as connection:
            gone = connection.execute(delete(shards).where(tuple_(shards.c.kind, shards.c.how).in_(done)))
        self._session.commit()
        return gone.rowcount


_LEFT = shards.c.done_at.is_(None)


def _shard(row: Any) -> Shard:
    return Shard(
        number=row.id,
        kind=row.kind,
        entry=row.entry,
        first=row.first_article,
        last=row.last_article,
        versions=row.versions,
        how=row.how,
        plan=row.plan,
    )


def together(kind: str, some: Iterable[BulkProgress]) -> BulkProgress:
    """The progress of several sites as one."""
    each = list(some)
    return BulkProgress(
        kind=kind,
        entries=sum(one.entries for one in each),
        shards=sum(one.shards for one in each),
        shards_done=sum(one.shards_done for one in each),
        versions=sum(one.versions for one in each),
        versions_done=sum(one.versions_done for one in each),
        counts=_sum(one.counts for one in each),
    )


def _sum(some: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in some:
        found.update(each)
    return dict(found)


def _ranges(counted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """(Article, its versions) in order -> (first, last, versions) of each shard."""
    first = last = size = 0
    for article, number in counted:
        first = first or article
        last, size = article, size + number
        if size >= SIZE:
            yield first, last, size
            first = size = 0
    if size:
        yield first, last, size
