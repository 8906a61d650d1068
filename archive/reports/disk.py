"""Is there room for the archive, and does it grow as it used to?"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from archive.archive import Archive
from archive.operations.health_issue import HealthIssue
from archive.reports.growth import growth

LEAST = 1 << 30
"""Bytes that must be free, however small the archive is."""
DAYS_LEFT = 21
"""How long what is free must last at last month's growth."""
SUDDEN = 5
"""Times the usual week's bytes that are worth a word."""
MUCH = 500_000_000
"""Bytes in a week below which no growth is sudden."""


def find_issues(archive: Archive, *, now: datetime) -> list[HealthIssue]:
    """What is wrong with the disk the archive stands on, and with its growth."""
    weeks = [0.0] * 9
    for run in archive.runs.list(since=now - timedelta(weeks=9)):
        age = (now - run.started) // timedelta(weeks=1)
        if run.cost is not None and 0 <= age < 9:
            weeks[age] += run.cost.received
    found = []
    place = Path(archive.where)
    if "://" not in archive.where and place.exists():
        free = shutil.disk_usage(place.parent).free
        grows = growth(archive, size=place.stat().st_size, now=now).bytes_per_day
        days = free / max(grows, 1.0)
        if free < LEAST or days < DAYS_LEFT:
            says = f"{free / 1e9:.1f} GB are free where {place.name} stands"
            says += f", enough for {days:.0f} days as it grows now" if days < 1000 else ""
            found.append(
                HealthIssue(
                    kind="disk",
                    subject="",
                    since=now,
                    says=f"{says}: make room, run legger compact, or move it (docs/operate.md); visits that "
                    "find the disk full fail, lose nothing that was filed, and are taken up later",
                )
            )
    usual = sum(weeks[1:]) / 8
    if all(weeks[1:5]) and weeks[0] > MUCH and weeks[0] > SUDDEN * usual:
        found.append(
            HealthIssue(
                kind="growth",
                subject="",
                since=now - timedelta(weeks=1),
                says=f"{weeks[0] / 1e6:,.0f} MB came in a week, {weeks[0] / usual:.0f} times the usual: "
                "a backfill, or a site that leads us in circles: legger runs shows which",
            )
        )
    return found
