"""Memento, by the letter of RFC 7089: time gate, time map, mementos."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from starlette.testclient import TestClient

from archive.queries.listings import Memento
from legger.web.memento import nearest, of_address

PAGE = "https://krant.example/1"
HOST = "http://testserver/memento"
LINK = re.compile(r'<([^>]*)>\s*;\s*rel="([^"]*)"((?:\s*;\s*\w+="[^"]*")*)')


def links(words: str) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Link relations -> (address, attributes)."""
    found: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for address, relations, rest in LINK.findall(words):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        for relation in relations.split():
            found.setdefault(relation, []).append((address, attributes))
    return found


GATE = {
    "before the first": ("Thu, 31 May 2007 20:35:00 GMT", "20260302080000"),
    "exactly one": ("Tue, 03 Mar 2026 08:00:00 GMT", "20260303080000"),
    "nearest, before": ("Tue, 03 Mar 2026 10:00:00 GMT", "20260303080000"),
    "nearest, after": ("Wed, 04 Mar 2026 07:00:00 GMT", "20260304080000"),
    "after the last": ("Fri, 01 Jan 2038 00:00:00 GMT", "20260304080000"),
    "no time: the latest": (None, "20260304080000"),
}


@pytest.mark.parametrize(("wanted", "moment"), GATE.values(), ids=GATE)
def test_the_time_gate_leads_to_the_nearest_memento(
    client: TestClient, wanted: str | None, moment: str
) -> None:
    answer = client.get(f"/memento/timegate/{PAGE}", headers={"Accept-Datetime": wanted} if wanted else {})
    assert answer.status_code == 302
    assert answer.headers["vary"] == "accept-datetime"
    assert answer.headers["location"] == f"{HOST}/{moment}/{PAGE}"
    assert "memento-datetime" not in answer.headers
    found = links(answer.headers["link"])
    assert found["original"][0][0] == PAGE
    assert found["timemap"][0][0] == f"{HOST}/timemap/link/{PAGE}"
    assert found["first"][0][1]["datetime"] == "Mon, 02 Mar 2026 08:00:00 GMT"


def test_a_time_that_is_none_is_refused(client: TestClient) -> None:
    answer = client.get(f"/memento/timegate/{PAGE}", headers={"Accept-Datetime": "gisteren"})
    assert answer.status_code == 400
    assert answer.headers["vary"] == "accept-datetime"
    assert "gisteren" in answer.text


def test_what_was_never_captured_has_no_gate(client: TestClient) -> None:
    for what in ("timegate", "timemap", "timemap/link", "timemap/json", "20260302080000"):
        assert client.get(f"/memento/{what}/https://krant.example/nergens").status_code == 404
    assert client.get("/memento/timegate/https://krant.example/3").status_code == 404  # redacted
    assert client.get(f"/memento/20261332250000/{PAGE}").status_code == 404


def test_a_memento_says_what_it_is(client: TestClient) -> None:
    answer = client.get(f"/memento/20260303080000/{PAGE}")
    assert answer.status_code == 200
    assert answer.headers["memento-datetime"] == "Tue, 03 Mar 2026 08:00:00 GMT"
    assert "vary" not in answer.headers or "accept-datetime" not in answer.headers["vary"].lower()
    found = links(answer.headers["link"])
    assert found["original"][0][0] == PAGE
    assert found["timegate"][0][0] == f"{HOST}/timegate/{PAGE}"
    assert found["prev"][0][0] == f"{HOST}/20260302080000/{PAGE}"
    assert found["next"][0][0] == f"{HOST}/20260304080000/{PAGE}"
    assert len(found["memento"]) == 3
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    moved = client.get(f"/memento/20260303090000/{PAGE}")
    assert (moved.status_code, moved.headers["location"]) == (302, f"{HOST}/20260303080000/{PAGE}")


def test_the_time_map_lists_every_memento(client: TestClient) -> None:
    for path in (f"/memento/timemap/{PAGE}", f"/memento/timemap/link/{PAGE}"):
        answer = client.get(path)
        assert answer.headers["content-type"].startswith("application/link-format")
        found = links(answer.text)
        assert found["original"][0][0] == PAGE
        assert found["self"][0][1]["from"] == "Mon, 02 Mar 2026 08:00:00 GMT"
        times = [parsedate_to_datetime(attributes["datetime"]) for _, attributes in found["memento"]]
        assert times == sorted(times)
        assert len(times) == 3
        for address, _ in found["memento"]:
            assert client.get(address).status_code == 200
    listed = client.get(f"/memento/timemap/json/{PAGE}").json()
    assert listed["original_uri"] == PAGE
    assert listed["mementos"]["last"]["datetime"] == "2026-03-04T08:00:00Z"


def test_the_query_of_an_original_address_is_part_of_it(client: TestClient) -> None:
    answer = client.get("/memento/timegate/https://krant.example/2?id=7")
    assert answer.headers["location"] == f"{HOST}/20260303080000/https://krant.example/2?id=7"
    assert client.get("/memento/timegate/https:/krant.example/2?id=7").status_code == 302  # a proxy folded //


def test_of_two_as_near_the_earlier_is_chosen() -> None:
    early, late = (
        Memento(capture=number, url=PAGE, at=datetime(2026, 3, number, tzinfo=UTC), version=1)
        for number in (1, 3)
    )
    assert nearest([early, late], datetime(2026, 3, 2, tzinfo=UTC)) is early


def test_an_address_has_its_own_mementos_and_one_for_each_second() -> None:
    def seen(number: int, url: str, second: int) -> Memento:
        return Memento(capture=number, url=url, at=datetime(2026, 3, 2, 8, 0, second, tzinfo=UTC), version=1)

    found = [
        seen(1, PAGE, 0),
        seen(2, f"{PAGE}/amp", 0),
        seen(3, f"{PAGE}/amp", 5),
        seen(4, f"{PAGE}/amp", 5),
    ]
    assert [each.capture for each in of_address(found, "http://www.krant.example/1/")] == [1]
    assert [each.capture for each in of_address(found, f"{PAGE}/amp")] == [2, 4]
    assert [each.capture for each in of_address(found, "https://krant.example/elsewhere")] == [2, 4]


def test_a_client_that_asks_for_headers_alone_gets_them(client: TestClient) -> None:
    for path in (f"/memento/timegate/{PAGE}", f"/memento/20260303080000/{PAGE}", "/", "/api/v1/sites"):
        head, whole = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers.get("link") == whole.headers.get("link")
        assert head.headers.get("content-type") == whole.headers.get("content-type")
