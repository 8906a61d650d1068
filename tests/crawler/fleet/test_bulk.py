"""Bulk work of a fleet: shards are done when no visit is due, each once, and nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import Archive, shards
from archive.export.choice import RowChoice
from archive.export.exporting import Form, nobody, verify_export
from archive.export.parts import fleet, making
from archive.export.parts.fleet import FleetExport
from archive.operations.schedule import EXPORT, IMPORT, REREAD, VISIT, holder
from crawler.fleet.sites import PublishedSites
from crawler.fleet.visits import VisitRunner
from crawler.importing.fleet import FleetImport
from crawler.ingest.ingest import ingest, reader
from crawler.rereading import planned, some_shards
from crawler.scheduling.endings import free_site, note_ending
from crawler.scheduling.processes import VisitProcess
from crawler.scheduling.programs import Started
from crawler.siteconfig.site import Site
from legger.cli.extraction.on_the_fleet import reread_on_the_fleet
from legger.cli.fleet_work import published_sites
from legger.cli.operate.on_the_fleet import import_on_the_fleet
from tests.archive.newsroom import day
from tests.crawler.extract.pages import capture, html
from tests.crawler.fleet.conftest import USAGE, FleetStage, until
from tests.crawler.importing.test_web_archives import PAGE, edited, warc

BODE = Site(name="bode", url="https://www.bode.example/", allow_private=True)


def _file(archive: Archive, articles: int) -> None:
    """Articles of a site, captured and filed."""
    read = reader(BODE, archive)
    for number in range(articles):
        words = f"Op plein {number} komen volgend jaar bomen, banken en een fontein, meldt de gemeente. " * 8
        page = html(
            f"<main><article><h1>Plein {number} gaat op de schop</h1>"
            '<p class="by">Door <span>Jan Smit</span></p>'
            f'<p class="on">13 april 2021 om 09:15 uur</p><p>{words}</p></article></main>'
        )
        ingest(capture(page, url=f"https://www.bode.example/artikel/{number}"), BODE, archive, read)
    archive.commit()


def _queue(stage: FleetStage) -> list[tuple[str, str, str, int]]:
    """Site, kind, queue and priority of what waits, the first that a worker takes first."""
    asked = (
        "SELECT args ->> 'site', args ->> 'kind', queue_name, priority FROM procrastinate_jobs "
        "WHERE status = 'todo' ORDER BY priority DESC, id"
    )
    with Archive.open(stage.where, read_only=True) as archive, archive.snapshot() as connection:
        return [tuple(row) for row in connection.execute(text(asked))]


def test_a_visit_that_is_due_goes_before_reading_again_also_where_that_is_queued(stage: FleetStage) -> None:
    stage.publish(bode=BODE.url, other="https://krant.example/")
    now = datetime.now(UTC)
    with Archive.open(stage.where) as archive:
        for site in ("bode", "other"):
            archive.schedule.make_due(site, at=now + timedelta(hours=1))
            archive.schedule.add_entry(site, kind=REREAD, due_at=now, at_latest=now)
        status = archive.fleet.status(now=now)
        assert (status.due, status.oldest) == (0, None), "a fleet is not late with bulk work"
    assert stage.plan() == 1, "one for each place: a shard is short, and the next look comes soon"
    assert _queue(stage) == [("bode", REREAD, "bulk", -1)]
    with Archive.open(stage.where) as archive:
        archive.schedule.make_due("bode", at=now)
    assert stage.plan() == 1
    assert _queue(stage) == [("bode", VISIT, "visits", 2), ("bode", REREAD, "bulk", -1)]


def test_workers_do_every_shard_once_and_nothing_of_it_is_left(
    stage: FleetStage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the real command in a process of its own; the first time it is killed."""
    monkeypatch.setattr(shards, "SIZE", 3)
    stage.publish(bode=BODE.url)
    with Archive.open(stage.where) as archive:
        _file(archive, 5)
        archive.schedule.make_due("bode", at=datetime.now(UTC) + timedelta(hours=1))
        published = PublishedSites(tmp_path / "plans")
        published.refresh(archive)
        assert planned([published.plan("bode")], archive)
        now = archive.schedule.now()
        archive.schedule.add_entry("bode", kind=REREAD, due_at=now, at_latest=now)
        runner = VisitRunner(
            archive=stage.where, sites=published, logs=tmp_path / "logs",
            program=Started((sys.executable, "-m", "legger")),
        )  # fmt: skip
        done = []
        for attempt in range(2):
            visit = runner.begin(archive, "bode", REREAD, USAGE)
            assert visit is not None
            if not attempt:
                visit.process.process.kill()
            until(lambda: visit.has_ended(0.0), "its process ends")  # noqa: B023  # of this turn
            runner.end(archive, visit)
            done.append(archive.shards.progress(REREAD)["bode"].shards_done)
            if not attempt:
                archive.schedule.make_due("bode", at=archive.schedule.now(), kind=REREAD)
        assert done == [0, 2]
        assert [each.kind for each in archive.schedule.entries()] == [VISIT], "it is due no more"
        assert archive.schedule.claims() == []
        assert archive.schedule.leases(now=archive.schedule.now()) == {}
        status = archive.fleet.status(now=now)
        (bulk,) = status.bulk
        assert (bulk.kind, bulk.done, bulk.versions, bulk.counts["read"]) == (REREAD, True, 5, 5)
    report = reread_on_the_fleet(stage.where, ["bode"])
    assert report["bode"]["read"] == 5, "who asks again is told, and nothing is done twice"
    with Archive.open(stage.where, read_only=True) as archive:
        assert archive.fleet.status(now=now).bulk == ()


