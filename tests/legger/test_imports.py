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
