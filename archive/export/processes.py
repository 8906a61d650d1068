"""Rows of an export made by several processes, each a shard of them at a time, and joined in their order.

All see one state of the archive, and the lines come out as one process would make them.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection

from archive.archive import Archive
from archive.errors import ArchiveError, UsageError
from archive.export.choice import RowChoice
from archive.export.formats.methods import Counted
from archive.export.rows import ExportShard, rows, shards
from archive.orphans import deaf_to_interrupts, end_when_orphaned

ROWS = 400
"""Rows of a shard, about: as many as take some hundredths of a second. An article is in one shard."""
MOMENTS, PAUSE = 200, 0.05
"""How often a moment is looked for in which all processes begin to read, and seconds between two."""

MakeLines = Callable[[Iterable[Mapping[str, Any]]], Iterator[bytes]]
"""Makes lines of rows; a function of a module, that goes to another process by its name."""


@dataclass(frozen=True, slots=True)
class MadeShard:
    """The lines of a shard, and what was counted of its rows."""

    lines: bytes
    counted: Counted
    articles: tuple[int, ...]
    """Numbers, each once."""


class ExportProcesses:
    """Processes that make the rows of exports. They start with the first, and end with the context."""

    def __init__(self, where: str, number: int) -> None:
        """*where*: the archive's path or URL, with its password."""
        self._where, self._number = where, number
        self._processes: list[Any] = []
        self._pipes: list[Pipe] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @contextmanager
    def snapshot(self, archive: Archive) -> Iterator[Connection]:
        """A snapshot of the archive, which all processes see too.

        Raises :class:`ArchiveError` where others write without a pause, so that no moment is found in which
        all begin.
        """
        archive.commit()
        engine, backend = archive.session.reader, archive.session.backend
        if engine is None:
            raise UsageError("an archive in memory is read by its own process alone")
        try:
            self._start()
            with engine.connect() as watching:
                for _ in range(MOMENTS):
                    before = backend.changes(watching)
                    with archive.snapshot() as connection:
                        self._tell(backend.share_snapshot(connection))
                        self._wait()
                        if backend.changes(watching) == before:
                            yield connection
                            self._wait()
                            return
                    self._tell(None)
                    self._wait()
                    time.sleep(PAUSE)
        except BaseException:
            self.stop()  # what they are at, nobody waits for any more
            raise
        self.stop()
        raise ArchiveError(
            "others write so often that no moment was found in which all processes begin to read: "
            "run the same command without --jobs"
        )

    def made(
        self, connection: Connection, choice: RowChoice, make: MakeLines, *, ready: bool
    ) -> Iterator[MadeShard]:
        """All rows that are chosen as lines, shard by shard, in order; to be asked for to the end.

        *connection*: of :meth:`snapshot`. *ready*: as :func:`archive.export.rows.rows` has it. What a process
        could not do is raised here; :class:`ArchiveError` when it was killed.
        """
        every = list(shards(connection, choice, ROWS))
        for place, pipe in enumerate(self._pipes):
            self._send(pipe, (choice, make, ready, every[place :: self._number]))
        for place in range(len(every)):
            pipe = self._pipes[place % self._number]
            counted, articles = self._receive(pipe)
            yield MadeShard(self._receive(pipe, pipe.recv_bytes), counted, articles)

    def stop(self) -> None:
        """End the processes, whatever they are at."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        for pipe in self._pipes:
            pipe.close()
        self._processes, self._pipes = [], []

    def _start(self) -> None:
        if self._processes:
            return
        context = multiprocessing.get_context("spawn")
        with deaf_to_interrupts():
            for _ in range(self._number):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(self._where, theirs), daemon=True)
                process.start()
                theirs.close()
                self._processes.append(process)
                self._pipes.append(ours)
        self._wait()

    def _tell(self, what: object) -> None:
        for pipe in self._pipes:
            self._send(pipe, what)

    def _wait(self) -> None:
        """Until each has said that it is ready for what comes next."""
        for pipe in self._pipes:
            self._receive(pipe)

    def _send(self, pipe: Pipe, what: object) -> None:
        try:
            pipe.send(what)
        except OSError as error:
            raise self._killed() from error

    def _receive(self, pipe: Pipe, receive: Callable[[], Any] | None = None) -> Any:
        try:
            said = (receive or pipe.recv)()
        except (EOFError, OSError) as error:
            raise self._killed() from error
        if isinstance(said, Exception):
            raise said
        return said

    def _killed(self) -> ArchiveError:
        return ArchiveError("a process that made rows was killed; run the same command again")


# ---------------------------------------------------------------- in a process


def _work(where: str, pipe: Pipe) -> None:
    """Make shards, until nobody asks for any."""
    end_when_orphaned()
    try:
        with Archive.open(where, create=False, read_only=True) as archive:
            pipe.send(None)
            while True:
                name = pipe.recv()
                with archive.snapshot() as connection:
                    archive.session.backend.share_snapshot(connection, name)
                    pipe.send(None)
                    if (asked := pipe.recv()) is not None:
                        choice, make, ready, own = asked
                        for shard in own:
                            made = _made(connection, choice, make, shard, ready=ready)
                            pipe.send((made.counted, made.articles))
                            pipe.send_bytes(made.lines)  # apart: it is copied less often than within
                pipe.send(None)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except (ArchiveError, UsageError) as error:
        pipe.send(error)


def _made(
    connection: Connection, choice: RowChoice, make: MakeLines, shard: ExportShard, *, ready: bool
) -> MadeShard:
    counted = Counted()
    articles: list[int] = []

    def noted() -> Iterator[Mapping[str, Any]]:
        for row in counted.passing(rows(connection, choice, ready=ready, shard=shard)):
            if not articles or articles[-1] != row["id"]:
                articles.append(row["id"])
            yield row

    lines = b"".join(make(noted()))
    return MadeShard(lines, counted, tuple(articles))
