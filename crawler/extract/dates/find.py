"""Dates as news sites write them -> :class:`archive.model.types.StatedTime`.

Day first, always, unless the caller knows the site to be American. A naive time is in the site's zone. What
is relative ("19 minuten geleden", "gisteren 18:05") or left out (the year, the day) is resolved against the
time of the capture. What may be something else is no date: a time of day alone (a duration, a kick-off),
two numbers without a weekday or an hour (1/8: a score, a slide), two figures after a month that are set
apart from it ("21 nov", "22 reacties"). A date in the future of the capture or from before the web is
refused, unless the caller has another witness for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from archive.model.types import Precision, StatedTime
from crawler.extract.dates.patterns import (
    AGO,
    CLOCK_AFTER,
    CLOCK_BEFORE,
    DATES,
    DAY_MONTH,
    DAY_WORD,
    EPOCH,
    ISO_ALONE,
    LEVANTINE,
    MAY_BE_DATE,
    NOW,
    ODD_SPACES,
    WEEKDAY_CLOCK,
    YEAR_AFTER,
)
from crawler.extract.dates.words import (
    DAYS_BACK,
    HAS_DIGIT,
    LABEL_WORDS,
    MONTHS,
    NAMED_OFFSETS,
    NAMED_ZONES,
    ONE,
    PARTED,
    SECONDS,
    WEEKDAY_BEFORE,
    WEEKDAYS,
    Label,
    label_of,
    plain,
)

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it, hardly anything was published on the web."""
AHEAD = timedelta(days=1)
"""How far after its capture a page may be dated: clocks differ, and printed papers are dated tomorrow."""
_WIDEST = datetime(1700, 1, 1, tzinfo=UTC), timedelta(days=366)
"""The same for a date that has a second witness: printed papers that were put on the web, dated issues."""


@dataclass(frozen=True, kw_only=True)
class FoundDate:
    """A date in a text, what it is called there, and where it stands."""

    dated: StatedTime
    label: Label
    start: int
    end: int
    yearless: bool = False
    """The year is not stated: it is the latest that fits."""


def read_date(
    text: str,
    *,
    zone: tzinfo,
    at: datetime,
    source: str = "",
    month_first: bool = False,
    wide: bool = False,
) -> StatedTime | None:
    """The first date in *text*, or ``None``.

    *zone*: of naive times; *at*: aware time of the capture; *month_first*: read 3/4/2021 as March 4; *wide*:
    dates up to a year ahead and from before the web, too.
    """
    found = next(find_dates(text, zone=zone, at=at, source=source, month_first=month_first, wide=wide), None)
    return found.dated if found else None


