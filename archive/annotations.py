"""A researcher's notes, tags and saved queries: lines of JSON, only ever added to.

What was noted stays on record, with when and by whom, also when it was taken back. What is not published is
its author's: a reading room that others reach does not show it. A line names its article by id, site, key and
address, so that it can be read without the archive.

``legger.db`` has its annotations in a file beside it, ``legger.annotations.jsonl``, which goes along with an
export, and is written where the archive itself is only read. An archive on a database server has the same
lines in its table ``annotation_lines``.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import orjson
from sqlalchemy import func, insert, select, update

from archive.db.backend import url_of
from archive.db.mapping import MASK
from archive.db.schema import annotation_lines
from archive.db.session import Session
from archive.errors import ArchiveError, NotFound, UsageError
from archive.model.folding import folded
from archive.model.types import Version
from archive.search.language.parser import parse


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note on an article."""

    at: datetime
    text: str
    number: int = field(default=0, compare=False)
    """By which it is published or taken back: that of its line."""
    by: str = ""
    """Who wrote it; empty: not said."""
    published: bool = False


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A tag on an article."""

    name: str
    number: int
    by: str = ""
    published: bool = False


@dataclass(frozen=True, kw_only=True)
class AnnotatedArticle:
    """An article with notes or tags."""

    article: int
    site: str
    url: str
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    tagged: tuple[Tag, ...] = ()
    """The tags with who put them there."""

    def published(self) -> AnnotatedArticle:
        """Without what its authors keep to themselves."""
        tagged = tuple(each for each in self.tagged if each.published)
        return replace(
            self,
            tagged=tagged,
            tags=tuple(each.name for each in tagged),
            notes=tuple(each for each in self.notes if each.published),
        )


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Annotations, read."""

    articles: Mapping[int, AnnotatedArticle] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)
    """Name -> query."""
    saved: Mapping[str, Tag] = field(default_factory=dict)
    """Name -> who keeps the query, and whether it is published."""
    unread: tuple[int, ...] = ()
    """Numbers of lines that are not as we write them."""

    def without(self, hidden: Container[int]) -> Contents:
        """The same without what was noted of articles that may not be shown."""
        shown = {number: each for number, each in self.articles.items() if number not in hidden}
        return replace(self, articles=shown)

    def published(self) -> Contents:
        """The same without what its authors keep to themselves."""
        articles = {number: each.published() for number, each in self.articles.items()}
        saved = {name: each for name, each in self.saved.items() if each.published}
        return Contents(
            articles={number: each for number, each in articles.items() if each.tags or each.notes},
            queries={name: self.queries[name] for name in saved},
            saved=saved,
        )

    def articles_with(self, what: str, words: str) -> frozenset[int]:
        """Articles with a ``tag`` of this name, or with these words in a ``note``; capitals do not matter."""
        wanted = folded(words)
        return frozenset(
            number
            for number, each in self.articles.items()
            if (
                wanted in map(folded, each.tags)
                if what == "tag"
                else any(wanted in folded(note.text) for note in each.notes)
            )
        )


class AnnotationLines(Protocol):
    """Where the lines stand. The first has number 1, and none is missing."""

    @property
    def where(self) -> str:
        """What it is called in messages."""

    def all(self) -> list[bytes]:
        """Every line, in order."""

    def add(self, *lines: bytes) -> None:
        """Add lines behind the others."""

    def rewrite(self, each: Callable[[bytes], bytes]) -> None:
        """Let *each* say what stands in a line's place."""


