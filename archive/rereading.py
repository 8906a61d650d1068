"""Re-reading: stored captures read with today's reader become readings, never versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update

from archive import rows
from archive.edits import sizes
from archive.filing import Filing
from archive.rows import AnyRow
from archive.schema import articles, readings, sites, stated, versions
from archive.types import Article, ReadAgain, Reader
from archive.versions import fingerprint, is_silent, moved

STEP = 50
"""Articles read between two commits."""

_ARTICLES = (
    select(articles.c.id)
    .join(sites, sites.c.id == articles.c.site_id)
    .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest))
    .where(
        sites.c.name == bindparam("site"),
        articles.c.id > bindparam("after"),
        versions.c.latest_capture_id >= bindparam("since"),
    )
    .order_by(articles.c.id)
    .limit(STEP)
)
VERSIONS_READ = (
    select(
        versions.c.id.label("version_id"),
        versions.c.number,
        versions.c.first_seen,
        versions.c.capture_id,
        versions.c.latest_capture_id,
        versions.c.moved,
        versions.c.silent,
        versions.c.alternating,
        versions.c.words_added,
        versions.c.words_removed,
        versions.c.words_moved,
        *rows.READING,
    )
    .join(readings, readings.c.id == versions.c.reading_id)
    .where(versions.c.article_id == bindparam("article"))
    .order_by(versions.c.number)
)
"""The versions of an article with their readings, as :meth:`Rereading._compare_again` needs them."""
_STATED_BEFORE = (
    select(stated.c.value)
    .where(
        stated.c.article_id == bindparam("article"),
        stated.c.field == "modified",
        stated.c.since < bindparam("moment", type_=stated.c.since.type),
    )
    .order_by(stated.c.since.desc(), stated.c.id.desc())
    .limit(1)
)


class Rereading(Filing):
    """Stored captures, read anew."""

    def reread(
        self,
        site: str,
        read_again: ReadAgain,
        *,
        stale: Callable[[Reader], bool] | None = None,
        since: int = 0,
    ) -> Mapping[str, int]:
        """Read the captures behind the site's versions again; store what reads differently as new
        readings of the same versions. Never makes a version; versions that turn out equal when read
        the same way stay (citations are for ever) but move nothing any more, and count as ``merged``.

        *stale* chooses by the reader that read a version last; by default all are read. *since*: only
        articles of which a capture of that number or a later one is at hand. Commits as it
        goes. Returns counts: ``read``, ``differs``, ``same``, ``skipped``, ``merged``, ``not-article``,
        ``unreadable`` (the last two leave the reading there was).
        """
        self.commit()
        counts: Counter[str] = Counter()
        for article in self._article_ids(site, since):
            with self._asking() as connection:
                found = connection.execute(VERSIONS_READ, {"article": article}).all()
            before: Article | None = None
            for row in found:
                now = self._reread_version(row, read_again, stale, counts)
                if before is not None:
                    self._compare_again(article, row, before, now, counts)
                before = now
            if self.batch_age > 0.5 or article % STEP == 0:
                self.commit()
        self.commit()
        return dict(counts)

    def _article_ids(self, site: str, since: int = 0) -> Iterator[int]:
        after = 0
        while True:
            with self._asking() as connection:
                page = (
                    connection.execute(_ARTICLES, {"site": site, "after": after, "since": since})
                    .scalars()
                    .all()
                )
            yield from page
            if len(page) < STEP:
                return
            after = page[-1]

    def _reread_version(
        self,
        row: AnyRow,
        read_again: ReadAgain,
        stale: Callable[[Reader], bool] | None,
        counts: Counter[str],
    ) -> Article:
        """The version's article as it reads now; stored when it reads differently."""
        old = rows.article_of(row)
        if stale is not None and not stale(old.reader):
            counts["skipped"] += 1
            return old
        with self._asking() as connection:
            kept = self._load(connection, row.latest_capture_id, whole=True)
        counts["read"] += 1
        try:
            again = read_again(kept.capture)
        except Exception:  # counted; the reading there was stays, and the next page is read
            counts["unreadable"] += 1
            return old
        if not again.is_article or (old.text and not again.text):
            counts["not-article"] += 1
            return old
        values = rows.reading_values(again)
        if values["content_hash"] == row.content_hash and values["content"] == row.content:
            counts["same"] += 1
            return again
        counts["differs"] += 1
        with self._writing() as connection:
            reading = self._add_reading(connection, values, kept)
            self._read_better(connection, row.version_id, reading, values["fingerprint"])
        return again

    def _compare_again(
        self, article: int, row: AnyRow, before: Article, now: Article, counts: Counter[str]
    ) -> None:
        """What a version moved, once both have been read the same way."""
        if before.reader != now.reader:
            return
        names: tuple[str, ...] = ()
        if fingerprint(before) != fingerprint(now):
            names = moved(before, now)
        elif row.moved:
            counts["merged"] += 1
        with self._asking() as connection:
            asked: dict[str, int | datetime] = {"article": article, "moment": row.first_seen}
            said = connection.execute(_STATED_BEFORE, asked).scalar()
        silent = not row.alternating and is_silent(before, now, names, stated=said)
        added, removed, shifted = sizes(before.text, now.text)
        known = (tuple(row.moved), row.silent, row.words_added, row.words_removed, row.words_moved)
        if known != (names, silent, added, removed, shifted):
            with self._writing() as connection:
                connection.execute(
                    update(versions)
                    .where(versions.c.id == row.version_id)
                    .values(
                        moved=list(names),
                        silent=silent,
                        words_added=added,
                        words_removed=removed,
                        words_moved=shifted,
                    )
                )
