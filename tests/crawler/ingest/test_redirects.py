"""Redirects: what the address was, where it led, and what stands there; cell by cell, in either order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.export.jsonl import lines
from archive.model.addresses import Miss, Role
from archive.model.types import Status
from crawler.ingest.redirects import TABLE, EarlierState, LeadsTo, Recheck, Target
from legger.cli import legger
from tests.crawler.answering import BASE, Asked, CrawledSite, dorp, moved
from tests.crawler.crawling import Said, front, story

GATE = "http://consent.example/?terug=1"
ELDERS = "http://elders.example/bericht"
RSS = "<rss version='2.0'><channel><title>Dorp</title>{}</channel></rss>"
LIVE, SUSPECT, GONE = Status.LIVE, Status.SUSPECT, Status.GONE
FAILING = Said(status=502)
OTHER = Said(
    body="<html><head><title>Contact</title></head><body><h1>Contact</h1><p>Bel ons.</p></body></html>"
)


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as archive:
        yield archive


@pytest.fixture
def desk(archive: Archive) -> CrawledSite:
    """A village with a front page, a section and two articles, visited once."""
    desk = CrawledSite(archive=archive, site=dorp(listings=(f"{BASE}/sport",)))
    desk.answers = {"/": Said(body=front("/1", "/2", "/contact")), "/sport": Said(body=front("/1")),
                    "/1": Said(body=story(1)), "/2": Said(body=story(2)), "/contact": OTHER}  # fmt: skip
    desk.visit(0)
    assert statuses(desk) == {"/1": LIVE, "/2": LIVE}
    return desk


def statuses(desk: CrawledSite) -> dict[str, Status]:
    """Where each article stands -> how it stands."""
    return {
        desk.archive.articles.addresses_of(each.article_id)[0].removeprefix(BASE): each.status
        for each in desk.archive.articles.all("dorp")
    }


def missed(desk: CrawledSite) -> dict[str, tuple[Miss, str]]:
    return {
        each.url.removeprefix(BASE): (each.kind, each.reason) for each in desk.archive.coverage.missed("dorp")
    }


def test_the_table_has_a_cell_for_all_that_can_come_about() -> None:
    asked = set(
        product(
            EarlierState, set(LeadsTo) - {LeadsTo.FRONT, LeadsTo.NOWHERE}, set(Target) - {Target.NOT_ASKED}
        )
    )
    assert set(TABLE) == asked | set(
        product(EarlierState, (LeadsTo.FRONT, LeadsTo.NOWHERE), (Target.NOT_ASKED,))
    )
    for (was, led, target), cell in TABLE.items():
        assert not (cell.absent and (cell.alias or cell.missed)), "gone is not missed, nor an alias"
        assert cell.absent is (cell.next is Recheck.ABSENT) or was is not EarlierState.ARTICLE
        assert (cell.silent or cell.read) is (was is EarlierState.SOURCE)
        assert cell.missed or target is not Target.FAILED, "a failure never looks like success"
        assert cell.missed or cell.absent or cell.read or led not in (LeadsTo.FRONT, LeadsTo.ELSEWHERE)


@pytest.mark.parametrize("days", [(1, 2, 3)])
@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/", GONE),  # the front page, which every visit asks for
        ("/sport", GONE),  # a section, likewise
        ("/2", GONE),  # another article
        ("/contact", GONE),  # no article
        ("/weg", GONE),  # not there
        ("tel:0541", GONE),  # no address
        ("/kring", LIVE),  # a circle: a fault of the server, or of its cookies
        ("/agenda/2026-03-02/", GONE),  # a trap
        (ELDERS, GONE),  # another site, for good
        ("/stuk", LIVE),  # an error: that says nothing of the article
        ("/traag", LIVE),  # no answer
        ("/muur", LIVE),  # a bot challenge
        (GATE, LIVE),  # a consent gate
        ("/1/", LIVE),  # the same page
    ],
)
def test_whether_an_article_lives_is_told_by_where_it_leads_not_by_what_was_asked_before(
    desk: CrawledSite, target: str, status: Status, days: tuple[int, ...]
) -> None:
    desk.answers |= {"/1": moved(target), "/kring": moved("/1"), "/stuk": FAILING, "/traag": None,
                     "/muur": Said(body="<title>Just a moment...</title><div id='cf-challenge'>"
                                   "Checking your browser before accessing</div>"),
                     "/1/": Said(body=story(1)), GATE: Said(body="<h1>Cookies</h1>"),
                     ELDERS: Said(body=story(7))}  # fmt: skip
    for listed in ([], ["/2", "/contact", "/weg", "/stuk", "/traag", "/kring", "/1/", "/muur"]):
        # the second time the target is listed, and so may be asked for before the article
        desk.answers["/"] = Said(body=front(*listed))
        for day in days:
            desk.visit(day)
        standing = statuses(desk)
        assert [now for url, now in standing.items() if url in ("/1", "/1/")] == [status], standing
        assert standing["/2"] is LIVE
        days = tuple(day + 40 for day in days)


@pytest.mark.parametrize("order", ["the old address first", "the new one first", "the new one a day before"])
@pytest.mark.parametrize("edited", [False, True])
def test_an_article_whose_address_leads_to_one_with_the_same_words_has_moved(
    desk: CrawledSite, order: str, edited: bool
) -> None:
    (number,) = (
        each.article_id for each in desk.archive.articles.versions("dorp") if each.article.url.endswith("/1")
    )
    there = (
        story(1).replace("Bericht 1 uit het dorp</h1>", "Groot bericht uit het dorp</h1>")
        if edited
        else story(1)
    )
    desk.answers["/nieuw-1"] = Said(body=there)
    if order == "the new one a day before":
        desk.answers["/"] = Said(body=front("/nieuw-1", "/2"))
        desk.visit(0.1)
    desk.answers["/"] = Said(body=front("/nieuw-1", "/1") if order == "the new one first" else front("/1"))
    desk.answers["/1"] = moved("/nieuw-1")
    desk.visit(40)
    assert statuses(desk) == {"/nieuw-1": LIVE, "/2": LIVE}
    for address in ("/1", "/nieuw-1"):
        history = desk.archive.articles.history(BASE + address)
        assert [each.article_id for each in history] == [number] * (1 + edited)
        assert [each.changed_fields for each in history][1:] == [("title",)] * edited
    assert desk.archive.articles.addresses_of(number) == [f"{BASE}/nieuw-1", f"{BASE}/1"]
    exported = {row["id"]: row["addresses"] for row in map(json.loads, lines(desk.archive))}
    assert exported[number] == [f"{BASE}/nieuw-1", f"{BASE}/1"]
    desk.visit(80)
    desk.visit(120)
    assert statuses(desk) == {"/nieuw-1": LIVE, "/2": LIVE}
    assert missed(desk) == {}


@pytest.mark.parametrize("first", [True, False])
def test_an_address_that_only_ever_led_to_an_article_is_an_alias_of_it(
    desk: CrawledSite, first: bool
) -> None:
    desk.answers |= {"/kort/3": moved("/3"), "/3": Said(body=story(3)),
                     "/": Said(body=front(*(("/kort/3", "/3") if first else ("/3", "/kort/3"))))}  # fmt: skip
    desk.visit(1)
    (number,) = (
        each.article_id for each in desk.archive.articles.versions("dorp") if each.article.url.endswith("/3")
    )
    assert desk.archive.articles.addresses_of(number) == [f"{BASE}/3", f"{BASE}/kort/3"]
    assert desk.asked.count("/3") == 1


@pytest.mark.parametrize(
    ("target", "kind", "reason"),
    [
        ("/", Miss.CLIENT, "redirects to the front page"),
        ("/sport", Miss.CLIENT, f"redirects to a section, {BASE}/sport"),
        ("/weg", Miss.CLIENT, f"redirects to {BASE}/weg: HTTP 404"),
        ("/stuk", Miss.SERVER, f"redirects to {BASE}/stuk: HTTP 502"),
        ("/traag", Miss.TIMEOUT, f"redirects to {BASE}/traag: timeout"),
        ("mailto:k@dorp.example", Miss.CLIENT, "redirects to 'mailto:k@dorp.example', which is no address"),
        ("/3", Miss.UNREACHABLE, "redirects in circles"),
        (ELDERS, Miss.ELSEWHERE, "another site: elders.example"),
        (GATE, Miss.GATE, "a gate at consent.example"),
    ],
)
def test_what_was_never_seen_and_leads_to_nothing_is_on_the_list_of_what_was_missed(
    desk: CrawledSite, target: str, kind: Miss, reason: str
) -> None:
    desk.answers |= {"/": Said(body=front("/3")), "/3": moved(target), "/stuk": FAILING, "/traag": None,
                     ELDERS: Said(body=story(7)), GATE: Said(body="<h1>Cookies</h1>")}  # fmt: skip
    desk.visit(1)
    assert missed(desk)["/3"] == (kind, reason)


def test_a_redirect_whose_target_fails_once_is_asked_again_in_the_same_run(desk: CrawledSite) -> None:
    turns = iter([FAILING])
    desk.answers |= {"/": Said(body=front("/3", "/1")), "/3": moved("/vers"), "/1": moved("/verser"),
                     "/vers": lambda asked: next(turns, Said(body=story(3))), "/verser": FAILING}  # fmt: skip
    desk.visit(40)
    assert statuses(desk) == {"/vers": LIVE, "/1": LIVE, "/2": LIVE}
    assert missed(desk)["/1"][0] is Miss.SERVER
    desk.answers["/verser"] = Said(body=story(1))
    desk.visit(40.1)  # and soon after
    assert statuses(desk) == {"/vers": LIVE, "/verser": LIVE, "/2": LIVE}
    assert missed(desk) == {}


def wants_a_cookie(page: str) -> object:
    def answer(asked: Asked) -> Said:
        if asked.cookie == "gezien=ja; taal=nl":
            return Said(body=page)
        return Said(status=302, headers={"Location": asked.url, "Set-Cookie": "gezien=ja; Path=/; HttpOnly",
                                         "set-cookie": "taal=nl; Max-Age=3600"})  # fmt: skip

    return answer


def test_a_site_that_wants_to_see_its_cookie_is_shown_it_and_its_articles_stand(desk: CrawledSite) -> None:
    desk.answers |= {f"/{number}": wants_a_cookie(story(number)) for number in (1, 2)}
    desk.answers["/"] = wants_a_cookie(front("/1", "/2"))
    for day in (1, 2, 3, 4, 40):
        run = desk.visit(day)
    assert statuses(desk) == {"/1": LIVE, "/2": LIVE}
    assert missed(desk) == {}
    assert run.counts.status_3xx == 1, "shown once, it is shown with every question of that run"
    desk.answers["/1"] = desk.answers["/2"] = moved("/tel")
    desk.answers["/tel"] = lambda asked: Said(status=302, headers={"Location": "/tel", "Set-Cookie": "n=1"})
    desk.visit(160)
    assert statuses(desk) == {"/1": LIVE, "/2": LIVE}, "a cookie that does not help is not given for ever"


def feed(*paths: str) -> str:
    return RSS.format("".join(f"<item><link>{BASE}{path}</link></item>" for path in paths))


@pytest.mark.parametrize(
    ("answer", "there", "articles", "alarm", "why"),
    [
        (moved("http://krant.example/rss"), Said(body=feed("/3")), 3, "moved source", ""),
        (moved("http://krant.example/rss", 302), Said(body=feed("/3")), 3, "moved source", ""),
        (moved("/rss"), Said(body=feed("/3")), 3, "moved source", ""),
        (moved("/rss", 302), Said(body=feed("/3")), 3, "", ""),
        (moved("/feed/"), Said(body=feed("/3")), 3, "", ""),
        (moved("/rss"), OTHER, 2, "", f"redirects to {BASE}/rss, which is no such source"),
        (moved("/rss"), FAILING, 2, "", f"redirects to {BASE}/rss: HTTP 502"),
        (moved("/rss"), Said(status=404), 2, "", f"redirects to {BASE}/rss: HTTP 404"),
        (moved("/"), OTHER, 2, "", "redirects to the front page"),
        (moved("http://krant.example/rss"), OTHER, 2, "", "another site: krant.example"),
        (moved("/feed"), OTHER, 2, "", "redirects in circles"),
    ],
)
def test_a_source_that_moves_is_followed_and_one_that_leads_to_none_is_silent(
    desk: CrawledSite, answer: Said, there: Said, articles: int, alarm: str, why: str
) -> None:
    desk.site = dorp(feeds=(f"{BASE}/feed",), listings=(f"{BASE}/sport",))
    desk.answers |= {
        "/feed": answer,
        "/rss": there,
        "/feed/": there,
        "http://krant.example/rss": there,
        "/3": Said(body=story(3)),
    }
    run = desk.visit(1)
    assert len(statuses(desk)) == articles
    alarms = {(each.kind, each.subject) for each in desk.archive.alarms.all()}
    assert (("moved source", f"{BASE}/feed") in alarms) is bool(alarm)
    assert run.record.health_signals.silent.get(f"{BASE}/feed", "") == why
    assert (f"{BASE}/feed" in run.record.health_signals.sources) is not bool(why)


def test_a_front_page_that_leads_to_its_own_other_address_is_read_there(desk: CrawledSite) -> None:
    desk.answers |= {"/": moved("/start"), "/start": Said(body=front("/3")), "/3": Said(body=story(3))}
    run = desk.visit(1)
    assert statuses(desk) == {"/1": LIVE, "/2": LIVE, "/3": LIVE}
    assert run.record.health_signals.silent == {}
    assert desk.archive.urls.address("dorp", f"{BASE}/start").role is Role.PAGE


def test_every_hop_of_a_chain_is_judged_by_what_stands_at_its_end(desk: CrawledSite) -> None:
    desk.answers |= {"/": Said(body=front("/kort")), "/kort": moved("/1"), "/1": moved("/2/x", 302),
                     "/2/x": moved("/nieuw-1"), "/nieuw-1": Said(body=story(1))}  # fmt: skip
    desk.visit(1)
    assert statuses(desk) == {"/nieuw-1": LIVE, "/2": LIVE}
    (number,) = {each.article_id for each in desk.archive.articles.history(f"{BASE}/1")}
    now, *aliases = desk.archive.articles.addresses_of(number)
    assert now == f"{BASE}/nieuw-1"
    assert set(aliases) == {f"{BASE}/1", f"{BASE}/kort", f"{BASE}/2/x"}


def test_history_and_show_name_the_addresses_of_an_article_that_moved(
    desk: CrawledSite, tmp_path: Path
) -> None:
    desk.answers |= {"/": Said(body=front("/1")), "/1": moved("/nieuw-1"), "/nieuw-1": Said(body=story(1))}
    desk.visit(40)
    desk.archive.commit()
    where = str(tmp_path / "legger.db")
    told = CliRunner().invoke(legger, ["history", f"{BASE}/1", "--archive", where])
    assert told.exit_code == 0, told.output
    assert f"Stands at {BASE}/nieuw-1" in told.output and f"also known as {BASE}/1" in told.output
    shown = CliRunner().invoke(legger, ["show", f"{BASE}/1", "--archive", where, "--json"])
    assert json.loads(shown.output)["addresses"] == [f"{BASE}/nieuw-1", f"{BASE}/1"]
