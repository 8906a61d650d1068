"""A day that is too short: what is left out, and that nothing waits for ever."""

from __future__ import annotations

from collections import Counter, deque
from datetime import UTC, datetime, timedelta

import pytest

from archive.operations.runs import SitePace
from archive.operations.schedule import POLL, VISIT, ScheduleEntry
from crawler.scheduling.load import day_load, in_order, patience
from crawler.scheduling.timetable import DefaultSchedule, kinds, next_due
from crawler.siteconfig.files import parse_site
from crawler.siteconfig.site import Site

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USAGE = DefaultSchedule(every=6 * HOUR, poll=HOUR)
LIVELY = [f"stad{number:02}" for number in range(20)]
QUIET = [f"dorp{number:02}" for number in range(20)]


def a_site(name: str) -> Site:
    return parse_site({"url": f"https://{name}.example/", "feeds": ["/rss"]}, name=name)


SITES = {name: a_site(name) for name in (*LIVELY, *QUIET)}


def paces(visit: timedelta, poll: timedelta) -> dict[str, SitePace]:
    return {
        name: SitePace(visit=visit, poll=poll, new_a_day=12.0 if name in LIVELY else 0.2) for name in SITES
    }


def lived(days: int, known: dict[str, SitePace], *, at_most: int = 1) -> Counter[tuple[str, str]]:
    """How often what came about, when so many at a time were let go; the longest wait for a visit is no
    longer than the clock's patience."""
    defaults, now, done = USAGE, NOW, Counter[tuple[str, str]]()
    due = {
        (name, kind): NOW
        for name, site in SITES.items()
        for kind in set(kinds(site, defaults)) & {VISIT, POLL}
    }
    busy: deque[datetime] = deque([NOW] * at_most)
    while now < NOW + days * DAY:
        now = max(now, busy.popleft())
        waiting = [
            ScheduleEntry(site=name, kind=kind, due_at=at, paused_at=None)
            for (name, kind), at in due.items()
            if at <= now
        ]
        if not waiting:
            now = min(due.values())
            busy.appendleft(now)
            continue
        first = in_order(waiting, SITES, defaults, known, now)[0]
        took = known[first.site].took(first.kind)
        assert took is not None
        busy.append(now + took)
        busy = deque(sorted(busy))
        done[first.site, first.kind] += 1
        due[first.site, first.kind] = next_due(SITES[first.site], defaults, now, first.kind)
        if first.kind == VISIT:
            due[first.site, POLL] = next_due(SITES[first.site], defaults, now, POLL)
    return done


@pytest.mark.parametrize(
    ("visit", "poll", "lively", "quiet", "polls"),
    [
        pytest.param(60, 10, (40, 41), (40, 41), (7000, 8040), id="all is done where there is time for it"),
        pytest.param(300, 60, (38, 41), (34, 41), (3000, 5500), id="looks at feeds are thinned first"),
        pytest.param(1200, 60, (22, 32), (8, 16), (0, 10), id="then visits, those of quiet sites most"),
    ],
)
def test_of_a_day_that_is_too_short_the_least_is_left_out(
    visit: int, poll: int, lively: tuple[int, int], quiet: tuple[int, int], polls: tuple[int, int]
) -> None:
    done = lived(10, paces(timedelta(seconds=visit), timedelta(seconds=poll)))
    assert all(lively[0] <= done[name, VISIT] <= lively[1] for name in LIVELY), done
    assert all(quiet[0] <= done[name, VISIT] <= quiet[1] for name in QUIET), done
    assert polls[0] <= sum(number for (_, kind), number in done.items() if kind == POLL) <= polls[1], done


def test_a_day_is_told_to_be_too_short_with_what_is_left_out() -> None:
    enough = day_load(SITES.values(), USAGE, paces(60 * DAY / 86400, 10 * DAY / 86400), at_most=1)
    assert enough is not None
    assert not enough.too_short
    assert enough.says().endswith("there is time for 22 h")
    thinned = day_load(SITES.values(), USAGE, paces(DAY / 288, DAY / 1440), at_most=1)
    assert thinned is not None
    assert (thinned.too_short, thinned.stretch, thinned.looks) == (True, 1.0, 800)
    assert "looks at feeds are made" in thinned.says()
    assert "visits come" not in thinned.says()
    late = day_load(SITES.values(), USAGE, paces(DAY / 72, DAY / 1440), at_most=1)
    assert late is not None
    assert (late.polls_kept, round(late.stretch, 1)) == (0.0, 2.5)
    assert "0% of the looks at feeds are made, visits come 2.5 times later" in late.says()


def test_nothing_is_said_of_a_day_while_no_visit_has_shown_what_one_takes() -> None:
    assert day_load(SITES.values(), USAGE, {}, at_most=1) is None
    only = {"stad00": SitePace(poll=HOUR)}
    assert day_load(SITES.values(), USAGE, only, at_most=1) is None


@pytest.mark.parametrize(
    ("pace", "intervals"),
    [
        (None, 1.0),
        (SitePace(visit=HOUR), 1.0),
        (SitePace(visit=HOUR, new_a_day=30.0), 1.0),
        (SitePace(visit=HOUR, new_a_day=2.0), 2.0),
        (SitePace(visit=HOUR, new_a_day=0.0), 4.0),
    ],
)
def test_a_quiet_site_may_wait_longer_and_a_new_one_not(pace: SitePace | None, intervals: float) -> None:
    assert patience(pace) == intervals
