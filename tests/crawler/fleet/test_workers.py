"""Workers as processes of their own on a real PostgreSQL: told to stop, killed, frozen."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from types import SimpleNamespace

from archive import Archive
from crawler.fleet.planner import IN_LINE
from crawler.fleet.worker import FleetMember
from tests.crawler.fleet.conftest import FleetStage, until


def test_a_visit_of_a_killed_worker_is_taken_over_though_the_next_one_of_its_site_is_queued(
    stage: FleetStage,
) -> None:
    stage.publish(roskam="http://127.0.0.1/")
    stage.plan()
    first = stage.worker(lasts=600)
    until(lambda: stage.said("roskam", "begins") == 1, "the first worker visits")
    assert stage.put("roskam", "127.0.0.1"), "the next visit of the same site waits in the queue"
    first.kill()
    first.wait()
    stage.worker(lasts=0)
    until(lambda: stage.said("roskam", "ends") == 1, "another worker brings the visit to its end")
    until(lambda: stage.jobs() == [("roskam", "failed")], "the dead one's job failed, the next is done")
    with Archive.open(stage.where, read_only=True) as archive:
        assert [(each.site, each.kind) for each in archive.incidents.list()] == [("roskam", "lost")]
        assert archive.schedule.claims() == []
        assert archive.schedule.entries()[0].due_at > datetime.now(UTC)


def test_a_worker_that_is_not_heard_of_loses_its_visits_and_begins_anew(stage: FleetStage) -> None:
    stage.publish(roskam="http://127.0.0.1/")
    stage.plan()
    frozen = stage.worker(lasts=3)
    until(lambda: stage.said("roskam", "begins") == 1, "the worker visits")
    frozen.send_signal(signal.SIGSTOP)
    stage.count_as_silent(1)
    stage.worker(lasts=0)
    until(lambda: stage.jobs() == [("roskam", "failed")], "its signs of life stopped, and its job failed")
    stage.plan()
    until(lambda: stage.said("roskam", "begins") == 2, "the other worker visits")
    frozen.send_signal(signal.SIGCONT)
    with Archive.open(stage.where, read_only=True) as archive:
        until(
            lambda: (
                len(alive := archive.fleet.status(now=datetime.now(UTC)).workers) == 2
                and {each.number for each in alive}.isdisjoint({1})
            ),
            "it was taken for dead, and registered anew",
        )
        until(
            lambda: archive.schedule.entries()[0].due_at > datetime.now(UTC),
            "the other brought it to its end, and nothing was taken from it",
        )
        assert archive.schedule.claims() == []


def test_sites_that_share_servers_are_visited_one_at_a_time_by_two_workers_and_others_beside_them(
    stage: FleetStage,
) -> None:
    stage.publish(
        a="http://a.blogspot.com/", b="http://b.blogspot.com/", c="http://c.blogspot.com/",
        other="http://krant.example/",
    )  # fmt: skip
    for _ in range(2):
        stage.worker(lasts=1)
    for _ in range(3):
        stage.plan()
        left = {"a", "b", "c"} - {site for _, site, what in stage.notes() if what == "ends"}
        until(
            lambda left=left: any(stage.said(each, "ends") for each in left),  # type: ignore[misc]
            "the next of them is done",
        )
    until(lambda: all(stage.said(each, "ends") == 1 for each in ("a", "b", "c", "other")), "all are done")
    until(lambda: stage.jobs() == [], "and nothing is left in the queue")
    shared = [(site, what) for _, site, what in sorted(stage.notes()) if site != "other"]
    begun = [site for site, what in shared if what == "begins"]
    assert shared == [(site, what) for site in begun for what in ("begins", "ends")]


def test_a_few_sites_that_share_servers_wait_in_the_queue_beside_others(
    stage: FleetStage,
) -> None:
    stage.publish(**{f"blog{number}": f"http://{number}.blogspot.com/" for number in range(9)})
    stage.publish(z="http://krant.example/")
    assert stage.plan() == IN_LINE + 1
    assert [each.site for each in stage.visits()][-1] == "z"
    assert stage.plan() == 0


def test_a_worker_told_to_stop_lets_short_visits_end_and_hands_long_ones_back(stage: FleetStage) -> None:
    stage.publish(short="http://127.0.0.1/")
    worker = stage.worker(lasts=1)
    stage.plan()
    until(lambda: stage.said("short", "begins") == 1, "the visit begins")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert stage.said("short", "ends") == 1
    stage.publish(long="http://127.0.0.2/")
    worker = stage.worker(lasts=600, grace=1)
    stage.plan()
    until(lambda: stage.said("long", "begins") == 1, "the visit begins")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert (stage.said("long", "ends"), stage.jobs()) == (0, [])
    with Archive.open(stage.where, read_only=True) as archive:
        assert archive.schedule.claims() == []
        assert [each.due_at <= datetime.now(UTC) for each in archive.schedule.entries()] == [True, False]
        assert archive.fleet.workers() == []
        assert archive.incidents.list() == [], "nothing went amiss"
    stage.worker(lasts=0)
    stage.plan()
    until(lambda: stage.said("long", "ends") == 1, "another worker does what was handed back")


def test_at_the_second_signal_a_worker_ends_its_visits_at_once(stage: FleetStage) -> None:
    stage.publish(long="http://127.0.0.1/")
    worker = stage.worker(lasts=600, grace=600)
    stage.plan()
    until(lambda: stage.said("long", "begins") == 1, "the visit begins")
    worker.send_signal(signal.SIGTERM)
    until(lambda: b"told to stop" in (stage.folder / "worker-0.log").read_bytes(), "it heard")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    with Archive.open(stage.where, read_only=True) as archive:
        assert archive.schedule.claims() == []
        assert archive.schedule.entries()[0].due_at <= datetime.now(UTC)
    assert stage.jobs() == []


def test_no_visit_is_claimed_before_others_can_know_whose_it_is() -> None:
    """A worker that dies before it is registered would leave claims that nobody hands back for hours."""
    begun: list[str] = []

    class Asked:
        async def ask(self, question: object, site: str, *_: object) -> None:
            begun.append(site)

    async def tried() -> None:
        member = FleetMember(archive="postgresql+psycopg:///none")
        member._stopping, member._registered = asyncio.Event(), asyncio.Event()
        member._asking, member._runner = Asked(), SimpleNamespace(begin=None)  # type: ignore[assignment]
        context = SimpleNamespace(job=SimpleNamespace(id=1))
        visit = asyncio.create_task(
            member._visit(context, site="roskam", kind="visit", every=3600, poll=0)  # type: ignore[arg-type]
        )
        await asyncio.sleep(0.3)
        assert begun == []
        member._registered.set()
        await visit
        assert begun == ["roskam"]

    asyncio.run(tried())