def find_dates(
    text: str,
    *,
    zone: tzinfo,
    at: datetime,
    source: str = "",
    month_first: bool = False,
    wide: bool = False,
) -> Iterator[FoundDate]:
    """All dates in a short *text* (a byline, a label, an attribute), in order."""
    page = _Reading(zone=zone, at=at, source=source, month_first=month_first, wide=wide)
    if exact := ISO_ALONE.match(text):
        if dated := page.iso(exact):
            yield FoundDate(dated=dated, label=Label.NONE, start=exact.start(), end=exact.end())
        return
    if not HAS_DIGIT.search(text) and not MAY_BE_DATE.search(text):
        return
    text = LEVANTINE.sub(r"\1ـ", text.translate(ODD_SPACES))
    if epoch := EPOCH.match(text):
        value = datetime.fromtimestamp(int(epoch[1][:10]), tz=UTC)
        if dated := page.keep(page.local(value), text.strip(), Precision.INSTANT):
            yield FoundDate(dated=dated, label=Label.NONE, start=0, end=len(text))
        return
    yield from _scan(text, page)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """Against what one page's dates are read."""

    zone: tzinfo
    at: datetime
    source: str
    month_first: bool
    wide: bool

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    def local(self, value: datetime) -> datetime:
        """An aware time with the fixed offset the site's zone has at that moment."""
        there = value.astimezone(self.zone)
        return there.replace(tzinfo=_fixed(there))

    def place(self, naive: datetime, offset: tzinfo | None) -> datetime:
        """A clock reading as an instant.

        An hour that does not exist (March) is read with the offset before the change, as a clock that was
        not yet put forward shows it; of an hour that comes twice (October) the first is meant.
        """
        if offset is not None:
            there = naive.replace(tzinfo=offset)
            return there.replace(tzinfo=_fixed(there))
        return self.local(naive.replace(tzinfo=self.zone).astimezone(UTC))

    def keep(self, value: datetime | None, raw: str, precision: Precision) -> StatedTime | None:
        """The date, unless it lies in the capture's future or too far back."""
        first, ahead = _WIDEST if self.wide else (EARLIEST, AHEAD)
        if value is None or not first <= value <= self.at + ahead:
            return None
        words = raw.replace(PARTED, " ").strip()
        return StatedTime(value=value, raw=words, source=self.source, precision=precision)

    def iso(self, match: re.Match[str]) -> StatedTime | None:
        """What a machine wrote: by far the most common, so without the scan."""
        year, month, day, hour, minute, second, fraction, offset = match.groups()
        try:
            naive = datetime(  # noqa: DTZ001 - placed in a zone below
                int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
                int((fraction or "0")[:6].ljust(6, "0")),
            )  # fmt: skip
            value = self.place(naive, _offset(offset) if offset else None)
        except (ValueError, OverflowError):
            return None
        return self.keep(value, match[0].strip(), Precision.INSTANT if hour else Precision.DAY)

    def on(self, day: date | None, clock: re.Match[str] | None) -> tuple[datetime | None, bool]:
        """Midnight of *day*, or the time *clock* says on it; and whether it did."""
        if day is None:
            return None, False
        moment = _moment(clock) if clock else None
        offset = _offset(clock["zone"]) if clock and moment is not None else None
        try:
            return self.place(datetime.combine(day, moment or time()), offset), moment is not None
        except (ValueError, OverflowError):
            return None, False

    def day(self, match: re.Match[str], weekday: int | None) -> date | None:
        """The day a match of one of the date patterns states."""
        parts = match.groupdict()
        number, year = int(parts["day"]), parts.get("year")
        if name := parts.get("name"):
            month = MONTHS.get(plain(name), 0)
        else:
            month = int(parts.get("month") or parts.get("dotted_month") or 0)
            short = "年" not in match[0] and not match[0][:4].isdigit()
            if short and number <= 12 and (month > 12 or self.month_first):
                number, month = month, number
        if not 1 <= month <= 12:
            return None
        if year:
            of_year = _century(year.lstrip("'’"), self.at.year)
            stated = _date(of_year, month, number)
            if weekday is not None and not parts.get("name") and stated and stated.weekday() != weekday:
                turned = _date(of_year, number, month)  # the weekday tells which of the two comes first
                return turned if turned and turned.weekday() == weekday else stated
            return stated
        return self.without_year(month, number, weekday)

    def without_year(self, month: int, day: int, weekday: int | None) -> date | None:
        """The latest such day that is not after the capture, and falls on *weekday* if that is stated."""
        latest = None
        for year in range(self.today.year, self.today.year - 9, -1):
            candidate = _date(year, month, day)
            if candidate is None or candidate > self.today:
                continue
            if weekday is None or candidate.weekday() == weekday:
                return candidate
            latest = latest or candidate
        return latest


def _scan(text: str, page: _Reading) -> Iterator[FoundDate]:
    """Dates from left to right."""
    pos = 0
    while pos < len(text):
        best: tuple[int, int, StatedTime, bool] | None = None
        for read in (_stated, _relative):
            found = read(text, pos, page)
            if found and (best is None or found[0] < best[0]):
                best = found
        if best is None:
            return
        start, end, dated, yearless = best
        yield FoundDate(dated=dated, label=label_of(text[pos:start]), start=start, end=end, yearless=yearless)
        pos = max(end, pos + 1)


def _stated(text: str, pos: int, page: _Reading) -> tuple[int, int, StatedTime, bool] | None:
    """The first date from *pos* on that names a day and a month."""
    best: tuple[int, int, StatedTime, bool] | None = None
    for pattern in (*DATES, DAY_MONTH):
        for match in _overlapping(pattern, text, pos, best[0] if best else len(text)):
            before = WEEKDAY_BEFORE.search(text, max(pos, match.start() - 20), match.start())
            weekday = WEEKDAYS.get(plain(before[1])) if before else None
            day = page.day(match, weekday)
            end = match.end()
            clock, later = CLOCK_AFTER.match(text, end), None
            if clock and _moment(clock) is not None:
                end = clock.end()
                if not match.groupdict().get("year") and (later := YEAR_AFTER.match(text, end)):
                    day = _date(int(later["year"]), day.month, day.day) if day else None
                    end = later.end()
            else:
                clock = CLOCK_BEFORE.search(text, max(pos, match.start() - 40), match.start())
            value, timed = page.on(day, clock)
            opens = text[:5].lstrip()[:1].isdigit() or text[: match.start()].rstrip().endswith("|")
            if pattern is DAY_MONTH and weekday is None and not (timed and opens):
                continue  # a score, a slide, a share
            start = before.start(1) if before and weekday is not None else match.start()
            if clock and timed and clock.start() < start:
                start = clock.start("hour")
            dated = page.keep(
                value, text[start:end].strip(" ,;(["), Precision.INSTANT if timed else Precision.DAY
            )
            if dated:
                best = (match.start(), end, dated, not (match.groupdict().get("year") or later))
                break
    return best


