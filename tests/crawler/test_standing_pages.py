"""Standing pages of a site that keeps them: with versions, listed by themselves, and never news."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from archive import Archive
from archive.export.choice import RowChoice
from archive.export.jsonl import lines
from archive.model.types import PageKind, Status
from archive.reports.digest import digest
from crawler.ingest.ingest import reader
from crawler.ingest.learn import after_visit
from crawler.rereading import reread
from crawler.siteconfig.site import Pages, Site
from legger.simulator import OPENING, Newspaper
from legger.simulator.houses.wordpress import STANDING, standing_text
from legger.simulator.visits import visit
from tests.crawler.answering import BASE, CrawledSite, dorp
from tests.crawler.crawling import Said, front, story

KEPT = Pages(keep=True)
ABOUT = f"{BASE}/over-ons/"
WORDS = (
    "Dorp is een krant van vrijwilligers. Wij schrijven over wat er in het dorp gebeurt, van raad tot veld.",
    "De redactie zit in het oude raadhuis aan de Markt en is op werkdagen open van negen tot vijf uur.",
)


def about(*words: str, title: str = "Over ons") -> str:
    paragraphs = "".join(f"<p>{each}</p>" for each in words or WORDS)
    return (
        f"<!DOCTYPE html><html lang='nl'><head><title>{title} - Dorp</title></head><body class='page-id-7'>"
        f"<nav><a href='/'>Dorp</a></nav><main><h1>{title}</h1>{paragraphs}</main></body></html>"
    )


@pytest.fixture
def town(archive_file: Path) -> Iterator[Callable[..., CrawledSite]]:
    with Archive.open(archive_file) as archive:

        def make(**facts: Any) -> CrawledSite:
            answers = {
                "/": Said(body=front("/bericht-1", "/bericht-2", "/over-ons/")),
                "/bericht-1": Said(body=story(1)),
                "/bericht-2": Said(body=story(2)),
                "/over-ons/": Said(body=about()),
            }
            return CrawledSite(archive=archive, site=dorp(**facts), answers=answers)

        yield make


def kept(archive: Archive) -> list[tuple[str, int]]:
    return [
        (each.article.url, each.number) for each in archive.listings.found_last(pages=True, limit=None).items
    ]


def test_without_the_word_of_the_sites_file_a_standing_page_is_a_capture_alone(
    town: Callable[..., CrawledSite],
) -> None:
    dorp = town()
    dorp.visit()
    assert kept(dorp.archive) == []
    [sight] = dorp.archive.articles.sightings(ABOUT)
    assert (sight.page, sight.version) == (PageKind.PAGE, None)


def test_a_page_that_is_kept_has_versions(town: Callable[..., CrawledSite]) -> None:
    dorp = town(pages=KEPT)
    dorp.visit()
    dorp.visit(40)
    dorp.answers["/over-ons/"] = Said(body=about(*WORDS, "Sinds dit jaar is er ook een weekblad."))
    dorp.visit(80)
    assert kept(dorp.archive) == [(ABOUT, 2)]
    old, new = dorp.archive.articles.history(ABOUT)
    assert (old.article.kind, new.article.kind) == (PageKind.PAGE, PageKind.PAGE)
    assert new.changed_fields == ("text",)
    assert "weekblad" in new.article.text


def lists(archive: Archive) -> dict[str, set[str]]:
    """Every list of news: what stands in it."""
    archive.index.update()
    with archive.snapshot() as connection:
        views = {
            view: set(connection.execute(text(f"SELECT url FROM {view}")).scalars())
            for view in ("current_articles", "all_versions", "edits", "disappearances")
        }
    week = digest(archive, since=OPENING, until=OPENING + timedelta(days=200))
    return {
        "all": {each.article.url for each in archive.articles.all()},
        "versions": {each.article.url for each in archive.articles.versions()},
        "newest": {each.article.url for each in archive.articles.newest()},
        "as of": {each.article.url for each in archive.articles.as_of(OPENING + timedelta(days=190))},
        "edits": {each.article.url for each in archive.articles.edits()},
        "gone": {each.version.article.url for each in archive.articles.gone(suspect=True)},
        "found last": {each.article.url for each in archive.listings.found_last().items},
        "recent edits": {each.article.url for each in archive.listings.recent_edits().items},
        "most edited": {each.article.url for each, _ in archive.listings.most_edited(since=OPENING)},
        "disappeared": {
            each.version.article.url for each in archive.listings.disappeared(suspect=True).items
        },
        "search": {each.version.article.url for each in archive.search.search("redactie").hits},
        "search of all": {each.version.article.url for each in archive.search.search("in:all").hits},
        "export": {orjson.loads(each)["url"] for each in lines(archive)},
        "export of all": {orjson.loads(each)["url"] for each in lines(archive, RowChoice(versions="all"))},
        "learned from": {each.capture.url for each in archive.articles.article_captures("dorp", latest=100)},
        "doubtful": {each.version.article.url for each in archive.doubtful.list(limit=None).most},
        **views,
        "digest": {each.version.article.url for each in (*week.silent, *week.rewritten)}
        | {each.version.article.url for each in week.gone},
    }


def test_a_page_that_is_kept_is_in_no_list_of_news_and_no_count(town: Callable[..., CrawledSite]) -> None:
    dorp = town(pages=KEPT)
    first = dorp.visit()
    assert (first.counts.new, first.record.health_signals.new) == (2, 2)
    dorp.answers["/over-ons/"] = Said(body=about(*WORDS, "Sinds dit jaar is er ook een weekblad."))
    second = dorp.visit(40)
    assert second.counts.changed == 0
    for day in (120, 124, 128, 140):
        dorp.answers["/over-ons/"] = Said(status=410)
        dorp.visit(day)
    archive = dorp.archive
    assert [each.status for each in archive.listings.found_last(pages=True).items] == [Status.GONE]
    for name, urls in lists(archive).items():
        assert ABOUT not in urls, name
    with archive.snapshot() as connection:
        assert connection.execute(text("SELECT url, version FROM kept_pages")).all() == [(ABOUT, 2)]
    [counts] = archive.holdings.site_counts()
    assert (counts.articles, counts.versions, counts.gone, counts.standing_pages) == (2, 2, 0, 1)
    days = archive.listings.days(OPENING - timedelta(days=1))
    assert (sum(each.new for each in days), sum(each.edits for each in days)) == (2, 0)
    assert sum(archive.listings.published_by_month("dorp").values()) == 2
    [tally] = digest(
        archive, since=OPENING - timedelta(days=1), until=OPENING + timedelta(days=200)
    ).sites.values()
    assert (tally.new, tally.changed, tally.gone) == (2, 0, 0)
    assert sum(each.articles for each in archive.coverage.of_site("dorp")) <= 2


def test_a_page_is_found_and_exported_by_who_asks_for_pages(town: Callable[..., CrawledSite]) -> None:
    dorp = town(pages=KEPT)
    dorp.visit()
    archive = dorp.archive
    archive.index.update()
    assert [each.version.article.url for each in archive.search.search("redactie kind:page").hits] == [ABOUT]
    assert archive.search.search("redactie -kind:page").hits == ()
    asked = {orjson.loads(each)["url"] for each in lines(archive, RowChoice(query="kind:page"))}
    assert asked == {ABOUT}
    every = [orjson.loads(each) for each in lines(archive, RowChoice(pages=True))]
    assert {each["kind"] for each in every} == {"article", "page"}
    assert {
        each["kind"] for each in map(orjson.loads, lines(archive, RowChoice(pages=True, query="de")))
    } == {
        "article",
        "page",
    }


def again(dorp: CrawledSite, **facts: Any) -> dict[str, int]:
    """The site's file says otherwise, and the operator reads again."""
    dorp.site = replace(dorp.site, **facts)
    return reread(dorp.site, dorp.archive, lambda site, memory: None)


