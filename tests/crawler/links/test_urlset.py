"""What a visit remembers of addresses, and puts away of a long sitemap."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from archive import Archive, Link, Role
from archive.model.reports import RunCounts
from archive.model.types import Capture
from crawler.links.buffer import BATCH, LinkBuffer
from crawler.links.recorder import Links
from crawler.links.urlset import FirstByKey, UrlSet
from crawler.siteconfig.site import Site
from tests.archive.newsroom import day


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.open(":memory:") as opened:
        yield opened


def test_marks_are_a_set_of_hashes() -> None:
    marks, known = UrlSet(), set[int]()
    met = [hash(f"https://krant.example/{number % 7000}") for number in range(20_000)]
    for mark in [0, 1024, -1, *met, 2048, -(2**61)]:
        assert (mark in marks) == (mark in known)
        assert marks.add(mark) == (mark not in known)
        known.add(mark)
    assert len(marks) == len(known)
    assert all(mark in marks for mark in known)
    assert not any(hash(f"https://elders.example/{number}") in marks for number in range(7000))


def test_a_mark_takes_some_bytes_and_no_object() -> None:
    marks = UrlSet()
    for number in range(100_000):
        marks.add(hash(f"https://krant.example/{number}"))
    assert sys.getsizeof(marks._places) <= 24 * 100_000


def test_what_came_first_under_a_key_stays() -> None:
    firsts = FirstByKey()
    assert firsts.is_first(1, 10)
    assert firsts.is_first(1, 10)
    assert not firsts.is_first(1, 11)
    assert firsts.is_first(2, 11)
    assert not firsts.is_first(1, 11)


def test_a_spool_gives_back_what_was_put_last_and_the_first_rank_at_the_end() -> None:
    spool = LinkBuffer()
    links = [
        Link(url=f"https://krant.example/{number}", role=Role.FEED if number % 3 else Role.PAGE, title="é\n")
        for number in range(3 * BATCH + 1)
    ]
    for link in links:
        spool.put(link, rank=0 if link.role is Role.PAGE else 2)
    batches = list(spool.take())
    assert max(map(len, batches)) <= BATCH
    order = [link for batch in batches for link in batch[::-1]]
    feeds, pages = [each for each in links if each.role is Role.FEED], links[::3]
    assert order == feeds[::-1] + pages[::-1]
    assert list(spool.take()) == []


def test_a_long_sitemap_is_asked_for_articles_first_in_its_order(archive: Archive) -> None:
    base = "https://krant.example"
    entries = [
        f"{base}/nieuws/een-brug-voor-het-dorp-{n}" if n % 4 else f"{base}/over/{n // 100}-{n % 100}"
        for n in range(2100)
    ]
    named = [*entries, entries[0], f"{base}/wp-login.php", "https://elders.example/1"]
    body = f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in named)}</urlset>".encode()
    site = Site(name="krant", url=f"{base}/", sitemaps=(f"{base}/sitemap.xml",))
    counts = RunCounts()
    links = Links(site, archive, now=lambda: day(0), counts=counts)
    (sitemap,) = [each for each in links.seeds() if each.role is Role.SITEMAP]
    capture = Capture(site="krant", url=sitemap.url, at=day(0), status=200, headers=(), body=body)
    named_by_it = links.follow(capture, sitemap, role=Role.SITEMAP, article=None)
    assert (named_by_it.links, named_by_it.new, counts.found) == (2101, 2101, 2101), "and one elsewhere"
    assert counts.passed_over == 1
    asked = [
        each.url for each in archive.urls.due("krant", now=day(0), limit=9999) if each.link.how == "sitemap"
    ]
    assert [url for url in asked if "login" not in url] == [
        *(url for url in entries if "brug" in url),
        *(url for url in entries if "over" in url),
    ]


def test_a_sitemap_tells_which_of_its_pages_were_changed(archive: Archive) -> None:
    base = "https://krant.example"

    def sitemap(day_of: str) -> bytes:
        entries = "".join(
            f"<url><loc>{base}/{n}</loc><lastmod>{day_of if n % 2 else '2026-01-01'}</lastmod></url>"
            for n in range(1200)
        )
        return f"<urlset>{entries}</urlset>".encode()

    def told(body: bytes) -> tuple[str, ...]:
        links = Links(site, archive, now=lambda: day(1), counts=RunCounts())
        (source,) = [each for each in links.seeds() if each.role is Role.SITEMAP]
        capture = Capture(site="krant", url=source.url, at=day(1), status=200, headers=(), body=body)
        return links.follow(capture, source, role=Role.SITEMAP, article=None).changed

    site = Site(name="krant", url=f"{base}/", sitemaps=(f"{base}/sitemap.xml",))
    assert told(sitemap("2026-01-01")) == ()
    assert told(sitemap("2026-02-02")) == (), "nobody has looked at them yet"
    for n in range(0, 1100):
        archive.urls.visited("krant", f"{base}/{n}", at=day(1), due_at=day(9), status=200)
    assert told(sitemap("2026-03-03")) == tuple(f"{base}/{n}" for n in range(1, 1100, 2))
    assert told(sitemap("2026-03-03")) == (), "what its source says of its change is noted"
