"""Questions in a reader's own SQL: read, never written, over one snapshot each.

On SQLite an authorizer refuses everything but reading, before a statement runs: also ATTACH, which would make
a file, and every PRAGMA but those that describe. The file is open read-only besides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from archive.archive import Archive
from archive.db.views import VIEWS
from archive.errors import ArchiveError, UsageError

DESCRIBES = frozenset(
    {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
     "database_list", "function_list", "collation_list", "compile_options", "data_version"}
)  # fmt: skip
"""PRAGMAs that change nothing; the full-text index asks for the last one itself."""
_READS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_READ_ONLY = "25006"
"""What PostgreSQL says to who writes where one may only read."""
STEPS = 100_000
"""Steps of SQLite's machine after which it is looked whether the reader wants to stop."""


@dataclass(frozen=True)
class SqlAnswer:
    """What a statement gave."""

    columns: tuple[str, ...]
    rows: Iterator[Sequence[Any]]
    """To be read before the snapshot is left."""


@contextmanager
def ask(archive: Archive, statement: str) -> Iterator[SqlAnswer]:
    """The answer to one statement. Raises :class:`UsageError` for what is no question, or cannot be read."""
    with archive.snapshot() as connection, _only_reading(connection):
        with _said():
            driver = connection.connection.driver_connection
            if isinstance(driver, sqlite3.Connection):
                cursor = driver.execute(statement)
                columns = tuple(column[0] for column in cursor.description or ())
                rows: Iterator[Sequence[Any]] = iter(cursor)
            else:
                connection.execute(text("SET TRANSACTION READ ONLY"))
                # Prepared, it is one statement: none can end the transaction and write in the next.
                driver.prepare_threshold = 0  # type: ignore[union-attr]
                result = connection.exec_driver_sql(statement)
                columns = tuple(result.keys()) if result.returns_rows else ()
                rows = iter(result)
        yield SqlAnswer(columns, _read(rows))


def _read(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    with _said():
        yield from rows


@contextmanager
def _said() -> Iterator[None]:
    """A database's complaint, as an error of the one who asked."""
    try:
        yield
    except ArchiveError as error:
        if getattr(error.__cause__, "sqlstate", "") == _READ_ONLY:
            raise UsageError("SQL: the archive is open for reading only") from error
        raise
    except (sqlite3.Error, sqlite3.Warning, SQLAlchemyError) as error:
        words = str(getattr(error, "orig", None) or error)
        if "not authorized" in words or "prohibited" in words or "readonly" in words:
            words = "the archive is open for reading only"
        raise UsageError(f"SQL: {words}") from error


@contextmanager
def _only_reading(connection: Connection) -> Iterator[None]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.set_authorizer(_allowed)
    driver.set_progress_handler(lambda: 0, STEPS)  # lets Ctrl+C through: Python looks at signals here
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
        driver.set_authorizer(None)


def _allowed(action: int, name: str | None, argument: str | None, *_: str | None) -> int:
    if action in _READS and not (action == sqlite3.SQLITE_FUNCTION and argument == "load_extension"):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and name in DESCRIBES:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_UPDATE and name == "sqlite_master":  # the full-text index is declared so
        return sqlite3.SQLITE_OK  # and an UPDATE of it by hand is refused by SQLite itself
    return sqlite3.SQLITE_DENY


def described() -> dict[str, tuple[str, dict[str, str]]]:
    """View -> (what it holds, column -> what it means)."""
    return {
        each.name: (each.comment, {name: meaning for name, (_, meaning) in each.columns.items()})
        for each in VIEWS
    }
