"""What columns of the tables are made of: times, JSON, and how constraints are named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy
from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, text

# As in the migrations: on PostgreSQL numbers have 64 bits, and text is sorted as on SQLite.
Integer = sqlalchemy.Integer().with_variant(sqlalchemy.BigInteger(), "postgresql")
Text = sqlalchemy.Text().with_variant(sqlalchemy.TEXT(collation="C"), "postgresql")
REAL: sqlalchemy.types.TypeEngine[float] = sqlalchemy.REAL().with_variant(
    sqlalchemy.DOUBLE_PRECISION(), "postgresql"
)


class Instant(TypeDecorator[datetime]):
    """An aware time, kept in UTC. A naive one is an error: nobody could say later what it meant."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware -> as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As the database keeps it -> aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Plain data as JSON text: keys sorted, no white space, UTF-8."""

    impl = sqlalchemy.Text()
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Plain data -> JSON."""
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """JSON -> plain data."""
        return None if value is None else orjson.loads(value)


def only_where(condition: str) -> dict[str, Any]:
    """What makes an index hold only the rows that pass *condition*."""
    return {"sqlite_where": text(condition)}


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
