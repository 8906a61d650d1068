"""A reading beside what was read at its address before, both read by today's reader where readers differ."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from archive.captures.store import CaptureStore
from archive.compare.judge import SETTLED_AFTER, SETTLED_VISITS, may_be_ours
from archive.compare.likeness import STILL_THERE, likeness, still_the_same
from archive.db import mapping
from archive.db.mapping import AnyRow
from archive.db.prepared import Statement
from archive.db.schema import addresses, captures, verdicts, versions
from archive.db.session import Session
from archive.errors import LeggerError, NotHere
from archive.model.types import Article, PageKind, ReadAgain, StoredCapture
from archive.versions.absence import STANDS_IN, STANDS_NOT
from archive.versions.further_pages import FurtherPages, pages_of
from archive.versions.rows import FilingRows, reading_of

log = logging.getLogger(__name__)

SURE = 2
"""A page that was a listing is one until so many captures in a row read as an article."""
NOT_COMPARED = "what stood before came from an export, read by another reader: what changed is not known"
"""Why a version says nothing of what changed."""
UNREADABLE = "the earlier capture could not be read again"
"""How a doubt begins where that failed."""
EARLIER = Statement(
    select(
        versions.c.id,
        versions.c.number,
        versions.c.fingerprint,
        versions.c.same_as,
        versions.c.alternating,
        versions.c.first_seen,
    )
    .where(versions.c.article_id == bindparam("article"))
    .order_by(versions.c.number)
)
"""The versions of an article, the oldest first."""
_RECENT = Statement(
    select(verdicts.c.at, verdicts.c.version_id, verdicts.c.capture_id)
    .where(verdicts.c.article_id == bindparam("article"), verdicts.c.version_id.is_not(None))
    .order_by(verdicts.c.at.desc(), verdicts.c.capture_id.desc())
)
_LOOKS = Statement(
    select(captures.c.id, verdicts.c.page)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .join(verdicts, verdicts.c.capture_id == captures.c.id)
    .where(
        addresses.c.url == bindparam("url"),
        addresses.c.site_id == bindparam("site"),
        captures.c.body_id.is_not(None),
        captures.c.status == 200,
    )
    .order_by(captures.c.id.desc())
    .limit(SURE)
)
_NO_ARTICLES = ("listing", "page")


@dataclass(frozen=True, kw_only=True)
class EarlierReading:
    """The latest version of an article, as today's reader reads it."""

    article: Article
    at: datetime
    """When its page was captured."""
    anew: bool = False
    """It was read again, for another reader had read it."""
    doubt: str = ""
    """Why what differs may not be an edit."""


