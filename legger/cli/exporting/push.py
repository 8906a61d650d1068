"""``legger push amcat``: articles to an AmCAT server, upserted by their number."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

import click
import orjson

from archive.errors import Unreachable, UsageError
from archive.export.choice import RowChoice
from archive.export.rows import count, rows
from archive.export.writers import PRESETS
from archive.model.export_row import ExportRow
from legger.cli.completion import sites
from legger.cli.console import (
    archive_option,
    err,
    examples,
    known_language,
    known_site,
    many,
    progress,
    reading,
    take_up,
)
from legger.outside.posting import ask, why

PIECE = 100
"""Documents that go out at a time, as AmCAT's own client sends them."""
COLUMNS: Mapping[str, str] = {
    "title": "text", "date": "date", "text": "text", "url": "url", "medium": "keyword", "author": "tag",
    "section": "keyword", "legger_id": "keyword",
}  # fmt: skip
"""Column -> its type in AmCAT."""


@click.group()
def push() -> None:
    """Send articles to a server where they are studied."""


@push.command(
    epilog=examples(
        "legger push amcat https://amcat.example.org/amcat --index krant --site krant",
        "legger push amcat https://amcat.example.org/amcat --index bruggen --query brug",
    )
)
@archive_option
@click.argument("url", metavar="URL")
@click.option("--index", "index", required=True, metavar="NAME", help="The index there; made when it is not.")
@click.option("--key", envvar="LEGGER_AMCAT_KEY", help="Your API key; better set as LEGGER_AMCAT_KEY.")
@click.option("--site", help="Only this site.", shell_complete=sites)
@click.option("--query", metavar="QUERY", help="Only what this finds; docs/search.md.")
@click.option("--published", metavar="DAYS", help="Only what was published then: 2026, 2026-03..2026-05.")
@click.option("--language", metavar="CODE", help="Only in this language.")
def amcat(
    where: str | None,
    url: str,
    index: str,
    key: str | None,
    site: str | None,
    query: str | None,
    published: str | None,
    language: str | None,
) -> None:
    """Send the latest version of each article to an index of an AmCAT server (4.1 or later).

    An article is one document there for ever: sent again, it is updated. One that may not be shown is deleted
    there.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"{url}: expected the address of an AmCAT server, https://...")
    choice = RowChoice(site=site, query=query, published=published, language=language)
    choice.asked()
    if query or published or language:
        take_up(where)
    server = _PushServer(url.rstrip("/"), index, key)
    with reading(where) as archive, progress("sending", 0) as update:
        known_site(archive, site)
        known_language(archive, language)
        server.prepare()
        sent = gone = 0
        with archive.snapshot() as connection:
            total = count(connection, choice)
            for piece in _pieces(rows(connection, choice)):
                shown = [row for row in piece if not row["redacted"]]
                hidden = [_number(row) for row in piece if row["redacted"]]
                if shown:
                    server.upsert([document(row) for row in shown])
                if hidden:
                    server.delete(hidden)
                sent, gone = sent + len(shown), gone + len(hidden)
                update(sent + gone, total)
    err.print(f"{many(sent, 'article')} -> {index} at {urlsplit(url).hostname}", markup=False)
    if gone:
        err.print(f"{many(gone, 'article')} that may not be shown are deleted there")


def document(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as AmCAT takes it; ``_id`` is the article's number, so that a later version updates it."""
    made: dict[str, Any] = {name: of(row) for name, of in PRESETS["amcat"].items()}
    made["author"] = row["authors"]
    said = {name: value for name, value in made.items() if value not in (None, "", [])}
    return {"_id": _number(row), **said}


def _number(row: Mapping[str, Any]) -> str:
    return f"legger-{row['site']}-{row['id']}"


def _pieces(some: Iterator[ExportRow]) -> Iterator[list[ExportRow]]:
    held: list[ExportRow] = []
    for row in some:
        held.append(row)
        if len(held) == PIECE:
            yield held
            held = []
    if held:
        yield held


class _PushServer:
    """An AmCAT server, and an index there."""

    def __init__(self, url: str, index: str, key: str | None) -> None:
        self._url, self._index, self._key = url, index, key

    def prepare(self) -> None:
        """See that the server is one, and that the index is there with its fields."""
        told = self._ask("GET", "config", None)
        if not isinstance(told, dict) or "authorization" not in told:
            raise UsageError(f"{self._url} is no AmCAT server: it tells no configuration")
        there = self._ask("GET", f"index/{quote(self._index)}", None, absent=True)
        if there is None:
            self._ask("POST", "index/", {"id": self._index, "name": self._index})
        self._ask("POST", f"index/{quote(self._index)}/fields", dict(COLUMNS))

    def upsert(self, documents: list[dict[str, Any]]) -> None:
        """Put documents there, or update those that are."""
        body = {"documents": documents, "operation": "upsert"}
        told = self._ask("POST", f"index/{quote(self._index)}/documents", body)
        failed = told.get("failures") if isinstance(told, dict) else None
        if failed:
            raise Unreachable(f"{len(failed)} of {len(documents)} documents were refused: {failed[0]}"[:300])

    def delete(self, numbers: list[str]) -> None:
        """Take documents away."""
        self._ask("POST", f"index/{quote(self._index)}/delete_by_query", {"ids": numbers})

    def _ask(self, method: str, path: str, body: Any, *, absent: bool = False) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["X-API-Key"] = self._key
        content = None if body is None else orjson.dumps(body)
        try:
            answer = ask(f"{self._url}/{path}", content, headers, method=method)
            return orjson.loads(answer) if answer.strip() else None
        except HTTPError as error:
            with error:
                said = error.read(500).decode("utf-8", "replace")
            if absent and error.code == 404:
                return None
            raise Unreachable(f"{path}: the server answered {error.code} {error.reason}: {said}") from error
        except orjson.JSONDecodeError as error:
            raise Unreachable(f"{path}: the server's answer is no JSON") from error
        except (URLError, OSError, ValueError, http.client.HTTPException) as error:
            raise Unreachable(f"{urlsplit(self._url).hostname}: {why(error)}") from error
