"""Visits of several sites in this process, for the command line. The spider does the asking."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from archive import Archive
from archive.errors import LeggerError, Refused, SiteError
from archive.model.types import Ground
from archive.operations.health_issue import HealthIssue
from archive.operations.schedule import Lease, holder, machine_of
from crawler import clock
from crawler.crawl.run import CrawlRun
from crawler.ingest.page_reader import PageReader
from crawler.scheduling.tied import end_with_parent
from crawler.siteconfig.site import Site
from crawler.spider_loader import spider_for
from crawler.spiders.news import BOT, NewsSpider

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
"""How long a site stays taken after its visit was killed, at most."""
RENEW = 60.0
"""Seconds between two renewals of the lease."""
_NO_FILES: Mapping[str, SiteError] = {}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the visits are, all together."""

    pages: int
    """Answers so far."""
    queued: int
    """Addresses still to ask for, about."""
    backlogs: Mapping[str, str]
    """Site whose visit will take long -> how long, in words."""
    new: int
    changed: int
    same: int
    gone: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class VisitReport:
    """How the visit of one site ended."""

    site: str
    outcome: str
    """As :class:`archive.model.addresses.Outcome` has it, or ``busy``: another visits it."""
    reason: str
    """Why, when it was not done."""
    seconds: float
    pages: int
    new: int
    changed: int
    same: int
    gone: int
    failed: int
    skipped: int
    assets: int = 0
    """Answers for pictures, style sheets and fonts of pages."""
    assets_missed: int = 0
    """What did not come as one."""
    assets_left: int = 0
    """Left for the next visit."""


def visit(
    sites: Sequence[Site],
    *,
    archive: str,
    backfill: bool = False,
    poll: bool = False,
    depth: int | None = None,
    pages: int | None = None,
    contact: str | None = None,
    organisation: str | None = None,
    ground: Ground = Ground.GENERAL,
    signing: tuple[str, str] | None = None,
    broken: Mapping[str, SiteError] = _NO_FILES,
    on_progress: Callable[[Progress], None] | None = None,
) -> list[VisitReport]:
    """Visit *sites*, all at once, each at its own pace. Blocks; one call per process.

    *signing*: the file of a key, and the host that tells its public half; with it requests are signed.

    The sites of *broken* files are not visited: each is reported as ``failed``, with an alarm.

    Each site is visited under its lease: one that somebody else is visiting is reported as ``busy``.
    SIGTERM or Ctrl-C lets what is under way finish, and commits. Raises :class:`Refused` for a public site
    when there is no *contact*, and where this machine's clock is far from the archive's.
    """
    if not contact and (public := [site.name for site in sites if not site.allow_private]):
        raise Refused(
            f"{', '.join(public)}: a public site must be able to reach you: set contact in legger.toml "
            "(legger init), or LEGGER_CONTACT"
        )
    settings = _settings(contact, organisation, ground, signing)
    reading = PageReader()
    reading.start_early()  # before there is a database or a thread that a copy would share
    end_with_parent()  # watches in a thread
    with Archive.open(archive) as store:
        clock.refuse_far_from(store)
        taken, reports = _take(store, sites)
        reports += [_broken(store, name, error) for name, error in broken.items()]
        try:
            if taken:
                process = AsyncCrawlerProcess(settings)
                crawlers = [process.create_crawler(spider_for(site)) for site in sites if site.name in taken]
                how = {"backfill": backfill, "poll": poll, "depth": depth, "pages": pages}
                seconds = _crawl(
                    process, crawlers,
                    {
                        "archive": store, "pages_read_by": reading,
                        "still_ours": partial(_is_still_ours, store, taken), **how,
                    },
                    beside=(_show(crawlers, on_progress), _stay(store, taken, crawlers)),
                )  # fmt: skip
                reports = [_report(each, seconds[_name(each)]) for each in crawlers] + reports
            return reports
        finally:
            reading.stop()
            for lease in taken.values():
                try:
                    store.schedule.release(lease)
                except LeggerError as error:  # it ends by itself
                    log.error("%s: its lease could not be given back: %s", lease.site, error)
            if taken:
                store.index.feed()


def _crawl(
    process: AsyncCrawlerProcess,
    crawlers: Sequence[Crawler],
    given: Mapping[str, Any],
    *,
    beside: Iterable[Coroutine[Any, Any, None]],
) -> dict[str, float]:
    """Run crawlers until all have ended, with what their spiders are *given*, and something *beside* them;
    returns the seconds that each took, by name."""
    began = time.monotonic()
    ended: dict[str, float] = {}
    for crawler in crawlers:
        task = process.crawl(crawler, **given)
        task.add_done_callback(partial(_note_end, ended, _name(crawler), began))
    loop = asyncio.get_event_loop_policy().get_event_loop()
    tasks = [loop.create_task(each) for each in beside]
    process.start(stop_after_crawl=True)
    for each in tasks:
        each.cancel()
    now = time.monotonic() - began
    return {_name(crawler): ended.get(_name(crawler), now) for crawler in crawlers}


def _settings(
    contact: str | None, organisation: str | None, ground: Ground, signing: tuple[str, str] | None
) -> Settings:
    """Scrapy's, with what the operator said."""
    settings = get_project_settings()
    settings.setmodule("crawler.settings", "project")
    said = {
        "LEGGER_CONTACT": contact,
        "LEGGER_ORGANISATION": organisation,
        "LEGGER_GROUND": ground.value,
        **(dict(zip(BOT, signing, strict=True)) if signing is not None else {}),
    }
    for name, value in said.items():
        settings.set(name, value, "cmdline")
    return settings


