"""What is guessed of a new site from what its pages say: name, language, time zone, numbers of articles.

Each guess is pure, and says in words what is unsure about it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from crawler.extract.page.page import Page
from crawler.siteconfig.site import Identity, bare_host

ENOUGH = 8
"""So many articles must agree before their addresses are believed to carry a number of their own."""


def infer_identity(urls: Sequence[str]) -> Identity | None:
    """The number that each of these articles' addresses carries, as a rule; ``None`` when there is none.

    Asked of at least :data:`ENOUGH` articles: nine in ten must carry one, and no two the same. Years and days
    are no such numbers.
    """
    if len(urls) < ENOUGH:
        return None
    for pattern in _patterns(urls):
        hits = [hit[1] for url in urls if (hit := re.search(pattern, unquote(url)))]
        dates = sum(bool(_DATE_LIKE.fullmatch(each)) for each in hits)
        if 10 * len(hits) >= 9 * len(urls) and len(set(hits)) == len(hits) and 10 * dates < len(hits):
            return Identity(pattern=pattern)
    return None


_DATE_LIKE = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?")


def _patterns(urls: Sequence[str]) -> Iterable[str]:
    yield r"~(a?[0-9a-f]{6,})(?:/|$)"
    keys = [{key for key, value in parse_qsl(urlsplit(url).query) if value.isdecimal()} for url in urls]
    for key in sorted(set.intersection(*keys)):
        yield rf"[?&]{re.escape(key)}=(\d+)"
    paths = [[piece for piece in unquote(urlsplit(url).path).split("/") if piece] for url in urls]
    for at in range(min(map(len, paths))):
        before = "".join(
            f"/{re.escape(paths[0][index])}" if len({path[index] for path in paths}) == 1 else "/[^/]+"
            for index in range(at)
        )
        yield rf"^https?://[^/]+{before}/(\d{{4,}})(?:[-/]|$)"
    yield r"[-_](\d{5,})(?:\.\w+)?/?$"


def own_name(title: str, others: Sequence[str], *, stated: Sequence[str] = (), host: str = "") -> str:
    """The site's own name, as its people write it.

    Best is a piece of the front page's *title* that its articles' titles have too (*others*); then what its
    pages state as the name of the site or publisher (*stated*), unless that is its host's name; then the
    piece of the title that its *host* is called after. Failing all, the title.
    """
    pieces = [piece for each in _PIECES.split(title) if (piece := each.strip())]
    shared = [piece for piece in pieces if 2 * sum(piece in other for other in others) > len(others)]
    names = Counter(name for each in stated if (name := each.strip()) and not _is_host(name))
    alike = [piece for piece in (*shared, *names, *pieces) if _called_after(piece, host)]
    if alike:
        return min(alike, key=len)[:80]
    if shared:
        return max(shared, key=len)
    if names:
        return names.most_common(1)[0][0][:80]
    return title[:80]


_PIECES = re.compile(r"\s+[|–—·:»•-]\s+|\s*\|\s*")


def _is_host(name: str) -> bool:
    return bool(re.fullmatch(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?", name))


def _called_after(piece: str, host: str) -> bool:
    """Whether a host has this name: ``roskam.nl`` De Roskam, ``rondhaaksbergen.nl`` Rond Haaksbergen."""
    word, name = _letters(bare_host(host).rpartition(".")[0].rpartition(".")[2] or host), _letters(piece)
    return (
        len(name) >= 4
        and len(word) >= 4
        and (
            word == name
            or (name in word and 2 * len(name) > len(word))
            or (word in name and 2 * len(word) > len(name))
        )
    )


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if each.isalnum())


def suggested_name(url: str, title: str) -> str:
    """A short name for a site: its host's own word, or its title where the host is a number."""
    host = bare_host(urlsplit(url).netloc).partition(":")[0]
    pieces = host.split(".")
    if host.replace(".", "").isdecimal() or "[" in host or len(pieces) < 2:
        plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
        word = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30].strip("-")
        return word or "site"
    labels = pieces[:-1]
    if len(labels) > 1 and labels[-1] in ("co", "com", "org", "net", "gov"):
        labels = labels[:-1]
    return re.sub(r"[^a-z0-9-]+", "-", labels[-1]).strip("-") or "site"


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
    "nl": "nl", "fy": "nl", "nds": "nl", "de": "de", "it": "it", "fr": "fr", "da": "dk", "sv": "se",
    "no": "no", "nb": "no", "nn": "no", "fi": "fi", "pl": "pl", "cs": "cz", "hu": "hu", "el": "gr",
    "tr": "tr", "ja": "jp", "es": "es", "pt": "pt", "en": "uk",
}  # fmt: skip
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


