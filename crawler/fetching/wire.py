"""Answers as browsers take them: heads that are not quite HTTP, coded bodies, bodies cut off on the way.

Pure functions of bytes. :mod:`crawler.fetching.lenient_handler` hands what they give on to aiohttp's parser.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Iterator, Sequence

MOST_HEAD = 256 * 1024
"""Bytes of all header lines of one answer together; as much as Chromium takes."""
MOST_LINES = 2000
"""Header lines of one answer."""
MOST_DIGITS = 18
"""Of a length; one with more is no length."""
STEP = 16 * 1024
"""Packed bytes unpacked at a time: what a broken stream costs is less than one step."""


# ---------------------------------------------------------------- heads


class ChunkedBody:
    """Chunks as browsers take them, handed on as the standard writes them: their lines may end with LF alone,
    and white space may stand behind a size. What follows the last chunk is dropped."""

    def __init__(self) -> None:
        self._line = b""
        self._left = 0
        """Bytes that the chunk at hand still has; 0: a line is next."""
        self._closes = False
        """The next line is the empty one behind a chunk."""
        self.begun = self.ended = False
        """A chunk has come; the last one has, and not yet the empty line behind it."""
        self.fault = ""
        """What stands where a chunk should, in words."""
        self.beyond = False
        """Something follows the end."""
        self._done = False

    def mended(self, data: bytes) -> bytes:
        """What came, for the parser, up to what is no chunk: see :attr:`fault`."""
        told: list[bytes] = []
        at = 0
        while at < len(data) and not (self._done or self.fault):
            if self._left:
                piece = data[at : at + self._left]
                told += b"%x\r\n" % len(piece), piece, b"\r\n"
                self._left -= len(piece)
                at += len(piece)
                self._closes = not self._left
                self.begun = True
                continue
            end = data.find(b"\n", at)
            line = self._line + data[at : end if end >= 0 else len(data)]
            self._line, at = (b"", end + 1) if end >= 0 else (line, len(data))
            if len(line) > MOST_CHUNK_LINE:
                self._refuse(line)
            elif end >= 0:
                self._take(line.rstrip(b"\r"), told)
        self.beyond = self._done and at < len(data)
        return b"".join(told)

    def _take(self, line: bytes, told: list[bytes]) -> None:
        if self.ended:
            if not line:
                self.ended, self._done = False, True
                told.append(LAST_CHUNK)
            return
        if self._closes and not line:
            self._closes = False
            return
        size = line.partition(b";")[0].rstrip(b" \t")
        if self._closes or not _CHUNK_SIZE.fullmatch(size):
            self._refuse(line)
            return
        self._left = int(size, 16)
        self.ended = not self._left

    def _refuse(self, line: bytes) -> None:
        shown = line[:20].decode("latin-1")
        self.fault = f"its body is said to come in chunks, and has {shown!r} for the size of one"


LAST_CHUNK = b"0\r\n\r\n"
MOST_CHUNK_LINE = 16 * 1024
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,16}")
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*\bchunked[ \t]*\r\n", re.I)


def mended(head: bytes) -> bytes:
    """The head of an answer as browsers take it; one that is in order comes back as it is.

    The first line is put as the standard writes it, whatever protocol it names and however it is spaced.
    White space before a colon goes. Lines without a name or a colon go. One length stated several times is
    one; a length that is no number, or beyond all bounds, is none; beside ``chunked`` a length says nothing.
    Several lengths that differ stay: nobody can tell which is right.
    """
    status, *lines = re.split(rb"\r?\n", head.rstrip(b"\r\n"))
    if hit := _STATUS.fullmatch(status):
        version = hit[1] if hit[1] in (b"1.0", b"1.1") else b"1.1"
        status = b"HTTP/%s %s %s" % (version, hit[2], hit[3])
    kept: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in b" \t":
            if kept and line.strip():
                kept[-1] = kept[-1][0], kept[-1][1] + b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        if colon and _NAME.fullmatch(name):
            kept.append((name, value.rstrip(b"\r").replace(b"\r", b" ")))
    chunked = any(
        name.lower() == b"transfer-encoding" and b"chunked" in value.lower() for name, value in kept
    )
    stated = {
        each.strip()
        for name, value in kept
        if name.lower() == b"content-length"
        for each in value.split(b",")
    }
    only = next(iter(stated), b"") if len(stated) == 1 else b"0"
    useless = chunked or not only.isdigit() or len(only.lstrip(b"0")) > MOST_DIGITS
    said = False
    result = [status]
    for name, value in kept:
        lower = name.lower()
        if lower == b"content-length":
            if useless or (said and len(stated) == 1):
                continue
            said = True
            if len(stated) == 1:
                result.append(name + b": " + next(iter(stated)))
                continue
        if lower == b"transfer-encoding" and not chunked:
            continue
        result.append(name + b":" + value)
    return b"\r\n".join(result) + b"\r\n\r\n"


def stated_length(head: bytes) -> int | None:
    """The stated length of a mended head; ``None``: none, or several."""
    stated = _LENGTH.findall(head)
    return int(stated[0]) if len(stated) == 1 and INTERIM.match(head) is None else None


_STATUS = re.compile(rb"http/(\d{1,2}(?:\.\d{1,2})?)[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.I)
HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
INTERIM = re.compile(rb"HTTP/1\.\d 1(?!01)\d\d")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n)", re.I)


# ---------------------------------------------------------------- bodies


class NotAsked(ValueError):
    """A body is coded in a way that nobody asked for and that we do not read."""


def unpacked(body: bytes, codings: Sequence[str], *, limit: int) -> tuple[bytes, bool]:
    """A body without its content codings, at most *limit* bytes, and whether it was whole.

    *codings* are the values of Content-Encoding (and of Transfer-Encoding) in the order of the headers. What
    the bytes show goes before what is said of them; a word that names no coding changes nothing, nor does any
    word about a body that is plain text, as in browsers. Raises :class:`NotAsked`.
    """
    said = (each.partition(";")[0].strip().lower() for value in codings for each in value.split(","))
    names = [name for name in said if name in _READ or name in _NOT_READ]
    whole = True
    for name in reversed(names[-MOST_CODINGS:]):
        if not body:
            continue
        if name in _NOT_READ:
            if _CONTROLS.search(body[:1024]) is None:
                continue
            raise NotAsked(f"its body is coded as {name!r}, which was not asked for")
        if body[:2] == b"\x1f\x8b":
            body, ended = _joined(_gunzipped(body), limit)
        elif name.endswith("deflate") or (body[:1] == b"\x78" and not int.from_bytes(body[:2]) % 31):
            body, ended = _joined(_inflated(body), limit)
        else:
            ended = True
        whole = whole and ended
    return body, whole


MOST_CODINGS = 4
_READ = frozenset({"gzip", "x-gzip", "deflate", "x-deflate"})
_NOT_READ = frozenset(
    {"br", "zstd", "compress", "x-compress", "dcb", "dcz", "bzip2", "x-bzip2", "xz", "lzma"}
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _joined(pieces: Iterator[bytes | None], limit: int) -> tuple[bytes, bool]:
    """The pieces together; a stream that ends with ``None`` had its end."""
    found: list[bytes] = []
    size = 0
    for piece in pieces:
        if piece is None:
            return b"".join(found), True
        found.append(piece)
        size += len(piece)
        if size > limit:
            return b"".join(found)[: limit + 1], False
    return b"".join(found), False


def _gunzipped(body: bytes) -> Iterator[bytes | None]:
    """One member after the other; what stands behind the last and is none is left out."""
    at = 0
    while body[at : at + 2] == b"\x1f\x8b":
        end = yield from _pieces(31, body, at)
        if end is None:
            return
        at = end
    yield None


def _inflated(body: bytes) -> Iterator[bytes | None]:
    """With the frame that the standard asks for, or without it, as some servers send it."""
    for wbits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            zlib.decompressobj(wbits=wbits).decompress(body[:STEP], 1)
        except zlib.error:
            continue
        if (yield from _pieces(wbits, body, 0)) is not None:
            yield None
        return
    yield body
    yield None


def _pieces(wbits: int, body: bytes, at: int) -> Generator[bytes, None, int | None]:
    """What one packed stream gives that begins *at*; returns where it ends, ``None``: it has no end."""
    stream = zlib.decompressobj(wbits=wbits)
    rest = b""
    while not stream.eof:
        if not rest:
            rest = body[at : at + STEP]
            at += len(rest)
            if not rest:
                return None
        try:
            piece = stream.decompress(rest, 1 << 20)
        except zlib.error:
            return None
        rest = stream.unconsumed_tail
        if piece:
            yield piece
    return at - len(stream.unused_data)


# ---------------------------------------------------------------- whole, or cut off


def ends(body: bytes) -> bool | None:
    """Whether a document has its own end: ``</html>``, or that of the root of a feed or sitemap.

    ``None``: it is of a kind that states no end (plain text, JSON, a picture).
    """
    start = body[:4096].lower()
    if root := _XML_ROOT.search(start):
        return re.search(rb"</" + re.escape(root[1]) + rb"\s*>", body[-TAIL:].lower()) is not None
    if _HTML.search(start):
        return _HTML_END.search(body[-TAIL:]) is not None
    return None


def looks_cut(body: bytes) -> bool:
    """Whether a document that came without a stated length lacks its end.

    HTML may leave out ``</body>`` and ``</html>``, so that a page without them is whole when every element
    that must be closed is.
    """
    if ends(body) is not False:
        return False
    if not _HTML.search(body[:4096].lower()):
        return True
    opened = 0
    last = 0
    for tag in _CLOSING_TAG.finditer(body):
        opened += -1 if tag[1] else 1
        last = tag.end()
    return opened > 0 or b"<" in body[max(last, body.rfind(b">") + 1) :]


def ends_alike(body: bytes, other: bytes) -> bool:
    """Whether two HTML documents that look cut have the same end, behind a closed element or a comment.

    A page that is broken off twice hardly ends twice at the same place, and there.
    """
    return (
        ends(body) is False
        and _HTML.search(body[:4096].lower()) is not None
        and _CLOSED.search(body[-TAIL:]) is not None
        and body[-SAME:] == other[-SAME:]
    )


SAME = 256
"""Bytes at the end of two documents that are compared: what stands before may change with each answer."""
_CLOSED = re.compile(rb"(?:</[a-z][a-z0-9-]*\s*>|-->)\s*\Z", re.I)
TAIL = 4096
"""Bytes at the end of a document within which its end is looked for: scripts and comments may follow it."""
_HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]")
_HTML_END = re.compile(rb"</(?:html|body)\s*>", re.I)
_XML_ROOT = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<[?!][^>]*>\s*)*<((?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex))[\s>]"
)
_CLOSING_TAG = re.compile(
    rb"<(/?)(?:article|section|main|div|header|footer|aside|nav|ul|ol|table|script|style|title|h[1-6]|a|span)\b[^>]*>",
    re.I,
)
