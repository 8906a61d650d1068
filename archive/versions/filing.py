"""Filing: what a reading of a capture comes to, judged with ``archive.compare.judge``."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, bindparam, func, insert, select, update

from archive.captures.store import CaptureStore
from archive.compare.common_changes import TEMPLATE, CommonChanges, changed_pieces
from archive.compare.edit_summary import sizes
from archive.compare.fingerprint import FINGERPRINT, fingerprint, folded, words_digest
from archive.compare.judge import (
    SETTLED_AFTER,
    SETTLED_VISITS,
    TRIED_FOR,
    EarlierVersion,
    Judgement,
    is_gone,
    judge,
    may_be_ours,
)
from archive.compare.likeness import (
    SPOKEN,
    STILL_THERE,
    is_a_further_page,
    is_hardly_read,
    joined,
    likeness,
    says_the_same,
    still_the_same,
)
from archive.db import mapping
from archive.db.mapping import AnyRow
from archive.db.prepared import Statement
from archive.db.schema import (
    addresses,
    articles,
    captures,
    readings,
    runs,
    stated_values,
    verdicts,
    versions,
)
from archive.db.session import Session
from archive.errors import LeggerError, NotHere
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
from archive.versions.rows import (
    ADD_STATED,
    BY_ID,
    BY_KEY,
    FilingRows,
    Place,
    digest_of_stated,
    rows_of_stated,
)

log = logging.getLogger(__name__)

STANDS_NOT = frozenset({PageKind.SOFT404, PageKind.STUB})
"""Pages that say the article is not there (any more). A gate, a challenge or an empty page says nothing."""
STANDS_IN = frozenset({PageKind.GATE, PageKind.CHALLENGE, PageKind.REDIRECT, PageKind.FEED})
"""What stands in for the page asked for, or is no page: it says nothing of the article.

