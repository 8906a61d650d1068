"""Guests that mean no good, and a margin that somebody spoiled: the reading room answers everybody else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
import uvicorn
from starlette.testclient import TestClient

from archive import Archive
from archive.annotations import Annotations, FileLines
from legger.web import WebContext as Room
from legger.web import application, protocol
from tests.archive.newsroom import Filer, article, day

HUGE = (2**63 - 1, 2**63, 2**64, 10**30, -(2**63) - 1)


@pytest.fixture
def where(tmp_path: Path) -> Path:
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        desk = Filer(archive)
        desk.see(article("De brug is dicht."), day(0))
        desk.see(article("De brug is open."), day(1))
        archive.commit()
        archive.index.update()
        Annotations.beside(str(path)).note(archive.articles.version("1"), "Zie de raad.", at=day(1))
    return path


@contextmanager
def _asked(where: Path) -> Iterator[TestClient]:
    with (
        Archive.open(where, read_only=True) as archive,
        TestClient(
            application(Room(archive=archive, stacks=archive, annotations=Annotations.beside(str(where))))
        ) as client,
    ):
        yield client


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_no_archive_has_is_not_found_or_not_understood(where: Path, number: int) -> None:
    with _asked(where) as client:
        for page in (
            f"/articles/{number}", f"/articles/1?version={number}", f"/articles/1/compare?old=1&new={number}",
            f"/articles/{number}/cite", f"/articles/{number}/cite.ris", f"/captures/{number}",
            f"/captures/{number}/page", f"/captures/{number}/bytes", f"/api/v1/articles/{number}",
            f"/api/v1/captures/{number}", f"/search?q=id:{number}", f"/api/v1/search?q=brug&limit={number}",
            f"/articles?before={number}", f"/edits?before={number}", f"/gone?before={number}",
            f"/api/v1/articles?limit={number}&after={number}", f"/memento/{number}/https://krant.example/1",
            f"/search?q=words:>{number}", f"/search?q=published:{number}",
        ):  # fmt: skip
            assert client.get(page).status_code < 500, page


LINES = (
    b"{}", b"[]", b"3", b"null", b'"x"', b"\xff\xfe", b"{", b'{"what": "note"}', b'{"what": []}',
    b'{"what": "save"}',
    b'{"what": "tag", "article": 9223372036854775808, "site": "krant", "url": "x", "tag": "y"}',
    b'{"what": "tag", "article": "1", "site": "krant", "url": "x", "tag": "y"}',
    b'{"what": "tag", "article": 99, "site": "krant", "url": "x", "tag": "y"}',
    b'{"what": "note", "article": 1, "site": "krant", "url": "x", "text": 3, "at": "2026-03-02"}',
    b'{"what": "note", "article": 1, "site": "krant", "url": "x", "text": "y", "at": "soon"}',
    b'{"what": "note", "article": 1, "site": "krant", "url": "x", "text": "", "at": "0001-01-01T00:00+09"}',
    b'{"what": "save", "name": "x", "query": ["brug"]}',
)  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_spoiled_line_of_the_margin_is_named_and_spoils_nothing_else(where: Path, line: bytes) -> None:
    margin = Annotations.beside(str(where))
    assert isinstance(margin.lines, FileLines)
    file = margin.lines.file
    file.write_bytes(line + b"\n" + file.read_bytes())
    with _asked(where) as client:
        for page in ("/", "/articles/1", "/notes", "/notes?tag=y", "/search?q=brug", "/api/v1/articles/1"):
            said = client.get(page)
            assert said.status_code == 200, (page, said.text[-900:])
        assert "Zie de raad." in client.get("/articles/1").text
        assert "Zie de raad." in client.get("/notes").text
        told = "cannot be read: 1." in client.get("/notes?lang=en").text
        assert told == (b"99" not in line)


@contextmanager
def _open(where: Path) -> Iterator[int]:
    """The port of a reading room that listens as ``legger serve`` does."""
    with Archive.open(where, read_only=True) as archive:
        app = application(Room(archive=archive, stacks=archive))
        config = uvicorn.Config(app, port=0, log_level="error", ws="none", http=protocol.Connection)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = server.force_exit = True
        thread.join()


HALVES = (
    b"",
    b"GET / HT",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab",
)


@pytest.mark.parametrize("half", HALVES)
def test_half_requests_shut_nobody_out(where: Path, half: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "CONNECTIONS", 22)
    with _open(where) as port, ExitStack() as stack:
        halves = []
        for _ in range(25):  # both ends are this process's, which may have 256 files open where it runs
            halves.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
            halves[-1].sendall(half)
        for page in ("/", "/articles/1", "/api/v1/sites"):
            with urlopen(f"http://127.0.0.1:{port}{page}", timeout=30) as answer:
                assert answer.status == 200


def test_who_says_half_a_request_is_hung_up_on(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PATIENCE", 0.3)
    with _open(where) as port, socket.create_connection(("127.0.0.1", port)) as half:
        half.settimeout(30)
        half.sendall(b"GET / HTTP/1.1\r\nHost: local")
        with suppress(ConnectionResetError):
            assert half.recv(100) == b""
