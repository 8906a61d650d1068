"""Statements said to the driver itself. What they say is SQLAlchemy's Core; only the saying is ours.

Core makes a context, a cursor and a result for each execution: some fifty microseconds, a dozen times a page,
beside SQLite's own three. A :class:`Statement` works out once what those are for: the words, the order and
types of parameters, the types and names of columns. It is for the hot paths, and for SQLite; to any other
database it is said through Core. It knows no lists (``IN``) whose length is known only when it is said.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

from archive.db.driver_errors import UNFIT, translated
from archive.db.mapping import AnyRow, added_number

Said: TypeAlias = "Select[*tuple[Any, ...]] | Insert | Update | Delete"
Values: TypeAlias = Mapping[str, Any]
Process: TypeAlias = Callable[[Any], Any]


class Statement:
    """One statement of Core. Its parameters are given by name: no less, and no more.

    An insert fills the columns it is given; an update sets those, beside what it sets itself.
    """

    def __init__(self, said: Said) -> None:
        self.said = said
        self._core = _Core(said)
        self._driver: dict[tuple[str, ...], _Driver] = {}

    def all(self, connection: Connection, values: Values) -> list[AnyRow]:
        """Every row."""
        return list(self.each(connection, values))

    def each(self, connection: Connection, values: Values) -> Iterator[AnyRow]:
        """Row by row, for who may have seen enough before the last."""
        return self._through(connection, values).each(connection, values)

    def first(self, connection: Connection, values: Values) -> AnyRow | None:
        """The first row; ``None`` when there is none."""
        return next(self.each(connection, values), None)

    def scalar(self, connection: Connection, values: Values) -> Any:
        """The first column of the first row; ``None`` when there is none."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def run(self, connection: Connection, values: Values) -> None:
        """Say it; nothing comes back."""
        self._through(connection, values).run(connection, values)

    def run_many(self, connection: Connection, every: Sequence[Values]) -> None:
        """Say it for each of these, which name the same parameters."""
        if every:
            self._through(connection, every[0]).run_many(connection, every)

    def add(self, connection: Connection, values: Values) -> int:
        """Insert a row; returns the number it got."""
        return self._through(connection, values).add(connection, values)

    def _through(self, connection: Connection, values: Values) -> _Core | _Driver:
        if connection.dialect.name != "sqlite":
            return self._core
        names = tuple(values)
        known = self._driver.get(names)
        if known is None:
            known = self._driver[names] = _Driver(self.said, names, connection.dialect)
        return known


ONCE = 4
"""MB of pages that are held while much is read once."""


def as_kept(connection: Connection, said: Select[*tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement as SQLite keeps them: times and JSON are text, flags numbers.

    For reading much once: few pages are held, which is faster than to hold many that are not asked for again.
    """
    compiled = said.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup is not None
    processes = {name: bound.type.dialect_impl(connection.dialect) for name, bound in compiled.binds.items()}
    stated = compiled.construct_params(extracted_parameters=None)
    parameters = []
    for name in compiled.positiontup:
        implied = processes.get(name) or processes[name.rpartition("_")[0]]
        process = implied.bind_processor(connection.dialect)
        value = stated[name]
        parameters.append(value if process is None else process(value))
    driver = _driver(connection)
    (held,) = driver.execute("PRAGMA cache_size").fetchone()
    try:
        driver.execute(f"PRAGMA cache_size = -{ONCE << 10}")
        try:
            yield from driver.execute(compiled.string, parameters)
        finally:
            driver.execute(f"PRAGMA cache_size = {held}")
    except Exception as error:  # any driver's
        if isinstance(error, (*UNFIT, connection.dialect.loaded_dbapi.Error)):
            raise translated(error) from error
        raise


class _Core:
    """A statement said through Core."""

    def __init__(self, said: Said) -> None:
        self.said = said

    def each(self, connection: Connection, values: Values) -> Iterator[AnyRow]:
        yield from connection.execute(self.said, values)

    def run(self, connection: Connection, values: Values) -> None:
        connection.execute(self.said, values)

    def run_many(self, connection: Connection, every: Sequence[Values]) -> None:
        connection.execute(self.said, every)

    def add(self, connection: Connection, values: Values) -> int:
        return added_number(connection.execute(self.said, values))


class _Driver:
    """A statement with parameters of these names, said to the driver of SQLite."""

    def __init__(self, said: Said, names: tuple[str, ...], dialect: Dialect) -> None:
        given = isinstance(said, Insert | Update)
        compiled = said.compile(dialect=dialect, column_keys=names if given else None)
        assert isinstance(compiled, SQLCompiler)
        assert compiled.positiontup is not None
        assert dialect.dbapi is not None
        self.words = compiled.string
        self.error: type[Exception] = dialect.dbapi.Error
        self.parameters: list[Any] = []
        """Those that are part of the statement, in their places."""
        self.wanted: list[tuple[int, str, Process | None]] = []
        for place, name in enumerate(compiled.positiontup):
            bound = compiled.binds[name]
            process = bound.type.dialect_impl(dialect).bind_processor(dialect)
            value = None
            if bound.required:
                self.wanted.append((place, name, process))
            else:
                value = process(bound.value) if process is not None else bound.value
            self.parameters.append(value)
        wanted = {name for _, name, _ in self.wanted}
        if wanted != set(names):
            raise TypeError(f"takes {sorted(wanted)}, not {sorted(names)}: {self.words}")
        self.row: Process = _row_of(said, dialect) if isinstance(said, Select) else tuple

    def each(self, connection: Connection, values: Values) -> Iterator[AnyRow]:
        try:
            for found in _driver(connection).execute(self.words, self._parameters(values)):
                yield self.row(found)
        except (self.error, *UNFIT) as error:
            raise translated(error) from error

    def run(self, connection: Connection, values: Values) -> None:
        self._run(connection, values)

    def run_many(self, connection: Connection, every: Sequence[Values]) -> None:
        parameters = [self._parameters(values) for values in every]
        try:
            _driver(connection).executemany(self.words, parameters)
        except (self.error, *UNFIT) as error:
            raise translated(error) from error

    def add(self, connection: Connection, values: Values) -> int:
        return int(self._run(connection, values).lastrowid)

    def _run(self, connection: Connection, values: Values) -> Any:
        parameters = self._parameters(values)
        try:
            return _driver(connection).execute(self.words, parameters)
        except (self.error, *UNFIT) as error:
            raise translated(error) from error

    def _parameters(self, values: Values) -> list[Any]:
        parameters = self.parameters.copy()
        for place, name, process in self.wanted:
            value = values[name]
            parameters[place] = value if process is None else process(value)
        return parameters


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _row_of(said: Select[*tuple[Any, ...]], dialect: Dialect) -> Process:
    """What makes a row of named columns, in Python's types, of the driver's."""
    columns = said.selected_columns
    kind: Any = namedtuple("Row", columns.keys())  # type: ignore[misc]
    make: Process = kind._make
    processes: list[tuple[int, Process]] = []
    for place, column in enumerate(columns):
        process = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if process is not None:
            processes.append((place, process))
    if not processes:
        return make

    def row(found: tuple[Any, ...]) -> Any:
        values = list(found)
        for place, process in processes:
            values[place] = process(values[place])
        return make(values)

    return row
