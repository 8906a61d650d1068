"""Feeds and sitemaps as the web has them: what can be read is read, and what is wrong with them is said."""

from __future__ import annotations

import gzip
import html
import json
import random
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.model.addresses import Link, Role
from archive.model.types import Capture
from crawler.links.discover import Discovery, discover
from crawler.siteconfig.site import Site
from crawler.sources import source_bytes, sources
from crawler.sources.source_bytes import MOST_BYTES
from crawler.sources.sources import MOST_ENTRIES, NOTHING, read_source, sniff
from crawler.urls import normal_address

BASE = "https://dorp.example"
SITE = Site(name="dorp", url=f"{BASE}/")
WARNING = (
    "<br />\n<b>Warning</b>: mkdir(): Permission denied in <b>/www/cache.php</b> on line <b>110</b><br />\n"
)
XML = '<?xml version="1.0" encoding="UTF-8"?>'


def captured(body: str | bytes, content_type: str = "text/xml") -> Capture:
    return Capture(
        site="dorp",
        url=f"{BASE}/bron",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", content_type),),
        body=body.encode() if isinstance(body, str) else body,
    )


def read(body: str | bytes, role: Role, content_type: str = "text/xml") -> Discovery:
    return discover(captured(body, content_type), SITE, role=role)


def paths(found: Discovery) -> list[str]:
    return [link.url.removeprefix(BASE) for link in found.links]


def item(number: int, *, title: str = "Feest op het plein in het café", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{BASE}/nieuws/{number}</link>{more}"
        "<pubDate>Mon, 02 Mar 2026 08:00:00 +0100</pubDate></item>"
    )


def rss(*items: str, pre: str = XML) -> str:
    return f'{pre}<rss version="2.0"><channel><title>Dorp</title>{"".join(items)}</channel></rss>'


def urlset(*paths: str, pre: str = XML) -> str:
    entries = "".join(f"<url><loc>{BASE}{path}</loc><lastmod>2026-03-02</lastmod></url>" for path in paths)
    return f'{pre}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


FEED = rss(item(1), item(2))
SITEMAP = urlset("/nieuws/1", "/nieuws/2")
SOURCES = [pytest.param(FEED, Role.FEED, id="feed"), pytest.param(SITEMAP, Role.SITEMAP, id="sitemap")]
ODD: dict[str, Callable[[str], bytes]] = {
    "as it should be": lambda text: text.encode(),
    "after a warning of PHP": lambda text: (WARNING + text).encode(),
    "after a long comment": lambda text: text.replace("?>", f"?><!-- {'licentie ' * 900}-->", 1).encode(),
    "after white space and a byte order mark": lambda text: b"\xef\xbb\xbf \n" + text.encode(),
    "in UTF-16": lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    "in UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "in UTF-8 that says it is UTF-16": lambda text: text.replace("UTF-8", "utf-16").encode(),
    "in Windows-1252 that says it is UTF-8": lambda text: text.encode("cp1252"),
    "in Latin-1": lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "in an encoding that is no charset": lambda text: text.replace("UTF-8", "idna").encode(),
    "in an encoding that nobody knows": lambda text: text.replace("UTF-8", "x-dorps").encode(),
    "packed": lambda text: gzip.compress(text.encode()),
    "packed twice": lambda text: gzip.compress(gzip.compress(text.encode())),
    "packed in several members": lambda text: (
        gzip.compress(text[:150].encode()) + gzip.compress(text[150:].encode())
    ),
    "packed and padded": lambda text: gzip.compress(text.encode()) + b"\0" * 512,
    "with control characters": lambda text: text.replace("2026", "20\x0026\x0b").encode(),
    "without a declaration": lambda text: text.removeprefix(XML).encode(),
    "in UTF-32 without a mark": lambda text: text.encode("utf-32-be"),
    "as a zlib stream": lambda text: zlib.compress(text.encode()),
    "with a document type": lambda text: text.replace(
        "?>", "?><!DOCTYPE bron [<!ENTITY x 'y'>]>", 1
    ).encode(),
}


@pytest.mark.parametrize(("source", "role"), SOURCES)
@pytest.mark.parametrize("how", ODD)
def test_a_source_is_read_however_oddly_it_is_sent(source: str, role: Role, how: str) -> None:
    body = ODD[how](source)
    found = read(body, role)
    assert paths(found) == ["/nieuws/1", "/nieuws/2"]
    if role is Role.FEED:
        assert {link.title for link in found.links} == {"Feest op het plein in het café"}
    assert found.faults == ()
    assert sniff(body) is role


