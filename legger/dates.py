"""Days and times as people type them, for every door: the same words mean the same moment.

A time without a zone, and a day, are of the reader's zone: that of the machine in a shell, that which times
are told in in the reading room and its API.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from archive.errors import UsageError

LAST = datetime.max.replace(tzinfo=UTC)
"""The last moment there is: no day ends after it."""


def instant(text: str | None, zone: tzinfo | None = None) -> datetime | None:
    """A day (its midnight in *zone*, by default the machine's) or an instant, in UTC; nothing for nothing."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone) if zone is not None else moment.astimezone()
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text!r}: expected a day (2026-03-02) or a time (2026-03-02T08:00+01:00)"
        ) from error


def closing(text: str, zone: tzinfo | None = None) -> datetime:
    """A moment to look back from: an instant, or the end of a day."""
    moment = instant(text, zone)
    assert moment is not None
    if len(text) > len("2026-03-02"):
        return moment
    local = moment.astimezone(zone)
    try:
        after = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
        end = after.astimezone(UTC)
    except OverflowError:
        return LAST
    return end - timedelta(microseconds=1)
