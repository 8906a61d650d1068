"""What the pages of one visit name: which addresses are noted, passed over, or asked for at once.

Knows the archive, where what was found is noted as due; asks for nothing, and judges no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from urllib.parse import unquote, urljoin, urlsplit

from archive import Archive
from archive.model.addresses import Address, Link, Miss, Role
from archive.model.reports import RunCounts
from archive.model.types import Article, Capture, PageKind
from crawler.fetching.robots import A_DAY, Permission
from crawler.links.buffer import BATCH, LinkBuffer
from crawler.links.discover import (
    SkippedLink,
    discover,
    further_pages,
    month_ends,
    names_comments,
    next_pages,
    walk,
)
from crawler.links.moved import moved_to
from crawler.links.newness import newness
from crawler.links.page_links import PageLinks
from crawler.links.session_paths import SessionPaths
from crawler.links.unwanted import prefers
from crawler.links.urlset import FirstByKey, UrlSet
from crawler.scheduling import recrawl
from crawler.siteconfig.site import Site
from crawler.sources.source_bytes import SourceFault
from crawler.urls import article_key, normal_address, page_key, same_page

MOST_PROBED = 3
"""Other hosts named in feeds of which one address is asked for, in a visit."""
MOST_LINKED_FEEDS = 10
"""Feeds that the front page names by a link alone and that are asked for, in a visit."""
EXAMPLES = 20
"""Addresses of each kind of trap that are noted in a visit; all are counted."""
_NOT_MISSED = frozenset({"other site", "not a page", "feed of comments", "comments", "machine's address"})
"""Passed over, and no news was there."""


@dataclass(frozen=True, kw_only=True)
class NamedLinks:
    """What a page or source named."""

    links: int | None = None
    """How many addresses are welcome; ``None``: its links are not followed."""
    new: int = 0
    """Of them, how many the archive had never heard of."""
    pages: tuple[str, ...] = ()
    """The addresses that may be articles."""
    next: tuple[Link, ...] = ()
    """Of a listing: the pages on which it goes on."""
    faults: tuple[str, ...] = ()
    """What is wrong with the source."""
    changed: tuple[str, ...] = ()
    """Addresses of which the source says that they were changed since we last looked."""
    moved: str | None = None
    """Where the source says that it has moved to; it is a source of the visit from now on."""


class Links:
    """The links of one visit: ``seeds``, then ``follow`` for each answer.

    *depth* is how far a backfill goes; *counts* is where what was found and passed over is counted;
    *standing* knows the links of a page that was parsed already.
    """

    def __init__(
        self,
        site: Site,
        archive: Archive,
        *,
        now: Callable[[], datetime],
        counts: RunCounts,
        backfill: bool = False,
        depth: int | None = None,
        standing: Callable[[Capture], PageLinks | None] | None = None,
    ) -> None:
        self.site, self.archive, self.now, self.counts = site, archive, now, counts
        self.backfill, self.depth = backfill, depth
        self._standing = standing
        self.finds_sources = not (site.feeds or site.sitemaps)
        """The site's file states no source: what the site names is found."""
        self.sources: set[str] = set()
        """The addresses that the visit asks for whatever is due."""
        self.since: datetime | None = None
        """When the last visit began that saw all there was; ``None``: none did."""
        self._seen = UrlSet()
        self._welcome = UrlSet()
        """To what its pages link, as far as that is noted."""
        self._spelled = FirstByKey()
        self._sessions = SessionPaths(archive.urls.of_articles(site.name))
        self._traps: Counter[str] = Counter()
        self._probed = 0
        self._linked_feeds = 0

    def seeds(self, *, poll: bool = False) -> list[Address]:
        """The site's sources, noted; without its listings for a *poll*."""
        site = self.site
        front = normal_address(site.url)
        seeds = [Link(url=normal_address(url), role=Role.FEED, how="seed") for url in site.feeds]
        seeds += [Link(url=normal_address(url), role=Role.SITEMAP, how="seed") for url in site.sitemaps]
        if not site.feed_only and not poll:
            pages = dict.fromkeys((*map(normal_address, site.listings), front))
            seeds += [Link(url=url, role=Role.LISTING, how="seed") for url in pages]
        self.archive.urls.found(site.name, seeds, at=self.now())
        found = []
        for link in seeds:
            self.sources.add(link.url)
            self._spelled.is_first(hash(page_key(link.url)), hash(link.url))
            address = self.archive.urls.address(site.name, link.url)
            if address is not None:
                # What we take it for today is what the site's file says, whatever it was found as.
                found.append(replace(address, role=link.role))
        return found

    def follow(
        self, capture: Capture, address: Address, *, role: Role, article: Article | None
    ) -> NamedLinks:
        """Note the links of a source or listing, of an article those to its further pages, and in a backfill
        those of every page.

        *article* is what reading made of a page, ``None`` of what was not read.
        """
        source = role in (Role.FEED, Role.SITEMAP) or address.url in self.sources
        page = article if role is Role.PAGE else None
        stub = page is not None and page.kind is PageKind.STUB
        gate = page is not None and page.kind in (PageKind.GATE, PageKind.CHALLENGE)
        listing = role is Role.LISTING or (role is Role.PAGE and self._may_list_news(address))
        depth = address.link.depth + 1
        if not gate and not (source or listing or self.backfill or stub):
            # The pages of an article are one article, and all of them are asked for with the first.
            further = further_pages(capture, self.site) if page is not None and page.is_article else []
            return replace(self._note(further, depth=depth), links=None) if further else NamedLinks()
        if gate:
            return NamedLinks()
        if self.depth is not None and depth > self.depth:
            return NamedLinks()
        if role in (Role.FEED, Role.SITEMAP) and address.url in self.sources:
            return self._follow_source(capture, address, role=role, depth=depth)
        return self._follow(
            capture, address, role=role, depth=depth, listing=listing, stub=stub and not source
        )

    def _follow_source(self, capture: Capture, address: Address, *, role: Role, depth: int) -> NamedLinks:
        """Note what a source names, and where it says that it has moved to."""
        named = self._follow(capture, address, role=role, depth=depth)
        target = moved_to(capture, role)
        if target is None or target in self.sources:
            return named
        link = Link(url=target, role=role, found_on=capture.url, how="seed")
        self.archive.urls.found(self.site.name, [link], at=self.now())
        self.sources.add(target)
        gone = not named.links  # what is wrong with what stands there now is no fault of the source
        return replace(
            named, moved=target, links=None if gone else named.links, faults=() if gone else named.faults
        )

    def _follow(
        self,
        capture: Capture,
        address: Address,
        *,
        role: Role,
        depth: int,
        listing: bool = False,
        stub: bool = False,
    ) -> NamedLinks:
        """*stub*: of the links only the one that the page sends its reader to counts."""
        if role is Role.SITEMAP:
            return self._follow_sitemap(capture, depth=depth)
        # what many pages of a site link to need not be looked at on each of them
        source = address.url in self.sources
        known = None if source or listing or stub or role is not Role.PAGE else self._welcome
        standing = self._standing(capture) if self._standing is not None else None
        discovery = discover(capture, self.site, role=role, standing=standing, known=known)
        if known is not None:
            for link in discovery.links:
                known.add(hash(link.url))
        self._pass_over(discovery.skipped, capture.url)
        faults = discovery.faults
        if role is Role.FEED and self.site.owns(address.url):
            home = self._note_strangers(discovery.skipped, capture.url, depth=depth)
            if home is False and not discovery.links:
                faults = (*faults, _all_elsewhere(_hosts_of_others(discovery.skipped)))
        links: Iterable[Link] = discovery.links
        if stub and not (listing or self.backfill):
            links = [link for link in links if link.how == "refresh"]
        if listing and not self.backfill:
            links = [
                link for link in links if link.role is Role.PAGE or self._is_named_feed(link, capture.url)
            ]
        return replace(
            self._note(links, depth=depth),
            links=len(discovery.links),
            faults=faults,
            pages=tuple(link.url for link in discovery.links if link.role is Role.PAGE) if listing else (),
            next=tuple(next_pages(address.url, discovery.links)) if listing else (),
        )

    def _follow_sitemap(self, capture: Capture, *, depth: int) -> NamedLinks:
        """Note what a sitemap names, as it is read: it may be longer than what a visit is to hold."""
        welcome = 0
        faults: list[str] = []
        others: set[str] = set()

        def named() -> Iterator[Link]:
            nonlocal welcome, others
            for each in walk(capture, self.site, role=Role.SITEMAP):
                if isinstance(each, SourceFault):
                    faults.append(each.reason)
                elif isinstance(each, SkippedLink):
                    others |= _hosts_of_others((each,)) if len(others) < EXAMPLES else set()
                    self._pass_over((each,), capture.url)
                else:
                    welcome += 1
                    yield each

        noted = self._note(named(), depth=depth)
        if others and not welcome:
            faults.append(_all_elsewhere(others))
        return replace(noted, links=welcome, faults=tuple(faults))

    def _may_list_news(self, address: Address) -> bool:
        """Whether a page is of a listing, or the archive of a month that was not over when we last looked."""
        ends = month_ends(address.url)
        looked = address.last_visit or self.since or self.now()
        return address.role is Role.LISTING or (ends is not None and ends + A_DAY > looked)

    def follow_source(self, source: Capture) -> None:
        """Note the sitemaps that the site's robots.txt names, where its file names no source."""
        if urlsplit(source.url).path == "/robots.txt" and self.finds_sources and self.site.owns(source.url):
            self._note(_sitemaps_named(source), depth=1)

    def _is_named_feed(self, link: Link, found_on: str) -> bool:
        """Whether the site names a feed and its file states no source: what is not described is found.

        Of feeds that are named only as readers see them, by a link, the first few of the front page count.
        """
        if not self.finds_sources or link.role is not Role.FEED:
            return False
        if link.how == "alternate":
            return True
        if not same_page(found_on, self.site.url) or names_comments(link):
            return False
        self._linked_feeds += 1
        return self._linked_feeds <= MOST_LINKED_FEEDS

    def _pass_over(self, skipped: Iterable[SkippedLink], found_on: str) -> None:
        """Count what is not to be fetched; of a site's own traps some examples of each kind are noted."""
        noted = []
        for each in skipped:
            self.counts.passed_over += 1
            if each.reason in _NOT_MISSED or not self.site.owns(each.url):
                continue
            if self._seen.add(hash(each.url)):
                self._traps[each.reason] += 1
                if self._traps[each.reason] <= EXAMPLES:
                    noted.append((Link(url=each.url, found_on=found_on), each.reason))
        if noted:
            self.archive.urls.add_deferred(self.site.name, noted, at=self.now(), until=None, missed=Miss.TRAP)

    def _note_strangers(self, skipped: Iterable[SkippedLink], found_on: str, *, depth: int) -> bool | None:
        """Note what a feed names on other sites. Of each such host one is asked for: where it leads to the
        site, the host is a redirector, and the others are asked for too.

        Whether any of them leads to the site; ``None``: there is none, or that is not known of all.
        """
        known: list[bool | None] = []
        hosts: dict[str, list[Link]] = {}
        for each in skipped:
            parts = urlsplit(each.url)
            if each.reason == "other site" and parts.netloc:
                link = Link(url=each.url, how="feed", found_on=found_on, depth=depth)
                hosts.setdefault(f"{parts.scheme}://{parts.netloc}/", []).append(link)
        at = self.now()
        for prefix, links in hosts.items():
            home = self.archive.urls.leads_to_articles(self.site.name, prefix)
            known.append(home)
            ask = len(links) if home else 1 if home is None and self._probed < MOST_PROBED else 0
            self._probed += bool(ask and not home)
            self.counts.found += self.archive.urls.found(self.site.name, links[:ask], at=at)
            reason = f"another site: {urlsplit(prefix).netloc}"
            off = [(link, reason) for link in links[ask:]]
            self.archive.urls.add_deferred(self.site.name, off, at=at, until=None, missed=Miss.ELSEWHERE)
        return None if not known or (None in known and True not in known) else any(known)

    def _note(self, links: Iterable[Link], *, depth: int) -> NamedLinks:
        """Note found addresses. Of two spellings of one page, the first stays."""
        rank, fresh = prefers(self.site), LinkBuffer()
        changed: list[str] = []
        new, at = 0, self.now()
        for batch in _batches(self._unmet(links)):
            changed += self._changed(batch)
            others = []
            for link in batch:
                if link.role is Role.PAGE and self._sessions.is_another(link.url):
                    self.counts.passed_over += 1
                elif self._is_another_address(link):
                    others.append((replace(link, depth=depth), "another address of an article"))
                else:
                    fresh.put(replace(link, depth=depth), rank(link))
            if others:
                self.archive.urls.add_deferred(self.site.name, others, at=at, until=at + recrawl.OTHER_PAGES)
        for batch in fresh.take():
            dated = [replace(link, newness=newness(link, at=at)) for link in batch]
            new += self.archive.urls.found(self.site.name, dated, at=at)
        self.counts.found += new
        return NamedLinks(new=new, changed=tuple(changed))

    def _unmet(self, links: Iterable[Link]) -> Iterator[Link]:
        """Those that the visit has not met yet, and all that a source tells of."""
        for link in links:
            mark = hash(link.url)
            if not self._seen.add(mark) and link.how not in ("feed", "sitemap"):
                continue
            if self._spelled.is_first(hash(page_key(link.url)), mark) or link.role is not Role.PAGE:
                yield link

    def _is_another_address(self, link: Link) -> bool:
        """Whether the site's rule says it is an article that this visit has met under another address.

        It is noted, and looked at in a month: a rule may be wrong, but no article is fetched twice for it.
        """
        if link.role is not Role.PAGE or self.site.identity.of(unquote(link.url)) is None:
            return False
        return not self._spelled.is_first(hash(("article", article_key(self.site, link.url))), hash(link.url))

    def _changed(self, links: Iterable[Link]) -> list[str]:
        """The pages of which their source says that they were changed since we last looked."""
        told = {link.url: link for link in links if link.modified and link.how in ("feed", "sitemap")}
        if not told:
            return []
        return [
            known.url
            for known in self.archive.urls.addresses(self.site.name, told)
            if known.last_visit is not None and known.link.modified != told[known.url].modified
        ]


def _hosts_of_others(skipped: Iterable[SkippedLink]) -> set[str]:
    return {urlsplit(each.url).netloc for each in skipped if each.reason == "other site"}


def _all_elsewhere(hosts: set[str]) -> str:
    """What is wrong with a source that names no page of its site."""
    return f"all that it names stands on other sites: {', '.join(sorted(hosts)[:EXAMPLES])}"


def _batches(links: Iterator[Link]) -> Iterator[list[Link]]:
    while batch := list(islice(links, BATCH)):
        yield batch


def _sitemaps_named(robots: Capture) -> Iterator[Link]:
    """The sitemaps that a robots.txt names."""
    rules = Permission.of(robots).rules
    for named in rules.sitemaps if rules is not None else ():
        with suppress(ValueError):
            url = normal_address(urljoin(robots.url, named))
            if url == normal_address(robots.url):
                continue
            yield Link(url=url, role=Role.SITEMAP, found_on=robots.url, how="robots.txt")
