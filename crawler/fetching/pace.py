"""How long a host is left alone between two requests: the one place that paces visits and single fetches.

What counts is when the head of a request goes out, not when it was decided to ask: between the two a name is
looked up, a connection made and secured, and a busy machine may keep this process from its processor.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import aiohttp
import yarl
from aiohttp.connector import Connection


class Pace:
    """When each host was last sent a request. Hosts are names without a port, whatever the scheme."""

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._sent: dict[str, float] = {}

    async def wait(self, host: str, delay: float) -> None:
        """Wait until *delay* seconds have passed since the last request to *host*, whoever sends it."""
        while (left := self._sent.get(host, -math.inf) + delay - self._now()) > 0:
            await self._sleep(left)

    def note(self, host: str, *, ago: float = 0.0) -> None:
        """A request went out to *host*, so many seconds ago."""
        self._sent[host] = max(self._now() - ago, self._sent.get(host, -math.inf))


PACE = Pace()
"""That of this process: two sites of one host that are visited by it share it."""


def host_of(url: str) -> str:
    """The host of an address, as paces know it; empty: it has none."""
    return (yarl.URL(url, encoded=True).raw_host or "").lower()


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """A request that is under way to be sent."""

    pace: Pace
    host: str
    delay: float
    limit: asyncio.Timeout
    timeout: float

    async def comes(self) -> None:
        """Wait, with no clock running against the server."""
        self.limit.reschedule(None)
        await self.pace.wait(self.host, self.delay)

    def is_over(self) -> None:
        """The head went out; from now on the server is awaited."""
        self.pace.note(self.host)
        self.limit.reschedule(asyncio.get_running_loop().time() + self.timeout)


_TURN: ContextVar[_Turn] = ContextVar("turn")


class PacedRequest(aiohttp.ClientRequest):
    """A request whose head goes out when its host may be asked again, however long it took to connect.

    aiohttp sends one a second time when the server hangs up on a kept connection: that waits, too.
    """

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Wait for the turn, and write the head. Nothing else runs between the last look and the writing."""
        turn = _TURN.get()
        await turn.comes()
        answer = await super().send(conn)
        turn.is_over()
        return answer


@asynccontextmanager
async def answered(
    session: aiohttp.ClientSession,
    url: str,
    *,
    headers: Callable[[], Mapping[str, str] | list[tuple[str, str]]],
    delay: float,
    timeout: float,
    method: str = "GET",
    pace: Pace = PACE,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer at *url*, asked for when *delay* seconds have passed since the last request to its host.

    *session* makes :class:`PacedRequest` of what it asks. *headers* is called when the turn has come: what is
    signed says when. The answer must be read within *timeout* seconds from when the head went out, else
    ``TimeoutError`` is raised. Waiting is no part of it, and no connection is held meanwhile.
    """
    host = host_of(url)
    await pace.wait(host, delay)
    async with asyncio.timeout(None) as limit:
        _TURN.set(_Turn(pace=pace, host=host, delay=delay, limit=limit, timeout=timeout))
        async with session.request(
            method, yarl.URL(url, encoded=True), headers=headers(), allow_redirects=False
        ) as answer:
            yield answer
