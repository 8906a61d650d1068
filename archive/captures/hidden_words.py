"""What names a redacted article, wherever it stands: its headlines and the path of its address.

A page, a feed or a header line that names it is shown with these words masked. Pure but for
:func:`words_of`, which asks the archive what they are.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import Connection, select

from archive.db.mapping import MASK
from archive.db.schema import addresses, articles, captures, readings, redactions, stated_values, verdicts

SHORTEST_TITLE, SHORTEST_PATH = 10, 5
"""Signs below which a headline ("Brand") or a path ("/nl/") names nothing by itself."""

LARGEST = 64_000_000
"""Bytes to which a body that came packed (``sitemap.xml.gz``) is unpacked to look for words in it."""

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class HiddenWords:
    """Words that are masked."""

    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = {form for word in self.words for form in _forms(word)}
        return re.compile(f"(?:{'|'.join(map(re.escape, _longest_first(forms)))})(?![\\w-])", re.IGNORECASE)

    @cached_property
    def _bytes_pattern(self) -> re.Pattern[bytes]:
        forms = {
            form.encode(encoding, "ignore")
            for word in self.words
            for form in _forms(word)
            for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be")
        }
        words = b"|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
        return re.compile(b"(?:" + words + rb")(?![\w-])", re.IGNORECASE)

    def masked(self, text: str) -> str:
        """The text without these words."""
        return self._pattern.sub(MASK, text) if self.words else text

    def masked_value(self, value: Any) -> Any:
        """Plain data without these words, wherever they stand in it."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, list):
            return [self.masked_value(each) for each in value]
        if isinstance(value, dict):
            return {self.masked(key): self.masked_value(each) for key, each in value.items()}
        return value

    def masked_bytes(self, body: bytes) -> bytes:
        """A body without these words: as it was, when it has none of them."""
        if not self.words:
            return body
        if not body.startswith(_GZIP):
            return self._bytes_pattern.sub(MASK.encode(), body)
        try:
            plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, LARGEST)
        except zlib.error:  # no gzip after all
            return self._bytes_pattern.sub(MASK.encode(), body)
        masked = self._bytes_pattern.sub(MASK.encode(), plain)
        return body if masked == plain else gzip.compress(masked, mtime=0)


def words_of(connection: Connection, *, site: int, article: int | None = None) -> HiddenWords:
    """What names an *article* of a site, or all its redacted ones (of a destroyed one nothing is left)."""
    if article is not None:
        return HiddenWords(tuple(_longest_first(_named(connection, article))))
    hidden = (
        select(redactions.c.article_id)
        .join(articles, articles.c.id == redactions.c.article_id)
        .where(articles.c.site_id == site, redactions.c.lifted_at.is_(None))
    )
    found = {word for each in connection.execute(hidden).scalars().all() for word in _named(connection, each)}
    return HiddenWords(tuple(_longest_first(found)))


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


def _forms(word: str) -> Iterator[str]:
    """A word as pages, feeds, scripts and addresses write it."""
    for plain in {word, unquote(word)}:
        yield plain
        yield quote(plain, safe="/?=&;:@!$'()*+,-._~%")
        for written in (plain, html.escape(plain), html.escape(plain, quote=False)):
            yield written
            yield written.replace("&#x27;", "&#039;")
            yield written.replace("&#x27;", "&#39;")
            yield _as_references(written, "&#{};")
            yield written.replace("/", "\\/")
        for ascii_only in (True, False):
            inner = json.dumps(plain, ensure_ascii=ascii_only)[1:-1]
            yield inner
            yield inner.replace("/", "\\/")


def _as_references(text: str, form: str) -> str:
    """Letters beyond ASCII as numeric references."""
    return "".join(each if each.isascii() else form.format(ord(each)) for each in text)


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda each: (-len(each), each))
