"""HTTP connections with a deadline: a client that sends half a request is disconnected."""

from __future__ import annotations

import asyncio
import resource
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 15.0
"""Seconds in which a request must be said whole, from its first byte or the connection on."""


def _most_connections() -> int:
    """Connections held at a time: a part of the files that this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 4000 if soft == resource.RLIM_INFINITY else max(50, min(4000, soft // 2))


CONNECTIONS = _most_connections()


class Connection(H11Protocol):
    """One connection. Only requests that are whole count for the limit of requests at a time.

    Where more connections come than may be held, the one that has been silent for longest is closed: who
    keeps a thousand half requests open shuts out only those.
    """

    _silent: ClassVar[dict[Connection, None]] = {}
    """In order of age; of the whole process, as its limit of files is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.limit_concurrency = None  # which counts connections, too
        self._giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody came: what they want is to be said soon."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > CONNECTIONS and (oldest := next(iter(self._silent), None)) is not None:
            oldest._give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._heard()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """What was said so far may be a whole request."""
        super().handle_events()
        if self.transport.is_closing() or self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._heard()
        elif self._giving_up is None:
            self._wait()

    def _wait(self) -> None:
        self._silent[self] = None
        self._giving_up = self.loop.call_later(PATIENCE, self._give_up)

    def _heard(self) -> None:
        self._silent.pop(self, None)
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _give_up(self) -> None:
        self._heard()
        self.transport.abort()
