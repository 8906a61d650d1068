"""What a capture keeps of how its answer came, besides header lines and body."""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from archive import Archive
from archive.errors import Unreachable
from archive.model.exchange import UNKNOWN, Cut, Exchange
from archive.model.types import Capture
from crawler.fetching.fetcher import Fetcher
from crawler.settings import DOWNLOAD_MAXSIZE
from tests.archive.newsroom import MONDAY, capture
from tests.crawler.crawling import story

PAGE = story(1).encode()
PACKED = gzip.compress(PAGE, mtime=0)
NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def raw_server(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """(address, heads of the questions): a server that sends these very bytes, and closes."""
    asked: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                head = b""
                while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
                    head += piece
                asked.append(head)
                connection.sendall(NO_ROBOTS if b" /robots.txt " in head else answer)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        listening.shutdown(socket.SHUT_RDWR)


async def _fetched(url: str) -> Capture:
    async with Fetcher(
        site="krant", user_agent="Legger/test", now=lambda: MONDAY, allow_private=True, delay=0
    ) as fetcher:
        return await fetcher.get(url)


def fetched(url: str) -> Capture:
    import asyncio

    return asyncio.run(_fetched(url))


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "Content-Type: text/html", "Connection: close", "", ""]).encode("latin-1")


CHUNKED = f"{len(PACKED):x}\r\n".encode() + PACKED + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "status_line", "cut", "wire"),
    [
        (head("HTTP/1.1 200 OK", f"Content-Length: {len(PAGE)}") + PAGE, "HTTP/1.1 200 OK", None, PAGE),
        (
            head("HTTP/1.0 200 Komt in orde", f"Content-Length: {len(PAGE)}") + PAGE,
            "HTTP/1.0 200 Komt in orde",
            None,
            PAGE,
        ),
        (head("HTTP/1.1 200", f"Content-Length: {len(PAGE)}") + PAGE, "HTTP/1.1 200", None, PAGE),
        (
            head("HTTP/1.1 200 OK", "Content-Encoding: gzip", f"Content-Length: {len(PACKED)}") + PACKED,
            "HTTP/1.1 200 OK",
            None,
            PACKED,
        ),
        (
            head("HTTP/1.1 200 OK", "Content-Encoding: gzip", "Transfer-Encoding: chunked") + CHUNKED,
            "HTTP/1.1 200 OK",
            None,
            PACKED,
        ),
        (
            head("HTTP/1.1 200 OK", f"Content-Length: {len(PAGE)}") + PAGE[:-900],
            "HTTP/1.1 200 OK",
            Cut.DISCONNECT,
            PAGE[:-900],
        ),
        (head("HTTP/1.1 200 OK") + PAGE[:-900], "HTTP/1.1 200 OK", Cut.UNSPECIFIED, PAGE[:-900]),
    ],
    ids=[
        "a plain answer",
        "a reason of the server's own",
        "no reason",
        "a packed body",
        "a packed body in chunks",
        "a body broken off before its stated length",
        "a body that closes without its end",
    ],
)
def test_a_capture_knows_how_it_came(
    answer: bytes, status_line: str, cut: Cut | None, wire: bytes, archive_file: Path
) -> None:
    with raw_server(answer) as (base, asked):
        got = fetched(f"{base}/nieuws/een%20bericht?p=2")
    sent = asked[-1].split(b"\r\n")
    assert got.exchange == Exchange(
        request_line=sent[0].decode(),
        status_line=status_line,
        server="127.0.0.1",
        tls="",
        cut=cut,
        wire_size=len(wire),
        wire_digest=hashlib.sha256(wire).digest(),
    )
    assert [f"{name}: {value}".encode() for name, value in got.request_headers] == sent[1:-2]
    assert got.truncated is (cut is not None)
    assert PAGE.startswith(got.body)
    with Archive.open(archive_file) as archive:
        kept = archive.captures.keep(got)
        archive.commit()
        assert archive.captures.get(kept.id).capture == got
        assert archive.integrity.verify() == []


def test_a_body_cut_at_our_limit_says_so() -> None:
    with raw_server(head("HTTP/1.1 200 OK") + b"<html>" + b"x" * (DOWNLOAD_MAXSIZE + 1)) as (base, _):
        got = fetched(f"{base}/")
    assert (got.exchange.cut, got.truncated, len(got.body)) == (Cut.LENGTH, True, DOWNLOAD_MAXSIZE)


def test_what_is_not_known_of_an_older_capture_stays_unknown_and_its_seal_holds(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        kept = archive.captures.keep(capture())
        archive.commit()
        assert archive.captures.get(kept.id).capture.exchange == UNKNOWN
        assert archive.integrity.verify() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("server", "10.0.0.1"),
        ("tls", "TLSv1.0"),
        ("cut", "time"),
        ("wire_size", 1),
        ("wire_digest", b"x" * 32),
    ],
)
def test_a_seal_covers_what_is_known_of_the_exchange(column: str, value: object, archive_file: Path) -> None:
    known = Exchange(server="192.0.2.1", tls="TLSv1.3", wire_size=3, wire_digest=b"d" * 32)
    with Archive.open(archive_file) as archive:
        archive.captures.keep(replace(capture(), exchange=known))
        archive.commit()
        assert archive.integrity.verify() == []
        with archive.session.writing() as connection:
            connection.exec_driver_sql(f"UPDATE captures SET {column} = ?", (value,))
        archive.commit()
        assert re.search("seal 1", " ".join(each.what for each in archive.integrity.verify()))


def test_a_server_that_says_nothing_is_unreachable_and_no_capture() -> None:
    with raw_server(b"") as (base, _), pytest.raises(Unreachable):
        fetched(f"{base}/")
