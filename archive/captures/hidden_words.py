"""What names a redacted article, wherever it stands: its headlines and the path of its address.

A page, a feed or a header line that names it is shown with these words masked, and so are longer pieces of
its text in them. Pure but for :func:`words_of`, which asks the archive what they are.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, select

from archive.captures.word_marks import WordMarks, marks_of, together
from archive.db.mapping import MASK
from archive.db.schema import addresses, articles, captures, readings, redactions, stated_values, verdicts

SHORTEST_TITLE, SHORTEST_PATH = 10, 5
"""Signs below which a headline ("Brand") or a path ("/nl/") names nothing by itself."""

LARGEST = 64_000_000
"""Bytes to which a body that came packed (``sitemap.xml.gz``) is unpacked to look for words in it."""

HALF = 0.5
"""Share of an article's known passages from which a page is that article."""

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class HiddenWords:
    """Words that are masked."""

    each: tuple[WordMarks, ...] = ()
    """Those of each article."""

    @cached_property
    def marks(self) -> WordMarks:
        """Those of all of them."""
        return together(self.each)

    def __bool__(self) -> bool:
        return bool(self.marks)

    def masked(self, text: str) -> str:
        """The text without these words."""
        return self.marks.masked(text)

    def masked_value(self, value: Any) -> Any:
        """Plain data without these words, wherever they stand in it."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, list):
            return [self.masked_value(each) for each in value]
        if isinstance(value, dict):
            return {self.masked(key): self.masked_value(each) for key, each in value.items()}
        return value

    def masked_bytes(self, body: bytes, *, passages: bool = True) -> bytes:
        """A body without these words: as it was, when it has none of them.

        *passages*: nor longer pieces of an article's text, as a feed or a listing has them.
        """
        if not self.marks:
            return body
        if not body.startswith(_GZIP):
            return self._masked(body, passages)
        try:
            plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, LARGEST)
        except zlib.error:  # no gzip after all
            return self._masked(body, passages)
        masked = self._masked(plain, passages)
        return body if masked == plain else gzip.compress(masked, mtime=0)

    def is_text_of(self, body: bytes) -> bool:
        """Whether a page holds half of the text of one of these articles, or more."""
        text, _, _ = _decoded(body)
        return any(one.share_of_text(text) >= HALF for one in self.each)

    def _masked(self, body: bytes, passages: bool) -> bytes:
        text, encoding, errors = _decoded(body)
        masked = self.marks.masked(text, passages=passages)
        return body if masked == text else masked.encode(encoding, errors)


def _decoded(body: bytes) -> tuple[str, str, str]:
    """A body as text, and how to write it back: its encoding, and what is done with what is none."""
    wide = next((each for bom, each in _WIDE.items() if body.startswith(bom)), None)
    if wide is not None:
        with suppress(UnicodeDecodeError):  # broken off within a letter of two bytes
            return body.decode(wide, "surrogatepass"), wide, "surrogatepass"
    return body.decode("utf-8", "surrogateescape"), "utf-8", "surrogateescape"


_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def words_of(
    connection: Connection, *, site: int, article: int | None = None, destroyed: bool = False
) -> HiddenWords:
    """What names an *article* of a site, or all its redacted ones; only those *destroyed*, if so asked.

    Of a destroyed one no word is left: it is known by the marks that were made of them.
    """
    hidden = (
        select(redactions.c.article_id, redactions.c.destroyed_at, redactions.c.marks)
        .join(articles, articles.c.id == redactions.c.article_id)
        .where(articles.c.site_id == site, redactions.c.lifted_at.is_(None))
    )
    if article is not None:
        hidden = hidden.where(redactions.c.article_id == article)
    if destroyed:
        hidden = hidden.where(redactions.c.destroyed_at.is_not(None))
    rows = connection.execute(hidden).all()
    marks = [WordMarks(frozenset(row.marks or ())) for row in rows if row.destroyed_at is not None]
    marks += [
        marks_of(_named(connection, row.article_id), _texts(connection, row.article_id))
        for row in rows
        if row.destroyed_at is None
    ]
    return HiddenWords(tuple(marks))


def _texts(connection: Connection, article: int) -> Sequence[str]:
    own = select(verdicts.c.capture_id).where(verdicts.c.article_id == article)
    return connection.execute(select(readings.c.text).where(readings.c.capture_id.in_(own))).scalars().all()


def came_after_a_destruction(connection: Connection, body: int) -> bool:
    """Whether a body first came after an article of its site was destroyed, and so was kept without words."""
    first = select(captures.c.site_id, captures.c.at).where(captures.c.body_id == body)
    row = connection.execute(first.order_by(captures.c.id).limit(1)).one_or_none()
    if row is None:
        return False
    known = (
        select(redactions.c.id)
        .join(articles, articles.c.id == redactions.c.article_id)
        .where(
            articles.c.site_id == row.site_id,
            redactions.c.destroyed_at.is_not(None),
            redactions.c.at <= row.at,
        )
    )
    return connection.execute(known.limit(1)).scalar() is not None


def _named(connection: Connection, article: int) -> Iterator[str]:
    """Headlines and paths of an article, as they stand on record."""
    own = select(verdicts.c.capture_id).where(verdicts.c.article_id == article)
    at = select(captures.c.address_id).where(captures.c.id.in_(own))
    mine = (addresses.c.article_id == article) | addresses.c.id.in_(at)
    urls = set(connection.execute(select(addresses.c.url).where(mine)).scalars())
    urls.update(connection.execute(select(articles.c.url).where(articles.c.id == article)).scalars())
    titles = set(connection.execute(select(addresses.c.title).where(mine)).scalars())
    wanted = select(readings.c.title, readings.c.content).where(readings.c.capture_id.in_(own))
    for title, content in connection.execute(wanted):
        titles |= {title, content.get("headline"), content.get("social_title")}
        urls |= {content.get("url"), content.get("canonical_url")}
    stated = select(stated_values.c.value).where(
        stated_values.c.article_id == article, stated_values.c.field == "canonical_url"
    )
    urls.update(connection.execute(stated).scalars())
    for title in titles:
        if isinstance(title, str) and len(title) >= SHORTEST_TITLE and MASK not in title:
            yield title
    for url in urls:
        if isinstance(url, str) and MASK not in url:
            yield from _paths(url)


def _paths(url: str) -> Iterator[str]:
    """The path of an address with its query, and its last part where that is a slug of some words."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    whole = path + (f"?{parts.query}" if parts.query else "")
    if len(whole) >= SHORTEST_PATH and (parts.query or path.count("/") > 1 or len(path) >= SHORTEST_TITLE):
        yield whole
    slug = path.rpartition("/")[2]
    if len(slug) >= SHORTEST_TITLE and re.search(r"[^\W\d_][-_].*[^\W\d_]", unquote(slug)):
        yield slug
        if (bare := re.sub(r"\.\w{2,5}$", "", slug)) != slug:
            yield bare
