"""Captures -> one WACZ file (1.1.1): WARC volumes, a packed index, pages with their text, digests of all."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version as release
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import orjson

from archive import files
from archive.archive import Archive
from archive.errors import ArchiveError, UsageError
from archive.export.web_archives.heads import warc_date
from archive.export.web_archives.volumes import digest
from archive.export.web_archives.warc import SIZE, Chosen, ExportedPage, WarcResult, export_warc

Sign = Callable[[str], Mapping[str, Any]]
"""The digest of ``datapackage.json`` -> its ``signedData``."""

_LINES = 300
"""Lines of an index that are packed together."""


def export_wacz(
    archive: Archive,
    path: Path,
    chosen: Chosen,
    *,
    operator: str | None = None,
    size: int = SIZE,
    sign: Sign | None = None,
) -> WarcResult:
    """Write captures as the WACZ file *path*; what stands beside WARC files stands in its ``logs/``.

    *sign* gives the ``signedData`` of a digest, in the form of ``authsign``; no two signatures are equal.

    Its ``created`` is the time of the latest capture, so that one state always gives the same bytes. Raises
    :class:`UsageError`, and :class:`ArchiveError` when it cannot be written.
    """
    if path.suffix != ".wacz":
        raise UsageError(f"{path}: expected a name that ends in .wacz")
    try:
        with files.workplace(path.parent) as place:
            folder = place / "warc"
            result = export_warc(archive, folder, chosen, operator=operator, size=size, pages=True)
            with files.writing(path) as file:
                _write(file, folder, result, chosen, sign)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror or error}") from error
    result.files = [path]
    return result


def _write(file: IO[bytes], folder: Path, result: WarcResult, chosen: Chosen, sign: Sign | None) -> None:
    assert result.latest is not None
    index, blocks = _packed_index((folder / "index.cdxj").read_text(encoding="utf-8").splitlines(True))
    logs = [folder / name for name in ("crawl.log", "missed.jsonl", "manifest.json")]
    parts: list[tuple[str, bytes | Path, bool]] = [
        ("pages/pages.jsonl", b"".join(_pages(result.pages)), True),
        *((f"archive/{each.name}", each, False) for each in result.files),
        ("indexes/index.cdx.gz", index, False),
        ("indexes/index.idx", blocks, True),
        *((f"logs/{each.name}", each, True) for each in logs if each.stat().st_size),  # empty is not valid
    ]
    stamp = result.latest.astimezone(UTC)
    resources = []
    with zipfile.ZipFile(file, "w", allowZip64=True) as package:
        for name, content, deflated in parts:
            resources.append(_add(package, name, content, stamp, deflated=deflated))
        described = orjson.dumps(
            {
                "profile": "data-package",
                "wacz_version": "1.1.1",
                "software": f"Legger/{release('legger')}",
                "created": warc_date(stamp.replace(microsecond=0)),
                "title": chosen.site or "Legger",
                "resources": resources,
                "legger": {"chain": {"seal": result.head.seal, "digest": result.head.digest}},
            },
            option=orjson.OPT_INDENT_2,
        )
        _add(package, "datapackage.json", described, stamp, deflated=True)
        digest_of = f"sha256:{hashlib.sha256(described).hexdigest()}"
        whole: dict[str, Any] = {"path": "datapackage.json", "hash": digest_of}
        if sign is not None:
            whole["signedData"] = sign(digest_of)
        _add(package, "datapackage-digest.json", orjson.dumps(whole), stamp, deflated=True)


def _add(
    package: zipfile.ZipFile, name: str, content: bytes | Path, at: datetime, *, deflated: bool
) -> dict[str, Any]:
    """Add a file; returns how ``datapackage.json`` names it. WARC files are stored, so that replay can read
    them where they stand."""
    entry = zipfile.ZipInfo(name, date_time=(max(at.year, 1980), *at.timetuple()[1:6]))
    entry.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    summed, count = hashlib.sha256(), 0
    with package.open(entry, "w", force_zip64=isinstance(content, Path)) as out:
        for piece in _pieces(content):
            summed.update(piece)
            count += len(piece)
            out.write(piece)
    return {
        "name": name.rpartition("/")[2],
        "path": name,
        "hash": f"sha256:{summed.hexdigest()}",
        "bytes": count,
    }


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def _pages(pages: list[ExportedPage]) -> Iterator[bytes]:
    header = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
    yield orjson.dumps(header, option=orjson.OPT_APPEND_NEWLINE)
    for page in pages:
        members = {
            "id": page.version,
            "url": page.url,
            "ts": warc_date(page.at),
            "title": page.title,
            "text": page.text,
        }
        yield orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE)


def _packed_index(lines: list[str]) -> tuple[bytes, bytes]:
    """(the index in gzip members of some hundred lines, where each begins): what replay looks up without
    unpacking all."""
    packed = BytesIO()
    blocks = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    for start in range(0, len(lines), _LINES):
        some = lines[start : start + _LINES]
        member = gzip.compress("".join(some).encode(), mtime=0)
        where = {"offset": packed.tell(), "length": len(member), "digest": digest(member)}
        key = " ".join(some[0].split(" ", 2)[:2])
        blocks.append(f"{key} {json.dumps(where)}\n")
        packed.write(member)
    return packed.getvalue(), "".join(blocks).encode()
