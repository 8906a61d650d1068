"""A visit that follows another at once: what was asked just before it counts for the delay, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.model.types import Capture
from crawler.crawl.limits import asked_before
from legger.simulator import OPENING
from tests.crawler.answering import BASE, CrawledSite, dorp
from tests.crawler.crawling import Said, front, story

SITE = dorp(delay=2.0)
SECOND = timedelta(seconds=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "legger.db") as archive:
        yield archive


def visited(archive: Archive) -> None:
    pages = {"/": Said(body=front("/1")), "/1": Said(body=story(1))}
    CrawledSite(archive=archive, site=SITE, answers=pages).visit()


def answered(archive: Archive, url: str, *, run: int | None) -> None:
    archive.captures.keep(Capture(site="bode", url=url, at=OPENING, status=200), run=run)


def test_a_site_that_was_never_visited_is_asked_at_once(archive: Archive) -> None:
    assert asked_before(SITE, archive, now=OPENING) == {}


def test_after_a_visit_that_has_ended_its_hosts_are_left_alone_for_the_rest_of_the_delay(
    archive: Archive,
) -> None:
    visited(archive)
    assert asked_before(SITE, archive, now=OPENING + SECOND) == {"dorp.example": SECOND}
    assert asked_before(SITE, archive, now=OPENING - SECOND) == {
        "dorp.example": timedelta()
    }  # a clock set back
    assert asked_before(SITE, archive, now=OPENING + 3600 * SECOND) == {"dorp.example": 3600 * SECOND}


def test_a_visit_that_was_cut_off_may_have_asked_any_host_of_the_site_until_now(archive: Archive) -> None:
    archive.runs.start("dorp", at=OPENING, settings={})
    site = replace(SITE, hosts=("nieuws.dorp.example:8000",), feeds=("https://Feeds.example/dorp",))
    assert asked_before(site, archive, now=OPENING + 9 * SECOND) == {
        "dorp.example": timedelta(),
        "nieuws.dorp.example": timedelta(),
        "feeds.example": timedelta(),
    }


def test_what_the_visit_of_another_site_asked_counts_and_what_was_imported_does_not(archive: Archive) -> None:
    answered(archive, "https://beeld.example/2.jpg", run=None)
    assert asked_before(SITE, archive, now=OPENING + SECOND) == {}
    run = archive.runs.start("bode", at=OPENING, settings={})
    answered(archive, f"{BASE}/1", run=run)
    answered(archive, "https://beeld.example/1.jpg", run=run)
    assert asked_before(SITE, archive, now=OPENING + SECOND) == {
        "dorp.example": SECOND,
        "beeld.example": SECOND,
    }
    assert asked_before(SITE, archive, now=OPENING + 60 * SECOND) == {}, "longer ago than any delay"
