"""The clock: what it starts, what it puts on record, and that two of them do no harm."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.events import (
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobExecutionEvent,
    JobSubmissionEvent,
)

from archive import Archive
from archive.model.reports import RunCounts
from archive.operations.health_issue import HealthIssue
from archive.operations.incidents import Incident
from archive.operations.schedule import Claim
from crawler.scheduling import timetable
from crawler.scheduling.processes import VisitLogs
from crawler.scheduling.programs import Started
from crawler.scheduling.timetable import lateness
from crawler.siteconfig.files import parse_site
from crawler.siteconfig.site import Site
from legger.simulator import OPENING, Newspaper
from scheduler import TICK, Clock, run
from tests.crawler.crawling import opened

SIX = timedelta(hours=6)
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Hand:
    """A clock's hand that the test moves."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def ticking(
    folder: Path, hand: Hand, *names: str, program: str = "pass", at_most: int = 2
) -> Iterator[Clock]:
    """A clock whose visits are small programs of Python."""
    clock = Clock(
        archive=str(folder / "legger.db"),
        every=SIX,
        at_most=at_most,
        logs=folder / "logs",
        sites=lambda: names,
        now=hand,
        program=Started((sys.executable, "-c", program)),
    )
    try:
        yield clock
    finally:
        for visit in clock.under_way.values():
            visit.process.kill()
        clock.close(10)


def settle(clock: Clock) -> list[str]:
    """Look once, and wait for what was started; returns which sites were."""
    clock.tick()
    started = list(clock.under_way)
    for visit in clock.under_way.values():
        visit.process.wait(30)
    return started


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def amiss(folder: Path) -> list[Incident]:
    with Archive.open(folder / "legger.db") as archive:
        return archive.incidents.list()


def test_after_downtime_each_site_is_visited_once_and_the_gap_is_on_record(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "oost", "roskam") as clock:
        assert settle(clock) == ["oost"], "of new sites the first is due at once"
        hand.at += timedelta(minutes=5)
        assert settle(clock) == ["roskam"], "and the next a little later: all year they go on apart"
        assert settle(clock) == []
        with Archive.open(clock.archive) as archive:  # as visits do themselves
            for site in ("oost", "roskam"):
                run = archive.runs.start(site, at=hand.at, settings={})
                archive.runs.end(run, at=hand.at, outcome="done", counts=RunCounts())
    hand.at += timedelta(days=3)
    with ticking(tmp_path, hand, "oost", "roskam") as clock:
        assert settle(clock) == ["oost", "roskam"]
        assert settle(clock) == [], "once, not twelve times"
    found = amiss(tmp_path)
    assert {(each.site, each.kind, each.since) for each in found} == {
        ("oost", "late", START + SIX),
        ("roskam", "late", START + timedelta(minutes=5) + SIX),
    }
    assert all("no clock was running; 11 visits in between were missed" in each.says for each in found)


def test_the_alarms_of_a_site_taken_out_of_use_end_and_those_of_others_stay(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "oost", "roskam") as clock:
        settle(clock)
    with Archive.open(clock.archive) as archive:
        for site in ("oost", "roskam", "by-hand"):
            gone = HealthIssue(kind="unreachable", subject="", since=hand.at, says=f"{site}: nothing came")
            archive.alarms.raise_alarms(site, [gone], now=hand.at)
    with ticking(tmp_path, hand, "oost") as clock:
        settle(clock)
    with Archive.open(clock.archive) as archive:
        assert {each.site for each in archive.alarms.all()} == {"oost", "by-hand"}


def test_a_machine_that_slept_is_told_from_a_clock_that_was_off(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "roskam") as clock:
        settle(clock)
        hand.at += timedelta(hours=10)
        assert settle(clock) == ["roskam"]
    assert "could not look since 2026-03-02 12:00 UTC" in amiss(tmp_path)[0].says


