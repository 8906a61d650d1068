"""The tables of the queue: made where there are none, and brought to the installed procrastinate's.

procrastinate ships a script for each change, named so that their order is that of their names
(``03.04.00_01_pre_...``), and keeps no account of which were run. That is kept here, by name.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

from archive.errors import SchemaTooNew

SETTING_UP = 0x4C455155
"""The advisory lock of whoever makes or changes the queue's tables."""

_ACCOUNT = """
CREATE TABLE IF NOT EXISTS queue_scripts (
    name text PRIMARY KEY,
    run_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE queue_scripts IS 'Scripts that made the tables of the queue what they are'
"""
FIRST = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
"""The last script of the procrastinate with which queues were first made, without an account."""


def scripts() -> dict[str, Path]:
    """The scripts of the installed procrastinate, in their order."""
    return {each.name: each for each in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))}


def bring_up(connection: psycopg.Connection) -> list[str]:
    """Make the tables, or run the scripts that were not run; returns the names of these.

    Several processes may ask at once. *connection* commits each statement by itself; a script is committed
    whole, with its name. Raises :class:`SchemaTooNew` where a later procrastinate was at the tables.
    """
    installed = scripts()
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [SETTING_UP])
        account = _account(connection)
        if account is None:
            connection.execute(_ACCOUNT)
            (found,) = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() or (None,)
            if found is None:
                connection.execute(SchemaManager.get_schema())
                account = set(installed)
            else:
                account = {name for name in installed if name <= FIRST}
            _note(connection, account)
    if unknown := sorted(account - set(installed)):
        raise SchemaTooNew(
            f"the queue of visits was made by a later procrastinate than is installed here (its script "
            f"{unknown[-1].removesuffix('.sql')} is not known): pip install --upgrade 'legger[fleet]'"
        )
    run = []
    for name in installed:
        if name not in account:
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [SETTING_UP])
                if name not in (_account(connection) or ()):
                    connection.execute(installed[name].read_bytes())
                    _note(connection, {name})
                    run.append(name)
    return run


def _account(connection: psycopg.Connection) -> set[str] | None:
    """The names of the scripts that were run; ``None``: there is no account of them."""
    (found,) = connection.execute("SELECT to_regclass('queue_scripts')").fetchone() or (None,)
    if found is None:
        return None
    return {name for (name,) in connection.execute("SELECT name FROM queue_scripts")}


def _note(connection: psycopg.Connection, names: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO queue_scripts (name) VALUES (%s)", [(each,) for each in sorted(names)]
        )
