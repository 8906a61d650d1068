"""When to come back: soon where something happened, seldom where nothing does, never never."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.model.addresses import EditHistory
from crawler.scheduling import recrawl
from crawler.scheduling.habits import habits as learned_habits
from crawler.scheduling.recrawl import EditHabits, EditTally

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BUSY = EditHabits(
    site=EditTally(edits=900, exposure=300),
    sections={"Live": EditTally(edits=800, exposure=100), "Opinie": EditTally(edits=2, exposure=100)},
)
BURSTS = EditHabits(brings=0.5)
ASLEEP = EditHabits(hours=(0.1,) * 6 + (1.3,) * 18)


def wait(*, age: timedelta = timedelta(), **known: Any) -> timedelta:
    """How long after a look at an article of *age* the next one comes."""
    now = known.pop("now", NOW)
    facts = {"first_seen": now - age, "last_changed": None, "last_visit": None} | known
    return recrawl.next_visit(now=now, **facts) - now


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        # an article is looked at within the hour when it is new, and seldom when it is old
        ({"age": timedelta()}, {"age": HOUR}),
        ({"age": HOUR}, {"age": DAY}),
        ({"age": DAY}, {"age": 30 * DAY}),
        # one that was published long ago is not new because we meet it today
        ({}, {"published": NOW - DAY}),
        # one that was edited is looked at more often, and the more the more often it was
        ({"age": DAY, "last_changed": NOW - HOUR, "edits": 1}, {"age": DAY}),
        ({"age": DAY, "last_changed": NOW - HOUR, "edits": 4}, {"age": DAY, "edits": 1}),
        # a site or a section that edits much is looked at more often
        ({"age": HOUR, "habits": BUSY}, {"age": HOUR}),
        (
            {"age": HOUR, "habits": BUSY, "section": "Live"},
            {"age": HOUR, "habits": BUSY, "section": "Opinie"},
        ),
        # where edits bring edits, one that was just edited is looked at sooner; a day later it is not
        (
            {"age": DAY, "last_changed": NOW - HOUR, "edits": 1, "habits": BURSTS},
            {"age": DAY, "last_changed": NOW - HOUR, "edits": 1},
        ),
        (
            {"age": 2 * DAY, "last_changed": NOW, "edits": 1, "habits": BURSTS},
            {"age": 2 * DAY, "last_changed": NOW - DAY, "edits": 1, "habits": BURSTS},
        ),
        # at night a newsroom that sleeps is left alone
        ({"now": NOW, "habits": ASLEEP}, {"now": NOW.replace(hour=1), "habits": ASLEEP}),
        # with little to spend, every look must promise more
        ({"age": HOUR, "care": 0.05}, {"age": HOUR, "care": 0.2}),
        # a live blog, alive and fallen silent
        ({"age": 6 * HOUR, "live": True}, {"age": 6 * HOUR}),
        ({"age": 6 * HOUR, "live": True}, {"age": 24 * HOUR, "live": True}),
        # our own site costs nobody anything
        ({"age": 90 * DAY, "free": True}, {"age": 90 * DAY}),
    ],
)
def test_which_of_two_articles_is_looked_at_first(sooner: dict[str, Any], later: dict[str, Any]) -> None:
    assert wait(**sooner) < wait(**later)


def test_bounds() -> None:
    assert (
        wait(age=timedelta(), habits=EditHabits(site=EditTally(edits=1e6, exposure=1e3))) == recrawl.SOONEST
    )
    assert wait(age=3000 * DAY) == recrawl.LATEST
    assert wait(age=3000 * DAY, free=True) == recrawl.DAILY
    assert wait(age=HOUR, live=True) == recrawl.SOONEST
    assert wait(published=NOW + DAY) == wait()  # a date to come is not believed


def test_looks_at_an_article_that_never_changes_grow_apart_up_to_a_bound_and_go_on() -> None:
    now, last, waits = NOW, None, []
    for _ in range(60):
        due = recrawl.next_visit(first_seen=NOW, last_changed=None, last_visit=last, now=now)
        waits.append(due - now)
        now, last = due, now
    assert waits == sorted(waits)
    assert waits[0] < HOUR
    assert waits[-1] == recrawl.LATEST
    assert sum(wait < DAY for wait in waits) >= 6


def newsroom(*, rate: float, fading: float, asleep: range, section: str, seed: int) -> list[EditHistory]:
    """Articles of a section as a watch that sees every edit at once saw them for four days."""
    chance = random.Random(seed)
    seen = []
    for number in range(250):
        born = NOW + timedelta(hours=number * 7 + chance.random())
        times = []
        for quarter in range(4 * 24 * 4):
            at = born + quarter * 15 * MINUTE
            hazard = rate * 0.25 * (1 + quarter / 4) ** -fading
            if chance.random() < hazard and at.hour not in asleep:
                times.append((at - 5 * MINUTE if quarter else at, at))
        seen.append(
            EditHistory(section=section, first_seen=born, last_visit=born + 4 * DAY, edits=tuple(times))
        )
    return seen


def test_habits_are_learned_how_much_how_soon_and_at_which_hours() -> None:
    asleep = range(0, 6)
    quick = newsroom(rate=0.5, fading=1.65, asleep=asleep, section="Nieuws", seed=1)
    slow = newsroom(rate=0.05, fading=1.65, asleep=asleep, section="Opinie", seed=2)
    known = learned_habits([*quick, *slow])
    assert known.fading in (1.5, 1.65)
    assert max(known.hours[hour] for hour in range(1, 5)) < 0.5
    assert min(known.hours[hour] for hour in range(8, 22)) > 0.7
    assert known.rate("Nieuws") > 4 * known.rate("Opinie")
    assert known.rate("Opinie") < known.rate(None) < known.rate("Nieuws")
    assert known.rate("een nieuwe rubriek") == known.rate(None)
    lasting = learned_habits(newsroom(rate=0.1, fading=1.05, asleep=asleep, section="", seed=3))
    assert lasting.fading < known.fading


def test_that_edits_bring_edits_is_learned_and_not_mistaken_for_articles_that_differ() -> None:
    chance = random.Random(5)
    apart, bursts = [], []
    for number in range(300):
        born = NOW + timedelta(hours=number * 7)
        lively = chance.choice((0.2, 3.0))  # some articles are edited much, and that is no burst
        number_of = int(lively * 2 * chance.random() + 0.5)
        ages = sorted((1 - chance.random() * 0.75) ** (-1 / 0.3) - 1 for _ in range(number_of))  # fading 1.3
        more = [age + chance.expovariate(1) for age in ages if chance.random() < 0.5]
        for seen, times in ((apart, ages), (bursts, sorted([*ages, *more]))):
            at = [born + age * HOUR for age in times]
            edits = tuple((each - 6 * MINUTE, each) for each in at)
            seen.append(EditHistory(section="", first_seen=born, last_visit=born + 4 * DAY, edits=edits))
    assert learned_habits(apart).brings < 0.15
    assert 0.25 < learned_habits(bursts).brings < 0.75
    alike = learned_habits(bursts).rate(None) / learned_habits(apart).rate(None)
    assert 0.75 < alike < 1.3, "the rate is that of edits which no other has brought"


def test_an_article_of_which_little_is_known_is_looked_at_sooner_than_its_mean_rate_says() -> None:
    """At an equal mean rate, the unknown one may be one of the few that are edited much."""
    known_well = EditHabits(site=EditTally(edits=1e6, exposure=1e6))
    times = 400
    unknown = wait(age=timedelta(), habits=known_well)
    mean = (recrawl.ALIKE + times) / recrawl.ALIKE
    sure = wait(
        age=timedelta(), habits=EditHabits(site=EditTally(edits=1e6, exposure=mean * 1e6)), edits=times
    )
    assert unknown < sure


def test_without_articles_nothing_is_learned_and_a_few_do_not_turn_the_head() -> None:
    assert learned_habits([]) == EditHabits()
    one = EditHistory(section="Nieuws", first_seen=NOW, last_visit=NOW + DAY, edits=((NOW, NOW + HOUR),))
    known = learned_habits([one])
    assert known.fading == recrawl.USUAL_FADING
    assert known.rate("Nieuws") < 3 * recrawl.UNKNOWN_RATE
    assert all(0.5 < hour < 2 for hour in known.hours)


def test_a_budget_makes_looks_choosy_and_is_never_spent_for_nothing() -> None:
    rich = recrawl.care_within(10_000, edits_a_day=20, articles=100)
    poor = recrawl.care_within(100, edits_a_day=20, articles=100)
    assert rich == recrawl.CARE < poor < recrawl.care_within(1, edits_a_day=20, articles=600) == 0.9


@pytest.mark.parametrize(
    ("last_new", "first_seen", "wait"),
    [
        (NOW, NOW - 9 * DAY, recrawl.SOONEST),
        (NOW - 2 * HOUR, NOW - 9 * DAY, 30 * MINUTE),
        (None, NOW - 8 * HOUR, 2 * HOUR),
        (NOW - 300 * DAY, NOW - 900 * DAY, recrawl.DAILY),
        (NOW + HOUR, NOW, recrawl.SOONEST),
    ],
)
def test_a_source_is_asked_sooner_the_more_lately_it_brought_something(
    last_new: datetime | None, first_seen: datetime, wait: timedelta
) -> None:
    assert recrawl.next_poll(now=NOW, last_new=last_new, first_seen=first_seen) == NOW + wait


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
    assert recrawl.next_try(failures, now=NOW, asked_to_wait=asked) == NOW + wait


def test_what_was_not_there_is_looked_for_daily_until_it_is_sure_and_now_and_then_after() -> None:
    assert recrawl.next_look_at_absent(now=NOW, gone=False) == NOW + recrawl.DAILY
    assert recrawl.next_look_at_absent(now=NOW, gone=True) == NOW + recrawl.DAILY
    for before, wait in ((1, 2), (5, 10), (50, 60)):
        looked = NOW - timedelta(days=before)
        assert recrawl.next_look_at_absent(now=NOW, gone=True, last_visit=looked) == NOW + timedelta(
            days=wait
        )
    ours = recrawl.next_look_at_absent(now=NOW, gone=True, last_visit=NOW - timedelta(days=5), free=True)
    assert ours == NOW + recrawl.DAILY
    for before, apart in ((1, timedelta(days=2)), (50, recrawl.WEEKLY)):
        looked = NOW - timedelta(days=before)
        shut = recrawl.next_look_at_absent(now=NOW, gone=False, last_visit=looked, with_all=True)
        assert shut == NOW + apart, "with all others of its site"


def test_a_gate_is_looked_behind_more_and_more_seldom() -> None:
    def wait(before: timedelta, *, again: bool) -> timedelta:
        return recrawl.next_look_at_gate(now=NOW, last_visit=NOW - before, again=again) - NOW

    assert recrawl.next_look_at_gate(now=NOW, last_visit=None, again=False) == NOW + recrawl.DAILY
    assert wait(30 * DAY, again=False) == recrawl.DAILY, "it was open at the last look"
    assert [wait(days * DAY, again=True) for days in (0.1, 1, 5, 50)] == [
        recrawl.DAILY,
        2 * DAY,
        10 * DAY,
        recrawl.LATEST,
    ]


def test_a_daily_visit_finds_daily_things_due() -> None:
    assert recrawl.DAILY < DAY