def test_after_a_standstill_those_that_wait_for_their_turn_are_late_for_the_standstill(
    tmp_path: Path,
) -> None:
    hand = Hand()
    names = ("aa", "bb", "cc", "dd", "ee")
    with ticking(tmp_path, hand, *names) as clock:
        for _ in range(6):
            settle(clock)
            hand.at += timedelta(minutes=5)
        hand.at += timedelta(days=21)
        for _ in range(9):  # two at a time; the others begin looks later
            clock.tick()
            hand.at += timedelta(seconds=15)
            settle(clock)
    says = [each.says for each in amiss(tmp_path) if each.kind == "late"]
    assert len(says) == 5
    assert all("could not look since" in each for each in says), says


def test_one_that_waited_for_a_place_is_told_too(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(
        tmp_path, hand, "oost", "roskam", program="import time; time.sleep(600)", at_most=1
    ) as clock:
        clock.tick()
        while hand.at < START + timedelta(hours=2):
            hand.at += timedelta(seconds=4 * TICK)
        clock._looked = hand.at
        clock.under_way["oost"].process.kill()
        clock.under_way["oost"].process.wait()
        clock.tick()
        assert list(clock.under_way) == ["roskam"]
    assert [(each.site, each.kind) for each in amiss(tmp_path)][-2:] == [
        ("roskam", "late"),
        ("oost", "killed"),
    ]


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])  # noqa: DTZ001
def test_a_clock_change_in_amsterdam_neither_doubles_nor_drops_a_visit(tmp_path: Path, day: datetime) -> None:
    amsterdam = ZoneInfo("Europe/Amsterdam")
    hand = Hand((day - timedelta(days=1)).replace(tzinfo=amsterdam).astimezone(UTC))
    began, visited = hand.at, []
    with Archive.open(tmp_path / "legger.db") as archive, ticking(tmp_path, hand, "roskam") as clock:
        at_once(clock, lambda now, kind: visited.append(now))
        while hand.at < began + timedelta(days=3):
            clock._start_due(archive)
            hand.at += timedelta(minutes=30)
    assert visited == [began + SIX * turn for turn in range(12)]
    assert amiss(tmp_path) == []


@pytest.mark.parametrize(
    ("late", "every", "is_gap"),
    [
        (timedelta(minutes=4), timedelta(minutes=1), False),
        (timedelta(hours=1), SIX, False),
        (timedelta(hours=2), SIX, True),
    ],
)
def test_a_quarter_of_the_interval_is_no_gap(late: timedelta, every: timedelta, is_gap: bool) -> None:
    assert (lateness(START, START + late, every) is not None) is is_gap


@pytest.mark.parametrize(
    ("program", "kind", "says"),
    [
        ("import sys; sys.exit(3)", "failed", "ended with 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed", "SIGKILL"),
    ],
)
def test_a_visit_that_goes_wrong_is_on_record(tmp_path: Path, program: str, kind: str, says: str) -> None:
    with ticking(tmp_path, Hand(), "roskam", program=program) as clock:
        settle(clock)
        clock.tick()
    (only,) = amiss(tmp_path)
    assert (only.site, only.kind) == ("roskam", kind)
    assert says in only.says


def test_a_visit_over_its_time_is_asked_to_finish(tmp_path: Path) -> None:
    with ticking(tmp_path, Hand(), "roskam", program="import time; time.sleep(600)") as clock:
        clock.time_limit = timedelta()
        assert settle_soon(clock) == -signal.SIGTERM
    assert [each.kind for each in amiss(tmp_path)] == ["over time"]


def at_once(clock: Clock, note: Callable[[datetime, str], None]) -> None:
    """Let entries be done the moment they are begun."""

    def start(site: str, now: datetime, kind: str) -> None:
        note(now, kind)
        with Archive.open(clock.archive) as archive:
            due = timetable.next_due(clock.plans(site), clock.defaults, now, kind)
            archive.schedule.finish(site, kind=kind, begun=now, next_due=due)

    clock.start = start  # type: ignore[method-assign,assignment]


def settle_soon(clock: Clock) -> int:
    """Look twice: start, and find it over its time."""
    clock.tick()
    (visit,) = clock.under_way.values()
    clock.tick()
    return visit.process.wait(30)


