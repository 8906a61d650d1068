"""Crawl runs in this process: a site is a table of answers, and each look at it one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from archive import Archive
from archive.model.addresses import Miss
from archive.model.types import Capture
from crawler.crawl.run import CrawlRun
from crawler.siteconfig.site import Site
from legger.simulator import OPENING
from tests.crawler.crawling import Said

BASE = "http://dorp.example"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, as far as an answer may depend on it."""

    url: str
    etag: str | None = None
    cookie: str | None = None


@dataclass(kw_only=True)
class CrawledSite:
    """A site and its archive, visited at whatever time a test likes."""

    archive: Archive
    site: Site
    answers: dict[str, Any] = field(default_factory=dict)
    """Address, or path on the site -> what it says, or a function of :class:`Asked`. ``None``: no answer
    comes; what is not named is not there."""
    asked: list[str] = field(default_factory=list)
    """Paths, or addresses of other sites, in the order of asking, of the last run."""

    def visit(self, day: float = 0, *, backfill: bool = False, poll: bool = False) -> CrawlRun:
        """Visit the site so many days after the opening; returns the run, which has ended."""
        at = OPENING + timedelta(days=day)
        run = CrawlRun(self.site, self.archive, now=lambda: at, backfill=backfill, poll=poll)
        self.asked = []
        run.begin()
        while (fetch := run.next()) is not None:
            self.asked.append(fetch.url.removeprefix(BASE))
            said = self._answer(Asked(url=fetch.url, etag=fetch.etag, cookie=fetch.cookie))
            if said is None:
                run.fail(fetch, "timeout", missed=Miss.TIMEOUT, again=True)
            else:
                run.take(captured(fetch.url, said, at=at, site=self.site.name, via=fetch.via), fetch)
        run.end()
        return run

    def _answer(self, asked: Asked) -> Said | None:
        said = self.answers.get(asked.url.removeprefix(BASE), Said(status=404))
        return said(asked) if callable(said) else said


def captured(url: str, said: Said, *, at: datetime, site: str, via: str | None = None) -> Capture:
    """An answer as a capture."""
    body = said.body.encode() if isinstance(said.body, str) else said.body
    headers = (*said.headers.items(), ("Content-Type", said.type))
    return Capture(site=site, url=url, at=at, status=said.status, headers=headers, body=body, via=via)


def dorp(**facts: Any) -> Site:
    return Site(name="dorp", url=f"{BASE}/", **({"language": "nl", "delay": 0.0} | facts))


def moved(to: str, status: int = 301, **headers: str) -> Said:
    """A redirect."""
    return Said(status=status, headers={"Location": to} | headers)
