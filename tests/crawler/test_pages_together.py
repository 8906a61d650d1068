"""An article on two pages, edited on one or both, in a crawl and in captures of others: its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from archive.compare.pages_together import PagesTogether, VisitSoFar
from archive.export.web_archives.warc import Chosen, export_warc
from archive.model.types import Capture, VerdictKind
from crawler.importing.load import Import
from crawler.importing.web_archives import WebArchives
from crawler.ingest.ingest import ingest, keep, reader
from legger.simulator import OPENING
from tests.crawler.answering import BASE, Asked, CrawledSite, dorp
from tests.crawler.crawling import Said, front

A, B = "/2026/03/de-brug/", "/2026/03/de-brug/2/"
FIRST = [
    f"Over de brug sprak de raad op de {n}e avond van de week, en zij bleef onbeslist." for n in range(6)
]
SECOND = [f"Over het plein stond in brief {n} van de buurt dat niemand het kwijt wilde." for n in range(6)]
EDITED_FIRST = [*FIRST[:-1], "Over de brug is nu toch besloten: zij wordt in het najaar vernieuwd."]
EDITED_SECOND = [*SECOND[:-1], "Het plein blijft zoals het is, zo liet de wethouder dinsdag weten."]


def page(number: int, words: Sequence[str], *, of: int = 2) -> Said:
    links = "".join(f'<a href="{(A, B)[n]}">{n + 1}</a>' for n in range(of) if of > 1 and n + 1 != number)
    text = "".join(f"<p>{each}</p>" for each in words)
    return Said(
        body="<!DOCTYPE html><html lang='nl'><head><title>De raad bespreekt de brug</title>"
        "<meta property='og:type' content='article'><meta property='article:published_time'"
        " content='2026-03-01T10:00:00+01:00'></head><body><main><article><h1>De raad bespreekt de brug</h1>"
        f"{text}<div class='page-links'>{links}</div></article></main></body></html>",
        headers={"ETag": f'"{abs(hash((number, tuple(words), of)))}"'},
    )


def or_304(said: Said) -> Callable[[Asked], Said]:
    """What a server says that knows what we have."""
    return lambda asked: Said(status=304) if asked.etag == said.headers["ETag"] else said


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a visit is answered, and the text of the versions that the article has after it."""

    one: Any
    two: Any
    texts: list[list[str]]


@dataclass
class EditedBetween:
    """Both pages are edited after the first was asked for, and before the second is."""

    answers: dict[str, Any] = field(default_factory=dict)

    def one(self, asked: Asked) -> Said:
        words = EDITED_FIRST if self.answers else FIRST
        return page(1, words)

    def two(self, asked: Asked) -> Said:
        self.answers["two"] = asked
        return page(2, EDITED_SECOND)


BEFORE = FIRST + SECOND
BETWEEN = EditedBetween()
LOOKS: dict[str, list[Look]] = {
    "the first page": [Look(one=page(1, EDITED_FIRST), two=page(2, SECOND), texts=[EDITED_FIRST + SECOND])],
    "the second page": [Look(one=page(1, FIRST), two=page(2, EDITED_SECOND), texts=[FIRST + EDITED_SECOND])],
    "both": [
        Look(one=page(1, EDITED_FIRST), two=page(2, EDITED_SECOND), texts=[EDITED_FIRST + EDITED_SECOND])
    ],
    "both, and back again": [
        Look(one=page(1, EDITED_FIRST), two=page(2, EDITED_SECOND), texts=[EDITED_FIRST + EDITED_SECOND]),
        Look(one=page(1, FIRST), two=page(2, SECOND), texts=[EDITED_FIRST + EDITED_SECOND, BEFORE]),
    ],
    "a paragraph goes over to the next page": [
        Look(one=page(1, FIRST[:-1]), two=page(2, [FIRST[-1], *SECOND]), texts=[])
    ],
    "the first, the second is not modified": [
        Look(one=page(1, EDITED_FIRST), two=or_304(page(2, SECOND)), texts=[EDITED_FIRST + SECOND]),
        Look(one=or_304(page(1, EDITED_FIRST)), two=or_304(page(2, SECOND)), texts=[EDITED_FIRST + SECOND]),
    ],
    "the second, the first is not modified": [
        Look(one=or_304(page(1, FIRST)), two=page(2, EDITED_SECOND), texts=[FIRST + EDITED_SECOND])
    ],
    "both, and the second cannot be had at first": [
        Look(one=page(1, EDITED_FIRST), two=Said(status=503), texts=[EDITED_FIRST + SECOND]),
        Look(
            one=page(1, EDITED_FIRST),
            two=page(2, EDITED_SECOND),
            texts=[EDITED_FIRST + SECOND, EDITED_FIRST + EDITED_SECOND],
        ),
    ],
    "the first, and the second is taken away": [
        Look(one=page(1, EDITED_FIRST, of=1), two=Said(status=404), texts=[EDITED_FIRST])
    ],
    "the second is gone by mistake": [Look(one=page(1, FIRST), two=Said(status=404), texts=[])],
    "the first, and the second is a page of works": [
        Look(
            one=page(1, EDITED_FIRST),
            two=Said(body="<html><body><p>Wij zijn even aan het werk.</p></body></html>"),
            texts=[EDITED_FIRST + SECOND],
        )
    ],
    "both, while we were between them": [
        Look(one=BETWEEN.one, two=BETWEEN.two, texts=[EDITED_FIRST + EDITED_SECOND])
    ],
}


