"""What an archive asks of the database it stands in. SQLite's is :mod:`archive.db.sqlite`, PostgreSQL's
:mod:`archive.db.postgres`; the statements elsewhere are SQLAlchemy Core, and mean the same in both.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Engine, Table, exc
from sqlalchemy.engine import URL, make_url

from archive.errors import ArchiveError

_MODULES = {"sqlite": "archive.db.sqlite", "postgresql": "archive.db.postgres"}
"""Of each dialect of SQLAlchemy."""


class Backend(Protocol):
    """A database. A module is one."""

    IN_A_FILE: bool
    """Whether the database is a file, beside which others can stand, or in memory."""
    SIDE_BY_SIDE: bool
    """Whether several batches are written at a time. Where not, the four below have nothing to do."""

    def enter(self, connection: Connection, *, alone: bool) -> None:
        """Let a batch begin beside others, or wait until it is *alone*; others wait for its end then."""

    def hold(self, connection: Connection, name: str, *, wait: bool) -> bool:
        """Take a name until the batch ends; false when another batch has it, and we do not *wait*."""

    def seal_next(self, connection: Connection) -> None:
        """Wait until no other batch is being sealed; none is then until this one has ended."""

    def prepare_beside(self, connection: Connection) -> None:
        """Prepare a connection whose rows need to last only if a batch lasts that ends later."""

    def now(self, connection: Connection) -> datetime:
        """The time by the database's clock."""

    def writer(self, url: URL) -> Engine:
        """An engine whose transactions see what they write."""

    def reader(self, url: URL, seconds: float | None, *, beside_writer: bool) -> Engine | None:
        """An engine that cannot write. Each of its transactions sees one snapshot, and ends after *seconds*.

        ``None``: there is nothing to read beside the writer (a database in memory).
        """

    def changes(self, connection: Connection) -> int:
        """A number that is another one when others committed since *connection*, which is in no transaction,
        was last asked; the same for ever where snapshots have names."""

    def share_snapshot(self, connection: Connection, name: str | None = None) -> str:
        """Let a reader's transaction, which has just begun, see what is committed now; returns its name.

        With the *name* of another one that has not ended it sees what that one does.

        Where snapshots have no names it always sees what is committed now: :meth:`changes` tells whether that
        is the same.
        """

    def look_at(self, url: URL, engine: Engine | None, *, create: bool, write: bool) -> None:
        """Raise :class:`NotAnArchive` unless what stands there is one, or may become one if *create*;
        :class:`ReadOnly` where one is to *write*, and nobody may.

        Called before anything else is asked through *engine*, an engine of the two above.
        """

    def sign(self, connection: Connection) -> None:
        """Note in a new database that it is an archive, where it can be seen from outside."""

    def copy(self, connection: Connection, to: Path) -> None:
        """Copy the database, consistent while others write, to a file that does not exist yet."""

    def loading(self, engine: Engine) -> AbstractContextManager[None]:
        """While many rows are put in: nothing holds them against other rows, and no index but those of keys.

        Everything is made again at the end. After an error it is not: who goes on, goes through here again.
        """

    def kept_rows(
        self, connection: Connection, table: Table, after: tuple[Any, ...] | None, limit: int
    ) -> list[tuple[Any, ...]]:
        """The next rows of *table* in the order of its key, as SQLite keeps them: times and JSON are text,
        flags numbers. Of any database, so that rows of two can be compared."""

    def put_rows(self, connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
        """Put in rows as :meth:`kept_rows` gives them."""

    def settle_numbers(self, connection: Connection) -> None:
        """See to it that new rows get numbers behind those of rows that were written with theirs."""

    def rewrite(self, connection: Connection) -> None:
        """Write the database anew, so that nothing of what was deleted is left in it."""

    def integrity(self, connection: Connection) -> list[tuple[str, str]]:
        """What is wrong with the database as such, and what to do (empty: as with a damaged file)."""

    def unfit(self, connection: Connection) -> tuple[str, str] | None:
        """How the database is set up that does not serve an archive, and what to do; ``None``: it serves."""

    def view(self, sql: str) -> str:
        """The query of a view, which is written in SQLite's words, in its own."""


def of(dialect: str) -> Backend:
    """The backend of a dialect of SQLAlchemy."""
    found: Any = import_module(_MODULES[dialect])
    return cast(Backend, found)


def url_of(where: str | Path) -> URL:
    """The SQLAlchemy URL of a path or URL. Raises :class:`ArchiveError` for what no archive can stand in."""
    words = str(where)
    if "://" not in words:
        return URL.create("sqlite", database=None if words == ":memory:" else words)
    try:
        url = make_url(words)
    except (exc.ArgumentError, ValueError) as error:  # a port that is no number
        raise ArchiveError(f"{shown(where)} is neither a path nor an SQLAlchemy URL") from error
    if url.get_backend_name() not in _MODULES:
        raise ArchiveError(f"{shown(where)}: an archive stands in SQLite or PostgreSQL")
    return url


_SECRET = ("password", "sslpassword")
"""Parameters of the driver that may stand behind a URL."""


def shown(where: str | Path) -> str:
    """A path or URL as it may be shown, mailed and logged: without passwords."""
    words = str(where)
    if "://" not in words:
        return words
    try:
        url = make_url(words)
    except (exc.ArgumentError, ValueError):
        return f"{words.partition('://')[0]}://***"
    hidden = {name: "***" for name in _SECRET if name in url.query}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)
