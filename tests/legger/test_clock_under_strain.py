"""The clock with slow channels, figures each second and exports beside it: all is kept, and told once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from archive import Archive
from archive.operations.health_issue import HealthIssue
from legger.simulator import Newspaper
from tests.notifications.listening import Hook

pytest.importorskip("prometheus_client")

HOUSES = int(os.environ.get("LEGGER_STRAIN_HOUSES", "3"))
SLOW = float(os.environ.get("LEGGER_STRAIN_SLOW", "4"))
"""Seconds that the webhook takes for an answer."""


class _SlowHook(Hook):
    """A webhook that takes its time, whoever waits."""

    def process_request_thread(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        time.sleep(SLOW)
        super().process_request_thread(request, client_address)


@contextmanager
def _silent() -> Iterator[int]:
    """The port of a mail server that takes the call and says nothing."""
    taken: list[socket.socket] = []

    def answer() -> None:
        with suppress(OSError):
            while True:
                taken.append(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    for each in taken:
        each.close()


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])


def _wrong(archive: Archive, name: str) -> None:
    at = datetime.now(UTC)
    archive.alarms.raise_alarms(
        name, [HealthIssue(kind="silence", subject="", since=at, says="nothing new")], now=at
    )


def test_a_clock_with_slow_channels_keeps_the_archive_whole_and_tells_everything_once(tmp_path: Path) -> None:
    path = tmp_path / "legger.db"
    env = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
    with Archive.open(path) as archive:
        for name in ("elders", "ginds"):
            _wrong(archive, name)
        archive.runs.start("elders", at=datetime.now(UTC) - timedelta(days=8), settings={})
    port = _free_port()
    figures_at = f"http://127.0.0.1:{port}/metrics"
    with _SlowHook() as hook, _silent() as mute, Newspaper(seed=3, articles=2) as paper:
        names = [house.site.name for house in paper.houses][:HOUSES]
        paper.write_sites(tmp_path / "sites")
        for file in (tmp_path / "sites").glob("*.toml"):
            if file.stem not in names:
                file.unlink()
        with Archive.open(path) as archive:  # a clock begins with new sites five minutes apart
            for name in names:
                at = datetime.now(UTC)
                archive.schedule.add_entry(name, due_at=at, at_latest=at)
        (tmp_path / "legger.toml").write_text(
            f'digest = "monday 07:00"\n[webhook]\nurl = "{hook.url}"\n'
            f'[mail]\nto = ["archief@example.org"]\nserver = "127.0.0.1"\nport = {mute}\n'
        )
        legger = [sys.executable, "-m", "legger"]
        where = ["--archive", str(path)]
        with (tmp_path / "clock.log").open("wb") as log:
            clock = subprocess.Popen(
                [*legger, "schedule", *where, "--at-most", "3", "--poll", "0", "--metrics", str(port)],
                cwd=tmp_path, env=env, stdout=log, stderr=log,
            )  # fmt: skip
        said: Counter[str] = Counter()
        started = time.monotonic()
        exporting: subprocess.Popen[bytes] | None = None
        later = False
        try:
            while True:
                assert clock.poll() is None, (tmp_path / "clock.log").read_text()
                assert time.monotonic() < started + 400, (tmp_path / "clock.log").read_text()
                with (
                    suppress(URLError, ConnectionError),
                    urlopen(figures_at) as answer,
                ):
                    figures = answer.read().decode()
                    said["up" if "legger_up 1.0" in figures else "down"] += 1
                if exporting is None or exporting.poll() is not None:
                    assert exporting is None or exporting.returncode == 0
                    exporting = subprocess.Popen(
                        [*legger, "export", *where, "--force", "-o", str(tmp_path / "all.jsonl.gz")],
                        cwd=tmp_path, env=env, stderr=subprocess.DEVNULL,
                    )  # fmt: skip
                with Archive.open(path, create=False) as archive:
                    done = {name for name, run in archive.runs.last().items() if run.outcome is not None}
                    if not later and len(hook.posted) >= 1:
                        _wrong(archive, "later")
                        later = True
                    told = set(archive.alarms.told("webhook"))
                if done >= set(names) and len(told) == 4:
                    break
                time.sleep(1)
        finally:
            clock.send_signal(signal.SIGTERM)
            assert clock.wait(120) == 0
            if exporting is not None:
                exporting.wait(60)
        with Archive.open(path, read_only=True) as archive:
            assert archive.integrity.verify() == []
            assert all(archive.runs.last()[name].outcome == "done" for name in names)
            assert {each.kind for each in archive.incidents.list()} <= {"not told"}
            assert archive.alarms.told("mail") == {}
        posted = Counter(
            f"{each['site']}"
            for one in hook.posted
            if one.body["what"] == "alarms"
            for each in one.body["alarms"]
        )
        posted.update(one.body["what"] for one in hook.posted if one.body["what"] == "digest")
        assert {name: posted[name] for name in ("elders", "ginds", "later", "digest")} == {
            "elders": 1, "ginds": 1, "later": 1, "digest": 1,
        }  # fmt: skip
        assert said["up"] > 0
        assert said["down"] == 0