@pytest.fixture
def crawled(archive_file: Path) -> Iterator[CrawledSite]:
    with Archive.open(archive_file) as archive:
        crawled = CrawledSite(archive=archive, site=dorp())
        crawled.answers = {"/": Said(body=front(A)), A: page(1, FIRST), B: page(2, SECOND)}
        crawled.visit(0)
        yield crawled


def texts(archive: Archive) -> list[list[str]]:
    (article,) = archive.articles.all("dorp")
    history = archive.articles.history(str(article.article_id))
    return [each.article.text.split("\n") for each in history]


@pytest.mark.parametrize("looks", LOOKS.values(), ids=LOOKS)
def test_an_edit_is_one_version_whichever_pages_it_is_on(crawled: CrawledSite, looks: list[Look]) -> None:
    BETWEEN.answers.clear()
    assert texts(crawled.archive) == [BEFORE]
    for day, look in enumerate(looks, 1):
        crawled.answers |= {A: look.one, B: look.two}
        crawled.visit(day, backfill=True)
        assert texts(crawled.archive) == [BEFORE, *look.texts]
    (article,) = crawled.archive.articles.all("dorp")
    for version in crawled.archive.articles.history(str(article.article_id)):
        assert version.superseded is None or version.last_seen <= version.superseded
    read = reader(crawled.site, crawled.archive)
    crawled.archive.rereading.reread("dorp", read)
    assert texts(crawled.archive) == [BEFORE, *looks[-1].texts], "read again from its captures"


def test_a_page_that_is_not_due_is_looked_at_when_another_one_of_its_article_changed(
    crawled: CrawledSite,
) -> None:
    crawled.archive.urls.bring_forward("dorp", BASE + A, at=OPENING)
    crawled.answers |= {A: page(1, EDITED_FIRST), B: page(2, EDITED_SECOND)}
    later = OPENING + timedelta(days=90)
    crawled.archive.urls.visited("dorp", BASE + B, at=OPENING, due_at=later, status=200, verdict=None)
    crawled.visit(0.5)
    assert crawled.asked.count(B) == 1
    assert texts(crawled.archive) == [BEFORE, EDITED_FIRST + EDITED_SECOND]


def test_pages_are_asked_for_once_more_at_most(crawled: CrawledSite) -> None:
    """A page that says something else whenever it is asked for leads to no third question."""
    told = iter(range(100))
    crawled.answers[A] = lambda asked: page(1, [*FIRST[:-1], f"De teller staat op stand {next(told)}."])
    crawled.answers[B] = lambda asked: page(2, [*SECOND[:-1], f"De brief kwam in zaal {next(told)} aan."])
    crawled.visit(1, backfill=True)
    assert max(crawled.asked.count(A), crawled.asked.count(B)) <= 2