def test_a_site_whose_file_is_wrong_is_left_out_and_nobody_waits_for_it(
    stage: FleetStage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.publish(bode=BODE.url, kapot="no address")
    with Archive.open(stage.where) as archive:
        assert [each.name for each in published_sites(archive, [])] == ["bode"]
    assert "kapot: its file is wrong" in capsys.readouterr().err


def test_who_is_at_a_site_leaves_it_as_soon_as_a_visit_is_due(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "SIZE", 2)
    _file(archive, 5)
    assert planned([BODE], archive)
    now = datetime.now(UTC)
    archive.schedule.add_entry("bode", due_at=now, at_latest=now)
    done = []
    for due in (timedelta(), timedelta(), timedelta(hours=1)):
        archive.schedule.make_due("bode", at=now + due)
        assert some_shards(BODE, archive)
        done.append(archive.shards.progress(REREAD)["bode"].shards_done)
    assert done == [1, 2, 3]
    archive.shards.forget(REREAD, "bode")
    _file(archive, 1)
    assert planned([BODE], archive)
    assert some_shards(BODE, archive)
    assert archive.shards.progress(REREAD)["bode"].done, "nothing else is due: it goes on to the end"


def test_an_export_is_handed_out_after_visits_and_needs_no_site_of_its_own(
    stage: FleetStage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The site whose articles are exported is not published: it was taken out of use."""
    monkeypatch.setattr(making, "ROWS", 2)
    monkeypatch.setattr(fleet, "IN_A_ROW", 1)
    stage.publish(other="https://krant.example/")
    now = datetime.now(UTC)
    with Archive.open(stage.where) as archive:
        _file(archive, 5)
        FleetExport(archive, str(tmp_path / "parts"), RowChoice(), Form(name="parquet")).plan(describe=nobody)
        assert archive.fleet.status(now=now).due == 1, "a fleet is not late with an export"
        (bulk,) = archive.fleet.status(now=now).bulk
        assert (bulk.kind, bulk.shards, bulk.versions) == (EXPORT, 4, 5)
        assert archive.fleet.status(now=now).due == 1
    assert stage.plan() == 2, "the visit, and one place for the export"
    (visit, export) = _queue(stage)
    assert visit == ("other", VISIT, "visits", 2)
    assert (export[1:], export[0].startswith("(export ")) == ((EXPORT, "bulk", -1), True)


def test_workers_make_every_part_of_an_export_and_nothing_of_it_is_left(
    stage: FleetStage, tmp_path: Path
) -> None:
    """With the real command in a process of its own; the first time it is killed."""
    stage.publish(other="https://krant.example/")
    with Archive.open(stage.where) as archive:
        _file(archive, 5)
        archive.schedule.make_due("other", at=datetime.now(UTC) + timedelta(hours=1))
        export = FleetExport(archive, str(tmp_path / "parts"), RowChoice(), Form(name="parquet"))
        export.plan(describe=nobody)
        published = PublishedSites(tmp_path / "plans")
        runner = VisitRunner(
            archive=stage.where, sites=published, logs=tmp_path / "logs",
            program=Started((sys.executable, "-m", "legger")),
        )  # fmt: skip
        done = []
        for attempt in range(3):
            (entry,) = [each.site for each in archive.schedule.entries() if each.kind == EXPORT]
            visit = runner.begin(archive, entry, EXPORT, USAGE)
            assert visit is not None
            assert runner.begin(archive, entry, EXPORT, USAGE) is None, "it is claimed"
            if not attempt:
                visit.process.process.kill()
            until(lambda: visit.has_ended(0.0), "its process ends")  # noqa: B023  # of this turn
            runner.end(archive, visit)
            done.append(export.progress().shards_done)
            if not attempt:
                archive.schedule.make_due(entry, at=archive.schedule.now(), kind=EXPORT)
        assert done == [0, 1, 2]
        assert [each.kind for each in archive.schedule.entries()] == [VISIT], "it is due no more"
        assert archive.schedule.claims() == []
        (killed,) = archive.incidents.list()
        assert (killed.site, killed.kind, killed.says.partition(";")[0]) == (
            None, "killed", "an export was killed (SIGKILL)",
        )  # fmt: skip
        assert export.result()["rows"] == 5
        assert verify_export(archive, tmp_path / "parts.manifest.json") == []


def test_a_worker_imports_what_was_planned_with_the_command_that_it_is_told(
    stage: FleetStage, tmp_path: Path
) -> None:
    """In a process of its own, by the site's file as it is published."""
    stage.publish(krant="http://krant.example/")
    path = warc(tmp_path / "x.warc.gz", [edited(0, day(0)), edited(1, day(30))])
    with Archive.open(stage.where) as archive:
        archive.schedule.make_due("krant", at=datetime.now(UTC) + timedelta(hours=1))
        published = PublishedSites(tmp_path / "plans")
        published.refresh(archive)
        importing = FleetImport(archive, [str(path), str(tmp_path / "away.warc.gz")], ())
        importing.plan([published.plan("krant")])
        assert stage.plan() == 1
        assert _queue(stage) == [("krant", IMPORT, "bulk", -1)]
        (bulk,) = archive.fleet.status(now=datetime.now(UTC)).bulk
        assert (bulk.kind, bulk.versions, bulk.done) == (IMPORT, 2, False)
        runner = VisitRunner(
            archive=stage.where, sites=published, logs=tmp_path / "logs",
            program=Started((sys.executable, "-m", "legger")),
        )  # fmt: skip
        visit = runner.begin(archive, "krant", IMPORT, USAGE)
        assert visit is not None
        until(lambda: visit.has_ended(0.0), "its process ends")
        runner.end(archive, visit)
        assert archive.incidents.list() == []
        assert [each.kind for each in archive.schedule.entries()] == [VISIT], "it is due no more"
        assert [each.first_seen for each in archive.articles.history(PAGE)] == [day(0), day(30)]
    report = import_on_the_fleet(
        stage.where, [str(path), str(tmp_path / "away.warc.gz")], (), tell=lambda _: None, give_up=False
    )
    assert report is not None
    assert (report.filed, [says for _, says in report.problems]) == (
        {"new": 1, "changed": 1}, ["there is no such file"],
    )  # fmt: skip
    with Archive.open(stage.where, read_only=True) as archive:
        assert archive.fleet.status(now=datetime.now(UTC)).bulk == ()


def test_a_process_that_was_killed_is_put_on_record_once_and_its_site_is_nobodys(
    archive: Archive, tmp_path: Path
) -> None:
    """A clock that looks afterwards finds no lease of a dead process, and says nothing more."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    now, mine = datetime.now(UTC), holder(process.pid)
    visit = VisitProcess(
        site="bode", kind=IMPORT, process=process, log=tmp_path / "x.log", begun=now, holder=mine,
        deadline=0.0,
    )  # fmt: skip
    assert archive.schedule.lease("bode", mine, now=now, until=now + timedelta(hours=1)) is not None
    process.kill()
    process.wait()
    free_site(archive, visit)
    note_ending(archive, visit, now, time_limit=timedelta(hours=4))
    assert archive.schedule.free() == []
    assert [each.says.partition("; log")[0] for each in archive.incidents.list()] == [
        "an import was killed (SIGKILL); it is taken up again"
    ]
