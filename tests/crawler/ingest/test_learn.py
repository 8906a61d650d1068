"""When the memory learns: as soon as a site is met, then whenever enough of its articles are new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive import Archive
from archive.db.schema import readings
from archive.model.reports import RunCounts
from archive.model.types import Article, PageKind, SiteMemory
from crawler.extract.boilerplate import learn
from crawler.ingest.learn import WINDOW, first_lesson, read_what_was_read_without, worth_it
from crawler.siteconfig.site import Site
from legger.simulator import OPENING, Newspaper
from legger.simulator.visits import visit
from tests.archive.newsroom import Filer, article

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DORP = Site(name="dorp", url="https://dorp.example/")


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


def visited(archive: Archive, **counts: int) -> None:
    run = archive.runs.start("dorp", at=NOW, settings={})
    archive.runs.end(run, at=NOW + timedelta(minutes=1), outcome="done", counts=RunCounts(**counts))


def test_a_site_that_was_never_learned_is_worth_it_as_soon_as_it_has_an_article(archive: Archive) -> None:
    assert not worth_it(DORP, archive, new=0), "it would load the extractor at every look"
    assert worth_it(DORP, archive, new=1)
    Filer(archive).see(article("De brug is open.", url="https://dorp.example/1"), NOW, site="dorp")
    archive.commit()
    assert worth_it(DORP, archive, new=0), "as after a visit that was killed before it learned"


@pytest.mark.parametrize(
    ("articles", "visits", "new", "worth"),
    [
        (12, [{"learned": 1, "new": 12}], 0, False),  # only edits
        (12, [{"learned": 1, "new": 12}], 1, True),  # a young memory learns from each article
        (400, [{"learned": 1, "new": 400}], 1, False),
        (400, [{"learned": 1, "new": 400}], 10, True),
        (400, [{"learned": 1, "new": 400}, {"new": 5}, {"changed": 90}, {"new": 4}], 1, True),  # ten in all
        (400, [{"learned": 1, "new": 400}, {"new": 5}, {"new": 4}], 0, False),
        (400, [{"new": 9}, {"learned": 1, "new": 2}, {"new": 3}], 2, False),  # nine were learned from
        (400, [{"new": 4}, {"new": 5}], 1, True),  # no visit on record says that it learned
    ],
)
def test_the_memory_learns_when_enough_is_new_since_it_did(
    archive: Archive, articles: int, visits: list[dict[str, int]], new: int, worth: bool
) -> None:
    archive.boilerplate.remember(
        SiteMemory(site="dorp", articles=articles, learned_at=NOW, templates={"places": {}})
    )
    for counts in visits:
        visited(archive, **counts)
    archive.runs.start("dorp", at=NOW, settings={})  # the visit of today, which has no counts yet
    assert worth_it(DORP, archive, new=new) == worth


def test_what_a_first_visit_hears_is_what_its_captures_teach(archive: Archive) -> None:
    paper = Newspaper(articles=12, days=2, only=["dinkelkoerier"])
    (house,) = paper.houses
    assert first_lesson(house.site, archive) is not None
    visit(house.site, archive, paper, at=OPENING, change=lambda answer: answer, backfill=True)
    assert first_lesson(house.site, archive) is None
    heard = archive.boilerplate.get(house.name)
    captures = (kept.capture for kept in archive.articles.article_captures(house.name, latest=WINDOW))
    taught = learn(captures, house.site, SiteMemory(site=house.name), now=OPENING)
    assert heard.articles > 10
    assert heard.lines
    assert heard.articles == taught.articles
    assert {line.text for line in heard.lines} == {line.text for line in taught.lines}
    assert heard.templates == taught.templates


def test_a_first_visit_reads_on_with_what_it_has_learned_so_that_few_pages_are_read_twice(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Newspaper(articles=30, days=2, only=["dinkelkoerier"])
    (house,) = paper.houses
    monkeypatch.setattr("crawler.ingest.first_lesson.EARLY", 6)
    monkeypatch.setattr("crawler.ingest.learn.WINDOW", 12)
    visit(house.site, archive, paper, at=OPENING, change=lambda answer: answer, backfill=True)
    with archive.session.asking() as connection:
        read = dict(
            connection.execute(select(readings.c.memory, func.count()).group_by(readings.c.memory)).all()
        )
        twice = connection.execute(
            select(func.count()).select_from(
                select(readings.c.capture_id)
                .group_by(readings.c.capture_id)
                .having(func.count() > 1)
                .subquery()
            )
        ).scalar_one()
    assert archive.rereading.read_without_memory(house.name, memory=1, most=100) == []
    assert 0 < read[0] <= 6
    assert sum(read.values()) - read[0] > 20
    assert 0 < twice <= 12


def test_what_was_read_before_the_memory_knew_is_read_again_by_the_visits_themselves_within_bounds(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Newspaper(articles=14, days=2, only=["dinkelkoerier"])
    (house,) = paper.houses
    monkeypatch.setattr("crawler.ingest.learn.WINDOW", 5)
    monkeypatch.setattr("crawler.ingest.learn.UNLEARNED", 4)
    monkeypatch.setattr("crawler.crawl.run.first_lesson", lambda *_: None)  # as after a visit that was killed

    def without() -> int:
        return len(archive.rereading.read_without_memory(house.name, memory=1, most=100))

    visit(house.site, archive, paper, at=OPENING, change=lambda answer: answer, backfill=True)
    assert archive.boilerplate.get(house.name).lines
    articles = archive.rereading.rereadable(house.name)
    left = without()
    assert 0 < left <= articles - 5 - 4
    for day in range(1, 8):
        if not left:
            break
        visit(house.site, archive, paper, at=OPENING + timedelta(days=day), change=lambda answer: answer)
        assert without() < left
        left = without()
    assert left == 0


def test_what_reads_as_no_article_with_the_memory_is_tried_once_with_each_memory(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Newspaper(articles=8, days=2, only=["dinkelkoerier"])
    (house,) = paper.houses
    monkeypatch.setattr("crawler.ingest.learn.UNLEARNED", 0)
    monkeypatch.setattr("crawler.crawl.run.first_lesson", lambda *_: None)
    monkeypatch.setattr("crawler.ingest.learn.WINDOW", 2)
    visit(house.site, archive, paper, at=OPENING, change=lambda answer: answer, backfill=True)
    memory = archive.boilerplate.get(house.name).version
    left = archive.rereading.read_without_memory(house.name, memory=memory, most=100)
    assert left
    monkeypatch.setattr("crawler.ingest.learn.UNLEARNED", 100)
    read_as_other = lambda capture: Article(kind=PageKind.OTHER, url=capture.url)  # noqa: E731
    monkeypatch.setattr("crawler.ingest.learn.reader", lambda *_: read_as_other)
    assert read_what_was_read_without(house.site, archive) == len(left)
    assert read_what_was_read_without(house.site, archive) == 0
    assert archive.rereading.read_without_memory(house.name, memory=memory + 1, most=100) == left
