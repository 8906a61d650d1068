"""When to come back: edits caught per request by our rule, by those of others, and by one that knows it all.

Newsrooms are drawn by chance, with the figures of published counts: of 291,666 Flemish articles 35 % were
edited within a day of publication, 20 to 60 % by outlet, an edited one 1.94 times (Timmerman and others, 2019
to 2021); of 600,000 American ones 27.5 % (Tsoukaladelis and others). How fast editors lose interest is not
published, so several worlds are tried. An edit is caught when a visit sees its words; one that was
overwritten before is lost. --picture writes the curve of docs/revisits.svg.

Edits per request can be read loosely or strictly: beside the best rule that catches eight in ten, or beside
each rule with Legger turned until it catches as many as that rule does. Both are printed. So is a rule of
ours that was told all about the newsroom, and learns only of the articles: no rule that looks before it knows
does better.
"""

from __future__ import annotations

import argparse
import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from archive.model.addresses import EditHistory
from crawler.scheduling import recrawl
from crawler.scheduling.habits import habits as learned_habits

OPENING = datetime(2026, 1, 5, tzinfo=UTC)
EDITS_FIRST_DAY = 0.68
SECTIONS = 6
FOUND_AFTER = 0.5
"""Hours between publication and our first look."""
CARES = (0.02, 0.035, 0.05, 0.07, 0.1, 0.2, 0.4, 0.8)
FEW_CARES = (0.025, 0.07, 0.2, 0.8)
KNOWING = (0.01, 0.015, 0.025, 0.04, 0.06, 0.09, 0.14, 0.2, 0.3, 0.45)


@dataclass(frozen=True, kw_only=True)
class World:
    """What newsrooms are like. Times are hours."""

    fading: float = 1.3
    """Interest in an article falls as (1 + age / 1 h) to minus this."""
    sites: int = 8
    a_day: float = 5.0
    days: int = 120
    between_sites: float = 0.6
    """Sigma of the lognormal that sites differ by; sections by a little less."""
    alike: float = 0.9
    """Shape of the gamma that articles of one section differ by."""
    night: float = 0.1
    """How busy a newsroom is between eleven and six."""
    bursts: float = 0.0
    """Edits that an edit brings with it, within hours."""
    burst: float = 3.0
    """Within how many, in the mean; our rule takes it for two."""


USUAL = {
    "usual": World(),
    "slow to lose interest": World(fading=1.05),
    "quick to lose interest": World(fading=1.6),
    "edits bring edits": World(bursts=0.35),
    "edits bring edits next day": World(bursts=0.35, burst=12.0),
    "sites alike, articles not": World(between_sites=0.3, alike=0.5),
    "no nights": World(night=1.0),
}


class SimulatedStory(NamedTuple):
    """One article: when and where it was published, its edits to be expected in a day, and those it had."""

    published: float
    site: int
    section: int
    rate: float
    edits: list[float]


class Score(NamedTuple):
    """What a rule came to."""

    requests: int
    caught: int
    delay: float
    """Median hours from an edit to the visit that saw it."""


def interest(age: np.ndarray | float, fading: float) -> np.ndarray | float:
    """The share of a first day's edits that an article has had at *age*."""
    return (1 - (1 + age) ** (1 - fading)) / (1 - 25 ** (1 - fading))


def _age_at(share: np.ndarray, fading: float) -> np.ndarray:
    return (1 - share * (1 - 25 ** (1 - fading))) ** (1 / (1 - fading)) - 1


def draw(world: World, seed: int) -> list[SimulatedStory]:
    """Draw the articles of a world and their edits."""
    chance = np.random.default_rng(seed)
    busy = np.array([world.night if hour < 6 or hour == 23 else 1.0 for hour in range(24)])
    end = world.days * 24.0
    stories = []
    for site in range(world.sites):
        wide = world.between_sites
        of_site = chance.lognormal(-(wide**2) / 2, wide)
        of_section = chance.lognormal(-((0.8 * wide) ** 2) / 2, 0.8 * wide, SECTIONS)
        for moment in chance.uniform(0, end, int(world.a_day * world.days)):
            published = float(moment)
            while chance.random() > busy[int(published % 24)]:
                published += 1
            section = int(chance.integers(SECTIONS))
            mean = EDITS_FIRST_DAY * (1 - world.bursts) / busy.mean()
            rate = float(mean * of_site * of_section[section] * chance.gamma(world.alike, 1 / world.alike))
            if published < end:
                shares = chance.uniform(0, interest(end - published, world.fading), 1000)
                number = min(chance.poisson(rate * interest(end - published, world.fading)), 1000)
                edits = [published + float(age) for age in _age_at(shares[:number], world.fading)]
                edits = [each for each in edits if chance.random() < busy[int(each % 24)]]
                for each in edits:  # grows as it is walked: an edit that was brought brings others
                    brought = each + chance.exponential(world.burst, chance.poisson(world.bursts))
                    edits.extend(float(later) for later in brought if later < end)
                stories.append(SimulatedStory(published, site, section, rate, sorted(edits)))
    return stories


