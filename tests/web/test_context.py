"""Answers about the whole archive: asked once however many readers come, and anew beside them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive
from archive.errors import TooCostly
from legger.web import WebContext
from legger.web import context as module


@pytest.fixture
def room(tmp_path: Path) -> Iterator[WebContext]:
    with Archive.open(tmp_path / "legger.db") as archive:
        yield WebContext(archive=archive, stacks=archive)


def test_readers_who_come_at_once_are_told_the_answer_to_one_question(room: WebContext) -> None:
    asked, go_on = [], threading.Event()

    def ask() -> str:
        asked.append(1)
        go_on.wait(10)
        return "1,000,000 articles"

    with ThreadPoolExecutor(8) as readers:
        answers = [readers.submit(room.fresh, "x", ask) for _ in range(8)]
        while not asked:
            pass
        go_on.set()
        assert {each.result() for each in answers} == {"1,000,000 articles"}
    assert asked == [1]


def test_what_could_not_be_answered_is_asked_again(room: WebContext) -> None:
    def ask() -> str:
        raise TooCostly("this takes too long")

    with pytest.raises(TooCostly):
        room.fresh("x", ask)
    assert room.fresh("x", lambda: "now") == "now"


def test_nobody_waits_for_an_answer_that_took_long(room: WebContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 0.0)
    monkeypatch.setattr(module, "PATIENCE", 1e6)
    assert room.fresh("x", lambda: "before") == "before"
    until, mark, answer, lasts = room.kept["x"]
    room.kept["x"] = (until - lasts, mark, answer, lasts)
    go_on, done = threading.Event(), threading.Event()

    def ask() -> str:
        go_on.wait(10)
        done.set()
        return "after"

    assert room.fresh("x", ask) == "before"
    assert room.fresh("x", ask) == "before", "and asks nothing more"
    go_on.set()
    assert done.wait(10)
    while "x" in room.busy:
        pass
    assert room.fresh("x", ask) == "after"


def test_one_that_is_too_old_is_waited_for(room: WebContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 0.0)
    assert room.fresh("x", lambda: "before") == "before"
    until, mark, answer, lasts = room.kept["x"]
    room.kept["x"] = (until - 10_000, mark, answer, lasts)
    assert room.fresh("x", lambda: "after") == "after"


def test_the_names_of_sites_need_no_count(room: WebContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> tuple[()]:
        raise TooCostly("counted for a name")

    monkeypatch.setattr(room.archive.holdings, "site_counts", never)
    room.archive.runs.start("krant", at=datetime(2026, 3, 2, tzinfo=UTC), settings={})
    room.archive.commit()
    assert replace(room, kept={}).named("krant") == "krant"
