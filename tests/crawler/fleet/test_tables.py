"""The queue's tables follow procrastinate's releases: each script once, in order, and never backwards."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from archive import Archive
from archive.errors import SchemaTooNew
from crawler.fleet.queue import database_of
from crawler.fleet.tables import FIRST, bring_up, scripts
from tests import postgresql
from tests.crawler.fleet.conftest import FleetStage

STRUCTURE = """
SELECT 'column', table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
WHERE table_schema = 'trial' AND table_name <> 'queue_scripts'
UNION SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'trial' AND tablename <> 'queue_scripts'
UNION SELECT 'function', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'trial'::regnamespace
UNION SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT 'type', typname || ' ' || enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
WHERE typnamespace = 'trial'::regnamespace
"""
EMPTY = "DROP SCHEMA IF EXISTS trial CASCADE; CREATE SCHEMA trial; SET search_path TO trial"


@pytest.fixture
def database(postgresql_template: str) -> Iterator[psycopg.Connection]:
    with (
        postgresql.emptied(postgresql_template) as url,
        psycopg.connect(database_of(url), autocommit=True) as connection,
    ):
        connection.execute(EMPTY)
        yield connection
        connection.execute("DROP SCHEMA trial CASCADE")


def structure(database: psycopg.Connection) -> set[tuple[str, str]]:
    rows = database.execute(STRUCTURE).fetchall()
    return {(kind, " ".join(says.split())) for kind, says in rows}


def as_of(database: psycopg.Connection, release: str) -> list[str]:
    """Tables as the scripts up to a release made them, with the account of it; returns what came after."""
    database.execute("CREATE TABLE queue_scripts (name text PRIMARY KEY, run_at timestamptz)")
    later = []
    for name, file in scripts().items():
        if name >= release:
            later.append(name)
            continue
        database.execute(file.read_bytes())
        database.execute("INSERT INTO queue_scripts (name) VALUES (%s)", [name])
    return later


def test_new_tables_are_those_of_the_installed_release(database: psycopg.Connection) -> None:
    assert bring_up(database) == []
    assert ("column", "procrastinate_jobs.queueing_lock text") in structure(database)
    assert bring_up(database) == []


@pytest.mark.parametrize("release", ["02.06", "03.00", "03.02.00_50", "03.04"])
def test_tables_of_an_earlier_release_become_those_of_the_installed_one(
    database: psycopg.Connection, release: str
) -> None:
    later = as_of(database, release)
    assert len(later) >= 2
    assert bring_up(database) == later
    upgraded = structure(database)
    assert bring_up(database) == []
    database.execute(EMPTY)
    database.execute(SchemaManager.get_schema())
    assert upgraded == structure(database)


def test_what_a_script_that_failed_did_is_taken_back_and_it_is_run_again(
    database: psycopg.Connection,
) -> None:
    later = as_of(database, "03.04")
    database.execute("ALTER TABLE procrastinate_jobs RENAME TO away")
    with pytest.raises(psycopg.Error):
        bring_up(database)
    database.execute("ALTER TABLE away RENAME TO procrastinate_jobs")
    assert bring_up(database)[-1] == later[-1]


def test_tables_without_an_account_are_those_of_the_first_release(database: psycopg.Connection) -> None:
    database.execute(SchemaManager.get_schema())
    assert bring_up(database) == [name for name in scripts() if name > FIRST]


def test_tables_of_a_later_release_are_refused(database: psycopg.Connection) -> None:
    bring_up(database)
    database.execute("INSERT INTO queue_scripts (name) VALUES ('09.01.00_01_pre_better.sql')")
    before = structure(database)
    with pytest.raises(SchemaTooNew, match=r"09.01.00_01_pre_better is not known\): pip install --upgrade"):
        bring_up(database)
    assert structure(database) == before


def test_no_session_of_ours_is_ended_by_limits_that_an_administrator_gave_to_all(stage: FleetStage) -> None:
    limits = ("statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")
    with psycopg.connect(database_of(stage.where), autocommit=True) as admin:
        (name,) = admin.execute("SELECT current_database()").fetchone() or ("",)
        try:
            for each in limits:
                admin.execute(f"ALTER DATABASE \"{name}\" SET {each} = '30s'")
            with Archive.open(stage.where) as archive, psycopg.connect(database_of(stage.where)) as queue:
                for each in limits:
                    with archive.session.writing() as batch:
                        assert batch.execute(text(f"SHOW {each}")).scalar() == "0", each
                    with archive.session.snapshot() as reader:
                        assert reader.execute(text(f"SHOW {each}")).scalar() == "0", each
                    assert queue.execute(f"SHOW {each}").fetchone() == ("0",), each
        finally:
            admin.execute(f'ALTER DATABASE "{name}" RESET ALL')
