"""Re-reading: stored captures read with today's reader become readings, never versions."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from sqlalchemy import bindparam, func, select, update

from archive.compare.diff import between, fields
from archive.compare.edit_kinds import kinds
from archive.compare.edit_summary import sizes
from archive.compare.fingerprint import fingerprint
from archive.compare.judge import WORDS, changed_fields, is_silent
from archive.db import mapping
from archive.db.mapping import AnyRow
from archive.db.schema import articles, readings, sites, versions
from archive.db.session import Session
from archive.model.types import Article, Diff, PageKind, Provenance, ReadAgain
from archive.versions.filing import Filing
from archive.versions.further_pages import pages_of

INSTANT = timedelta(microseconds=1)
STEP = 50
"""Articles read between two commits."""
LAST = 2**63 - 1
"""No article has a greater number."""

_ARTICLES = (
    select(articles.c.id)
    .join(sites, sites.c.id == articles.c.site_id)
    .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest))
    .where(
        sites.c.name == bindparam("site"),
        articles.c.id > bindparam("after"),
        articles.c.id <= bindparam("until"),
        versions.c.latest_capture_id >= bindparam("since"),
    )
    .order_by(articles.c.id)
    .limit(STEP)
)
_HOW_MANY = (
    select(func.count())
    .select_from(versions)
    .join(articles, articles.c.id == versions.c.article_id)
    .join(sites, sites.c.id == articles.c.site_id)
    .where(sites.c.name == bindparam("site"))
)
_WITHOUT_MEMORY = (
    select(articles.c.id)
    .join(sites, sites.c.id == articles.c.site_id)
    .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest))
    .join(readings, readings.c.id == versions.c.reading_id)
    .where(
        sites.c.name == bindparam("site"),
        readings.c.memory == 0,
        versions.c.tried_memory.is_(None) | (versions.c.tried_memory < bindparam("memory")),
    )
    .order_by(versions.c.latest_capture_id.desc())
    .limit(bindparam("most"))
)
_VERSIONS_READ = (
    select(
        versions.c.article_id,
        versions.c.id.label("version_id"),
        versions.c.number,
        versions.c.first_seen,
        versions.c.capture_id,
        versions.c.latest_capture_id,
        versions.c.pages,
        versions.c.changed_fields,
        versions.c.edit_kinds,
        versions.c.silent,
        versions.c.alternating,
        versions.c.words_added,
        versions.c.words_removed,
        versions.c.words_moved,
        *mapping.READING,
    )
    .join(readings, readings.c.id == versions.c.reading_id)
    .order_by(versions.c.article_id, versions.c.number)
)
VERSIONS_READ = _VERSIONS_READ.where(versions.c.article_id == bindparam("article"))
"""The versions of an article with their readings, as :meth:`Rereading.compare_again` needs them."""
_VERSIONS_OF_SOME = _VERSIONS_READ.where(versions.c.article_id.in_(bindparam("some", expanding=True)))


ReadAll = Callable[[Iterable[tuple[int, ...]]], Iterator[Article | None]]
"""Captures of each version's pages -> how each version reads now, in the same order; ``None`` for one that
cannot be read.

