"""aiohttp's reader of answers, for heads and bodies that are not quite HTTP.

Apart from :mod:`crawler.fetching.wire`, whose functions read stored answers too: who fetches nothing loads
no aiohttp.
"""

from __future__ import annotations

from typing import Any

from aiohttp import ClientPayloadError
from aiohttp.client_proto import ResponseHandler

from crawler.fetching.wire import (
    CHUNKED,
    HEAD_ENDS,
    INTERIM,
    LAST_CHUNK,
    MOST_HEAD,
    ChunkedBody,
    mended,
    stated_length,
)


class NoChunks(ClientPayloadError):
    """A body that is said to come in chunks, and does not; says so in words."""


class LenientHandler(ResponseHandler):
    """aiohttp's reader of answers, which gets each head as :func:`mended` makes it.

    Bytes beyond the stated length are dropped and the connection is not used again.
    """

    def __init__(self, loop: Any) -> None:
        super().__init__(loop)
        self._head: bytearray | None = None
        self._to_come: int | None = None
        self._chunks: ChunkedBody | None = None

    def set_response_params(self, **options: Any) -> None:
        """An answer is to come."""
        self._head, self._to_come, self._chunks = bytearray(), None, None
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        while self._head is not None and data:
            self._head += (
                data if self._head else data.lstrip(b"\r\n")
            )  # line ends before a head are none of it
            end = HEAD_ENDS.search(self._head)
            if end is None:
                if len(self._head) <= 2 * MOST_HEAD:
                    return
                data, self._head = bytes(self._head), None  # too large: the parser says so
                break
            head, data = mended(bytes(self._head[: end.end()])), bytes(self._head[end.end() :])
            interim = INTERIM.match(head) is not None
            self._head = bytearray() if interim else None
            if not interim:
                self._to_come = stated_length(head)
                self._chunks = ChunkedBody() if CHUNKED.search(head) else None
            super().data_received(head)
        if self._head is None and data:
            self._body_received(data)

    def _body_received(self, data: bytes) -> None:
        if self._chunks is not None:
            data, fault = self._chunks.mended(data), self._chunks.fault
            if fault:
                self._refuse(data, fault)
                return
            if self._chunks.beyond:
                self.force_close()
        if self._to_come is not None:
            if len(data) > self._to_come:
                self.force_close()
            data = data[: self._to_come]
            self._to_come -= len(data)
        if data:
            super().data_received(data)

    def _refuse(self, data: bytes, fault: str) -> None:
        """What follows *data* cannot be read: the body ends here, as one that is broken off, or with the
        fault by its name where nothing came before it. The connection is not used again."""
        begun = self._chunks is not None and self._chunks.begun
        self._chunks, self._to_come = None, 0
        self.force_close()
        if data:
            super().data_received(data)
        if not begun and self._payload is not None:
            self._payload.set_exception(NoChunks(fault))
        if self.transport is not None:
            self.transport.close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is no more; what was held back of a head is for the parser to name."""
        if self._chunks is not None and self._chunks.ended:  # but for the empty line
            super().data_received(LAST_CHUNK)
            self._chunks = None
        if self._head:
            data, self._head = bytes(self._head), None
            super().data_received(data)
        super().connection_lost(exc)
