"""How raw pages and header lines are packed and kept. Knows no article and no version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import orjson
import zstandard
from sqlalchemy import Connection, bindparam, insert, select

from archive.errors import ArchiveError
from archive.rows import AnyRow
from archive.schema import bodies, captures, dictionaries, templates
from archive.statements import Statement
from archive.types import Headers

LEVEL = 3
"""zstd's level while crawling: half a millisecond a page. Compacting packs tighter, afterwards."""

DESTROYED = "destroyed"
"""The codec of a body whose bytes are no more; its digest stays."""

SMALL = 512
"""Bytes below which no reference is worth its while."""

CANDIDATES = 4
"""Templates tried for a page, the ones that served last first."""

AS_GOOD = 0.07
"""A page packed to this share of its size has found its template; nothing better is looked for."""

NO_LIKENESS = 0.5
"""A page that its best template packs to no less than this share of what zstd does alone is a template."""

DEPTH = 2
"""At most so many other bodies are unpacked to read one: a page seen before, and a template."""

_BODY_ID = Statement(select(bodies.c.id).where(bodies.c.digest == bindparam("digest")))
_BODY = Statement(
    select(bodies.c.codec, bodies.c.reference_id, bodies.c.data, bodies.c.digest, bodies.c.size).where(
        bodies.c.id == bindparam("body")
    )
)
_BEFORE = Statement(
    select(bodies.c.id, bodies.c.depth, bodies.c.reference_id)
    .select_from(captures)
    .join(bodies, bodies.c.id == captures.c.body_id)
    .where(
        captures.c.address_id == bindparam("address"),
        captures.c.body_id.is_not(None),
        bodies.c.codec != DESTROYED,
    )
    .order_by(captures.c.id.desc())
    .limit(1)
)
_DEPTH = Statement(select(bodies.c.depth).where(bodies.c.id == bindparam("body")))
_TEMPLATES = (
    select(templates.c.body_id)
    .join(bodies, bodies.c.id == templates.c.body_id)
    .where(templates.c.site_id == bindparam("site"), bodies.c.depth == 0)
    .order_by(templates.c.id.desc())
    .limit(CANDIDATES)
)
_ADD_BODY = Statement(insert(bodies))
_ADD_TEMPLATE = Statement(insert(templates))


@dataclass(frozen=True)
class Packed:
    """A body as it is kept."""

    data: bytes
    codec: str = "zstd"
    reference: int | None = None
    depth: int = 0


class Template:
    """A body as reference: what zstd has to know of it is worked out once."""

    def __init__(self, body: int, content: bytes, *, depth: int, level: int = LEVEL) -> None:
        self.body, self.content, self.depth = body, content, depth
        parameters = zstandard.ZstdCompressionParameters.from_level(
            level,
            source_size=len(content),
            dict_size=len(content),
            write_checksum=True,
            write_content_size=True,
        )
        reference = zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        reference.precompute_compress(compression_params=parameters)
        self._packer = zstandard.ZstdCompressor(compression_params=parameters, dict_data=reference)

    def pack(self, body: bytes) -> Packed:
        """The body as what differs from the reference."""
        return Packed(self._packer.compress(body), reference=self.body, depth=self.depth + 1)


class Packing:
    """How the bodies of one archive are packed as they come: against the last capture of the same page,
    else against an earlier page of the same template. Remembers the templates that served last."""

    def __init__(self) -> None:
        self._templates: dict[int, list[Template]] = {}

    def forget(self) -> None:
        """A batch was taken back, and maybe a template with it."""
        self._templates.clear()

    def store(self, connection: Connection, body: bytes, *, site: int, address: int) -> int | None:
        """Keep a body and return its number; an identical one is stored once. ``None`` for an empty body."""
        if not body:
            return None
        digest = hashlib.sha256(body).digest()
        known = _BODY_ID.scalar(connection, {"digest": digest})
        if known is not None:
            return int(known)
        packed = self._pack(connection, body, site, address)
        number = add(connection, body, digest, packed)
        if packed.depth == 0 and len(body) >= SMALL:
            _ADD_TEMPLATE.run(connection, {"site_id": site, "body_id": number})
            served = self._templates.setdefault(site, [])
            served.insert(0, Template(number, body, depth=0))
            del served[CANDIDATES:]
        return number

    def _pack(self, connection: Connection, body: bytes, site: int, address: int) -> Packed:
        if len(body) < SMALL:
            return alone(body)
        before = self._before(connection, site, address)
        best = before.pack(body) if before is not None else None
        if best is not None and len(best.data) <= AS_GOOD * len(body):
            return best
        served = self._served(connection, site)
        for place, template in enumerate(served):
            packed = template.pack(body)
            if best is None or len(packed.data) < len(best.data):
                best = packed
                served.insert(0, served.pop(place))
            if len(best.data) <= AS_GOOD * len(body):
                return best
        plain = alone(body)
        return plain if best is None or len(best.data) >= NO_LIKENESS * len(plain.data) else best

    def _before(self, connection: Connection, site: int, address: int) -> Template | None:
        """The page as it was captured last, or what that one refers to where the chain is long enough."""
        row = _BEFORE.first(connection, {"address": address})
        if row is None:
            return None
        body, depth = row.id, row.depth
        if depth >= DEPTH:
            body = row.reference_id
            depth = _DEPTH.scalar(connection, {"body": body})
        known = {template.body: template.content for template in self._templates.get(site, ())}
        return Template(body, load(connection, body, known), depth=depth)

    def _served(self, connection: Connection, site: int) -> list[Template]:
        served = self._templates.get(site)
        if served is None:
            numbers = connection.execute(_TEMPLATES, {"site": site}).scalars().all()
            served = [Template(number, load(connection, number), depth=0) for number in numbers]
            self._templates[site] = served
        return served


