"""What the pages of one visit name: which addresses are noted, passed over, or asked for at once.

Knows the archive, where what was found is noted as due; asks for nothing, and judges no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urljoin

from archive import Archive
from archive.types import Address, Article, Capture, Link, Miss, PageKind, Role
from crawler import revisit
from crawler.discover import Skipped, discover, month_ends, next_pages, prefers
from crawler.identity import article_key, normal_address, page_key
from crawler.robots import A_DAY, Permission
from crawler.site import Site

EXAMPLES = 20
"""Addresses of each kind of trap that are noted in a visit; all are counted."""
_NOT_MISSED = frozenset({"other site", "not a page", "feed of comments", "comments", "machine's address"})
"""Passed over, and no news was there."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a page or source named."""

    links: int | None = None
    """How many addresses are welcome; ``None``: its links are not followed."""
    new: int = 0
    """Of them, how many the archive had never heard of."""
    pages: tuple[str, ...] = ()
    """The addresses that may be articles."""
    next: tuple[Link, ...] = ()
    """Of a listing: the pages on which it goes on."""
    changed: tuple[Address, ...] = ()
    """Addresses of which the source says that they were changed since we last looked."""


class Links:
    """The links of one visit: ``seeds``, then ``follow`` for each answer.

    *depth* is how far a backfill goes; *counts* is where what was found and passed over is counted.
    """

    def __init__(
        self,
        site: Site,
        archive: Archive,
        *,
        now: Callable[[], datetime],
        counts: Counter[str],
        backfill: bool = False,
        depth: int | None = None,
    ) -> None:
        self.site, self.archive, self.now, self.counts = site, archive, now, counts
        self.backfill, self.depth = backfill, depth
        self.finds_sources = not (site.feeds or site.sitemaps)
        """The site's file states no source: what the site names is found."""
        self.sources: set[str] = set()
        """The addresses that the visit asks for whatever is due."""
        self.since: datetime | None = None
        """When the last visit began that saw all there was; ``None``: none did."""
        self._seen: set[int] = set()  # hashes: a long crawl must not hold a hundred thousand addresses
        self._spelled: dict[int, int] = {}
        self._traps: Counter[str] = Counter()

    def seeds(self, *, poll: bool = False) -> list[Address]:
        """The site's sources, noted; without its listings for a *poll*."""
        site = self.site
        front = normal_address(site.url)
        seeds = [Link(url=normal_address(url), role=Role.FEED, how="seed") for url in site.feeds]
        seeds += [Link(url=normal_address(url), role=Role.SITEMAP, how="seed") for url in site.sitemaps]
        if not site.feed_only and not poll:
            pages = dict.fromkeys((*map(normal_address, site.listings), front))
            seeds += [Link(url=url, role=Role.LISTING, how="seed") for url in pages]
        self.archive.found(site.name, seeds, at=self.now())
        found = []
        for link in seeds:
            self.sources.add(link.url)
            self._spelled.setdefault(hash(page_key(link.url)), hash(link.url))
            address = self.archive.address(site.name, link.url)
            if address is not None:
                # What we take it for today is what the site's file says, whatever it was found as.
                found.append(replace(address, role=link.role))
        return found

    def follow(self, capture: Capture, address: Address, *, role: Role, article: Article | None) -> Named:
        """Note the links of a source or listing, and in a backfill those of every page.

        *article* is what reading made of a page, ``None`` of what was not read.
        """
        source = role in (Role.FEED, Role.SITEMAP) or address.url in self.sources
        page = article if role is Role.PAGE else None
        stub = page is not None and page.kind is PageKind.STUB
        gate = page is not None and page.kind in (PageKind.GATE, PageKind.CHALLENGE)
        listing = role is Role.LISTING or (role is Role.PAGE and self._may_list_news(address))
        if gate or not (source or listing or self.backfill or stub):
            return Named()
        depth = address.link.depth + 1
        if self.depth is not None and depth > self.depth:
            return Named()
        discovery = discover(capture, self.site, role=role)
        self._pass_over(discovery.skipped, capture.url)
        links: Iterable[Link] = discovery.links
        if stub and not (source or listing or self.backfill):
            links = [link for link in links if link.how == "refresh"]
        if listing and not self.backfill:
            links = [link for link in links if link.role is Role.PAGE or self._is_named_feed(link)]
        return replace(
            self._note(links, depth=depth),
            links=len(discovery.links),
            pages=tuple(link.url for link in discovery.links if link.role is Role.PAGE) if listing else (),
            next=tuple(next_pages(address.url, discovery.links)) if listing else (),
        )

    def _may_list_news(self, address: Address) -> bool:
        """Whether a page is of a listing, or the archive of a month that was not over when we last looked."""
        ends = month_ends(address.url)
        looked = address.last_visit or self.since or self.now()
        return address.role is Role.LISTING or (ends is not None and ends + A_DAY > looked)

    def follow_robots(self, robots: Capture) -> None:
        """Note the sitemaps that the site's robots.txt names, where its file names no source."""
        if self.finds_sources and self.site.owns(robots.url):
            self._note(_sitemaps_named(robots), depth=1)

    def _is_named_feed(self, link: Link) -> bool:
        """Whether the site names a feed and its file states no source: what is not described is found."""
        return self.finds_sources and link.role is Role.FEED and link.how == "alternate"

    def _pass_over(self, skipped: Iterable[Skipped], found_on: str) -> None:
        """Count what is not to be fetched; of a site's own traps some examples of each kind are noted."""
        noted = []
        for each in skipped:
            self.counts["passed over"] += 1
            if each.reason in _NOT_MISSED or not self.site.owns(each.url) or hash(each.url) in self._seen:
                continue
            self._seen.add(hash(each.url))
            self._traps[each.reason] += 1
            if self._traps[each.reason] <= EXAMPLES:
                noted.append((Link(url=each.url, found_on=found_on), each.reason))
        self.archive.put_off(self.site.name, noted, at=self.now(), until=None, missed=Miss.TRAP)

    def _note(self, links: Iterable[Link], *, depth: int) -> Named:
        """Note found addresses. Of two spellings of one page, the first stays."""
        fresh: list[Link] = []
        others: list[Link] = []
        changed: list[Address] = []
        for link in links:
            told = link.how in ("feed", "sitemap")
            mark = hash(link.url)
            if mark in self._seen and not told:
                continue
            self._seen.add(mark)
            if self._spelled.setdefault(hash(page_key(link.url)), mark) != mark and link.role is Role.PAGE:
                continue
            if told and link.modified and (known := self._changed(link)):
                changed.append(known)
            (others if self._is_another_address(link) else fresh).append(replace(link, depth=depth))
        at = self.now()
        if others:
            said = [(link, "another address of an article") for link in others]
            self.archive.put_off(self.site.name, said, at=at, until=at + revisit.OTHER_PAGES)
        fresh.sort(key=prefers(self.site))
        new = self.archive.found(self.site.name, fresh, at=at) if fresh else 0
        self.counts["found"] += new
        return Named(new=new, changed=tuple(changed))

    def _is_another_address(self, link: Link) -> bool:
        """Whether the site's rule says it is an article that this visit has met under another address.

        It is noted, and looked at in a month: a rule may be wrong, but no article is fetched twice for it.
        """
        rule = self.site.identity.regex
        if rule is None or link.role is not Role.PAGE or not rule.search(unquote(link.url)):
            return False
        mark = hash(link.url)
        return self._spelled.setdefault(hash(("article", article_key(self.site, link.url))), mark) != mark

    def _changed(self, link: Link) -> Address | None:
        """The page of which its source says that it was changed since we last looked."""
        known = self.archive.address(self.site.name, link.url)
        looked = known is not None and known.last_visit is not None
        return known if known is not None and looked and known.link.modified != link.modified else None


def _sitemaps_named(robots: Capture) -> Iterator[Link]:
    """The sitemaps that a robots.txt names."""
    rules = Permission.of(robots).rules
    for named in rules.sitemaps if rules is not None else ():
        with suppress(ValueError):
            url = normal_address(urljoin(robots.url, named))
            yield Link(url=url, role=Role.SITEMAP, found_on=robots.url, how="robots.txt")
