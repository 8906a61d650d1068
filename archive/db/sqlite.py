"""All that is SQLite's own: how a file is opened, locked, recognized, backed up.

:class:`archive.db.backend.Backend` says what each function does.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    QueuePool,
    StaticPool,
    Table,
    create_engine,
    event,
)
from sqlalchemy.engine import URL

from archive import migrations
from archive.db.sqlite_files import PATIENCE, read_only, tables
from archive.errors import ArchiveError, NotAnArchive
from archive.model import folding

APPLICATION_ID = 0x4C454747
"""``LEGG``, in the file's header: what ``file legger.db`` shows."""

Error = sqlite3.Error
"""Any error of the driver."""

BIRTH = 2.0
"""Seconds in which a file that SQLite makes gets its first page."""

WRITING, READING = 16, 64
"""Megabytes of the file that a connection keeps at hand, in a process that writes and in one that only reads.
A visit adds to the end of tables and looks up one row here and there: a long one would fill more and gain
nothing, for what is not at hand is in the system's memory. A reader goes over the same rows again."""


IN_A_FILE = True
SIDE_BY_SIDE = False


def enter(connection: Connection, *, alone: bool) -> None:
    """Nothing: the transaction has begun with the write lock."""


def hold(connection: Connection, name: str, *, wait: bool) -> bool:
    return True


def seal_next(connection: Connection) -> None:
    """Nothing: nobody else writes."""


def prepare_beside(connection: Connection) -> None:
    """Nothing: there is one connection."""


def now(connection: Connection) -> datetime:
    """This machine's: a file has no other."""
    return datetime.now(UTC)


def in_memory(url: URL) -> bool:
    """Whether the database lives and dies with its one connection."""
    return url.database in (None, "", ":memory:")


def writer(url: URL) -> Engine:
    """An engine with one connection, whose transactions take the write lock when they begin.

    A transaction that reads first and asks for the lock later can lose an update or be refused; one that
    begins with the lock cannot.
    """
    if in_memory(url):
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(
            url, pool_size=1, max_overflow=0, connect_args={"timeout": PATIENCE, "check_same_thread": False}
        )
    event.listen(engine, "connect", _prepare_writer)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reader(url: URL, seconds: float | None, *, beside_writer: bool) -> Engine | None:
    if in_memory(url):
        return None
    file = read_only(Path(str(url.database)))
    megabytes = WRITING if beside_writer else READING

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(file, uri=True, timeout=PATIENCE, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=-1)
    event.listen(engine, "connect", partial(_prepare_reader, megabytes))
    event.listen(engine, "begin", _begin if seconds is None else _begin_for(seconds))
    return engine


def changes(connection: Connection) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None
    (number,) = driver.execute("PRAGMA data_version").fetchone()
    return int(number)


def share_snapshot(connection: Connection, name: str | None = None) -> str:
    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()  # which begins to read
    return ""


def look_at(url: URL, engine: Engine | None, *, create: bool, write: bool) -> None:
    """Without the engine: nothing is written into a file of others."""
    if in_memory(url):
        if not create:
            raise NotAnArchive(":memory:: an archive in memory ends with its program; name a file")
        return
    path = Path(str(url.database))
    if path.exists():
        _look_at(path, create=create)
    elif not create:
        raise NotAnArchive(f"there is no archive at {path}")
    elif not path.parent.exists():
        raise ArchiveError(f"{path.parent} does not exist; make it first")


def _look_at(path: Path, *, create: bool) -> None:
    """Raise unless what stands there is an archive, or a database that is to become one."""
    if not _has_content(path, patience=BIRTH if create else 0.0):
        raise NotAnArchive(
            f"{path} is empty, and no archive: if one stood here, restore a backup (docs/operate.md); "
            "if not, remove the file, and run the command again"
        )
    found = tables(path)
    if not migrations.ours(found):
        raise NotAnArchive(f"{path} is a database, but not an archive of Legger")
    if not found and not create:
        raise NotAnArchive(f"{path} is an empty database, and no archive")


