"""One archive copied into another, whole, whatever databases they stand in; proved equal row by row.

Rows keep their numbers, so that citations, seals and exports stay what they are. What was copied before an
interruption is not copied again; the proof at the end reads both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from archive.archive import Archive
from archive.db import backend as backends
from archive.db.schema import annotation_lines, captures, dictionaries, metadata, seals
from archive.errors import ArchiveError, UsageError
from archive.integrity.verify import head_of
from archive.search import fulltext

STEP = 1_000
"""Rows of one statement."""
BATCH = 20
"""Statements of one transaction."""

TABLES = [each for each in metadata.sorted_tables if each is not annotation_lines]
"""Those that are the same in every database: what is noted stands in a table, or in a file beside it."""

Tell = Callable[[str, int, int], None]


def copy(source: Archive, target: Archive, *, progress: Tell | None = None) -> int:
    """Copy every row of *source* into *target*; returns how many rows that are.

    *target* is an empty archive, or holds what an interrupted copy of the same source left. *progress* is
    told (table, done, of). Raises :class:`UsageError` for a target that holds something else, and
    :class:`ArchiveError` when the two are not equal at the end.
    """
    tell = progress or (lambda what, done, of: None)
    writer = target.session.writer
    assert writer is not None
    source.object_storage.note_copied()
    with source.snapshot() as reading:
        _refuse_another(reading, target)
        with target.session.backend.loading(writer):
            for table in TABLES:
                _copy_rows(reading, target, table, tell)
            with target.session.writing(alone=True) as writing:
                target.session.backend.settle_numbers(writing)
                tell("full-text index", 0, 1)
                fulltext.of(writing).rebuild_words(writing)
            target.commit()
            tell("indexes and foreign keys", 0, 1)
        copied = _compare(reading, target, tell)
    return copied + _copy_annotations(source, target)


def _copy_annotations(source: Archive, target: Archive) -> int:
    """Copy notes, tags and saved queries; returns how many lines they are."""
    ours, theirs = source.annotations.lines.all(), target.annotations.lines.all()
    if ours[: len(theirs)] != theirs:
        where = target.annotations.lines.where
        raise UsageError(f"{where} holds other notes and saved queries; move them away, and copy again")
    if missing := ours[len(theirs) :]:
        target.annotations.lines.add(*missing)
    return len(ours)


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


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _key_of(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    names = [each.name for each in table.c]
    return tuple(row[names.index(each.name)] for each in table.primary_key)


def _rows(
    connection: Connection, table: Table, after: tuple[Any, ...] | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in the order of their key, some at a time, from behind *after* on."""
    backend = backends.of(connection.dialect.name)
    while rows := backend.kept_rows(connection, table, after, STEP):
        yield rows
        after = _key_of(table, rows[-1])


def _copy_rows(reading: Connection, target: Archive, table: Table, tell: Tell) -> None:
    key = tuple(table.primary_key)
    total = _count(reading, table)
    with target.session.asking() as there:
        done = _count(there, table)
        last = there.execute(select(*key).order_by(*(each.desc() for each in key)).limit(1)).first()
    tell(table.name, done, total)
    for number, rows in enumerate(_rows(reading, table, tuple(last) if last is not None else None), start=1):
        with target.session.writing(alone=True) as writing:
            target.session.backend.put_rows(writing, table, rows)
        done += len(rows)
        tell(table.name, done, total)
        if number % BATCH == 0:
            target.commit()
    target.commit()


def _compare(reading: Connection, target: Archive, tell: Tell) -> int:
    """How many rows there are, which are the same on both sides; raises when they are not."""
    copied = 0
    with target.snapshot() as there:
        for table in TABLES:
            what, total, done = f"proof of {table.name}", _count(reading, table), 0
            for ours, theirs in zip_longest(_rows(reading, table), _rows(there, table)):
                if ours != theirs:
                    raise ArchiveError(
                        f"{target.where}: table {table.name} is not what it is in the source, which may have "
                        "been written to between two attempts; empty the target and copy again"
                    )
                done += len(ours)
                tell(what, done, total)
            copied += done
    return copied
