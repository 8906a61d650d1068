"""Pictures, style sheets and fonts of a site that keeps them: captures of a kind of their own, never news."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from archive.model.types import PageKind
from crawler.assets.filing import LARGEST
from crawler.crawl.run import CrawlRun
from crawler.importing.assets import NOT_IMPORTED
from crawler.importing.load import Import
from crawler.importing.report import ImportReport
from crawler.importing.web_archives import WebArchives
from crawler.siteconfig.site import AssetBounds, Pages
from legger.simulator import OPENING
from legger.simulator.houses.markup import picture
from tests.crawler.answering import BASE, Asked, CrawledSite, captured, dorp, moved
from tests.crawler.crawling import Said, front, story
from tests.crawler.importing.test_web_archives import http, warc

KEPT = AssetBounds(keep=True)
SHEET = "@import 'basis.css';body{background:url(/img/papier.png)}"
FONT = "@font-face{font-family:K;src:url(/f/k.ttf),url(/f/k.woff2)}"


def page(number: int, *pictures: str, sheet: str = "/css/stijl.css") -> str:
    shown = "".join(f"<figure><img src='{each}'></figure>" for each in pictures)
    html = story(number).replace("</h1>", f"</h1>{shown}")
    return html.replace("</head>", f"<link rel='stylesheet' href='{sheet}'></head>")


def image(path: str) -> Said:
    return Said(body=picture(path), type="image/png")


def etagged(said: Said, etag: str = '"1"') -> Callable[[Asked], Said]:
    def answer(asked: Asked) -> Said:
        if asked.etag == etag:
            return Said(status=304, headers={"ETag": etag})
        return Said(body=said.body, type=said.type, headers={"ETag": etag})

    return answer


@pytest.fixture
def town(archive_file: Path) -> Iterator[Callable[..., CrawledSite]]:
    with Archive.open(archive_file) as archive:

        def make(**facts: Any) -> CrawledSite:
            answers = {
                "/": Said(body=front("/bericht-1", "/bericht-2")),
                "/bericht-1": Said(body=page(1, "/foto/1.png")),
                "/bericht-2": Said(body=page(2, "/foto/2.png", "/foto/weg.png")),
                "/css/stijl.css": etagged(Said(body=SHEET, type="text/css")),
                "/css/basis.css": Said(body=FONT, type="text/css"),
                "/img/papier.png": image("papier"),
                "/f/k.woff2": Said(body=b"wOF2" + bytes(40), type="font/woff2"),
                "/foto/1.png": image("1"),
                "/foto/2.png": image("2"),
            }
            return CrawledSite(archive=archive, site=dorp(**{"assets": KEPT} | facts), answers=answers)

        yield make


ASSETS = {
    "/css/stijl.css", "/css/basis.css", "/img/papier.png", "/f/k.woff2",
    "/foto/1.png", "/foto/2.png", "/foto/weg.png",
}  # fmt: skip


def beside(site: CrawledSite) -> CrawledSite:
    """The same site under another name, which keeps no assets."""
    site.site = replace(site.site, name="gehucht", assets=AssetBounds())
    return site


def kinds(archive: Archive) -> list[tuple[str, PageKind | None]]:
    """Of every capture: its path, and what it was filed as."""
    return [
        (each.capture.url.removeprefix(BASE), sight.page)
        for each in archive.captures.walk()
        for sight in archive.articles.sightings(each.capture.url)
        if sight.id == each.id
    ]


def copy(archive: Archive, path: str) -> bytes | None:
    url = BASE + path
    kept = archive.assets.copies("dorp", [url], OPENING)[url].kept
    return kept.capture.body if kept is not None else None


def why(archive: Archive, path: str) -> str:
    return archive.assets.copies("dorp", [BASE + path], OPENING)[BASE + path].reason


def test_a_site_whose_file_says_nothing_of_them_is_asked_for_pages_alone(
    town: Callable[..., CrawledSite],
) -> None:
    site = town(assets=AssetBounds())
    site.visit()
    assert not ASSETS & set(site.asked)


def test_what_pages_show_is_asked_for_once_the_pages_are_filed(town: Callable[..., CrawledSite]) -> None:
    site = town()
    run = site.visit()
    assert set(site.asked) >= ASSETS
    first = min(site.asked.index(each) for each in ASSETS)
    assert not {"/", "/bericht-1", "/bericht-2"} & set(site.asked[first:]), "pages come first"
    assert site.asked[first] == "/css/stijl.css", "sheets name more"
    assert (run.counts.assets, run.counts.assets_missed, run.counts.assets_left) == (7, 1, 0)
    assert run.counts.requests == len(site.asked)


def test_they_are_captures_of_their_own_kind_and_no_news(town: Callable[..., CrawledSite]) -> None:
    site, plain = town(), beside(town())
    run, other = site.visit(), plain.visit()
    found = dict(kinds(site.archive))
    assert {path for path, kind in found.items() if kind is PageKind.ASSET} == ASSETS
    same = {name: number for name, number in run.counts.plain().items() if not name.startswith("assets")}
    assert same == other.counts.plain(), "a visit counts pages"
    assert run.ended is other.ended
    assert run.record.health_signals.plain() == other.record.health_signals.plain()
    assert not [each for each in site.archive.coverage.missed("dorp") if "/foto/" in each.url]
    [counts, _] = site.archive.holdings.site_counts()
    assert (counts.articles, counts.waiting) == (2, 0)


def test_the_bytes_are_given_back(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.visit()
    assert copy(site.archive, "/foto/1.png") == picture("1")
    assert copy(site.archive, "/f/k.woff2") == b"wOF2" + bytes(40)
    assert why(site.archive, "/foto/weg.png") == "HTTP 404"
    assert (copy(site.archive, "/nooit.png"), why(site.archive, "/nooit.png")) == (None, "")


def test_equal_bytes_are_kept_once(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.answers["/foto/2.png"] = site.answers["/foto/1.png"]
    site.visit()
    bodies = site.archive.holdings.stats().bodies
    assert bodies == len({each.capture.body for each in site.archive.captures.walk() if each.capture.body})


def test_one_is_asked_for_again_after_a_week_when_a_page_shows_it_and_a_304_confirms_it(
    town: Callable[..., CrawledSite],
) -> None:
    site = town()
    site.visit()
    site.answers["/"] = Said(body=front("/bericht-1", "/bericht-2", "/bericht-3"))
    site.answers["/bericht-3"] = Said(body=page(3))
    site.visit(2)
    assert not ASSETS - {"/foto/weg.png"} & set(site.asked), "two days old is good enough"
    site.answers["/"] = Said(body=front("/bericht-1", "/bericht-2", "/bericht-3", "/bericht-4"))
    site.answers["/bericht-4"] = Said(body=page(4))
    site.visit(9)
    assert "/css/stijl.css" in site.asked
    last = list(site.archive.captures.walk(url=BASE + "/css/stijl.css"))[-1].capture
    assert (last.status, last.body) == (304, b"")
    copies = site.archive.assets.copies("dorp", [BASE + "/css/stijl.css"], last.at)
    kept = copies[BASE + "/css/stijl.css"].kept
    assert kept is not None
    assert kept.capture.body.decode() == SHEET


def test_a_copy_is_the_one_nearest_in_time(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.visit()
    site.answers["/foto/1.png"] = image("een andere")
    site.answers["/bericht-1"] = Said(body=page(1, "/foto/1.png").replace("tevreden", "ontevreden"))
    site.visit(10)
    [first, second] = (each.capture for each in site.archive.captures.walk(url=BASE + "/foto/1.png"))
    for moment, wanted in ((first.at, picture("1")), (second.at, picture("een andere"))):
        kept = site.archive.assets.copies("dorp", [BASE + "/foto/1.png"], moment)[BASE + "/foto/1.png"].kept
        assert kept is not None
        assert kept.capture.body == wanted


def test_what_a_visit_does_not_come_to_the_next_one_takes_up(town: Callable[..., CrawledSite]) -> None:
    site = town(assets=AssetBounds(keep=True, most=2))
    run = site.visit()
    assert (run.counts.assets, run.counts.assets_left) == (2, 5)
    asked = set(site.asked)
    for day in (0.1, 0.2, 0.3):
        site.visit(day)
        asked |= set(site.asked)
    assert asked >= ASSETS


def test_bytes_are_bounded(town: Callable[..., CrawledSite]) -> None:
    site = town(assets=AssetBounds(keep=True, megabytes=1))
    site.answers["/css/stijl.css"] = Said(body=b"a{}" * 400_000, type="text/css")
    run = site.visit()
    assert run.counts.assets == 1
    assert run.counts.assets_left > 0


def test_a_picture_that_is_too_large_is_on_record_without_its_bytes(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.answers["/foto/1.png"] = Said(body=picture("1") + bytes(LARGEST), type="image/png")
    site.visit()
    assert copy(site.archive, "/foto/1.png") is None
    assert why(site.archive, "/foto/1.png") == "larger than 8 megabytes"


def test_an_error_shown_as_a_page_is_no_picture(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.answers["/foto/1.png"] = Said(body="<!doctype html><h1>Niet gevonden</h1>")
    site.visit()
    assert why(site.archive, "/foto/1.png") == "no picture, style sheet or font: text/html"


def test_a_redirect_is_followed_to_another_host(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.answers["/foto/1.png"] = moved("https://cdn.example/1.png")
    site.answers["https://cdn.example/1.png"] = image("van ver")
    site.visit()
    assert copy(site.archive, "/foto/1.png") == picture("van ver")


@pytest.mark.parametrize("to", ["/foto/1.png", "javascript:x", "//[", ""])
def test_a_redirect_to_nowhere_ends(town: Callable[..., CrawledSite], to: str) -> None:
    site = town()
    site.answers["/foto/1.png"] = moved(to)
    run = site.visit()
    assert copy(site.archive, "/foto/1.png") is None
    assert run.counts.assets < 20


def test_one_that_did_not_come_is_asked_for_again_by_a_page_that_shows_it(
    town: Callable[..., CrawledSite],
) -> None:
    site = town()
    site.answers["/foto/1.png"] = None
    run = site.visit()
    assert run.ended is beside(town()).visit().ended, "no failure of the visit"
    assert why(site.archive, "/foto/1.png") == "timeout"
    site.answers["/foto/1.png"] = image("1")
    site.answers["/bericht-1"] = Said(body=page(1, "/foto/1.png").replace("tevreden", "ontevreden"))
    site.visit(3)
    assert copy(site.archive, "/foto/1.png") == picture("1")


def test_what_the_sites_file_says_never_to_fetch_is_not(town: Callable[..., CrawledSite]) -> None:
    site = town(ignore=("/foto/",))
    site.visit()
    assert not [each for each in site.asked if each.startswith("/foto/")]


def test_a_limit_of_pages_is_one_of_pages(town: Callable[..., CrawledSite]) -> None:
    site = town()
    run = CrawlRun(site.site, site.archive, now=lambda: OPENING, pages=2)
    run.begin()
    asked = []
    while (fetch := run.next()) is not None:
        path = fetch.url.removeprefix(BASE)
        asked.append(path)
        said = site.answers.get(path, Said(status=404))
        said = said(Asked(url=fetch.url, etag=fetch.etag)) if callable(said) else said
        run.take(captured(fetch.url, said, at=OPENING, site="dorp"), fetch)
    run.end()
    assert run.outcome == "the limit of 2 pages was reached"
    assert len([each for each in asked if each not in ASSETS]) == 2
    assert set(asked) & ASSETS


def test_a_budget_of_requests_counts_them(town: Callable[..., CrawledSite]) -> None:
    site = town(budget=5)
    run = site.visit()
    assert len(site.asked) == 5
    assert "budget" in run.outcome


def test_standing_pages_have_theirs(town: Callable[..., CrawledSite]) -> None:
    site = town(pages=Pages(keep=True))
    words = "Dorp is een krant van vrijwilligers. Wij schrijven over wat er in het dorp gebeurt, van raad af."
    about = f"<html lang='nl'><title>Over ons</title><h1>Over ons</h1><img src='/foto/1.png'><p>{words}</p>"
    site.answers |= {"/": Said(body=front("/over-ons/")), "/over-ons/": Said(body=about)}
    site.visit()
    assert "/foto/1.png" in site.asked


# ---------------------------------------------------------------- what may not be shown


def hidden(site: CrawledSite, path: str, *, destroy: bool = False) -> None:
    redactions = site.archive.redactions
    redactions.redact(BASE + path, ground="AVG art. 17", reason="verzoek", who="bureau", at=OPENING)
    if destroy:
        redactions.destroy(BASE + path, at=OPENING)


@pytest.mark.parametrize("destroy", [False, True], ids=["hidden", "destroyed"])
def test_the_pictures_of_a_redacted_article_go_with_it(
    town: Callable[..., CrawledSite], destroy: bool
) -> None:
    site = town()
    site.visit()
    [number] = (each.id for each in site.archive.captures.walk(url=BASE + "/foto/1.png"))
    hidden(site, "/bericht-1", destroy=destroy)
    assert site.archive.captures.get(number).capture.body == b""
    assert copy(site.archive, "/foto/1.png") is None
    assert copy(site.archive, "/foto/2.png") == picture("2")
    assert (copy(site.archive, "/css/stijl.css") or b"").decode() == SHEET, "which every page shows"
    assert site.archive.integrity.verify() == []
    bodies = [each.capture.body for each in site.archive.captures.walk()]
    assert picture("1") not in bodies


def test_a_picture_of_its_own_is_hidden_though_another_page_shows_it(
    town: Callable[..., CrawledSite],
) -> None:
    site = town()
    more = "<aside><h2>Lees ook</h2><a href='/bericht-1'><img src='/foto/1.png'>Bericht 1</a></aside>"
    site.answers["/bericht-2"] = Said(body=page(2, "/foto/2.png").replace("</main>", f"</main>{more}"))
    site.visit()
    hidden(site, "/bericht-1")
    assert copy(site.archive, "/foto/1.png") is None


def test_lifted_it_is_shown_again(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.visit()
    hidden(site, "/bericht-1")
    site.archive.redactions.lift(BASE + "/bericht-1", at=OPENING)
    assert copy(site.archive, "/foto/1.png") == picture("1")


def test_compacting_and_verifying_leave_them_as_they_are(town: Callable[..., CrawledSite]) -> None:
    site = town()
    site.visit()
    before = {path: copy(site.archive, path) for path in ASSETS}
    site.archive.recompression.compact("dorp", anew=True)
    assert {path: copy(site.archive, path) for path in ASSETS} == before
    assert site.archive.integrity.verify() == []


def test_a_web_archive_has_them(town: Callable[..., CrawledSite], tmp_path: Path) -> None:
    warcio = pytest.importorskip("warcio")
    from archive.export.web_archives.warc import Chosen, export_warc

    site = town()
    site.visit()
    hidden(site, "/bericht-2")
    export_warc(site.archive, tmp_path / "warc", Chosen(site="dorp"))
    found: dict[str, bytes] = {}
    for file in (tmp_path / "warc").glob("*.warc.gz"):
        with file.open("rb") as stream:
            for record in warcio.ArchiveIterator(stream):
                if record.rec_type == "response":
                    found[record.rec_headers["WARC-Target-URI"].removeprefix(BASE)] = (
                        record.content_stream().read()
                    )
    assert found["/foto/1.png"] == picture("1")
    assert found["/css/stijl.css"].decode() == SHEET
    assert "/foto/2.png" not in found, "a picture of an article that may not be shown"
    [line] = [
        each.split()
        for each in (tmp_path / "warc" / "crawl.log").read_text().splitlines()
        if "/foto/1.png" in each
    ]
    assert line[4] == "E", "embedded, as Heritrix says it"


# ------------------------------------------------------------ web archives of others


def written(path: Path, *answers: tuple[str, str, bytes]) -> Path:
    """A WARC file of (address, media type, body), all of one day."""
    return warc(path, [(url, OPENING, http(body, f"Content-Type: {kind}")) for url, kind, body in answers])


def imported(archive: Archive, file: Path, *, keep: bool = True) -> ImportReport:
    with closing(WebArchives()) as files:
        files.add(file)
        importing = Import(archive, [dorp(assets=AssetBounds(keep=keep))], now=OPENING)
        importing.web_archives(files)
        return importing.finish()


AWAY = "https://cdn.example"


def test_of_a_web_archive_what_its_pages_show_is_kept_on_any_host_and_linked(tmp_path: Path) -> None:
    html = page(1, f"{AWAY}/foto/1.png", "/foto/weg.png", sheet=f"{AWAY}/stijl.css").encode()
    file = written(
        tmp_path / "old.warc.gz",
        (f"{AWAY}/foto/1.png", "image/png", picture("1")),
        (f"{AWAY}/foto/9.png", "image/png", picture("9")),
        (f"{BASE}/bericht-1", "text/html", html),
        (f"{AWAY}/stijl.css", "text/css", b"body{background:url(papier.png)}"),
        (f"{AWAY}/papier.png", "image/png", picture("papier")),
    )
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, file)
        assert (report.kept, report.assets, report.passed) == (4, 3, 1), "nobody shows the ninth"
        assets = {url for url, page in kinds(archive) if page is PageKind.ASSET}
        assert assets == {f"{AWAY}{each}" for each in ("/foto/1.png", "/papier.png", "/stijl.css")}
        shown = archive.assets.copies("dorp", [f"{AWAY}/foto/1.png", f"{BASE}/foto/weg.png"], OPENING)
        assert [each.kept is not None for each in shown.values()] == [True, False]
        assert shown[f"{BASE}/foto/weg.png"].reason == NOT_IMPORTED
        assert archive.assets.waiting("dorp", limit=9) == [], "the live site is not asked for what was then"
        assert imported(archive, file).kept == 0
        archive.redactions.redact(f"{BASE}/bericht-1", ground="AVG", reason="asked", who="us", at=OPENING)
        hidden = archive.assets.copies("dorp", [f"{AWAY}/foto/1.png"], OPENING)[f"{AWAY}/foto/1.png"]
        assert hidden.kept is None
        assert archive.integrity.verify() == []


def test_a_site_that_keeps_no_assets_takes_none_out_of_a_web_archive(tmp_path: Path) -> None:
    file = written(
        tmp_path / "old.warc.gz",
        (f"{BASE}/bericht-1", "text/html", page(1, "/foto/1.png").encode()),
        (f"{BASE}/foto/1.png", "image/png", picture("1")),
    )
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, file, keep=False)
        assert (report.kept, report.assets, report.passed) == (1, 0, 1)
