"""Citing a version: an id for ever, and the forms in which scholars write it. Pure.

The id is ``legger:ARTICLE.VERSION-HASH``: the article's permanent number, the version's, and the first
twelve digits of the content hash as the version was first read. It is valid as long as the archive is,
whatever is read better later, and it cannot be moved to another archive without the hash giving it away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

_ID = re.compile(r"legger:(\d+)\.(\d+)-([0-9a-f]{12})")


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What a citation says of a version."""

    article: int
    version: int
    title: str
    authors: tuple[str, ...]
    publisher: str
    published: str | None
    """ISO 8601, as the site stated it; ``None`` when it did not."""
    language: str | None
    url: str
    seen: datetime
    """When the version was first seen. UTC."""
    content_hash: str
    """As first read."""
    capture: int
    capture_digest: str | None
    """SHA-256 of the page's bytes, in hexadecimal."""

    @property
    def id(self) -> str:
        """The permanent id."""
        return f"legger:{self.article}.{self.version}-{self.content_hash[:12]}"

    def text(self) -> str:
        """One line: authors, title, publisher, date, address, version, id."""
        who = f"{'; '.join(self.authors)}. " if self.authors else ""
        when = f", {self.published[:10]}" if self.published else ""
        which = f"version {self.version}, {self.seen:%Y-%m-%d %H:%M} UTC; {self.id}"
        return f"{who}“{self.title}”. {self.publisher}{when}. {self.url} ({which})"

    def csl(self) -> dict[str, Any]:
        """CSL-JSON, as Zotero and pandoc read it."""
        item: dict[str, Any] = {
            "id": self.id,
            "type": "article-newspaper",
            "title": self.title,
            "container-title": self.publisher,
            "author": [{"literal": name} for name in self.authors],
            "issued": _parts(date.fromisoformat(self.published[:10])) if self.published else None,
            "accessed": _parts(self.seen.date()),
            "language": self.language,
            "URL": self.url,
            "version": str(self.version),
            "archive": "Legger",
            "archive_location": self.id,
            "note": self._proof(),
        }
        return {name: value for name, value in item.items() if value}

    def bibtex(self) -> str:
        """A BibTeX entry (``@online``, for biblatex)."""
        fields = {
            "title": f"{{{_tex(self.title)}}}",
            "author": " and ".join(f"{{{_tex(name)}}}" for name in self.authors),
            "organization": _tex(self.publisher),
            "date": self.published[:10] if self.published else "",
            "url": self.url,
            "urldate": f"{self.seen:%Y-%m-%d}",
            "version": str(self.version),
            "langid": self.language or "",
            "note": _tex(self._proof()),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@online{{{self.id.replace(':', '-')},\n{lines}}}\n"

    def ris(self) -> str:
        """A RIS record."""
        lines = [("TY", "NEWS"), ("TI", self.title)]
        lines += [("AU", name) for name in self.authors]
        lines += [
            ("T2", self.publisher),
            ("DA", self.published[:10].replace("-", "/") if self.published else ""),
            ("Y2", f"{self.seen:%Y/%m/%d/%H:%M} UTC"),
            ("LA", self.language or ""),
            ("UR", self.url),
            ("ET", str(self.version)),
            ("AN", self.id),
            ("N1", self._proof()),
            ("ER", ""),
        ]
        folded = ((tag, " ".join(value.split())) for tag, value in lines)
        return "".join(f"{tag}  - {value}\r\n" for tag, value in folded if value or tag == "ER")

    def _proof(self) -> str:
        page = f", page sha256 {self.capture_digest}" if self.capture_digest else ""
        return f"Seen {self.seen:%Y-%m-%dT%H:%M:%SZ}; {self.id}; content sha256 {self.content_hash}{page}"


def parse(words: str) -> tuple[int, int, str] | None:
    """(article, version, beginning of the content hash) of an id; ``None`` for anything else."""
    found = _ID.fullmatch(words.strip())
    return (int(found[1]), int(found[2]), found[3]) if found else None


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    mark: f"\\{mark}" for mark in "&%$#_{}"
}


def _tex(words: str) -> str:
    return "".join(_TEX.get(character, character) for character in words)