@pytest.mark.parametrize(
    ("west", "together"),
    [
        (Site(name="west", url="https://streek.example/west"), {"oost", "bode"}),
        (Site(name="west", url="https://west.example/", hosts=("streek.example:8443",)), {"oost", "bode"}),
        (Site(name="west", url="https://west.example/"), {"oost", "bode", "west"}),
    ],
    ids=["one host", "one of its hosts", "hosts of their own"],
)
def test_two_sites_of_one_host_are_not_visited_side_by_side(
    tmp_path: Path, west: Site, together: set[str]
) -> None:
    plans = {
        "oost": Site(name="oost", url="https://streek.example/oost"),
        "bode": Site(name="bode", url="https://bode.example/"),
        "west": west,
    }
    with ticking(
        tmp_path, hand := Hand(), *plans, at_most=3, program="import time; time.sleep(600)"
    ) as clock:
        clock.plans = plans.__getitem__
        with Archive.open(clock.archive) as archive:
            for name in plans:
                archive.schedule.add_entry(name, due_at=hand.at, at_latest=hand.at)
        clock.tick()
        assert set(clock.under_way) == together
        if "west" not in together:
            clock.under_way["oost"].process.kill()
            clock.under_way["oost"].process.wait()
            clock.tick()
            assert "west" in clock.under_way


def test_a_killed_visit_frees_its_site(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "roskam", program="import time; time.sleep(600)") as clock:
        clock.tick()
        visit = clock.under_way["roskam"]
        with Archive.open(clock.archive) as archive:
            assert archive.schedule.lease("roskam", visit.holder, now=hand.at, until=hand.at + SIX)
        visit.process.kill()
        visit.process.wait()
        clock.tick()
        with Archive.open(clock.archive) as archive:
            assert archive.schedule.leases(now=hand.at) == {}


def test_after_a_crash_of_clock_and_visit_the_next_clock_says_so_and_visits_at_once(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "roskam", program="import time; time.sleep(600)") as first:
        first.tick()
        visit = first.under_way["roskam"]
        with Archive.open(first.archive) as archive:
            assert archive.schedule.lease("roskam", visit.holder, now=hand.at, until=hand.at + SIX)
            assert archive.schedule.next_entries()["roskam"].due_at <= hand.at, (
                "it is due until its visit ends"
            )
            (claim,) = archive.schedule.claims()
            crash(archive, claim)
        first.under_way.clear()
        hand.at += timedelta(minutes=1)
        with ticking(tmp_path, hand, "roskam", program="import time; time.sleep(600)") as second:
            second.tick()
            assert second.under_way == {}, "the visit outlived its clock, and goes on"
            visit.process.kill()
            visit.process.wait()
            with Archive.open(second.archive, read_only=True) as archive:
                assert archive.schedule.leases(now=hand.at) == {}, (
                    "nothing is being visited by a dead process"
                )
            second.tick()
            assert set(second.under_way) == {"roskam"}
            with Archive.open(second.archive) as archive:
                (incident,) = archive.incidents.list()
            assert (incident.site, incident.kind, incident.since) == ("roskam", "lost", claim.taken)


def test_a_visit_that_outlived_its_clock_and_ended_is_not_done_again(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "roskam", program="pass") as first:
        claim = outlived(first, "roskam", outcome="done")
        hand.at += timedelta(minutes=1)
        with ticking(tmp_path, hand, "roskam") as second:
            second.tick()
            assert second.under_way == {}
            with Archive.open(second.archive, read_only=True) as archive:
                assert archive.schedule.next_entries()["roskam"].due_at == claim.taken + SIX
                assert archive.incidents.list() == []
                assert archive.schedule.claims() == []


def test_a_visit_that_was_told_to_stop_as_its_clock_died_is_due_at_once(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "roskam", program="pass") as first:
        outlived(first, "roskam", outcome="stopped")
        hand.at += timedelta(minutes=1)
        with ticking(tmp_path, hand, "roskam") as second:
            second.tick()
            assert set(second.under_way) == {"roskam"}


