"""How raw pages and header lines are packed and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

import zstandard
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    select,
    update,
)

from archive.captures import objects
from archive.db.functions import add_unless_there, total
from archive.db.mapping import AnyRow
from archive.db.prepared import Statement
from archive.db.schema import addresses, bodies, captures, reference_bodies
from archive.errors import ArchiveError
from archive.model.addresses import Role

Shared: TypeAlias = Callable[[], AbstractContextManager[Connection]]

LEVEL = 3
"""zstd's level for a page by itself: half a millisecond. Compacting packs tighter, afterwards."""

LARGE = 300_000
"""Bytes from which a reference is several pages, and is searched as below: zstd's own quick levels remember
too few places of it, and a page took 1.25 times as many bytes. A third of a millisecond a page."""

_FAR = {"strategy": zstandard.STRATEGY_LAZY2, "hash_log": 19, "chain_log": 19, "search_log": 5}

DESTROYED = "destroyed"
"""The codec of a body whose bytes are no more; its digest stays."""

ELSEWHERE = "elsewhere"
"""The codec of a body whose bytes stand in another archive: an export named its digest."""

WITHOUT_BYTES = (DESTROYED, ELSEWHERE)

MASKED = "masked"
"""The codec of a body, packed by itself, from which words of a redacted article were taken: it no longer has
the digest of what came."""

SMALL = 512
"""Bytes below which no reference is worth its while."""

CANDIDATES = 4
"""Templates tried for a page, the ones that served last first."""

AS_GOOD = 0.07
"""A page packed to this share of its size has found its template; nothing better is looked for."""

NO_LIKENESS = 0.5
"""A page that its best template packs to no less than this share of what zstd does alone is a template."""

FEW, MANY = 8, 1000
"""A site's dictionary is made when it has so many pages, and grows with the site until it has so many."""

DEPTH = 2
"""At most so many other bodies are unpacked to read one: a page seen before, and a template."""

PACKED_SIZE: ColumnElement[int] = func.length(bodies.c.data) + func.coalesce(
    cast(bodies.c.object_size, Integer), 0
)
"""Bytes of a body as it is kept, wherever it is. Of 32 bits: PostgreSQL adds longer ones up to a decimal."""

_BODY_ID = Statement(select(bodies.c.id, bodies.c.codec).where(bodies.c.digest == bindparam("digest")))
_BODY = Statement(
    select(
        bodies.c.codec, bodies.c.reference_id, bodies.c.data, bodies.c.object, bodies.c.digest, bodies.c.size
    ).where(bodies.c.id == bindparam("body"))
)
_BEFORE = Statement(
    select(bodies.c.id, bodies.c.depth, bodies.c.reference_id)
    .select_from(captures)
    .join(bodies, bodies.c.id == captures.c.body_id)
    .where(
        captures.c.address_id == bindparam("address"),
        captures.c.body_id.is_not(None),
        bodies.c.codec != DESTROYED,
        bodies.c.codec != ELSEWHERE,
    )
    .order_by(captures.c.id.desc())
    .limit(1)
)
_DEPTH = Statement(select(bodies.c.depth).where(bodies.c.id == bindparam("body")))
_TEMPLATES = (
    select(reference_bodies.c.body_id)
    .join(bodies, bodies.c.id == reference_bodies.c.body_id)
    .where(reference_bodies.c.site_id == bindparam("site"), bodies.c.depth == 0)
    .order_by(reference_bodies.c.id.desc())
    .limit(CANDIDATES)
)
_STANDS = Statement(
    select(reference_bodies.c.body_id)
    .where(reference_bodies.c.site_id == bindparam("site"), reference_bodies.c.body_id == bindparam("body"))
    .limit(1)
)
_NEWEST = Statement(
    select(reference_bodies.c.body_id)
    .where(reference_bodies.c.site_id == bindparam("site"))
    .order_by(reference_bodies.c.id.desc())
    .limit(1)
)
_DICTIONARY = (
    select(func.max(reference_bodies.c.body_id))
    .where(reference_bodies.c.site_id == bindparam("site"))
    .where(~exists().where(captures.c.body_id == reference_bodies.c.body_id))
)
ASSETS = select(addresses.c.id).where(addresses.c.role == Role.ASSET.value)
"""Addresses of what pages show: their bodies have nothing in common with pages, and are packed alone."""
_EARLY = (
    select(captures.c.address_id, captures.c.body_id)
    .where(
        captures.c.site_id == bindparam("site"),
        captures.c.body_id.is_not(None),
        captures.c.address_id.not_in(ASSETS),
    )
    .limit(4 * MANY)
    .subquery()
)
_OWN = (
    select(func.min(_EARLY.c.body_id).label("body_id"), func.count().label("captures"))
    .group_by(_EARLY.c.address_id)
    .subquery()
)
_SO_FAR = (
    select(
        func.count(),
        total(case((bodies.c.id < bindparam("dictionary"), PACKED_SIZE), else_=0)),
        total(PACKED_SIZE),
        total(_OWN.c.captures),
    )
    .join(_OWN, _OWN.c.body_id == bodies.c.id)
    .where(bodies.c.size >= SMALL)
)
_ADD_BODY = Statement(insert(bodies))
_ADD_TEMPLATE = Statement(insert(reference_bodies))


