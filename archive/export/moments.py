"""How times are told in rows of an export, and a row as it stood at one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast, overload

from sqlalchemy import Connection, bindparam, func, select

from archive.db.schema import addresses, verdicts
from archive.model.export_row import ExportRow
from archive.model.row_fields import FIELDS, all_addresses


@overload
def instant(moment: datetime) -> str: ...
@overload
def instant(moment: None) -> None: ...
@overload
def instant(moment: datetime | None) -> str | None: ...
def instant(moment: datetime | None) -> str | None:
    """A time of ours: UTC, to the second, or to the microsecond where it has a fraction."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


_SHOWN_LAST = select(func.max(verdicts.c.at)).where(
    verdicts.c.article_id == bindparam("article"),
    verdicts.c.at <= bindparam("moment", type_=verdicts.c.at.type),
    verdicts.c.version_id.is_not(None),
)
_ABSENT_SINCE = (
    select(verdicts.c.at, verdicts.c.kind, verdicts.c.reason)
    .where(
        verdicts.c.article_id == bindparam("article"),
        verdicts.c.at <= bindparam("moment", type_=verdicts.c.at.type),
        verdicts.c.at > bindparam("shown", type_=verdicts.c.at.type),
        verdicts.c.kind.in_(["suspect", "gone"]),
    )
    .order_by(verdicts.c.at)
)
_ADDRESSES_BY = select(addresses.c.url).where(
    addresses.c.article_id == bindparam("article"),
    addresses.c.first_seen <= bindparam("moment", type_=addresses.c.first_seen.type),
)


def as_it_stood(connection: Connection, made: ExportRow, read_at: str, moment: datetime) -> ExportRow:
    """A row as it would have been written then, for ever: from what was first read, at the address *read_at*,
    and from verdicts.

    What is judged anew by later captures or readings is null: what changed, how much, silently, by turns.
    """
    asked = {"article": made["id"], "moment": moment}
    shown = connection.execute(_SHOWN_LAST, asked).scalar_one()
    since = shown or datetime.fromisoformat(made["first_seen"])
    missed = connection.execute(_ABSENT_SINCE, {**asked, "shown": since}).all()
    gone = next((each for each in missed if each.kind == "gone"), None)
    url = made["url"] if made["redacted"] else read_at
    there = () if made["redacted"] else connection.execute(_ADDRESSES_BY, asked).scalars().all()
    known: ExportRow = {
        **made,
        "url": url,
        "addresses": all_addresses(url, there),
        "status": "gone" if gone else "suspect" if missed else "live",
        "last_seen": instant(since),
        "missed_since": instant(missed[0].at) if missed else None,
        "gone_at": instant(gone.at) if gone else None,
        "gone_reason": (gone or missed[-1]).reason if missed else None,
        "versions": made["version"],
    }
    return cast(ExportRow, {**known, **_NOT_KNOWN_THEN})


_NOT_KNOWN_THEN: Mapping[str, None] = {each.name: None for each in FIELDS.values() if not each.says.then}
"""Fields that are null as of a time."""
