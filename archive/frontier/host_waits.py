"""Hosts that asked to be left alone (Retry-After): known to the visits of all sites, on whatever machine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from archive.db.functions import upsert
from archive.db.schema import host_waits
from archive.db.session import Session


class HostWaits:
    """Until when each host is not asked anything."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def note(self, host: str, *, until: datetime, at: datetime, site: str) -> None:
        """A host said to a visit of *site* that it wants to be left alone; the longest wish holds."""
        values = {"host": host, "until": until, "said_at": at, "site": site}
        with self._session.writing() as connection:
            noting = upsert(connection, host_waits).values(values)
            longer = host_waits.c.until < until
            connection.execute(
                noting.on_conflict_do_update(index_elements=["host"], set_=values, where=longer)
            )

    def waiting(self, *, now: datetime) -> dict[str, datetime]:
        """The hosts that are to be left alone now -> until when."""
        wanted = select(host_waits.c.host, host_waits.c.until).where(host_waits.c.until > now)
        with self._session.asking() as connection:
            return {row.host: row.until for row in connection.execute(wanted)}