class Annotations:
    """The annotations of one archive, read anew at each question: several programs may write them."""

    def __init__(self, lines: AnnotationLines) -> None:
        self.lines = lines

    @classmethod
    def of(cls, session: Session) -> Annotations:
        """Those of an open archive."""
        url = url_of(session.where) if session.backend.IN_A_FILE else None
        if url is None or url.database in (None, "", ":memory:"):
            return cls(TableLines(session))
        return cls.beside(str(url.database))

    @classmethod
    def beside(cls, archive: str) -> Annotations:
        """Those of an archive in a file, which need not be open."""
        return cls(FileLines(Path(archive).with_suffix(".annotations.jsonl")))

    def read(self) -> Contents:
        """All that is noted. Raises :class:`ArchiveError` when it cannot be read.

        A line that is not as we write it is left out, and named in ``unread``.
        """
        articles: dict[int, AnnotatedArticle] = {}
        queries: dict[str, str] = {}
        saved: dict[str, Tag] = {}
        unread: list[int] = []
        lines: dict[int, Mapping[str, Any]] = {}
        for place, words in enumerate(self.lines.all(), 1):
            line = _understood(words)
            if line is None:
                unread.append(place)
            elif line["what"] == "back":
                lines.pop(line["line"], None)
            elif line["what"] == "publish":
                if line["line"] in lines:
                    lines[line["line"]] = {**lines[line["line"]], "published": line["on"]}
            else:
                lines[place] = line
        for place, line in lines.items():
            match line["what"]:
                case "save":
                    queries[line["name"]] = line["query"]
                    saved[line["name"]] = _tag(line["name"], place, line)
                case "drop":
                    queries.pop(line["name"], None)
                    saved.pop(line["name"], None)
                case _:
                    number = line["article"]
                    known = articles.get(
                        number, AnnotatedArticle(article=number, site=line["site"], url=line["url"])
                    )
                    articles[number] = _added(known, place, line)
        marked = {number: each for number, each in articles.items() if each.tags or each.notes}
        return Contents(
            articles=marked, queries=dict(sorted(queries.items())), saved=saved, unread=tuple(unread)
        )

    def note(self, version: Version, text: str, *, at: datetime, by: str = "", publish: bool = False) -> None:
        """Write a note beside an article."""
        if not text.strip():
            raise UsageError("a note has words")
        self._add({"what": "note", "text": text.strip(), **_named(version, at), **_signed(by, publish)})

    def tag(
        self, version: Version, tag: str, *, at: datetime, off: bool = False, by: str = "",
        publish: bool = False,
    ) -> None:  # fmt: skip
        """Put a tag on an article, or take it *off*."""
        if not tag.strip():
            raise UsageError("a tag has letters")
        what = "untag" if off else "tag"
        self._add({"what": what, "tag": tag.strip(), **_named(version, at), **_signed(by, publish)})

    def save(self, name: str, query: str, *, at: datetime, by: str = "", publish: bool = False) -> None:
        """Keep a query by name. Raises :class:`QueryError` for one that cannot be read."""
        if not name or any(sign.isspace() for sign in name):
            raise UsageError(f"name {name!r}: a saved query has a name without spaces")
        parse(query)
        line = {"what": "save", "name": name, "query": query, "at": at.isoformat()}
        self._add({**line, **_signed(by, publish)})

    def drop(self, name: str, *, at: datetime) -> None:
        """Forget a saved query (what it was stays on record)."""
        self.query(name)
        self._add({"what": "drop", "name": name, "at": at.isoformat()})

    def publish(self, number: int, *, at: datetime, on: bool = True) -> None:
        """Show a note, tag or saved query to all readers, or (not *on*) to its author alone again."""
        self._known(number)
        self._add({"what": "publish", "line": number, "on": on, "at": at.isoformat()})

    def take_back(self, number: int, *, at: datetime) -> None:
        """Take a note, tag or saved query back; that it was there stays on record."""
        self._known(number)
        self._add({"what": "back", "line": number, "at": at.isoformat()})

    def _known(self, number: int) -> None:
        read = self.read()
        numbers = {each.number for each in read.saved.values()}
        for article in read.articles.values():
            numbers |= {each.number for each in article.notes} | {each.number for each in article.tagged}
        if number not in numbers:
            raise NotFound("there is no note, tag or saved query with number {number}", number=number)

    def destroy(self, article: int, mask: Callable[[str], str]) -> None:
        """Take out what was noted of an article, and, by *mask*, its name from the notes of others."""
        self.lines.rewrite(lambda words: _without(words, article, mask))

    def query(self, name: str) -> str:
        """A saved query. Raises :class:`NotFound`."""
        queries = self.read().queries
        if name not in queries:
            there = ", ".join(queries) or "none yet"
            raise NotFound(f"there is no saved query {name!r}; there are: {there}")
        return queries[name]

    def _add(self, line: Mapping[str, Any]) -> None:
        try:
            self.lines.add(orjson.dumps(line))
        except orjson.JSONEncodeError as error:
            raise UsageError(f"what is annotated is text, in whole characters: {error}") from error


