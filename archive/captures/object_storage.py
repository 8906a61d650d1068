"""The object storage of an archive held against its rows: what is missing, what is stray, what is to move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from archive.captures import compression as packing
from archive.captures import objects
from archive.captures.compression import PackedBody
from archive.captures.objects import Objects, StoredObject
from archive.db.mapping import AnyRow
from archive.db.prepared import Statement
from archive.db.schema import bodies
from archive.db.session import Session
from archive.errors import UsageError

SETTLED = timedelta(days=1)
"""What is younger may belong to a batch that is not committed, or to a reader that is at it."""
FORGOTTEN = timedelta(days=30)
"""What is older is deleted without being asked for. Till then a backup of the rows finds its bodies."""
A_DAY = timedelta(days=1)
_SHARED, _SWEPT = f"{objects.NOTES}shared", f"{objects.NOTES}swept"
STEP = 100

_NAMED = select(bodies.c.object).where(bodies.c.object.is_not(None))
_MOVED = Statement(update(bodies).where(bodies.c.id == bindparam("number")))


@dataclass(frozen=True, kw_only=True)
class StorageReport:
    """What stands in object storage."""

    place: str
    objects: int
    size: int
    """Bytes of those that rows name."""
    missing: tuple[str, ...]
    """Keys that rows name and that are not there, or are not as long as they were."""
    stray: int
    """Objects to which no row refers: of batches that were taken back, or packed anew since."""
    stray_size: int
    left_over: int
    """Of the stray ones those that are older than :data:`SETTLED`: nobody needs them any more."""
    shared: bool
    """Whether the archive was copied, so that another one may need what is stray to this one."""
    keeps_versions: bool | None
    """Whether what is deleted stays there as an earlier version; ``None``: it does not tell."""


class ObjectStorage:
    """Bodies outside the database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def place(self) -> str | None:
        """Where they are; ``None``: no place is named."""
        with self._session.asking() as connection:
            found = objects.of(connection)
        return found.place if found is not None else None

    def is_used(self) -> bool:
        """Whether any body is an object."""
        with self._session.asking() as connection:
            return connection.execute(_NAMED.limit(1)).first() is not None

    def keeps_versions(self) -> bool | None:
        """Whether what is deleted stays there as an earlier version; ``None``: it does not tell."""
        with self._session.asking() as connection:
            return _storage(connection).keeps_versions()

    def report(self, *, now: datetime | None = None) -> StorageReport:
        """Rows and objects held against each other at *now*. Lists the whole storage. Raises
        :class:`UsageError`."""
        at = now or datetime.now(UTC)
        with self._session.snapshot() as connection:
            storage = _storage(connection)
            every = {each.key: each for each in storage.under()}
            found = {key: each for key, each in every.items() if not key.startswith(objects.NOTES)}
            wanted = select(bodies.c.object, bodies.c.object_size).where(bodies.c.object.is_not(None))
            named = {row.object: row.object_size for row in connection.execute(wanted)}
        missing = [key for key, size in named.items() if key not in found or found[key].size != size]
        stray = [each for key, each in found.items() if key not in named]
        return StorageReport(
            place=storage.place,
            objects=len(named),
            size=sum(named.values()),
            missing=tuple(sorted(missing)),
            stray=len(stray),
            stray_size=sum(each.size for each in stray),
            left_over=sum(_older(each, SETTLED, at) for each in stray),
            shared=_SHARED in every,
            keeps_versions=storage.keeps_versions(),
        )

    def sweep(self, *, now: datetime | None, older: timedelta = SETTLED) -> int:
        """Delete objects to which no row refers; returns how many.

        Those that are not *older* at *now* stay. ``None``: all of them go; the archive is written by nobody
        meanwhile.
        """
        with self._session.writing(alone=True) as connection:
            storage = _storage(connection)
            named = set(connection.execute(_NAMED).scalars())
            gone = 0
            for each in list(storage.under()):
                if each.key in named or each.key.startswith(objects.NOTES):
                    continue
                if now is None or _older(each, older, now):
                    storage.delete(each.key)
                    gone += 1
        self._session.commit()
        return gone

    def tidy(self, *, now: datetime) -> int:
        """Delete what has been stray for longer than :data:`FORGOTTEN`, once a day at most; returns how many.

        Nothing where bodies are in the database, or where a copy of this archive may need them.
        """
        with self._session.asking() as connection:
            storage = objects.of(connection)
        if storage is None:
            return 0
        notes = {each.key: each.at for each in storage.under(objects.NOTES)}
        swept = notes.get(_SWEPT)
        if _SHARED in notes or (swept is not None and now - swept < A_DAY):
            return 0
        storage.put(_SWEPT, b"when objects to which nothing refers were last looked for")
        return self.sweep(now=now, older=FORGOTTEN)

    def note_copied(self) -> None:
        """Note that another archive refers to them too. Raises :class:`UsageError` where none is named."""
        if self.is_used():
            with self._session.asking() as connection:
                _storage(connection).put(_SHARED, b"this archive was copied: both refer to these objects")

    def note_alone(self) -> None:
        """That other archive is no more."""
        with self._session.asking() as connection:
            _storage(connection).delete(_SHARED)

    def move_out(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """Move bodies from the database to object storage; returns how many. May be interrupted and run
        again."""
        inside = (func.length(bodies.c.data) >= objects.SMALLEST) & bodies.c.object.is_(None)
        return self._move(inside, _moved_out, progress)

    def move_in(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """The other way round. What is left in object storage is stray then."""
        return self._move(bodies.c.object.is_not(None), _moved_in, progress)

    def _move(
        self,
        which: ColumnElement[bool],
        moved: Callable[[Connection, AnyRow], dict[str, Any]],
        progress: Callable[[int, int], None] | None,
    ) -> int:
        """Alone, some at a time: whoever packs a body anew meanwhile would be undone."""
        self._session.commit()
        with self._session.asking() as connection:
            _storage(connection)
            of = connection.execute(select(func.count()).where(which)).scalar_one()
        after = done = 0
        while True:
            with self._session.writing(alone=True) as connection:
                some = select(bodies).where(which, bodies.c.id > after).order_by(bodies.c.id).limit(STEP)
                rows = connection.execute(some).all()
                for row in rows:
                    _MOVED.run(connection, {"number": row.id, **moved(connection, row)})
            self._session.commit()
            done += len(rows)
            if progress is not None:
                progress(done, of)
            if len(rows) < STEP:
                return done
            after = rows[-1].id


def _older(each: StoredObject, than: timedelta, now: datetime) -> bool:
    return each.at is not None and now - each.at > than


def _moved_out(connection: Connection, row: AnyRow) -> dict[str, Any]:
    packed = PackedBody(row.data, codec=row.codec, reference=row.reference_id, depth=row.depth)
    return packing.kept_as(connection, row.digest, packed)


def _moved_in(connection: Connection, row: AnyRow) -> dict[str, Any]:
    return {"data": packing.data_of(connection, row), "object": None, "object_size": None}


def _storage(connection: Connection) -> Objects:
    found = objects.of(connection)
    if found is None:
        raise UsageError(f"no object storage is named: set [objects] url in legger.toml, or {objects.PLACE}")
    return found
