"""WARC records into volumes of bounded size, with the lines of their index. Needs warcio and surt."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import IO

from archive.errors import UsageError
from archive.export.web_archives.heads import block, fields, warc_date
from archive.model.types import Headers

FIELDS = "application/warc-fields"


@dataclass(frozen=True, kw_only=True)
class WarcRecord:
    """One WARC record, before it has a volume."""

    kind: str
    """``response``, ``request``, ``revisit``, ``metadata`` or ``conversion``."""
    number: str
    """WARC-Record-ID, as :func:`record_number` makes it."""
    url: str
    at: datetime
    content_type: str
    first: str = ""
    """The first line of its HTTP head; empty: it has none."""
    lines: Headers = ()
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header lines of the record besides those that every record has."""
    indexed: bool = False
    """It has a line in the index."""


class Volumes:
    """WARC files in a folder, a new one when the next capture would make the last one larger than *size*."""

    def __init__(
        self, folder: Path, name: str, at: datetime, information: Sequence[tuple[str, str]], *,
        packed: bool, size: int,
    ) -> None:  # fmt: skip
        """*name*: how the files' names begin; *at*: their date; *information*: what their warcinfo says."""
        self._folder, self._name, self._at, self._information = folder, name, at, information
        self._packed, self._size = packed, size
        self._file: IO[bytes] | None = None
        self._warcinfo = ""
        self._begun = False
        self.files: list[Path] = []
        self.index: list[str] = []
        """CDXJ lines, in no order."""

    def write(self, records: Sequence[WarcRecord]) -> None:
        """Write records that belong together into one volume."""
        if self._file is None:
            self._next()
        assert self._file is not None
        pieces = [self._content(each) for each in records]
        if self._begun and self._file.tell() + sum(map(len, pieces)) > self._size:
            self._next()
            pieces = [self._content(each) for each in records]
        for record, piece in zip(records, pieces, strict=True):
            if record.indexed:
                self.index.append(self._line(record, self._file.tell(), len(piece)))
            self._file.write(piece)
        self._begun = True

    def close(self) -> None:
        """Close the last volume."""
        if self._file is not None:
            self._file.close()

    def _next(self) -> None:
        self.close()
        ending = "warc.gz" if self._packed else "warc"
        path = self._folder / f"{self._name}-{len(self.files):05d}.{ending}"
        self._file, self._begun = path.open("wb"), False
        self.files.append(path)
        self._warcinfo = record_number(f"warcinfo {path.name} {self._information}")
        info = WarcRecord(
            kind="warcinfo", number=self._warcinfo, url="", at=self._at, content_type=FIELDS,
            body=fields(self._information), headers={"WARC-Filename": path.name},
        )  # fmt: skip
        self._file.write(self._content(info))

    def _content(self, record: WarcRecord) -> bytes:
        """A record as it stands in the file."""
        from warcio.statusandheaders import StatusAndHeaders
        from warcio.warcwriter import WARCWriter

        class Verbatim(StatusAndHeaders):  # type: ignore[misc]
            """Header lines as they are: warcio would write those beyond ASCII in another way."""

            def compute_headers_buffer(self, header_filter: object = None) -> None:
                """The head's bytes."""
                self.headers_buff = block(record.first, record.lines)

        out = BytesIO()
        writer = WARCWriter(out, gzip=self._packed, warc_version="WARC/1.1")
        named = {"WARC-Record-ID": record.number, "WARC-Date": warc_date(record.at)}
        if record.kind != "warcinfo":
            named["WARC-Warcinfo-ID"] = self._warcinfo
        made = writer.create_warc_record(
            record.url,
            record.kind,
            payload=BytesIO(record.body),
            length=len(record.body),
            warc_content_type=record.content_type,
            warc_headers_dict=named | dict(record.headers),
            http_headers=Verbatim(record.first, []) if record.first else None,
        )
        writer.write_record(made)
        return out.getvalue()

    def _line(self, record: WarcRecord, offset: int, length: int) -> str:
        assert self.files
        status = record.first.split(" ")[1:2]
        kind = next((value for name, value in record.lines if name.lower() == "content-type"), "")
        members = {
            "url": record.url,
            "mime": "warc/revisit" if record.kind == "revisit" else re.split(r"[;\s]", kind, maxsplit=1)[0],
            "status": status[0] if status else None,
            "digest": record.headers.get("WARC-Payload-Digest") or digest(record.body),
            "length": str(length),
            "offset": str(offset),
            "filename": self.files[-1].name,
        }
        said = {name: value for name, value in members.items() if value}
        return f"{key_of(record.url)} {record.at.astimezone(UTC):%Y%m%d%H%M%S} {json.dumps(said)}\n"


def key_of(url: str) -> str:
    """The key under which replay looks an address up."""
    import surt

    try:
        return str(surt.surt(url))
    except Exception:  # surt raises what it happens to; what it does not understand is its own key
        return url


def record_number(what: str) -> str:
    """The number of a record, always the same for the same thing."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'legger {what}')}>"


def digest(content: bytes) -> str:
    """A digest as WARC tools write it: SHA-1 in base 32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def needed() -> None:
    """Raise :class:`UsageError` unless what web archives are written and read with is installed."""
    if find_spec("surt") is None or find_spec("warcio") is None:  # loading them takes a while
        raise UsageError("web archives need more: pip install 'legger[warc]'")
