"""Header lines of answers and requests, packed with a dictionary that the archive keeps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
import zstandard
from sqlalchemy import Connection, insert, select

from archive.captures.compression import LEVEL, decompressor
from archive.db.mapping import AnyRow
from archive.db.schema import dictionaries
from archive.errors import ArchiveError
from archive.model.exchange import Cut, Exchange
from archive.model.types import Headers

HEADER_DICTIONARY = 1
"""Its number in every archive. The lines below are never changed; better ones get another number."""

_HEADER_LINES = (
    '{"answer":[["X-Robots-Tag","noai, noindex"],["tdm-reservation","1"],["Content-Location",'
    '"X-Cache","HIT"],["X-Cache-Hits","1"],["X-Varnish","],["Via","1.1 varnish"],["Age","0"],'
    '["X-Frame-Options","SAMEORIGIN"],["X-Content-Type-Options","nosniff"],'
    '["X-XSS-Protection","1; mode=block"],'
    '["Referrer-Policy","strict-origin-when-cross-origin"],["Permissions-Policy","],'
    '["Content-Security-Policy","upgrade-insecure-requests"],["Strict-Transport-Security",'
    '"max-age=31536000; includeSubDomains; preload"],["Access-Control-Allow-Origin","*"],["Alt-Svc",'
    '"h3=\\":443\\"; ma=86400"],["CF-RAY","],["cf-cache-status","DYNAMIC"],["Server","cloudflare"],'
    '["Server","Apache/2.4"],["Server","nginx"],["X-Powered-By","PHP/8.2"],["Link","<https://www.'
    '/wp-json/>; rel=\\"https://api.w.org/\\""],["Location","https://www."],["Set-Cookie","PHPSESSID='
    "; expires=; Max-Age=7200; path=/; secure; HttpOnly; SameSite=Lax"
    '"],["Pragma","no-cache"],["Expires","Thu, 19 Nov 1981 08:52:00 GMT"],["Cache-Control","no-store, '
    'no-cache, must-revalidate, max-age=0, private, public, s-maxage=300"],["ETag","W/\\""],["Vary",'
    '"Accept-Encoding, Cookie, User-Agent"],["Keep-Alive","timeout=5, max=100"],["Connection","keep-alive"],'
    '["Accept-Ranges","bytes"],["Content-Encoding","br"],["Content-Encoding","gzip"],["Transfer-Encoding",'
    '"chunked"],["Content-Length","["Last-Modified","Mon, 02 Mar 2026 08:00:00 GMT"],["Date","Tue, Wed, '
    'Thu, Fri, Sat, Sun, Jan Feb Apr May Jun Jul Aug Sep Oct Nov Dec 2027 GMT"],["Content-Type",'
    '"application/rss+xml; charset=UTF-8"],["Content-Type","text/html; charset=utf-8"]],"request":[['
    '"Host","www.["Accept","text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],'
    '["Accept-Language","nl,fy;q=0.8,en;q=0.5"],["Accept-Encoding","gzip, deflate, br, zstd"],'
    '["If-Modified-Since","],["If-None-Match","W/\\""],["Referer","https://www."],["Cookie","],'
    '["User-Agent","Legger/0.1 (+https://; mailto:)"]]}'
)


@cache
def _header_dictionary() -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(_HEADER_LINES.encode(), dict_type=zstandard.DICT_TYPE_RAWCONTENT)


@dataclass(frozen=True, kw_only=True)
class Heads:
    """The heads of a question and its answer."""

    request: Headers
    answer: Headers
    request_line: str | None = None
    """``None``: not known."""
    status_line: str | None = None


def pack_heads(heads: Heads) -> bytes:
    """Both heads, packed with dictionary :data:`HEADER_DICTIONARY`."""
    members: dict[str, Any] = {"answer": heads.answer, "request": heads.request}
    for name in ("request_line", "status_line"):
        if (line := getattr(heads, name)) is not None:
            members[name] = line
    lines = orjson.dumps(members)
    packer = zstandard.ZstdCompressor(
        level=LEVEL, dict_data=_header_dictionary(), write_checksum=True, write_content_size=True
    )
    return packer.compress(lines)


def unpack_heads(data: bytes, dictionary: bytes | None) -> Heads:
    """Both heads as they were packed."""
    try:
        lines = orjson.loads(decompressor(dictionary).decompress(data))
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise ArchiveError(f"header lines cannot be unpacked ({error}); run `legger verify`") from error
    return Heads(
        request=tuple((name, value) for name, value in lines["request"]),
        answer=tuple((name, value) for name, value in lines["answer"]),
        request_line=lines.get("request_line"),
        status_line=lines.get("status_line"),
    )


def exchange_of(row: AnyRow, heads: Heads) -> Exchange:
    """What is known of an exchange, from a capture's columns and heads."""
    return Exchange(
        request_line=heads.request_line,
        status_line=heads.status_line,
        server=row.server,
        tls=row.tls,
        cut=Cut(row.cut) if row.cut else None,
        wire_size=row.wire_size,
        wire_digest=row.wire_digest,
    )


def provide_dictionaries(connection: Connection) -> None:
    """Put our dictionaries into an archive that does not have them yet."""
    known = connection.execute(select(dictionaries.c.id)).scalars().all()
    if HEADER_DICTIONARY not in known:
        data = _HEADER_LINES.encode()
        connection.execute(
            insert(dictionaries),
            {"id": HEADER_DICTIONARY, "digest": hashlib.sha256(data).digest(), "data": data},
        )


def load_dictionary(connection: Connection, dictionary: int | None) -> bytes | None:
    """The bytes of a dictionary; ``None`` for none."""
    if dictionary is None:
        return None
    if dictionary == HEADER_DICTIONARY:
        return _HEADER_LINES.encode()
    data = connection.execute(select(dictionaries.c.data).where(dictionaries.c.id == dictionary)).scalar()
    if data is None:
        raise ArchiveError(f"dictionary {dictionary} is not in the archive; run `legger verify`")
    return bytes(data)
