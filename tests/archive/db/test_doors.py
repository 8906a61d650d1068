"""PostgreSQL as an institution has it: roles with few rights, databases that only read, what it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.engine import make_url

from archive import Archive, ArchiveError, NotAnArchive, UsageError
from archive.db import driver_errors, postgres
from archive.db.backend import shown, url_of
from archive.db.schema import sites
from archive.errors import ReadOnly, TooCostly
from archive.model.folding import folded
from archive.queries import sql
from legger.cli import legger
from legger.cli.console import take_up
from legger.config import Config
from legger.notifications.notifier import _teller
from tests import postgresql
from tests.archive.newsroom import Filer, article, day


@pytest.fixture(scope="module")
def database(postgresql_template: str) -> Iterator[str]:
    with postgresql.emptied(postgresql_template) as url:
        with Archive.open(url) as archive:
            Filer(archive).see(article(text="De brug is dicht."), day(0))
            archive.index.update()
        yield url


@pytest.fixture(scope="module")
def researcher(database: str) -> Iterator[str]:
    """The archive as a role sees it that may read, and nothing else."""
    role = f"researcher_{uuid4().hex}"
    ask(database, f"CREATE ROLE {role} LOGIN", f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    yield make_url(database).set(username=role).render_as_string(hide_password=False)
    ask(database, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def ask(url: str, *statements: str) -> None:
    for each in statements:
        postgresql._ask(make_url(url), each)


def run(*words: str, where: str) -> tuple[int, str]:
    done = CliRunner().invoke(legger, [*words, "--archive", where], standalone_mode=False)
    return done.return_value or 0 if done.exception is None else 1, done.output + str(done.exception or "")


@pytest.mark.parametrize(
    "words",
    [
        ("stats",), ("search", "brug"), ("articles",), ("show", "1"), ("history", "1"), ("status",),
        ("sql", "SELECT count(*) FROM articles"), ("verify",), ("fleet",), ("export", "-o", "-"), ("notes",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_role_that_may_only_read_is_answered(researcher: str, words: tuple[str, ...]) -> None:
    assert run(*words, where=researcher)[0] == 0


@pytest.mark.parametrize(
    "words", [("note", "1", "gelezen"), ("tag", "1", "brug"), ("index", "--anew")], ids=" ".join
)
def test_what_writes_says_that_it_may_not(researcher: str, words: tuple[str, ...]) -> None:
    status, said = run(*words, where=researcher)
    assert status == 1
    assert "permission denied" in said
    assert "docs/postgresql.md, Roles" in said


def test_who_may_add_notes_and_nothing_else_notes(database: str, researcher: str) -> None:
    ask(database, f"GRANT INSERT ON annotation_lines TO {make_url(researcher).username}")
    assert run("note", "1", "gelezen", where=researcher)[0] == 0
    assert "gelezen" in run("notes", where=researcher)[1]


def only_reads(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}options=-cdefault_transaction_read_only%3Don"


def test_sessions_that_may_only_read_are_refused_before_anything_is_asked_of_a_site(database: str) -> None:
    with pytest.raises(ReadOnly, match="default_transaction_read_only"):
        Archive.open(only_reads(database))
    assert run("search", "brug", where=only_reads(database))[0] == 0
    assert run("verify", where=only_reads(database))[0] == 0
    assert "may only read" in run("note", "1", "x", where=only_reads(database))[1]


def test_a_standby_is_refused_for_writing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_WRITABLE", "SELECT TRUE, TRUE")  # as a standby answers
    with pytest.raises(ReadOnly, match="standby"):
        Archive.open(database)
    Archive.open(database, read_only=True).close()


def test_a_server_that_is_too_old_is_told(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_SERVER", "SELECT 140023, 'UTF8', 'public'")
    with pytest.raises(ArchiveError, match="PostgreSQL 14; 15 is the oldest"):
        Archive.open(database, read_only=True)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_all_letters_becomes_no_archive(
    database: str, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    ask(database, "DROP SCHEMA IF EXISTS empty CASCADE", "CREATE SCHEMA empty")
    monkeypatch.setattr(postgres, "_SERVER", f"SELECT 180000, '{encoding}', 'empty'")
    with pytest.raises(NotAnArchive, match=f"a database in {encoding}"):
        Archive.open(f"{database}{'&' if '?' in database else '?'}options=-csearch_path%3Dempty")


@pytest.mark.parametrize(
    ("statements", "opened", "verified"),
    [
        (("ALTER TABLE halved.pins DROP CONSTRAINT pk_pins",), "tables have no keys", "pk_pins"),
        (("DROP INDEX halved.ix_words_terms",), "", "keys and indexes are missing.*ix_words_terms"),
        (
            ("ALTER TABLE halved.stamps DROP CONSTRAINT IF EXISTS pk_stamps CASCADE",
             "ALTER TABLE halved.runs DROP CONSTRAINT fk_runs_site_id_sites"),
            "tables have no keys",
            "fk_runs_site_id_sites, pk_stamps",
        ),
        (("DELETE FROM halved.alembic_version",), "no number of their schema", ""),
    ],
    ids=["a key", "an index", "foreign keys", "the revision"],
)  # fmt: skip
def test_a_backup_that_was_restored_by_half_is_told(
    database: str, statements: tuple[str, ...], opened: str, verified: str
) -> None:
    """pg_restore makes tables first, then puts in rows, then makes keys and indexes: it may stop at each."""
    ask(database, "DROP SCHEMA IF EXISTS halved CASCADE", "CREATE SCHEMA halved")
    where = f"{database}{'&' if '?' in database else '?'}options=-csearch_path%3Dhalved"
    Archive.open(where).close()
    ask(database, *statements)
    if opened:
        with pytest.raises(ArchiveError, match=opened):
            Archive.open(where)
    if verified:
        with Archive.open(where, read_only=True) as archive:
            assert [each for each in archive.integrity.verify() if re.search(verified, each.what)]
            with archive.snapshot() as connection:
                assert postgres.unfit(connection) is not None


def test_a_search_path_to_nowhere_is_told(database: str) -> None:
    with pytest.raises(NotAnArchive, match="search_path"):
        Archive.open(f"{database}{'&' if '?' in database else '?'}options=-csearch_path%3Dnowhere")


def test_a_question_that_takes_too_long_is_told_as_such(database: str) -> None:
    with Archive.open(database, read_only=True, seconds=0.05) as archive:
        with pytest.raises(TooCostly, match="ask for less"), archive.snapshot() as connection:
            connection.execute(text("SELECT pg_sleep(20)"))
        assert archive.search.search("brug").hits


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("COMMIT; SET default_transaction_read_only = off; DELETE FROM terms", "multiple commands"),
        ("DELETE FROM terms", "for reading only"),
        ("SELECT 1 / 0", "division by zero"),
        ("SELECT nothing", "does not exist"),
    ],
)
def test_sql_reads_one_statement_at_a_time(database: str, statement: str, says: str) -> None:
    with (
        Archive.open(database, read_only=True) as archive,
        pytest.raises(UsageError, match=says),
        sql.ask(archive, statement),
    ):
        pass


def test_words_are_folded_as_on_the_other_engine(database: str) -> None:
    """Whatever the locale of the database: signs beside letters in every script, capitals in every script."""
    words = [
        "\u00c9COLE",
        "\u0130stanbul",
        "\u039f\u0394\u039f\u03a3",
        "Stra\u00dfe",
        "\u0141\u00d3D\u0179",
        "\u0419",
    ]
    words += [f"a{chr(each)}" for each in range(0x300, 0x3100) if unicodedata.combining(chr(each))]
    with Archive.open(database, read_only=True) as archive, archive.snapshot() as connection:
        asked = text(
            "SELECT folded(w) FROM unnest(CAST(:words AS TEXT[])) WITH ORDINALITY AS x (w, n) ORDER BY n"
        )
        found = connection.execute(asked, {"words": words}).scalars().all()
    assert found == [folded(each) for each in words]


def test_a_connection_that_is_gone_is_told_wherever_it_is_missed(database: str) -> None:
    """At a savepoint, at the commit, in rows that are sent over the driver: never in the driver's words."""
    put_rows = partial(postgres.put_rows, table=sites, rows=[(9, "krant")])
    with Archive.open(database) as archive:
        for said in (lambda _: archive.session.commit(), put_rows, postgres.rewrite):
            with (
                pytest.raises(ArchiveError, match="the archive cannot be used"),
                archive.session.writing("krant") as open_,
            ):
                number = open_.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
                ask(database, f"SELECT pg_terminate_backend({number}, 5000)")
                said(open_)
        with archive.session.writing("krant") as open_:
            number = open_.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        ask(database, f"SELECT pg_terminate_backend({number}, 5000)")
        with (
            pytest.raises(ArchiveError, match="the archive cannot be used"),
            archive.session.writing("krant"),
        ):
            pass
        Filer(archive).see(article(title="Daarna"), day(1))  # the next batch has a connection of its own
        archive.commit()


