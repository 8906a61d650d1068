"""The one dispatcher of answers: each is kept first, then read, then filed, whatever its status or kind.

A crawl run, an import of stored answers, the practice newspaper's year and the tests all come through here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from archive import Archive
from archive.compare.pages_together import BY_ITSELF, PagesTogether, VisitSoFar
from archive.errors import Unreadable, of_legger
from archive.frontier.urls import REDACTED
from archive.model.addresses import Role
from archive.model.types import (
    Article,
    Capture,
    PageKind,
    ReadAgain,
    StoredCapture,
    Verdict,
    VerdictKind,
)
from crawler.fetching.tdm import forbids
from crawler.fetching.wire import ends, ends_alike
from crawler.ingest.answer import Answer, classify
from crawler.ingest.gates import (
    A_GATE,
    HTML_TYPES,
    SMALL,
    is_gate,
    media_type,
    no_text,
    reads_as_gate,
)
from crawler.ingest.page_reader import Interrupted, PageReader, read_and_count
from crawler.links.discover import further_pages
from crawler.siteconfig.site import Site
from crawler.sources.sources import sniff
from crawler.urls import article_key, article_keys, as_browsers_read, same_page

if TYPE_CHECKING:
    from crawler.ingest.first_lesson import FirstLesson

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class IngestResult:
    """What one answer came to."""

    answer: Answer
    kept: StoredCapture
    verdict: Verdict | None = None
    """``None``: nothing is filed of what was refused, nor, yet, of a redirect that is to be followed."""
    article: Article | None = None
    """What reading made of it, if it was read."""
    reason: str = ""
    """Of what is foreign or reserved: why."""

    @property
    def role(self) -> Role:
        """What the answer is to us."""
        return _ROLES.get(self.answer, Role.PAGE)


_ROLES = {Answer.FEED: Role.FEED, Answer.SITEMAP: Role.SITEMAP, Answer.LISTING: Role.LISTING}


def reader(
    site: Site,
    archive: Archive,
    *,
    lesson: FirstLesson | None = None,
    pages: PageReader | None = None,
    witness: bool = True,
    links: bool = False,
) -> ReadAgain:
    """The reader in use for *site* now: today's extractor, the site's rules, its latest memory.

    Where a page leaves open what it is, the site is a *witness*, which the archive is asked for; who reads in
    another thread than that of the archive does without.

    A *lesson* hears what is read. With *pages*, a process of its own reads, which can be ended, and which
    takes the *links* of each page too.
    """
    memory = archive.boilerplate.get(site.name)

    def read(capture: Capture) -> Article:
        article = read_alone(capture)
        return witnessed(article, site, archive) if witness else article

    def read_alone(capture: Capture) -> Article:
        if lesson is None or not lesson.listens:
            if pages is not None:
                return pages.read(capture, site, memory, links=links)
            return read_and_count(capture, site, memory, count=False)[0]
        if pages is not None:
            article, counted = pages.read_and_count(capture, site, memory, links=links)
        else:
            article, counted = read_and_count(capture, site, memory, count=True)
        lesson.hear(counted)
        return article

    return read


def witnessed(article: Article, site: Site, archive: Archive) -> Article:
    """A reading, with what the site says of a page that leaves open what it is: how its address was found."""
    if article.might_be is None:
        return article
    from crawler.extract.page_type.site_witness import weighed, witness_of

    address = archive.urls.address(site.name, article.url)
    return article if address is None else weighed(article, witness_of(address.link, article))


def ingest(
    capture: Capture,
    site: Site,
    archive: Archive,
    read: ReadAgain,
    *,
    declared: Role | None = None,
    follow: bool = False,
    visit: VisitSoFar = BY_ITSELF,
) -> IngestResult:
    """Keep one answer of a server, whatever its status, and file what it says of an article.

    As :func:`keep` and :func:`file` do, between which a crawl run commits.
    """
    answer, kept = keep(capture, site, archive, declared=declared)
    return file(answer, kept, site, archive, read, follow=follow, visit=visit)


def keep(
    capture: Capture,
    site: Site,
    archive: Archive,
    *,
    run: int | None = None,
    declared: Role | None = None,
    conditional: bool = True,
) -> tuple[Answer, StoredCapture]:
    """Put an answer into the open batch, before anything else is done with it; what it is, by its looks.

    *declared* is what the site's file says the address is that was asked for, ``None`` when it does not name
    it. *conditional*: the question said what we have. A 304 to one that did not is no answer.
    """
    if capture.truncated and _is_whole_after_all(capture, archive):
        capture = replace(capture, truncated=False, exchange=replace(capture.exchange, cut=None))
    answer = classify(capture, site, declared=declared)
    if answer is Answer.UNCHANGED and not conditional:
        answer = Answer.REFUSED
    if answer is Answer.PAGE and archive.captures.is_destroyed(capture):
        answer = Answer.REDACTED
    if answer in (Answer.RESERVED, Answer.REDACTED):
        capture = replace(capture, body=b"")  # that it came is kept, its words are not
    many = answer in (Answer.FEED, Answer.SITEMAP, Answer.LISTING)
    return answer, archive.captures.keep(capture, run=run, names_many=many)


def _is_whole_after_all(capture: Capture, archive: Archive) -> bool:
    """Whether an answer that looked cut off is the whole page, which leaves its end out.

    It came without a stated length, twice with the same end, and the address never gave a page with an end.
    """
    if any(capture.header(name) for name in ("content-length", "transfer-encoding", "content-encoding")):
        return False
    before = archive.captures.latest_page(capture.site, capture.url, truncated=True)
    if before is None or not ends_alike(capture.body, before.capture.body):
        return False
    whole = archive.captures.latest_page(capture.site, capture.url, truncated=False)
    return whole is None or ends(whole.capture.body) is not True


def file(
    answer: Answer,
    kept: StoredCapture,
    site: Site,
    archive: Archive,
    read: ReadAgain,
    *,
    follow: bool = False,
    visit: VisitSoFar = BY_ITSELF,
    moved_from: int | None = None,
) -> IngestResult:
    """File what a kept answer says of an article.

    *follow*: a redirect is not filed yet, for where it leads is asked next. *visit*: may hold a page that
    changed (``verdict.held``): it is filed with :func:`file_page` once the visit knows what its pages have in
    common, with :func:`file_settled` once the other pages of its article were looked at. *moved_from*: an
    article whose address redirected here; a page with its words is that article.

    Nothing a page contains can lose it: what cannot be read with *read* is kept, and filed as unreadable.
    """
    filing = _Ingestion(kept, site, archive, read, follow=follow, visit=visit, moved_from=moved_from)
    return _FILED_BY[answer](filing, answer)


def file_page(
    kept: StoredCapture,
    site: Site,
    archive: Archive,
    read: ReadAgain,
    visit: VisitSoFar = BY_ITSELF,
) -> IngestResult:
    """File a page that was kept before, or that it is not modified: it was held, or left behind by a run that
    was killed."""
    filing = _Ingestion(kept, site, archive, read, visit=visit)
    if kept.capture.status == 304:
        return filing.unchanged(Answer.UNCHANGED)
    return filing.page(Answer.PAGE)


def file_settled(
    together: PagesTogether,
    site: Site,
    archive: Archive,
    read: ReadAgain,
    *,
    before: datetime | None = None,
) -> Iterator[IngestResult]:
    """File the pages that waited for others of their articles: since *before* something, or all of them."""
    visit = VisitSoFar(together=together)
    for number in together.settle(before=before):
        yield file_page(archive.captures.get(number, whole=True), site, archive, read, visit)


@dataclass(frozen=True)
class _Ingestion:
    """One kept answer, on its way to be filed."""

    kept: StoredCapture
    site: Site
    archive: Archive
    read: ReadAgain
    follow: bool = False
    visit: VisitSoFar = BY_ITSELF
    moved_from: int | None = None

    @property
    def capture(self) -> Capture:
        return self.kept.capture

    def page(self, answer: Answer) -> IngestResult:
        if (sign := no_text(self.capture)) is not None:
            return self.known(answer, PageKind.OTHER, sign)
        try:
            article = witnessed(self.read(self.capture), self.site, self.archive)
        except Interrupted:
            raise
        except Unreadable as error:
            return self.unreadable(answer, str(error))
        except Exception as error:
            log.exception("%s: kept as capture %d, but could not be read", self.capture.url, self.kept.id)
            return self.unreadable(answer, f"reading it failed: {of_legger(error)}")
        keys = article_keys(self.site, self.capture.url, article.canonical_url)
        if self.moved_from is not None and article.is_article:
            self.archive.moves.expect(self.moved_from, article, key=keys.own)
        if keys.stated is not None and article.is_article:
            self.archive.moves.renamed(
                self.site.name, keys, article, at=self.capture.at, read_again=self.read
            )
        verdict = self.archive.filing.waiting(self.kept, keys.first, keys.page, self.visit)
        if verdict is not None:
            return IngestResult(answer=answer, kept=self.kept, verdict=verdict, article=article)
        key, page = self.archive.filing.identify(article, self.kept, keys, self.read)
        numbered = self.visit.together is not None and article.is_article
        further = [each.url for each in further_pages(self.capture, self.site)] if numbered else ()
        verdict = self.archive.filing.file(
            article, capture=self.kept, key=key, read_again=self.read, page=page, visit=self.visit,
            further=further, keep_pages=self.site.pages.keep,
        )  # fmt: skip
        return IngestResult(answer=answer, kept=self.kept, verdict=verdict, article=article)

    def unreadable(self, answer: Answer, reason: str) -> IngestResult:
        verdict = self.archive.filing.unreadable(self.kept, reason)
        return IngestResult(answer=answer, kept=self.kept, verdict=verdict, reason=reason)

    def listing(self, answer: Answer) -> IngestResult:
        if len(self.capture.body) < SMALL and reads_as_gate(self.capture, self.read):
            return self.page(answer)
        return self.known(answer, PageKind.LISTING, "named in the site's file")

    def source(self, answer: Answer) -> IngestResult:
        small = len(self.capture.body) < SMALL and media_type(self.capture) in HTML_TYPES
        if small and sniff(self.capture.body) is None and reads_as_gate(self.capture, self.read):
            return self.known(answer, PageKind.GATE, A_GATE)
        return self.known(answer, PageKind.FEED, answer.value)

    def media(self, answer: Answer) -> IngestResult:
        return self.known(answer, PageKind.OTHER, media_type(self.capture))

    def unchanged(self, answer: Answer) -> IngestResult:
        verdict, changes = self.archive.filing.confirm(self.kept, visit=self.visit), self.visit.changes
        if changes is not None and verdict.article is not None and not verdict.held:
            changes.add_article(verdict.article)
        return IngestResult(answer=answer, kept=self.kept, verdict=verdict)

    def redirect(self, answer: Answer) -> IngestResult:
        if self.follow:
            return IngestResult(answer=answer, kept=self.kept)
        target = redirect_target(self.capture)
        front = self.site.url
        if _is_same(target, front) and not _is_same(self.capture.url, front):
            return self.absent(answer, reason="redirects to the front page")
        return IngestResult(
            answer=answer,
            kept=self.kept,
            verdict=file_redirect(self.kept, self.site, self.archive, self.read),
        )

    def absent(self, answer: Answer, reason: str = "") -> IngestResult:
        status = self.capture.status
        verdict = self.archive.filing.absent(
            self.kept,
            key=key_at(self.capture.url, self.site, self.archive),
            reason=reason or f"HTTP {status}",
            final=status == 410,
            site_stands=self.visit.site_stands,
        )
        return IngestResult(answer=answer, kept=self.kept, verdict=verdict)

    def foreign(self, answer: Answer) -> IngestResult:
        """Its answer is kept, and never taken for the article."""
        host = urlsplit(self.capture.url).netloc
        kind, reason = PageKind.OTHER, f"another site: {host}"
        if 200 <= self.capture.status < 300 and is_gate(self.capture, self.read):
            kind, reason = PageKind.GATE, f"a gate at {host}"
        return self.known(answer, kind, reason)

    def redacted(self, answer: Answer) -> IngestResult:
        verdict = self.archive.filing.rows.note(
            self.kept, VerdictKind.NOT_ARTICLE, page=PageKind.OTHER, reason=REDACTED
        )
        return IngestResult(answer=answer, kept=self.kept, verdict=verdict, reason=REDACTED)

    def reserved(self, answer: Answer) -> IngestResult:
        terms = self.capture.terms
        assert terms is not None
        return self.known(answer, PageKind.OTHER, forbids(terms, terms.ground) or "")

    def cut(self, answer: Answer) -> IngestResult:
        """What is not whole is nobody's text."""
        how = "broken off after" if answer is Answer.BROKEN_OFF else "cut at the limit of"
        reason = f"{how} {len(self.capture.body):,} bytes"
        verdict = self.archive.filing.unreadable(self.kept, reason)
        return IngestResult(answer=answer, kept=self.kept, verdict=verdict, reason=reason)

    def refused(self, answer: Answer) -> IngestResult:
        return IngestResult(answer=answer, kept=self.kept, reason=f"HTTP {self.capture.status}")

    def known(self, answer: Answer, kind: PageKind, reason: str) -> IngestResult:
        """File a capture whose kind is known without reading it."""
        verdict = file_as(self.kept, kind, reason, self.site, self.archive, self.read)
        return IngestResult(answer=answer, kept=self.kept, verdict=verdict, reason=reason)


