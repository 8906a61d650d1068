"""Where a new site is, from what its pages say: country, place, time zone, the order of day and month.

Each guess is pure, and says in words what is unsure about it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.core import get_global

from archive.model.types import Article
from crawler.extract.dates.find import read_date
from crawler.extract.dates.words import NAMED_ZONES
from crawler.extract.fields.places import is_place
from crawler.extract.page.metadata import types_of
from crawler.extract.page.page import Page

# ---------------------------------------------------------------- country and place


def stated_country(pages: Sequence[Page]) -> str | None:
    """The country that pages say their publisher is in: two small letters of ISO 3166."""
    counted = Counter(
        code
        for page in pages
        for words in (*_metas(page, _COUNTRY_METAS), *_addresses(page, "addressCountry"))
        if (code := _country_code(words))
    )
    return counted.most_common(1)[0][0] if counted else None


def place_of(
    front: Page, samples: Sequence[Page], articles: Sequence[Article], title: str
) -> tuple[str, str]:
    """(where a site's news is from, what is unsure about it); empty when no page says so.

    What the front page states of its place comes first; then the place that most articles open with; then one
    in the site's own name or description that most articles speak of; then where its publisher is.
    """
    for words in _metas(front, _PLACE_METAS):
        return words[:80], ""
    lines = Counter(each.dateline for each in articles if each.dateline)
    for line, many in lines.most_common(1):
        if many > 1 and 2 * many > len(articles):
            return line, f"{line} is where most of the articles looked at begin; is all its news from there?"
    described = " ".join((title, *_metas(front, ("description", "og:description"))))
    texts = [f"{each.title}\n{each.text}" for each in articles]
    names = [each for pattern in (_TWO_WORDS, _WORD) for each in pattern.findall(described)]
    for name in dict.fromkeys(names):
        many = sum(bool(re.search(rf"\b{re.escape(name)}\b", text)) for text in texts)
        if is_place(name) and many > 1 and 2 * many > len(texts):
            return name, f"{name} stands in its name or description, and in {many} of {len(texts)} articles"
    for page in (front, *samples):
        for town in _addresses(page, "addressLocality"):
            region = next(_addresses(page, "addressRegion"), "")
            place = f"{town}, {region}" if region and region != town else town
            return place[:80], f"{place} is where its publisher is; is its news from there?"
    return "", "where its news is from: no page says; for people who look for it, put `place` in its file"


_PLACE_METAS = ("geo.placename", "og:locality", "place:location:locality")
_COUNTRY_METAS = ("geo.region", "geo.country", "og:country-name", "business:contact_data:country_name")
_WORD = re.compile(r"\b[A-ZÀ-Þ][\w'’-]{2,}")
_TWO_WORDS = re.compile(r"\b(?=([A-ZÀ-Þ][\w'’-]{2,} [A-ZÀ-Þ][\w'’-]{2,}))")


def _metas(page: Page, names: Iterable[str]) -> Iterator[str]:
    return (words for name in names for words in page.metas.get(name, ()))


def _addresses(page: Page, key: str) -> Iterator[str]:
    """What the site's organisation, or the publisher of its pages, states of its address."""
    for thing in page.json_ld:
        kinds = " ".join(types_of(thing)).casefold()
        if any(kind in kinds for kind in _ORGANISATIONS):
            yield from _of_address(thing, key)
        publisher = thing.get("publisher")
        for each in publisher if isinstance(publisher, list) else [publisher]:
            if isinstance(each, dict):
                yield from _of_address(each, key)


_ORGANISATIONS = (
    "organization",
    "corporation",
    "localbusiness",
    "newspaper",
    "radiostation",
    "televisionstation",
)


def _of_address(thing: Mapping[str, Any], key: str) -> Iterator[str]:
    address = thing.get("address")
    for each in address if isinstance(address, list) else [address]:
        said = each.get(key) if isinstance(each, dict) else None
        said = said.get("name") if isinstance(said, dict) else said
        if isinstance(said, str) and said.strip():
            yield said.strip()


def _country_code(words: str) -> str | None:
    """A country as a code, or by the name that the time zone database gives it."""
    known = _countries()
    code = words.strip().casefold().partition("-")[0]
    code = {"uk": "gb"}.get(code, code)
    return (
        code
        if code in known
        else next((k for k, name in known.items() if name == words.strip().casefold()), None)
    )


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code.casefold(): name.casefold() for code, name in rows}