@pytest.mark.parametrize(("outcome", "due_in"), [("stopped", timedelta()), ("done", SIX), ("partly", SIX)])
def test_a_visit_that_a_stopping_clock_stopped_is_due_when_a_clock_runs_again(
    tmp_path: Path, outcome: str, due_in: timedelta
) -> None:
    """A clock is restarted for an upgrade: a site that is visited once a day must not wait for a day."""
    hand = Hand()
    with ticking(tmp_path, hand, "roskam", program="import time; time.sleep(600)") as clock:
        clock.tick()
        with Archive.open(clock.archive) as archive:  # as the visit does when it is told to stop
            ran = archive.runs.start("roskam", at=hand.at, settings={})
            archive.runs.end(ran, at=hand.at, outcome=outcome, counts=RunCounts())
        clock.close(10)
        with Archive.open(clock.archive, read_only=True) as archive:
            assert archive.schedule.claims() == []
            assert archive.schedule.next_entries()["roskam"].due_at == hand.at + due_in


def outlived(clock: Clock, site: str, *, outcome: str) -> Claim:
    """Start a visit, and let it end so after its clock was killed; returns what the clock had claimed."""
    clock.tick()
    clock.under_way[site].process.wait()
    with Archive.open(clock.archive) as archive:
        (claim,) = archive.schedule.claims()
        crash(archive, claim)
        ran = archive.runs.start(site, at=clock.now(), settings={})
        archive.runs.end(ran, at=clock.now(), outcome=outcome, counts=RunCounts())
    clock.under_way.clear()
    return claim


def crash(archive: Archive, claim: Claim) -> None:
    """What the archive looks like when the clock that claimed was killed."""
    archive.schedule.unclaim(claim.site, kind=claim.kind)
    dead = f"{claim.holder.partition('@')[0]}@of-another-boot"
    assert archive.schedule.claim(claim.site, kind=claim.kind, by=dead, now=claim.taken, until=claim.until)


def test_a_database_that_cannot_be_opened_stops_no_clock(tmp_path: Path) -> None:
    (tmp_path / "legger.db").write_text("this is no archive, and long enough to be read as one")
    with ticking(tmp_path, Hand(), "roskam") as clock:
        clock.tick()
        assert clock.under_way == {}
        (tmp_path / "legger.db").unlink()
        assert settle(clock) == ["roskam"]


def test_two_clocks_and_a_crawl_by_hand_visit_a_site_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = opened(tmp_path)
    with Newspaper(articles=6, days=1, only=["dorpsklok"], clock=stage.now) as paper:
        paper.write_sites(stage.sites)
        file = stage.sites / "dorpsklok.toml"
        file.write_text("delay = 1.0\n" + file.read_text())  # so that it is still going on when others come
        stage.at(OPENING)
        for name, value in stage.environment().items():
            monkeypatch.setenv(name, value)
        clocks = [Clock(archive=str(stage.archive), every=SIX, logs=tmp_path / "logs") for _ in range(2)]
        stop = threading.Event()
        threads = [threading.Thread(target=run, args=(clock,), kwargs={"stop": stop}) for clock in clocks]
        for thread in threads:
            thread.start()
        try:
            until(lambda: any(clock.under_way for clock in clocks))
            with Archive.open(stage.archive) as archive:
                until(lambda: "dorpsklok" in archive.schedule.leases(now=datetime.now(UTC)))
                holder = archive.schedule.leases(now=datetime.now(UTC))["dorpsklok"].holder
            (visit,) = [visit for clock in clocks for visit in clock.under_way.values()]
            assert holder == visit.holder
            ran = stage.crawl("dorpsklok")
        finally:
            stop.set()  # lets the visit finish and commit
            for thread in threads:
                thread.join(90)
        assert ran.code == 1
        assert ran.reports["dorpsklok"]["outcome"] == "busy"
        with stage.read() as archive:
            assert [each.outcome in ("done", "stopped") for each in archive.runs.list()] == [True]
            assert archive.schedule.leases(now=datetime.now(UTC)) == {}


