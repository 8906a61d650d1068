"""A news site as its TOML file describes it: the model. Reads no file and fetches nothing.

``files`` finds and reads the files, ``definition`` validates them, ``writing`` writes them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import idna

from archive.model.reports import SiteFacts
from archive.model.types import Ground
from crawler.siteconfig.schedule import USUAL, Schedule

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
class FormerIdentity:
    """What told articles apart in the addresses that a publisher made before."""

    pattern: str
    """As :attr:`Identity.pattern`."""
    until: date | None = None
    """Last day on which it made such addresses, for people; ``None``: not known. An address keeps its
    identity for ever, whenever it is met."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What makes two addresses one article. Without it: the address, with tracking removed."""

    pattern: str | None = None
    """Regular expression with one group: the identity, e.g. ``~a([0-9a-f]+)``."""
    query: tuple[str, ...] | None = None
    """Query keys that count (``n_id``); ``None``: all but known tracking keys; ``()``: none."""
    former: tuple[FormerIdentity, ...] = ()
    """Patterns of earlier addresses, for those that ``pattern`` does not fit; the first that fits."""

    @cached_property
    def regex(self) -> re.Pattern[str] | None:
        """``pattern``, compiled."""
        return re.compile(self.pattern) if self.pattern else None

    @cached_property
    def _regexes(self) -> tuple[re.Pattern[str], ...]:
        patterns = (self.pattern, *(each.pattern for each in self.former))
        return tuple(re.compile(each) for each in patterns if each)

    @property
    def has_pattern(self) -> bool:
        """Whether an address may hold the identity."""
        return bool(self._regexes)

    def of(self, url: str) -> str | None:
        """The identity that an address holds, unescaped; ``None``: no pattern fits it."""
        found = (hit[1] for each in self._regexes if (hit := each.search(url)))
        return next((each for each in found if each), None)


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What becomes of standing pages: about, contact, statutes."""

    keep: bool = False
    """They are kept with versions, as articles are, and listed by themselves; otherwise as captures only."""


@dataclass(frozen=True, kw_only=True)
class AssetBounds:
    """What becomes of the pictures, style sheets and fonts that pages show."""

    keep: bool = False
    """They are fetched after the pages of a visit, and kept as captures of their own kind."""
    width: int = 1600
    """Of a picture in several sizes the widest up to so many pixels is taken."""
    most: int = 1000
    """Asked for in one visit, at most; the next one takes up what is left."""
    megabytes: int = 200
    """Received in one visit, at most."""
    screenshot: bool = False
    """Behind a visit a picture is made of each page in which a version was first seen, from what is kept."""


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
    publisher: str = ""
    """Who publishes it, as citations name it."""
    issn: str = ""
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
    pages: Pages = Pages()
    assets: AssetBounds = AssetBounds()
    schedule: Schedule = USUAL
    """When the clock goes there; what is not said is as the clock has it."""
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
        return hash(self.name)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def host_names(self) -> frozenset[str]:
        """The hosts that a visit asks at least, without ports: a delay lies between two requests to one."""
        urls = (self.url, *self.feeds, *self.sitemaps, *self.listings, *(f"//{each}" for each in self.hosts))
        return frozenset(urlsplit(url).hostname or "" for url in urls)

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

    def facts(self) -> SiteFacts:
        """What the file says of the publication, kept with what is captured of it."""
        return SiteFacts(
            title=self.title or None,
            place=self.place or None,
            publisher=self.publisher or None,
            issn=self.issn or None,
            url=self.url,
        )


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


@lru_cache(maxsize=256)
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
