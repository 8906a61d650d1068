"""What came and went between two visits is found on the next pages of listings and in months' archives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.errors import NotFound
from archive.model.addresses import Link, Role
from crawler.links.discover import month_ends, next_pages
from crawler.urls import article_key
from legger.simulator import OPENING, Newspaper
from legger.simulator.visits import visit
from tests.crawler.crawling import Host, Said, Stage, front, opened, story

DAY = timedelta(days=1)
BASE = "https://dorp.example"
ROBOTS = Said(body="User-agent: *\nDisallow:\n", type="text/plain")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return opened(tmp_path)


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(
    ("here", "named", "follow"),
    [
        ("/", ["/page/2", "/page/3", "/page/41"], ["/page/2"]),
        ("/page/2", ["/page/1", "/page/3", "/page/41"], ["/page/3"]),
        ("/page/41", ["/page/1", "/page/40"], []),
        ("/nieuws", ["/nieuws?start=8", "/nieuws?start=16"], ["/nieuws?start=8"]),
        ("/nieuws?start=8", ["/nieuws?start=0", "/nieuws?start=16"], ["/nieuws?start=16"]),
        ("/nieuws", ["/nieuws?page=1", "/nieuws?page=2"], ["/nieuws?page=1"]),  # pages counted from nought
        ("/", ["/archief/", "/sport/page/2", "/kunst/page/2"],
         ["/sport/page/2", "/kunst/page/2", "/archief/"]),
        ("/nieuws?p=2&rubriek=1", ["/nieuws?p=3&rubriek=1", "/nieuws?p=3&rubriek=2", "/archief/"],
         ["/nieuws?p=3&rubriek=1"]),
    ],
)  # fmt: skip
def test_a_listing_goes_on_to_the_nearest_of_the_pages_numbered_like_it(
    here: str, named: list[str], follow: list[str]
) -> None:
    links = [Link(url=f"{BASE}{path}", role=Role.LISTING) for path in named]
    links.append(Link(url=f"{BASE}/bericht-3"))
    assert [link.url for link in next_pages(f"{BASE}{here}", links)] == [f"{BASE}{path}" for path in follow]


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("/2026/04/", datetime(2026, 5, 1, tzinfo=UTC)),
        ("/archief/2025-12", datetime(2026, 1, 1, tzinfo=UTC)),
        ("/archief.php?jaar=2026&maand=04", datetime(2026, 5, 1, tzinfo=UTC)),
        ("/archive?year=2025&month=12&site=1", datetime(2026, 1, 1, tzinfo=UTC)),
        ("/2026/04/12/brand-in-schuur/", None),
        ("/2026/14/", None),
        ("/archief.php?jaar=2026", None),
        ("/archief.php?maand=04", None),
    ],
)
def test_the_archive_of_a_month_is_known_by_its_address(path: str, ends: datetime | None) -> None:
    assert month_ends(BASE + path) == ends


@pytest.mark.parametrize("house", ["berkelnieuws", "dorpsklok", "streekpost", "twentelive", "waldkrante"])
def test_with_weeks_between_visits_all_that_was_published_is_found_by_ordinary_ones(
    house: str, archive_file: Path
) -> None:
    visits = [OPENING + days * DAY for days in (0, 16, 32)]
    paper = Newspaper(articles=12, days=32, only=[house])
    (here,) = paper.houses
    with Archive.open(archive_file) as archive:
        for at in visits:
            visit(here.site, archive, paper, at=at, change=lambda answer: answer, backfill=at == OPENING)
        published = {url for at in visits for url, each in here.truth(at).items() if each.visible}
        assert len(published) > 50
        missed = []
        for url in sorted(published):
            try:
                archive.articles.known_as(here.name, article_key(here.site, url))
            except NotFound:
                missed.append(url)
        assert missed == []


class Village:
    """A site that lists its articles five to a page, the newest first, and goes on publishing."""

    def __init__(self, hosts: ExitStack, *, published: int) -> None:
        self.published = published
        self.host = hosts.enter_context(Host(self.answer))

    def answer(self, path: str) -> Said | None:
        if path == "/robots.txt":
            return ROBOTS
        kind, _, number = path.strip("/").rpartition("/")
        if kind == "bericht":
            # One a day.
            day = OPENING + (int(number) - 30) * DAY
            return Said(body=story(int(number)).replace("2026-03-01T", f"{day:%Y-%m-%d}T"))
        page = int(number) if kind == "page" else 1
        if path != "/" and kind != "page":
            return Said(status=404)
        newest = self.published - (page - 1) * 5
        listed = [f"/bericht/{each}" for each in range(newest, max(newest - 5, 0), -1)]
        more = [f"/page/{page + 1}"] if newest > 5 else []
        return Said(body=front(*listed, *more))

    def asked_since(self, mark: int) -> list[str]:
        return [path for path in self.host.asked[mark:] if path.startswith(("/page", "/bericht"))]


def filed(stage: Stage) -> set[int]:
    with stage.read() as archive:
        return {int(each.article.url.rpartition("/")[2]) for each in archive.articles.all("dorp")}


def test_a_visit_goes_back_to_what_the_one_before_had_seen_and_no_further(
    stage: Stage, hosts: ExitStack
) -> None:
    village = Village(hosts, published=30)
    stage.add(village.host.site("dorp"))
    assert stage.crawl("dorp").code == 0
    assert filed(stage) == {30, 29, 28, 27, 26}, "a first visit is no backfill"
    village.published = 42
    stage.at(OPENING + 12 * DAY)
    mark = len(village.host.asked)
    assert stage.crawl("dorp").code == 0
    asked = village.asked_since(mark)
    # page 3 shows 32 and 31, which are new, so page 4 is looked at: there all is known, or old
    assert [path for path in asked if path.startswith("/page")] == ["/page/2", "/page/3", "/page/4"]
    assert filed(stage) >= set(range(26, 43))
    assert min(filed(stage)) > 20
    mark = len(village.host.asked)
    stage.at(OPENING + 13 * DAY)
    assert stage.crawl("dorp").code == 0
    assert not [path for path in village.asked_since(mark) if path.startswith("/page")]


def test_what_a_budget_cut_off_is_on_the_list_and_taken_up_by_the_next_visits(
    stage: Stage, hosts: ExitStack
) -> None:
    village = Village(hosts, published=30)
    stage.add(village.host.site("dorp", budget=14))
    assert stage.crawl("dorp").code == 0
    village.published = 60
    outcomes = []
    for day in range(30, 37):
        stage.at(OPENING + day * DAY)
        ran = stage.crawl("dorp")
        assert ran.code == 0, ran.errors
        outcomes.append(ran.reports["dorp"]["outcome"])
        if day == 30:
            with stage.read() as archive:
                waiting = {each.url.rpartition(".1:")[2] for each in archive.coverage.missed("dorp")}
            assert any("/page/" in each for each in waiting), waiting
    assert outcomes[0] == "stopped"
    assert filed(stage) >= set(range(26, 61))