# ---------------------------------------------------------------- rules


@dataclass
class Seen:
    """What a rule may know of an article."""

    story: SimulatedStory
    first: float
    last: float
    changed: float | None = None
    edits: list[tuple[float, float]] = field(default_factory=list)
    state: int = 0

    def watched(self) -> EditHistory:
        """As our rule learns from it."""
        return EditHistory(
            section=str(self.story.section),
            first_seen=_moment(self.first),
            last_visit=_moment(self.last),
            published=_moment(self.story.published),
            edits=[(_moment(after), _moment(by)) for after, by in self.edits],
        )


Rule = Callable[[Seen, float, bool], float | None]
"""(what was seen, now, whether this look found an edit) -> when to look again."""


def fixed(hours: float) -> Rule:
    """Every so many hours, for ever."""
    return lambda seen, now, edited: now + hours


def share_of_age(share: float) -> Rule:
    """When the time since the last look is *share* of the time since the first."""
    return lambda seen, now, edited: max(seen.first + (now - seen.first) / (1 - share), now + 0.25)


def newsdiffs(seen: Seen, now: float, edited: bool) -> float | None:
    """The steps of newsdiffs, by the time since the last change."""
    quiet = now - (seen.first if seen.changed is None else seen.changed)
    for until, wait in ((3, 0.25), (24, 1), (7 * 24, 3), (30 * 24, 72), (360 * 24, 720)):
        if quiet < until:
            return now + wait
    return None


@dataclass
class Ours:
    """:func:`crawler.scheduling.recrawl.next_visit`, with what the sites have shown so far."""

    care: float = recrawl.CARE
    seen: dict[int, dict[int, Seen]] = field(default_factory=lambda: defaultdict(dict))
    habits: dict[int, recrawl.EditHabits] = field(default_factory=dict)
    learned: dict[int, float] = field(default_factory=lambda: defaultdict(lambda: -1000.0))

    def __call__(self, seen: Seen, now: float, edited: bool) -> float:
        """When our rule looks again."""
        site = seen.story.site
        self.seen[site][id(seen)] = seen
        if now - self.learned[site] >= min(max(now / 10, 24), 7 * 24):
            self.learned[site] = now
            self.habits[site] = learned_habits([each.watched() for each in self.seen[site].values()])
        due = recrawl.next_visit(
            first_seen=_moment(seen.first),
            last_changed=None if seen.changed is None else _moment(seen.changed),
            last_visit=_moment(seen.last),
            now=_moment(now),
            published=_moment(seen.story.published),
            edits=len(seen.edits),
            section=str(seen.story.section),
            habits=self.habits[site],
            care=self.care,
        )
        return (due - OPENING) / timedelta(hours=1)


def told(world: World, stories: Sequence[SimulatedStory], care: float) -> Ours:
    """Our rule, when it knows of each newsroom what the world knows; it learns only of the articles."""
    busy = np.array([world.night if hour < 6 or hour == 23 else 1.0 for hour in range(24)])
    rates: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for story in stories:
        rates[story.site][str(story.section)].append(story.rate * float(busy.mean()))
    rule = Ours(care, learned=defaultdict(lambda: float("inf")))
    for site, sections in rates.items():
        sure = {
            name: recrawl.EditTally(edits=1e6 * float(np.mean(each)), exposure=1e6)
            for name, each in sections.items()
        }
        rule.habits[site] = recrawl.EditHabits(
            sections=sure,
            fading=world.fading,
            hours=tuple((busy / busy.mean()).tolist()),
            brings=world.bursts,
            brought=world.bursts,
        )
    return rule


def _moment(hours: float) -> datetime:
    return OPENING + timedelta(hours=hours)


