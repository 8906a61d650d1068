"""When to ask an address again. Pure.

News is edited in its first hours, and seldom after; but it is edited, and removed, for years. How often is a
matter of the site, of the section and of the article itself, and all three show it: an article is looked at
again when what a look may catch is worth a request.

What it may catch comes from four things, all learned from the site (:func:`habits`): how fast its editors
lose interest in an article, ``(1 + age / 1 h) ** -fading``; at which hours of the day they work; how many
edits come with an *exposure* of one, which is the sum of the two over an article's first day; and how many an
edit brings with it, within hours. The rate is the site's, bent to the section's, bent to the article's own,
each by as much as it has been watched (a gamma prior, so that the next edit of an article is a Lomax
variable).

What a request is worth is one number for all articles, a Lagrange multiplier. Looks at equal steps of *h*
edits to be expected catch ``(1 - exp(-h)) / h`` of them; one more look is worth ``1 - exp(-h) (1 + h)``, and
where the rate is not known, the mean of that over what it may be. An article of which little is known is so
looked at sooner than the bare chance of an edit says: it may be one of the few that are edited much.
``python -m bench revisits`` holds the rule against others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from archive.model.addresses import EditHistory

CARE = 0.07
"""The chance of an edit at which a look is due at an article whose rate of edits is known."""
SHY = 0.8
"""The mean chance at a look, of that: where the rate is not known, looks come sooner."""
UNKNOWN_RATE = 0.5
"""Edits of an article in its first day at a site that we do not know yet."""
WEIGHT = 2.0
"""How much watching (first days of articles) it takes to believe a site, or a section, by half."""
ALIKE = 0.7
"""How alike the articles of a section are in this: the shape of the gamma they are drawn from."""
FADINGS = (1.05, 1.2, 1.35, 1.5, 1.65)
USUAL_FADING = 1.2
BRINGING = 2.0
"""For so many hours, in the mean, the edits that an edit brings with it keep coming."""
BRING_WEIGHT = 10.0
"""How many edits it takes to believe by half that edits bring others."""
LEAST_BROUGHT = 0.05
"""Less than this is as likely what articles differ by."""
HOURS_MATTER = 72
"""For so many hours of its life it counts at which hour of the day an article is looked at."""
HOUR_WEIGHT = 4.0
"""How many edits it takes to believe by half that an hour of the day is busier or quieter than others."""
SHARE = 0.25
"""A source at which nothing has happened for a day is asked after a quarter of a day."""
SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=60)
DAILY = timedelta(hours=20)
"""Less than a day, so that a visit at the same hour every day finds it due."""
LIVE_FOR = timedelta(hours=12)
"""How long a live blog that has fallen silent is still looked at as live."""
OTHER_PAGES = timedelta(days=30)
"""Pages that are no articles: they may become one, and they lead to others."""
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(days=1)

_HOUR = timedelta(hours=1)
_A_WHILE = 4 * timedelta(hours=BRINGING)
"""After so long an edit brings hardly any others."""


# ---------------------------------------------------------------- what a site's editors do


@dataclass(frozen=True, kw_only=True)
class EditTally:
    """How many edits came with how much watching."""

    edits: float = 0.0
    exposure: float = 0.0

    def rate(self, before: float) -> float:
        """Edits per exposure, *before* being what was believed without this tally."""
        return (self.edits + WEIGHT * before) / (self.exposure + WEIGHT)


@dataclass(frozen=True, kw_only=True)
class EditHabits:
    """How often, how soon and at which hours a site edits its articles, as far as we have seen."""

    site: EditTally = field(default_factory=EditTally)
    sections: Mapping[str, EditTally] = field(default_factory=dict)
    fading: float = USUAL_FADING
    """Interest in an article falls as (1 + age / 1 h) to minus this."""
    hours: tuple[float, ...] = (1.0,) * 24
    """How busy the newsroom is in each hour of the day (UTC); 1 is its mean."""
    brings: float = 0.0
    """How many edits an edit brings with it within hours; the rates are of edits that none has brought."""
    brought: float = 0.0
    """The share of all edits that others have brought."""

    def rate(self, section: str | None) -> float:
        """Edits that come with one exposure in *section*."""
        known = self.site.rate(UNKNOWN_RATE)
        tally = self.sections.get(section) if section else None
        return tally.rate(known) if tally is not None else known


def habits(watched: Sequence[EditHistory]) -> EditHabits:
    """What a site's articles tell of its habits."""
    if not watched:
        return EditHabits()
    born = np.array([_born(each.first_seen, each.published).timestamp() for each in watched]) / 3600
    first = np.array([each.first_seen.timestamp() for each in watched]) / 3600 - born
    last = np.array([each.last_visit.timestamp() for each in watched]) / 3600 - born
    edits = [
        (index, after.timestamp() / 3600, by.timestamp() / 3600)
        for index, each in enumerate(watched)
        for after, by in each.edits
    ]
    whose = np.array([index for index, _, _ in edits], dtype=int)
    after, by = (np.array([each[place] for each in edits]) - born[whose] for place in (1, 2))
    fading = _fading(first, last, after, by)
    hours = _hours(born, first, last, born[whose], after, by, fading)
    seen = _by_hour(born, first, last, fading, hours)
    brings, brought = _brings(first, last, whose, after, by, fading, float(seen.sum()))
    found = np.bincount(whose, weights=1 - brought, minlength=len(watched))
    sections: dict[str, EditTally] = {}
    names = np.array([each.section or "" for each in watched])
    for name in set(names.tolist()) - {""}:
        of_it = names == name
        sections[name] = EditTally(edits=float(found[of_it].sum()), exposure=float(seen[of_it].sum()))
    site = EditTally(edits=float(found.sum()), exposure=float(seen.sum()))
    share = float(brought.mean()) if len(brought) else 0.0
    return EditHabits(site=site, sections=sections, fading=fading, hours=hours, brings=brings, brought=share)


