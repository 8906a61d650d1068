"""Filing: what a reading of a capture comes to, judged with ``archive.compare.judge``."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from archive.captures.store import CaptureStore
from archive.compare.common_changes import TEMPLATE, changed_pieces
from archive.compare.edit_kinds import kinds
from archive.compare.edit_summary import sizes
from archive.compare.fingerprint import FINGERPRINT, fingerprint
from archive.compare.judge import TRIED_FOR, EarlierVersion, Judgement, judge
from archive.compare.likeness import is_hardly_read
from archive.compare.pages_together import BY_ITSELF, VisitSoFar
from archive.db import mapping
from archive.db.mapping import AnyRow
from archive.db.prepared import Statement
from archive.db.schema import addresses, articles, captures, verdicts, versions
from archive.db.session import Session
from archive.model.types import (
    Article,
    Keys,
    PageKind,
    ReadAgain,
    Status,
    StoredCapture,
    Verdict,
    VerdictKind,
)
from archive.search.index import FullTextIndex
from archive.versions.absence import MISSED_IT, Absences
from archive.versions.earlier import EARLIER, NOT_COMPARED, EarlierReading, EarlierReadings
from archive.versions.further_pages import FurtherPages
from archive.versions.identity import Identification
from archive.versions.rows import BY_ID, ArticlePlace, FilingRows

log = logging.getLogger(__name__)

UNKEPT = "a standing page; pages of the site are no longer kept"
"""Why a page that was kept has no further versions."""


_LAST_SHOWN = Statement(
    select(
        verdicts.c.article_id,
        verdicts.c.version_id,
        versions.c.number,
        verdicts.c.page,
        verdicts.c.kind,
        verdicts.c.reason,
        captures.c.id.label("capture_id"),
    )
    .select_from(captures)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .join(verdicts, verdicts.c.capture_id == captures.c.id)
    .outerjoin(versions, versions.c.id == verdicts.c.version_id)
    .where(
        addresses.c.url == bindparam("url"),
        addresses.c.site_id == bindparam("site"),
        captures.c.body_id.is_not(None),
        captures.c.status == 200,
    )
    .order_by(captures.c.id.desc())
    .limit(1)
)
_SUPERSEDED = Statement(
    update(versions).where(versions.c.id == bindparam("version")).values(superseded=bindparam("since"))
)
_LATEST = Statement(
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(latest=bindparam("number"), kind=bindparam("page"))
)


@dataclass(frozen=True, kw_only=True)
class _Recapture:
    """An article that is on file, captured again."""

    article: Article
    values: dict[str, Any]
    """The reading, as columns."""
    capture: StoredCapture
    filed: AnyRow
    place: ArticlePlace
    """Where it stands now."""


class Filing:
    """Readings of captures, judged and filed."""

    def __init__(self, session: Session, captures: CaptureStore, index: FullTextIndex) -> None:
        self._session = session
        self.rows = FilingRows(session, index)
        """What is filed, written."""
        self.further_pages = FurtherPages(session, captures)
        """Articles on several pages."""
        self._absences = Absences(session, self.rows)
        self._earlier = EarlierReadings(session, captures, self.rows, self.further_pages)
        self._identity = Identification(session, captures, self.rows)

    def identify(
        self, article: Article, capture: StoredCapture, keys: Keys, read_again: ReadAgain
    ) -> tuple[str, int]:
        """(the key by which what stands at an address is to be filed, which page of that article it is)."""
        return self._identity.identify(article, capture, keys, read_again)

    def file(
        self,
        article: Article,
        *,
        capture: StoredCapture,
        key: str,
        read_again: ReadAgain,
        page: int = 1,
        visit: VisitSoFar = BY_ITSELF,
        further: Collection[str] = (),
        keep_pages: bool = False,
    ) -> Verdict:
        """Judge a reading of *capture* against what is filed under *key* and file it.

        When the fingerprints differ and the readers differ too, the earlier capture is read again with
        *read_again* and the two are compared read the same way. A page that is no article is filed with
        its kind and becomes no version. Where an article stood, a page of another kind is still judged as
        that article as long as its words have something to do with those before; when they have not, or the
        page is a soft 404 or a stub, it counts as :meth:`absent`, with what stands there as the reason.
        Captures of one article are to be filed in the order of their times.

        *page*: which page of the article was captured, of one that stands on several. Its words are those of
        all its pages, in order; a page that is seen for the first time completes the version, unless the
        pages before did not name it. *further*: what the page links to as its further pages.

        *visit*: while that holds a change, nothing is put on record, and the capture is to be filed again.

        *keep_pages*: standing pages are filed with versions too, under their own kind; an article stays one.
        """
        filed = self.rows.filed(capture, key)
        stands = self._as_what_is_filed(article, capture, filed, read_again, visit, keep_pages=keep_pages)
        if isinstance(stands, Verdict):
            return stands
        article = stands
        if filed is not None and visit.waits(filed.id, capture):
            return self._hold(capture, filed, page, visit)
        place = ArticlePlace(first=capture.id, url=capture.capture.url)
        beside = visit.looks_beside(filed.id, page, capture) if filed is not None else {}
        if filed is not None and (page > 1 or filed.pages or beside):
            try:
                article, place, completes = self.further_pages.with_its_pages(
                    article, capture, filed, page, read_again, beside
                )
            except Exception as error:  # the other pages are on record; this one is, and can be read again
                log.exception("capture %s: the other pages of its article could not be read", capture.id)
                return self.unreadable(capture, f"its other pages could not be read: {error}")
            if completes:
                return self._complete(article, capture, filed, page, place)
        if reason := _lacks_words(article, filed):
            return self.rows.note(
                capture, VerdictKind.NOT_ARTICLE, page=article.kind, filed=filed, reason=reason
            )
        if filed is None:
            return self._file_first(article, capture, key, read_again)
        values = mapping.reading_values(article)
        came = _Recapture(article=article, values=values, capture=capture, filed=filed, place=place)
        if values["fingerprint"] == filed.fingerprint:
            if visit.changes is not None:
                visit.changes.add_article(filed.id, title=article.title)
            return self._file_same(came)
        return self._file_other_words(came, read_again, page, visit, several=bool(place.pages or further))

    def _as_what_is_filed(
        self, article: Article, capture: StoredCapture, filed: AnyRow | None, read_again: ReadAgain,
        visit: VisitSoFar, *, keep_pages: bool,
    ) -> Article | Verdict:  # fmt: skip
        """What was captured, as an article or as the standing page that is kept there, whatever it reads as
        today; where it is neither, what that comes to."""
        if filed is not None and filed.kind == PageKind.PAGE:
            article = self._earlier.of_a_page(article, filed, read_again)
            if article.kind is PageKind.PAGE and not keep_pages:
                return self.rows.note(
                    capture, VerdictKind.NOT_ARTICLE, page=article.kind, filed=filed, reason=UNKEPT
                )
        if article.is_article:
            return article
        kept = keep_pages and article.kind is PageKind.PAGE and bool(article.text)
        if kept and (filed is None or filed.kind == PageKind.PAGE):
            return article
        standing = self._earlier.still_an_article(article, filed, read_again) if filed is not None else None
        if standing is not None:
            return standing
        return self._absences.file_other(article, capture, filed, site_stands=visit.site_stands)

    def _hold(self, capture: StoredCapture, filed: AnyRow, page: int, visit: VisitSoFar) -> Verdict:
        others: tuple[str, ...] = ()
        if visit.hold(filed.id, page, capture) and filed.pages:
            numbers = {1: filed.latest_capture_id, **dict(filed.pages)}
            others = self.further_pages.addresses([each for at, each in numbers.items() if at != page])
        return Verdict(
            kind=VerdictKind.SAME, capture=capture.id, article=filed.id, version=filed.latest, held=True,
            page=PageKind(filed.kind), other_pages=others,
        )  # fmt: skip

    def confirm(self, capture: StoredCapture, *, visit: VisitSoFar = BY_ITSELF) -> Verdict:
        """File a 304: what was last read at this address is confirmed unchanged.

        A page that said the article is not there, and still says so, is one more visit that missed it.
        The others as in :meth:`file`: a page waits with the others of its article.
        """
        with self._session.asking() as connection:
            shown = _LAST_SHOWN.first(connection, self.rows.at(connection, capture))
            filed = None
            if shown is not None and shown.article_id is not None:
                filed = BY_ID.first(connection, {"article": shown.article_id})
        if shown is not None and filed is not None and shown.kind in MISSED_IT:
            page = PageKind(shown.page) if shown.page else None
            return self._absences.file(
                capture, filed, shown.reason, final=False, page=page, site_stands=visit.site_stands
            )
        if shown is None or filed is None or shown.version_id is None:
            page = PageKind(shown.page) if shown is not None and shown.page else None
            return self.rows.note(
                capture, VerdictKind.NOT_ARTICLE, page=page, reason="unchanged, and it was no article"
            )
        pages = {1: filed.latest_capture_id, **dict(filed.pages or ())}
        number = next((number for number, each in pages.items() if each == shown.capture_id), 0)
        if number and visit.waits(filed.id, capture):
            return self._hold(capture, filed, number, visit)
        version = (shown.version_id, shown.number)
        if number and filed.pages:  # it is a page of the latest version, whichever it was seen with
            version = (filed.version_id, filed.latest)
        with self._session.writing(capture.capture.site) as connection:
            url = filed.url if filed.pages else capture.capture.url
            self.rows.seen(connection, filed, version[0], capture, url)
            return self.rows.note_verdict(
                connection, capture, _there(filed), page=PageKind(shown.page), article=filed.id,
                version=version, reason="not modified",
            )  # fmt: skip

    def waiting(
        self, capture: StoredCapture, key: str | None, page: int, visit: VisitSoFar
    ) -> Verdict | None:
        """Hold a capture of what may be a further *page* of the article filed under *key*, when a change of
        that waits; ``None``: none does."""
        filed = self.rows.filed(capture, key) if key is not None else None
        if filed is None or not visit.waits(filed.id, capture):
            return None
        return self._hold(capture, filed, page, visit)

    def absent(
        self,
        capture: StoredCapture,
        *,
        key: str,
        reason: str,
        final: bool = False,
        site_stands: bool = True,
    ) -> Verdict:
        """File an answer that is not the article any more (404, soft 404, redirect to the front page).

        *final* (410) is gone at once; otherwise it is suspect, and gone when visits on at least three
        different days (UTC), the last two days or more after the first, all missed it. Only the address
        at which the article was last seen can say that it is gone; an older one that fails makes that
        address due. *site_stands*: as :class:`archive.compare.pages_together.VisitSoFar` has it.
        """
        filed = self.rows.filed(capture, key)
        return self._absences.file(capture, filed, reason, final=final, page=None, site_stands=site_stands)

    def unreadable(self, capture: StoredCapture, error: str) -> Verdict:
        """File a capture that could not be read. It stays, and can be read again."""
        return self.rows.note(capture, VerdictKind.UNREADABLE, page=None, reason=error)

    def _complete(
        self, article: Article, capture: StoredCapture, filed: AnyRow, page: int, place: ArticlePlace
    ) -> Verdict:
        """A further page was captured for the first time: the version on file always had it."""
        values = mapping.reading_values(article)
        with self._session.writing(capture.capture.site) as connection:
            reading = self.rows.add_reading(connection, values, place.first)
            self.rows.read_better(connection, filed.version_id, reading, values)
            self.rows.seen(connection, filed, filed.version_id, capture, place.url)
            self.rows.on_pages(connection, filed.version_id, place)
            return self.rows.note_verdict(
                connection, capture, _there(filed), page=article.kind, article=filed.id,
                version=(filed.version_id, filed.latest), reason=f"page {page} of the article",
            )  # fmt: skip

    # ------------------------------------------------------------ articles

    def _file_first(
        self, article: Article, capture: StoredCapture, key: str, read_again: ReadAgain
    ) -> Verdict:
        reason = self._earlier.was_a_listing(article, capture, read_again) if article.is_article else ""
        if reason:
            return self.rows.note(capture, VerdictKind.NOT_ARTICLE, page=article.kind, reason=reason)
        values = mapping.reading_values(article)
        with self._session.writing(capture.capture.site) as connection:
            number = self.rows.add_article(connection, article, capture, key)
            reading = self.rows.add_reading(connection, values, capture)
            place = ArticlePlace(first=capture.id, url=capture.capture.url)
            version = self.rows.add_version(connection, number, 1, reading, values, capture, place)
            return self.rows.note_verdict(
                connection, capture, VerdictKind.NEW, page=article.kind, article=number, version=(version, 1)
            )

    def _file_same(self, came: _Recapture, reason: str = "") -> Verdict:
        filed, capture, place = came.filed, came.capture, came.place
        with self._session.writing(capture.capture.site) as connection:
            self.rows.state_again(connection, filed, came.article, capture)
            self.rows.seen(connection, filed, filed.version_id, capture, place.url, shown=place.first)
            if filed.pages or place.pages:
                self.rows.on_pages(connection, filed.version_id, place)
            if filed.alternating:
                self._earlier.settle_turns(connection, filed, capture)
            return self.rows.note_verdict(
                connection, capture, _there(filed), page=came.article.kind, article=filed.id,
                version=(filed.version_id, filed.latest), reason=reason,
            )  # fmt: skip

    def _file_other_words(
        self, came: _Recapture, read_again: ReadAgain, page: int, visit: VisitSoFar, *, several: bool
    ) -> Verdict:
        """The words differ from the latest version's: an editor, a flip-flop, or our own better reading.

        *several*: the article stands on several pages.
        """
        article, capture, filed = came.article, came.capture, came.filed
        old = self._earlier.read_the_same_way(article, filed, read_again)
        if is_hardly_read(old.article, article):
            reason = "read without its headline and most of its text"
            return self.rows.note(
                capture, VerdictKind.NOT_ARTICLE, page=article.kind, filed=filed, reason=reason
            )
        known, judgement, since = self._judged(came, old)
        reason, anew = "; ".join(each for each in (judgement.reason, old.doubt) if each), old.anew

        changes = visit.changes
        pieces = changed_pieces(old.article, article) if changes is not None else frozenset()
        if changes is not None:
            moved = pieces if judgement.kind is VerdictKind.CHANGED else frozenset()
            changes.add_article(filed.id, moved, title=article.title)
        differs = judgement.kind is VerdictKind.CHANGED or (
            several and judgement.kind is not VerdictKind.SAME
        )
        if differs and visit.must_wait(capture, several=several):
            return self._hold(capture, filed, page, visit)
        shared = changes.shared_by(pieces) if changes is not None else 0
        if shared and judgement.kind is VerdictKind.CHANGED:
            judgement = Judgement(kind=VerdictKind.SAME, reason=f"{TEMPLATE} on {shared} articles at once")
            reason, anew = judgement.reason, True

        if judgement.kind is VerdictKind.FLIP_FLOP:
            return self._file_flip_flop(came, judgement, known)
        if judgement.kind is VerdictKind.CHANGED:
            return self._file_change(came, old, judgement, reason, since)
        if anew or not filed.fingerprint.startswith(f"{FINGERPRINT}:"):
            with self._session.writing(capture.capture.site) as connection:
                reading = self.rows.add_reading(connection, came.values, came.place.first)
                self.rows.read_better(connection, filed.version_id, reading, came.values)
            reason = reason or "read with another reader; the same when both are read the same way"
        return self._file_same(came, reason)

    def _judged(
        self, came: _Recapture, old: EarlierReading
    ) -> tuple[Sequence[AnyRow], Judgement, tuple[datetime, int]]:
        """(The versions on file, what the capture comes to beside them, when its words came to stand and
        the capture that showed it)."""
        article, capture, filed = came.article, came.capture, came.filed
        with self._session.asking() as connection:
            known = EARLIER.all(connection, {"article": filed.id})
            modified = self.rows.modified_now(connection, filed.id)
            alike = {each.id for each in known if each.fingerprint == came.values["fingerprint"]}
            settled = self._earlier.settled(connection, filed.id, alike, capture) if alike else None
            before = self.rows.look_before(connection, capture.id) if came.place.pages else None
            if before is not None:
                modified = self.rows.modified_by(connection, filed.id, before)
        earlier = tuple(
            EarlierVersion(
                number=each.number,
                fingerprint=fingerprint(old.article) if each.number == filed.latest else each.fingerprint,
                same_as=each.same_as,
                alternating=each.alternating,
            )
            for each in known
        )
        stated = old.article.modified.text if old.article.modified else None
        if old.anew and before is None:
            modified = stated
        # the first page of this very look may be on file already, and states what the look before did not
        shown_then = before is None or stated is None or stated == modified
        judgement = judge(
            old.article if shown_then else replace(old.article, modified=None), article, earlier=earlier,
            stated=modified, settled=settled is not None,
            brief=capture.capture.at - known[-1].first_seen <= TRIED_FOR,
            between=(old.at, capture.capture.at),
        )  # fmt: skip
        if judgement.changed_fields == ("section",) and old.article.url != article.url:
            judgement = Judgement(kind=VerdictKind.SAME, reason="in another section, under another address")
        return known, judgement, settled or (capture.capture.at, capture.id)

    def _file_flip_flop(self, came: _Recapture, judgement: Judgement, known: Sequence[AnyRow]) -> Verdict:
        filed, capture, place = came.filed, came.capture, came.place
        shown = next(each for each in known if each.number == judgement.same_as)
        kind = VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.FLIP_FLOP
        with self._session.writing(capture.capture.site) as connection:
            connection.execute(
                update(versions)
                .where(
                    versions.c.article_id == filed.id,
                    versions.c.number >= judgement.alternating_since,
                    versions.c.alternating.is_(False),
                )
                .values(alternating=True, silent=False)
            )
            self.rows.state_again(connection, filed, came.article, capture)
            self.rows.seen(connection, filed, shown.id, capture, place.url, shown=place.first)
            if filed.pages or place.pages:
                self.rows.on_pages(connection, shown.id, place)
            return self.rows.note_verdict(
                connection, capture, kind, page=came.article.kind, article=filed.id,
                version=(shown.id, shown.number), reason=judgement.reason,
                changed_fields=judgement.changed_fields,
            )  # fmt: skip

    def _file_change(
        self,
        came: _Recapture,
        old: EarlierReading,
        judgement: Judgement,
        reason: str,
        since: tuple[datetime, int],
    ) -> Verdict:
        """File the next version, with what changed where the two could be compared.

        Where the one before it had to be read again, it is compared and shown so from now on, and what our
        software learned is no edit. *since* is when its words came to stand, and the capture that showed it.
        """
        article, capture, filed, place = came.article, came.capture, came.filed, came.place
        number, compared = filed.latest + 1, old.doubt is not NOT_COMPARED
        changed = judgement.changed_fields if compared else ()
        kind = VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.CHANGED
        with self._session.writing(capture.capture.site) as connection:
            if old.anew:
                again = mapping.reading_values(old.article)
                before = self.rows.add_reading(connection, again, filed.latest_capture_id)
                self.rows.read_better(connection, filed.version_id, before, again)
            self.rows.state_again(connection, filed, article, capture)
            _SUPERSEDED.run(connection, {"version": filed.version_id, "since": since[0]})
            reading = self.rows.add_reading(connection, came.values, place.first)
            version = self.rows.add_version(
                connection, filed.id, number, reading, came.values, capture, place,
                changed_fields=changed, silent=judgement.silent and compared, same_as=judgement.same_as,
                words=sizes(old.article.text, article.text) if compared else None,
                edit_kinds=kinds(old.article, article) if compared else (),
                since=since, alternating=judgement.alternating,
            )  # fmt: skip
            _LATEST.run(connection, {"article": filed.id, "number": number, "page": article.kind.value})
            self.rows.seen(connection, filed, version, capture, place.url)
            return self.rows.note_verdict(
                connection, capture, kind, page=article.kind, article=filed.id, version=(version, number),
                reason=reason, changed_fields=changed,
            )  # fmt: skip


def _there(filed: AnyRow) -> VerdictKind:
    return VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.SAME


def _lacks_words(article: Article, filed: AnyRow | None) -> str:
    """Why a reading has too few words to be filed; empty: it has enough."""
    if article.text:
        return ""
    if not article.title or (filed is None and not article.blocks):
        return "no words"
    return "read without any text, which the article had" if filed is not None and filed.word_count else ""
