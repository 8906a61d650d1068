"""What a command loads before it answers: a quick one must not wait for libraries that it does not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DATABASE = ("sqlalchemy", "alembic", "archive.archive")
CRAWLING = ("scrapy", "twisted", "aiohttp", "crawler.fetching.fetcher")
READING = ("numpy", "selectolax", "crawler.extract", "crawler.siteconfig.site", "apscheduler", "asyncio")
SETTINGS = ("pydantic", "tomlkit", "jinja2", "babel")

EXTRACTOR = ("numpy", "selectolax", "ftfy", "bs4", "crawler.extract.article", "crawler.extract.page.page")

SAYS_WHAT_IS_LOADED = """
import sys
from legger.cli import main
try:
    main()
finally:
    print("LOADED", *sys.modules)
"""


@pytest.mark.parametrize(
    ("command", "unwanted"),
    [
        pytest.param(
            ("--version",), (*DATABASE, *CRAWLING, *READING, *SETTINGS), id="the version loads no library"
        ),
        pytest.param(
            ("--help",), (*DATABASE, *CRAWLING, *READING, *SETTINGS), id="the list of commands loads none"
        ),
        pytest.param(
            ("extract", "page.html"),
            (*DATABASE, *CRAWLING, *SETTINGS, "bs4", "apscheduler", "asyncio"),
            id="reading a page loads neither the database nor what asks sites for pages",
        ),
    ],
)
def test_a_command_does_not_load(command: tuple[str, ...], unwanted: tuple[str, ...], tmp_path: Path) -> None:
    page = "<title>Bridge</title><h1>Bridge open again</h1>" + "<p>The bridge is open again.</p>" * 20
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SAYS_WHAT_IS_LOADED, *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert "legger.cli" in loaded
    assert not set(unwanted) & set(loaded)


def test_a_visit_loads_the_extractor_when_a_page_is_to_be_read() -> None:
    says = "import sys, crawler.runner, crawler.siteconfig.files; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "crawler.runner" in loaded
    assert not set(EXTRACTOR) & set(loaded), "a poll that brings nothing does without them"


def test_around_a_file_nothing_of_a_fleet_is_loaded(tmp_path: Path) -> None:
    """The clock looks, plans and tells; what reaches many machines stays where it is."""
    look = """
import sys
from datetime import timedelta
from scheduler import Clock
import legger.cli.crawling.fleet, legger.cli.crawling.schedule
Clock(archive="legger.db", every=timedelta(hours=6)).tick()
from legger.cli import main
sys.argv = ["legger", "fleet"]
try:
    main()
finally:
    print("LOADED", *sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    said, _, loaded = done.stdout.rpartition("LOADED")
    assert (done.returncode, "No workers." in said) == (0, True), done.stderr
    names = {each.partition(".")[0] for each in loaded.split()}
    assert {"sqlite3", "scheduler", "crawler"} <= names
    assert names & {"procrastinate", "psycopg", "psycopg_pool", "publicsuffixlist"} == set()


@pytest.mark.parametrize("command", [["worker"], ["schedule", "--fleet"]])
def test_a_fleet_around_a_file_is_refused_with_what_it_needs(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "legger", *command, "--archive", "legger.db"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "docs/fleet.md" in " ".join(done.stderr.split())) == (2, True), done.stderr