Every other kind is a guess at what one capture shows, and may waver while the article stays what it is."""

UNKEPT = "a standing page; pages of the site are no longer kept"
"""Why a page that was kept has no further versions."""

SURE = 2
"""A page that was a listing is one until so many captures in a row read as an article."""

ONE_VISIT = timedelta(hours=12)
"""The pages of an article that were captured within this time were there together."""

NOT_COMPARED = "what stood before came from an export, read by another reader: what changed is not known"
"""Why a version says nothing of what changed."""

LOOK_BACK = 50_000
"""Captures among which those are looked for that a killed run did not come to file."""

_READING = Statement(select(*mapping.READING).where(readings.c.id == bindparam("reading")))
_EARLIER = Statement(
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
_RECENT = Statement(
    select(verdicts.c.at, verdicts.c.version_id, verdicts.c.capture_id)
    .where(verdicts.c.article_id == bindparam("article"), verdicts.c.version_id.is_not(None))
    .order_by(verdicts.c.at.desc(), verdicts.c.capture_id.desc())
)
_MISSED_IT = frozenset({VerdictKind.SUSPECT.value, VerdictKind.GONE.value})
_ABSENCES = select(verdicts.c.at).where(
    verdicts.c.article_id == bindparam("article"),
    verdicts.c.at >= bindparam("since"),
    verdicts.c.kind.in_(_MISSED_IT),
)
_LAST_SHOWN = Statement(
    select(
        verdicts.c.article_id,
        verdicts.c.version_id,
        versions.c.number,
        verdicts.c.page,
        verdicts.c.kind,
        verdicts.c.reason,
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
_LOOKS = (
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
_READ_THERE = select(addresses.c.article_id).where(
    addresses.c.url == bindparam("url"), addresses.c.site_id == bindparam("site")
)
_SAME_WORDS = Statement(
    select(articles.c.id, articles.c.key, versions.c.reading_id)
    .join(versions, (versions.c.article_id == articles.c.id) & (versions.c.number == articles.c.latest))
    .where(
        versions.c.words == bindparam("words"),
        articles.c.site_id == bindparam("site"),
        articles.c.moved_to.is_(None),
    )
    .order_by(articles.c.id)
)
_PAGES_OF = select(versions.c.pages).where(
    versions.c.latest_capture_id == bindparam("capture"), versions.c.pages.is_not(None)
)
_STATED_MODIFIED = Statement(
    select(stated_values.c.value).where(
        stated_values.c.article_id == bindparam("article"),
        stated_values.c.field == "modified",
        stated_values.c.until.is_(None),
    )
)
_ADD_ARTICLE = Statement(insert(articles))
_SUPERSEDED = Statement(
    update(versions).where(versions.c.id == bindparam("version")).values(superseded=bindparam("since"))
)
_LATEST = Statement(
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(latest=bindparam("number"), kind=bindparam("page"))
)
_NO_ARTICLES = ("listing", "page")


_KILLED = (
    select(runs.c.id)
    .where(runs.c.site_id == bindparam("site"), runs.c.ended.is_(None) | (runs.c.outcome == "stopped"))
    .order_by(runs.c.id.desc())
    .limit(3)
)
_UNFILED = (
    select(captures.c.id)
    .outerjoin(verdicts, verdicts.c.capture_id == captures.c.id)
    .where(
        captures.c.run_id.in_(bindparam("runs", expanding=True)),
        captures.c.site_id == bindparam("site"),
        captures.c.status == 200,
        captures.c.body_id.is_not(None),
        verdicts.c.capture_id.is_(None),
        captures.c.id > select(func.max(captures.c.id) - LOOK_BACK).scalar_subquery(),
    )
    .order_by(captures.c.id)
)


class Filing(FilingRows):
    """Readings of captures, judged and filed."""

    def __init__(self, session: Session, captures: CaptureStore, index: FullTextIndex) -> None:
        super().__init__(session, index)
        self._captures = captures

    def identify(
        self, article: Article, capture: StoredCapture, keys: Keys, read_again: ReadAgain
    ) -> tuple[str, int]:
        """(the key by which what stands at an address is to be filed, which page of that article it is).

        What is filed already decides, and its words: an address keeps its article; a canonical address is
        believed when the article there says the same, or when it only drops a query and no article is known
        there; the same words under one more address are the same article; and a further page is one when
        the first page's article has its headline, and another text.
        """
        if not article.is_article or not article.text:
            return keys.own, 1
        with self._session.asking() as connection:
            place = self._at(connection, capture)
            site = place["site"]

            def known(key: str | None) -> AnyRow | None:
                return BY_KEY.first(connection, {"site": site, "key": key}) if key else None

            def read(filed: AnyRow) -> Article:
                return mapping.article_of(_reading(connection, filed.reading_id))

            first, own, stated = known(keys.first), known(keys.own), known(keys.stated)
            whole = self._first_page(connection, first, read_again) if first is not None else None
            if first is not None and whole is not None and is_a_further_page(whole, article):
                return first.key, keys.page
            if own is not None:
                return keys.own, 1
            there = connection.execute(_READ_THERE, place).scalar()
            if first is not None and (first.id == there or says_the_same(read(first), article)):
                return first.key, 1
            if stated is not None and (stated.id == there or says_the_same(read(stated), article)):
                return stated.key, 1
            if keys.stated and stated is None and keys.without_query:
                return keys.stated, 1
            earlier = BY_ID.first(connection, {"article": there}) if there is not None else None
            if earlier is not None and says_the_same(read(earlier), article):
                return earlier.key, 1
            words = words_digest(article.title, article.text)
            for alike in _SAME_WORDS.all(connection, {"words": words, "site": site}) if words else ():
                if says_the_same(read(alike), article):
                    return alike.key, 1
        return keys.own, 1

    def _first_page(self, connection: Connection, filed: AnyRow, read_again: ReadAgain) -> Article | None:
        """The first page of an article as it stood last, by itself; ``None`` when it cannot be read."""
        if not filed.pages:
            return mapping.article_of(_reading(connection, filed.reading_id))
        try:
            return read_again(self._captures.load(connection, filed.latest_capture_id, whole=True).capture)
        except Exception:  # whatever a reader raises on an old page must not cost us the new one
            log.warning("capture %s could not be read again", filed.latest_capture_id, exc_info=True)
            return None

    def file(
        self,
        article: Article,
        *,
        capture: StoredCapture,
        key: str,
        read_again: ReadAgain,
        page: int = 1,
        changes: CommonChanges | None = None,
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
        pages before did not name it.

        *changes*: what the crawl run found changed so far. Until it has decided what its pages have in
        common, a change is held: nothing is put on record, and the capture is to be filed again then.

        *keep_pages*: standing pages are filed with versions too, under their own kind; an article stays one.
        """
        filed = self._filed(capture, key)
        if filed is not None and filed.kind == PageKind.PAGE:
            article = self._of_a_page(article, filed, read_again)
            if article.kind is PageKind.PAGE and not keep_pages:
                return self.note(
                    capture, VerdictKind.NOT_ARTICLE, page=article.kind, filed=filed, reason=UNKEPT
                )
        kept = keep_pages and article.kind is PageKind.PAGE and bool(article.text)
        if not article.is_article and not (kept and (filed is None or filed.kind == PageKind.PAGE)):
            standing = self._still_an_article(article, filed, read_again) if filed is not None else None
            if standing is None:
                return self._file_other(article, capture, filed)
            article = standing
        place = Place(first=capture.id, url=capture.capture.url)
        if filed is not None and (page > 1 or filed.pages):
            try:
                article, place, completes = self._with_its_pages(article, capture, filed, page, read_again)
            except Exception as error:  # the other pages are on record; this one is, and can be read again
                log.exception("capture %s: the other pages of its article could not be read", capture.id)
                return self.unreadable(capture, f"its other pages could not be read: {error}")
            if completes:
                return self._complete(article, capture, filed, page, place)
        values = mapping.reading_values(article)
        if not article.text and (not article.title or (filed is None and not article.blocks)):
            return self.note(
                capture, VerdictKind.NOT_ARTICLE, page=article.kind, filed=filed, reason="no words"
            )
        if filed is None:
            reason = self._was_a_listing(article, capture, read_again) if article.is_article else ""
            if reason:
                return self.note(capture, VerdictKind.NOT_ARTICLE, page=article.kind, reason=reason)
            return self._file_first(article, values, capture, key)
        if not article.text and filed.word_count:
            reason = "read without any text, which the article had"
            return self.note(capture, VerdictKind.NOT_ARTICLE, page=article.kind, filed=filed, reason=reason)
        if changes is not None and changes.waits(filed.id):
            return self._hold(capture, filed, changes)
        if values["fingerprint"] == filed.fingerprint:
            if changes is not None:
                changes.add_article(filed.id)
            return self._file_same(article, capture, filed, place)
        return self._file_other_words(article, values, capture, filed, place, read_again, changes)

    def _hold(self, capture: StoredCapture, filed: AnyRow, changes: CommonChanges) -> Verdict:
        changes.hold(filed.id, capture.id)
        return Verdict(
            kind=VerdictKind.SAME, capture=capture.id, article=filed.id, version=filed.latest, held=True,
            page=PageKind(filed.kind),
        )  # fmt: skip

    def unfiled(self, site: str) -> Iterator[StoredCapture]:
        """Pages that crawl runs of a site kept and did not come to file, in order: they were killed."""
        with self._session.asking() as connection:
            number = self._session.site_id(connection, site)
            killed = connection.execute(_KILLED, {"site": number}).scalars().all()
            numbers = connection.execute(_UNFILED, {"site": number, "runs": killed}).scalars().all()
        for number in numbers:
            with self._session.asking() as connection:
                yield self._captures.load(connection, number, whole=True)

    def confirm(self, capture: StoredCapture) -> Verdict:
        """File a 304: what was last read at this address is confirmed unchanged.

        A page that said the article is not there, and still says so, is one more visit that missed it.
        """
        with self._session.asking() as connection:
            shown = _LAST_SHOWN.first(connection, self._at(connection, capture))
            filed = None
            if shown is not None and shown.article_id is not None:
                filed = BY_ID.first(connection, {"article": shown.article_id})
        if shown is not None and filed is not None and shown.kind in _MISSED_IT:
            page = PageKind(shown.page) if shown.page else None
            return self._file_absence(capture, filed, shown.reason, final=False, page=page)
        if shown is None or filed is None or shown.version_id is None:
            page = PageKind(shown.page) if shown is not None and shown.page else None
            return self.note(
                capture, VerdictKind.NOT_ARTICLE, page=page, reason="unchanged, and it was no article"
            )
        kind = VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.SAME
        with self._session.writing() as connection:
            url = filed.url if filed.pages else capture.capture.url
            self._seen(connection, filed, shown.version_id, capture, url)
            return self.note_verdict(
                connection, capture, kind, page=PageKind(shown.page), article=filed.id,
                version=(shown.version_id, shown.number), reason="not modified",
            )  # fmt: skip

    def absent(self, capture: StoredCapture, *, key: str, reason: str, final: bool = False) -> Verdict:
        """File an answer that is not the article any more (404, soft 404, redirect to the front page).

        *final* (410) is gone at once; otherwise it is suspect, and gone when visits on at least three
        different days (UTC), the last two days or more after the first, all missed it. Only the address
        at which the article was last seen can say that it is gone; an older one that fails makes that
        address due.
        """
        return self._file_absence(capture, self._filed(capture, key), reason, final=final, page=None)

    def unreadable(self, capture: StoredCapture, error: str) -> Verdict:
        """File a capture that could not be read. It stays, and can be read again."""
        return self.note(capture, VerdictKind.UNREADABLE, page=None, reason=error)

    # ------------------------------------------------------------ pages that are no articles

    def _still_an_article(self, article: Article, filed: AnyRow, read_again: ReadAgain) -> Article | None:
        """A page that was an article and reads as another kind now, as the article it still is; ``None``
        when its words have nothing to do with those before, or it has hardly any."""
        if article.kind in STANDS_NOT | STANDS_IN or not article.text:
            return None
        with self._session.asking() as connection:
            old = mapping.article_of(_reading(connection, filed.reading_id))
        if not still_the_same(old, article):
            old, *_ = self._read_the_same_way(article, filed, read_again)
            if not still_the_same(old, article):
                return None
        return replace(article, kind=old.kind)

    def _of_a_page(self, article: Article, filed: AnyRow, read_again: ReadAgain) -> Article:
        """What was captured where a standing page is kept: that page, as long as its words have something to
        do with those before and today's reader does not call both captures an article."""
        if not article.is_article or not article.text:
            return article
        old, *_ = self._read_the_same_way(article, filed, read_again, whatever_it_is=True)
        if old.is_article or not still_the_same(old, article):
            return article
        return replace(article, kind=PageKind.PAGE)

    def _file_other(self, article: Article, capture: StoredCapture, filed: AnyRow | None) -> Verdict:
        kind = article.kind
        if filed is not None:
            reason = f"{kind.value}: {article.reason}" if article.reason else kind.value
            if kind in STANDS_NOT:
                return self._file_absence(capture, filed, reason, final=False, page=kind)
            if kind not in STANDS_IN and (
                article.word_count >= SPOKEN or self._lists_under_another_name(article, filed)
            ):
                reason = f"something else stands there: {reason}"
                return self._file_absence(capture, filed, reason, final=False, page=kind)
        return self.note(capture, VerdictKind.NOT_ARTICLE, page=kind, filed=filed, reason=article.reason)

    def _lists_under_another_name(self, article: Article, filed: AnyRow) -> bool:
        """Whether a list stands there that is not the article with its text left out: its headline is not."""
        if article.kind is not PageKind.LISTING or not article.title:
            return False
        with self._session.asking() as connection:
            old = mapping.article_of(_reading(connection, filed.reading_id))
        return bool(old.title) and folded(article.title) != folded(old.title)

    def _file_absence(
        self, capture: StoredCapture, filed: AnyRow | None, reason: str, *, final: bool, page: PageKind | None
    ) -> Verdict:
        if filed is None:
            return self.note(capture, VerdictKind.NOT_ARTICLE, page=page, reason=reason)
        at = capture.capture.at
        with self._session.writing() as connection:
            if capture.capture.url != filed.url:
                self._ask_soon(connection, capture, filed.url)
                return self.note_verdict(
                    connection, capture, VerdictKind.NOT_ARTICLE, page=page, article=filed.id,
                    reason=f"{reason}; the article was last seen at {filed.url}",
                )  # fmt: skip
            since = {"article": filed.id, "since": filed.last_seen}
            missed = (*connection.execute(_ABSENCES, since).scalars(), at)
            gone = filed.status == Status.GONE or final or is_gone(missed)
            values: dict[str, Any] = {
                "status": (Status.GONE if gone else Status.SUSPECT).value,
                "missed_since": min(missed),
                "gone_reason": reason,
            }
            if gone and filed.status != Status.GONE:
                values["gone_at"] = at
            connection.execute(update(articles).where(articles.c.id == filed.id).values(values))
            kind = VerdictKind.GONE if gone else VerdictKind.SUSPECT
            return self.note_verdict(connection, capture, kind, page=page, article=filed.id, reason=reason)

    def _ask_soon(self, connection: Connection, capture: StoredCapture, url: str) -> None:
        """Make an address due: another one of the same article has stopped answering."""
        at = capture.capture.at
        connection.execute(
            update(addresses)
            .where(
                addresses.c.url == url,
                addresses.c.site_id == self._session.ensure_site(connection, capture.capture.site),
                (addresses.c.due_at.is_(None)) | (addresses.c.due_at > at),
                addresses.c.last_visit < at,
            )
            .values(due_at=at)
        )

    # ------------------------------------------------------------ articles on several pages

    def _with_its_pages(
        self, article: Article, capture: StoredCapture, filed: AnyRow, page: int, read_again: ReadAgain
    ) -> tuple[Article, Place, bool]:
        """(The whole article with *page* as it was captured now, where its pages are, whether the version on
        file lacked this page all along).

        A page that the pages before it do not name any more is left out, when they did not name it in the
        look before either: some answers lack the links to the other pages. Raises whatever a reader raises.
        """
        numbers = {1: filed.latest_capture_id, **dict(filed.pages or ())}
        completes = page not in numbers
        with self._session.asking() as connection:
            kept = {
                number: capture if number == page else self._captures.load(connection, each, whole=True)
                for number, each in (numbers | {page: capture.id}).items()
            }
        for number in sorted(kept)[1:]:
            before = [kept[each] for each in kept if each < number]
            named = any(_names(each, kept[number].capture.url) for each in before)
            if number == page:
                completes = completes and named and self._had_it(filed, kept[number])
            elif not named and not self._named_before(numbers.get(page), kept[number].capture.url):
                del kept[number]
        readings = [
            article if number == page else read_again(each.capture) for number, each in sorted(kept.items())
        ]
        first = kept[1]
        further = [[number, each.id] for number, each in sorted(kept.items()) if number > 1]
        return joined(readings), Place(first=first.id, url=first.capture.url, pages=further), completes

    def _named_before(self, capture: int | None, url: str) -> bool:
        """Whether the capture that was the latest of a page before this one names an address."""
        if capture is None:
            return False
        with self._session.asking() as connection:
            return _names(self._captures.load(connection, capture, whole=True), url)

    def _had_it(self, filed: AnyRow, further: StoredCapture) -> bool:
        """Whether the article on file had this page when its version was first seen: that was lately, or the
        capture that showed it names the page."""
        if further.capture.at - filed.first_seen < ONE_VISIT:
            return True
        with self._session.asking() as connection:
            return _names(self._captures.load(connection, filed.capture_id, whole=True), further.capture.url)

    def _complete(
        self, article: Article, capture: StoredCapture, filed: AnyRow, page: int, place: Place
    ) -> Verdict:
        """A further page was captured for the first time: the version on file always had it."""
        kind = VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.SAME
        values = mapping.reading_values(article)
        with self._session.writing() as connection:
            reading = self.add_reading(connection, values, place.first)
            self.read_better(connection, filed.version_id, reading, values)
            self._seen(connection, filed, filed.version_id, capture, place.url)
            self._on_pages(connection, filed.version_id, place)
            return self.note_verdict(
                connection, capture, kind, page=article.kind, article=filed.id,
                version=(filed.version_id, filed.latest), reason=f"page {page} of the article",
            )  # fmt: skip

    def _on_pages(self, connection: Connection, version: int, place: Place) -> None:
        connection.execute(
            update(versions)
            .where(versions.c.id == version)
            .values(pages=place.pages or None, latest_capture_id=place.first)
        )

    def read_whole(self, connection: Connection, capture: int, read_again: ReadAgain) -> Article:
        """How a capture reads now; with its further pages where it is the first page of an article."""
        further = connection.execute(_PAGES_OF, {"capture": capture}).scalar() or ()
        numbers = [capture, *(each for _, each in sorted(further))]
        return joined(
            [read_again(self._captures.load(connection, each, whole=True).capture) for each in numbers]
        )

    # ------------------------------------------------------------ articles

    def _was_a_listing(self, article: Article, capture: StoredCapture, read_again: ReadAgain) -> str:
        """Why a page that reads as an article is not filed as one yet: lately it was a listing, or a standing
        page, with much the same words, and today's reader still says so. Empty when it may be filed."""
        with self._session.asking() as connection:
            seen = connection.execute(_LOOKS, self._at(connection, capture)).all()
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

    def _file_first(
        self, article: Article, values: dict[str, Any], capture: StoredCapture, key: str
    ) -> Verdict:
        at = capture.capture.at
        said = mapping.stated(article)
        with self._session.writing() as connection:
            number = _ADD_ARTICLE.add(
                connection,
                {
                    "site_id": self._session.ensure_site(connection, capture.capture.site),
                    "key": key,
                    "url": capture.capture.url,
                    "kind": article.kind.value,
                    "status": Status.LIVE.value,
                    "first_seen": at,
                    "last_seen": at,
                    "latest": 1,
                    "stated_hash": digest_of_stated(said),
                },
            )
            ADD_STATED.run_many(
                connection, rows_of_stated(number, sorted(said.items()), at, reader_changed=False)
            )
            reading = self.add_reading(connection, values, capture)
            place = Place(first=capture.id, url=capture.capture.url)
            version = self._add_version(connection, number, 1, reading, values, capture, place)
            return self.note_verdict(
                connection, capture, VerdictKind.NEW, page=article.kind, article=number, version=(version, 1)
            )

    def _file_same(
        self, article: Article, capture: StoredCapture, filed: AnyRow, place: Place, reason: str = ""
    ) -> Verdict:
        kind = VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.SAME
        with self._session.writing() as connection:
            self._state_again(connection, filed, article, capture)
            self._seen(connection, filed, filed.version_id, capture, place.url, shown=place.first)
            if filed.pages:
                self._on_pages(connection, filed.version_id, place)
            if filed.alternating:
                self._has_won(connection, filed, capture)
            return self.note_verdict(
                connection, capture, kind, page=article.kind, article=filed.id,
                version=(filed.version_id, filed.latest), reason=reason,
            )  # fmt: skip

    def _file_other_words(
        self, article: Article, values: dict[str, Any], capture: StoredCapture, filed: AnyRow, place: Place,
        read_again: ReadAgain, changes: CommonChanges | None,
    ) -> Verdict:  # fmt: skip
        """The words differ from the latest version's: an editor, a flip-flop, or our own better reading."""
        old, read_at, anew, doubt = self._read_the_same_way(article, filed, read_again)
        if is_hardly_read(old, article):
            reason = "read without its headline and most of its text"
            return self.note(capture, VerdictKind.NOT_ARTICLE, page=article.kind, filed=filed, reason=reason)
        with self._session.asking() as connection:
            known = _EARLIER.all(connection, {"article": filed.id})
            modified = _STATED_MODIFIED.scalar(connection, {"article": filed.id})
            earlier = tuple(
                EarlierVersion(
                    number=each.number,
                    fingerprint=fingerprint(old) if each.number == filed.latest else each.fingerprint,
                    same_as=each.same_as,
                    alternating=each.alternating,
                )
                for each in known
            )
            alike = {each.id for each in known if each.fingerprint == values["fingerprint"]}
            settled = self._settled(connection, filed.id, alike, capture) if alike else None
        if anew:
            modified = old.modified.text if old.modified else None
        brief = capture.capture.at - known[-1].first_seen <= TRIED_FOR
        judgement = judge(
            old, article, earlier=earlier, stated=modified, settled=settled is not None, brief=brief,
            between=(read_at, capture.capture.at),
        )  # fmt: skip
        if judgement.changed_fields == ("section",) and old.url != article.url:
            judgement = Judgement(kind=VerdictKind.SAME, reason="in another section, under another address")
        reason = "; ".join(each for each in (judgement.reason, doubt) if each)

        pieces = changed_pieces(old, article) if changes is not None else frozenset()
        if changes is not None:
            changes.add_article(filed.id, pieces if judgement.kind is VerdictKind.CHANGED else frozenset())
            if judgement.kind is VerdictKind.CHANGED and not changes.decided:
                return self._hold(capture, filed, changes)
        shared = changes.shared_by(pieces) if changes is not None else 0
        if shared and judgement.kind is VerdictKind.CHANGED:
            judgement = Judgement(kind=VerdictKind.SAME, reason=f"{TEMPLATE} on {shared} articles at once")
            reason, anew = judgement.reason, True

        if judgement.kind is VerdictKind.FLIP_FLOP:
            return self._file_flip_flop(article, capture, filed, place, judgement, known)
        if judgement.kind is VerdictKind.SAME:
            if anew or not filed.fingerprint.startswith(f"{FINGERPRINT}:"):
                with self._session.writing() as connection:
                    reading = self.add_reading(connection, values, place.first)
                    self.read_better(connection, filed.version_id, reading, values)
                reason = reason or "read with another reader; the same when both are read the same way"
            return self._file_same(article, capture, filed, place, reason)
        again = mapping.reading_values(old) if anew else None
        since = settled or (capture.capture.at, capture.id)
        return self._file_change(
            article, values, capture, filed, place, old, judgement, again, reason, since,
            compared=doubt is not NOT_COMPARED,
        )  # fmt: skip

    def _read_the_same_way(
        self, article: Article, filed: AnyRow, read_again: ReadAgain, *, whatever_it_is: bool = False
    ) -> tuple[Article, datetime, bool, str]:
        """(The latest version as *article*'s reader reads it, when its page was captured, whether that is
        another reader, doubts).

        Its page is read again where the readers differ, and where they may have been of two minds; its kind
        is the one on file unless *whatever_it_is*.
        """
        with self._session.asking() as connection:
            old = mapping.article_of(_reading(connection, filed.reading_id))
            same_reader = old.reader == article.reader
            if same_reader and not may_be_ours(old, article):
                return old, filed.read_at, False, ""
            try:
                before = self._captures.load(connection, filed.latest_capture_id, whole=False).capture
                again = self.read_whole(connection, filed.latest_capture_id, read_again)
            except NotHere:
                return old, filed.read_at, False, NOT_COMPARED
            except LeggerError as error:
                return old, filed.read_at, False, f"the earlier capture could not be read again: {error}"
            except Exception as error:  # whatever a reader raises on an old page must not cost us the new one
                log.warning("capture %s could not be read again", filed.latest_capture_id, exc_info=True)
                return old, filed.read_at, False, f"the earlier capture could not be read again: {error}"
        if old.text and not again.text:
            return old, filed.read_at, False, f"the earlier capture now reads as {again.kind.value}"
        if not again.is_article and not whatever_it_is:  # the words are what is compared
            again = replace(again, kind=old.kind)
        return again, before.at, not same_reader, ""

    def _settled(
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

    def _has_won(self, connection: Connection, filed: AnyRow, capture: StoredCapture) -> None:
        """The latest version was one of several texts shown by turns. When it has stayed for long enough, and
        says something else than what stood before the turns, it is an edit after all."""
        if self._settled(connection, filed.id, {filed.version_id}, capture) is None:
            return
        known = _EARLIER.all(connection, {"article": filed.id})
        lasting = next((each for each in reversed(known) if not each.alternating), None)
        if lasting is None or known[-1].same_as == lasting.number:
            return
        if lasting.fingerprint != filed.fingerprint:
            connection.execute(
                update(versions).where(versions.c.id == filed.version_id).values(alternating=False)
            )

    def _file_flip_flop(
        self,
        article: Article,
        capture: StoredCapture,
        filed: AnyRow,
        place: Place,
        judgement: Judgement,
        known: Any,
    ) -> Verdict:
        shown = next(each for each in known if each.number == judgement.same_as)
        kind = VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.FLIP_FLOP
        with self._session.writing() as connection:
            connection.execute(
                update(versions)
                .where(
                    versions.c.article_id == filed.id,
                    versions.c.number >= judgement.alternating_since,
                    versions.c.alternating.is_(False),
                )
                .values(alternating=True, silent=False)
            )
            self._state_again(connection, filed, article, capture)
            self._seen(connection, filed, shown.id, capture, place.url, shown=place.first)
            if filed.pages:
                self._on_pages(connection, shown.id, place)
            return self.note_verdict(
                connection, capture, kind, page=article.kind, article=filed.id,
                version=(shown.id, shown.number), reason=judgement.reason,
                changed_fields=judgement.changed_fields,
            )  # fmt: skip

    def _file_change(
        self, article: Article, values: dict[str, Any], capture: StoredCapture, filed: AnyRow, place: Place,
        old: Article, judgement: Judgement, again: dict[str, Any] | None, reason: str,
        since: tuple[datetime, int], *, compared: bool,
    ) -> Verdict:  # fmt: skip
        """File the next version, with what changed where the two could be *compared*.

        *again* is the one before it as today's reader reads it, if it had to be read again: from now on it is
        compared and shown so, and what our software learned is no edit. *since* is when its words came to
        stand, and the capture that showed it.
        """
        number = filed.latest + 1
        changed = judgement.changed_fields if compared else ()
        kind = VerdictKind.BACK if filed.status == Status.GONE else VerdictKind.CHANGED
        with self._session.writing() as connection:
            if again is not None:
                before = self.add_reading(connection, again, filed.latest_capture_id)
                self.read_better(connection, filed.version_id, before, again)
            self._state_again(connection, filed, article, capture)
            _SUPERSEDED.run(connection, {"version": filed.version_id, "since": since[0]})
            reading = self.add_reading(connection, values, place.first)
            version = self._add_version(
                connection, filed.id, number, reading, values, capture, place,
                changed_fields=changed, silent=judgement.silent and compared, same_as=judgement.same_as,
                words=sizes(old.text, article.text) if compared else None,
                since=since, alternating=judgement.alternating,
            )  # fmt: skip
            _LATEST.run(connection, {"article": filed.id, "number": number, "page": article.kind.value})
            self._seen(connection, filed, version, capture, place.url)
            return self.note_verdict(
                connection, capture, kind, page=article.kind, article=filed.id, version=(version, number),
                reason=reason, changed_fields=changed,
            )  # fmt: skip


def _names(page: StoredCapture, url: str) -> bool:
    """Whether a page's bytes have an address in them: whole, or as seen from its own host."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    spellings = {url, path, unquote(path), *([f'"?{parts.query}', f"'?{parts.query}"] if parts.query else ())}
    body = page.capture.body
    return any(
        each.encode() in body or each.replace("&", "&amp;").encode() in body
        for each in spellings | {each.rstrip("/") + '"' for each in (url, path)}
    )


def _reading(connection: Connection, number: int) -> AnyRow:
    row = _READING.first(connection, {"reading": number})
    assert row is not None
    return row
