"""Rows of an export -> articles and versions of this archive. What the rows do not carry stays unknown.

Each row becomes a version as it was read by the archive it comes from, with that reader's name, and the
capture that it was first seen in: with its number, its time, its status and the digest of its bytes, which
stay where they are. Written out again, whole histories or latest versions are the same to the byte, when they
come into an archive that is empty; behind others, articles and captures get numbers behind theirs. An article
that is here keeps its own history, and its rows are passed over.

Not known afterwards: the captures' bytes, headers and times of confirmation, what the site stated when,
times of entries of live blogs, which article an article turned out to be, who redacted it and why, versions
that the export did not have, and, of rows as of a time, what had changed.
"""

from __future__ import annotations

import gzip
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import IO, Any, cast

import orjson
import zstandard
from sqlalchemy import Connection, func, insert, select, update

from archive import files
from archive.archive import Archive
from archive.captures import compression
from archive.captures.headers import HEADER_DICTIONARY, Heads, pack_heads
from archive.compare.fingerprint import content_hash, words_digest
from archive.db import mapping
from archive.db.prepared import Statement
from archive.db.schema import (
    addresses,
    articles,
    captures,
    readings,
    redactions,
    sites,
    stated_values,
    verdicts,
    versions,
)
from archive.errors import UsageError
from archive.model import hashchain
from archive.model.addresses import Role
from archive.model.exchange import UNKNOWN
from archive.model.types import (
    Article,
    Block,
    BlockKind,
    Image,
    PageKind,
    Precision,
    Provenance,
    StatedTime,
    Status,
    VerdictKind,
)
from archive.versions.rows import FROM_EXPORT, digest_of_stated, rows_of_stated

Row = Mapping[str, Any]

_ADD_CAPTURE = Statement(insert(captures))
_ADD_ARTICLE = Statement(insert(articles))
_ADD_READING = Statement(insert(readings))
_ADD_VERSION = Statement(insert(versions))
_ADD_VERDICT = Statement(insert(verdicts))
_ADD_STATED = Statement(insert(stated_values))
_OLD_KICKER = 9
"""Releases of the extractor up to this one left the kicker out of the content hash."""


@dataclass(kw_only=True)
class Restored:
    """What came of the rows of an export."""

    rows: int = 0
    articles: int = 0
    versions: int = 0
    known: int = 0
    """Rows passed over, for their article is here."""
    shift: int = 0
    """What was added to each article's number, because numbers were taken."""
    sites: Counter[str] = field(default_factory=Counter)
    """Articles brought in, by site."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(article and version, why): rows that are not what their content hash says."""


