"""Half a character, as who cuts a text by UTF-16 units leaves it, costs itself and nothing else."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from archive.model.addresses import Link, Role
from archive.model.types import Capture, SiteMemory
from crawler.extract.article import read
from crawler.extract.normalize import normalize
from crawler.extract.page.broken_json import without_halves
from crawler.links.discover import links
from crawler.siteconfig.site import Site
from tests.crawler.crawling import story

SITE = Site(name="dorp", url="https://dorp.example/")
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{0}</title>
<item><title>Feest {0} op het plein</title><link>https://dorp.example/feest</link>
<author>Els {0}</author><category>{0}</category><description>{0}</description></item>
<item><title>Weer</title><link>https://dorp.example/weer</link></item></channel></rss>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://dorp.example/feest</loc><news:news><news:title>Feest {0} op het plein</news:title>
</news:news></url><url><loc>https://dorp.example/weer</loc></url></urlset>"""
WRITTEN = {
    "two halves": ("&#55357;&#56832;", "\U0001f600"),
    "two halves in hexadecimal": ("&#xD83D;&#xDE00;", "\U0001f600"),
    "the first half": ("&#55357;", "\ufffd"),
    "the second half": ("&#xde00;", "\ufffd"),
    "the halves the wrong way round": ("&#56832;&#55357;", "\ufffd\ufffd"),
    "a character and two halves": ("&#233;&#55357;&#56832;", "é\U0001f600"),
    "a number that is no character": ("&#99999999999;", "\ufffd"),
}


@pytest.mark.parametrize("kind", ["feed", "sitemap", "gzip"])
@pytest.mark.parametrize(("written", "read_as"), WRITTEN.values(), ids=WRITTEN)
def test_a_source_with_half_a_character_is_read_whole(kind: str, written: str, read_as: str) -> None:
    body = (RSS if kind == "feed" else SITEMAP).format(written).encode()
    found = _links(gzip.compress(body) if kind == "gzip" else body)
    assert [each.url for each in found] == ["https://dorp.example/feest", "https://dorp.example/weer"]
    assert found[0].title == f"Feest {read_as} op het plein"
    for each in found:
        for text in (each.title, each.author, each.section, each.published, each.modified, each.url):
            (text or "").encode()


def _links(body: bytes) -> list[Link]:
    url = "https://dorp.example/bron.xml"
    capture = Capture(
        site="dorp", url=url, at=datetime(2026, 3, 2, tzinfo=UTC), status=200, headers=(), body=body
    )
    return links(capture, SITE, role=Role.FEED)


def test_halves_are_joined_wherever_a_long_sitemap_is_cut_into_pieces() -> None:
    for padding in range(64_000, 66_000, 7):
        body = SITEMAP.format("&#55357;&#56832;").replace("<url>", f"<!--{'x' * padding}--><url>", 1)
        assert _links(body.encode())[0].title == "Feest \U0001f600 op het plein"


@pytest.mark.parametrize(
    ("stated", "becomes"),
    [
        (r'"feest \ud83d"', r'"feest \ufffd"'),
        (r'"feest \ude00 x"', r'"feest \ufffd x"'),
        (r'"feest \uD83D\uDE00"', r'"feest \uD83D\uDE00"'),
        (r'"een pad: C:\\ud83d"', r'"een pad: C:\\ud83d"'),
        (r'"caf\u00e9"', r'"caf\u00e9"'),
    ],
)
def test_an_escape_for_half_a_character_stands_for_the_replacement_character(
    stated: str, becomes: str
) -> None:
    assert without_halves(stated) == becomes


@pytest.mark.parametrize("key", ["keywords", "articleSection", "headline", "description", "author"])
def test_a_page_with_half_a_character_in_its_json_ld_is_an_article(key: str) -> None:
    page = story(1).replace(
        "</head>",
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Bericht 1 uit het dorp", '
        f'"{key}": "Feest \\ud83d", "datePublished": "2026-03-01T10:00:00+01:00"}}</script></head>',
    )
    assert "ud83d" in page
    capture = Capture(
        site="dorp",
        url="https://dorp.example/feest",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=page.encode(),
    )
    article = normalize(read(capture, SITE, SiteMemory(site="dorp")).article, SITE)
    assert article.is_article
    repr(article).encode()
