"""Hosts that asked to be left alone (Retry-After): known to the visits of all sites, on whatever machine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from archive.db.schema import host_waits
from archive.db.session import Session


class HostWaits:
    """Until when each host is not asked anything."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def note(self, host: str, *, until: datetime, at: datetime, site: str) -> None:
        """A host said to a visit of *site* that it wants to be left alone; the longest wish holds."""
        with self._session.writing() as connection:
            mine = host_waits.c.host == host
            known = connection.execute(select(host_waits.c.until).where(mine)).scalar()
            if known is None or known < until:
                connection.execute(delete(host_waits).where(mine))
                values = {"host": host, "until": until, "said_at": at, "site": site}
                connection.execute(insert(host_waits), values)

    def waiting(self, *, now: datetime) -> dict[str, datetime]:
        """The hosts that are to be left alone now -> until when."""
        wanted = select(host_waits.c.host, host_waits.c.until).where(host_waits.c.until > now)
        with self._session.asking() as connection:
            return {row.host: row.until for row in connection.execute(wanted)}
