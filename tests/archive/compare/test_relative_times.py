"""Lines that tell a time relative to now: the same time, or another."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from archive.compare.relative_times import ends_with_a_time, told_anew

ZONE = ZoneInfo("Europe/Amsterdam")
THEN = datetime(2026, 3, 2, 21, 0, tzinfo=ZONE)
"""A Monday."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("old", "new", "later"),
    [
        ("Vandaag om 20:07", "Gisteren om 20:07", DAY),
        ("Foto: Jan Smit - Vandaag om 20:07", "Foto: Jan Smit - Gisteren om 20:07", DAY),
        ("20:07", "Gisteren 20:07", DAY),
        ("Gisteren om 20:07", "zondag 20:07", DAY),
        ("Vandaag 20:07", "2 maart 2026, 20:07", 9 * DAY),
        ("Vandaag 20:07", "02-03-2026 20:07", 9 * DAY),
        ("3 uur geleden", "5 uur geleden", 2 * HOUR),
        ("zojuist", "2 uur geleden", 2 * HOUR),
        ("2 hours ago", "yesterday", DAY),
        ("Heute, 12:30 Uhr", "Gestern, 12:30 Uhr", DAY),
        ("vor 5 Minuten", "vor 3 Stunden", 3 * HOUR),
        ("il y a 2 jours", "il y a 3 jours", DAY),
        ("aujourd'hui à 20:07", "hier à 20:07", DAY),
        ("hoy a las 20:07", "ayer a las 20:07", DAY),
        ("oggi alle 20:07", "ieri alle 20:07", DAY),
    ],
)
def test_the_same_time_told_later_is_the_same(old: str, new: str, later: timedelta) -> None:
    assert told_anew(old, new, then=THEN, now=THEN + later, zone=ZONE)
    assert told_anew(old, new, then=THEN, now=THEN + later), "nor is it another where no zone is known"


@pytest.mark.parametrize(
    ("old", "new", "later"),
    [
        ("Vandaag om 20:07", "Gisteren om 20:08", DAY),
        ("Vandaag om 20:07", "Gisteren om 20:07", HOUR),
        ("3 uur geleden", "5 uur geleden", 9 * HOUR),
        ("De markt is dinsdag open", "De markt is woensdag open", DAY),
        ("Vandaag open", "Morgen open", DAY),
        ("3 doden", "4 doden", DAY),
        ("Uitslag 3-1", "Uitslag 4-1", DAY),
        ("Aanvang 20:00 uur", "Aanvang 19:30 uur", DAY),
        (f"{'De raad kwam bijeen, en wel in de grote zaal van het huis der gemeente, '}vandaag",
         f"{'De raad kwam bijeen, en wel in de grote zaal van het huis der gemeente, '}gisteren", DAY),
    ],
)  # fmt: skip
def test_another_time_other_words_and_running_text_are_not(old: str, new: str, later: timedelta) -> None:
    assert not told_anew(old, new, then=THEN, now=THEN + later, zone=ZONE)


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("Piet uit Goor Vandaag om 20:07", True),
        ("Marie, gisteren 9:15 uur", True),
        ("Koos - 3 uur geleden", True),
        ("Paul vor 2 Stunden", True),
        ("Anne il y a 3 jours", True),
        ("Bob 2 hours ago", True),
        ("Eva 12 maart 2026, 20:07", True),
        ("De markt begint om 20:00", False),
        ("De markt is vandaag", False),
        ("Vandaag om 20:07 begon de markt", False),
    ],
)
def test_a_line_that_is_signed_with_a_moment(line: str, ends: bool) -> None:
    assert ends_with_a_time(line) is ends