def is_export(path: Path) -> bool:
    """Whether the first line of a file is a row of ``legger export``."""
    if not path.name.endswith(files.JSON_LINES):
        return False
    try:
        with _opened(path) as file:
            row = orjson.loads(file.readline(50_000_000))
    except (orjson.JSONDecodeError, OSError, EOFError, zstandard.ZstdError):
        return False
    return isinstance(row, dict) and {"content_hash", "blocks", "first_seen", "id"} <= row.keys()


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of an export. Raises :class:`UsageError` for what is none."""
    for number, row in enumerate(read_lines(path), start=1):
        if "content_hash" not in row or "change" in row:
            raise UsageError(f"{path}:{number}: no row of legger export")
        yield row


def read_lines(path: Path) -> Iterator[Row]:
    """The objects of a file of JSON Lines, packed or not. Raises :class:`UsageError` for what is none."""
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, start=1):
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise UsageError(f"{path}:{number}: no JSON: {error}") from error
                if not isinstance(row, dict):
                    raise UsageError(f"{path}:{number}: no row of legger export")
                yield row
    except (OSError, EOFError, zstandard.ZstdError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def _opened(path: Path) -> IO[bytes]:
    files.refuse_database(path)
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    file = path.open("rb")
    if path.suffix == ".zst":
        packed = zstandard.ZstdDecompressor().stream_reader(file, closefd=True)
        return cast(IO[bytes], io.BufferedReader(cast(io.RawIOBase, packed)))
    return file


def restore(
    archive: Archive,
    rows: Iterator[Row],
    *,
    now: datetime,
    sites: frozenset[str] | None = None,
    update: Callable[[int], None] = lambda done: None,
) -> Restored:
    """Bring the rows of an export in, in order of article and version; all of them, or none.

    *sites*: only those of these sites. Raises :class:`UsageError` for a row that lacks what a row has.
    """
    restoring = _Restoring(archive, now)
    try:
        for _, group in groupby(rows, key=lambda row: row["id"]):
            some = list(group)
            restoring.result.rows += len(some)
            if sites is None or some[0]["site"] in sites:
                restoring.article(some)
            update(restoring.result.rows)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        archive.session.abandon()
        raise UsageError(f"row {restoring.result.rows}: not as legger export writes it: {error}") from error
    except BaseException:
        archive.session.abandon()
        raise
    with archive.session.writing(alone=True) as connection:
        archive.session.backend.settle_numbers(connection)
    archive.commit()
    return restoring.result


class _Restoring:
    """Rows on their way in."""

    def __init__(self, archive: Archive, now: datetime) -> None:
        self._archive, self._session, self._now = archive, archive.session, now
        self.result = Restored()
        with self._session.writing(alone=True) as connection:
            self._last_capture = connection.execute(select(func.max(captures.c.id))).scalar() or 0
            self.result.shift = connection.execute(select(func.max(articles.c.id))).scalar() or 0
        self._captures: set[int] = set()
        self._no_heads = pack_heads(Heads(request=(), answer=()))

    def article(self, rows: list[Row]) -> None:
        """Bring one article in, with the versions that the export had."""
        last = rows[-1]
        read = [_article(row) for row in rows]
        for row, article in zip(rows, read, strict=True):
            if not row["redacted"] and row["content_hash"] not in _hashes(article):
                what = f"article {row['id']}, version {row['version']}"
                self.result.refused.append((what, "its words are not those of its content hash"))
                return
        with self._session.writing(alone=True) as connection:
            site = self._session.ensure_site(connection, last["site"])
            if last.get("site_title"):
                unnamed = update(sites).where(sites.c.id == site, sites.c.title.is_(None))
                connection.execute(unnamed.values(title=last["site_title"]))
            keys = (last["key"], mapping.without_words(last["key"]))  # known here, also when it was destroyed
            same = select(articles.c.id).where(articles.c.site_id == site, articles.c.key.in_(keys))
            destroyed = self._archive.captures.destroyed_words(connection, site)
            told = any(destroyed.is_text_of(each.text.encode()) for each in read)
            if told or connection.execute(same).first() is not None:
                self.result.known += len(rows)
                return
            number = self._add_article(connection, site, last, read[-1])
            for row, article in zip(rows, read, strict=True):
                self._add_version(connection, site, number, row, article, latest=row is last)
            self._add_addresses(connection, site, number, rows)
            if last["redacted"]:
                self._add_redaction(connection, number, rows)
            self._archive.index.note_change(connection, number)
        self.result.articles += 1
        self.result.sites[last["site"]] += 1

    def _add_article(self, connection: Connection, site: int, row: Row, article: Article) -> int:
        said = mapping.stated(article)
        values = {
            "id": self.result.shift + row["id"],
            "site_id": site,
            "key": row["key"],
            "url": row["url"],
            "kind": row["kind"],
            "status": Status(row["status"]).value,
            "first_seen": _moment(row["article_first_seen"]),
            "last_seen": _moment(row["last_seen"]),
            "missed_since": _moment(row["missed_since"]),
            "gone_at": _moment(row["gone_at"]),
            "gone_reason": row["gone_reason"],
            "latest": row["version"],
            "stated_hash": digest_of_stated(said),
        }
        number = _ADD_ARTICLE.add(connection, values)
        since = _needed(row["first_seen"])
        _ADD_STATED.run_many(
            connection, rows_of_stated(number, sorted(said.items()), since, reader_changed=False)
        )
        return number

    def _add_version(
        self, connection: Connection, site: int, number: int, row: Row, article: Article, *, latest: bool
    ) -> None:
        capture = self._add_capture(connection, site, row)
        first_seen = _needed(row["first_seen"])
        values = mapping.reading_values(article) | {"content_hash": row["content_hash"]}
        reading = _ADD_READING.add(connection, {**values, "capture_id": capture})
        first = row["version"] == 1
        version = _ADD_VERSION.add(
            connection,
            {
                "article_id": number,
                "number": row["version"],
                "capture_id": capture,
                "latest_capture_id": capture,
                "first_reading_id": reading,
                "reading_id": reading,
                "fingerprint": values["fingerprint"],
                "first_seen": first_seen,
                "last_seen": _moment(row["last_seen"]),
                "superseded": None if latest else _moment(row["superseded"]),
                "changed_fields": row["changed_fields"] or [],
                "edit_kinds": row.get("edit_kinds") or [],
                "silent": bool(row["silent"]),
                "words_added": None if first else row["words_added"],
                "words_removed": None if first else row["words_removed"],
                "words_moved": None if first else row["words_moved"],
                "same_as": row["same_as"],
                "alternating": bool(row["alternating"]),
                "words": None if row["redacted"] else words_digest(article.title, article.text),
                "pages": None,
                "told_seen_before": _moment(row["seen_before"]),
            },
        )
        line = hashchain.version_line(
            version, article=number, version=row["version"], capture=capture, first_seen=first_seen,
            content_hash=row["content_hash"],
        )  # fmt: skip
        self._session.covered("version", version, line)
        known = select(verdicts.c.capture_id).where(verdicts.c.capture_id == capture)
        if connection.execute(known).first() is None:
            kind = VerdictKind.NEW if first else VerdictKind.CHANGED
            _ADD_VERDICT.run(
                connection,
                {
                    "capture_id": capture, "at": first_seen, "kind": kind.value, "page": row["kind"],
                    "article_id": number, "version_id": version, "reason": FROM_EXPORT,
                },
            )  # fmt: skip
        self.result.versions += 1

    def _add_capture(self, connection: Connection, site: int, row: Row) -> int:
        """The capture that a row names, without its bytes. Numbers stay behind those there are."""
        number = self._last_capture + int(row["capture"])
        if number in self._captures:
            return number
        self._captures.add(number)
        at = _needed(row["first_seen"])
        digest = bytes.fromhex(row["capture_digest"]) if row["capture_digest"] else None
        _ADD_CAPTURE.add(
            connection,
            {
                "id": number,
                "site_id": site,
                "address_id": self._address(connection, site, row["url"], at, None),
                "at": at,
                "status": row["capture_status"],
                "http_version": "",
                "truncated": False,
                "headers": self._no_heads,
                "dictionary_id": HEADER_DICTIONARY,
                "body_id": compression.name_elsewhere(connection, digest) if digest else None,
            },
        )
        line = hashchain.capture_line(
            number, site=row["site"], url=row["url"], via=None, at=at, status=row["capture_status"],
            http_version="", truncated=False, body=digest, request=(), answer=(), exchange=UNKNOWN,
        )  # fmt: skip
        self._session.covered("capture", number, line)
        return number

    def _address(self, connection: Connection, site: int, url: str, at: datetime, article: int | None) -> int:
        known = select(addresses.c.id).where(addresses.c.url == url, addresses.c.site_id == site)
        there = connection.execute(known).scalar()
        if there is not None:
            if article is not None:
                known_there = update(addresses).where(addresses.c.id == there)
                connection.execute(known_there.values(article_id=article))
            return int(there)
        return mapping.added_number(
            connection.execute(
                insert(addresses),
                {
                    "site_id": site, "url": url, "role": Role.PAGE.value, "found_at": at, "newness": at,
                    "how": "capture", "depth": 0, "failures": 0, "first_seen": at, "article_id": article,
                },
            )
        )  # fmt: skip

    def _add_addresses(self, connection: Connection, site: int, number: int, rows: list[Row]) -> None:
        at = _needed(rows[0]["first_seen"])
        for url in {each for row in rows for each in row["addresses"]}:
            self._address(connection, site, url, at, number)

    def _add_redaction(self, connection: Connection, number: int, rows: list[Row]) -> None:
        connection.execute(
            insert(redactions),
            {
                "article_id": number,
                "at": self._now,
                "ground": "not told",
                "reason": "it may not be shown in the archive whose export was imported",
                "who": "not told",
                "contents": [row["content_hash"] for row in rows],
                "pages": [row["capture_digest"] for row in rows if row["capture_digest"]],
                "destroyed_at": self._now,
            },
        )


def _hashes(article: Article) -> tuple[str, ...]:
    """What the content hash of an article may be, by the release that read it."""
    release = article.reader.extractor
    old = release.isdigit() and int(release) <= _OLD_KICKER
    hashes = (content_hash(article),)
    return (*hashes, content_hash(article, "1")) if old or not release else hashes


def _article(row: Row) -> Article:
    """What was read, as a row has it."""
    return Article(
        kind=PageKind(row["kind"]),
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        headline=row["headline"],
        kicker=row["kicker"],
        blocks=tuple(Block(kind=BlockKind(each["kind"]), text=each["text"]) for each in row["blocks"]),
        authors=tuple(row["authors"]),
        byline=row["byline"],
        published=_stated(row, "published"),
        modified=_stated(row, "modified"),
        section=row["section"],
        tags=tuple(row["tags"]),
        images=tuple(
            Image(url=each["url"], caption=each["caption"], credit=each["credit"], alt=each["alt"])
            for each in row["images"]
        ),
        links=None if row["links"] is None else tuple(row["links"]),
        language=row["language"],
        dateline=row["dateline"],
        sources=row["sources"],
        reader=Provenance(extractor=row["extractor"], rules=row["rules"], memory=row["memory"]),
    )


def _stated(row: Row, name: str) -> StatedTime | None:
    """A time that the site states. Of a day, the moment it begins tells the site's own time."""
    said = row[name]
    if said is None:
        return None
    value = datetime.fromisoformat(said)
    day = len(said) == len("2026-03-02")
    stated = row.get(f"{name}_precision")
    precision = Precision(stated) if stated else Precision.DAY if day else Precision.INSTANT
    if precision is Precision.DAY:
        ahead: timedelta = value - _needed(row[f"{name}_utc"]).replace(tzinfo=None)
        value = value.replace(tzinfo=timezone(ahead) if ahead else UTC)
    return StatedTime(value=value, raw=row[f"{name}_raw"], source=row[f"{name}_source"], precision=precision)


def _moment(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said).astimezone(UTC)


def _needed(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)
