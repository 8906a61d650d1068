"""Related articles: which tell the same story, and which one a correction is about.

Done when an article is taken up into the full-text index, not while crawling: its latest text is compared
with those that share a band of its sketch (see :mod:`archive.search.minhash`), at most :data:`CANDIDATES`.
What was alike once stays related, with the greatest likeness there was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, union_all, update

from archive.compare import diff
from archive.compare.edit_summary import Edit, edit
from archive.db.mapping import READING, REDACTED, VERSION, AnyRow, article_of, version_of
from archive.db.schema import (
    articles,
    headline_hashes,
    minhash_bands,
    minhashes,
    readings,
    relations,
    versions,
)
from archive.db.session import Session
from archive.model.types import Diff, PageKind, Precision, StatedTime, Version
from archive.queries.articles import Articles
from archive.search import minhash

SAME_STORY, CORRECTS = "same story", "corrects"

CANDIDATES = 20
"""Articles whose texts are compared in full with a new one: the most alike by their sketches."""
ROWS = 2000
"""Rows of bands looked at for one article: a text that thousands share is a form, not a story."""

_LATEST = (
    select(articles.c.id, articles.c.site_id, articles.c.first_seen, REDACTED, *READING)
    .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest))
    .join(readings, readings.c.id == versions.c.reading_id)
    .where(articles.c.id.in_(bindparam("articles", expanding=True)))
)
_TITLES = (
    select(versions.c.article_id, readings.c.title)
    .join(readings, readings.c.id == versions.c.reading_id)
    .where(versions.c.article_id.in_(bindparam("articles", expanding=True)))
)
_SKETCHES = select(minhashes).where(minhashes.c.article_id.in_(bindparam("articles", expanding=True)))
_SHARING = (
    select(minhash_bands.c.article_id)
    .where(minhash_bands.c.band.in_(bindparam("bands", expanding=True)))
    .limit(ROWS)
)
_NAMED = (
    select(headline_hashes.c.article_id, articles.c.first_seen)
    .join(articles, articles.c.id == headline_hashes.c.article_id)
    .where(
        headline_hashes.c.heading.in_(bindparam("headings", expanding=True)),
        headline_hashes.c.quoted == bindparam("quoted"),
        articles.c.site_id == bindparam("site"),
        articles.c.id != bindparam("article"),
    )
)
_RELATION = (
    (relations.c.article_id == bindparam("one"))
    & (relations.c.other_id == bindparam("two"))
    & (relations.c.kind == bindparam("of_kind"))
)
_ADD_SKETCH, _ADD_BANDS, _ADD_HEADINGS = insert(minhashes), insert(minhash_bands), insert(headline_hashes)
_DROP_HEADINGS = delete(headline_hashes).where(headline_hashes.c.article_id == bindparam("article"))
_KNOWN = select(relations.c.likeness).where(_RELATION)


@dataclass(frozen=True, kw_only=True)
class RelatedArticle:
    """Another article with the same story, or one that corrects, or is corrected by, this one."""

    version: Version
    """Its latest version."""
    kind: str
    """``same story``, ``corrects`` (it corrects this one) or ``corrected by this``."""
    likeness: float | None
    """Greatest share of the shorter text that ever stood in the other one; ``None`` for a correction."""
    of_this: float | None
    """Share of this article's latest text, in runs of three words, that stands in the other's; ``None`` for a
    correction."""
    of_other: float | None
    """Share of the other's that stands in this one's."""
    appeared: datetime
    """When it was published by its own account, or else when we first saw it."""
    stated: bool
    """``appeared`` is by its own account."""
    earlier: bool | None
    """Whether it appeared before this one; ``None``: that cannot be told, as both state the same minute, or
    one states no time and was first seen after the other appeared."""


class Related:
    """Articles beside each other."""

    def __init__(self, session: Session, articles: Articles) -> None:
        self._session = session
        self._articles = articles

    def of(self, url: str) -> list[RelatedArticle]:
        """Where else the story of an article stands, and what corrects it: earliest first.

        What corrects the other is told as that alone.

        Known up to the last :meth:`index`. Raises :class:`NotFound`.
        """
        article = self._articles.find(url)
        ours = relations.c.article_id == article
        theirs = relations.c.other_id == article
        said = (relations.c.kind, relations.c.likeness, ours.label("ours"))
        related = union_all(
            select(relations.c.other_id.label("other"), *said).where(ours),
            select(relations.c.article_id.label("other"), *said).where(theirs),
        ).subquery()
        wanted = (
            VERSION.add_columns(related.c.kind.label("relation"), related.c.likeness, related.c.ours)
            .join(related, related.c.other == articles.c.id)
            .where(versions.c.number == articles.c.latest)
        )
        with self._session.asking() as connection:
            me = connection.execute(_LATEST, {"articles": [article]}).one()
            rows = connection.execute(wanted).all()
            first = {
                row.id: row.first_seen
                for row in connection.execute(_LATEST, {"articles": [each.article_id for each in rows]})
            }
        since = _between(article_of(me).published, me.first_seen)
        runs = minhash.runs("" if me.redacted else me.text)
        corrections = {row.article_id for row in rows if row.relation == CORRECTS}
        found = [
            _relative(version_of(row), row, first[row.article_id], since, runs)
            for row in rows
            if not row.redacted and not (row.relation == SAME_STORY and row.article_id in corrections)
        ]
        return sorted(found, key=lambda each: (each.appeared, each.version.article_id))

    def compare(self, url: str, other: str) -> tuple[Diff, Edit]:
        """What lies between the latest versions of two articles. Raises :class:`NotFound`."""
        one, two = self._articles.version(url), self._articles.version(other)
        return diff.diff(one, two), edit(one.article, two.article)

    # ------------------------------------------------------------ taking up

    def clear(self, connection: Connection) -> None:
        """Forget every relation; they are found anew."""
        for table in (relations, headline_hashes, minhash_bands, minhashes):
            connection.execute(delete(table))

    def take_up(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Relate these articles anew."""
        asked = {"articles": list(numbers)}
        known = {row.article_id: row for row in connection.execute(_SKETCHES, asked)}
        titles: dict[int, set[str]] = {}
        for article, title in connection.execute(_TITLES, asked):
            titles.setdefault(article, set()).add(title)
        for row in connection.execute(_LATEST, asked).all():
            if row.redacted or row.kind == PageKind.PAGE:
                self._unrelate(connection, [row.id])
                continue
            self._relate(connection, row, known.get(row.id))
            self._relate_corrections(connection, row, titles[row.id])

    def unindex(self, connection: Connection, article: int) -> None:
        """Also what was derived from its words."""
        self._unrelate(connection, [article])

    def _unrelate(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Forget the sketches and headings of articles, not what they were found to be related to."""
        for row in connection.execute(_SKETCHES, {"articles": list(numbers)}).all():
            self._forget_sketch(connection, row)
        connection.execute(delete(headline_hashes).where(headline_hashes.c.article_id.in_(numbers)))

    def _forget_sketch(self, connection: Connection, row: AnyRow) -> None:
        connection.execute(
            delete(minhash_bands).where(
                minhash_bands.c.band.in_(minhash.bands(row.sketch)),
                minhash_bands.c.article_id == row.article_id,
            )
        )
        connection.execute(delete(minhashes).where(minhashes.c.article_id == row.article_id))

    def _relate(self, connection: Connection, row: AnyRow, known: AnyRow | None) -> None:
        """Find the articles whose text is much like this one's."""
        ours = minhash.runs(row.text)
        sketch = minhash.sketch(ours)
        if known is not None and known.sketch == sketch:
            return
        if known is not None:
            self._forget_sketch(connection, known)
        if sketch is None:
            return
        numbers = minhash.bands(sketch)
        sharing = Counter(connection.execute(_SHARING, {"bands": numbers}).scalars())
        connection.execute(_ADD_SKETCH, {"article_id": row.id, "sketch": sketch})
        connection.execute(
            _ADD_BANDS, [{"band": number, "article_id": row.id} for number in sorted(set(numbers))]
        )
        sharing.pop(row.id, None)
        if not sharing:
            return
        others = [
            (minhash.estimate(sketch, each.sketch), each.article_id)
            for each in connection.execute(_SKETCHES, {"articles": list(sharing)})
        ]
        likely = sorted((each for each in others if each[0] >= minhash.WORTH_READING), reverse=True)
        asked = {"articles": [number for _, number in likely[:CANDIDATES]]}
        for other in connection.execute(_LATEST, asked).all():
            share = minhash.likeness(ours, minhash.runs(other.text))
            if share >= minhash.ALIKE and not other.redacted:
                later, earlier = max(row.id, other.id), min(row.id, other.id)
                self._put(connection, later, earlier, SAME_STORY, round(share, 3))

    def _relate_corrections(self, connection: Connection, row: AnyRow, titles: Iterable[str]) -> None:
        """Find what this article corrects, and what corrects it."""
        article = article_of(row)
        called = {minhash.heading(title) for title in titles if title}
        names = minhash.corrected(article)
        connection.execute(_DROP_HEADINGS, {"article": row.id})
        rows = [{"heading": each, "article_id": row.id, "quoted": False} for each in called]
        rows += [{"heading": each, "article_id": row.id, "quoted": True} for each in names]
        if rows:
            connection.execute(_ADD_HEADINGS, rows)
        asked = {"site": row.site_id, "article": row.id}
        if names:
            for other in connection.execute(
                _NAMED, {**asked, "headings": list(names), "quoted": False}
            ).all():
                self._put(connection, row.id, other.article_id, CORRECTS, None)
        if called:
            for other in connection.execute(
                _NAMED, {**asked, "headings": list(called), "quoted": True}
            ).all():
                self._put(connection, other.article_id, row.id, CORRECTS, None)

    def _put(self, connection: Connection, one: int, two: int, kind: str, share: float | None) -> None:
        asked: dict[str, Any] = {"one": one, "two": two, "of_kind": kind}
        known = connection.execute(_KNOWN, asked).one_or_none()
        if known is None:
            connection.execute(
                insert(relations), {"article_id": one, "other_id": two, "kind": kind, "likeness": share}
            )
        elif share is not None and share > known.likeness:
            connection.execute(update(relations).where(_RELATION).values(likeness=share), asked)


def _relative(
    version: Version,
    row: AnyRow,
    first_seen: datetime,
    ours: tuple[datetime | None, datetime],
    runs: frozenset[int],
) -> RelatedArticle:
    kind = row.relation
    if kind == CORRECTS and row.ours:
        kind = "corrected by this"
    published = version.article.published
    theirs = _between(published, first_seen)
    this, other = (
        minhash.containment(runs, minhash.runs(version.article.text))
        if kind == SAME_STORY and runs
        else (None, None)
    )
    return RelatedArticle(
        version=version,
        kind=kind,
        likeness=row.likeness,
        of_this=this,
        of_other=other,
        appeared=published.value if published and _tells_hour(published, first_seen) else first_seen,
        stated=published is not None and _tells_hour(published, first_seen),
        earlier=_before(theirs, ours),
    )


def _tells_hour(published: StatedTime, first_seen: datetime) -> bool:
    """Whether a stated time gives an hour, and not one after we saw the article."""
    return published.precision is not Precision.DAY and published.value <= first_seen


def _between(published: StatedTime | None, first_seen: datetime) -> tuple[datetime | None, datetime]:
    """Between when and when an article appeared, as far as can be told: the minute or the day that it states,
    or at any time before we saw it."""
    if published is None or published.value > first_seen:
        return None, first_seen
    if published.precision is Precision.DAY:
        return published.value, min(published.value + timedelta(days=1), first_seen)
    minute = published.value.replace(second=0, microsecond=0)
    return minute, minute + timedelta(seconds=59)


def _before(theirs: tuple[datetime | None, datetime], ours: tuple[datetime | None, datetime]) -> bool | None:
    if ours[0] is not None and theirs[1] < ours[0]:
        return True
    if theirs[0] is not None and ours[1] < theirs[0]:
        return False
    if (
        theirs[0] is None and ours[0] is None and theirs[1] != ours[1]
    ):  # neither states a time: as we saw them
        return theirs[1] < ours[1]
    return None