# ---------------------------------------------------------------- the order of day and month


def date_order_of(stated: Iterable[str], *, language: str | None, timezone: str) -> tuple[str, str]:
    """(``day``, ``month`` or empty; what is unsure) from dates in figures as pages state them.

    Empty: what is usual for the language and zone holds, or nothing tells.
    """
    first = second = open_ = 0
    example = ""
    for words in stated:
        for one, two in _IN_FIGURES.findall(words):
            if int(one) > 12 >= int(two):
                first += 1
            elif int(two) > 12 >= int(one):
                second += 1
            elif one != two and int(one) <= 12:
                open_, example = open_ + 1, example or words
    american = (language or "").endswith("-US") or timezone.startswith("America/")
    if first and not second:
        return ("day" if american else ""), ""
    if second and not first:
        return ("" if american else "month"), ""
    if first or open_:
        order = "month" if american else "day"
        example = example or "3/4/2021"
        return "", f"in dates such as {example} the {order} is taken to come first (`date_order` in the file)"
    return "", ""


_IN_FIGURES = re.compile(r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})[./-](?:\d{4}|\d{2})(?![\d./-])")

# ---------------------------------------------------------------- time zone

_BY_COUNTRY = {
    "nl": "Europe/Amsterdam", "frl": "Europe/Amsterdam", "be": "Europe/Brussels", "de": "Europe/Berlin",
    "at": "Europe/Vienna", "ch": "Europe/Zurich", "fr": "Europe/Paris", "it": "Europe/Rome",
    "es": "Europe/Madrid", "pt": "Europe/Lisbon", "uk": "Europe/London", "gb": "Europe/London",
    "au": "Australia/Sydney", "us": "America/New_York", "ca": "America/Toronto", "br": "America/Sao_Paulo",
    "mx": "America/Mexico_City", "nz": "Pacific/Auckland", "cl": "America/Santiago", "ru": "Europe/Moscow",
    "id": "Asia/Jakarta", "ua": "Europe/Kyiv", "cn": "Asia/Shanghai", "ar": "America/Argentina/Buenos_Aires",
}  # fmt: skip
"""The zone that most people of a country live in, where it has several; of the others zone1970.tab tells."""
_BY_LANGUAGE = {
    "nl": "nl be", "nds": "nl de", "de": "de at ch", "it": "it ch", "fr": "fr be ca ch", "sv": "se fi",
    "es": "es mx ar co cl pe us", "pt": "pt br", "en": "uk us ca au nz ie in za",
}  # fmt: skip
"""The countries where a language of several is spoken, the first guess first; of the others CLDR tells."""
_OF_THE_US = {"gov", "mil", "edu"}
"""Top-level domains that only bodies of the United States have."""
_NOT_A_COUNTRY = {"tv", "io", "me", "co", "fm", "ai", "cc", "ws", "to", "la", "gg", "sh", "nu", "media"}
"""Top-level domains of countries that others use for other reasons."""


