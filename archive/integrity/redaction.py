"""Redacting: an article hidden, or its bytes destroyed, because the law or somebody's right demands it.

What was removed, when, on what ground and by whom stays on record, with the digests of what it was. Where
feeds, listings or other pages of the site name the article, they are shown without those words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, union, update

from archive.captures.hidden_words import HiddenWords, words_of
from archive.captures.object_storage import ObjectStorage
from archive.captures.recompress import Recompression
from archive.captures.store import CaptureStore
from archive.db.mapping import masked
from archive.db.schema import (
    addresses,
    article_assets,
    articles,
    bodies,
    captures,
    readings,
    redactions,
    sites,
    verdicts,
    versions,
)
from archive.db.session import Session
from archive.errors import NotFound, UsageError
from archive.frontier.urls import REDACTED
from archive.integrity.destruction import destroy_words
from archive.queries.articles import Articles
from archive.search import fulltext
from archive.search.index import FullTextIndex

_REDACTION = (
    select(redactions, sites.c.name.label("site"), articles.c.url)
    .join(articles, articles.c.id == redactions.c.article_id)
    .join(sites, sites.c.id == articles.c.site_id)
)
_OWN_CAPTURES = union(
    select(verdicts.c.capture_id).where(verdicts.c.article_id == bindparam("article")),
    select(captures.c.id)
    .join(article_assets, article_assets.c.address_id == captures.c.address_id)
    .where(article_assets.c.article_id == bindparam("article"), article_assets.c.own),
)
_OWN_BODIES = (
    select(bodies.c.id, bodies.c.digest)
    .join(captures, captures.c.body_id == bodies.c.id)
    .where(captures.c.id.in_(_OWN_CAPTURES))
    .group_by(bodies.c.id)
)


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """The tombstone of a redacted article."""

    id: int
    article: int
    site: str
    url: str
    """Without its path while the redaction holds."""
    at: datetime
    ground: str
    """The rule it rests on, for instance ``GDPR art. 17``."""
    reason: str
    who: str
    contents: tuple[str, ...]
    """Content hashes of the versions, as first read."""
    pages: tuple[str, ...]
    """SHA-256 of the captured pages and of the article's own pictures, in hexadecimal."""
    destroyed_at: datetime | None
    """When the bytes were destroyed; ``None``: they are only hidden."""
    lifted_at: datetime | None
    """When it was taken back; ``None``: it holds."""


