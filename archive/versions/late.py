"""Captures that come to the archive later than others of the same article, and are older than they.

Versions are filed in the order of their times, and what was filed is never altered. So an article of which an
older capture comes in is filed anew, from all its captures in the order of their times, as an article of its
own; the one before it is moved there, keeps its number and its versions, and what cites them stays valid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, false, func, or_, select, update

from archive.db.prepared import Statement
from archive.db.schema import addresses, articles, captures, redactions, sites, verdicts
from archive.db.session import Session
from archive.model.types import PageKind, StoredCapture, Verdict
from archive.versions.regroup import Regrouping

_KNOWN = Statement(
    select(captures.c.id, verdicts.c.capture_id.label("filed"))
    .select_from(captures)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .join(sites, sites.c.id == captures.c.site_id)
    .outerjoin(verdicts, verdicts.c.capture_id == captures.c.id)
    .where(
        sites.c.name == bindparam("site"),
        addresses.c.url == bindparam("url"),
        captures.c.at == bindparam("at", type_=captures.c.at.type),
        captures.c.status == bindparam("status"),
    )
    .limit(1)
)
_BY_KEY = (
    select(articles.c.id)
    .join(sites, sites.c.id == articles.c.site_id)
    .where(sites.c.name == bindparam("site"), articles.c.key == bindparam("key"))
)
_AT = bindparam("seen", type_=addresses.c.first_seen.type)
_ANSWERED = Statement(
    update(addresses)
    .where(
        addresses.c.id
        == select(captures.c.address_id).where(captures.c.id == bindparam("capture")).scalar_subquery()
    )
    .values(
        first_seen=case(
            (or_(addresses.c.first_seen.is_(None), addresses.c.first_seen > _AT), _AT),
            else_=addresses.c.first_seen,
        )
    )
)
"""With *article_id* among its parameters, that is set too."""


class LateCaptures:
    """What becomes of captures that are older than what is filed."""

    def __init__(self, session: Session, regrouping: Regrouping) -> None:
        self._session = session
        self._regrouping = regrouping

    def known(self, site: str, url: str, *, at: datetime, status: int) -> tuple[int, bool] | None:
        """(number, whether it is filed) of the capture of that very moment; ``None``: there is none."""
        with self._session.asking() as connection:
            row = _KNOWN.first(connection, {"site": site, "url": url, "at": at, "status": status})
        return None if row is None else (row.id, row.filed is not None)

    def newest(self, site: str) -> datetime | None:
        """The time of a site's latest capture."""
        wanted = (
            select(func.max(captures.c.at))
            .join(sites, sites.c.id == captures.c.site_id)
            .where(sites.c.name == site)
        )
        with self._session.asking() as connection:
            latest: datetime | None = connection.execute(wanted).scalar()
        return latest

    def article_after(self, article: int | None, at: datetime) -> int | None:
        """*article*, when a capture of it later than *at* is filed, so that one of then has its place before
        that; ``None``: none is, or it may not be shown, and stays as it is."""
        if article is None:
            return None
        hidden = select(redactions.c.id).where(
            redactions.c.article_id == article, redactions.c.lifted_at.is_(None)
        )
        later = (
            select(verdicts.c.capture_id).where(verdicts.c.article_id == article, verdicts.c.at > at).limit(1)
        )
        with self._session.asking() as connection:
            if connection.execute(hidden).first() is not None:
                return None
            return article if connection.execute(later).first() is not None else None

    def sources(self, site: str, listings: Collection[str], *, feeds: bool, limit: int) -> list[int]:
        """The captures of some *listings*, by their addresses, and of *feeds* and sitemaps: the latest
        *limit*, in the order of their times."""
        wanted = (
            select(captures.c.id)
            .join(addresses, addresses.c.id == captures.c.address_id)
            .join(sites, sites.c.id == captures.c.site_id)
            .join(verdicts, verdicts.c.capture_id == captures.c.id)
            .where(
                sites.c.name == site,
                captures.c.status == 200,
                or_(
                    addresses.c.url.in_(listings),
                    verdicts.c.page == PageKind.FEED.value if feeds else false(),
                ),
            )
            .order_by(captures.c.at.desc(), captures.c.id.desc())
            .limit(limit)
        )
        with self._session.asking() as connection:
            return list(connection.execute(wanted).scalars())[::-1]

    def article_of(self, site: str, key: str) -> int | None:
        """The article that has a key."""
        with self._session.asking() as connection:
            number: int | None = connection.execute(_BY_KEY, {"site": site, "key": key}).scalar()
        return number

    def answered(self, kept: StoredCapture, verdict: Verdict | None) -> None:
        """Note at the address of a capture that it answered then, and what article stands there."""
        asked: dict[str, Any] = {"capture": kept.id, "seen": kept.capture.at}
        if verdict is not None and verdict.article is not None and verdict.version is not None:
            asked["article_id"] = verdict.article
        with self._session.writing(kept.capture.site) as connection:
            _ANSWERED.run(connection, asked)

    def set_aside(self, article: int, late: Sequence[int], *, at: datetime) -> list[int]:
        """End an article, so that its captures and the *late* ones can be filed anew: their numbers, in the
        order of their times. To be followed by :meth:`succeeded` in the same batch."""
        with self._session.writing(self._session.site_of(article)) as connection:
            own = select(verdicts.c.capture_id).where(verdicts.c.article_id == article)
            wanted = (
                select(captures.c.id)
                .where(or_(captures.c.id.in_(own), captures.c.id.in_(late)))
                .order_by(captures.c.at, captures.c.id)
            )
            numbers = list(connection.execute(wanted).scalars())
            self._regrouping.move(connection, article, article, at)
            connection.execute(
                update(addresses).where(addresses.c.article_id == article).values(article_id=None)
            )
            connection.execute(delete(verdicts).where(verdicts.c.article_id == article))
        return numbers

    def succeeded(self, article: int, numbers: Sequence[int]) -> int | None:
        """Let an article that was set aside lead to the one that its captures became; its number."""
        with self._session.writing(self._session.site_of(article)) as connection:
            wanted = (
                select(verdicts.c.article_id)
                .where(verdicts.c.capture_id.in_(numbers), verdicts.c.article_id.is_not(None))
                .order_by(verdicts.c.at.desc(), verdicts.c.capture_id.desc())
                .limit(1)
            )
            heir: int | None = connection.execute(wanted).scalar()
            if heir is not None:
                connection.execute(
                    update(articles)
                    .where(or_(articles.c.id == article, articles.c.moved_to == article))
                    .values(moved_to=heir)
                )
        return heir
