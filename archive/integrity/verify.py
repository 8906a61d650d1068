"""Verifying: is everything still what it was? Backups."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, case, func, select

from archive import files
from archive.assets import screenshots
from archive.captures import compression as packing
from archive.captures.headers import exchange_of, load_dictionary, unpack_heads
from archive.captures.hidden_words import came_after_a_destruction
from archive.compare.fingerprint import content_hash
from archive.db import sqlite
from archive.db.mapping import article_of
from archive.db.schema import (
    addresses,
    articles,
    bodies,
    captures,
    dictionaries,
    readings,
    redactions,
    resealed,
    runs,
    seals,
    sites,
    verdicts,
    versions,
)
from archive.db.session import Session
from archive.errors import ArchiveError, UsageError
from archive.model import hashchain as chain
from archive.search import fulltext
from archive.search.index import INDEXING
from archive.versions.rows import FROM_EXPORT

_LAST_SEAL = select(seals.c.id, seals.c.digest).order_by(seals.c.id.desc()).limit(1)
_BODIES = select(bodies.c.id, bodies.c.depth, bodies.c.codec, bodies.c.digest)
_SEALED_CAPTURES = (
    select(
        captures.c.id, sites.c.name, addresses.c.url, captures.c.via, captures.c.at, captures.c.status,
        captures.c.http_version, captures.c.truncated, captures.c.headers, captures.c.dictionary_id,
        bodies.c.digest, captures.c.cut, captures.c.server, captures.c.tls, captures.c.wire_size,
        captures.c.wire_digest,
    )
    .select_from(captures)
    .join(sites, sites.c.id == captures.c.site_id)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .outerjoin(bodies, bodies.c.id == captures.c.body_id)
    .where(captures.c.id.between(bindparam("first"), bindparam("last")))
    .order_by(captures.c.id)
)  # fmt: skip
_SEALED_VERSIONS = (
    select(
        versions.c.id, versions.c.article_id, versions.c.number, versions.c.capture_id, versions.c.first_seen,
        readings.c.content_hash,
    )
    .join(readings, readings.c.id == versions.c.first_reading_id)
    .where(versions.c.id.between(bindparam("first"), bindparam("last")))
    .order_by(versions.c.id)
)  # fmt: skip
_SEALED_RUNS = (
    select(runs.c.id, sites.c.name, runs.c.started, runs.c.settings)
    .join(sites, sites.c.id == runs.c.site_id)
    .where(runs.c.id.between(bindparam("first"), bindparam("last")))
    .order_by(runs.c.id)
)
_FROM_EXPORT = (
    select(verdicts.c.capture_id)
    .where(verdicts.c.article_id == versions.c.article_id, verdicts.c.reason == FROM_EXPORT)
    .correlate(versions)
    .exists()
)
_BEGINS = case((_FROM_EXPORT, func.min(versions.c.number)), else_=1)
"""The first version there is to be: an export need not have had those before the latest."""
_GAPS = (
    select(versions.c.article_id, func.count(), func.max(versions.c.number), articles.c.latest)
    .join(articles, articles.c.id == versions.c.article_id)
    .group_by(versions.c.article_id, articles.c.latest)
    .having(
        (func.count() != func.max(versions.c.number) - _BEGINS + 1)
        | (func.max(versions.c.number) != articles.c.latest)
    )
)


@dataclass(frozen=True, kw_only=True)
class IntegrityProblem:
    """Something that is not as it should be."""

    what: str
    """One sentence for a person."""
    advice: str
    """What to do about it."""


@dataclass(frozen=True, kw_only=True)
class ChainHead:
    """The end of the hash chain: what to write down, print or have time-stamped."""

    seal: int
    """Number of the latest seal; 0 before there was any."""
    digest: str
    """Its digest in hexadecimal."""


_RESTORE = "restore the latest backup that verifies, and compare; keep this file as it is meanwhile"


_REINDEX = "run `legger index --anew`: it is made again from the readings"


class Integrity:
    """Proof and backups."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def head(self) -> ChainHead:
        """The latest seal. Of two archives with the same head, neither was changed since the other."""
        with self._session.asking() as connection:
            return head_of(connection)

    def verify(
        self, *, head: ChainHead | None = None, progress: Callable[[str, int, int], None] | None = None
    ) -> list[IntegrityProblem]:
        """Check the database, every body, header line, reading and seal; an empty list is a sound archive.

        *head* is one that was written down earlier: the chain must pass through it. *progress* is told
        (what is checked, done, of). Reads everything; a crawl may go on meanwhile. What is damaged is told,
        and the rest is checked all the same.
        """
        tell = progress or (lambda what, done, of: None)
        with self._session.snapshot() as connection:
            problems = [
                IntegrityProblem(what=words, advice=advice or _RESTORE)
                for words, advice in self._session.backend.integrity(connection)
            ]
            checks: dict[str, Iterator[IntegrityProblem]] = {
                "dictionaries": _check_dictionaries(connection),
                "bodies": _check_bodies(connection, tell),
                "screenshots": (
                    IntegrityProblem(what=words, advice=_RESTORE) for words in screenshots.damaged(connection)
                ),
                "versions": _check_versions(connection),
                "readings": _check_readings(connection, tell),
                "seals": _check_seals(connection, tell, head),
            }
            for what, check in checks.items():
                try:
                    problems += check
                except _DAMAGE as error:
                    words = f"{what} could not be checked to the end: {_why(error)}"
                    problems.append(IntegrityProblem(what=words, advice=_RESTORE))
        if self._session.writer is not None:
            try:
                with self._session.writing(INDEXING) as connection:
                    wrong = fulltext.of(connection).check_words(connection)
                self._session.commit()
            except ArchiveError as error:
                wrong = _why(error)
            if wrong:
                problems.append(
                    IntegrityProblem(what=f"the full-text index is wrong: {wrong}", advice=_REINDEX)
                )
        return problems

    def backup(self, to: str | Path) -> Path:
        """Copy the archive to a new file, consistent while others write.

        Raises :class:`UsageError` when the file exists, or its folder does not.
        """
        path = Path(to)
        if path.exists():
            raise UsageError(f"{path} exists already; a backup never overwrites anything")
        if not path.parent.is_dir():
            raise UsageError(f"{path.parent} is no directory; make it first")
        self._session.commit()
        engine = self._session.reader or self._session.writer
        assert engine is not None
        try:
            with files.workplace(path.parent) as place, engine.connect() as connection:
                part = place / path.name
                self._session.backend.copy(connection, part)
                part.replace(path)
        except OSError as error:
            raise ArchiveError(f"{path} cannot be written: {error.strerror or error}") from error
        return path


