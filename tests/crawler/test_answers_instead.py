"""What is answered in the place of an article, a front page or a feed: never a success, nor an edit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Miss, Outcome
from archive.model.types import Status
from tests.crawler.answering import BASE, Asked, CrawledSite, dorp, moved
from tests.crawler.crawling import Said, front, story

NUMBERS = range(1, 7)
FEED = f"{BASE}/feed"
DONE, PARTLY, FAILED, REFUSED = Outcome.DONE, Outcome.PARTLY, Outcome.FAILED, Outcome.REFUSED


def shown(title: str, words: str) -> Said:
    return Said(
        body=f"<html><head><title>{title}</title></head><body><header><a href='/'>Home</a></header><main>"
        f"<h1>{title}</h1><p>{words}</p></main></body></html>"
    )


GARBLED = b"\x1f\x8b\x08\x00\xff\xfe\x00\x01" * 40
PHP = Said(body="<br />\n<b>Fatal error</b>:  Uncaught mysqli_sql_exception in /var/www/index.php:12")
WORKS = Said(body="<html><head><title>Onderhoud</title></head><body><h1>Even geduld</h1><p>Deze website is"
                  " tijdelijk niet bereikbaar wegens onderhoud.</p></body></html>")  # fmt: skip
FOR_SALE = Said(body="<html><head><title>dorp.example is for sale</title></head><body><h1>dorp.example</h1>"
                     "<p>This domain may be for sale. Buy this domain.</p></body></html>")  # fmt: skip


ANUBIS = shown("Making sure you&#39;re not a bot!", "Loading... " + "Why am I seeing this? " * 15)
LANDER = Said(body="<script>window.onload=function(){window.location.href='/lander'}</script>")
ENDED = shown("Dorp is gestopt", "Na dertig jaar houdt de krant ermee op en wij danken alle lezers. " * 6)
SERVER = shown("Welcome to nginx!", "If you see this page, the web server is successfully installed. " * 4)
QUEUE = "https://dorp.queue-it.example/?t=http://dorp.example/1"
WALLS = {wall: shown("Dorp", "Kies hoe u verder gaat.") for wall in ("/pur?vers=%2F1", QUEUE)}


def feed(*paths: str, more: str = "") -> Said:
    items = "".join(f"<item><link>{BASE}{path}</link></item>" for path in paths)
    spaces = (
        "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:atom='http://www.w3.org/2005/Atom'"
    )
    return Said(
        body=f"<rss version='2.0' {spaces}><channel>{more}{items}</channel></rss>", type="application/rss+xml"
    )


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as archive:
        yield archive


@pytest.fixture
def desk(archive: Archive) -> CrawledSite:
    """A village with six articles on its front page, visited twice."""
    desk = CrawledSite(archive=archive, site=dorp())
    desk.answers = {"/": Said(body=front(*(f"/{number}" for number in NUMBERS)))}
    desk.answers |= {f"/{number}": Said(body=story(number)) for number in NUMBERS}
    desk.visit(0)
    desk.visit(1)
    return desk


def stands(desk: CrawledSite, path: str) -> tuple[Status, int]:
    version = desk.archive.articles.version(BASE + path)
    return version.status, version.number


def missed(desk: CrawledSite) -> dict[str, Miss]:
    return {each.url.removeprefix(BASE): each.kind for each in desk.archive.coverage.missed("dorp")}


@pytest.mark.parametrize(
    ("answer", "kind", "ended"),
    [
        pytest.param(Said(body=""), Miss.UNREADABLE, PARTLY, id="nothing"),
        pytest.param(Said(body="  \n"), Miss.UNREADABLE, PARTLY, id="white space"),
        pytest.param(Said(status=204), Miss.UNREADABLE, PARTLY, id="204"),
        pytest.param(Said(body=GARBLED), Miss.UNREADABLE, PARTLY, id="garbled"),
        pytest.param(PHP, Miss.NO_TEXT, DONE, id="a fatal error of PHP"),
        pytest.param(WORKS, Miss.NO_TEXT, DONE, id="a notice of works"),
        pytest.param(FOR_SALE, Miss.NO_TEXT, DONE, id="a domain for sale"),
        pytest.param(Said(body=b"%PDF-1.4", type="application/pdf"), Miss.NO_TEXT, DONE, id="a file"),
        pytest.param(Said(body="{}", type="application/json"), Miss.NO_TEXT, DONE, id="JSON"),
        pytest.param(moved("/login?next=/1", 302), Miss.GATE, DONE, id="its own log-in"),
        pytest.param(moved("/mijn-account/", 301), Miss.GATE, DONE, id="its own account page"),
        pytest.param(moved("/toestemming?terug=/1", 302), Miss.GATE, DONE, id="its own wall"),
        pytest.param(moved("/pur?vers=%2F1", 302), Miss.GATE, DONE, id="a page that takes its reader back"),
        pytest.param(moved(QUEUE, 302), Miss.GATE, DONE, id="a waiting room elsewhere"),
        pytest.param(moved("/1", 302), Miss.UNREACHABLE, PARTLY, id="a circle"),
        pytest.param(Said(body=story(9)[:900], status=206), Miss.CUT, PARTLY, id="206 that nobody asked for"),
        pytest.param(Said(status=304), Miss.UNREADABLE, PARTLY, id="304 that nobody asked for"),
        pytest.param(ANUBIS, Miss.GATE, DONE, id="a challenge with 200"),
        pytest.param(Said(status=302), Miss.CLIENT, DONE, id="a redirect to nowhere"),
        pytest.param(Said(status=403), Miss.CLIENT, DONE, id="403"),
        pytest.param(Said(status=451), Miss.CLIENT, DONE, id="451"),
        pytest.param(Said(status=101), Miss.UNREACHABLE, PARTLY, id="101 that nobody asked for"),
        pytest.param(Said(status=999), Miss.UNREACHABLE, PARTLY, id="999"),
        pytest.param(Said(status=426), Miss.CLIENT, DONE, id="426"),
        pytest.param(Said(status=408), Miss.TIMEOUT, PARTLY, id="408"),
        pytest.param(Said(status=421), Miss.UNREACHABLE, PARTLY, id="421"),
        pytest.param(Said(status=500, body=story(9)), Miss.SERVER, PARTLY, id="500 with an article"),
        pytest.param(Said(status=503, headers={"Retry-After": "60"}), Miss.WAIT, PARTLY, id="503"),
        pytest.param(None, Miss.TIMEOUT, PARTLY, id="no answer"),
    ],
)  # fmt: skip
def test_an_article_in_whose_place_something_else_is_answered_stands_and_is_missed(
    desk: CrawledSite, answer: Said | None, kind: Miss, ended: Outcome
) -> None:
    good, desk.answers["/1"] = desk.answers["/1"], answer
    desk.answers |= WALLS
    for day in (3, 4, 5, 6):
        assert desk.visit(day).ended is ended
    assert stands(desk, "/1") == (Status.LIVE, 1)
    assert missed(desk) == {"/1": kind}
    desk.answers["/1"] = good
    for day in (8, 10, 20):
        desk.visit(day)
    assert (stands(desk, "/1"), missed(desk)) == ((Status.LIVE, 1), {})
    assert not list(desk.archive.articles.edits("dorp"))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Site under maintenance", "We are performing scheduled maintenance. We will be back shortly."),
        (
            "Wartungsarbeiten",
            "Unsere Website wird gerade gewartet. Bitte versuchen Sie es später noch einmal.",
        ),
        ("Przerwa techniczna", "Trwają prace konserwacyjne. Zapraszamy wkrótce."),
        ("Dorp", "Ons nieuws is tijdelijk niet bereikbaar wegens onderhoud. Probeer het later nog eens."),
    ],
)
def test_a_notice_of_works_however_long_says_nothing_of_the_article(
    desk: CrawledSite, title: str, words: str
) -> None:
    desk.answers["/1"] = shown(title, f"{words} " * 6)
    for day in (3, 4, 5, 6):
        desk.visit(day)
    assert stands(desk, "/1") == (Status.LIVE, 1)
    assert missed(desk) == {"/1": Miss.NO_TEXT}


def test_an_answer_that_says_nothing_is_asked_for_again_in_the_same_visit(desk: CrawledSite) -> None:
    answers = iter([Said(body=""), desk.answers["/1"]])
    desk.answers["/1"] = lambda asked: next(answers)
    assert desk.visit(3).ended is DONE
    assert missed(desk) == {}


@pytest.mark.parametrize(
    "answer",
    [
        Said(status=410),
        Said(status=404, body=story(9)),
        shown("Page not found", "Sorry, the page you are looking for could not be found."),
        shown("Seite nicht gefunden", "Die angeforderte Seite existiert nicht."),
        shown("Página no encontrada", "La página que busca no existe."),
        shown("Nie znaleziono strony", "Strona, której szukasz, nie istnieje."),
        shown("Az oldal nem található", "A keresett oldal nem létezik."),
        shown("ページが見つかりません", "お探しのページは見つかりませんでした。"),
        shown("Dit artikel is verwijderd", "Op verzoek van de redactie is dit artikel verwijderd."),
        moved("/", 302),
        moved("/404", 302),
        moved("/?s=bericht"),
    ],
    ids=[
        "410",
        "404 with an article",
        "en",
        "de",
        "es",
        "pl",
        "hu",
        "ja",
        "taken away",
        "front",
        "own 404",
        "a search",
    ],
)
def test_an_article_in_whose_place_is_said_that_it_is_not_there_is_gone(
    desk: CrawledSite, answer: Said
) -> None:
    desk.answers["/1"] = answer
    for day in (3, 4, 5, 6, 8, 12):
        desk.visit(day)
    assert stands(desk, "/1") == (Status.GONE, 1)
    assert not list(desk.archive.articles.edits("dorp"))


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        pytest.param(None, FAILED, id="no answer"),
        pytest.param(Said(status=503), FAILED, id="503"),
        pytest.param(PHP, FAILED, id="a fatal error of PHP"),
        pytest.param(WORKS, FAILED, id="a notice of works"),
        pytest.param(FOR_SALE, FAILED, id="a domain for sale"),
        pytest.param(
            moved("http://consent.example/?r=1", 302), REFUSED, id="another site's gate, out of reach"
        ),
        pytest.param(moved("/cookiewall", 302), REFUSED, id="its own wall, which is not there"),
        pytest.param(moved("/zustimmung?ziel=/", 302), REFUSED, id="a wall in German, which is not there"),
        pytest.param(ANUBIS, REFUSED, id="a challenge with 200"),
        pytest.param(Said(status=404), FAILED, id="404"),
        pytest.param(Said(status=410), FAILED, id="410"),
        pytest.param(Said(status=304), FAILED, id="304 to whatever is asked"),
        pytest.param(moved("https://te-koop.example/?d=dorp"), FAILED, id="sold: another site for good"),
        pytest.param(LANDER, FAILED, id="parked: a script that sends on"),
        pytest.param(ENDED, FAILED, id="ended: one page at every address"),
        pytest.param(SERVER, FAILED, id="the page of a new server"),
        pytest.param(moved("/login", 302), REFUSED, id="its own log-in"),
        pytest.param(moved("/zgoda?u=a", 302), REFUSED, id="its own wall in Polish, which answers 200"),
        pytest.param(moved("/abonneren", 302), REFUSED, id="an offer to subscribe, which answers 200"),
        pytest.param(
            Said(status=403, headers={"cf-mitigated": "challenge"}, body="<title>Just a moment...</title>"),
            REFUSED,
            id="a challenge",
        ),
    ],
)
def test_a_site_that_answers_everything_so_has_lost_nothing_and_is_told(
    desk: CrawledSite, answer: Said | None, ended: Outcome
) -> None:
    good = desk.answers
    desk.answers = dict.fromkeys(good, answer) | dict.fromkeys(
        ("/zgoda?u=a", "/abonneren"), shown("Dorp", "Dalej tylko za zgodą. <a href='/1'>Dalej</a>")
    )
    for day in (3, 3.25, 4, 6):
        assert desk.visit(day).ended is ended
    assert desk.archive.alarms.all()
    desk.answers = good
    for day in (7, 8, 20):
        assert desk.visit(day).ended is DONE
    assert {stands(desk, f"/{number}") for number in NUMBERS} == {(Status.LIVE, 1)}
    assert (missed(desk), desk.archive.alarms.all()) == ({}, [])
    assert not list(desk.archive.articles.edits("dorp"))


@pytest.mark.parametrize("visits", [1, 3])
@pytest.mark.parametrize("answer", [Said(status=404), moved("/login?terug=feed", 302), moved("/", 301)])
def test_a_feed_that_is_lost_for_good_is_told_within_two_visits_however_little_it_named(
    archive: Archive, answer: Said, visits: int
) -> None:
    desk = CrawledSite(archive=archive, site=dorp(feeds=(FEED,)))
    desk.answers = {"/": Said(body=front("/1")), "/1": Said(body=story(1)), "/feed": feed("/1")}
    for day in range(visits):
        desk.visit(day)
    desk.answers["/feed"] = answer
    assert [desk.visit(visits + day).ended for day in range(2)] == [PARTLY, PARTLY]
    assert [(each.kind, each.subject) for each in archive.alarms.all()] == [("source", FEED)]


ALTERNATE = "<link rel='alternate' type='application/rss+xml' href='{}'>"
PODCAST = f"<itunes:new-feed-url>{BASE}/rss2</itunes:new-feed-url>"


@pytest.mark.parametrize(
    "stands_there",
    [
        pytest.param(feed(more=PODCAST), id="a feed that says so and is empty"),
        pytest.param(feed("/1", more=PODCAST), id="a feed that says so and goes on"),
        pytest.param(
            Said(body=f"<redirect><newLocation> {BASE}/rss2 </newLocation></redirect>", type="text/xml"),
            id="the old way of RSS",
        ),
        pytest.param(
            Said(body="<html><head><meta http-equiv='refresh' content='0;url=/rss2'></head></html>"),
            id="a page that sends its reader on",
        ),
        pytest.param(
            Said(body=f"<html><head>{ALTERNATE.format('/rss2')}</head></html>"), id="a page with the feed"
        ),
    ],
)
def test_a_feed_that_says_where_it_is_now_is_read_there_and_the_operator_is_told(
    archive: Archive, stands_there: Said
) -> None:
    desk = CrawledSite(archive=archive, site=dorp(feeds=(FEED,)))
    desk.answers = {"/": Said(body=front()), "/feed": stands_there, "/rss2": feed("/1", "/2")}
    desk.answers |= {f"/{number}": Said(body=story(number)) for number in (1, 2, 3)}
    assert desk.visit(0).ended is DONE
    desk.answers["/rss2"] = feed("/1", "/2", "/3")
    assert desk.visit(1, poll=True).ended is DONE
    assert [stands(desk, f"/{number}") for number in (1, 2, 3)] == [(Status.LIVE, 1)] * 3
    assert [(each.kind, each.subject) for each in archive.alarms.all()] == [("moved source", FEED)]
    desk.answers["/rss2"] = Said(status=404)
    desk.visit(2)
    assert desk.visit(3).ended is PARTLY
    assert ("source", f"{BASE}/rss2") in [(each.kind, each.subject) for each in archive.alarms.all()]


@pytest.mark.parametrize(
    "stands_there",
    [
        pytest.param(ALTERNATE.format("/feed") + ALTERNATE.format("/sport/feed"), id="the feed itself"),
        pytest.param(ALTERNATE.format("/comments/feed"), id="a feed of comments"),
        pytest.param("", id="none"),
    ],
)
def test_a_page_that_names_no_other_feed_in_its_place_is_a_fault_of_the_source(
    archive: Archive, stands_there: str
) -> None:
    desk = CrawledSite(archive=archive, site=dorp(feeds=(FEED,)))
    desk.answers = {"/": Said(body=front()), "/feed": Said(body=f"<html><head>{stands_there}</head></html>")}
    desk.visit(0)
    assert desk.asked == ["/feed", "/"]
    assert [each.kind for each in archive.alarms.all()] == ["source"]


@pytest.mark.parametrize("kind", ["feeds", "sitemaps"])
def test_a_source_that_names_pages_of_other_sites_alone_is_told(archive: Archive, kind: str) -> None:
    entry = "<url><loc>{0}</loc></url>" if kind == "sitemaps" else "<item><link>{0}</link></item>"
    entries = "".join(entry.format(f"http://staging.dorp.internal/{number}") for number in NUMBERS)
    root = "urlset" if kind == "sitemaps" else "rss"
    desk = CrawledSite(archive=archive, site=dorp(**{kind: (FEED,)}))
    desk.answers = {
        "/": Said(body=front("/1")),
        "/1": Said(body=story(1)),
        "/feed": Said(body=f"<{root}>{entries}</{root}>", type="text/xml"),
    }
    assert [desk.visit(day).ended for day in range(3)][1:] == [PARTLY, PARTLY]
    assert missed(desk)["/feed"] is Miss.UNREADABLE
    assert [(each.kind, each.subject) for each in archive.alarms.all()] == [("source", FEED)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Said(status=404), id="404"),
        pytest.param(moved("/", 302), id="the front page"),
        pytest.param(moved("https://te-koop.example/"), id="another site for good"),
        pytest.param(shown("Sivua ei löytynyt", "Etsimääsi sivua ei löydy. " * 12), id="one page"),
    ],
)
def test_a_front_page_that_stands_without_any_of_its_articles_takes_none_away_and_is_told(
    desk: CrawledSite, answer: Said
) -> None:
    good = desk.answers
    desk.answers = good | {f"/{number}": answer for number in NUMBERS}
    for day in (3, 4):
        assert desk.visit(day).ended is PARTLY
    assert [(each.kind, each.subject) for each in desk.archive.alarms.all()] == [
        ("reading", "newest articles")
    ]
    for day in (5, 6, 9):
        desk.visit(day)
    assert Status.GONE not in {stands(desk, f"/{number}")[0] for number in NUMBERS}
    desk.answers = good | {"/1": answer}
    for day in (10, 11, 12, 20):
        desk.visit(day)
    assert [stands(desk, f"/{number}")[0] for number in NUMBERS] == [Status.GONE] + [Status.LIVE] * 5
    assert desk.archive.alarms.all() == []
    assert not list(desk.archive.articles.edits("dorp"))


def test_a_wall_to_which_all_leads_is_not_asked_for_by_itself(desk: CrawledSite) -> None:
    desk.answers = dict.fromkeys(desk.answers, moved("/zgoda?u=a", 302))
    desk.answers["/zgoda?u=a"] = shown("Dorp", "Dalej tylko za zgodą.")
    for day in (3, 40):
        assert desk.visit(day).ended is REFUSED
    wall = desk.archive.urls.address("dorp", f"{BASE}/zgoda?u=a")
    assert wall is not None
    assert wall.due_at is None


def test_articles_that_are_taken_away_where_a_new_one_stands_are_gone(desk: CrawledSite) -> None:
    desk.answers |= {f"/{number}": Said(status=404) for number in NUMBERS}
    desk.answers |= {"/": Said(body=front("/7")), "/7": Said(body=story(7))}
    for day in (3, 4, 5, 6):
        desk.visit(day)
    assert {stands(desk, f"/{number}")[0] for number in NUMBERS} == {Status.GONE}


def test_articles_are_gone_again_once_the_site_stands(desk: CrawledSite) -> None:
    good = desk.answers
    desk.answers = {}
    for day in (3, 4, 5, 6, 9):
        desk.visit(day)
    desk.answers = good | {"/1": Said(status=410), "/2": Said(status=404)}
    for day in (10, 11, 12, 13, 16, 20):
        desk.visit(day)
    assert [stands(desk, f"/{number}")[0] for number in NUMBERS] == [Status.GONE] * 2 + [Status.LIVE] * 4


@pytest.mark.parametrize("status", [408, 421, 425, 500, 520])
def test_what_a_server_refuses_for_the_moment_is_asked_for_again_in_the_visit(
    desk: CrawledSite, status: int
) -> None:
    page, asked = story(1).replace("week 21", "week 22"), []

    def answer(question: Asked) -> Said:
        asked.append(question.url)
        return Said(status=status) if len(asked) == 1 else Said(body=page)

    desk.answers["/1"] = answer
    assert (desk.visit(4).ended, stands(desk, "/1"), missed(desk)) == (DONE, (Status.LIVE, 2), {})


def test_a_wall_for_subscribers_takes_nothing_away_and_makes_no_edit(desk: CrawledSite) -> None:
    good, wall = desk.answers["/1"], shown("Alleen voor abonnees", "Word abonnee om verder te lezen. " * 8)
    desk.answers["/1"] = Said(
        body=wall.body.replace("</main>", "<a href='/abonneren'>Neem een abonnement</a></main>")
    )  # type: ignore[union-attr, arg-type]
    for day in (3, 4, 5, 6):
        desk.visit(day)
    assert (stands(desk, "/1"), missed(desk)) == ((Status.LIVE, 1), {"/1": Miss.GATE})
    desk.answers["/1"] = good
    for day in (8, 10, 20):
        desk.visit(day)
    assert (stands(desk, "/1"), missed(desk)) == ((Status.LIVE, 1), {})
    assert not list(desk.archive.articles.edits("dorp"))


def test_articles_of_a_shut_archive_are_asked_for_each_week(desk: CrawledSite) -> None:
    desk.answers |= {f"/{number}": Said(status=404) for number in NUMBERS}
    asked = {}
    for day in (3, 4, 5, 7, 8, 12, 17, 20):
        desk.visit(day)
        asked[day] = sum(path.strip("/").isdigit() for path in desk.asked)
    assert asked == {3: 6, 4: 6, 5: 6, 7: 6, 8: 0, 12: 6, 17: 0, 20: 6}
    assert {stands(desk, f"/{number}")[0] for number in NUMBERS} == {Status.SUSPECT}


def test_the_older_pages_of_a_list_that_scrolls_are_walked_though_they_are_json(desk: CrawledSite) -> None:
    """Each names the next, and articles by an address and a headline."""
    desk.answers["/"] = Said(
        body=front("/1", "/2").replace("</ul>", "</ul><div data-endpoint='/api/list?page=2'></div>")
    )
    for page, (older, following) in {2: (7, "/api/list?page=3"), 3: (8, None)}.items():
        listed = {"data": [{"title": f"Bericht {older}", "url": f"/{older}"}], "next": following}
        desk.answers[f"/api/list?page={page}"] = Said(body=json.dumps(listed), type="application/json")
        desk.answers[f"/{older}"] = Said(body=story(older))
    desk.visit(3, backfill=True)
    assert {f"{BASE}/7", f"{BASE}/8"} <= {each.url for each in desk.archive.articles.all("dorp")}
