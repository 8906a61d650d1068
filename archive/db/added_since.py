"""What was added since a moment: by seals, which come in the order of commit; numbers of rows do not.

A batch takes its numbers when it adds rows. One that is committed later may hold smaller numbers than one
that is there already: who remembers the greatest number he saw, and asks for greater ones, misses them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from archive.db.schema import seals
from archive.model.hashchain import in_ranges


def last_seal(connection: Connection) -> int:
    """The number of the latest seal; 0: there is none. What is committed later has a greater one."""
    return int(connection.execute(select(func.max(seals.c.id))).scalar() or 0)


def versions_sealed(connection: Connection, numbers: Iterable[int], *, after: int, to: int) -> list[int]:
    """Those of some numbers of versions, in order, that were added by the seals behind *after* up to *to*."""
    wanted = select(seals.c.versions).where(
        seals.c.id > after, seals.c.id <= to, seals.c.versions.is_not(None)
    )
    added = sorted(pair for written in connection.execute(wanted).scalars() for pair in in_ranges(written))
    firsts = [first for first, _ in added]

    def is_added(number: int) -> bool:
        place = bisect_right(firsts, number) - 1
        return place >= 0 and number <= added[place][1]

    return sorted(filter(is_added, numbers))
