"""Machines whose clocks differ from that of their archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.errors import Refused
from crawler import clock
from crawler.clock import FAR, ArchiveClock, ahead_of
from crawler.runner import visit
from crawler.siteconfig.site import Site

HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "legger.db") as opened:
        yield opened


def set_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Of the database: it is so far ahead of this machine."""
    monkeypatch.setattr("archive.db.sqlite.now", lambda connection: datetime.now(UTC) + by)


def test_a_machine_is_ahead_or_behind_by_what_asking_does_not_explain(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ahead_of(archive) == timedelta(), "an archive in a file goes by this machine"
    for by in (HOUR, -HOUR):
        set_clock(monkeypatch, by)
        assert abs(ahead_of(archive) + by) < FAR
    slow = datetime.now(UTC)

    def answers_late(_: object) -> datetime:
        monkeypatch.setattr(clock, "datetime", Later)
        return slow + HOUR / 2

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return slow + HOUR

    monkeypatch.setattr("archive.db.sqlite.now", answers_late)
    assert ahead_of(archive) == timedelta(), "the answer took an hour"


def test_a_visit_goes_by_the_archives_clock_however_this_machines_is_set(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, HOUR)
    time, elapsed = ArchiveClock(), [1000.0]
    monkeypatch.setattr(clock, "_elapsed", lambda: elapsed[0])
    assert abs(time() - datetime.now(UTC)) < FAR, "before it was read, by this machine's"
    time.read(archive)
    first = time()
    assert abs(first - datetime.now(UTC) - HOUR) < FAR
    elapsed[0] += 90
    assert time() == first + timedelta(seconds=90)
    set_clock(monkeypatch, HOUR + timedelta(seconds=90))
    assert abs(time.is_off(archive)) < FAR
    set_clock(monkeypatch, timedelta())
    assert abs(time.is_off(archive) + HOUR + timedelta(seconds=90)) < FAR, "it was set back"


def test_no_visit_is_made_where_two_clocks_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = tmp_path / "legger.db"
    Archive.open(where).close()
    set_clock(monkeypatch, -HOUR)
    site = Site(name="roskam", url="http://127.0.0.1:9/", allow_private=True)
    with pytest.raises(Refused, match=r"the clock of this machine .* is 3,600 s ahead of the database's"):
        visit([site], archive=str(where))
    with Archive.open(where) as archive:
        assert archive.runs.list() == []
        assert archive.schedule.leases(now=archive.schedule.now()) == {}


def test_who_stood_still_says_so_once_whoever_notes_it_first() -> None:
    at = [0.0]
    standstill = clock.Standstill(lambda: at[0])
    for moment in (0.25, 9.0, 28.0):  # busy, but not still
        at[0] = moment
        standstill.goes_on()
    assert not standstill.lasted()
    at[0] += 90
    standstill.goes_on()
    at[0] += 0.25
    standstill.goes_on()
    assert standstill.lasted()
    assert not standstill.lasted()
    at[0] += 90
    assert standstill.lasted()
