"""What of a server's answer is taken as browsers take it, and what is known to be cut off."""

from __future__ import annotations

import gzip
import re
import socket
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.model.addresses import Miss
from crawler.fetching.download_handler import is_public
from crawler.fetching.wire import ChunkedBody, NotAsked, ends, looks_cut, mended, unpacked
from crawler.siteconfig.site import Site
from tests.crawler.crawling import Stage, front, opened, story

PAGE = story(1).encode()
LIMIT = 1 << 20


@pytest.mark.parametrize(
    ("head", "becomes"),
    [
        (b"A: b\r\nContent-Length: 5", b"A: b\r\nContent-Length: 5"),
        (b"A : b", b"A: b"),
        (b"A\t: b", b"A: b"),
        (b"A: b\nC: d", b"A: b\r\nC: d"),
        (b"no colon\r\nA: b", b"A: b"),
        (b": no name\r\nA: b", b"A: b"),
        (b"two words: x\r\nA: b", b"A: b"),
        (b"A: b\r\n c", b"A: b c"),
        (b"A: b\r\r\nC: d", b"A: b\r\nC: d"),
        (b"A: b\rx\r\nC: d", b"A: b x\r\nC: d"),
        (b"Content-Length: 5\r\nContent-Length: 5", b"Content-Length: 5"),
        (b"Content-Length: 5, 5", b"Content-Length: 5"),
        (b"Content-Length: \r\nA: b", b"A: b"),
        (b"Content-Length: -1\r\nA: b", b"A: b"),
        (b"Content-Length: 9\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding: identity\r\nContent-Length: 5", b"Content-Length: 5"),
        (b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5\r\nContent-Length: 6"),
        (b"Content-Length: 99999999999999999999\r\nA: b", b"A: b"),
        (b"Content-Length: 00000000000000000000005", b"Content-Length: 00000000000000000000005"),
    ],
    ids=lambda each: each.decode().replace("\r\n", "|"),
)
def test_a_head_is_mended_as_browsers_take_it(head: bytes, becomes: bytes) -> None:
    start = b"HTTP/1.1 200 OK\r\n"
    assert mended(start + head + b"\r\n\r\n") == start + becomes + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        (b"http/1.1 200 OK", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.1 200OK", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.1  200  OK", b"HTTP/1.1 200 OK"),
        (b"HTTP/1.1 200", b"HTTP/1.1 200 "),
        (b"HTTP/1.0 404 Weg", b"HTTP/1.0 404 Weg"),
        (b"HTTP/2 200", b"HTTP/1.1 200 "),
        (b"HTTP/2.0 503 Busy", b"HTTP/1.1 503 Busy"),
        (b"HTTP/1.1 2000 OK", b"HTTP/1.1 2000 OK"),
        (b"SSH-2.0-OpenSSH", b"SSH-2.0-OpenSSH"),
    ],
)
def test_the_first_line_is_put_as_the_standard_writes_it(line: bytes, becomes: bytes) -> None:
    assert mended(line + b"\r\nA: b\r\n\r\n") == becomes + b"\r\nA: b\r\n\r\n"


