"""Sites as they are: what a whole run makes of them, one situation a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Miss
from archive.model.types import Status, VerdictKind
from crawler.ingest.answer import Answer
from crawler.ingest.ingest import ingest, reader
from crawler.siteconfig.site import Rules
from tests.crawler.answering import BASE, CrawledSite, captured, dorp
from tests.crawler.crawling import OPENING, Said, front, story


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as archive:
        yield archive


@pytest.fixture
def desk(archive: Archive) -> CrawledSite:
    return CrawledSite(archive=archive, site=dorp())


# ---------------------------------------------------------------- pages of an article


@pytest.mark.parametrize("further", ["/3?page={}", "/3/{}/", "/3/page/{}"])
def test_an_ordinary_visit_asks_for_all_pages_of_an_article(desk: CrawledSite, further: str) -> None:
    pages = ["/3", further.format(2), further.format(3)]
    nav = "".join(f"<a href='{each}'>{number}</a>" for number, each in enumerate(pages, 1))
    for number, each in enumerate(pages):
        body = story(number + 3).replace(f"Bericht {number + 3} uit", "Bericht 3 uit")
        body = body.replace(f"T10:0{number + 3}", "T10:03")
        desk.answers[each] = Said(body=body.replace("</article>", f"<nav>{nav}</nav></article>"))
    desk.answers["/"] = Said(body=front("/3"))
    for day in range(3):
        desk.visit(day)
    (article,) = desk.archive.articles.versions("dorp")
    assert article.number == 1
    for number in (3, 4, 5):
        assert f"In alinea 5 van bericht {number}" in article.article.text


@pytest.mark.parametrize("order", [("/3/2/", "/3/"), ("/3/", "/3/2/")])
def test_a_further_page_that_is_named_before_the_first_is_no_article_of_its_own(
    desk: CrawledSite, order: tuple[str, str]
) -> None:
    nav = "<nav><a href='/3/'>1</a><a href='/3/2/'>2</a></nav></article>"
    for number, each in enumerate(("/3/", "/3/2/")):
        body = story(number + 3).replace(f"Bericht {number + 3} uit", "Bericht 3 uit")
        body = body.replace(f"T10:0{number + 3}", "T10:03").replace("</article>", nav)
        desk.answers[each] = Said(body=body)
    desk.answers["/"] = Said(body=front(*order))
    desk.visit()
    desk.visit(1)
    (article,) = desk.archive.articles.all("dorp")
    assert article.number == 1
    assert "In alinea 5 van bericht 4" in article.article.text


def test_numbers_at_the_end_of_addresses_are_no_pages_of_another_article(desk: CrawledSite) -> None:
    links = "<a href='/4'>4</a><a href='/nieuws/2'>2</a><a href='/3/reacties/2'>2</a><a href='?page=1'>1</a>"
    desk.answers |= {"/": Said(body=front("/3")), "/3": Said(body=story(3, more=links))}
    desk.visit()
    assert desk.asked == ["/", "/3"]


# ---------------------------------------------------------------- pages without an end


OPEN = story(1).replace("</article></main></body></html>", "<div>Door Jan</div>")


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        (OPEN, OPEN, Answer.PAGE),
        (OPEN, OPEN.replace("Bericht 1 uit het dorp<", "Bericht 1 uit het kleine dorp<"), Answer.PAGE),
        (OPEN, None, Answer.BROKEN_OFF),
        (OPEN, OPEN.replace("Door Jan", "Door Piet"), Answer.BROKEN_OFF),
        (OPEN[:-30], OPEN[:-30], Answer.BROKEN_OFF),
        (OPEN[:-2], OPEN[:-2], Answer.BROKEN_OFF),
    ],
    ids=["twice the same", "the same end", "once", "another end", "within a text", "within a tag"],
)
def test_a_page_without_an_end_is_whole_when_it_ends_alike_twice_behind_an_element(
    archive: Archive, first: str, second: str | None, answer: Answer
) -> None:
    site = dorp()
    for said in (first, second) if second is not None else (first,):
        capture = replace(captured(f"{BASE}/1", Said(body=said), at=OPENING, site="dorp"), truncated=True)
        done = ingest(capture, site, archive, reader(site, archive))
    assert done.answer is answer
    assert done.kept.capture.truncated is (answer is Answer.BROKEN_OFF)
    assert (done.verdict is not None and done.verdict.kind is VerdictKind.NEW) is (answer is Answer.PAGE)


def test_a_page_that_had_an_end_before_is_cut_off_however_often_it_ends_alike(archive: Archive) -> None:
    site = dorp()
    for said, cut in ((story(1), False), (OPEN, True), (OPEN, True)):
        capture = replace(captured(f"{BASE}/1", Said(body=said), at=OPENING, site="dorp"), truncated=cut)
        done = ingest(capture, site, archive, reader(site, archive))
    assert done.answer is Answer.BROKEN_OFF
    assert len(list(archive.articles.history(f"{BASE}/1"))) == 1


def test_a_page_with_a_stated_length_that_is_not_reached_is_cut_off(archive: Archive) -> None:
    site = dorp()
    said = Said(body=OPEN, headers={"Content-Length": "99999"})
    for _ in range(2):
        capture = replace(captured(f"{BASE}/1", said, at=OPENING, site="dorp"), truncated=True)
        assert ingest(capture, site, archive, reader(site, archive)).answer is Answer.BROKEN_OFF


# ---------------------------------------------------------------- redirects without an end


def test_a_site_whose_pages_all_redirect_in_circles_has_lost_none_of_them(desk: CrawledSite) -> None:
    desk.answers |= {"/": Said(body=front("/1", "/2")), "/1": Said(body=story(1)), "/2": Said(body=story(2))}
    desk.visit()
    for path in ("/1", "/2"):
        desk.answers[path] = lambda asked: Said(
            status=302, headers={"Location": asked.url, "Set-Cookie": "sessie=1"}
        )
    for day in range(1, 7):
        run = desk.visit(day)
    assert {each.status for each in desk.archive.articles.all("dorp")} == {Status.LIVE}
    assert {each.kind for each in desk.archive.coverage.missed("dorp")} == {Miss.UNREACHABLE}
    assert run.ended is not None and run.ended.value == "partly"


# ---------------------------------------------------------------- a list where an article stood


@pytest.mark.parametrize(
    ("headline", "status"), [("Dossier zwembad", Status.GONE), ("Bericht 1 uit het dorp", Status.LIVE)]
)
def test_a_list_where_an_article_stood_is_an_absence_unless_it_keeps_the_headline(
    desk: CrawledSite, headline: str, status: Status
) -> None:
    items = "".join(
        f"<li><h2><a href='/{number}'>Bericht {number} uit het dorp over het zwembad</a></h2></li>"
        for number in range(2, 14)
    )
    head = f"<head><title>{headline}</title></head>"
    desk.answers |= {f"/{number}": Said(body=story(number)) for number in range(1, 14)}
    desk.answers["/"] = Said(body=front(*desk.answers))
    desk.visit()
    desk.answers["/1"] = Said(
        body=f"<html lang='nl'>{head}<body><h1>{headline}</h1><ul>{items}</ul></body></html>"
    )
    for day in range(1, 7):
        desk.visit(day)
    standing = {each.article.url: each for each in desk.archive.articles.all("dorp")}
    assert standing[f"{BASE}/1"].status is status
    assert standing[f"{BASE}/1"].number == 1
    assert {each.status for url, each in standing.items() if not url.endswith("/1")} == {Status.LIVE}


# ---------------------------------------------------------------- feeds that are named untidily


@pytest.mark.parametrize(
    "link",
    [
        "<link rel='alternate' href='/rss'>",
        "<link rel='alternate' href='/nieuws.php' title='RSS'>",
        "<link rel='alternate' type='text/xml' href='/rss'>",
        "<link rel='alternate' type='application/xml' title='Nieuwsfeed, RSS' href='/nieuws.php'>",
        "<link rel='feed' href='/nieuws.php'>",
    ],
)
def test_a_feed_is_found_however_the_front_page_names_it(desk: CrawledSite, link: str) -> None:
    feed = f"<rss version='2.0'><channel><item><link>{BASE}/1</link></item></channel></rss>"
    desk.answers |= {
        "/": Said(body=front().replace("</head>", f"{link}</head>")),
        "/rss": Said(body=feed, type="text/xml"),
        "/nieuws.php": Said(body=feed, type="text/xml"),
        "/1": Said(body=story(1)),
    }
    desk.visit()
    assert "/1" in desk.asked


@pytest.mark.parametrize(
    "link", ["<link rel='alternate' hreflang='en' href='/en/rss'>", "<link rel='alternate' href='/mobiel'>"]
)
def test_another_form_of_the_page_is_no_feed(desk: CrawledSite, link: str) -> None:
    desk.answers["/"] = Said(body=front().replace("</head>", f"{link}</head>"))
    desk.visit()
    assert desk.asked == ["/"]


def test_a_table_that_a_rule_keeps_is_text(archive: Archive) -> None:
    table = "<table class='uitslag'><tr><td>HSC - Quick</td><td>3-2</td></tr></table></article>"
    site = dorp(rules=(Rules(keep=("table.uitslag",)),))
    said = Said(body=story(1).replace("</article>", table))
    done = ingest(captured(f"{BASE}/1", said, at=OPENING, site="dorp"), site, archive, reader(site, archive))
    assert done.article is not None and done.article.text.endswith("HSC - Quick\n3-2")


# ---------------------------------------------------------------- feeds that are found

FOUND_FEED = Said(
    body=(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>x</title><item><title>Drie</title>"
        f"<link>{BASE}/3</link></item></channel></rss>"
    ),
    type="application/rss+xml",
)


@pytest.mark.parametrize(
    ("feed", "more", "headers"),
    [
        ("/rss", "<footer><a href='/rss'>RSS</a></footer>", {}),
        ("/nieuws/feed/", "<a href='/nieuws/feed/'><img src='rss.png'></a>", {}),
        ("/feed", "", {"Link": '</feed>; rel="alternate"; type="application/rss+xml"'}),
        ("/x", "", {"Link": "</a.css>; rel=preload, </x>; type=application/atom+xml; rel=alternate"}),
        ("/feed.json", "<link rel='alternate' type='application/feed+json' href='/feed.json'>", {}),
    ],
)
def test_a_feed_that_the_front_page_names_in_another_way_is_found(
    desk: CrawledSite, feed: str, more: str, headers: dict[str, str]
) -> None:
    desk.answers["/"] = Said(body=front() + more, headers=headers)
    desk.answers[feed], desk.answers["/3"] = FOUND_FEED, Said(body=story(3))
    desk.visit()
    assert len(list(desk.archive.articles.versions("dorp"))) == 1


def test_feeds_of_comments_and_feeds_that_an_article_links_to_are_not_asked_for(desk: CrawledSite) -> None:
    desk.answers["/"] = Said(body=front("/3") + "<a href='/comments/feed'>RSS</a>")
    desk.answers["/3"] = Said(body=story(3, more="<a href='/3/feed/'>RSS</a>"))
    desk.visit()
    assert not [path for path in desk.asked if "feed" in path]


def test_a_visit_of_a_site_whose_file_names_its_feed_asks_for_no_other(archive: Archive) -> None:
    desk = CrawledSite(archive=archive, site=dorp(feeds=(f"{BASE}/feed",)))
    desk.answers |= {"/": Said(body=front() + "<a href='/rss'>RSS</a>"), "/feed": FOUND_FEED}
    desk.visit()
    assert "/rss" not in desk.asked