def visit(stories: Sequence[SimulatedStory], rule: Rule, end: float) -> Score:
    """Let *rule* visit the newsrooms, all articles in the order of time, until *end*."""
    due = [(story.published + FOUND_AFTER, number) for number, story in enumerate(stories)]
    heapq.heapify(due)
    known: dict[int, Seen] = {}
    requests, delays = 0, []
    while due and due[0][0] < end:
        now, number = heapq.heappop(due)
        edits = stories[number].edits
        state = bisect_right(edits, now)
        seen = known.get(number)
        edited = False
        if seen is None:
            seen = known[number] = Seen(stories[number], now, now, state=state)
        else:
            requests += 1
            edited = state > seen.state
            if edited:
                delays.append(now - edits[state - 1])
                seen.changed, seen.state = now, state
                seen.edits.append((seen.last, now))
        again = rule(seen, now, edited)
        seen.last = now
        if again is not None:
            heapq.heappush(due, (again, number))
    return Score(requests, len(delays), float(np.median(delays)) if delays else 0.0)


def all_knowing(stories: Sequence[SimulatedStory], world: World, expected: float) -> Score:
    """The best a rule can do that knows all rates: a look whenever the edits to be expected are *expected*.

    It knows each article's own rate, how interest fades, the nights, and every edit that may bring others,
    at once and without a look: where edits bring edits, no rule that has to look can come near it.
    Equal expectations at every look make the most of any number of looks, because the chance that there was
    an edit is concave in them.
    """
    end = world.days * 24.0
    by_hour = np.array([world.night if hour < 6 or hour == 23 else 1.0 for hour in range(24)])
    requests, caught, delays = 0, 0, []
    for story in stories:
        first = story.published + FOUND_AFTER
        if first >= end:
            continue
        span = end - first
        grid = np.unique(
            np.concatenate(
                [first + np.geomspace(0.01, span, 300), np.arange(first, min(end, first + 240), 0.25)]
            )
        )
        steps = np.diff(interest(grid - story.published, world.fading)) * story.rate
        hazard = np.concatenate([[0.0], np.cumsum(steps * by_hour[(grid[:-1] % 24).astype(int)])])
        for edit in story.edits if world.bursts else ():
            hazard += world.bursts * (1 - np.exp(-np.clip(grid - edit, 0, None) / world.burst))
        hazard -= hazard[0]
        looks = _never_quite_stopping(
            first, np.interp(np.arange(expected, hazard[-1], expected), hazard, grid), end
        )
        requests += len(looks)
        states = np.searchsorted(story.edits, np.concatenate([[first], looks]), side="right")
        for look, (before, after) in zip(looks, pairwise(states), strict=True):
            if after > before:
                delays.append(look - story.edits[after - 1])
    caught = len(delays)
    return Score(requests, caught, float(np.median(delays)) if delays else 0.0)


def _never_quite_stopping(first: float, looks: np.ndarray, end: float) -> np.ndarray:
    """With a look after 60 days without one: it too must notice what is removed."""
    most, kept = recrawl.LATEST / timedelta(hours=1), [first]
    for look in [*looks.tolist(), end]:
        while look - kept[-1] > most:
            kept.append(kept[-1] + most)
        kept.append(look)
    return np.array(kept[1:-1])


# ---------------------------------------------------------------- what came of it


RULES: dict[str, Rule] = {
    "every 6 hours": fixed(6),
    "every day": fixed(24),
    "every week": fixed(168),
    "newsdiffs' steps": newsdiffs,
    "a fifth of the age": share_of_age(0.2),
}


def requests_for(caught: int, curve: Sequence[Score]) -> float:
    """How many requests a rule that can be turned needs for so many edits."""
    points = sorted((score.caught, score.requests) for score in curve)
    numbers = [number for number, _ in points]
    if not numbers[0] <= caught <= numbers[-1]:
        return float("nan")
    return float(np.exp(np.interp(caught, numbers, np.log([asked for _, asked in points]))))


def caught_with(requests: int, curve: Sequence[Score]) -> float:
    """How many edits a rule that can be turned catches with so many requests."""
    points = sorted((score.requests, score.caught) for score in curve)
    asked = [each for each, _ in points]
    if not asked[0] <= requests <= asked[-1]:
        return float("nan")
    return float(np.interp(np.log(requests), np.log(asked), [number for _, number in points]))