RAW = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "codings", "text", "whole"),
    [
        (gzip.compress(PAGE), ["gzip"], PAGE, True),
        (gzip.compress(PAGE), ["x-gzip"], PAGE, True),
        (gzip.compress(PAGE), ["GZIP"], PAGE, True),
        (gzip.compress(gzip.compress(PAGE)), ["gzip, gzip"], PAGE, True),
        (gzip.compress(gzip.compress(PAGE)), ["gzip", "gzip"], PAGE, True),
        (gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:]), ["gzip"], PAGE, True),
        (gzip.compress(PAGE) + b"\0\0\0", ["gzip"], PAGE, True),
        (zlib.compress(PAGE), ["deflate"], PAGE, True),
        (RAW.compress(PAGE) + RAW.flush(), ["deflate"], PAGE, True),
        (PAGE, ["gzip"], PAGE, True),
        (PAGE, ["identity"], PAGE, True),
        (zlib.compress(PAGE), ["gzip"], PAGE, True),
        (gzip.compress(PAGE), ["deflate"], PAGE, True),
        (gzip.compress(PAGE), ["gzip;q=1.0"], PAGE, True),
        (gzip.compress(PAGE), ["gzip", "chunked"], PAGE, True),
        (PAGE, ["br"], PAGE, True),
        (PAGE, ["text/html"], PAGE, True),
        (PAGE, ["aws-chunked"], PAGE, True),
        (PAGE, ["UTF-8"], PAGE, True),
        (gzip.compress(PAGE), ["gzip, utf-8"], PAGE, True),
        (gzip.compress(PAGE)[:-8], ["gzip"], PAGE, False),
        (zlib.compress(PAGE)[:-4], ["deflate"], PAGE, False),
        (b"", ["gzip"], b"", True),
    ],
    ids=[
        "gzip",
        "x-gzip",
        "in capitals",
        "twice on one line",
        "twice on two lines",
        "two members",
        "padded behind the end",
        "deflate",
        "deflate without its frame",
        "not coded as it says",
        "identity",
        "zlib in the place of gzip",
        "gzip in the place of deflate",
        "gzip with a weight",
        "gzip as a transfer coding",
        "plain text that is said to be brotli",
        "a type in the place of a coding",
        "a word that names no coding",
        "a charset in the place of a coding",
        "a charset beside a coding",
        "gzip without its trailer",
        "deflate without its trailer",
        "nothing",
    ],
)
def test_a_coded_body_is_unpacked_and_known_to_be_whole(
    body: bytes, codings: list[str], text: bytes, whole: bool
) -> None:
    assert unpacked(body, codings, limit=LIMIT) == (text, whole)