Ages = NDArray[np.float64]
"""Hours since publication."""


def _fading(first: Ages, last: Ages, after: Ages, by: Ages) -> float:
    """The fading under which edits at these ages are likeliest; without many, the usual one."""

    def likelihood(fading: float) -> float:
        exposed = float((_sum(last, fading) - _sum(first, fading)).sum())
        if exposed <= 0:
            return 0.0
        found = np.maximum(_sum(by, fading) - _sum(after, fading), 1e-12)
        return float(np.log(found / exposed).sum()) - 8 * abs(fading - USUAL_FADING)

    return max(FADINGS, key=likelihood)


def _brings(
    first: Ages, last: Ages, whose: NDArray[np.int_], after: Ages, by: Ages, fading: float, seen: float
) -> tuple[float, Ages]:
    """How many edits an edit brings with it, and of each the chance that it was brought.

    Brought are those that came sooner than the rate of the article explains; expectation and maximization
    in turn.
    """
    none = np.zeros(len(whose))
    if len(whose) < 2:
        return 0.0, none
    order = np.lexsort((by, whose))
    whose, after, by = whose[order], after[order], by[order]
    follows = np.r_[False, whose[1:] == whose[:-1]]
    before = np.arange(len(whose)) - np.maximum.accumulate(np.where(follows, 0, np.arange(len(whose))))
    ends = np.where(np.r_[follows[1:], False], np.r_[by[1:], 0.0], last[whose])
    open_for = (1 - np.exp(-np.maximum(ends - by, 0) / BRINGING)).sum()
    since = np.r_[0.0, by[:-1]]
    near = np.exp(-np.maximum(after - since, 0) / BRINGING) - np.exp(-np.maximum(by - since, 0) / BRINGING)
    near = np.where(follows, near, 0.0)
    watched = _sum(after, fading) - _sum(first[whose], fading)
    exposed = _sum(by, fading) - _sum(after, fading)
    brings, brought = 0.1, none
    for _ in range(20):
        its_own = 1 - float(brought.mean())
        rate = len(whose) * its_own / max(seen, 1e-12)
        own = (ALIKE + before * its_own) / (ALIKE / rate + watched) * exposed
        brought = brings * near / np.maximum(brings * near + own, 1e-12)
        brings = min(float(brought.sum() / (open_for + BRING_WEIGHT)), 0.9)
    if brings < LEAST_BROUGHT:
        return 0.0, none
    found = np.empty_like(brought)
    found[order] = brought
    return brings, found


def _hours(
    born: Ages, first: Ages, last: Ages, edited: Ages, after: Ages, by: Ages, fading: float
) -> tuple[float, ...]:
    """How busy each hour of the day is: edits in it by watching in it, drawn to 1 and to its neighbours."""
    sharp = by - after <= 12  # of the others the hour is not known
    spread = [np.zeros(24), np.zeros(24)]
    busy = np.ones(24)
    for _ in range(3):  # an edit seen in the morning came at night only if nights are busy
        spread = [np.zeros(24), np.zeros(24)]
        _by_hour(born, first, last, fading, tuple(np.ones(24)), into=spread[0])
        whole = _by_hour(edited[sharp], after[sharp], by[sharp], fading, tuple(busy))
        share = 1 / np.maximum(whole, 1e-12)
        _by_hour(edited[sharp], after[sharp], by[sharp], fading, tuple(busy), into=spread[1], times=share)
        watched, found = spread
        mean = found.sum() / max(watched.sum(), 1e-12)
        smooth = [np.convolve(np.r_[each[-1], each, each[0]], (0.25, 0.5, 0.25), "valid") for each in spread]
        busy = (smooth[1] + HOUR_WEIGHT) / (smooth[0] * mean + HOUR_WEIGHT)
        busy *= watched.sum() / max(float((busy * watched).sum()), 1e-12) if watched.sum() else 1.0
    return tuple(busy.tolist())


