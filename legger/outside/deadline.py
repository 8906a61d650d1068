"""A limit to a whole conversation over a socket: a timeout is of one step, and a byte at a time passes it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

DEADLINE = 60.0
"""Seconds that one message may take over any channel, all together."""


class Deadline:
    """Hangs up on the sockets it watches when the time is up; whoever waits for them is told by an error."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        """Whether the time is up."""
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()

    def connect(
        self,
        address: tuple[str, int],
        timeout: float | None = None,
        source_address: tuple[str, int] | None = None,
    ) -> socket.socket:
        """``socket.create_connection``, watched. Raises :class:`TimeoutError` when the time is up."""
        connected = socket.create_connection(address, timeout, source_address)
        with self._lock:
            if self.over:
                connected.close()
                raise TimeoutError("timed out")
            # A handle of our own: TLS takes the other over.
            self._watched.append(connected.dup())
        return connected

    def _end(self) -> None:
        with self._lock:
            self.over = True
            for each in self._watched:
                with suppress(OSError):  # they have hung up already
                    each.shutdown(socket.SHUT_RDWR)
