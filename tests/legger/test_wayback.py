"""Save Page Now: what is sent, how politely, what is put on record; against a local stand-in of its API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.errors import UsageError
from legger import config
from legger.cli import console, legger
from legger.config import Secret, WaybackSettings
from legger.outside.wayback import SavePageNow, WaybackSender, is_public
from tests.archive.newsroom import Filer, article, day

PAGE = "https://krant.example/1"
SAVED = {"status": "success", "timestamp": "20260302081500", "original_url": PAGE, "job_id": "spn2-1"}


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


@dataclass
class StandIn:
    """Answers as Save Page Now does: each POST, and each question after a job, the next answer."""

    posts: list[tuple[int, object]]
    after: list[tuple[int, object]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Addresses that were sent."""
    keys: set[str] = field(default_factory=set)
    url: str = ""


@contextmanager
def stand_in(
    posts: list[tuple[int, object]], after: list[tuple[int, object]] | None = None
) -> Iterator[StandIn]:
    here = StandIn(posts, after or [])

    class Handler(BaseHTTPRequestHandler):
        def _say(self, answer: tuple[int, object]) -> None:
            status, body = answer
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "900")
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            here.asked.append(form["url"][0])
            here.keys.add(self.headers["Authorization"])
            self._say(here.posts.pop(0))

        def do_GET(self) -> None:
            here.asked.append(self.path)
            self._say(here.after.pop(0))

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_address[1]}/save"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def sender(there: StandIn, **how: object) -> SavePageNow:
    settings = WaybackSettings(key=Secret(value="toegang:geheim"), url=there.url)
    return SavePageNow(replace(settings, **how))  # type: ignore[arg-type]


def states(archive: Archive) -> list[tuple[int, str, int]]:
    return [(each.number, each.state, each.tries) for each in archive.wayback.all()]


JOB = (200, {"url": PAGE, "job_id": "spn2-1"})
MINUTE = timedelta(minutes=1)


def test_an_article_is_sent_on_first_sight_and_on_an_edit_and_its_answer_is_on_record(
    archive: Archive,
) -> None:
    desk = Filer(archive)
    desk.see(article(), day(0))
    archive.commit()
    with stand_in([JOB, JOB], [(200, {"status": "pending"}), (200, SAVED), (200, SAVED)]) as there:
        ask = sender(there)
        assert ask.step(archive, day(0))
        assert not ask.step(archive, day(0) + timedelta(seconds=5)), "ten seconds apart at least"
        for minute in (1, 2, 3):
            ask.step(archive, day(0) + minute * MINUTE)
        assert states(archive) == [(1, "saved", 1)]
        desk.see(article("De brug is weer open."), day(1))
        archive.commit()
        ask.step(archive, day(1))
        ask.step(archive, day(1) + MINUTE)
        assert not ask.step(archive, day(1) + 2 * MINUTE)
    assert there.asked == [PAGE, "/save/status/spn2-1", "/save/status/spn2-1", PAGE, "/save/status/spn2-1"]
    assert there.keys == {"LOW toegang:geheim"}
    (latest, first) = archive.wayback.all()
    assert (latest.number, first.number) == (2, 1)
    assert first.address == f"https://web.archive.org/web/20260302081500/{PAGE}"
    assert first.answer == SAVED


