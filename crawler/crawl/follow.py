"""Follows the redirects of a crawl run, and puts on record what each comes to (see :mod:`.redirects`).

A redirect is judged when it is known what stands at the end of its chain, whether the run asks for that
because of the redirect, asked for it before, or is about to: the order of asking makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from archive import Archive
from archive.model.addresses import Address, Miss, Role
from archive.model.types import PageKind, ReadAgain, StoredCapture, Verdict, VerdictKind
from crawler.crawl.fetch import Fetch, Hop
from crawler.crawl.next_fetch import NextFetch
from crawler.crawl.queue import Queue
from crawler.crawl.record import GATES, VisitRecord
from crawler.extract.page.gate_addresses import gate_address, leads_to_gate, takes_back
from crawler.extract.reasons import NO_TEXT
from crawler.fetching.cookies import Cookies
from crawler.ingest.answer import REDIRECTS, Answer
from crawler.ingest.ingest import (
    IngestResult,
    file_redirect,
    key_at,
    redirect_target,
    stated_location,
)
from crawler.ingest.redirects import TABLE, EarlierState, LeadsTo, Recheck, RedirectOutcome, Target
from crawler.links.recorder import Links
from crawler.links.unwanted import LOG_IN, NAMED, not_wanted
from crawler.siteconfig.site import Site
from crawler.sources.sources import sniff
from crawler.urls import normal_address, same_page

MAX_HOPS = 10
FOR_GOOD = frozenset({301, 308})
_GONE = frozenset({VerdictKind.SUSPECT, VerdictKind.GONE})


@dataclass(frozen=True, kw_only=True)
class RedirectEnd:
    """What stands at the end of a chain of redirects."""

    target: Target
    url: str | None = None
    """``None``: it leads nowhere."""
    article: int | None = None
    """The article that stands there."""
    final: bool = False
    """It is said to be gone for good (410)."""
    why: str = ""
    """Why it is not what we came for."""
    missed: Miss | None = None
    """The kind of that reason."""
    again: bool = False
    """Worth another try in this run."""
    due: datetime | None = None
    """When to think again, where that is known."""


class Follower:
    """The redirects of one run."""

    def __init__(
        self,
        site: Site,
        archive: Archive,
        queue: Queue,
        links: Links,
        record: VisitRecord,
        next_fetch: NextFetch,
        read: ReadAgain,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self.site, self.archive, self.now = site, archive, now
        self.queue, self.links, self.record, self.next_fetch, self.read = (
            queue, links, record, next_fetch, read,
        )  # fmt: skip
        self.cookies = Cookies()
        self.listing_failed = False
        """A listing could not be had because of where it led."""
        self._began = now()
        self._waiting: dict[str, list[tuple[Hop, ...]]] = {}
        """Chains that lead to an address that is asked for and not answered yet."""

    # ------------------------------------------------------------ what is answered

    def follow(self, kept: StoredCapture, fetch: Fetch) -> None:
        """A redirect was answered: ask for where it leads, unless that is known already."""
        self.record.counts.hops += 1
        url = kept.capture.url
        address = self.archive.urls.address(self.site.name, url) if fetch.hops else fetch.address
        hop = Hop(address=address or fetch.address, kept=kept)
        self._go((*fetch.hops, hop), fetch)
        for hops in self._waiting.pop(url, ()):
            self._go((*hops, Hop(address=hop.address, kept=kept, judged=True)), fetch)

    def arrived(self, fetch: Fetch, done: IngestResult) -> None:
        """An address answered with something else than a redirect, and that is noted there."""
        self._end(fetch, _gate_before(fetch, done) or _end_of(done))

    def failed(
        self,
        fetch: Fetch,
        why: str,
        *,
        missed: Miss,
        again: bool = False,
        due: datetime | None = None,
    ) -> None:
        """An address could not be had, or may not be asked for."""
        target = Target.FAILED
        elsewhere = bool(fetch.hops) and not self.site.owns(fetch.url)
        gate = elsewhere and gate_address(fetch.url)  # one that does not answer is one all the same
        if gate or (elsewhere and missed in (Miss.ROBOTS, Miss.TDM, Miss.PRIVATE)):
            target = Target.GATE if gate else Target.NO_ARTICLE
            why = f"{_elsewhere(fetch.url, target)}; {why}"
            missed, due = Miss.GATE if target is Target.GATE else Miss.ELSEWHERE, None
        self._end(
            fetch, RedirectEnd(target=target, url=fetch.url, why=why, missed=missed, again=again, due=due)
        )

    def leave(self) -> None:
        """The run ends: what leads to an address that never answered is asked for again."""
        for url, chains in self._waiting.items():
            for hops in chains:
                self._judge(hops, RedirectEnd(target=Target.FAILED, url=url, why="it was not answered"))
        self._waiting.clear()

    def _end(self, fetch: Fetch, end: RedirectEnd) -> None:
        if fetch.hops:
            self._judge(fetch.hops, end)
        for hops in self._waiting.pop(fetch.url, ()):
            self._judge(hops, end)

    # ------------------------------------------------------------ where it leads

    def _go(self, hops: tuple[Hop, ...], fetch: Fetch) -> None:
        """Go on behind the last of *hops*."""
        capture = hops[-1].kept.capture
        location = stated_location(capture)
        try:
            target = normal_address(urljoin(capture.url, location))
        except ValueError:
            self._nowhere(hops, f"redirects to {location[:200]!r}, which is no address")
            return
        if target in {hop.kept.capture.url for hop in hops}:
            self._circle(hops, target, fetch)
        elif len(hops) > MAX_HOPS:
            self._endless(hops, target, f"redirects more than {MAX_HOPS} times")
        elif self.site.owns(target) and (reason := self._unwanted(hops, target)):
            if reason == LOG_IN:
                gate = RedirectEnd(target=Target.GATE, url=target, why=f"redirects to {target} ({reason})")
                self._judge(hops, gate)
                return
            self._nowhere(hops, f"redirects to {target} ({reason})")
        elif left := self._without_front(hops, target):
            self._ask(left, target, fetch)

    def _unwanted(self, hops: tuple[Hop, ...], target: str) -> str | None:
        named = any(hop.address.link.how in NAMED for hop in hops)
        return not_wanted(target, self.site, named=named)

    def _without_front(self, hops: tuple[Hop, ...], target: str) -> tuple[Hop, ...]:
        """Judge those that lead to the front page or a section; returns the others."""
        if not self._is_front(target):
            return hops
        front = self.site.url
        others = tuple(hop for hop in hops if _same(hop.address.url, target) or _same(hop.address.url, front))
        name = "the front page" if _same(target, front) else f"a section, {target}"
        why = f"redirects to {name}"
        led = tuple(hop for hop in hops if hop not in others)
        self._judge(led, RedirectEnd(target=Target.NOT_ASKED, url=target, why=why), led=LeadsTo.FRONT)
        return others

    def _is_front(self, url: str) -> bool:
        pages = (self.site.url, *self.site.listings)
        return self.site.owns(url) and any(_same(url, each) for each in pages)

    def _ask(self, hops: tuple[Hop, ...], target: str, fetch: Fetch) -> None:
        known = self.archive.urls.address(self.site.name, target)
        if self.queue.was_asked(target):
            if known is None or known.last_visit is None or known.last_visit < self._began:
                self._waiting.setdefault(target, []).append(hops)
                return
            last = self.archive.captures.answer_since(self.site.name, target, since=self._began)
            if last is not None and last.capture.status in REDIRECTS:
                self._go((*hops, Hop(address=known, kept=last, judged=True)), fetch)
                return
            end = _end_known(known)
            if not (end.again and self.queue.may_ask_again(target)):
                self._judge(hops, end)
                return
        self.queue.put_first(
            Fetch(
                address=fetch.address,
                url=target,
                hops=hops,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
            )
        )

    def _circle(self, hops: tuple[Hop, ...], target: str, fetch: Fetch) -> None:
        """A redirect leads back: some sites want to see their cookie, and answer then."""
        own = (hop.kept.capture for hop in hops if self.site.owns(hop.kept.capture.url))
        if self.cookies.learn(own) and len(hops) <= MAX_HOPS:
            self.queue.put_first(Fetch(address=fetch.address, url=target, hops=hops))
        else:
            self._endless(hops, target, "redirects in circles")

    def _endless(self, hops: tuple[Hop, ...], target: str, why: str) -> None:
        """The server, or the cookie that it wants, is at fault: that says nothing of what stands there."""
        self._judge(hops, RedirectEnd(target=Target.FAILED, url=target, why=why, missed=Miss.UNREACHABLE))

    def _nowhere(self, hops: tuple[Hop, ...], why: str) -> None:
        self._judge(hops, RedirectEnd(target=Target.NOT_ASKED, why=why), led=LeadsTo.NOWHERE)

    # ------------------------------------------------------------ what it comes to

    def _judge(self, hops: Sequence[Hop], end: RedirectEnd, *, led: LeadsTo | None = None) -> None:
        """Put on record what each redirect of a chain comes to."""
        for place, hop in enumerate(hops):
            if not hop.judged:
                end = _seen_from(hop, end) if end.target in _MAY_BE_GATE else end
                where = led or self._led(hop, end.url or "", hops[place:])
                was, target, article = self._was(hop.address), end.target, end.article
                if target is Target.SAME_ARTICLE and was is EarlierState.ARTICLE:
                    target, article = self._same_article(hop, end)
                elif was is EarlierState.SOURCE and target is Target.SAME_ARTICLE:
                    target = Target.OTHER_ARTICLE
                self._record(hop, TABLE[was, where, target], end, was, where, article)

    def _was(self, address: Address) -> EarlierState:
        if address.url in self.links.sources:
            return EarlierState.SOURCE
        return EarlierState.ARTICLE if address.article_id is not None else EarlierState.UNKNOWN

    def _led(self, hop: Hop, url: str, rest: Sequence[Hop]) -> LeadsTo:
        if not self.site.owns(url):
            for_good = all(each.kept.capture.status in FOR_GOOD for each in rest)
            return LeadsTo.ELSEWHERE_FOR_GOOD if for_good else LeadsTo.ELSEWHERE
        if _same(hop.address.url, url):
            return LeadsTo.ITSELF
        known = self.archive.urls.address(self.site.name, url)
        return LeadsTo.KNOWN if known is not None and known.found_at < self._began else LeadsTo.NEW

    def _same_article(self, hop: Hop, end: RedirectEnd) -> tuple[Target, int | None]:
        """Whether the article at the target is the one that stood at the address that redirects."""
        assert hop.address.article_id is not None and end.article is not None
        # It may have been joined with another one since the address was asked for.
        now = self.archive.urls.address(self.site.name, hop.address.url)
        article = now.article_id if now is not None and now.article_id else hop.address.article_id
        one = self.archive.moves.join(article, end.article, at=self.now(), read_again=self.read)
        return (Target.OTHER_ARTICLE, end.article) if one is None else (Target.SAME_ARTICLE, one)

    def _record(
        self,
        hop: Hop,
        cell: RedirectOutcome,
        end: RedirectEnd,
        was: EarlierState,
        led: LeadsTo,
        article: int | None,
    ) -> None:
        address, kept = hop.address, hop.kept
        why = end.why if led in (LeadsTo.FRONT, LeadsTo.NOWHERE) else _told(cell, end, led)
        verdict = None
        if cell.absent:
            key, stands = key_at(address.url, self.site, self.archive), self.record.site_stands
            verdict = self.archive.filing.absent(
                kept, key=key, reason=why[:500], final=end.final, site_stands=stands
            )
            self.record.counts.add_verdict(verdict.counted)
            if not stands and was is EarlierState.ARTICLE:
                away = led in (LeadsTo.ELSEWHERE, LeadsTo.ELSEWHERE_FOR_GOOD)
                cell = replace(cell, absent=False, missed=Miss.ELSEWHERE if away else Miss.CLIENT)
        else:
            leads_to = self.archive.articles.version(str(article)).key if cell.alias and article else None
            file_redirect(kept, self.site, self.archive, self.read, key=leads_to)
        if was is EarlierState.SOURCE:
            self._note_source(hop, cell, end, led, why)
        if address.url == end.url and not cell.missed:
            return  # what stands there is noted already
        if cell.alias and address.link.how == "feed" and not self.site.owns(address.url):
            # A redirector: what else the site's feeds name there leads to the site too.
            parts = urlsplit(address.url)
            beside = self.archive.urls.make_deferred_due(
                self.site.name, f"{parts.scheme}://{parts.netloc}/", at=self.now()
            )
            self.record.counts.found += beside
        if not self.site.owns(address.url) and address.link.how == "capture":
            self.record.looked_at(address.url, due_at=None, status=kept.capture.status, reason=why)
            return
        gone = verdict is not None and (verdict.kind is VerdictKind.GONE or end.final)
        missed = cell.missed and ((end.missed or cell.missed) if cell.next is Recheck.RETRY else cell.missed)
        self.record.looked(
            address,
            due_at=end.due
            if cell.next is Recheck.RETRY and end.due
            else self._due(address, cell.next, gone=gone, verdict=verdict),
            status=None if cell.next is Recheck.RETRY else kept.capture.status,
            reason=why,
            missed=missed,
            alias=article if cell.alias else None,
        )
        if cell.next is Recheck.RETRY and end.again:
            self.queue.ask_again(address.url)

    def _due(
        self, address: Address, when: Recheck, *, gone: bool, verdict: Verdict | None
    ) -> datetime | None:
        match when:
            case Recheck.ABSENT:
                return self.next_fetch.of_absent(address, gone=gone, verdict=verdict)
            case Recheck.NOTHING:
                return self.next_fetch.of_nothing(address)
            case Recheck.GATE:
                return self.next_fetch.of_gate(address)
            case Recheck.POLL:
                return self.next_fetch.of_source(address, brought_new=False)
            case Recheck.RETRY:
                return self.next_fetch.of_failed(address, asked_to_wait=None)
            case Recheck.SELDOM:
                return self.next_fetch.of_other()

    def _note_source(self, hop: Hop, cell: RedirectOutcome, end: RedirectEnd, led: LeadsTo, why: str) -> None:
        """What a source's redirect shows of the site's health."""
        address, health_signals = hop.address, self.record.health_signals
        if cell.silent:
            health_signals.silent[address.url] = why
            health_signals.sources.pop(address.url, None)
            health_signals.unread.pop(address.url, None)
            self.listing_failed |= address.role is Role.LISTING and cell.next is Recheck.RETRY
            return
        health_signals.sources.setdefault(address.url, None)
        for_good = hop.kept.capture.status in FOR_GOOD and address.role is not Role.LISTING
        if end.url and (
            led in (LeadsTo.ELSEWHERE, LeadsTo.ELSEWHERE_FOR_GOOD) or (for_good and led is not LeadsTo.ITSELF)
        ):
            health_signals.moved[address.url] = end.url


_MAY_BE_GATE = frozenset({Target.NO_ARTICLE, Target.ABSENT, Target.FAILED})


def _seen_from(hop: Hop, end: RedirectEnd) -> RedirectEnd:
    """The end of a chain as one of its redirects shows it: a gate by its address, though nothing answers
    there, or what is on the way back."""
    asked, target = hop.kept.capture.url, redirect_target(hop.kept.capture)
    back = end.target is Target.NO_ARTICLE and takes_back(asked, target)
    if not (back or leads_to_gate(target)) or end.missed in (Miss.ROBOTS, Miss.TDM):
        return end
    why = f"a gate at {urlsplit(target).netloc}" if end.target is not Target.FAILED else end.why
    return replace(end, target=Target.GATE, why=why, missed=Miss.GATE, again=False, due=None)


def _gate_before(fetch: Fetch, done: IngestResult) -> RedirectEnd | None:
    """The gate that a redirect led to, by where it led, whatever was answered there; ``None``: it is none.

    Where a listing leads to one, a page with links is a gate too.
    """
    end = _end_of(done)
    if done.answer is Answer.LISTING:
        end = replace(end, target=Target.NO_ARTICLE)
    if not fetch.hops or end.target not in _MAY_BE_GATE:
        return None
    seen = _seen_from(fetch.hops[-1], end)
    return seen if seen.target is Target.GATE else None


def leads_to_wall(fetch: Fetch, done: IngestResult) -> str | None:
    """Why an answer is a gate by the redirect that led to it; ``None``: it is none."""
    end = _gate_before(fetch, done)
    return end.why if end is not None else None


def _end_of(done: IngestResult) -> RedirectEnd:
    """What a chain ends at, from what was made of the answer."""
    capture, verdict, reason = done.kept.capture, done.verdict, done.reason
    url = capture.url
    if done.article is not None and done.article.kind in GATES:
        return RedirectEnd(target=Target.GATE, url=url)
    if done.article is not None and done.article.reason == NO_TEXT:
        return RedirectEnd(target=Target.FAILED, url=url, why=NO_TEXT, missed=Miss.NO_TEXT)
    match done.answer:
        case Answer.LISTING:
            return RedirectEnd(target=Target.SOURCE, url=url)
        case Answer.FEED | Answer.SITEMAP:
            return RedirectEnd(target=Target.SOURCE if sniff(capture.body) else Target.NO_ARTICLE, url=url)
        case Answer.FOREIGN:
            gate = reason.startswith("a gate")
            return RedirectEnd(target=Target.GATE if gate else Target.NO_ARTICLE, url=url, why=reason)
        case Answer.ABSENT:
            return RedirectEnd(
                target=Target.ABSENT, url=url, why=f"HTTP {capture.status}", final=capture.status == 410
            )
        case Answer.REDACTED:
            return RedirectEnd(target=Target.NO_ARTICLE, url=url, why=reason)
        case Answer.RESERVED:
            return RedirectEnd(target=Target.FAILED, url=url, why=reason, missed=Miss.TDM)
        case Answer.TOO_LARGE:
            return RedirectEnd(target=Target.FAILED, url=url, why=reason, missed=Miss.TOO_LARGE)
    if verdict is None or verdict.kind is VerdictKind.UNREADABLE:
        why = verdict.reason if verdict is not None else reason
        return RedirectEnd(target=Target.FAILED, url=url, why=why, missed=Miss.UNREADABLE)
    if verdict.version is not None:
        return RedirectEnd(target=Target.SAME_ARTICLE, url=url, article=verdict.article)
    soft = done.article is not None and done.article.kind is PageKind.SOFT404
    if soft or verdict.kind in _GONE:
        return RedirectEnd(
            target=Target.ABSENT, url=url, why=verdict.reason or "a page that says it is not there"
        )
    kind = done.article.kind.value if done.article is not None else ""
    return RedirectEnd(target=Target.NO_ARTICLE, url=url, why=kind)


def _end_known(address: Address) -> RedirectEnd:
    """What a chain ends at, from what this run has noted of an address that it asked for before."""
    status, missed, url = address.last_status, address.missed, address.url
    if missed is Miss.GATE:
        return RedirectEnd(target=Target.GATE, url=url, why=address.reason or "")
    if missed is Miss.ELSEWHERE:
        return RedirectEnd(target=Target.NO_ARTICLE, url=url, why=address.reason or "")
    if status in (404, 410):
        return RedirectEnd(target=Target.ABSENT, url=url, why=f"HTTP {status}", final=status == 410)
    if missed is not None:
        return RedirectEnd(target=Target.FAILED, url=url, why=address.reason or "", missed=missed, again=True)
    if address.role is not Role.PAGE:
        return RedirectEnd(target=Target.SOURCE, url=url)
    if address.article_id is not None and address.reason is None:
        return RedirectEnd(target=Target.SAME_ARTICLE, url=url, article=address.article_id)
    return RedirectEnd(target=Target.NO_ARTICLE, url=url, why=address.reason or "")


def _told(cell: RedirectOutcome, end: RedirectEnd, led: LeadsTo) -> str:
    """What a redirect comes to, in words."""
    if led in (LeadsTo.ELSEWHERE, LeadsTo.ELSEWHERE_FOR_GOOD) and end.target is not Target.SOURCE:
        said = end.why if " at " in end.why or end.why.startswith("another site") else ""
        told = said or _elsewhere(end.url or "", end.target)
        return told if end.target is not Target.FAILED else f"{told}, which could not be had: {end.why}"
    if end.target is Target.FAILED and end.why.startswith("redirects "):
        return end.why
    where = f"redirects to {end.url}"
    if end.target is Target.GATE:
        return f"a gate at {urlsplit(end.url or '').netloc}"
    if end.target is Target.OTHER_ARTICLE or (end.target is Target.SAME_ARTICLE and cell.absent):
        return f"{where}, another article"
    if end.target is Target.NO_ARTICLE and (cell.absent or cell.silent):
        return f"{where}, which is no article" if cell.absent else f"{where}, which is no such source"
    return f"{where}: {end.why}" if end.why and end.target in (Target.ABSENT, Target.FAILED) else where


def _elsewhere(url: str, target: Target) -> str:
    host = urlsplit(url).netloc
    return f"a gate at {host}" if target is Target.GATE else f"another site: {host}"


def _same(url: str, other: str) -> bool:
    try:
        return same_page(url, other)
    except ValueError:
        return False


def article_redirected(fetch: Fetch) -> int | None:
    """The article that stood at an address whose redirect led here."""
    return next((hop.address.article_id for hop in fetch.hops if hop.address.article_id is not None), None)
