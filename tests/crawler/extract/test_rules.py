"""A site's rules: every key changes what is read, in a crawl, a rereading, a check and a single page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.model.types import Article, SiteMemory
from crawler.extract.article import extract
from crawler.extract.page.page import Page
from crawler.extract.rules import ruled
from crawler.ingest.ingest import ingest, reader
from crawler.rereading import pool, reread
from crawler.siteconfig.site import Rules, Site
from tests.crawler.extract.pages import AT, SITE, capture, html
from tests.crawler.onboarding.test_check import GOOD, at_a_host, of

PAGE = html(
    """<header><p class="slogan">Ook voor uw buurt</p></header><main><article>
    <h1>Plein gaat op de schop</h1><p class="wie">Anneke Brons</p><p class="wanneer">11 april 2021</p>
    <p>De gemeente gaat het plein opnieuw inrichten, zo heeft het college na lang beraad besloten.</p>
    <p class="reclame">Bij de bakker op de hoek is deze week alles twee voor de prijs van een, kom langs.</p>
    <p>Bewoners mochten daarover meepraten en kozen in meerderheid voor bomen en een fontein.</p>
    <p>De wethouder zegt dat het werk in het voorjaar begint en een half jaar zal duren.</p></article>
    <table class="uitslag"><tr><td>Bomen</td><td>312 stemmen</td></tr></table>
    <div class="onderaan"><h6>Advertentie</h6><p>Vraag bij de fietsenmaker naar de voorwaarden.</p></div>
    </main>"""
)


def read(rules: Rules | None, *, page: str = PAGE) -> Article:
    site = replace(SITE, rules=(rules,) if rules else ())
    return extract(capture(page), site, SiteMemory(site=site.name))


def test_strip_takes_an_element_out_of_the_text() -> None:
    assert "bakker" in read(None).text
    article = read(Rules(strip=("p.reclame",)))
    assert "bakker" not in article.text
    assert "meerderheid" in article.text


def test_strip_takes_an_element_from_the_fields_too() -> None:
    assert read(None).published
    assert read(Rules(strip=(".wanneer",))).published is None


def test_strip_knows_what_only_beautifulsoup_runs() -> None:
    article = read(Rules(strip=('div:has(h6:-soup-contains("dvertentie"))',), keep=("div.onderaan",)))
    assert "fietsenmaker" not in article.text


def test_keep_puts_an_element_into_the_text() -> None:
    assert "312 stemmen" not in read(None).text
    article = read(Rules(keep=("table.uitslag",)))
    assert "312 stemmen" in article.text
    assert "meerderheid" in article.text


def test_body_is_all_the_text_there_is() -> None:
    article = read(Rules(body=(".niet-hier", "article > p:nth-of-type(5)")))
    assert article.text.startswith("Bewoners mochten daarover meepraten")
    assert article.word_count == 13


def test_a_body_that_the_page_lacks_leaves_the_reading_as_it_is() -> None:
    assert read(Rules(body=(".niet-hier",))).text == read(None).text


def test_title_author_and_published_are_taken_where_the_rules_say() -> None:
    article = read(Rules(title=(".slogan",), author=(".wie",), published=(".wanneer",)))
    assert (article.title, article.authors) == ("Ook voor uw buurt", ("Anneke Brons",))
    assert article.published is not None
    assert (article.published.text, article.published.source) == ("2021-04-11", "rule")


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        (AT.date(), AT.date(), True),
        (AT.date() + timedelta(days=1), None, False),
        (None, AT.date() - timedelta(days=1), False),
    ],
)
def test_rules_hold_from_a_day_until_a_day(since: date | None, until: date | None, holds: bool) -> None:
    article = read(Rules(strip=("p.reclame",), valid_from=since, valid_until=until))
    assert ("bakker" not in article.text) is holds


def test_an_element_inside_a_line_stands_for_its_line() -> None:
    page = PAGE.replace("<td>312 stemmen</td>", "<td><b class='stand'>312 stemmen</b></td>")
    assert "312 stemmen" in read(Rules(keep=("b.stand",)), page=page).text


def test_the_page_as_it_was_captured_is_not_changed() -> None:
    kept = capture(PAGE)
    site = replace(SITE, rules=(Rules(strip=("p",)),))
    page = Page.of(kept)
    before = page.tree.html
    assert ruled(page, site).page.tree.css("p") == []
    assert page.tree.html == before


def test_a_crawl_files_by_the_rules_and_a_rereading_by_those_of_today(archive_file: Path) -> None:
    site = Site(name="bode", url="https://www.bode.example/", rules=(Rules(keep=("table.uitslag",)),))
    kept = capture(PAGE)

    def filed(archive: Archive) -> str:
        return next(iter(archive.articles.versions("bode"))).article.text

    with Archive.open(archive_file) as archive:
        ingest(kept, site, archive, reader(site, archive))
        archive.commit()
        assert "312 stemmen" in filed(archive)
        assert "bakker" in filed(archive)
        today = replace(site, rules=(Rules(strip=("p.reclame",)),))
        with pool(str(archive_file), 1) as processes:
            reread(today, archive, processes)
        assert "312 stemmen" not in filed(archive)
        assert "bakker" not in filed(archive)


def test_a_site_check_reads_by_the_rules() -> None:
    plain, _ = at_a_host(GOOD)
    short, _ = at_a_host(GOOD, rules=(Rules(strip=("article > p:nth-of-type(n+2)",)),))
    assert of(plain, "text").says != of(short, "text").says
