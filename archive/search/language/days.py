"""Days as people type them in a query: a day, a month, a year, or from one up to another."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days from *since* up to and without *until*; either may be open."""

    since: date | None = None
    until: date | None = None


_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def span(words: str) -> Span:
    """``2026``, ``2026-03``, ``2026-03-01``, ``A..B`` (both included), ``A..``, ``..B``, ``>=A``, ``<A``.

    Raises ``ValueError`` with words for a person, in which ``{words}`` is to be filled in.
    """
    for sign in (">=", "<=", ">", "<"):
        if words.startswith(sign):
            first, after = _days(words.removeprefix(sign))
            return {
                ">=": Span(since=first),
                ">": Span(since=after),
                "<=": Span(until=after),
                "<": Span(until=first),
            }[sign]
    begin, dots, end = words.partition("..")
    if not dots:
        first, after = _days(begin)
        return Span(since=first, until=after)
    if not begin and not end:
        raise ValueError("a range has a beginning, an end or both: 2026-03-01..2026-04-15")
    since = _days(begin)[0] if begin else None
    until = _days(end)[1] if end else None
    if since and until and until <= since:
        raise ValueError("this range ends before it begins")
    return Span(since=since, until=until)


def _days(words: str) -> tuple[date, date]:
    """(first day, first day after) of a year, month or day."""
    found = _DAY.fullmatch(words)
    try:
        if found is None:
            raise ValueError
        year, month, number = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        first = date(year, month, number)
        length = (
            1
            if found[3]
            else monthrange(year, month)[1]
            if found[2]
            else 366
            if monthrange(year, 2)[1] == 29
            else 365
        )
        return first, first + timedelta(days=length)
    except (ValueError, OverflowError):
        raise ValueError(
            "{words!r} is no day; write 2026, 2026-03 or 2026-03-01, a range with two dots between"
        ) from None
