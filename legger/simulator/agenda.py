"""What happens in a house, and when: chosen by chance and by the demo's script before the newspaper opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from legger.simulator.profile import OPENING, K, Profile, Rates
from legger.simulator.story import TAKEDOWNS, EventKind


def agenda(
    random: Random,
    profile: Profile,
    rates: Rates,
    *,
    articles: int,
    days: float,
    backlog_days: float,
    plan: tuple[tuple[int, int, EventKind], ...],
) -> list[tuple[datetime, EventKind]]:
    """What happens when, in order: *articles* before the opening, events for *days* after it.

    *plan* adds events of a kind on a day after the opening, at an hour.
    """
    events: list[tuple[datetime, EventKind]] = []
    ages = [timedelta(days=random.uniform(0.05, backlog_days)) for _ in range(articles)]
    events += [(_office_hour(random, OPENING - age), K.PUBLISH) for age in ages]
    for number in range(profile.liveblogs):
        start = OPENING - timedelta(days=number * 11, hours=1 + 2 * number)
        events += [(start + timedelta(minutes=25 * turn), K.GROW) for turn in range(14)]
    for day, hour, kind in plan:
        if kind is K.REDESIGN and not profile.redesigned:
            continue
        events.append((OPENING + timedelta(days=day, hours=hour, minutes=random.randint(1, 50)), kind))
    if profile.notices:
        turns = range(int(days / 4) + 1)
        events += [(OPENING + timedelta(days=1 + 4 * turn, hours=3, minutes=7), K.NOTICE) for turn in turns]
    events += [(OPENING + timedelta(days=day), K.REDESIGN) for day in rates.redesigns if day < days]
    takedowns = sorted(TAKEDOWNS)
    for kind, rate in (
        (K.PUBLISH, rates.publish), (K.CORRECT, rates.correct), (K.SILENT, rates.silent),
        (K.UPDATE, rates.update), (K.HEADLINE, rates.headline), (K.CAPTION, rates.caption),
        (takedowns[0], rates.takedown), (K.RESTORE, rates.restore), (K.AB_START, rates.ab),
        (K.RECTIFICATION, rates.rectification),
    ):  # fmt: skip
        for _ in range(int(rate * days + random.random())):
            at = _office_hour(random, OPENING + timedelta(days=random.uniform(0, days)))
            if (left := rates.left(at)) < 1 and random.random() >= left:
                continue
            chosen = random.choice(takedowns) if kind in TAKEDOWNS else kind
            events.append((at, chosen))
            if kind is K.AB_START:
                events.append((at + timedelta(days=2, hours=1), K.AB_END))
    events.sort()
    apart: list[tuple[datetime, EventKind]] = []
    for at, kind in events:
        earliest = apart[-1][0] + timedelta(minutes=1) if apart else at
        apart.append((max(at, earliest), kind))
    return apart


def _office_hour(random: Random, at: datetime) -> datetime:
    """The same day between 05:00 and 21:00 UTC, on a whole minute; never across the opening."""
    moved = at.replace(second=0, microsecond=0)
    if not 5 <= moved.hour <= 21:
        moved = moved.replace(hour=random.randint(5, 20))
    return (
        min(moved, OPENING - timedelta(minutes=2))
        if at < OPENING
        else max(moved, OPENING + timedelta(minutes=2))
    )