def test_an_article_that_is_parted_over_two_pages_is_no_edit_and_stays_one(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        crawled = CrawledSite(archive=archive, site=dorp())
        crawled.answers = {"/": Said(body=front(A)), A: page(1, BEFORE, of=1)}
        crawled.visit(0)
        crawled.answers |= {A: page(1, FIRST), B: page(2, SECOND)}
        crawled.visit(1, backfill=True)
        assert texts(archive) == [BEFORE]
        crawled.visit(2, backfill=True)
        assert texts(archive) == [BEFORE]


def test_pages_that_a_killed_run_left_behind_are_filed_together(crawled: CrawledSite) -> None:
    at = OPENING + timedelta(days=1)
    archive = crawled.archive
    run = archive.runs.start("dorp", at=at, settings={}, facts=crawled.site.facts())
    for path, said in ((A, page(1, EDITED_FIRST)), (B, page(2, EDITED_SECOND))):
        keep(_capture(path, said, minutes=1440), crawled.site, archive, run=run)
    crawled.answers = {}
    crawled.visit(2)
    assert texts(archive) == [BEFORE, EDITED_FIRST + EDITED_SECOND]


def _capture(path: str, said: Said, *, minutes: float) -> Capture:
    assert isinstance(said.body, str)
    return Capture(
        site="dorp", url=BASE + path, at=OPENING + timedelta(minutes=minutes), status=said.status,
        headers=(("Content-Type", "text/html; charset=utf-8"),), body=said.body.encode(),
    )  # fmt: skip


DAY = 24 * 60
IN_ORDER = [
    (A, page(1, FIRST), 0),
    (B, page(2, SECOND), 3),
    (A, page(1, EDITED_FIRST), DAY),
    (B, page(2, EDITED_SECOND), DAY + 4),
    (A, page(1, FIRST), 2 * DAY),
    (B, page(2, EDITED_SECOND), 4 * DAY),
]
TOLD = [BEFORE, EDITED_FIRST + EDITED_SECOND, FIRST + EDITED_SECOND]


@pytest.mark.parametrize("late", [(), (2,), (3,), (0, 1), (2, 3)], ids=str)
def test_captures_of_others_minutes_apart_are_one_visit_in_whatever_order_they_come(
    tmp_path: Path, late: tuple[int, ...]
) -> None:
    """*late*: which captures come in after the others."""
    site = dorp()
    with Archive.open(tmp_path / "theirs.db") as theirs:
        files = []
        for number, group in enumerate(([n for n in range(6) if n not in late], late)):
            with Archive.open(tmp_path / f"{number}.db") as some:
                for place in group:
                    path, said, minutes = IN_ORDER[place]
                    keep(_capture(path, said, minutes=minutes), site, some)
                some.commit()
                if group:
                    files += export_warc(some, tmp_path / f"{number}.warc.gz", Chosen()).files
        for file in files:
            importing = Import(theirs, [site], now=OPENING + timedelta(days=30), tell=lambda told: None)
            archives = WebArchives()
            archives.add(tmp_path / file if isinstance(file, str) else file)
            importing.web_archives(archives)
            importing.finish()
            archives.close()
        current = [each for each in theirs.articles.all("dorp") if not each.key.startswith("(moved)")]
        history = theirs.articles.history(str(current[0].article_id))
        assert [each.article.text.split("\n") for each in history] == TOLD
        assert len(current) == 1


def test_the_second_of_two_pages_that_comes_half_a_day_later_is_another_visit(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        site, together = dorp(), PagesTogether()
        read, visit = reader(site, archive), VisitSoFar(together=together)
        for path, said, minutes in IN_ORDER[:2]:
            ingest(_capture(path, said, minutes=minutes), site, archive, read, visit=visit)
        done = ingest(_capture(A, page(1, EDITED_FIRST), minutes=DAY), site, archive, read, visit=visit)
        assert done.verdict is not None and done.verdict.held
        assert done.verdict.other_pages == (BASE + B,)
        assert together.settle(before=OPENING + timedelta(minutes=DAY)) == []
        (waited,) = together.settle(before=OPENING + timedelta(minutes=DAY + 1))
        assert waited == done.verdict.capture
        assert done.verdict.kind is VerdictKind.SAME
