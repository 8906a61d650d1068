"""The links of a page are taken out of its tree once: where it is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive import Archive
from archive.model.addresses import Link, Role
from archive.model.reports import RunCounts
from archive.model.types import Article, Capture, PageKind, SiteMemory
from crawler.ingest.page_reader import PageReader
from crawler.links import discover as discovering
from crawler.links.discover import discover
from crawler.links.page_links import PageLinks
from crawler.links.recorder import Links
from crawler.siteconfig.site import Rules, Site
from tests.archive.newsroom import day

BASE = "https://krant.example"
SITE = Site(name="krant", url=f"{BASE}/")
PAGE = f"""<html><head><base href="{BASE}/nieuws/"><link rel="canonical" href="/nieuws/1">
<link rel="alternate" title="Nieuws &amp; meer" type="application/rss+xml" href="feed.xml">
<link rel="ALTERNATE" href="/amp/1" hreflang="nl"><link rel="next" href="?page=2"><link rel="icon" href="i">
<meta http-equiv="refresh" content="300; url=/nieuws/1"><title>Brug open</title></head><body>
<nav><a href="/sport">Sport</a><a href="#top">Boven</a><a>Nergens</a></nav><article><h1>Brug open</h1>
<p>De brug is open. <a href=" 2?utm_source=x ">Lees
 meer</a> <a href="mailto:a@b.example">mail</a> <a href="3" title="Derde"><img src="x"></a></p></article>
<map><area href="/kaart"></map><a rel="next nofollow" href="/oud">»</a><a href="/arch">Oudere berichten</a>
<a href="https://elders.example/x">Elders</a><a href="/wp-login.php">In</a></body></html>"""


def captured(body: str = PAGE, path: str = "/nieuws/1") -> Capture:
    return Capture(site="krant", url=BASE + path, at=day(0), status=200, body=body.encode())


def test_the_links_of_a_page_come_with_its_reading_and_are_those_that_its_bytes_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, memory, reader = captured(), SiteMemory(site="krant"), PageReader()
    by_its_bytes = discover(page, SITE, role=Role.PAGE)
    try:
        reader.read(page, SITE, memory)
        assert reader.links_of(page) is None, "nobody asked for them"
        reader.read(page, SITE, memory, links=True)
        assert reader.links_of(replace(page)) is None, "that is another capture"
        standing = reader.links_of(page)
        assert reader.links_of(page) is None, "they are told once, and kept no longer"
        reader.read(page, SITE, memory, links=True)
        stripped = replace(SITE, rules=(Rules(strip=("nav",)),))
        reader.read_and_count(other := captured(), stripped, memory, links=True)
        assert reader.links_of(page) is None, "of a site those of the page that was read last are known"
        assert reader.links_of(other) == standing, "what a rule strips is no text, and is linked to"
    finally:
        reader.stop()
    monkeypatch.setattr(discovering, "_parsed", pytest.fail)
    assert discover(page, SITE, role=Role.PAGE, standing=standing) == by_its_bytes
    assert [link.url.removeprefix(BASE) for link in by_its_bytes.links] == [
        "/nieuws/feed.xml", "/nieuws/?page=2", "/sport", "/nieuws/2", "/nieuws/3", "/kaart", "/oud", "/arch",
    ]  # fmt: skip
    assert {link.url.removeprefix(BASE): link.title for link in by_its_bytes.links}[
        "/nieuws/2"
    ] == "Lees meer"


@pytest.mark.parametrize("backfill", [True, False])
def test_a_backfill_follows_the_links_that_came_with_the_reading(backfill: bool) -> None:
    with Archive.open(":memory:") as archive:
        came = PageLinks(f"{BASE}/nieuws/1", (), None, (("/van/de/lezer", "Van de lezer", False),))
        links = Links(
            SITE, archive, now=lambda: day(0), counts=RunCounts(), backfill=backfill,
            standing=lambda capture: came,
        )  # fmt: skip
        page = captured()
        archive.urls.found("krant", [Link(url=page.url)], at=day(0))
        address = archive.urls.address("krant", page.url)
        assert address is not None
        article = Article(url=page.url, kind=PageKind.ARTICLE, reason="")
        named = links.follow(page, address, role=Role.PAGE, article=article)
        assert named.links == (1 if backfill else None)
        assert (archive.urls.address("krant", f"{BASE}/van/de/lezer") is not None) is backfill
