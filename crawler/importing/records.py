"""The records of WARC and ARC files, packed or not, whole or damaged.

What a record's stated length leads to is looked at: only where the next record, or the end of what is packed,
stands there is it believed. After what is damaged, the next beginning of a record is searched for.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import zstandard

from archive.errors import UsageError
from crawler.settings import DOWNLOAD_MAXSIZE

PIECE = 1 << 16
"""Bytes that are read at a time."""
MOST = DOWNLOAD_MAXSIZE + (1 << 20)
"""Bytes of a record that are held: its head, that of the answer in it, and as much of a body as is kept."""
_MOST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """A record, or what is left of one."""

    offset: int
    fields: dict[str, list[str]]
    """Name in small letters -> values, as they stand."""
    content: bytes
    """Its block, at most :data:`MOST` bytes; empty while a file is walked through."""
    wrong: str = ""
    """Why it is not to be believed; empty: it is whole."""

    def get(self, name: str) -> str | None:
        """The first value of a field, named in small letters."""
        return self.fields[name][0] if name in self.fields else None


@dataclass(frozen=True, slots=True)
class Damage:
    """What is no record, or no whole one."""

    offset: int
    says: str


class _Unpacker(Protocol):
    """What unpacks one member."""

    def decompress(self, data: bytes, /) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


class _PackedAsOne(Exception):
    """A member holds more than one record: none can be read from its own place."""


class RecordFile:
    """A WARC or ARC file."""

    def __init__(self, file: IO[bytes], size: int, folder: Callable[[], Path]) -> None:
        """*file* has so many bytes, and is closed with this; *folder* makes one to unpack it in."""
        self._file, self._size, self._folder = file, size, folder
        self.is_unpacked = False
        """Whether a member held more than one record, so that places are those of the file as unpacked."""
        begins = self._at(0, 4)
        self._new: Callable[[], _Unpacker] | None = None
        self._first, self._magic = 0, b""
        if begins[:2] == b"\x1f\x8b":
            self._new, self._magic = (lambda: zlib.decompressobj(31)), b"\x1f\x8b\x08"
        elif begins == _ZSTD or _is_skipped(begins):
            self._new, self._magic = self._zstd(begins), _ZSTD

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @classmethod
    def opened(cls, path: Path, folder: Callable[[], Path]) -> RecordFile:
        """One on this machine. Raises :class:`UsageError`."""
        try:
            return cls(path.open("rb"), path.stat().st_size, folder)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error

    def walk(self) -> Iterator[Record | Damage]:
        """Every record in order, without its content, and what is damaged between them."""
        place = self._first
        while place < self._size:
            try:
                found, after = self._unpacked(place) if self._new else self._plain(place)
            except _PackedAsOne:
                self.unpack()
                place = 0
                continue
            except _NoRecord as error:
                following = self._next_beginning(place + 1)
                yield Damage(place, str(error))
                place = self._size if following is None else following
                continue
            if found is not None:
                yield found
                if found.wrong:
                    yield Damage(place, found.wrong)
            place = after

    def read(self, offset: int) -> Record:
        """The record at a place that :meth:`walk` told of. Raises :class:`ValueError`."""
        found, _ = self._unpacked(offset, MOST) if self._new else self._plain(offset, MOST)
        if found is None:
            raise ValueError("there is no record")
        return found

    # ------------------------------------------------------------ not packed

    def _plain(self, place: int, most: int = 0) -> tuple[Record | None, int]:
        """(the record at a place, where the next one is to stand)."""
        head = self._at(place, PIECE)
        while (size := _head_size(head)) is None and len(head) < min(_MOST_HEAD, self._size - place):
            head = self._at(place, 4 * len(head))
        if not head.strip(b"\r\n"):
            return None, place + len(head)
        blank = len(head) - len(head.lstrip(b"\r\n"))
        if blank:
            return self._plain(place + blank, most)
        fields, length = _fields(head, size)
        end = place + (size or 0) + length
        content = self._at(place + (size or 0), min(length, most)) if most else b""
        after = self._at(end, _AFTER)
        wrong = ""
        if end > self._size:
            wrong = "its stated length leads beyond the end of the file"
        elif not _is_the_end(after, whole=end + len(after) >= self._size):
            wrong = "its stated length is not that of what stands there"
        if not wrong:
            return Record(place, fields, content), end + len(after) - len(after.lstrip(b"\r\n"))
        following = self._next_beginning(place + (size or 1))
        return Record(place, fields, b"", wrong), self._size if following is None else following

    # ------------------------------------------------------------ packed

    def _unpacked(self, place: int, most: int = 0) -> tuple[Record | None, int]:
        """As :meth:`_plain`, of a member that stands at a place."""
        assert self._new is not None
        unpacker = self._new()
        kept, total, at = bytearray(), 0, place
        size: int | None = None
        fields: dict[str, list[str]] | None = None
        length, after, wrong = 0, b"", ""
        try:
            while not unpacker.eof and (piece := self._at(at, PIECE)):
                at += len(piece)
                made = unpacker.decompress(piece)
                if fields is None or len(kept) < (size or 0) + most:
                    kept += made
                if fields is None and ((size := _head_size(kept)) is not None or unpacker.eof):
                    if not kept.strip(b"\r\n\0"):
                        break
                    fields, length = _fields(bytes(kept), size)
                if fields is None and len(kept) > _MOST_HEAD:
                    raise _NoRecord("what stands there is no record")
                if fields is not None and len(after) < _AFTER:
                    behind = (size or 0) + length + len(after) - total
                    after += made[max(behind, 0) :][: _AFTER - len(after)] if behind < len(made) else b""
                total += len(made)
        except (zlib.error, zstandard.ZstdError) as error:
            if fields is None:
                raise _NoRecord(f"it cannot be unpacked: {error}") from error
            wrong = f"it cannot be unpacked: {error}"
        following = at - len(unpacker.unused_data)
        if not wrong and not unpacker.eof:
            if fields is None:
                raise _NoRecord("the file ends within a record")
            wrong = "the file ends within it"
        elif not wrong and fields is None:
            return None, following
        assert fields is not None
        needed = (size or 0) + length
        if not wrong and _BEGINS.match(after.lstrip(b"\r\n")):
            raise _PackedAsOne
        if not wrong and (total < needed or after.strip(b"\r\n\0")):
            wrong = "its stated length is not that of what stands there"
        if wrong and not unpacker.eof:
            found = self._next_beginning(place + 1)
            following = self._size if found is None else found
        content = b"" if wrong else bytes(kept[size or 0 : needed])[:most]
        return Record(place, fields, content, wrong), following

    def _zstd(self, begins: bytes) -> Callable[[], _Unpacker]:
        """What unpacks a frame. The file may begin with the dictionary that its frames were packed with."""
        known = None
        while _is_skipped(begins):
            (size,) = struct.unpack("<I", self._at(self._first + 4, 4))
            if begins == _DICTIONARY:
                content = self._at(self._first + 8, size)
                if content[:4] == _ZSTD:
                    content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
                known = zstandard.ZstdCompressionDict(content)
            self._first += 8 + size
            begins = self._at(self._first, 4)
        return zstandard.ZstdDecompressor(dict_data=known).decompressobj

    def unpack(self) -> None:
        """Go on with the file as it is unpacked: as much of it as can be."""
        assert self._new is not None
        path = self._folder() / "unpacked"
        place = self._first
        with path.open("wb") as out:
            while place < self._size:
                unpacker = self._new()
                at = place
                try:
                    while not unpacker.eof and (piece := self._at(at, PIECE)):
                        at += len(piece)
                        out.write(unpacker.decompress(piece))
                except (zlib.error, zstandard.ZstdError):
                    break  # what comes out last is no whole record, and is told as that
                place = at - len(unpacker.unused_data)
        self._file.close()
        self._file, self._size = path.open("rb"), path.stat().st_size
        self._new, self._first, self.is_unpacked = None, 0, True

    # ------------------------------------------------------------ anywhere

    def _next_beginning(self, place: int) -> int | None:
        """Where the next record begins that can be read; ``None``: none does."""
        while place < self._size:
            piece = self._at(place, PIECE + _AFTER)
            for found in re.finditer(re.escape(self._magic) if self._new else _BEGINS_LINE, piece):
                at = place + found.start()
                if at < place + PIECE and (self._new is None or self._begins(at)):
                    return at
            place += PIECE
        return None

    def _begins(self, place: int) -> bool:
        """Whether a member with a record begins there: its magic number may stand anywhere."""
        assert self._new is not None
        try:
            made = self._new().decompress(self._at(place, 1 << 12))
        except (zlib.error, zstandard.ZstdError):
            return False
        return _BEGINS.match(made) is not None

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size)


class _NoRecord(ValueError):
    """What stands somewhere is no record."""


_ZSTD = b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""Of the frame with which files begin whose frames were packed with a dictionary."""


