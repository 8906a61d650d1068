"""What the Internet Archive's Save Page Now was asked to keep, and what it answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, insert, or_, select, update

from archive.db.mapping import IS_NEWS, REDACTED, AnyRow, is_edit
from archive.db.schema import articles, sites, versions, wayback_requests
from archive.db.session import Session
from archive.model.types import Status

FIRST, EDIT = "first", "edit"
"""What is sent: an article when it is first seen, and when it was edited."""
WAITING, ASKED, SAVED, FAILED = "waiting", "asked", "saved", "failed"
"""How a request stands: to be asked (again), under way there, done, given up."""


@dataclass(frozen=True, kw_only=True)
class PageToSave:
    """A version that may be sent."""

    version: int
    """Number of its row."""
    url: str


@dataclass(frozen=True, kw_only=True)
class WaybackRequest:
    """What came of sending one version."""

    version: int
    """Number of its row."""
    article: int
    number: int
    """Of the version within the article."""
    site: str
    url: str
    """Empty: the article may not be shown."""
    state: str
    """``waiting``, ``asked``, ``saved`` or ``failed``."""
    tries: int
    job: str | None
    job_at: datetime | None
    """When the job was given."""
    first_asked: datetime | None
    asked: datetime | None
    """The last question, about it or for it."""
    next_at: datetime
    """When to ask again, while it waits or is under way."""
    saved_as: str | None
    """Time of the capture there, ``YYYYMMDDhhmmss``."""
    answer: Any
    """The last answer as it came (JSON); ``None``: none came."""

    @property
    def address(self) -> str | None:
        """Where the capture stands; ``None``: there is none."""
        return (
            f"https://web.archive.org/web/{self.saved_as}/{self.url}" if self.saved_as and self.url else None
        )


class Wayback:
    """Requests to Save Page Now, on record."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_page(self, kinds: Collection[str], *, since: datetime) -> PageToSave | None:
        """The latest version first seen after *since* and not sent: of news that stands and may be shown."""
        wanted = [
            condition
            for kind, condition in ((FIRST, versions.c.number == 1), (EDIT, is_edit()))
            if kind in kinds
        ]
        asked = select(wayback_requests.c.version_id)
        found = (
            select(versions.c.id, articles.c.url)
            .join(articles, articles.c.id == versions.c.article_id)
            .where(
                or_(false(), *wanted),
                versions.c.first_seen > since,
                versions.c.superseded.is_(None),
                articles.c.status == Status.LIVE.value,
                IS_NEWS,
                ~REDACTED.element,
                versions.c.id.not_in(asked),
            )
            .order_by(versions.c.first_seen.desc(), versions.c.id.desc())
            .limit(1)
        )
        with self._session.asking() as connection:
            row = connection.execute(found).one_or_none()
        return PageToSave(version=row.id, url=row.url) if row is not None else None

    def due(self, state: str, *, now: datetime) -> WaybackRequest | None:
        """The request in that state whose turn it is; of an article redacted since none."""
        with self._session.asking() as connection:
            row = connection.execute(
                _REQUEST.where(
                    wayback_requests.c.state == state, wayback_requests.c.next_at <= now, ~REDACTED.element
                )
                .order_by(wayback_requests.c.next_at)
                .limit(1)
            ).one_or_none()
        return _request(row) if row is not None else None

    def note(
        self,
        version: int,
        *,
        state: str,
        at: datetime,
        next_at: datetime,
        answer: Any = None,
        job: str | None = None,
        saved_as: str | None = None,
        tried: bool = False,
    ) -> None:
        """Put on record what was answered about a version; commits. *tried*: it was asked for anew."""
        values = {
            "state": state, "asked": at, "next_at": next_at, "answer": answer, "saved_as": saved_as,
            **({"job": job, "job_at": at} if job else {}),
        }  # fmt: skip
        mine = wayback_requests.c.version_id == version
        with self._session.writing("(wayback)") as connection:
            known = connection.execute(select(wayback_requests.c.tries).where(mine)).scalar()
            if known is None:
                first = {
                    "version_id": version,
                    "first_asked": at,
                    "tries": int(tried),
                    "job": None,
                    "job_at": None,
                }
                connection.execute(insert(wayback_requests), first | values)
            else:
                connection.execute(update(wayback_requests).where(mine).values(tries=known + tried, **values))
        self._session.commit()

    def asked_since(self, moment: datetime) -> int:
        """How many versions were first sent since then."""
        with self._session.asking() as connection:
            wanted = select(func.count()).where(wayback_requests.c.first_asked >= moment)
            return connection.execute(wanted).scalar_one()

    def last_asked(self) -> datetime | None:
        """When the Internet Archive was last asked anything."""
        with self._session.asking() as connection:
            return connection.execute(select(func.max(wayback_requests.c.asked))).scalar()

    def all(self, *, article: int | None = None, limit: int | None = None) -> Iterator[WaybackRequest]:
        """What was sent, the latest first."""
        wanted = _REQUEST.order_by(
            wayback_requests.c.first_asked.desc(), wayback_requests.c.version_id.desc()
        )
        if article is not None:
            wanted = wanted.where(articles.c.id == article)
        with self._session.asking() as connection:
            rows = connection.execute(wanted.limit(limit)).all()
        yield from map(_request, rows)


_REQUEST = (
    select(
        wayback_requests,
        versions.c.number,
        articles.c.id.label("article"),
        articles.c.url,
        sites.c.name.label("site"),
        REDACTED,
    )
    .join(versions, versions.c.id == wayback_requests.c.version_id)
    .join(articles, articles.c.id == versions.c.article_id)
    .join(sites, sites.c.id == articles.c.site_id)
)


def _request(row: AnyRow) -> WaybackRequest:
    return WaybackRequest(
        version=row.version_id,
        article=row.article,
        number=row.number,
        site=row.site,
        url="" if row.redacted else row.url,
        state=row.state,
        tries=row.tries,
        job=row.job,
        job_at=row.job_at,
        first_asked=row.first_asked,
        asked=row.asked,
        next_at=row.next_at,
        saved_as=row.saved_as,
        answer=None if row.redacted else row.answer,
    )