def test_a_stream_that_breaks_in_the_middle_gives_what_came_before_and_is_not_whole() -> None:
    long = b"".join(b"%d bericht uit het dorp " % number for number in range(100_000))
    packed = bytearray(gzip.compress(long))
    packed[len(packed) // 2] ^= 0xFF
    body, whole = unpacked(bytes(packed), ["gzip"], limit=len(long))
    assert not whole
    assert len(body) > len(long) // 4


def test_what_unpacks_to_more_than_the_limit_is_not_unpacked_further() -> None:
    bomb = gzip.compress(b"x" * (64 << 20))
    body, whole = unpacked(bomb, ["gzip"], limit=LIMIT)
    assert (len(body), whole) == (LIMIT + 1, False)


def test_a_coding_that_nobody_asked_for_is_named() -> None:
    with pytest.raises(NotAsked, match="'br', which was not asked for"):
        unpacked(b"\x8b\x02\x80", ["br"], limit=LIMIT)


@pytest.mark.parametrize(
    ("body", "has_end", "cut"),
    [
        (PAGE, True, False),
        (PAGE + b"\n<!-- cached -->\n<script>x()</script>", True, False),
        (PAGE[: len(PAGE) // 2], False, True),
        (b"<!doctype html><title>a</title><p>Een alinea.<p>Nog een.", False, False),
        (b"<!doctype html><title>a</title><div><p>Een alinea.", False, True),
        (b"<!doctype html><title>a</title><p>Een alinea.<p cla", False, True),
        (b"<?xml version='1.0'?><rss><channel></channel></rss>\n", True, False),
        (b"<?xml version='1.0'?><rss><channel><item>", False, True),
        (b"<urlset xmlns='x'><url><loc>a</loc></url>", False, True),
        (b"User-agent: *\nDisall", None, False),
        (b"\x89PNG\r\n", None, False),
        (b"", None, False),
    ],
    ids=[
        "a page",
        "a page with things behind its end",
        "half a page",
        "a page that leaves out what it may",
        "a page within an element",
        "a page within a tag",
        "a feed",
        "half a feed",
        "half a sitemap",
        "robots.txt",
        "a picture",
        "nothing",
    ],
)
def test_a_document_says_itself_whether_it_is_whole(body: bytes, has_end: bool | None, cut: bool) -> None:
    assert (ends(body), looks_cut(body)) == (has_end, cut)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2a00:1450:4013::5e", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("fc00::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("2001:db8::1", False),
        ("no address", False),
    ],
)
def test_an_address_of_the_open_internet_is_told_from_one_of_a_network(address: str, public: bool) -> None:
    assert is_public(address) is public


# ---------------------------------------------------------------- over the wire


class Wires:
    """A server that writes the very bytes it is told to, and closes."""

    def __init__(self, answering: Callable[[str], bytes]) -> None:
        self.answering = answering
        self.asked: list[str] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            with closing(line):
                head = b""
                while b"\r\n\r\n" not in head and (piece := line.recv(65536)):
                    head += piece
                if head:
                    path = head.split(b" ")[1].decode()
                    self.asked.append(path)
                    line.sendall(self.answering(path))

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return opened(tmp_path)


@pytest.fixture
def wires() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def answer(head: bytes, body: bytes, version: bytes = b"1.1") -> bytes:
    return b"HTTP/%b 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n%b\r\n\r\n%b" % (version, head, body)


def length(body: bytes, more: int = 0) -> bytes:
    return b"Content-Length: %d" % (len(body) + more)


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


CHUNKED = b"Transfer-Encoding: chunked"
HALF = PAGE[: len(PAGE) // 2]
TAKEN: dict[str, Callable[[bytes], bytes]] = {
    "a header of 60 kB": lambda page: answer(b"X-Policy: " + b"x" * 60_000 + b"\r\n" + length(page), page),
    "two hundred headers": lambda page: answer(b"Set-Cookie: a=b\r\n" * 200 + length(page), page),
    "a length twice": lambda page: answer(length(page) + b"\r\n" + length(page), page),
    "a space before the colon": lambda page: answer(b"X-Cache : hit\r\n" + length(page), page),
    "a line that is no header": lambda page: answer(b"X-Cache hit\r\n" + length(page), page),
    "a length beside chunks": lambda page: answer(
        b"Content-Length: 3\r\n" + CHUNKED, chunk(page) + chunk(b"")
    ),
    "no last chunk, and a whole page": lambda page: answer(CHUNKED, chunk(page)),
    "chunks whose lines end with LF alone": lambda page: answer(
        CHUNKED, (chunk(page[:900]) + chunk(page[900:]) + chunk(b"")).replace(b"\r\n", b"\n")
    ),
    "white space behind the size of a chunk": lambda page: answer(
        CHUNKED, b"%x  \r\n%b\r\n0  \r\n\r\n" % (len(page), page)
    ),
    "a last chunk without the line behind it": lambda page: answer(CHUNKED, chunk(page) + b"0\r\n"),
    "fields behind the last chunk": lambda page: answer(CHUNKED, chunk(page) + b"0\r\nX-Digest: 1\r\n\r\n"),
    "too large a length, and a whole page": lambda page: answer(length(page, 9), page),
    "line ends before the head": lambda page: b"\r\n\r\n" + answer(length(page), page),
    "two carriage returns at the end of a line": lambda page: answer(
        b"Pragma: no-cache\r\r\n" + length(page), page
    ),
    "hints before the answer": lambda page: (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 2 + answer(length(page), page)
    ),
    "bytes behind the length": lambda page: answer(length(page), page + b"\r\n\r\nxyz"),
    "no frame, and a whole page": lambda page: answer(b"X: y", page, b"1.0"),
    "gzip without its trailer, and a whole page": lambda page: answer(
        b"Content-Encoding: gzip\r\n" + length(page, -8), gzip.compress(page)[:-8]
    ),
}
CUT = {
    "no last chunk": answer(CHUNKED, chunk(HALF)),
    "a chunk that is not full": answer(CHUNKED, b"%x\r\n%b" % (len(PAGE), HALF)),
    "a chunk with a size that is none": answer(CHUNKED, chunk(HALF) + b"0x1f\r\n" + HALF),
    "fewer bytes than the length": answer(length(PAGE), HALF),
    "no frame": answer(b"X: y", HALF, b"1.0"),
    "gzip without its end": answer(b"Content-Encoding: gzip", gzip.compress(PAGE)[:-60]),
    "deflate without its end": answer(b"Content-Encoding: deflate", zlib.compress(PAGE)[:-60]),
}


def village(wires: ExitStack, said: Mapping[str, bytes]) -> tuple[Wires, Site]:
    """A site whose front page links to these addresses, each of which answers with these bytes."""
    front_page = front(*said).encode()
    pages = {"/": answer(length(front_page), front_page)}
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    host = Wires(lambda path: (pages | said).get(path, missing))
    wires.callback(host.close)
    return host, Site(name="dorp", url=host.base + "/", allow_private=True, practice=True)


def addressed(answers: Mapping[str, bytes]) -> dict[str, bytes]:
    """``no last chunk`` -> ``/no-last-chunk``."""
    return {"/" + re.sub(r"[ ,]+", "-", name): said for name, said in answers.items()}


def test_answers_that_browsers_take_are_articles(stage: Stage, wires: ExitStack) -> None:
    taken = addressed({name: said(story(n).encode()) for n, (name, said) in enumerate(TAKEN.items(), 1)})
    host, site = village(wires, taken)
    stage.add(site)
    ran = stage.crawl("dorp")
    with stage.read() as archive:
        here = {each.article.url.removeprefix(host.base) for each in archive.articles.all("dorp")}
        assert here == set(taken), archive.coverage.missed("dorp")
    assert (ran.code, ran.reports["dorp"]["failed"]) == (0, 0), ran.errors


def test_an_answer_without_its_end_is_asked_for_again_and_then_on_record_as_cut_off(
    stage: Stage, wires: ExitStack
) -> None:
    cut = addressed(CUT)
    host, site = village(wires, cut)
    stage.add(site)
    ran = stage.crawl("dorp")
    assert Counter(path for path in host.asked if path in cut) == dict.fromkeys(cut, 2)
    assert ran.reports["dorp"]["new"] == 0
    with stage.read() as archive:
        missed = {each.url.removeprefix(host.base): each for each in archive.coverage.missed("dorp")}
        assert {path: each.kind for path, each in missed.items()} == dict.fromkeys(cut, Miss.CUT)
        assert all(each.reason.startswith("broken off after ") for each in missed.values())
        for path in cut:
            assert all(each.capture.truncated for each in archive.captures.walk("dorp", host.base + path))


def test_an_article_that_is_cut_off_later_stays_as_it_was(stage: Stage, wires: ExitStack) -> None:
    said = {"/bericht-1": answer(length(PAGE), PAGE)}
    _, site = village(wires, said)
    stage.add(site)
    stage.crawl("dorp")
    stage.at(stage.now() + timedelta(days=1))
    said["/bericht-1"] = CUT["no frame"]
    ran = stage.crawl("dorp")
    assert ran.reports["dorp"]["changed"] == 0
    with stage.read() as archive:
        (article,) = archive.articles.all("dorp")
        assert article.number == 1
        assert [each.kind for each in archive.coverage.missed("dorp")] == [Miss.CUT]


def test_a_redirect_into_the_operators_network_is_not_followed_from_a_private_site(
    stage: Stage, wires: ExitStack
) -> None:
    secret = Wires(lambda path: answer(length(PAGE), PAGE))
    wires.callback(secret.close)
    leads = b"HTTP/1.1 302 Found\r\nLocation: %b/geheim\r\nContent-Length: 0\r\n\r\n" % secret.base.encode()
    host, site = village(wires, {"/bericht-1": leads, "/bericht-2": answer(length(PAGE), PAGE)})
    stage.add(replace(site, practice=False, delay=0.0))
    stage.crawl("dorp")
    assert "/bericht-1" in host.asked
    assert secret.asked == []
    with stage.read() as archive:
        (missed,) = archive.coverage.missed("dorp")
        assert "private address" in missed.reason


@pytest.mark.parametrize("size", [b"0x1f", b"-1", b"", b"zz"])
def test_a_first_chunk_without_a_size_is_named_at_once(stage: Stage, wires: ExitStack, size: bytes) -> None:
    _, site = village(wires, {"/bericht-1": answer(CHUNKED, size + b"\r\n" + PAGE)})
    stage.add(site)
    stage.crawl("dorp")
    with stage.read() as archive:
        (missed,) = archive.coverage.missed("dorp")
        assert "in chunks" in missed.reason


def test_chunks_are_taken_wherever_the_network_parts_them() -> None:
    body = b"5;a=b\nabcde\n3\r\nfgh\r\n0\nX: y\n\nxyz"
    whole = ChunkedBody().mended(body)
    assert whole == b"5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n"
    for at in range(len(body)):
        parted = ChunkedBody()
        told = parted.mended(body[:at]) + parted.mended(body[at:])
        assert re.sub(rb"(?:^|\r\n)[0-9]\r\n", b"", told) == b"abcdefgh\r\n", at
