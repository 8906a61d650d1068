"""Links out of feeds, sitemaps and pages: each once, with what the source said of it."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from archive.model.addresses import Link, Role
from archive.model.types import Capture
from crawler.links.discover import discover, is_pagination, links
from crawler.links.unwanted import looks_like_article
from crawler.links.urlset import UrlSet
from crawler.siteconfig.site import Site
from crawler.sources.sources import sniff

BASE = "https://dorp.example"
SITE = Site(name="dorp", url=f"{BASE}/")
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def found(body: str | bytes, *, path: str = "/bron", role: Role = Role.PAGE, site: Site = SITE) -> list[Link]:
    raw = body.encode() if isinstance(body, str) else body
    capture = Capture(site="dorp", url=BASE + path, at=NOW, status=200, body=raw)
    return links(capture, site, role=role)


def paths(each: list[Link]) -> list[str]:
    return [link.url.removeprefix(BASE) for link in each]


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Dorp</title>
<item><title>Brug &amp; weg open</title><link>/nieuws/1?utm_source=rss</link>
<dc:creator>Anna de Wit</dc:creator>
<category>Verkeer</category>
<pubDate>Mon, 02 Mar 2026 08:00:00 +0100</pubDate></item>
<item><title>Tweede</title><guid>https://dorp.example/nieuws/2</guid></item>
<item><title>Elders</title><link>https://elders.example/x</link></item>
<item><title>Nog eens</title><link>https://dorp.example/nieuws/1</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Een</title>
<link href="https://dorp.example/nieuws/1"/><published>2026-03-01T10:00:00Z</published>
<updated>2026-03-02T09:00:00Z</updated></entry>
<link rel="next" href="https://dorp.example/feed?bladzij=2"/></feed>"""


def test_a_feed_tells_title_author_section_and_date() -> None:
    first, second = found(RSS)
    assert paths([first, second]) == ["/nieuws/1", "/nieuws/2"]
    assert (first.title, first.author, first.section) == ("Brug & weg open", "Anna de Wit", "Verkeer")
    assert first.published == "Mon, 02 Mar 2026 08:00:00 +0100"
    assert (first.how, first.found_on, first.role) == ("feed", f"{BASE}/bron", Role.PAGE)


def test_an_atom_feed_tells_the_last_change_and_leads_to_its_next_page() -> None:
    entry, more = found(ATOM)
    assert (entry.published, entry.modified) == ("2026-03-01T10:00:00Z", "2026-03-02T09:00:00Z")
    assert (paths([more]), more.role) == (["/feed?bladzij=2"], Role.FEED)


@pytest.mark.parametrize(
    "broken",
    [
        RSS.replace("</item>", "", 1),
        RSS.replace("&amp;", "&", 1),
        RSS.replace("&amp;", "&nbsp;", 1),
        RSS[: RSS.index("<item><title>Nog eens")],
        "\n\n  " + RSS,
        "\ufeff" + RSS,
        RSS.replace(' encoding="UTF-8"', ' encoding="ISO-8859-1"'),
    ],
)
def test_a_broken_feed_gives_what_can_be_read(broken: str) -> None:
    assert "/nieuws/1" in paths(found(broken))


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://dorp.example/nieuws/1 </loc><lastmod>2026-03-02</lastmod><news:news>
<news:publication_date>2026-03-01T12:00:00+01:00</news:publication_date>
<news:title>Kop</news:title></news:news></url>
<url><loc>https://dorp.example/nieuws/2</loc></url><url><lastmod>2026-03-02</lastmod></url>
</urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://dorp.example/sitemap-2026-03.xml.gz</loc><lastmod>2026-03-02</lastmod></sitemap>
<sitemap><loc>https://kaarten.example/dorp.xml</loc></sitemap></sitemapindex>"""


@pytest.mark.parametrize("packed", [False, True])
def test_a_sitemap_with_its_news_fields_packed_or_not(packed: bool) -> None:
    body = gzip.compress(SITEMAP.encode()) if packed else SITEMAP.encode()
    assert sniff(body) is Role.SITEMAP
    first, second = found(body)
    assert (first.title, first.published, first.modified) == (
        "Kop",
        "2026-03-01T12:00:00+01:00",
        "2026-03-02",
    )
    assert paths([first, second]) == ["/nieuws/1", "/nieuws/2"]


def test_an_index_leads_to_sitemaps_wherever_they_stand() -> None:
    own, other = found(INDEX)
    assert (own.role, own.modified) == (Role.SITEMAP, "2026-03-02")
    assert other.url == "https://kaarten.example/dorp.xml"


