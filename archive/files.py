"""Files that a person names or that stand beside the archive: read, and written whole or not at all.

The archive's own file is SQLite's alone. A program that opens it in another way drops, when it closes it, the
locks of every connection it has to it; and one that writes to it destroys it. Both are refused here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from archive.db.sqlite_files import is_database
from archive.errors import ArchiveError, UsageError


def read(path: Path) -> bytes:
    """What a file holds. Raises :class:`UsageError` when it cannot be read, or is a database."""
    refuse_database(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error


def sha256(path: Path) -> str:
    """The SHA-256 of what a file holds, as ``sha256sum`` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, data: bytes) -> None:
    """Make a file, as :func:`writing` does."""
    with writing(path) as file:
        file.write(data)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file that stands under its name, and lasts through a power cut, when all is written; or not at all.

    Raises :class:`UsageError` for a path that is a database, and :class:`ArchiveError` when it cannot be
    written: no such folder, no right to, a full disk.
    """
    refuse_database(path)
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        settle(path.parent)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def refuse_database(path: Path) -> None:
    """Raise :class:`UsageError` for a name that no file can have, and for a database."""
    try:
        named = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        named = False
    if not named:
        raise UsageError(f"{str(path)!r}: no file can have this name")
    if is_database(path):
        raise UsageError(f"{path} is a database: it is neither read nor written as a plain file")


def settle(path: Path) -> None:
    """Make a file, or a rename in a folder, last through a power cut, where it can be synced."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def filesystem_of(file: Path) -> str:
    """The kind of file system a file stands on, where the system says so."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found, kind = "", ""
    for line in mounts:
        _, place, of = line.split(" ")[:3]
        place = place.encode().decode("unicode_escape")
        if file.resolve().is_relative_to(place) and len(place) >= len(found):
            found, kind = place, of
    return kind
