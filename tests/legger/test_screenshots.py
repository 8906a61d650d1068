"""Pictures of archived pages: of what is kept, offline; shown, exported and destroyed as the page is."""

from __future__ import annotations

import hashlib
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, NotFound
from archive.assets.screenshots import PNG, Screenshot
from archive.errors import SiteError, UsageError
from archive.export.web_archives.warc import Chosen, export_warc
from crawler.siteconfig.files import parse_site
from crawler.siteconfig.site import AssetBounds
from legger.cli.crawling.crawl import _make_screenshots
from legger.pictures.screenshots import ScreenshotReport, browser, picture_of, take
from legger.simulator import OPENING
from legger.simulator.houses.markup import picture
from legger.web import WebContext, application
from tests.crawler.answering import BASE, CrawledSite, dorp
from tests.crawler.crawling import Said, front, story

CHROMIUM = any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
SHOTS = AssetBounds(keep=True, screenshot=True)


def page(number: int, picture: str, more: str = "") -> str:
    figure = f"<figure><img src='{picture}'></figure>{more}"
    return story(number).replace("</h1>", f"</h1>{figure}")


@pytest.fixture
def town(archive_file: Path) -> Iterator[CrawledSite]:
    with Archive.open(archive_file) as archive:
        site = CrawledSite(archive=archive, site=dorp(assets=SHOTS))
        site.answers = {
            "/": Said(body=front("/bericht-1", "/bericht-2")),
            "/bericht-1": Said(body=page(1, "/foto/1.png", "<img src='/foto/weg.png'>")),
            "/bericht-2": Said(body=page(2, "/foto/2.png", "<aside><img src='/foto/1.png'></aside>")),
            "/foto/1.png": Said(body=picture("1"), type="image/png"),
            "/foto/2.png": Said(body=picture("2"), type="image/png"),
        }
        site.visit()
        yield site


def captured(archive: Archive, path: str) -> int:
    return next(each.id for each in archive.captures.walk(url=BASE + path))


def add(archive: Archive, path: str, *shows: str) -> int:
    """A picture of our own of a page; what stands in it is not looked at here."""
    number, data = captured(archive, path), picture(path)
    made = Screenshot(
        capture=number, at=OPENING, digest=hashlib.sha256(data).digest(), media_type=PNG, width=1280,
        height=900, whole=True, browser="Chromium 1", lacking=0,
        made_of=tuple(captured(archive, each) for each in shows),
    )  # fmt: skip
    archive.screenshots.add("dorp", made, data)
    archive.commit()
    return number


def redact(archive: Archive, path: str) -> None:
    archive.redactions.redact(BASE + path, ground="GDPR art. 17", reason="asked", who="us", at=OPENING)


def test_it_is_wanted_of_captures_in_which_a_version_was_first_seen_the_latest_first(
    town: CrawledSite,
) -> None:
    archive = town.archive
    pages = [captured(archive, f"/bericht-{each}") for each in (1, 2)]
    assert archive.screenshots.wanted("dorp", limit=9) == sorted(pages, reverse=True)
    town.visit()
    assert archive.screenshots.wanted("dorp", limit=1) == [max(pages)], "what did not change needs none"
    add(archive, "/bericht-2")
    assert archive.screenshots.wanted("dorp", limit=9) == [captured(archive, "/bericht-1")]
    redact(archive, "/bericht-1")
    assert archive.screenshots.wanted("dorp", limit=9) == []


def test_it_is_shown_with_its_capture_and_says_what_it_is(town: CrawledSite) -> None:
    archive = town.archive
    number = add(archive, "/bericht-1", "/foto/1.png")
    archive.index.update()
    with TestClient(application(WebContext(archive=archive, stacks=archive))) as client:
        html = client.get(f"/captures/{number}", headers={"Accept-Language": "en"}).text
        assert f'src="/captures/{number}/screenshot"' in html
        assert "a picture of what is kept, not of what readers saw" in html
        assert hashlib.sha256(picture("/bericht-1")).hexdigest() in html
        answer = client.get(f"/captures/{number}/screenshot")
        assert (answer.content, answer.headers["content-type"]) == (picture("/bericht-1"), PNG)
        assert client.get(f"/captures/{captured(archive, '/bericht-2')}/screenshot").status_code == 404


