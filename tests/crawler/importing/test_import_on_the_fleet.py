"""An import by a fleet makes what one on one machine makes, however many processes do its shards."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive
from archive.errors import ArchiveError, UsageError
from archive.export.web_archives.wacz import export_wacz
from archive.export.web_archives.warc import Chosen, export_warc
from archive.operations.schedule import IMPORT
from crawler.importing import fleet
from crawler.importing.fleet import FleetImport, next_shard
from crawler.importing.load import Import
from crawler.importing.report import ImportReport, NotAnArticle
from crawler.importing.web_archives import WebArchives
from crawler.ingest.ingest import ingest, reader
from crawler.siteconfig.site import AssetBounds, Site
from tests.archive.export.web_archives import SITE, answer, filled
from tests.archive.newsroom import day
from tests.crawler.crawling import story
from tests.crawler.extract.test_site_witness import undated
from tests.crawler.importing.test_web_archives import (
    HTML,
    PAGE,
    Record,
    edited,
    everything,
    histories,
    http,
    warc,
)
from tests.crawler.importing.test_what_a_crawl_knows import PAGE as OPEN_PAGE
from tests.crawler.importing.test_what_a_crawl_knows import feed

BLAD = Site(name="blad", url="http://blad.example/", language="nl")
PICTURE = Site(name="krant", url="http://krant.example/", language="nl", assets=AssetBounds(keep=True))
SITES = (SITE, BLAD)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "SIZE", 2)


def page(number: int, at: datetime, host: str = "krant", words: str = "tevreden") -> Record:
    body = story(number).replace("tevreden", words).encode()
    return f"http://{host}.example/{number}", at, http(body, HTML)


def years(tmp_path: Path) -> list[Path]:
    """Articles and edits of two sites, in files whose times overlap."""
    first = [page(n, day(n)) for n in range(1, 4)] + [page(n, day(n), "blad") for n in range(1, 3)]
    second = [page(n, day(n + 2.5), words="boos") for n in range(1, 4)]
    gone = ("http://blad.example/2", day(9), http(b"weg", HTML, status="410 Gone"))
    picture = ("http://krant.example/foto.png", day(1), http(b"\x89PNG", "Content-Type: image/png"))
    elsewhere = ("http://elders.example/1", day(1), http(story(9).encode(), HTML))
    return [
        warc(tmp_path / "one.warc.gz", [*first, picture, elsewhere]),
        warc(tmp_path / "two.warc", [*second, gone], packed=False),
    ]


def ours(tmp_path: Path) -> list[Path]:
    """With revisits, and what we know beside it."""
    with filled(tmp_path / "ours.db") as before:
        return list(export_warc(before, tmp_path / "out", Chosen(), size=8000).files)


def packages(tmp_path: Path) -> list[Path]:
    with filled(tmp_path / "ours.db") as before:
        return list(export_wacz(before, tmp_path / "out.wacz", Chosen()).files)


def packed_as_one(tmp_path: Path) -> list[Path]:
    plain = warc(tmp_path / "plain.warc", [page(n, day(n)) for n in range(1, 4)], packed=False)
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(plain.read_bytes()))
    return [whole]


def left_open(tmp_path: Path) -> list[Path]:
    """A page that leaves open what it is; that it is an article is told in the last shard."""
    records = [(OPEN_PAGE, day(0), http(undated().encode(), HTML))]
    records += [page(n, day(n)) for n in range(1, 5)]
    return [warc(tmp_path / "x.warc.gz", [*records, ("http://krant.example/feed", day(8), feed())])]


def twice(tmp_path: Path) -> list[Path]:
    """Captures that stand in two files, some of a page that is left open."""
    (path,) = left_open(tmp_path)
    records = [page(n, day(n)) for n in range(1, 5)]
    return [
        path,
        warc(tmp_path / "y.warc.gz", [(OPEN_PAGE, day(0), http(undated().encode(), HTML)), *records]),
    ]


def on_pages(tmp_path: Path) -> list[Path]:
    """An article on two pages, both edited in one look, whose second page comes in another shard."""
    link = '<a rel="next" href="/7?pagina=2">Volgende pagina</a>'
    begin, end = story(7), story(8).replace("Bericht 8", "Bericht 7")
    records = []
    for at, word in ((0.0, "tevreden"), (20.0, "woedend")):
        said = begin.replace("tevreden", word).replace("</article>", f"{link}</article>")
        records += [
            (f"http://krant.example/{n}", day(at + n / 100), http(story(n).encode(), HTML)) for n in (1,)
        ]
        records.append(("http://krant.example/7", day(at + 0.1), http(said.encode(), HTML)))
        records.append(
            ("http://krant.example/7?pagina=2", day(at + 0.2),
             http(end.replace("tevreden", word).encode(), HTML)),
        )  # fmt: skip
    return [warc(tmp_path / "x.warc.gz", records)]


def damaged(tmp_path: Path) -> list[Path]:
    """One file breaks off within a record; the other is whole."""
    whole = warc(tmp_path / "a.warc.gz", [page(n, day(n)) for n in range(1, 4)])
    whole.write_bytes(whole.read_bytes()[:-200])
    return [whole, warc(tmp_path / "b.warc.gz", [page(n, day(n), "blad") for n in range(1, 4)])]


def shown(tmp_path: Path) -> list[Path]:
    """Pictures that pages show: of the site's own host, and of another one."""
    body = story(1).replace(
        "</article>", '<img src="/a.png"><img src="http://beeld.example/b.png"></article>'
    )
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 50
    return [
        warc(
            tmp_path / "x.warc.gz",
            [
                (PAGE, day(1), http(body.encode(), HTML)),
                ("http://krant.example/a.png", day(1.1), http(png, "Content-Type: image/png")),
                ("http://beeld.example/b.png", day(1.2), http(png, "Content-Type: image/png")),
                ("http://beeld.example/c.png", day(1.3), http(png, "Content-Type: image/png")),
                page(2, day(2)),
                page(3, day(3)),
            ],
        )
    ]


