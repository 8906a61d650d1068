"""What a host allows: robots.txt as RFC 9309 says, and its word about mining."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from archive.errors import Unreachable
from archive.model.types import Capture
from crawler.fetching.robots_text import robots_text
from crawler.fetching.tdm import AGENT, AI_TXT, SILENT, TDMREP, HostTerms

MOST_DELAY = 30.0
"""Seconds; a larger Crawl-delay is honoured up to here."""
A_DAY = timedelta(days=1)
"""How long what a host allows is believed, within a visit and across visits (RFC 9309, 2.4)."""
UNREACHABLE = "robots.txt could not be had; nothing is fetched until it can"

Fetch = Callable[[str], Awaitable[Capture | None]]
"""Asks for such a file, following its redirects. Raises :class:`Unreachable` with why when no answer came."""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What one host's robots.txt allows."""

    rules: Protego | None = None
    """``None``: everything, or nothing when *unreachable*."""
    unreachable: bool = False
    no_answer: str = ""
    """Why no answer came at all, in words: the host itself is out of reach."""
    status: int | None = None
    """What was answered instead of a robots.txt, when *unreachable*."""
    terms: HostTerms = SILENT
    """What the host says about mining."""

    @classmethod
    def of(cls, answer: Capture | None, *, no_answer: str = "") -> Permission:
        """2xx is read; 4xx means there are no rules; anything else that nothing is known: disallow."""
        if answer is None:
            return cls(unreachable=True, no_answer=no_answer)
        if answer.status >= 500 or answer.status == 429:
            return cls(unreachable=True, status=answer.status)
        if answer.status >= 300:
            return cls()
        return cls(rules=Protego.parse(robots_text(answer)))

    def refuses(self, url: str) -> str | None:
        """Why an address may not be fetched; ``None`` when it may."""
        if self.unreachable:
            return self.no_answer or self._unreachable
        if self.rules is not None and not self.rules.can_fetch(url, AGENT):
            return "robots.txt disallows it"
        return None

    @property
    def _unreachable(self) -> str:
        return UNREACHABLE.replace(";", f" (HTTP {self.status});", 1) if self.status else UNREACHABLE

    @property
    def delay(self) -> float:
        """Seconds the host asks for between two requests (Crawl-delay, Request-rate), capped; 0 when it does
        not say."""
        if self.rules is None:
            return 0.0
        rate = self.rules.request_rate(AGENT)
        paced = rate.seconds / rate.requests if rate is not None and rate.requests else 0.0
        return min(max(float(self.rules.crawl_delay(AGENT) or 0), paced), MOST_DELAY)

    @property
    def says(self) -> str:
        """For :attr:`archive.model.types.Terms.robots`."""
        return "allowed" if self.rules is not None else "no rules"


OPEN = Permission()
"""A host that allows everything, and says nothing."""


class Robots:
    """The permissions of the hosts of one visit, each asked for once a day."""

    def __init__(
        self, fetch: Fetch, *, now: Callable[[], datetime], mining: Callable[[str], bool] = lambda url: False
    ) -> None:
        """*mining*: whether to ask the host of an address what it says about mining, too."""
        self._fetch, self._now, self._mining = fetch, now, mining
        self._hosts: dict[str, tuple[Permission, datetime]] = {}
        self._delays: dict[str, float] = {}

    def delay(self, url: str) -> float:
        """Seconds that the host of an address asks for between two requests; 0 where it does not, and where
        its robots.txt was not had yet."""
        return self._delays.get(_host(url), 0.0)

    @property
    def any_delay(self) -> bool:
        """Whether a host met so far asks for time between two requests."""
        return any(self._delays.values())

    async def of(self, url: str) -> Permission:
        """The permission of an address's host. Raises :class:`Refused` when it may not be connected to."""
        host = _host(url)
        known = self._hosts.get(host)
        if known is None or self._now() - known[1] >= A_DAY:
            self._hosts[host] = known = (await self._ask(host), self._now())
        return known[0]

    async def _ask(self, host: str) -> Permission:
        try:
            robots = await self._fetch(f"{host}/robots.txt")
            permission = Permission.of(robots)
        except Unreachable as error:
            return Permission.of(None, no_answer=str(error))
        if permission.unreachable:
            return permission
        self._delays[host] = permission.delay  # holds for what is asked for next: its word about mining
        if not self._mining(host):
            return replace(permission, terms=HostTerms.of(None, None, robots=robots))
        answers = [
            await self._word(host + path) if permission.refuses(host + path) is None else None
            for path in (TDMREP, AI_TXT)
        ]
        licence = HostTerms.of(None, None, robots=robots).licence
        read = None
        if licence.startswith(f"{host}/") and permission.refuses(licence) is None:
            read = await self._word(licence)
        return replace(permission, terms=HostTerms.of(*answers, robots=robots, licence=read))

    async def _word(self, url: str) -> Capture | None:
        try:
            return await self._fetch(url)
        except Unreachable:
            return None


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
