"""Visits of several sites in this process, for the command line. The spider does the asking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.utils.project import get_project_settings

from archive import Archive
from archive.errors import Refused
from archive.types import VerdictKind
from crawler.round import Round
from crawler.site import Site
from crawler.spider_loader import spider_for
from crawler.spiders.news import NewsSpider


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the visits are, all together."""

    pages: int
    """Answers so far."""
    queued: int
    """Addresses still to ask for, about."""
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
    """``done``; ``stopped`` before everything due was asked for; ``failed``."""
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


def visit(
    sites: Sequence[Site],
    *,
    archive: str,
    backfill: bool = False,
    depth: int | None = None,
    pages: int | None = None,
    contact: str | None = None,
    organisation: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> list[VisitReport]:
    """Visit *sites*, all at once, each at its own pace. Blocks; one call per process.

    SIGTERM or Ctrl-C lets what is under way finish, and commits. Raises :class:`Refused` for a public site
    when there is no *contact*.
    """
    if not contact and (public := [site.name for site in sites if not site.allow_private]):
        raise Refused(
            f"{', '.join(public)}: a public site must be able to reach you: set contact in legger.toml "
            "(legger init), or LEGGER_CONTACT"
        )
    settings = get_project_settings()
    settings.setmodule("crawler.settings", "project")
    settings.set("LEGGER_CONTACT", contact, "cmdline")
    settings.set("LEGGER_ORGANISATION", organisation, "cmdline")
    with Archive.open(archive) as store:
        process = AsyncCrawlerProcess(settings)
        began = time.monotonic()
        crawlers = [process.create_crawler(spider_for(site)) for site in sites]
        ended: dict[str, float] = {}
        for crawler in crawlers:
            task = process.crawl(crawler, archive=store, backfill=backfill, depth=depth, pages=pages)
            task.add_done_callback(partial(_note_end, ended, _name(crawler), began))
        showing = asyncio.get_event_loop_policy().get_event_loop().create_task(_show(crawlers, on_progress))
        process.start(stop_after_crawl=True)
        showing.cancel()
        return [_report(crawler, ended.get(_name(crawler), time.monotonic() - began)) for crawler in crawlers]


def _note_end(ended: dict[str, float], name: str, began: float, task: asyncio.Task[None]) -> None:
    ended[name] = time.monotonic() - began


def _name(crawler: Crawler) -> str:
    return crawler.spidercls.name


async def _show(crawlers: list[Crawler], on_progress: Callable[[Progress], None] | None) -> None:
    while on_progress is not None:
        rounds = [each.spider.round for each in crawlers if isinstance(each.spider, NewsSpider)]
        totals = [_counts(each) for each in rounds]
        summed = {name: sum(each[name] for each in totals) for name in (totals[0] if totals else {})}
        if summed:
            summed.pop("skipped")
            on_progress(Progress(queued=sum(each.queued for each in rounds), **summed))
        await asyncio.sleep(0.2)


def _counts(visited: Round) -> dict[str, int]:
    counts = visited.counts
    return {
        "pages": sum(number for name, number in counts.items() if name.startswith("status/")),
        "new": counts[VerdictKind.NEW],
        "changed": counts[VerdictKind.CHANGED] + counts[VerdictKind.BACK],
        "same": counts[VerdictKind.SAME] + counts[VerdictKind.FLIP_FLOP],
        "gone": counts[VerdictKind.GONE],
        "failed": counts["failed"],
        "skipped": counts["skipped"],
    }


def _report(crawler: Crawler, seconds: float) -> VisitReport:
    spider = crawler.spider
    if not isinstance(spider, NewsSpider) or not spider.outcome:
        none = dict.fromkeys(("pages", "new", "changed", "same", "gone", "failed", "skipped"), 0)
        reason = "the visit could not begin or end; see the log"
        return VisitReport(site=_name(crawler), outcome="failed", reason=reason, seconds=seconds, **none)
    return VisitReport(
        site=_name(crawler),
        outcome=spider.outcome,
        reason=spider.round.outcome,
        seconds=seconds,
        **_counts(spider.round),
    )
