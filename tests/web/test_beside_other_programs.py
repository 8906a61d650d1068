"""The reading room stays open while other programs crawl, index, compact, redact and back up."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from starlette.testclient import TestClient

from archive import Archive
from archive.annotations import Annotations
from legger.web import WebContext as Room
from legger.web import application
from tests import programs
from tests.archive.newsroom import Filer, article, day
from tests.web.stock import annotate, stock

PAGES = (
    "/", "/search?q=brug", "/articles", "/articles/1", "/articles/1/compare", "/articles/1/cite",
    "/captures/1", "/captures/1/page", "/edits", "/edits?silent=1", "/gone", "/sites", "/sites/krant",
    "/notes", "/about",
    "/help", "/api/v1/articles/1", "/api/v1/sites", "/api/v1/search?q=brug",
    "/memento/timemap/link/https://krant.example/1",
)  # fmt: skip
SECRET = "wachtmeester"


@contextmanager
def _room(where: Path) -> Iterator[str]:
    """``legger serve`` as people start it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    room = subprocess.Popen(
        [sys.executable, "-m", "legger", "serve", "--archive", str(where), "--port", str(port)],
        cwd=where.parent, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            assert room.poll() is None, room.stderr.read() if room.stderr else ""
            try:
                _ask(f"{address}/help")
                break
            except URLError:
                time.sleep(0.1)
        yield address
    finally:
        room.terminate()
        room.communicate(timeout=60)


def _ask(url: str) -> tuple[int, str]:
    try:
        with urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")


def _crawl(where: Path, number: int) -> None:
    """A visit's writes: an article that is new, one that was edited."""
    with Archive.open(where, create=False) as archive:
        desk = Filer(archive)
        for each in range(40):
            key = f"{number}-{each}"
            place = {"key": key, "url": f"https://krant.example/nieuw/{key}"}
            desk.see(
                article(f"De {SECRET} van dorp {key} heeft de brug gezien.", title=f"Brug {key}"),
                day(4),
                **place,
            )
            desk.see(
                article(f"De {SECRET} van dorp {key} zag de brug.", title=f"Brug {key}"), day(5), **place
            )
            archive.commit()


def _run(where: Path, *words: str) -> None:
    done = programs.run("legger", *words, "--archive", str(where), cwd=where.parent, environment=os.environ)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("room") / "legger.db"
    with Archive.open(path) as archive:
        stock(archive)
        annotate(Annotations.beside(str(path)), archive)
    return path


def test_every_page_answers_while_programs_write_and_a_redaction_holds_with_the_next_request(
    where: Path,
) -> None:
    worker = f"import sys, {__name__} as us; us._crawl(us.Path({str(where)!r}), int(sys.argv[1]))"
    with _room(where) as address:
        for number in range(2):
            crawl = ("-c", worker, str(number))
            with programs.start(*crawl, cwd=Path(__file__).parents[2], environment=os.environ) as crawling:
                while crawling.poll() is None:
                    for page in PAGES:
                        status, said = _ask(address + page)
                        assert status == 200, (page, said[:500])
            assert crawling.returncode == 0
            for words in (("index",), ("compact",), ("backup", str(where.parent / f"copy{number}.db"))):
                _run(where, *words)
            with Archive.open(where, read_only=True) as archive:
                hidden = archive.articles.find(f"https://krant.example/nieuw/{number}-7")
            shown = [
                page
                for page in (
                    "/", f"/articles/{hidden}", f"/search?q=%22{number}-7%22", "/edits", "/articles",
                    "/sites/krant", f"/api/v1/articles/{hidden}", f"/api/v1/search?q=%22{number}-7%22",
                )
                if f"Brug {number}-7" in _ask(address + page)[1]
            ]  # fmt: skip
            assert f"/articles/{hidden}" in shown
            _run(where, "redact", str(hidden), "--ground", "AVG", "--reason", "verzoek")
            for page in shown:
                said = _ask(address + page)[1]
                assert f"dorp {number}-7" not in said and f"Brug {number}-7" not in said, page
            for page in PAGES:
                assert _ask(address + page)[0] == 200, page
    with Archive.open(where) as archive:
        assert archive.integrity.verify() == []
        assert len(list(archive.redactions.all())) == 1 + 2


def test_counts_that_are_shown_again_for_a_while_forget_what_was_redacted(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        desk = Filer(archive)
        for number, text in enumerate(("De brug is dicht.", "De brug is open.", "De brug is weg.")):
            desk.see(article(text, title="Brug bij Boekelo"), day(number))
        archive.commit()
        archive.index.update()
        with (
            Archive.open(path, read_only=True) as held,
            TestClient(application(Room(archive=held, stacks=held))) as client,
        ):
            assert "Brug bij Boekelo" in client.get("/").text
            archive.redactions.redact("1", at=day(3), ground="AVG", reason="verzoek", who="archivaris")
            answer = client.get("/")
            assert "Brug bij Boekelo" not in answer.text
            assert answer.headers["cache-control"] == "private, no-cache"
            archive.redactions.lift("1", at=day(4))
            assert "Brug bij Boekelo" in client.get("/").text
