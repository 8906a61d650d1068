"""A news site as its small TOML file describes it. Reads, validates and writes the file; fetches nothing.

Shipped sites stand in ``crawler/sites``; the operator's own in ``./sites`` (or ``LEGGER_SITES``), and win.
What many sites share stands once, in a platform's file (``platforms/NAME.toml`` in either folder)::

    url = "https://www.example.nl/"
    platform = "pubble"                  # its keys hold, where this file does not state them itself
    feeds = ["/rss"]                     # relative to url

    [identity]
    pattern = '~a([0-9a-f]+)'

    [[rules]]
    strip = [".related"]
    valid_until = 2024-05-01
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tomllib
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import idna

from archive.errors import SiteError, UnknownSite
from archive.model.types import Ground
from crawler.siteconfig.schedule import USUAL, Schedule, span, spelled, valid_cron

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parents[1] / "sites"


DATE_ORDERS = ("day", "month")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """CSS selectors for what the generic reading does not get right, each list tried in order."""

    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    """Elements that are never article."""
    keep: tuple[str, ...] = ()
    """Elements that always are."""
    valid_from: date | None = None
    """First day (of capture, in the site's zone) on which these rules hold."""
    valid_until: date | None = None
    """Last day on which they hold."""

    def hold_on(self, day: date) -> bool:
        """Whether these rules are for a page captured on *day*."""
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What makes two addresses one article. Without it: the address, with tracking removed."""

    pattern: str | None = None
    """Regular expression with one group: the identity, e.g. ``~a([0-9a-f]+)``."""
    query: tuple[str, ...] | None = None
    """Query keys that count (``n_id``); ``None``: all but known tracking keys; ``()``: none."""

    @cached_property
    def regex(self) -> re.Pattern[str] | None:
        """``pattern``, compiled."""
        return re.compile(self.pattern) if self.pattern else None


class AnyOf:
    """Several regular expressions, each by itself: its flags, group names and back-references are its own."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(re.compile(each) for each in patterns)

    def search(self, text: str) -> re.Match[str] | None:
        """The match of the first expression that is found in *text*."""
        return next((found for each in self._patterns if (found := each.search(text))), None)


@dataclass(frozen=True, kw_only=True)
class Site:
    """One news site. Field names are the TOML keys."""

    name: str
    url: str
    """The front page."""
    title: str = ""
    place: str = ""
    """Where its news is from, for people who look for a site."""
    platform: str = ""
    """The platform whose file holds what its sites share; what it says is already in the other fields."""
    untested_since: date | None = None
    """Day on which it was described from hearsay, and since which nobody tried it against the live site."""
    language: str | None = None
    timezone: str = "Europe/Amsterdam"
    date_order: str = ""
    """``day`` or ``month``: what comes first in 3/4/2021; empty: what language and zone suggest."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Hosts that belong to the site beside that of ``url``."""
    articles: tuple[str, ...] = ()
    """Regular expressions: an address that matches one is an article's. Empty: reading decides."""
    ignore: tuple[str, ...] = ()
    """Regular expressions of addresses never to fetch."""
    identity: Identity = Identity()
    schedule: Schedule = USUAL
    """When the clock goes there; what is not said is the clock's own usage."""
    rules: tuple[Rules, ...] = ()
    allow_private: bool = False
    """Loopback and private addresses may be fetched."""
    practice: bool = False
    """A house of the practice newspaper: ``LEGGER_NOW`` is its clock."""
    feed_only: bool = False
    """Its HTML is refused to us: only feeds and sitemaps are fetched."""
    delay: float | None = None
    """Seconds between two requests to one host; ``None``: 2, or 0 where ``allow_private``."""
    budget: int | None = None
    """Requests a day, at most; ``None``: as many as are due."""
    quiet: tuple[str, ...] = ()
    """Hours of the day, in the site's zone, in which nothing is fetched: ``"07:00-20:00"``."""
    ground: Ground | None = None
    """On what ground its pages are kept, where that is not the operator's usual one."""
    source: str = field(default="", compare=False)
    """The file it was read from."""

    def __hash__(self) -> int:
        """Of the two that tell sites apart: a site is part of the key wherever a link is looked up."""
        return hash((self.name, self.url))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def article_pattern(self) -> AnyOf | None:
        """All of ``articles``."""
        return AnyOf(self.articles) if self.articles else None

    @cached_property
    def ignore_pattern(self) -> AnyOf | None:
        """All of ``ignore``."""
        return AnyOf(self.ignore) if self.ignore else None

    def quiet_until(self, moment: datetime) -> datetime | None:
        """When the quiet hours end that *moment* falls in; ``None`` when it falls in none."""
        here = moment.astimezone(self.zone)
        ends = []
        for hours in self.quiet:
            start, end = (time.fromisoformat(each) for each in hours.split("-"))
            now = here.time().replace(tzinfo=None)
            within = start <= now < end if start < end else now >= start or now < end
            if within:
                day = here.date() + timedelta(days=1 if start >= end and now >= start else 0)
                over = datetime.combine(day, end, self.zone).astimezone(UTC)
                if over <= moment:  # in the hour that comes twice in autumn, when it comes again
                    over = datetime.combine(day, end.replace(fold=1), self.zone).astimezone(UTC)
                ends.append(over)
        return max(ends, default=None)

    @cached_property
    def own_hosts(self) -> frozenset[str]:
        """Hosts of the site, lower case, with their port where it is stated, ``www.`` removed."""
        return frozenset(bare_host(each) for each in (urlsplit(self.url).netloc, *self.hosts))

    def may_be_private(self, host: str, port: int) -> bool:
        """Whether a connection to *host* may go to an address that is not public.

        With ``allow_private``, to the site's own hosts and those of the sources that its file names; a house
        of the practice newspaper also to its neighbours on loopback. Wherever else a redirect or a link
        leads, a crawl must not be let into the operator's network.
        """
        if not self.allow_private:
            return False
        here = host.lower().rstrip(".").removeprefix("www.")
        return (here, port) in self._own_doors or (self.practice and here.startswith("127."))

    @cached_property
    def _own_doors(self) -> frozenset[tuple[str, int]]:
        """Hosts and ports of the site and of its sources."""
        urls = [self.url, *self.feeds, *self.sitemaps, *self.listings]
        urls += [f"{scheme}://{host}" for host in self.hosts for scheme in ("http", "https")]
        parts = [urlsplit(url) for url in urls]
        return frozenset(
            (
                bare_host(each.hostname or ""),
                each.port or (443 if each.scheme == "https" else 80),
            )
            for each in parts
        ) | {
            (bare_host(each.hostname or ""), port)
            for each in parts[:1]
            if each.port is None
            for port in (80, 443)
        }

    def owns(self, url: str) -> bool:
        """Whether an address stands on one of the site's hosts."""
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bare_host(parts.netloc) in self.own_hosts


def ascii_host(host: str) -> str:
    """A host name as it is asked for: names in other letters as UTS 46 writes them, as browsers do.

    Raises :class:`ValueError` for what is no host name.
    """
    if host.isascii():
        return host.lower()
    return idna.encode(host, uts46=True, transitional=False).decode()


def bare_host(netloc: str) -> str:
    """A network location for comparing: lower case, without user, ``www.`` and default port."""
    host = netloc.rpartition("@")[2].lower()
    if not host.isascii():
        name, colon, port = host.partition(":")
        with suppress(ValueError):  # what is no host name is equal to nothing but itself
            host = ascii_host(name) + colon + port
    host = host.rstrip(".").removeprefix("www.")
    return host.removesuffix(":80").removesuffix(":443")


# ---------------------------------------------------------------- finding the files


def operators_folder() -> Path:
    """Where the operator's own site files stand: ``LEGGER_SITES``, or ``./sites``."""
    return Path(os.environ.get("LEGGER_SITES") or "sites")


@dataclass(frozen=True, kw_only=True)
class Sites:
    """What a folder of site files came to. A file that is wrong costs its own site, and no other."""

    sound: Mapping[str, Site]
    """By name, in alphabetical order."""
    broken: Mapping[str, SiteError]
    """Name of a file that is wrong -> what is wrong with it."""


def load_sites(*, shipped: bool = True) -> Sites:
    """All sites; *shipped*: those that come with Legger too. Of two of one name, the operator's is taken.

    Raises nothing for a file that is wrong: it stands among the broken ones.
    """
    return _read_all(_files(shipped=shipped))


def _read_all(files: Mapping[str, Path]) -> Sites:
    sound: dict[str, Site] = {}
    broken: dict[str, SiteError] = {}
    for name, file in sorted(files.items()):
        try:
            sound[name] = read_site(file)
        except SiteError as error:
            broken[name] = error
    return Sites(sound=sound, broken=broken)


def load_site(name: str) -> Site:
    """The site of that name. Raises :class:`UnknownSite` (with the nearest names) or :class:`SiteError`."""
    files = _files(shipped=True)
    if name in files:
        return read_site(files[name])
    raise UnknownSite(
        f"there is no site {name!r} in {operators_folder()}{_did_you_mean(name, files)}; "
        f"`legger site list` shows what there is, `legger site add URL` adds one"
    )


def site_names() -> list[str]:
    """The names of the operator's sites, those whose files are wrong among them."""
    return sorted(_files(shipped=False))


def shipped_names() -> list[str]:
    """The names of the sites that come with Legger."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def named_sites(names: Sequence[str]) -> Sites:
    """The sites of these names. Raises :class:`UnknownSite` for a name without a file."""
    files = _files(shipped=True)
    for name in names:
        if name not in files:
            load_site(name)
    return _read_all({name: files[name] for name in names})


def _files(*, shipped: bool) -> dict[str, Path]:
    folders = ([SHIPPED] if shipped else []) + [operators_folder()]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}


def shipped_sites() -> Sites:
    """The sites that come with Legger, whatever the operator has beside them.

    A broken one is the doing of an operator's file of the same platform.
    """
    return _read_all({file.stem: file for file in SHIPPED.glob("*.toml")})


def shipped_file(name: str) -> Path:
    """The file of a site that comes with Legger. Raises :class:`UnknownSite` with the nearest names."""
    file = SHIPPED / f"{name}.toml"
    if _NAME.fullmatch(name) and file.exists():
        return file
    shipped = {each.stem: each for each in SHIPPED.glob("*.toml")}
    raise UnknownSite(
        f"no site {name!r} comes with Legger{_did_you_mean(name, shipped)}; "
        "`legger site list --shipped` shows which do, `legger site add URL` adds another"
    )


def platform_file(name: str, *, source: str = "") -> Path:
    """The file of a platform, the operator's own before a shipped one.

    Raises :class:`SiteError` when there is none; *source* is the file that names it.
    """
    folders = (SHIPPED / "platforms", operators_folder() / "platforms")
    files = {file.stem: file for folder in folders for file in folder.glob("*.toml")}
    if name not in files:
        hint = _did_you_mean(name, files) or f"; there are {', '.join(sorted(files)) or 'none'}"
        raise SiteError(source, "platform", f"there is no platform {name!r}{hint}")
    return files[name]


# ---------------------------------------------------------------- reading


def read_site(file: Path) -> Site:
    """The site a TOML file describes. Raises :class:`SiteError` naming file, key and what was expected.

    Whatever else goes wrong with a file is a :class:`SiteError` too: it must not stop the sites beside it.
    """
    try:
        return parse_site(_toml_of(file), name=file.stem, source=str(file))
    except SiteError:
        raise
    except Exception as error:
        log.exception("%s", file)
        raise SiteError(str(file), "file", f"cannot be used: {error}") from error


def _toml_of(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteError(str(file), "file", f"cannot be read ({error.strerror})") from error
    except RecursionError as error:
        raise SiteError(str(file), "file", "expected fewer brackets within brackets") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError(str(file), "file", f"expected TOML in UTF-8: {error}") from error


def parse_site(stated: Mapping[str, Any], *, name: str, source: str = "") -> Site:
    """A site from the keys of its file; *name* is that of the file, *source* its path for messages.

    A key that its platform states too is the site's own: a list or a table replaces the platform's whole.
    """
    own = _values(stated, source, _SITE)
    if own.setdefault("name", name) != name:
        raise SiteError(source, "name", f"expected {name!r}, the name of the file, or no name at all")
    if not _NAME.fullmatch(name):
        raise SiteError(source, "name", "expected lower case letters, digits, '.', '-' and '_' only")
    if "url" not in own:
        raise SiteError(source, "url", "expected the address of the front page; it is missing")
    shared, shared_source = _platform(own["platform"], source) if own.get("platform") else ({}, "")
    values = {**shared, **own}
    for key in _SOURCES:
        said_in = source if key in own else shared_source
        values[key] = tuple(
            _source(each, values["url"], said_in, f"{key}[{index}]")
            for index, each in enumerate(values.get(key, ()))
        )
    return Site(**values, source=source)


def _platform(name: str, source: str) -> tuple[dict[str, Any], str]:
    """What a platform's file states, and the path of that file; *source* is the file that names it."""
    file = platform_file(name, source=source)
    return _values(_toml_of(file), str(file), _PLATFORM), str(file)


def _values(stated: Mapping[str, Any], source: str, known: Mapping[str, Check]) -> dict[str, Any]:
    """The keys of a file as :class:`Site` has them; addresses of sources stay as they are stated."""
    table = _Table(stated, source)
    table.only_known({**known, "identity": _any_table, "rules": _any_table, "schedule": _any_table})
    values = table.checked(known)
    if "identity" in stated:
        inner = table.within("identity", stated["identity"])
        inner.only_known(_IDENTITY)
        values["identity"] = Identity(**inner.checked(_IDENTITY))
    if "schedule" in stated:
        inner = table.within("schedule", stated["schedule"])
        inner.only_known(_SCHEDULE)
        values["schedule"] = Schedule(**inner.checked(_SCHEDULE))
    if "rules" in stated:
        values["rules"] = _rules(stated["rules"], table)
    return values


def _rules(stated: Any, table: _Table) -> tuple[Rules, ...]:
    if not isinstance(stated, list):
        raise SiteError(table.source, "rules", "expected [[rules]] tables, in double brackets")
    result = []
    for index, each in enumerate(stated):
        inner = table.within(f"rules[{index}]", each)
        inner.only_known(_RULES)
        rules = Rules(**inner.checked(_RULES))
        if rules.valid_from and rules.valid_until and rules.valid_from > rules.valid_until:
            raise SiteError(table.source, f"rules[{index}].valid_until", "expected a day after valid_from")
        result.append(rules)
    return tuple(result)


class _Table:
    """The keys of one TOML table, and how to speak of them in errors."""

    def __init__(self, stated: Any, source: str, prefix: str = "") -> None:
        if not isinstance(stated, Mapping):
            raise SiteError(source, prefix.rstrip("."), f"expected a table of keys, found {_what(stated)}")
        self.stated, self.source, self.prefix = stated, source, prefix

    def within(self, key: str, stated: Any) -> _Table:
        return _Table(stated, self.source, f"{self.prefix}{key}.")

    def only_known(self, known: Mapping[str, object]) -> None:
        for key in self.stated:
            if key not in known:
                hint = _did_you_mean(key, known) or f"; there are {', '.join(known)}"
                raise SiteError(self.source, self.prefix + key, f"no such key{hint}")

    def checked(self, known: Mapping[str, Check]) -> dict[str, Any]:
        return {
            key: self._checked(key, check, self.stated[key])
            for key, check in known.items()
            if key in self.stated
        }

    def _checked(self, key: str, check: Check, value: Any) -> Any:
        try:
            return check(value, self.source, self.prefix + key)
        except SiteError:
            raise
        except Exception as error:  # of a parser that the check asked: too large a number, too deep a nesting
            expected = f"expected what can be used, found {_what(value)[:200]} ({error})"
            raise SiteError(self.source, self.prefix + key, expected) from error


Check = Callable[[Any, str, str], Any]
"""(stated value, file, key) -> the value as :class:`Site` has it; raises :class:`SiteError`."""


def _of(kind: type, words: str) -> Check:
    def check(value: Any, source: str, key: str) -> Any:
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise SiteError(source, key, f"expected {words}, found {_what(value)}")
        return value

    return check


def _tuple_of(each: Check, words: str) -> Check:
    def check(value: Any, source: str, key: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise SiteError(source, key, f"expected a list of {words} in [ ], found {_what(value)}")
        return tuple(each(item, source, f"{key}[{index}]") for index, item in enumerate(value))

    return check


def _address(value: Any, source: str, key: str) -> str:
    url: str = _text(value, source, key)
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or re.search(r"\s", url):
        raise SiteError(source, key, f"expected an http or https address, found {url!r}")
    return url if parts.path else url + "/"


def _source(value: str, front: str, source: str, key: str) -> str:
    """The address of a source, which may be stated relative to the front page's."""
    try:
        url = urljoin(front, value)
    except ValueError as error:
        raise SiteError(source, key, f"expected an http or https address, found {value!r}") from error
    return _address(url, source, key)


def _host(value: Any, source: str, key: str) -> str:
    host: str = _text(value, source, key)
    if not re.fullmatch(r"[\w.-]+(:\d+)?", host):
        raise SiteError(source, key, f"expected a host name such as nieuws.example.nl, found {host!r}")
    return host.lower()


def _regex(value: Any, source: str, key: str) -> str:
    pattern: str = _text(value, source, key)
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise SiteError(source, key, f"expected a regular expression: {error} in {pattern!r}") from error
    except RecursionError as error:
        raise SiteError(source, key, "expected a regular expression with fewer brackets") from error
    return pattern


def _identity_regex(value: Any, source: str, key: str) -> str:
    pattern = _regex(value, source, key)
    if re.compile(pattern).groups != 1:
        raise SiteError(source, key, f"expected exactly one group ( ) around the identity in {pattern!r}")
    return pattern


def _selector(value: Any, source: str, key: str) -> str:
    import soupsieve
    from bs4 import BeautifulSoup

    selector: str = _text(value, source, key)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # ":contains", which is ":-soup-contains" now
            BeautifulSoup("<p></p>", "html.parser").select(selector)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, FutureWarning) as error:
        first = str(error).partition("\n")[0]
        raise SiteError(source, key, f"expected a CSS selector: {first} in {selector!r}") from error
    if _NAMESPACE.search(_QUOTED.sub("", selector)):
        raise SiteError(source, key, f"expected a CSS selector; HTML has no namespaces: {selector!r}")
    return selector


_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\\.")
_NAMESPACE = re.compile(r"\|(?!=)")


def _zone(value: Any, source: str, key: str) -> str:
    name: str = _text(value, source, key)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = "a time zone such as Europe/Amsterdam"
        raise SiteError(source, key, f"expected {hint}, found {name!r}") from error
    return name


def _date_order(value: Any, source: str, key: str) -> str:
    if value not in DATE_ORDERS:
        raise SiteError(source, key, f"expected {' or '.join(DATE_ORDERS)}, found {_what(value)}")
    return str(value)


def _seconds(value: Any, source: str, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise SiteError(source, key, f"expected seconds, 0 to 3600, found {_what(value)}")
    return float(value)


def _count(value: Any, source: str, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SiteError(source, key, f"expected a whole number from 1, found {_what(value)}")
    return value


def _span(value: Any, source: str, key: str) -> str:
    span: str = _text(value, source, key)
    try:
        start, end = (time.fromisoformat(each) for each in span.split("-"))
    except ValueError:
        start = end = time()
    if start == end or start.tzinfo or end.tzinfo:
        raise SiteError(source, key, f'expected hours of the day such as "07:00-20:00", found {span!r}')
    return span


def _time(value: Any, source: str, key: str) -> timedelta:
    try:
        return span(_text(value, source, key))
    except ValueError as error:
        raise SiteError(source, key, str(error)) from None


def _cron(value: Any, source: str, key: str) -> str:
    line: str = _text(value, source, key)
    try:
        return valid_cron(line)
    except ValueError as error:
        hint = 'a cron line such as "0 7,13,19 * * *"'
        raise SiteError(source, key, f"expected {hint}, found {line!r}: {error}") from None


def _ground(value: Any, source: str, key: str) -> Ground:
    try:
        return Ground(value)
    except ValueError:
        there_are = ", ".join(Ground)
        raise SiteError(source, key, f"expected one of {there_are}, found {_what(value)}") from None


def _day(value: Any, source: str, key: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise SiteError(
            source, key, f"expected a day such as 2024-05-01, without quotes; found {_what(value)}"
        )
    return value


def _any_table(value: Any, source: str, key: str) -> Any:
    return value


def _what(value: Any) -> str:
    return f"{value!r}" if isinstance(value, str | int | float | bool | date) else f"a {type(value).__name__}"


def _did_you_mean(word: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(word.lower(), known, n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""


_text = _of(str, "text in quotes")
_flag = _of(bool, "true or false")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_selectors = _tuple_of(_selector, "CSS selectors")
_SITE: Mapping[str, Check] = {
    "name": _text,
    "url": _address,
    "title": _text,
    "place": _text,
    "platform": _text,
    "untested_since": _day,
    "language": _text,
    "timezone": _zone,
    "date_order": _date_order,
    "feeds": _tuple_of(_text, "addresses"),
    "sitemaps": _tuple_of(_text, "addresses"),
    "listings": _tuple_of(_text, "addresses"),
    "hosts": _tuple_of(_host, "host names"),
    "articles": _tuple_of(_regex, "regular expressions"),
    "ignore": _tuple_of(_regex, "regular expressions"),
    "allow_private": _flag,
    "practice": _flag,
    "feed_only": _flag,
    "delay": _seconds,
    "budget": _count,
    "quiet": _tuple_of(_span, "hours of the day"),
    "ground": _ground,
}
_SOURCES = ("feeds", "sitemaps", "listings")
_PLATFORM: Mapping[str, Check] = {
    key: check
    for key, check in _SITE.items()
    if key not in ("name", "url", "title", "place", "platform", "untested_since", "hosts", "practice")
}
"""What sites may have in common."""
_SCHEDULE: Mapping[str, Check] = {
    "every": _time,
    "cron": _cron,
    "jitter": _time,
    "poll": _time,
    "backfill": _cron,
}
_IDENTITY: Mapping[str, Check] = {"pattern": _identity_regex, "query": _tuple_of(_text, "query keys")}
_RULES: Mapping[str, Check] = {
    "title": _selectors,
    "body": _selectors,
    "author": _selectors,
    "published": _selectors,
    "strip": _selectors,
    "keep": _selectors,
    "valid_from": _day,
    "valid_until": _day,
}


# ---------------------------------------------------------------- writing

_SAYS = {
    "url": "The front page.",
    "platform": "What sites of this kind share; `legger site show` tells where that stands.",
    "untested_since": "Described from hearsay, not yet tried: `legger site check` tries it.",
    "timezone": "Of times that state no offset.",
    "date_order": "Whether the day or the month comes first in 3/4/2021.",
    "feeds": "RSS and Atom.",
    "sitemaps": "Sitemaps and sitemap indexes.",
    "listings": "Pages that list the newest articles.",
    "hosts": "Other hosts of the site.",
    "articles": "Regular expressions: an address that matches one is an article's.",
    "ignore": "Regular expressions of addresses never to fetch.",
    "allow_private": "Loopback and private addresses may be fetched.",
    "practice": "A house of the practice newspaper: LEGGER_NOW is its clock.",
    "feed_only": "Only feeds and sitemaps are fetched.",
    "delay": "Seconds between two requests.",
    "budget": "Requests a day, at most.",
    "quiet": "Hours of the day in which nothing is fetched.",
    "ground": "On what ground its pages are kept: general, research or permission.",
}


def write_site(site: Site, path: str | Path) -> Path:
    """Write *site* as a TOML file that a person can read and change; what is as by default is left out.

    So is what its platform says. Reading the file again gives an equal site. The folder is made if need be;
    returns the path. Raises :class:`SiteError` when there is no such platform.
    """
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(site_toml(site), encoding="utf-8")
    return file


def site_toml(site: Site) -> str:
    """The text of a site's file."""
    usual = Site(name=site.name, url=site.url)
    always = {"url", "timezone"}
    if site.platform:
        usual = parse_site({"url": site.url, "platform": site.platform}, name=site.name)
        always = {"url", "platform"}
    lines = []
    for key in _SITE:
        value = getattr(site, key)
        if key == "name" or (value == getattr(usual, key) and key not in always):
            continue
        if value is None:
            raise SiteError(usual.platform, key, "the platform states it, and no file can say that it is not")
        if key in _SAYS:
            lines.append(f"# {_SAYS[key]}")
        lines.append(f"{key} = {_toml(value)}")
    if not site.rules and usual.rules:
        lines.append("rules = []")
    if site.identity != usual.identity:
        lines += ["", "# What makes two addresses one article.", "[identity]", *_pairs(site.identity)]
    if site.schedule != usual.schedule:
        lines += ["", "# When the clock goes there.", "[schedule]", *_pairs(site.schedule)]
    if site.rules != usual.rules:
        for rules in site.rules:
            lines += ["", "[[rules]]", *_pairs(rules)]
    return "\n".join(lines) + "\n"


def _pairs(part: Identity | Rules | Schedule) -> list[str]:
    stated = ((each, getattr(part, each.name)) for each in fields(part))
    return [f"{each.name} = {_toml(value)}" for each, value in stated if value != each.default]


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value:g}"
        case date():
            return value.isoformat()
        case timedelta():
            return _toml_text(spelled(value))
        case str():
            return _toml_text(value)
        case tuple() if sum(map(len, value)) > 80:
            return "[\n" + "".join(f"    {_toml(each)},\n" for each in value) + "]"
        case tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
    raise TypeError(f"no TOML for {value!r}")


def _toml_text(text: str) -> str:
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"  # a regular expression is easier to read without doubled backslashes
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda hit: f"\\u{ord(hit[0]):04x}", plain) + '"'


def rules_digest(site: Site, day: date | None = None) -> str:
    """What of a site's definition bears on reading, in 16 hexadecimal digits: part of a reading's Reader.

    With *day* (of capture, in the site's zone) only the rules that hold on it count. These are the fields
    that ``crawler.extract`` and its ``normalize`` look at; a test holds that they look at no other.
    """
    bears = {
        "title": site.title,
        "language": site.language,
        "timezone": site.timezone,
        "date_order": site.date_order,
        "articles": site.articles,
        "rules": [asdict(rules) for rules in site.rules if day is None or rules.hold_on(day)],
    }
    canonical = json.dumps(bears, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
