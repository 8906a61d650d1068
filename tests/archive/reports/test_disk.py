"""Room on the disk, and sudden growth: told before it is too late, and not told for nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.model.reports import RunCost, RunCounts
from archive.reports import disk

NOW = datetime(2026, 6, 1, tzinfo=UTC)
USAGE = type(shutil.disk_usage("/"))


def archive_with(tmp_path: Path, weeks: list[int]) -> Archive:
    """An archive that received so many bytes in each of the last weeks, the latest first."""
    archive = Archive.open(tmp_path / "legger.db")
    for number, received in reversed(list(enumerate(weeks))):
        at = NOW - timedelta(weeks=number, days=3)
        run = archive.runs.start("dorp", at=at, settings={})
        cost = RunCost(requests=9, received=received, cpu=1.0, memory=9)
        archive.runs.end(run, at=at, outcome="done", counts=RunCounts(), cost=cost)
    return archive


@pytest.mark.parametrize(
    ("free", "weeks", "kinds"),
    [
        (50_000_000_000, [100_000_000] * 9, []),
        (500_000_000, [100_000_000] * 9, ["disk"]),
        (50_000_000_000, [900_000_000, *[100_000_000] * 8], ["growth"]),
        (50_000_000_000, [90_000_000, *[1_000_000] * 8], []),
        (50_000_000_000, [900_000_000], []),  # a new archive
    ],
)
def test_what_is_wrong_with_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, weeks: list[int], kinds: list[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: USAGE(10 * free, 9 * free, free))
    with archive_with(tmp_path, weeks) as archive:
        found = disk.find_issues(archive, now=NOW)
        assert [each.kind for each in found] == kinds
        opened = archive.alarms.raise_alarms(None, found, now=NOW)
        assert [(each.site, each.kind) for each in opened] == [(None, kind) for kind in kinds]
        assert archive.alarms.raise_alarms(None, [], now=NOW) == []
        assert all(each.ended == NOW for each in archive.alarms.all(open_only=False))