class Redactions:
    """Articles that may not be shown."""

    def __init__(
        self,
        session: Session,
        articles: Articles,
        captures: CaptureStore,
        index: FullTextIndex,
        recompression: Recompression,
    ) -> None:
        self._session = session
        self._articles = articles
        self._captures = captures
        self._index = index
        self._recompression = recompression

    def redact(self, url: str, *, ground: str, reason: str, who: str, at: datetime) -> Redaction:
        """Hide an article: its words from every answer and export, its pages from :meth:`body`.

        It keeps its id, address, dates and hashes, and is not asked for any more. Raises
        :class:`NotFound`, and :class:`UsageError` without a ground, or when it is redacted already.
        """
        if not ground.strip() or not reason.strip() or not who.strip():
            raise UsageError("a redaction needs a ground, a reason, and who decided it")
        article = self._articles.find(url)
        with self._session.writing(alone=True) as connection:
            if self._standing(connection, article) is not None:
                raise UsageError(f"article {article} is redacted already")
            hashes = (
                select(readings.c.content_hash)
                .join(versions, versions.c.first_reading_id == readings.c.id)
                .where(versions.c.article_id == article)
                .order_by(versions.c.number)
            )
            pages = connection.execute(_OWN_BODIES, {"article": article}).all()
            connection.execute(
                insert(redactions),
                {
                    "article_id": article,
                    "at": at,
                    "ground": ground,
                    "reason": reason,
                    "who": who,
                    "contents": list(connection.execute(hashes).scalars()),
                    "pages": [row.digest.hex() for row in pages],
                },
            )
            connection.execute(
                update(addresses)
                .where(addresses.c.article_id == article)
                .values(due_at=None, reason=REDACTED)
            )
            self._index.note_change(connection, article)
        self._session.commit()
        return self._redaction(article)

    def lift(self, url: str, *, at: datetime) -> Redaction:
        """Take a redaction back. What was destroyed stays destroyed. The record stays too."""
        article = self._articles.find(url)
        standing = self._redaction(article)
        with self._session.writing(alone=True) as connection:
            connection.execute(update(redactions).where(redactions.c.id == standing.id).values(lifted_at=at))
            connection.execute(
                update(addresses).where(addresses.c.article_id == article).values(due_at=at, reason=None)
            )
            self._index.note_change(connection, article)
        self._session.commit()
        with self._session.asking() as connection:
            return _tombstone(connection, _REDACTION.where(redactions.c.id == standing.id))

    def all(self) -> Iterator[Redaction]:
        """Every redaction there was, oldest first, lifted ones too."""
        with self._session.asking() as connection:
            numbers = connection.execute(select(redactions.c.id).order_by(redactions.c.id)).scalars().all()
            found = [_tombstone(connection, _REDACTION.where(redactions.c.id == each)) for each in numbers]
        yield from found

    def hidden_articles(self) -> frozenset[int]:
        """The articles that may not be shown."""
        wanted = select(redactions.c.article_id).where(redactions.c.lifted_at.is_(None))
        with self._session.asking() as connection:
            return frozenset(connection.execute(wanted).scalars())

    def words(self, url: str) -> HiddenWords:
        """What names an article: its headlines and addresses. Nothing is left of it when it was destroyed."""
        article = self._articles.find(url)
        site = self._redaction(article).site
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            assert number is not None
            return words_of(connection, site=number, article=article)

    def mark(self) -> tuple[int, ...]:
        """Another after every redaction, destruction and lifting: what was read before may be hidden now."""
        counted = select(
            func.count(redactions.c.id),
            func.count(redactions.c.destroyed_at),
            func.count(redactions.c.lifted_at),
        )
        with self._session.asking() as connection:
            return tuple(connection.execute(counted).one())

    def destroy(self, url: str, *, at: datetime) -> Redaction:
        """Destroy the bytes of an article that is redacted: pages, words, and every place they left a trace.

        Its headlines and the path of its address are taken out of the site's feeds, sitemaps, listings and
        other pages, of header lines and of every table too. Bodies packed with its pages are packed anew, and
        so is the site, if it has a dictionary made of pages; at the end the whole file is rewritten, so that
        no free page holds a word of it; objects to which nothing refers any more are deleted. Backups,
        earlier versions that object storage keeps, and exports made earlier are out of our reach. Cannot be
        taken back: ask first.
        """
        article = self._articles.find(url)
        standing = self._redaction(article)
        with self._session.writing(alone=True) as connection:
            site = self._session.ensure_site(connection, standing.site)
            words = words_of(connection, site=site, article=article)
            self._index.unindex(connection, article)  # while the words are there that it looks for
            taken = destroy_words(connection, site=site, article=article, words=words)
            fulltext.of(connection).purge_words(connection)
            mine = redactions.c.id == standing.id
            before = connection.execute(select(redactions.c.masked).where(mine)).scalar() or []
            connection.execute(
                update(redactions)
                .where(mine)
                .values(
                    destroyed_at=at,
                    masked=sorted({*before, *taken}),
                    marks=sorted(words.marks.marks),
                )
            )
            self._index.note_change(connection, article)
        self._session.commit()
        self._captures.packing.forget()
        self._recompression.compact(standing.site, anew=True)
        storage = ObjectStorage(self._session)
        if storage.place is not None:
            storage.sweep(now=None)
        assert self._session.writer is not None
        with self._session.writer.connect() as connection:
            self._session.backend.rewrite(connection)
        with self._session.asking() as connection:
            return _tombstone(connection, _REDACTION.where(redactions.c.id == standing.id))

    def _standing(self, connection: Connection, article: int) -> int | None:
        return connection.execute(
            select(redactions.c.id).where(
                redactions.c.article_id == article, redactions.c.lifted_at.is_(None)
            )
        ).scalar()

    def _redaction(self, article: int) -> Redaction:
        with self._session.asking() as connection:
            number = self._standing(connection, article)
            if number is None:
                raise NotFound(f"article {article} is not redacted")
            return _tombstone(connection, _REDACTION.where(redactions.c.id == number))


def _tombstone(connection: Connection, wanted: Select[*tuple[Any, ...]]) -> Redaction:
    row = connection.execute(wanted).one()
    return Redaction(
        id=row.id,
        article=row.article_id,
        site=row.site,
        url=masked(row.url) if row.lifted_at is None else row.url,
        at=row.at,
        ground=row.ground,
        reason=row.reason,
        who=row.who,
        contents=tuple(row.contents),
        pages=tuple(row.pages),
        destroyed_at=row.destroyed_at,
        lifted_at=row.lifted_at,
    )