@pytest.mark.parametrize(("source", "role"), SOURCES)
@pytest.mark.parametrize(
    "around", ["<html><body>{}</body></html>", "<html><body><pre>{}</pre></body></html>"]
)
def test_what_is_known_to_be_a_source_is_read_inside_a_page(source: str, role: Role, around: str) -> None:
    inside = source if "<pre>" not in around else html.escape(source, quote=False)
    body = around.format(inside)
    assert paths(read(body, role)) == ["/nieuws/1", "/nieuws/2"]
    assert sniff(body.encode()) is None
    assert paths(read(body, Role.PAGE)) == []


AT_HOME = "<rss><channel><link>https://dorp.example/</link>{}</channel></rss>"
FOLDER = "https://dorp.example/rss/alles.xml"


@pytest.mark.parametrize(
    ("source", "where"),
    [
        pytest.param(AT_HOME.format("<item><link>nieuws/1</link></item>"), ["/nieuws/1"], id="from home"),
        pytest.param(
            AT_HOME.format("<item><link>/nieuws/1</link></item>"), ["/nieuws/1"], id="from the host"
        ),
        pytest.param("<rss><item><link>1</link></item></rss>", ["/rss/1"], id="nowhere said: from the feed"),
        pytest.param(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link href='https://dorp.example/'/>"
            "<entry><link href='1/'/><content xml:base='1/'>x</content></entry></feed>",
            ["/rss/1/"],
            id="of Atom from the feed",
        ),
        pytest.param(
            AT_HOME.format(
                "<item><link>https://dorp.example/</link><guid>https://dorp.example/nieuws/1</guid></item>"
            ),
            ["/nieuws/1"],
            id="every link the front page, the permalink in guid",
        ),
        pytest.param(
            AT_HOME.format("<item><guid>/nieuws/1</guid></item>"), ["/nieuws/1"], id="a path in guid"
        ),
        pytest.param(
            AT_HOME.format("<item><link>https://dorp.example/nieuws/\n    1</link></item>"),
            ["/nieuws/1"],
            id="over two lines",
        ),
        pytest.param(
            '{"version":"https://jsonfeed.org/version/1.1","home_page_url":"https://dorp.example/",'
            '"items":[{"id":"1","url":"nieuws/1"}]}',
            ["/nieuws/1"],
            id="of a JSON Feed from home",
        ),
    ],
)
def test_an_entry_is_where_its_feed_means_it_to_be(source: str, where: list[str]) -> None:
    capture = replace(captured(source.encode()), url=FOLDER)
    assert paths(discover(capture, SITE, role=Role.FEED)) == where


def test_a_feed_without_its_outermost_element_is_read() -> None:
    assert paths(read(f"<channel>{item(1)}{item(2)}</channel>", Role.FEED)) == ["/nieuws/1", "/nieuws/2"]


JSON_FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Het dorp",
    "next_url": "http://dorp.example/feed.json?p=2",
    "items": [
        {
            "id": "http://dorp.example/nieuws/1",
            "title": "Feest in het café",
            "date_published": "2026-03-01T10:00:00+01:00",
            "date_modified": "2026-03-02T10:00:00+01:00",
            "authors": [{"name": "Anna de Wit"}, {"name": "Bas Smit"}],
            "tags": ["Dorp"],
        },
        {"id": 2, "url": "/nieuws/2", "author": {"name": "Anna de Wit"}, "authors": None},
    ],
}


def test_a_json_feed_is_read() -> None:
    body = json.dumps(JSON_FEED)
    found = read(body, Role.FEED)
    assert sniff(body.encode()) is Role.FEED
    assert sniff(body.replace("/", "\\/").encode()) is Role.FEED
    following, first, second = found.links
    assert (following.url, following.role) == ("http://dorp.example/feed.json?p=2", Role.FEED)
    assert (first.url, first.title, first.author, first.section, first.published, first.modified) == (
        "http://dorp.example/nieuws/1", "Feest in het café", "Anna de Wit, Bas Smit", "Dorp",
        "2026-03-01T10:00:00+01:00", "2026-03-02T10:00:00+01:00",
    )  # fmt: skip
    assert (second.url, second.author) == ("https://dorp.example/nieuws/2", "Anna de Wit")