def _take(store: Archive, sites: Sequence[Site]) -> tuple[dict[str, Lease], list[VisitReport]]:
    """The leases of *sites*, and a report for each that somebody else is visiting."""
    now = store.schedule.now()
    taken: dict[str, Lease] = {}
    busy = []
    for site in sites:
        lease = store.schedule.lease(site.name, holder(os.getpid()), now=now, until=now + LEASE)
        if lease is not None:
            taken[site.name] = lease
        else:
            held = store.schedule.leases(now=now).get(site.name)
            whose = f" on {machine_of(held.holder)} since {held.taken:%Y-%m-%d %H:%M} UTC" if held else ""
            reason = f"it is being visited{whose}; should that visit have died, it is free within 10 minutes"
            busy.append(VisitReport(site=site.name, outcome="busy", reason=reason, seconds=0.0, **_NOTHING))
    return taken, busy


def _broken(store: Archive, name: str, error: SiteError) -> VisitReport:
    """The report of a site whose file is wrong; an alarm tells it until a visit of the site ends well."""
    now = store.schedule.now()
    says = f"{name}: not visited, its file is wrong: {error}"
    store.alarms.raise_alarms(
        name, [HealthIssue(kind="file", subject="", since=now, says=says)], now=now, kind="file"
    )
    return VisitReport(site=name, outcome="failed", reason=str(error), seconds=0.0, **_NOTHING)


def _is_still_ours(store: Archive, taken: Mapping[str, Lease], site: str) -> bool:
    """Renew the lease of a visit that stood still; false where it is another's, or nobody knows."""
    try:
        return store.schedule.renew(taken[site], until=store.schedule.now() + LEASE)
    except LeggerError as error:
        log.error("%s: its lease could not be renewed: %s", site, error)
        return False


async def _stay(store: Archive, taken: dict[str, Lease], crawlers: list[Crawler]) -> None:
    """Renew the leases; a visit that lost its own (this machine slept) stops."""
    while True:
        await asyncio.sleep(RENEW)
        for crawler in crawlers:
            try:
                until = store.schedule.now() + LEASE
                ours = store.schedule.renew(taken[_name(crawler)], until=until)
                _hold_to_the_clock(store, crawler)
            except LeggerError as error:  # a full disk: the next renewal may go well
                log.error("%s: its lease could not be renewed: %s", _name(crawler), error)
                continue
            if not ours and crawler.crawling:
                log.error("%s: its lease has gone to another visit; this one stops", _name(crawler))
                await crawler.stop_async()


def _hold_to_the_clock(store: Archive, crawler: Crawler) -> None:
    """A visit ends when the clock it goes by was set, or lost its count: what it asks for is dated by it."""
    spider = crawler.spider
    if isinstance(spider, NewsSpider) and spider.clock is not None and not spider.run.outcome:
        set_by = spider.clock.is_off(store)
        if abs(set_by) > clock.FAR:
            spider.run.outcome = (
                f"the clock was set by {set_by.total_seconds():+,.0f} s during this visit; "
                "the next one goes by it as it is now"
            )


def _note_end(ended: dict[str, float], name: str, began: float, task: asyncio.Task[None]) -> None:
    ended[name] = time.monotonic() - began
    error = None if task.cancelled() else task.exception()
    if error is not None:  # of ours: an archive that is away, in a line
        trace = None if isinstance(error, LeggerError) else error
        log.error("%s: the visit could not begin or end: %s", name, error, exc_info=trace)


def _name(crawler: Crawler) -> str:
    return crawler.spidercls.name


async def _show(crawlers: list[Crawler], on_progress: Callable[[Progress], None] | None) -> None:
    while on_progress is not None:
        runs = [each.spider.run for each in crawlers if isinstance(each.spider, NewsSpider)]
        totals = [_counts(each) for each in runs]
        summed = {name: sum(each[name] for each in totals) for name in (totals[0] if totals else {})}
        if summed:
            summed.pop("skipped")
            told = {each.site.name: str(each.told_backlog) for each in runs if each.told_backlog}
            on_progress(Progress(queued=sum(each.queued for each in runs), backlogs=told, **summed))
        await asyncio.sleep(0.2)


def _counts(visited: CrawlRun) -> dict[str, int]:
    counts = visited.counts
    return {
        "pages": counts.pages,
        "new": counts.new,
        "changed": counts.changed + counts.back,
        "same": counts.same + counts.flip_flop,
        "gone": counts.gone,
        "failed": counts.failed,
        "skipped": counts.skipped,
    }


def _report(crawler: Crawler, seconds: float) -> VisitReport:
    spider = crawler.spider
    if not isinstance(spider, NewsSpider) or spider.outcome is None:
        reason = "the visit could not begin or end; see the log"
        return VisitReport(site=_name(crawler), outcome="failed", reason=reason, seconds=seconds, **_NOTHING)
    return VisitReport(
        site=_name(crawler),
        outcome=spider.outcome.value,
        reason=spider.run.outcome,
        seconds=seconds,
        assets=spider.run.counts.assets,
        assets_missed=spider.run.counts.assets_missed,
        assets_left=spider.run.counts.assets_left,
        **_counts(spider.run),
    )


_NOTHING = dict.fromkeys(("pages", "new", "changed", "same", "gone", "failed", "skipped"), 0)
