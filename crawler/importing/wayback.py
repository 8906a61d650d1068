"""A list (CDX) of the Internet Archive, and a folder of what it lists -> captures.

The list says what was captured when; the folder has the bytes, as ``waybackpack``,
``wayback_machine_downloader`` or a script of one's own saved them. A file is known by the digest that the
list states (SHA-1 of what came), whatever its name; where none has it, by a path that has the time of the
capture and ends as its address does. A page as the Wayback Machine shows it, with its own lines in it, is
not what the site sent, and is refused: with ``id_`` behind the time, it gives pages as they came.

Lists are read as the CDX server writes them (text, or ``output=json``), with a heading of letters
(`` CDX N b a ...``), or as CDXJ.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.errors import UsageError
from archive.files import read
from archive.model.types import Capture
from crawler.importing.saved_pages import SavedPage
from crawler.importing.web_archives import Unusable
from crawler.urls import normal_address

ENDINGS = (".cdx", ".cdxj", ".cdx.json")
"""Endings of lists."""

_SERVER = "N b a m s k S"
"""The columns of the CDX server, by their letters: key, time, address, type, status, digest, size."""
_NAMES = {
    "N": "urlkey", "b": "timestamp", "a": "original", "m": "mimetype", "s": "statuscode", "k": "digest",
    "S": "length",
}  # fmt: skip
_REVISIT = "warc/revisit"
_REWRITTEN = (b"BEGIN WAYBACK TOOLBAR INSERT", b"FILE ARCHIVED ON ", b"/_static/js/bundle-playback.js")
_LARGEST = 50_000_000


@dataclass(frozen=True, kw_only=True)
class _Listed:
    """A line of a list."""

    where: str
    url: str
    at: str
    """YYYYMMDDhhmmss."""
    kind: str
    status: int | None
    digest: str


def listed_pages(path: Path, folder: Path) -> Iterator[SavedPage]:
    """What a list names, with its bytes from a folder. Raises :class:`UsageError` for what is no list."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    found = list(_lines(path))
    kept = _Folder(folder)
    statuses = {each.digest: each.status for each in reversed(found) if each.status and each.digest}
    for each in found:
        try:
            capture = _capture(each, kept, statuses)
        except Unusable as error:
            yield SavedPage(file=each.where, url=each.url, capture=None, reason=str(error))
            continue
        yield SavedPage(file=each.where, url=capture.url, capture=capture)


def _capture(each: _Listed, kept: _Folder, statuses: Mapping[str, int]) -> Capture:
    """Raises :class:`Unusable`."""
    try:
        url = normal_address(each.url)
    except ValueError as error:
        raise Unusable("no web address") from error
    try:
        at = datetime.strptime(each.at.ljust(14, "0")[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise Unusable(f"{each.at!r} is no time") from error
    status = each.status if each.status is not None else statuses.get(each.digest)
    if status is None:
        raise Unusable("the list says neither what answer it was, nor which one it repeats")
    if 300 <= status < 400:
        raise Unusable("a redirect: where it leads is not in the list")
    body = kept.find(each)
    if body is None and 200 <= status < 300:
        raise Unusable("its page is not in the folder")
    if body is not None and any(mark in body for mark in _REWRITTEN):
        raise Unusable(
            "rewritten by the Wayback Machine: fetch it as it came, with id_ behind the time in its address"
        )
    kind = each.kind if each.kind not in (_REVISIT, "-", "", "unk") else "text/html"
    return Capture(
        site="", url=url, at=at, status=status, headers=(("Content-Type", kind),), body=body or b""
    )


class _Folder:
    """The files of a folder, by digest and by name."""

    def __init__(self, folder: Path) -> None:
        self._by_digest: dict[str, Path] = {}
        self._by_time: dict[str, list[Path]] = defaultdict(list)
        for top, _, names in os.walk(folder):
            for name in sorted(names):
                path = Path(top) / name
                if not path.is_file() or path.stat().st_size > _LARGEST:
                    continue
                self._by_digest.setdefault(_digest(read(path)), path)
                for time in re.findall(r"(?<!\d)\d{14}(?!\d)", str(path.relative_to(folder))):
                    self._by_time[time].append(path)

    def find(self, each: _Listed) -> bytes | None:
        """The bytes that a line names; ``None``: they are not here."""
        path = self._by_digest.get(each.digest.removeprefix("sha1:").upper()) if each.digest else None
        if path is None:
            path = self._named(each)
        return read(path) if path is not None else None

    def _named(self, each: _Listed) -> Path | None:
        """The file of that time whose path ends as the address does, or that is the only one of its time."""
        candidates = self._by_time.get(each.at, ())
        parts = urlsplit(each.url)
        last = unquote(parts.path).rstrip("/").rpartition("/")[2]
        names = {last, f"{last}.html", "index.html"} if last else {"index.html", "index.htm"}
        if parts.query:
            names |= {f"{last}?{parts.query}", f"{last}%3F{parts.query}"}
        exact = [path for path in candidates if path.name in names]
        wanted = unquote(parts.path).strip("/")
        within = [path for path in exact if wanted in path.as_posix()] or exact
        if len(within) == 1:
            return within[0]
        return candidates[0] if len(candidates) == 1 else None


def _digest(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def _lines(path: Path) -> Iterator[_Listed]:
    try:
        text = read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    start = text.lstrip()
    if start.startswith("["):
        yield from _json(path, text)
        return
    letters = _SERVER.split()
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"{path}:{number}"
        if line.startswith((" CDX ", "CDX ")):
            letters = line.split()[1:]
        elif line.strip() and not line.startswith(("!", "#")):
            yield _listed(where, line, letters)


def _listed(where: str, line: str, letters: list[str]) -> _Listed:
    members = line.split(" ", 2)
    if len(members) == 3 and members[2].lstrip().startswith("{"):  # CDXJ
        try:
            said = json.loads(members[2])
        except ValueError as error:
            raise UsageError(f"{where}: no CDXJ: {error}") from error
        return _of(where, {
            "timestamp": members[1], "original": said.get("url"), "mimetype": said.get("mime"),
            "statuscode": said.get("status"), "digest": said.get("digest"),
        })  # fmt: skip
    columns = line.split()
    if len(columns) < 3:
        raise UsageError(f"{where}: no line of a CDX list: {line[:60]!r}")
    return _of(where, {_NAMES.get(name, name): value for name, value in zip(letters, columns, strict=False)})


def _json(path: Path, text: str) -> Iterator[_Listed]:
    try:
        head, *rows = json.loads(text)
        for number, row in enumerate(rows, start=2):
            if row:
                yield _of(f"{path}:{number}", dict(zip(head, row, strict=False)))
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path}: no list of the CDX server: {error}") from error


def _of(where: str, said: dict[str, str | None]) -> _Listed:
    status = str(said.get("statuscode") or "")
    return _Listed(
        where=where,
        url=str(said.get("original") or ""),
        at=str(said.get("timestamp") or ""),
        kind=str(said.get("mimetype") or "").lower(),
        status=int(status) if status.isdigit() else None,
        digest=str(said.get("digest") or ""),
    )