class EarlierReadings:
    """Earlier readings of articles, as today's reader reads them."""

    def __init__(
        self, session: Session, captures: CaptureStore, rows: FilingRows, pages: FurtherPages
    ) -> None:
        self._session, self._captures, self._rows, self._pages = session, captures, rows, pages

    def still_an_article(self, article: Article, filed: AnyRow, read_again: ReadAgain) -> Article | None:
        """A page that was an article and reads as another kind now, as the article it still is; ``None``
        when its words have nothing to do with those before, or it has hardly any."""
        if article.kind in STANDS_NOT | STANDS_IN or not article.text:
            return None
        with self._session.asking() as connection:
            old = mapping.article_of(reading_of(connection, filed.reading_id))
        if not still_the_same(old, article):
            old = self.read_the_same_way(article, filed, read_again).article
            if not still_the_same(old, article):
                return None
        return replace(article, kind=old.kind)

    def of_a_page(self, article: Article, filed: AnyRow, read_again: ReadAgain) -> Article:
        """What was captured where a standing page is kept: that page, as long as its words have something to
        do with those before and today's reader does not call both captures an article."""
        if not article.is_article or not article.text:
            return article
        old = self.read_the_same_way(article, filed, read_again, whatever_it_is=True).article
        if old.is_article or not still_the_same(old, article):
            return article
        return replace(article, kind=PageKind.PAGE)

    def was_a_listing(self, article: Article, capture: StoredCapture, read_again: ReadAgain) -> str:
        """Why a page that reads as an article is not filed as one yet: lately it was a listing, or a standing
        page, with much the same words, and today's reader still says so. Empty when it may be filed."""
        with self._session.asking() as connection:
            seen = _LOOKS.all(connection, self._rows.at(connection, capture))
            before = next((each for each in seen if each.page in _NO_ARTICLES), None)
            if before is None:
                return ""
            try:
                again = read_again(self._captures.load(connection, before.id, whole=True).capture)
            except Exception:  # what cannot be read any more is no witness
                log.warning("capture %s could not be read again", before.id, exc_info=True)
                return ""
        if again.is_article or likeness(again.text, article.text) < STILL_THERE:
            return ""
        return f"reads as an article, and lately as a {before.page}"

    def read_the_same_way(
        self, article: Article, filed: AnyRow, read_again: ReadAgain, *, whatever_it_is: bool = False
    ) -> EarlierReading:
        """The latest version as *article*'s reader reads it.

        Its page is read again where the readers differ, and where they may have been of two minds; its kind
        is the one on file unless *whatever_it_is*.
        """
        with self._session.asking() as connection:
            old = mapping.article_of(reading_of(connection, filed.reading_id))
            same_reader = old.reader == article.reader
            if same_reader and not may_be_ours(old, article):
                return EarlierReading(article=old, at=filed.read_at)
            try:
                before = self._captures.load(connection, filed.latest_capture_id, whole=False).capture
                again = self._pages.read_whole(connection, pages_of(filed), read_again)
            except NotHere:
                return EarlierReading(article=old, at=filed.read_at, doubt=NOT_COMPARED)
            except LeggerError as error:
                return EarlierReading(article=old, at=filed.read_at, doubt=f"{UNREADABLE}: {error}")
            except Exception as error:  # whatever a reader raises on an old page must not cost us the new one
                log.warning("capture %s could not be read again", filed.latest_capture_id, exc_info=True)
                return EarlierReading(article=old, at=filed.read_at, doubt=f"{UNREADABLE}: {error}")
        if old.text and not again.text:
            doubt = f"the earlier capture now reads as {again.kind.value}"
            return EarlierReading(article=old, at=filed.read_at, doubt=doubt)
        if not again.is_article and not whatever_it_is:  # the words are what is compared
            again = replace(again, kind=old.kind)
        return EarlierReading(article=again, at=before.at, anew=not same_reader)

    def settled(
        self, connection: Connection, article: int, alike: set[int], capture: StoredCapture
    ) -> tuple[datetime, int] | None:
        """Since when the visits up to this one showed the same alternating words, and the capture that showed
        them first; ``None`` unless they did so often and for long enough."""
        at = capture.capture.at
        stretch = [(at, capture.id)]
        for row in _RECENT.each(connection, {"article": article}):
            if row.version_id not in alike:
                break
            stretch.append((row.at, row.capture_id))
        since = stretch[-1]
        return since if len(stretch) >= SETTLED_VISITS and at - since[0] >= SETTLED_AFTER else None

    def settle_turns(self, connection: Connection, filed: AnyRow, capture: StoredCapture) -> None:
        """The latest version was one of several texts shown by turns. When it has stayed for long enough, and
        says something else than what stood before the turns, it is an edit after all."""
        if self.settled(connection, filed.id, {filed.version_id}, capture) is None:
            return
        known = EARLIER.all(connection, {"article": filed.id})
        lasting = next((each for each in reversed(known) if not each.alternating), None)
        if lasting is None or known[-1].same_as == lasting.number:
            return
        if lasting.fingerprint != filed.fingerprint:
            connection.execute(
                update(versions).where(versions.c.id == filed.version_id).values(alternating=False)
            )