HIDDEN: dict[str, Callable[[Archive], object]] = {
    "its article is redacted": lambda archive: redact(archive, "/bericht-2"),
    "a redacted article's picture stands in it": lambda archive: redact(archive, "/bericht-1"),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_it_is_not_shown_nor_exported_when(town: CrawledSite, how: str, tmp_path: Path) -> None:
    archive = town.archive
    number = add(archive, "/bericht-2", "/foto/2.png", "/foto/1.png")
    assert archive.screenshots.of(number) is not None
    HIDDEN[how](archive)
    assert archive.screenshots.of(number) is None
    with pytest.raises(NotFound):
        archive.screenshots.data(number)
    assert export_warc(archive, tmp_path / "out", Chosen()).screenshots == 0
    assert archive.integrity.verify() == []


def test_it_is_not_shown_when_its_page_names_an_article_that_is_redacted_since(town: CrawledSite) -> None:
    archive = town.archive
    title = archive.articles.version(f"{BASE}/bericht-1").article.title
    named = page(3, "/foto/2.png", f"<aside><a href='/bericht-1'>{title}</a></aside>")
    town.answers |= {"/": Said(body=front("/bericht-3")), "/bericht-3": Said(body=named)}
    town.visit()
    number = add(archive, "/bericht-3", "/foto/2.png")
    redact(archive, "/bericht-1")
    assert archive.screenshots.of(number) is None


def test_destroying_an_article_drops_every_picture_in_which_it_stands(town: CrawledSite) -> None:
    archive = town.archive
    town.answers |= {"/": Said(body=front("/bericht-3")), "/bericht-3": Said(body=page(3, "/foto/2.png"))}
    town.visit()
    kept = add(archive, "/bericht-3", "/foto/2.png")
    for path, shows in (("/bericht-1", ["/foto/1.png"]), ("/bericht-2", ["/foto/2.png", "/foto/1.png"])):
        add(archive, path, *shows)
    redact(archive, "/bericht-1")
    archive.redactions.destroy(f"{BASE}/bericht-1", at=OPENING)
    with archive.snapshot() as connection:
        left = connection.execute(text("SELECT capture_id FROM screenshots")).scalars().all()
    assert left == [kept]
    assert archive.integrity.verify() == []


def test_it_is_a_conversion_under_an_address_of_ours_in_web_archives(
    town: CrawledSite, tmp_path: Path
) -> None:
    number = add(town.archive, "/bericht-1", "/foto/1.png")
    written = export_warc(town.archive, tmp_path / "out", Chosen())
    assert written.screenshots == 1
    with written.files[0].open("rb") as file:
        responses, found = {}, []
        for record in ArchiveIterator(file):
            head = record.rec_headers
            if record.rec_type == "response":
                responses[head["WARC-Record-ID"]] = head["WARC-Target-URI"]
            elif record.rec_type == "conversion":
                found.append(
                    (head["WARC-Target-URI"], head["WARC-Refers-To"], record.content_stream().read())
                )
    [(address, refers, data)] = found
    assert address == f"urn:legger:dorp:capture:{number}:screenshot"
    assert responses[refers] == f"{BASE}/bericht-1"
    assert data == picture("/bericht-1")
    assert "urn:" not in (tmp_path / "out" / "index.cdxj").read_text()


def test_a_picture_that_is_not_as_it_was_is_told(town: CrawledSite) -> None:
    number = add(town.archive, "/bericht-1")
    with town.archive.session.writing("dorp") as connection:
        connection.execute(text("UPDATE screenshots SET data = x'00'"))
    town.archive.commit()
    assert [each.what for each in town.archive.integrity.verify()] == [
        f"the screenshot of capture {number} is damaged"
    ]


def test_without_playwright_the_visit_says_so_and_goes_on(
    town: CrawledSite, archive_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    _make_screenshots(str(archive_file), ["dorp"])
    said = capsys.readouterr().err
    assert "dorp: no screenshots were made: screenshots need Playwright: pip install" in said


def test_that_none_are_made_is_an_alarm_which_no_visit_ends_until_some_are(
    town: CrawledSite, archive_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong() -> list[tuple[str | None, str]]:
        return [(each.site, each.kind) for each in town.archive.alarms.all()]

    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    _make_screenshots(str(archive_file), ["dorp"])
    assert wrong() == [("dorp", "screenshots")]
    assert "none are made: screenshots need Playwright" in town.archive.alarms.all()[0].says
    town.visit()
    assert wrong() == [("dorp", "screenshots")], "a visit shows nothing of it"
    monkeypatch.setattr(
        "legger.pictures.screenshots.take", lambda *_, **__: ScreenshotReport(made=2), raising=True
    )
    _make_screenshots(str(archive_file), ["dorp"])
    assert wrong() == []


def test_the_alarm_ends_with_the_visit_of_a_site_that_asks_for_none_any_more(
    town: CrawledSite, archive_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    _make_screenshots(str(archive_file), ["dorp"])
    town.site = dorp(assets=AssetBounds(keep=True))
    town.visit()
    assert town.archive.alarms.all() == []


def test_a_site_that_keeps_no_assets_cannot_ask_for_pictures_of_what_it_keeps() -> None:
    stated = {"url": "https://krant.example/", "assets": {"screenshot": True}}
    with pytest.raises(SiteError, match="keep = true beside screenshot = true"):
        parse_site(stated, name="krant", source="krant.toml")


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
def test_a_chromium_draws_what_is_kept_and_asks_nobody(town: CrawledSite) -> None:
    pytest.importorskip("playwright.sync_api", reason="pip install 'legger[screenshots]'")
    image = pytest.importorskip("PIL.Image")
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    archive = town.archive
    made = take(archive, ["dorp"], limit=9)
    assert (made.made, made.failed, made.left) == (2, 0, False)
    found, data = archive.screenshots.data(captured(archive, "/bericht-1"))
    drawn = image.open(BytesIO(data)).convert("RGB")
    assert drawn.size == (found.width, found.height)
    wanted = {color for _, color in image.open(BytesIO(picture("1"))).convert("RGB").getcolors()}
    assert wanted <= {color for _, color in drawn.getcolors(1 << 24)}
    assert (found.made_of, found.lacking) == ((captured(archive, "/foto/1.png"),), 1)

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        away = f"http://127.0.0.1:{server.server_port}"
        html = (
            f"<link rel=stylesheet href='{away}/2'>"
            f"<img src='{away}/3'><body style='background:#123456'><script>document.body.style.background="
            f"'red';fetch('{away}/4')</script><iframe src='{away}/5'></iframe>"
        )
        with browser() as drawing:
            data, kind, height, whole = picture_of(
                drawing, html, "default-src *; style-src * 'unsafe-inline'"
            )
        server.shutdown()
    assert asked == []
    assert (kind, height, whole) == (PNG, 900, True)
    assert image.open(BytesIO(data)).convert("RGB").getpixel((5, 500)) == (0x12, 0x34, 0x56)


def test_a_browser_that_does_not_start_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("playwright.sync_api", reason="pip install 'legger[screenshots]'")
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(UsageError, match="screenshots need a Chromium that starts"), browser():
        pass
