"""What people are told, in their language: pages, letters, mail; dates and numbers as people write them.

A language is a file: ``languages/CODE.po``, as gettext has it and translators know it, read as it stands.
English is the key; ``en.po`` holds only what is no English of its own. Its header's ``Language`` is the
locale by whose rules (CLDR, through Babel) dates and numbers are written. What a file lacks, the language
says that it names as :data:`FALLBACK`, and English where it names none.

The archive keeps sentences in English: why a page is no article, what an alarm says. A file has them with
``msgctxt "on record"``, with places for what differs; :meth:`Translation.recorded` knows them again.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import cache, cached_property
from gettext import GNUTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from string import Formatter
from typing import TYPE_CHECKING

from archive.model.types import Precision, StatedTime

if TYPE_CHECKING:
    from babel import Locale  # which takes a moment to load, and is loaded where something is said

FOLDER: Traversable = files("legger") / "languages"
ON_RECORD = "on record"
"""The context of what the archive keeps in English."""
FALLBACK = "code of the language that says what is missing here"
"""The message that names another language."""


@dataclass(frozen=True, kw_only=True)
class RecordedSentence:
    """A sentence that the archive keeps, as it is known again."""

    pattern: re.Pattern[str]
    told: int
    """Characters that are no place: the more, the surer."""
    one: str
    more: str
    """The same as *one* where it has no plural."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language: its words, and the rules of its dates and numbers."""

    code: str
    words: GNUTranslations
    locale: Locale
    recorded: Sequence[RecordedSentence] = ()
    """The most telling first."""

    @property
    def name(self) -> str:
        """As its speakers call it."""
        return str(self.locale.language_name or self.code)


def codes(folder: Traversable = FOLDER) -> list[str]:
    """The languages that there are, by their files alone."""
    return sorted(each.name.removesuffix(".po") for each in folder.iterdir() if each.name.endswith(".po"))


@cache
def languages(folder: Traversable = FOLDER) -> Mapping[str, Language]:
    """Code -> language, one for each file."""
    from babel import Locale
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    found = {}
    sentences: dict[str, RecordedSentence] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        code, _, kind = file.name.rpartition(".")
        if kind == "po":
            with file.open("rb") as words:
                catalog = read_po(words, locale=code, abort_invalid=True)
            compiled = BytesIO()
            write_mo(compiled, catalog)
            compiled.seek(0)
            locale = catalog.locale or Locale.parse(code)
            found[code] = Language(code=code, words=GNUTranslations(compiled), locale=locale)
            for each in catalog:
                if each.context == ON_RECORD:
                    for known in _sentences(each.id):
                        sentences[known.pattern.pattern] = known
    recorded = sorted(sentences.values(), key=lambda each: -each.told)
    found = {code: replace(language, recorded=recorded) for code, language in found.items()}
    for language in found.values():
        if (behind := language.words.gettext(FALLBACK)) in found:
            language.words.add_fallback(found[behind].words)
    return found


def _sentences(key: str | tuple[str, ...] | list[str]) -> Iterator[RecordedSentence]:
    one, more = (key, key) if isinstance(key, str) else key[:2]
    for words in dict.fromkeys((one, more)):
        seen: set[str] = set()
        pattern, told = "", 0
        for literal, name, _, _ in Formatter().parse(words):
            pattern += re.escape(literal)
            told += len(literal)
            if name:
                pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
                seen.add(name)
        yield RecordedSentence(pattern=re.compile(pattern, re.DOTALL), told=told, one=one, more=more)


_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(month_name[1:])}) (\d{{4}})")


@cache
def _recorded(code: str, text: str) -> str:
    """*text* in a language, its places too as far as they are known sentences; a day that stands in it."""
    language = languages()[code]
    if day := _DAY.fullmatch(text):
        months = list(month_name)
        return Translation(code, None).day(date(int(day[3]), months.index(day[2]), int(day[1])))
    for known in language.recorded:
        if met := known.pattern.fullmatch(text):
            said = language.words.pgettext(ON_RECORD, known.one)
            if known.more != known.one:
                number = re.sub(r"\D", "", met.groupdict().get("count", "")) or "2"
                said = language.words.npgettext(ON_RECORD, known.one, known.more, int(number))
            return said.format(**{name: _recorded(code, value) for name, value in met.groupdict().items()})
    return text


