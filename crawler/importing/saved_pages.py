"""Pages that news-please and newspaper4k saved -> captures.

What these tools read off a page is left alone: their text and ours of one page differ, and the difference
would look like an editor's. It is the page that comes in, with its address and the time at which it was had:

- **news-please**: ``NAME.html`` with ``NAME.html.json`` beside it (its ``JsonFileStorage``); the time is
  ``date_download``, which it writes in UTC.
- **newspaper4k**: one object, or JSON Lines, with ``url`` and ``html``, as ``article.to_json`` writes them
  when they are added; the time is ``date_download`` or ``download_date`` where the writer noted one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.export.web_archives.heads import moment_of
from archive.files import read
from archive.model.types import Capture, Headers
from crawler.importing.web_archives import Unusable
from crawler.urls import normal_address

ENDINGS = (".json", ".jsonl")
"""Endings of files that are read here."""

_TIMES = ("date_download", "download_date")
_HTML = ("html", "article_html_raw")


@dataclass(frozen=True, kw_only=True)
class SavedPage:
    """One page as another tool saved it."""

    file: str
    """Where it stands, with the line in a file of several."""
    capture: Capture | None
    """``None``: there is none to be made of it."""
    url: str
    reason: str = ""
    """Why there is none."""


def saved_pages(path: Path, captured_at: datetime | None = None) -> Iterator[SavedPage]:
    """The pages of a file; *captured_at* is the time of those that state none.

    Raises :class:`UsageError` for a file that cannot be read, or is no JSON.
    """
    for where, row in _rows(path):
        url = str(row.get("url") or "")
        try:
            yield SavedPage(file=where, url=url, capture=_capture(row, path, captured_at))
        except Unusable as error:
            yield SavedPage(file=where, url=url, capture=None, reason=str(error))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        text = read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    several = path.suffix == ".jsonl"
    for number, line in enumerate(text.splitlines() if several else [text], start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}" if several else str(path)
        try:
            found = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{where}: no JSON: {error}") from error
        for row in found if isinstance(found, list) else [found]:
            if isinstance(row, dict):
                yield where, row


def _capture(row: dict[str, Any], path: Path, captured_at: datetime | None) -> Capture:
    """Raises :class:`Unusable`."""
    try:
        url = normal_address(str(row.get("url") or ""))
    except ValueError as error:
        raise Unusable("it states no web address") from error
    at = _time(row) or captured_at
    if at is None:
        raise Unusable("it states no time at which it was had: say --captured-at")
    html = next((row[name] for name in _HTML if isinstance(row.get(name), str) and row[name]), None)
    said: Headers = ()
    if html is not None:
        # The tool has decoded it: whatever the page says of its letters, they are UTF-8 now.
        said = (("Content-Type", "text/html; charset=utf-8"),)
        body = html.encode("utf-8", "replace")
    else:
        body = _beside(row, path)
    return Capture(site="", url=url, at=at, status=200, headers=said, body=body)


def _beside(row: dict[str, Any], path: Path) -> bytes:
    """The page that news-please saved beside its JSON."""
    names = [path.with_suffix("").name]
    if isinstance(row.get("filename"), str):
        name = Path(row["filename"]).name
        names += [name.removesuffix(".json"), f"{name.removesuffix('.json')}.html"]
    for name in names:
        page = path.with_name(name)
        if name and page != path and page.is_file():
            return read(page)
    raise Unusable("its page is not here: neither html in the row, nor a file beside it")


def _time(row: dict[str, Any]) -> datetime | None:
    for name in _TIMES:
        if isinstance(row.get(name), str) and row[name].strip():
            try:
                return moment_of(row[name].strip().replace(" ", "T", 1)).astimezone(UTC)
            except ValueError as error:
                raise Unusable(f"{name} is no time: {row[name][:40]!r}") from error
    return None