@dataclass(frozen=True)
class PackedBody:
    """A body as it is kept."""

    data: bytes
    codec: str = "zstd"
    reference: int | None = None
    depth: int = 0


@dataclass
class DictionaryGrowth:
    """How far a site's dictionary has come, in packed bytes."""

    count: int
    """Pages of the site; what was captured later at the same address is no page more."""
    before: int = 0
    """Bytes when the dictionary was made."""
    since: int = 0
    """Bytes that came since."""
    made_of: int = 0
    """Pages there were when it was made, as far as that was seen."""

    def is_due(self, share: float, last: float) -> bool:
        """Whether a new one is due: few while a site is young, and fewer and fewer pages are packed twice as
        it grows. The one of :data:`MANY` pages is the last, and is made for a smaller share, *last*."""
        if self.count < FEW or self.made_of >= MANY:
            return False
        return self.since > (share if self.count < MANY else last) * self.before


class ReferenceBody:
    """A body as reference: what zstd has to know of it is worked out once. *level* is zstd's; ``None``: as
    a crawl packs, which is quick."""

    def __init__(self, body: int, content: bytes, *, depth: int, level: int | None = None) -> None:
        self.body, self.content, self.depth = body, content, depth
        far = level is None and len(content) > LARGE
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL if level is None else level,
            **(_FAR if far else {}),
            source_size=len(content),
            dict_size=len(content),
            write_checksum=True,
            write_content_size=True,
        )
        reference = zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        reference.precompute_compress(compression_params=parameters)
        self._packer = zstandard.ZstdCompressor(compression_params=parameters, dict_data=reference)
        self._unpacker = zstandard.ZstdDecompressor(dict_data=reference)

    def pack(self, body: bytes) -> PackedBody:
        """The body as what differs from the reference."""
        return PackedBody(self._packer.compress(body), reference=self.body, depth=self.depth + 1)

    def unpack(self, data: bytes, size: int) -> bytes:
        """What :meth:`pack` made, as the body. Raises :class:`ArchiveError`."""
        return _unpacked(self._unpacker, data, size)