def zone_of(url: str, language: str | None, times: Iterable[str] = ()) -> tuple[str, str]:
    """(a time zone, what is unsure about it).

    By the country of the host or of the language, held against the *times* that pages and feeds state with an
    offset. Times in UTC say nothing: many a program writes all of them so.
    """
    country = (urlsplit(url).hostname or "").rpartition(".")[2]
    tongue, _, region = (language or "").lower().partition("-")
    region = region.rpartition("-")[2]
    moments = [moment for each in times if (moment := _with_offset(each)) is not None]

    def fits(zone: str) -> bool:
        return all(moment.astimezone(ZoneInfo(zone)).utcoffset() == moment.utcoffset() for moment in moments)

    sure = [country] if country not in _NOT_A_COUNTRY else []
    for each in (*sure, region):
        if zones := _of_country(each):
            good = [zone for zone in zones if fits(zone)]
            if good:
                several = len({_winter_and_summer(zone) for zone in zones}) > 1
                if several and not moments:
                    return good[0], (
                        f"the time zone {good[0]} is that of most of the country; it has others, and no page "
                        "said when it was published with an offset"
                    )
                return good[0], ""
            return zones[0], (
                f"the time zone {zones[0]} is that of its country, but its pages state times such as "
                f"{moments[0].isoformat()}, which are of another"
            )
    guess = _BY_LANGUAGE.get(tongue)
    likely = _of_country(guess) if guess else []
    for zone in likely:
        if moments and fits(zone):
            return zone, ""
    if moments:
        common = [zone for zones in map(_of_country, _BY_COUNTRY) for zone in zones[:1] if fits(zone)]
        if common:
            return common[0], (
                f"the time zone {common[0]} is one that fits the times its pages state "
                f"({moments[0].isoformat()}); others do too"
            )
    zone = likely[0] if likely else "UTC"
    why = f"its language, {tongue}" if guess else "nothing: neither its host nor its language told"
    return zone, f"the time zone {zone} is a guess from {why}"


def _with_offset(stated: str) -> datetime | None:
    """A moment that is stated with an offset other than UTC's."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(stated.strip())
        except (ValueError, TypeError, IndexError):
            continue
        return moment if moment.tzinfo is not None and moment.utcoffset() else None
    return None


def _winter_and_summer(zone: str) -> tuple[timedelta | None, timedelta | None]:
    place = ZoneInfo(zone)
    return datetime(2026, 1, 15, tzinfo=place).utcoffset(), datetime(2026, 7, 15, tzinfo=place).utcoffset()


def stated_language(page: Page) -> str | None:
    """The language that a page says it is in: a tag of BCP 47."""
    root = page.tree.css_first("html")
    stated = (root.attributes.get("lang") or "" if root is not None else "") or page.meta("og:locale") or ""
    words = stated.strip().replace("_", "-")
    return words if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", words) else None


_WORDS = {
    "nl": "de het een van en is dat op te in zijn voor met niet aan er om ook bij naar",
    "fy": "de it in fan en is dat op te yn syn foar mei net oan der om ek by nei",
    "de": "der die das und ist nicht ein eine mit für auf den von dem sich auch bei wird im zu",
    "en": "the of and to in is that for it on was with as be are at by this from have",
    "fr": "le la les de des et est que pour dans une un du sur pas au avec par qui ce",
    "it": "il la di che e è per un una in del della con non sono le si i da alla",
    "es": "el la de que y en los del las un una por con para se no su al lo es",
    "pt": "o a de que e do da em um uma para com não os no se na por mais as",
    "da": "og i at det er en til på af for med der de ikke den har som et var om",
    "sv": "och i att det är en till på av för med som de inte den har ett var om från",
    "no": "og i at det er en til på av for med som de ikke den har et var om fra",
    "pl": "w i na z do się nie że to jest o jak po za od przez są dla który oraz",
    "fi": "ja on ei se että oli hän mutta ovat kun niin myös joka mukaan sekä vuoden tai ole jo kuin",
}


def spoken_language(text: str) -> str | None:
    """The language that a text is in, by its commonest words; ``None`` when they do not tell."""
    words = Counter(re.findall(r"\w+", text.casefold()))
    total = words.total()
    if total < 80:
        return None
    scores = sorted(
        ((sum(words[each] for each in common.split()), tongue) for tongue, common in _WORDS.items()),
        reverse=True,
    )
    (best, tongue), (second, _) = scores[:2]
    return tongue if best >= 0.15 * total and best >= 1.15 * second else None


def language_of(stated: str | None, text: str) -> tuple[str | None, str]:
    """(a site's language, what is unsure): what its pages state, unless their words are of another."""
    spoken = spoken_language(text)
    tongue = (stated or "").lower().partition("-")[0]
    if spoken is None or tongue == spoken or (tongue in ("nb", "nn") and spoken == "no"):
        return stated, ""
    if not stated:
        return spoken, ""
    return spoken, f"its pages say that their language is {stated}, but are written in another ({spoken})"
