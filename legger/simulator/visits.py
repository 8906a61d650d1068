"""Visits of the practice newspaper without HTTP: a crawl's own round, answered in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive import Archive
from archive.model.addresses import Miss
from archive.model.types import Capture
from crawler.crawl.run import CrawlRun
from crawler.fetching.robots import Permission
from crawler.siteconfig.site import Site
from legger.simulator.newspaper import Newspaper

Change = Callable[[Capture], "Capture | None"]
"""What comes of an answer on its way; ``None``: it never arrives."""


def visit(
    site: Site,
    archive: Archive,
    paper: Newspaper,
    *,
    at: datetime,
    change: Change,
    backfill: bool = False,
    conditional: bool = True,
) -> CrawlRun:
    """Visit one house at *at*, all its answers going through *change*; returns the round that was made.

    *conditional*: the house answers 304 where nothing changed; not so when its template is another.
    """
    round_ = CrawlRun(site, archive, now=lambda: at, backfill=backfill)
    round_.begin()
    allowed: dict[str, Permission] = {}
    while (errand := round_.next()) is not None:
        parts = urlsplit(errand.url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in allowed:
            answer = _answer(paper, f"{host}/robots.txt", at, change)
            if answer is not None:
                round_.source(answer)
            allowed[host] = Permission.of(answer)
        permission = allowed[host]
        if reason := permission.refuses(errand.url):
            round_.skip(errand, reason, missed=Miss.ROBOTS, until=at + timedelta(hours=6))
            if permission.unreachable and site.owns(errand.url):
                round_.outcome = reason
            continue
        capture = _answer(
            paper, errand.url, at, change, *((errand.etag, errand.last_modified) if conditional else ())
        )
        if capture is None:
            round_.fail(errand, "timeout", missed=Miss.TIMEOUT, again=False)
        else:
            round_.take(
                replace(capture, site=site.name, via=errand.via), replace(errand, permission=permission)
            )
    round_.end()
    return round_


def _answer(
    paper: Newspaper,
    url: str,
    at: datetime,
    change: Change,
    etag: str | None = None,
    last_modified: str | None = None,
) -> Capture | None:
    try:
        return change(paper.capture(url, at, etag=etag, last_modified=last_modified))
    except KeyError:  # a host that is not the newspaper's
        return None