def head_of(connection: Connection) -> ChainHead:
    """The latest seal that a connection sees."""
    row = connection.execute(_LAST_SEAL).one_or_none()
    return (
        ChainHead(seal=row.id, digest=row.digest.hex())
        if row
        else ChainHead(seal=0, digest=chain.START.hex())
    )


def unopened(where: str | Path) -> list[IntegrityProblem]:
    """What is wrong with a database that cannot even be opened as an archive, as far as SQLite can tell."""
    found = [IntegrityProblem(what=f"{where} cannot be opened as an archive", advice=_RESTORE)]
    return found + [IntegrityProblem(what=words, advice=_RESTORE) for words in sqlite.damage(Path(where))]


_DAMAGE = (ArchiveError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError, StopIteration)
"""What comes of rows that are not as we wrote them: each is told as a problem."""
_PAGE = 200
"""Rows read at a time."""


def _why(error: Exception) -> str:
    """The reason, without the advice to do what is being done."""
    cause = error.__cause__
    return str(cause if isinstance(cause, sqlite.Error) else error).removesuffix("; run `legger verify`")


def _walk(
    connection: Connection,
    wanted: Select[*tuple[Any, ...]],
    key: Column[int],
    name: str,
    bad: list[IntegrityProblem],
) -> Iterator[Any]:
    """The rows of a table by number, all that can be read of it; what cannot goes to *bad*.

    *wanted* selects *key* as ``id``. Where a page of the file is damaged, it goes on behind that page.
    """
    after, size = 0, _PAGE
    while True:
        try:
            rows = connection.execute(wanted.where(key > after).order_by(key).limit(size)).all()
        except _DAMAGE as error:
            if size > 1:
                size = max(size // 4, 1)
                continue
            last = _unreadable_to(connection, key, after)
            which = (
                f"{name} from number {after + 1} on" if last is None else f"{name} {_span(after + 1, last)}"
            )
            bad.append(IntegrityProblem(what=f"{which} cannot be read: {_why(error)}", advice=_RESTORE))
            if last is None:
                return
            after = last
            continue
        if not rows:
            return
        yield from rows
        after, size = rows[-1].id, min(2 * size + 2, _PAGE)


def _unreadable_to(connection: Connection, key: Column[int], after: int) -> int | None:
    """The last number of the rows behind *after* that cannot be read; ``None``: none behind can be."""
    if (row := _next(connection, key, after)) is not None:
        return row  # its number can be read, and the rest of it cannot
    reach = 1
    while _next(connection, key, after + reach) is None:
        reach *= 2
        if reach > 1 << 40:
            return None
    low, high = reach // 2, reach
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _next(connection, key, after + middle) is None else (low, middle)
    found = _next(connection, key, after + high)
    return None if found is None else found - 1


def _next(connection: Connection, key: Column[int], after: int) -> int | None:
    """The first number behind *after*; ``None`` when there is none, or it cannot be read."""
    try:
        return connection.execute(select(key).where(key > after).order_by(key).limit(1)).scalar()
    except _DAMAGE:
        return None


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _check_dictionaries(connection: Connection) -> Iterator[IntegrityProblem]:
    bad: list[IntegrityProblem] = []
    for row in _walk(connection, select(dictionaries), dictionaries.c.id, "dictionary", bad):
        if hashlib.sha256(row.data).digest() != row.digest:
            yield IntegrityProblem(what=f"dictionary {row.id} is damaged", advice=_RESTORE)
    yield from bad


def _check_bodies(
    connection: Connection, tell: Callable[[str, int, int], None]
) -> Iterator[IntegrityProblem]:
    bad: list[IntegrityProblem] = []
    rows = list(_walk(connection, _BODIES, bodies.c.id, "body", bad))
    yield from bad
    known = select(redactions.c.masked).where(redactions.c.masked.is_not(None))
    masked = {digest for each in connection.execute(known).scalars() for digest in each}
    for done, row in enumerate(rows, 1):
        told = row.codec != packing.MASKED or row.digest.hex() in masked
        if not told and not came_after_a_destruction(connection, row.id):
            words = f"body {row.id} was changed, and no redaction says so"
            yield IntegrityProblem(what=words, advice=_RESTORE)
        try:
            packing.load(connection, row.id)
        except _DAMAGE as error:
            words = _why(error)
            yield IntegrityProblem(
                what=words if words.startswith("body") else f"body {row.id} cannot be read: {words}",
                advice=_RESTORE,
            )
        if row.depth > packing.DEPTH:
            yield IntegrityProblem(
                what=f"body {row.id} takes {row.depth + 1} unpackings to read",
                advice="run `legger compact` for its site",
            )
        if done % 100 == 0 or done == len(rows):
            tell("bodies", done, len(rows))


def _check_versions(connection: Connection) -> Iterator[IntegrityProblem]:
    for article, count, last, latest in connection.execute(_GAPS):
        yield IntegrityProblem(
            what=f"article {article} has {count} versions up to number {last}, and its row says {latest}",
            advice=_RESTORE,
        )


def _check_readings(
    connection: Connection, tell: Callable[[str, int, int], None]
) -> Iterator[IntegrityProblem]:
    destroyed = (
        select(verdicts.c.capture_id)
        .join(redactions, redactions.c.article_id == verdicts.c.article_id)
        .where(redactions.c.destroyed_at.is_not(None))
    )
    wanted = select(readings).where(readings.c.capture_id.not_in(destroyed))
    bad: list[IntegrityProblem] = []
    total = _last(connection, readings.c.id)
    for done, row in enumerate(_walk(connection, wanted, readings.c.id, "reading", bad), 1):
        try:
            right = content_hash(article_of(row)) == row.content_hash
        except _DAMAGE:
            right = False
        if not right:
            yield IntegrityProblem(
                what=f"reading {row.id} of capture {row.capture_id} does not match its content hash",
                advice="run `legger reread` for its site: readings can be made again from captures",
            )
        if done % 200 == 0:
            tell("readings", done, total)
    tell("readings", total, total)
    yield from bad


def _last(connection: Connection, key: Column[int]) -> int:
    """The highest number of a table, about as many as it has rows; 0 when it cannot be read."""
    try:
        return connection.execute(select(func.max(key))).scalar() or 0
    except _DAMAGE:
        return 0


def _check_seals(
    connection: Connection, tell: Callable[[str, int, int], None], head: ChainHead | None
) -> Iterator[IntegrityProblem]:
    bad: list[IntegrityProblem] = []
    rows = list(_walk(connection, select(seals), seals.c.id, "seal", bad))
    yield from bad
    before = chain.START
    again = _resealed(connection)
    tables = {"capture": captures, "version": versions, "run": runs}
    covered: dict[str, list[tuple[int, int]]] = {kind: [] for kind in tables}
    for done, row in enumerate(rows, 1):
        try:
            lines: list[bytes] | None = [
                line for kind in tables for line in sealed_lines(connection, kind, row)
            ]
        except _DAMAGE as error:
            words = f"seal {row.id} cannot be checked: {chain.told(row)} cannot all be read: {_why(error)}"
            yield IntegrityProblem(what=words, advice=_RESTORE)
            lines = None
        if lines is not None and chain.seal(before, lines) not in (row.digest, *again.get(row.id, ())):
            yield IntegrityProblem(
                what=f"seal {row.id} is broken: {chain.told(row)} are not as they were when it was set",
                advice=_RESTORE,
            )
        before = row.digest
        for kind in tables:
            with suppress(ValueError):  # the digest has told it
                covered[kind] += covered_by(row, kind)
        if head is not None and head.seal == row.id and head.digest != row.digest.hex():
            yield IntegrityProblem(
                what=f"seal {row.id} is not the one that was written down", advice=_RESTORE
            )
        tell("seals", done, len(rows))
    for kind, table in tables.items():
        yield from _unsealed(connection, kind, table.c.id, covered[kind])
    if head is not None and head.seal > (rows[-1].id if rows else 0):
        yield IntegrityProblem(
            what=f"seal {head.seal}, which was written down, is not there", advice=_RESTORE
        )


@dataclass(frozen=True, kw_only=True)
class SealState:
    """What a seal comes to."""

    now: bytes
    """From the rows as they are."""
    sound: bool
    """Whether that is what it was set to, or made again to when words were destroyed."""


def seals_over(connection: Connection, numbers: set[int]) -> dict[int, SealState]:
    """The seals that cover any of these captures, by number."""
    found, before = {}, chain.START
    again = _resealed(connection)
    for row in connection.execute(select(seals).order_by(seals.c.id)).all():
        covered = covered_by(row, "capture")
        if any(number in numbers for first, last in covered for number in range(first, last + 1)):
            now = chain.seal(
                before,
                (
                    line
                    for kind in ("capture", "version", "run")
                    for line in sealed_lines(connection, kind, row)
                ),
            )
            found[row.id] = SealState(now=now, sound=now in (row.digest, *again.get(row.id, ())))
        before = row.digest
    return found


def _resealed(connection: Connection) -> dict[int, list[bytes]]:
    """What seals come to since words of redacted articles were destroyed."""
    found: dict[int, list[bytes]] = {}
    for row in connection.execute(select(resealed.c.seal_id, resealed.c.digest)):
        found.setdefault(row.seal_id, []).append(row.digest)
    return found


def sealed_lines(connection: Connection, kind: str, seal: object) -> Iterator[bytes]:
    """The lines a seal covers, of one kind, made again from the rows."""
    for first, last in covered_by(seal, kind):
        yield from _lines_of(connection, kind, {"first": first, "last": last})


def _lines_of(connection: Connection, kind: str, asked: Mapping[str, int]) -> Iterator[bytes]:
    if kind == "capture":
        for each in connection.execute(_SEALED_CAPTURES, asked):
            dictionary = load_dictionary(connection, each.dictionary_id)
            heads = unpack_heads(each.headers, dictionary)
            yield chain.capture_line(
                each.id, site=each.name, url=each.url, via=each.via, at=each.at, status=each.status,
                http_version=each.http_version, truncated=each.truncated, body=each.digest,
                request=heads.request, answer=heads.answer, exchange=exchange_of(each, heads),
            )  # fmt: skip
    elif kind == "version":
        for row in connection.execute(_SEALED_VERSIONS, asked):
            yield chain.version_line(
                row.id, article=row.article_id, version=row.number, capture=row.capture_id,
                first_seen=row.first_seen, content_hash=row.content_hash,
            )  # fmt: skip
    else:
        for run in connection.execute(_SEALED_RUNS, asked):
            yield chain.run_line(run.id, site=run.name, started=run.started, settings=run.settings)


def covered_by(seal: object, kind: str) -> Sequence[tuple[int, int]]:
    """First and last number of each range of rows of a kind that a seal covers."""
    return chain.in_ranges(getattr(seal, f"{kind}s"))


def _unsealed(
    connection: Connection, kind: str, key: Column[int], covered: Iterable[tuple[int, int]]
) -> Iterator[IntegrityProblem]:
    """Rows that no seal covers."""
    last = 0
    for first, to in [*sorted(covered), (None, None)]:
        between = key > last if first is None else key.between(last + 1, first - 1)
        if missing := connection.execute(select(func.count()).where(between)).scalar_one():
            where = f"after number {last}" if first is None else f"before number {first}"
            yield IntegrityProblem(
                what=f"{missing} {kind}s {where} were added without a seal",
                advice="they were written by an older Legger, or by somebody else",
            )
        last = max(last, to or 0)
