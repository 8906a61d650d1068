"""The bytes of a feed or sitemap -> its text, out of its packing and in the charset that it shows. Pure."""

from __future__ import annotations

import codecs
import html
import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from archive.model.types import Capture
from crawler.extract.page.encoding import named_codec
from crawler.urls import as_browsers_read

MOST_BYTES = 64 * 1024 * 1024
"""Unpacked; the protocol of sitemaps allows 50 MB. What comes after is not read."""
MOST_LAYERS = 3
"""Of gzip around each other."""
HEAD = 65_536
"""Bytes, or characters, in which a source must show what it is."""
MOST_ADDRESS = 65_536
"""Characters of an address."""
_CHUNK = 262_144
_GZIP = b"\x1f\x8b"


class SourceFault(NamedTuple):
    """What is wrong with a source, in words for its operator."""

    reason: str


def unpacked(body: bytes, faults: list[SourceFault]) -> Iterator[bytes]:
    """The bytes of a source out of all layers of gzip, up to :data:`MOST_BYTES`."""
    left = MOST_BYTES
    for piece in _layer(_cut(body), faults, MOST_LAYERS):
        if len(piece) > left:
            yield piece[:left]
            faults.append(SourceFault(f"what follows {MOST_BYTES // 1024**2} MB is not read"))
            return
        left -= len(piece)
        yield piece


def _cut(body: bytes) -> Iterator[bytes]:
    view = memoryview(body)
    for at in range(0, len(body), _CHUNK):
        yield bytes(view[at : at + _CHUNK])


def _layer(pieces: Iterator[bytes], faults: list[SourceFault], layers: int) -> Iterator[bytes]:
    """*pieces* as they are, or what they are the gzip of."""
    first = next(pieces, b"")
    while len(first) < 2 and (more := next(pieces, b"")):
        first += more
    if first[:1] == b"\x78" and len(first) > 1 and not (first[0] << 8 | first[1]) % 31 and layers:
        yield from _layer(_inflated(first, pieces, faults), faults, layers - 1)
        return
    if not first.startswith(_GZIP) or not layers:
        if first.startswith(_GZIP):
            faults.append(SourceFault(f"gzip in more than {MOST_LAYERS} layers"))
            return
        yield first
        yield from pieces
        return
    yield from _layer(_gunzipped(first, pieces, faults), faults, layers - 1)


def _gunzipped(first: bytes, pieces: Iterator[bytes], faults: list[SourceFault]) -> Iterator[bytes]:
    """All members of a gzip file; one that breaks off gives what came before."""
    packed, member = first, zlib.decompressobj(wbits=31)
    try:
        while True:
            out = member.decompress(packed, _CHUNK)
            if out:
                yield out
            if member.eof:
                packed = member.unused_data or next(pieces, b"")
                packed = packed.lstrip(b"\0")  # tapes and discs pad
                if not packed:
                    return
                if not packed.startswith(_GZIP[:1]):
                    faults.append(SourceFault("bytes that are no gzip follow its end"))
                    return
                member = zlib.decompressobj(wbits=31)
                continue
            packed = member.unconsumed_tail
            if not packed and len(out) < _CHUNK:
                packed = next(pieces, b"")
                if not packed:
                    faults.append(SourceFault("its gzip breaks off"))
                    return
    except zlib.error:
        faults.append(SourceFault("its gzip is damaged"))


def _inflated(first: bytes, pieces: Iterator[bytes], faults: list[SourceFault]) -> Iterator[bytes]:
    """A zlib stream, which some servers store in place of gzip."""
    packed, stream = first, zlib.decompressobj()
    try:
        while not stream.eof:
            if out := stream.decompress(packed, _CHUNK):
                yield out
            packed = stream.unconsumed_tail
            if not packed and len(out) < _CHUNK and not stream.eof and not (packed := next(pieces, b"")):
                faults.append(SourceFault("its zlib stream breaks off"))
                return
    except zlib.error:
        faults.append(SourceFault("its zlib stream is damaged"))


