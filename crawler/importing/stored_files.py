"""Web archives at addresses that all machines of a fleet reach: in object storage, or in a shared folder.

They are walked through once, by who plans an import. What was learned of some answers is plain data
(:func:`plain_places`), with which other processes read these from their places (:class:`PlannedFiles`), and
no more of the files than that.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from archive.captures.objects import ENDPOINT, file_system
from archive.errors import ArchiveError
from crawler.importing.records import RecordFile
from crawler.importing.web_archives import ENDINGS, RecordPlace, Unusable, WebArchives

BLOCK = 1 << 20
"""Bytes that are asked of object storage at a time: records that belong together stand together."""


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file, or a WARC file within a WACZ file, as it was when it was walked through."""

    address: str
    size: int
    member: str | None = None
    """Its name within the WACZ file."""
    is_unpacked: bool = False
    """Whether places are those of the file as unpacked."""

    @property
    def name(self) -> str:
        """As it is told."""
        return self.address if self.member is None else f"{self.address}:{self.member}"


def address_of(name: str) -> str:
    """The address of a file or folder that was named on this machine."""
    return name if "://" in name else f"file://{Path(name).absolute()}" + ("/" if name.endswith("/") else "")


def listed(address: str) -> list[str]:
    """The addresses of the web archives in a folder (an address that ends in ``/``), or the one named.

    Raises :class:`ArchiveError` when the folder cannot be listed.
    """
    if not address.endswith("/"):
        return [address]
    system, path = file_system(address, endpoint=os.environ.get(ENDPOINT) or None)
    try:
        found = sorted(system.find(path))
    except Exception as error:  # each storage has errors of its own
        raise ArchiveError(f"{address} cannot be listed: {error}") from error
    start = path.rstrip("/")
    return [f"{address}{each.partition(start)[2].lstrip('/')}" for each in found if each.endswith(ENDINGS)]


def open_stored(address: str) -> tuple[IO[bytes], int]:
    """(A file to be read from any place, its size).

    Raises ``FileNotFoundError`` when it is not there, :class:`ArchiveError` when it cannot be had; so does
    reading it.
    """
    system, path = file_system(address, endpoint=os.environ.get(ENDPOINT) or None)
    try:
        opened = system.open(path, "rb", block_size=BLOCK)
        return cast("IO[bytes]", _Stored(opened, address)), int(opened.seek(0, io.SEEK_END))
    except FileNotFoundError:
        raise
    except Exception as error:  # each storage has errors of its own
        raise ArchiveError(f"{address} cannot be read: {_why(error)}") from error


class _Stored(io.RawIOBase):
    """A file whose errors are ours: what could not be had is no damage, and may be had later."""

    def __init__(self, file: IO[bytes], address: str) -> None:
        self._file, self._address = file, address

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1) -> bytes:
        try:
            return self._file.read(-1 if size is None else size)
        except Exception as error:  # each storage has errors of its own
            raise ArchiveError(f"{self._address} cannot be read: {_why(error)}") from error

    def close(self) -> None:
        self._file.close()
        super().close()


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


# ---------------------------------------------------------------- walking through


