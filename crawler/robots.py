"""robots.txt as RFC 9309 says: bytes and statuses in, decisions out. Fetches nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from archive.types import Capture

AGENT = "legger"
"""The product token that robots.txt files know us by."""
MOST_DELAY = 30.0
"""Seconds; a larger Crawl-delay is honoured up to here."""
UNREACHABLE = "robots.txt could not be had; nothing is fetched until it can"

Fetch = Callable[[str], Awaitable[Capture | None]]
"""Asks for a robots.txt, following its redirects; ``None`` when no answer came."""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What one host's robots.txt allows."""

    rules: Protego | None = None
    """``None``: everything, or nothing when *unreachable*."""
    unreachable: bool = False

    @classmethod
    def of(cls, answer: Capture | None) -> Permission:
        """2xx is read; 4xx means there are no rules; anything else that nothing is known: disallow."""
        if answer is None or answer.status >= 500 or answer.status == 429:
            return cls(unreachable=True)
        if answer.status >= 300:
            return cls()
        return cls(rules=Protego.parse(answer.body[: 512 * 1024].decode("utf-8-sig", "replace")))

    def refuses(self, url: str) -> str | None:
        """Why an address may not be fetched; ``None`` when it may."""
        if self.unreachable:
            return UNREACHABLE
        if self.rules is not None and not self.rules.can_fetch(url, AGENT):
            return "robots.txt disallows it"
        return None

    @property
    def delay(self) -> float:
        """Seconds the host asks for between two requests, capped; 0 when it does not say."""
        stated = self.rules.crawl_delay(AGENT) if self.rules is not None else None
        return min(float(stated), MOST_DELAY) if stated else 0.0


class Robots:
    """The permissions of the hosts of one visit, each asked for once."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._hosts: dict[str, Permission] = {}

    async def of(self, url: str) -> Permission:
        """The permission of an address's host. Raises :class:`Refused` when it may not be connected to."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._hosts:
            self._hosts[host] = Permission.of(await self._fetch(f"{host}/robots.txt"))
        return self._hosts[host]