May read ahead, and in other processes: what it gives is filed here, one after the other.
"""


@dataclass(frozen=True, kw_only=True)
class ReadingChange:
    """A version in which a reader would see something else."""

    article: int
    number: int
    before: Article
    after: Article

    @property
    def diff(self) -> Diff:
        """Word by word, and field by field."""
        return between(self.before, self.after, old=self.number, new=self.number)

    @property
    def what(self) -> tuple[str, ...]:
        """What differs; see :func:`differences`."""
        return differences(self.before, self.after)

    @property
    def shows(self) -> bool:
        """Whether :attr:`diff` has anything to show: it shows no pictures."""
        return self.what != ("images",)


def differences(before: Article, after: Article) -> tuple[str, ...]:
    """What a reader of the article would see differ between two readings of one capture, by name.

    Words are the same as for versions (:mod:`archive.compare.judge`): white space and how the
    text is parted count for nothing. Neither does provenance: which witness gave a field, in which words
    of the page, and with what the page was read.
    """
    words = tuple(name for name in changed_fields(before, after) if name in WORDS)
    beside = tuple(name for name in fields(before, after) if name not in WORDS)
    kind = ("kind",) if (before.kind is PageKind.PAGE) != (after.kind is PageKind.PAGE) else ()
    return (*kind, *words, *beside, *(("images",) if before.images != after.images else ()))


@dataclass(slots=True)
class _ArticleToReread:
    """An article whose versions are being read."""

    article: int
    rows: Sequence[AnyRow]
    old: list[Article]
    stale: list[bool]
    answers: list[Article | None] = field(default_factory=list)

    def is_page(self, keep_pages: bool) -> bool:
        """Whether what is filed here is a standing page: by all its versions as they read now."""
        was = bool(self.old) and self.old[-1].kind is PageKind.PAGE
        if not (self.old and all(self.stale)):
            return was
        if was:
            return not all(each is not None and each.is_article for each in self.answers)
        return keep_pages and all(
            each is not None and each.kind is PageKind.PAGE and each.text for each in self.answers
        )

    @property
    def ready(self) -> bool:
        return len(self.answers) == sum(self.stale)


class Rereading:
    """Stored captures, read anew."""

    def __init__(self, session: Session, filing: Filing) -> None:
        self._session = session
        self._filing = filing

    def reread(
        self,
        site: str,
        read_again: ReadAgain,
        *,
        stale: Callable[[Provenance], bool] | None = None,
        since: int = 0,
        read_all: ReadAll | None = None,
        after: int = 0,
        until: int = LAST,
        only: Sequence[int] | None = None,
        keep_pages: bool = False,
        committed: Callable[[int, Mapping[str, int]], None] | None = None,
    ) -> Mapping[str, int]:
        """Read the captures behind the site's versions again; store what reads otherwise as new
        readings of the same versions. Never makes a version; versions that turn out equal when read
        the same way stay (citations are for ever) but move nothing any more, and count as ``merged``.

        *stale* chooses by the reader that read a version last; by default all are read. *since*: only
        articles of which a capture of that number or a later one is at hand; *only*: these articles, by
        number, whatever is said otherwise. *keep_pages*: what reads as a standing page in all its versions
        becomes one, and leaves the lists of news; a page that reads as an article in all of them becomes an
        article whatever is said. *read_all* reads many at once, with what *read_again* would give. Commits as
        it goes, and then calls *committed* with the article it has come to and the counts so far. *after*,
        *until*: only articles with numbers behind the one, up to the other. Returns counts: ``read``,
        ``differs`` (in what a reader sees),
        ``provenance`` (says the same; how we know is other), ``same``, ``skipped``, ``merged``, ``sorted``
        (became a standing page, or an article), ``not-article``, ``unreadable`` (the last two leave the
        reading there was).
        """
        self._session.commit()
        counts: Counter[str] = Counter()
        for each in self._read_anew(
            site, read_all or self._one_by_one(read_again), stale, after, until, since, only
        ):
            answers = iter(each.answers)
            before: Article | None = None
            page = each.is_page(keep_pages)
            if each.old and page != (each.old[-1].kind is PageKind.PAGE):
                self._sort(site, each, counts)
            for row, old, due in zip(each.rows, each.old, each.stale, strict=True):
                now = self._file_reading(site, row, old, next(answers), counts, page=page) if due else old
                counts["skipped"] += not due
                if before is not None:
                    self.compare_again(each.article, row, before, now, counts)
                before = now
            if self._session.age > 0.5 or each.article % STEP == 0:
                self._session.commit()
                if committed is not None:
                    committed(each.article, +counts)
        self._session.commit()
        return dict(+counts)

    def would_change(
        self,
        site: str,
        read_again: ReadAgain,
        *,
        stale: Callable[[Provenance], bool] | None = None,
        read_all: ReadAll | None = None,
        keep_pages: bool = False,
        counts: Counter[str] | None = None,
    ) -> Iterator[ReadingChange]:
        """Which versions :meth:`reread` would make differ in what a reader sees; writes nothing.

        *counts* is filled with the same counts as :meth:`reread` returns, ``merged`` left out.
        """
        counts = Counter() if counts is None else counts
        for each in self._read_anew(site, read_all or self._one_by_one(read_again), stale):
            answers = iter(each.answers)
            page = each.is_page(keep_pages)
            for row, old, due in zip(each.rows, each.old, each.stale, strict=True):
                if not due:
                    counts["skipped"] += 1
                    continue
                again = next(answers)
                outcome = _outcome(row, old, again, page=page)
                counts["read"] += 1
                counts[outcome] += 1
                if outcome == "differs" and again is not None:
                    yield ReadingChange(article=each.article, number=row.number, before=old, after=again)

    def rereadable(self, site: str) -> int:
        """How many versions of the site :meth:`reread` goes through."""
        with self._session.asking() as connection:
            return connection.execute(_HOW_MANY, {"site": site}).scalar_one()

    def read_without_memory(self, site: str, *, memory: int, most: int) -> list[int]:
        """The articles that stand as they were read before the site's memory knew anything, newest first.

        At most *most* of them, by number: what :meth:`reread` takes as ``only``. Those that read as no
        article with *memory*, the version in use, are left: they would again.
        """
        with self._session.asking() as connection:
            asked = {"site": site, "memory": memory, "most": most}
            return list(connection.execute(_WITHOUT_MEMORY, asked).scalars())

    def note_tried(self, articles: Sequence[int], memory: int) -> None:
        """Note that these articles were read with *memory*; what still stands as it was read without one
        reads as no article with it."""
        with self._session.writing(self._session.site_of(articles[0]) if articles else None) as connection:
            for start in range(0, len(articles), 500):
                some = articles[start : start + 500]
                connection.execute(
                    update(versions)
                    .where(versions.c.article_id.in_(some), versions.c.superseded.is_(None))
                    .values(tried_memory=memory)
                )

    def _one_by_one(self, read_again: ReadAgain) -> ReadAll:
        def read_all(asked: Iterable[tuple[int, ...]]) -> Iterator[Article | None]:
            for captures in asked:
                yield self.read_version(captures, read_again)

        return read_all

    def read_version(self, captures: Sequence[int], read_again: ReadAgain) -> Article | None:
        """How one capture reads now; ``None`` when it cannot be read. Redacted ones are read, not shown."""
        try:
            with self._session.asking() as connection:
                return self._filing.further_pages.read_whole(connection, captures, read_again)
        except Exception:  # counted; the reading there was stays, and the next page is read
            return None

    def _read_anew(
        self,
        site: str,
        read_all: ReadAll,
        stale: Callable[[Provenance], bool] | None,
        after: int = 0,
        until: int = LAST,
        since: int = 0,
        only: Sequence[int] | None = None,
    ) -> Iterator[_ArticleToReread]:
        """The site's articles in order, each once its stale versions have been read."""
        queue: deque[_ArticleToReread] = deque()

        def due() -> Iterator[tuple[int, ...]]:
            for article, found in self._versions_read(
                self._article_ids(site, after, until, since) if only is None else only
            ):
                old = [mapping.article_of(row) for row in found]
                chosen = [stale is None or stale(each.reader) for each in old]
                queue.append(_ArticleToReread(article, found, old, chosen))
                yield from (pages_of(row) for row, read in zip(found, chosen, strict=True) if read)

        for answer in read_all(due()):
            while queue[0].ready:
                yield queue.popleft()
            queue[0].answers.append(answer)
        yield from queue

    def _versions_read(self, articles: Iterable[int]) -> Iterator[tuple[int, Sequence[AnyRow]]]:
        """Each of *articles* with the rows of its versions; :data:`STEP` of them are asked for at once."""
        left = iter(articles)
        while some := list(islice(left, STEP)):
            rows: dict[int, list[AnyRow]] = {article: [] for article in some}
            with self._session.asking() as connection:
                for row in connection.execute(_VERSIONS_OF_SOME, {"some": some}):
                    rows[row.article_id].append(row)
            yield from rows.items()

    def _article_ids(self, site: str, after: int, until: int, since: int) -> Iterator[int]:
        while True:
            with self._session.asking() as connection:
                asked = {"site": site, "after": after, "until": until, "since": since}
                page = connection.execute(_ARTICLES, asked).scalars().all()
            yield from page
            if len(page) < STEP:
                return
            after = page[-1]

    def _file_reading(
        self, site: str, row: AnyRow, old: Article, again: Article | None, counts: Counter[str], *, page: bool
    ) -> Article:
        """The version's article as it reads now; stored when it reads differently."""
        outcome = _outcome(row, old, again, page=page)
        counts["read"] += 1
        counts[outcome] += 1
        if again is None or outcome in ("unreadable", "not-article"):
            return old
        if outcome != "same":
            values = mapping.reading_values(again)
            with self._session.writing(site) as connection:
                reading = self._filing.rows.add_reading(connection, values, row.latest_capture_id)
                self._filing.rows.read_better(connection, row.version_id, reading, values)
        return again

    def _sort(self, site: str, each: _ArticleToReread, counts: Counter[str]) -> None:
        """From now on what is filed is a standing page, or an article, as its latest version reads."""
        latest = each.answers[-1]
        assert latest is not None
        counts["sorted"] += 1
        with self._session.writing(site) as connection:
            connection.execute(
                update(articles).where(articles.c.id == each.article).values(kind=latest.kind.value)
            )
            self._filing.rows.changed_its_kind(connection, each.article)

    def compare_again(
        self, article: int, row: AnyRow, before: Article, now: Article, counts: Counter[str]
    ) -> None:
        """What a version moved, once both have been read the same way."""
        if before.reader != now.reader:
            return
        names: tuple[str, ...] = ()
        if fingerprint(before) != fingerprint(now):
            names = changed_fields(before, now)
        elif row.changed_fields:
            counts["merged"] += 1
        rows = self._filing.rows
        with self._session.asking() as connection:
            look = rows.look_before(connection, row.capture_id) if row.pages else None
            said = rows.modified_by(connection, article, look or row.first_seen - INSTANT)
            then = rows.modified_by(connection, article, row.first_seen)
        # a later capture of the same words may state a date that stood there not yet when they came
        seen = now if said is None or then != said else replace(now, modified=None)
        left = (
            before
            if before.modified is None or before.modified.text == said
            else replace(before, modified=None)
        )
        silent = not row.alternating and is_silent(left, seen, names, stated=said)
        added, removed, shifted = sizes(before.text, now.text)
        made = kinds(before, now) if names else ()
        known = (
            tuple(row.changed_fields), tuple(row.edit_kinds), row.silent,
            row.words_added, row.words_removed, row.words_moved,
        )  # fmt: skip
        if known != (names, made, silent, added, removed, shifted):
            with self._session.writing(self._session.site_of(article)) as connection:
                connection.execute(
                    update(versions)
                    .where(versions.c.id == row.version_id)
                    .values(
                        changed_fields=list(names),
                        edit_kinds=list(made),
                        silent=silent,
                        words_added=added,
                        words_removed=removed,
                        words_moved=shifted,
                    )
                )


def _outcome(row: AnyRow, old: Article, again: Article | None, *, page: bool) -> str:
    """What a new reading of a version comes to. ``provenance``: it says the same; how we know is other.

    *page*: what is filed is a standing page, not an article.
    """
    if again is None:
        return "unreadable"
    fits = again.kind is PageKind.PAGE if page else again.is_article
    if not fits or (old.text and not again.text):
        return "not-article"
    values = mapping.reading_values(again)
    if values["content_hash"] == row.content_hash and values["content"] == row.content:
        return "same"
    return "differs" if differences(old, again) else "provenance"
