"""Pages that news-please and newspaper4k saved come in as captures; their readings do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from crawler.importing.load import Import
from crawler.importing.report import NotAnArticle
from crawler.importing.saved_pages import saved_pages
from tests.archive.export.web_archives import SITE
from tests.archive.newsroom import day
from tests.crawler.crawling import story

PAGE = "http://krant.example/1"
ROW: dict[str, Any] = {"url": PAGE, "title": "Een ander opschrift", "date_download": "2026-03-02 08:00:00"}


def news_please(folder: Path) -> Path:
    (folder / "1.html").write_bytes(story(1).encode())
    path = folder / "1.html.json"
    path.write_text(json.dumps(ROW | {"maintext": "Wat zij lazen.", "filename": "x.json"}))
    return path


def named_after_its_address(folder: Path) -> Path:
    (folder / "krant.example-1.html").write_bytes(story(1).encode())
    path = folder / "article.json"
    path.write_text(json.dumps(ROW | {"filename": "krant.example-1.json"}))
    return path


def newspaper4k(folder: Path) -> Path:
    path = folder / "articles.jsonl"
    html = (
        story(1).replace("<head>", "<head><meta charset='iso-8859-1'>").replace("Dorpsstraat", "Caféstraat")
    )
    path.write_text(
        json.dumps({"url": PAGE, "text": "Wat zij lazen.", "html": html, "publish_date": None}) + "\n"
    )
    return path


@pytest.mark.parametrize("save", [news_please, named_after_its_address, newspaper4k])
def test_a_saved_page_is_read_by_us_at_the_time_it_was_had(
    save: Callable[[Path], Path], tmp_path: Path
) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        importing = Import(archive, [SITE], now=day(9))
        importing.saved_pages(saved_pages(save(tmp_path), day(0)))
        importing.finish()
        (version,) = archive.articles.history(PAGE)
        assert version.first_seen == day(0)
        assert version.article.title == "Bericht 1 uit het dorp"
        assert "Caféstraat" in version.article.text or "Dorpsstraat" in version.article.text
        assert archive.captures.get(1).capture.request_headers == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"url": PAGE, "html": "<p>x"}, "states no time"),
        ({"url": PAGE, "html": "<p>x", "date_download": "gisteren"}, "is no time"),
        ({"url": PAGE, "date_download": "2026-03-02 08:00:00"}, "its page is not here"),
        ({"html": "<p>x", "date_download": "2026-03-02 08:00:00"}, "no web address"),
        ({"url": "http://elders.example/1", "html": "x", "date_download": "2026-03-02 08:00:00"}, "elders"),
    ],
)
def test_what_does_not_say_what_it_is_is_told(row: dict[str, Any], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(row))
    told: list[NotAnArticle] = []
    with Archive.open(tmp_path / "legger.db") as archive:
        importing = Import(archive, [SITE], now=day(9), tell=told.append)
        importing.saved_pages(saved_pages(path))
        assert importing.finish().kept == 0
    assert reason in told[0].reason
