"""A first visit of a large site: how long it takes is told, and what is newest comes first."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Outcome
from crawler.crawl.run import CrawlRun
from legger.simulator import OPENING
from tests.crawler.answering import BASE, CrawledSite, captured, dorp
from tests.crawler.crawling import Said, front, story


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as archive:
        yield archive


def sitemap(*entries: str, of: str = "urlset") -> Said:
    one = "sitemap" if of == "sitemapindex" else "url"
    said = "".join(f"<{one}><loc>{BASE}{entry}</{one}>" for entry in entries)
    return Said(
        body=f"<{of} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{said}</{of}>", type="text/xml"
    )


def entry(path: str, changed: str = "") -> str:
    return f"{path}</loc>" + (f"<lastmod>{changed}</lastmod>" if changed else "")


def test_the_newest_is_asked_for_first_whatever_the_order_of_the_sitemaps(archive: Archive) -> None:
    desk = CrawledSite(archive=archive, site=dorp(sitemaps=(f"{BASE}/sitemap.xml",)))
    index = [entry("/sitemap-2025-11.xml"), entry("/oud.xml", "2024-05-01"), entry("/sitemap-2026-02.xml")]
    desk.answers = {
        "/": Said(body=front("/vers")),
        "/sitemap.xml": sitemap(*index, of="sitemapindex"),
        "/sitemap-2025-11.xml": sitemap(entry("/a1"), entry("/a2", "2025-11-03")),
        "/sitemap-2026-02.xml": sitemap(entry("/b1", "2026-02-01"), entry("/b2", "2026-02-20")),
        "/oud.xml": sitemap(entry("/2021/05/c1"), entry("/2023/05/c2"), entry("/c3")),
    }
    desk.visit()
    assert desk.asked == [
        *("/sitemap.xml", "/", "/vers"),
        *("/sitemap-2026-02.xml", "/b2", "/b1"),
        *("/sitemap-2025-11.xml", "/a1", "/a2"),
        *("/oud.xml", "/2023/05/c2", "/2021/05/c1", "/c3"),
    ]


def test_what_is_new_comes_before_what_a_first_visit_left(archive: Archive) -> None:
    desk = CrawledSite(archive=archive, site=dorp(sitemaps=(f"{BASE}/sitemap.xml",)))
    old = [entry(f"/oud-{number}") for number in range(5)]
    desk.answers = {"/": Said(body=front()), "/sitemap.xml": sitemap(*old)}
    run = CrawlRun(desk.site, archive, now=lambda: OPENING, pages=3)
    run.begin()
    while (fetch := run.next()) is not None:
        said = desk.answers.get(fetch.url.removeprefix(BASE), Said(status=404))
        run.take(captured(fetch.url, said, at=OPENING, site="dorp"), fetch)
    run.end()
    desk.answers["/"] = Said(body=front("/herdenking-1945"))
    desk.answers["/sitemap.xml"] = sitemap(*old, entry("/nieuw-in-de-sitemap"))
    desk.visit(1)
    assert desk.asked[2:4] == ["/herdenking-1945", "/nieuw-in-de-sitemap"]
    assert set(desk.asked[4:]) == {f"/oud-{number}" for number in range(1, 5)}


def test_how_long_it_takes_is_told_at_its_start_and_when_it_ends_early(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    site = dorp(sitemaps=(f"{BASE}/sitemap.xml",), delay=2.0)
    answers = {
        "/": Said(body=front("/1")),
        "/1": Said(body=story(1)),
        "/sitemap.xml": sitemap(*(entry(f"/2020/01/{number}") for number in range(20_000))),
    }
    run = CrawlRun(site, archive, now=lambda: OPENING, pages=5)
    with caplog.at_level(logging.INFO, logger="crawler"):
        run.begin()
        while (fetch := run.next()) is not None:
            said = answers.get(fetch.url.removeprefix(BASE), Said(status=404))
            run.take(captured(fetch.url, said, at=OPENING, site="dorp"), fetch)
    told = [each.getMessage() for each in caplog.records if "to be asked for" in each.getMessage()]
    assert told == [
        "dorp: 20,001 addresses are to be asked for, 2 s apart: 11.1 hours at least; the newest first, and "
        "what one visit leaves the next takes up"
    ]
    assert run.told_backlog is not None
    assert run.told_backlog.takes > timedelta(hours=11)
    assert run.end() is Outcome.STOPPED
    assert run.outcome.startswith("the limit of 5 pages was reached; 19,998 addresses are to be asked for")


def test_of_a_small_site_nothing_is_told(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    desk = CrawledSite(archive=archive, site=dorp(delay=2.0))
    desk.answers = {"/": Said(body=front("/1")), "/1": Said(body=story(1))}
    with caplog.at_level(logging.INFO, logger="crawler"):
        desk.visit()
    assert "to be asked for" not in caplog.text
