"""The reading room's pages: all of them, in every language; what comes from outside does nothing there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select
from starlette.testclient import TestClient

from archive import Archive
from archive.annotations import Annotations
from archive.db.schema import versions
from archive.model.types import Capture
from legger.i18n import languages
from legger.web import WebContext, application, replay
from tests.archive.newsroom import day
from tests.web.stock import ATTACKS, PAGE, stock

WEB = Path(replay.__file__).parent
PAGES = [
    "/",
    "/search",
    "/search?q=brug",
    "/search?q=brug&sort=relevance",
    "/search?q=in:all",
    "/search?q=in:removed+jansen",
    "/search?q=burg",
    "/search?q=brug~",
    "/articles",
    "/articles?site=krant",
    "/articles/1",
    "/articles/1?version=1",
    "/articles/2",
    "/articles/3",
    "/articles/4",
    "/articles/1/compare",
    "/articles/1/compare?old=1&new=3",
    "/articles/3/cite",
    "/articles/1/cite?version=2",
    "/captures/1",
    "/captures/5",
    "/edits",
    "/edits?silent=true&site=krant",
    "/gone?suspect=true",
    "/doubtful",
    "/fleet",
    "/pages",
    "/pages?site=krant",
    "/doubtful?site=krant",
    "/notes",
    "/notes?tag=x",
    "/sites",
    "/sites/krant",
    "/sites/blad",
    "/help",
    "/about",
    "/sites/krant/calendar",
    "/articles/1/calendar",
    "/articles/1/finding",
    "/articles/1/finding?sentence=Wethouder+Jansen+sprak+van+pech.",
    "/articles/2/calendar?year=2026",
    "/api",
]
NUMBERS = range(5, 5 + len(ATTACKS))


@pytest.mark.parametrize("tongue", languages())
@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_read_in_every_language(client: TestClient, path: str, tongue: str) -> None:
    answer = client.get(path, headers={"Accept-Language": tongue})
    assert answer.status_code == 200
    page = LexborHTMLParser(answer.text)
    assert page.css_first("html").attributes["lang"] == tongue
    assert len(page.css("h1")) == 1
    assert page.css_first("main") is not None
    assert all(label.attributes.get("for") or label.css("input, select") for label in page.css("label"))
    numbers = [node.attributes["id"] for node in page.css("[id]")]
    assert len(numbers) == len(set(numbers))


def _walk(client: TestClient) -> dict[str, str]:
    paths = list(PAGES)
    for number in NUMBERS:
        paths += [f"/articles/{number}{rest}" for rest in ("", "?version=1", "/compare", "/cite")]
    for attack in ATTACKS:
        paths += [f"/search?q=%22{attack}%22", f"/articles?site={attack}", f"/sites/{attack}"]
    paths += [f"/captures/{number}" for number in range(1, 40)]
    return {path: client.get(path).text for path in paths}


def test_words_from_outside_stay_words(client: TestClient) -> None:
    for path, html in _walk(client).items():
        page = LexborHTMLParser(html)
        scripts = [node.attributes.get("src") for node in page.css("script")]
        assert all(src and src.startswith("/static/room.js") for src in scripts), path
        assert len(scripts) == 1, path
        assert not page.css("svg[onload], img, object, embed, base, math, style, meta[http-equiv]"), path
        for node in page.css("*"):
            for name, value in node.attributes.items():
                assert not name.startswith("on"), (path, name)
                assert name != "style", path
                if name in ("href", "src", "action"):
                    outside = node.tag == "link" and node.attributes.get("rel") == "original"
                    outside |= (node.attributes.get("rel") or "").startswith("external noreferrer")
                    if outside:
                        assert str(value).startswith(("http://", "https://")), (path, value)
                    assert outside or str(value).startswith(("/", "#")), (path, value)


@pytest.mark.parametrize("attack", ATTACKS)
def test_words_from_outside_are_shown_as_they_are(client: TestClient, attack: str) -> None:
    number = NUMBERS[ATTACKS.index(attack)]
    page = LexborHTMLParser(client.get(f"/articles/{number}").text)
    assert page.css_first("h1").text().split() == f"Aanval {attack}".split()
    assert attack.split(maxsplit=1)[0] in page.css_first(".text").text()
    assert page.css_first("title").text().startswith(f"Aanval {attack.split(maxsplit=1)[0]}")


def test_a_captured_page_can_neither_run_fetch_nor_lead_away(client: TestClient) -> None:
    answer = client.get("/captures/1/page")
    assert "Zwembad open" in answer.text
    assert "De brug is dicht." in answer.text
    page = LexborHTMLParser(answer.text)
    assert not page.css("script, iframe, object, base, link, video, noscript, template")
    assert [node.attributes for node in page.css("meta[http-equiv]")] == []
    for node in page.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on")
            assert "evil.example" not in (value or "") or name == "title"
    assert "evil.example" not in re.sub(r'title="[^"]*"', "", answer.text)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-scripts" not in policy
    frame = LexborHTMLParser(client.get("/captures/1").text).css_first("iframe")
    assert frame.attributes["sandbox"] in (None, "")


@pytest.mark.parametrize(
    "attack", [*ATTACKS, PAGE, "<svg/onload=alert(1)>", "<p/onclick=x()>", "\x00<scr\x00ipt>x"]
)
def test_whatever_a_page_holds_is_harmless_after_replay(attack: str) -> None:
    for kind in ("text/html; charset=utf-8", "image/svg+xml", "text/plain", None):
        page = LexborHTMLParser(replay.safe(f"<h1>Kop</h1>{attack}<p>Slot</p>".encode(), kind))
        assert not page.css("script, iframe, svg script, embed, object")
        assert not [name for node in page.css("*") for name in node.attributes if name.startswith("on")]


@pytest.mark.parametrize(
    "attack",
    [
        '<svg><rect fill="url(https://evil.example/p.svg#a)" /></svg>',
        '<svg><image href="https://evil.example/p.png" /><use xlink:href="//evil.example/s.svg#a" /></svg>',
        '<p mask="url(//evil.example/m)" style="background:url(//evil.example/b)">tekst</p>',
        "<style>@import '//evil.example/a.css'; p { background: url(//evil.example/b) }</style>",
        '<table background="//evil.example/t.png"><tr><td>cel</td></tr></table>',
        '<img src="//evil.example/i.png" srcset="//evil.example/2x.png 2x" alt="foto">',
        '<input type="image" src="//evil.example/i.png"><button formaction="//evil.example/">x</button>',
        '<math><mtext href="//evil.example/">x</mtext></math>',
        '<new-element data-src="//evil.example/" unheard="//evil.example/">tekst</new-element>',
    ],
)
def test_nothing_of_an_archived_page_names_another_address_in_an_attribute_or_style(attack: str) -> None:
    page = replay.safe(f"<h1>Kop</h1>{attack}<p>Slot</p>".encode(), "text/html; charset=utf-8")
    assert "evil.example" not in page
    assert "<h1>Kop</h1>" in page and "<p>Slot</p>" in page


def test_what_an_archived_page_says_and_how_is_still_there() -> None:
    body = (
        "<html><head><title>Kop &amp; zo - Bode</title></head><body><main lang=nl><h1>Kop &amp; zo</h1>"
        '<p>Tekst <b>vet</b> <a href="https://bode.example/2">verder</a></p>'
        "<table><tr><td colspan=2>7</td></tr></table>"
        '<img src="data:image/gif;base64,R0lGOD" alt="een foto"><my-note>aside</my-note></main></body></html>'
    )
    page = LexborHTMLParser(replay.safe(body.encode(), "text/html"))
    assert page.css_first("title").text() == "Kop & zo - Bode"
    assert page.css_first("main[lang=nl] h1").text() == "Kop & zo"
    assert page.css_first("a").attributes == {"title": "https://bode.example/2"}
    assert page.css_first("td[colspan='2']") and page.css_first("img[src^='data:image/'][alt='een foto']")
    assert "aside" in page.css_first("main").text()


def test_every_answer_has_a_policy_that_lets_nothing_in(client: TestClient) -> None:
    for path in (
        *PAGES,
        "/nowhere",
        "/api/v1/sites",
        "/static/room.css",
        "/captures/1/source",
        "/captures/1/bytes",
    ):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe-inline" not in policy.replace("style-src 'unsafe-inline'", "") or "sandbox" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert client.get("/captures/1/source").headers["content-type"].startswith("text/plain")
    assert "attachment" in client.get("/captures/1/bytes").headers["content-disposition"]


def test_what_is_redacted_is_named_and_never_shown(client: TestClient) -> None:
    for path in ("/articles/3", "/articles/3/cite", "/articles", "/", "/api/v1/articles/3", "/api/v1/export"):
        html = client.get(path).text
        assert "Geheim" not in html
        assert "niet mag" not in html
    number = next(
        each["id"] for each in client.get("/api/v1/articles/3/captures").json()["items"] if each["version"]
    )
    assert client.get(f"/captures/{number}").status_code == 200
    assert client.get(f"/captures/{number}/page").status_code == 404
    assert client.get(f"/captures/{number}/bytes").status_code == 404


def test_banners_tell_what_happened_to_the_original(client: TestClient) -> None:
    headers = {"Accept-Language": "en"}
    assert "The original is gone." in client.get("/articles/2", headers=headers).text
    assert "HTTP 410" in client.get("/articles/2", headers=headers).text
    assert "Changed silently." in client.get("/articles/1", headers=headers).text
    assert "A later one stands." in client.get("/articles/1?version=1", headers=headers).text
    assert "Redacted." in client.get("/articles/3", headers=headers).text


def test_a_correction_stands_above_what_it_corrects(client: TestClient) -> None:
    corrected = client.get("/articles/2?lang=en").text
    assert "A correction of this article was published." in corrected
    correction = client.get("/search?q=https://krant.example/rectificatie").headers["location"]
    assert "This corrects another article." in client.get(f"{correction}?lang=en").text
    assert "The same story elsewhere" not in corrected


@pytest.mark.parametrize(
    "path", ["/edits?lang=en", "/articles/1?lang=en", "/articles/1/compare?new=2&lang=en"]
)
def test_an_edit_was_made_between_two_looks(client: TestClient, path: str) -> None:
    between = r"changed between\s*<time[^>]*>2 March 2026[^<]*</time> and\s*<time[^>]*>3 March"
    assert re.search(between, client.get(path).text)


def test_a_comparison_marks_words_on_both_sides(client: TestClient) -> None:
    page = LexborHTMLParser(client.get("/articles/1/compare?old=1&new=2").text)
    left, right = page.css_first(".changed .old"), page.css_first(".changed .new")
    assert [node.text() for node in left.css("del")][-1].strip() == "15"
    assert [node.text() for node in right.css("ins")][-1].strip() == "17"
    assert not left.css("ins")
    assert not right.css("del")


def test_a_pasted_address_leads_to_its_article(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "https://www.krant.example/1/"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/articles/1")
    assert client.get("/search", params={"q": "https://krant.example/nergens"}).status_code == 404


def test_a_query_that_cannot_be_read_is_pointed_at(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "brug (dicht"})
    assert answer.status_code == 400
    assert "brug (dicht\n     ^" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/articles/999", 404),
        ("/articles/1?version=99", 404),
        ("/articles/2/compare", 404),
        ("/captures/999", 404),
        ("/sites/nowhere", 404),
        ("/edits?before=x", 400),
        ("/search?q=brug&after=x", 400),
        ("/articles/x", 400),
        ("/articles/1/cite.exe", 404),
        (f"/search?q={'a' * 1001}", 400),
    ],
)
def test_what_is_not_there_is_said_in_words(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert "<h1" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: TestClient, method: str) -> None:
    for path in ("/", "/articles/1", "/api/v1/articles/1", "/search"):
        assert client.request(method, path).status_code == 405


def test_another_name_that_points_here_is_not_answered(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_who_has_no_token_stays_outside(shelf: Path) -> None:
    token = "een-geheim-van-zestien"
    with Archive.open(shelf, read_only=True) as archive:
        desk = WebContext(archive=archive, stacks=archive, token=token, hosts=("*",))
        with TestClient(application(desk), follow_redirects=False) as client:
            assert client.get("/").status_code == 401
            assert client.get("/api/v1/sites").status_code == 401
            assert client.get("/static/room.css").status_code == 401
            assert client.get("/", headers={"Authorization": "Bearer wrong"}).status_code == 401
            assert client.get("/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
            let_in = client.get(f"http://testserver//evil.example/?q=1&token={token}")
            assert let_in.status_code == 303
            assert let_in.headers["location"] == "/evil.example/?q=1"
            assert "HttpOnly" in let_in.headers["set-cookie"]
            assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/articles", "/edits", "/gone"])
def test_a_list_of_a_site_that_nobody_knows_is_no_empty_list(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}?site=krnt")
    assert (answer.status_code, "krnt" in answer.text) == (404, True)
    assert client.get(f"{path}?site=").status_code == 200, "which is all of them"


def test_a_language_once_chosen_is_remembered(client: TestClient) -> None:
    assert 'lang="nl"' in client.get("/?lang=nl", headers={"Accept-Language": "en"}).text
    assert 'lang="nl"' in client.get("/sites", headers={"Accept-Language": "en"}).text
    client.cookies.clear()


def test_a_day_that_is_none_is_named_in_the_readers_language(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "brug published:2026-13"}, headers={"Accept-Language": "nl"})
    assert "is geen dag" in answer.text


def test_the_page_of_a_site_tells_what_its_visits_counted(client: TestClient) -> None:
    row = next(
        each
        for each in re.findall(r"<tr>.*?</tr>", client.get("/sites/krant").text, re.S)
        if "<td>done" in each
    )
    assert re.findall(r'<td class="n">(.*?)</td>', row) == ["3", "2", "0", "0", "0", "0"]


def test_a_site_goes_by_its_name_and_keeps_the_name_of_its_file(client: TestClient) -> None:
    page = LexborHTMLParser(client.get("/sites").text)
    first = page.css_first('a[href="/sites/krant"]')
    assert first.text() == "De Krant"
    assert first.parent is not None
    assert "Haaksbergen · Krant BV · ISSN 0317-8471" in first.parent.text()
    assert "De Krant" in LexborHTMLParser(client.get("/articles/1").text).css_first(".byline").text()
    choices = LexborHTMLParser(client.get("/edits").text).css("select[name=site] option")
    assert ("krant", "De Krant") in {(each.attributes.get("value"), each.text()) for each in choices}
    assert client.get("/edits?site=krant").status_code == 200


def test_citations_are_given_in_styles_and_read_by_reference_managers(client: TestClient) -> None:
    page = LexborHTMLParser(client.get("/articles/1/cite?version=1").text)
    said = {node.attributes["id"]: node.text() for node in page.css("textarea")}
    assert said["cited-apa"].startswith("Bos, A. (2026, March 2). Brug dicht. De Krant.")
    assert "Streekarchief" in said["cited-chicago"]
    assert client.get("/articles/1/cite.ieee?version=1").text == said["cited-ieee"]
    article = LexborHTMLParser(client.get("/articles/1").text)
    assert "rft.jtitle=De+Krant" in str(article.css_first(".Z3988").attributes["title"])
    timegate = article.css_first("link[rel=timegate]").attributes["href"]
    assert client.get(str(timegate)).status_code == 302
    assert not LexborHTMLParser(client.get("/articles/3").text).css(
        "link[rel=timegate], .Z3988, link[rel=original]"
    )


def test_an_ark_leads_to_its_version_where_the_archive_has_a_number(desk: WebContext) -> None:
    with TestClient(application(replace(desk, naan="12345")), follow_redirects=False) as opened:
        for path in ("/ark:12345/legger1.2", "/ark:/12345/legger1.2"):
            assert opened.get(path).headers["location"] == "/articles/1?version=2"
        assert opened.get("/ark:99999/legger1.2").status_code == 404
        assert "ark:12345/legger1.2" in opened.get("/articles/1/cite?version=2").text


def test_a_shared_reading_room_shows_only_what_is_published(desk: WebContext) -> None:
    with TestClient(application(replace(desk, shared=True))) as opened:
        assert "note" not in {
            str(node.attributes.get("class")) for node in LexborHTMLParser(opened.get("/notes").text).css("p")
        }
        assert opened.get("/api/v1/count", params={"q": "tag:x"}).json()["total"] == 0
    with TestClient(application(replace(desk, shared=False))) as opened:
        assert LexborHTMLParser(opened.get("/notes").text).css_first("p.note") is not None


def test_a_captured_page_says_what_it_is_shown_without(client: TestClient) -> None:
    hint = " ".join(LexborHTMLParser(client.get("/captures/1").text).css_first("p.hint").text().split())
    assert "pictures (" in hint
    assert "style sheets (2)" in hint
    assert "frames and players (" in hint
    for said, body in (("text/html", b"<p>Alleen tekst.</p>"), ("application/json", b"{}")):
        headers = (("Content-Type", said),)
        at = datetime(2026, 3, 2, tzinfo=UTC)
        capture = Capture(site="x", url="http://x.example/", at=at, status=200, headers=headers, body=body)
        assert replay.replay(capture).missing == {}


@pytest.mark.parametrize(
    ("state", "saved_as", "says"),
    [
        ("saved", "20260302080000", "https://web.archive.org/web/20260302080000/https://krant.example/"),
        ("asked", None, "it was asked to keep this version"),
        ("failed", None, "it was asked to keep this version, and did not"),
        (None, None, None),
    ],
)
def test_an_article_tells_what_the_internet_archive_was_asked_to_keep(
    tmp_path: Path, state: str | None, saved_as: str | None, says: str | None
) -> None:
    where = tmp_path / "legger.db"
    with Archive.open(where) as archive:
        stock(archive)
        if state:
            with archive.snapshot() as connection:
                first = select(versions.c.id).where(versions.c.article_id == 1, versions.c.number == 1)
                number = connection.execute(first).scalar_one()
            archive.wayback.note(number, state=state, at=day(1), next_at=day(1), saved_as=saved_as)
    with Archive.open(where, read_only=True) as archive:
        desk = WebContext(
            archive=archive, stacks=archive, name="", annotations=Annotations.beside(str(where))
        )
        with TestClient(application(desk)) as client:
            page = client.get("/articles/1?version=1").text
    assert ("At the Internet Archive" in page) == bool(state)
    assert says is None or says in page
