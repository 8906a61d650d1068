"""How long a host is left alone, as its own server has it: when each head came, by one clock for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from crawler.fetching.download_handler import Private, open_session
from crawler.fetching.fetcher import Fetcher
from crawler.fetching.pace import Pace, answered

Answers = Callable[[str, int], bytes | None]
"""What the server says to a path that it is asked for the nth time; ``None``: it hangs up."""
_T = TypeVar("_T")


class Clock:
    """Stands still, but for who waits and who keeps others waiting; the loop of a test goes by it, too."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        until = self.at + seconds
        for _ in range(50):  # what went out before is read before the clock moves
            await asyncio.sleep(0)
        self.at = max(self.at, until)

    def run(self, test: Awaitable[_T]) -> _T:
        class Loop(asyncio.SelectorEventLoop):
            def time(loop) -> float:
                return self.at

        async def main() -> _T:
            return await test

        with asyncio.Runner(loop_factory=Loop) as runner:
            return runner.run(main())


@pytest.fixture
def clock() -> Clock:
    return Clock()


def page(body: str = "", *lines: str) -> bytes:
    head = ["HTTP/1.1 200 OK", "Content-Type: text/plain", f"Content-Length: {len(body)}", *lines, "", ""]
    return ("\r\n".join(head) + body).encode()


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


class Server:
    """On loopback, in the loop of the test. Keeps its connections."""

    def __init__(self, clock: Clock, answers: Answers) -> None:
        self.clock, self.answers, self.began = clock, answers, clock.at
        self.came: list[tuple[str, float]] = []
        """Path of each request, and seconds since the server began."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ")[1].decode()
                said = self.answers(path, [each for each, _ in self.came].count(path))
                self.came.append((path, round(self.clock.at - self.began, 3)))
                if said is None:
                    break
                writer.write(said)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def listening(self, address: str = "127.0.0.1") -> AsyncIterator[str]:
        async with await asyncio.start_server(self.answer, address, 0) as server:
            yield f"http://{address}:{server.sockets[0].getsockname()[1]}"


def connecting_takes(clock: Clock, *seconds: float) -> Private:
    """Each connection takes so long; where no more are named, no time."""
    left = list(seconds)

    def allowed(host: str, port: int) -> bool:
        clock.at += left.pop(0) if left else 0.0
        return True

    return allowed


async def asked(
    server: Server,
    clock: Clock,
    *paths: str,
    delay: float,
    connecting: tuple[float, ...] = (),
    at_once: int = 1,
) -> list[tuple[str, float]]:
    pace = Pace(now=clock.now, sleep=clock.sleep)

    async def ask(url: str) -> None:
        async with answered(session, url, headers=dict, delay=delay, timeout=40, pace=pace) as answer:
            await answer.read()

    private = connecting_takes(clock, *connecting)
    async with (
        server.listening() as base,
        open_session(private=private, timeout=40, per_host=at_once) as session,
    ):
        if at_once > 1:
            await asyncio.gather(*(ask(base + path) for path in paths))
        else:
            for path in paths:
                await ask(base + path)
    return server.came


def closes(path: str, times: int) -> bytes:
    return page("", "Connection: close")


def hangs_up_once(path: str, times: int) -> bytes | None:
    return None if path == "/b" and not times else page()


@pytest.mark.parametrize(
    ("delay", "connecting", "answers", "came"),
    [
        (1, (), lambda path, times: page(), [("/a", 0), ("/b", 1), ("/c", 2)]),
        (1, (0.8,), lambda path, times: page(), [("/a", 0.8), ("/b", 1.8), ("/c", 2.8)]),
        (1, (0.8, 0.7), closes, [("/a", 0.8), ("/b", 2.5), ("/c", 3.5)]),
        (1, (0.2, 0.7), hangs_up_once, [("/a", 0.2), ("/b", 1.2), ("/b", 2.2), ("/c", 3.2)]),
        (60, (), hangs_up_once, [("/a", 0), ("/b", 60), ("/b", 120), ("/c", 180)]),
        (0, (0.8,), lambda path, times: page(), [("/a", 0.8), ("/b", 0.8), ("/c", 0.8)]),
    ],
    ids=[
        "one after the other",
        "the first connection is slow, and is kept",
        "each has a connection of its own, and some are slow",
        "the server hangs up on a kept connection, and is asked once more",
        "the same, where the delay is longer than an answer may take",
        "a site without a delay",
    ],
)  # fmt: skip
def test_between_two_heads_that_come_to_a_server_lies_the_delay(
    clock: Clock, delay: float, connecting: tuple[float, ...], answers: Answers, came: list[tuple[str, float]]
) -> None:
    server = Server(clock, answers)
    assert clock.run(asked(server, clock, "/a", "/b", "/c", delay=delay, connecting=connecting)) == came


def test_of_several_that_wait_for_one_host_one_goes_at_a_time(clock: Clock) -> None:
    server = Server(clock, lambda path, times: page())
    came = clock.run(asked(server, clock, "/a", "/b", "/c", "/d", delay=5, connecting=(0.8,), at_once=4))
    assert [at for _, at in came] == [0.8, 5.8, 10.8, 15.8]


def test_an_answer_must_come_in_time_from_when_the_head_went_out(clock: Clock) -> None:
    def late(path: str, times: int) -> bytes:
        if path == "/b":
            clock.at += 41
            return b""
        return page()

    server = Server(clock, late)
    with pytest.raises(TimeoutError):
        clock.run(asked(server, clock, "/a", "/b", delay=100))
    assert server.came == [("/a", 0), ("/b", 141)]


def test_single_fetches_keep_the_delay_at_robots_txt_redirects_and_what_a_host_says_of_mining(
    clock: Clock,
) -> None:
    said = {
        "/robots.txt": moved("/robots"),
        "/robots": page("User-agent: *\nCrawl-delay: 5\n"),
        "/": moved("/voorpagina"),
    }
    server = Server(clock, lambda path, times: said.get(path, page()))

    async def fetch() -> None:
        async with (
            server.listening() as base,
            Fetcher(
                site="dorp",
                user_agent="Legger/test",
                now=lambda: datetime(2026, 3, 2, tzinfo=UTC),
                allow_private=True,
                delay=2,
                mining=lambda url: True,
                pace=Pace(now=clock.now, sleep=clock.sleep),
            ) as fetcher,
        ):
            await fetcher.get(f"{base}/")

    clock.run(fetch())
    assert server.came == [
        ("/robots.txt", 0),
        ("/robots", 2),
        ("/.well-known/tdmrep.json", 7),
        ("/ai.txt", 12),
        ("/", 17),
        ("/voorpagina", 22),
    ]


def test_hosts_are_paced_apart_and_by_who_asked_them_before(clock: Clock) -> None:
    pace = Pace(now=clock.now, sleep=clock.sleep)
    pace.note("dorp.example", ago=0.5)
    pace.note("dorp.example", ago=9)  # what is known of an earlier one takes nothing back
    for host, delay, until in (("bode.example", 2, 0), ("dorp.example", 2, 1.5), ("dorp.example", 2, 1.5)):
        clock.run(pace.wait(host, delay))
        assert clock.at == 1000 + until
