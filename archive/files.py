"""Files that a person names or that stand beside the archive: read, and written whole or not at all.

The archive's own file is SQLite's alone. A program that opens it in another way drops, when it closes it, the
locks of every connection it has to it; and one that writes to it destroys it. Both are refused here.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from archive.db.sqlite_files import is_database
from archive.errors import ArchiveError, UsageError

JSON_LINES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
"""Endings of files of JSON Lines, plain and packed."""


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
    name = path.name[:200]
    _sweep(path.parent, re.compile(rf"\.{re.escape(name)}\.\d+\.part"))
    part = path.with_name(f".{name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            _hold(file.fileno())
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


YOUNG = 60.0
"""Seconds after which what is made is surely held by who makes it."""
_WORKPLACE = re.compile(r"\.legger-[a-z0-9_]{8}")


@contextmanager
def workplace(beside: Path) -> Iterator[Path]:
    """A hidden folder in the folder *beside*, where files are made before they get their names; then gone.

    What processes that were killed left there in this way is removed first. Raises :class:`OSError` when it
    cannot be made.
    """
    _sweep(beside, _WORKPLACE)
    folder = Path(tempfile.mkdtemp(prefix=".legger-", dir=beside))
    handle = os.open(folder, os.O_RDONLY)
    try:
        _hold(handle)
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _hold(handle: int) -> None:
    """Lock what is made, until it is closed or this process ends, so that others leave it alone."""
    with suppress(OSError):  # a file system without locks: there nothing can be locked to be removed, either
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(folder: Path, name: re.Pattern[str]) -> None:
    """Remove what is called so in a folder and was made by processes that are no more."""
    try:
        found = [each for each in folder.iterdir() if name.fullmatch(each.name) and not each.is_symlink()]
    except OSError:  # which who writes there is told
        return
    for each in found:
        with suppress(OSError):  # somebody makes it or removes it, or it is not ours to remove
            if time.time() - each.stat().st_mtime < YOUNG:
                continue
            handle = os.open(each, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(each) if each.is_dir() else each.unlink()
            finally:
                os.close(handle)


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
