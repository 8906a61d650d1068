"""What the archive holds: sites, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from archive.captures.compression import PACKED_SIZE
from archive.db.functions import total
from archive.db.mapping import IS_NEWS, PAGES
from archive.db.schema import addresses, articles, bodies, captures, readings, runs, sites, verdicts
from archive.db.session import Session
from archive.model.addresses import Outcome
from archive.model.reports import ArchiveStats, SiteCounts, SiteFacts


@dataclass(frozen=True, kw_only=True)
class VisitDay:
    """A day (UTC) on which a site was visited."""

    day: date
    begun: tuple[datetime, ...]
    amiss: int
    """Visits that did not end with all that was due asked for and answered."""

    @property
    def visits(self) -> int:
        """How many."""
        return len(self.begun)


class Holdings:
    """What is held of each site, and of all."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def site_names(self) -> list[str]:
        """The sites of which something is on record, by name."""
        with self._session.asking() as connection:
            return list(connection.execute(select(sites.c.name).order_by(sites.c.name)).scalars())

    def languages(self) -> list[str]:
        """The languages in which there are articles, as their readings have them (``nl``, ``fy-NL``)."""
        with self._session.asking() as connection:
            rows = connection.execute(select(readings.c.language).distinct().order_by(readings.c.language))
            return [code for code in rows.scalars() if code]

    def site_titles(self) -> dict[str, str]:
        """What the readers of each site call it; its name here, where that is not said."""
        with self._session.asking() as connection:
            rows = connection.execute(select(sites.c.name, sites.c.title))
            return {row.name: row.title or row.name for row in rows}

    def stats(self) -> ArchiveStats:
        """What the archive holds and weighs, per site and altogether."""
        with self._session.asking() as connection:
            kinds = connection.execute(select(verdicts.c.kind, func.count()).group_by(verdicts.c.kind)).all()
            number, came, kept = connection.execute(
                select(func.count(), total(bodies.c.size), total(PACKED_SIZE))
            ).one()
            return ArchiveStats(
                sites=_site_counts(connection),
                verdicts={row[0]: row[1] for row in sorted(kinds)},
                bodies=number,
                body_bytes=came or 0,
                packed_bytes=kept or 0,
            )

    def visit_days(self, site: str) -> list[VisitDay]:
        """The days on which a site was visited, oldest first; none for a site of which nothing is known."""
        wanted = (
            select(runs.c.started, runs.c.outcome)
            .join(sites, sites.c.id == runs.c.site_id)
            .where(sites.c.name == site)
            .order_by(runs.c.started)
        )
        found: dict[date, list[tuple[datetime, bool]]] = {}
        with self._session.asking() as connection:
            for row in connection.execute(wanted):
                day = row.started.astimezone(UTC).date()
                found.setdefault(day, []).append((row.started, row.outcome != Outcome.DONE))
        return [
            VisitDay(day=day, begun=tuple(at for at, _ in visits), amiss=sum(amiss for _, amiss in visits))
            for day, visits in found.items()
        ]

    def site_counts(self) -> tuple[SiteCounts, ...]:
        """What is held of each site, by name."""
        with self._session.asking() as connection:
            return _site_counts(connection)


_OF_ASSETS = text("addresses.role = 'asset'")
"""Spelled as in the index that holds only these, or SQLite does not use it."""


def _site_counts(connection: Connection) -> tuple[SiteCounts, ...]:
    described = select(sites).order_by(sites.c.name)
    counts: dict[int, dict[str, Any]] = {
        row.id: {"site": row.name, **{each.name: getattr(row, each.name) for each in fields(SiteFacts)}}
        for row in connection.execute(described)
    }
    for row in connection.execute(
        select(articles.c.site_id, func.count().label("pages"))
        .where(articles.c.id.in_(PAGES))
        .group_by(articles.c.site_id)
    ):
        counts[row.site_id]["standing_pages"] = row.pages
    for row in connection.execute(
        select(
            articles.c.site_id, articles.c.status, func.count().label("articles"),
            total(articles.c.latest).label("versions"), func.min(articles.c.first_seen).label("first"),
            func.max(articles.c.last_seen).label("last"),
        ).where(IS_NEWS).group_by(articles.c.site_id, articles.c.status)
    ):  # fmt: skip
        site = counts[row.site_id]
        site[row.status] = row.articles
        site["articles"] = site.get("articles", 0) + row.articles
        site["versions"] = site.get("versions", 0) + row.versions
        site["first_seen"] = min(site.get("first_seen", row.first), row.first)
        site["last_seen"] = max(site.get("last_seen", row.last), row.last)
    per_site = select(addresses.c.site_id, func.count()).group_by(addresses.c.site_id)
    waiting = per_site.where(addresses.c.last_visit.is_(None), addresses.c.due_at.is_not(None))
    for name, wanted in (
        ("captures", select(captures.c.site_id, func.count()).group_by(captures.c.site_id)),
        ("addresses", per_site),
        ("waiting", waiting),
    ):
        for number, count in connection.execute(wanted):
            counts[number][name] = count
    for number, count in connection.execute(per_site.where(_OF_ASSETS)):
        counts[number]["addresses"] -= count
    return tuple(SiteCounts(**each) for each in counts.values())
