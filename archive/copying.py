"""One archive copied into another, whole, whatever databases they stand in; proved equal row by row.

Rows keep their numbers, so that citations, seals and exports stay what they are. Tables are copied in pieces,
ranges of their numbers, by several processes where the target lets several write. What was copied before an
interruption is not copied again; the proof at the end reads both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, zip_longest
from typing import Any, Protocol

from sqlalchemy import Connection, Table, delete, func, select

from archive.archive import Archive
from archive.db import backend as backends
from archive.db import postgres
from archive.db.schema import annotation_lines, captures, dictionaries, metadata, seals, versions
from archive.errors import ArchiveError, UsageError
from archive.integrity.verify import head_of
from archive.process_pool import ProcessPool
from archive.search import fulltext

STEP = 1_000
"""Rows of one statement."""
BATCH = 4
"""Statements of one transaction."""
PIECE = 4_000
"""Rows of a piece, about."""
WORTH_IT = 100_000
"""Rows from which processes are started for the proof alone."""

TABLES = [each for each in metadata.sorted_tables if each is not annotation_lines]
"""Those that are the same in every database: what is noted stands in a table, or in a file beside it."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Processes that copy beside each other."""

    source: str
    """Where it is opened, with its password."""
    target: str
    number: int
    state: str | None = None
    """The state of the source that all of them read, where PostgreSQL gives it a name."""


@dataclass(frozen=True, kw_only=True)
class RowRange:
    """Rows of a table, by the range of their numbers; all of them where their key is another."""

    table: str
    after: int | None = None
    until: int | None = None


def copy(
    source: Archive, target: Archive, *, progress: Tell | None = None, beside: Beside | None = None
) -> int:
    """Copy every row of *source* into *target*; returns how many rows that are.

    *target* is an empty archive, or holds what an interrupted copy of the same source left. *progress* is
    told (what, done, of). *beside*: several write where the target lets them, and prove where there is much;
    a source in a file is not written to meanwhile. Raises :class:`UsageError` for a target that holds
    something else, and :class:`ArchiveError` when the two are not equal at the end.
    """
    tell = progress or (lambda what, done, of: None)
    writer = target.session.writer
    assert writer is not None
    source.object_storage.note_copied()
    with source.snapshot() as reading, ExitStack() as stack:
        _refuse_another(reading, target)
        one: Copiers = stack.enter_context(closing(_OneCopier(source, target)))
        many = one
        if beside is not None and beside.number > 1:
            if source.session.backend.SIDE_BY_SIDE:
                beside = replace(beside, state=postgres.share(reading))
            many = stack.enter_context(closing(_CopyingProcesses(beside)))  # they start when they are needed
        copiers = many if target.session.backend.SIDE_BY_SIDE else one
        if copiers is one and sum(_count(reading, table) for table in TABLES) < WORTH_IT:
            many = one
        with target.session.backend.loading(writer):
            _all_rows(reading, copiers, tell)
            with target.session.writing(alone=True) as writing:
                target.session.backend.settle_numbers(writing)
            target.commit()
            _all_words(reading, target, copiers, tell)
            tell("indexes and foreign keys", 0, 1)
        copied = _proved(reading, target, many, tell)
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


# ---------------------------------------------------------------- what is copied


def _all_rows(reading: Connection, copiers: Copiers, tell: Tell) -> None:
    pieces = [piece for table in TABLES for piece in pieces_of(reading, table)]
    total, done = sum(_count(reading, table) for table in TABLES), 0
    for piece, rows in copiers.each(copy_piece, pieces):
        done += rows
        tell(piece.table, done, total)


def _all_words(reading: Connection, target: Archive, copiers: Copiers, tell: Tell) -> None:
    """The full-text index of the target, made of what the source says."""
    tell("full-text index", 0, 1)
    if not target.session.backend.SIDE_BY_SIDE:
        with target.session.writing(alone=True) as writing:
            fulltext.of(writing).rebuild_words(writing)
        target.commit()
        return
    from archive.search import tsvector

    with target.session.writing(alone=True) as writing:
        tsvector.forget_words(writing)
    target.commit()
    pieces = pieces_of(reading, versions)
    counts: Counter[str] = Counter()
    for done, (_, some) in enumerate(copiers.each(copy_words, pieces), start=1):
        counts.update(some)
        tell("full-text index", done, len(pieces))
    with target.session.writing(alone=True) as writing:
        tsvector.put_vocabulary(writing, counts)
    target.commit()


def _proved(reading: Connection, target: Archive, copiers: Copiers, tell: Tell) -> int:
    """How many rows there are, which are the same on both sides; raises when they are not."""
    done = 0
    with target.snapshot() as there:
        total = 0
        for table in TABLES:
            number = _count(reading, table)
            total += number
            if _count(there, table) != number:
                raise _not_equal(target.where, table.name)
    pieces = [piece for table in TABLES for piece in pieces_of(reading, table)]
    for piece, rows in copiers.each(compare_piece, pieces):
        if rows is None:
            raise _not_equal(target.where, piece.table)
        done += rows
        tell(f"proof of {piece.table}", done, total)
    return total


def _not_equal(where: str, table: str) -> ArchiveError:
    return ArchiveError(
        f"{where}: table {table} is not what it is in the source, which may have been written to meanwhile "
        "or between two attempts; empty the target and copy again"
    )


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


# ---------------------------------------------------------------- pieces