class StoredWebArchives(WebArchives):
    """Files that were walked through where they stand. One that cannot be read is told."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[StoredFile] = []
        """By their numbers."""

    def add_stored(self, address: str, update: Callable[[int], None] | None = None) -> None:
        """Learn what stands in a file."""
        try:
            opened, size = open_stored(address)
            if not size:
                self.problems.append((address, "it is empty: there is nothing to import"))
            elif address.endswith(".wacz"):
                with opened:
                    for member, path in self.members(address, opened):
                        self._walk_one(
                            address, size, member, RecordFile.opened(path, self.new_folder), update
                        )
            else:
                self._walk_one(address, size, None, RecordFile(opened, size, self.new_folder), update)
        except FileNotFoundError:
            self.problems.append((address, "there is no such file"))
        except ArchiveError as error:
            self.problems.append((address, str(error)))

    def _walk_one(
        self, address: str, size: int, member: str | None, file: RecordFile,
        update: Callable[[int], None] | None,
    ) -> None:  # fmt: skip
        stored = StoredFile(address=address, size=size, member=member)
        self.files.append(stored)
        number = len(self.files) - 1
        try:
            self.walk(stored.name, file, update)
        finally:
            self.files[number] = StoredFile(
                address=address, size=size, member=member, is_unpacked=file.is_unpacked
            )


# ---------------------------------------------------------------- as plain data, and back

Plain = Mapping[str, Any]


def plain_places(files: StoredWebArchives, places: Sequence[RecordPlace]) -> dict[str, Any]:
    """Some answers, where they stand and what stands beside them, for :class:`PlannedFiles`."""
    rows, origins, needed = [], dict[str, list[Any]](), set[int]()
    for place in places:
        beside = {kind: files.near(kind, place) for kind in ("request", "metadata")}
        near = {kind: list(found) for kind, found in beside.items() if found is not None}
        rows.append([*_row(place), near])
        needed |= {place.file, *(file for file, _ in near.values())}
        if place.kind == "revisit" and (origin := files.origin(place)) is not None:
            origins[place.number] = _row(origin)
            needed.add(origin.file)
    return {
        "files": {
            str(number): [stored.address, stored.size, stored.member, stored.is_unpacked]
            for number, stored in enumerate(files.files)
            if number in needed
        },
        "places": rows,
        "origins": origins,
    }


def _row(place: RecordPlace) -> list[Any]:
    return [
        place.at.isoformat(), place.file, place.offset, place.url, place.number, place.kind,
        list(place.concurrent), list(place.repeats), place.wrong,
    ]  # fmt: skip


def _place(row: Sequence[Any]) -> RecordPlace:
    at, file, offset, url, number, kind, concurrent, repeats, wrong = row[:9]
    return RecordPlace(
        at=datetime.fromisoformat(at), file=file, offset=offset, url=url, number=number, kind=kind,
        concurrent=tuple(concurrent), repeats=(repeats[0], repeats[1]), wrong=wrong,
    )  # fmt: skip


class PlannedFiles(WebArchives):
    """Answers of which it is known where they stand. Files are opened when one is first read."""

    def __init__(self, plan: Plain) -> None:
        super().__init__()
        self._stored: dict[int, StoredFile] = {}
        self._opened: dict[int, RecordFile] = {}
        self._gone: set[int] = set()
        self._origins: dict[str, RecordPlace] = {}
        self.answers = self.also(plan)

    def also(self, plan: Plain) -> list[RecordPlace]:
        """Places of another plan of the same files, which are not among the answers."""
        for number, (address, size, member, is_unpacked) in plan["files"].items():
            self._stored[int(number)] = StoredFile(
                address=address, size=size, member=member, is_unpacked=is_unpacked
            )
        self._origins |= {number: _place(row) for number, row in plan["origins"].items()}
        found = []
        for row in plan["places"]:
            place = _place(row)
            for kind, (file, offset) in row[9].items():
                self._beside[kind, place.number] = file, offset
            found.append(place)
        return found

    def name(self, place: RecordPlace) -> str:
        """The file in which an answer stands."""
        return self._stored[place.file].name

    def origin(self, place: RecordPlace) -> RecordPlace | None:
        """What a revisit repeats, where it stands in these files."""
        return self._origins.get(place.number)

    def file(self, number: int) -> RecordFile:
        """A file, by its number.

        Raises :class:`Unusable` where it is not there any more, or another; :class:`ArchiveError` when it
        cannot be had now.
        """
        if number not in self._opened and number not in self._gone:
            stored = self._stored[number]
            try:
                self._opened[number] = self._open_file(stored)
            except FileNotFoundError:
                self._gone.add(number)
                self.problems.append(
                    (stored.name, "it is not there any more as it was when this was planned")
                )
        if number in self._gone:
            raise Unusable("its file is not there any more as it was")
        return self._opened[number]

    def _open_file(self, stored: StoredFile) -> RecordFile:
        opened, size = open_stored(stored.address)
        if size != stored.size:
            opened.close()
            raise FileNotFoundError
        if stored.member is None:
            file = RecordFile(opened, size, self.new_folder)
        else:
            with opened:
                found = self.members(stored.address, opened, stored.member)
            if not found:
                raise FileNotFoundError
            file = RecordFile.opened(found[0][1], self.new_folder)
        self._stack.callback(file.close)
        if stored.is_unpacked:
            file.unpack()
        return file
