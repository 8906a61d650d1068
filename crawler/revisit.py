"""When to ask an address again. Pure: times in, a time out; knows no archive and no Scrapy.

News is edited in its first hours, and seldom after; but it is edited, and removed, for years. So the time
between two looks is a share of the time since something last happened, and never grows beyond a bound.
"""

from __future__ import annotations

from datetime import datetime, timedelta

SHARE = 0.25
"""A page at which nothing has happened for a day is looked at after a quarter of a day."""
PATIENCE = 0.8
"""Of the time since the last look, when that look found nothing new: a daily visit stays a daily visit."""
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


def next_visit(
    *,
    first_seen: datetime,
    last_changed: datetime | None,
    last_visit: datetime | None,
    now: datetime,
    published: datetime | None = None,
    live: bool = False,
    free: bool = False,
) -> datetime:
    """When to look at an article again, after a look at *now* that found it readable.

    *last_changed*: when we last saw other words (``now`` when just now); *last_visit*: the look before this
    one. *published* tells an old article that we met today from a new one. *live*: a live blog. *free*:
    the visit costs nobody anything (a site of our own), so daily is the least.
    """
    happened = last_changed or min(first_seen, published or first_seen)
    quiet = max(now - happened, timedelta())
    wait = quiet * SHARE
    if last_visit is not None and (last_changed is None or last_changed <= last_visit):
        wait = max(wait, (now - last_visit) * PATIENCE)
    if live and quiet < LIVE_FOR:
        wait = SOONEST
    return now + min(max(wait, SOONEST), DAILY if free else LATEST)


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