def _is_skipped(begins: bytes) -> bool:
    """Whether a frame of Zstandard is one that who unpacks passes over."""
    return begins[1:4] == b"\x2a\x4d\x18" and begins[0] >> 4 == 5


_AFTER = 64
"""Bytes behind a record that are looked at."""
_BEGINS = re.compile(rb"WARC/\d|[a-z][a-z0-9+.-]*:[^\r\n]* \d{12,14} ")
_BEGINS_LINE = re.compile(
    rb"WARC/\d\.\d+\r?\n[A-Za-z][A-Za-z-]+:|(?<=\n)https?://[^\s]+ \S+ \d{14} \S+ \d+\r?\n"
)
_ARC_LINE = re.compile(
    rb"(?P<url>[a-z][a-z0-9+.-]*:.*?) (?P<ip>\S+) (?P<date>\d{12,14}) (?P<type>\S*)(?: .*)? (?P<length>\d+)$"
)
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")


def _is_the_end(after: bytes, *, whole: bool) -> bool:
    """Whether a record may end before these bytes. *whole*: nothing comes behind them."""
    rest = after.lstrip(b"\r\n")
    return after[:4] == b"\r\n\r\n" or (not rest and whole) or _BEGINS.match(rest) is not None


def _head_size(head: bytes | bytearray) -> int | None:
    """Bytes of the head of a record; ``None``: it has no end there."""
    if head[:5] == b"WARC/":
        found = _HEAD_ENDS.search(head)
        return found.end() if found else None
    line = head.find(b"\n")
    return line + 1 if line >= 0 else None


