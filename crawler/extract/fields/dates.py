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
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from archive.model.types import Precision, StatedTime

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it, hardly anything was published on the web."""
AHEAD = timedelta(days=1)
"""How far after its capture a page may be dated: clocks differ, and printed papers are dated tomorrow."""
_WIDEST = datetime(1700, 1, 1, tzinfo=UTC), timedelta(days=366)
"""The same for a date that has a second witness: printed papers that were put on the web, dated issues."""
PARTED = "\x1f"
"""White space between what stands in different elements of one line."""


class Label(StrEnum):
    """What the words before a date call it."""

    NONE = ""
    PUBLISHED = "published"
    MODIFIED = "modified"


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
    if exact := _ISO_ALONE.match(text):
        if dated := page.iso(exact):
            yield FoundDate(dated=dated, label=Label.NONE, start=exact.start(), end=exact.end())
        return
    if not _HAS_DIGIT.search(text) and not _MAY_BE_DATE.search(text):
        return
    text = text.translate(_ODD_SPACES)
    if epoch := _EPOCH.match(text):
        value = datetime.fromtimestamp(int(epoch[1][:10]), tz=UTC)
        if dated := page.keep(page.local(value), text.strip(), Precision.INSTANT):
            yield FoundDate(dated=dated, label=Label.NONE, start=0, end=len(text))
        return
    yield from _scan(text, page)


# ---------------------------------------------------------------- words


def _words(table: dict[int, str]) -> dict[str, int]:
    return {_plain(word): number for number, words in table.items() for word in words.split()}


@lru_cache(maxsize=1024)
def _plain(word: str) -> str:
    """Lower case, without the accents that are as often left out as written."""
    return word.lower().translate(_ACCENTS)


_ACCENTS = str.maketrans(
    "áàâäãåéèêëíìîïóòôöõúùûüýçñšžčřňěůłąęśźżćńđőű", "aaaaaaeeeeiiiiooooouuuuycnszcrneulaeszzcndou"
)

# Dutch, West Frisian, English, German, French, Italian, Spanish, Portuguese, Catalan, Danish and Norwegian,
# Swedish, Finnish, Polish, Czech, Slovak, Slovene, Croatian, Hungarian, Romanian, Baltic, Turkish, Greek,
# Russian, Ukrainian, Arabic. Where two languages give one word two months (listopad), the larger press has
# it.
MONTHS = _words(
    {
        1: """januari jan jannewaris january januar jänner jaenner janvier janv gennaio gen enero ene janeiro
              gener tammikuuta tammikuu stycznia styczeń ledna leden januára január siječnja januarja január
              január ianuarie sausio janvāris jaanuar ocak oca ιανουαρίου ιαν января янв січня января
              يناير""",
        2: """februari feb febr febrewaris february februar feber février fevrier févr fevr febbraio febrero
              fevereiro fev febrer helmikuuta helmikuu lutego luty února únor februára február veljače
              februarja februarie vasario februāris veebruar şubat subat şub φεβρουαρίου φεβ февраля фев
              лютого
              فبراير شباط""",
        3: """maart mrt maa maart mar march märz maerz mrz mars marzo março marco mars marts maaliskuuta
              maaliskuu marca marzec března březen marec ožujka március martie kovo marts märts mart μαρτίου
              μαρ марта мар березня
              مارس آذار""",
        4: """april apr avril avr aprile abril abr april huhtikuuta huhtikuu kwietnia kwiecień dubna duben
              apríla apríl travnja aprila április aprilie balandžio aprīlis aprill nisan nis απριλίου απρ
              апреля апр квітня
              أبريل ابريل نيسان""",
        5: """mei maaie may mai maggio mag mayo maio maig maj toukokuuta toukokuu maja května květen mája máj
              svibnja maja május gegužės maijs mayıs μαΐου μαϊ мая май травня
              مايو أيار""",
        6: """juni jun juny june juin giugno giu junio junho jun juny kesäkuuta kesäkuu czerwca czerwiec
              června červen júna jún lipnja junija június iunie birželio jūnijs juuni haziran haz ιουνίου
              ιουν июня июн червня
              يونيو حزيران""",
        7: """juli jul july juillet juil luglio lug julio julho juliol heinäkuuta heinäkuu lipca lipiec
              července červenec júla júl srpnja julija július iulie liepos jūlijs juuli temmuz tem ιουλίου
              ιουλ июля июл липня
              يوليو تموز""",
        8: """augustus aug august août aout agosto ago agost augusti elokuuta elokuu sierpnia sierpień srpna
              srpen augusta kolovoza avgusta augusztus rugpjūčio augusts ağustos agustos ağu αυγούστου αυγ
              августа авг серпня
              أغسطس اغسطس آب""",
        9: """september sep sept septimber septembre settembre set septiembre setiembre setembro setembre
              syyskuuta syyskuu września wrzesień září septembra rujna szeptember septembrie rugsėjo
              septembris eylül eyl σεπτεμβρίου σεπ сентября сен сент вересня
              سبتمبر أيلول""",
        10: """oktober okt october oct octobre ottobre ott octubre outubro out lokakuuta lokakuu października
               październik října říjen októbra október oktobra október octombrie spalio oktobris oktoober
               ekim eki οκτωβρίου οκτ октября окт жовтня
              أكتوبر اكتوبر""",
        11: """november nov novimber novembre noviembre novembro marraskuuta marraskuu listopada listopad
               listopadu novembra studenoga studenog november noiembrie lapkričio novembris kasım kasim
               kas νοεμβρίου νοε ноября ноя листопада
              نوفمبر""",
        12: """december dec desimber dezember dez décembre decembre déc dicembre dic diciembre dezembro
               desembre desember des joulukuuta joulukuu grudnia grudzień prosince prosinec decembra
               prosinca december decembrie gruodžio decembris detsember aralık aralik ara δεκεμβρίου δεκ
               декабря дек грудня
              ديسمبر""",
    }
)

# Only what stands before a date without a year, where it tells which year was meant.
WEEKDAYS = _words(
    {
        0: "maandag ma moandei monday mon montag mo lundi lunedì lunes segunda måndag mandag",
        1: "dinsdag di tiisdei tuesday tue tues dienstag mardi martedì martes terça tisdag tirsdag",
        2: "woensdag wo woansdei wednesday wed mittwoch mercredi mercoledì miércoles quarta onsdag",
        3: "donderdag do tongersdei thursday thu thur thurs donnerstag jeudi giovedì jueves quinta torsdag",
        4: "vrijdag vr freed friday fri freitag fr vendredi venerdì viernes sexta fredag",
        5: "zaterdag za sneon saturday sat samstag sonnabend samedi sabato sábado lördag lørdag",
        6: "zondag zo snein sunday sun sonntag so dimanche domenica domingo söndag søndag",
    }
)

_NAMED_OFFSETS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "MEZ": 60, "MET": 60, "SAST": 120,
    "CEST": 120, "MESZ": 120, "MEST": 120, "EET": 120, "EEST": 180, "MSK": 180, "PKT": 300, "SGT": 480,
    "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "AEST": 600, "AEDT": 660, "NZST": 720,
    "NZDT": 780, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600,
}  # fmt: skip
_NAMED_ZONES = {"ET": "America/New_York", "CT": "America/Chicago", "PT": "America/Los_Angeles"}

_DAY_WORDS = {
    0: ["vandaag", "hjoed", "today", "heute", "aujourd'hui", "aujourd’hui", "oggi", "hoy", "hoje", "i dag",
        "idag", "dziś", "dzisiaj", "dnes", "сегодня", "bugün"],
    1: ["gisteren", "gister", "juster", "yesterday", "gestern", "hier", "ieri", "ayer", "ontem", "i går",
        "igår", "wczoraj", "včera", "вчера", "dün"],
    2: ["eergisteren", "eergister", "earjuster", "vorgestern", "avant-hier"],
}  # fmt: skip
_DAYS_BACK = {word: days for days, words in _DAY_WORDS.items() for word in words}

_SECONDS = _words(
    {
        1: "sec secs seconde seconden second seconds sekunde sekunden secondes secondi segundos",
        60: """min mins minuut minuten minuutjes minute minutes minút minuto minuti minutos minut minuter
               minutter minuty минут минуты""",
        3600: """uur uren uurtje oere oeren hour hours hr hrs stunde stunden std heure heures ora ore hora
                 horas timer time timmar timme godzin godziny godz часа часов""",
        86400: """dag dagen dei day days tag tage tagen jour jours giorno giorni día días dia dias dagar dage
                  dager dni""",
    }
)
_ONE = frozenset(("een", "één", "'n", "in", "an", "a", "one", "ein", "eine", "einer", "einem", "un", "une"))

_MODIFIED = re.compile(
    r"aangepast|bijgewerkt|gewijzigd|herzien|update|bywurke|oanpast|modified|revised|corrected|aktualisiert|"
    r"geändert|stand\s*:|mis(?:e)? à jour|modifié|actualisé|aggiornat|ultima modifica|modificat|actualizad|"
    r"atualizad|oppdatert|opdateret|uppdaterad|aktualizacja|güncelle|обновлен",
    re.I,
)
_PUBLISHED = re.compile(
    r"gepubliceerd|publicatie|geplaatst|plaatsing|gemaakt|gepost|pleatst|publisearre|publish|posted|"
    r"created|first seen|veröffentlicht|erschienen|erstellt|publié|paru|pubblicat|publicad|publicerad|"
    r"publisert|udgivet|opublikowan|yayın|опубликован",
    re.I,
)

_STAMP_WORDS = _words(
    {
        0: """uur u oere uhr ore am pm om op at on de den le datum date laatst
              laatste bijgewerkt gewijzigd aangepast geplaatst
              gepubliceerd last updated published posted aktualisiert veröffentlicht stand publié modifié
              pubblicato aggiornato publicado actualizado"""
    }
)
_NO_DATE = re.compile(r"[$€£¥%+*]")
_FIGURES_ALONE = re.compile(
    r"\W*(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./](?:\d\d){1,2})(?:\W+\d\d?[:.]\d\d)?\W*$"
)
_LETTERS = re.compile(r"[^\W\d_]+")


def is_date_alone(text: str) -> bool:
    """Whether a text is a date and nothing else, in figures or in words."""
    return is_date_line(text) or bool(_FIGURES_ALONE.match(text))


def is_date_line(text: str) -> bool:
    """Whether a line is a date or a time, of publication or of a change, and nothing else."""
    if not _HAS_DIGIT.search(text) or _NO_DATE.search(text):
        return False
    words = [_plain(word) for word in _LETTERS.findall(text)]
    return 0 < len(words) < 8 and all(map(_belongs_to_a_date, words))


def _belongs_to_a_date(word: str) -> bool:
    return word in MONTHS or word in WEEKDAYS or word in _STAMP_WORDS or word.upper() in _NAMED_OFFSETS


# ---------------------------------------------------------------- patterns

_ODD_SPACES = str.maketrans("\xa0\u202f\u2009\t\n\r", "      ")
_ISO_ALONE = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)(?:(?:T|\s+)(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?"
    r"\s*(Z|(?:UTC|GMT)?[+-]\d\d:?\d\d|UTC|GMT)?)?\s*$"
)
_EPOCH = re.compile(r"\s*(1\d{9})(?:\d{3})?\s*$")
_HAS_DIGIT = re.compile(r"\d")
_MAY_BE_DATE = re.compile(
    "|".join(re.escape(word) for word in sorted(_DAYS_BACK, key=len, reverse=True))
    + r"|zojuist|zonet|krekt|just now|gerade eben|geleden|ago\b|lyn\b|vor einer|il y a une",
    re.I,
)  # fmt: skip

_TAIL = r"""
    (?P<half>\s*[ap]\.?\s?m\b\.?)?
    (?:\s*(?:uur|oere|uhr|hrs?|u|h)\b\.?)?
    (?P<zone>[\s(]*(?-i:\b(?:Z|UTC|GMT|[ECP]T|[A-Z]{2,4}T|MESZ|MEZ|MSK)\b)?\s?(?:[+-]\d\d?(?::?\d\d)?(?!\d))?)
"""
_CLOCK = (
    r"(?<![\d:])(?P<hour>[0-2]?\d)"
    r"(?:(?:\s?:\s?|h|[時시]\s?)(?P<minute>[0-5]\d)(?!\d)[分분]?(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    r"|\.(?P<dotted>[0-5]\d)(?:\.[0-5]\d)?(?![\d.])"
    r"|(?=\s*(?:[ap]\.?m\b|uur\b|oere\b|uhr\b|u\b|h\b)))" + _TAIL
)
_AT = (
    r"[\s,;|·•–—\-(\[/@]*"
    r"(?:(?:om|at|um|à|a\s+las|alle(?:\s+ore)?|ore|às|as|kl|klo|klokken|godz|o|в|saat|te)\b[.:]?\s*)?"
)
_CLOCK_AFTER = re.compile(_AT + _CLOCK, re.I | re.X)
_CLOCK_BEFORE = re.compile(
    _CLOCK + r"[\s,;|·•–—\-)]*(?:(?:on|op|am|le|el|den)\s+)?(?:[^\W\d_]{2,10}[.,]*\s*)?$", re.I | re.X
)
_YEAR = r"(?:19|20)\d\d(?!\d)"
_SHORT_YEAR = r"['’]?\d\d(?![\d:h]|\.\d|\s*(?:uur|uhr|u|h|[ap]\.?m)\b)"
_YEAR_OF_A_NAMED = r"(?:['’]\d\d|(?<!\x1f)\d\d(?=\s*(?:$|[,;|)\]·•–—-])))(?![\d:h]|\.\d)"
"""Two figures after the name of a month: with an apostrophe, or nothing but a sign after them."""
_TO_MONTH = r"(?:\.|st|nd|rd|th|er|º|ª|e)?[\s.,/\-]*(?:(?:de|of|di)\s+|d['’])?"
_TO_YEAR = r"\.?[\s.,/\-]*(?:(?:de|del|of)\s+)?"

_DATES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?<!\d)(?P<year>{_YEAR})(?:[-/.]|\.\s|\s?年\s?|\s?년\s?)(?P<month>\d\d?)(?:[-/.]|"
        rf"\.\s|\s?月\s?|\s?월\s?)"
        r"(?P<day>\d\d?)(?!\d)[日일.]?(?:\([^\W\d_]\))?T?",
        rf"(?<![\d.:/])(?P<day>\d\d?)\s?(?P<sep>[-/.])\s?(?P<month>\d\d?)\s?(?P=sep)\s?"
        rf"(?P<year>{_YEAR}|{_SHORT_YEAR})(?![/.\-]\d)",
        rf"(?<![\d:])(?P<day>\d\d?){_TO_MONTH}(?P<name>[^\W\d_]{{3,13}})\b"
        rf"(?:{_TO_YEAR}(?P<year>{_YEAR}|{_YEAR_OF_A_NAMED}))?",
        rf"(?<![^\W\d_])(?P<name>[^\W\d_]{{3,13}})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?(?!\d|[:h.]\d)"
        rf"(?:\s*,?\s*(?P<year>{_YEAR}))?",
        rf"(?<!\d)(?P<year>{_YEAR})\.?\s+(?:m\.\s+)?(?P<name>[^\W\d_]{{3,13}})\s+(?P<day>\d\d?)(?!\d)\.?",
    )
)
_DAY_MONTH = re.compile(
    r"(?:^\W*|(?<=\s))(?P<day>\d\d?)(?:(?:[/-](?P<month>\d\d?))|(?:\.(?P<dotted_month>\d\d?)\.))(?![\d./-])"
)
_YEAR_AFTER = re.compile(rf"\s+(?P<year>{_YEAR})")
_WEEKDAY_BEFORE = re.compile(r"(?<!\w)([^\W\d_]{2,11})[.,]*\s+(?:(?:den|de|the|le|el|d\.)\s+)?$")
_DAY_WORD = re.compile(
    r"(?<!\w)(?P<word>"
    + "|".join(re.escape(word) for word in sorted(_DAYS_BACK, key=len, reverse=True))
    + r")(?!\w)",
    re.I,
)
_WEEKDAY_CLOCK = re.compile(r"^\W*(?P<weekday>[^\W\d_]{2,11})[.,]*\s+", re.I)
_COUNT = r"(?P<count>\d{1,3}|een|één|'n|in|an?|one|eine?[rm]?|une?)"
_AGO = re.compile(
    rf"(?<!\w){_COUNT}\s*(?P<unit>[^\W\d_]{{1,9}})\.?\s+(?:en\s+\d+\s+\w+\s+)?"
    r"(?:geleden|ago|lyn|fa|atrás|sedan|siden|temu|назад|önce)\b"
    rf"|(?<!\w)(?:vor|il\s+y\s+a|hace|há|for|för)\s+{_COUNT.replace('count', 'count2')}"
    r"\s*(?P<unit2>[^\W\d_]{1,9})\b",
    re.I,
)
_NOW = re.compile(r"(?<!\w)(?:zojuist|zonet|krekt|just now|gerade eben|à l['’]instant)(?!\w)", re.I)


# ---------------------------------------------------------------- reading


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
        return StatedTime(value=value, raw=raw, source=self.source, precision=precision)

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
            month = MONTHS.get(_plain(name), 0)
        else:
            month = int(parts.get("month") or parts.get("dotted_month") or 0)
            short = "年" not in match[0] and not match[0][:4].isdigit()
            if short and number <= 12 and (month > 12 or self.month_first):
                number, month = month, number
        if not 1 <= month <= 12:
            return None
        if year:
            return _date(_century(year.lstrip("'’"), self.at.year), month, number)
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
    for pattern in (*_DATES, _DAY_MONTH):
        for match in _overlapping(pattern, text, pos, best[0] if best else len(text)):
            before = _WEEKDAY_BEFORE.search(text, max(pos, match.start() - 20), match.start())
            weekday = WEEKDAYS.get(_plain(before[1])) if before else None
            day = page.day(match, weekday)
            end = match.end()
            clock, later = _CLOCK_AFTER.match(text, end), None
            if clock and _moment(clock) is not None:
                end = clock.end()
                if not match.groupdict().get("year") and (later := _YEAR_AFTER.match(text, end)):
                    day = _date(int(later["year"]), day.month, day.day) if day else None
                    end = later.end()
            else:
                clock = _CLOCK_BEFORE.search(text, max(pos, match.start() - 40), match.start())
            value, timed = page.on(day, clock)
            if pattern is _DAY_MONTH and weekday is None and not (timed and text[:5].lstrip()[:1].isdigit()):
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
    if match := _AGO.search(text, pos):
        count, unit = match["count"] or match["count2"], match["unit"] or match["unit2"]
        seconds = _SECONDS.get(_plain(unit)) or (3600 if unit == "h" else 60 if unit == "m" else None)
        if seconds and (count.isdigit() or count.lower() in _ONE):
            moment = page.local(page.at - timedelta(seconds=seconds * (int(count) if count.isdigit() else 1)))
            if seconds == 86400:
                value, _ = page.on(moment.date(), None)
                dated = page.keep(value, match[0], Precision.DAY)
            else:
                dated = page.keep(moment.replace(microsecond=0), match[0], Precision.RELATIVE)
            if dated:
                return match.start(), match.end(), dated, False
    if match := _NOW.search(text, pos):
        dated = page.keep(page.local(page.at).replace(microsecond=0), match[0], Precision.RELATIVE)
        return (match.start(), match.end(), dated, False) if dated else None
    if match := _DAY_WORD.search(text, pos):
        clock = _CLOCK_AFTER.match(text, match.end())
        alone = not LABEL_WORDS.sub("", text[: match.start()] + text[match.end() :]).strip(" .,:;|-–—")
        day = page.today - timedelta(days=_DAYS_BACK[match["word"].lower()])
        value, timed = page.on(day, clock)
        if timed and clock:
            dated = page.keep(value, text[match.start() : clock.end()].strip(), Precision.RELATIVE)
            return (match.start(), clock.end(), dated, False) if dated else None
        if alone and match["word"].lower() != "hier":  # "here" in Dutch and German
            dated = page.keep(value, match[0], Precision.DAY)
            return (match.start(), match.end(), dated, False) if dated else None
    if pos == 0 and (match := _WEEKDAY_CLOCK.match(text)) and _plain(match["weekday"]) in WEEKDAYS:
        back = (page.today.weekday() - WEEKDAYS[_plain(match["weekday"])]) % 7
        clock = _CLOCK_AFTER.match(text, match.end())
        if clock and not text[clock.end() :].strip(" .|-–—"):
            value, timed = page.on(page.today - timedelta(days=back), clock)
            if timed and value and value > page.at + timedelta(minutes=10):
                value, timed = page.on(page.today - timedelta(days=back + 7), clock)
            dated = page.keep(value, text.strip(), Precision.RELATIVE) if timed else None
            return (match.start(), clock.end(), dated, False) if dated else None
    return None


_NEAR = 60
"""Characters before a date in which its label stands."""
LABEL_WORDS = re.compile(
    rf"\b\w*(?:{_PUBLISHED.pattern}|{_MODIFIED.pattern})\w*|\b(?:op|am|on|laatste?|last|le|zuletzt|dernière)\b",
    re.I,
)

"""Words of a label, wherever they stand."""


def without_weekday(before: str) -> str:
    """The words before a date without the name of a day that belongs to it."""
    match = _WEEKDAY_BEFORE.search(before)
    return before[: match.start()] if match and _plain(match[1]) in WEEKDAYS else before


def label_of(before: str) -> Label:
    """What the words just before a date call it: the last label word wins."""
    before = before[-_NEAR:]
    published = max((match.end() for match in _PUBLISHED.finditer(before)), default=-1)
    modified = max((match.end() for match in _MODIFIED.finditer(before)), default=-1)
    if published == modified:
        return Label.NONE
    return Label.PUBLISHED if published > modified else Label.MODIFIED


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
    text = (text or "").strip(" (")
    if match := re.search(r"([+-])(\d\d?):?(\d\d)?$", text):
        sign = -1 if match[1] == "-" else 1
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(sign * timedelta(minutes=minutes)) if minutes <= 14 * 60 else None
    if text in _NAMED_ZONES:
        return ZoneInfo(_NAMED_ZONES[text])
    return timezone(timedelta(minutes=_NAMED_OFFSETS[text])) if text in _NAMED_OFFSETS else None


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
