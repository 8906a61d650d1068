"""Addresses: what is found, what is due, how visits went."""

from __future__ import annotations

from typing import Any

import pytest

from archive import Archive, Link, Role, Verdict, VerdictKind
from archive.model.addresses import Address
from tests.archive.newsroom import Filer, article, capture, day

SITE = "krant"


def _urls(archive: Archive, at: float, **fields: Any) -> list[str]:
    return [address.url for address in archive.urls.due(SITE, now=day(at), limit=99, **fields)]


def test_the_never_fetched_come_first_newest_found_first_and_then_the_longest_due(archive: Archive) -> None:
    assert archive.urls.found(SITE, [Link(url="a"), Link(url="b"), Link(url="a")], at=day(0)) == 2
    assert archive.urls.found(SITE, [Link(url="c"), Link(url="d"), Link(url="b")], at=day(1)) == 2
    assert _urls(archive, 1) == ["c", "d", "a", "b"]
    archive.urls.visited(SITE, "c", at=day(1), due_at=day(3), status=200)
    archive.urls.visited(SITE, "d", at=day(1), due_at=day(2), status=200)
    archive.urls.visited(SITE, "a", at=day(1), due_at=None, status=410)
    assert _urls(archive, 1.5) == ["b"]
    assert _urls(archive, 3) == ["b", "d", "c"]
    assert [address.url for address in archive.urls.due(SITE, now=day(3), limit=2)] == ["b", "d"]


def test_many_links_of_one_source_keep_its_order(archive: Archive) -> None:
    links = [Link(url=f"https://krant.example/{number}") for number in range(1200)]
    assert archive.urls.found(SITE, links, at=day(0)) == 1200
    assert _urls(archive, 0)[:3] == [link.url for link in links[:3]]
    assert archive.urls.found(SITE, links, at=day(1)) == 0


def test_roles_are_asked_for_separately(archive: Archive) -> None:
    archive.urls.found(SITE, [Link(url="feed", role=Role.FEED), Link(url="page")], at=day(0))
    assert _urls(archive, 0, roles=[Role.FEED, Role.SITEMAP]) == ["feed"]
    assert _urls(archive, 0, roles=[Role.PAGE]) == ["page"]


def test_an_address_remembers_how_it_was_found(archive: Archive) -> None:
    link = Link(
        url="a", role=Role.PAGE, found_on="feed", how="feed", title="T", published="gisteren",
        modified="vandaag", author="A", section="S", depth=2,
    )  # fmt: skip
    archive.urls.found(SITE, [link], at=day(0))
    archive.urls.found(SITE, [Link(url="a", how="link", title="Lees meer", modified="nu")], at=day(1))
    known = archive.urls.address(SITE, "a")
    assert known is not None
    assert (known.link.title, known.link.how, known.link.modified) == ("T", "feed", "nu")
    assert known.found_at == day(0)
    assert archive.urls.address(SITE, "b") is None
    assert archive.urls.address("elsewhere", "a") is None


def test_a_quiet_poll_takes_no_lock(archive: Archive) -> None:
    archive.urls.found(SITE, [Link(url="a")], at=day(0))
    archive.commit()
    archive.urls.found(SITE, [Link(url="a")], at=day(1))
    assert archive.session.age == 0


def test_an_address_met_under_way_is_not_due_until_something_names_it(archive: Archive) -> None:
    archive.captures.keep(capture("https://krant.example/hop"))
    assert _urls(archive, 9) == []
    assert archive.urls.found(SITE, [Link(url="https://krant.example/hop", how="listing")], at=day(1)) == 1
    assert _urls(archive, 9) == ["https://krant.example/hop"]


VISITS = {
    "a full answer": ({"status": 200, "etag": "new"}, {"etag": "new", "last_modified": None, "failures": 0}),
    "not modified": ({"status": 304}, {"etag": "old", "last_modified": "then", "failures": 0}),
    "no answer": (
        {"reason": "timeout"},
        {"etag": "old", "failures": 1, "last_status": 200, "reason": "timeout"},
    ),
    "an error": ({"status": 503, "reason": "HTTP 503"}, {"etag": "old", "failures": 1, "last_status": 503}),
}


@pytest.mark.parametrize(("visit", "known"), VISITS.values(), ids=VISITS)
def test_a_visit_leaves_its_marks(archive: Archive, visit: dict[str, Any], known: dict[str, Any]) -> None:
    archive.urls.visited(SITE, "a", at=day(0), due_at=day(1), status=200, etag="old", last_modified="then")
    archive.urls.visited(SITE, "a", at=day(1), due_at=day(2), **visit)
    address = archive.urls.address(SITE, "a")
    assert address is not None
    assert {name: getattr(address, name) for name in known} == known
    assert (address.first_seen, address.last_visit, address.due_at) == (day(0), day(1), day(2))


def test_an_address_knows_its_article_and_when_it_last_changed(desk: Filer) -> None:
    archive, url = desk.archive, "https://krant.example/1"

    def visit(verdict: Verdict, at: float) -> None:
        archive.urls.visited(SITE, url, at=day(at), due_at=None, status=200, verdict=verdict)

    visit(desk.see(article(), day(0)), 0)
    visit(desk.see(article(), day(1)), 1)
    address = archive.urls.address(SITE, url)
    assert address is not None and (address.article_id, address.last_changed) == (1, day(0))
    visit(desk.see(article("Anders."), day(2)), 2)
    address = archive.urls.address(SITE, url)
    assert address is not None and address.last_changed == day(2)
    assert desk.miss(day(3)).kind is VerdictKind.SUSPECT


def _of(found: list[Address]) -> list[str]:
    return [each.url for each in found]


def test_a_walk_through_what_was_asked_before_goes_on_where_it_was(archive: Archive) -> None:
    archive.urls.found(SITE, [Link(url=each) for each in "abcdefg"], at=day(0))
    assert archive.urls.asked_before(SITE, after=None, limit=9) == []
    for url, due in (("a", 5), ("b", 3), ("c", 5), ("d", 4), ("e", None)):
        archive.urls.visited(SITE, url, at=day(1), due_at=None if due is None else day(due), status=200)
    assert archive.urls.how_many_due(SITE, now=day(4)) == 4, "two that were never asked for, b and d"
    first = archive.urls.asked_before(SITE, after=None, limit=2)
    assert _of(first) == ["b", "d"]
    archive.urls.visited(SITE, "b", at=day(6), due_at=day(8), status=200)
    archive.urls.visited(SITE, "d", at=day(6), due_at=day(7), status=200)
    second = archive.urls.asked_before(SITE, after=first[-1], limit=2)
    assert sorted(_of(second)) == ["a", "c"]
    assert _of(archive.urls.asked_before(SITE, after=second[-1], limit=9)) == ["d", "b"]
