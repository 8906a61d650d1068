"""Addresses with a visit's name in their path are not asked for at each visit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import Archive
from crawler.links.session_paths import SessionPaths, without_session
from tests.crawler.answering import BASE, Asked, CrawledSite, dorp
from tests.crawler.crawling import Said, front, story

KNOWN = [
    (f"{BASE}/{visit}/nieuws/bericht-over-het-{word}.html", number, True)
    for visit in ("(S(a1b2c3d4e5f6g7h8))", "(S(h8g7f6e5d4c3b2a1))")
    for number, word in enumerate(("plein", "dorp", "raadhuis"))
]


@pytest.mark.parametrize(
    "token",
    [
        "(S(a1b2c3d4e5f6g7h8))",
        "sid-4f3a9b21c",
        "session_99aa88bb77",
        "4f3a9b21c4f3a9b21c77",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "kJ8sLq2PzX71mNb4Tr",
    ],
)
def test_a_name_of_a_visit_is_left_out_of_an_address_that_says_which_page_it_is(token: str) -> None:
    assert (
        without_session(f"{BASE}/{token}/nieuws/twee-jaar-dicht") == "dorp.example/*/nieuws/twee-jaar-dicht?"
    )
    assert without_session(f"{BASE}/{token}/bericht.php?id=7") is not None


@pytest.mark.parametrize(
    "path",
    [
        "/nieuws/0f8fad5b-d9cb-469f-a165-70867728950e",
        "/0f8fad5b-d9cb-469f-a165-70867728950e/",
        "/0f8fad5b-d9cb-469f-a165-70867728950e/p",
        "/nieuws/2026/03/twee-jaar-dicht",
        "/gemeenteraadsverkiezingen/uitslag-van-de-stemming",
        "/",
    ],
)
def test_an_articles_own_name_is_none(path: str) -> None:
    assert without_session(BASE + path) is None


def test_of_a_page_that_is_known_no_other_visits_address_is_asked_for() -> None:
    sessions = SessionPaths(KNOWN)
    assert sessions.is_another(f"{BASE}/(S(zzzzyyyy11112222))/nieuws/bericht-over-het-plein.html")
    assert not sessions.is_another(f"{BASE}/(S(zzzzyyyy11112222))/nieuws/bericht-over-het-bos.html")
    assert not sessions.is_another(KNOWN[0][0]), "one is asked for"


def test_what_no_longer_answers_is_asked_for_at_another_address() -> None:
    sessions = SessionPaths([(url, article, False) for url, article, _ in KNOWN])
    assert not sessions.is_another(f"{BASE}/(S(zzzzyyyy11112222))/nieuws/bericht-over-het-plein.html")


def test_a_site_whose_articles_each_have_one_such_address_has_no_sessions_in_them() -> None:
    one_each = [
        (
            f"{BASE}/0f8fad5b-d9cb-469f-a165-70867728950{number}/nieuws/weekbericht-van-de-wethouder",
            number,
            True,
        )
        for number in range(9)
    ]
    assert not SessionPaths(one_each).is_another(
        f"{BASE}/aaaaad5b-d9cb-469f-a165-708677289501/nieuws/weekbericht-van-de-wethouder"
    )


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


def test_a_site_with_ever_new_names_of_visits_is_asked_once_for_each_article(archive: Archive) -> None:
    visits = iter(f"(S(visit{number:03}aabbccdd))" for number in range(100))
    session = ""

    def front_page(_: Asked) -> Said:
        nonlocal session
        session = next(visits)
        return Said(body=front(*(f"/{session}/bericht-{number}-uit-het-dorp" for number in (1, 2, 3))))

    class Answers(dict):  # type: ignore[type-arg]
        def get(self, path: str, default: object = None) -> object:
            name = path.rpartition("/")[2]
            number = name.split("-")[1] if name.startswith("bericht-") else ""
            return Said(body=story(int(number))) if number.isdecimal() else super().get(path, default)

    town = CrawledSite(archive=archive, site=dorp(), answers=Answers({"/": front_page}))
    asked = []
    for day in (0, 1, 2, 3, 4):
        town.visit(day)
        asked.append(len([each for each in town.asked if session in each]))
    assert asked[:2] == [3, 3], "that they are the same articles, the second visit shows"
    assert asked[2:] == [0, 0, 0]
    assert len(list(archive.articles.all())) == 3
    assert archive.holdings.site_counts()[0].addresses < 12