class Packing:
    """How the bodies of one archive are packed as they come: against the last capture of the same page,
    else against the site's dictionary or an earlier page of the same template. Remembers what served
    last."""

    def __init__(self) -> None:
        self._templates: dict[int, list[ReferenceBody]] = {}
        self._sure: set[int] = set()
        """Sites whose templates are known to stand as long as this batch holds the write lock."""
        self._growth: dict[int, DictionaryGrowth] = {}
        self._stunted: set[int] = set()

    def forget(self) -> None:
        """A batch was taken back, and maybe a template with it."""
        self._templates.clear()
        self._sure.clear()
        self._growth.clear()

    def ended(self) -> None:
        """The batch has ended: other processes may write now, and drop a dictionary."""
        self._sure.clear()

    def outgrown(self, share: float, *, last: float) -> list[int]:
        """Sites whose dictionary is to be made anew, as :meth:`DictionaryGrowth.is_due` says."""
        return [
            site
            for site, growth in self._growth.items()
            if growth.is_due(share, last) and site not in self._stunted
        ]

    def grown(self, site: int) -> None:
        """A dictionary was made of all there is, if it was worth its while."""
        growth = self._growth[site]
        growth.before, growth.since, growth.made_of = growth.before + growth.since, 0, growth.count
        self._templates.pop(site, None)

    def dictionary_failed(self, site: int) -> None:
        """A dictionary could not be made: not tried again as long as the archive is open."""
        self._stunted.add(site)

    def store(
        self,
        connection: Connection,
        body: bytes,
        *,
        digest: bytes | None,
        site: int,
        address: int,
        shared: Shared,
        page: bool = True,
        without: bytes | None = None,
    ) -> int | None:
        """Keep a body and return its number; an identical one is stored once. ``None`` for an empty body.

        *digest* is the body's SHA-256, ``None`` of an empty one.
        *shared*: for the row, which any site may refer to (:meth:`archive.db.session.Session.shared`). What
        is no *page* is packed by itself. *without*: the body as it may be kept, where it names an article
        that was destroyed.
        """
        if digest is None:
            return None
        known = _BODY_ID.first(connection, {"digest": digest})
        if known is not None:
            if known.codec == ELSEWHERE:
                packed = alone(body) if without in (None, body) else masked(without or b"")
                with shared() as beside:
                    beside.execute(
                        update(bodies)
                        .where(bodies.c.id == known.id, bodies.c.codec == ELSEWHERE)
                        .values(size=len(body), **kept_as(beside, digest, packed))
                    )
            return int(known.id)
        if without is not None and without != body:
            with shared() as beside:
                return add(beside, body, digest, masked(without))
        if not page:
            with shared() as beside:
                return add(beside, body, digest, alone(body))
        growth = self._so_far(connection, site)
        before = self._before(connection, site, address) if len(body) >= SMALL else None
        packed = self._pack(connection, body, site, before)
        with shared() as beside:
            number = _add_new(beside, _values(beside, body, digest, packed))
        if number is None:  # another process has just kept it, packed in its own way
            return int(_BODY_ID.scalar(connection, {"digest": digest}))
        if before is None and len(body) >= SMALL:
            growth.count, growth.since = growth.count + 1, growth.since + len(packed.data)
        if packed.depth == 0 and len(body) >= SMALL:
            _ADD_TEMPLATE.run(connection, {"site_id": site, "body_id": number})
            served = self._templates.setdefault(site, [])
            served.insert(0, ReferenceBody(number, body, depth=0))
            del served[CANDIDATES:]
        return number

    def _pack(
        self, connection: Connection, body: bytes, site: int, before: ReferenceBody | None
    ) -> PackedBody:
        if len(body) < SMALL:
            return alone(body)
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

    def _before(self, connection: Connection, site: int, address: int) -> ReferenceBody | None:
        """The page as it was captured last, or what that one refers to where the chain is long enough."""
        row = _BEFORE.first(connection, {"address": address})
        if row is None:
            return None
        body, depth = row.id, row.depth
        if depth >= DEPTH:
            body = row.reference_id
            depth = _DEPTH.scalar(connection, {"body": body})
        return ReferenceBody(body, load(connection, body, self.known(site)), depth=depth)

    def known(self, site: int) -> dict[int, ReferenceBody]:
        """What is at hand of a site's templates, by number."""
        return {template.body: template for template in self._templates.get(site, ())}

    def _served(self, connection: Connection, site: int) -> list[ReferenceBody]:
        served = self._templates.get(site)
        if served is not None and site not in self._sure:
            numbers = {template.body for template in served}
            newest = _NEWEST.scalar(connection, {"site": site})
            standing = all(_STANDS.first(connection, {"site": site, "body": number}) for number in numbers)
            if not standing or (newest is not None and newest not in numbers):
                served = None
        if served is None:
            found = connection.execute(_TEMPLATES, {"site": site}).scalars().all()
            served = [ReferenceBody(number, load(connection, number), depth=0) for number in found]
            self._templates[site] = served
        self._sure.add(site)
        return served

    def _so_far(self, connection: Connection, site: int) -> DictionaryGrowth:
        growth = self._growth.get(site)
        if growth is None:
            dictionary = connection.execute(_DICTIONARY, {"site": site}).scalar() or 0
            asked = {"site": site, "dictionary": dictionary}
            count, before, total, kept = connection.execute(_SO_FAR, asked).one()
            if kept is not None and kept >= 4 * MANY:
                count = MANY + 1  # it has been visited for long
            growth = DictionaryGrowth(count, before or 0, (total or 0) - (before or 0))
            if count > MANY:  # its dictionary stands
                growth.made_of = count
            self._growth[site] = growth
        return growth


def alone(body: bytes, level: int = LEVEL) -> PackedBody:
    """A body packed without any other."""
    data = zstandard.ZstdCompressor(level=level, write_checksum=True).compress(body)
    return PackedBody(data) if len(data) < len(body) else PackedBody(body, codec="raw")


def masked(body: bytes) -> PackedBody:
    """A body from which words were taken, as it is kept: by itself."""
    data = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(body)
    return PackedBody(data, MASKED)


def add(connection: Connection, body: bytes, digest: bytes, packed: PackedBody) -> int:
    """Add a body's row; returns its number, or that of the same one that another process has just added."""
    return _add(connection, _values(connection, body, digest, packed))


