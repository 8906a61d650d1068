"""The full-text index: fed from what changed; it can be dropped and made again at will. Answers no query.

Filing only notes which articles changed; :meth:`FullTextIndex.update` takes them up in its own time, in short
transactions, so that a crawl never waits for it. The index holds no words of its own: it refers to the
readings it was made from, which never change.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from archive.db.functions import json_text
from archive.db.mapping import REDACTED, AnyRow
from archive.db.prepared import Statement
from archive.db.schema import articles, index_queue, indexed, readings, versions
from archive.db.session import Session
from archive.errors import ArchiveError
from archive.search import fulltext

log = logging.getLogger(__name__)

INDEXING = "(full-text index)"
"""The name that a session holds which writes the index, and what is derived from it."""

STEP = 200
"""Articles taken up in one transaction."""

_QUEUE = select(index_queue.c.id, index_queue.c.article_id).order_by(index_queue.c.id).limit(STEP)
_WANTED = (
    select(versions.c.id, versions.c.reading_id)
    .join(articles, articles.c.id == versions.c.article_id)
    .where(versions.c.article_id.in_(bindparam("articles", expanding=True)), ~REDACTED.element)
)
_FACTS = select(
    readings.c.id,
    json_text(readings.c.content, "published.value").label("published"),
    readings.c.published.label("published_at"),
    readings.c.section,
    readings.c.authors,
    readings.c.language,
    json_text(readings.c.content, "dateline").label("place"),
).where(readings.c.id.in_(bindparam("readings", expanding=True)))
"""What search filters and counts by."""
_THERE = (
    select(indexed.c.version_id, indexed.c.reading_id)
    .join(versions, versions.c.id == indexed.c.version_id)
    .where(versions.c.article_id.in_(bindparam("articles", expanding=True)))
)


_ADD_CHANGE = Statement(insert(index_queue))


class DerivedFromText(Protocol):
    """What is derived from the words of articles, and follows the index."""

    def take_up(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Bring it up to date for these articles."""

    def unindex(self, connection: Connection, article: int) -> None:
        """Forget an article's words."""

    def clear(self, connection: Connection) -> None:
        """Forget everything; it is made anew."""


class FullTextIndex:
    """Words in versions."""

    def __init__(self, session: Session, derived: Sequence[DerivedFromText] = ()) -> None:
        self._session = session
        self._derived = derived

    def feed(self, *, seconds: float = 30.0) -> None:
        """Take up what changed, as the last act of who filed it, and for no longer than *seconds*.

        A reading room that is open for weeks, or may only read, takes up nothing. What is left, and what
        cannot be written now, is for who files or searches next. Where nothing waits, nobody is kept from
        writing.
        """
        try:
            if self.pending():
                self.update(seconds=seconds)
        except ArchiveError as error:
            log.warning("what was filed is not in the full-text index yet: %s", error)

    def update(self, *, seconds: float = math.inf) -> int:
        """Take up what changed since the last time; returns how many articles that were.

        After *seconds* the rest is left.
        """
        until = time.monotonic() + seconds
        taken: set[int] = set()
        while True:
            with self._session.writing(INDEXING) as connection:
                queue = connection.execute(_QUEUE).all()
                numbers = sorted({row.article_id for row in queue})
                self._take_up(connection, numbers)
                for each in self._derived:
                    each.take_up(connection, numbers)
                if queue:
                    # One by one: a batch may commit smaller numbers than these meanwhile.
                    taken_up = [row.id for row in queue]
                    connection.execute(delete(index_queue).where(index_queue.c.id.in_(taken_up)))
            self._session.commit()
            taken.update(numbers)
            if len(queue) < STEP or time.monotonic() > until:
                return len(taken)

    def rebuild(self) -> int:
        """Make the whole index anew; returns how many articles were taken up."""
        with self._session.writing(INDEXING) as connection:
            for each in self._derived:
                each.clear(connection)
            connection.execute(delete(indexed))
            fulltext.of(connection).rebuild_words(connection)
            connection.execute(delete(index_queue))
            every = select(articles.c.id).order_by(articles.c.id)
            connection.execute(insert(index_queue).from_select(["article_id"], every))
        return self.update()

    def pending(self) -> int:
        """How many articles wait to be taken up."""
        with self._session.asking() as connection:
            waiting = select(func.count(index_queue.c.article_id.distinct()))
            return int(connection.execute(waiting).scalar_one())

    def note_change(self, connection: Connection, article: int) -> None:
        """Tell the full-text index, which comes by in its own time, that an article's words changed."""
        _ADD_CHANGE.run(connection, {"article_id": article})

    def _take_up(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Bring the index up to date for these articles."""
        wanted = {row.id: row.reading_id for row in connection.execute(_WANTED, {"articles": numbers})}
        there = {row.version_id: row.reading_id for row in connection.execute(_THERE, {"articles": numbers})}
        self._take_out(connection, [each for each in there if wanted.get(each) != there[each]])
        fresh = [each for each in wanted if there.get(each) != wanted[each]]
        if fresh:
            numbers_read = [wanted[each] for each in fresh]
            facts = {row.id: row for row in connection.execute(_FACTS, {"readings": numbers_read})}
            connection.execute(insert(indexed), [_entry(each, facts[wanted[each]]) for each in fresh])
            fulltext.of(connection).add_words(connection, fresh)

    def unindex(self, connection: Connection, article: int) -> None:
        """Take an article out at once: its words are about to be destroyed."""
        self._take_out(
            connection, [row.version_id for row in connection.execute(_THERE, {"articles": [article]})]
        )
        for each in self._derived:
            each.unindex(connection, article)

    def _take_out(self, connection: Connection, numbers: Sequence[int]) -> None:
        if numbers:
            fulltext.of(connection).drop_words(connection, numbers)
            connection.execute(delete(indexed).where(indexed.c.version_id.in_(numbers)))


def _entry(version: int, facts: AnyRow) -> dict[str, Any]:
    return {
        "version_id": version,
        "reading_id": facts.id,
        "published": facts.published[:10] if facts.published else None,
        "published_at": facts.published_at,
        "section": facts.section,
        "authors": facts.authors or None,
        "language": facts.language,
        "place": facts.place,
    }
