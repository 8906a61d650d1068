"""An archived page shown with its pictures, styles and fonts as they were: in itself, asking for nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from archive import Archive
from archive.model.types import Capture
from crawler.siteconfig.site import AssetBounds
from legger.simulator import OPENING, Newspaper
from legger.simulator.houses.markup import picture
from legger.web import WebContext, application, replay
from tests.crawler.answering import BASE, CrawledSite, dorp
from tests.crawler.crawling import Said, front, story
from tests.web.stock import ATTACKS

SHEET = (
    "@import 'basis.css' screen;@font-face{font-family:K;src:url(/f/k.woff2)}"
    "body.voor{background:url(/img/papier.png)}h1{color:red}</style><script>alert(1)</script>"
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Archive]]:
    where = tmp_path_factory.mktemp("room") / "legger.db"
    html = story(1).replace("<body>", "<body class='voor' onload='alert(1)'>")
    figures = (
        "<figure><img class='groot' src='/foto/s.png' srcset='/foto/s.png 300w, /foto/1.png 900w'></figure>"
        "<img src='data:image/gif;base64,R0lGODlhAQ==' data-src='/foto/2.png'><img src='/foto/weg.png'>"
        "<p style='color:blue;background:url(/foto/2.png)'>Blauw</p><iframe src='/x'></iframe>"
    )
    html = html.replace("</h1>", f"</h1>{figures}").replace(
        "</head>", "<link rel='stylesheet' href='/css/stijl.css'><style>p{margin:1em}</style></head>"
    )
    with Archive.open(where) as archive:
        site = CrawledSite(
            archive=archive,
            site=dorp(assets=AssetBounds(keep=True)),
            answers={
                "/": Said(body=front("/bericht-1")),
                "/bericht-1": Said(body=html),
                "/css/stijl.css": Said(body=SHEET, type="text/css"),
                "/css/basis.css": Said(body="h2{color:green}", type="text/css"),
                "/img/papier.png": Said(body=picture("papier"), type="image/png"),
                "/f/k.woff2": Said(body=b"wOF2" + bytes(40), type="font/woff2"),
                "/foto/1.png": Said(body=picture("1"), type="image/png"),
                "/foto/2.png": Said(body=picture("2"), type="image/png"),
            },
        )
        site.visit()
        archive.index.update()
        with TestClient(application(WebContext(archive=archive, stacks=archive))) as client:
            yield client, archive


def number_of(archive: Archive, path: str) -> int:
    return next(each.id for each in archive.captures.walk(url=BASE + path))


def data(body: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


def page_of(shown: tuple[TestClient, Archive], more: str = "") -> str:
    client, archive = shown
    answer = client.get(f"/captures/{number_of(archive, '/bericht-1')}/page{more}")
    assert answer.headers["content-security-policy"] == replay.POLICY
    return answer.text


def test_the_page_has_its_pictures_styles_and_fonts_in_itself(shown: tuple[TestClient, Archive]) -> None:
    html = page_of(shown)
    tree = LexborHTMLParser(html)
    assert [each.attributes.get("src") for each in tree.css("figure img")] == [data(picture("1"))]
    assert data(picture("2")) in [each.attributes.get("src") for each in tree.css("img")]
    styles = " ".join(each.text() for each in tree.css("style"))
    assert "@media screen{h2{color:green}}" in styles
    assert data(b"wOF2" + bytes(40), "font/woff2") in styles
    assert data(picture("papier")) in styles
    assert "p{margin:1em}" in styles
    assert tree.css("body.voor"), "rules name classes"
    blue = next(each for each in tree.css("p") if each.text() == "Blauw")
    assert f'background:url("{data(picture("2"))}")' in (blue.attributes.get("style") or "")


def test_nothing_in_it_runs_or_leads_anywhere(shown: tuple[TestClient, Archive]) -> None:
    for html in (page_of(shown), page_of(shown, "?plain=1")):
        tree = LexborHTMLParser(html)
        assert not tree.css("script, iframe, link, form, base, object, embed, meta[http-equiv]")
        names = {name for node in tree.css("*") for name in node.attributes}
        assert not {name for name in names if name.startswith("on") or name in ("href", "srcset", "action")}
        for address in re.findall(r"url\(\s*[\"']?([^\"')]*)", unescape(html)):
            assert address.startswith("data:")
        for node in tree.css("[src]"):
            assert (node.attributes["src"] or "").startswith("data:image/")


def test_the_capture_says_what_is_shown_and_what_is_missing(shown: tuple[TestClient, Archive]) -> None:
    client, archive = shown
    tree = LexborHTMLParser(client.get(f"/captures/{number_of(archive, '/bericht-1')}").text)
    hint = " ".join(tree.css_first("p.hint").text().split())
    assert "pictures (1)" in hint
    assert "style sheets" not in hint
    assert "frames and players (1)" in hint
    lines = {" ".join(each.text().split()).partition(" · ")[0]: each for each in tree.css("ul.assets li")}
    assert set(lines) == {
        f"{BASE}{path}"
        for path in (
            "/css/stijl.css", "/css/basis.css", "/img/papier.png", "/f/k.woff2", "/foto/1.png",
            "/foto/2.png", "/foto/weg.png",
        )
    }  # fmt: skip
    assert "HTTP 404" in lines[f"{BASE}/foto/weg.png"].text()
    assert lines[f"{BASE}/foto/1.png"].css_first("a").attributes["href"] == (
        f"/captures/{number_of(archive, '/foto/1.png')}"
    )


def test_of_a_picture_in_several_sizes_the_one_that_is_here_is_shown_and_no_other_is_missed(
    tmp_path: Path,
) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        site = CrawledSite(archive=archive, site=dorp(assets=AssetBounds(keep=True, width=400)))
        sizes = "<img srcset='/foto/s.png 300w, /foto/1.png 900w, /foto/l.png 2900w'>"
        site.answers = {
            "/": Said(body=front("/bericht-1")),
            "/bericht-1": Said(body=story(1).replace("</h1>", f"</h1>{sizes}")),
            "/foto/s.png": Said(body=picture("s"), type="image/png"),
        }
        site.visit()
        page = replay.replay(archive.captures.get(number_of(archive, "/bericht-1")).capture, archive.assets)
        assert data(picture("s")) in page.html
        assert [each.url.removeprefix(BASE) for each in page.assets] == ["/foto/s.png"]
        assert page.missing == {}


def test_where_none_came_the_reasons_are_told(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        site = CrawledSite(archive=archive, site=dorp(assets=AssetBounds(keep=True)))
        html = story(1).replace("</h1>", "</h1><img src='/foto/weg.png'>")
        site.answers = {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=html)}
        site.visit()
        with TestClient(application(WebContext(archive=archive, stacks=archive))) as client:
            page = LexborHTMLParser(client.get(f"/captures/{number_of(archive, '/bericht-1')}").text)
            assert "HTTP 404" in page.css_first("ul.assets").text()
            assert "were not fetched" not in page.css_first("p.hint").text()


def test_a_picture_by_itself_is_shown(shown: tuple[TestClient, Archive]) -> None:
    client, archive = shown
    html = client.get(f"/captures/{number_of(archive, '/foto/1.png')}/page").text
    assert data(picture("1")) in html
    assert client.get(f"/captures/{number_of(archive, '/foto/1.png')}").status_code == 200


def test_without_its_styles_it_reads_as_before(shown: tuple[TestClient, Archive]) -> None:
    tree = LexborHTMLParser(page_of(shown, "?plain=1"))
    assert not tree.css("[class], [style]")
    assert data(picture("1")) in [each.attributes.get("src") for each in tree.css("img")]


def test_a_memento_is_shown_the_same(shown: tuple[TestClient, Archive]) -> None:
    client, _ = shown
    answer = client.get(f"/memento/timegate/{BASE}/bericht-1")
    assert data(picture("1")) in answer.text


def test_the_pictures_of_a_redacted_article_are_told_as_such(
    tmp_path: Path,
) -> None:
    with Archive.open(tmp_path / "copy.db") as other:
        site = CrawledSite(archive=other, site=dorp(assets=AssetBounds(keep=True)))
        both = "<figure><img src='/foto/1.png'></figure>"
        site.answers = {
            "/": Said(body=front("/bericht-1", "/bericht-2")),
            "/bericht-1": Said(body=story(1).replace("</h1>", f"</h1>{both}")),
            "/bericht-2": Said(body=story(2).replace("</body>", "<img src='/foto/1.png'></body>")),
            "/foto/1.png": Said(body=picture("1"), type="image/png"),
        }
        site.visit()
        other.redactions.redact(BASE + "/bericht-1", ground="AVG", reason="x", who="y", at=OPENING)
        number = number_of(other, "/bericht-2")
        page = replay.replay(other.captures.get(number).capture, other.assets)
        [copy] = page.assets
        assert (copy.kept, copy.reason) == (None, "it may not be shown")
        assert data(picture("1")) not in page.html


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_in_a_style_or_a_style_sheet_does_nothing(attack: str) -> None:
    html = (
        f"<html><head><style>a{{}}{attack}</style></head><body style='{attack}' class=\"{attack}\">"
        f"<p style=\"{attack}\">x</p><div style='background:url({attack})'>y</div></body></html>"
    )
    capture = Capture(
        site="x", url="http://x.example/", at=OPENING, status=200, body=html.encode(),
        headers=(("Content-Type", "text/html"),),
    )  # fmt: skip
    made = replay._Replay(capture, LexborHTMLParser(html), None)
    for sheet, _ in [made._sheets()]:
        assert not re.search(r"</\s*style", "".join(sheet), re.IGNORECASE)
    tree = LexborHTMLParser(replay.replay(capture).html)
    assert not tree.css("script, iframe, link, object, embed, form, svg, math")
    assert not [name for node in tree.css("*") for name in node.attributes if name.startswith("on")]


def test_a_page_of_the_practice_newspaper_is_shown_as_it_looked(tmp_path: Path) -> None:
    paper = Newspaper(articles=4, days=2, only=["berkelnieuws"])
    house = paper["berkelnieuws"]
    at = OPENING + timedelta(hours=1)
    url = next(url for url, truth in house.truth(at).items() if truth.story.pictures)
    page = paper.capture(url, at)
    assert b"style.css" in page.body and b"srcset" in page.body
    sheet = paper.capture(f"{house.base}/wp-content/themes/newspaper/style.css?ver=12.6", at)
    assert (sheet.status, sheet.header("content-type")) == (200, "text/css")
