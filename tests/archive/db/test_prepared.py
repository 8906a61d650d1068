"""Statements said to the driver answer as Core does, in Python's types, with our errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    create_engine,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from archive.db import driver_errors
from archive.db.prepared import Statement
from archive.db.schema import Instant
from archive.errors import ArchiveError, TooCostly

AT = datetime(2026, 3, 2, 7, tzinfo=UTC)

notes = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("words", String, nullable=False, unique=True),
    Column("at", Instant),
    Column("read", Boolean, nullable=False),
)
ADD = Statement(insert(notes))
ALL = Statement(select(notes).where(notes.c.id > bindparam("after")).order_by(notes.c.id))
SEEN = bindparam("seen", type_=notes.c.at.type)
SEE = Statement(
    update(notes)
    .where(notes.c.words == bindparam("which"))
    .values(read=True, at=case((notes.c.at < SEEN, SEEN), else_=notes.c.at))
)


@pytest.fixture(params=["the driver", "Core"])
def connection(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """SQLite, and the same as it is spoken to where it is not SQLite."""
    if request.param == "Core":
        monkeypatch.setattr(Statement, "_through", lambda self, connection, values: self._core)
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        notes.create(connection)
        yield connection
    engine.dispose()


def note(words: str, **other: Any) -> dict[str, Any]:
    return {"words": words, "at": AT, "read": False, **other}


def test_rows_come_back_in_pythons_types_under_the_names_of_their_columns(connection: Connection) -> None:
    there = timezone(timedelta(hours=9))
    assert ADD.add(connection, note("een", at=AT.astimezone(there))) == 1
    assert ADD.add(connection, note("twee", at=None, read=True)) == 2
    first, second = ALL.all(connection, {"after": 0})
    assert (first.words, first.at, first.read) == ("een", AT, False)
    assert first.at.utcoffset() == timedelta(0)
    assert (second.id, second.at, second.read) == (2, None, True)
    found = ALL.first(connection, {"after": 1})
    assert found is not None
    assert found.words == "twee"
    assert ALL.scalar(connection, {"after": 1}) == 2


def test_where_nothing_is_there_the_answer_is_none(connection: Connection) -> None:
    assert ALL.all(connection, {"after": 0}) == []
    assert ALL.first(connection, {"after": 0}) is None
    assert ALL.scalar(connection, {"after": 0}) is None


def test_many_rows_go_in_at_once_and_none_is_no_mistake(connection: Connection) -> None:
    ADD.run_many(connection, [])
    ADD.run_many(connection, [note("een"), note("twee")])
    assert [row.words for row in ALL.all(connection, {"after": 0})] == ["een", "twee"]


def test_who_has_seen_enough_may_go_on_writing(connection: Connection) -> None:
    ADD.run_many(connection, [note("een"), note("twee")])
    for row in ALL.each(connection, {"after": 0}):
        if row.words == "een":
            break
    ADD.run(connection, note("drie"))
    connection.commit()
    assert len(ALL.all(connection, {"after": 0})) == 3


def test_a_parameter_that_stands_twice_is_given_once(connection: Connection) -> None:
    ADD.run_many(connection, [note("een"), note("twee", at=AT + timedelta(days=2))])
    for which in ("een", "twee"):
        SEE.run(connection, {"which": which, "seen": AT + timedelta(days=1)})
    assert [(row.at, row.read) for row in ALL.all(connection, {"after": 0})] == [
        (AT + timedelta(days=1), True),
        (AT + timedelta(days=2), True),
    ]


def test_an_insert_fills_the_columns_it_is_given(connection: Connection) -> None:
    ADD.run(connection, {"words": "een", "read": False})
    ADD.run(connection, {"id": 7, "words": "twee", "read": False})
    assert [(row.id, row.at) for row in ALL.all(connection, {"after": 0})] == [(1, None), (7, None)]


@pytest.fixture
def plain() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        notes.create(connection)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("values", [{}, {"before": 1}, {"after": 1, "before": 2}])
def test_parameters_that_a_statement_does_not_take_are_told(
    plain: Connection, values: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match=r"takes \['after'\]"):
        ALL.all(plain, values)


def test_our_own_mistakes_stay_what_they_are(plain: Connection) -> None:
    ADD.run(plain, note("een"))
    with pytest.raises((sqlite3.IntegrityError, IntegrityError), match="UNIQUE"):
        ADD.run(plain, note("een"))


def test_an_answer_that_takes_too_long_is_told_also_after_its_first_rows(plain: Connection) -> None:
    ADD.run_many(plain, [note(str(number)) for number in range(1000)])
    driver: Any = plain.connection.driver_connection
    found = ALL.each(plain, {"after": 0})
    assert next(found).words == "0"
    driver.set_progress_handler(lambda: 1, 10)
    with pytest.raises(TooCostly, match="takes too long"):
        list(found)


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("database is locked", "another process holds it"),
        ("database or disk is full", "make room"),
        ("attempt to write a readonly database", "who may write"),
        ("disk I/O error", ""),
    ],
)
def test_what_the_database_says_comes_with_advice(words: str, advice: str) -> None:
    told = driver_errors.translated(sqlite3.OperationalError(words))
    assert isinstance(told, ArchiveError)
    assert words in str(told)
    assert advice in str(told)
