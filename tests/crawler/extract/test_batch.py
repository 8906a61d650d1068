"""Saved pages read in a batch: what rows may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawler.extract.batch import read_batch
from tests.crawler.extract.pages import TEXT, html


def read(folder: Path, **row: Any) -> dict[str, Any]:
    page = f"<article><h1>Plein gaat op de schop</h1><p class='date'>2 uur geleden</p><p>{TEXT}</p></article>"
    (folder / "page.html").write_text(html(page), encoding="utf-8")
    (read,) = read_batch(
        [{"id": 1, "html_path": "page.html", "url": "https://bode.example/plein"} | row], folder=folder
    )
    return read


def test_a_time_told_from_the_capture_is_read_where_the_row_says_when_that_was(tmp_path: Path) -> None:
    assert read(tmp_path, captured_at="2021-04-13T12:30:00+02:00")["published"] == "2021-04-13T10:30:00+02:00"


@pytest.mark.parametrize("row", [{}, {"captured_at": None}])
def test_else_it_is_not_known(row: dict[str, Any], tmp_path: Path) -> None:
    assert read(tmp_path, **row)["published"] is None


@pytest.mark.parametrize("said", ["yesterday", "2021-04-13T12:30"])
def test_a_time_of_capture_that_is_none_is_told_in_the_row(said: str, tmp_path: Path) -> None:
    assert said in read(tmp_path, captured_at=said)["error"]
