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
    """A time as feeds and sitemaps write it, in a dozen ways; of two, the first."""
    if not words:
        return None
    words = words.strip()
    for way in (datetime.fromisoformat, _of_mail, _written_out, _counted, _in_numbers):
        try:
            moment = way(words)
            if moment is not None:
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, OSError):
            continue
    return None


def _of_mail(words: str) -> datetime:
    """``Sat, 28 Feb 2026 10:00:00 +0100``, and the same with ``GMT+0100``."""
    return parsedate_to_datetime(re.sub(r"\b(?:GMT|UTC)(?=[+-]\d{4}\b)", "", words))


def _written_out(words: str) -> datetime | None:
    """``Feb 28, 2026``, ``28 February 2026``."""
    for form in ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y"):
        try:
            return datetime.strptime(words, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _counted(words: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    if not re.fullmatch(r"\d{10}(?:\d{3})?", words):
        return None
    return datetime.fromtimestamp(int(words[:10]), tz=UTC)


def _in_numbers(words: str) -> datetime | None:
    """``2026-2-8 10:00``, ``28-02-2026``, ``28.02.2026 10:00``; what may be a month first is not read."""
    hit = _NUMBERS.match(words)
    if hit is None:
        return None
    year, month, day, first, second, last, hour, minute = hit.groups()
    if year is None:
        if int(first) <= 12 and first != second and "/" in words:
            return None
        year, month, day = last, second, first
    at = datetime(int(year), int(month), int(day), tzinfo=UTC)
    return at + timedelta(hours=int(hour or 0), minutes=int(minute or 0))


_NUMBERS = re.compile(
    r"(?:((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d))(?!\d)"
    r"(?:[T ,]{1,3}(\d{1,2}):(\d\d))?"
)


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
