"""Scrapy's download handler: one request out, one answer in as it came over the wire.

On aiohttp, without a Twisted reactor. Beside the response that Scrapy works with, it leaves the facts of the
wire in ``request.meta["wire"]``: header lines of both sides in the order and spelling in which they went
(those of the answer as :func:`crawler.fetching.wire.mended` leaves them), both first lines, who answered, and
how the body came. The body is decoded (gzip, ...), nothing else; of the bytes as they came, their number and
digest are kept: packed pages hardly pack against each other, and would take several times the room.

When a request goes out is the business of :mod:`crawler.fetching.pace`.

The address guard stands here, at the connection: a name is judged by the addresses it resolves to, and those
very addresses are connected to. Proxies of the environment are not used; they would go round the guard.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import aiohttp
from aiohttp.abc import ResolveResult
from aiohttp.connector import Connection
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers as ScrapyHeaders
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from archive.errors import Refused
from archive.model.exchange import Cut, Exchange
from archive.model.types import Headers
from crawler.fetching.lenient_handler import LenientHandler, NoChunks
from crawler.fetching.pace import PacedRequest, answered
from crawler.fetching.signatures import RequestSigner
from crawler.fetching.wire import MOST_HEAD, MOST_LINES, NotAsked, ends, looks_cut, unpacked
from crawler.scheduling.backlog import delay_of

HOST_DELAY = "host_delay"
"""In the ``meta`` of a request: seconds that its host asks for between two."""

Private = Callable[[str, int], bool]
"""Whether a connection to (host, port) may go to an address that is not public."""


@dataclass(frozen=True, kw_only=True)
class ReceivedBody:
    """A body, decoded, and how it came."""

    content: bytes
    cut: Cut | None
    """Why it is not whole; ``None``: it is."""
    wire_size: int
    wire_digest: bytes


class PeerResponse(aiohttp.ClientResponse):
    """An answer that remembers who gave it, when its connection has long gone to others."""

    server: str | None = None
    tls: str | None = None

    async def start(self, connection: Connection) -> Self:
        """The answer begins to come over *connection*."""
        transport = connection.transport
        if transport is not None:
            peer = transport.get_extra_info("peername")
            secured = transport.get_extra_info("ssl_object")
            self.server = str(peer[0]) if peer else None
            self.tls = secured.version() if secured is not None else ""
        await super().start(connection)
        return self


@dataclass(frozen=True, kw_only=True)
class ExchangeDetails:
    """What went over the wire besides the body."""

    request_headers: Headers
    headers: Headers
    http_version: str
    exchange: Exchange
    truncated: bool

    @classmethod
    def of(cls, answer: aiohttp.ClientResponse, body: ReceivedBody) -> ExchangeDetails:
        """What went to and fro for *answer*."""
        version = answer.version
        spoken = f"HTTP/{version.major}.{version.minor}" if version else "HTTP/1.1"
        reason = (answer.reason or "").encode("utf-8", "surrogateescape").decode("latin-1")
        peer = answer if isinstance(answer, PeerResponse) else None
        return cls(
            request_headers=tuple(answer.request_info.headers.items()),
            headers=tuple((_text(name), _text(value)) for name, value in answer.raw_headers),
            http_version=spoken,
            exchange=Exchange(
                # We send HTTP/1.1 and no proxy stands between: this is how aiohttp writes the line.
                request_line=f"{answer.method} {answer.url.raw_path_qs} HTTP/1.1",
                status_line=f"{spoken} {answer.status} {reason}".rstrip(),
                server=peer.server if peer else None,
                tls=peer.tls if peer else None,
                cut=body.cut,
                wire_size=body.wire_size,
                wire_digest=body.wire_digest,
            ),
            truncated=body.cut is not None,
        )


class HttpHandler(BaseDownloadHandler):
    """Downloads http and https addresses."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._limit = settings.getint("DOWNLOAD_MAXSIZE")
        key = settings.get("LEGGER_BOT_KEY")
        self._signer = RequestSigner.of(key, settings["LEGGER_BOT_DIRECTORY"]) if key else None
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        site = getattr(crawler.spidercls, "site", None)
        self._delay = delay_of(site) if site is not None else settings.getfloat("DOWNLOAD_DELAY")
        anywhere = settings.getbool("LEGGER_ALLOW_PRIVATE")
        self._session = open_session(
            private=site.may_be_private if site is not None else lambda host, port: anywhere,
            timeout=self._timeout,
            at_once=settings.getint("CONCURRENT_REQUESTS"),
            per_host=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        )

    async def download_request(self, request: Request) -> Response:
        """Ask. Raises Scrapy's download errors, :class:`Refused` for a private address."""
        try:
            async with answered(
                self._session,
                request.url,
                method=request.method,
                headers=lambda: [*request.headers.to_tuple_list(), *self._signed(request)],
                delay=max(self._delay, request.meta.get(HOST_DELAY, 0.0)),
                timeout=self._timeout,
            ) as answer:
                body = await read_body(answer, limit=self._limit)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"no answer within {self._timeout:g} s") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(why(error)) from error
        except aiohttp.ClientConnectorError as error:
            raise DownloadConnectionRefusedError(why(error)) from error
        except NotAsked as error:
            raise DownloadFailedError(str(error)) from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError) as error:
            raise UnsupportedURLSchemeError(f"no address that can be asked for: {error}") from error
        except (aiohttp.ClientError, OSError) as error:
            raise DownloadFailedError(why(error)) from error
        wire = request.meta["wire"] = ExchangeDetails.of(answer, body)
        headers = ScrapyHeaders([(name, value) for name, value in wire.headers])
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body.content[:4096])
        return kind(
            url=request.url,
            status=answer.status,
            headers=headers,
            body=body.content,
            protocol=wire.http_version,
            flags=["truncated"] if wire.truncated else None,
        )

    def _signed(self, request: Request) -> Iterable[tuple[str, str]]:
        return self._signer.headers(request.method, request.url).items() if self._signer else ()

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


