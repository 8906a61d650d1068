"""A week of the practice newspaper, crawled day by day, held against the newsroom's own books."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from legger.simulator import OPENING, Newspaper
from legger.simulator.audit import audit
from tests.crawler.crawling import opened

HOUSES = ["buurserbode", "dinkelkoerier", "dorpsklok", "twentelive"]
VISITS = [OPENING + timedelta(days=day) for day in (0, 2, 3, 4, 5)]


def test_a_week_of_crawls_equals_the_newsrooms_books(tmp_path: Path) -> None:
    stage = opened(tmp_path)
    with Newspaper(articles=14, days=5, only=HOUSES, clock=stage.now) as paper:
        paper.write_sites(stage.sites)
        for moment in VISITS:
            stage.at(moment)
            ran = stage.crawl("--all", *(["--backfill"] if moment == OPENING else []))
            assert ran.code == 0, ran.errors
            assert all(report["outcome"] in ("done", "partly") for report in ran.reports.values())
        with stage.read() as archive:
            books = audit(archive, paper, VISITS)
    assert books.differences == []
    assert books.invented == 0
    assert books.published_found == books.published > 4 * 14
    assert books.texts_found == books.texts > books.published, "there were edits to find"
    assert books.edits_found == books.edits > 20
    assert books.silent_found == books.silent > 5
    assert books.removed_found == books.removed > 4
