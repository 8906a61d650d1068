"""When the clock goes to a site: by its file, through both changes of summer time, never in quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import SiteError
from crawler.scheduling.timetable import (
    BACKFILL,
    COMPACT,
    POLL,
    VISIT,
    DefaultSchedule,
    interval,
    kinds,
    next_due,
    plan,
)
from crawler.siteconfig.files import parse_site, read_site
from crawler.siteconfig.writing import write_site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
USAGE = DefaultSchedule(every=6 * HOUR, poll=HOUR)


def site(**schedule: str):  # type: ignore[no-untyped-def]
    stated = {"url": "https://dorp.example/", "feeds": ["/rss"]}
    return parse_site(stated | ({"schedule": schedule} if schedule else {}), name="dorp")


def test_a_site_needs_no_schedule_and_one_that_says_something_is_believed() -> None:
    assert kinds(site(), USAGE) == (VISIT, POLL, COMPACT)
    assert next_due(site(), USAGE, NOW) == NOW + 6 * HOUR
    assert next_due(site(), USAGE, NOW, POLL) == NOW + HOUR
    said = site(every="90m", poll="0m", backfill="0 2 * * sun")
    assert kinds(said, USAGE) == (VISIT, BACKFILL, COMPACT)
    assert next_due(said, USAGE, NOW) == NOW + 1.5 * HOUR
    assert next_due(said, USAGE, NOW, BACKFILL) == datetime(2026, 3, 8, 1, tzinfo=UTC)  # two in Amsterdam
    assert interval(said, USAGE, BACKFILL) == 7 * DAY
    assert kinds(parse_site({"url": "https://dorp.example/"}, name="dorp"), USAGE) == (VISIT, COMPACT)


@pytest.mark.parametrize(
    ("first", "days"),
    [
        # half past two does not come on 29 March: it is made up for right after
        (datetime(2026, 3, 28, 12, tzinfo=UTC), ["29 01:30", "30 00:30", "31 00:30"]),
        # and comes twice on 25 October: the first one counts
        (datetime(2026, 10, 24, 12, tzinfo=UTC), ["25 00:30", "26 01:30", "27 01:30"]),
    ],
)
def test_a_time_on_the_wall_comes_once_a_day_through_both_changes(first: datetime, days: list[str]) -> None:
    said = site(cron="30 2 * * *")
    due = next_due(said, USAGE, first)
    coming = list(plan(said, USAGE, due, due + 2.5 * DAY))
    assert [f"{each:%d %H:%M}" for each in coming] == days


@pytest.mark.parametrize(
    ("line", "after", "coming"),
    [
        ("*/30 * * * *", "2026-03-29T00:30", ["01:00", "01:30", "02:00"]),  # two o'clock there is left out
        ("15 * * * *", "2026-03-29T00:20", ["01:15", "02:15", "03:15"]),
        ("*/30 * * * *", "2026-10-25T00:00", ["00:30", "01:00", "01:30", "02:00"]),  # half past two twice
        ("15 * * * *", "2026-10-24T23:30", ["00:15", "01:15", "02:15"]),
        ("*/20 2 * * *", "2026-10-24T23:30", ["00:00", "00:20", "00:40", "01:00", "01:20", "01:40"]),
        ("0 3 * * *", "2026-10-24T23:30", ["02:00"]),
    ],
)
def test_a_line_of_every_hour_goes_with_the_hours_through_both_changes(
    line: str, after: str, coming: list[str]
) -> None:
    due, found = datetime.fromisoformat(after).replace(tzinfo=UTC), []
    for _ in coming:
        due = next_due(site(cron=line), USAGE, due)
        found.append(f"{due:%H:%M}")
    assert found == coming


def test_intervals_are_counted_through_a_change_as_if_there_were_none() -> None:
    start = datetime(2026, 3, 28, 18, tzinfo=UTC)
    assert [each - start for each in plan(site(), USAGE, start, start + DAY)] == [
        6 * HOUR * n for n in range(4)
    ]


def test_chance_is_the_same_for_everybody_who_asks_and_another_for_each_visit() -> None:
    said = site(every="1h", jitter="20m")
    late = [next_due(said, USAGE, NOW + number * HOUR) - (NOW + (number + 1) * HOUR) for number in range(24)]
    assert all(timedelta() <= each < timedelta(minutes=20) for each in late)
    assert len(set(late)) > 20
    assert next_due(said, USAGE, NOW) == next_due(said, USAGE, NOW)


def test_what_falls_into_quiet_hours_waits_for_their_end() -> None:
    quiet = parse_site({"url": "https://dorp.example/", "quiet": ["07:00-20:00"]}, name="dorp")
    assert next_due(quiet, USAGE, NOW) == datetime(2026, 3, 2, 19, tzinfo=UTC)  # eight in the evening there
    assert next_due(quiet, USAGE, datetime(2026, 3, 2, 18, tzinfo=UTC)) == datetime(2026, 3, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("every", "often", "such as 30m"),
        ("every", 6, "text in quotes"),
        ("cron", "0 7", "a cron line"),
        ("cron", "0 25 * * *", "a cron line"),
        ("backfill", "0 0 31 2 *", "never comes"),
        ("when", "6h", "no such key"),
    ],
)
def test_a_schedule_that_is_wrong_is_told_by_file_and_key(key: str, value: object, expected: str) -> None:
    with pytest.raises(SiteError, match=expected) as told:
        parse_site(
            {"url": "https://dorp.example/", "schedule": {key: value}}, name="dorp", source="dorp.toml"
        )
    assert str(told.value).startswith(f"dorp.toml: schedule.{key}")


def test_a_schedule_is_written_as_it_was_read(tmp_path: Path) -> None:
    said = site(cron="0 7,13 * * *", jitter="10m", poll="30m", backfill="0 2 * * sun")
    assert read_site(write_site(said, tmp_path / "dorp.toml")) == said


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("0 7 * * 0", [6]),
        ("0 7 * * 7", [6]),
        ("0 7 * * sun", [6]),
        ("0 7 * * 1-5", [0, 1, 2, 3, 4]),
        ("0 7 * * MON-FRI", [0, 1, 2, 3, 4]),
        ("0 7 * * 6,0", [5, 6]),
        ("0 7 * * 5-7", [4, 5, 6]),
        ("0 7 * * fri-mon", [0, 4, 5, 6]),
        ("0 7 * * */2", [1, 3, 5, 6]),
        ("0 7 * * 1-5/2", [0, 2, 4]),
        ("0 7 * * *", [0, 1, 2, 3, 4, 5, 6]),
        ("@weekly", [6]),
    ],
)
def test_days_of_the_week_are_those_of_cron(line: str, days: list[int]) -> None:
    said = site(cron=line)
    coming = plan(said, USAGE, next_due(said, USAGE, NOW), NOW + 14 * DAY)
    assert sorted({each.astimezone(said.zone).weekday() for each in coming}) == days


def test_a_day_of_the_month_and_one_of_the_week_are_either_of_them_as_in_cron() -> None:
    said = site(cron="0 12 13 * 5")
    coming = plan(said, USAGE, next_due(said, USAGE, NOW), NOW + 31 * DAY)
    assert [each.day for each in coming] == [6, 13, 20, 27]
    said = site(cron="0 12 10 * 5")
    coming = plan(said, USAGE, next_due(said, USAGE, NOW), NOW + 20 * DAY)
    assert [each.day for each in coming] == [6, 10, 13, 20]


@pytest.mark.parametrize(
    "line", ["0 7 * * 8", "0 7 * * x", "0 7 * * 1/0", "0 7 * * -1", "0 7 * *", "@reboot"]
)
def test_a_line_that_cron_would_not_take_is_refused(line: str) -> None:
    with pytest.raises(SiteError, match="a cron line"):
        site(cron=line)


@pytest.mark.parametrize(
    ("moment", "ends"),
    [
        (datetime(2026, 10, 25, 0, 15, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # the same quarter past two, an hour later: it comes again
        (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 45, tzinfo=UTC), None),
    ],
)
def test_quiet_hours_in_the_hour_that_comes_twice_end_after_they_begin(
    moment: datetime, ends: datetime | None
) -> None:
    quiet = parse_site({"url": "https://dorp.example/", "quiet": ["01:30-02:30"]}, name="dorp")
    assert quiet.quiet_until(moment) == ends
