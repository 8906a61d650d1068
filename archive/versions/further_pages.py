"""Articles that stand on several pages: which pages one has, and its words on all of them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, bindparam, select

from archive.captures.store import CaptureStore
from archive.compare.fingerprint import folded
from archive.compare.likeness import is_a_further_page, joined, still_the_same
from archive.db.mapping import AnyRow
from archive.db.schema import captures
from archive.db.session import Session
from archive.model.types import Article, ReadAgain, StoredCapture
from archive.versions.absence import STANDS_IN, STANDS_NOT
from archive.versions.rows import ArticlePlace

log = logging.getLogger(__name__)

ONE_VISIT = timedelta(hours=12)
"""The pages of an article that were captured within this time were there together."""


MOSTLY = 0.6
"""Share of a page's words from which, line by line, it stands on another one."""
_THIS = captures.alias("this")
_ANSWERED_SINCE = (
    select(captures.c.status)
    .join(_THIS, _THIS.c.address_id == captures.c.address_id)
    .where(_THIS.c.id == bindparam("capture"), captures.c.id > _THIS.c.id)
    .order_by(captures.c.id.desc())
    .limit(1)
)


class FurtherPages:
    """The further pages of articles, as they were captured."""

    def __init__(self, session: Session, captures: CaptureStore) -> None:
        self._session, self._captures = session, captures

    def with_its_pages(
        self, article: Article, capture: StoredCapture, filed: AnyRow, page: int, read_again: ReadAgain,
        beside: Mapping[int, Sequence[int]],
    ) -> tuple[Article, ArticlePlace, bool]:  # fmt: skip
        """(The whole article with *page* as it was captured now, where its pages are, whether the version on
        file lacked this page all along).

        *beside*: the looks at its other pages in the same visit, after this one. Each page is as the first of
        them showed it; else as it is on file.

        A page that the pages before it do not name any more is left out when they did not name it in the
        look before either: some answers lack the links to the other pages. At the first such look it is when
        it was asked for since and was not there, or when its words stand on the page before now. Raises
        whatever a reader raises.
        """
        numbers = {1: filed.latest_capture_id, **dict(filed.pages or ())}
        completes = page not in numbers
        with self._session.asking() as connection:
            kept = {
                number: capture if number == page else self._captures.load(connection, each, whole=True)
                for number, each in (numbers | {page: capture.id}).items()
            }
        known = {1: article} if page == 1 else {}
        for number, looks in sorted(beside.items()):
            shown = self._first_shown(looks, kept.get(number), known.get(1), filed, read_again)
            if shown is not None:
                kept[number], known[number] = shown
        for number in sorted(kept)[1:]:
            before = [kept[each] for each in kept if each < number]
            named = any(_names(each, kept[number].capture.url) for each in before)
            if number == page:
                completes = completes and named and self._had_it(filed, kept[number])
            elif not named and (
                not self._named_before(numbers.get(page), kept[number].capture.url)
                or self._was_asked_and_gone(kept[number])
                or _stands_in(read_again(kept[number].capture), article)
            ):
                del kept[number]
        readings = [
            article if number == page else known.get(number) or read_again(each.capture)
            for number, each in sorted(kept.items())
        ]
        first = kept[1]
        further = [[number, each.id] for number, each in sorted(kept.items()) if number > 1]
        return joined(readings), ArticlePlace(first=first.id, url=first.capture.url, pages=further), completes

    def _first_shown(
        self, looks: Sequence[int], before: StoredCapture | None, first: Article | None, filed: AnyRow,
        read_again: ReadAgain,
    ) -> tuple[StoredCapture, Article] | None:  # fmt: skip
        """The first of some looks at another page that shows it, and how it reads; ``None``: none does.

        *before*: its capture on file; without one, it is a page that was added, unless it always was named.
        """
        for number in looks:
            with self._session.asking() as connection:
                kept = self._captures.load(connection, number, whole=True)
            if kept.capture.status == 304:  # it is as it was
                return None
            try:
                read = read_again(kept.capture)
                if read.kind in STANDS_NOT | STANDS_IN or not read.text:
                    continue
                if before is not None:
                    if read.is_article or still_the_same(read_again(before.capture), read):
                        return kept, read
                elif first is not None and read.is_article and is_a_further_page(first, read):
                    return None if self._had_it(filed, kept) else (kept, read)
            except Exception:  # another page that cannot be read is left as it was
                log.warning("capture %s could not be read", number, exc_info=True)
        return None

    def _named_before(self, capture: int | None, url: str) -> bool:
        """Whether the capture that was the latest of a page before this one names an address."""
        if capture is None:
            return False
        with self._session.asking() as connection:
            return _names(self._captures.load(connection, capture, whole=True), url)

    def _was_asked_and_gone(self, page: StoredCapture) -> bool:
        """Whether the last answer at a page's address, later than the capture of it, was that it is gone."""
        with self._session.asking() as connection:
            asked = {"capture": page.id}
            status = connection.execute(_ANSWERED_SINCE, asked).scalar()
        return status is not None and (status in (404, 410) or (300 <= status < 400 and status != 304))

    def _had_it(self, filed: AnyRow, further: StoredCapture) -> bool:
        """Whether the article on file had this page when its version was first seen: that was lately, or the
        capture that showed it names the page."""
        if further.capture.at - filed.first_seen < ONE_VISIT:
            return True
        with self._session.asking() as connection:
            return _names(self._captures.load(connection, filed.capture_id, whole=True), further.capture.url)

    def addresses(self, captures: Collection[int]) -> tuple[str, ...]:
        """Where some captures were had."""
        with self._session.asking() as connection:
            return tuple(self._captures.load(connection, each).capture.url for each in captures)

    def read_whole(self, connection: Connection, captures: Sequence[int], read_again: ReadAgain) -> Article:
        """How an article reads now, of whose pages these are the *captures*, in their order.

        Which ones says the version (:func:`pages_of`): two versions may share the capture of the first page,
        when only a further one was edited.
        """
        return joined(
            [read_again(self._captures.load(connection, each, whole=True).capture) for each in captures]
        )


def _stands_in(page: Article, other: Article) -> bool:
    """Whether the lines of a page stand on another now: what stood on two pages stands on one."""
    there = {folded(line) for line in other.text.split("\n")}
    words = {line: len(line.split()) for line in page.text.split("\n")}
    found = sum(count for line, count in words.items() if folded(line) in there)
    return found > 0 and found >= MOSTLY * sum(words.values())


def pages_of(version: AnyRow) -> tuple[int, ...]:
    """The captures that show a version: that of its page, or of all its pages, in their order."""
    return (version.latest_capture_id, *(number for _, number in sorted(version.pages or ())))


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