@pytest.mark.parametrize(
    "odd", [{}, {"url": 7}, {"url": "https://[dorp"}, {"url": "", "tags": 3, "authors": 4}]
)
def test_an_item_of_a_json_feed_that_names_nothing_costs_that_item(odd: dict[str, Any]) -> None:
    found = read(json.dumps(JSON_FEED | {"items": [odd, *JSON_FEED["items"]]}), Role.FEED)
    assert len([link for link in found.links if "/nieuws/" in link.url]) == 2


@pytest.mark.parametrize(
    ("odd", "named"),
    [
        pytest.param('{"id":"1","url":"https://dorp.example/odd",}', True, id="a comma too many"),
        pytest.param('{"url":"https://dorp.example/odd", // see [}\n "title":"x"}', True, id="a comment"),
        pytest.param(
            '{"url":"https://dorp.example/odd","title":"two\nlines"}', True, id="a line end in words"
        ),
        pytest.param('{"url":https://dorp.example/odd,"tags":["}"]}', False, id="words without their marks"),
    ],
)
def test_an_item_of_a_json_feed_that_is_no_json_costs_itself_at_most(odd: str, named: bool) -> None:
    items = ",".join((odd, *map(json.dumps, JSON_FEED["items"])))
    found = read(f'{{"version":"https://jsonfeed.org/version/1.1","items":[{items}]}}', Role.FEED)
    where = [urlsplit(link.url).path for link in found.links]
    assert where == [*(["/odd"] if named else []), "/nieuws/1", "/nieuws/2"]
    assert bool(found.faults) is not named


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        pytest.param(
            [
                {"id": 1, "link": f"{BASE}/1", "title": {"rendered": "Een &#8220;kop&#8221;"},
                 "date_gmt": "2026-03-01T09:00:00", "_links": {"self": [{"href": "/wp-json/1"}]}},
                {"id": 2, "link": f"{BASE}/2", "title": {"rendered": "Twee"}},
            ],
            [("/1", "Een “kop”", "2026-03-01T09:00:00Z"), ("/2", "Twee", None)],
            id="WordPress's posts",
        ),
        pytest.param(
            {"version": "https://jsonfeed.org/version/1.1", "items": {"a": {"url": "/1", "title": "Een"}}},
            [("/1", "Een", None)],
            id="a JSON Feed whose items are an object",
        ),
        pytest.param(
            {"data": [{"attributes": {"title": "Een", "path": {"alias": "/1"}, "created_at": 1772359200}}],
             "links": {"next": {"href": "/jsonapi?page=2"}, "self": {"href": "/jsonapi"}}},
            [("/jsonapi?page=2", None, None), ("/1", "Een", "1772359200")],
            id="Drupal's nodes",
        ),
        pytest.param(
            {"data": {"posts": {"edges": [{"node": {"title": "Een", "uri": "/1", "by": {"url": "/wie"}}}]}}},
            [("/1", "Een", None)],
            id="GraphQL",
        ),
        pytest.param(
            {"html": "<li><a href='/1'>Een</a></li><li><a class=\"k\" href=\"/2?a=1&amp;b=2\">Twee</a></li>"},
            [("/1", None, None), ("/2?a=1&b=2", None, None)],
            id="markup for the end of a list",
        ),
        pytest.param({"error": "not found", "links": {"self": "/x"}}, [], id="an error"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", [Role.FEED, Role.LISTING])
def test_a_json_answer_of_a_form_of_its_own_names_what_has_an_address_and_a_headline(
    answer: Any, named: list[tuple[str, str | None, str | None]], role: Role
) -> None:
    found = read(json.dumps(answer), role, "application/json")
    assert [(link.url.removeprefix(BASE), link.title, link.published) for link in found.links] == named
    assert bool(found.faults) is not bool(named)


@pytest.mark.parametrize(
    "entry",
    [
        "<entry xmlns='http://www.w3.org/2005/Atom'><title>Een</title><link href='/1'/></entry>",
        "<?xml version='1.0'?>\n<a:entry xmlns:a='http://www.w3.org/2005/Atom'><a:title>Een</a:title>"
        "<a:link href='/1'/></a:entry>",
    ],
)
def test_an_entry_of_atom_alone_names_itself(entry: str) -> None:
    assert [(urlsplit(each.url).path, each.title) for each in read(entry, Role.FEED).links] == [("/1", "Een")]


def test_a_json_feed_that_breaks_off_gives_what_came_before() -> None:
    found = read(json.dumps(JSON_FEED)[:-40], Role.FEED)
    assert "/nieuws/1" in [urlsplit(link.url).path for link in found.links]
    assert "its JSON is damaged, or breaks off" in found.faults


@pytest.mark.parametrize(
    ("body", "role", "fault"),
    [
        ("", Role.FEED, "no feed: it is empty"),
        ("", Role.SITEMAP, "no sitemap: it is empty"),
        (
            "<!DOCTYPE html><html><body>Niet gevonden</body></html>",
            Role.FEED,
            "no feed: a web page stands there",
        ),
        ("<html><a href='/x'>x</a></html>", Role.SITEMAP, "no sitemap: a web page stands there"),
        ('{"fout": 1}', Role.FEED, "no feed: it begins with '{\"fout\": 1}'"),
        (gzip.compress(SITEMAP.encode(), mtime=0)[:40], Role.SITEMAP, "its gzip breaks off"),
        (rss(), Role.FEED, NOTHING),
        (urlset(), Role.SITEMAP, NOTHING),
        (
            rss("<item><title>Zonder adres</title></item>"),
            Role.FEED,
            "1 entries name no address that can be read",
        ),
    ],
)
def test_a_source_that_gives_nothing_says_why(body: str | bytes, role: Role, fault: str) -> None:
    found = read(body, role)
    assert (found.links, fault in found.faults) == ((), True)


@pytest.mark.parametrize(
    "bad",
    [
        "<item><link>https://[dorp</link></item>",
        "<item><link>http://dorp.example:port/x</link></item>",
        "<item><title>Open <![CDATA[einde</title><link>https://dorp.example/x</link>",
        "<item><title>&nergens; &#xFFFFFFFF; & los</title><link>https://[x</link></item>",
        "<item></item>",
        "<item><link/></item>",
        f"<item><title>{'<b>' * 3000}</title></item>",
    ],
)
def test_one_bad_entry_costs_that_entry(bad: str) -> None:
    assert {"/nieuws/1", "/nieuws/2"} <= set(paths(read(rss(item(1), bad, item(2)), Role.FEED)))


def test_an_entry_that_breaks_off_gives_no_half_address() -> None:
    whole = rss(item(1), item(2222))
    for cut in range(whole.index("2222"), len(whole) - 10):
        assert set(paths(read(whole[:cut], Role.FEED))) <= {"/nieuws/1", "/nieuws/2222"}


def test_what_stands_in_character_data_and_comments_is_no_entry() -> None:
    inside = "<description><![CDATA[<item><link>https://dorp.example/nee</link></item>]]></description>"
    hidden = f"<!-- {item(3)} -->"
    assert paths(read(rss(item(1, more=inside), hidden, item(2)), Role.FEED)) == ["/nieuws/1", "/nieuws/2"]


def test_what_feeds_say_is_read_under_any_of_its_names() -> None:
    (first, second, third) = read(
        '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="http://www.w3.org/2005/Atom"'
        ' xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0">'
        "<item><link>https://elders.example/r/1</link><fb:origLink>https://dorp.example/1</fb:origLink>"
        "<dc:creator><![CDATA[Anna de Wit]]></dc:creator><dc:date>2026-03-01</dc:date></item>"
        "<item><a:link rel='alternate' href='/2'/><author>post@dorp.example (Bea Bos)</author></item>"
        "<item><guid isPermaLink='false'>https://dorp.example/nee</guid><link>/3</link>"
        "<title type='html'>&lt;b&gt;Kop&lt;/b&gt; &amp;amp; meer</title></item></rss>",
        Role.FEED,
    ).links
    assert (first.url, first.author, first.published) == (f"{BASE}/1", "Anna de Wit", "2026-03-01")
    assert (second.url, second.author) == (f"{BASE}/2", "Bea Bos")
    assert (third.url, third.title) == (f"{BASE}/3", "Kop & meer")


def test_rdf_and_prefixed_sitemaps_are_read() -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><items><rdf:Seq/></items></channel>"
        '<item rdf:about="x"><title>Een</title><link>https://dorp.example/1</link></item></rdf:RDF>'
    )
    assert paths(read(rdf, Role.FEED)) == ["/1"]
    prefixed = (
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/'
        'sitemap-news/0.9"><s:url><s:loc>https://dorp.example/1</s:loc><n:news><n:title>Kop</n:title></n:news>'
        "</s:url></s:urlset>"
    )
    (link,) = read(prefixed, Role.SITEMAP).links
    assert (link.url, link.title) == (f"{BASE}/1", "Kop")


