"""A visit's process: what it does before it has an archive, and what it says when that cannot be had."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive import Archive
from archive.errors import ArchiveError
from crawler import runner
from crawler.crawl.run import CrawlRun
from crawler.siteconfig.site import Site
from crawler.spider_loader import spider_for


def test_the_page_reader_is_copied_before_a_thread_watches_who_started_the_visit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    reading = SimpleNamespace(start_early=lambda: order.append("copied"))

    def opened(*_: Any, **__: Any) -> Archive:
        order.append("opened")
        raise ArchiveError("away")

    monkeypatch.setattr(runner, "PageReader", lambda: reading)
    monkeypatch.setattr(runner, "end_with_parent", lambda: order.append("watched"))
    monkeypatch.setattr(runner.Archive, "open", opened)
    with pytest.raises(ArchiveError):
        runner.visit([Site(name="roskam", url="https://a.example/")], archive="a.db", contact="a@b.example")
    assert order == ["copied", "watched", "opened"]


def test_an_archive_that_is_away_when_a_visit_begins_fails_it_in_one_sentence(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    archive = Archive.open(str(archive_file))
    site = Site(name="roskam", url="https://a.example/")
    spider = spider_for(site)(archive=archive)
    spider.crawler = SimpleNamespace(stats=None)  # type: ignore[assignment]

    def away(self: CrawlRun) -> None:
        raise ArchiveError("too many clients already")

    monkeypatch.setattr(CrawlRun, "begin", away)

    async def asked() -> list[Any]:
        return [request async for request in spider.start()]

    with caplog.at_level(logging.ERROR):
        assert asyncio.run(asked()) == []
        spider.closed("finished")
    assert spider.run.ended is not None
    assert spider.run.ended.value == "failed"
    assert spider.outcome == "failed"
    assert spider.run.outcome == "the archive could not be written: too many clients already"
    archive.close()
    assert not any(record.exc_info for record in caplog.records)
