"""What a command loads before it answers: a quick one must not wait for libraries that it does not use."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DATABASE = ("sqlalchemy", "alembic", "archive.archive")
CRAWLING = ("scrapy", "twisted", "aiohttp", "crawler.fetching.fetcher")
READING = ("numpy", "selectolax", "crawler.extract", "crawler.siteconfig.site", "apscheduler", "asyncio")
SETTINGS = ("pydantic", "tomlkit", "jinja2", "babel")

EXTRACTOR = ("numpy", "selectolax", "ftfy", "bs4", "crawler.extract.article", "crawler.extract.page.page")

SAYS_WHAT_IS_LOADED = """
import atexit
import gc
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from legger.cli import main
atexit.register(lambda: print("LEFT AS IT IS" if gc.get_freeze_count() else "SEARCHED", file=sys.stderr))
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
    assert "LEFT AS IT IS" in done.stderr, "a fifth of a quick command went into looking through its memory"
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
    assert (done.returncode, "An archive in a file has no fleet" in said) == (0, True), done.stderr
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


FEED = b"<rss version='2.0'><channel><item><title>Bridge open</title><link>/1</link></item></channel></rss>"
EARLY = FEED.replace(b"/1", b"/2")
"""It names an article that is not there yet."""
PAGE = b"<h1>Bridge open</h1>" + b"<p>The bridge is open again, and so is the road to it.</p>" * 20


class QuietSite(BaseHTTPRequestHandler):
    """A site whose feed names one article, and is the same the next time."""

    def do_GET(self) -> None:
        same = self.headers.get("If-None-Match") == '"1"'
        body = b"" if same else {"/feed": FEED, "/early": EARLY, "/1": PAGE}.get(self.path, b"")
        self.send_response(304 if same else 200 if body else 404)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "text/html" if body == PAGE else "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Into no terminal."""


BIG = ("archive", "crawler", "pydantic", "queuelib", "rich", "scrapy", "sqlalchemy", "twisted")

NOT_FOR_A_POLL = (
    *EXTRACTOR,
    "alembic",
    "archive.annotations",
    "archive.db.views",
    "archive.integrity.redaction",
    "archive.integrity.verify",
    "archive.queries.listings",
    "archive.search.language.parser",
    "archive.search.search",
    "archive.versions.regroup",
    "babel",
    "jinja2",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.orm",
    "tomlkit",
    "crawler.onboarding",
    "legger.notifications",
)


@pytest.fixture
def quiet_site(tmp_path: Path) -> Iterator[Path]:
    """The folder of an archive with one site."""
    (tmp_path / "sites").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), QuietSite) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = f'url = "http://127.0.0.1:{server.server_port}/"\nfeeds = ["/feed"]\nallow_private = true\n'
        (tmp_path / "sites" / "krant.toml").write_text(site, encoding="utf-8")
        yield tmp_path
        server.shutdown()


def test_a_poll_that_finds_nothing_loads_what_it_uses(quiet_site: Path) -> None:
    for options in ([], ["--poll"]):
        command = [sys.executable, "-c", SAYS_WHAT_IS_LOADED, "crawl", "krant", *options]
        done = subprocess.run(command, cwd=quiet_site, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert "scrapy.core.engine" in loaded
    assert sorted(set(NOT_FOR_A_POLL) & set(loaded)) == []


def test_a_look_at_a_site_without_articles_does_not_load_the_extractor(quiet_site: Path) -> None:
    """Nothing is there that a memory could learn from, and so nothing that counts articles is needed."""
    file = quiet_site / "sites" / "krant.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("/feed", "/early"), encoding="utf-8")
    command = [sys.executable, "-c", SAYS_WHAT_IS_LOADED, "crawl", "krant", "--poll"]
    done = subprocess.run(command, cwd=quiet_site, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert "crawler.ingest.first_lesson" in loaded
    assert sorted(set(EXTRACTOR) & set(loaded)) == []


def test_what_visits_load_is_loaded_before_they_are_copied(quiet_site: Path) -> None:
    """Each would load it again: half of what a visit of a small site took."""
    visit = """
import sys
from importlib import import_module
from archive import Archive
from crawler.scheduling.programs import LOADED
Archive.open("legger.db").close()
for each in LOADED:
    import_module(each)
before = set(sys.modules)
from legger.cli import main
try:
    main()
finally:
    print("LOADED", *(set(sys.modules) - before))
"""
    for options in ([], ["--poll"]):
        command = [sys.executable, "-c", visit, "crawl", "krant", *options]
        done = subprocess.run(command, cwd=quiet_site, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        loaded = done.stdout.rpartition("LOADED")[2].split()
        assert "legger.cli.crawling.crawl" in loaded
        big = {each for each in loaded if each.partition(".")[0] in BIG}
        assert sorted(big - {"pydantic.plugin._loader", "rich._emoji_codes"}) == []