def test_reread_files_the_pages_that_were_captured_before_the_file_said_to_keep_them(
    town: Callable[..., CrawledSite],
) -> None:
    dorp = town()
    dorp.visit()
    dorp.answers["/over-ons/"] = Said(body=about(*WORDS, "Sinds dit jaar is er ook een weekblad."))
    dorp.visit(40)
    assert again(dorp, pages=KEPT)["pages"] == 1
    assert [each.first_seen for each in dorp.archive.articles.history(ABOUT)] == [
        OPENING,
        OPENING + timedelta(days=40),
    ]
    assert "pages" not in again(dorp), "it is filed once"
    dorp.visit(80)
    assert kept(dorp.archive) == [(ABOUT, 2)]
    assert len(list(dorp.archive.articles.all())) == 2


def test_what_was_kept_stays_when_pages_are_kept_no_longer_and_has_no_more_versions(
    town: Callable[..., CrawledSite],
) -> None:
    dorp = town(pages=KEPT)
    dorp.visit()
    again(dorp, pages=Pages())
    dorp.answers["/over-ons/"] = Said(body=about(*WORDS, "Sinds dit jaar is er ook een weekblad."))
    run = dorp.visit(40)
    assert kept(dorp.archive) == [(ABOUT, 1)]
    assert run.record.health_signals.pages.get("lost", 0) == 0
    assert len(list(dorp.archive.articles.all())) == 2


