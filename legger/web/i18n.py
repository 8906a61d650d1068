"""What the reading room says, in Dutch and English; dates and numbers as people read them. Pure.

English is the key. A language is a dictionary beside the others; a test finds what it lacks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from importlib.resources import files

from archive.model.types import Precision, StatedTime

ENGLISH = {
    "found.more": "found",
    "by published": "latest published",
    "by seen": "last found",
    "by edited": "last edited",
    "by relevance": "best match",
    "in current": "in what stands now",
    "in all": "in every version",
    "in removed": "in what was removed",
    "count pages": "Pages",
    "count new": "New",
    "count changed": "Changed",
    "count same": "Same",
    "count gone": "Gone",
    "count failed": "Failed",
    "dateline": "place",
    "page": "page about the site itself",
    "stub": "stub that leads elsewhere",
    "gate": "consent or login page",
    "soft404": "page that says it is not there",
}
"""Keys that are no English of their own."""

DUTCH: dict[str, str] = json.loads((files("legger.web") / "dutch.json").read_text(encoding="utf-8"))

LANGUAGES = {"nl": "Nederlands", "en": "English"}
MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
SHORT = {
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}


@dataclass(frozen=True)
class Translation:
    """One language, and the time zone in which its times are told."""

    code: str
    zone: tzinfo

    @property
    def zone_name(self) -> str:
        """The time zone as people name it."""
        return getattr(self.zone, "key", None) or str(self.zone)

    def __call__(self, words: str, /, **values: object) -> str:
        """*words* in this language, with ``{name}`` filled in."""
        said = DUTCH.get(words, words) if self.code == "nl" else ENGLISH.get(words, words)
        return said.format(**values) if values else said

    def many(self, number: int, one: str, more: str) -> str:
        """``1 article``, ``2,000 articles``."""
        return f"{self.number(number)} {self(one if number == 1 else more)}"

    def number(self, number: float) -> str:
        """A number with its thousands apart."""
        told = f"{number:,}"
        return told.replace(",", ".") if self.code == "nl" else told

    def day(self, day: date) -> str:
        """``7 March 2026``."""
        return f"{day.day} {MONTHS[self.code].split()[day.month - 1]} {day.year}"

    def month(self, month: str, *, short: bool = False) -> str:
        """``2026-03`` -> ``March 2026``."""
        year, _, number = month.partition("-")
        if not number:
            return year
        if short:
            return f"{SHORT[self.code].split()[int(number) - 1]} {year}"
        return f"{MONTHS[self.code].split()[int(number) - 1]} {year}"

    def short(self, day: date) -> str:
        """``7 Mar``."""
        return f"{day.day} {SHORT[self.code].split()[day.month - 1]}"

    def moment(self, moment: datetime) -> str:
        """``7 March 2026, 08:00``, in the room's time zone."""
        here = moment.astimezone(self.zone)
        clock = f"{here:%H.%M}" if self.code == "nl" else f"{here:%H:%M}"
        return f"{self.day(here.date())}, {clock}"

    def stated(self, dated: StatedTime) -> str:
        """A time the site states, with no more precision than it gave."""
        if dated.precision is Precision.DAY:
            return self.day(dated.value.date())
        clock = f"{dated.value:%H.%M}" if self.code == "nl" else f"{dated.value:%H:%M}"
        return f"{self.day(dated.value.date())}, {clock}"

    def span(self, since: datetime, until: datetime) -> str:
        """``2 to 7 March 2026``, as short as it can be told."""
        first, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        to = "tot en met" if self.code == "nl" else "to"
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day} {to} {self.day(last)}"
        if first.year == last.year:
            return f"{first.day} {MONTHS[self.code].split()[first.month - 1]} {to} {self.day(last)}"
        return f"{self.day(first)} {to} {self.day(last)}"

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


def choose(stated: str | None, accepts: str) -> str:
    """The language asked for, or the first of the browser's that we speak; English otherwise."""
    if stated in LANGUAGES:
        return str(stated)
    for each in accepts.split(","):
        code = each.strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"
