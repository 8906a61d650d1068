"""Logs that programs read: every line of stderr is one JSON object, whatever happens."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from legger.logs import JsonLines, Lines
from tests.crawler.crawling import Host, Said, front, opened, story


def record(message: str, *arguments: Any, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("crawler.crawl.run", logging.WARNING, __file__, 1, message, arguments, None)
    made.__dict__.update(more)
    return made


SAID = [
    (record("%d pages", 3), {"message": "3 pages", "level": "warning", "logger": "crawler.crawl.run"}),
    (record("twee\nregels \x1b[2J"), {"message": "twee\nregels \x1b[2J"}),
    (record("x", site="roskam"), {"site": "roskam"}),
    (record("x", spider=SimpleNamespace(name="oost")), {"site": "oost"}),
    (record("x"), {"site": "krant"}),
    (record("x", facts={"new": 2}), {"facts": {"new": 2}}),
    (record("half \ud83d een teken"), {"message": "half ? een teken"}),
]


@pytest.mark.parametrize(("said", "has"), SAID)
def test_a_record_is_one_line_of_json(said: logging.LogRecord, has: dict[str, Any]) -> None:
    said.created = 1772438400.25
    line = JsonLines(site="krant").format(said)
    assert "\n" not in line
    row = json.loads(line)
    assert row["time"] == "2026-03-02T08:00:00.250Z"
    assert {key: row[key] for key in has} == has


def test_a_line_for_people_holds_no_sign_that_steers_a_terminal() -> None:
    try:
        raise ValueError("\x1b]0;titel\x07")
    except ValueError:
        line = Lines("%(message)s").format(record("https://krant.example/\x1b[2J", exc_info=sys.exc_info()))
    assert not {"\x1b", "\x07"} & set(line)
    assert "krant.example" in line


def test_an_error_brings_its_traceback() -> None:
    try:
        raise ValueError("stuk")
    except ValueError:
        row = json.loads(JsonLines().format(record("x", exc_info=sys.exc_info())))
    assert "ValueError: stuk" in row["exception"]
    assert "site" not in row


def test_every_line_a_crawl_writes_to_stderr_is_json(tmp_path: Path) -> None:
    stage = opened(tmp_path)

    def answer(path: str) -> Said | None:
        if path == "/":
            return Said(body=front("/bericht-1-uit-het-dorp-12", "/kapot-2-uit-het-dorp-13"))
        if path == "/robots.txt":
            return Said(status=404)
        return Said(body=story(1)) if path.startswith("/bericht") else None  # hangs up

    with Host(answer) as host:
        stage.add(host.site("dorp"))
        ran = stage.crawl("dorp", "--log-json")
        assert ran.code == 0, ran.errors
        rows = [json.loads(line) for line in ran.errors.splitlines()]
        assert rows[-1]["message"] == "visit partly"
        assert rows[-1]["site"] == "dorp"
        assert rows[-1]["facts"]["new"] == 1
    nowhere = stage.crawl("dorp", LEGGER_LOG_JSON="1", LEGGER_ARCHIVE=str(tmp_path / "no" / "legger.db"))
    assert nowhere.code == 1
    (row,) = [json.loads(line) for line in nowhere.errors.splitlines()]
    assert (row["level"], row["logger"]) == ("critical", "legger")
    assert "make it first" in row["message"]
