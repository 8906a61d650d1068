"""The session of an open archive: its batch, and what begins, holds and ends a transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, bindparam, event, exc, insert, select

from archive.db import backend as backends
from archive.db.mapping import added_number
from archive.db.prepared import UNFIT, Statement, translated
from archive.db.schema import seals, sites
from archive.errors import ArchiveError
from archive.model import hashchain as chain

_SITE = select(sites.c.id).where(sites.c.name == bindparam("name"))
_ADD_SITE = insert(sites)
_LAST_SEAL = Statement(select(seals.c.digest).order_by(seals.c.id.desc()).limit(1))
_ADD_SEAL = Statement(insert(seals))
_KINDS = ("capture", "version", "run")


class Session:
    """What the services of an archive stand on: one writing connection, any number of reading ones.

    The first write begins a batch and takes the write lock; :meth:`commit` ends it.
    """

    def __init__(self, where: str, writer: Engine | None, reader: Engine | None) -> None:
        self.where = where
        """Path or URL it was opened with (without password)."""
        self.writer, self.reader = writer, reader
        engine = writer or reader
        assert engine is not None
        self.backend = backends.of(engine.dialect.name)
        self._open: Connection | None = None
        self._driver: Any = None
        self._began = self._wrote = 0.0
        self._sites: dict[str, int] = {}
        self._lines: list[tuple[int, int, bytes]] = []
        self.on_commit: list[Callable[[], None]] = []
        """Called when a batch was committed."""
        self.on_rollback: list[Callable[[], None]] = []
        """Called when writes were taken back: what a service remembers of rows may not be there any more."""
        for engine in (writer, reader):
            if engine is not None:
                event.listen(engine, "handle_error", _translate)

    # ------------------------------------------------------------ the batch

    def commit(self) -> None:
        """Commit the open batch (captures, readings, versions, addresses: all or nothing)."""
        if self._open is None:
            return
        connection, self._open = self._open, None
        try:
            self._seal(connection)
            connection.commit()
        except BaseException:
            connection.rollback()
            self._lines.clear()
            self._forget()
            raise
        finally:
            connection.close()
        for each in self.on_commit:
            each()

    @property
    def age(self) -> float:
        """Seconds since the open batch began; 0 when none is open. The crawl commits by a real timer."""
        return time.monotonic() - self._began if self._open is not None else 0.0

    @property
    def idle(self) -> float:
        """Seconds since the last write of the open batch; 0 when none is open.

        An open batch keeps every other process from writing. A crawl that waits for its next page does
        well to commit when this passes a twentieth of a second, whatever the batch's age.
        """
        return time.monotonic() - self._wrote if self._open is not None else 0.0

    def covered(self, kind: str, number: int, line: bytes) -> None:
        """Note a row of the open batch for its seal; *line* is as :mod:`archive.model.hashchain` makes it."""
        self._lines.append((_KINDS.index(kind), number, line))

    def _seal(self, connection: Connection) -> None:
        """End the batch with a seal, if it added what seals cover."""
        if not self._lines:
            return
        lines = sorted(self._lines)
        self._lines = []
        before = _LAST_SEAL.scalar(connection, {}) or chain.START
        values: dict[str, Any] = {"digest": chain.seal(before, (line for _, _, line in lines))}
        for place, kind in enumerate(_KINDS):
            values[f"{kind}s"] = chain.ranges(number for kind_of, number, _ in lines if kind_of == place)
        _ADD_SEAL.run(connection, values)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection of the open batch, which begins here if need be.

        What is written within goes in together or not at all: an error takes back these writes and leaves
        the batch as it was, with the page's capture in it. Where the database itself gave up (a full disk),
        the whole open batch is gone.
        """
        if self.writer is None:
            raise ArchiveError(f"{self.where} was opened for reading only")
        if self._open is None:
            connection = self.writer.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            self._open, self._began = connection, time.monotonic()
            # Savepoints go to the driver directly: six of them a page, and they return nothing.
            self._driver = connection.connection.driver_connection
        connection, driver, noted = self._open, self._driver, len(self._lines)
        driver.execute("SAVEPOINT page")
        try:
            yield connection
        except BaseException:
            self._forget()
            del self._lines[noted:]
            try:
                driver.execute("ROLLBACK TO page")
                driver.execute("RELEASE page")
            except Exception:  # any driver's: the transaction the savepoint stood in is gone
                self.abandon()
            raise
        driver.execute("RELEASE page")
        self._wrote = time.monotonic()

    def _forget(self) -> None:
        """Writes were taken back: what we remember of rows may not be there any more."""
        self._sites.clear()
        for each in self.on_rollback:
            each()

    def abandon(self) -> None:
        """Take back the open batch whole."""
        if self._open is not None:
            connection, self._open = self._open, None
            connection.rollback()
            connection.close()
        self._lines.clear()
        self._forget()

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """A connection to ask with: the open batch's, so that we see what we wrote, or a reader's."""
        if self._open is not None:
            yield self._open
            return
        engine = self.reader or self.writer
        assert engine is not None
        with engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees the archive as committed at one moment, however long it is used.

        For readers of the whole (exports, researchers' own SQL): what is written over it is taken back.
        Commits the open batch first.
        """
        self.commit()
        engine = self.reader or self.writer
        assert engine is not None
        with engine.connect() as connection:
            connection.begin()
            yield connection  # rolled back when closed: a damaged database refuses to commit even nothing

    def close(self) -> None:
        """Commit the open batch and close. Also ``with Archive.open(...) as archive``."""
        try:
            self.commit()
        finally:
            for engine in (self.reader, self.writer):  # the last to leave tidies up, if it may write
                if engine is not None:
                    engine.dispose()

    # ------------------------------------------------------------ sites

    def site_id(self, connection: Connection, name: str) -> int | None:
        """The number of a site; ``None`` when nothing was ever kept of it."""
        number = self._sites.get(name)
        if number is None:
            number = connection.execute(_SITE, {"name": name}).scalar()
            if number is not None:
                self._sites[name] = number
        return number

    def ensure_site(self, connection: Connection, name: str) -> int:
        """The number of a site, which is noted if it is new."""
        number = self.site_id(connection, name)
        if number is None:
            number = added_number(connection.execute(_ADD_SITE, {"name": name}))
            self._sites[name] = number
        return number


def _translate(context: ExceptionContext) -> None:
    """Errors of the database become ours at the edge, with the cause chained."""
    if isinstance(context.original_exception, UNFIT):
        raise translated(context.original_exception) from context.original_exception
    if isinstance(context.sqlalchemy_exception, exc.OperationalError | exc.DatabaseError) and not isinstance(
        context.sqlalchemy_exception, exc.IntegrityError | exc.ProgrammingError
    ):
        raise translated(context.original_exception) from context.original_exception
