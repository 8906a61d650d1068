"""What a crawl run asks for next. A cache of the archive's frontier, so that a run cut short is taken up."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from archive import Archive
from archive.model.addresses import Address, Miss, Role
from crawler.crawl.beliefs import Beliefs
from crawler.crawl.budget import BUDGETS, Budget
from crawler.crawl.fetch import Fetch
from crawler.crawl.record import VisitRecord
from crawler.links.pagination import CatchUp
from crawler.links.recorder import Links, NamedLinks
from crawler.links.unwanted import NAMED, not_wanted
from crawler.links.urlset import UrlSet
from crawler.scheduling import recrawl
from crawler.siteconfig.site import Site
from crawler.urls import first_page

log = logging.getLogger(__name__)

LOOK_AHEAD = 50
"""Addresses taken from the archive at a time; few, so that the newest found are asked for first."""
DOOMSDAY = datetime(9000, 1, 1, tzinfo=UTC)


class Queue:
    """The addresses of one run, in this order: hops of redirects and the site's sources; the other pages of
    an article of which one changed; pages of which a source says that they changed; the next page of a
    listing that brought news; what is due; in a backfill what was asked for before; and last, once more,
    what failed."""

    def __init__(
        self,
        site: Site,
        archive: Archive,
        links: Links,
        record: VisitRecord,
        *,
        now: Callable[[], datetime],
        backfill: bool = False,
        poll: bool = False,
    ) -> None:
        self.site, self.archive, self.links, self.record, self.now = site, archive, links, record, now
        self.backfill, self.poll = backfill, poll
        self.named_before: set[str] = set()
        """Sources that named addresses in an earlier visit."""
        self.in_flight = 0
        self._to_file = 0  # answers that are kept, and not filed yet
        """Addresses asked for and not answered yet."""
        self._counts = record.counts
        self._catch_up: CatchUp | None = None
        self._first: deque[Fetch] = deque()
        self.beliefs = Beliefs(site.name, record)
        self._to_look_at: deque[Address] = deque()
        self._changed: deque[tuple[str, str, str]] = deque()  # address, source, kind of source
        self._changed_known: deque[Address] = deque()
        self._due: deque[Address] = deque()
        self._before: deque[Address] = deque()
        self._again: deque[str] = deque()
        self._to_walk_again = False
        self._walked_to: Address | None = None
        self._none_due: int | None = None  # how many had been found when nothing was due
        self._asked = UrlSet()
        self._budget = Budget(site)
        self._retried = UrlSet()

    # ------------------------------------------------------------ filling it

    def find_news_since(self, run: int) -> None:
        """Prepare to follow listings back to what the runs before *run* had seen."""
        self._catch_up = CatchUp.of(self.site, self.archive, before=run)
        self.links.since = self._catch_up.since if self._catch_up is not None else None

    def line_up(self) -> None:
        """Line up what the run asks for whatever is due: sources; in a backfill all known pages."""
        for source in self.links.seeds(poll=self.poll):
            self._first.append(self._fetch(source))
        self._to_walk_again = self.backfill
        moment = DOOMSDAY if self.backfill else self.now()
        self._counts.queued += self.archive.urls.how_many_due(self.site.name, now=moment)

    def put_first(self, fetch: Fetch) -> None:
        """Ask for this next: the target of a redirect."""
        self._asked.add(hash(fetch.url))
        self._first.appendleft(fetch)

    def reconsider(self) -> None:
        """What was found now may be newer than what was to come next."""
        self._due.clear()

    def ask_source(self, url: str) -> None:
        """Ask for a source that is known by now, before what is due."""
        address = self.archive.urls.address(self.site.name, url)
        if address is not None:
            self._first.append(self._fetch(address))

    def learn_belief(self) -> None:
        """Learn from the runs before how far each source is believed of changes, and which named any."""
        visits = self.archive.alarms.visits_seen(self.site.name, now=self.now())
        self.beliefs = Beliefs(self.site.name, self.record, visits)
        named = (each.health_signals.get("sources", {}) for each in visits)
        self.named_before = {url for sources in named for url, number in sources.items() if number}

    def look_at(self, urls: Iterable[str]) -> None:
        """Ask for pages next, though they were asked for in this run; the second time they are left."""
        for url in urls:
            address = self.archive.urls.address(self.site.name, url)
            if address is not None and (self._asked.add(hash(url)) or self._retried.add(hash(url))):
                self._to_look_at.append(address)

    def add_changed(self, urls: Iterable[str], *, source: str, kind: str) -> None:
        """Ask for pages of which a source says that they were changed, as far as it is believed."""
        self._changed.extend((url, source, kind) for url in urls)

    def hold(self, page: NamedLinks, *, depth: int) -> None:
        """A page of a listing was answered: its next ones wait until its news is read."""
        if page.next and self._catch_up is not None:
            self._catch_up.hold(page, depth=depth, at=self.now())

    def ask_again(self, url: str) -> None:
        """Ask once more, at the end of the run, for what failed; the second time it is left."""
        if self._retried.add(hash(url)):
            self._again.append(url)

    def may_ask_again(self, url: str) -> bool:
        """Whether what failed may be asked for once more; from now on it may not."""
        return self._retried.add(hash(url))

    def came_of(self, address: Address, *, new: bool) -> None:
        """What an address brought that was asked for: an article that is *new*, or not."""
        self._budget.came_of(address, new=new)

    def was_asked(self, url: str) -> bool:
        """Whether the run has asked for an address."""
        return hash(url) in self._asked

    # ------------------------------------------------------------ emptying it

    def next(self) -> Fetch | None:
        """The next address to ask for now; ``None``: none as long as nothing under way is answered."""
        fetch = self._next()
        if fetch is not None:
            self.in_flight += 1
        return fetch

    def answered(self, *, to_file: bool = False) -> None:
        """An address that was asked for is answered, or will not be. *to_file*: see :meth:`filed`."""
        self.in_flight -= 1
        self._to_file += to_file

    def filed(self) -> None:
        """An answer is filed, or will not be in this run: what it names is known from now on."""
        self._to_file -= 1

    @property
    def under_way(self) -> bool:
        """Whether anything that was asked for may still bring something."""
        return bool(self.in_flight or self._to_file)

    @property
    def hop_waits(self) -> bool:
        """Whether the target of a redirect waits: what was begun is ended, whatever limit is reached."""
        return any(fetch.hops for fetch in self._first)

    @property
    def waiting(self) -> bool:
        """Whether something is left to ask for in this run, now or when the site lets us."""
        if self._first or self._to_look_at or self._changed or self._changed_known or self._again:
            return True
        if self._catch_up is not None and self._catch_up.held:
            return True
        if before := self._next_asked_before():
            self._before.appendleft(before)
            return True
        if not self._due:
            due = self._next_due()
            if due is None:
                return False
            self._due.appendleft(due)
        return True

    @property
    def length(self) -> int:
        """About how many addresses are still to be asked for."""
        return max(self._counts.queued + self._counts.found - self._counts.asked, 0)

    @property
    def sources_asked(self) -> bool:
        """Whether nothing is left of what the run asks for first."""
        return not (self._first or self._changed or self._changed_known)

    def leave(self) -> int:
        """The run ends: pages of listings that were not come to are noted as due; how many they are."""
        return self._catch_up.leave(at=self.now()) if self._catch_up is not None else 0

    def _next(self) -> Fetch | None:
        if fetch := self._next_first() or self._next_of_a_listing():
            return fetch
        while address := self._next_due():
            if reason := self._unwanted(address):
                later = None
                if reason in BUDGETS:
                    later = self.now() + recrawl.OTHER_PAGES
                    self.record.health_signals.budgets.setdefault(reason, address.url)
                self.record.looked(address, due_at=later, reason=reason, missed=Miss.TRAP)
            elif self._asked.add(hash(address.url)):
                if (first := self._first_page_to_ask(address)) is None:
                    return self._fetch(address)
                self._again.append(address.url)  # asked for when what is under way is filed
                if self._asked.add(hash(first.url)):
                    return self._fetch(first)
        while address := self._next_asked_before():
            if not self._unwanted(address) and self._asked.add(hash(address.url)):
                return self._fetch(address)
        while self._again and not self.under_way:
            again = self.archive.urls.address(self.site.name, self._again.popleft())
            if again is not None:
                return self._fetch(again)
        return self._next_of_a_listing(whatever_is_read=True)

    def _first_page_to_ask(self, address: Address) -> Address | None:
        """The first page of what may be a further page of an article, when it was never answered.

        A further page that is filed before the first would be an article of its own.
        """
        first, _ = first_page(address.url)
        if first is None or address.role is not Role.PAGE or address.article_id is not None:
            return None
        known = (self.archive.urls.address(self.site.name, url) for url in (first, first + "/"))
        return next((each for each in known if each and each.role is Role.PAGE and not each.last_visit), None)

    def _next_first(self) -> Fetch | None:
        while self._first:
            fetch = self._first.popleft()
            if fetch.hops or self._asked.add(hash(fetch.url)):
                return fetch
        if self._to_look_at:
            return self._fetch(self._to_look_at.popleft())
        while address := self._next_changed():
            if self._asked.add(hash(address.url)):
                return self._fetch(address)
        return None

    def _next_changed(self) -> Address | None:
        """The next page of which a source says that it was changed."""
        while self._changed and not self._changed_known:
            told = [self._changed.popleft() for _ in range(min(LOOK_AHEAD, len(self._changed)))]
            by = {
                url: (source, kind)
                for url, source, kind in told
                if hash(url) not in self._asked and self.beliefs.worth_a_look(url, source, kind)
            }
            self._changed_known.extend(self.archive.urls.addresses(self.site.name, list(by)))
        return self._changed_known.popleft() if self._changed_known else None

    def _next_of_a_listing(self, *, whatever_is_read: bool = False) -> Fetch | None:
        """The next page of a listing whose page before brought news; asked for as soon as that was read."""
        if self._catch_up is None or self.under_way:
            return None
        asked = None if whatever_is_read else self._asked
        while (pages := self._catch_up.next(asked, at=self.now())) is not None:
            for address in pages:
                self._first.append(self._fetch(address))
            if fetch := self._next_first():
                return fetch
        return None

    def _next_asked_before(self) -> Address | None:
        """The next address that was asked for before and is not due: a backfill asks for it all the same."""
        while self._to_walk_again and not self._before:
            found = self.archive.urls.asked_before(self.site.name, after=self._walked_to, limit=LOOK_AHEAD)
            self._to_walk_again = bool(found)
            if found:
                self._walked_to = found[-1]
            self._before.extend(each for each in found if hash(each.url) not in self._asked)
        return self._before.popleft() if self._before else None

    def _next_due(self) -> Address | None:
        if not self._due:
            if self._before and self._none_due == self._counts.found:
                return None
            roles = [Role.FEED, Role.SITEMAP] if self.site.feed_only else None
            limit = LOOK_AHEAD + self.in_flight + self._to_file + self._counts.failed
            found = self.archive.urls.due(
                self.site.name, now=self.now(), limit=limit, roles=roles, never_asked=self.poll
            )
            self._due.extend(each for each in found if hash(each.url) not in self._asked)
            self._none_due = None if self._due else self._counts.found
        return self._due.popleft() if self._due else None

    def _unwanted(self, address: Address) -> str | None:
        if address.url in self.links.sources:
            return None
        if address.role is Role.SITEMAP:
            return self._budget.spent(address)
        how = address.link.how
        if how == "feed" and not self.site.owns(address.url):
            return None  # a redirector, see Links
        return not_wanted(address.url, self.site, named=how in NAMED) or self._budget.spent(address)

    def _fetch(self, address: Address) -> Fetch:
        """Ask for an address: whether it changed, or for the whole page when that is a week ago.

        A server may answer 304 when it should not; no edit hides behind it for longer than a week.
        """
        source = address.url in self.links.sources
        if (
            address.last_body_at is None
            or self.beliefs.whole_is_due(
                address, source=source, age=(self.now() - address.last_body_at).total_seconds()
            )
            or self._to_walk(address)
            or self._to_take_up(address)
        ):
            self.beliefs.asked_whole(address)
            return Fetch(address=address, url=address.url)
        return Fetch(address=address, url=address.url, etag=address.etag, last_modified=address.last_modified)

    def _to_walk(self, address: Address) -> bool:
        """Whether a backfill needs the page itself, for links that no run has followed yet."""
        return self.backfill and address.links_followed_at is None and address.url not in self.links.sources

    def _to_take_up(self, address: Address) -> bool:
        """Whether a run that was cut short may have left off behind this page of a listing."""
        return self._catch_up is not None and self._catch_up.cut_short and address.role is Role.LISTING
