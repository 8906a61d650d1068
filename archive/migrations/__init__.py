"""Migrations: from every released schema to today's. Runs Alembic from here; needs no ini file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from archive.db.functions import columns, has_table
from archive.db.schema import REVISION, metadata
from archive.errors import ArchiveError, OtherSchema, SchemaTooNew

_UNKNOWN = "its schema {} is not one of this Legger: upgrade to the newer Legger that wrote it"


def ours(tables: set[str]) -> bool:
    """Whether a database with these tables is an archive, or empty and may become one."""
    return not tables or {"alembic_version", "captures"} <= tables


def revision(connection: Connection) -> str | None:
    """The schema's revision; ``None`` when there are no tables at all."""
    if not has_table(connection, "alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if not found:
        raise OtherSchema(
            "it has tables, and no number of their schema: a restored backup is not whole; "
            "nothing was changed"
        )
    return str(found)


def check(connection: Connection) -> None:
    """Raise unless the schema is today's: :class:`SchemaTooNew`, :class:`OtherSchema`, or an older one.

    A database whose tables are others than its revision says (a version under development made them, or half
    of a backup was restored) would be read wrongly in one place and end in an error in the next.
    """
    found = revision(connection)
    if found == REVISION:
        there = columns(connection)
        wanted = {(table.name, column.name) for table in metadata.sorted_tables for column in table.c}
        ours = {(table, column) for table, column in there if table in metadata.tables}
        if ours != wanted:
            missing, unknown = _spelled(wanted - ours, there), _spelled(ours - wanted, there)
            said = [f"{each} {'is' if len(names) == 1 else 'are'} {what}" for each, names, what in (
                (_few(missing), missing, "missing"), (_few(unknown), unknown, "unknown"),
            ) if names]  # fmt: skip
            raise OtherSchema(
                f"its tables are not those of this Legger, although both call their schema {REVISION}: "
                f"{'; '.join(said)}. Another version wrote it, or a restored backup is not whole: nothing "
                "was changed; open it with the Legger that wrote it"
            )
        return
    if found is not None and found not in _known():
        raise SchemaTooNew(_UNKNOWN.format(found))
    raise ArchiveError("its schema is older than this Legger; open it once for writing to migrate it")


def migrate(connection: Connection) -> None:
    """Bring the schema to today's revision, inside the connection's transaction: all of it or nothing."""
    found = revision(connection)
    if found == REVISION:
        return
    if found is not None and found not in _known():
        raise SchemaTooNew(_UNKNOWN.format(found))
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)


def _spelled(names: set[tuple[str, str]], there: set[tuple[str, str]]) -> list[str]:
    """Tables that are not there by their name, and of the others the columns."""
    known = {table for table, _ in there}
    return sorted({f"{table}.{column}" if table in known else f"table {table}" for table, column in names})


def _few(names: list[str]) -> str:
    """At most four of them."""
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


_HERE = Path(__file__).parent


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {each.revision for each in ScriptDirectory(str(_HERE)).walk_revisions()}