@pytest.mark.parametrize(
    "body",
    [
        "\ufeffhttps://dorp.example/1\r\nhttps://dorp.example/2",
        "https://dorp.example/1\n\nhttps://dorp.example/2\n",
    ],
)
def test_a_sitemap_of_lines_is_read_with_a_mark_and_without(body: str) -> None:
    assert paths(read(body, Role.SITEMAP, "text/plain")) == ["/1", "/2"]


ATOM_NS = 'xmlns="http://www.w3.org/2005/Atom"'
RDF_NS = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
LINKED = f"<item><link>{BASE}/1</link></item>"


@pytest.mark.parametrize(
    "feed",
    [
        f"<feed {ATOM_NS}><entry><link xml:base='/a/' href='/1'/></entry></feed>",
        f"<feed {ATOM_NS}><entry><link xml:base='{BASE}/' href='1'/></entry></feed>",
        f"<rss><channel xml:base='{BASE}/a/../'><item><link>1</link></item></channel></rss>",
        f"<feed {ATOM_NS}><entry><link type='application/json' href='/1.json'/><link rel='alternate'"
        " type='application/pdf' href='/1.pdf'/><link type='text/html' href='/1'/></entry></feed>",
        f"<rdf:RDF {RDF_NS} xmlns='http://purl.org/rss/1.0/'><item rdf:about='{BASE}/1'><title>1</title>"
        "</item></rdf:RDF>",
        f"<rdf:RDF {RDF_NS} xmlns='http://my.netscape.com/rdf/simple/0.9/'>{LINKED}</rdf:RDF>",
        f"<rss xmlns='http://dorp.example/ons-eigen'><channel>{LINKED}</channel></rss>",
        f"<!DOCTYPE rss [<!ENTITY hier '{BASE}'>]><rss><item><link>&hier;/1</link></item></rss>",
        *(
            f"<rss><channel><item><link>{link}</link></item></channel></rss>"
            for link in (
                "https//dorp.example/1",
                "https:/dorp.example/1",
                "http://https://dorp.example/1",
                "https:///dorp.example/1",
                "///dorp.example/1",
                "dorp.example/1",
            )
        ),
        json.dumps({"items": [None, {"id": 1, "url": "/1"}], "version": "https://jsonfeed.org/version/1.1"}),
        json.dumps({"title": "x" * 9000, "items": [{"id": 1, "url": "/1"}]}),
    ],
)
def test_the_address_of_an_entry_is_read_wherever_and_however_it_is_written(feed: str) -> None:
    assert paths(read(feed, Role.FEED)) == ["/1"]