def open_session(
    *, private: Private, timeout: float, at_once: int = 16, per_host: int = 1
) -> aiohttp.ClientSession:
    """A session without memory and proxy, that connects to nobody it may not.

    *timeout*: seconds; as many of them as connecting may take. What the answer may take is for
    :func:`~crawler.fetching.pace.answered`, the only way to ask with it.
    """
    return aiohttp.ClientSession(
        connector=GuardedConnector(private=private, limit=at_once, limit_per_host=per_host),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=min(timeout, 20)),
        auto_decompress=False,  # aiohttp takes a gzip stream without its end for a whole one
        max_line_size=MOST_HEAD,
        max_field_size=MOST_HEAD,
        max_headers=MOST_LINES,
        skip_auto_headers=("Accept", "Content-Type", "User-Agent"),
        trust_env=False,
        request_class=PacedRequest,
        response_class=PeerResponse,
    )


async def read_body(answer: aiohttp.ClientResponse, *, limit: int) -> ReceivedBody:
    """The body, unpacked, up to *limit* bytes, and whether it was cut there or broken off on the way.

    A document that has its own end is whole, whatever its frame lacks; one that came without a stated length
    and lacks what it must have closed is cut. Raises :class:`NotAsked` for a coding that we do not read.
    """
    pieces: list[bytes] = []
    size, whole = 0, True
    try:
        async for piece in answer.content.iter_any():
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                answer.close()
                whole = False
                break
    except (aiohttp.ClientPayloadError, aiohttp.ClientOSError):
        if not size:
            raise
        whole = False
    packed = b"".join(pieces)
    codings = (
        *answer.headers.getall("content-encoding", ()),
        *answer.headers.getall("transfer-encoding", ()),
    )
    body, ended = unpacked(packed, codings, limit=limit)
    cut: Cut | None = None
    framed = "content-length" in answer.headers or "transfer-encoding" in answer.headers or body is not packed
    if len(body) > limit or size > limit:
        cut = Cut.LENGTH
    elif not (whole and ended):
        broken = Cut.UNSPECIFIED if whole else Cut.DISCONNECT
        cut = broken if ends(body) is not True else None
    elif not framed and looks_cut(body):
        cut = Cut.UNSPECIFIED
    return ReceivedBody(
        content=body[:limit], cut=cut, wire_size=size, wire_digest=hashlib.sha256(packed).digest()
    )


def why(error: BaseException) -> str:
    """Why no answer came, in words for people, without the names of classes."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"no such host: {error.host}"
        case aiohttp.ClientConnectorCertificateError():
            wrong = error.certificate_error
            words = wrong.verify_message if isinstance(wrong, ssl.SSLCertVerificationError) else str(wrong)
            return f"its certificate is not valid: {words}"
        case aiohttp.ClientSSLError():
            return "no safe connection could be made"
        case aiohttp.ClientConnectorError():
            number = error.os_error.errno  # its text names the call that failed, and every address tried
            return "does not accept connections" + (f" ({os.strerror(number)})" if number else "")
        case aiohttp.ServerTimeoutError() | TimeoutError():
            return "no answer in time"
        case aiohttp.ServerDisconnectedError():
            return "the server hung up without an answer"
        case NoChunks():
            return str(error)
        case aiohttp.ClientPayloadError():
            return "the answer was broken off before its first byte"
        case aiohttp.ClientResponseError():
            return f"its answer is not proper HTTP: {error.message.partition(chr(10))[0].rstrip(':')}"
        case OSError():
            return f"the connection broke ({error.strerror or error})"
    return str(error) or "no answer came"


class GuardedConnector(aiohttp.TCPConnector):
    """Connects to public addresses only, and to private ones where *private* says so."""

    def __init__(self, *, private: Private, **options: Any) -> None:
        super().__init__(**options)
        self._factory: partial[Any] = partial(LenientHandler, loop=self._loop)
        self._private = private

    async def _resolve_host(self, host: str, port: int, traces: Any = None) -> list[ResolveResult]:
        found = await super()._resolve_host(host, port, traces)
        if self._private(host, port):
            return found
        public = [each for each in found if is_public(each["host"])]
        if not public:
            raise Refused(f"{host} is a private address, and the site's file does not allow private ones")
        return public


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not loopback, private, link-local, multicast ..."""
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address) and any(number in each for each in _NOT_PUBLIC):
        return False
    inner = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None)
    return number.is_global and not number.is_multicast and (inner is None or is_public(str(inner)))


_NOT_PUBLIC = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "::/96",  # an IPv4 address in disguise, as it once was written
            "::ffff:0:0:0/96",  # the same, for translators
            "64:ff9b::/96",  # the same: a translator of this network leads anywhere in it
            "64:ff9b:1::/48",
            "fec0::/10",  # site-local, as it once was
            "3fff::/20",  # for documentation
            "5f00::/16",  # for routing within a network
        ),
    )
)
"""What Python's ``is_global`` lets through, and a crawl must not."""


def _text(value: bytes) -> str:
    return value.decode("latin-1")