def test_an_article_that_reads_as_a_page_becomes_one_by_reread_where_pages_are_kept_and_an_article_again(
    town: Callable[..., CrawledSite],
) -> None:
    dorp = town(articles=(r"/bericht-\d+$", r"/over-ons/$"))
    dorp.visit()
    assert len(list(dorp.archive.articles.all())) == 3, "the site's file calls it an article"
    counts = again(dorp, articles=(r"/bericht-\d+$",))
    assert (counts["not-article"], "sorted" in counts, kept(dorp.archive)) == (1, False, []), "left as it was"
    assert again(dorp, pages=KEPT)["sorted"] == 1
    assert kept(dorp.archive) == [(ABOUT, 1)]
    dorp.archive.index.update()
    assert ABOUT not in lists(dorp.archive)["search of all"]
    assert again(dorp, articles=(r"/bericht-\d+$", r"/over-ons/$"))["sorted"] == 1
    assert kept(dorp.archive) == []
    assert len(list(dorp.archive.articles.all())) == 3


def test_a_page_whose_reading_wavers_stays_a_page_and_another_story_there_becomes_an_article(
    town: Callable[..., CrawledSite],
) -> None:
    dorp = town(pages=KEPT)
    dorp.visit()
    dated = (
        about()
        .replace("page-id-7", "single")
        .replace("<h1>", "<p class='date'>2 maart 2026</p><h1>")
        .replace(
            "<head>", "<head><meta property='article:published_time' content='2026-03-02T10:00:00+01:00'>"
        )
    )
    dorp.answers["/over-ons/"] = Said(body=dated.replace("Over ons", "Wie wij zijn"))
    dorp.visit(40)
    assert [each for each, _ in kept(dorp.archive)] == [ABOUT]
    assert len(list(dorp.archive.articles.all())) == 2
    other = story(9).replace("bericht-9", "over-ons")
    dorp.answers["/over-ons/"] = Said(body=other)
    dorp.visit(80)
    assert kept(dorp.archive) == []
    assert ABOUT in {each.article.url for each in dorp.archive.articles.all()}


def test_memory_is_not_learned_from_pages(town: Callable[..., CrawledSite]) -> None:
    dorp = town(pages=KEPT)
    dorp.visit()
    after_visit(dorp.site, dorp.archive, OPENING + timedelta(days=1))
    assert dorp.archive.boilerplate.get("dorp").articles <= 2
    assert reader(dorp.site, dorp.archive) is not None


@pytest.mark.parametrize("site", [dorp(), dorp(pages=KEPT)])
def test_a_sites_file_says_it(site: Site, tmp_path: Path) -> None:
    from crawler.siteconfig.files import read_site
    from crawler.siteconfig.writing import write_site

    assert read_site(write_site(site, tmp_path / "dorp.toml")).pages == site.pages


def test_the_standing_pages_of_a_house_have_the_versions_its_editors_made(archive_file: Path) -> None:
    paper = Newspaper(articles=12, days=60, only=["berkelnieuws"])
    (house,) = paper.houses
    seen = [OPENING + timedelta(days=day) for day in (0, 31, 62)]
    with Archive.open(archive_file) as archive:
        for at in seen:
            visit(house.site, archive, paper, at=at, change=lambda answer: answer, backfill=True)
        for path in STANDING:
            told = list(dict.fromkeys(standing_text(path, at) for at in seen))
            versions = archive.articles.history(house.base + path)
            assert [each.article.text for each in versions] == told, path
            assert {each.article.kind for each in versions} == {PageKind.PAGE}
        assert {each.article.url for each in archive.articles.all()}.isdisjoint(
            house.base + path for path in STANDING
        )