_FILED_BY: dict[Answer, Callable[[_Ingestion, Answer], IngestResult]] = {
    Answer.PAGE: _Ingestion.page,
    Answer.LISTING: _Ingestion.listing,
    Answer.FEED: _Ingestion.source,
    Answer.SITEMAP: _Ingestion.source,
    Answer.MEDIA: _Ingestion.media,
    Answer.UNCHANGED: _Ingestion.unchanged,
    Answer.REDIRECT: _Ingestion.redirect,
    Answer.ABSENT: _Ingestion.absent,
    Answer.FOREIGN: _Ingestion.foreign,
    Answer.RESERVED: _Ingestion.reserved,
    Answer.REDACTED: _Ingestion.redacted,
    Answer.TOO_LARGE: _Ingestion.cut,
    Answer.BROKEN_OFF: _Ingestion.cut,
    Answer.REFUSED: _Ingestion.refused,
}


def file_as(
    kept: StoredCapture,
    kind: PageKind,
    reason: str,
    site: Site,
    archive: Archive,
    read: ReadAgain,
    *,
    key: str | None = None,
) -> Verdict:
    """File a capture that is no article as what it is; *key*: it shows something of that article."""
    article = Article(kind=kind, reason=reason, url=kept.capture.url)
    key = key or article_key(site, kept.capture.url)
    return archive.filing.file(article, capture=kept, key=key, read_again=read)