class FileLines:
    """Lines of a file, which is made with the first."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def where(self) -> str:
        """What it is called in messages."""
        return str(self.file)

    def all(self) -> list[bytes]:
        """Every line, in order."""
        try:
            return self.file.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ArchiveError(f"{self.file} cannot be read: {error.strerror or error}") from error

    def add(self, *lines: bytes) -> None:
        """Add lines behind the others."""
        try:
            with self._locked() as file:
                whole = b"".join(line + b"\n" for line in lines)
                file.write(whole if self._ends_whole() else b"\n" + whole)
        except OSError as error:
            raise ArchiveError(f"{self.file} cannot be written: {error.strerror or error}") from error

    def rewrite(self, each: Callable[[bytes], bytes]) -> None:
        """Let *each* say what stands in a line's place."""
        if not self.file.exists():
            return
        try:
            with self._locked() as file:
                kept = [each(words) for words in self.file.read_bytes().splitlines()]
                part = self.file.with_name(f".{self.file.name}.part")
                part.write_bytes(b"".join(words + b"\n" for words in kept))
                part.chmod(os.fstat(file.fileno()).st_mode & 0o777)
                part.replace(self.file)
        except OSError as error:
            raise ArchiveError(f"{self.file} cannot be written: {error.strerror or error}") from error

    def _ends_whole(self) -> bool:
        """Whether the last line has its end: one that a full disk or a power cut broke off has none."""
        with self.file.open("rb") as file:
            if not file.seek(0, os.SEEK_END):
                return True
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """The file, open for adding to it, and ours alone."""
        while True:
            with self.file.open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self.file.exists() and os.fstat(file.fileno()).st_ino == self.file.stat().st_ino:
                    yield file
                    return  # else it was written anew while we waited


class TableLines:
    """Lines of the table in the archive itself. Who adds one opened the archive for writing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def where(self) -> str:
        """What it is called in messages."""
        return f"{self._session.where}, table annotation_lines"

    def all(self) -> list[bytes]:
        """Every line, in order."""
        with self._session.asking() as connection:
            in_order = select(annotation_lines.c.says).order_by(annotation_lines.c.number)
            return [line.encode() for line in connection.execute(in_order).scalars()]

    def add(self, *lines: bytes) -> None:
        """Add lines behind the others."""
        with self._session.writing("(annotations)") as connection:
            last = connection.execute(select(func.max(annotation_lines.c.number))).scalar() or 0
            rows = [{"number": last + n, "says": line.decode()} for n, line in enumerate(lines, 1)]
            connection.execute(insert(annotation_lines), rows)
        self._session.commit()

    def rewrite(self, each: Callable[[bytes], bytes]) -> None:
        """Let *each* say what stands in a line's place."""
        with self._session.writing("(annotations)") as connection:
            for number, says in connection.execute(select(annotation_lines)).all():
                if (kept := each(says.encode()).decode()) != says:
                    mine = annotation_lines.c.number == number
                    connection.execute(update(annotation_lines).where(mine).values(says=kept))
        self._session.commit()


_TEXTS = {
    "save": ("name", "query"),
    "drop": ("name",),
    "note": ("site", "url", "text"),
    "tag": ("site", "url", "tag"),
    "untag": ("site", "url", "tag"),
    "publish": (),
    "back": (),
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
        if line["what"] in ("publish", "back") and type(line["line"]) is not int:
            return None
        if line["what"] == "publish" and type(line["on"]) is not bool:
            return None
        if not isinstance(line.get("by", ""), str) or type(line.get("published", False)) is not bool:
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


def _signed(by: str, publish: bool) -> dict[str, Any]:
    return {"by": by, "published": publish} if by or publish else {}


def _tag(name: str, number: int, line: Mapping[str, Any]) -> Tag:
    return Tag(name=name, number=number, by=line.get("by", ""), published=line.get("published", False))


def _added(known: AnnotatedArticle, number: int, line: Mapping[str, Any]) -> AnnotatedArticle:
    tagged, notes = known.tagged, known.notes
    match line["what"]:
        case "note":
            note = Note(
                at=datetime.fromisoformat(line["at"]), text=line["text"], number=number,
                by=line.get("by", ""), published=line.get("published", False),
            )  # fmt: skip
            notes = (*notes, note)
        case "tag":
            tagged = (
                *(each for each in tagged if each.name != line["tag"]),
                _tag(line["tag"], number, line),
            )
        case "untag":
            tagged = tuple(each for each in tagged if each.name != line["tag"])
    return replace(known, tagged=tagged, tags=tuple(each.name for each in tagged), notes=notes)
