"""The files of sites in the archive: what changed, what is read of them, and what they said on a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from archive import Archive
from archive.errors import UsageError
from archive.operations.site_files import PLATFORM, SITE
from crawler.fleet.sites import ChangedFiles, PublishedSites, publish
from legger.cli import legger
from tests.archive.newsroom import day
from tests.crawler.fleet.conftest import FleetStage

URL = 'url = "https://krant.example/"\n'


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        file = folder / ("platforms" if name.startswith("huis") else "") / f"{name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def test_a_worker_reads_sites_and_platforms_as_they_are_in_the_archive(
    archive: Archive, tmp_path: Path
) -> None:
    here, elsewhere = tmp_path / "sites", PublishedSites(tmp_path / "worker")
    write(here, krant=URL + 'platform = "huis"\n', huis='language = "fy"\n', fout="url = 3\n")
    publish(archive, here, at=day(0))
    elsewhere.refresh(archive)
    assert elsewhere.names() == ["fout", "krant"]
    assert elsewhere.plan("krant").language == "fy"
    assert elsewhere.plan("fout").url == "http://localhost/", "its visit will say what is wrong"
    write(here, huis='language = "nl"\n')
    assert publish(archive, here, at=day(1)) == [(PLATFORM, "huis")]
    elsewhere.refresh(archive)
    assert elsewhere.plan("krant").language == "nl"
    folder = elsewhere.unfold("krant", "visit")
    assert sorted(each.name for each in folder.rglob("*.toml")) == ["huis.toml", "krant.toml"]
    elsewhere.fold(folder)
    assert not folder.exists()


def test_what_a_file_said_on_a_day_is_known_also_of_one_taken_out_of_use(
    archive: Archive, tmp_path: Path
) -> None:
    write(tmp_path, krant=URL, bode=URL)
    publish(archive, tmp_path, at=day(1))
    write(tmp_path, krant=URL + "delay = 3.0\n")
    (tmp_path / "bode.toml").unlink()
    assert publish(archive, tmp_path, at=day(3)) == [(SITE, "krant"), (SITE, "bode")]
    assert publish(archive, tmp_path, at=day(4)) == []
    texts = [
        [
            found.text if (found := archive.site_files.on(SITE, name, day(at))) else "unknown"
            for at in range(5)
        ]
        for name in ("krant", "bode")
    ]
    changed = URL + "delay = 3.0\n"
    assert texts == [["unknown", URL, URL, changed, changed], ["unknown", URL, URL, None, None]]


def test_a_folder_without_files_takes_no_site_out_of_use(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are no sites in"):
        publish(archive, tmp_path / "none", at=day(0))


def test_the_clock_publishes_what_changes_but_no_old_copy_and_takes_nothing_out_of_use(
    archive: Archive, tmp_path: Path
) -> None:
    mine, forgotten = tmp_path / "mine", tmp_path / "forgotten"
    write(mine, krant=URL, bode=URL)
    write(forgotten, krant=URL)
    clock, standby = ChangedFiles(mine), ChangedFiles(forgotten)
    assert clock.publish(archive, at=day(0)) == [(SITE, "bode"), (SITE, "krant")]
    write(mine, krant=URL + "delay = 3.0\n")
    assert clock.publish(archive, at=day(1)) == [(SITE, "krant")]
    (mine / "bode.toml").unlink()
    assert clock.publish(archive, at=day(2)) == []
    assert standby.publish(archive, at=day(3)) == []
    now = {each.name: each.text for each in archive.site_files.current()}
    assert now == {"krant": URL + "delay = 3.0\n", "bode": URL}
    write(forgotten, krant=URL + "delay = 9.0\n", fresh=URL)
    assert standby.publish(archive, at=day(4) + timedelta()) == [(SITE, "fresh"), (SITE, "krant")]


def test_a_file_that_is_wrong_is_told_and_not_published_and_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEGGER_ARCHIVE", "legger.db")
    Archive.open("legger.db").close()
    write(tmp_path / "sites", krant=URL, bode=URL, huis='language = "fy"\n')
    assert CliRunner().invoke(legger, ["fleet", "publish"], standalone_mode=False).return_value == 0
    write(tmp_path / "sites", krant=URL + "delay = 3\n", bode=URL + 'delay = "fast"\n', huis="langage = 1\n")
    (tmp_path / "sites" / "dag.toml").write_bytes(b'url = "\xff"\n')
    done = CliRunner().invoke(legger, ["fleet", "publish"], standalone_mode=False)
    assert done.return_value == 1, done.output
    said = " ".join(done.output.split())
    assert "site krant 1 file changed." in said
    assert "site bode was not published: sites/bode.toml: delay: expected" in said
    assert "platform huis was not published: sites/platforms/huis.toml: langage: no such key" in said
    assert "site dag was not published: sites/dag.toml: file: expected TOML in UTF-8" in said
    with Archive.open("legger.db") as archive:
        now = {(each.kind, each.name): each.text for each in archive.site_files.current()}
    assert now == {
        (SITE, "krant"): URL + "delay = 3\n",
        (SITE, "bode"): URL,
        (PLATFORM, "huis"): 'language = "fy"\n',
    }


def test_a_plan_of_a_fleet_goes_by_what_is_published_on_a_machine_without_files(
    stage: FleetStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "sites", elders=URL)
    stage.publish(krant="https://krant.example/")
    with Archive.open(stage.where) as archive:
        files = [(SITE, "stuk", 'url = "https://stuk.example/"\ndelay = "fast"\n')]
        archive.site_files.publish(files, at=day(0), machine="elsewhere")
    arguments = ["schedule", "plan", "--archive", stage.where]
    done = CliRunner().invoke(legger, [*arguments, "--json"], standalone_mode=False)
    assert done.return_value == 1, done.output
    assert {row["site"] for row in orjson.loads(done.stdout)} == {"krant"}
    assert "stuk.toml in the archive: delay: expected" in " ".join(done.stderr.split())
    with pytest.raises(UsageError, match="not published"):
        CliRunner().invoke(legger, [*arguments, "elders"], standalone_mode=False, catch_exceptions=False)