@pytest.mark.parametrize(
    "cut",
    [
        gzip.compress(SITEMAP.encode())[:-20],
        SITEMAP[: SITEMAP.index("<url><lastmod>")].encode(),
        SITEMAP.replace("</loc><lastmod>", "<lastmod>", 1).encode(),
    ],
)
def test_a_sitemap_that_breaks_off_gives_what_came_before(cut: bytes) -> None:
    assert "/nieuws/1" in paths(found(cut)) or "/nieuws/2" in paths(found(cut))


def test_a_sitemap_of_plain_lines() -> None:
    assert paths(found(f"{BASE}/nieuws/1\n{BASE}/nieuws/2\n")) == ["/nieuws/1", "/nieuws/2"]


def test_a_sitemap_that_would_fetch_files_and_one_without_end_are_read_in_safety(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hostile = SITEMAP.replace(
        "<urlset", '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]><urlset', 1
    ).replace("<news:title>Kop", "<news:title>&x;")
    assert paths(found(hostile)) == ["/nieuws/1", "/nieuws/2"]
    monkeypatch.setattr("crawler.sources.sources.MOST_ENTRIES", 1000)
    many = "".join(f"<url><loc>{BASE}/n/{number}</loc></url>" for number in range(1005))
    assert len(found(f"<urlset>{many}</urlset>")) == 1000


PAGE = """<!DOCTYPE html><html><head><base href="/nieuws/">
<link rel="next" href="/nieuws/page/2"><link rel="alternate" type="application/rss+xml" href="/feed">
<link rel="alternate" type="application/rss+xml" title="Reacties" href="/comments/feed/">
</head><body><a href="brug-gaat-open-voor-verkeer">Brug</a>
<a href="brug-gaat-open-voor-verkeer#reacties">3</a>
<a href="mailto:redactie@dorp.example">Mail</a><a href="javascript:void(0)">Meer</a>
<a href="https://elders.example/">Elders</a><a href="/foto.jpg">Foto</a>
<a href="/archief?start=30">Ouder nieuws</a><a href="
https://dorp.example/contact\n">Contact</a></body></html>"""


def test_a_page_leads_to_its_next_page_its_feed_and_each_address_once() -> None:
    each = dict(zip(paths(found(PAGE, role=Role.LISTING)), found(PAGE), strict=True))
    roles = {path: link.role for path, link in each.items()}
    assert roles == {
        "/nieuws/page/2": Role.LISTING,
        "/feed": Role.FEED,
        "/nieuws/brug-gaat-open-voor-verkeer": Role.PAGE,
        "/archief?start=30": Role.LISTING,
        "/contact": Role.PAGE,
    }
    assert each["/nieuws/brug-gaat-open-voor-verkeer"].title == "Brug"


def test_what_is_passed_over_is_said_with_its_reason() -> None:
    capture = Capture(site="dorp", url=f"{BASE}/nieuws/", at=NOW, status=200, body=PAGE.encode())
    skipped = {
        each.url.removeprefix(BASE): each.reason for each in discover(capture, SITE, role=Role.PAGE).skipped
    }
    assert skipped == {
        "/comments/feed/": "feed of comments",
        "https://elders.example/": "other site",
        "/foto.jpg": "not a page",
    }


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/agenda/2026-03/", "calendar"),
        ("/veranstaltungen/2026-03/", "calendar"),
        ("/kalendarz/2026/03", "calendar"),
        ("/eventos/mes/2026-03", "calendar"),
        ("/programm/?month=2026-03", "calendar"),
        ("/index.php?option=com_jevents&year=2026&month=3", "calendar"),
        ("/warenkorb", "basket or checkout"),
        ("/connexion", "log-in or account"),
        ("/nieuws/123/drucken", "print or share view"),
        ("/evenementen/dag/", "calendar"),
        ("/nieuws?tribe-bar-date=2026-03-02", "calendar"),
        ("/nieuws?filter[wijk]=noord", "faceted search"),
        ("/nieuws?sort=titel", "faceted search"),
        ("/zoeken?q=brug", "search results"),
        ("/inloggen", "log-in or account"),
        ("/a/b/a/b/a/b", "path goes in circles"),
        ("/nieuws?a=1&b=2&c=3&d=4&e=5", "too many query keys"),
        ("/nieuws/1/print", "print or share view"),
    ],
)
def test_places_where_a_crawler_would_walk_for_ever(path: str, reason: str) -> None:
    capture = Capture(
        site="dorp", url=f"{BASE}/", at=NOW, status=200, body=f"<html><a href='{path}'>x</a></html>".encode()
    )
    discovery = discover(capture, SITE, role=Role.PAGE)
    assert [each.reason for each in discovery.skipped] == [reason]
    # where the operator says that such addresses are articles', they are taken
    told = Site(name="dorp", url=f"{BASE}/", articles=(".*",))
    assert len(discover(capture, told, role=Role.PAGE).links) == 1


