"""robots.txt as RFC 9309 says."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.model.types import Capture
from crawler.crawl.run import CrawlRun
from crawler.fetching.robots import MOST_DELAY, UNREACHABLE, Permission, Robots
from crawler.fetching.robots_text import MOST_CHARACTERS
from crawler.siteconfig.site import Site

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PAGE = "https://dorp.example/nieuws/1"


KEPT_OUT = "User-agent: *\nDisallow: /nieuws/\n"


def answer(status: int, body: bytes = b"") -> Capture:
    return Capture(site="dorp", url="https://dorp.example/robots.txt", at=NOW, status=status, body=body)


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        *((status, True) for status in (200, 204, 401, 403, 404, 410)),
        *((status, False) for status in (429, 500, 502, 503, 504)),
    ],
)
def test_a_file_that_is_not_there_allows_and_one_that_cannot_be_had_disallows(
    status: int, allowed: bool
) -> None:
    assert (Permission.of(answer(status)).refuses(PAGE) is None) is allowed


def test_a_host_that_does_not_answer_disallows_and_says_so() -> None:
    assert Permission.of(None).refuses(PAGE) == UNREACHABLE


def test_the_page_of_an_error_is_not_read_as_rules() -> None:
    assert Permission.of(answer(404, b"User-agent: *\nDisallow: /")).refuses(PAGE) is None


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /nieuws/", False),
        ("\u00ef\u00bb\u00bfUser-agent: *\nDisallow: /", False),
        ('User-agent: "*"\nDisallow: "/"', False),
        ("User-agent: * ; everybody\nDisallow: / ; everything", False),
        ("User-agent: otherbot, legger\nDisallow: /", False),
        ("User-agent: otherbot, thirdbot\nDisallow: /", True),
        ("User-agent: *\nDisallow: \\nieuws\\", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: legger\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: LEGGER\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: anders\nDisallow: /", True),
        ("User-agent: *\nDisallow: /nieuws\nAllow: /nieuws/1", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: *\nDisallow: /*/2$", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("<html><body>Welkom</body></html>", True),
        ("", True),
    ],
)
def test_rules_are_read_for_our_name_first(text: str, allowed: bool) -> None:
    assert (Permission.of(answer(200, text.encode())).refuses(PAGE) is None) is allowed


def test_bytes_that_are_no_text_do_not_stop_the_reading() -> None:
    body = b"# caf\xe9 \xff\xfe\nUser-agent: *\nDisallow: /nieuws/"
    assert Permission.of(answer(200, body)).refuses(PAGE) is not None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(KEPT_OUT.encode("utf-16"), id="UTF-16"),
        pytest.param(KEPT_OUT.encode("utf-16-be"), id="UTF-16 without a mark"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf" + KEPT_OUT.encode(), id="two byte order marks"),
        pytest.param(KEPT_OUT.replace("\n", "\r").encode(), id="CR alone"),
        pytest.param(KEPT_OUT.replace("\n", "\r\r\n").encode(), id="CR CR LF"),
        pytest.param(KEPT_OUT.replace("/\n", "/\0\n").encode(), id="NUL"),
        pytest.param(KEPT_OUT.replace(": ", ":\xa0").encode("latin-1"), id="no-break spaces in Latin-1"),
        pytest.param(gzip.compress(KEPT_OUT.encode()), id="stored as gzip"),
        pytest.param(KEPT_OUT.replace("/nieuws/", "nieuws/").encode(), id="no first slash"),
        pytest.param(KEPT_OUT.replace("/n", "https://dorp.example/n").encode(), id="whole address"),
        pytest.param(KEPT_OUT.replace("*", "Legger/1.0").encode(), id="our name with a version"),
        pytest.param(
            KEPT_OUT.replace("*", "LEGGER/2.0 (+https://x.example)").encode(), id="our name and more"
        ),
        pytest.param(KEPT_OUT.replace("*", "x\n\nUser-agent: legger\n").encode(), id="our name among others"),
        pytest.param(b"<br />\n<b>Warning</b>: x\n" + KEPT_OUT.encode(), id="a warning of PHP first"),
        pytest.param(KEPT_OUT.replace("Dis", " dis").replace(":", " :").encode(), id="spaces"),
    ],
)
def test_rules_are_kept_however_they_are_written(body: bytes) -> None:
    permission = Permission.of(answer(200, body))
    assert permission.refuses(PAGE) == "robots.txt disallows it"
    assert permission.refuses("https://dorp.example/sport/1") is None


def test_a_rule_of_another_host_is_none_of_ours() -> None:
    rules = KEPT_OUT.replace("/nieuws/", "https://elders.example/nieuws/")
    assert Permission.of(answer(200, rules.encode())).refuses(PAGE) is None


def test_a_file_over_the_limit_is_read_up_to_its_last_whole_line() -> None:
    rules = "User-agent: *\nDisallow: /sport/\n"
    rules += (
        "#" + "x" * (MOST_CHARACTERS - len(rules) - len("\nDisallow: /ni") - 1) + "\nDisallow: /nieuws/geheim"
    )
    permission = Permission.of(answer(200, rules.encode()))
    assert permission.refuses(PAGE) is None
    assert permission.refuses("https://dorp.example/sport/1") is not None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 4", 4),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 86400", MOST_DELAY),
        ("User-agent: *\nCrawl-delay: 0", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: 4,5", 4.5),
        ("User-agent: *\nCrawl-delay: .5", 0.5),
        ("User-agent: *\nCrawl-delay: 1m", MOST_DELAY),
        ("User-agent: *\nCrawl-delay: 2 minutes", MOST_DELAY),
        ("User-agent: *\nCrawl-delay: 1500ms", 1.5),
        ("User-agent: *\nCrawl-delay: -3", 0),
        ("User-agent: *\nCrawl-delay: 10s", 10),
        ("User-agent: *\nCrawl-delay: 2.5 # rustig aan", 2.5),
        ("User-agent: *\nCrawl-delay: -3", 0),
        ("User-agent: *\nCrawl-delay: nan", 0),
        ("User-agent: *\nRequest-rate: 1/10", 10),
        ("User-agent: *\nRequest-rate: 2/10\nCrawl-delay: 7", 7),
        ("User-agent: anders\nCrawl-delay: 9", 0),
        ("User-agent: legger\nCrawl-delay: 7\n\nUser-agent: *\nCrawl-delay: 3", 7),
        ("", 0),
    ],
)
def test_a_crawl_delay_is_honoured_up_to_a_bound(text: str, seconds: float) -> None:
    assert Permission.of(answer(200, text.encode())).delay == seconds


def test_each_host_and_port_is_asked_once() -> None:
    asked = []

    async def fetch(url: str) -> Capture | None:
        asked.append(url)
        return answer(404)

    async def visit() -> None:
        robots = Robots(fetch, now=lambda: NOW)
        for url in (
            PAGE,
            PAGE + "/2",
            "http://dorp.example/",
            "https://dorp.example:8443/",
            "https://a.example/",
        ):
            await robots.of(url)

    asyncio.run(visit())
    assert asked == [
        "https://dorp.example/robots.txt",
        "http://dorp.example/robots.txt",
        "https://dorp.example:8443/robots.txt",
        "https://a.example/robots.txt",
    ]


def test_what_a_host_allows_is_asked_again_after_a_day() -> None:
    asked: list[str] = []
    clock = [NOW]

    async def fetch(url: str) -> Capture | None:
        asked.append(url)
        return answer(404)

    async def visit() -> None:
        robots = Robots(fetch, now=lambda: clock[0])
        for hours in (0, 23, 24, 25):
            clock[0] = NOW + timedelta(hours=hours)
            await robots.of(PAGE)

    asyncio.run(visit())
    assert asked == ["https://dorp.example/robots.txt"] * 2


def test_a_hosts_word_about_mining_is_asked_for_where_robots_txt_allows() -> None:
    asked: list[str] = []

    async def fetch(url: str) -> Capture | None:
        asked.append(url)
        if url.endswith("tdmrep.json"):
            return answer(200, b'[{"location": "/nieuws/", "tdm-reservation": 1}]')
        return answer(200, b"User-agent: *\nDisallow: /ai.txt")

    permission = asyncio.run(Robots(fetch, now=lambda: NOW, mining=lambda url: True).of(PAGE))
    assert asked == ["https://dorp.example/robots.txt", "https://dorp.example/.well-known/tdmrep.json"]
    word = permission.terms.word("https://dorp.example/nieuws/1")
    assert word is not None
    assert word.reserved
    assert permission.terms.word("https://dorp.example/contact") is None


@pytest.mark.parametrize(
    ("status", "retry_after", "hours", "believed"),
    [
        (200, None, 23, True),
        (404, None, 23, True),
        (200, None, 25, False),
        (503, None, 1, False),
        (429, None, 1, False),
        (429, "60", 1, False),
        (429, "7200", 1, True),
        (429, "7200", 3, False),
        (503, "7200", 1, True),
    ],
)
def test_a_file_is_believed_for_a_day_and_a_refusal_as_long_as_it_asks_us_to_wait(
    archive_file: Path, status: int, retry_after: str | None, hours: int, believed: bool
) -> None:
    now = [NOW]
    headers = (("Retry-After", retry_after),) if retry_after else ()
    robots = Capture(
        site="dorp", url="https://dorp.example/robots.txt", at=NOW, status=status, body=b"x", headers=headers
    )
    with Archive.open(archive_file) as archive:
        visit = CrawlRun(Site(name="dorp", url="https://dorp.example/"), archive, now=lambda: now[0])
        visit.source(robots)
        now[0] += timedelta(hours=hours)
        assert (visit.source_of_today(robots.url) is not None) is believed