def pieces_of(connection: Connection, table: Table) -> list[RowRange]:
    """The rows of a table in pieces of about the same size, where their key is a number."""
    keys = list(table.primary_key)
    number = _count(connection, table)
    if number <= PIECE or len(keys) > 1 or keys[0].type.python_type is not int:
        return [RowRange(table=table.name)]
    low, high = connection.execute(select(func.min(keys[0]), func.max(keys[0]))).one()
    parts = -(-number // PIECE)
    cuts = [low - 1 + (high - low + 1) * part // parts for part in range(parts + 1)]
    return [RowRange(table=table.name, after=cuts[part], until=cuts[part + 1]) for part in range(parts)]


def _rows(
    connection: Connection, piece: RowRange, after: tuple[Any, ...] | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a piece in the order of their key, some at a time, from behind *after* on."""
    backend, table = backends.of(connection.dialect.name), metadata.tables[piece.table]
    names = [each.name for each in table.c]
    key = [names.index(each.name) for each in table.primary_key]
    if after is None and piece.after is not None:
        after = (piece.after,)
    while True:
        limit = STEP
        if piece.until is not None and after is not None:
            limit = min(STEP, piece.until - after[0])
        rows = backend.kept_rows(connection, table, after, limit) if limit else []
        if piece.until is not None and rows and rows[-1][key[0]] > piece.until:
            rows = [row for row in rows if row[key[0]] <= piece.until]
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][each] for each in key)


class Ends:
    """Both archives, as one process has them open."""

    def __init__(self, source: Archive, target: Archive, *, alone: bool, state: str | None = None) -> None:
        """*alone*: nobody else writes to the target while this one does; *state*: the one that is read."""
        self._target, self._alone, self._open = target, alone, ExitStack()
        self.reading = self._open.enter_context(source.snapshot())
        if state is not None:
            postgres.see(self.reading, state)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction in the target. It lasts only if the next one of its session does: the indexes."""
        engine, backend = self._target.session.writer, self._target.session.backend
        assert engine is not None
        self._target.commit()
        with engine.connect() as connection:
            backend.prepare_beside(connection)
            with connection.begin():
                backend.enter(connection, alone=self._alone)
                yield connection

    def there(self) -> AbstractContextManager[Connection]:
        """The target as it is now."""
        return self._target.snapshot()

    def close(self) -> None:
        """Let go of the source."""
        self._open.close()


def copy_piece(ends: Ends, piece: RowRange) -> int:
    """Copy the rows of a piece that are not there yet; returns how many there are."""
    table = metadata.tables[piece.table]
    key = list(table.primary_key)
    last, number = select(*key), select(func.count()).select_from(table)
    if piece.after is not None and piece.until is not None:
        within = (key[0] > piece.after, key[0] <= piece.until)
        last, number = last.where(*within), number.where(*within)
    with ends.there() as there:
        done = int(there.execute(number).scalar_one())
        found = there.execute(last.order_by(*(each.desc() for each in key)).limit(1)).first()
    steps = _rows(ends.reading, piece, tuple(found) if found is not None else None)
    while some := list(islice(steps, BATCH)):
        with ends.writing() as writing:
            for rows in some:
                backends.of(writing.dialect.name).put_rows(writing, table, rows)
                done += len(rows)
    return done


def copy_words(ends: Ends, piece: RowRange) -> Counter[str]:
    """Index the versions of a piece; returns how many of them have each word."""
    from archive.search import tsvector

    after = 0 if piece.after is None else piece.after
    until = 2**62 if piece.until is None else piece.until
    with ends.writing() as writing:
        return tsvector.take_over(writing, ends.reading, after, until)


def compare_piece(ends: Ends, piece: RowRange) -> int | None:
    """How many rows a piece has, the same on both sides; ``None``: they are not."""
    number = 0
    with ends.there() as there:
        for ours, theirs in zip_longest(_rows(ends.reading, piece), _rows(there, piece)):
            if ours != theirs:
                return None
            number += len(ours)
    return number


# ---------------------------------------------------------------- one process, or several

Work = Callable[[Ends, RowRange], Any]


class Copiers(Protocol):
    """This process, or several: what does the work on pieces."""

    def each(self, work: Work, pieces: Sequence[RowRange]) -> Iterator[tuple[RowRange, Any]]:
        """Do the *work* for each piece, in any order: the piece and what came of it."""

    def close(self) -> None:
        """End."""


class _OneCopier:
    """This process alone, whatever the engines."""

    def __init__(self, source: Archive, target: Archive) -> None:
        self._ends = Ends(source, target, alone=True)

    def each(self, work: Work, pieces: Sequence[RowRange]) -> Iterator[tuple[RowRange, Any]]:
        for piece in pieces:
            yield piece, work(self._ends, piece)

    def close(self) -> None:
        self._ends.close()


class _CopyingProcesses:
    """Processes beside each other."""

    def __init__(self, beside: Beside) -> None:
        self._processes = ProcessPool(beside.number, "copied", partial(_begin, beside))

    def each(self, work: Work, pieces: Sequence[RowRange]) -> Iterator[tuple[RowRange, Any]]:
        of: dict[Future[Any], RowRange] = {self._processes.submit(_work, work, each): each for each in pieces}
        for done in as_completed(of):
            yield of[done], self._processes.result(done)

    def close(self) -> None:
        self._processes.close()


class _OwnEnds:
    """What a process that copies holds."""

    ends: Ends


def _begin(beside: Beside) -> None:
    source = Archive.open(beside.source, create=False, read_only=True)
    target = Archive.open(beside.target, create=False)
    _OwnEnds.ends = Ends(source, target, alone=False, state=beside.state)


def _work(work: Work, piece: RowRange) -> Any:
    return work(_OwnEnds.ends, piece)
