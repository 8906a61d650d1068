"""A list of the Internet Archive and a folder of what it lists become captures, by digest or by name."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from archive.errors import UsageError
from crawler.importing.wayback import listed_pages
from tests.crawler.crawling import story

BODY = story(1).encode()
AT = "20190501120000"
URL = "http://krant.example/1"


def _digest(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body).digest()).decode()


def _line(
    url: str = URL, at: str = AT, status: str = "200", kind: str = "text/html", digest: str = _digest(BODY)
) -> str:
    return f"example,krant)/1 {at} {url} {kind} {status} {digest} 900\n"


def _json(url: str, at: str, digest: str) -> str:
    head = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    return json.dumps([head, ["example,krant)/1", at, url, "text/html", "200", digest, "9"]])


FOUND = {
    "by its digest, whatever it is called": (_line(), {"x/y.bin": BODY}),
    "a list in JSON": (_json(URL, AT, _digest(BODY)), {"x/y.bin": BODY}),
    "a list with a heading of letters": (
        f" CDX N b a m s k r M S V g\n"
        f"example,krant)/1 {AT} {URL} text/html 200 {_digest(BODY)} - - 9 1 a.warc\n",
        {"a": BODY},
    ),
    "other columns in another order": (
        f" CDX b a s m k\n{AT} {URL} 200 text/html {_digest(BODY)}\n", {"a": BODY},
    ),
    "CDXJ": (
        f'example,krant)/1 {AT} {{"url": "{URL}", "mime": "text/html", "status": "200", '
        f'"digest": "sha1:{_digest(BODY)}"}}\n',
        {"a": BODY},
    ),
    "by time and name, where the list's digest is of what was packed": (
        _line(digest="ABC"),
        {f"{AT}/krant.example/1": BODY, f"{AT}/krant.example/2": b"other"},
    ),
    "by time, where it is the only one of then": (_line(digest="ABC"), {f"page-{AT}.html": BODY}),
    "a front page": (
        _line(url="http://krant.example/", digest="-"),
        {f"krant.example/{AT}/index.html": BODY, f"krant.example/{AT}/1": b"other"},
    ),
    "a repetition, which states no status": (
        _line(at="20180501120000") + _line(status="-", kind="warc/revisit"),
        {"a": BODY},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("listed", "files"), FOUND.values(), ids=FOUND)
def test_is_found(tmp_path: Path, listed: str, files: dict[str, bytes]) -> None:
    *_, page = _pages(tmp_path, listed, files)
    assert page.reason == ""
    assert page.capture is not None
    assert (page.capture.body, page.capture.status) == (BODY, 200)
    assert f"{page.capture.at:%Y%m%d%H%M%S}" == AT
    assert page.capture.header("content-type") == "text/html"


PASSED = {
    "its page is not in the folder": (_line(), {"a": b"other"}, "not in the folder"),
    "rewritten by the Wayback Machine": (
        _line(digest="ABC"), {f"{AT}/1": b"<!-- BEGIN WAYBACK TOOLBAR INSERT -->"}, "rewritten",
    ),
    "a redirect": (_line(status="301"), {"a": BODY}, "redirect"),
    "a repetition of what is not in the list": (
        _line(status="-", kind="warc/revisit"), {"a": BODY}, "repeats",
    ),
    "no time": (_line(at="yesterday"), {"a": BODY}, "no time"),
    "no web address": (_line(url="dns:krant.example"), {"a": BODY}, "no web address"),
    "two files of then that could both be it": (
        _line(digest="ABC"), {f"a/{AT}/x": BODY, f"b/{AT}/y": BODY}, "not in the folder",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("listed", "files", "why"), PASSED.values(), ids=PASSED)
def test_is_passed_over(tmp_path: Path, listed: str, files: dict[str, bytes], why: str) -> None:
    (page,) = _pages(tmp_path, listed, files)
    assert page.capture is None
    assert why in page.reason


def test_a_missing_article_needs_no_file(tmp_path: Path) -> None:
    (page,) = _pages(tmp_path, _line(status="404"), {})
    assert page.capture is not None
    assert (page.capture.status, page.capture.body) == (404, b"")


@pytest.mark.parametrize("listed", ["gibberish\n", "[1, 2", '["a", 3]'])
def test_what_is_no_list_is_told(tmp_path: Path, listed: str) -> None:
    with pytest.raises(UsageError):
        list(_pages(tmp_path, listed, {}))


def _pages(folder: Path, listed: str, files: dict[str, bytes]):  # type: ignore[no-untyped-def]
    (folder / "wayback.cdx").write_text(listed)
    (folder / "files").mkdir()
    for name, body in files.items():
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return list(listed_pages(folder / "wayback.cdx", folder / "files"))
