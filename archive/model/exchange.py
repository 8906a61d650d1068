"""What is known of how an answer came, besides its header lines and its body."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Cut(StrEnum):
    """Why a body is not whole, in the words of WARC-Truncated."""

    LENGTH = "length"
    """We stopped at our limit of bytes."""
    TIME = "time"
    """We stopped at our limit of time."""
    DISCONNECT = "disconnect"
    """The connection broke, or closed before the length that was stated."""
    UNSPECIFIED = "unspecified"
    """It came as whole and lacks its end, or whoever captured it did not say."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One question and its answer on the wire. ``None``: not known, as in captures of earlier releases and in
    those that others made and that do not say."""

    request_line: str | None = None
    """``GET /nieuws?p=2 HTTP/1.1``, as it was sent."""
    status_line: str | None = None
    """``HTTP/1.1 200 OK``, with the reason as it came; without one it ends at the number."""
    server: str | None = None
    """IP address that answered."""
    tls: str | None = None
    """``TLSv1.3`` and the like; empty: the connection was not encrypted."""
    cut: Cut | None = None
    """Why the body is not whole. With a body that is cut, ``None`` means that it is not known why."""
    wire_size: int | None = None
    """Bytes of the body as it came, after de-chunking and before content decoding."""
    wire_digest: bytes | None = None
    """SHA-256 of those bytes (32 bytes). Where it is not that of the kept body, the body was decoded."""

    def sealed(self) -> list[Any] | None:
        """What a seal covers of it; ``None`` where nothing is known."""
        if self == UNKNOWN:
            return None
        digest = self.wire_digest.hex() if self.wire_digest is not None else None
        return [
            self.request_line, self.status_line, self.server, self.tls, self.cut, self.wire_size, digest,
        ]  # fmt: skip


UNKNOWN = Exchange()
"""Nothing is known of the exchange."""
