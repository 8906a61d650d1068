"""All that is PostgreSQL's own. :class:`archive.db.backend.Backend` says what each function does.

One database (or schema, by the URL's ``options=-csearch_path=...``) is one archive.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Table,
    create_engine,
    func,
    inspect,
    select,
)
from sqlalchemy.engine import URL

from archive import migrations
from archive.db.driver_errors import LIMITED, over_the_driver
from archive.db.functions import has_table
from archive.db.schema import Instant, metadata
from archive.db.sqlite_files import PATIENCE
from archive.errors import (
    ArchiveError,
    NotAnArchive,
    OtherSchema,
    ReadOnly,
    UsageError,
)

IN_A_FILE = False
SIDE_BY_SIDE = True

LOCK = 0x4C454747
"""``LEGG``: the advisory lock that every batch shares, and that who is alone has to itself."""
_SEALING = LOCK + 1
_NAMES = LOCK
"""With the hash of a name behind it: the lock of that name. Two numbers are another lock than one."""
UNLIMITED = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0"
"""For our sessions, whatever limits an administrator gave to all: a batch stays open between two answers of
a site, a clock asks every 15 seconds, and an index of a large archive is made for hours."""
_OPTIONS = f"{UNLIMITED} -c timezone=UTC -c lock_timeout={round(PATIENCE * 1000)}"


def writer(url: URL) -> Engine:
    """One connection for the batch, and one beside it. Each statement sees what was committed before it."""
    return _engine(url, _OPTIONS, isolation_level="READ COMMITTED", pool_size=2, max_overflow=0)


def enter(connection: Connection, *, alone: bool) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}({LOCK})")


def hold(connection: Connection, name: str, *, wait: bool) -> bool:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True)
    if not wait:
        asked = f"SELECT pg_try_advisory_xact_lock({_NAMES}, {number})"
        return bool(connection.exec_driver_sql(asked).scalar_one())
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_NAMES}, {number})")
    return True


def seal_next(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SEALING})")


def prepare_beside(connection: Connection) -> None:
    """Its log is written before that of the batch that refers to its rows: no need to wait for the disk."""
    connection.exec_driver_sql("SET synchronous_commit = off")
    connection.commit()


def now(connection: Connection) -> datetime:
    moment: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return moment


def reader(url: URL, seconds: float | None, *, beside_writer: bool) -> Engine | None:
    limit = "" if seconds is None else f" -c statement_timeout={max(1, round(seconds * 1000))}"
    engine = _engine(
        url,
        f"{_OPTIONS} -c default_transaction_read_only=on{limit}",
        isolation_level="REPEATABLE READ",
        pool_size=4,
        max_overflow=-1,
    )
    engine.update_execution_options(**{LIMITED: seconds is not None})
    return engine


def changes(connection: Connection) -> int:
    return 0


def share_snapshot(connection: Connection, name: str | None = None) -> str:
    if name is None:
        return str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
    connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{name}'")
    return name


def _engine(url: URL, options: str, **more: object) -> Engine:
    own = url.query.get("options", "")
    asked = " ".join([*((own,) if isinstance(own, str) else own), options]).strip()
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
            connect_args={"options": asked},
            **more,
        )
    except ModuleNotFoundError as error:
        raise ArchiveError("PostgreSQL needs its driver: pip install 'legger[postgresql]'") from error


OLDEST = 15
"""The oldest PostgreSQL that is tested, and that its makers still mend."""
_SERVER = (
    "SELECT CAST(current_setting('server_version_num') AS INTEGER), current_setting('server_encoding'), "
    "current_schema()"
)
_WRITABLE = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'"


def _refuse_to_write(connection: Connection) -> None:
    follows, only_reads = connection.exec_driver_sql(_WRITABLE).one()
    if follows:
        raise ReadOnly("it is a standby, which may be read and not written: name the server that it follows")
    if only_reads:
        raise ReadOnly("its sessions may only read: default_transaction_read_only is on")


def look_at(url: URL, engine: Engine | None, *, create: bool, write: bool) -> None:
    assert engine is not None
    with engine.connect() as connection:
        version, encoding, schema = connection.exec_driver_sql(_SERVER).one()
        if version < OLDEST * 10_000:
            raise ArchiveError(
                f"its server is PostgreSQL {version // 10_000}; {OLDEST} is the oldest that works"
            )
        if schema is None:
            raise NotAnArchive("its search_path names no schema that there is, or that you may use")
        if write:
            _refuse_to_write(connection)
        if has_table(connection, "alembic_version") and has_table(connection, "captures"):
            if write and connection.exec_driver_sql(_WITHOUT_KEY, (list(metadata.tables),)).scalar_one():
                raise OtherSchema(
                    "tables have no keys, so a restored backup is not whole: nothing was changed; restore it "
                    "to its end"
                )
            return
        found = set(inspect(connection).get_table_names())
    if not migrations.ours(found):
        raise NotAnArchive("it is a database, but not an archive of Legger")
    if not found and encoding != "UTF8":
        raise NotAnArchive(
            f"it is a database in {encoding}, which cannot hold all letters: make one with "
            "createdb --encoding=UTF8 --template=template0"
        )
    if not found and not create:
        raise NotAnArchive("it is an empty database, and no archive; legger init makes one there")


def sign(connection: Connection) -> None:
    connection.exec_driver_sql("COMMENT ON TABLE captures IS 'An archive of Legger: docs/schema.md'")


def copy(connection: Connection, to: Path) -> None:
    raise UsageError("an archive in PostgreSQL is backed up by PostgreSQL's own tools: docs/postgresql.md")


logging.getLogger("psycopg").setLevel(logging.ERROR)  # what it "ignored" is told as an error of ours
_CUT_OFF = "interrupted_copy"
"""The table that holds, while rows are loaded, how to make again what was dropped for it."""
_NOTE_AGAIN = "INSERT INTO interrupted_copy VALUES (%s, %s)"
_AGAIN = "SELECT again FROM interrupted_copy ORDER BY id"
_FOREIGN_KEYS = (
    "SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', conrelid::regclass::text, conname), "
    "format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', conrelid::regclass::text, conname, "
    "pg_get_constraintdef(oid)) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)
_INDEXES = (
    "SELECT format('DROP INDEX %%I', indexname), indexdef FROM pg_indexes "
    "WHERE schemaname = current_schema() AND indexname LIKE 'ix\\_%%'"
)


@contextmanager
def loading(engine: Engine) -> Iterator[None]:
    """Foreign keys and indexes are made again from all rows at once, which also checks them."""
    with engine.begin() as connection:
        if not has_table(connection, _CUT_OFF):
            dropped = [*connection.exec_driver_sql(_FOREIGN_KEYS), *connection.exec_driver_sql(_INDEXES)]
            connection.exec_driver_sql(f"CREATE TABLE {_CUT_OFF} (id BIGINT PRIMARY KEY, again TEXT)")
            for number, (drop, again) in enumerate(reversed(dropped)):
                connection.exec_driver_sql(_NOTE_AGAIN, (number, again))
                if drop.startswith("ALTER"):
                    connection.exec_driver_sql(drop.replace("%", "%%"))
            for drop, _ in dropped:
                if drop.startswith("DROP"):
                    connection.exec_driver_sql(drop.replace("%", "%%"))
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")
        for (again,) in connection.exec_driver_sql(_AGAIN).all():
            connection.exec_driver_sql(again.replace("%", "%%"))
        connection.exec_driver_sql(f"DROP TABLE {_CUT_OFF}")
        connection.exec_driver_sql("ANALYZE")


def share(connection: Connection) -> str:
    """A name for the state that a snapshot sees, while it lasts."""
    name: str = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    return name


def see(connection: Connection, state: str) -> None:
    """Let a snapshot that was not asked anything yet be of a state that another one named."""
    quoted = state.replace("'", "''")  # it takes no parameter
    connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{quoted}'")


def kept_rows(
    connection: Connection, table: Table, after: tuple[Any, ...] | None, limit: int
) -> list[tuple[Any, ...]]:
    driver: Any = connection.connection.driver_connection
    names = ", ".join(map(_as_kept, table.c))
    key = ", ".join(f'"{each.name}"' for each in table.primary_key)
    marks = (
        "CAST(%s AS INTEGER)::BOOLEAN" if isinstance(each.type, Boolean) else "%s"
        for each in table.primary_key
    )
    behind = f"WHERE ({key}) > ({', '.join(marks)})" if after is not None else ""
    asked = f'SELECT {names} FROM "{table.name}" {behind} ORDER BY {key} LIMIT {limit}'  # noqa: S608  # our names
    with over_the_driver(connection), driver.cursor(binary=True) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(asked, after).fetchall()
    return found


def _as_kept(column: Column[Any]) -> str:
    if isinstance(column.type, Instant):
        return f"to_char(\"{column.name}\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return f'CAST("{column.name}" AS INTEGER)' if isinstance(column.type, Boolean) else f'"{column.name}"'


def put_rows(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{each.name}"' for each in table.c)
    into = f'COPY "{table.name}" ({names}) FROM STDIN'
    with over_the_driver(connection), driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)


def settle_numbers(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        sequence = connection.exec_driver_sql(
            "SELECT pg_get_serial_sequence(%s, 'id') FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = %s AND column_name = 'id'",
            (table.name, table.name),
        ).scalar()
        if sequence is not None:
            highest = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, highest, False)))


def rewrite(connection: Connection) -> None:
    """Every table anew; the write-ahead log and backups are out of reach: docs/postgresql.md."""
    alone = connection.execution_options(isolation_level="AUTOCOMMIT")
    alone.exec_driver_sql("VACUUM FULL")


def integrity(connection: Connection) -> list[tuple[str, str]]:
    """What holds rows against each other, and is not there: pages PostgreSQL checks itself."""
    if has_table(connection, _CUT_OFF):
        return [("a copy into it was interrupted", "run the same legger copy again; it goes on where it was")]
    there = set(connection.exec_driver_sql(_NAMES_THERE).scalars())
    missing = sorted(_names_wanted(connection) - there)
    if not missing:
        return []
    few = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    what = f"keys and indexes are missing, so a restored backup is not whole: {few}"
    return [(what, "restore it into an empty database, to the end, and look for errors of pg_restore")]


_NAMES_THERE = (
    "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace "
    "UNION SELECT relname FROM pg_class WHERE relkind IN ('i', 'I') "
    "AND relnamespace = current_schema()::regnamespace"
)
_WITHOUT_KEY = (
    "SELECT count(*) FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace "
    "AND c.relkind = 'r' AND c.relname = ANY(%s) "
    "AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)"
)


def _names_wanted(connection: Connection) -> set[str]:
    spelled = connection.dialect.identifier_preparer
    found = {"ix_words_terms", "words_pkey", "vocabulary_pkey"}
    for table in metadata.sorted_tables:
        found |= {str(spelled.format_constraint(each)) for each in table.constraints if each.name}
        found |= {spelled.format_index(each) for each in table.indexes}
    return found


def unfit(connection: Connection) -> tuple[str, str] | None:
    for each in integrity(connection):
        return each
    for setting, wanted, advice in _SETTINGS:
        found = connection.exec_driver_sql(f"SHOW {setting}").scalar_one()
        if found != wanted:
            return f"{setting} is {found}, not {wanted}", advice
    return None


_SETTINGS = (
    ("server_encoding", "UTF8", "make a database with ENCODING 'UTF8', and copy the archive into it"),
    ("fsync", "on", "a power cut may cost the whole database: set fsync = on in postgresql.conf"),
    ("full_page_writes", "on", "a power cut may cost pages: set full_page_writes = on in postgresql.conf"),
)

_MEMBER = re.compile(r"(\w+\.\w+) ->> '\$\.(\w+)(?:\.(\w+))?'")
_HEX = re.compile(r"lower\(hex\((.+?)\)\)")


def view(sql: str) -> str:
    said = _HEX.sub(r"encode(\1, 'hex')", _MEMBER.sub(_member, sql))
    return said.replace("instr(", "strpos(")


def _member(found: re.Match[str]) -> str:
    column, *path = found.groups()
    return f"(CAST({column} AS JSONB) #>> '{{{','.join(filter(None, path))}}}')"
