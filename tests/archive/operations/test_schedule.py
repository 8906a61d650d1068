"""The schedule: leases, entries, incidents; every situation with two connections to one archive."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.operations.schedule import BACKFILL, POLL, VISIT, died, holder

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEN, DAY = timedelta(minutes=10), timedelta(days=1)


@pytest.fixture
def other(archive: Archive, archive_file: Path) -> Iterator[Archive]:
    """The same archive as another process sees it."""
    with Archive.open(archive_file) as opened:
        yield opened


def test_a_site_that_is_being_visited_is_leased_to_nobody_else(archive: Archive, other: Archive) -> None:
    ours = archive.schedule.lease("roskam", "here:1", now=NOON, until=NOON + TEN)
    assert ours is not None
    assert other.schedule.lease("roskam", "there:2", now=NOON, until=NOON + TEN) is None
    assert other.schedule.lease("oost", "there:2", now=NOON, until=NOON + TEN) is not None
    assert {site: lease.holder for site, lease in other.schedule.leases(now=NOON).items()} == {
        "roskam": "here:1",
        "oost": "there:2",
    }
    archive.schedule.release(ours)
    assert other.schedule.lease("roskam", "there:2", now=NOON, until=NOON + TEN) is not None


def test_a_lease_that_ran_out_goes_to_another_and_its_old_holder_is_told(
    archive: Archive, other: Archive
) -> None:
    ours = archive.schedule.lease("roskam", "here:1", now=NOON, until=NOON + TEN)
    assert ours is not None
    assert archive.schedule.renew(ours, until=NOON + 2 * TEN)
    renewed = other.schedule.lease("roskam", "there:2", now=NOON + TEN, until=NOON + 3 * TEN)
    assert renewed is None, "it was renewed"
    theirs = other.schedule.lease("roskam", "there:2", now=NOON + 2 * TEN, until=NOON + 3 * TEN)
    assert theirs is not None
    assert not archive.schedule.renew(ours, until=NOON + 4 * TEN)
    archive.schedule.release(ours)
    left = other.schedule.leases(now=NOON + 2 * TEN)
    assert left == {"roskam": theirs}, "giving back what is lost takes nothing"


def test_what_is_due_is_claimed_once_and_says_since_when_it_was_due(archive: Archive, other: Archive) -> None:
    archive.schedule.add_entry("roskam", due_at=NOON, at_latest=NOON)
    later, us = NOON + timedelta(hours=30), holder(os.getpid())
    assert archive.schedule.claim("roskam", by=us, now=NOON - TEN, until=later) is None, "it is not due yet"
    assert archive.schedule.claim("roskam", by=us, now=NOON + TEN, until=later) == NOON
    assert other.schedule.claim("roskam", by="there:2", now=NOON + TEN, until=later) is None, (
        "another clock was first"
    )
    assert archive.schedule.leases(now=NOON + TEN) == {}, "nobody visits it yet"
    assert [(each.site, each.kind, each.taken) for each in other.schedule.claims()] == [
        ("roskam", "visit", NOON + TEN)
    ]
    assert archive.schedule.next_entries()["roskam"].due_at == NOON, "it is due until it is done"
    archive.schedule.finish("roskam", begun=NOON + TEN, next_due=later)
    assert archive.schedule.next_entries()["roskam"].due_at == later
    assert archive.schedule.claims() == []


def test_what_somebody_made_due_anew_during_the_visit_stays_so(archive: Archive) -> None:
    archive.schedule.add_entry("roskam", due_at=NOON, at_latest=NOON)
    assert archive.schedule.claim("roskam", by="here:1", now=NOON, until=NOON + TEN) == NOON
    archive.schedule.make_due("roskam", at=NOON + timedelta(minutes=1))
    archive.schedule.finish("roskam", begun=NOON, next_due=NOON + 9 * TEN)
    assert archive.schedule.next_entries()["roskam"].due_at == NOON + timedelta(minutes=1)


def test_a_lease_of_a_process_that_died_holds_nobody_up(archive: Archive) -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        dead = holder(process.pid)
        process.wait()
    later = f"{dead.rpartition('-')[0]}-1"  # a process that began then had its number
    known = [dead, later]
    if archive.session.backend.IN_A_FILE:  # else it may be another machine's of this name
        known.append(holder(process.pid))
    for who in known:
        assert archive.schedule.lease("roskam", who, now=NOON, until=NOON + TEN) is not None
        assert archive.schedule.leases(now=NOON) == {}, "a dead process visits nothing"
    assert [each.site for each in archive.schedule.free()] == ["roskam"]
    assert archive.schedule.free() == []


def test_enrolling_again_moves_up_to_the_interval_and_never_postpones(archive: Archive) -> None:
    archive.schedule.add_entry("roskam", due_at=NOON, at_latest=NOON)
    archive.schedule.add_entry("roskam", due_at=NOON + TEN, at_latest=NOON + 2 * TEN)
    assert archive.schedule.next_entries()["roskam"].due_at == NOON
    archive.schedule.add_entry("roskam", due_at=NOON, at_latest=NOON - TEN)
    assert archive.schedule.next_entries()["roskam"].due_at == NOON - TEN


def test_a_paused_site_is_not_claimed_until_it_is_resumed(archive: Archive) -> None:
    archive.schedule.pause("roskam", at=NOON)
    assert archive.schedule.claim("roskam", by="here:1", now=NOON + TEN, until=NOON + 2 * TEN) is None
    archive.schedule.resume("roskam", at=NOON + TEN)
    since = archive.schedule.claim("roskam", by="here:1", now=NOON + TEN, until=NOON + 2 * TEN)
    assert since == NOON + TEN, "that was no gap"


def test_servers_are_one_entrys_until_it_is_let_go_of(archive: Archive) -> None:
    for site in ("roskam", "oost", "west"):
        archive.schedule.add_entry(site, due_at=NOON, at_latest=NOON)

    def claim(site: str, *servers: str, now: datetime = NOON) -> bool:
        until = now + TEN
        return archive.schedule.claim(site, by="a:1", now=now, until=until, servers=servers) is not None

    moved = NOON + timedelta(seconds=1)
    assert claim("roskam", "krant.example", "omroep.example")
    assert not claim("oost", "eigen.example", "omroep.example", now=moved), "it has moved there meanwhile"
    assert [each.site for each in archive.schedule.claims()] == ["roskam"]
    assert archive.schedule.leases(now=NOON) == {}, "nobody visits yet"
    assert claim("west", "eigen.example", now=moved), "which nobody was left with"
    mine, _ = archive.schedule.claims()
    assert archive.schedule.hand_back(mine)
    assert claim("oost", "omroep.example", "krant.example")
    archive.schedule.finish("oost", begun=NOON, next_due=NOON + 9 * TEN)
    assert not claim("roskam", "eigen.example"), "west's still"
    archive.schedule.unclaim("west")
    assert claim("roskam", "eigen.example", "krant.example", "omroep.example")
    assert claim("oost", "krant.example", now=NOON + 9 * TEN), "its time is over, as that of the claim"


def test_incidents_of_a_site_include_those_of_all_sites(archive: Archive) -> None:
    archive.incidents.note("late", "the machine was off", at=NOON, site="roskam", since=NOON - TEN)
    archive.incidents.note("failed", "no room", at=NOON, site="oost")
    archive.incidents.note("misfire", "a look was missed", at=NOON)
    assert [each.kind for each in archive.incidents.list("roskam")] == ["misfire", "late"]
    assert [each.kind for each in archive.incidents.list(limit=2)] == ["misfire", "failed"]
    assert archive.incidents.list("roskam")[1].since == NOON - TEN


def test_only_a_process_of_this_machine_that_is_no_more_has_died() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        gone = holder(process.pid)
        process.wait()
    here, _, who = gone.rpartition(":")
    number, _, since = who.partition("@")
    assert since, "this system tells when a process began"
    of_another_boot = f"{here}:{number}@{'0' * 8}-{since.rpartition('-')[2]}"
    for who, alone, beside in (
        (gone, True, True),
        (holder(os.getpid()), False, False),
        (f"elsewhere/4026531836:{number}", False, False),
        # Before a restart of this machine; or of another one of this name, which has the same namespace.
        (of_another_boot, True, False),
        (f"{here}:{number}", True, False),
    ):
        assert died(who, alone=True) is alone, f"{who}, around a file"
        assert died(who, alone=False) is beside, f"{who}, where other machines are"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="elsewhere the system does not tell")
def test_a_process_that_was_killed_has_died_before_its_parent_asked_how_it_ended() -> None:
    """Where one that re-read was killed, the other waited ten minutes for its lease."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        who = holder(process.pid)
        assert not died(who, alone=False)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert died(who, alone=False)


def test_a_site_that_is_resumed_is_visited_at_once_and_its_other_duties_keep_their_time(
    archive: Archive,
) -> None:
    at = NOON + 10 * DAY
    for kind, due in ((VISIT, NOON + 12 * DAY), (POLL, NOON + 9 * DAY), (BACKFILL, NOON + 20 * DAY)):
        archive.schedule.add_entry("dorp", kind=kind, due_at=due, at_latest=due)
    archive.schedule.pause("dorp", at=NOON + 8 * DAY)
    archive.schedule.resume("dorp", at=at)
    assert {each.kind: (each.due_at, each.paused_at) for each in archive.schedule.entries()} == {
        VISIT: (at, None),
        POLL: (at, None),
        BACKFILL: (NOON + 20 * DAY, None),
    }