def nothing(archive: Archive) -> None:
    """There is nothing yet."""


def crawled_later(archive: Archive) -> None:
    """What is imported is older than what a crawl filed."""
    read = reader(SITE, archive)
    for number in (1, 2):
        body = story(number).replace("tevreden", "verbaasd").encode()
        ingest(answer(f"/{number}", day(100), body), SITE, archive, read)
    archive.commit()


CASES: dict[str, tuple[Callable[[Path], list[Path]], Callable[[Archive], None], Sequence[Site]]] = {
    "two sites in files whose times overlap": (years, nothing, SITES),
    "older than what a crawl filed": (years, crawled_later, SITES),
    "our own files, with revisits": (ours, nothing, SITES),
    "a package": (packages, nothing, SITES),
    "a file that is packed as one": (packed_as_one, nothing, SITES),
    "a page that leaves open what it is": (left_open, nothing, SITES),
    "what stands in two files": (twice, nothing, SITES),
    "an article on two pages": (on_pages, nothing, SITES),
    "a file that breaks off": (damaged, nothing, SITES),
    "pictures that pages show": (shown, nothing, (PICTURE,)),
}


def told_by(report: ImportReport) -> dict[str, object]:
    said = {name: getattr(report, name) for name in ("answers", "kept", "known", "passed", "assets", "anew")}
    return said | {
        "filed": report.filed, "hosts": +report.hosts, "sites": +report.sites,
        "problems": len(report.problems),
    }  # fmt: skip


def spoken(told: Sequence[NotAnArticle]) -> list[tuple[object, ...]]:
    """What was told of the sites' own answers."""
    return sorted((each.url, str(each.at), each.what, each.reason) for each in told if each.what != "no site")


def on_one_machine(archive: Archive, files: list[Path], sites: Sequence[Site]) -> tuple[object, ...]:
    told: list[NotAnArticle] = []
    with closing(WebArchives()) as walked:
        for each in files:
            walked.add(each)
        importing = Import(archive, sites, now=day(400), tell=told.append)
        importing.web_archives(walked)
        report = importing.finish()
    return told_by(report), spoken(told), histories(archive), everything(archive)


def done_by_workers(archive: Archive, sites: Sequence[Site]) -> int:
    """All that workers do, a shard of each site in turn; how many shards that were."""
    by_name, done = {site.name: site for site in sites}, 0
    while entries := [each.site for each in archive.schedule.entries() if each.kind == IMPORT]:
        for name in entries:
            assert next_shard(by_name[name], archive)
            done += 1
            if archive.shards.next(IMPORT, name) is None:
                archive.schedule.remove_entry(name, kind=IMPORT)
    return done


