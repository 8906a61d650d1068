"""What changed since an export was written: new rows, changed ones, gone and redacted articles, tombstones.

A cursor is a file that remembers an export by the digests of its rows, not by their words. Each increment
says how to come from the export of then to that of now, and moves the cursor on:

- ``new``: a row that was not there; ``changed``: one that is not as it was; ``gone``: its article has gone;
  ``redacted``: it may not be shown any more, and its words are to be forgotten. The whole row stands there;
- ``seen``: nothing changed but ``last_seen``, which alone stands there;
- ``removed``: a tombstone. The row is not chosen any more, and ``why`` says that a later version took its
  place (``superseded``) or that it is not what was asked for (``not chosen``).

:func:`apply` makes the new export of the old one, to the byte.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from archive import files
from archive.archive import Archive
from archive.errors import ArchiveError, UsageError
from archive.export.choice import RowChoice, of_plain, plain
from archive.export.jsonl import destination
from archive.export.restore import read_lines
from archive.export.rows import rows

Row = Mapping[str, Any]

FORM = "legger cursor 1"


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What a cursor remembers of a row."""

    id: int
    version: int
    digest: str
    """Of the row without ``last_seen``."""
    status: str
    redacted: bool
    last_seen: str

    @property
    def key(self) -> tuple[int, int]:
        """By what rows are in order."""
        return self.id, self.version


def remembered(row: Row) -> Remembered:
    """What is remembered of a row."""
    words = orjson.dumps({name: value for name, value in row.items() if name != "last_seen"})
    return Remembered(
        id=row["id"],
        version=row["version"],
        digest=hashlib.blake2b(words, digest_size=12).hexdigest(),
        status=row["status"],
        redacted=row["redacted"],
        last_seen=row["last_seen"],
    )


def changes(before: Iterator[Remembered], now: Iterable[tuple[Remembered, Row]]) -> Iterator[dict[str, Any]]:
    """What lies between a cursor and the rows of now; both in order."""

    def gone(old: Remembered, *, superseded: bool) -> dict[str, Any]:
        why = "superseded" if superseded else "not chosen"
        return {"change": "removed", "id": old.id, "version": old.version, "why": why}

    old = next(before, None)
    waiting: list[Remembered] = []  # removed rows, until it is known whether a later version follows
    for is_, row in now:
        while old is not None and old.key < is_.key:
            waiting.append(old)
            old = next(before, None)
        yield from (gone(each, superseded=each.id == is_.id) for each in waiting)
        waiting.clear()
        if old is None or old.key != is_.key:
            yield {"change": "new", **row}
            continue
        if old.digest != is_.digest:
            yield {"change": _kind(old, is_), **row}
        elif old.last_seen != is_.last_seen:
            seen = {"change": "seen", "id": is_.id, "version": is_.version}
            yield {**seen, "last_seen": is_.last_seen}
        old = next(before, None)
    while old is not None:
        yield gone(old, superseded=False)
        old = next(before, None)


def _kind(old: Remembered, new: Remembered) -> str:
    if new.redacted and not old.redacted:
        return "redacted"
    return "gone" if new.status == "gone" and old.status != "gone" else "changed"


# ---------------------------------------------------------------- files


def write_increment(
    archive: Archive,
    path: Path,
    cursor: Path,
    choice: RowChoice,
    *,
    update: Callable[[int], None] = lambda done: None,
) -> Mapping[str, int]:
    """Write what changed since *cursor*, and move it on; returns how many rows of each change there are.

    Without a file at *cursor*, everything is new. The cursor moves when the increment stands there: one that
    was cut off is written again. Raises :class:`UsageError` for a cursor of another choice, or that is none.
    """
    if path.exists():
        raise UsageError(f"{path} stands there already: an increment is not written twice; name another file")
    counts: Counter[str] = Counter()
    with _reading(cursor, choice) as before, files.writing(cursor) as after:
        after.write(orjson.dumps({"form": FORM, "chosen": plain(choice)}, option=orjson.OPT_APPEND_NEWLINE))
        with destination(path) as out, archive.snapshot() as connection:
            for done, each in enumerate(changes(before, _noted(rows(connection, choice), after)), start=1):
                counts[each["change"]] += 1
                out.write(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE))
                if not done % 100:
                    update(done)
    return counts


def _noted(some: Iterable[Row], after: IO[bytes]) -> Iterator[tuple[Remembered, Row]]:
    """Rows, each noted in the cursor that is being written."""
    for row in some:
        each = remembered(row)
        mark = "r" if each.redacted else "-"
        line = f"{each.id} {each.version} {each.digest} {each.status} {mark} {each.last_seen}\n"
        after.write(line.encode())
        yield each, row


@contextmanager
def _reading(cursor: Path, choice: RowChoice) -> Iterator[Iterator[Remembered]]:
    if not cursor.exists():
        yield iter(())
        return
    files.refuse_database(cursor)
    try:
        with cursor.open("rb") as file:
            try:
                head = orjson.loads(file.readline())
                known = head["form"] == FORM and of_plain(head["chosen"])
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                raise UsageError(f"{cursor} is no cursor of an export") from error
            if known != choice:
                raise UsageError(f"{cursor} is the cursor of another export: ask the same, or name another")
            yield map(_of_line, file)
    except OSError as error:
        raise ArchiveError(f"{cursor} cannot be read: {error.strerror or error}") from error


def _of_line(line: bytes) -> Remembered:
    try:
        number, version, digest, status, mark, seen = line.decode().split()
        return Remembered(
            id=int(number), version=int(version), digest=digest, status=status, redacted=mark == "r",
            last_seen=seen,
        )  # fmt: skip
    except ValueError as error:
        raise UsageError(f"the cursor is damaged at {line[:60]!r}; remove it, and begin anew") from error


# ---------------------------------------------------------------- applied


def apply(old: Iterable[Row], increment: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """The rows of an export, or of the first increment of a cursor, brought up to date; both in order.

    Raises :class:`UsageError` where they do not fit.
    """
    rest = iter(increment)
    change = next(rest, None)
    for row in map(_whole_row, old):
        while change is not None and _key(change) < _key(row):
            yield _added(change)
            change = next(rest, None)
        if change is None or _key(change) != _key(row):
            yield dict(row)
            continue
        if change["change"] == "seen":
            yield {**row, "last_seen": change["last_seen"]}
        elif change["change"] != "removed":
            yield _row(change)
        change = next(rest, None)
    while change is not None:
        yield _added(change)
        change = next(rest, None)


def _whole_row(row: Row) -> Row:
    """A row of an export; a first increment has nothing but ``new`` ones."""
    return _added(row) if "change" in row else row


def _key(row: Row) -> tuple[int, int]:
    return row["id"], row["version"]


def _added(change: Row) -> dict[str, Any]:
    if change["change"] != "new":
        where = f"article {change['id']}, version {change['version']}"
        raise UsageError(
            f"{where} is {change['change']}, and is not in the export: this is not the one before"
        )
    return _row(change)


def _row(change: Row) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name != "change"}


def apply_files(old: Path, increments: Iterable[Path], to: Path) -> int:
    """Write an export brought up to date with increments, in the order they are given; returns its rows."""
    some: Iterator[Row] = read_lines(old)
    for each in increments:
        some = apply(some, read_lines(each))
    count = 0
    try:
        with destination(to) as out:
            for row in some:
                out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
                count += 1
    except (KeyError, TypeError) as error:
        raise UsageError(f"{old} and its increments do not fit: {error!r} is missing") from error
    return count
