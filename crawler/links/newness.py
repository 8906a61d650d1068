"""When what stands at an address came out, as far as can be told before it is asked for. Pure.

A first visit of a large site takes hours: it asks for the newest first. What is told may be wrong; it is an
order of asking, and nothing else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from archive.model.addresses import Link, Role

UNKNOWN = datetime(1990, 1, 1, tzinfo=UTC)
"""Of what a sitemap names without any sign of its time: after all that has one."""


def newness(link: Link, *, at: datetime) -> datetime:
    """When what stands at *link*, found *at* a time, came out, as far as that is told; never later than *at*.

    What a feed or a list of the site names is news. Of what a sitemap names, and of what other pages link to,
    a stated day of publication comes first, then the days in its address and in the name of its sitemap
    (``sitemap-2026-03.xml``), then its last change; without any of these it comes last. A sitemap without a
    day comes first, for nobody knows what it names.
    """
    if link.how not in ("sitemap", "link"):
        return at
    told = _stated(link.published) or _in_address(link.url)
    if told is None and link.role is Role.PAGE:
        named_by = _in_address(link.found_on) if link.found_on else None
        told = min(filter(None, (named_by, _stated(link.modified))), default=UNKNOWN)
    return min(told or _stated(link.modified) or at, at)


def _stated(words: str | None) -> datetime | None:
    """A time as feeds and sitemaps write it."""
    if not words:
        return None
    try:
        moment = datetime.fromisoformat(words.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(words)
        except (ValueError, TypeError):
            return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


@lru_cache(maxsize=1024)
def _in_address(url: str) -> datetime | None:
    """The end of the day, month or year that an address names."""
    parts = urlsplit(url)
    found = list(_DAYS.finditer(unquote(parts.path))) or list(_DAYS.finditer(unquote(parts.query)))
    if found:
        year, _, month, day, month_alone, year_alone = found[-1].groups()
        return _end_of(year or year_alone, month or month_alone, day)
    if hit := _YEAR_AND_MONTH.search(parts.query):
        return _end_of(hit[1], hit[2], None)
    return None


def _end_of(year: str, month: str | None, day: str | None) -> datetime | None:
    number = int(month or 12)
    try:
        if day:
            return datetime(int(year), number, int(day), tzinfo=UTC) + timedelta(days=1)
        return datetime(int(year) + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    except ValueError:  # the 31st of February
        return None


_DAYS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:([-/_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])|[-/_.](0[1-9]|1[0-2]))(?!\d)"
    r"|(?<=/)((?:19|20)\d\d)(?=/|$)"
)
_YEAR_AND_MONTH = re.compile(
    r"(?:^|&)(?:yyyy|year|jaar|jahr|anno|an|ano)=((?:19|20)\d\d)"
    r"(?:&(?:mm|month|maand|monat|mese|mois|mes)=(\d\d?))?"
)
