"""The dispatcher: what each kind of answer is, and what is filed of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Role
from archive.model.reports import RunCounts, verdict_count
from archive.model.types import Ground, Terms, VerdictKind
from crawler.ingest.answer import Answer
from crawler.ingest.ingest import ingest, reader
from legger.simulator import OPENING
from tests.crawler.answering import BASE, CrawledSite, captured, dorp, moved
from tests.crawler.crawling import Said, front, story

RSS = f"<rss version='2.0'><channel><item><link>{BASE}/1</link></item></channel></rss>"
URLSET = f"<urlset><url><loc>{BASE}/1</loc></url></urlset>"
RESERVED = Terms(robots="allowed", reserved=True, witness="header", ground=Ground.GENERAL)


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as archive:
        yield archive


@pytest.mark.parametrize(
    ("said", "url", "declared", "answer", "filed"),
    [
        (Said(body=story(1)), "/1", None, Answer.PAGE, VerdictKind.NEW),
        (Said(body=front("/1")), "/", Role.LISTING, Answer.LISTING, VerdictKind.NOT_ARTICLE),
        (Said(body=RSS, type="text/html"), "/f", None, Answer.FEED, VerdictKind.NOT_ARTICLE),
        (Said(body=URLSET), "/s", Role.LISTING, Answer.SITEMAP, VerdictKind.NOT_ARTICLE),
        *(
            (Said(body=story(1), type=said), "/1", None, Answer.PAGE, VerdictKind.NEW)
            for said in ("utf-8", "html", "*/*", "unknown/unknown", "application/octet-stream", "text/css")
        ),
        (Said(body=b"\x89PNG", type="image/png"), "/p", None, Answer.MEDIA, VerdictKind.NOT_ARTICLE),
        (Said(status=304), "/1", None, Answer.UNCHANGED, VerdictKind.NOT_ARTICLE),
        (Said(status=404), "/1", None, Answer.ABSENT, VerdictKind.NOT_ARTICLE),
        (Said(status=410), "/1", None, Answer.ABSENT, VerdictKind.NOT_ARTICLE),
        (Said(status=503), "/1", None, Answer.REFUSED, None),
        (Said(status=401), "/1", None, Answer.REFUSED, None),
        (Said(status=301), "/1", None, Answer.REFUSED, None),  # to nowhere at all
        (moved("/2"), "/1", None, Answer.REDIRECT, VerdictKind.NOT_ARTICLE),
        (Said(body=story(1)), "http://elders.example/1", None, Answer.FOREIGN, VerdictKind.NOT_ARTICLE),
        (Said(body=RSS), "http://elders.example/f", Role.FEED, Answer.FEED, VerdictKind.NOT_ARTICLE),
    ],
)
def test_every_answer_is_kept_and_filed_as_what_it_is(
    archive: Archive, said: Said, url: str, declared: Role | None, answer: Answer, filed: VerdictKind | None
) -> None:
    site = dorp()
    where = url if url.startswith("http") else BASE + url
    capture = captured(where, said, at=OPENING, site="dorp")
    done = ingest(capture, site, archive, reader(site, archive), declared=declared)
    assert done.answer is answer
    assert (done.verdict.kind if done.verdict else None) is filed
    assert archive.captures.get(done.kept.id).capture == capture


def test_of_a_page_that_reserves_mining_only_that_it_does_is_kept(archive: Archive) -> None:
    site = dorp()
    capture = replace(captured(f"{BASE}/1", Said(body=story(1)), at=OPENING, site="dorp"), terms=RESERVED)
    done = ingest(capture, site, archive, reader(site, archive))
    assert (done.answer, done.article) == (Answer.RESERVED, None)
    assert archive.captures.get(done.kept.id).capture.body == b""
    noted = replace(RESERVED, ground=Ground.RESEARCH)
    assert ingest(replace(capture, terms=noted), site, archive, reader(site, archive)).answer is Answer.PAGE


def test_a_redirect_that_is_followed_is_not_filed_before_it_is_known_where_it_leads(archive: Archive) -> None:
    site = dorp()
    capture = captured(f"{BASE}/1", moved("/2"), at=OPENING, site="dorp")
    assert ingest(capture, site, archive, reader(site, archive), follow=True).verdict is None


def test_a_run_counts_its_answers_by_name_and_the_archive_gives_the_counts_back(archive: Archive) -> None:
    desk = CrawledSite(archive=archive, site=dorp())
    desk.answers = {"/": Said(body=front("/1", "/2", "/weg", "/oud", "/stuk")), "/1": Said(body=story(1)),
                    "/2": Said(body=story(2)), "/oud": moved("/2"), "/stuk": Said(status=500)}  # fmt: skip
    counts = desk.visit().counts
    assert counts.pages == len(desk.asked) == counts.status_2xx + counts.status_3xx + 1 + counts.status_5xx
    assert (counts.new, counts.asked, counts.failed) == (2, 7, 2)
    (run,) = archive.runs.list("dorp")
    assert run.counts == counts
    assert run.cost is not None and run.cost.requests == counts.requests


def test_every_verdict_has_its_count_and_what_a_later_release_counts_is_passed_over() -> None:
    counts = RunCounts()
    for kind in VerdictKind:
        counts.add_verdict(kind)
        assert getattr(counts, verdict_count(kind)) == 1
    assert RunCounts.of({**counts.plain(), "counted from now on": 3}) == counts


@pytest.mark.parametrize(
    ("status", "name"), [(200, "2xx"), (304, "3xx"), (410, "4xx"), (599, "5xx"), (999, "other")]
)
def test_an_answer_is_counted_by_its_status(status: int, name: str) -> None:
    counts = RunCounts()
    counts.add_status(status)
    assert counts.plain() == {"pages": 1, f"status_{name}": 1}
