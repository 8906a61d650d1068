"""What a crawl knows of a site beside its pages, an import of the same captures comes to know."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Link
from archive.model.types import Capture, SiteMemory
from crawler.extract import article as extraction
from crawler.extract.article import ExtractionTrace
from crawler.importing.load import Import
from crawler.importing.web_archives import WebArchives
from crawler.siteconfig.site import Site
from tests.archive.export.web_archives import SITE
from tests.archive.newsroom import day
from tests.crawler.crawling import front, story
from tests.crawler.extract.test_site_witness import TITLE, undated
from tests.crawler.importing.test_web_archives import HTML, Record, http, imported, warc

HOME = "http://krant.example/"
PAGE = "http://krant.example/index.php?id=9"
DAY = "2024-04-12T10:00:00+02:00"


def feed(title: str = TITLE) -> bytes:
    return http(
        f"<rss version='2.0'><channel><title>Dorp</title><item><title>{title}</title><link>{PAGE}</link>"
        "<pubDate>Fri, 12 Apr 2024 10:00:00 +0200</pubDate></item></channel></rss>".encode(),
        "Content-Type: application/rss+xml",
    )


def sitemap() -> bytes:
    return http(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
        f"<url><loc>{PAGE}</loc><news:news><news:publication_date>{DAY}</news:publication_date>"
        f"<news:title>{TITLE}</news:title></news:news></url></urlset>".encode(),
        "Content-Type: application/xml",
    )


def listing(words: str) -> bytes:
    page = front("/8", "/7").replace("<ul>", f"<ul><li><a href='{PAGE}'>{words}</a></li>")
    return http(page.encode(), HTML)


def first_page() -> bytes:
    return http(
        front("/8", "/7").replace("</head>", "<link rel='next' href='/?page=2'></head>").encode(), HTML
    )


SOURCES: dict[str, tuple[list[tuple[str, bytes]], bool]] = {
    "a feed": ([(f"{HOME}feed", feed())], True),
    "a sitemap of news": ([(f"{HOME}sitemap.xml", sitemap())], True),
    "the front page, by its headline": ([(HOME, listing(TITLE))], True),
    "a listing of the site's file": ([(f"{HOME}dorp/", listing(TITLE))], True),
    "the next page of the front page": (
        [(HOME, first_page()), (f"{HOME}?page=2", listing(TITLE))],
        True,
    ),
    "the front page, by other words": ([(HOME, listing("Lees hier alles over de brug"))], False),
    "a page that is no listing": ([(f"{HOME}anders", listing(TITLE))], False),
    "nothing": ([], False),
}


@pytest.mark.parametrize("later", [False, True], ids=["before the page", "after the page"])
@pytest.mark.parametrize("name", SOURCES)
def test_a_page_that_leaves_open_what_it_is_is_what_the_sites_sources_say(
    name: str, later: bool, tmp_path: Path
) -> None:
    sources, is_article = SOURCES[name]
    site = replace(SITE, listings=(f"{HOME}dorp/",))
    records: list[Record] = [(url, day(2 if later else 0), said) for url, said in sources]
    records.append((PAGE, day(1), http(undated().encode(), HTML)))
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, warc(tmp_path / "x.warc.gz", records), site=site)
        found = [each.article.title for each in archive.articles.all()]
        assert found == ([TITLE] if is_article else [])
        assert report.kept == sum(report.filed.values()) == len(records)
        again = imported(archive, tmp_path / "x.warc.gz", site=site)
        assert (again.kept, sum(again.filed.values())) == (0, 0)
        assert archive.integrity.verify() == []


def test_older_captures_of_an_open_page_take_their_places_before_the_later_ones(tmp_path: Path) -> None:
    old, new = undated(), undated().replace("vier miljoen", "vijf miljoen")
    with Archive.open(tmp_path / "legger.db") as archive:
        late = [(f"{HOME}feed", day(8), feed()), (PAGE, day(9), http(new.encode(), HTML))]
        imported(archive, warc(tmp_path / "late.warc.gz", late))
        imported(archive, warc(tmp_path / "early.warc.gz", [(PAGE, day(1), http(old.encode(), HTML))]))
        history = archive.articles.history(PAGE)
        assert [each.first_seen for each in history] == [day(1), day(9)]
        assert ["vijf" in each.article.text for each in history] == [False, True]


def test_what_an_import_that_was_cut_off_left_open_is_filed_by_the_next(tmp_path: Path) -> None:
    records = [(PAGE, day(1), http(undated().encode(), HTML)), (f"{HOME}feed", day(2), feed())]
    path = warc(tmp_path / "x.warc.gz", records)
    with Archive.open(tmp_path / "legger.db") as archive:
        with closing(WebArchives()) as files:
            files.add(path)
            Import(archive, [SITE], now=day(400)).web_archives(files)  # and it is killed before its end
        archive.commit()
        report = imported(archive, path)
        assert (report.kept, report.filed) == (0, {"new": 1})


@pytest.mark.parametrize("name", ["it is left open", "it is older than what is filed", "it is filed at once"])
def test_a_capture_that_stands_in_two_files_is_filed_once(name: str, tmp_path: Path) -> None:
    words = undated() if "open" in name else story(1)
    url = PAGE if "open" in name else f"{HOME}1"
    records = [(url, day(1), http(words.encode(), HTML)), (f"{HOME}feed", day(2), feed())]
    files = [warc(tmp_path / f"{part}.warc.gz", records) for part in (1, 2)]
    with Archive.open(tmp_path / "legger.db") as archive:
        if "older" in name:
            later = (url, day(9), http(words.replace("tevreden", "boos").encode(), HTML))
            imported(archive, warc(tmp_path / "later.warc.gz", [later]))
        report = imported(archive, *files)
        assert (report.kept, report.known, report.filed["new"]) == (2, 2, 1)
        assert archive.integrity.verify() == []


def test_a_page_that_sources_of_an_import_name_is_due_when_a_visit_hears_of_it_and_not_before(
    tmp_path: Path,
) -> None:
    records = [(PAGE, day(1), http(undated().encode(), HTML)), (f"{HOME}feed", day(2), feed())]
    with Archive.open(tmp_path / "legger.db") as archive:
        imported(archive, warc(tmp_path / "x.warc.gz", records))
        link = archive.urls.addresses("krant", [PAGE])[0].link
        assert (link.how, link.found_on, link.title) == ("feed", f"{HOME}feed", TITLE)
        assert archive.urls.due("krant", now=day(500), limit=9) == []
        archive.urls.found("krant", [Link(url=PAGE, how="feed")], at=day(450))
        assert [each.url for each in archive.urls.due("krant", now=day(500), limit=9)] == [PAGE]


def test_what_the_sites_file_says_of_a_publication_is_known_after_an_import(tmp_path: Path) -> None:
    site = replace(SITE, title="De Krant", place="Dorp")
    records = [(f"{HOME}1", day(0), http(story(1).encode(), HTML))]
    with Archive.open(tmp_path / "legger.db") as archive:
        imported(archive, warc(tmp_path / "x.warc.gz", records), site=site)
        (known,) = archive.holdings.stats().sites
        assert (known.title, known.place, known.url) == ("De Krant", "Dorp", HOME)


def test_a_site_learns_from_what_is_like_an_article_by_its_address_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def read(capture: Capture, site: Site, memory: SiteMemory) -> ExtractionTrace:
        asked.append(capture.url)
        return extraction.read(capture, site, memory)

    monkeypatch.setattr("crawler.extract.boilerplate.read", read)
    lists = [(f"{HOME}dorp{n}/", day(n / 100), http(front("/1", "/2").encode(), HTML)) for n in range(40)]
    names = [f"{HOME}een-bericht-uit-het-dorp-{n}" for n in range(4)]
    articles = [(url, day(1 + n), http(story(n).encode(), HTML)) for n, url in enumerate(names)]
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, warc(tmp_path / "x.warc.gz", [*lists, *articles]))
    assert report.filed["new"] == 4
    assert set(asked[:4]) == set(names)
