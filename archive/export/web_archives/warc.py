"""Captures -> WARC/1.1 files, with an index, what was missed and the crawl log beside them. Needs warcio.

Records come in the order of the captures' times. A capture is a response; a 304 is a revisit
(``server-not-modified``) of the capture it confirms, and a body that was written before a revisit of that one
(``identical-payload-digest``). Beside each stand its request, and a metadata record with what a head has no
place for; a version that it showed first is a metadata record of its own under a ``urn:`` address, so that no
replay takes it for a page. Two exports of one state are equal byte for byte: the numbers of records are made
from captures, and volumes are dated by the latest capture.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, select

from archive import files
from archive.archive import Archive
from archive.assets.screenshots import data_of
from archive.captures.compression import ELSEWHERE
from archive.captures.hidden_words import HiddenWords
from archive.captures.store import REDACTED_CAPTURE
from archive.db import mapping
from archive.db.mapping import AnyRow
from archive.db.schema import REVISION, addresses, bodies, captures, sites, verdicts, versions
from archive.errors import ArchiveError, UsageError
from archive.export.web_archives.heads import answer_head, facts, fields, request_line, warc_date
from archive.export.web_archives.volumes import FIELDS, Volumes, WarcRecord, digest, needed, record_number
from archive.integrity.verify import ChainHead, head_of
from archive.model.addresses import Role
from archive.model.types import StoredCapture, Version

SIZE = 1_000_000_000
"""Most bytes of a volume, as the guideline of the Dutch Nationaal Archief asks."""

_REVISIT = "http://netpreserve.org/warc/1.1/revisit/"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What of an archive is written."""

    site: str | None = None
    since: datetime | None = None
    """Captures of this time or later."""
    until: datetime | None = None
    """Captures before this time."""


@dataclass(frozen=True, kw_only=True)
class ExportedPage:
    """A version where it was captured first, for a list of pages."""

    url: str
    at: datetime
    title: str
    text: str
    version: str
    """``urn:legger:SITE:article:N:version:M``."""


@dataclass(kw_only=True)
class WarcResult:
    """What was written."""

    head: ChainHead
    captures: int = 0
    revisits: int = 0
    """Of these, without a body of their own."""
    versions: int = 0
    screenshots: int = 0
    missed: int = 0
    withheld: int = 0
    """Captures of articles that may not be shown; they are not written."""
    latest: datetime | None = None
    """Time of the latest capture."""
    files: list[Path] = field(default_factory=list)
    """The volumes."""
    pages: list[ExportedPage] = field(default_factory=list)


def export_warc(
    archive: Archive,
    folder: Path,
    chosen: Chosen,
    *,
    operator: str | None = None,
    packed: bool = True,
    size: int = SIZE,
    pages: bool = False,
) -> WarcResult:
    """Write captures as WARC files into a *folder* that does not exist yet, or is empty.

    Beside the volumes stand ``index.cdxj``, ``missed.jsonl`` (what was found and could not be harvested),
    ``crawl.log`` (Heritrix's columns) and ``manifest.json``. *size* bounds a volume, unless the records of
    one capture alone are larger. With *pages*, the result lists the versions. The folder has its name when
    all is written, or not at all. Raises :class:`UsageError`, and :class:`ArchiveError` when it cannot be
    written.
    """
    needed()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already: name a folder that is new, or empty")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with files.workplace(folder.parent) as place:
            part = place / folder.name
            part.mkdir()
            with archive.snapshot() as connection:
                made = _Exporting(archive, connection, part, chosen, pages=pages)
                result = made.run(operator, packed, size)
            with suppress(FileNotFoundError):
                folder.rmdir()
            part.replace(folder)
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written: {error.strerror or error}") from error
    result.files = [folder / each.name for each in result.files]
    return result


@dataclass(frozen=True)
class _Reference:
    """A response that revisits refer to."""

    number: str
    url: str
    at: datetime
    digest: str


