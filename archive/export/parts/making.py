"""An export in parts: all that may change is had at once, then each part is made by itself, whenever.

A part is planned from one snapshot, with whatever may be otherwise later: which versions, how they stand, at
which addresses. What it is made of beside that are readings, which stay as they are. So parts that are made
hours later, and by others, are of the one state that was planned. Redactions alone are those of the hour in
which a part is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, func, select

from archive.db.schema import redactions
from archive.export.choice import RowChoice
from archive.export.formats.methods import Counted
from archive.export.formats.parquet import part_files
from archive.export.jsonl import json_lines
from archive.export.rows import Kept, facts, made_of

ROWS = 5_000
"""Rows of a part, about, where nothing else is said: as many as take some seconds. A part of Parquet holds
rows of one site, and has a file for each of their months."""
_ARTICLE, _SITE = 0, 2


@dataclass(frozen=True, kw_only=True)
class PlannedPart:
    """What a part is to be made of."""

    number: int
    site: str | None
    """``None``: of several sites."""
    kept: tuple[Kept, ...]
    """As :func:`archive.export.rows.facts` tells rows."""

    @property
    def articles(self) -> set[int]:
        """Their numbers."""
        return {each[_ARTICLE] for each in self.kept}

    def plain(self) -> dict[str, Any]:
        """As plain data, for :meth:`of_plain`."""
        rows = [[each.hex() if isinstance(each, bytes) else each for each in row] for row in self.kept]
        return {"number": self.number, "site": self.site, "kept": rows}

    @classmethod
    def of_plain(cls, said: Mapping[str, Any]) -> PlannedPart:
        """The other way round."""
        rows = (
            (*row[:_DIGEST], row[_DIGEST] and bytes.fromhex(row[_DIGEST]), *row[_DIGEST + 1 :])
            for row in said["kept"]
        )
        return cls(number=said["number"], site=said["site"], kept=tuple(rows))


_DIGEST = -2
"""Where the digest of a page stands among the facts of a row."""


class PartsPlan:
    """The parts of an export, all from one snapshot."""

    def __init__(self, connection: Connection, choice: RowChoice, form: str, size: int) -> None:
        """*size*: rows of a part, about."""
        self._connection, self._choice, self._form, self._size = connection, choice, form, size
        self.sites: set[str] = set()
        """Of the parts that were planned so far."""
        self.articles = 0
        """How many these hold."""

    def parts(self) -> Iterator[PlannedPart]:
        """Each part, in order."""
        by_site = self._form == "parquet"
        number, held, known = 1, list[Kept](), set[int]()
        for row in facts(self._connection, self._choice, by_month=by_site):
            if held and self._ends(held, row):
                yield self._part(number, held)
                number, held = number + 1, []
                if not by_site or row[_SITE] not in self.sites:
                    known = set()
            self.sites.add(row[_SITE])
            if row[_ARTICLE] not in known:
                known.add(row[_ARTICLE])
                self.articles += 1
            held.append(row)
        if held:
            yield self._part(number, held)

    def _ends(self, held: list[Kept], row: Kept) -> bool:
        if self._form == "parquet":
            return len(held) >= self._size or held[-1][_SITE] != row[_SITE]
        return len(held) >= self._size and held[-1][_ARTICLE] != row[_ARTICLE]

    def _part(self, number: int, held: list[Kept]) -> PlannedPart:
        site = held[0][_SITE] if self._form == "parquet" else None
        return PlannedPart(number=number, site=site, kept=tuple(held))


@dataclass(frozen=True, kw_only=True)
class MadePart:
    """The files of a part."""

    files: Mapping[str, bytes]
    """By their names within the folder."""
    counted: Counted
    hidden: frozenset[int]
    """Its articles that were redacted when it was made."""
    mark: tuple[int, ...]
    """Of all redactions then: :func:`redactions_mark`."""

    def digests(self) -> dict[str, str]:
        """SHA-256 of the files, in hexadecimal."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}


def make_part(connection: Connection, part: PlannedPart, form: str, as_of: datetime | None) -> MadePart:
    """Make a part, in a snapshot of any later hour."""
    hidden = hidden_of(connection, part)
    counted = Counted()
    rows = counted.passing(made_of(connection, part.kept, hidden, as_of))
    if form == "parquet":
        files = dict(part_files(_by_month(rows, hidden), part.number))
    else:
        packer = zstandard.ZstdCompressor(write_content_size=True)
        files = {f"part-{part.number:06}.jsonl.zst": packer.compress(b"".join(json_lines(rows)))}
    return MadePart(files=files, counted=counted, hidden=hidden, mark=redactions_mark(connection))


def _by_month(rows: Iterator[Mapping[str, Any]], hidden: frozenset[int]) -> Iterator[Mapping[str, Any]]:
    """Rows of a site, those first that may not be shown: no month is known of them."""
    if not hidden:
        return rows
    return iter(sorted(rows, key=lambda row: ((row["published_day"] or "")[:7], row["id"], row["version"])))


def hidden_of(connection: Connection, part: PlannedPart) -> frozenset[int]:
    """The articles of a part that are redacted in this snapshot."""
    articles = part.articles
    standing = select(redactions.c.article_id).where(
        redactions.c.lifted_at.is_(None), redactions.c.article_id.between(min(articles), max(articles))
    )
    return frozenset(articles & set(connection.execute(standing).scalars()))


def redactions_mark(connection: Connection) -> tuple[int, ...]:
    """Another after every redaction, destruction and lifting."""
    counted = select(
        func.count(redactions.c.id), func.count(redactions.c.destroyed_at), func.count(redactions.c.lifted_at)
    )
    return tuple(connection.execute(counted).one())