@pytest.mark.parametrize("name", CASES)
def test_a_fleet_makes_of_files_what_one_machine_makes(name: str, tmp_path: Path) -> None:
    make, before, sites = CASES[name]
    files = make(tmp_path)
    with Archive.open(tmp_path / "one.db") as one:
        before(one)
        expected = on_one_machine(one, files, sites)
    with Archive.open(tmp_path / "many.db") as many:
        before(many)
        importing = FleetImport(many, [str(each) for each in files], ())
        importing.plan(sites)
        assert done_by_workers(many, sites) >= len(sites)
        assert importing.progress().done
        found = (
            told_by(importing.result()), spoken(list(importing.told())), histories(many), everything(many)
        )  # fmt: skip
        for mine, theirs in zip(found, expected, strict=True):
            assert mine == theirs
        assert many.integrity.verify() == []
        assert importing.forget()
        assert many.shards.progress(IMPORT) == {}


def test_the_articles_of_an_import_are_there_and_not_only_the_same(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "many.db") as archive:
        importing = FleetImport(archive, [str(each) for each in years(tmp_path)], ())
        importing.plan(SITES)
        assert done_by_workers(archive, SITES) == 4 + 2
        assert [each.first_seen for each in archive.articles.history(PAGE)] == [day(1), day(3.5)]
        report = importing.result()
        assert (report.filed["new"], report.filed["changed"], report.filed["gone"]) == (5, 3, 1)
        assert (report.hosts, report.problems) == ({"elders.example": 1}, [])


WORKER = """
import os, sys
from archive import Archive
from crawler.importing import fleet
from tests.crawler.importing.test_import_on_the_fleet import SITES
begun = fleet._ImportPiece._file
def file(piece, *of):
    global left
    left -= 1
    if not left:
        piece._archive.commit()
        os.kill(os.getpid(), 9)
    begun(piece, *of)
left = int(sys.argv[2])
fleet._ImportPiece._file = file
with Archive.open(sys.argv[1]) as archive:
    while fleet.next_shard(SITES[0], archive):
        pass
"""


def test_a_shard_whose_worker_was_killed_is_done_anew_and_nothing_is_twice(tmp_path: Path) -> None:
    files = years(tmp_path)
    with Archive.open(tmp_path / "one.db") as one:
        *_, expected, captures = on_one_machine(one, files, SITES)
    with Archive.open(tmp_path / "many.db") as archive:
        FleetImport(archive, [str(each) for each in files], ()).plan(SITES)
        killed = subprocess.run([sys.executable, "-c", WORKER, str(tmp_path / "many.db"), "4"], check=False)
        assert killed.returncode == -9
        assert done_by_workers(archive, SITES) == 6 - 2, "what was done is not done again"
        assert (histories(archive), everything(archive)) == (expected, captures)
        assert archive.integrity.verify() == []


def test_a_file_that_is_not_there_or_empty_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    good = warc(tmp_path / "good.warc.gz", [page(1, day(1))])
    (tmp_path / "empty.warc").write_bytes(b"")
    (tmp_path / "nothing.wacz").write_bytes(b"no package")
    names = ["good.warc.gz", "empty.warc", "nothing.wacz", "away.warc.gz"]
    with Archive.open(tmp_path / "many.db") as archive:
        importing = FleetImport(archive, [str(tmp_path / each) for each in names], ())
        importing.plan(SITES)
        done_by_workers(archive, SITES)
        report = importing.result()
        assert report.filed == {"new": 1}
        assert sorted(Path(file).name for file, _ in report.problems) == sorted(set(names) - {good.name})


@pytest.mark.parametrize("what", ["away", "another"])
def test_a_file_that_changes_before_it_is_read_is_told_and_never_taken_for_the_one_that_was_planned(
    what: str, tmp_path: Path
) -> None:
    first = warc(tmp_path / "first.warc.gz", [page(1, day(1))])
    second = warc(tmp_path / "second.warc.gz", [page(2, day(2))])
    with Archive.open(tmp_path / "many.db") as archive:
        importing = FleetImport(archive, [str(first), str(second)], ())
        importing.plan(SITES)
        if what == "away":
            second.unlink()
        else:
            warc(second, [page(3, day(2)), page(4, day(2))])
        done_by_workers(archive, SITES)
        report = importing.result()
        assert (report.filed, report.passed) == ({"new": 1}, 1)
        ((file, says),) = report.problems
        assert (Path(file).name, "any more" in says) == ("second.warc.gz", True)
        assert [each.what for each in importing.told()] == ["not read"]