def _by_hour(
    born: Ages,
    first: Ages,
    last: Ages,
    fading: float,
    hours: tuple[float, ...],
    *,
    into: Ages | None = None,
    times: Ages | None = None,
) -> Ages:
    """The exposure of each article between two ages, hour by hour; its sums by hour of the day *into*."""
    busy = np.array(hours)
    begin = np.floor(born)
    total = np.zeros(len(born))
    low = _sum(first, fading)
    for step in range(1, HOURS_MATTER + 2):
        edge = np.clip(begin + step - born, first, last)
        high = _sum(edge, fading)
        clock = ((begin + step - 1) % 24).astype(int)
        piece = (high - low) * busy[clock]
        total += piece
        if into is not None:
            np.add.at(into, clock, piece if times is None else piece * times)
        low = high
    return np.asarray(total + (_sum(last, fading) - low))


def _sum(age: Ages, fading: float) -> Ages:
    """Exposure from publication to *age*, without the hours of the day; the first day is 1."""
    return np.asarray((1 - (1 + np.maximum(age, 0)) ** (1 - fading)) / _day(fading))


@lru_cache(maxsize=16)
def _day(fading: float) -> float:
    return float(1 - 25 ** (1 - fading))


# ---------------------------------------------------------------- when to look


def care_within(budget: float, *, edits_a_day: float, articles: int) -> float:
    """The *care* with which a site costs about *budget* looks a day.

    *edits_a_day* is what it is expected to edit; each of its *articles* is looked at every :data:`LATEST`
    whatever the budget. Never below :data:`CARE`: what is left of a budget stays unspent.
    """
    left = budget - articles * (timedelta(days=1) / LATEST)
    return max(CARE, min((1 - math.exp(-edits_a_day / left)) / SHY, 0.9)) if left > 0 else 0.9


def next_visit(
    *,
    first_seen: datetime,
    last_changed: datetime | None,
    last_visit: datetime | None,
    now: datetime,
    published: datetime | None = None,
    edits: int = 0,
    section: str | None = None,
    habits: EditHabits | None = None,
    care: float = CARE,
    live: bool = False,
    free: bool = False,
) -> datetime:
    """When to look at an article again, after a look at *now* that found it readable.

    *last_changed*: when we last saw other words (``now`` when just now); *last_visit*: the look before this
    one. *published* tells an old article that we met today from a new one. *edits*: how many we have seen
    of it. *section* and the site's *habits*: what its like do. *care*: the chance of an edit at which a look
    is due when the rate is known. *live*: a live blog. *free*: the visit costs nobody anything (a site of our
    own), so daily is the least.
    """
    latest = DAILY if free else LATEST
    if live and now - (last_changed or first_seen) < LIVE_FOR:
        return now + SOONEST
    known = habits or EditHabits()
    edits = max(edits, 1 if last_changed is not None else 0)
    born = _born(first_seen, published)
    watched = ALIKE / known.rate(section) + _exposed(born, first_seen, now, known)
    own = ALIKE + edits * (1 - known.brought)
    wait = min(max(_until(born, now, watched * _step(own, care), known), SOONEST), latest)
    if known.brings and last_changed is not None:

        def worth(after: timedelta) -> float:
            brought = known.brings * (_fallen(now - last_changed) - _fallen(now + after - last_changed))
            return _worth(own, _exposed(born, now, now + after, known) / watched, brought)

        wait = max(_first(worth, _price(care), wait), SOONEST)
    return now + wait


def _fallen(quiet: timedelta) -> float:
    """What share of the edits that an edit brings is still to come after so long."""
    return math.exp(-max(quiet / _HOUR, 0.0) / BRINGING)


def _first(worth: Callable[[timedelta], float], price: float, latest: timedelta) -> timedelta:
    """The first wait after which a look is worth *price*; at most *latest*."""
    if worth(min(latest, _A_WHILE)) < price:
        return latest
    low, high = timedelta(), min(latest, _A_WHILE)
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (low, middle) if worth(middle) >= price else (middle, high)
    return high