ANSWERS = {
    "busy, then it takes it": (
        [(429, {"message": "too many"}), JOB], [(200, SAVED)], [0, 10, 20, 30], ("saved", 2)
    ),
    "a session limit, which passes": (
        [(200, {"status": "error", "status_ext": "error:user-session-limit", "message": "wait"}), JOB],
        [(200, SAVED)], [0, 10, 20], ("saved", 2),
    ),
    "a server error and then a page that is no JSON": (
        [(502, b"<html>"), (200, b"<html>")], [], [0, 10], ("waiting", 2)
    ),
    "an address that it does not keep": (
        [(200, {"status": "error", "status_ext": "error:blocked-url", "message": "excluded"})],
        [], [0, 10, 20], ("failed", 1),
    ),
    "a job that fails for good": (
        [JOB], [(200, {"status": "error", "status_ext": "error:not-found", "message": "404"})], [0, 10, 20],
        ("failed", 1),
    ),
    "a job that is never done": ([JOB], [(200, {"status": "pending"})] * 3, [0, 10, 20, 90], ("waiting", 1)),
    "given up after six times": (
        [(503, {})] * 6, [], [0, 10, 60, 120, 240, 480, 960, 2000], ("failed", 6)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_what_save_page_now_answers_decides_whether_it_is_asked_again(archive: Archive, name: str) -> None:
    posts, after, minutes, came_to = ANSWERS[name]
    Filer(archive).see(article(), day(0))
    archive.commit()
    with stand_in(list(posts), list(after)) as there:
        for minute in minutes:
            sender(there).step(archive, day(0) + minute * MINUTE)
        assert not there.posts
    assert states(archive) == [(1, *came_to)]
    assert next(archive.wayback.all()).answer is not None


def test_nothing_is_sent_that_is_redacted_old_gone_private_or_more_than_a_day_may_have(
    archive: Archive,
) -> None:
    desk = Filer(archive)
    for number in range(1, 6):
        desk.see(
            article(f"Bericht {number}."), day(0), key=str(number), url=f"https://krant.example/{number}"
        )
    desk.see(article("Thuis."), day(0), key="6", url="http://127.0.0.1:8700/6")
    desk.see(article("Oud."), day(-9), key="7", url="https://krant.example/7")
    desk.miss(day(0.01), status=410, key="2", url="https://krant.example/2")
    archive.redactions.redact("1", at=day(0), ground="AVG", reason="verzoek", who="ik")
    archive.commit()
    with stand_in([JOB] * 3, [(200, SAVED)] * 3) as there:
        for minute in range(20):
            sender(there, per_day=3).step(archive, day(0.1) + minute * MINUTE)
    assert {each for each in there.asked if each.startswith("http")} == {
        "https://krant.example/5", "https://krant.example/4"
    }  # fmt: skip
    assert sorted(each.state for each in archive.wayback.all()) == ["failed", "saved", "saved"]


def test_it_is_off_until_a_key_is_given_and_the_command_shows_what_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "width", 200)
    where = tmp_path / "legger.db"
    with Archive.open(where) as archive:
        Filer(archive).see(article(), day(0))
    asked = CliRunner().invoke(legger, ["wayback", "--archive", str(where), "--send"])
    assert "has no [wayback]" in str(asked.exception)
    idle = WaybackSender(lambda: Archive.open(where))
    idle.look(config.load(str(where)))
    idle.wait(5)
    with Archive.open(where) as archive, stand_in([JOB], [(200, SAVED)]) as there:
        assert list(archive.wayback.all()) == []
        sender(there).step(archive, day(0))
        sender(there).step(archive, day(1))
    shown = CliRunner().invoke(legger, ["wayback", "--archive", str(where)])
    assert "saved" in shown.output
    assert "https://web.archive.org/web/20260302081500/" in shown.output
    (row,) = map(
        json.loads,
        CliRunner().invoke(legger, ["wayback", "--archive", str(where), "--json"]).output.splitlines(),
    )
    assert row["answer"] == SAVED
    read = CliRunner().invoke(legger, ["show", "1", "--archive", str(where)])
    assert "https://web.archive.org/web/20260302081500/https://krant.example/1" in read.output.replace(
        "\n", ""
    )


def test_settings_are_checked_and_the_key_is_shown_nowhere(tmp_path: Path) -> None:
    def loaded(words: str, **environment: str) -> config.Config:
        (tmp_path / "legger.toml").write_text(f"[wayback]\n{words}")
        return config.load(str(tmp_path / "legger.db"), environment)

    (tmp_path / "key").write_text("toegang:geheim\n")
    found = loaded('key_file = "key"\non = ["edit"]\nper_day = 5').wayback
    assert found is not None
    assert (found.key.read(), found.on, found.per_day) == ("toegang:geheim", ("edit",), 5)
    for words, said in (
        ('key = "geheim"', "a secret does not stand"),
        ('on = ["edit"]', "wayback.key_file"),
        ('key_file = "key"\non = ["altijd"]', "expected first or edit"),
        ('key_file = "key"\nper_day = "veel"', "whole number"),
        ('key_file = "key"\nurl = "http://elders.example/save"', "wayback.url"),
    ):
        with pytest.raises(UsageError, match=said) as wrong:
            loaded(words)
        assert "geheim" not in str(wrong.value)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://krant.example/1", True), ("http://127.0.0.1:8700/", False), ("http://10.0.0.8/", False),
        ("http://localhost/", False), ("http://krant.local/", False), ("https://[2001:db8::1]/", False),
        ("https://93.184.215.14/", True),
    ],
)  # fmt: skip
def test_private_addresses_are_known(url: str, public: bool) -> None:
    assert is_public(url) is public
