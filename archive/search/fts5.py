"""Full text in SQLite: FTS5. :class:`archive.search.fulltext.FullText` says what each function does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    bindparam,
    column,
    literal_column,
    select,
    table,
)

from archive.search.fulltext import CLOSE, OPEN
from archive.search.language import expression as tree
from archive.search.language.expression import Node, Spelling

SPLIT = r"unicode61 remove_diacritics 2"
"""How the index cuts text into words; see the migration that made it."""

INDEX = table("words", column("rowid", Integer))
"""It holds no words of its own: it looks them up in the view ``searchable``, which must have the words that
were indexed as long as they are."""

_SEARCHABLE = table(
    "searchable",
    column("id", Integer), column("title", Text), column("text", Text), column("authors", Text),
    column("section", Text),
)  # fmt: skip

NUMBER = INDEX.c.rowid
MATCHES: ColumnElement[bool] = literal_column("words.words").op("MATCH")(bindparam("query"))
RANK: ColumnElement[float] = literal_column("bm25(words.words, 8.0, 1.0, 4.0, 2.0)").label("rank")
_MARKS = "char(2), char(3)"
assert (chr(2), chr(3)) == (OPEN, CLOSE)
_TITLE: ColumnElement[str] = literal_column(f"highlight(words.words, 0, {_MARKS})")
_AROUND: ColumnElement[str] = literal_column(f"snippet(words.words, 1, {_MARKS}, '…', 32)")

expression = tree.emit


def marked(
    connection: Connection, numbers: Sequence[int], words: Node, spelling: Spelling | None
) -> Mapping[int, tuple[str, str]]:
    match = expression(words, spelling, False)
    if "*" in match:  # a beginning is looked up anew for each row: these few are marked at hand
        some = select(_SEARCHABLE).where(_SEARCHABLE.c.id.in_(numbers))
        return marked_rows(match, [tuple(row) for row in connection.execute(some)])
    wanted = select(NUMBER, _TITLE, _AROUND).where(MATCHES, NUMBER.in_(numbers))
    rows = connection.execute(wanted, {"query": match})
    return {number: (title, around) for number, title, around in rows}


def vocabulary(connection: Connection, beginning: str) -> list[tuple[str, int]]:
    driver = connection.connection.driver_connection
    assert driver is not None
    found = driver.execute(
        "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? LIMIT 20000",
        (beginning, beginning + "\U0010ffff"),
    )
    return [(term, count) for term, count in found]


def stands_in_vocabulary(connection: Connection, word: str, *, beginning: bool = False) -> bool:
    driver = connection.connection.driver_connection
    assert driver is not None
    until = word + "\U0010ffff" if beginning else word
    found = driver.execute("SELECT 1 FROM vocabulary WHERE term >= ? AND term <= ? LIMIT 1", (word, until))
    return found.fetchone() is not None


def add_words(connection: Connection, numbers: Sequence[int]) -> None:
    connection.connection.driver_connection.executemany(  # type: ignore[union-attr]
        "INSERT INTO words (rowid, title, text, authors, section) SELECT * FROM searchable WHERE id = ?",
        [(number,) for number in numbers],
    )


def drop_words(connection: Connection, numbers: Sequence[int]) -> None:
    connection.connection.driver_connection.executemany(  # type: ignore[union-attr]
        "INSERT INTO words (words, rowid, title, text, authors, section) "
        "SELECT 'delete', * FROM searchable WHERE id = ?",
        [(number,) for number in numbers],
    )


def check_words(connection: Connection) -> str | None:
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
    connection.exec_driver_sql("INSERT INTO words (words) VALUES ('rebuild')")


# ---------------------------------------------------------------- rows at hand, in a database of their own

Row = tuple[str, str, str, str]
"""Title, text, authors, section."""


@contextmanager
def _at_hand() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(
            f'CREATE VIRTUAL TABLE words USING fts5(title, text, authors, section, tokenize="{SPLIT}")'
        )
        yield made


def matching_rows(match: str, rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Which *rows* match, by their place, with the words around the match marked."""
    with _at_hand() as sieve:
        sieve.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", rows)
        found = sieve.execute(
            "SELECT rowid - 1, snippet(words, -1, char(2), char(3), '…', 48) FROM words WHERE words MATCH ?",
            (match,),
        )
        return found.fetchall()


def marked_rows(match: str, rows: Sequence[tuple[int, str, str, str, str]]) -> dict[int, tuple[str, str]]:
    """Of rows with a number before them those that match: title and words around the match, marked."""
    with _at_hand() as sieve:
        sieve.executemany(
            "INSERT INTO words (rowid, title, text, authors, section) VALUES (?, ?, ?, ?, ?)", rows
        )
        found = sieve.execute(
            "SELECT rowid, highlight(words, 0, char(2), char(3)), "
            "snippet(words, 1, char(2), char(3), '…', 32) FROM words WHERE words MATCH ?",
            (match,),
        )
        return {number: (title, around) for number, title, around in found}