def test_a_part_of_an_address_that_was_escaped_twice_is_one() -> None:
    feed = rss(
        f"<item><link>{BASE}/?a=1&amp;amp;b=2</link></item>",
        f"<item><link>{BASE}/?a=2&amp;#038;b=3</link></item>",
    )
    assert paths(read(feed, Role.FEED)) == ["/?a=1&b=2", "/?a=2&b=3"]


@pytest.mark.parametrize(
    ("sitemap", "role"),
    [
        (f"<sitemapindex><url><loc>{BASE}/1</loc></url></sitemapindex>", Role.SITEMAP),
        (f"<urlset><urlset><url><loc>{BASE}/1</loc></url></urlset></urlset>", Role.PAGE),
        (f"# alle berichten\r\t{BASE}/1 \r", Role.PAGE),
        ("<urlset><url><loc>www.dorp.example/1</loc></url></urlset>", Role.PAGE),
    ],
)
def test_a_sitemap_is_read_however_it_is_built(sitemap: str, role: Role) -> None:
    assert [(link.url.replace("www.", ""), link.role) for link in read(sitemap, Role.SITEMAP).links] == [
        (f"{BASE}/1", role)
    ]


def test_the_day_of_news_stands_in_its_entry_as_well() -> None:
    news = "<url><loc>https://dorp.example/1</loc><news:publication_date>2026-03-01</news:publication_date></url>"
    assert read(f"<urlset>{news}</urlset>", Role.SITEMAP).links[0].published == "2026-03-01"


# ---------------------------------------------------------------- budgets


