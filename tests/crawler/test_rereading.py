"""Reading stored captures again: on several cores, broken off, tried without doing it, and after a pin."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from archive import Archive, shards
from archive.copying import copy
from archive.model.types import SiteMemory, Version
from archive.operations.schedule import holder
from crawler import rereading
from crawler.extract.boilerplate import learn
from crawler.ingest.ingest import ingest, reader
from crawler.rereading import RereadingProcesses, next_shard, planned, pool, reread
from crawler.siteconfig.files import load_site
from crawler.siteconfig.site import Site
from legger.cli import legger
from legger.simulator import OPENING, Newspaper
from tests import postgresql


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file of a site, and its archive as it was filed before anything was learned."""
    folder = tmp_path_factory.mktemp("reread")
    paper = Newspaper(seed=5, articles=130, days=6, only=["dorpsklok"])
    paper.write_sites(folder / "sites")
    house = paper.houses[0]
    with Archive.open(folder / "legger.db") as archive:
        for at in (OPENING + timedelta(hours=1), OPENING + timedelta(days=5)):
            read = reader(house.site, archive)
            for url in house.truth(at):
                ingest(paper.capture(url, at), house.site, archive, read)
        archive.commit()
        captures = (kept.capture for kept in archive.articles.article_captures(house.name, latest=400))
        learned = learn(captures, house.site, SiteMemory(site=house.name), now=OPENING + timedelta(days=6))
        assert learned.lines
        archive.boilerplate.remember(learned)
    with (folder / "sites" / "dorpsklok.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[rules]]\nstrip = [".bericht b"]\n')  # the operator drops the subheads
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to work in."""
    shutil.copytree(made, tmp_path / "copy")
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path / "copy" / "sites"))
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def site(folder: Path) -> Site:
    return load_site("dorpsklok")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are started for however few pages."""
    monkeypatch.setattr(rereading, "FEW", 0)


def held(path: Path) -> list[Version]:
    """Everything that is filed of every version, as one reads it."""
    with Archive.open(path, read_only=True) as archive:
        return list(archive.articles.versions("dorpsklok"))


def names(versions: list[Version]) -> list[tuple[int, int]]:
    return [(each.article_id, each.number) for each in versions]


def again(path: Path, site: Site, workers: int) -> dict[str, int]:
    with Archive.open(path) as archive, pool(str(path), workers) as processes:
        return reread(site, archive, processes)


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(legger, arguments, standalone_mode=False, catch_exceptions=False)


def test_several_processes_file_what_one_would(folder: Path, site: Site, few: None) -> None:
    shutil.copy(folder / "legger.db", folder / "one.db")
    before = held(folder / "one.db")
    alone = again(folder / "one.db", site, 1)
    together = again(folder / "legger.db", site, 2)
    assert alone == together
    assert alone["differs"], "the operator's rule leaves out what was filed"
    assert alone["provenance"] > 50, "the others say what they said; the memory has become their witness"
    assert held(folder / "legger.db") == held(folder / "one.db") != before
    assert names(held(folder / "one.db")) == names(before), "no new version"


KILLED = textwrap.dedent(
    """
    import os, signal, sys, time
    import psutil
    from archive import Archive
    from crawler import rereading
    from archive import shards
    from crawler.rereading import pool, reread
    from crawler.siteconfig.files import load_site

    class Killed(shards.Shards):
        def end(self, *what, **more):
            super().end(*what, **more)
            print(*[each.pid for each in psutil.Process().children(recursive=True)], flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    if __name__ == "__main__":
        rereading.FEW, shards.SIZE = 0, 40
        with Archive.open("legger.db") as archive, pool("legger.db", 2) as processes:
            archive.shards = Killed(archive.session)
            reread(load_site("dorpsklok"), archive, processes)
    """
)


def test_what_was_killed_goes_on_where_it_was(folder: Path, site: Site) -> None:
    shutil.copy(folder / "legger.db", folder / "whole.db")
    whole = again(folder / "whole.db", site, 1)
    (folder / "killed.py").write_text(KILLED, encoding="utf-8")
    done = subprocess.run([sys.executable, "killed.py"], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    with Archive.open(folder / "legger.db") as archive:
        so_far = archive.shards.progress("reread")["dorpsklok"]
    assert so_far.shards_done == 1 < so_far.shards
    assert 0 < so_far.counts["read"] < whole["read"]
    some = held(folder / "legger.db")
    assert some != held(folder / "whole.db")

    orphans = [int(pid) for pid in done.stdout.split()]
    assert len(orphans) >= 2
    waited = time.monotonic() + 20
    while any(map(running, orphans)) and time.monotonic() < waited:
        time.sleep(0.05)
    assert not any(map(running, orphans)), "who reads for a process that was killed, stops"

    with Archive.open(folder / "legger.db") as archive:
        read: list[int] = []
        with pool("legger.db", 1) as processes:
            counts = reread(site, archive, processes, lambda counts: read.append(counts["read"]))
        assert archive.shards.progress("reread") == {}
        assert archive.schedule.leases(now=archive.schedule.now()) == {}, "no lease of who was killed is left"
    assert read[0] > so_far.counts["read"], "it did not begin anew"
    assert counts == whole
    assert held(folder / "legger.db") == held(folder / "whole.db")


def running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_site_that_is_visited_is_left_alone_until_the_visit_has_ended(folder: Path, site: Site) -> None:
    with Archive.open(folder / "legger.db") as archive, Archive.open(folder / "legger.db") as visit:
        planned([site], archive)
        now = datetime.now(UTC)
        lease = visit.schedule.lease(site.name, holder(os.getppid()), now=now, until=now + timedelta(hours=1))
        assert lease is not None
        assert not next_shard(site, archive)
        assert archive.shards.progress("reread")[site.name].shards_done == 0
        visit.schedule.release(lease)
        assert next_shard(site, archive)
        assert archive.shards.progress("reread")[site.name].shards_done == 1


def test_processes_that_each_write_file_what_one_would(
    folder: Path, site: Site, postgresql_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In PostgreSQL; one of them is killed on the way, and what it was at is done by another."""
    monkeypatch.setattr(shards, "SIZE", 20)
    with postgresql.emptied(postgresql_template) as url:
        with Archive.open(folder / "legger.db") as source, Archive.open(url) as archive:
            copy(source, archive)
        whole = again(folder / "legger.db", site, 1)
        with Archive.open(url) as archive:
            planned([site], archive)
            reading = RereadingProcesses(url, [site], 2)
            while archive.shards.progress("reread")[site.name].shards_done == 0:
                time.sleep(0.05)
            while not (held_by := archive.schedule.leases(now=archive.schedule.now())):
                assert reading.goes_on(), "all was done before one of them could be killed"
                time.sleep(0.01)
            os.kill(int(held_by[site.name].holder.rpartition(":")[2].partition("@")[0]), signal.SIGKILL)
            while reading.goes_on():
                time.sleep(0.05)
            so_far = archive.shards.progress("reread")[site.name]
            assert so_far.done
            assert so_far.counts == whole
            assert archive.integrity.verify() == []
            assert list(archive.articles.versions("dorpsklok")) == held(folder / "legger.db")


def test_a_dry_run_tells_what_would_change_and_changes_nothing(folder: Path) -> None:
    before = held(folder / "legger.db")
    told = ask("reread", "dorpsklok", "--dry-run", "--samples", "2", "--jobs", "1")
    assert "read otherwise now" in told.output
    assert told.output.count(", version ") == 2
    assert "[-" in told.output, "a word diff"
    assert max(map(len, told.output.splitlines())) <= 80
    rows = [json.loads(row) for row in ask("reread", "--dry-run", "--json").stdout.splitlines()]
    assert held(folder / "legger.db") == before
    done = json.loads(ask("reread", "--json", "--jobs", "1").stdout)
    assert rows[0]["differs"] == done["dorpsklok"]["differs"]
    assert rows[0]["what"]["text"] > 0
    assert held(folder / "legger.db") != before
    with Archive.open("legger.db", read_only=True) as archive:
        assert archive.index.pending() == 0, "a room that only reads finds the new words"


def test_what_the_operator_pins_holds_from_the_next_reading_on(folder: Path) -> None:
    def texts() -> list[str]:
        assert ask("reread", "dorpsklok", "--jobs", "1").exit_code == 0
        with Archive.open("legger.db", read_only=True) as archive:
            return [each.article.text for each in archive.articles.all("dorpsklok")]

    learned = texts()
    with Archive.open("legger.db", read_only=True) as archive:
        lines = [line.text for line in archive.boilerplate.get("dorpsklok").lines]
    furniture = next(line for line in lines if not any(line in text for text in learned))
    sentence = learned[0].splitlines()[1]

    assert ask("boilerplate", "dorpsklok", "--line", furniture, "--pin", "keep", "--note", "a column")
    assert ask("boilerplate", "dorpsklok", "--line", sentence, "--pin", "strip")
    shown = ask("boilerplate", "dorpsklok", "--limit", "0").output
    assert "keep" in shown
    assert "strip" in shown
    assert "a column" in shown
    pinned = texts()
    assert any(furniture in text for text in pinned)
    assert not any(sentence in text for text in pinned)

    with Archive.open("legger.db") as archive:  # what is learned later changes nothing about it
        memory = archive.boilerplate.get("dorpsklok")
        captures = (kept.capture for kept in archive.articles.article_captures("dorpsklok", latest=400))
        archive.boilerplate.remember(
            learn(captures, load_site("dorpsklok"), memory, now=OPENING + timedelta(days=7))
        )
    assert texts() == pinned

    for number in (1, 1):
        assert ask("boilerplate", "dorpsklok", "--line", str(number), "--unpin").exit_code == 0
    assert texts() == learned


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--pin", "keep"], "--line"),
        (["--line", "1"], "--pin"),
        (["--line", "1", "--pin", "keep", "--unpin"], "either"),
        (["--line", "1", "--unpin", "--note", "x"], "--note"),
        (["--line", "9999", "--pin", "keep"], "9999"),
        (["--line", "1", "--unpin"], "not pinned"),
    ],
)
def test_a_pin_that_makes_no_sense_is_refused_with_what_to_do(
    folder: Path, arguments: list[str], says: str
) -> None:
    with pytest.raises(Exception, match=says):
        ask("boilerplate", "dorpsklok", *arguments)


def test_a_pin_on_a_site_nobody_knows_is_a_slip_of_the_pen(folder: Path) -> None:
    with pytest.raises(Exception, match="nowhere"):
        ask("boilerplate", "nowhere", "--line", "Menu", "--pin", "strip")
    with Archive.open("legger.db", read_only=True) as archive:
        assert archive.boilerplate.get("nowhere") == SiteMemory(site="nowhere")
