"""Being a good guest: what is read, obeyed, put off and put on record; against servers of our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from archive.model.addresses import Miss
from archive.model.types import Ground, Terms
from crawler.siteconfig.site import Identity
from legger.simulator import OPENING
from tests.crawler.crawling import Host, Said, Stage, front, opened, story

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROBOTS = Said(body="User-agent: *\nDisallow: /mijn/\n", type="text/plain")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return opened(tmp_path)


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def village(hosts: ExitStack, said: Mapping[str, Said], *, listed: int = 3) -> Host:
    """A site with *listed* articles, on which some addresses answer as they are told to."""
    pages = {f"/bericht-{number}": Said(body=story(number)) for number in range(1, listed + 1)}
    pages |= {"/": Said(body=front(*pages)), "/robots.txt": ROBOTS} | dict(said)
    return hosts.enter_context(Host(lambda path: pages.get(path, Said(status=404))))


def missed(stage: Stage, site: str = "dorp") -> dict[str, tuple[Miss, str]]:
    with stage.read() as archive:
        found = archive.coverage.missed(site)
        return {"/" + each.url.split("/", 3)[3]: (each.kind, each.reason) for each in found}


TDMREP = Said(body='[{"location": "/bericht-2", "tdm-reservation": 1}]', type="application/json")


def reserving(hosts: ExitStack) -> Host:
    by_header = Said(body=story(1), headers={"tdm-reservation": "1", "tdm-policy": "https://dorp.example/p"})
    return village(hosts, {"/bericht-1": by_header, "/.well-known/tdmrep.json": TDMREP})


def test_a_reservation_is_obeyed_on_general_ground_and_what_it_cost_is_on_the_list(
    stage: Stage, hosts: ExitStack
) -> None:
    host = reserving(hosts)
    stage.add(host.site("dorp"))
    ran = stage.crawl("dorp")
    assert ran.code == 0, ran.errors
    assert "/bericht-2" not in host.asked
    assert missed(stage) == {
        "/bericht-1": (Miss.TDM, "text and data mining is reserved (header)"),
        "/bericht-2": (Miss.TDM, "text and data mining is reserved (tdmrep.json)"),
    }
    with stage.read() as archive:
        assert [each.article.title for each in archive.articles.all("dorp")] == ["Bericht 3 uit het dorp"]
        (kept,) = archive.captures.walk("dorp", f"{host.base}/bericht-1")
        assert kept.capture.body == b""  # that it answered is on record, its words are not
        assert kept.capture.terms == Terms(
            robots="allowed", reserved=True, witness="header", policy="https://dorp.example/p"
        )


@pytest.mark.parametrize(
    ("robots", "licence"),
    [
        ("User-agent: *\nContent-Signal: /bericht-2 ai-train=no", None),
        ("User-agent: *\nContent-Usage: /bericht-2 train-ai=n", None),
        (
            "License: {base}/rsl.xml",
            '<rsl xmlns="https://rslstandard.org/rsl"><content url="/bericht-2"><license>'
            '<prohibits type="usage">ai-train</prohibits></license></content></rsl>',
        ),
    ],
)
def test_what_robots_txt_and_a_licence_reserve_is_not_asked_for(
    stage: Stage, hosts: ExitStack, robots: str, licence: str | None
) -> None:
    said: dict[str, Said] = {}
    host = village(hosts, {})
    others = host.answering
    host.answering = lambda path: said.get(path) or others(path)
    said["/robots.txt"] = Said(body=robots.format(base=host.base), type="text/plain")
    if licence is not None:
        said["/rsl.xml"] = Said(body=licence, type="application/rsl+xml")
    stage.add(host.site("dorp"))
    assert stage.crawl("dorp").code == 0
    assert "/bericht-1" in host.asked
    assert "/bericht-2" not in host.asked
    assert list(missed(stage)) == ["/bericht-2"]
    with stage.read() as archive:
        assert list(archive.captures.walk("dorp", f"{host.base}/robots.txt"))  # of the day, kept


@pytest.mark.parametrize("how", ["environment", "site"])
def test_a_reservation_is_noted_and_not_obeyed_where_the_ground_allows_it(
    stage: Stage, hosts: ExitStack, how: str
) -> None:
    host = reserving(hosts)
    stage.add(host.site("dorp", **({"ground": Ground.RESEARCH} if how == "site" else {})))
    ran = stage.crawl("dorp", **({"LEGGER_GROUND": "research"} if how == "environment" else {}))
    assert ran.code == 0, ran.errors
    assert missed(stage) == {}
    with stage.read() as archive:
        assert len(list(archive.articles.all("dorp"))) == 3
        terms = {
            each.capture.url.rpartition("/")[2]: each.capture.terms for each in archive.captures.walk("dorp")
        }
    assert terms["bericht-2"] == Terms(
        robots="allowed", reserved=True, witness="tdmrep.json", ground=Ground.RESEARCH
    )
    assert terms["bericht-3"] == Terms(robots="allowed", ground=Ground.RESEARCH)
    assert terms["robots.txt"] == Terms(robots="not asked", ground=Ground.RESEARCH)


def test_what_a_host_allows_is_believed_for_a_day_across_visits(stage: Stage, hosts: ExitStack) -> None:
    host = village(hosts, {})
    stage.add(host.site("dorp"))
    for hours in (0, 12, 23, 25):
        stage.at(OPENING + hours * HOUR)
        assert stage.crawl("dorp").code == 0
    asked = Counter(host.asked)
    assert asked["/robots.txt"] == asked["/ai.txt"] == asked["/.well-known/tdmrep.json"] == 2
    assert asked["/"] == 4


def test_why_an_address_was_missed_is_told_apart_and_forgotten_when_it_answers(
    stage: Stage, hosts: ExitStack
) -> None:
    said: dict[str, Said] = {
        "/bericht-1": Said(status=503),
        "/bericht-2": Said(status=403),
        "/bericht-3": Said(status=404),
        "/bericht-5": Said(status=302, headers={"Location": "https://consent.example/dorp"}),
    }
    hidden = ["/mijn/pagina", "/agenda/2026-03-02/", "/inloggen", "/nieuws?sort=naam"]
    pages = [f"/bericht-{number}" for number in range(1, 6)]
    said["/"] = Said(body=front(*pages, *hidden))
    mended: dict[str, bool] = {}
    calm = {f"/bericht-{number}": Said(body=story(number)) for number in (1, 2)}
    pages_now = {f"/bericht-{number}": Said(body=story(number)) for number in range(1, 6)}
    pages_now |= {"/robots.txt": ROBOTS} | said
    host = hosts.enter_context(
        Host(lambda path: (pages_now | (calm if mended else {})).get(path, Said(status=404)))
    )
    stage.add(host.site("dorp"))
    assert stage.crawl("dorp").code == 0
    found = missed(stage)
    assert {path: kind for path, (kind, _) in found.items()} == {
        "/bericht-1": Miss.SERVER,
        "/bericht-2": Miss.CLIENT,
        "/bericht-3": Miss.CLIENT,
        "/bericht-5": Miss.GATE,
        "/mijn/pagina": Miss.ROBOTS,
        "/agenda/2026-03-02/": Miss.TRAP,
        "/inloggen": Miss.TRAP,
        "/nieuws?sort=naam": Miss.TRAP,
    }
    assert found["/agenda/2026-03-02/"][1] == "calendar"
    assert not {"/agenda/2026-03-02/", "/inloggen", "/mijn/pagina"} & set(host.asked)
    with stage.read() as archive:
        (run,) = archive.runs.list("dorp")
        assert run.reasons["HTTP 503"] == 2  # it was tried again within the visit
        assert run.cost is not None
        assert run.cost.requests == len(host.asked)
        assert run.cost.received > 1000
        assert run.cost.memory > run.cost.cpu > 0
        (front_page,) = [each for each in archive.coverage.of_site("dorp") if each.how == "listing"]
        assert (front_page.found, front_page.captured, front_page.articles) == (6, 1, 1)
    mended["yes"] = True
    stage.at(OPENING + 2 * DAY)
    assert stage.crawl("dorp").code == 0
    assert not {"/bericht-1", "/bericht-2"} & set(missed(stage))


def test_a_days_budget_ends_the_visit_and_the_next_day_goes_on(stage: Stage, hosts: ExitStack) -> None:
    host = village(hosts, {}, listed=9)
    stage.add(host.site("dorp", budget=8))
    counts = []
    for hours in (0, 1, 25):
        stage.at(OPENING + hours * HOUR)
        before = len(host.asked)
        ran = stage.crawl("dorp")
        assert ran.code == 0, ran.errors
        counts.append((len(host.asked) - before, ran.reports["dorp"]["outcome"]))
        if hours == 0:
            assert {kind for kind, _ in missed(stage).values()} == {Miss.QUEUE}
    first, second, third = counts
    assert first == (8, "stopped")
    assert second == (0, "stopped")
    assert third[0] == 8
    assert len(missed(stage)) < 9 - 4


@pytest.mark.parametrize(("hours", "asks"), [(0, True), (14, False), (23, True)])
def test_in_its_quiet_hours_a_site_is_left_alone(
    stage: Stage, hosts: ExitStack, hours: int, asks: bool
) -> None:
    host = village(hosts, {})
    local = OPENING.astimezone(host.site("dorp").zone)
    spans = (f"{(local.hour + 9) % 24:02d}:00-{(local.hour + 20) % 24:02d}:00",)
    stage.add(host.site("dorp", quiet=spans))
    stage.at(OPENING + hours * HOUR)
    ran = stage.crawl("dorp")
    assert ran.code == 0, ran.errors
    assert bool(host.asked) is asks
    assert ("quiet hours" in ran.reports["dorp"]["reason"]) is not asks


def test_a_server_that_says_unchanged_to_everything_hides_an_edit_for_a_week_at_most(
    stage: Stage, hosts: ExitStack
) -> None:
    edited = story(1).replace("tevreden", "ontevreden")
    now = {"page": Said(body=story(1), headers={"ETag": '"een"'})}
    pages = {"/": Said(body=front("/bericht-1")), "/robots.txt": ROBOTS}

    def answer(path: str) -> Said | None:
        if path != "/bericht-1":
            return pages.get(path, Said(status=404))
        return now["page"]

    host = hosts.enter_context(Host(answer))
    stage.add(host.site("dorp"))
    assert stage.crawl("dorp").code == 0
    now["page"] = Said(status=304)
    for day in (1, 3, 6):
        stage.at(OPENING + day * DAY)
        assert stage.crawl("dorp").code == 0
    with stage.read() as archive:
        statuses = [each.capture.status for each in archive.captures.walk("dorp", f"{host.base}/bericht-1")]
    assert set(statuses[1:]) == {304}
    # after a week it is asked for without conditions: the server has to show the page
    now["page"] = Said(body=edited, headers={"ETag": '"een"'})
    stage.at(OPENING + 8 * DAY)
    assert stage.crawl("dorp").code == 0
    with stage.read() as archive:
        *_, last = archive.captures.walk("dorp", f"{host.base}/bericht-1")
        assert "if-none-match" not in {name.lower() for name, _ in last.capture.request_headers}
        (article,) = archive.articles.all("dorp")
        assert article.number == 2


def test_an_article_under_two_addresses_is_fetched_once_in_a_crawl(stage: Stage, hosts: ExitStack) -> None:
    pages = {
        "/nieuws/1/~a1b2c3": Said(body=story(1)),
        "/sport/1/~a1b2c3": Said(body=story(1)),
        "/nieuws/2/~a9b9c9": Said(body=story(2)),
        "/robots.txt": ROBOTS,
    }
    pages["/"] = Said(body=front(*(path for path in pages if "~" in path)))
    host = hosts.enter_context(Host(lambda path: pages.get(path, Said(status=404))))
    stage.add(host.site("dorp", identity=Identity(pattern="~a([0-9a-f]+)")))
    assert stage.crawl("dorp").code == 0
    asked = Counter(path for path in host.asked if "~" in path)
    assert asked == {"/nieuws/1/~a1b2c3": 1, "/nieuws/2/~a9b9c9": 1}
    assert missed(stage) == {}
    stage.at(OPENING + 31 * DAY)  # a rule may be wrong: a month later the other address is looked at
    assert stage.crawl("dorp").code == 0
    assert "/sport/1/~a1b2c3" in host.asked
    with stage.read() as archive:
        assert len(list(archive.articles.all("dorp"))) == 2