def test_a_visit_that_cannot_be_started_stays_due_and_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder of logs should be")
    with ticking(tmp_path, Hand(), "roskam") as clock:
        for _ in range(3):
            clock.tick()
        assert clock.under_way == {}
        assert [each.kind for each in amiss(tmp_path)] == ["failed"]
        (tmp_path / "logs").unlink()
        assert settle(clock) == ["roskam"]


def test_feeds_are_polled_between_visits_and_not_beside_them(tmp_path: Path) -> None:
    hand = Hand()
    site = parse_site({"url": "https://dorp.example/", "feeds": ["/rss"]}, name="dorp")
    started: list[tuple[float, str]] = []
    clock = Clock(
        archive=str(tmp_path / "legger.db"),
        every=SIX,
        poll=timedelta(hours=2),
        sites=lambda: ["dorp"],
        plans=lambda name: site,
        now=hand,
    )
    at_once(clock, lambda now, kind: started.append(((now - START) / timedelta(hours=1), kind)))
    for _ in range(13):
        clock.tick()
        hand.at += timedelta(hours=1)
    assert started == [
        (0, "visit"),
        (2, "poll"),
        (4, "poll"),
        (6, "visit"),
        (8, "poll"),
        (10, "poll"),
        (12, "visit"),
    ]


def test_a_schedule_that_changes_is_taken_up_and_what_it_has_no_more_is_dismissed(tmp_path: Path) -> None:
    hand = Hand()
    said: dict[str, Any] = {
        "url": "https://dorp.example/",
        "feeds": ["/rss"],
        "schedule": {"backfill": "0 2 * * sun"},
    }
    with ticking(tmp_path, hand, "dorp") as clock:
        clock.plans = lambda name: parse_site(said, name=name)
        clock.tick()
        settle(clock)
        with Archive.open(clock.archive) as archive:
            assert {each.kind for each in archive.schedule.entries()} == {"visit", "backfill", "compact"}
        said["schedule"] = {"every": "1h", "poll": "10m"}
        clock.tick()
        with Archive.open(clock.archive) as archive:
            due = {each.kind: each.due_at - hand.at for each in archive.schedule.entries()}
        assert due == {
            "visit": timedelta(hours=1),
            "poll": timedelta(minutes=10),
            "compact": timedelta(days=7),
        }


def test_what_was_kept_is_packed_once_a_week_one_site_at_a_time_and_after_its_visit(tmp_path: Path) -> None:
    hand = Hand()
    shows = "import sys; print(*sys.argv[1:3])"
    with ticking(tmp_path, hand, "oost", "roskam", program=shows) as clock:
        settle(clock)
        hand.at += timedelta(minutes=5)
        settle(clock)
        hand.at += timedelta(days=7)
        started = []
        for _ in range(4):
            settle(clock)
            started.append({(each.site, each.kind) for each in clock.under_way.values()})
    assert started == [
        {("oost", "visit"), ("roskam", "visit")},
        {("oost", "compact")},
        {("roskam", "compact")},
        set(),
    ]
    said = (tmp_path / "logs" / f"oost-compact-{hand.at:%Y%m%dT%H%M%SZ}.log").read_text()
    assert said == "compact oost\n"
    assert {each.kind for each in amiss(tmp_path)} == {"late"}, "the visits were late, the packing was not"


def test_people_are_told_after_every_look(tmp_path: Path) -> None:
    looked: list[str] = []
    with ticking(tmp_path, Hand()) as clock:
        clock.after_tick = lambda archive: looked.append(archive.where)
        clock.tick()
        clock.tick()
    assert looked == [clock.archive] * 2