# ---------------------------------------------------------------- passwords


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("legger.db", "legger.db"),
        ("postgresql+psycopg://legger:secret@db/legger", "postgresql+psycopg://legger:***@db/legger"),
        ("postgresql://legger@/legger?password=secret&host=db", "postgresql://legger@/legger?host=db&password=***"),
        ("postgresql://db/legger?sslpassword=secret", "postgresql://db/legger?sslpassword=***"),
        ("postgresql://legger:secret@db:port/legger", "postgresql://***"),
    ],
)  # fmt: skip
def test_no_password_is_shown(where: str, wanted: str) -> None:
    assert "secret" not in shown(where)
    if "?" not in where:
        assert shown(where) == wanted
    else:
        assert dict(make_url(shown(where)).query) == dict(make_url(wanted).query)


def test_what_is_no_url_is_told_without_its_password() -> None:
    with pytest.raises(ArchiveError) as told:
        url_of("postgresql://legger:secret@db:port/legger")
    assert "secret" not in str(told.value)


def test_an_archive_is_opened_again_with_its_password(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By who tells of alarms, and who feeds the index: the name that is shown would open nothing."""
    with Archive.open(archive_file) as archive:
        monkeypatch.setattr(archive, "address", f"{archive_file}")
        monkeypatch.setattr(archive.session, "where", "as-it-is-shown")
        with _teller(archive, Config(archive="another")).opening() as again:
            assert again.address == str(archive_file)
        Filer(archive).see(article(), day(0))
        archive.commit()
    take_up(str(archive_file))
    with Archive.open(archive_file) as archive:
        assert archive.index.pending() == 0


# ---------------------------------------------------------------- what the server says


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("25006", "may only be read"),
        ("40P01", "run the same command again"),
        ("42501", "docs/postgresql.md, Roles"),
        ("53100", "make room on the database's server"),
        ("53300", "max_connections"),
        ("55P03", "another process holds it"),
        ("57P01", "the database stopped"),
        ("58030", ""),
    ],
)
def test_what_the_server_says_in_any_language_comes_with_advice(state: str, advice: str) -> None:
    told = driver_errors.translated(errors.lookup(state)("geen plaats meer\n  op het apparaat"))
    assert isinstance(told, ArchiveError)
    assert "geen plaats meer op het apparaat" in str(told)
    assert advice in str(told)


def test_a_writer_who_was_interrupted_is_not_told_to_ask_for_less() -> None:
    canceled = errors.QueryCanceled("canceling statement due to user request")
    assert isinstance(driver_errors.translated(canceled), TooCostly)
    assert isinstance(driver_errors.translated(canceled, limited=False), ArchiveError)
