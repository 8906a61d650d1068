"""The one spider: asks for what a crawl run wants, and hands each answer back as a capture."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Self
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.settings import BaseSettings

from archive import Archive
from archive.errors import ArchiveError, Refused, Unreachable
from archive.model.addresses import Miss, Outcome
from archive.model.types import Capture, Ground
from crawler import clock, signals
from crawler.crawl.fetch import Fetch
from crawler.crawl.limits import SIT_OUT, asked_before, waiting_until
from crawler.crawl.run import CrawlRun
from crawler.fetching.download_handler import HOST_DELAY, ExchangeDetails
from crawler.fetching.pace import PACE, host_of
from crawler.fetching.robots import A_DAY, Robots
from crawler.fetching.tdm import AGENT, forbids
from crawler.ingest.page_reader import Interrupted, PageReader
from crawler.scheduling.backlog import delay_of
from crawler.siteconfig.site import Site

AT_ONCE_UNHURRIED = 8
"""Requests under way at a site without a delay (loopback)."""
BATCH = 0.5
"""Seconds after which an open batch is committed."""
STOP_READING = 2.0
"""Seconds that a page which is being read may take after the visit was told to stop."""
ROBOTS_AGAIN = timedelta(hours=6)


def user_agent(version: str, contact: str | None, organisation: str | None) -> str:
    """Who we are and how to reach the operator, as sites read it."""
    reach = "; ".join(filter(None, [f"+{contact}" if contact else None, organisation, "news archive"]))
    return f"{AGENT}/{version} ({reach})"


BOT = ("LEGGER_BOT_KEY", "LEGGER_BOT_DIRECTORY")
"""The key with which requests are signed, and the host that tells its public half."""


class NewsSpider(Spider):
    """Bound to a site by ``spider_for``; runs one :class:`~crawler.crawl.run.CrawlRun`."""

    name = "news"
    site: ClassVar[Site]

    def __init__(
        self,
        *,
        archive: Archive,
        owned: bool = True,
        backfill: bool | str = False,
        poll: bool | str = False,
        depth: int | str | None = None,
        pages: int | str | None = None,
        ground: str = Ground.GENERAL,
        pages_read_by: PageReader | None = None,
        still_ours: Callable[[str], bool] = lambda site: True,
    ) -> None:
        """*still_ours*: whether nobody else visits the site by now. It is asked when this process, or its
        whole machine, stood still."""
        super().__init__()
        self.archive, self._owned = archive, owned
        self._pages, self._own_pages = pages_read_by or PageReader(), pages_read_by is None
        self.clock: clock.ArchiveClock | None = None
        """Which its time goes by; ``None``: by the practice newspaper's."""
        if not (self.site.practice and clock.is_scripted()):
            self.clock = clock.ArchiveClock()
            self.clock.read(archive)
        self.run = CrawlRun(
            self.site,
            archive,
            now=self.clock or partial(clock.now, practice=True),
            backfill=str(backfill).lower() in ("true", "1", "yes"),
            poll=str(poll).lower() in ("true", "1", "yes"),
            depth=None if depth is None else int(depth),
            pages=None if pages is None else int(pages),
            ground=Ground(ground),
            reader_process=self._pages,
        )
        self.outcome: Outcome | None = None
        self._reading = asyncio.Lock()
        self._robots = Robots(self._fetch_source, now=self.run.now, mining=self.site.owns)
        self._in_flight = 0
        self._news = asyncio.Event()
        self._still_ours, self._standstill = still_ours, clock.Standstill()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way in: opens the archive of LEGGER_ARCHIVE unless one is handed over."""
        if not cls.site.allow_private and not crawler.settings.get("LEGGER_CONTACT"):
            raise Refused(
                f"{cls.site.name} is a public site, and it could not reach you: set contact in legger.toml "
                "(legger init), or LEGGER_CONTACT"
            )
        if "archive" not in kwargs:
            kwargs["archive"] = Archive.open(crawler.settings.get("LEGGER_ARCHIVE", "legger.db"))
        else:
            kwargs["owned"] = False
        kwargs.setdefault("ground", crawler.settings.get("LEGGER_GROUND") or Ground.GENERAL)
        return super().from_crawler(crawler, *args, **kwargs)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """What the environment says when Scrapy was started by hand, and how many may be asked at once."""
        super().update_settings(settings)
        for name in ("LEGGER_CONTACT", "LEGGER_ORGANISATION", "LEGGER_ARCHIVE", "LEGGER_GROUND", *BOT):
            if not settings.get(name) and os.environ.get(name):
                settings.set(name, os.environ[name], "spider")
        if not delay_of(cls.site):
            settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", AT_ONCE_UNHURRIED, "spider")
        agent = user_agent(
            settings["LEGGER_VERSION"], settings.get("LEGGER_CONTACT"), settings.get("LEGGER_ORGANISATION")
        )
        settings.set("USER_AGENT", agent, "spider")

    # ------------------------------------------------------------ asking

    async def start(self) -> AsyncIterator[Request]:
        """Ask for what the round wants, a few at a time, until nothing is left and nothing is under way."""
        try:
            for host, ago in asked_before(self.site, self.archive, now=self.run.now()).items():
                PACE.note(host, ago=ago.total_seconds())
            self.run.begin()
            async with aclosing(self._requests()) as requests:
                async for request in requests:
                    yield request
        except ArchiveError as error:
            self.run.give_up(error)

    async def _requests(self) -> AsyncGenerator[Request]:
        committing = asyncio.create_task(self._commit_by_the_clock())
        patience = SIT_OUT.total_seconds()
        try:
            while True:
                fetch = self.run.next() if self._in_flight < self._at_once else None
                if fetch is not None:
                    if (permitted := await self._permitted(fetch)) is not None:
                        self._in_flight += 1
                        yield self._request(permitted)
                    patience = SIT_OUT.total_seconds()
                elif self._in_flight:
                    self._news.clear()
                    await self._news.wait()
                elif self.run.waiting and patience > 0:  # the site asked us to wait a moment
                    await asyncio.sleep(0.25)
                    patience -= 0.25
                else:
                    return
        finally:
            committing.cancel()

    @property
    def _at_once(self) -> int:
        """How many requests may be under way: one, where time lies between two, and until the site is seen to
        stand. What is not there before that does not count in this visit.
        """
        paced = delay_of(self.site) or self._robots.any_delay
        return 1 if paced or not self.run.record.site_stands else AT_ONCE_UNHURRIED

    async def _permitted(self, fetch: Fetch) -> Fetch | None:
        """The errand with what its host allows; ``None`` when we may not go, and that is on record."""
        own = self.site.owns(fetch.url)
        if until := self.run.asked_to_wait(fetch.url):
            self.run.skip(fetch, waiting_until(until), missed=Miss.WAIT, until=until)
            return None
        try:
            permission = await self._robots.of(fetch.url)
        except Refused as error:
            self.run.skip(fetch, str(error), missed=Miss.PRIVATE, until=self.run.now() + ROBOTS_AGAIN)
            if own:
                self.run.outcome = str(error)
            return None
        if reason := permission.refuses(fetch.url):
            missed = Miss.UNREACHABLE if permission.no_answer else Miss.ROBOTS
            self.run.skip(fetch, reason, missed=missed, until=self.run.now() + ROBOTS_AGAIN)
            if own and permission.unreachable:
                self.run.outcome = reason
            return None
        if reason := forbids(permission.terms.word(fetch.url), self.run.ground):
            self.run.skip(fetch, reason, missed=Miss.TDM, until=self.run.now() + A_DAY)
            return None
        # The request waits for its turn in any case. A visit that is told to stop need not wait for this one.
        await PACE.wait(host_of(fetch.url), max(delay_of(self.site), permission.delay))
        if self._standstill.lasted() and not self._still_ours(self.site.name):
            self.run.outcome = "this machine stood still, and another visit may be at the site by now"
            return None
        return replace(fetch, permission=permission)

    def _request(self, fetch: Fetch) -> Request:
        headers = {
            "If-None-Match": fetch.etag,
            "If-Modified-Since": fetch.last_modified,
            "Cookie": fetch.cookie,
            "Accept": "image/*,text/css,font/*,*/*;q=0.5" if fetch.asset else None,
        }
        return Request(
            fetch.url,
            headers={name: value for name, value in headers.items() if value},
            callback=self._take,
            errback=self._fail,
            cb_kwargs={"fetch": fetch},
            dont_filter=True,
            meta={HOST_DELAY: self._robots.delay(fetch.url)},
        )

    async def _fetch_source(self, url: str) -> Capture | None:
        """robots.txt and the like: of today when we have it, else asked for."""
        engine = self.crawler.engine
        assert engine is not None
        for _ in range(6):  # RFC 9309: at least five redirects
            if known := self.run.source_of_today(url):
                if not (300 <= known.status < 400 and known.header("location")):
                    return known
                url = urljoin(url, known.header("location") or "")
                continue
            try:
                paced = {HOST_DELAY: self._robots.delay(url)}
                response = await engine.download_async(Request(url, dont_filter=True, meta=paced))
            except Refused:
                raise
            except Exception as error:  # Scrapy's download errors are many; each says why in words
                self.logger.warning("%s: %s", url, error)
                raise Unreachable(f"{error}") from error
            capture = self._capture(response)
            self.run.source(capture)
            target = capture.header("location")
            if not (300 <= capture.status < 400 and target):
                return capture
            url = urljoin(url, target)
        return capture

    # ------------------------------------------------------------ answers

    async def _take(self, response: Response, fetch: Fetch) -> None:
        """Keep the answer, have it read in the process that reads, and file what was read."""
        capture = self._capture(response, via=fetch.via)
        try:
            kept = self.run.keep(capture, fetch)
            if kept is None:
                return
            async with self._reading:
                try:
                    if not await self.run.read(*kept):
                        return
                except Interrupted:
                    return  # it is kept, and read by the next visit
            verdict = self.run.file(*kept, fetch)
        finally:
            self._in_flight -= 1
            self._news.set()
        if verdict is None:
            return
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"archive/{verdict.kind.value}")
        self.crawler.signals.send_catch_log(signals.filed, spider=self, capture=capture, verdict=verdict)

    def _fail(self, failure: Any) -> None:
        self._in_flight -= 1
        self._news.set()
        error = failure.value
        reason, missed = str(error)[:300] or "no answer came", Miss.UNREACHABLE
        if isinstance(error, DownloadTimeoutError):
            reason, missed = "timeout", Miss.TIMEOUT
        elif isinstance(error, Refused):
            reason, missed = str(error), Miss.PRIVATE
        again = missed is not Miss.PRIVATE
        self.run.fail(failure.request.cb_kwargs["fetch"], reason, missed=missed, again=again)

    def _capture(self, response: Response, *, via: str | None = None) -> Capture:
        wire: ExchangeDetails = response.meta["wire"]
        return Capture(
            site=self.site.name,
            url=response.url,
            at=self.run.now(),
            status=response.status,
            headers=wire.headers,
            body=response.body,
            request_headers=wire.request_headers,
            http_version=wire.http_version,
            via=via,
            truncated=wire.truncated,
            exchange=wire.exchange,
        )

    # ------------------------------------------------------------ ending

    async def _commit_by_the_clock(self) -> None:
        while True:
            await asyncio.sleep(BATCH / 2)
            self._standstill.goes_on()
            if self.archive.session.age >= BATCH / 2:
                self.run.commit()
            if not self.crawler.crawling:  # we were told to stop: what is being read may take a moment more
                await asyncio.sleep(STOP_READING)
                self._pages.stop()
                return

    def closed(self, reason: str) -> None:
        """The visit is over: *reason* is Scrapy's; ``finished`` when nothing was left."""
        cut_short = "" if reason == "finished" else f"it was told to stop ({reason})"
        self.outcome = self.run.end(cut_short=cut_short)
        if self._own_pages:
            self._pages.stop()
        if self.crawler.stats is not None:
            for name, value in self.run.stats().items():
                self.crawler.stats.set_value(name, value)
        if self._owned:
            self.archive.close()
