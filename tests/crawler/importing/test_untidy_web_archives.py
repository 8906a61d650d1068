"""Damaged web archives, and those made in ways of their own: what is whole comes in, the rest is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from archive import Archive
from archive.export.web_archives.heads import warc_date
from crawler.importing.report import NotAnArticle
from tests.archive.newsroom import day
from tests.crawler.crawling import story
from tests.crawler.importing.test_web_archives import HTML, http, imported

HOST = "http://krant.example"


def page(number: int) -> bytes:
    return http(story(number).encode(), HTML)


def record(
    number: int,
    block: bytes | None = None,
    *lines: str,
    kind: str = "response",
    version: str = "WARC/1.1",
    more: int = 0,
    date: str | None = None,
) -> bytes:
    """A record of page *number*; *more*: what its stated length is beyond its true one."""
    block = page(number) if block is None else block
    head = [
        version, f"WARC-Type: {kind}", f"WARC-Target-URI: {HOST}/{number}",
        f"WARC-Date: {date or warc_date(day(number))}", f"WARC-Record-ID: <urn:uuid:{kind}-{number}>",
        *([] if any(each.startswith("Content-Type:") for each in lines)
          else ["Content-Type: application/http; msgtype=response"]),
        f"Content-Length: {len(block) + more}", *lines,
    ]  # fmt: skip
    return "\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n"


def plain(*records: bytes) -> bytes:
    return b"".join(records)


def packed(*records: bytes) -> bytes:
    return b"".join(map(gzip.compress, records))


def frames(*records: bytes) -> bytes:
    return b"".join(map(zstandard.compress, records))


def with_dictionary(*records: bytes) -> bytes:
    """As the Archive Team writes them: the dictionary in a frame that is skipped, itself packed."""
    known = zstandard.ZstdCompressionDict(story(9).encode() * 3, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    content = zstandard.compress(known.as_bytes())
    first = (0x184D2A5D).to_bytes(4, "little") + len(content).to_bytes(4, "little") + content
    return first + b"".join(zstandard.ZstdCompressor(dict_data=known).compress(each) for each in records)


def without(line: str, content: bytes) -> bytes:
    return b"\r\n".join(each for each in content.split(b"\r\n") if not each.startswith(line.encode()))


def spoiled(content: bytes) -> bytes:
    """A packed record with bytes in its middle that are others."""
    half = len(content) // 2
    return content[:half] + bytes(255 - each for each in content[half : half + 20]) + content[half + 20 :]


HALF = page(2)[: len(page(2)) // 2]
ZIPPED = gzip.compress(story(2).encode())
SHORT = f"Content-Length: {len(story(2).encode())}"

UNTIDY: dict[str, tuple[str, bytes, set[int]]] = {
    # situation -> (name, bytes, the pages that come in as articles, of 1 to 3)
    "cut off within the last record": (
        "x.warc",
        plain(record(1), record(2), record(3))[:-900],
        {1, 2},
    ),
    "cut off within the last record, packed": (
        "x.warc.gz",
        packed(record(1), record(2), record(3))[:-200],
        {1, 2},
    ),
    "a stated length that is too long": (
        "x.warc",
        plain(record(1), record(2, more=300), record(3)),
        {1, 3},
    ),
    "a stated length that is too long, packed": (
        "x.warc.gz",
        packed(record(1), record(2, more=300), record(3)),
        {1, 3},
    ),
    "a stated length that is far too long": (
        "x.warc",
        plain(record(1), record(2, more=10**7), record(3)),
        {1, 3},
    ),
    "a stated length that is too short": (
        "x.warc",
        plain(record(1), record(2, more=-700), record(3)),
        {1, 3},
    ),
    "a stated length that is too short, packed": (
        "x.warc.gz",
        packed(record(1), record(2, more=-700), record(3)),
        {1, 3},
    ),
    "no stated length, packed": (
        "x.warc.gz",
        packed(record(1), without("Content-Length: ", record(2)), record(3)),
        {1, 3},
    ),
    "a member that is spoiled": (
        "x.warc.gz",
        gzip.compress(record(1)) + spoiled(gzip.compress(record(2))) + gzip.compress(record(3)),
        {1, 3},
    ),
    "a head that is no head": (
        "x.warc",
        plain(record(1), b"WARC/1.1\r\nsomething else\r\n\r\n" + b"x" * 500 + b"\r\n\r\n", record(3)),
        {1, 3},
    ),
    "rubbish between records": ("x.warc", plain(record(1), b"\0" * 700, record(3)), {1, 3}),
    "rubbish at the end": ("x.warc.gz", packed(record(1), record(2), record(3)) + b"\0" * 512, {1, 2, 3}),
    "empty lines between records": (
        "x.warc",
        b"\r\n\r\n\r\n".join([record(1), record(2), record(3)]),
        {1, 2, 3},
    ),
    "packed as one": ("x.warc.gz", gzip.compress(plain(record(1), record(2), record(3))), {1, 2, 3}),
    "packed, and called plain": ("x.warc", packed(record(1), record(2), record(3)), {1, 2, 3}),
    "plain, and called packed": ("x.warc.gz", plain(record(1), record(2), record(3)), {1, 2, 3}),
    "Zstandard": ("x.warc.zst", frames(record(1), record(2), record(3)), {1, 2, 3}),
    "Zstandard with a dictionary": (
        "x.warc.zst",
        with_dictionary(record(1), record(2), record(3)),
        {1, 2, 3},
    ),
    "Zstandard, cut off": ("x.warc.zst", frames(record(1), record(2), record(3))[:-300], {1, 2}),
    "WARC/1.0 and older": (
        "x.warc",
        plain(record(1, version="WARC/1.0"), record(2, version="WARC/0.18"), record(3)),
        {1, 2, 3},
    ),
    "HTTP/2": (
        "x.warc.gz",
        packed(*(record(n, page(n).replace(b"HTTP/1.1 200 OK", b"HTTP/2 200")) for n in (1, 2, 3))),
        {1, 2, 3},
    ),
    "no numbers of records": (
        "x.warc.gz",
        packed(*(without("WARC-Record-ID", record(n)) for n in (1, 2, 3))),
        {1, 2, 3},
    ),
    "no time": ("x.warc.gz", packed(record(1), without("WARC-Date", record(2)), record(3)), {1, 3}),
    "a time that is none": (
        "x.warc.gz",
        packed(record(1), record(2, date="2019-13-45T00:00:00Z"), record(3)),
        {1, 3},
    ),
    "pages as resources": (
        "x.warc.gz",
        packed(
            *(record(n, story(n).encode(), "Content-Type: text/html", kind="resource") for n in (1, 2, 3))
        ),
        {1, 2, 3},
    ),
    "derived text beside": (
        "x.warc.gz",
        packed(
            record(1),
            record(1, b"Bericht", "Content-Type: text/plain", kind="conversion"),
            record(2, b"Bericht", "Content-Type: text/plain", kind="resource"),
            record(2),
            record(3),
        ),
        {1, 2, 3},
    ),
    "fewer bytes than the server stated": (
        "x.warc.gz",
        packed(record(1), record(2, http(HALF.split(b"\r\n\r\n", 1)[1], HTML, SHORT)), record(3)),
        {1, 3},
    ),
    "a packed body that breaks off": (
        "x.warc.gz",
        packed(record(1), record(2, http(ZIPPED[:-60], HTML, "Content-Encoding: gzip")), record(3)),
        {1, 3},
    ),
    "chunks that break off": (
        "x.warc.gz",
        packed(
            record(1),
            record(2, http(b"900\r\n" + story(2).encode()[:700], HTML, "Transfer-Encoding: chunked")),
            record(3),
        ),
        {1, 3},
    ),
    "cut by the crawler": (
        "x.warc.gz",
        packed(record(1), record(2, HALF, "WARC-Truncated: length"), record(3)),
        {1, 3},
    ),
    "a part of a record": (
        "x.warc.gz",
        packed(record(1), record(2, HALF, "WARC-Segment-Number: 1"), record(3)),
        {1, 3},
    ),
    "a revisit of what is not here": (
        "x.warc.gz",
        packed(
            record(1), record(2, http(b"", HTML), "WARC-Payload-Digest: sha1:ABC", kind="revisit"), record(3)
        ),
        {1, 3},
    ),
    "the same twice": ("x.warc.gz", packed(record(1), record(1), record(2), record(3)), {1, 2, 3}),
}


@pytest.mark.parametrize("situation", UNTIDY)
def test_what_is_whole_comes_in_and_the_rest_is_told(situation: str, tmp_path: Path) -> None:
    name, content, wanted = UNTIDY[situation]
    path = tmp_path / name
    path.write_bytes(content)
    told: list[NotAnArticle] = []
    with Archive.open(tmp_path / "legger.db") as archive:
        report = imported(archive, path, told=told)
        found = {}
        for each in archive.articles.all():
            found[int(each.url.rpartition("/")[2])] = each.article.text
        assert set(found) == wanted
        for number, text in found.items():
            assert text.count("In alinea") == 5, f"page {number} is not whole"
        missed = {1, 2, 3} - wanted
        said = {int(each.url.rpartition("/")[2]) for each in told if each.url}
        assert missed <= said or report.problems, "what is missed is not told"
        if missed == {2} and report.problems == []:
            assert 2 in said
