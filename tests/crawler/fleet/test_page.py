"""How a fleet stands, in the reading room and in the shell."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import text
from starlette.testclient import TestClient

from archive import Archive
from archive.operations.fleet import PLAN
from archive.operations.schedule import REREAD
from archive.operations.site_files import SITE
from archive.shards import WantedShard
from crawler.fleet.planner import FleetPlanner
from legger.cli import console, legger
from legger.web import WebContext, application
from tests.crawler.fleet.conftest import FleetStage


@pytest.fixture
def fleet(stage: FleetStage) -> FleetStage:
    """One worker that visits, one that is silent, two sites due and queued."""
    now = datetime.now(UTC)
    stage.publish(roskam="http://127.0.0.1/", oost="http://127.0.0.2/", west="http://127.0.0.2/")
    with Archive.open(stage.where) as archive:
        with archive.session.writing() as connection:
            connection.execute(
                text(
                    "INSERT INTO procrastinate_workers (last_heartbeat) "
                    "VALUES (now()), (now() - interval '2 hours')"
                )
            )
        archive.commit()
        for number, machine in ((1, "busy"), (2, "lost")):
            archive.fleet.register(number, holder=f"{machine}/1:7@x", started=now, at_most=4, heartbeat=10.0)
        stage.plan()
        with archive.session.writing() as connection:
            connection.execute(
                text(
                    "UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1 "
                    "WHERE args ->> 'site' = 'roskam'"
                )
            )
        archive.commit()
        later = now + timedelta(minutes=9)
        assert archive.schedule.claim("roskam", by="busy/1:7@x", now=datetime.now(UTC), until=later)
        assert archive.schedule.lease(PLAN, "desk/1:8@x", now=now, until=later)
    return stage


def test_workers_what_they_do_and_what_waits_can_be_seen(fleet: FleetStage) -> None:
    with (
        Archive.open(fleet.where, read_only=True) as archive,
        TestClient(application(WebContext(archive=archive, stacks=archive, name="Archief"))) as client,
    ):
        page = LexborHTMLParser(client.get("/fleet", headers={"Accept-Language": "en"}).text)
        rows = [[cell.text(strip=True) for cell in row.css("th, td")] for row in page.css("tbody tr")]
        assert [(row[0], row[1], row[4]) for row in rows] == [
            ("busy", "1 / 4", "roskam"),
            ("lostsilent", "0 / 4", "–"),
        ]
        stands = page.css_first(".standfirst").text()
        assert "A clock on desk plans." in stands
        assert "Due and not begun: 2; of them queued: 2." in stands
        assert "/fleet" in client.get("/sites").text
        status = archive.fleet.status(now=datetime.now(UTC))
    with Archive.open(fleet.where) as archive:
        archive.site_files.publish([(SITE, "west", None)], at=datetime.now(UTC), machine="desk")
        assert archive.fleet.status(now=datetime.now(UTC)).due == 1, "west is not in use any more"
    assert [status.alive(each) for each in status.workers] == [True, False]
    assert status.at_most == 4
    assert status.connections_wanted == 4 + 4 + 4 * 4, "a clock, a worker that lives, its visits"
    assert status.too_few_connections == ""
    assert "allows 23 connections" in replace(status, connections=23).too_few_connections
    assert status.oldest is not None
    assert status.oldest.site == "oost"
    assert timedelta() < status.lag < timedelta(minutes=5)


def test_a_worker_whose_clock_is_wrong_is_told_everywhere_until_it_is_set(stage: FleetStage) -> None:
    stage.publish(roskam="http://127.0.0.1/")
    with Archive.open(stage.where) as archive, FleetPlanner(stage.where) as planner:
        stage.plan()
        for ahead, told in ((-3600.0, ["machine"]), (0.0, [])):
            archive.fleet.register(
                1, holder="desk/1:7@x-1", started=datetime.now(UTC), at_most=0, heartbeat=10.0, ahead=ahead
            )
            planner.look(archive)
            assert [each.kind for each in archive.alarms.all()] == told
            if told:
                assert "the clock of desk is 3,600 s behind" in archive.alarms.all()[0].says
            shown = CliRunner().invoke(legger, ["fleet", "--archive", stage.where, "--json"])
            assert json.loads(shown.output)["workers"][0]["ahead"] == ahead
            with TestClient(
                application(WebContext(archive=archive, stacks=archive, name="Archief"))
            ) as client:
                page = client.get("/fleet", headers={"Accept-Language": "en"}).text
            assert ("its clock is wrong; it takes nothing" in page) is bool(told)
            said = CliRunner().invoke(legger, ["fleet", "--archive", stage.where]).output
            assert ("desk takes nothing: its clock is 3,600 s behind the database's" in said) is bool(told)


def test_what_is_clear_at_120_columns_is_clear_at_80(
    stage: FleetStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long name of a machine and many sites give way; since when, and how long silent, do not."""
    sites = {f"de-krant-van-het-dorp-{number}": f"http://127.0.0.{number}/" for number in range(1, 9)}
    stage.publish(**sites)
    stage.plan()
    with Archive.open(stage.where) as archive:
        with archive.session.writing() as connection:
            connection.execute(
                text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '3 hours')")
            )
            connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1"))
        archive.commit()
        archive.fleet.register(
            1, holder="archiefserver-02.archief.example.org/1:7@x", started=datetime(2026, 3, 2, tzinfo=UTC),
            at_most=8, heartbeat=10.0,
        )  # fmt: skip
    for width in (80, 120):
        monkeypatch.setattr(console.out, "width", width)
        said = CliRunner().invoke(legger, ["fleet", "--archive", stage.where]).output.splitlines()
        assert "silent for 3 hours" in said[2]
        assert " of 8 " in said[2]
        assert max(map(len, said)) <= width


def test_bulk_work_under_way_is_told_in_the_reading_room_too(stage: FleetStage) -> None:
    with Archive.open(stage.where) as archive:
        wanted = WantedShard(entry="roskam", site="roskam", first=1, last=9, versions=400, plan=None)
        archive.shards.add(REREAD, [wanted], {})
        archive.commit()
        with TestClient(application(WebContext(archive=archive, stacks=archive, name="Archief"))) as client:
            page = client.get("/fleet", headers={"Accept-Language": "en"}).text
    assert "Read again, in parts: 0 of 1." in page