def test_an_archive_that_cannot_be_used_is_told_and_on_record_afterwards(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[tuple[str, str]] = []

    class Told:
        def lasts(self, since: datetime, reason: str, now: datetime) -> None:
            said.append((f"{now - since}", reason))

        def over(self, since: datetime, now: datetime) -> None:
            said.append((f"{now - since}", ""))

    hand = Hand()
    with ticking(tmp_path, hand) as clock:
        clock.outage = Told()
        archive, clock.archive = clock.archive, str(tmp_path)  # a folder is no archive
        for _ in range(3):
            clock.tick()
            hand.at += timedelta(minutes=10)
        clock.archive = archive
        clock.tick()
        clock.tick()
    assert [late for late, _ in said] == ["0:00:00", "0:10:00", "0:20:00", "0:30:00"]
    assert [bool(reason) for _, reason in said] == [True, True, True, False]
    assert sum("failed, and the next ones may" in each.message for each in caplog.records) == 1
    [incident] = amiss(tmp_path)
    assert (incident.kind, incident.since) == ("outage", hand.at - timedelta(minutes=30))


def test_a_visit_that_died_with_its_clock_and_left_only_its_log_is_on_record(tmp_path: Path) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "dorp") as first:
        first.tick()
        first.under_way["dorp"].process.wait()
        first.under_way.clear()  # the clock is killed: nobody accounts for its visit
    hand.at += SIX
    with ticking(tmp_path, hand, "dorp", "dorp-2") as second:
        second.tick()
        settle(second)
        with Archive.open(second.archive) as archive:
            (lost,) = [each for each in archive.incidents.list() if each.kind == "lost"]
        assert (lost.site, lost.since) == ("dorp", START)
        hand.at += SIX
        second.tick()  # it is said once
        with Archive.open(second.archive) as archive:
            assert sum(each.kind == "lost" for each in archive.incidents.list()) == 1


