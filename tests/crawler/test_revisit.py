"""When to come back: soon where something happened, seldom where nothing does, never never."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler import revisit

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("situation", "wait"),
    [
        ({"first_seen": NOW, "last_changed": None, "last_visit": None}, revisit.SOONEST),
        ({"first_seen": NOW, "last_changed": None, "last_visit": None, "published": NOW - DAY}, 6 * HOUR),
        (
            {"first_seen": NOW, "last_changed": None, "last_visit": None, "published": NOW + DAY},
            revisit.SOONEST,
        ),
        ({"first_seen": NOW - 4 * DAY, "last_changed": None, "last_visit": NOW - HOUR}, DAY),
        ({"first_seen": NOW - 4 * DAY, "last_changed": NOW, "last_visit": NOW - 2 * DAY}, revisit.SOONEST),
        ({"first_seen": NOW - 9 * DAY, "last_changed": NOW - 8 * HOUR, "last_visit": NOW - HOUR}, 2 * HOUR),
        # a look that found nothing new is not followed by one much sooner
        ({"first_seen": NOW - 20 * DAY, "last_changed": None, "last_visit": NOW - 10 * DAY}, 8 * DAY),
        ({"first_seen": NOW - 3000 * DAY, "last_changed": None, "last_visit": NOW - DAY}, revisit.LATEST),
        # a live blog, alive and fallen silent
        (
            {"first_seen": NOW - 6 * HOUR, "last_changed": None, "last_visit": None, "live": True},
            revisit.SOONEST,
        ),
        ({"first_seen": NOW - 24 * HOUR, "last_changed": None, "last_visit": None, "live": True}, 6 * HOUR),
        # our own site costs nobody anything
        (
            {"first_seen": NOW - 90 * DAY, "last_changed": None, "last_visit": None, "free": True},
            revisit.DAILY,
        ),
    ],
)
def test_the_next_look_at_an_article(situation: dict, wait: timedelta) -> None:
    assert revisit.next_visit(now=NOW, **situation) == NOW + wait


def test_looks_at_an_article_that_never_changes_grow_apart_up_to_a_bound_and_go_on() -> None:
    now, last, waits = NOW, None, []
    for _ in range(60):
        due = revisit.next_visit(first_seen=NOW, last_changed=None, last_visit=last, now=now)
        waits.append(due - now)
        now, last = due, now
    assert waits == sorted(waits)
    assert waits[0] == revisit.SOONEST
    assert waits[-1] == revisit.LATEST
    assert sum(wait < DAY for wait in waits) >= 10


@pytest.mark.parametrize(
    ("last_new", "first_seen", "wait"),
    [
        (NOW, NOW - 9 * DAY, revisit.SOONEST),
        (NOW - 2 * HOUR, NOW - 9 * DAY, 30 * MINUTE),
        (None, NOW - 8 * HOUR, 2 * HOUR),
        (NOW - 300 * DAY, NOW - 900 * DAY, revisit.DAILY),
        (NOW + HOUR, NOW, revisit.SOONEST),
    ],
)
def test_a_source_is_asked_sooner_the_more_lately_it_brought_something(
    last_new: datetime | None, first_seen: datetime, wait: timedelta
) -> None:
    assert revisit.next_poll(now=NOW, last_new=last_new, first_seen=first_seen) == NOW + wait


@pytest.mark.parametrize(
    ("failures", "asked", "wait"),
    [
        (0, None, MINUTE),
        (1, None, MINUTE),
        (2, None, 4 * MINUTE),
        (3, None, 16 * MINUTE),
        (6, None, 1024 * MINUTE),
        (7, None, DAY),
        (10_000, None, DAY),
        (1, HOUR, HOUR),
        (5, MINUTE, 256 * MINUTE),
    ],
)
def test_failures_are_tried_again_four_times_later_each_time_and_never_before_the_server_wishes(
    failures: int, asked: timedelta | None, wait: timedelta
) -> None:
    assert revisit.next_try(failures, now=NOW, asked_to_wait=asked) == NOW + wait


def test_what_was_not_there_is_looked_for_daily_until_it_is_sure_and_now_and_then_after() -> None:
    assert revisit.next_look_at_absent(now=NOW, gone=False) == NOW + revisit.DAILY
    assert revisit.next_look_at_absent(now=NOW, gone=True) == NOW + revisit.DAILY
    for before, wait in ((1, 2), (5, 10), (50, 60)):
        looked = NOW - timedelta(days=before)
        assert revisit.next_look_at_absent(now=NOW, gone=True, last_visit=looked) == NOW + timedelta(
            days=wait
        )
    ours = revisit.next_look_at_absent(now=NOW, gone=True, last_visit=NOW - timedelta(days=5), free=True)
    assert ours == NOW + revisit.DAILY


def test_a_daily_visit_finds_daily_things_due() -> None:
    assert revisit.DAILY < DAY
