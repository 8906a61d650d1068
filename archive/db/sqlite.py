"""All that is SQLite's own: how a file is opened, locked, recognized, backed up.

Another database is another file like this one: the statements elsewhere are SQLAlchemy Core.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    QueuePool,
    StaticPool,
    Text,
    column,
    create_engine,
    event,
    func,
    literal_column,
    table,
    text,
)
from sqlalchemy.engine import URL, make_url

from archive.db.sqlite_files import PATIENCE, read_only
from archive.errors import UsageError
from archive.model import folding

APPLICATION_ID = 0x4C454747
"""``LEGG``, in the file's header: what ``file legger.db`` shows."""

Error = sqlite3.Error
"""Any error of the driver."""

WRITING, READING = 16, 64
"""Megabytes of the file that a connection keeps at hand, in a process that writes and in one that only reads.
A visit adds to the end of tables and looks up one row here and there: a long one would fill more and gain
nothing, for what is not at hand is in the system's memory. A reader goes over the same rows again."""


def url_of(where: str | Path) -> URL:
    """The SQLAlchemy URL of a path or URL."""
    words = str(where)
    if "://" in words:
        return make_url(words)
    return URL.create("sqlite", database=None if words == ":memory:" else words)


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


def reader(url: URL, seconds: float | None = None, *, megabytes: int = READING) -> Engine:
    """An engine that cannot write. Each of its transactions sees one snapshot, and ends after *seconds*."""
    assert url.database is not None
    file = read_only(Path(url.database))

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(file, uri=True, timeout=PATIENCE, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=-1)
    event.listen(engine, "connect", partial(_prepare_reader, megabytes))
    event.listen(engine, "begin", _begin if seconds is None else _begin_for(seconds))
    return engine


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


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_for(seconds: float) -> Callable[[Connection], None]:
    """Begins transactions whose statements are interrupted when the time is up."""

    def begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        until = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        _begin(connection)

    return begin


def sign(connection: Connection) -> None:
    """Write our name into the file's header."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def copy(connection: Connection, to: Path) -> None:
    """Copy the database, consistent while others write, to a file that does not exist yet."""
    driver = connection.connection.driver_connection
    assert driver is not None
    (guard,) = driver.execute("PRAGMA query_only").fetchone()
    driver.execute("PRAGMA query_only = OFF")  # it would forbid writing any file, the copy too
    try:
        driver.execute("VACUUM INTO ?", (str(to),))
    except UnicodeEncodeError as error:
        raise UsageError(f"{str(to)!r}: SQLite takes only names that are UTF-8") from error
    finally:
        driver.execute(f"PRAGMA query_only = {guard}")


# ---------------------------------------------------------------- full text (FTS5)

WORDS = table("words", column("rowid", Integer))
"""The full-text index, by number of version. It holds no words of its own: it looks them up in the view
``searchable``, which must have the words that were indexed as long as they are."""

MATCHES = text("words.words MATCH :query")
OPEN, CLOSE = "\x02", "\x03"
"""Stand around words that were found: signs that no text has."""
SNIPPET: ColumnElement[str] = literal_column("snippet(words.words, 1, char(2), char(3), '…', 32)").label(
    "snippet"
)
TITLE: ColumnElement[str] = literal_column("highlight(words.words, 0, char(2), char(3))").label("marked")
RANK: ColumnElement[float] = literal_column("bm25(words.words, 8.0, 1.0, 4.0, 2.0)").label("rank")
"""Smaller is better; a word in the title weighs most."""


def json_text(column: ColumnElement[Any], path: str) -> ColumnElement[Any]:
    """A member of a JSON document, as text."""
    return func.json_extract(column, path, type_=Text)


def vocabulary(connection: Connection, beginning: str) -> list[tuple[str, int]]:
    """Words of the index that begin so, each with the number of versions that have it."""
    driver = connection.connection.driver_connection
    assert driver is not None
    found = driver.execute(
        "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? LIMIT 20000",
        (beginning, beginning + "\U0010ffff"),
    )
    return [(term, count) for term, count in found]


def stands_in_vocabulary(connection: Connection, word: str, *, beginning: bool = False) -> bool:
    """Whether a word of the index is spelled so; with *beginning*: begins so."""
    driver = connection.connection.driver_connection
    assert driver is not None
    until = word + "\U0010ffff" if beginning else word
    found = driver.execute("SELECT 1 FROM vocabulary WHERE term >= ? AND term <= ? LIMIT 1", (word, until))
    return found.fetchone() is not None


def folded(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as :func:`archive.model.folding.folded` writes it; null stays null."""
    return func.folded(column, type_=Text)


def _folded(text: str | None) -> str | None:
    return None if text is None else folding.folded(text)


def matching_rows(
    match: str, tokenizer: str, rows: Sequence[tuple[str, str, str, str]]
) -> list[tuple[int, str]]:
    """Which *rows* (title, text, authors, section) match, words marked; in a database of its own."""
    with closing(sqlite3.connect(":memory:")) as sieve:
        sieve.execute(
            f'CREATE VIRTUAL TABLE words USING fts5(title, text, authors, section, tokenize="{tokenizer}")'
        )
        sieve.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", rows)
        found = sieve.execute(
            "SELECT rowid - 1, snippet(words, -1, char(2), char(3), '…', 48) FROM words WHERE words MATCH ?",
            (match,),
        )
        return found.fetchall()


def add_words(connection: Connection, numbers: Sequence[int]) -> None:
    """Index rows that stand in the view ``searchable``."""
    connection.connection.driver_connection.executemany(  # type: ignore[union-attr]
        "INSERT INTO words (rowid, title, text, authors, section) SELECT * FROM searchable WHERE id = ?",
        [(number,) for number in numbers],
    )


def drop_words(connection: Connection, numbers: Sequence[int]) -> None:
    """Take rows out of the index while the view still has the words they were indexed with."""
    connection.connection.driver_connection.executemany(  # type: ignore[union-attr]
        "INSERT INTO words (words, rowid, title, text, authors, section) "
        "SELECT 'delete', * FROM searchable WHERE id = ?",
        [(number,) for number in numbers],
    )


def check_words(connection: Connection) -> str | None:
    """What is wrong with the index, held against its words; ``None`` for nothing. Needs to write."""
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        driver.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        return str(error)
    return None


def purge_words(connection: Connection) -> None:
    """Merge the index into one piece, so that words taken out of it are no longer spelled in it."""
    connection.exec_driver_sql("INSERT INTO words (words) VALUES ('optimize')")


def rebuild_words(connection: Connection) -> None:
    """Make the index anew from the view."""
    connection.exec_driver_sql("INSERT INTO words (words) VALUES ('rebuild')")


def rewrite(connection: Connection) -> None:
    """Write the whole file anew, so that nothing of what was deleted is left in it or beside it."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("VACUUM")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def integrity(connection: Connection) -> list[str]:
    """What SQLite itself finds wrong with the file: damaged pages, rows that refer to nothing."""
    driver = connection.connection.driver_connection
    assert driver is not None
    return _integrity(driver)


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