def _fields(head: bytes, size: int | None) -> tuple[dict[str, list[str]], int]:
    """(The fields of a record, its stated length). Raises :class:`_NoRecord`."""
    if size is None:
        raise _NoRecord("what stands there is no record")
    if head[:5] != b"WARC/":
        return _of_arc(head[:size].rstrip(b"\r\n"))
    found: dict[str, list[str]] = {}
    name = ""
    for line in head[:size].splitlines()[1:]:
        if line[:1] in (b" ", b"\t") and name:
            found[name][-1] += f" {line.strip().decode('utf-8', 'replace')}"
            continue
        key, colon, value = line.partition(b":")
        if colon and key.strip():
            name = key.strip().decode("latin-1").lower()
            found.setdefault(name, []).append(value.strip().decode("utf-8", "replace"))
    try:
        length = int(found["content-length"][0])
    except (KeyError, ValueError) as error:
        raise _NoRecord("a record that states no length") from error
    if length < 0:
        raise _NoRecord("a record that states no length")
    return found, length


def _of_arc(line: bytes) -> tuple[dict[str, list[str]], int]:
    said = _ARC_LINE.match(line)
    if said is None:
        raise _NoRecord("what stands there is no record")
    url = said["url"].decode("utf-8", "replace")
    return {
        "warc-type": ["warcinfo" if url.startswith("filedesc:") else "response"],
        "warc-target-uri": [url],
        "warc-date": [said["date"].decode()],
        "warc-ip-address": [said["ip"].decode("latin-1")],
        "content-type": [said["type"].decode("latin-1")],
    }, int(said["length"])
