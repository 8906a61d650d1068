"""What is taken from a worker, and what is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from archive import Archive
from archive.model.reports import RunCounts
from archive.operations.schedule import holder
from crawler.fleet.sweep import Sweeper
from tests.crawler.fleet.conftest import FleetStage

NOBODY = {"at_work": frozenset[int](), "busy": frozenset[tuple[str, str]]()}


@pytest.fixture
def archive(stage: FleetStage) -> Iterator[Archive]:
    """Two registrations in the queue, and a site that somebody visits."""
    stage.publish(roskam="http://127.0.0.1/")
    with Archive.open(stage.where) as opened:
        beat(opened, "INSERT INTO procrastinate_workers DEFAULT VALUES")
        beat(opened, "INSERT INTO procrastinate_workers DEFAULT VALUES")
        yield opened


def beat(archive: Archive, statement: str) -> None:
    with archive.session.writing() as connection:
        connection.execute(text(statement))
    archive.commit()


def claimed(archive: Archive, who: str) -> None:
    now = datetime.now(UTC)
    until = now + timedelta(hours=5)
    assert archive.schedule.claim("roskam", by=who, now=now, until=until)
    assert archive.schedule.lease(
        "roskam", f"{who}1", now=now, until=until
    )  # a later process of the same machine


def register(archive: Archive, number: int, who: str) -> None:
    archive.fleet.register(number, holder=who, started=datetime.now(UTC), at_most=2, heartbeat=10.0)


def test_a_worker_elsewhere_that_is_silent_loses_its_claim_and_the_lease_of_its_visit(
    archive: Archive,
) -> None:
    register(archive, 1, "elsewhere/1:7@boot-7")
    claimed(archive, "elsewhere/1:7@boot-7")
    sweeper = Sweeper()
    assert sweeper.look(archive, 0.0, mine=2, **NOBODY).workers == ()
    assert sweeper.look(archive, 59.0, mine=2, **NOBODY).workers == (), "not yet"
    assert sweeper.look(archive, 61.0, mine=2, **NOBODY).workers == (), (
        "its visit may go on: it renews its lease"
    )
    assert sweeper.look(archive, 91.0, mine=2, **NOBODY).workers == (1,)
    assert archive.schedule.claims() == []
    assert archive.schedule.leases(now=datetime.now(UTC)) == {}
    assert [each.kind for each in archive.incidents.list()] == ["lost"]


def test_a_visit_whose_worker_stands_still_goes_on_and_is_no_loss_when_it_is_done(archive: Archive) -> None:
    who = "elsewhere/1:7@boot-7"
    register(archive, 1, who)
    claimed(archive, who)
    sweeper, lease = Sweeper(), archive.schedule.leases(now=datetime.now(UTC))["roskam"]
    for moment in (0.0, 60.0, 120.0, 180.0):
        assert sweeper.look(archive, moment, mine=2, **NOBODY).workers == ()
        assert archive.schedule.renew(lease, until=lease.until + timedelta(seconds=moment + 60))
    run = archive.runs.start("roskam", at=archive.schedule.now(), settings={})
    archive.runs.end(run, at=archive.schedule.now(), outcome="done", counts=RunCounts())
    archive.schedule.release(lease)
    assert sweeper.look(archive, 190.0, mine=2, **NOBODY).workers == (1,)
    assert (archive.schedule.claims(), archive.incidents.list()) == ([], [])


def test_a_visit_on_another_machine_of_the_same_name_keeps_its_lease(archive: Archive) -> None:
    register(archive, 1, "copied/1:7@boot-7")
    now = datetime.now(UTC)
    until = now + timedelta(hours=5)
    assert archive.schedule.claim("roskam", by="copied/1:7@boot-7", now=now, until=until)
    assert archive.schedule.lease("roskam", "copied/1:9@other-7", now=now, until=until)
    sweeper = Sweeper()
    sweeper.look(archive, 0.0, mine=2, **NOBODY)
    assert sweeper.look(archive, 61.0, mine=2, **NOBODY).workers == (1,)
    assert set(archive.schedule.leases(now=now)) == {"roskam"}


def test_silence_that_this_process_could_not_watch_through_makes_nobody_dead(archive: Archive) -> None:
    register(archive, 1, "elsewhere/1:7@boot-7")
    claimed(archive, "elsewhere/1:7@boot-7")
    sweeper = Sweeper()
    sweeper.look(archive, 0.0, mine=2, **NOBODY)
    sweeper.interrupted()
    assert sweeper.look(archive, 61.0, mine=2, **NOBODY).workers == ()
    beat(archive, "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = 1")
    assert sweeper.look(archive, 122.0, mine=2, **NOBODY).workers == (), "it was heard of"
    assert len(archive.schedule.claims()) == 1


def test_who_was_registered_anew_keeps_what_it_is_at_when_its_former_number_falls_silent(
    archive: Archive,
) -> None:
    beat(archive, "INSERT INTO procrastinate_workers DEFAULT VALUES")
    register(archive, 1, "elsewhere/1:7@boot-7")
    register(archive, 2, "elsewhere/1:7@boot-7")
    with archive.session.writing() as connection:  # as if the first had been registered after the second
        connection.execute(
            text(
                "INSERT INTO workers VALUES (1, 'elsewhere/1:7@boot-7', now(), 2, 10.0, 0) "
                "ON CONFLICT DO NOTHING"
            )
        )
    archive.commit()
    claimed(archive, "elsewhere/1:7@boot-7")
    sweeper = Sweeper()
    sweeper.look(archive, 0.0, mine=3, **NOBODY)
    beat(archive, "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = 2")
    assert sweeper.look(archive, 61.0, mine=3, **NOBODY).workers == (1,)
    assert len(archive.schedule.claims()) == 1
    assert set(archive.schedule.leases(now=datetime.now(UTC))) == {"roskam"}


def test_what_this_worker_claimed_and_is_not_at_is_handed_back_and_what_it_is_at_is_not(
    archive: Archive,
) -> None:
    me = holder(os.getpid())
    register(archive, 1, me)
    claimed(archive, me)
    sweeper = Sweeper()
    at = {"at_work": frozenset({1}), "busy": frozenset({("roskam", "visit")})}
    for moment in (0.0, 30.0, 60.0):
        sweeper.look(archive, moment, mine=1, **at)
    assert len(archive.schedule.claims()) == 1
    sweeper.look(archive, 61.0, mine=1, **NOBODY)
    assert len(archive.schedule.claims()) == 1, "it may just have begun"
    sweeper.look(archive, 82.0, mine=1, **NOBODY)
    assert archive.schedule.claims() == []
    assert archive.schedule.next_entries()["roskam"].due_at <= datetime.now(UTC)
