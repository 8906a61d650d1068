"""The search page: facets, days, addresses and citations in the box; and errors in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from archive import Archive, StatedTime
from legger.web import WebContext, application
from legger.web.charts import Bar, bars, highest
from tests.archive.newsroom import Filer, article, day


def facets(client: TestClient, query: str) -> dict[str, dict[str, tuple[str, int]]]:
    """Facet -> value -> (query it leads to, matches)."""
    page = LexborHTMLParser(client.get("/search", params={"q": query}).text)
    found = {}
    for section in page.css(".choices section"):
        values = {}
        for item in section.css("li"):
            link = item.css_first("a")
            asked = parse_qs(urlsplit(str(link.attributes["href"])).query)["q"][0]
            values[link.text()] = (asked, int(item.css_first(".n").text()))
        found[section.css_first("h2").text()] = values
    return found


def test_a_facet_says_what_it_finds_also_what_is_not_stated(client: TestClient) -> None:
    shown = facets(client, "in:all")
    assert {"Year of publication", "Author", "Section", "Kind of edit", "Language"} <= set(shown)
    checked = 0
    for values in shown.values():
        for value, (asked, number) in values.items():
            if '"' in value:  # no query can hold it: it is found by its words
                continue
            answer = client.get("/api/v1/count", params={"q": asked}).json()
            assert answer["total"] == number, asked
            checked += 1
    assert checked > 12
    assert shown["Author"]["not stated"][0] == "in:all -author:*"


def test_a_choice_that_is_on_leads_back(client: TestClient) -> None:
    assert facets(client, "in:all -published:*")["Year of publication"]["not stated"][0] == "in:all"
    assert facets(client, 'in:all author:="Anna Bos"')["Author"]["Anna Bos"][0] == "in:all"


DAYS = {
    "both": ("2026-03-01", "2026-03-02", "brug published:2026-03-01..2026-03-02"),
    "only the first": ("2026-03-01", "", "brug published:2026-03-01.."),
    "only the last": ("", "2026-03-02", "brug published:..2026-03-02"),
}


@pytest.mark.parametrize(("since", "until", "query"), DAYS.values(), ids=DAYS)
def test_days_of_the_form_become_part_of_the_query(
    client: TestClient, since: str, until: str, query: str
) -> None:
    asked = {"q": "brug published:2020", "since": since, "until": until}
    answer = client.get("/search", params=asked)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["location"]).query)["q"] == [query]
    page = LexborHTMLParser(client.get(answer.headers["location"]).text)
    shown = [node.attributes.get("value") or "" for node in page.css("input[type=date]")]
    assert shown == [since, until]


def test_the_id_of_a_citation_leads_to_its_version(client: TestClient) -> None:
    cited = client.get("/api/v1/articles/1/citation", params={"version": 2}).json()["id"]
    answer = client.get("/search", params={"q": cited})
    assert (answer.status_code, answer.headers["location"]) == (303, "/articles/1?version=2")
    assert client.get("/search", params={"q": cited[:-3] + "fff"}).status_code == 404


WRONG = {
    "/articles/999999": "staat in dit archief geen artikel",
    "/articles/1?version=77": "heeft geen versie 77",
    "/articles/zeven": "hier hoort een heel getal",
    "/captures/999999": "er is geen opname 999999",
    "/captures/x": "hier hoort een heel getal",
    "/edits?site=nergens": "Dit archief kent geen site nergens",
    "/edits?before=x": "is geen plaats in deze lijst",
    "/edits?silent=misschien": "hier hoort true of false",
    "/search?q=brug&since=gisteren": "hier hoort een dag",
    "/search?q=brug&after=z": "vraag de eerste pagina",
    "/search?q=legger:1.2-000000000000": "van een ander archief",
    "/articles/4/compare": "er valt niets te vergelijken",
}


@pytest.mark.parametrize(("path", "said"), WRONG.items(), ids=WRONG)
def test_what_is_wrong_is_said_in_the_readers_language(client: TestClient, path: str, said: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "nl"})
    assert answer.status_code in (400, 404)
    assert said.casefold() in LexborHTMLParser(answer.text).css_first("main").text().casefold()


HEIGHTS = {
    "a backfill's first day": ([4000, 3, 5, 0, 8], 8),
    "three such days": ([4000, 900, 150, 0, 8, 7], 8),
    "days that differ": ([40, 30, 15, 9, 3], 40),
    "one day": ([40], 40),
    "nothing else": ([40, 0, 0], 40),
}


@pytest.mark.parametrize(("totals", "top"), HEIGHTS.values(), ids=HEIGHTS)
def test_a_bar_far_above_the_others_does_not_flatten_them(totals: list[int], top: int) -> None:
    assert highest(totals) == top


def test_a_bar_that_is_cut_off_says_its_figure() -> None:
    drawn = bars([Bar(label="a", title="a", parts=(4000,)), Bar(label="b", title="b", parts=(8,))], says="x")
    page = LexborHTMLParser(drawn)
    assert [node.text() for node in page.css("text.cut")] == ["4000"]
    tall = [float(node.attributes["height"] or 0) for node in page.css("rect.bar")]
    assert tall[0] == pytest.approx(tall[1])


def test_more_values_than_are_shown_are_behind_more_and_beyond_sixty_told(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Filer(archive)
        for number in range(70):
            moment = datetime(1950 + number, 1, 1, tzinfo=UTC)
            stated = StatedTime(value=moment, raw=str(moment), source="meta")
            about = article(section=f"rubriek {number}", published=stated)
            desk.see(about, day(0), key=str(number), url=f"https://krant.example/{number}")
        archive.index.update()
        with TestClient(application(WebContext(archive=archive, stacks=archive))) as client:
            page = LexborHTMLParser(client.get("/search?q=brug", headers={"Accept-Language": "en"}).text)
    assert [each.text() for each in page.css(".facets details .hint")] == ["10 others are not shown."] * 2
    assert {each.text() for each in page.css(".facets summary")} == {"52 more"}