def _values(connection: Connection, body: bytes, digest: bytes, packed: PackedBody) -> dict[str, Any]:
    return {"digest": digest, "size": len(body), **kept_as(connection, digest, packed)}


def kept_as(connection: Connection, digest: bytes, packed: PackedBody) -> dict[str, Any]:
    """The columns that hold a packed body. Its bytes are written to object storage here, if there is any."""
    key = None
    storage = objects.of(connection) if len(packed.data) >= objects.SMALLEST else None
    if storage is not None:
        key = objects.key_of(digest, packed.data)
        storage.put(key, packed.data)
    return {
        "codec": packed.codec,
        "reference_id": packed.reference,
        "depth": packed.depth,
        "data": packed.data if key is None else b"",
        "object": key,
        "object_size": None if key is None else len(packed.data),
    }


def data_of(connection: Connection, row: AnyRow) -> bytes:
    """The packed bytes of a body, wherever they stand."""
    if row.object is None:
        return bytes(row.data)
    return objects.needed(connection, row.object).get(row.object)


def _add(connection: Connection, values: Mapping[str, Any]) -> int:
    number = _add_new(connection, values)
    return int(number or _BODY_ID.scalar(connection, {"digest": values["digest"]}))


def _add_new(connection: Connection, values: Mapping[str, Any]) -> int | None:
    """The number of a body that is added; ``None``: another process has just added it."""
    if connection.dialect.name == "sqlite":  # whoever writes is alone, and has looked
        return _ADD_BODY.add(connection, values)
    return add_unless_there(connection, bodies, values)


def name_elsewhere(connection: Connection, digest: bytes) -> int:
    """The number of a body of which only the digest is known; the one there is, where its bytes are here."""
    known = _BODY_ID.first(connection, {"digest": digest})
    if known is not None:
        return int(known.id)
    values = {"digest": digest, "size": 0, "codec": ELSEWHERE, "reference_id": None, "depth": 0, "data": b""}
    return _add(connection, values)


def is_elsewhere(connection: Connection, body: int | None) -> bool:
    """Whether the bytes of a body stand in another archive."""
    row = _BODY.first(connection, {"body": body}) if body is not None else None
    return row is not None and row.codec == ELSEWHERE


def load(connection: Connection, body: int | None, known: Mapping[int, ReferenceBody] | None = None) -> bytes:
    """A body as it came, checked against its digest; empty for one without bytes. Raises
    :class:`ArchiveError` when it is damaged.

    *known* holds bodies at hand already, by number.
    """
    if body is None:
        return b""
    if known is not None and body in known:
        return known[body].content
    row = _BODY.first(connection, {"body": body})
    if row is None:
        raise ArchiveError(f"body {body} is not in the archive; run `legger verify`")
    if row.codec in WITHOUT_BYTES:
        return b""
    whole = _whole(connection, row, known)
    if row.codec != MASKED and hashlib.sha256(whole).digest() != row.digest:
        raise ArchiveError(f"body {body} does not match its digest; run `legger verify`")
    return whole


def _whole(connection: Connection, row: AnyRow, known: Mapping[int, ReferenceBody] | None) -> bytes:
    """A body unpacked. What it refers to is not checked by itself: were it wrong, so would be the whole."""
    reference = None
    if row.reference_id is not None:
        if known is not None and row.reference_id in known:
            return known[row.reference_id].unpack(data_of(connection, row), row.size)
        other = _BODY.first(connection, {"body": row.reference_id})
        if other is None:
            raise ArchiveError(f"body {row.reference_id} is not in the archive; run `legger verify`")
        reference = _whole(connection, other, known)
    return unpack(row.codec, data_of(connection, row), reference, row.size)


def unpack(codec: str, data: bytes, reference: bytes | None, size: int) -> bytes:
    """Packed bytes -> the body. Raises :class:`ArchiveError` when they cannot be unpacked."""
    if codec == "raw":
        return data
    return _unpacked(decompressor(reference), data, size)


def _unpacked(unpacker: zstandard.ZstdDecompressor, data: bytes, size: int) -> bytes:
    try:
        return unpacker.decompress(data, max_output_size=size)
    except zstandard.ZstdError as error:
        raise ArchiveError(f"a body cannot be unpacked ({error}); run `legger verify`") from error


def decompressor(reference: bytes | None) -> zstandard.ZstdDecompressor:
    """What unpacks what was packed with *reference*."""
    if reference is None:
        return zstandard.ZstdDecompressor()
    raw = zstandard.ZstdCompressionDict(reference, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=raw)


# ---------------------------------------------------------------- header lines
