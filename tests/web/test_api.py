"""The API: cursors that hold, tags, errors a program can read, and a description that is true."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text
from starlette.testclient import TestClient

from archive import Archive
from archive.errors import TooCostly
from archive.export.choice import RowChoice
from archive.export.exporting import Form, write_export
from archive.model.types import PageKind
from legger.dates import closing
from legger.web import WebContext, application
from tests.archive.newsroom import PAGE, Filer, article, capture, day

API = "/api/v1"
ASKED = [
    ("/search", "?q=brug"),
    ("/search", "?q=in:removed jansen"),
    ("/facets", "?q=in:all"),
    ("/count", "?q=brug&by=month"),
    ("/count", "?q=brug"),
    ("/count", "?q=brug&by=site&by=month&time=seen"),
    ("/search", "?q=brug&sort=edited&site=krant"),
    ("/articles", "?site=krant&limit=3"),
    ("/article", "?url=https://krant.example/1"),
    ("/articles/{number}", ""),
    ("/articles/{number}", "?as_of=2026-03-02T09:00:00"),
    ("/articles/{number}", "?as_of=2026-03-04"),
    ("/articles/{number}/related", ""),
    ("/articles/{number}/related/{other}", ""),
    ("/articles/{number}/fields", "?field=title"),
    ("/as-of", "?time=2026-03-03&site=krant"),
    ("/articles/{number}/versions", ""),
    ("/articles/{number}/diff", "?old=1&new=2"),
    ("/articles/{number}/captures", ""),
    ("/articles/{number}/citation", ""),
    ("/edits", "?silent=true&since=2026-03-01&until=2026-04-01T00:00Z&alternating=true"),
    ("/disappearances", "?suspect=true&since=2026-03-01"),
    ("/doubtful", "?limit=5"),
    ("/sites", ""),
    ("/sites/{name}", ""),
    ("/runs", "?site=krant"),
]


@pytest.mark.parametrize(("path", "query"), ASKED, ids=[path + query for path, query in ASKED])
def test_every_answer_is_as_the_description_says(client: TestClient, path: str, query: str) -> None:
    described = client.get(f"{API}/openapi.json").json()
    schema = described["paths"][API + path]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    answer = client.get(API + path.format(number=1, other=2, name="krant") + query)
    assert answer.status_code == 200, answer.text
    validator = Draft202012Validator({**schema, "components": described["components"]})
    assert list(validator.iter_errors(answer.json())) == []


def test_every_path_that_is_described_is_tried_here(client: TestClient) -> None:
    described = set(client.get(f"{API}/openapi.json").json()["paths"])
    assert described == {API + path for path, _ in ASKED} | {f"{API}/export"}


@pytest.mark.parametrize(
    "path",
    [
        "/articles?limit=4",
        "/edits?limit=4",
        "/search?q=in:all&limit=4",
        "/search?q=in:all&limit=4&sort=seen",
        "/as-of?time=2026-12-31&limit=4",
    ],
)
def test_following_next_gives_everything_once(client: TestClient, path: str) -> None:
    seen: list[tuple[int, int]] = []
    link: str | None = API + path
    while link:
        page = client.get(link).json()
        found = [each.get("version", each) if "search" in path else each for each in page["items"]]
        seen += [(each["id"], each["version"]) for each in found]
        link = page["next"]
    assert len(seen) == len(set(seen)) > 8


def test_who_has_the_answer_is_told_so(client: TestClient) -> None:
    first = client.get(f"{API}/articles/1")
    again = client.get(f"{API}/articles/1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (
        client.get(f"{API}/articles/2", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    )


WRONG = {
    "/articles/999": (404, "no article"),
    "/articles/1?version=9": (404, "no version"),
    "/articles/0": (400, "greater than or equal to 1"),
    "/articles?limit=1000": (400, "limit"),
    "/articles?site=nergens": (404, "there are blad, krant"),
    "/articles?before=x": (400, "first page"),
    "/edits?before=²": (400, "first page"),
    "/export?until=0.5": (400, "expected a day"),
    "/edits?since=2026-03-09&until=2026-03-02": (400, "before until"),
    "/edits?silend=true": (400, "there is no parameter 'silend' here; there are"),
    "/search?q=brug&site=nergens": (404, "there are blad, krant"),
    "/search?q=in:all in:removed brug": (400, "in: stands once"),
    "/sites?colour=red": (400, "there are none"),
    "/articles/1?version=1&as_of=2026-03-02": (400, "choose"),
    "/articles/1/fields?field=colour": (400, "no article has a field"),
    "/as-of": (400, "time"),
    "/count?q=brug&time=seen": (400, "by=month"),
    "/count?by=colour": (400, "by"),
    "/disappearances?before=20260101-1": (400, "first page"),
    "/sites/nergens": (404, "no site"),
    "/nergens": (404, ""),
}


@pytest.mark.parametrize("path", WRONG)
def test_an_error_says_what_is_wrong(client: TestClient, path: str) -> None:
    status, says = WRONG[path]
    answer = client.get(API + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert says in problem["detail"]


def test_a_wrong_query_is_pointed_at(client: TestClient) -> None:
    problem = client.get(f"{API}/search", params={"q": "brug (dicht"}).json()
    assert (problem["position"], problem["query"]) == (5, "brug (dicht")


def test_an_export_streams_what_the_command_writes(client: TestClient, shelf: Path, tmp_path: Path) -> None:
    answer = client.get(f"{API}/export?versions=all")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    with Archive.open(shelf, read_only=True) as archive:
        write_export(archive, tmp_path / "all.jsonl", RowChoice(versions="all"), Form())
    assert answer.content == (tmp_path / "all.jsonl").read_bytes()
    assert {json.loads(line)["site"] for line in client.get(f"{API}/export?site=blad").iter_lines()} == {
        "blad"
    }


def test_a_question_that_takes_too_long_is_broken_off_and_the_next_one_answered(shelf: Path) -> None:
    endless = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
    with Archive.open(shelf, read_only=True, seconds=0.05) as archive:
        with pytest.raises(TooCostly, match="ask for less"), archive.snapshot() as connection:
            connection.execute(endless).all()
        assert archive.search.search("brug").hits


def test_a_day_means_what_it_means_on_the_command_line(shelf: Path) -> None:
    """Its end, in the zone of the reading room."""
    ask = f"{API}/articles/1?as_of="
    with Archive.open(shelf, read_only=True) as archive:
        versions = archive.articles.history("1")
        assert [each.first_seen.isoformat()[:13] for each in versions[:2]] == [
            "2026-03-02T08",
            "2026-03-03T08",
        ]
        for zone, wanted in (("UTC", 1), ("Pacific/Auckland", 1), ("Etc/GMT+12", 2)):
            desk = WebContext(archive=archive, stacks=archive, zone=ZoneInfo(zone))
            with TestClient(application(desk)) as client:
                assert client.get(f"{ask}2026-03-02").json()["version"] == wanted, zone
                assert client.get(f"{ask}2026-03-03T08:00:00Z").json()["version"] == 2
        assert archive.articles.version("1", as_of=closing("2026-03-02", ZoneInfo("UTC"))).number == 1


def test_scripts_of_other_sites_read_it_where_the_operator_says_so(shelf: Path) -> None:
    asked = {"Origin": "https://onderzoek.example"}
    with Archive.open(shelf, read_only=True) as archive:
        for origins, wanted in (((), None), (("https://onderzoek.example",), "https://onderzoek.example")):
            desk = WebContext(archive=archive, stacks=archive, origins=origins)
            with TestClient(application(desk)) as client:
                answer = client.get(f"{API}/sites", headers=asked)
                assert answer.headers.get("access-control-allow-origin") == wanted
                stranger = client.get(f"{API}/sites", headers={"Origin": "https://evil.example"})
                assert "access-control-allow-origin" not in stranger.headers


def test_counts_have_a_row_for_what_is_not_stated(client: TestClient) -> None:
    counts = client.get(f"{API}/count?q=in:all&by=month").json()
    assert counts["counts"]["month"]["not stated"] > 0
    table = client.get(f"{API}/count?q=in:all&by=site&by=year&time=seen").json()["table"]
    assert set(table["krant"]) == {"2026", "not stated"}


def test_the_page_for_people_names_every_question(client: TestClient) -> None:
    page = client.get("/api").text
    for path in client.get(f"{API}/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page


def test_doubtful_readings_and_standing_pages_are_asked_for_by_themselves(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        desk = Filer(archive)
        desk.see(article(title="Zeker", doubt=0.02), day(0))
        unsure = article(title="Twijfel", doubt=0.9, doubts=("it may be no article",), url=f"{PAGE}2")
        desk.see(unsure, day(0), key="2", url=f"{PAGE}2")
        page = article(title="Contact", kind=PageKind.PAGE, url=f"{PAGE}3")
        kept = archive.captures.keep(capture(f"{PAGE}3", at=day(0)))
        archive.filing.file(page, capture=kept, key="3", read_again=desk.read_again, keep_pages=True)
        archive.commit()
    with Archive.open(archive_file, read_only=True) as archive:
        room = WebContext(archive=archive, stacks=archive, name="Streekarchief")
        with TestClient(application(room)) as client:
            found = client.get(f"{API}/doubtful").json()
            pages = client.get(f"{API}/articles?pages=true").json()["items"]
            articles = client.get(f"{API}/articles").json()["items"]
            listed = client.get("/pages").text
    assert (found["doubtful"], found["of"]) == (1, 2)
    assert [(each["article"]["title"], each["doubt"], each["reasons"]) for each in found["items"]] == [
        ("Twijfel", 0.9, ["it may be no article"])
    ]
    assert [each["title"] for each in pages] == ["Contact"]
    assert {each["title"] for each in articles} == {"Zeker", "Twijfel"}
    assert "Contact" in listed


def test_edits_are_chosen_by_kind(client: TestClient) -> None:
    every = client.get("/api/v1/edits", params={"limit": 100}).json()["items"]
    for kind in ("correction", "removal", "headline"):
        found = client.get("/api/v1/edits", params={"kind": kind, "limit": 100}).json()["items"]
        assert [each["id"] for each in found] == [each["id"] for each in every if kind in each["edit_kinds"]]
    assert client.get("/api/v1/edits?kind=nonsense").status_code == 400
