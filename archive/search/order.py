"""In what order hits come, and how a place in that order is written in a cursor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select

from archive.db.mapping import is_edit
from archive.db.schema import articles, indexed, versions
from archive.errors import UsageError

Sort = Literal["published", "seen", "edited", "relevance"]
SORTS: tuple[Sort, ...] = ("published", "seen", "edited", "relevance")
"""``published``: the latest first by what the site states, undated ones last. ``seen``: the last found first.
``edited``: the last edited first, then what never was. ``relevance``: the best first."""


_EDITED = versions.alias("edited")
_LAST_EDIT = (
    select(func.max(_EDITED.c.first_seen))
    .where(_EDITED.c.article_id == versions.c.article_id, is_edit(_EDITED))
    .correlate(versions)
    .scalar_subquery()
)
KEYS: Mapping[tuple[str, bool], ColumnElement[Any]] = {
    ("published", False): indexed.c.published_at,
    ("published", True): indexed.c.published_at,
    ("seen", False): articles.c.first_seen,
    ("seen", True): versions.c.first_seen,
    ("edited", False): _LAST_EDIT,
    ("edited", True): _LAST_EDIT,
}
"""(sort, in every version) -> its time. An article was first seen with its first version."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def ticks(moment: datetime | None) -> int:
    """A time in a cursor: microseconds, from 1; 0 for none."""
    return (moment - _BEGINNING) // timedelta(microseconds=1) + 1 if moment is not None else 0


def beyond(
    key: ColumnElement[Any], place: int, number: int, numbers: ColumnElement[int] = versions.c.id
) -> ColumnElement[bool]:
    """What comes after a place, the latest first and what has no time last."""
    if not place:
        return and_(key.is_(None), numbers < number)
    try:
        moment = _BEGINNING + timedelta(microseconds=place - 1)
    except OverflowError as error:
        raise UsageError("after: this place is in no list; ask for the first page") from error
    return or_(key.is_(None), key < moment, and_(key == moment, numbers < number))


def read_cursor(after: str, kind: str, parts: int) -> tuple[int, ...]:
    """The numbers in a cursor of *kind*. Raises :class:`UsageError` for one of another order."""
    found = re.fullmatch(kind + r"(\d{1,18})" + r"\.(\d{1,18})" * (parts - 1), after, re.ASCII)
    if found is None:
        raise UsageError(
            "after: {place} does not belong to this query and order; ask for the first page",
            place=repr(after),
        )
    return tuple(map(int, found.groups()))