@lru_cache(maxsize=4096)
def _step(own: float, care: float) -> float:
    """By what share exposure must grow until a look is worth a request; *own* is the shape of the gamma."""
    low, high = 0.0, 1.0
    while _worth(own, high, 0.0) < _price(care) and high < 1e9:
        low, high = high, high * 4
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if _worth(own, middle, 0.0) >= _price(care) else (middle, high)
    return high


def _price(care: float) -> float:
    """What a request is worth: that of a look at which *care* is the chance of an edit, at a known rate."""
    return care + (1 - care) * math.log(1 - care)


def _worth(own: float, share: float, brought: float) -> float:
    """What a look is worth when exposure has grown by *share*, and *brought* edits are due to others.

    The mean of ``1 - exp(-h) (1 + h)``, *h* being *brought* and a gamma's.
    """
    none = math.exp(-brought - own * math.log1p(share))
    return 1 - none * (1 + brought + own * share / (1 + share))


def _born(first_seen: datetime, published: datetime | None) -> datetime:
    return min(first_seen, published or first_seen)


def _exposed(born: datetime, since: datetime, until: datetime, known: EditHabits) -> float:
    """How much editing an article was open to between two times."""
    sum_at, age, end = _summing(known.fading), (since - born) / _HOUR, (until - born) / _HOUR
    hour, edge = _hour(since, age)
    total, low = 0.0, sum_at(age)
    while age < min(end, HOURS_MATTER):
        age = min(edge, end)
        high = sum_at(age)
        total += (high - low) * known.hours[hour % 24]
        hour, edge, low = hour + 1, edge + 1, high
    return total + max(sum_at(end) - low, 0.0)


def _until(born: datetime, now: datetime, more: float, known: EditHabits) -> timedelta:
    """How long it takes from *now* until exposure has grown by *more*; at most :data:`LATEST`."""
    sum_at, start = _summing(known.fading), (now - born) / _HOUR
    hour, edge = _hour(now, start)
    age, low = start, sum_at(start)
    while age < HOURS_MATTER:
        high = sum_at(edge)
        piece = (high - low) * known.hours[hour % 24]
        if piece >= more:
            return timedelta(hours=age - start + (edge - age) * more / piece)
        more -= piece
        hour, age, edge, low = hour + 1, edge, edge + 1, high
    left = 1 - (low + more) * _day(known.fading)
    if left <= 0:
        return LATEST
    return timedelta(hours=min(left ** (-1 / (known.fading - 1)) - 1 - start, LATEST / _HOUR))


def _summing(fading: float) -> Callable[[float], float]:
    power, day = 1 - fading, _day(fading)
    return lambda age: (1 - (1 + max(age, 0.0)) ** power) / day


def _hour(moment: datetime, age: float) -> tuple[int, float]:
    """The hour of the day at *moment*, and the age at which it ends."""
    at = moment.astimezone(UTC)
    return at.hour, age + 1 - (at.minute * 60 + at.second) / 3600


def next_poll(*, now: datetime, last_new: datetime | None, first_seen: datetime) -> datetime:
    """When to ask a feed, sitemap or listing again: sooner the more lately it brought something new."""
    quiet = max(now - (last_new or first_seen), timedelta())
    return now + min(max(quiet * SHARE, SOONEST), DAILY)


def next_try(failures: int, *, now: datetime, asked_to_wait: timedelta | None = None) -> datetime:
    """When to try again after *failures* in a row (this one included): a minute, four, sixteen ... a day.

    *asked_to_wait* is the server's own wish (Retry-After), which counts when it is longer.
    """
    wait = min(FIRST_RETRY * int(4 ** min(max(failures - 1, 0), 10)), LAST_RETRY)
    return now + max(wait, asked_to_wait or timedelta())


def next_look_at_absent(
    *, now: datetime, gone: bool, last_visit: datetime | None = None, free: bool = False
) -> datetime:
    """When to look again for an article that was not there: daily until it is sure, then less and less.

    *last_visit* is the look before this one; *free* as in :func:`next_visit`. What has gone comes back soon
    or not at all, so the time between two looks doubles.
    """
    wait = DAILY
    if gone and last_visit is not None and not free:
        wait = min(max((now - last_visit) * 2, DAILY), LATEST)
    return now + wait


def next_look_at_gate(*, now: datetime, last_visit: datetime | None, again: bool) -> datetime:
    """When to see whether an address still leads to a gate or to another site instead of its page.

    In a day; where it led there at *last_visit* too (*again*), after twice the time that has passed since.
    """
    wait = (now - last_visit) * 2 if again and last_visit is not None else DAILY
    return now + min(max(wait, DAILY), LATEST)
