"""The houses behind real sockets."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from legger.simulator import OPENING, Newspaper, ServerFault


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    with Newspaper(articles=8, days=3, only=["buurserbode", "dinkelkoerier"]) as paper:
        yield paper


def get(url: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_http_brings_the_same_bytes_as_the_capture_without_it(paper: Newspaper) -> None:
    for url in list(paper.truth(OPENING))[:6]:
        answer, body = get(url)
        capture = paper.capture(url, OPENING)
        assert (answer.status, body) == (capture.status, capture.body)


def test_gzip_head_and_conditional_requests_work_over_the_wire(paper: Newspaper) -> None:
    url = f"{paper['buurserbode'].base}/"
    answer, body = get(url)
    packed, small = get(url, Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(small) == body
    head, nothing = get(url, "HEAD")
    assert head.headers["Content-Length"] == str(len(body)) and nothing == b""
    same, empty = get(url, If_None_Match=answer.headers["ETag"])
    assert (same.status, empty) == (304, b"")
    refused, _ = get(url, "POST")
    assert refused.status == 405


def test_each_house_and_the_gate_have_an_address_of_their_own(paper: Newspaper) -> None:
    bases = {urlsplit(each.base).netloc for each in (*paper.houses, paper.gate)}
    assert len(bases) == 3


def test_the_access_log_tells_who_asked_what_and_how(paper: Newspaper) -> None:
    get(f"{paper['buurserbode'].base}/nieuws/sport?page=1", User_Agent="legger-test", If_None_Match='"x"')
    hit = paper.log[-1]
    assert (hit.house, hit.path, hit.status) == ("buurserbode", "/nieuws/sport?page=1", 200)
    assert hit.user_agent == "legger-test" and hit.conditional and hit.at == OPENING


def test_the_clock_is_asked_at_every_request() -> None:
    now = [OPENING]
    with Newspaper(articles=8, days=3, only=["streekpost"], clock=lambda: now[0]) as paper:
        url = f"{paper['streekpost'].base}/"
        _, monday = get(url)
        now[0] += timedelta(days=1)
        _, tuesday = get(url)
    assert b"maandag 2 maart 2026" in monday and b"dinsdag 3 maart 2026" in tuesday


def test_a_fault_lasts_as_long_as_it_says_and_can_be_mended(paper: Newspaper) -> None:
    url = f"{paper['buurserbode'].base}/"
    paper.fault("buurserbode", ServerFault(status=429, retry_after="7", times=1))
    answer, _ = get(url)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert get(url)[0].status == 200
    paper.fault("buurserbode", ServerFault(status=503, path="/nieuws/"))
    assert get(url)[0].status == 200
    assert get(f"{url}nieuws/sport")[0].status == 503
    paper.mend("buurserbode")
    assert get(f"{url}nieuws/sport")[0].status == 200
    paper.fault("buurserbode", ServerFault(drop=True))
    with pytest.raises(http.client.HTTPException):
        get(url)


def test_the_newspaper_runs_as_a_process_until_it_is_told_to_stop(tmp_path: Path) -> None:
    clock = tmp_path / "now"
    clock.write_text((OPENING + timedelta(days=1)).isoformat())
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "legger",
            "practice",
            "--sites",
            str(tmp_path / "sites"),
            "--articles",
            "5",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LEGGER_NOW": str(clock)},
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in range(11)][2:]  # two lines of heading
        bases = {name: base for name, base, *_ in lines}
        assert {path.stem for path in (tmp_path / "sites").iterdir()} == set(bases)
        assert b"dinsdag 3 maart 2026" in get(bases["streekpost"])[1]
        clock.write_text((OPENING + timedelta(days=2)).isoformat())
        assert b"woensdag 4 maart 2026" in get(bases["streekpost"])[1]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        if process.stdout is not None:
            process.stdout.close()
