"""Going on to the next page of a listing, back to what the visit before had seen.

A listing shows the newest; what came and went between two visits stands on its next pages. An ordinary visit
goes on to the next page while the page before brought news: an article that the archive had not heard of at
the last visit, and that came out since. It stops at the first page on which all is known or older, so that an
archive that was never walked is not walked by the way.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from archive import Archive
from archive.model.addresses import Address, FoundTimes, Link, Role
from crawler.links.recorder import NamedLinks
from crawler.links.urlset import UrlSet
from crawler.siteconfig.site import Site

MARGIN = timedelta(days=1)
"""How much older than the last visit news may be: some sites state a day and no hour."""

LOOK_BACK = 2_000
"""Visits among which the last one that saw the listings is looked for; most are polls, 144 a day at most."""


@dataclass(frozen=True, kw_only=True)
class WaitingPage:
    """A page whose next ones wait until its news has been read."""

    next: tuple[Link, ...]
    listed: tuple[str, ...]
    """The addresses on it."""
    waiting: frozenset[int]
    """Hashes of those that are still to be asked for the first time."""


class CatchUp:
    """Of one visit: ``hold`` each page of a listing, and ask for ``next`` when its news has been read."""

    def __init__(
        self, site: Site, archive: Archive, *, since: datetime, until: datetime, cut_short: bool
    ) -> None:
        self.site, self.archive = site, archive
        self.since, self.until = since, until
        """When the last visit that saw the listings began and ended."""
        self.cut_short = cut_short
        """Visits between were cut short: pages are asked for whole, or what was left would stay unseen."""
        self.held: deque[WaitingPage] = deque()

    @classmethod
    def of(cls, site: Site, archive: Archive, *, before: int) -> Self | None:
        """For a visit after those numbered below *before*; ``None`` when none of them saw the listings."""
        cut_short = False
        for run in archive.runs.list(site.name, limit=LOOK_BACK):
            if run.id >= before or run.settings.get("poll"):
                continue
            if run.outcome == "done" or (run.counts is not None and run.counts.caught_up):
                until = run.ended or run.started
                return cls(site, archive, since=run.started, until=until, cut_short=cut_short)
            cut_short = True
        return None

    def hold(self, page: NamedLinks, *, depth: int, at: datetime) -> None:
        """A page of a listing was answered: its next ones wait, when it named what is new."""
        heard = self.archive.urls.found_times(self.site.name, page.pages)
        fresh = [each for each in heard if each.found_at > self.until]
        if fresh:
            links = tuple(replace(link, role=Role.LISTING, depth=depth) for link in page.next)
            waiting = frozenset(
                hash(each.url)
                for each in fresh
                if each.last_visit is None and each.due_at is not None and each.due_at <= at
            )
            self.held.append(WaitingPage(next=links, listed=page.pages, waiting=waiting))

    def next(self, asked: UrlSet | None, *, at: datetime) -> list[Address] | None:
        """What follows a page all of whose news was *asked* for, and answered; empty: it brought none.

        ``None``: no such page is left. Without *asked*, what could be asked for was.
        """
        for held in self.held:
            if asked is None or all(mark in asked for mark in held.waiting):
                self.held.remove(held)
                heard = self.archive.urls.found_times(self.site.name, held.listed)
                return self._addresses(held, at=at) if self._brought_news(heard) else []
        return None

    def leave(self, *, at: datetime) -> int:
        """The visit ends: the next pages that were not come to are noted as due; how many they are."""
        left = [address for held in self.held for address in self._addresses(held, at=at)]
        return len(left)

    def _brought_news(self, heard: list[FoundTimes]) -> bool:
        """Whether an article on a page came out since; where none is dated, whether the page is all new."""
        articles = [each for each in heard if each.article_id is not None]
        news = [each for each in articles if each.found_at > self.until]
        dated = [each.published for each in news if each.published is not None]
        if dated:
            return max(dated) >= self.since - MARGIN
        return bool(news) and len(news) == len(articles)

    def _addresses(self, held: WaitingPage, *, at: datetime) -> list[Address]:
        name = self.site.name
        self.archive.urls.found(name, held.next, at=at)
        found = []
        for link in held.next:
            self.archive.urls.bring_forward(name, link.url, at=at)
            if (address := self.archive.urls.address(name, link.url)) is not None:
                found.append(replace(address, role=Role.LISTING))
        return found
