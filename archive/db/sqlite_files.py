"""Whether a file is an SQLite database, and which tables it has. Loads no SQLAlchemy: any command may ask."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from archive.errors import ArchiveError, Damaged, NotAnArchive

PATIENCE = 120.0
"""Seconds to wait for another process's batch."""


def read_only(path: Path) -> str:
    """How SQLite is told to open a file without writing to it."""
    return f"{path.absolute().as_uri()}?mode=ro"


_SHUT = (
    "; nothing can be written where it stands, and an archive that is in use needs that even to be read: "
    "make a copy with `legger backup` where it is used, and open the copy"
)


def tables(path: Path) -> set[str]:
    """Names of a file's tables, looked at without changing a byte. Raises :class:`NotAnArchive`.

    SQLite itself looks. Whoever opens the file in another way, and closes it, drops every lock that this
    process holds on it: the next program to close the archive then takes the log away from under us.
    """
    if not path.is_file():
        raise ArchiveError(f"{path} is a directory" if path.is_dir() else f"{path} is no file")
    try:
        with closing(sqlite3.connect(read_only(path), uri=True, timeout=PATIENCE)) as looking:
            rows = looking.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise NotAnArchive(f"{path} is not an archive: it is not an SQLite database") from error
        wrong = Damaged if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT else ArchiveError
        shut = "" if os.access(path.absolute().parent, os.W_OK) else _SHUT
        raise wrong(f"{path} cannot be opened: {error}{shut}") from error
    return {row[0] for row in rows}


def is_database(path: Path) -> bool:
    """Whether a file is an SQLite database with something in it; looked at as :func:`tables` does."""
    try:
        return path.is_file() and bool(tables(path))
    except NotAnArchive:
        return False
    except ArchiveError:  # a database that is damaged, or that we may not read
        return True
