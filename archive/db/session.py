"""The session of an open archive: its batch, and what begins, holds and ends a transaction.

**Writers.** On SQLite one batch is written at a time: it takes the file's write lock when it begins. On
PostgreSQL batches run side by side, and nothing is locked that two of them do not both write:

- a batch holds the *name* of each site it writes (:meth:`Session.writing`), so that what it read of a site is
  still so when it writes. It waits for a name only while it holds none: no two batches wait for each other;
- rows that all sites share (sites, terms, bodies) are written on a second connection and committed at once
  (:meth:`Session.shared`): no batch waits for another's end because both saw the same page;
- seals are made one after the other: the last thing a batch does, so that the chain is in order of commit;
- what works on the whole archive (redaction, rows brought in, a copy) asks to be *alone*.

Numbers are given out when rows are added, not when they are committed: a batch may commit smaller numbers
than there are. Within a site they are in order. Across sites only seals are: who wants what is new since the
last time goes by them (:mod:`archive.db.added_since`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, bindparam, event, exc, insert, select

from archive.db import backend as backends
from archive.db.driver_errors import LIMITED, UNFIT, is_mistake, over_the_driver, translated
from archive.db.functions import add_unless_there
from archive.db.prepared import Statement
from archive.db.schema import articles, seals, sites
from archive.errors import ArchiveError
from archive.model import hashchain as chain

_SITE = select(sites.c.id).where(sites.c.name == bindparam("name"))
_SITE_NAME = select(sites.c.name).where(sites.c.id == bindparam("number"))
_SITE_OF = (
    select(sites.c.name)
    .join(articles, articles.c.site_id == sites.c.id)
    .where(articles.c.id == bindparam("article"))
)
_LAST_SEAL = Statement(select(seals.c.digest).order_by(seals.c.id.desc()).limit(1))
_ADD_SEAL = Statement(insert(seals))
_KINDS = ("capture", "version", "run")


class Session:
    """What the services of an archive stand on: one writing connection, any number of reading ones.

    The first write begins a batch; :meth:`commit` ends it.
    """

    def __init__(self, where: str, writer: Engine | None, reader: Engine | None) -> None:
        self.where = where
        """Path or URL it was opened with (without password)."""
        self.writer, self.reader = writer, reader
        engine = writer or reader
        assert engine is not None
        self.backend = backends.of(engine.dialect.name)
        self._open: Connection | None = None
        self._beside: Connection | None = None
        """Of :meth:`shared`."""
        self._driver: Any = None
        self._held: set[str] = set()
        """Names that the open batch holds."""
        self._alone = False
        self._within = self._asked = 0
        """How deep we are within :meth:`writing`, and within :meth:`asking` over the open batch."""
        self._began = 0.0
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
        connection = self._let_go()
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

    def covered(self, kind: str, number: int, line: bytes) -> None:
        """Note a row of the open batch for its seal; *line* is as :mod:`archive.model.hashchain` makes it."""
        self._lines.append((_KINDS.index(kind), number, line))

    def _seal(self, connection: Connection) -> None:
        """End the batch with a seal, if it added what seals cover."""
        if not self._lines:
            return
        lines = sorted(self._lines)
        self._lines = []
        self.backend.seal_next(connection)
        before = _LAST_SEAL.scalar(connection, {}) or chain.START
        values: dict[str, Any] = {"digest": chain.seal(before, (line for _, _, line in lines))}
        for place, kind in enumerate(_KINDS):
            values[f"{kind}s"] = chain.ranges(number for kind_of, number, _ in lines if kind_of == place)
        _ADD_SEAL.run(connection, values)

    @contextmanager
    def writing(self, name: str | None = None, *, alone: bool = False) -> Iterator[Connection]:
        """The connection of the open batch, which begins here if need be.

        What is written within goes in together or not at all: an error takes back these writes and leaves
        the batch as it was, with the page's capture in it. Where the database itself gave up (a full disk),
        the whole open batch is gone.

        *name*: the site that is written, or in brackets what else may have one writer; until the batch ends
        no other batch writes it. Where another one does now, what is open is committed, and waits. *alone*:
        no other batch at all; what is open is committed first. Without either, no row is written by what was
        read before: one statement decides.
        """
        connection = self._begin(name, alone=alone)
        driver, noted, held = self._driver, len(self._lines), set(self._held)
        self._savepoint("SAVEPOINT page")
        self._within += 1
        try:
            yield connection
        except BaseException:
            self._forget()
            del self._lines[noted:]
            self._held = held  # what was taken within is given back with the savepoint
            try:
                driver.execute("ROLLBACK TO page")
                driver.execute("RELEASE page")
            except Exception:  # any driver's: the transaction the savepoint stood in is gone
                self.abandon()
            raise
        finally:
            self._within -= 1
        self._savepoint("RELEASE page")

    def _savepoint(self, said: str) -> None:
        """Where the connection has gone, so has the batch."""
        assert self._open is not None
        try:
            with over_the_driver(self._open):
                self._driver.execute(said)
        except ArchiveError:
            self.abandon()
            raise

    def _begin(self, name: str | None, *, alone: bool) -> Connection:
        """The connection of a batch that holds what is asked."""
        side_by_side = self.backend.SIDE_BY_SIDE
        if side_by_side and alone and self._open is not None and not self._alone:
            if self._within:
                raise RuntimeError("a batch within which something is written cannot be alone any more")
            self.commit()
        connection = self._open or self._opened(alone=alone)
        if not side_by_side or self._alone or name is None or name in self._held:
            return connection
        may_wait = not self._held or bool(self._within or self._asked)
        try:
            if not self.backend.hold(connection, name, wait=may_wait):
                self.commit()
                connection = self._opened(alone=False)
                self.backend.hold(connection, name, wait=True)
        except BaseException:
            if not self._within:
                self.abandon()  # a transaction in which a statement failed takes no other
            raise
        self._held.add(name)
        return connection

    def _opened(self, *, alone: bool) -> Connection:
        if self.writer is None:
            raise ArchiveError(f"{self.where} was opened for reading only")
        connection = self.writer.connect()
        try:
            connection.begin()
            self.backend.enter(connection, alone=alone)
        except BaseException:
            connection.close()
            raise
        self._open, self._began, self._alone = connection, time.monotonic(), alone
        # Savepoints go to the driver directly: six of them a page, and they return nothing.
        self._driver = connection.connection.driver_connection
        return connection

    def _let_go(self) -> Connection:
        """The connection of the open batch, which is no batch any more."""
        assert self._open is not None
        connection, self._open = self._open, None
        self._held.clear()
        self._alone = False
        return connection

    @contextmanager
    def shared(self) -> Iterator[Connection]:
        """Within :meth:`writing`: a connection for a row that all sites share, and that no batch takes back.

        Where batches run side by side it is committed when this ends. A batch that is taken back leaves the
        row, to which nothing refers then.
        """
        assert self._open is not None
        assert self.writer is not None
        if self._alone or not self.backend.SIDE_BY_SIDE:
            yield self._open
            return
        try:
            if self._beside is None:
                self._beside = self.writer.connect()
                self.backend.prepare_beside(self._beside)
            with self._beside.begin():
                yield self._beside
        except BaseException:
            if self._beside is not None:
                self._beside.close()
                self._beside = None
            raise

    def _forget(self) -> None:
        """Writes were taken back: what we remember of rows may not be there any more."""
        self._sites.clear()
        for each in self.on_rollback:
            each()

    def abandon(self) -> None:
        """Take back the open batch whole."""
        if self._open is not None:
            connection = self._let_go()
            connection.rollback()
            connection.close()
        self._lines.clear()
        self._forget()

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """A connection to ask with: the open batch's, so that we see what we wrote, or a reader's."""
        if self._open is not None:
            self._asked += 1
            try:
                yield self._open
            finally:
                self._asked -= 1
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
            if self._beside is not None:
                self._beside.close()
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
            with self.shared() as beside:
                number = add_unless_there(beside, sites, {"name": name})
            if number is None:  # another process has just noted it
                number = connection.execute(_SITE, {"name": name}).scalar_one()
            self._sites[name] = number
        return number

    def site_name(self, connection: Connection, number: int) -> str:
        """The name of a site that there is."""
        return str(connection.execute(_SITE_NAME, {"number": number}).scalar_one())

    def site_of(self, article: int) -> str | None:
        """The name of the site of an article; ``None``: there is no such article."""
        with self.asking() as connection:
            return connection.execute(_SITE_OF, {"article": article}).scalar()

    def now(self) -> datetime:
        """The time by the clock that all who use this archive share: leases are held against it."""
        with self.asking() as connection:
            return self.backend.now(connection)


def _translate(context: ExceptionContext) -> None:
    """Errors of the database become ours at the edge, with the cause chained."""
    if isinstance(context.original_exception, UNFIT):
        raise translated(context.original_exception) from context.original_exception
    if isinstance(context.sqlalchemy_exception, exc.DatabaseError) and not is_mistake(
        context.original_exception
    ):
        limited = context.engine is None or context.engine.get_execution_options().get(LIMITED, True)
        raise translated(context.original_exception, limited=limited) from context.original_exception