def decoded(pieces: Iterator[bytes], charset: str | None) -> Iterator[str]:
    """The text of an unpacked source; *charset* is what its header says."""
    first = next(pieces, b"")
    while len(first) < 4096 and (more := next(pieces, b"")):
        first += more
    reader = decoder(first[:HEAD], charset)
    yield reader.decode(first).removeprefix("\ufeff")
    for piece in pieces:
        yield reader.decode(piece)
    yield reader.decode(b"", final=True)


def decoder(head: bytes, charset: str | None) -> codecs.IncrementalDecoder:
    """What reads a source whose first bytes are *head*: what they show goes before what is said of them."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codecs.getincrementaldecoder(codec)("legger.cp1252" if "8" in codec else "replace")
    start = head[:4096]
    if start.count(0) > 5 * len(start) // 8:  # UTF-32 that has no mark
        codec = "utf-32-be" if start[:1] == b"\0" else "utf-32-le"
        return codecs.getincrementaldecoder(codec)("replace")
    if start.count(0) > len(start) // 4:  # UTF-16 that has no mark
        codec = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        return codecs.getincrementaldecoder(codec)("replace")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        telling = not head.isascii()
    except UnicodeDecodeError:
        telling = False
    stated = _STATED.search(start)
    codec = named_codec(stated[1].decode("ascii", "replace") if stated else charset) or "utf-8"
    if telling or codec in ("utf-8", "cp1252"):  # a byte that is no UTF-8 is read as Windows-1252
        return codecs.getincrementaldecoder("utf-8")("legger.cp1252")
    return codecs.getincrementaldecoder(codec)("replace")


def header_charset(capture: Capture) -> str | None:
    """The charset that Content-Type states."""
    found = _CHARSET.search(capture.header("content-type") or "")
    return found[1] if found else None


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STATED = re.compile(rb"<\?xml\b[^>]{0,400}?\bencoding\s{0,20}=\s{0,20}[\"']\s{0,20}([\w:.-]{1,40})", re.I)
_CHARSET = re.compile(r"charset\s{0,20}=\s{0,20}[\"']?([\w:.-]{1,40})", re.I)


# ---------------------------------------------------------------- what stands in it


def joined(base: str, href: str) -> str | None:
    """*href* seen from *base*; ``None`` when it is no address at all."""
    href = as_browsers_read(href)
    if not href or len(href) > MOST_ADDRESS:
        return None
    try:
        return urljoin(base, href)
    except ValueError:
        return None


def spelled(href: str, base: str) -> str:
    """An address as a source meant it: without its scheme, with two, escaped twice, or over several lines."""
    href = _WRAPPED.sub("", _ESCAPED_AMPERSAND.sub("&", href.strip()))
    href = _SCHEME_BEFORE_SCHEME.sub("", href)
    if hit := _SCHEME_WITHOUT_COLON.match(href):
        return f"{hit[1]}://{href[hit.end() :]}"
    host = urlsplit(base).netloc
    if host and href.lower().startswith((f"{host}/", "www.")):
        return f"{urlsplit(base).scheme}://{href}"
    return href


_ESCAPED_AMPERSAND = re.compile(r"&(?:amp|#0{0,3}38);")
_WRAPPED = re.compile(r"[ \t]{0,100}[\r\n]\s{0,100}")
_SCHEME_BEFORE_SCHEME = re.compile(r"^https?:/{0,2}(?=https?:/)", re.I)
_SCHEME_WITHOUT_COLON = re.compile(r"(https?)(?://|:/(?!/))", re.I)


def said(words: str | None) -> str | None:
    """A time as it stands, cut to what a time may be."""
    return words.strip()[:100] or None if words else None


def plain(words: str | None) -> str | None:
    """Text without markup, on one line, at most 500 characters."""
    if not words:
        return None
    words = words[:20_000]
    return " ".join(html.unescape(_TAG.sub(" ", words) if "<" in words else words).split())[:500] or None


_TAG = re.compile(r"<[^<>]*>")
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML may not hold."""