def main(arguments: list[str]) -> int:
    """Print a table for each world; 1 when a goal was not reached in the usual one."""
    parser = argparse.ArgumentParser(prog="python -m bench revisits", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--world", choices=list(USUAL), help="this one only")
    parser.add_argument("--picture", type=Path, help="write the curve of the usual world to this SVG file")
    options = parser.parse_args(arguments)
    reached = True
    for name, world in USUAL.items():
        if options.world not in (None, name):
            continue
        stories = draw(world, options.seed)
        end = world.days * 24.0
        total = sum(each > story.published + FOUND_AFTER for story in stories for each in story.edits)
        first_day = [
            sum(each < s.published + 24 for each in s.edits) for s in stories if s.published < end - 24
        ]
        edited = [number for number in first_day if number]
        print(
            f"\n  {name}: {len(stories):,} articles, {total:,} edits after the first look; in the first day "
            f"{len(edited) / len(first_day):.0%} edited, {np.mean(edited):.2f} times"
        )
        rules = {each: visit(stories, rule, end) for each, rule in RULES.items()}
        usual = name == "usual"
        ours = {care: visit(stories, Ours(care), end) for care in (CARES if usual else FEW_CARES)}
        knowing = [all_knowing(stories, world, expected) for expected in KNOWING]
        here = ours[recrawl.CARE]
        print(f"  {'rule':<22}{'requests':>10}{'caught':>8}{'of all':>8}{'delay h':>9}{'per 1000':>10}")
        for each, score in (rules | {"Legger": here}).items():
            per = _per_request(score)
            print(
                f"  {each:<22}{score.requests:>10,}{score.caught:>8,}{score.caught / total:>8.1%}"
                f"{score.delay:>9.2f}{1000 * per:>10.1f}"
            )
        watchful = [score for score in rules.values() if score.caught >= 0.8 * total]
        gain = _per_request(here) / max(map(_per_request, watchful))
        share = here.caught / caught_with(here.requests, knowing)
        fewer = {
            each: rules[each].requests / requests_for(rules[each].caught, [*ours.values()]) for each in rules
        }
        print("  loosely: edits per request,")
        print(f"    of the best rule that catches eight in ten: {gain:.2f} (goal 1.5)")
        print(f"    edits, of the all-knowing one with as many requests: {share:.3f} (goal 0.85)")
        print("  strictly: edits per request,")
        print(
            "    turned until as many are caught as by "
            + ", ".join(f"{n}: {r:.2f}" for n, r in fewer.items() if r == r)  # as far as we were turned
        )
        needs = requests_for(here.caught, knowing) / here.requests
        print(f"    of the all-knowing one that catches as many: {needs:.2f}")
        newsroom = visit(stories, told(world, stories, recrawl.CARE), end)
        most = requests_for(newsroom.caught, knowing) / newsroom.requests
        print(f"    (the same of a rule of ours that was told all about the newsroom: {most:.2f})")
        if usual:
            reached = bool(gain >= 1.5 and share >= 0.85)
            if options.picture:
                drawn = picture(total, rules, list(ours.values()), knowing)
                options.picture.write_text(drawn, encoding="utf-8")
    return 0 if reached else 1


def _per_request(score: Score) -> float:
    return score.caught / score.requests


# ---------------------------------------------------------------- the picture

WIDE, HIGH, LEFT, BELOW = 720, 420, 64, 48


def picture(total: int, rules: dict[str, Score], ours: Sequence[Score], knowing: Sequence[Score]) -> str:
    """Edits caught by requests: rules that can be turned as lines, the others as points; an SVG."""
    every = [*rules.values(), *ours, *knowing]
    low, high = (np.log10(pick([score.requests for score in every])) for pick in (min, max))

    def place(score: Score) -> tuple[float, float]:
        x = LEFT + (np.log10(score.requests) - low) / (high - low) * (WIDE - LEFT - 24)
        return round(float(x), 1), round(HIGH - BELOW - score.caught / total * (HIGH - BELOW - 24), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" '
        'font-size="13">',
        "<title>Edits caught by requests made, in the usual world of bench revisits</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = HIGH - BELOW - share * (HIGH - BELOW - 24)
        parts.append(f'<path d="M{LEFT} {y:.0f}H{WIDE - 24}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{share:.0%}</text>')
    for power in range(int(np.ceil(low)), int(high) + 1):
        x = LEFT + (power - low) / (high - low) * (WIDE - LEFT - 24)
        parts.append(f'<path d="M{x:.0f} 24V{HIGH - BELOW}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{HIGH - BELOW + 18}" text-anchor="middle">{10**power:,}</text>')
    parts.append(f'<text x="{(LEFT + WIDE) / 2}" y="{HIGH - 8}" text-anchor="middle">requests</text>')
    for name, curve, colour in (("knows every rate", knowing, "#888"), ("Legger", ours, "#0b5cad")):
        points = [place(score) for score in sorted(curve, key=lambda score: score.requests)]
        line = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = points[0] if name == "Legger" else points[1]
        parts.append(f'<text x="{x + 10}" y="{y + 16}" fill="{colour}">{name}</text>')
    for name, score in rules.items():
        x, y = place(score)
        parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="#b3541e"/>')
        parts.append(f'<text x="{x}" y="{y + 20}" text-anchor="middle" fill="#b3541e">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])
