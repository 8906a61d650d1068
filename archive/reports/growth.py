"""How fast an archive grows, and when it was last added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from archive.archive import Archive
from archive.db.schema import captures, runs

LATELY = timedelta(days=28)
"""How far back captures tell of how an archive grows."""


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What came in, and when."""

    bytes_per_day: float
    """Of the file, about: what each capture took so far, times the captures a day of late."""
    last_capture: datetime | None
    last_visit: datetime | None


def growth(archive: Archive, *, size: int, now: datetime) -> Growth:
    """The growth of an archive whose file has *size* bytes, by the captures of :data:`LATELY`."""
    with archive.snapshot() as connection:
        number, last = connection.execute(select(func.count(), func.max(captures.c.at))).one()
        lately, since = connection.execute(
            select(func.count(), func.min(captures.c.at)).where(captures.c.at > now - LATELY)
        ).one()
        visit = connection.execute(select(func.max(runs.c.started))).scalar()
    days = max((now - since) / timedelta(days=1), 1.0) if since else 1.0
    return Growth(
        bytes_per_day=size / number * lately / days if number else 0.0, last_capture=last, last_visit=visit
    )
