"""Articles whose address leads to another: the same words there are the same article, moved. Reads pages.

One article goes on, the one filed first. Its history is whole: what was captured at the new address since is
filed as its own, and the old address stays known as an alias.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from archive.compare.fingerprint import folded
from archive.compare.likeness import SPOKEN, likeness, says_the_same
from archive.db.mapping import REDACTED, AnyRow, article_of
from archive.db.schema import addresses, articles, captures, verdicts
from archive.db.session import Session
from archive.model.types import Article, Keys, ReadAgain, Status
from archive.search.index import FullTextIndex
from archive.versions.regroup import Regrouping
from archive.versions.rereading import VERSIONS_READ

_STANDING = (
    select(
        articles.c.id, articles.c.key, articles.c.url, articles.c.site_id, articles.c.last_seen, REDACTED
    )
    .where(articles.c.id == bindparam("article"), articles.c.moved_to.is_(None))
)  # fmt: skip
_SHOWN_SINCE = (
    select(verdicts.c.capture_id, captures.c.status)
    .join(captures, captures.c.id == verdicts.c.capture_id)
    .where(
        verdicts.c.article_id == bindparam("article"),
        verdicts.c.version_id.is_not(None),
        verdicts.c.at >= bindparam("since", type_=verdicts.c.at.type),
    )
    .order_by(verdicts.c.at, verdicts.c.capture_id)
)

_AT_KEY = select(articles.c.id).where(
    articles.c.site_id == bindparam("site"), articles.c.key == bindparam("key"), articles.c.moved_to.is_(None)
)
_AT_ADDRESS = select(addresses.c.article_id).where(
    addresses.c.site_id == bindparam("site"), addresses.c.url == bindparam("url")
)

MOSTLY = 0.6
"""Share of the shorter text's pairs of words that must stand in the longer: an edit may go with a move."""


class MovedArticles:
    """Articles that move."""

    def __init__(self, session: Session, index: FullTextIndex, regrouping: Regrouping) -> None:
        self._session = session
        self._index = index
        self._regrouping = regrouping

    def expect(self, article: int, reading: Article, *, key: str) -> bool:
        """An address of *article* leads to a page that would be filed under *key* and reads as *reading*.

        Has it the same words, and *key* no article yet, it is that article: from now on it is known by
        *key*. Returns whether it is.
        """
        with self._session.writing(self._session.site_of(article)) as connection:
            row = self._shown_standing(connection, article)
            if row is None or row.key == key:
                return row is not None
            taken = select(articles.c.id).where(articles.c.site_id == row.site_id, articles.c.key == key)
            if connection.execute(taken).first() is not None:
                return False
            if not same_words(self._latest_of(connection, article), reading):
                return False
            self._regrouping.name(connection, article, key)
            return True

    def renamed(
        self, site: str, keys: Keys, reading: Article, *, at: datetime, read_again: ReadAgain
    ) -> None:
        """The page at an article's address says that its own address is another, and an article that reads
        the same stands there: a headline was changed, and the address with it. They are one article."""
        with self._session.asking() as connection:
            asked = {"site": self._session.site_id(connection, site), "url": reading.url}
            there = connection.execute(_AT_KEY, asked | {"key": keys.stated}).scalar()
            if there is None or not says_the_same(self._latest_of(connection, there), reading):
                return
            here = connection.execute(_AT_ADDRESS, asked).scalar()
            here = here or connection.execute(_AT_KEY, asked | {"key": keys.own}).scalar()
        if here is not None:
            self.join(here, there, at=at, read_again=read_again)

    def join(self, article: int, to: int, *, at: datetime, read_again: ReadAgain) -> int | None:
        """An address of *article* leads to where article *to* stands. Have they the same words they are one.

        The one filed first goes on, known by the address that was led to. Returns its number; ``None``: they
        are two. What may not be shown stays as it is.
        """
        if article == to:
            return to
        with self._session.writing(self._session.site_of(article)) as connection:
            old, new = self._shown_standing(connection, article), self._shown_standing(connection, to)
            if old is None or new is None:
                return None
            before, now = self._latest_of(connection, article), self._latest_of(connection, to)
            if not same_words(before, now):
                return None
            goes_on, ends = (old, new) if old.id < new.id else (new, old)
            since = {"article": ends.id, "since": goes_on.last_seen}
            shown = [(row.capture_id, row.status) for row in connection.execute(_SHOWN_SINCE, since)]
            self._regrouping.move(connection, ends.id, goes_on.id, at)
            self._regrouping.name(connection, goes_on.id, new.key)
            if shown:
                self._regrouping.file_again(connection, new.key, shown, read_again)
            standing = {"url": new.url, "status": Status.LIVE.value, "missed_since": None}
            connection.execute(
                update(articles)
                .where(articles.c.id == goes_on.id)
                .values(**standing, gone_at=None, gone_reason=None)
            )
            self._index.note_change(connection, goes_on.id)
            return int(goes_on.id)

    def _shown_standing(self, connection: Connection, article: int) -> AnyRow | None:
        row = connection.execute(_STANDING, {"article": article}).one_or_none()
        return None if row is None or row.redacted else row

    def _latest_of(self, connection: Connection, article: int) -> Article:
        *_, last = connection.execute(VERSIONS_READ, {"article": article})
        return article_of(last)


def same_words(old: Article, new: Article) -> bool:
    """Whether a page to which an article's address leads is that article.

    Its text is the same; or most of it is, and it does not state another time of publication. What has hardly
    any words is the same under the same headline only.
    """
    before, now = folded(old.text), folded(new.text)
    if min(len(before.split()), len(now.split())) < SPOKEN:
        return before == now and folded(old.title) == folded(new.title)
    if before == now:
        return True
    if old.published is not None and new.published is not None and old.published.text != new.published.text:
        return False
    return likeness(old.text, new.text) >= MOSTLY