def test_a_source_has_a_budget_of_bytes() -> None:
    bomb = gzip.compress(XML.encode() + b"<urlset>" + b" " * (MOST_BYTES + 1) + b"</urlset>")
    for body in (bomb, gzip.compress(bomb)):
        assert any("MB is not read" in fault for fault in read(body, Role.SITEMAP).faults)
    layers = SITEMAP.encode()
    for _ in range(5):
        layers = gzip.compress(layers)
    assert any("layers" in fault for fault in read(layers, Role.SITEMAP).faults)


def test_a_source_has_a_budget_of_entries() -> None:
    same = f"<url><loc>{BASE}/nieuws/1</loc></url>"
    found = list(read_source(captured(f"<urlset>{same * (MOST_ENTRIES + 10)}</urlset>"), Role.SITEMAP))
    assert len(found) == MOST_ENTRIES + 1
    assert found[-1] == source_bytes.SourceFault(f"what follows {MOST_ENTRIES:,} entries is not read")


def test_a_source_has_a_budget_of_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_CPU", 0.0)
    (fault,) = read_source(captured(FEED), Role.FEED)
    assert isinstance(fault, source_bytes.SourceFault) and "took more than" in fault.reason


def test_an_entry_without_end_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_ENTRY", 1000)
    monkeypatch.setattr(sources, "HEAD", 100)
    monkeypatch.setattr(source_bytes, "_CHUNK", 500)
    found = read(rss(item(1), f"<item><title>{'x' * 5000}</title></item>", item(2)), Role.FEED)
    assert paths(found) == ["/nieuws/1", "/nieuws/2"]


@pytest.mark.parametrize(
    "unit",
    [
        "<item>",
        "<![CDATA[",
        "<!--",
        "<a>",
        "&amp;",
        "&",
        "<item><link>",
        "<rss ",
        "]]>",
        "<!-- --> ",
        "<title><![CDATA[",
    ],
)
def test_twice_the_source_takes_no_more_than_about_twice_the_time(unit: str) -> None:
    small, large = (captured(rss(item(1), unit * n)) for n in (15_000, 60_000))

    def cpu(capture: Capture) -> float:
        began = time.process_time()
        discover(capture, SITE, role=Role.FEED)
        return time.process_time() - began

    assert any(cpu(large) <= 9 * max(0.05, cpu(small)) for _ in range(3))


# ---------------------------------------------------------------- mutations

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Een &amp; twee</title>'
    '<link href="https://dorp.example/nieuws/1"/><published>2026-03-01T10:00:00Z</published>'
    "<author><name>Anna</name></author></entry>"
    '<link rel="next" href="https://dorp.example/feed?bladzij=2"/></feed>'
)
_PIECES = (
    "<", ">", "&", "]]>", "<![CDATA[", "<!--", "-->", "\0", "\ufeff", "[", "]", "//[", "http://[::1", "%",
    "\\", ":99999/", "&#xD800;", "&#0;", "\x1f\x8b", "<item>", "</item>", "<url>", "xmlns:", '"', "'",
    "xml:base=", "é", "encoding='idna'", "https://dorp.example:x/", "http://ex ample/", "<loc>",
    "\ud800", "\u2028",
)  # fmt: skip


def mutated(source: bytes, rng: random.Random) -> bytes:
    """*source* after one to five accidents."""
    body = bytearray(source)
    for _ in range(rng.randint(1, 5)):
        at, other = rng.randrange(len(body) + 1), rng.randrange(len(body) + 1)
        match rng.randrange(6):
            case 0:
                body[at:at] = rng.choice(_PIECES).encode("utf-8", "surrogatepass")
            case 1:
                del body[min(at, other) : min(at, other) + rng.randint(1, 40)]
            case 2:
                body[at:at] = body[min(at, other) : max(at, other)]
            case 3:
                del body[at:]
            case 4 if body:
                body[at % len(body)] = rng.randrange(256)
            case 5:
                body[at : at + 8], body[other : other + 8] = body[other : other + 8], body[at : at + 8]
    return bytes(body)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("source", [FEED, SITEMAP, ATOM, gzip.compress(SITEMAP.encode(), mtime=0)])
def test_discovery_raises_on_no_mutated_source(source: str | bytes, seed: int) -> None:
    rng = random.Random(seed)
    whole = source.encode() if isinstance(source, str) else source
    for _ in range(150):
        body = mutated(whole, rng)
        for role in (Role.FEED, Role.SITEMAP, Role.LISTING):
            for link in read(body, role).links:
                assert isinstance(link, Link)
                assert normal_address(link.url) == link.url
                for said in (link.url, link.title, link.author, link.section, link.published):
                    (said or "").encode()