class _Exporting:
    """One export under way."""

    def __init__(
        self, archive: Archive, connection: Connection, folder: Path, chosen: Chosen, *, pages: bool
    ) -> None:
        self._archive, self._connection, self._folder = archive, connection, folder
        self._chosen, self._pages = chosen, pages
        self._result = WarcResult(head=head_of(connection))
        self._bodies: dict[bytes, _Reference] = {}
        """SHA-256 of a body -> the response that has it."""
        self._standing: dict[tuple[str, str], _Reference] = {}
        """(site, address) -> the latest response there that a 304 may confirm."""
        self._shown_first: dict[int, list[int]] = defaultdict(list)
        """Capture -> numbers of the rows of versions it showed first."""

    def run(self, operator: str | None, packed: bool, size: int) -> WarcResult:
        result, wanted = self._result, _wanted(self._chosen)
        chosen = wanted.subquery()
        latest = self._connection.execute(
            select(func.max(chosen.c.at)).where(chosen.c.redacted.is_(False))
        ).scalar()
        if latest is None:
            raise UsageError("no capture is chosen: there is nothing to write")
        result.latest = latest
        names = self._connection.execute(select(chosen.c.site).distinct()).scalars().all()
        for number, capture in self._connection.execute(select(versions.c.id, versions.c.capture_id)):
            self._shown_first[capture].append(number)
        name = f"{self._chosen.site or 'legger'}-{latest.astimezone(UTC):%Y%m%d%H%M%S}"
        volumes = Volumes(self._folder, name, latest, self._information(operator), packed=packed, size=size)
        try:
            with (self._folder / "crawl.log").open("w", encoding="utf-8", newline="\n") as log:
                for row in self._connection.execute(wanted.execution_options(yield_per=500)):
                    if row.redacted:
                        result.withheld += 1
                        continue
                    kept = self._archive.captures.shown(self._connection, row.id)
                    volumes.write(list(self._records(kept, row)))
                    words = self._archive.captures.hidden_words(self._connection, row.site_id)
                    log.write(_logged(kept, row, words))
                    result.captures += 1
        finally:
            volumes.close()
        result.files = volumes.files
        with (self._folder / "index.cdxj").open("w", encoding="utf-8", newline="\n") as index:
            index.writelines(sorted(volumes.index))
        self._write_missed(sorted(names))
        self._write_manifest()
        return result

    def _information(self, operator: str | None) -> list[tuple[str, str]]:
        head, chosen = self._result.head, self._chosen
        said = [
            ("software", f"Legger/{release('legger')}"),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            ("operator", operator),
            ("robots", "obeyed (RFC 9309)"),
            ("isPartOf", chosen.site),
            ("description", _period(chosen)),
            ("legger-chain", f"{head.seal}:{head.digest}"),
        ]
        return [(name, value) for name, value in said if value]

    # ------------------------------------------------------------ one capture

    def _records(self, kept: StoredCapture, row: AnyRow) -> Iterator[WarcRecord]:
        capture = kept.capture
        number = _number(kept, "response")
        common: dict[str, str] = {}
        if capture.exchange.server:
            common["WARC-IP-Address"] = capture.exchange.server
        yield self._answer(kept, row, number, common)
        if capture.request_headers or capture.exchange.request_line:
            yield WarcRecord(
                kind="request", number=_number(kept, "request"), url=capture.url, at=capture.at,
                content_type="application/http; msgtype=request", first=request_line(capture),
                lines=capture.request_headers, headers=common | {"WARC-Concurrent-To": number},
            )  # fmt: skip
        known = [("capture", str(kept.id)), *facts(capture)]
        if row.verdict is not None:
            known.append(("filed-as", row.verdict))
        if kept.masked:
            known.append(("redacted", "names a redacted article; those words were taken out"))
        if row.article_id is not None:
            known.append(("article", f"urn:legger:{capture.site}:article:{row.article_id}"))
        yield WarcRecord(
            kind="metadata", number=_number(kept, "metadata"),
            url=f"urn:legger:{capture.site}:capture:{kept.id}", at=capture.at,
            content_type=FIELDS, body=fields(known), headers={"WARC-Concurrent-To": number},
        )  # fmt: skip
        yield from self._screenshot(kept, number)
        for version in self._versions_of(kept):
            yield self._version(kept, version, number)

    def _screenshot(self, kept: StoredCapture, response: str) -> Iterator[WarcRecord]:
        """The picture of the archived page, if there is one: no server's answer, so under none's address."""
        made = self._archive.screenshots.shown(self._connection, kept)
        if made is not None:
            self._result.screenshots += 1
            yield WarcRecord(
                kind="conversion", number=_number(kept, f"screenshot {made.digest.hex()}"),
                url=f"urn:legger:{kept.capture.site}:capture:{kept.id}:screenshot", at=made.at,
                content_type=made.media_type, body=data_of(self._connection, kept.id),
                headers={"WARC-Refers-To": response},
            )  # fmt: skip

    def _answer(self, kept: StoredCapture, row: AnyRow, number: str, common: Mapping[str, str]) -> WarcRecord:
        capture = kept.capture
        first, lines = answer_head(capture)
        headers = dict(common)
        place = (capture.site, capture.url)
        confirmed = self._standing.get(place) if capture.status == 304 else None
        known = self._bodies.get(hashlib.sha256(capture.body).digest()) if capture.body else None
        revisited = confirmed or known
        if capture.truncated:
            headers["WARC-Truncated"] = capture.exchange.cut or "unspecified"
        if revisited is None and capture.status != 304:
            record = WarcRecord(
                kind="response", number=number, url=capture.url, at=capture.at,
                content_type="application/http; msgtype=response", first=first, lines=lines,
                body=capture.body, headers=headers | {"WARC-Payload-Digest": digest(capture.body)},
                indexed=True,
            )  # fmt: skip
            reference = _Reference(number, capture.url, capture.at, record.headers["WARC-Payload-Digest"])
            if capture.body:
                self._bodies[hashlib.sha256(capture.body).digest()] = reference
            if capture.status == 200:
                self._standing[place] = reference
            return record
        self._result.revisits += 1
        headers["WARC-Profile"] = _REVISIT + (
            "server-not-modified" if capture.status == 304 else "identical-payload-digest"
        )
        if revisited is not None:
            headers |= {
                "WARC-Refers-To": revisited.number,
                "WARC-Refers-To-Target-URI": revisited.url,
                "WARC-Refers-To-Date": warc_date(revisited.at),
                "WARC-Payload-Digest": revisited.digest,
            }
            if capture.status == 200:
                self._standing[place] = revisited
        return WarcRecord(
            kind="revisit", number=number, url=capture.url, at=capture.at,
            content_type="application/http; msgtype=response", first=first, lines=lines,
            headers=headers, indexed=True,
        )  # fmt: skip

    def _versions_of(self, kept: StoredCapture) -> list[Version]:
        numbers = self._shown_first.get(kept.id)
        if not numbers:
            return []
        wanted = mapping.VERSION.where(versions.c.id.in_(numbers)).order_by(versions.c.id)
        found = [mapping.version_of(row) for row in self._connection.execute(wanted)]
        return [each for each in found if not each.redacted]

    def _version(self, kept: StoredCapture, version: Version, response: str) -> WarcRecord:
        article = version.article
        urn = f"urn:legger:{version.site}:article:{version.article_id}:version:{version.number}"
        self._result.versions += 1
        if self._pages:
            self._result.pages.append(
                ExportedPage(
                    url=kept.capture.url,
                    at=kept.capture.at,
                    title=article.title,
                    text=article.text,
                    version=urn,
                )
            )
        members = {
            "id": version.article_id,
            "version": version.number,
            "site": version.site,
            "key": version.key,
            "url": article.url,
            "kind": article.kind.value,
            "title": article.title,
            "text": article.text,
            "authors": article.authors,
            "published": article.published.text if article.published else None,
            "section": article.section,
            "language": article.language,
            "first_seen": version.first_seen,
            "changed_fields": version.changed_fields,
            "edit_kinds": version.edit_kinds,
            "content_hash": version.content_hash,
            "extractor": article.reader.extractor,
            "rules": article.reader.rules,
            "memory": article.reader.memory,
        }
        return WarcRecord(
            kind="metadata", number=record_number(f"{urn} {version.content_hash}"), url=urn,
            at=kept.capture.at, content_type="application/json", body=orjson.dumps(members),
            headers={"WARC-Refers-To": response},
        )  # fmt: skip

    # ------------------------------------------------------------ beside the volumes

    def _write_missed(self, names: list[str]) -> None:
        with (self._folder / "missed.jsonl").open("wb") as file:
            for site in names:
                for each in self._archive.coverage.missed(site):
                    if self._chosen.until is not None and each.found_at >= self._chosen.until:
                        continue
                    self._result.missed += 1
                    file.write(orjson.dumps({"site": site, **_plain(each)}, option=orjson.OPT_APPEND_NEWLINE))

    def _write_manifest(self) -> None:
        result, chosen = self._result, self._chosen
        members = {
            "software": f"Legger/{release('legger')}",
            "chosen": {
                "site": chosen.site,
                "since": chosen.since,
                "until": chosen.until,
            },
            "captures": result.captures,
            "revisits": result.revisits,
            "versions": result.versions,
            "screenshots": result.screenshots,
            "missed": result.missed,
            "withheld": result.withheld,
            "chain": {"seal": result.head.seal, "digest": result.head.digest},
            "schema": REVISION,
            "files": {each.name: files.sha256(each) for each in sorted(self._folder.iterdir())},
        }
        data = orjson.dumps(members, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        (self._folder / "manifest.json").write_bytes(data)


def _wanted(chosen: Chosen) -> Select[*tuple[Any, ...]]:
    """The captures in the order of their times; not those of which only an export spoke."""
    wanted = (
        select(
            captures.c.id,
            captures.c.at,
            sites.c.id.label("site_id"),
            sites.c.name.label("site"),
            addresses.c.how,
            addresses.c.role,
            addresses.c.depth,
            addresses.c.found_on,
            verdicts.c.kind.label("verdict"),
            verdicts.c.article_id,
            REDACTED_CAPTURE,
        )
        .select_from(captures)
        .join(sites, sites.c.id == captures.c.site_id)
        .join(addresses, addresses.c.id == captures.c.address_id)
        .outerjoin(verdicts, verdicts.c.capture_id == captures.c.id)
        .outerjoin(bodies, bodies.c.id == captures.c.body_id)
        .where(bodies.c.codec.is_distinct_from(ELSEWHERE))
    )
    if chosen.site is not None:
        wanted = wanted.where(sites.c.name == chosen.site)
    if chosen.since is not None:
        wanted = wanted.where(captures.c.at >= chosen.since)
    if chosen.until is not None:
        wanted = wanted.where(captures.c.at < chosen.until)
    return wanted.order_by(captures.c.at, captures.c.id)


def _number(kept: StoredCapture, what: str) -> str:
    capture = kept.capture
    return record_number(f"{what} {capture.site} {kept.id} {capture.at.isoformat()} {capture.url}")


def _logged(kept: StoredCapture, row: AnyRow, words: HiddenWords) -> str:
    """A line in the columns of Heritrix's crawl.log; what is not known is a dash."""
    capture = kept.capture
    at = capture.at.astimezone(UTC)
    kind = (capture.header("content-type") or "-").partition(";")[0].strip() or "-"
    path = "R" if capture.via else "E" if row.role == Role.ASSET else ("L" * min(row.depth, 50) or "-")
    notes = [row.how] + ([f"truncated:{capture.exchange.cut or 'unspecified'}"] if capture.truncated else [])
    members = (
        f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z", f"{capture.status:5d}",
        f"{len(capture.body):10d}", capture.url, path, capture.via or words.masked(row.found_on or "-"),
        kind.replace(" ", ""), "-", f"{at:%Y%m%d%H%M%S}", digest(capture.body), row.site, ",".join(notes),
    )  # fmt: skip
    return " ".join(members) + "\n"


def _plain(each: Any) -> dict[str, Any]:
    members: dict[str, Any] = orjson.loads(orjson.dumps(each))
    return members


def _period(chosen: Chosen) -> str:
    said = [f"{word} {warc_date(at)}" for word, at in (("from", chosen.since), ("until", chosen.until)) if at]
    return " ".join(["captures", *said])
