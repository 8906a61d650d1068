"""Rows of an export as JSON Lines: the reference, which holds everything.

Two exports of an unchanged archive are equal byte for byte, and so are their manifests:
``FILE.manifest.json`` says what was chosen, how many rows there are, their digest, and the head of the
archive's hash chain.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any, Protocol, cast

import orjson
import zstandard

from archive import files
from archive.archive import Archive
from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.rows import rows


def lines(archive: Archive, choice: RowChoice | None = None) -> Iterator[bytes]:
    """The chosen rows as JSON Lines, from one snapshot: what a file of them holds, line by line.

    Without a *choice* one row per article, its latest version, articles that have gone included.
    """
    with archive.snapshot() as connection:
        yield from json_lines(rows(connection, choice or RowChoice(), ready=True))


def json_lines(some: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Rows as JSON, one a line."""
    for row in some:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


# ---------------------------------------------------------------- where to


class _Out(Protocol):
    def write(self, data: bytes | bytearray | memoryview[int], /) -> int: ...


class _Digested:
    """A file that is written, and the SHA-256 of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes | bytearray | memoryview[int], /) -> int:
        self.sha256.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


PIECE = 1 << 19
"""Bytes that are handed over to be packed, digested and written at a time: a system's call costs as much as
the bytes of a page or two."""
BUFFERS = 4
"""Pieces that are under way. Their memory is used again and again, and stays in a processor's cache."""


class Sink:
    """Takes lines; packs, digests and writes them on another core, a few pieces behind."""

    def __init__(self, out: _Out) -> None:
        self._out = out
        self._buffer = bytearray(PIECE)
        self._size = 0
        self._error: BaseException | None = None
        self._free: Queue[bytearray] = Queue()
        for _ in range(BUFFERS):
            self._free.put(bytearray(PIECE))
        self._pieces: Queue[tuple[bytes | bytearray, int] | None] = Queue()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()
        self.digest = ""
        """SHA-256 of the file, in hexadecimal, once it stands there."""

    def write(self, data: bytes, /) -> int:
        """Take a line. Raises what went wrong with an earlier one."""
        length = len(data)
        end = self._size + length
        if end > PIECE:
            self._hand_over()
            end = length
            if length > PIECE:
                self._pieces.put((data, length))
                return length
        self._buffer[end - length : end] = data
        self._size = end
        return length

    def end(self) -> None:
        """Wait until all is written. Raises what went wrong."""
        self._hand_over()
        self.stop()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Let what is under way end; nothing more comes."""
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _hand_over(self) -> None:
        if self._error is not None:
            raise self._error
        if self._size:
            self._pieces.put((self._buffer, self._size))
            self._buffer, self._size = self._free.get(), 0

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            data, size = piece
            if self._error is None:
                try:
                    self._out.write(memoryview(data)[:size])
                except BaseException as error:  # who writes is told
                    self._error = error
            if isinstance(data, bytearray):
                self._free.put(data)


@contextmanager
def destination(path: Path) -> Iterator[Sink]:
    """A sink for lines, packed as the name's ending says; it stands under its name when all went well."""
    if not path.name.endswith(files.JSON_LINES):
        raise UsageError(f"{path}: expected a name that ends in {', '.join(files.JSON_LINES)}")
    with files.writing(path) as file:
        digested = _Digested(file)
        with _packed(digested, path.suffix) as out:
            sink = Sink(out)
            try:
                yield sink
                sink.end()
            finally:
                sink.stop()
    sink.digest = digested.sha256.hexdigest()


@contextmanager
def _packed(file: _Digested, ending: str) -> Iterator[_Out]:
    with ExitStack() as stack:
        if ending == ".gz":
            # Neither the hour nor the file's name goes into the header: equal content, equal bytes.
            yield stack.enter_context(
                gzip.GzipFile(filename="", fileobj=cast(IO[bytes], file), mode="wb", mtime=0)
            )
        elif ending == ".zst":
            packer = zstandard.ZstdCompressor(level=10, write_checksum=True)
            yield stack.enter_context(packer.stream_writer(cast(IO[bytes], file), closefd=False))
        else:
            yield file
