"""One crawl run of a site: hands out what to fetch, and takes what comes of it.

What is still to fetch is a table of the archive; what stands here in memory is a cache of it, so that a run
that was cut short is taken up by the next one. Every answer joins the open batch before it is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive import Archive
from archive.errors import ArchiveError, of_legger
from archive.model.addresses import ARCHIVE_AWAY, Miss, Outcome
from archive.model.reports import RunCounts
from archive.model.types import Article, Capture, Ground, PageKind, StoredCapture, Terms, Verdict, VerdictKind
from archive.operations.health_signals import SCREENSHOTS, outcome_of
from crawler.assets.queue import AssetQueue
from crawler.crawl.fetch import Fetch
from crawler.crawl.follow import Follower, article_redirected
from crawler.crawl.held import HeldChanges, file_left_behind
from crawler.crawl.limits import Limits, source_of_today
from crawler.crawl.next_fetch import NextFetch
from crawler.crawl.outcomes import AnswerOutcomes
from crawler.crawl.queue import Queue
from crawler.crawl.record import VisitRecord, run_settings
from crawler.crawl.resources import ResourceMeter
from crawler.fetching.tdm import terms
from crawler.ingest.answer import Answer
from crawler.ingest.ingest import file, file_as, keep, reader
from crawler.ingest.learn import after_visit, first_lesson, read_what_was_read_without, worth_it
from crawler.ingest.page_reader import Interrupted, PageReader
from crawler.ingest.read_ahead import ReadAhead, is_read
from crawler.links.recorder import Links
from crawler.scheduling.backlog import Backlog
from crawler.siteconfig.site import Site

if TYPE_CHECKING:
    from crawler.ingest.first_lesson import FirstLesson

log = logging.getLogger(__name__)


class CrawlRun:
    """One run: ``begin``; ``next`` and ``take``, ``fail`` or ``skip`` while it is ``waiting``; ``end``."""

    def __init__(
        self,
        site: Site,
        archive: Archive,
        *,
        now: Callable[[], datetime],
        backfill: bool = False,
        poll: bool = False,
        depth: int | None = None,
        pages: int | None = None,
        ground: Ground = Ground.GENERAL,
        reader_process: PageReader | None = None,
    ) -> None:
        """*reader_process*: reads pages in a process that can be ended; without it they are read here."""
        self.site, self.archive, self.now = site, archive, now
        self.backfill, self.depth, self.pages = backfill, depth, pages
        self.poll = poll and bool(site.feeds or site.sitemaps)
        """Only feeds and sitemaps, and what they newly name."""
        self.ground = site.ground or ground
        self.outcome = ""
        """Why the run ended before all that is due was asked for; after :meth:`end`, why it was not done."""
        self.ended: Outcome | None = None
        self.number: int | None = None
        """The number of the run in the archive."""
        self.record = VisitRecord(site, archive, now=now)
        self._limits = Limits(site, self.counts, now=now, pages=pages)
        self._links = Links(
            site, archive, now=now, counts=self.counts, backfill=backfill, depth=depth,
            standing=reader_process.links_of if reader_process is not None else None,
        )  # fmt: skip
        self._queue = Queue(
            site, archive, self._links, self.record, now=now, backfill=backfill, poll=self.poll
        )
        self._next_fetch = NextFetch(site, now=now)
        self._lesson = first_lesson(site, archive)
        self._reader = partial(reader, site, archive, pages=reader_process, witness=False, links=backfill)
        """Reads pages of this run, in the process that reads, with what is known of the site now."""
        self._reading = ReadAhead(self._reader(lesson=self._lesson))
        self._broken = ""
        self._safe = RunCounts()
        self._uncommitted: set[int] = set()
        """Numbers of captures kept since the last commit."""
        self._held = HeldChanges(
            site, archive, self.record, self._next_fetch, self._read, self._queue, backfill=backfill
        )
        self._follower = Follower(
            site, archive, self._queue, self._links, self.record, self._next_fetch, self._read, now=now
        )
        self._outcomes = AnswerOutcomes(
            site, archive, self._queue, self._links, self.record, self._next_fetch, self._follower,
            self._limits, backfill=backfill, stop=self._stop,
        )  # fmt: skip
        self._assets = AssetQueue(site, archive, self.record, now=now)
        self._lined_up = False
        self._cost = ResourceMeter(reader_process)

    @property
    def counts(self) -> RunCounts:
        """What the run has counted so far."""
        return self.record.counts

    # ------------------------------------------------------------ the run

    def begin(self) -> None:
        """Record that the run began, and line up what it always asks for: the site's sources.

        Raises :class:`ArchiveError` when the archive cannot be used.
        """
        site, at = self.site, self.now()
        how = {"backfill": self.backfill, "poll": self.poll, "depth": self.depth, "pages": self.pages}
        settings = run_settings(site, self.archive, **how, ground=self.ground.value)
        self.number = self.archive.runs.start(site.name, at=at, settings=settings, facts=site.facts())
        self.outcome = self._limits.quiet()
        if self.outcome:
            return
        file_left_behind(site, self.archive, self._read, self.record)
        self._limits.begin(self.archive)
        self._next_fetch.learn_habits(self.archive)
        if not (self.backfill or self.poll):
            self._queue.find_news_since(self.number)
        self.outcome = self._limits.told_to_wait(self.archive)
        if self.outcome:
            return
        self._queue.learn_belief()
        self._queue.line_up()
        self._assets.begin()
        self._lined_up = True
        self.commit()

    def next(self) -> Fetch | None:
        """The next address to ask for now; ``None`` when there is none, or when we have to wait."""
        if self.outcome or self._broken or self._limits.parked:
            return None
        no_more_pages = ""
        if not self._queue.hop_waits:
            in_flight = self._queue.in_flight + self._assets.in_flight
            self.outcome = self._limits.reached(in_flight=in_flight)
            no_more_pages = self._limits.pages_reached()
        self.outcome = self.outcome or self._limits.quiet()
        if self.outcome:
            return None
        fetch = self._queue.next() if not no_more_pages else None
        if fetch is None:
            return self._next_asset(no_more_pages)
        self._limits.tell_how_long(self.queued)
        if not fetch.hops:
            self.counts.asked += 1
        return replace(fetch, cookie=self._follower.cookies.header(fetch.url))

    def _next_asset(self, no_more_pages: str) -> Fetch | None:
        """What pages show, once they are all filed; the run ends with it where *no_more_pages* may be had."""
        if self._queue.under_way:
            return None
        fetch = self._assets.next()
        if fetch is None and not self._assets.in_flight:
            self.outcome = no_more_pages
        return fetch

    def asked_to_wait(self, url: str) -> datetime | None:
        """Until when the host of an address wants to be left alone, as the visit of any site was told."""
        return self._limits.asked_to_wait(url)

    @property
    def waiting(self) -> bool:
        """Whether something is left to ask for in this run, now or when the site lets us."""
        return not (self.outcome or self._broken) and (self._queue.waiting or self._assets.waiting)

    @property
    def queued(self) -> int:
        """About how many addresses are still to be asked for."""
        return self._queue.length

    @property
    def told_backlog(self) -> Backlog | None:
        """What was told to be still to be asked for; ``None``: it takes no time worth a word."""
        return self._limits.told_backlog

    def end(self, *, cut_short: str = "") -> Outcome:
        """Commit, let the memory learn from what changed, and record how the run ended.

        *cut_short*: why it was told to stop, if it was. Returns how it ended; ``outcome`` then says why,
        unless it is done. An archive that cannot be written makes it failed: what was not committed is not
        counted.
        """
        stopped = self.outcome or cut_short
        self.counts.assets_left = self._assets.left
        self._leave()
        if stopped and (left := self._limits.backlog(self.queued)).is_long:
            stopped = f"{stopped}; {left}"
        ended, self.outcome = outcome_of(self.record.health_signals, self.record.reasons, stopped=stopped)
        self._note_catching_up(done=ended is Outcome.DONE)
        self.commit()
        if not self._broken:
            try:
                self._learn()
                if not self.poll:
                    read_what_was_read_without(self.site, self.archive)
            except ArchiveError as error:
                self.give_up(error)
            except Exception as error:
                log.exception("%s: the memory could not learn from this visit", self.site.name)
                self._note_error(error)
                ended, self.outcome = Outcome.FAILED, "the memory could not learn from this visit"
        if self._broken:
            ended, self.outcome = Outcome.FAILED, self._broken
        try:
            self._record_end(ended)
        except ArchiveError as error:
            self.give_up(error)
            ended, self.outcome = Outcome.FAILED, self._broken
        self.ended = ended
        return ended

    def _leave(self) -> None:
        """What was begun is brought to an end: redirects that led nowhere, and changes that were held."""
        if self._broken:
            return
        try:
            self._follower.leave()
            if self._held.captures:  # what their pages repeat is known before they are judged
                self._learn()
            self._held.file(at_end=True)
            self.record.look_back()
        except ArchiveError as error:
            self.give_up(error)
        except Interrupted:
            pass  # the next run reads what this one held
        except Exception as error:
            log.exception("%s: what was held could not be filed", self.site.name)
            self._note_error(error)

    def _learn(self) -> None:
        """Let the memory learn from this run, once, if enough is new; what is held is part of it."""
        if self.counts.learned:
            return
        redesigned = self._held.template_changed or self.record.is_redesigned
        if redesigned or worth_it(self.site, self.archive, new=self.counts.new):
            held = (self.archive.captures.get(number, whole=True).capture for number in self._held.captures)
            after_visit(self.site, self.archive, self.now(), lesson=self._lesson, held=held)
            self.counts.learned = 1
            self._reading = ReadAhead(reader(self.site, self.archive))

    def _record_end(self, ended: Outcome) -> None:
        if self.number is None:
            return
        self.record.health_signals.doubted = self._queue.beliefs.doubted()
        self.archive.runs.end(
            self.number, at=self.now(), outcome=ended.value, counts=self.counts,
            cost=self._cost.read(requests=self.counts.requests, received=self.record.received),
            reasons=self.record.reasons, why=self.outcome, health_signals=self.record.health_signals.plain(),
        )  # fmt: skip
        self.archive.recompression.grow(at_end=True)
        apart = {SCREENSHOTS} if self.site.assets.screenshot else ()
        self.archive.alarms.review(self.site.name, zone=self.site.zone, now=self.now(), apart=apart)

    def commit(self) -> None:
        """Commit the open batch. When that fails the run is over: see :meth:`end`."""
        if self._broken:
            return
        self._uncommitted.clear()
        try:
            self.archive.recompression.grow()  # commits first
        except ArchiveError as error:
            self.give_up(error)
        else:
            self._safe = replace(self.counts)

    def _stop(self, reason: str) -> None:
        self.outcome = reason

    def give_up(self, error: ArchiveError) -> None:
        """The archive cannot be written: nothing more is asked for, and what was lost is not counted."""
        if not self._broken:
            log.error("%s: the archive could not be written: %s", self.site.name, error)
        self._broken = self._broken or f"{ARCHIVE_AWAY}: {error}"
        self.counts.take_back(self._safe)

    def _note_error(self, error: BaseException) -> None:
        """A fault of our own is on record, and told."""
        self.record.health_signals.errors[of_legger(error)] += 1

    def stats(self) -> dict[str, int]:
        """What the run came to, under the names in Scrapy's stats."""
        return self.record.stats()

    def _note_catching_up(self, *, done: bool) -> None:
        """Put on record whether the listings were followed back to what the run before had seen."""
        if self.poll:
            return
        left = self._queue.leave()
        asked = (
            self._lined_up
            and self._queue.sources_asked
            and not (self._outcomes.listing_failed or self._follower.listing_failed)
        )
        if done or (asked and not left and not self.backfill):
            self.counts.caught_up = 1

    # ------------------------------------------------------------ answers

    def take(self, capture: Capture, fetch: Fetch) -> Verdict | None:
        """Keep an answer, read it, file it, and note when to ask again; a redirect's target comes next.

        Returns the verdict, ``None`` for an answer that is not filed (a hop, an error of the server, one
        whose handling failed).
        """
        kept = self.keep(capture, fetch)
        return self.file(*kept, fetch) if kept is not None and self._is_secure(*kept) else None

    def keep(self, capture: Capture, fetch: Fetch) -> tuple[Answer, StoredCapture] | None:
        """Keep an answer in the open batch. ``None``: nothing is left to be filed."""
        if fetch.asset:
            self._take_asset(capture, fetch)
            return None
        self._queue.answered(to_file=True)
        kept = None
        try:
            kept = self._keep(capture, fetch)
        finally:
            if kept is None:
                self._queue.filed()
        return kept

    def _keep(self, capture: Capture, fetch: Fetch) -> tuple[Answer, StoredCapture] | None:
        self.record.answered(capture)
        if self.site.owns(fetch.url):
            self._limits.slow_down(fetch.permission.delay)
        try:
            kept = keep(
                self._with_terms(capture, fetch), self.site, self.archive, run=self.number,
                declared=self._outcomes.declared(capture, fetch), conditional=fetch.is_conditional,
            )  # fmt: skip
        except ArchiveError as error:
            self.give_up(error)
            return None
        except Exception as error:
            self._went_wrong(capture, fetch, error)
            return None
        self._uncommitted.add(kept[1].id)
        return kept if not self._broken else None

    def _with_terms(self, capture: Capture, fetch: Fetch) -> Capture:
        host = fetch.permission
        return replace(capture, terms=terms(capture, robots=host.says, host=host.terms, ground=self.ground))

    def _take_asset(self, capture: Capture, fetch: Fetch) -> None:
        try:
            self._assets.take(self._with_terms(capture, fetch), fetch, run=self.number)
        except ArchiveError as error:
            self.give_up(error)

    def _is_secure(self, answer: Answer, kept: StoredCapture) -> bool:
        """Commit what was kept before it is read; ``False``: that failed, and nothing is to be filed.

        One commit is for all that were kept until then: pages that wait for their turn need no other.
        """
        if kept.id in self._uncommitted and is_read(answer, kept):
            self.commit()
        if self._broken:
            self._queue.filed()
        return not self._broken

    async def read(self, answer: Answer, kept: StoredCapture) -> bool:
        """Read a kept page ahead of its filing, in another thread, one at a time. Whether it may be filed.

        Raises :class:`Interrupted` when reading is no more: the page is read by the next run.
        """
        secure = self._is_secure(answer, kept)
        if secure and is_read(answer, kept):
            await asyncio.to_thread(self._reading.begin, kept)
        return secure

    def file(self, answer: Answer, kept: StoredCapture, fetch: Fetch) -> Verdict | None:
        """File what was kept, and note when to ask again. Whatever that raises ends here: the answer stays
        kept, its address is on record as missed with the error, and is tried again."""
        try:
            return self._file(answer, kept, fetch)
        except ArchiveError as error:
            self.give_up(error)
        except Interrupted:
            pass  # it is kept, and read by the next run
        except Exception as error:
            self._went_wrong(kept.capture, fetch, error)
        finally:
            self._reading.done(kept)
            self._queue.filed()
        return None

    def _went_wrong(self, capture: Capture, fetch: Fetch, error: Exception) -> None:
        """Handling an answer failed, a fault of ours: on record, told, and tried again."""
        log.exception("%s: its answer could not be handled", capture.url)
        self._note_error(error)
        try:
            self._outcomes.failed(fetch, None, of_legger(error), missed=Miss.ERROR, again=True, wait=None)
        except ArchiveError as fault:
            self.give_up(fault)
        except Exception:
            log.exception("%s: nor could that be noted", capture.url)

    def _read(self, capture: Capture) -> Article:
        return self._reading(capture)

    def _file(self, answer: Answer, kept: StoredCapture, fetch: Fetch) -> Verdict | None:
        capture = kept.capture
        self._reading.at_hand = kept
        done = file(
            answer, kept, self.site, self.archive, self._read, follow=True, visit=self._held.visit,
            moved_from=article_redirected(fetch),
        )  # fmt: skip
        self._outcomes.note_source(capture, fetch)
        address = self._outcomes.row(fetch)
        match done.answer:
            case Answer.REDIRECT:
                self._follower.follow(done.kept, fetch)
            case Answer.REFUSED:
                self._outcomes.refused(done, fetch)
            case Answer.BROKEN_OFF:
                self._outcomes.broken_off(done, fetch)
            case _:
                self._outcomes.settle(done, fetch, address)
                self._follower.arrived(fetch, done)
        verdict = done.verdict
        self._queue.came_of(address, new=verdict is not None and verdict.counted is VerdictKind.NEW)
        if verdict is not None:
            if (article := verdict.article or (address.article_id if verdict.held else None)) is not None:
                self._assets.shown_by(done.kept, article, done.article)
            self.record.filed(fetch.address, verdict, done.article)
            if verdict.held:
                self._held.add(verdict.capture, address, asked=fetch.address)
                self._queue.look_at(verdict.other_pages)
                verdict = None
            else:
                self._queue.beliefs.looked(fetch.address, capture, verdict)
        if self._held.changes.full:
            self._held.file()
        if self._lesson is not None and self._lesson.is_due:
            self._learn_under_way(self._lesson)
        return verdict

    def _learn_under_way(self, lesson: FirstLesson) -> None:
        """A first visit reads on with what it has learned so far; what it read before is read again."""
        try:
            after_visit(self.site, self.archive, self.now(), lesson=lesson)
        except ArchiveError:
            raise
        except Exception as error:  # the page at hand is filed all the same; its end learns once more
            log.exception("%s: the memory could not learn under way", self.site.name)
            self._note_error(error)
            self._lesson = None
        self._reading.read_with(self._reader(lesson=self._lesson))

    def fail(self, fetch: Fetch, reason: str, *, missed: Miss, again: bool) -> None:
        """Note that no answer came. *again*: worth another try in this run."""
        if fetch.asset:
            self.counts.unanswered += 1
            self._assets.failed(fetch, reason, missed=missed)
            return
        self._queue.answered()
        self.counts.unanswered += 1
        self._outcomes.failed(fetch, None, reason, missed=missed, again=again, wait=None)

    def skip(self, fetch: Fetch, reason: str, *, missed: Miss, until: datetime | None) -> None:
        """Note that we may not ask (robots.txt, a reservation ...), and when to think again."""
        if fetch.asset:
            self._assets.failed(fetch, reason, missed=missed)
            return
        self._queue.answered()
        self.counts.skipped += 1
        if not fetch.hops:
            self.record.looked(fetch.address, due_at=until, reason=reason, missed=missed)
        self._follower.failed(fetch, reason, missed=missed, due=until)

    def source(self, capture: Capture) -> None:
        """Keep an answer that is not asked for on an address's behalf (robots.txt, tdmrep.json)."""
        self.counts.sources += 1
        self.record.received += len(capture.body)
        said = Terms(robots="not asked", ground=self.ground)
        kept = self.archive.captures.keep(replace(capture, terms=said), run=self.number)
        name = urlsplit(capture.url).path.rpartition("/")[2]
        file_as(kept, PageKind.FEED, name, self.site, self.archive, self._read)
        self._links.follow_source(capture)

    def source_of_today(self, url: str) -> Capture | None:
        """The answer at such an address that the visit of any site had today; ``None``: ask for it."""
        now, elsewhere = self.now(), self._links.follow_source
        return source_of_today(self.site.name, self.archive, url, now=now, elsewhere=elsewhere)
