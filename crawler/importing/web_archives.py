"""WARC, ARC and WACZ files -> what they hold, in the order of its times.

A file is walked through once to learn what stands where; then each capture is read from its place. So
versions come in the order of their times, whatever the order of files and records.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import zstandard

from archive.export.web_archives.heads import (
    moment_of,
    original_lines,
    parsed,
    read_fields,
    with_facts,
)
from archive.files import refuse_database
from archive.model.exchange import Cut, Exchange
from archive.model.types import Capture
from crawler.fetching.wire import NotAsked, unpacked
from crawler.importing.records import Damage, Record, RecordFile
from crawler.settings import DOWNLOAD_MAXSIZE
from crawler.urls import normal_address

ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz", ".wacz")
"""Endings of files that are read here."""

_ANSWERS = frozenset({"response", "revisit"})
_PAGES = re.compile(r"text/html|application/xhtml\+xml|(?:text|application)/(?:[a-z]+\+)?xml", re.I)
"""Types of what may be a page or a source of pages where only it was kept, and no answer with a head."""
NO_TIME = datetime.min.replace(tzinfo=UTC)
"""Of a record that states none."""
MOST_TOLD = 10
"""Damaged places of a file that are told one by one."""


class Unusable(ValueError):
    """A record that is no capture, or of which no capture can be made; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPlace:
    """Where an answer stands."""

    at: datetime
    file: int
    offset: int
    url: str
    number: str
    """WARC-Record-ID."""
    kind: str
    concurrent: tuple[str, ...] = ()
    repeats: tuple[str, str] = ("", "")
    """Of a revisit: the number and the payload digest of what it repeats; empty where it states none."""
    wrong: str = ""
    """Why no capture can be made of it; empty: none is known."""