def test_session_ids_make_no_new_addresses() -> None:
    body = "".join(f"<a href='/nieuws/1;jsessionid=A{n}?PHPSESSID={n}'>x</a>" for n in range(5))
    assert paths(found(f"<html>{body}</html>")) == ["/nieuws/1"]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/page/4", True),
        ("/nieuws/pagina-2/", True),
        ("/nieuws?start=480", True),
        ("/nieuws?page=2", True),
        ("/nieuws/page", False),
        ("/nieuws/2026", False),
        ("/nieuws?p=123456", False),
    ],
)
def test_pagination_is_known_by_its_address(path: str, is_one: bool) -> None:
    assert is_pagination(BASE + path) is is_one


@pytest.mark.parametrize(
    ("path", "likely"),
    [
        ("/nieuws/2119821/Titel", True),
        ("/nieuws/brug-gaat-weer-open", True),
        ("/contact", False),
        ("/nieuws/~a1b2c3d", True),
    ],
)
def test_a_guess_at_what_is_an_article_for_the_order_of_asking(path: str, likely: bool) -> None:
    assert looks_like_article(BASE + path) is likely


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<rss", b"\x1f\x8b broken", b"<urlset>", b"{}", b"<html>"]
)
def test_no_bytes_raise(body: bytes) -> None:
    for role in Role:
        assert found(body, role=role) == []


@pytest.mark.parametrize(
    "spelled", ["/nieuws/1", "https://dorp.example/nieuws/1#reacties", "/nieuws/1?utm_source=x"]
)
def test_a_page_need_not_link_once_more_to_what_is_known_however_it_is_spelled(spelled: str) -> None:
    known = UrlSet()
    known.add(hash(f"{BASE}/nieuws/1"))
    page = f'<p><a href="{spelled}">Een</a> <a href="nieuws/2">Twee</a> <a href="https://elders.example/">E</a></p>'
    capture = Capture(site="dorp", url=f"{BASE}/", at=NOW, status=200, body=page.encode())
    named = discover(capture, SITE, role=Role.PAGE, known=known)
    assert paths(list(named.links)) == ["/nieuws/2"]
    assert [each.reason for each in named.skipped] == ["other site"]
    assert paths(list(discover(capture, SITE, role=Role.PAGE).links)) == ["/nieuws/1", "/nieuws/2"]


@pytest.mark.parametrize(
    "more",
    [
        '<button class="load-more" data-url="/nieuws?page=2">Meer laden</button>',
        "<button data-href='/nieuws?page=2'>Mehr laden</button>",
        '<div class="infinite" data-next-url="?page=2"></div>',
        '<button hx-get="/nieuws?page=2" hx-target="#list">Load more</button>',
        '<turbo-frame id="more" loading="lazy" src="/nieuws?page=2"></turbo-frame>',
    ],
)
def test_the_next_page_of_a_list_that_scripts_load_is_one_and_no_page_of_an_articles_scripts(
    more: str,
) -> None:
    page = f"<html><body><ul><li><a href='/nieuws/1'>Een</a></li></ul>{more}</body></html>"
    each = found(page, path="/nieuws", role=Role.LISTING)
    assert [(link.url, link.role) for link in each] == [
        (f"{BASE}/nieuws/1", Role.PAGE),
        (f"{BASE}/nieuws?page=2", Role.LISTING),
    ]
    assert paths(found(page, path="/nieuws")) == ["/nieuws/1"]


def test_other_addresses_that_scripts_read_are_no_pages_of_a_list() -> None:
    page = (
        '<img data-src="/foto.jpg?p=12"><a href="/1" data-url="https://delen.example/?u=/1">x</a>'
        '<div data-page-url="/stat/counter?id=7" data-next="/nieuws/een-kop"></div>'
    )
    assert paths(found(f"<html><body>{page}</body></html>", role=Role.LISTING)) == ["/1"]
