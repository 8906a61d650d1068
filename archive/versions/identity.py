"""By which key what stands at an address is filed: which article it is, and which page of it."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, bindparam, select

from archive.captures.store import CaptureStore
from archive.compare.fingerprint import words_digest
from archive.compare.likeness import is_a_further_page, is_edited, says_the_same
from archive.db import mapping
from archive.db.mapping import AnyRow, without_words
from archive.db.prepared import Statement
from archive.db.schema import addresses, articles, versions
from archive.db.session import Session
from archive.model.types import Article, Keys, ReadAgain, StoredCapture
from archive.versions.rows import BY_ID, BY_KEY, FilingRows, reading_of

log = logging.getLogger(__name__)

_READ_THERE = Statement(
    select(addresses.c.article_id).where(
        addresses.c.url == bindparam("url"), addresses.c.site_id == bindparam("site")
    )
)
_SAME_WORDS = Statement(
    select(articles.c.id, articles.c.key, versions.c.reading_id)
    .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest))
    .where(
        versions.c.words == bindparam("words"),
        articles.c.site_id == bindparam("site"),
        articles.c.moved_to.is_(None),
    )
    .order_by(articles.c.id)
)


class Identification:
    """Tells which article a reading is, by what is filed already."""

    def __init__(self, session: Session, captures: CaptureStore, rows: FilingRows) -> None:
        self._session, self._captures, self._rows = session, captures, rows

    def identify(
        self, article: Article, capture: StoredCapture, keys: Keys, read_again: ReadAgain
    ) -> tuple[str, int]:
        """(the key by which what stands at an address is to be filed, which page of that article it is).

        What is filed already decides, and its words: an address keeps its article; a canonical address is
        believed when the article there says the same, or when it only drops a query and no article is known
        there; the same words under one more address are the same article; and a further page is one when
        the first page's article has its headline, and another text.
        """
        if not article.is_article or not article.text:
            return keys.own, 1
        with self._session.asking() as connection:
            place = self._rows.at(connection, capture)
            site = place["site"]

            def known(key: str | None) -> AnyRow | None:
                asked = {"site": site, "key": key, "destroyed": without_words(key or "")}
                return BY_KEY.first(connection, asked) if key else None

            def read(filed: AnyRow) -> Article:
                return mapping.article_of(reading_of(connection, filed.reading_id))

            first, own, stated = known(keys.first), known(keys.own), known(keys.stated)
            whole = self._first_page(connection, first, read_again) if first is not None else None
            if first is not None and whole is not None and is_a_further_page(whole, article):
                return first.key, keys.page
            if own is not None:
                return keys.own, 1
            there = _READ_THERE.scalar(connection, place)
            if first is not None and (first.id == there or says_the_same(read(first), article)):
                return first.key, 1
            if stated is not None and (stated.id == there or says_the_same(read(stated), article)):
                return stated.key, 1
            if keys.stated and stated is None and keys.without_query:
                return keys.stated, 1
            earlier = BY_ID.first(connection, {"article": there}) if there is not None else None
            if earlier is not None and is_edited(read(earlier), article):
                return earlier.key, 1
            words = words_digest(article.title, article.text)
            for alike in _SAME_WORDS.all(connection, {"words": words, "site": site}) if words else ():
                if says_the_same(read(alike), article):
                    return alike.key, 1
        return keys.own, 1

    def _first_page(self, connection: Connection, filed: AnyRow, read_again: ReadAgain) -> Article | None:
        """The first page of an article as it stood last, by itself; ``None`` when it cannot be read."""
        if not filed.pages:
            return mapping.article_of(reading_of(connection, filed.reading_id))
        try:
            return read_again(self._captures.load(connection, filed.latest_capture_id, whole=True).capture)
        except Exception:  # whatever a reader raises on an old page must not cost us the new one
            log.warning("capture %s could not be read again", filed.latest_capture_id, exc_info=True)
            return None