def _has_content(path: Path, patience: float) -> bool:
    """Whether a file has any bytes: more than one, which SQLite too takes for none.

    One that another process is making has none for a moment.
    """
    until = time.monotonic() + patience
    while path.is_file() and path.stat().st_size <= 1:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _prepare_writer(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    connection.create_function("folded", 1, _folded, deterministic=True)
    _turn_on_wal(connection)
    for pragma in (
        "synchronous = NORMAL",  # with WAL: survives any kill; a power cut may cost the last batches
        "foreign_keys = ON",
        f"cache_size = -{WRITING << 10}",
        "temp_store = MEMORY",
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _turn_on_wal(connection: sqlite3.Connection) -> None:
    """Readers and one writer at a time, without waiting for each other.

    Two processes that turn it on at the same moment are refused without waiting, whatever the timeout.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _prepare_reader(megabytes: int, connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    connection.create_function("folded", 1, _folded, deterministic=True)
    for pragma in ("query_only = ON", f"cache_size = -{megabytes << 10}", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _folded(text: str | None) -> str | None:
    return None if text is None else folding.folded(text)


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


_SLOW = 6
"""How many times its limit of CPU a question may take by the clock."""


def _begin_for(seconds: float) -> Callable[[Connection], None]:
    """Begins transactions whose statements are interrupted when so much CPU is used up, or much more time.

    Where others work on the machine, or its disk is slow, a question that costs little takes long.
    """

    def begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        spent, until = time.thread_time() + seconds, time.monotonic() + _SLOW * seconds
        driver.set_progress_handler(lambda: time.thread_time() > spent or time.monotonic() > until, 10_000)
        _begin(connection)

    return begin


def sign(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def copy(connection: Connection, to: Path) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    (guard,) = driver.execute("PRAGMA query_only").fetchone()
    driver.execute("PRAGMA query_only = OFF")  # it would forbid writing any file, the copy too
    try:
        # In the system's own bytes: text goes as UTF-8, which not every name and locale is.
        driver.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(to),))
    finally:
        driver.execute(f"PRAGMA query_only = {guard}")


@contextmanager
def loading(engine: Engine) -> Iterator[None]:
    """Rows are put in in the order of their keys, so that indexes need not be made anew."""
    _set_foreign_keys(engine, "OFF")
    yield
    _set_foreign_keys(engine, "ON")


def _set_foreign_keys(engine: Engine, whether: str) -> None:
    with engine.connect() as connection:  # the writer's only one
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA foreign_keys = {whether}")


def kept_rows(
    connection: Connection, table: Table, after: tuple[Any, ...] | None, limit: int
) -> list[tuple[Any, ...]]:
    driver = connection.connection.driver_connection
    assert driver is not None
    names = ", ".join(f'"{each.name}"' for each in table.c)
    key = ", ".join(f'"{each.name}"' for each in table.primary_key)
    behind = f"WHERE ({key}) > ({', '.join('?' * len(after))})" if after is not None else ""
    asked = f'SELECT {names} FROM "{table.name}" {behind} ORDER BY {key} LIMIT {limit}'  # noqa: S608  # our names
    found: list[tuple[Any, ...]] = driver.execute(asked, after or ()).fetchall()
    return found


def put_rows(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    names = ", ".join(f'"{each.name}"' for each in table.c)
    marks = ", ".join("?" * len(table.c))
    adding = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608  # our names
    driver.executemany(adding, rows)


def settle_numbers(connection: Connection) -> None:
    """Nothing: SQLite looks at the highest number itself."""


def rewrite(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("VACUUM")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def integrity(connection: Connection) -> list[tuple[str, str]]:
    """What SQLite itself finds wrong with the file: damaged pages, rows that refer to nothing."""
    driver = connection.connection.driver_connection
    assert driver is not None
    return [(words, "") for words in _integrity(driver)]


def damage(path: Path) -> list[str]:
    """The same of a file that cannot be opened as an archive; nothing where SQLite can say nothing."""
    try:
        with closing(sqlite3.connect(read_only(path), uri=True, timeout=PATIENCE)) as looking:
            return _integrity(looking)
    except sqlite3.Error as error:
        return [f"SQLite: {error}"]


def _integrity(driver: sqlite3.Connection) -> list[str]:
    found = _said_of(driver, "PRAGMA integrity_check")
    if found != ["ok"]:  # it may have given up at the first damaged page: table by table it comes further
        for name in _said_of(driver, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
            quoted = name.replace("'", "''")
            found += [
                f"table {name}: {line}" for line in _said_of(driver, f"PRAGMA integrity_check('{quoted}')")
            ]
    problems = [f"SQLite: {line}" for line in found if line != "ok" and not line.endswith(": ok")]
    try:
        for child, row, parent, _ in driver.execute("PRAGMA foreign_key_check"):
            problems.append(f"{child} row {row} refers to a row of {parent} that is not there")
    except sqlite3.DatabaseError as error:
        problems.append(f"SQLite: which rows refer to nothing could not be checked to the end: {error}")
    return list(dict.fromkeys(problems))


def _said_of(driver: sqlite3.Connection, question: str) -> list[str]:
    """The lines of an answer of one column, as far as it comes, and why it comes no further."""
    lines: list[str] = []
    try:
        for (words,) in driver.execute(question):
            lines += str(words).splitlines()
    except sqlite3.DatabaseError as error:
        lines.append(str(error))
    return lines


def unfit(connection: Connection) -> tuple[str, str] | None:
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode == "wal":
        return None
    return f"its journal is {mode}, not wal", "the next visit turns it on; does this disk allow it?"


def view(sql: str) -> str:
    return sql