def alone(body: bytes, level: int = LEVEL) -> Packed:
    """A body packed without any other."""
    data = zstandard.ZstdCompressor(level=level, write_checksum=True).compress(body)
    return Packed(data) if len(data) < len(body) else Packed(body, codec="raw")


def add(connection: Connection, body: bytes, digest: bytes, packed: Packed) -> int:
    """Add a body's row; returns its number."""
    return _ADD_BODY.add(
        connection,
        {
            "digest": digest,
            "size": len(body),
            "codec": packed.codec,
            "reference_id": packed.reference,
            "depth": packed.depth,
            "data": packed.data,
        },
    )


def load(connection: Connection, body: int | None, known: Mapping[int, bytes] | None = None) -> bytes:
    """A body as it came, checked against its digest. Raises :class:`ArchiveError` when it is damaged.

    *known* holds bodies at hand already, by number.
    """
    if body is None:
        return b""
    if known is not None and body in known:
        return known[body]
    row = _BODY.first(connection, {"body": body})
    if row is None:
        raise ArchiveError(f"body {body} is not in the archive; run `legger verify`")
    if row.codec == DESTROYED:
        return b""
    whole = _whole(connection, row, known)
    if hashlib.sha256(whole).digest() != row.digest:
        raise ArchiveError(f"body {body} does not match its digest; run `legger verify`")
    return whole


def _whole(connection: Connection, row: AnyRow, known: Mapping[int, bytes] | None) -> bytes:
    """A body unpacked. What it refers to is not checked by itself: were it wrong, so would be the whole."""
    reference = None
    if row.reference_id is not None:
        reference = known.get(row.reference_id) if known is not None else None
        if reference is None:
            other = _BODY.first(connection, {"body": row.reference_id})
            if other is None:
                raise ArchiveError(f"body {row.reference_id} is not in the archive; run `legger verify`")
            reference = _whole(connection, other, known)
    return unpack(row.codec, row.data, reference, row.size)


def unpack(codec: str, data: bytes, reference: bytes | None, size: int) -> bytes:
    """Packed bytes -> the body. Raises :class:`ArchiveError` when they cannot be unpacked."""
    if codec == "raw":
        return data
    try:
        return _decompressor(reference).decompress(data, max_output_size=size)
    except zstandard.ZstdError as error:
        raise ArchiveError(f"a body cannot be unpacked ({error}); run `legger verify`") from error


def _decompressor(reference: bytes | None) -> zstandard.ZstdDecompressor:
    if reference is None:
        return zstandard.ZstdDecompressor()
    raw = zstandard.ZstdCompressionDict(reference, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=raw)


# ---------------------------------------------------------------- header lines

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


def pack_headers(request: Headers, answer: Headers) -> bytes:
    """Both sides' header lines, packed with dictionary :data:`HEADER_DICTIONARY`."""
    lines = orjson.dumps({"answer": answer, "request": request})
    packer = zstandard.ZstdCompressor(
        level=LEVEL, dict_data=_header_dictionary(), write_checksum=True, write_content_size=True
    )
    return packer.compress(lines)


def unpack_headers(data: bytes, dictionary: bytes | None) -> tuple[Headers, Headers]:
    """(request lines, answer lines) as they were packed."""
    try:
        lines = orjson.loads(_decompressor(dictionary).decompress(data))
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise ArchiveError(f"header lines cannot be unpacked ({error}); run `legger verify`") from error
    return (
        tuple((name, value) for name, value in lines["request"]),
        tuple((name, value) for name, value in lines["answer"]),
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