def _overlapping(pattern: re.Pattern[str], text: str, pos: int, stop: int) -> Iterator[re.Match[str]]:
    """Matches that start before *stop*, also those that overlap a match that was no date."""
    while (match := pattern.search(text, pos)) and match.start() < stop:
        yield match
        pos = match.start() + 1


def _relative(text: str, pos: int, page: _Reading) -> tuple[int, int, StatedTime, bool] | None:
    """The first date from *pos* on that is told from the moment of reading."""
    if match := AGO.search(text, pos):
        count = match["count"] or match["count2"] or match["count3"]
        unit = match["unit"] or match["unit2"] or match["unit3"]
        seconds = SECONDS.get(plain(unit)) or (3600 if unit == "h" else 60 if unit == "m" else None)
        if seconds and (count.isdigit() or count.lower() in ONE):
            moment = page.local(page.at - timedelta(seconds=seconds * (int(count) if count.isdigit() else 1)))
            if seconds == 86400:
                value, _ = page.on(moment.date(), None)
                dated = page.keep(value, match[0], Precision.DAY)
            else:
                dated = page.keep(moment.replace(microsecond=0), match[0], Precision.RELATIVE)
            if dated:
                return match.start(), match.end(), dated, False
    if match := NOW.search(text, pos):
        dated = page.keep(page.local(page.at).replace(microsecond=0), match[0], Precision.RELATIVE)
        return (match.start(), match.end(), dated, False) if dated else None
    if match := DAY_WORD.search(text, pos):
        clock = CLOCK_AFTER.match(text, match.end())
        alone = not LABEL_WORDS.sub("", text[: match.start()] + text[match.end() :]).strip(" .,:;|-–—")
        day = page.today - timedelta(days=DAYS_BACK[match["word"].lower()])
        value, timed = page.on(day, clock)
        if timed and clock:
            dated = page.keep(value, text[match.start() : clock.end()].strip(), Precision.RELATIVE)
            return (match.start(), clock.end(), dated, False) if dated else None
        if alone and match["word"].lower() != "hier":  # "here" in Dutch and German
            dated = page.keep(value, match[0], Precision.DAY)
            return (match.start(), match.end(), dated, False) if dated else None
    if pos == 0 and (match := WEEKDAY_CLOCK.match(text)) and plain(match["weekday"]) in WEEKDAYS:
        back = (page.today.weekday() - WEEKDAYS[plain(match["weekday"])]) % 7
        clock = CLOCK_AFTER.match(text, match.end())
        if clock and not text[clock.end() :].strip(" .|-–—"):
            value, timed = page.on(page.today - timedelta(days=back), clock)
            if timed and value and value > page.at + timedelta(minutes=10):
                value, timed = page.on(page.today - timedelta(days=back + 7), clock)
            dated = page.keep(value, text.strip(), Precision.RELATIVE) if timed else None
            return (match.start(), clock.end(), dated, False) if dated else None
    return None


def _moment(clock: re.Match[str]) -> time | None:
    """The time of day a clock match states."""
    hour = int(clock["hour"])
    if half := (clock["half"] or "").strip().lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if hour > 23:
        return None
    return time(hour, int(clock["minute"] or clock["dotted"] or 0), int(clock["second"] or 0))


def _offset(text: str | None) -> tzinfo | None:
    """ "CEST", "GMT+0100", "+02:00" -> the offset; ``None`` when it says none we know."""
    text = (text or "").replace("(", " ").strip()  # a sign between pieces of a line is white space, too
    if match := re.search(r"([+-])(\d\d?):?(\d\d)?$", text):
        sign = -1 if match[1] == "-" else 1
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(sign * timedelta(minutes=minutes)) if minutes <= 14 * 60 else None
    if text in NAMED_ZONES:
        return ZoneInfo(NAMED_ZONES[text])
    return timezone(timedelta(minutes=NAMED_OFFSETS[text])) if text in NAMED_OFFSETS else None


@lru_cache(maxsize=64)
def _of_minutes(offset: timedelta) -> timezone:
    return timezone(offset)


def _fixed(value: datetime) -> tzinfo:
    """The fixed offset of an aware time: times in one ``ZoneInfo`` compare by wall clock, instants do not."""
    return _of_minutes(value.utcoffset() or timedelta())


def _century(year: str, now: int) -> int:
    number = int(year)
    if len(year) > 2:
        return number
    return number + (2000 if number <= now % 100 + 1 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
