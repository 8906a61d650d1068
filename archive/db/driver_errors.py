"""What the drivers of both engines raise, as errors of ours, with what to do.

An error of PostgreSQL has a state (SQLSTATE) of five characters; one of SQLite has words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from archive.errors import ArchiveError, Damaged, LeggerError, TooCostly, UsageError

TOO_COSTLY = "this question takes too long; ask for less: fewer days, one site, rarer words"
LIMITED = "limited"
"""Option of an engine whose questions were given a time."""
UNFIT = (OverflowError, UnicodeEncodeError)
"""What the driver says of values that SQLite cannot hold."""


def translated(cause: BaseException, *, limited: bool = True) -> Exception:
    """An error of the driver as ours; one that only a mistake of ours can bring about is raised as it is.

    *limited*: whether questions were given a time, after which they are broken off.
    """
    if isinstance(cause, OverflowError):
        return UsageError("a number is too large for any archive: at most 9223372036854775807")
    if isinstance(cause, UnicodeEncodeError):
        return UsageError("a text holds what is no character (half of a pair): no archive can hold it")
    if is_mistake(cause) or not isinstance(cause, Exception):
        raise cause
    if state := _state(cause):
        return _of_a_state(state, cause, limited=limited)
    words = " ".join(str(cause).split())
    if words == "interrupted":
        return TooCostly(TOO_COSTLY)
    hint = next((text for word, text in _ADVICE.items() if word in words), "")
    kind_of = Damaged if "malformed" in words else ArchiveError
    return kind_of(f"the archive cannot be used: {words}{f' ({hint})' if hint else ''}")


def _of_a_state(state: str, cause: Exception, *, limited: bool) -> LeggerError:
    if state == _CANCELED and limited:
        return TooCostly(TOO_COSTLY)
    said = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    advice = f" ({_ADVICE_ON_STATES[state]})" if state in _ADVICE_ON_STATES else ""
    return ArchiveError(f"the archive cannot be used: {' '.join(said.split())}{advice}")


def is_mistake(cause: BaseException) -> bool:
    """Whether an error of the driver is of a wrong statement: ours, or of who asks in SQL."""
    if state := _state(cause):
        return state.startswith(_WRONG) and state not in _ADVICE_ON_STATES
    return type(cause).__name__ in ("IntegrityError", "ProgrammingError")


@contextmanager
def over_the_driver(connection: Connection) -> Iterator[None]:
    """What is said to the driver itself, with its errors as ours: an engine hears nothing of them."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        if is_mistake(error):
            raise
        raise translated(error) from error


def _state(cause: BaseException) -> str:
    """What PostgreSQL calls an error, in five characters; empty for SQLite, and where no server answered."""
    return getattr(cause, "sqlstate", None) or ""


_ADVICE = {
    "locked": "another process holds it; try again",
    "is full": "make room and run the same command again; nothing committed is lost",
    "readonly": "check who may write to the file and its directory",
    "malformed": "the file is damaged; run `legger verify`, and keep a copy before anything else",
    "not a database": "it is not an archive",
}
_CANCELED, _WRONG = "57014", ("22", "23", "42")
"""States (SQLSTATE): a statement that was broken off; classes of wrong statements."""
_ADVICE_ON_STATES = {
    "25006": "this database may only be read, as a standby or by default_transaction_read_only: write where "
    "the archive is written, and name that in LEGGER_ARCHIVE",
    "40P01": "two programs waited for each other; run the same command again",
    "42501": "its administrator grants that: docs/postgresql.md, Roles",
    "53100": "make room on the database's server and run the same command again; nothing committed is lost",
    "53200": "the database's server has no memory left",
    "53300": "all connections are taken: raise max_connections, or let workers do fewer visits at a time",
    "55P03": "another process holds it; try again",
    "57P01": "the database stopped, or its administrator ended this connection",
    "57P02": "the database broke down, and starts again",
    "57P03": "the database is starting or stopping; try again",
}  # fmt: skip
"""State -> what to do. PostgreSQL's words are in its server's language."""