def test_storage_that_cannot_be_reached_loses_nothing_of_a_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = warc(tmp_path / "x.warc.gz", [page(1, day(1))])
    with Archive.open(tmp_path / "many.db") as archive:
        importing = FleetImport(archive, [str(path)], ())
        importing.plan(SITES)

        def unreachable(address: str) -> None:
            raise ArchiveError(f"{address} cannot be read: no route")

        with monkeypatch.context() as patched:
            patched.setattr("crawler.importing.stored_files.open_stored", unreachable)
            with pytest.raises(ArchiveError, match="no route"):
                next_shard(SITE, archive)
        assert not importing.progress().done
        done_by_workers(archive, SITES)
        assert importing.result().filed == {"new": 1}


def test_the_same_command_waits_again_and_another_is_refused_until_it_is_given_up(tmp_path: Path) -> None:
    path = str(warc(tmp_path / "x.warc.gz", [edited(n, day(30 * n)) for n in range(3)]))
    with Archive.open(tmp_path / "many.db") as archive:
        importing = FleetImport(archive, [path], ())
        importing.plan(SITES)
        assert next_shard(SITE, archive)
        again = FleetImport(archive, [path, path], ())
        again.plan(SITES)
        assert again.progress() == importing.progress()
        assert again.progress().shards_done == 1
        other = FleetImport(archive, [path], ["krant"])
        with pytest.raises(UsageError, match="another import of krant is under way"):
            other.plan([SITE])
        assert importing.forget()
        assert [each for each in archive.schedule.entries() if each.kind == IMPORT] == []
        other.plan([SITE])
        done_by_workers(archive, SITES)
        assert other.result().known == 2, "what was filed stays"
        assert len(archive.articles.history(PAGE)) == 3


def test_what_was_planned_in_part_is_planned_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(warc(tmp_path / "x.warc.gz", [edited(n, day(30 * n)) for n in range(3)]))
    with Archive.open(tmp_path / "many.db") as archive:
        importing = FleetImport(archive, [path], ())
        with monkeypatch.context() as patched:
            patched.setattr(FleetImport, "_of_site", lambda *_: iter([None]))
            with pytest.raises(AttributeError):
                importing.plan(SITES)
        assert not importing.is_planned
        importing.plan(SITES)
        assert importing.progress().shards == 2


def test_a_site_that_is_paused_and_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    path = str(warc(tmp_path / "x.warc.gz", [edited(0, day(0))]))
    with Archive.open(tmp_path / "many.db") as archive:
        archive.schedule.pause("krant", at=datetime.now(UTC))
        with pytest.raises(UsageError, match="krant is paused"):
            FleetImport(archive, [path], ()).plan(SITES)
        with pytest.raises(UsageError, match="one machine"):
            FleetImport(archive, ["rows.jsonl"], ())
        with pytest.raises(UsageError, match="leave keys out"):
            FleetImport(archive, ["s3://key:secret@corpus/x.warc.gz"], ())


def test_a_folder_is_all_web_archives_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "warcs" / "2021"
    folder.mkdir(parents=True)
    warc(folder / "a.warc.gz", [page(1, day(1))])
    warc(folder.parent / "b.warc.gz", [page(2, day(2))])
    (folder / "notes.txt").write_text("niets")
    with Archive.open(tmp_path / "many.db") as archive:
        importing = FleetImport(archive, [f"{folder.parent}/"], ())
        importing.plan(SITES)
        done_by_workers(archive, SITES)
        assert importing.result().filed == {"new": 2}


def test_a_site_is_left_to_who_visits_it(tmp_path: Path) -> None:
    path = str(warc(tmp_path / "x.warc.gz", [edited(0, day(0))]))
    with Archive.open(tmp_path / "many.db") as archive:
        FleetImport(archive, [path], ()).plan([replace(SITE)])
        now = archive.schedule.now()
        lease = archive.schedule.lease("krant", "elsewhere:1", now=now, until=day(9999))
        assert lease is not None
        assert not next_shard(SITE, archive)
        archive.schedule.release(lease)
        assert next_shard(SITE, archive)
        assert archive.schedule.leases(now=now) == {}
