"""Functions of SQL that each engine says in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Table,
    Text,
    cast,
    literal,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement, func


def folded(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as :func:`archive.model.folding.folded` writes it; null stays null."""
    return func.folded(column, type_=Text)


def json_text(column: ColumnElement[Any], path: str) -> ColumnElement[str]:
    """A member of a document of JSON, as text; *path* names it: ``published.value``."""
    return _JsonText(column, literal_column(f"'$.{path}'"))


def stands_in(words: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether *words* stand in a column, with these capitals; null where it is null."""
    return _Place(column, literal(words)) > 0


def total(column: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of integers, as an integer; null of no rows. PostgreSQL makes a decimal of those of 64 bits."""
    return cast(func.sum(column), BigInteger)


def upsert(connection: Connection, table: Table) -> Any:
    """An insert into *table* that can say ``ON CONFLICT``, which both engines say in the same words."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def add_unless_there(connection: Connection, table: Table, values: Mapping[str, Any]) -> int | None:
    """Add a row; returns its number. ``None``: one stands there that it may not stand beside.

    Where another transaction is about to add the same, waits for its end.
    """
    adding = upsert(connection, table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    number: int | None = connection.execute(adding).scalar()
    return number


_LOOKED_UP = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = ?",
    "postgresql": "SELECT to_regclass(%s)",
}


_COLUMNS = {
    "sqlite":  # not those of FTS5, which would be loaded for it
        "SELECT tables.name, columns.name "
        "FROM sqlite_master AS tables, pragma_table_xinfo(tables.name) AS columns "
        "WHERE tables.type = 'table' AND tables.sql NOT LIKE 'CREATE VIRTUAL%'",
    "postgresql":
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "
        "AND a.attnum > 0 AND NOT a.attisdropped",
}  # fmt: skip


def columns(connection: Connection) -> set[tuple[str, str]]:
    """Table and name of all columns there are."""
    return {(table, name) for table, name in connection.exec_driver_sql(_COLUMNS[connection.dialect.name])}


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is a table of this name. SQLAlchemy asks the same in ten milliseconds of CPU."""
    return connection.exec_driver_sql(_LOOKED_UP[connection.dialect.name], (name,)).scalar() is not None


class _JsonText(FunctionElement[str]):
    type = Text()
    inherit_cache = True


class _Place(FunctionElement[int]):
    """Where words begin in a column, from 1; 0: nowhere."""

    type = Integer()
    inherit_cache = True


class json_list(FunctionElement[str]):
    """The values of a column in all rows, as a list in JSON, in no order."""

    type = Text()
    inherit_cache = True


class utc_day(FunctionElement[str]):
    """The day of an instant, in UTC: ``2026-03-02``."""

    type = Text()
    inherit_cache = True


@compiles(_JsonText, "sqlite")
def _json_text_in_sqlite(element: _JsonText, compiler: SQLCompiler, **words: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **words)})"


@compiles(_JsonText, "postgresql")
def _json_text_in_postgresql(element: _JsonText, compiler: SQLCompiler, **words: Any) -> str:
    document, path = (compiler.process(each, **words) for each in element.clauses)
    return f"(CAST({document} AS JSONB) #>> {path.replace('$.', '{').replace('.', ',')[:-1]}}}')"


@compiles(_Place, "sqlite")
def _place_in_sqlite(element: _Place, compiler: SQLCompiler, **words: Any) -> str:
    return f"instr({compiler.process(element.clauses, **words)})"


@compiles(_Place, "postgresql")
def _place_in_postgresql(element: _Place, compiler: SQLCompiler, **words: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **words)})"


@compiles(json_list, "sqlite")
def _json_list_in_sqlite(element: json_list, compiler: SQLCompiler, **words: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **words)})"


@compiles(json_list, "postgresql")
def _json_list_in_postgresql(element: json_list, compiler: SQLCompiler, **words: Any) -> str:
    return f"CAST(coalesce(json_agg({compiler.process(element.clauses, **words)}), '[]') AS TEXT)"


@compiles(utc_day, "sqlite")
def _utc_day_in_sqlite(element: utc_day, compiler: SQLCompiler, **words: Any) -> str:
    return f"substr({compiler.process(element.clauses, **words)}, 1, 10)"


@compiles(utc_day, "postgresql")
def _utc_day_in_postgresql(element: utc_day, compiler: SQLCompiler, **words: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **words)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
