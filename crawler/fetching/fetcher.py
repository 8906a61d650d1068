"""Asks for single addresses outside a crawl: guarded, polite, every hop seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
import yarl

from archive.errors import Refused, Unreachable
from archive.model.types import Capture, Ground
from crawler import settings
from crawler.fetching.download_handler import ExchangeDetails, Private, open_session, read_body, why
from crawler.fetching.pace import PACE, Pace, answered
from crawler.fetching.robots import Robots
from crawler.fetching.signatures import RequestSigner
from crawler.fetching.tdm import forbids
from crawler.scheduling.backlog import DELAY

MAX_HOPS = 10


class Fetcher:
    """A line to the web for a few requests, one at a time: ``async with Fetcher(...) as fetcher``.

    robots.txt is obeyed, *delay* seconds (or what the host asks for, if more) lie between two requests to a
    host, and private addresses are refused unless *allow_private*: for the host of the first address that is
    asked for when it is true, else where it says so.
    """

    def __init__(
        self,
        *,
        site: str,
        user_agent: str,
        now: Callable[[], datetime],
        allow_private: bool | Private = False,
        delay: float = DELAY,
        mining: Callable[[str], bool] = lambda url: False,
        ground: Ground = Ground.GENERAL,
        signer: RequestSigner | None = None,
        pace: Pace = PACE,
    ) -> None:
        """*mining*: whether to ask the host of an address what it says about mining; obeyed on *ground*."""
        self._site, self._delay = site, delay
        self._allow_private = allow_private
        self._headers = {**settings.DEFAULT_REQUEST_HEADERS, "User-Agent": user_agent}
        self._first: tuple[str, int] | None = None
        self._ground, self._signer, self._pace = ground, signer, pace
        self.robots = Robots(self._robots_txt, now=now, mining=mining)
        """The permissions of the hosts met so far."""
        self.now = now
        """The clock by which answers are dated."""
        self.robots_said: dict[str, Capture | Unreachable] = {}
        """What came of each robots.txt and the like that was asked for, by its address."""

    async def __aenter__(self) -> Self:
        self._session = open_session(private=self._may_be_private, timeout=settings.DOWNLOAD_TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    def _may_be_private(self, host: str, port: int) -> bool:
        if isinstance(self._allow_private, bool):
            return self._allow_private and (host.lower(), port) == self._first
        return self._allow_private(host, port)

    async def get(self, url: str, *, within: Callable[[str], bool] | None = None) -> Capture:
        """The answer at *url*, redirects followed; ``url`` of the capture is where they led.

        A redirect to where *within* is false is not followed: it is the answer. Raises :class:`Refused`
        where we may not ask, :class:`Unreachable` when no answer came.
        """
        if self._first is None:
            asked = yarl.URL(url)
            self._first = ((asked.raw_host or "").lower(), asked.port or 0)
        seen: list[str] = []
        while True:
            permission = await self.robots.of(url)
            if permission.no_answer:  # the host is out of reach, not only its robots.txt
                raise Unreachable(permission.no_answer)
            if reason := permission.refuses(url) or forbids(permission.terms.word(url), self._ground):
                raise Refused(f"{url}: {reason}")
            capture = await self._ask(url, via=seen[-1] if seen else None)
            target = capture.header("location")
            if not (300 <= capture.status < 400 and target):
                return capture
            seen.append(url)
            url = urljoin(url, target.strip())
            if within is not None and not within(url):
                return capture
            if url in seen or len(seen) > MAX_HOPS:
                raise Unreachable(f"{seen[0]}: redirects in circles")

    async def _robots_txt(self, url: str) -> Capture | None:
        asked = url
        try:
            for _ in range(6):  # RFC 9309: at least five redirects
                self.robots_said[asked] = capture = await self._ask(url)
                target = capture.header("location")
                if not (300 <= capture.status < 400 and target):
                    return capture
                url = urljoin(url, target.strip())
        except Unreachable as error:
            self.robots_said[asked] = error
            raise
        return capture

    async def _ask(self, url: str, via: str | None = None) -> Capture:
        try:
            async with answered(
                self._session,
                url,
                headers=lambda: self._headers | (self._signer.headers("GET", url) if self._signer else {}),
                delay=max(self._delay, self.robots.delay(url)),
                timeout=settings.DOWNLOAD_TIMEOUT,
                pace=self._pace,
            ) as answer:
                body = await read_body(answer, limit=settings.DOWNLOAD_MAXSIZE)
        except TimeoutError as error:
            raise Unreachable(f"{url}: no answer within {settings.DOWNLOAD_TIMEOUT} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(f"{url}: {why(error)}") from error
        wire = ExchangeDetails.of(answer, body)
        return Capture(
            site=self._site,
            url=url,
            at=self.now(),
            status=answer.status,
            headers=wire.headers,
            body=body.content,
            request_headers=wire.request_headers,
            http_version=wire.http_version,
            via=via,
            truncated=wire.truncated,
            exchange=wire.exchange,
        )
