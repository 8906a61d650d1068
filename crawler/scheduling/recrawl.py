"""When to ask an address again. Pure.

News is edited in its first hours, and seldom after; but it is edited, and removed, for years. How often is a
matter of the site, of the section and of the article itself, and all three show it: an article is looked at
again when what a look may catch is worth a request.

What it may catch comes from four things, all learned from the site (:mod:`crawler.scheduling.habits`): how
fast its editors lose interest in an article, ``(1 + age / 1 h) ** -fading``; at which hours of the day they
work; how many edits come with an *exposure* of one, which is the sum of the two over an article's first day;
and how many an edit brings with it, within hours. The rate is the site's, bent to the section's, bent to the
article's own, each by as much as it has been watched (a gamma prior, so that the next edit of an article is a
Lomax variable).

What a request is worth is one number for all articles, a Lagrange multiplier. Looks at equal steps of *h*
edits to be expected catch ``(1 - exp(-h)) / h`` of them; one more look is worth ``1 - exp(-h) (1 + h)``, and
where the rate is not known, the mean of that over what it may be. An article of which little is known is so
looked at sooner than the bare chance of an edit says: it may be one of the few that are edited much.
``python -m bench revisits`` holds the rule against others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

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
WEEKLY = timedelta(days=6, hours=20)
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


@lru_cache(maxsize=16)
def born_at(first_seen: datetime, published: datetime | None) -> datetime:
    """When an article came out, as far as is known."""
    return min(first_seen, published or first_seen)


def first_day(fading: float) -> float:
    """The share of an article's interest that falls into its first day."""
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
    born = born_at(first_seen, published)
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
    left = 1 - (low + more) * first_day(known.fading)
    if left <= 0:
        return LATEST
    return timedelta(hours=min(left ** (-1 / (known.fading - 1)) - 1 - start, LATEST / _HOUR))


def _summing(fading: float) -> Callable[[float], float]:
    power, day = 1 - fading, first_day(fading)
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
    *,
    now: datetime,
    gone: bool,
    last_visit: datetime | None = None,
    free: bool = False,
    with_all: bool = False,
) -> datetime:
    """When to look again for an article that was not there: daily until it is sure, then less and less.

    *last_visit* is the look before this one; *free* as in :func:`next_visit`. What has gone comes back soon
    or not at all, so the time between two looks doubles. *with_all*: it would be gone, but that no other
    article of the site is there; where a site shut its archive, or mends its addresses, each week will do.
    """
    wait = DAILY
    if (gone or with_all) and last_visit is not None and not free:
        wait = min(max((now - last_visit) * 2, DAILY), LATEST if gone else WEEKLY)
    return now + wait


def next_look_at_gate(*, now: datetime, last_visit: datetime | None, again: bool) -> datetime:
    """When to see whether an address still leads to a gate or to another site instead of its page.

    In a day; where it led there at *last_visit* too (*again*), after twice the time that has passed since.
    """
    wait = (now - last_visit) * 2 if again and last_visit is not None else DAILY
    return now + min(max(wait, DAILY), LATEST)