@dataclass(frozen=True)
class Translation:
    """One language, and the time zone in which its times are told; ``None``: that of this machine."""

    code: str
    zone: tzinfo | None = None

    @cached_property
    def language(self) -> Language:
        """Its words and rules."""
        return languages()[self.code]

    @property
    def zone_name(self) -> str:
        """The time zone as people name it."""
        return getattr(self.zone, "key", None) or str(self.zone)

    def __call__(self, words: str, /, **values: object) -> str:
        """*words* in this language, with ``{name}`` filled in."""
        said = self.language.words.gettext(words)
        return said.format(**values) if values else said

    def recorded(self, text: str) -> str:
        """What the archive keeps in English, in this language; as it stands where no language knows it."""
        return _recorded(self.code, text)

    def many(self, number: float, one: str, more: str) -> str:
        """``1 article``, ``2,000 articles``."""
        counted = number if isinstance(number, int) else 2 if number % 1 else int(number)
        return f"{self.number(number)} {self.language.words.ngettext(one, more, counted)}"

    def number(self, number: float) -> str:
        """A number with its thousands apart."""
        from babel.numbers import format_decimal

        return format_decimal(number, locale=self.language.locale)

    def day(self, day: date) -> str:
        """``7 March 2026``."""
        return self._dated("yMMMMd", day)

    def weekdays(self) -> list[tuple[str, str]]:
        """Monday to Sunday: (``Monday``, ``Mo``)."""
        days = self.language.locale.days["stand-alone"]
        return [(days["wide"][number], days["short"][number]) for number in range(7)]

    def month(self, month: str, *, short: bool = False) -> str:
        """``2026-03`` -> ``March 2026``."""
        year, _, number = month.partition("-")
        if not number:
            return year
        return self._dated("yMMM" if short else "yMMMM", date(int(year), int(number), 1))

    def short(self, day: date) -> str:
        """``7 Mar``."""
        return self._dated("MMMd", day)

    def _dated(self, skeleton: str, day: date) -> str:
        from babel.dates import format_skeleton

        return format_skeleton(skeleton, day, locale=self.language.locale)

    def moment(self, moment: datetime) -> str:
        """``7 March 2026, 08:00``, in the room's time zone."""
        return self._told(moment.astimezone(self.zone))

    def stated(self, dated: StatedTime) -> str:
        """A time the site states, with no more precision than it gave."""
        return self.day(dated.value.date()) if dated.precision is Precision.DAY else self._told(dated.value)

    def _told(self, moment: datetime) -> str:
        from babel.dates import format_time

        clock = format_time(moment.time(), self("HH:mm"), locale=self.language.locale)
        return f"{self.day(moment.date())}, {clock}"

    def span(self, since: datetime, until: datetime) -> str:
        """``2 to 7 March 2026``, as short as it can be told."""
        first, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        if first == last:
            return self.day(first)
        begins = "yMMMMd"
        if first.year == last.year:
            begins = "d" if first.month == last.month else "MMMMd"
        return f"{self._dated(begins, first)} {self('to')} {self.day(last)}"

    def lasted(self, since: datetime, until: datetime) -> str:
        """``3 days``, ``5 hours``: how long something stood."""
        seconds = (until - since).total_seconds()
        for size, one, more in (
            (365.25 * 86400, "year", "years"),
            (86400, "day", "days"),
            (3600, "hour", "hours"),
            (60, "minute", "minutes"),
        ):
            if seconds >= 2 * size or (seconds >= size and size <= 86400):
                return self.many(int(seconds // size), one, more)
        return self("less than a minute")


ENGLISH = Translation("en")


def choose(stated: str | None, accepts: str) -> str:
    """The language asked for, or the one of ours that the browser likes best; English otherwise.

    *accepts* is the header ``Accept-Language``, whose ``q`` counts; ``nl-BE`` is answered in ``nl``.
    """
    if stated in languages():
        return str(stated)
    liked = []
    for each in accepts.split(","):
        tag, _, weight = each.partition(";")
        try:
            likes = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            likes = 0.0
        if likes > 0:
            liked.append((-likes, tag.strip().lower().partition("-")[0]))
    return next((code for _, code in sorted(liked, key=lambda each: each[0]) if code in languages()), "en")
