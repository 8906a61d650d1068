"""Crawl runs on record: begun, ended, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean
from typing import Any

from sqlalchemy import func, insert, select, update

from archive.db.mapping import AnyRow, added_number
from archive.db.schema import runs, sites
from archive.db.session import Session
from archive.errors import NotFound
from archive.model import hashchain
from archive.model.reports import RunCost, RunCounts, RunRecord, SiteFacts
from archive.operations.schedule import POLL

_RUNS = select(runs, sites.c.name).join(sites, sites.c.id == runs.c.site_id)


@dataclass(frozen=True, kw_only=True)
class SitePace:
    """How a site's visits went lately: what they took, and what they brought."""

    visit: timedelta | None = None
    """What a visit took, on average; ``None``: there was none."""
    poll: timedelta | None = None
    """The same of a look at feeds and sitemaps alone."""
    new_a_day: float | None = None
    """New articles, without those of the first visit; ``None``: it was visited for less than a day."""

    def took(self, kind: str) -> timedelta | None:
        """What an entry of a kind takes; a backfill is a visit."""
        return self.poll if kind == POLL else self.visit


class Runs:
    """Crawl runs: one row for each visit of a site."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def start(
        self, site: str, *, at: datetime, settings: Mapping[str, Any], facts: SiteFacts | None = None
    ) -> int:
        """Record that a visit began (and commit it: a killed visit leaves a run without an end).

        *facts* is what the site's file says of it now; ``None`` leaves what is known as it is.
        """
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            if facts is not None:
                connection.execute(update(sites).where(sites.c.id == number).values(**asdict(facts)))
            added = connection.execute(
                insert(runs), {"site_id": number, "started": at, "settings": dict(settings)}
            )
            run = added_number(added)
            line = hashchain.run_line(run, site=site, started=at.astimezone(UTC), settings=dict(settings))
            self._session.covered("run", run, line)
        self._session.commit()
        return run

    def describe(self, site: str, facts: SiteFacts) -> None:
        """Note what the site's file says of it now, without a visit: captures of others came in."""
        with self._session.writing(site) as connection:
            number = self._session.ensure_site(connection, site)
            connection.execute(update(sites).where(sites.c.id == number).values(**asdict(facts)))

    def end(
        self,
        run: int,
        *,
        at: datetime,
        outcome: str,
        counts: RunCounts,
        cost: RunCost | None = None,
        reasons: Mapping[str, int] | None = None,
        why: str = "",
        health_signals: Mapping[str, Any] | None = None,
    ) -> None:
        """Record how a visit ended (an ``Outcome``), why, and what it took; and commit."""
        values = {
            "ended": at,
            "outcome": outcome,
            "counts": counts.plain(),
            "reasons": dict(reasons or {}),
            "why": why or None,
            "health_signals": health_signals,
        }
        with self._session.writing() as connection:
            connection.execute(
                update(runs).where(runs.c.id == run).values(values | (asdict(cost) if cost else {}))
            )
        self._session.commit()

    def list(
        self,
        site: str | None = None,
        *,
        since: datetime | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[RunRecord]:
        """Visits, the latest first: those that began after *since*, those with a number below *before*."""
        wanted = _RUNS.order_by(runs.c.id.desc()).limit(limit)
        if site is not None:
            wanted = wanted.where(sites.c.name == site)
        if since is not None:
            wanted = wanted.where(runs.c.started > since)
        if before is not None:
            wanted = wanted.where(runs.c.id < before)
        with self._session.asking() as connection:
            return [_run(row) for row in connection.execute(wanted)]

    def paces(self, *, since: datetime, now: datetime) -> dict[str, SitePace]:
        """How the visits of each site went that began after *since* and have ended."""
        wanted = (
            select(sites.c.name, runs.c.id, runs.c.started, runs.c.ended, runs.c.settings, runs.c.counts)
            .join(sites, sites.c.id == runs.c.site_id)
            .where(runs.c.started > since, runs.c.ended.is_not(None))
        )
        firsts = select(sites.c.name, func.min(runs.c.id), func.min(runs.c.started)).join(
            sites, sites.c.id == runs.c.site_id
        )
        with self._session.asking() as connection:
            rows = connection.execute(wanted).all()
            first = {name: (run, at) for name, run, at in connection.execute(firsts.group_by(sites.c.name))}
        by_site: dict[str, list[AnyRow]] = {}
        for row in rows:
            by_site.setdefault(row.name, []).append(row)
        return {name: _pace(mine, *first[name], since=since, now=now) for name, mine in by_site.items()}

    def began(self) -> datetime | None:
        """When the first visit on record started; ``None``: there was none yet."""
        with self._session.asking() as connection:
            first: datetime | None = connection.execute(select(func.min(runs.c.started))).scalar_one()
        return first

    def last(self) -> dict[str, RunRecord]:
        """The latest visit of each site."""
        latest = select(func.max(runs.c.id)).group_by(runs.c.site_id)
        with self._session.asking() as connection:
            rows = connection.execute(_RUNS.where(runs.c.id.in_(latest))).all()
        return {row.name: _run(row) for row in rows}

    def doubted(self) -> dict[str, tuple[str, ...]]:
        """Site -> its sources (or ``pages``) whose word of changes its latest visit no longer believed."""
        latest = (
            select(func.max(runs.c.id)).where(runs.c.health_signals.is_not(None)).group_by(runs.c.site_id)
        )
        wanted = select(sites.c.name, runs.c.health_signals).join(sites, sites.c.id == runs.c.site_id)
        with self._session.asking() as connection:
            rows = connection.execute(wanted.where(runs.c.id.in_(latest))).all()
        return {row.name: told for row in rows if (told := tuple(row.health_signals.get("doubted", ())))}

    def get(self, number: int) -> RunRecord:
        """One visit. Raises :class:`NotFound`."""
        with self._session.asking() as connection:
            row = connection.execute(_RUNS.where(runs.c.id == number)).one_or_none()
        if row is None:
            raise NotFound(f"there is no visit {number}; see: legger runs")
        return _run(row)


def _pace(rows: Sequence[AnyRow], first: int, began: datetime, *, since: datetime, now: datetime) -> SitePace:
    took: dict[bool, list[float]] = {True: [], False: []}
    for row in rows:
        took[bool(row.settings.get("poll"))].append((row.ended - row.started).total_seconds())
    seen = now - max(since, began)
    new = sum(RunCounts.of(row.counts).new for row in rows if row.id != first and row.counts is not None)
    return SitePace(
        visit=timedelta(seconds=mean(took[False])) if took[False] else None,
        poll=timedelta(seconds=mean(took[True])) if took[True] else None,
        new_a_day=new / (seen / timedelta(days=1)) if seen >= timedelta(days=1) else None,
    )


def _run(row: AnyRow) -> RunRecord:
    return RunRecord(
        id=row.id,
        site=row.name,
        started=row.started,
        ended=row.ended,
        outcome=row.outcome,
        settings=row.settings,
        counts=RunCounts.of(row.counts) if row.counts is not None else None,
        cost=_cost(row),
        why=row.why or "",
        reasons=row.reasons or {},
    )


def _cost(row: AnyRow) -> RunCost | None:
    if row.requests is None:
        return None
    return RunCost(requests=row.requests, received=row.received, cpu=row.cpu, memory=row.memory)