@dataclass(kw_only=True)
class WebArchives:
    """Files that were walked through."""

    answers: list[RecordPlace] = field(default_factory=list)
    """Responses and revisits, in the order of their times."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """(file, what is wrong with it, and where)."""
    records: int = 0
    _names: list[str] = field(default_factory=list)
    _open: list[RecordFile] = field(default_factory=list)
    _beside: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """(request or metadata, number of an answer) -> (file, offset)."""
    _numbered: dict[str, RecordPlace] = field(default_factory=dict)
    _payloads: dict[str, RecordPlace] = field(default_factory=dict)
    """WARC-Payload-Digest -> the first response that has it."""
    _stack: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Close the files, and remove what was unpacked of them."""
        self._stack.close()

    def name(self, place: RecordPlace) -> str:
        """The file in which an answer stands."""
        return self._names[place.file]

    # ------------------------------------------------------------ walking through

    def add(self, path: Path, update: Callable[[int], None] | None = None) -> None:
        """Learn what stands in a file. *update* hears how many records there were so far."""
        refuse_database(path)
        if path.suffix == ".wacz":
            for _, member in self.members(str(path), path):
                self.walk(f"{path}:{member.name}", RecordFile.opened(member, self.new_folder), update)
        else:
            self.walk(str(path), RecordFile.opened(path, self.new_folder), update)

    def members(
        self, name: str, package: Path | IO[bytes], only: str | None = None
    ) -> list[tuple[str, Path]]:
        """The WARC files of a WACZ file, unpacked, each with its name there; or *only* one."""
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="legger-wacz-")))
        found = []
        try:
            with zipfile.ZipFile(package) as opened:
                for number, each in enumerate(sorted(opened.namelist())):
                    if each.startswith("archive/") and each.endswith(ENDINGS[:-1]) and only in (None, each):
                        member = folder / f"{number}-{Path(each).name}"
                        with opened.open(each) as packed, member.open("wb") as out:
                            shutil.copyfileobj(packed, out)
                        found.append((each, member))
        except (zipfile.BadZipFile, OSError, zlib.error) as error:
            self.problems.append((name, f"it cannot be unpacked: {error}"))
        return found

    def walk(self, name: str, file: RecordFile, update: Callable[[int], None] | None = None) -> None:
        """Learn what stands in a file, which is closed with this."""
        number = len(self._names)
        self._stack.callback(file.close)
        self._names.append(name)
        self._open.append(file)
        damaged = 0
        for found in file.walk():
            if isinstance(found, Damage):
                damaged += 1
                if damaged <= MOST_TOLD:
                    self.problems.append((name, f"at byte {found.offset:,}: {found.says}"))
                continue
            self._note(found, number)
            self.records += 1
            if update is not None and not self.records % 100:
                update(self.records)
        if damaged > MOST_TOLD:
            self.problems.append((name, f"{damaged - MOST_TOLD:,} more places are damaged"))

    def new_folder(self) -> Path:
        """A folder for what is unpacked, removed with this."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="legger-warc-")))

    def _note(self, record: Record, file: int) -> None:
        get, kind = record.get, record.get("warc-type") or ""
        number = get("warc-record-id") or f"{file}:{record.offset}"
        concurrent = tuple(record.fields.get("warc-concurrent-to", ()))
        if kind in ("request", "metadata"):
            if record.wrong or (kind == "metadata" and "warc-fields" not in (get("content-type") or "")):
                return
            for each in (*concurrent, number):
                self._beside.setdefault((kind, each), (file, record.offset))
            return
        url = _address(get("warc-target-uri") or "")
        if kind == "resource":
            if not url.startswith(("http://", "https://")) or not _PAGES.match(get("content-type") or ""):
                return  # notes of crawlers, pictures of pages, their text
        elif kind not in _ANSWERS:
            return
        wrong = record.wrong
        if not wrong and (get("warc-segment-number") or "").strip():
            wrong = "a part of an answer: its other parts stand in records of their own"
        try:
            at = moment_of(get("warc-date") or "")
        except ValueError:
            wrong = wrong or "it states no time at which it was captured"
            at = NO_TIME
        place = RecordPlace(
            at=at, file=file, offset=record.offset, url=url, number=number, kind=kind, concurrent=concurrent,
            wrong=wrong,
            repeats=(get("warc-refers-to") or "", get("warc-payload-digest") or "") if kind == "revisit"
            else ("", ""),
        )  # fmt: skip
        self.answers.append(place)
        if wrong:
            return
        self._numbered[number] = place
        if kind == "response" and (payload := get("warc-payload-digest")):
            self._payloads.setdefault(payload, place)

    def in_order(self) -> list[RecordPlace]:
        """All answers, in the order of their times."""
        self.answers.sort(key=lambda each: (each.at, each.file, each.offset))
        return self.answers

    # ------------------------------------------------------------ reading

    def capture(self, place: RecordPlace, body_of: Callable[[str, datetime], bytes | None]) -> Capture:
        """The capture that stands at a place; its site is empty unless the record, one of ours, names it.

        *body_of* (address, time) gives the body of a capture that stands elsewhere, for revisits. Raises
        :class:`Unusable`.
        """
        if place.wrong:
            raise Unusable(place.wrong)
        record = self._record(place.file, place.offset)
        get, content = record.get, record.content
        if place.kind == "resource":
            return self._resource(place, record)
        head = parsed(content)
        status = _status(head.first)
        lines = head.lines
        body = content[head.size :]
        if place.kind == "revisit":
            origin = self.origin(place)
            if status != 304:
                found = self._body_of(origin, body_of, get)
                if found is None:
                    raise Unusable("a revisit of a capture that is not here")
                body = found
                if not content.strip():
                    if origin is None:
                        raise Unusable("a revisit without a head, of a capture that is not here")
                    first = parsed(self._record(origin.file, origin.offset).content)
                    head, lines, status = first, first.lines, _status(first.first)
        if status is None:
            raise Unusable("no answer of HTTP")
        renamed = original_lines(lines)
        sent, exchange = self._request(place)
        cut = _cut(get("warc-truncated"))
        known = self.facts(place)
        if renamed == lines and place.kind == "response":
            body, exchange, short = _decoded(body, lines, exchange)
            cut = cut or short
        capture = Capture(
            site="",
            url=place.url,
            at=place.at,
            status=status,
            headers=renamed,
            body=body,
            request_headers=sent,
            http_version=head.first.split(" ", 1)[0] if head.first.startswith("HTTP/") else "HTTP/1.1",
            truncated=cut is not None,
            exchange=replace(
                exchange,
                status_line=head.first,
                server=get("warc-ip-address"),
                cut=cut,
            ),
        )
        if "site" not in known or "capture" not in known:
            return replace(capture, url=_normal(capture.url))
        try:
            return with_facts(capture, known)
        except ValueError as error:
            raise Unusable(f"its metadata record cannot be read: {error}") from error

    def _resource(self, place: RecordPlace, record: Record) -> Capture:
        """A page that was kept without the answer it came in."""
        content = record.content
        return Capture(
            site="",
            url=_normal(place.url),
            at=place.at,
            status=200,
            headers=(("Content-Type", record.get("content-type") or ""),),
            body=content[:DOWNLOAD_MAXSIZE],
            truncated=(cut := _too_long(content) or _cut(record.get("warc-truncated"))) is not None,
            exchange=Exchange(cut=cut),
        )

    def file(self, number: int) -> RecordFile:
        """A file, by its number. Raises :class:`Unusable` where it is not there any more."""
        return self._open[number]

    def _record(self, file: int, offset: int) -> Record:
        try:
            found = self.file(file).read(offset)
        except (OSError, ValueError) as error:
            raise Unusable(f"its record cannot be read: {error}") from error
        if found.wrong:
            raise Unusable(found.wrong)
        return found

    def near(self, kind: str, place: RecordPlace) -> tuple[int, int] | None:
        """File and offset of the ``request`` or ``metadata`` of an answer; ``None``: it has none."""
        found = (self._beside.get((kind, number)) for number in (place.number, *place.concurrent))
        return next((each for each in found if each), None)

    def _near(self, kind: str, place: RecordPlace) -> bytes | None:
        found = self.near(kind, place)
        return self._record(*found).content if found else None

    def _request(self, place: RecordPlace) -> tuple[tuple[tuple[str, str], ...], Exchange]:
        content = self._near("request", place)
        if not content:
            return (), Exchange()
        head = parsed(content)
        return head.lines, Exchange(request_line=head.first or None)

    def facts(self, place: RecordPlace) -> dict[str, str]:
        """What the metadata of an answer says; empty: it has none. Raises :class:`Unusable`."""
        content = self._near("metadata", place)
        return read_fields(content) if content else {}

    def origin(self, place: RecordPlace) -> RecordPlace | None:
        """What a revisit repeats, where it stands in these files."""
        number, payload = place.repeats
        found = self._numbered.get(number) or self._payloads.get(payload)
        return found if found is not None and found.number != place.number else None

    def _body_of(
        self,
        origin: RecordPlace | None,
        body_of: Callable[[str, datetime], bytes | None],
        get: Callable[[str], str | None],
    ) -> bytes | None:
        if origin is not None and origin.kind == "response":
            content = self._record(origin.file, origin.offset).content
            head = parsed(content)
            if original_lines(head.lines) != head.lines:
                return content[head.size :]
            return _decoded(content[head.size :], head.lines, Exchange())[0]
        try:
            return body_of(
                _normal(_address(get("warc-refers-to-target-uri") or "")),
                moment_of(get("warc-refers-to-date") or ""),
            )
        except ValueError:
            return None


def _address(url: str) -> str:
    """An address as a record has it; some tools put it in angle brackets."""
    return url.strip().removeprefix("<").removesuffix(">").partition("#")[0]


def _normal(url: str) -> str:
    try:
        return normal_address(url)
    except ValueError as error:
        raise Unusable("no web address") from error


def _status(first: str) -> int | None:
    said = _STATUS.match(first)
    return int(said[1]) if said else None


_STATUS = re.compile(r"HTTP/\d(?:\.\d)? (\d{3})(?:\s|$)")


def _cut(said: str | None) -> Cut | None:
    if said is None:
        return None
    try:
        return Cut(said.strip().lower())
    except ValueError:
        return Cut.UNSPECIFIED


def _too_long(body: bytes) -> Cut | None:
    return Cut.LENGTH if len(body) > DOWNLOAD_MAXSIZE else None


def _decoded(
    content: bytes, lines: tuple[tuple[str, str], ...], exchange: Exchange
) -> tuple[bytes, Exchange, Cut | None]:
    """(the body without the codings that its head names, the exchange with what came over the wire, why the
    body is not whole)."""
    named = {name.lower(): value.lower() for name, value in lines}
    entity, ended = content, True
    chunked = "chunked" in named.get("transfer-encoding", "")
    if chunked:
        entity, ended = _joined(content)
    codings = [value for name, value in lines if name.lower() == "content-encoding"]
    try:
        body, whole = unpacked(_as_browsers_unpack(entity, codings), _others(codings), limit=DOWNLOAD_MAXSIZE)
    except NotAsked as error:
        raise Unusable(str(error).replace(", which was not asked for", ", which is not read")) from error
    if not chunked and (body is not entity or not codings):
        # of what somebody decoded, and of whose head is as it was, the stated length says nothing
        stated = named.get("content-length", "")
        ended = not stated.isdecimal() or len(entity) >= int(stated)
    known = replace(exchange, wire_size=len(entity), wire_digest=hashlib.sha256(entity).digest())
    cut = _too_long(body) or (None if ended and whole else Cut.DISCONNECT)
    return body[:DOWNLOAD_MAXSIZE], known, cut


_OF_BROWSERS = ("br", "zstd")
"""Codings that browsers ask for, and our own crawls do not."""


def _last(codings: list[str]) -> str:
    return codings[-1].split(",")[-1].strip().lower() if codings else ""


def _as_browsers_unpack(entity: bytes, codings: list[str]) -> bytes:
    """Brotli or zstd, the last coding applied, taken off; what is not packed as it says stays as it is."""
    name = _last(codings)
    if name == "zstd":
        try:
            with zstandard.ZstdDecompressor().stream_reader(entity, read_across_frames=True) as reader:
                return bytes(reader.read(DOWNLOAD_MAXSIZE + 1))
        except zstandard.ZstdError:
            return entity
    if name != "br":
        return entity
    try:
        import brotli
    except ImportError as error:
        raise Unusable("its body is packed with Brotli: pip install brotli") from error
    try:
        return bytes(brotli.decompress(entity))
    except brotli.error:
        return entity


def _others(codings: list[str]) -> list[str]:
    names = [each.strip() for value in codings for each in value.split(",") if each.strip()]
    return names[:-1] if names and names[-1].lower() in _OF_BROWSERS else names


def _joined(content: bytes) -> tuple[bytes, bool]:
    """(a chunked body as one, whether it has its end); one that is not chunked, whatever its head says, is as
    it is."""
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK.match(content, at):
        length = int(size[1], 16)
        at = size.end()
        if not length:
            return b"".join(pieces), True
        pieces.append(content[at : at + length])
        at += length
        if content[at : at + 2] == b"\r\n":
            at += 2
    return (b"".join(pieces), False) if pieces else (content, True)


_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def may_be_a_page(capture: Capture) -> bool:
    """Whether an answer is something that a crawl would ask for: no picture, style sheet or script."""
    if not 200 <= capture.status < 300:
        return True
    kind = (capture.header("content-type") or "text/html").strip().lower()
    return kind.startswith(_TYPES) and not kind.startswith(_OTHER_TYPES) and "javascript" not in kind


_TYPES = (
    "text/",
    "application/xhtml",
    "application/xml",
    "application/rss",
    "application/atom",
    "application/rdf",
)
_OTHER_TYPES = ("text/css", "text/javascript", "text/x-")
