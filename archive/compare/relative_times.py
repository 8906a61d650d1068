"""Times told relative to now ("Vandaag om 20:07", "3 hours ago"): do two lines tell the same time? Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise

SHORT = 14
"""A line of at most so many words may be told anew; in running text a day is part of what is said."""
LONGEST = 200
"""Characters of such a line."""

_DAYS = {
    0: "vandaag hjoed today heute aujourd'hui aujourd’hui oggi hoy hoje idag dzisiaj",
    1: "gisteren juster yesterday gestern hier ieri ayer ontem igår wczoraj",
    2: "eergisteren earjuster vorgestern avant-hier avanthier anteayer förrgår przedwczoraj",
}
_AGO = {word: days for days, words in _DAYS.items() for word in words.split()}
_WEEKDAYS = (
    "maandag moandei monday montag lundi lunedì lunes måndag",
    "dinsdag tiisdei tuesday dienstag mardi martedì martes tisdag",
    "woensdag woansdei wednesday mittwoch mercredi mercoledì miércoles onsdag",
    "donderdag tongersdei thursday donnerstag jeudi giovedì jueves torsdag",
    "vrijdag freed friday freitag vendredi venerdì viernes fredag",
    "zaterdag sneon saturday samstag samedi sabato sábado lördag",
    "zondag snein sunday sonntag dimanche domenica domingo söndag",
)
_WEEKDAY = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_MONTHS = (
    "januari january januar janvier gennaio enero jan jänner",
    "februari february februar février febbraio febrero feb febr févr fév",
    "maart march märz mars marzo mrt mar mär",
    "april avril aprile abril apr avr",
    "mei may mai maggio mayo mag",
    "juni june juin giugno junio jun giu",
    "juli july juillet luglio julio jul juil lug",
    "augustus august août agosto aug ago",
    "september septembre settembre septiembre sep sept",
    "oktober october octobre ottobre octubre okt oct ott",
    "november novembre noviembre nov",
    "december dezember décembre dicembre diciembre dec dez déc dic",
)
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_UNITS: tuple[tuple[timedelta, str], ...] = (
    (timedelta(seconds=1), r"sec(?:onden?|onds?|ondes?|ondi|\.)?|sekunden?|segundos?|s"),
    (timedelta(minutes=1), r"min(?:uut|uten|utes?|uti|utos?|uto|\.)?|minút(?:en)?|m"),
    (timedelta(hours=1), r"uur|uren|oere?n?|hours?|hrs?|stunden?|std\.?|heures?|ore|ora|horas?|h|u"),
    (timedelta(days=1), r"dag(?:en)?|days?|tagen?|tag|jours?|giorn[io]|días?|dei|d"),
    (timedelta(weeks=1), r"we(?:ek|ken|eks)|wochen?|semaines?|settiman[ae]|semanas?|wike|w"),
    (timedelta(days=31), r"maand(?:en)?|months?|monaten?|monat|mois|mes[ie]|meses|moanne"),
    (timedelta(days=366), r"jaar|jaren|years?|jahren?|jahr|ans?|ann[io]|años?"),
)
_UNIT = "|".join(words for _, words in _UNITS)
_COUNT = r"(?:\d{1,3}|een|één|ien|an?|one|einer?|einem|une?|uno|una)"


def _span(number: int) -> str:
    return rf"(?P<count{number}>{_COUNT})\s*(?P<unit{number}>{_UNIT})"


_CLOCK = r"(?:[01]?\d|2[0-3])[:.h][0-5]\d"
_WORD = "|".join(sorted(map(re.escape, (*_AGO, *_WEEKDAY)), key=len, reverse=True))
_NAMED = "|".join(sorted(_MONTH, key=len, reverse=True))
_TIME = re.compile(
    rf"""\b(?:
        {_span(1)}\s+(?:geleden|lyn|ago|fa|atrás)
      | (?:vor|il\s+y\s+a|hace|há|för)\s+{_span(2)}(?:\s+sedan)?
      | (?P<now>zojuist|zonet|zo-even|just\s+now|gerade\s+eben|à\s+l['’]instant|proprio\s+ora)
      | (?:(?P<word>{_WORD})(?:\s+(?=\d))?)?
        (?:(?P<dd>\d{{1,2}})(?:[./-](?P<mm>\d{{1,2}})|\.?\s+(?P<month>{_NAMED})\b\.?)
           (?:[./-]?\s*(?P<year>(?:19|20)\d\d))?)?
        (?:,?\s*(?:(?:om|at|um|à|alle|a\s+las|kl\.?|to|-|\|)\s*)?(?P<clock>{_CLOCK}))?
        (?:\s*(?:uur|oere|uhr))?
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip

Span = tuple[datetime, datetime]


def told_anew(old: str, new: str, *, then: datetime, now: datetime, zone: tzinfo | None = None) -> bool:
    """Whether two lines differ only in how they tell a time: *old* as told *then*, *new* as told *now*.

    "Vandaag om 20:07", told on Monday, and "Gisteren om 20:07", told on Tuesday, are the same time. *zone*
    is that of the site; without one each reading may have been made at any hour of the day.
    """
    longest = max(old, new, key=len)
    if len(longest) > LONGEST or max(len(old.split()), len(new.split())) > SHORT or now < then:
        return False
    (plain, times), (plain_now, times_now) = _parts(old), _parts(new)
    return (
        bool(times)
        and plain == plain_now
        and len(times) == len(times_now)
        and all(
            _agree(one, other, then, now, zone) for one, other in zip(times, times_now, strict=True)
        )
    )  # fmt: skip


def is_told_from_now(line: str) -> bool:
    """Whether a line is nothing but times that are told from the moment of reading: "3 minutes ago"."""
    if len(line) > LONGEST:
        return False
    plain, times = _parts(line.strip(" .:|–—-•·"))
    told = [
        hit
        for hit in times
        if hit["unit1"] or hit["unit2"] or hit["now"] or (hit["word"] or "").casefold() in _AGO
    ]
    return bool(told) and len(told) == len(times) and not any(each.strip(" .:|–—-•·,") for each in plain)


def ends_with_a_time(line: str) -> bool:
    """Whether a short line ends with a moment, as readers' comments are signed."""
    if len(line) > LONGEST:
        return False
    _, times = _parts(line.rstrip(" .:"))
    return bool(times) and times[-1].end() == len(line.rstrip(" .:")) and _is_a_moment(times[-1])


def _is_a_moment(hit: re.Match[str]) -> bool:
    return bool(hit["unit1"] or hit["unit2"] or hit["now"] or (hit["clock"] and _tells_a_day(hit)))


def _parts(line: str) -> tuple[list[str], list[re.Match[str]]]:
    """A line without its times, and those times."""
    times = [hit for hit in _TIME.finditer(line) if hit[0].strip(" .,-|")]
    edges = [0, *(edge for hit in times for edge in hit.span()), len(line)]
    plain = [" ".join(line[start:end].split()) for start, end in list(pairwise(edges))[::2]]
    return plain, times


def _agree(
    one: re.Match[str], other: re.Match[str], then: datetime, now: datetime, zone: tzinfo | None
) -> bool:
    if one[0].casefold() == other[0].casefold() and one["clock"] and not _tells_a_day(one):
        return True  # the same clock time, and nothing else is said
    if one["clock"] and other["clock"] and _clock(one) != _clock(other):
        return False
    before, after = list(_spans(one, then, zone)), list(_spans(other, now, zone))
    return any(a[0] <= b[1] and b[0] <= a[1] for a in before for b in after)


def _tells_a_day(hit: re.Match[str]) -> bool:
    return bool(hit["word"] or hit["dd"])


def _clock(hit: re.Match[str]) -> tuple[int, int]:
    hours, minutes = re.split(r"\D", hit["clock"])
    return int(hours), int(minutes)


def _spans(hit: re.Match[str], at: datetime, zone: tzinfo | None) -> Iterator[Span]:
    """When it may have been: from, to."""
    if hit["now"]:
        yield at - timedelta(hours=1), at
        return
    if unit := hit["unit1"] or hit["unit2"]:
        size = next(span for span, words in _UNITS if re.fullmatch(words, unit, re.IGNORECASE))
        stated = hit["count1"] or hit["count2"]
        count = int(stated) if stated.isdecimal() else 1
        yield at - (count + 1) * size, at - max(count - 1, 0) * size
        return
    for today in _todays(at, zone):
        for day in _days(hit, today):
            start = datetime(day.year, day.month, day.day, tzinfo=zone or UTC)
            if hit["clock"]:
                hours, minutes = _clock(hit)
                moment = start + timedelta(hours=hours, minutes=minutes)
                slack = timedelta() if zone else timedelta(hours=14)
                yield moment - slack, moment + slack
            else:
                yield start, start + timedelta(days=1, seconds=-1)


def _todays(at: datetime, zone: tzinfo | None) -> set[date]:
    if zone is not None:
        return {at.astimezone(zone).date()}
    return {(at.astimezone(UTC) + timedelta(hours=hours)).date() for hours in (-6, 0, 3)}


def _days(hit: re.Match[str], today: date) -> Iterator[date]:
    if hit["dd"]:
        month = _MONTH[hit["month"].casefold()] if hit["month"] else int(hit["mm"])
        years = [int(hit["year"])] if hit["year"] else [today.year, today.year - 1]
        for year in years:
            try:
                yield date(year, month, int(hit["dd"]))
            except ValueError:
                continue
        return
    word = (hit["word"] or "").casefold()
    if word in _WEEKDAY:
        back = (today.weekday() - _WEEKDAY[word]) % 7
        yield today - timedelta(days=back)
        yield today - timedelta(days=back + 7)
        return
    yield today - timedelta(days=_AGO.get(word, 0))  # a clock alone is today's
