"""One archive copied into another, whole, whatever databases they stand in; proved equal row by row.

Rows keep their numbers, so that citations, seals and exports stay what they are. What was copied before an
interruption is not copied again; the proof at the end reads both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, bindparam, delete, func, insert, select, tuple_, update

from archive.archive import Archive
from archive.db.schema import captures, dictionaries, metadata, seals
from archive.errors import ArchiveError, UsageError
from archive.integrity.verify import head_of
from archive.search import fulltext

STEP = 1_000
"""Rows of one statement."""
BATCH = 20
"""Statements of one transaction."""

Tell = Callable[[str, int, int], None]


def copy(source: Archive, target: Archive, *, progress: Tell | None = None) -> int:
    """Copy every row of *source* into *target*; returns how many rows that are.

    *target* is an empty archive, or holds what an interrupted copy of the same source left. *progress* is
    told (table, done, of). Raises :class:`UsageError` for a target that holds something else, and
    :class:`ArchiveError` when the two are not equal at the end.
    """
    tell = progress or (lambda what, done, of: None)
    with source.snapshot() as reading:
        _refuse_another(reading, target)
        for table in metadata.sorted_tables:
            _copy_rows(reading, target, table, tell)
        for table in metadata.sorted_tables:
            _copy_own_references(reading, target, table)
        with target.session.writing(alone=True) as writing:
            target.session.backend.settle_numbers(writing)
            tell("full-text index", 0, 1)
            fulltext.of(writing).rebuild_words(writing)
        target.commit()
        return _compare(reading, target, tell)


def _refuse_another(reading: Connection, target: Archive) -> None:
    """What stands in the target must be part of the chain; a new archive holds only dictionaries."""
    with target.session.writing(alone=True) as writing:
        head = head_of(writing)
        if head.seal:
            same = reading.execute(select(seals.c.digest).where(seals.c.id == head.seal)).scalar()
            if same is None or same.hex() != head.digest:
                raise UsageError(f"{target.where} holds another archive; copy into an empty one")
        elif writing.execute(select(captures.c.id).limit(1)).first() is None:
            writing.execute(delete(dictionaries))
    target.commit()


def _key(table: Table) -> tuple[Column[Any], ...]:
    return tuple(table.primary_key)


def _own_references(table: Table) -> list[Column[Any]]:
    """Columns that refer to rows of the same table: a row may stand before the one it refers to."""
    return [each for each in table.c if any(key.column.table is table for key in each.foreign_keys)]


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _rows(connection: Connection, table: Table, after: tuple[Any, ...] | None = None) -> Iterator[list[Any]]:
    """Rows in the order of their key, some at a time, from behind *after* on."""
    key = _key(table)
    while True:
        wanted = select(table).order_by(*key).limit(STEP)
        if after is not None:
            place = (bindparam(None, value, type_=each.type) for each, value in zip(key, after, strict=True))
            wanted = wanted.where(tuple_(*key) > tuple_(*place))
        rows = list(connection.execute(wanted).mappings())
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][each.name] for each in key)


def _copy_rows(reading: Connection, target: Archive, table: Table, tell: Tell) -> None:
    total = _count(reading, table)
    with target.session.asking() as there:
        done = _count(there, table)
        last = there.execute(
            select(*_key(table)).order_by(*(each.desc() for each in _key(table))).limit(1)
        ).first()
    own = {each.name: None for each in _own_references(table)}
    tell(table.name, done, total)
    for number, rows in enumerate(_rows(reading, table, tuple(last) if last is not None else None), start=1):
        with target.session.writing(alone=True) as writing:
            writing.execute(insert(table), [{**row, **own} for row in rows])
        done += len(rows)
        tell(table.name, done, total)
        if number % BATCH == 0:
            target.commit()
    target.commit()


def _copy_own_references(reading: Connection, target: Archive, table: Table) -> None:
    own = _own_references(table)
    if not own:
        return
    (key,) = _key(table)
    for rows in _rows(reading, table):
        for column in own:
            referring = [
                {"this": row[key.name], "other": row[column.name]}
                for row in rows
                if row[column.name] is not None
            ]
            if referring:
                set_it = (
                    update(table).where(key == bindparam("this")).values({column.name: bindparam("other")})
                )
                with target.session.writing(alone=True) as writing:
                    writing.execute(set_it, referring)
    target.commit()


def _digest(connection: Connection, table: Table, tell: Callable[[int], None]) -> tuple[int, bytes]:
    """How many rows a table has, and the SHA-256 of them all."""
    digest, done = hashlib.sha256(), 0
    for rows in _rows(connection, table):
        for row in rows:
            values = [each.hex() if isinstance(each, bytes) else each for each in row.values()]
            digest.update(orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z))
        done += len(rows)
        tell(done)
    return done, digest.digest()


def _compare(reading: Connection, target: Archive, tell: Tell) -> int:
    copied = 0
    with target.snapshot() as there:
        for table in metadata.sorted_tables:
            total = _count(reading, table)
            ours = _digest(reading, table, lambda done: tell(f"proof of {table.name}", done, total))  # noqa: B023
            if ours != _digest(there, table, lambda done: None):
                raise ArchiveError(
                    f"{target.where}: table {table.name} is not what it is in the source, which may have "
                    "been written to between two attempts; empty the target and copy again"
                )
            copied += ours[0]
    return copied
