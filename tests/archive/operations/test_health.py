"""Ailments told from a site's own history: none in a quiet year, each breakage within two visits."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from archive.operations.health import find_issues
from archive.operations.health_issue import HealthIssue
from archive.operations.health_signals import VisitHealth

ZONE = ZoneInfo("Europe/Amsterdam")
OPENING = datetime(2026, 1, 5, 6, tzinfo=UTC)
FEED = "https://dorp.example/rss"


def health_signals(new: int, *, chance: random.Random | None = None, **more: Any) -> dict[str, Any]:
    """A visit as it should be: *new* articles, and some old ones looked at again."""
    chance = chance or random.Random(new)
    read = new + chance.randint(0, 8)
    return {
        "sources": {FEED: 20, "https://dorp.example/": 43},
        "silent": {},
        "pages": {"article": read, "other": 1, "standing": read - new, "told article": new},
        "filled": {
            "of": read,
            "title": read,
            "published": read,
            "sure": read,
            "authors": sum(chance.random() < 0.6 for _ in range(read)),
        },
        "words": sum(chance.randint(120, 600) for _ in range(read)),
        "failures": {"4xx": 1} if chance.random() < 0.1 else {},
        "good": 3 + read,
        "new": new,
        "skew": chance.uniform(-2, 2),
    } | more


def poisson(mean: float, chance: random.Random) -> int:
    least, number, product = math.exp(-mean), 0, chance.random()
    while product > least:
        number += 1
        product *= chance.random()
    return number


HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 26), date(2026, 4, 27), date(2026, 5, 5), date(2026, 4, 6)}


def year(a_day: float, visits_a_day: int, seed: int) -> Iterator[VisitHealth]:
    """A quiet year: quiet Sundays, a slack August, holidays, and now and then a visit that goes wrong."""
    chance = random.Random(seed)
    for number in range(365 * visits_a_day):
        at = OPENING + timedelta(days=number / visits_a_day)
        day = at.astimezone(ZONE).date()
        rate = a_day / visits_a_day * (0.35 if day.weekday() == 6 else 1.0)
        if day.month == 8 or (day.month, day.day) >= (12, 24):
            rate *= 0.4
        new = 0 if day in HOLIDAYS else poisson(rate, chance)
        if chance.random() < 0.01:  # an hour in which the server is down
            down = health_signals(0, sources={}, silent={FEED: "HTTP 503"}, failures={"5xx": 3}, good=0)
            yield VisitHealth(at=at, health_signals=down | {"pages": {}, "filled": {}, "words": 0})
        else:
            yield VisitHealth(at=at, health_signals=health_signals(new, chance=chance))


@pytest.mark.parametrize(("a_day", "visits_a_day", "seed"), [(0.4, 1, 1), (3, 2, 2), (12, 1, 3), (30, 2, 4)])
def test_a_quiet_year_raises_no_alarm(a_day: float, visits_a_day: int, seed: int) -> None:
    history: list[VisitHealth] = []
    for visit in year(a_day, visits_a_day, seed):
        history.append(visit)
        del history[: -130 * visits_a_day]
        assert find_issues(history, site="dorp", zone=ZONE) == []


def calm(days: int = 60, new: int = 3) -> list[VisitHealth]:
    chance = random.Random(7)
    return [
        VisitHealth(at=OPENING + timedelta(days=day), health_signals=health_signals(new, chance=chance))
        for day in range(days)
    ]


def broken(visits: int, why: str = "", **more: Any) -> list[HealthIssue]:
    """What is wrong after so many visits that went wrong in the same way."""
    history = calm()
    for number in range(visits):
        at = history[-1].at + timedelta(days=1)
        history.append(
            VisitHealth(at=at, health_signals=health_signals(3, chance=random.Random(number)) | more, why=why)
        )
    return find_issues(history, site="dorp", zone=ZONE)


NOTHING: dict[str, Any] = {"pages": {}, "filled": {}, "words": 0, "new": 0, "good": 0, "sources": {}}
READ = {"of": 9, "title": 9, "published": 9, "authors": 5, "sure": 9}


@pytest.mark.parametrize(
    ("kind", "subject", "why", "more"),
    [
        ("field", "published", "", {"filled": READ | {"published": 0}, "words": 3000}),
        ("field", "title", "", {"filled": READ | {"title": 1}}),
        ("field", "sure", "", {"filled": READ | {"sure": 1}}),
        (
            "field",
            "authors",
            "",
            {"filled": {"of": 14, "title": 14, "published": 14, "authors": 0, "sure": 14}},
        ),
        ("text", "", "", {"filled": READ, "words": 9 * 40}),
        ("text", "", "", {"filled": READ, "words": 9 * 1800}),
        ("source", FEED, "", {"sources": {FEED: 0, "https://dorp.example/": 43}}),
        ("source", FEED, "", {"sources": {"https://dorp.example/": 43}, "silent": {FEED: "HTTP 404"}}),
        ("gates", "", "", {"pages": {"other": 1}, "filled": {}, "failures": {"gate": 9}}),
        ("reading", "newest articles", "", {"absent": [15, 20]}),
        ("reading", "known articles", "", {"pages": {"other": 8, "lost": 7}, "filled": {}}),
        ("reading", "new pages", "", {"pages": {"other": 8, "told other": 5}, "filled": {}}),
        ("robots", "", "", NOTHING | {"failures": {"robots": 4}}),
        ("robots", "", "robots.txt could not be had", NOTHING),
        (
            "unreachable",
            "",
            "",
            NOTHING | {"failures": {"robots": 2, "no text": 9}, "lacking": {"robots": 2, "no text": 9}},
        ),
        ("tdm", "", "", NOTHING | {"failures": {"tdm": 4}}),
        ("unreachable", "", "", NOTHING | {"failures": {"unreachable": 3}, "silent": {FEED: "certificate"}}),
        ("unreachable", "", "", NOTHING | {"failures": {"timeout": 3}}),
        ("unreachable", "", "", NOTHING | {"failures": {"4xx": 9}, "silent": {FEED: "HTTP 403"}}),
        ("clock", "", "", {"skew": 3600.0}),
    ],
)
def test_a_breakage_is_an_alarm_within_two_visits_and_one_alarm(
    kind: str, subject: str, why: str, more: dict[str, Any]
) -> None:
    found = broken(2, why, **more)
    assert [(each.kind, each.subject) for each in found] == [(kind, subject)]
    assert "dorp" in found[0].says
    assert found[0].since >= OPENING + timedelta(days=60)


WAIT = "the site asked us to wait until 2026-05-04 07:00 UTC"
FAILED = ("nothing that was asked for came: HTTP 500", NOTHING | {"failures": {"5xx": 9}})
UNRULED = ("nothing that was asked for came: robots.txt could not be had (HTTP 500)", NOTHING)


@pytest.mark.parametrize(
    ("bad", "hours", "kinds"),
    [
        ((FAILED, UNRULED), 12, ["unreachable"]),
        ((UNRULED, FAILED), 12, ["unreachable"]),
        ((UNRULED, UNRULED), 12, ["robots"]),
        (((WAIT, NOTHING | {"failures": {"wait": 6}}), (WAIT, NOTHING)), 12, ["unreachable"]),
        ((FAILED, (WAIT, NOTHING)), 12, ["unreachable"]),
        (((WAIT, NOTHING), (WAIT, NOTHING)), 1, []),
        (((WAIT, {}), (WAIT, NOTHING)), 12, []),
    ],
    ids=[
        "fails, then lacks robots.txt", "lacks robots.txt, then fails", "lacks robots.txt twice",
        "asks us to wait for a day", "fails, then asks us to wait", "asks us to wait for an hour",
        "asked us to wait when some had come",
    ],
)  # fmt: skip
def test_two_visits_that_brought_nothing_are_an_alarm_be_it_each_in_another_way(
    bad: tuple[tuple[str, dict[str, Any]], ...], hours: float, kinds: list[str]
) -> None:
    history = calm()
    for why, more in bad:
        at = history[-1].at + timedelta(hours=hours)
        signals = health_signals(3, chance=random.Random(1)) | more
        history.append(VisitHealth(at=at, health_signals=signals, why=why))
    assert [each.kind for each in find_issues(history, site="dorp", zone=ZONE)] == kinds


def test_what_lasts_does_not_become_usual_and_ends_when_it_is_mended() -> None:
    history, known = calm(), {}
    for number in range(40):
        at = history[-1].at + timedelta(days=1)
        history.append(
            VisitHealth(
                at=at,
                health_signals=health_signals(3, chance=random.Random(number))
                | {"filled": READ | {"published": 0}, "words": 3000},
            )
        )
        found = find_issues(history, site="dorp", zone=ZONE, known=known)
        known = {(each.kind, each.subject): each.since for each in found}
        assert number == 0 or list(known) == [("field", "published")]
    assert "published missing on 27 of 27 articles since 6 March 2026" in found[0].says
    for number in range(3):
        at = history[-1].at + timedelta(days=1)
        history.append(VisitHealth(at=at, health_signals=health_signals(3, chance=random.Random(number))))
    assert find_issues(history, site="dorp", zone=ZONE, known=known) == []


def test_silence_is_an_alarm_when_it_outlasts_a_slack_month_and_says_since_when() -> None:
    history = calm(60, new=4)
    quiet = []
    for _ in range(14):
        at = history[-1].at + timedelta(days=1)
        history.append(VisitHealth(at=at, health_signals=health_signals(0)))
        quiet.append(find_issues(history, site="dorp", zone=ZONE))
    assert quiet[3] == []
    (last,) = quiet[-1]
    assert (last.kind, last.since) == ("silence", history[59].at)


def test_a_first_visit_and_a_site_of_which_little_is_known_raise_nothing() -> None:
    assert find_issues([], site="dorp", zone=ZONE) == []
    first = VisitHealth(
        at=OPENING, health_signals=health_signals(0) | {"filled": READ | {"published": 0}, "words": 3000}
    )
    assert find_issues([first], site="dorp", zone=ZONE) == []
    assert find_issues([first] * 3, site="dorp", zone=ZONE) == []


NEWS_MAP = "https://dorp.example/news-sitemap.xml"


def of_two_days(numbers: list[int | None], new: list[int]) -> list[HealthIssue]:
    """What is wrong when a news sitemap, which names what is of two days, named so many, visit by visit."""
    visits = [
        VisitHealth(
            at=OPENING + timedelta(days=day),
            health_signals=health_signals(
                articles, sources={FEED: 20, NEWS_MAP: named}, chance=random.Random(day)
            ),
        )
        for day, (named, articles) in enumerate(zip(numbers, new, strict=True))
    ]
    return find_issues(visits, site="dorp", zone=ZONE)


WEEKDAYS: list[int | None] = [6, 7, 5, 6, 8, 4, 1, 3, 6, 5, 7, 6, 3, 1]


@pytest.mark.parametrize(
    ("numbers", "new", "told"),
    [
        pytest.param([*WEEKDAYS, 0, 0, 0, 0, 0], [0] * 5, False, id="nothing is published for a week"),
        pytest.param([*WEEKDAYS, 0, None, None], [0] * 3, False, id="nor does its validator change"),
        pytest.param([*WEEKDAYS, 0, 0], [1, 3], True, id="it names nothing of what is published"),
        pytest.param([20] * 14 + [0, 0], [0, 0], True, id="a feed of the twenty newest names none"),
        pytest.param([20] * 14 + [0, None], [0, 0], True, id="and then says that this is as before"),
        pytest.param(
            [20] * 14 + [None, None], [0, 0], False, id="a feed of twenty says that it is as before"
        ),
    ],
)
def test_a_source_of_the_last_days_may_be_empty_while_there_is_no_news(
    numbers: list[int | None], new: list[int], told: bool
) -> None:
    found = of_two_days(numbers, [3] * (len(numbers) - len(new)) + new)
    assert [each.subject for each in found] == [NEWS_MAP] * told


@pytest.mark.parametrize("before", [0, 5])
def test_a_source_that_is_none_is_an_alarm_at_its_first_visit_and_over_when_it_is_mended(before: int) -> None:
    why = "no feed: a web page stands there"
    seen = [
        VisitHealth(at=OPENING + timedelta(days=number), health_signals=health_signals(2))
        for number in range(before)
    ]
    bad = VisitHealth(
        at=OPENING + timedelta(days=before),
        health_signals=health_signals(0, sources={FEED: 0}, unread={FEED: why}),
    )
    (alarm,) = find_issues([*seen, bad], site="dorp", zone=ZONE)
    assert (alarm.kind, alarm.subject, alarm.since) == ("source", FEED, bad.at)
    assert why in alarm.says
    good = VisitHealth(at=bad.at + timedelta(days=1), health_signals=health_signals(2))
    assert find_issues([*seen, bad, good], site="dorp", zone=ZONE) == []


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("HTTP 404", True),
        ("HTTP 403", True),
        ("redirects to the front page", True),
        ("another site: elders.example", True),
        ("HTTP 503", False),
        ("HTTP 429", False),
        ("no answer in time", False),
    ],
)
def test_a_source_that_never_gave_anything_is_an_alarm_at_once_unless_that_may_pass(
    why: str, told: bool
) -> None:
    first = VisitHealth(
        at=OPENING,
        health_signals=health_signals(2, sources={"https://dorp.example/": 40}, silent={FEED: why}),
    )
    found = find_issues([first], site="dorp", zone=ZONE)
    assert [(each.kind, each.subject, why in each.says) for each in found] == [("source", FEED, True)] * told


@pytest.mark.parametrize(
    ("after", "stands"),
    [
        pytest.param({"pages": {"other": 1}, "lacking": {}}, True, id="only the front page was asked for"),
        pytest.param({"pages": {"article": 2}, "lacking": {"gate": 9}}, True, id="some articles are free"),
        pytest.param({"pages": {"other": 9}, "lacking": {"gate": 2}}, True, id="pages before it"),
        pytest.param({"pages": {"article": 3}, "lacking": {}}, False, id="a few articles come again"),
    ],
)
def test_a_gate_stands_until_articles_are_read_again(after: dict[str, Any], stands: bool) -> None:
    history, walled = (
        calm(),
        {"pages": {"other": 1}, "filled": {}, "failures": {"gate": 90}, "lacking": {"gate": 90}},
    )
    since = history[-1].at + timedelta(days=1)
    for day, more in enumerate((walled, *[NOTHING | {"good": 1, "failures": {}} | after] * 3)):
        signals = health_signals(3, chance=random.Random(day)) | more
        history.append(VisitHealth(at=since + timedelta(days=day), health_signals=signals))
        known = {("gates", ""): since} if day else {}
        found = [each.kind for each in find_issues(history, site="dorp", zone=ZONE, known=known)]
        assert ("gates" in found) is (stands or not day)
