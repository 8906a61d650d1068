"""Incidents: what went amiss with the clock, a visit or the archive, on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select

from archive.captures.store import CaptureStore
from archive.db.schema import incidents
from archive.db.session import Session


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Something about visits that did not go as it should."""

    id: int
    at: datetime
    site: str | None
    """``None``: it concerns them all."""
    kind: str
    """``late``, ``failed``, ``killed``, ``lost``, ``over time``, ``misfire``, ``not told`` or ``outage``."""
    since: datetime | None
    """When it began, where it lasted."""
    says: str


class Incidents:
    """What went amiss."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session = session
        self._captures = captures

    def note(
        self, kind: str, says: str, *, at: datetime, site: str | None = None, since: datetime | None = None
    ) -> None:
        """Put on record what went amiss; *kind* and the rest as in :class:`Incident`."""
        with self._session.writing() as connection:
            connection.execute(
                insert(incidents), {"at": at, "site": site, "kind": kind, "since": since, "says": says}
            )
        self._session.commit()

    def list(self, site: str | None = None, *, limit: int | None = None) -> list[Incident]:
        """What went amiss, the latest first; with *site*, what concerns that one or all.

        What names an article that may not be shown is told without those words.
        """
        wanted = select(incidents).order_by(incidents.c.id.desc()).limit(limit)
        if site is not None:
            wanted = wanted.where((incidents.c.site == site) | incidents.c.site.is_(None))
        with self._session.asking() as connection:
            found = [Incident(**row._mapping) for row in connection.execute(wanted)]
        return [
            replace(each, says=self._captures.hidden_words_of(each.site).masked(each.says))
            if each.site is not None
            else each
            for each in found
        ]