def file_redirect(
    kept: StoredCapture, site: Site, archive: Archive, read: ReadAgain, *, key: str | None = None
) -> Verdict:
    """File a redirect as what it is, wherever it leads; *key*: that of the article to which it does."""
    reason = f"redirects to {redirect_target(kept.capture)}"[:500]
    return file_as(kept, PageKind.REDIRECT, reason, site, archive, read, key=key)


def stated_location(capture: Capture) -> str:
    """The Location of a redirect as browsers read it. Headers come as Latin-1; many write it in raw UTF-8."""
    location = as_browsers_read(capture.header("location") or "")
    if not location.isascii():
        with suppress(UnicodeError):
            location = location.encode("latin-1").decode("utf-8")
    return location


def redirect_target(capture: Capture) -> str:
    """Where a redirect points, as it says; it may be no address."""
    location = stated_location(capture)
    try:
        return urljoin(capture.url, location)
    except ValueError:
        return location


def key_at(url: str, site: Site, archive: Archive) -> str:
    """The identity of the article that was read at an address, or else of what may come to stand there."""
    known = archive.urls.address(site.name, url)
    if known is not None and known.article_id is not None:
        return archive.articles.version(str(known.article_id)).key
    return article_key(site, url)


def _is_same(url: str, other: str) -> bool:
    try:
        return same_page(url, other)
    except ValueError:
        return False
