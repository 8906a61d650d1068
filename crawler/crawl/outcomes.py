"""What an answer comes to for its address: when it is asked again, why it is missed, which links it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive import Archive
from archive.compare.likeness import SPOKEN
from archive.model.addresses import Address, Miss, Role
from archive.model.types import WORKS, Capture, PageKind, Status, Verdict, VerdictKind
from crawler.crawl.fetch import Fetch
from crawler.crawl.follow import Follower, leads_to_wall
from crawler.crawl.limits import SIT_OUT, WAITING, Limits, retry_after, waiting_until
from crawler.crawl.next_fetch import NextFetch
from crawler.crawl.queue import Queue
from crawler.crawl.record import GATES, VisitRecord
from crawler.extract.reasons import NO_TEXT
from crawler.ingest.answer import Answer
from crawler.ingest.gates import A_GATE, blank, challenge_of
from crawler.ingest.ingest import IngestResult
from crawler.links.recorder import Links, NamedLinks
from crawler.links.unwanted import NAMED, looks_like_article
from crawler.siteconfig.site import Site
from crawler.sources.sources import NOTHING, sniff
from crawler.urls import normal_address

_NOT_NOW = {408: Miss.TIMEOUT, 421: Miss.UNREACHABLE, 425: Miss.UNREACHABLE}
"""Refusals of a connection, or of the moment, and not of what was asked for: another try may be answered."""


class AnswerOutcomes:
    """The answers of one run, put on record with the addresses that were asked."""

    def __init__(
        self,
        site: Site,
        archive: Archive,
        queue: Queue,
        links: Links,
        record: VisitRecord,
        next_fetch: NextFetch,
        follower: Follower,
        limits: Limits,
        *,
        backfill: bool,
        stop: Callable[[str], None],
    ) -> None:
        """*stop* ends the run, with the reason."""
        self._site, self._archive, self._queue, self._links = site, archive, queue, links
        self._record, self._next_fetch, self._follower, self._limits = record, next_fetch, follower, limits
        self._backfill, self._stop = backfill, stop
        self.listing_failed = False
        """A listing of the site did not answer, and may do so later."""

    def settle(self, done: IngestResult, fetch: Fetch, address: Address) -> None:
        """Note the look at the address that answered."""
        verdict, capture = done.verdict, done.kept.capture
        assert verdict is not None
        missed, reason = self._missed(done, address)
        if wall := leads_to_wall(fetch, done):
            missed, reason = Miss.GATE, wall
        if missed is Miss.UNREADABLE and blank(capture):
            self._queue.ask_again(fetch.address.url)  # a server under strain says nothing, and then speaks
        match done.answer:
            case Answer.FOREIGN:  # the address that led there is asked again, not this one
                due, missed = None, missed or Miss.ELSEWHERE
            case Answer.REDACTED:  # it stays unknown, whatever address it has now
                due, missed = None, None
            case Answer.RESERVED:
                due, missed = self._next_fetch.of_other(), Miss.TDM
            case Answer.ABSENT if address.article_id is None:  # it never was anything
                met_only = bool(fetch.hops) and address.link.how == "capture"
                due = None if met_only else self._next_fetch.of_nothing(address)
                missed, reason = Miss.CLIENT, f"HTTP {capture.status}"
            case Answer.ABSENT:  # what was there is in "gone"
                gone = verdict.kind is VerdictKind.GONE or capture.status == 410
                due = self._next_fetch.of_absent(address, gone=gone, verdict=verdict)
                reason = f"HTTP {capture.status}"
            case Answer.FEED | Answer.SITEMAP if missed is Miss.GATE:
                due = self._due(done, verdict, address, missed, brought_new=False)
                if fetch.address.url in self._links.sources:
                    self._record.health_signals.silent[fetch.address.url] = reason
            case Answer.PAGE | Answer.LISTING | Answer.MEDIA if wall:
                due = None  # what led there is asked again; by itself a wall is a page like any other
            case Answer.UNCHANGED:
                self._record.site_stands |= address.url in self._links.sources and missed is None
                due = self._due(done, verdict, address, missed, brought_new=False)
            case _:
                named = self._follow_links(done, fetch)
                self._record.site_stands |= self._shows_the_site(done, named, fetch.address)
                if named.faults:  # what a source says of itself is no reason to pass it over
                    reason = "; ".join(named.faults)[:500]
                    quiet = named.faults == (NOTHING,) and address.last_changed is not None
                    missed = missed or (None if named.links or quiet else Miss.UNREADABLE)
                elif missed is None and fetch.address.url in self._record.health_signals.unread:
                    missed, reason = Miss.UNREADABLE, self._record.health_signals.unread[fetch.address.url]
                due = self._due(done, verdict, address, missed, brought_new=bool(named.new))
        if missed is None and done.answer is not Answer.ABSENT:
            self._record.health_signals.good += 1
            self._record.came(fetch.address)
        self._record.looked_at(
            capture.url,
            due_at=due,
            status=capture.status,
            verdict=verdict,
            etag=capture.header("etag"),
            last_modified=capture.header("last-modified"),
            reason=None if verdict.version is not None else (reason or None),
            missed=missed,
            walked=self._backfill,
        )
        if not fetch.hops:  # else it is counted where it was found
            self._record.count_missed(address, missed, reason)

    def _missed(self, done: IngestResult, address: Address) -> tuple[Miss | None, str]:
        """Why an answer is not what was asked for, if it is not, and in words; else what it says."""
        missed, reason = why_missed(done, address), done.reason
        if not reason and done.verdict is not None:
            reason = done.verdict.reason
        if missed is None and self._has_lost_its_article(done, address):
            if done.answer is Answer.ABSENT:
                return Miss.CLIENT, reason
            sign = blank(done.kept.capture) if done.answer is Answer.PAGE else None
            return Miss.UNREADABLE if sign else Miss.NO_TEXT, f"{LOST}: {sign or reason or 'something else'}"
        if missed is Miss.GATE and not reason.startswith("a gate"):
            reason = f"{A_GATE} ({reason})" if reason else A_GATE
        return missed, reason

    def _has_lost_its_article(self, done: IngestResult, address: Address) -> bool:
        """Whether an article stands at the address, as far as is known, and what was answered is neither it
        nor says that it is gone: an error shown as a page, a notice of works, a file."""
        verdict, answer = done.verdict, done.answer
        if address.article_id is None or answer not in _MAY_LACK_IT:
            return False
        if verdict is None or verdict.kind is not VerdictKind.NOT_ARTICLE:
            return False
        article = self._archive.articles.version(str(address.article_id))
        stands = self._archive.articles.addresses_of(address.article_id)[:1] == [done.kept.capture.url]
        return stands and article.status is Status.LIVE

    def note_source(self, capture: Capture, fetch: Fetch) -> None:
        """What an answer shows of a source that the run asks for."""
        url, health_signals = fetch.address.url, self._record.health_signals
        if url in self._links.sources and not fetch.hops:
            if capture.status >= 400:
                health_signals.silent[url] = f"HTTP {capture.status}"
            elif capture.status == 304 and fetch.is_conditional:
                health_signals.sources[url] = None

    def broken_off(self, done: IngestResult, fetch: Fetch) -> None:
        """An answer without its end: its links are followed, and it is asked for again."""
        role = sniff(done.kept.capture.body) or Role.PAGE
        self._links.follow(done.kept.capture, fetch.address, role=role, article=None)
        self.failed(fetch, None, done.reason, missed=Miss.CUT, again=True, wait=None)

    def refused(self, done: IngestResult, fetch: Fetch) -> None:
        """401, 403, 429, 5xx ...: the server does not want to, or cannot, now."""
        capture, status = done.kept.capture, done.kept.capture.status
        wait = retry_after(capture) if status in (429, 503) else None
        if wait is not None:
            self._park(wait, capture)
        missed = Miss.SERVER if status >= 500 else Miss.CLIENT
        if wait is not None or status == 429:
            missed = Miss.WAIT
        reason = done.reason
        if challenge := challenge_of(capture):
            missed, reason = Miss.GATE, f"{challenge} (HTTP {status})"
        again = (status >= 500 or status < 200 or status in _NOT_NOW) and wait is None
        if status in _NOT_NOW and missed is Miss.CLIENT:
            missed = _NOT_NOW[status]
        elif not 200 <= status < 600:  # 101, 999: an answer that is none
            missed = Miss.UNREACHABLE
        if status == 304:
            missed, reason, again = Miss.UNREADABLE, UNASKED, True
        self.failed(fetch, status, reason, missed=missed, again=again, wait=wait)

    def failed(
        self,
        fetch: Fetch,
        status: int | None,
        reason: str,
        *,
        missed: Miss,
        again: bool,
        wait: timedelta | None,
    ) -> None:
        """*status* is ``None`` where no whole answer came."""
        self._record.counts.failed += 1
        address, again = self.row(fetch), again or wait is not None
        due = self._next_fetch.of_failed(address, asked_to_wait=wait)
        if fetch.hops:
            # It is asked for again by way of what leads to it; by itself only if it was heard of by itself.
            mine = self._site.owns(fetch.url) and address.due_at is not None and address.url == fetch.url
            self._record.looked_at(
                fetch.url, due_at=due if mine else None, status=status, reason=reason, missed=missed
            )
        else:
            if address.url in self._links.sources:
                self._record.health_signals.silent[address.url] = reason
                lasting = status is not None and 400 <= status < 500 and wait is None
                self.listing_failed |= address.role is Role.LISTING and not lasting
            if again:
                self._queue.ask_again(address.url)
            self._record.looked(address, due_at=due, status=status, reason=reason, missed=missed)
        self._follower.failed(fetch, reason, missed=missed, again=again, due=due if wait else None)

    def declared(self, capture: Capture, fetch: Fetch) -> Role | None:
        """What the site's file says an address is; ``None`` when it does not name it.

        A feed may answer from another host. A listing that does is another site's.
        """
        role = fetch.address.role if fetch.address.url in self._links.sources else None
        return None if role is Role.LISTING and not self._site.owns(capture.url) else role

    def row(self, fetch: Fetch) -> Address:
        """What is known of the address that is asked now."""
        known = self._archive.urls.address(self._site.name, fetch.url) if fetch.hops else None
        return known or fetch.address

    def _follow_links(self, done: IngestResult, fetch: Fetch) -> NamedLinks:
        """Note the links that an answer names."""
        role = done.role
        if done.answer is Answer.MEDIA and fetch.address.role is Role.LISTING:
            role = Role.LISTING  # the further pages of a list that scripts load may be JSON
        named = self._links.follow(done.kept.capture, fetch.address, role=role, article=done.article)
        self._queue.add_changed(named.changed, source=fetch.address.url, kind=done.role.value)
        self._queue.hold(named, depth=fetch.address.link.depth + 1)
        if named.new and done.role is Role.SITEMAP:
            self._queue.reconsider()
        if named.moved is not None:
            self._record.health_signals.moved[fetch.address.url] = named.moved
            self._queue.ask_source(named.moved)
        if fetch.address.url in self._links.sources:
            new = bool(named.new)
            self._queue.beliefs.looked_at_source(fetch.address, done.kept.capture, new=new)
        if fetch.address.url in self._links.sources and named.links is not None:
            self._record.health_signals.sources[fetch.address.url] = named.links
            if named.faults and named.faults != (NOTHING,) and not named.links:
                self._record.health_signals.unread[fetch.address.url] = "; ".join(named.faults)
            elif not named.links and (
                sign := blank(done.kept.capture) or self._names_no_more(done, fetch.address)
            ):
                self._record.health_signals.unread[fetch.address.url] = sign
        return named

    def _shows_the_site(self, done: IngestResult, named: NamedLinks, address: Address) -> bool:
        """Whether a source is what it should be: a feed or sitemap that names something, a listing with an
        article that we know. A domain for sale has links, too."""
        if address.url not in self._links.sources or not named.links:
            return False
        if done.role is not Role.LISTING and address.role is not Role.LISTING:
            return True
        known = self._archive.urls.addresses(self._site.name, named.pages[:MOST_LOOKED_UP])
        return any(each.article_id is not None for each in known)

    def _names_no_more(self, done: IngestResult, address: Address) -> str:
        """What is wrong with a listing without a single link, where it had some; empty: nothing."""
        lists = address.role is Role.LISTING and address.url in self._queue.named_before
        lists = lists and (done.article is None or done.article.kind not in GATES)
        return "no link of the site is on it, where there were some" if lists else ""

    def _due(
        self,
        done: IngestResult,
        verdict: Verdict,
        address: Address,
        missed: Miss | None,
        *,
        brought_new: bool,
    ) -> datetime:
        declared = address.url in self._links.sources
        if self._next_fetch.is_of_source(address, verdict, role=done.role, declared=declared):
            return self._next_fetch.of_source(address, brought_new=brought_new)
        return self._next_fetch.of_page(address, verdict, done.article, missed)

    def _park(self, wait: timedelta, capture: Capture) -> None:
        """The server asked us to leave it alone for a while: the whole site waits, in later runs too.

        So does every other site that has pages on that host, where it is not sat out.
        """
        until = self._limits.park(wait)
        self._record.looked_at(normal_address(self._site.url), due_at=until, reason=WAITING)
        if wait > SIT_OUT:
            host = urlsplit(capture.url).netloc
            self._archive.host_waits.note(host, until=until, at=capture.at, site=self._site.name)
            self._stop(waiting_until(until))


def why_missed(done: IngestResult, address: Address) -> Miss | None:
    """Why an answer is not what we came for, as far as it is not."""
    if done.verdict is not None and done.verdict.kind is VerdictKind.UNREADABLE:
        return Miss.TOO_LARGE if done.answer is Answer.TOO_LARGE else Miss.UNREADABLE
    if done.reason.startswith("a gate"):
        return Miss.GATE
    article, capture = done.article, done.kept.capture
    named = address.link.how in NAMED or address.article_id is not None
    if article is None:
        garbled = named and done.answer is Answer.PAGE and blank(capture) is not None
        return Miss.UNREADABLE if garbled else None
    if article.kind in GATES:
        return Miss.GATE
    if not (named or article.published is not None or looks_like_article(capture.url)):
        return None
    if article.reason == WORKS:
        return Miss.NO_TEXT
    if article.reason == NO_TEXT:
        return Miss.UNREADABLE if blank(capture) else Miss.NO_TEXT
    hardly = article.kind is PageKind.OTHER and address.link.how == "feed" and article.word_count < SPOKEN
    return Miss.NO_TEXT if hardly else None


MOST_LOOKED_UP = 200
"""Addresses on a listing that are looked up."""
LOST = "no article is read there any more"
UNASKED = "HTTP 304 (not modified) to a question that did not say what we have"
_MAY_LACK_IT = frozenset({Answer.PAGE, Answer.MEDIA, Answer.UNCHANGED, Answer.ABSENT})
