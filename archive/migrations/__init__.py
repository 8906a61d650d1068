"""Migrations: from every released schema to today's. Runs Alembic from here; needs no ini file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from archive.db.functions import has_table
from archive.db.schema import REVISION
from archive.errors import ArchiveError, SchemaTooNew

_UNKNOWN = "its schema {} is not one of this Legger: upgrade to the newer Legger that wrote it"


def ours(tables: set[str]) -> bool:
    """Whether a database with these tables is an archive, or empty and may become one."""
    return not tables or {"alembic_version", "captures"} <= tables


def revision(connection: Connection) -> str | None:
    """The schema's revision; ``None`` when there are no tables at all."""
    if not has_table(connection, "alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def check(connection: Connection) -> None:
    """Raise unless the schema is today's: :class:`SchemaTooNew`, or an older one."""
    found = revision(connection)
    if found == REVISION:
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


_HERE = Path(__file__).parent


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {each.revision for each in ScriptDirectory(str(_HERE)).walk_revisions()}
