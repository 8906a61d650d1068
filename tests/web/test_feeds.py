"""Feeds of the reading room: Atom, pictures, WebSub, and nothing that is redacted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from archive import Archive, Block, BlockKind
from archive.annotations import Annotations
from archive.model.types import Change
from legger.web import WebContext, application
from tests.archive.newsroom import Filer, article, day

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebContext]:
    where = tmp_path_factory.mktemp("feeds") / "legger.db"
    with Archive.open(where) as archive:
        desk = Filer(archive)
        desk.see(article("Er waren 15 mensen & een hond. De brug is dicht."), day(0))
        desk.see(article("Er waren 150 mensen & een hond. De brug is dicht."), day(1))
        place: dict[str, Any] = {"key": "2", "url": "https://blad.example/2", "site": "blad"}
        desk.see(article("Het <zwembad> \x01 gaat open.", title="Zwembad", url=place["url"]), day(1), **place)
        desk.miss(day(3), status=410, **place)
        place = {"key": "3", "url": "https://krant.example/geheim"}
        desk.see(article("Een naam.", title="Geheim", url=place["url"]), day(1), **place)
        desk.see(article("Een andere naam.", title="Geheim", url=place["url"]), day(2), **place)
        archive.redactions.redact(place["url"], ground="AVG", reason="r", who="w", at=day(4))
        archive.commit()
        archive.index.update()
        Annotations.beside(str(where)).save("bruggen", "brug", at=day(5))
    with Archive.open(where, read_only=True) as archive, Archive.open(where, read_only=True) as stacks:
        yield WebContext(
            archive=archive, stacks=stacks, name="Archief", annotations=Annotations.beside(str(where)),
            hub="https://hub.example/",
        )  # fmt: skip


@pytest.fixture(scope="module")
def client(context: WebContext) -> Iterator[TestClient]:
    with TestClient(application(context), follow_redirects=False) as opened:
        yield opened


def _entries(client: TestClient, path: str) -> list[tuple[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    tree = etree.fromstring(answer.content)
    for name in ("id", "title", "updated"):
        assert tree.findtext(f"a:{name}", namespaces=ATOM)
    ids = [each.text for each in tree.iterfind("a:entry/a:id", ATOM)]
    assert len(set(ids)) == len(ids)
    return [
        (each.findtext("a:id", namespaces=ATOM) or "", each.findtext("a:content", namespaces=ATOM) or "")
        for each in tree.iterfind("a:entry", ATOM)
    ]


FEEDS = {
    "/feeds/new.atom": ["urn:legger:blad:article:2", "urn:legger:krant:article:1"],
    "/feeds/new.atom?site=krant": ["urn:legger:krant:article:1"],
    "/feeds/edits.atom": ["urn:legger:krant:article:1:version:2"],
    "/feeds/silent.atom": ["urn:legger:krant:article:1:version:2"],
    "/feeds/gone.atom": ["urn:legger:blad:article:2:gone:20260305T080000Z"],
    "/feeds/gone.atom?site=krant": [],
    "/feeds/articles/1.atom": ["urn:legger:krant:article:1:version:2", "urn:legger:krant:article:1"],
    "/feeds/articles/3.atom": [],
    "/feeds/saved/bruggen.atom": ["urn:legger:krant:article:1"],
}


@pytest.mark.parametrize(("path", "wanted"), FEEDS.items(), ids=FEEDS)
def test_a_feed_has_what_happened(client: TestClient, path: str, wanted: list[str]) -> None:
    assert [each for each, _ in _entries(client, path)] == wanted
    assert b"naam" not in client.get(path).content


def test_an_edit_shows_its_words(client: TestClient) -> None:
    ((_, content),) = _entries(client, "/feeds/edits.atom")
    assert "<del>15</del><ins>150</ins> mensen &amp; een hond." in content
    assert "De brug" not in content, "only sentences that changed"


def test_a_feed_names_itself_its_hub_and_its_picture(client: TestClient, context: WebContext) -> None:
    answer = client.get("/feeds/edits.atom")
    tree = etree.fromstring(answer.content)
    links = {each.get("rel"): each.get("href") for each in tree.iterfind(".//a:link", ATOM)}
    assert links["self"] == "http://testserver/feeds/edits.atom"
    assert links["hub"] == "https://hub.example/"
    assert 'rel="hub"' in answer.headers["link"]
    drawn = client.get(links["enclosure"].removeprefix("http://testserver"))
    assert drawn.headers["content-type"] == "image/svg+xml"
    again = client.get("/feeds/edits.atom", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    named = replace(context, address="https://archief.example.org/", kept={}, busy=set())
    with TestClient(application(named)) as other:
        assert b'href="https://archief.example.org/feeds/new.atom"' in other.get("/feeds/new.atom").content


@pytest.mark.parametrize(
    "path",
    ["/feeds/what.atom", "/feeds/new.atom?site=none", "/feeds/saved/none.atom", "/feeds/articles/99.atom",
     "/articles/1/edits/1.svg", "/articles/1/edits/2.gif", "/articles/3/edits/2.svg"],
)  # fmt: skip
def test_what_there_is_not(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_lead_to_their_feeds(client: TestClient) -> None:
    for page, feed in (
        ("/", "/feeds/silent.atom"), ("/articles/1", "/feeds/articles/1.atom"),
        ("/sites/krant", "/feeds/edits.atom?site=krant"),
    ):  # fmt: skip
        assert 'type="application/atom+xml"' in client.get(page).text
        assert f'href="{feed}"' in client.get(page).text


def test_a_picture_has_the_words_the_paper_and_both_times(client: TestClient) -> None:
    answer = client.get("/articles/1/edits/2.svg")
    tree = etree.fromstring(answer.content)
    said = [each.text or "" for each in tree.iterfind("{*}text")]
    assert said[0] == "krant"
    assert "2026-03-02 08:00" in said[-1] and "2026-03-03 08:00" in said[-1]
    struck = [each.text for each in tree.iterfind("{*}text") if each.get("text-decoration")]
    bold = [each.text for each in tree.iterfind("{*}text") if each.get("fill") == "#0b5c2e"]
    assert (struck, bold) == (["15"], ["150"])


def test_a_feed_takes_its_token_in_its_address(context: WebContext) -> None:
    closed = replace(context, token="een-lang-geheim-woord", kept={}, busy=set())
    with TestClient(application(closed), follow_redirects=False) as other:
        assert other.get("/feeds/new.atom").status_code == 401
        answer = other.get("/feeds/new.atom?token=een-lang-geheim-woord")
        assert (answer.status_code, b"geheim" in answer.content) == (200, False)
        assert other.get("/?token=een-lang-geheim-woord").status_code == 303


def test_a_picture_as_png(client: TestClient) -> None:
    pil = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    answer = client.get("/articles/1/edits/2.png")
    assert pil.open(BytesIO(answer.content)).size == (1200, 630)
    assert client.get("/articles/1/edits/2.png").content == answer.content


def test_a_long_edit_stays_within_its_picture(tmp_path: Path) -> None:
    from legger.pictures.edits import svg

    words = " ".join(f"woord{number}" for number in range(400))
    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Filer(archive)
        desk.see(article(words, title="Kop " * 80), day(0))
        desk.see(article(words.replace("woord1", "anders") + " 中文" * 80, title="Kop " * 80), day(1))
        old, new = archive.articles.history("1")
        tree = etree.fromstring(svg(old, new, paper="Krant " * 60, zone=day(0).tzinfo))  # type: ignore[arg-type]
    places = [(float(each.get("x")), float(each.get("y"))) for each in tree.iterfind("{*}text")]
    assert max(x for x, _ in places) < 1140
    *words_at, (_, footer) = places
    assert max(y for _, y in words_at) < footer - 30, "the words end above the times"


def test_an_edit_of_a_caption_shows_the_words_of_the_caption(tmp_path: Path) -> None:
    from legger.pictures.edits import changed_words

    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Filer(archive)
        text = Block(kind=BlockKind.PARAGRAPH, text="De storm is voorbij.")
        for number, said in enumerate(("Het dak.", "Het dak. Archieffoto.")):
            caption = Block(kind=BlockKind.CAPTION, text=said)
            desk.see(article(blocks=(text, caption)), day(number))
        shown = changed_words(*archive.articles.history("1"))
    assert "Archieffoto." in "".join(words for change, words in shown if change is Change.ADDED)
