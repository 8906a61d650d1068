"""Full-text search over versions, fed from what changed. The index can be dropped and made again at will.

Filing only notes which articles changed; :meth:`Search.index` takes them up in its own time, in short
transactions, so that a crawl never waits for it. The index holds no words of its own: it refers to the
readings it was made from, which never change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from archive import sqlite
from archive.errors import ArchiveError, UsageError
from archive.keeping import Keeping
from archive.rows import REDACTED, VERSION, version_of
from archive.schema import articles, changes, indexed, sites, versions
from archive.types import Version

STEP = 200
"""Articles taken up in one transaction."""

_QUEUE = select(changes.c.id, changes.c.article_id).order_by(changes.c.id).limit(STEP)
_WANTED = (
    select(versions.c.id, versions.c.reading_id)
    .join(articles, articles.c.id == versions.c.article_id)
    .where(versions.c.article_id.in_(bindparam("articles", expanding=True)), ~REDACTED.element)
)
_THERE = (
    select(indexed.c.version_id, indexed.c.reading_id)
    .join(versions, versions.c.id == indexed.c.version_id)
    .where(versions.c.article_id.in_(bindparam("articles", expanding=True)))
)


_UNREADABLE = ("fts5:", "no such column", "unterminated string", "unknown special query")
"""How SQLite complains of a query."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A version that matches, with the words around the match."""

    version: Version
    snippet: str
    """The words found stand between ``[`` and ``]``."""


class Search(Keeping):
    """Words in versions."""

    def index(self) -> int:
        """Take up what changed since the last time; returns how many articles that were."""
        total = 0
        while True:
            with self._writing() as connection:
                queue = connection.execute(_QUEUE).all()
                numbers = sorted({row.article_id for row in queue})
                self._take_up(connection, numbers)
                if queue:
                    connection.execute(delete(changes).where(changes.c.id <= queue[-1].id))
            self.commit()
            total += len(numbers)
            if len(queue) < STEP:
                return total

    def reindex(self) -> int:
        """Make the whole index anew; returns how many articles were taken up."""
        with self._writing() as connection:
            connection.execute(delete(indexed))
            sqlite.rebuild_words(connection)
            connection.execute(delete(changes))
            every = select(articles.c.id).order_by(articles.c.id)
            connection.execute(insert(changes).from_select(["article_id"], every))
        return self.index()

    def unindexed(self) -> int:
        """How many articles wait to be taken up."""
        with self._asking() as connection:
            waiting = select(func.count(changes.c.article_id.distinct()))
            return int(connection.execute(waiting).scalar_one())

    def search(
        self,
        query: str,
        *,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        every: bool = False,
        limit: int = 20,
        offset: int = 0,
    ) -> list[Hit]:
        """Versions that match, newest first: the latest of each article, or *every* version.

        *query* is FTS5's: words (all must stand there), ``"a phrase"``, ``word*``, ``title: word``,
        ``OR``, ``NOT``, ``NEAR(a b)``; the columns are title, text, authors and section. *since* and
        *until* (exclusive) bound when the version was first seen; *offset* skips hits. Articles that are
        redacted are never found. Raises :class:`UsageError` for a query that cannot be read.
        """
        wanted = (
            VERSION.add_columns(sqlite.SNIPPET)
            .join(sqlite.WORDS, sqlite.WORDS.c.rowid == versions.c.id)
            .where(sqlite.MATCHES, ~REDACTED.element)
            .order_by(sqlite.WORDS.c.rowid.desc())
            .limit(limit)
            .offset(offset)
        )
        if site is not None:
            wanted = wanted.where(sites.c.name == site)
        if since is not None:
            wanted = wanted.where(versions.c.first_seen >= since)
        if until is not None:
            wanted = wanted.where(versions.c.first_seen < until)
        if not every:
            wanted = wanted.where(versions.c.superseded.is_(None))
        try:
            with self._asking() as connection:
                rows = connection.execute(wanted, {"query": query}).all()
        except ArchiveError as error:
            if any(words in str(error) for words in _UNREADABLE):
                raise UsageError(f"the query {query!r} cannot be read: {error.__cause__}") from error
            raise
        return [Hit(version=version_of(row), snippet=row.snippet) for row in rows]

    def _take_up(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Bring the index up to date for these articles."""
        wanted = {row.id: row.reading_id for row in connection.execute(_WANTED, {"articles": numbers})}
        there = {row.version_id: row.reading_id for row in connection.execute(_THERE, {"articles": numbers})}
        self._take_out(connection, [each for each in there if wanted.get(each) != there[each]])
        fresh = [each for each in wanted if there.get(each) != wanted[each]]
        if fresh:
            connection.execute(
                insert(indexed), [{"version_id": each, "reading_id": wanted[each]} for each in fresh]
            )
            sqlite.add_words(connection, fresh)

    def _unindex(self, connection: Connection, article: int) -> None:
        """Take an article out at once: its words are about to be destroyed."""
        self._take_out(
            connection, [row.version_id for row in connection.execute(_THERE, {"articles": [article]})]
        )

    def _take_out(self, connection: Connection, numbers: Sequence[int]) -> None:
        if numbers:
            sqlite.drop_words(connection, numbers)
            connection.execute(delete(indexed).where(indexed.c.version_id.in_(numbers)))
