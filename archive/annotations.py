"""A researcher's notes, tags and saved queries, in a file beside the archive.

``legger.db`` has its annotations in ``legger.annotations.jsonl``, one JSON object a line, only ever added to:
what was noted stays on record, with when. A line names its article by id, site, key and address, so that it
can be read without the archive. Copy the file, and it goes along with an export. Touches no archive.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from archive.db.mapping import MASK
from archive.errors import ArchiveError, NotFound, UsageError
from archive.model.types import Version
from archive.search.language.parser import parse


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note on an article."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class AnnotatedArticle:
    """An article with notes or tags."""

    article: int
    site: str
    url: str
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Annotations, read."""

    articles: Mapping[int, AnnotatedArticle] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)
    """Name -> query."""
    unread: tuple[int, ...] = ()
    """Numbers of lines that are not as we write them."""

    def without(self, hidden: Container[int]) -> Contents:
        """The same without what was noted of articles that may not be shown."""
        shown = {number: each for number, each in self.articles.items() if number not in hidden}
        return replace(self, articles=shown)


class Annotations:
    """The annotations of one archive, read anew at each question: several programs may write them."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @classmethod
    def of(cls, archive: str) -> Annotations:
        """The annotations beside an archive's file."""
        if "://" in archive:
            raise UsageError(
                "an archive on a database server has no annotations: there is no file to put it beside"
            )
        return cls(Path(archive).with_suffix(".annotations.jsonl"))

    def read(self) -> Contents:
        """All that stands in it. Raises :class:`ArchiveError` when the file cannot be read.

        A line that is not as we write it is left out, and named in ``unread``.
        """
        articles: dict[int, AnnotatedArticle] = {}
        queries: dict[str, str] = {}
        unread: list[int] = []
        for place, words in enumerate(self._lines(), 1):
            line = _understood(words)
            if line is None:
                unread.append(place)
                continue
            match line["what"]:
                case "save":
                    queries[line["name"]] = line["query"]
                case "drop":
                    queries.pop(line["name"], None)
                case _:
                    number = line["article"]
                    known = articles.get(
                        number, AnnotatedArticle(article=number, site=line["site"], url=line["url"])
                    )
                    articles[number] = _added(known, line)
        marked = {number: each for number, each in articles.items() if each.tags or each.notes}
        return Contents(articles=marked, queries=dict(sorted(queries.items())), unread=tuple(unread))

    def note(self, version: Version, text: str, *, at: datetime) -> None:
        """Write a note beside an article."""
        if not text.strip():
            raise UsageError("a note has words")
        self._add({"what": "note", "text": text.strip(), **_named(version, at)})

    def tag(self, version: Version, tag: str, *, at: datetime, off: bool = False) -> None:
        """Put a tag on an article, or take it *off*."""
        if not tag.strip():
            raise UsageError("a tag has letters")
        self._add({"what": "untag" if off else "tag", "tag": tag.strip(), **_named(version, at)})

    def save(self, name: str, query: str, *, at: datetime) -> None:
        """Keep a query by name. Raises :class:`QueryError` for one that cannot be read."""
        if not name or any(sign.isspace() for sign in name):
            raise UsageError(f"name {name!r}: a saved query has a name without spaces")
        parse(query)
        self._add({"what": "save", "name": name, "query": query, "at": at.isoformat()})

    def drop(self, name: str, *, at: datetime) -> None:
        """Forget a saved query (what it was stays in the file)."""
        self.query(name)
        self._add({"what": "drop", "name": name, "at": at.isoformat()})

    def destroy(self, article: int, mask: Callable[[str], str]) -> None:
        """Take out what was noted of an article, and, by *mask*, its name from the notes of others."""
        if not self.file.exists():
            return
        try:
            with self._locked() as file:
                kept = [_without(words, article, mask) for words in self.file.read_bytes().splitlines()]
                part = self.file.with_name(f".{self.file.name}.part")
                part.write_bytes(b"".join(words + b"\n" for words in kept))
                part.chmod(os.fstat(file.fileno()).st_mode & 0o777)
                part.replace(self.file)
        except OSError as error:
            raise ArchiveError(f"{self.file} cannot be written: {error.strerror or error}") from error

    def query(self, name: str) -> str:
        """A saved query. Raises :class:`NotFound`."""
        queries = self.read().queries
        if name not in queries:
            there = ", ".join(queries) or "none yet"
            raise NotFound(f"there is no saved query {name!r}; there are: {there}")
        return queries[name]

    def _lines(self) -> list[bytes]:
        try:
            return self.file.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ArchiveError(f"{self.file} cannot be read: {error.strerror or error}") from error

    def _add(self, line: Mapping[str, Any]) -> None:
        try:
            with self._locked() as file:
                file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        except orjson.JSONEncodeError as error:
            raise UsageError(f"what is annotated is text, in whole characters: {error}") from error
        except OSError as error:
            raise ArchiveError(f"{self.file} cannot be written: {error.strerror or error}") from error

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """The file, open for adding to it, and ours alone."""
        while True:
            with self.file.open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self.file.exists() and os.fstat(file.fileno()).st_ino == self.file.stat().st_ino:
                    yield file
                    return  # else it was written anew while we waited


_TEXTS = {
    "save": ("name", "query"),
    "drop": ("name",),
    "note": ("site", "url", "text"),
    "tag": ("site", "url", "tag"),
    "untag": ("site", "url", "tag"),
}
"""What a line says -> its members that are text."""


def _understood(words: bytes) -> Mapping[str, Any] | None:
    """A line as we write it; ``None`` for any other."""
    try:
        line = orjson.loads(words)
        texts = _TEXTS[line["what"]]
        if not all(isinstance(line[name], str) for name in texts):
            return None
        if "url" in texts and not (type(line["article"]) is int and 0 < line["article"] < 1 << 63):
            return None
        if line["what"] == "note":
            datetime.fromisoformat(line["at"]).astimezone(UTC)
    except (ValueError, LookupError, TypeError, OverflowError):
        return None
    return cast(Mapping[str, Any], line)


def _without(words: bytes, article: int, mask: Callable[[str], str]) -> bytes:
    """A line without what was noted of an article, or without its name; an unreadable one is emptied."""
    try:
        line = orjson.loads(words)
        members = dict(line)
    except (ValueError, TypeError):
        return b"{}"
    for name, value in members.items():
        if isinstance(value, str) and name not in ("what", "at", "site"):
            members[name] = MASK if members.get("article") == article else mask(value)
    return orjson.dumps(members)


def _named(version: Version, at: datetime) -> dict[str, Any]:
    return {
        "article": version.article_id,
        "site": version.site,
        "key": version.key,
        "url": version.article.url,
        "at": at.isoformat(),
    }


def _added(known: AnnotatedArticle, line: Mapping[str, Any]) -> AnnotatedArticle:
    tags, notes = known.tags, known.notes
    match line["what"]:
        case "note":
            notes = (*notes, Note(at=datetime.fromisoformat(line["at"]), text=line["text"]))
        case "tag":
            tags = (*(each for each in tags if each != line["tag"]), line["tag"])
        case "untag":
            tags = tuple(each for each in tags if each != line["tag"])
    return AnnotatedArticle(article=known.article, site=known.site, url=known.url, tags=tags, notes=notes)
