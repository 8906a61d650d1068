"""A whole fleet: a clock that plans, two workers, real visits of the practice newspaper's sites."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive
from archive.operations.fleet import PLAN
from legger.simulator import OPENING, Newspaper
from tests.crawler.fleet.conftest import FleetStage, until
from tests.programs import Running, run, start

HOUSES = ["dorpsklok", "dinkelkoerier", "buurserbode"]


class Programs:
    """``legger`` as programs of their own around one archive, each in a folder of its own."""

    def __init__(self, stage: FleetStage, clock: Path) -> None:
        self.stage, self.clock = stage, clock
        self.running: dict[str, Running] = {}

    def environment(self, machine: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
        return clean | {
            "LEGGER_ARCHIVE": self.stage.where,
            "LEGGER_NOW": str(self.clock),
            "LEGGER_SITES": str(self.stage.folder / machine / "sites"),
        }

    def start(self, machine: str, *arguments: str) -> Running:
        folder = self.stage.folder / machine
        folder.mkdir(exist_ok=True)
        process = self.running[machine] = start(
            "legger", *arguments, cwd=folder, environment=self.environment(machine), log=folder / "log"
        )
        return process

    def say(self, machine: str, *arguments: str) -> str:
        done = run(
            "legger", *arguments, cwd=self.stage.folder / machine, environment=self.environment(machine)
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def log(self, machine: str) -> str:
        return (self.stage.folder / machine / "log").read_text()


@pytest.fixture
def programs(stage: FleetStage, tmp_path: Path) -> Iterator[Programs]:
    started = Programs(stage, tmp_path / "now")
    try:
        yield started
    finally:
        for process in started.running.values():
            process.kill()
            process.wait()


def test_two_workers_without_files_crawl_what_a_clock_plans_and_another_clock_takes_over(
    programs: Programs, tmp_path: Path
) -> None:
    where = programs.stage.where
    programs.clock.write_text(OPENING.isoformat())
    with Newspaper(articles=4, days=1, only=HOUSES, clock=lambda: OPENING) as paper:
        paper.write_sites(tmp_path / "desk" / "sites")
        with Archive.open(where) as archive:  # new sites begin five minutes apart; here all at once
            for name in HOUSES:
                archive.schedule.add_entry(name, due_at=OPENING, at_latest=OPENING)
        clock = programs.start("desk", "schedule", "--fleet", "--poll", "0")
        until(lambda: "this clock plans" in programs.log("desk"), "the clock plans")
        standby = programs.start("standby", "schedule", "--fleet", "--poll", "0")
        workers = [
            programs.start(name, "worker", "--concurrency", "2", "--heartbeat", "0.5") for name in ("a", "b")
        ]
        until(lambda: "another clock plans" in programs.log("standby"), "the other one waits")
        with Archive.open(where, read_only=True) as archive:
            until(lambda: len(archive.fleet.workers()) == 2, "both workers are there")
            until(
                lambda: (
                    [archive.runs.last()[each].outcome for each in HOUSES if each in archive.runs.last()]
                    == ["done"] * len(HOUSES)
                ),
                "every site is visited",
            )
            until(lambda: archive.fleet.visits() == [], "and the queue is empty")
            assert sorted(each.site for each in archive.runs.list()) == sorted(HOUSES), "once each"
            assert all(each.articles for each in archive.holdings.site_counts())
            assert [each.kind for each in archive.incidents.list() if each.kind != "late"] == []
        told = json.loads(programs.say("desk", "fleet", "--json"))
        assert (len(told["workers"]), told["due"], told["visits"]) == (2, 0, [])
        assert all(each["alive"] and each["at_most"] == 2 for each in told["workers"])
        assert "0 of 2" in programs.say("standby", "fleet")
        assert (
            programs.say("a", "site", "show", "dorpsklok", "--on", f"{datetime.now(UTC):%Y-%m-%d}").count(
                "allow_private = true"
            )
            == 1
        )
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(60) == 0
        until(lambda: "this clock plans" in programs.log("standby"), "the other clock takes over")
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        assert [each.wait(60) for each in workers] == [0, 0]
        standby.send_signal(signal.SIGTERM)
        assert standby.wait(60) == 0
    with Archive.open(where, read_only=True) as archive:
        assert archive.fleet.workers() == []
        assert PLAN not in archive.schedule.leases(now=datetime.now(UTC))
        assert archive.schedule.claims() == []
