"""The files of sites in the archive: what changed, what is read of them, and what they said on a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.errors import UsageError
from archive.operations.site_files import PLATFORM, SITE
from crawler.fleet.sites import ChangedFiles, PublishedSites, publish
from tests.archive.newsroom import day

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
