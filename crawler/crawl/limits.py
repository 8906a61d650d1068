"""How much one crawl run may ask of a site, and when it has to wait."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from archive import Archive
from archive.model.reports import RunCounts
from archive.model.types import Capture
from archive.operations.health_signals import ASKED_TO_WAIT
from crawler.fetching.robots import A_DAY, MOST_DELAY
from crawler.scheduling.backlog import Backlog, delay_of
from crawler.siteconfig.site import Site
from crawler.urls import normal_address

log = logging.getLogger(__name__)

SIT_OUT = timedelta(minutes=3)
"""How long a run sits out a server's Retry-After; when it is longer, the run ends."""
WAITING = ASKED_TO_WAIT


class Limits:
    """The limits of one run. *pages* is how many addresses it may ask for, ``None``: as many as are due."""

    def __init__(
        self, site: Site, counts: RunCounts, *, now: Callable[[], datetime], pages: int | None = None
    ) -> None:
        self.site, self.counts, self.now, self.pages = site, counts, now, pages
        self.told_backlog: Backlog | None = None
        """What was last told to be still to be asked for."""
        self._delay = delay_of(site)
        self._left: int | None = None
        self._parked_until: datetime | None = None
        self._hosts: Mapping[str, datetime] = {}

    def begin(self, archive: Archive) -> None:
        """Learn what the budget of the day has left, and which hosts want to be left alone."""
        self._hosts = archive.host_waits.waiting(now=self.now())
        if self.site.budget is not None:
            lately = archive.runs.list(self.site.name, since=self.now() - timedelta(days=1))
            asked = sum(run.cost.requests for run in lately if run.cost is not None)
            self._left = self.site.budget - asked

    def slow_down(self, seconds: float) -> None:
        """A host of the site asks for so many seconds between two requests."""
        self._delay = max(self._delay, seconds)

    def backlog(self, queued: int) -> Backlog:
        """How long it takes to ask for so many addresses."""
        return Backlog(addresses=queued, delay=self._delay)

    def tell_how_long(self, queued: int) -> None:
        """Say how long a run will take where that is long, and again when it turns out to take twice that."""
        left, told = self.backlog(queued), self.told_backlog
        if left.is_long and (told is None or left.takes >= 2 * told.takes):
            self.told_backlog = left
            says = "the newest first, and what one visit leaves the next takes up"
            log.info("%s: %s; %s", self.site.name, left, says)

    def quiet(self) -> str:
        """Why the hour forbids to ask; empty when it does not."""
        until = self.site.quiet_until(self.now()) if self.site.quiet else None
        return f"quiet hours of the site until {until:%Y-%m-%d %H:%M} UTC" if until else ""

    def pages_reached(self) -> str:
        """Why no further page may be asked for; empty when one may."""
        if self.pages is not None and self.counts.asked >= self.pages:
            return f"the limit of {self.pages} pages was reached"
        return ""

    def reached(self, *, in_flight: int) -> str:
        """Why nothing further may be asked for; empty when something may."""
        if self._left is not None and self.counts.requests + in_flight >= self._left:
            return f"the day's budget of {self.site.budget} requests is used up"
        return ""

    def told_to_wait(self, archive: Archive) -> str:
        """Why the site may not be asked anything now: what an earlier visit of it or of its host was told."""
        known = archive.urls.address(self.site.name, normal_address(self.site.url))
        until = self.asked_to_wait(self.site.url)
        if known is not None and known.reason == WAITING and known.due_at and known.due_at > self.now():
            until = known.due_at
        return waiting_until(until) if until else ""

    def asked_to_wait(self, url: str) -> datetime | None:
        """Until when the host of an address wants to be left alone; ``None``: not, as far as is known."""
        until = self._hosts.get(urlsplit(url).netloc)
        return until if until is not None and until > self.now() else None

    def park(self, wait: timedelta) -> datetime:
        """The server asks to be left alone for so long; returns until when."""
        until = self.now() + wait
        if self._parked_until is None or until > self._parked_until:
            self._parked_until = until
        self.counts.parked += 1
        return until

    @property
    def parked(self) -> bool:
        """Whether the server's wish to be left alone still holds."""
        if self._parked_until is not None and self.now() >= self._parked_until:
            self._parked_until = None
        return self._parked_until is not None


def waiting_until(until: datetime) -> str:
    """Why a run ends when the site asks to be left alone for longer than it can sit out."""
    return f"{WAITING} until {until:%Y-%m-%d %H:%M} UTC"


MOST_RETRY_AFTER = timedelta(days=1)


def retry_after(capture: Capture) -> timedelta | None:
    """How long a server asks to be left alone (seconds or HTTP date), at most a day; ``None``: not said."""
    stated = (capture.header("retry-after") or "").strip()
    if not stated:
        return None
    try:
        if seconds := _SECONDS.match(stated):
            wait = timedelta(seconds=min(int(seconds[1][:9]), MOST_RETRY_AFTER.total_seconds()))
        else:
            moment = (
                datetime.fromisoformat(stated) if stated[:4].isdecimal() else parsedate_to_datetime(stated)
            )
            wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - capture.at
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta()), MOST_RETRY_AFTER)


_SECONDS = re.compile(r"([0-9]+)(?:\.[0-9]+)?\s*(?:$|,)")
"""The first of those that were sent twice."""


def asked_before(site: Site, archive: Archive, *, now: datetime) -> dict[str, timedelta]:
    """Hosts that other visits asked just before this one of *site* -> how long ago, or a little longer.

    A visit of the site itself that was cut off may have asked its hosts until now.
    """
    lately = archive.captures.asked_lately(since=now - timedelta(seconds=max(delay_of(site), MOST_DELAY)))
    if last := archive.runs.list(site.name, limit=1):
        until = last[0].ended or now
        for host in site.host_names:
            lately[host] = max(until, lately.get(host, until))
    return {host: max(now - at, timedelta()) for host, at in lately.items()}


def source_of_today(
    site: str, archive: Archive, url: str, *, now: datetime, elsewhere: Callable[[Capture], None]
) -> Capture | None:
    """The answer at the address of a host's word (robots.txt ...) that was had less than a day ago; ``None``:
    ask for it. One that another site's visit had, and this one's not, is told to *elsewhere*.

    An error that will pass (5xx, 429) is no answer, but for as long as its Retry-After asks us to wait.
    """
    kept = archive.captures.answer_since(site, url, since=now - A_DAY)
    if kept is None:
        kept = archive.captures.answer_since(None, url, since=now - A_DAY)
        if kept is None:
            return None
        elsewhere(kept.capture)
    capture = kept.capture
    if capture.status >= 500 or capture.status == 429:
        wait = retry_after(capture) if capture.status in (429, 503) else None
        return capture if wait is not None and now < capture.at + wait else None
    return capture