@lru_cache(maxsize=1)
def _zones() -> dict[str, list[str]]:
    """Country -> its time zones, as the time zone database orders them."""
    found: dict[str, list[str]] = {}
    table = files("tzdata").joinpath("zoneinfo/zone1970.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            countries, _, zone = line.split("\t")[:3]
            for country in countries.lower().split(","):
                found.setdefault(country, []).append(zone)
    return found


def _of_country(country: str) -> list[str]:
    """The zones of a country, the one that most live in first; none: it is no country."""
    there = _zones().get({"uk": "gb"}.get(country, country), [])
    first = _BY_COUNTRY.get(country)
    return list(dict.fromkeys(([first] if first else []) + there))


def zone_of(
    url: str, language: str | None, times: Iterable[str] = (), *, country: str | None = None
) -> tuple[str, str]:
    """(a time zone, what is unsure about it).

    By the country of the host, of what pages state (*country*) or of the language, held against the *times*
    that pages and feeds state with an offset or a zone. Times in UTC say nothing: many a program writes all
    of them so.
    """
    host = (urlsplit(url).hostname or "").rpartition(".")[2]
    tongue, _, region = (language or "").lower().partition("-")
    region = region.rpartition("-")[2]
    moments = [(moment, each) for each in times if (moment := _with_offset(each)) is not None]

    def fits(zone: str) -> bool:
        return all(
            moment.astimezone(ZoneInfo(zone)).utcoffset() == moment.utcoffset() for moment, _ in moments
        )

    def best(zones: Sequence[str]) -> str | None:
        """The first zone that fits; rather one that the pages name, as in 4:29 p.m. PDT."""
        good = [zone for zone in zones if fits(zone)]
        named = (zone for zone in good if any(_names(words, zone, moment) for moment, words in moments))
        return next(named, good[0] if good else None)

    told = [] if host in _NOT_A_COUNTRY else ["us" if host in _OF_THE_US else host]
    for each in filter(None, (*told, country, region)):
        if zones := _of_country(each):
            zone = best(zones)
            if zone is None:
                return zones[0], (
                    f"the time zone {zones[0]} is that of its country, but its pages state times such as "
                    f"{moments[0][1]}, which are of another"
                )
            if not moments and len({_winter_and_summer(zone) for zone in zones}) > 1:
                return zone, (
                    f"the time zone {zone} is that of most of the country; it has others, and no page "
                    "said when it was published with an offset"
                )
            return zone, ""
    spoken = _spoken_in(tongue)
    for place, each in enumerate(spoken if moments else ()):
        if zone := best(_of_country(each)):
            return zone, "" if place == 0 else _one_of(zone, moments[0][1])
    main = [zones[0] for zones in map(_of_country, _BY_COUNTRY) if zones]
    rest = [zone for zones in map(_of_country, [*_BY_COUNTRY, *_zones()]) for zone in zones]
    if moments and (zone := best(main) or best(rest)):
        return zone, _one_of(zone, moments[0][1])
    zone = _of_country(spoken[0])[0] if spoken else "UTC"
    why = f"its language, {tongue}" if spoken else "nothing: neither its host nor its language told"
    return zone, f"the time zone {zone} is a guess from {why}"


def _spoken_in(tongue: str) -> list[str]:
    """The countries where a language is spoken, the first guess first; none: it is not known."""
    likely = str(get_global("likely_subtags").get(tongue, ""))
    return _BY_LANGUAGE.get(tongue, likely.rpartition("_")[2].lower()).split()


def _one_of(zone: str, words: str) -> str:
    return f"the time zone {zone} is one that fits the times its pages state ({words}); others do too"


def _names(words: str, zone: str, moment: datetime) -> bool:
    """Whether *words* name the zone: by what it is called at that moment, or all year (ET, PT)."""
    called = moment.astimezone(ZoneInfo(zone)).tzname() or ""
    return any(
        called == each or NAMED_ZONES.get(each) == zone for each in re.findall(r"\b[A-Z]{2,5}\b", words)
    )


def _with_offset(stated: str) -> datetime | None:
    """A moment that is stated with an offset other than UTC's, in figures or by the name of a zone."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(stated.strip())
        except (ValueError, TypeError, IndexError):
            continue
        if moment.tzinfo is not None:
            return moment if moment.utcoffset() else None
    here, there = (
        read_date(stated, zone=ZoneInfo(zone), at=_READ_AT) for zone in ("UTC", "Pacific/Kiritimati")
    )
    if here is None or there is None or here.value != there.value or not here.value.utcoffset():
        return None  # it states no offset: each zone makes another moment of it
    return here.value


_READ_AT = datetime(2100, 1, 1, tzinfo=UTC)
"""No date that a page states lies after it."""


def _winter_and_summer(zone: str) -> tuple[timedelta | None, timedelta | None]:
    place = ZoneInfo(zone)
    return datetime(2026, 1, 15, tzinfo=place).utcoffset(), datetime(2026, 7, 15, tzinfo=place).utcoffset()
