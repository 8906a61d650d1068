"""When the weekly digest is due, and of which week it tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from legger.weekly import Weekly

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SEVEN = Weekly(day=0, hour=7, minute=0)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02 07:00", "2026-03-02 07:00"),
        ("2026-03-02 06:59", "2026-02-23 07:00"),
        ("2026-03-02 23:00", "2026-03-02 07:00"),
        ("2026-03-08 23:59", "2026-03-02 07:00"),
    ],
)
def test_the_week_that_ended_last_is_told(now: str, until: str) -> None:
    since, end = SEVEN.period(at(now), AMSTERDAM)
    assert end == at(until)
    assert since == at(until) - timedelta(days=7)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-30 08:00", -1), ("2026-10-26 08:00", 1)])
def test_weeks_join_without_a_gap_where_the_clock_changes(day: str, hours: int) -> None:
    since, until = SEVEN.period(at(day), AMSTERDAM)
    assert (since.hour, until.hour) == (7, 7)
    assert until.timestamp() - since.timestamp() == (7 * 24 + hours) * 3600
    assert SEVEN.period(since, AMSTERDAM)[1] == since


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("monday 07:00", SEVEN),
        ("Mon 7:00", SEVEN),
        (" sunday  23:59 ", Weekly(day=6, hour=23, minute=59)),
    ],
)
def test_a_day_and_a_time_are_read(words: str, means: Weekly) -> None:
    assert Weekly.parse(words) == means


@pytest.mark.parametrize("words", ["", "maandag 07:00", "monday", "monday 24:00", "monday 7:60", "t 07:00"])
def test_anything_else_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="monday 07:00"):
        Weekly.parse(words)