def test_logs_of_visits_are_kept_for_a_month(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    old, young = (f"{START - timedelta(days=days):%Y%m%dT%H%M%SZ}.log" for days in (40, 20))
    others = {f"oost-{young}", f"oost-nieuws-{old}", "cron.log"}
    for name in (*others, f"oost-{old}", f"oost-poll-{old}", f"opgeheven-{old}"):
        (logs / name).touch()
    with ticking(tmp_path, Hand(), "oost") as clock:
        with Archive.open(clock.archive) as archive:  # of a site that was taken out of use since
            archive.runs.start("opgeheven", at=START, settings={})
        clock.rotate()
    assert {each.name for each in logs.iterdir()} == others


def test_the_folder_of_logs_is_looked_through_once_for_all_sites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each of ten thousand sites took a worker a minute and a half, without a sign of life."""
    logs = VisitLogs(tmp_path)
    sites = [f"site{number}" for number in range(20)]
    for name in sites:
        logs.begin(name, "visit", START).touch()
    looks = []
    listed = Path.glob

    def glob(folder: Path, pattern: str) -> Iterator[Path]:
        looks.append(pattern)
        yield from listed(folder, pattern)

    monkeypatch.setattr(Path, "glob", glob)
    assert logs.last_begun() == dict.fromkeys(sites, START)
    logs.remove(frozenset(sites[1:]), before=START + timedelta(seconds=1))
    assert len(looks) == 2
    assert [each.name for each in tmp_path.iterdir()] == [f"site0-{START:%Y%m%dT%H%M%SZ}.log"]


def test_the_clock_does_each_of_its_jobs_at_the_start_and_when_its_trigger_says() -> None:
    clock = Clock(archive="legger.db", every=SIX)
    came = {}
    for name, (_, trigger) in clock.jobs.items():
        times = [trigger.get_next_fire_time(None, START)]
        times.append(trigger.get_next_fire_time(times[0], times[0] + timedelta(microseconds=1)))
        came[name] = times[1] - times[0]
    assert came == {
        "look": timedelta(seconds=TICK),
        "inspect": timedelta(hours=1),
        "rotate": timedelta(days=1),
    }


def test_a_job_that_fails_or_comes_too_late_is_on_record_once_until_it_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = {"look": 0, "rotate": 0}
    stop = threading.Event()

    def look(clock: Clock) -> None:
        done["look"] += 1
        if done["look"] != 3:
            raise KeyError("a fault of our own")

    def rotate(clock: Clock) -> None:
        done["rotate"] += 1

    monkeypatch.setattr("scheduler.TICK", 0.05)
    monkeypatch.setattr(Clock, "tick", look)
    monkeypatch.setattr(Clock, "rotate", rotate)
    clock = Clock(archive=str(tmp_path / "legger.db"), every=SIX, sites=list)
    thread = threading.Thread(target=run, args=(clock,), kwargs={"stop": stop})
    thread.start()
    try:
        until(lambda: done["look"] >= 5)
    finally:
        stop.set()
        thread.join(60)
    assert done["rotate"] == 1, "a job that fails keeps no other from its time"
    said = [each.says for each in amiss(tmp_path) if each.kind == "failed"]
    assert said == ["the look failed: an error in Legger: 'a fault of our own'"] * 2


def test_a_look_that_finds_the_one_before_it_at_work_is_on_record(tmp_path: Path) -> None:
    clock = Clock(archive=str(tmp_path / "legger.db"), every=SIX, now=Hand())
    clock.heard(JobSubmissionEvent(EVENT_JOB_MAX_INSTANCES, "look", "default", [START]))
    clock.heard(JobExecutionEvent(EVENT_JOB_MISSED, "look", "default", START))
    assert [(each.kind, each.says) for each in amiss(tmp_path)] == [
        ("misfire", "the look that was due was missed; the next one makes up for it")
    ]
    clock.heard(JobExecutionEvent(EVENT_JOB_EXECUTED, "look", "default", START))
    clock.heard(JobExecutionEvent(EVENT_JOB_MISSED, "look", "default", START))
    assert len(amiss(tmp_path)) == 2


def test_a_look_at_the_disk_where_no_archive_is_ends_in_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ticking(tmp_path, Hand()) as clock:
        clock.inspect()
        assert caplog.messages == []
        clock.archive = str(tmp_path)
        clock.inspect()
        assert [each[:34] for each in caplog.messages] == ["the archive could not be inspected"]
    assert not any(each.exc_info for each in caplog.records)


def lately(archive: Archive, site: str, *, took: timedelta, new: int) -> None:
    """A site that was visited four times a day in the last three days."""
    for number in range(12, 0, -1):
        at = START - number * SIX
        run = archive.runs.start(site, at=at, settings={"poll": False})
        archive.runs.end(run, at=at + took, outcome="done", counts=RunCounts(new=new))


def test_when_a_day_is_too_short_that_is_an_alarm_and_lively_sites_come_before_quiet_ones(
    tmp_path: Path,
) -> None:
    hand = Hand()
    with ticking(tmp_path, hand, "dorp", "stad", at_most=1) as clock:
        with Archive.open(clock.archive) as archive:
            for site, new in (("dorp", 0), ("stad", 20)):
                lately(archive, site, took=timedelta(hours=5), new=new)
                for kind in (timetable.VISIT, timetable.COMPACT):
                    later = START - timedelta(hours=2) if site == "dorp" else START - timedelta(hours=1)
                    due = later if kind == timetable.VISIT else START + timedelta(days=5)
                    archive.schedule.add_entry(
                        site, due_at=due, at_latest=START + timedelta(days=9), kind=kind
                    )
        clock.inspect()
        with Archive.open(clock.archive) as archive:
            (alarm,) = (each for each in archive.alarms.all() if each.kind == "load")
        assert alarm.says.startswith(
            "the day is too short: a day's plan takes 40 h of visits; there is time for"
        )
        assert "visits come 1.9 times later than planned, those of quiet sites most" in alarm.says
        assert settle(clock) == ["stad"], "an hour late, and its editors are at work"
        assert settle(clock) == ["dorp"], "but no site waits for ever"
        clock.at_most = 2
        clock.inspect()
        with Archive.open(clock.archive) as archive:
            assert not [each for each in archive.alarms.all() if each.kind == "load"]


def test_the_file_run_as_a_program_is_the_command() -> None:
    file = Path(__file__).parents[1] / "scheduler.py"
    done = subprocess.run([sys.executable, file, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: legger schedule ")
