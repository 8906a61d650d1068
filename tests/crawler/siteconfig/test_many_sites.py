"""Ten thousand sites: a clock's look reads no file twice, and a site's file is found without the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import UnknownSite
from crawler.siteconfig import files
from crawler.siteconfig.site import Site


def test_a_second_look_at_ten_thousand_sites_reads_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def load(name: str) -> Site:
        read.append(name)
        return Site(name=name, url=f"http://{name}.example/")

    monkeypatch.setattr(files, "load_site", load)
    monkeypatch.setattr(files, "_planned", {})
    names = [f"site{number}" for number in range(10_000)]
    for _ in range(2):
        assert [files.planned(name).name for name in names] == names
    assert read == names


def test_a_site_is_found_without_a_look_at_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path))
    (tmp_path / "oost.toml").write_text('url = "https://oost.example/"\n')
    with monkeypatch.context() as alone:
        alone.setattr(Path, "glob", lambda *_: pytest.fail("it lists the folder"))
        alone.setattr(Path, "iterdir", lambda *_: pytest.fail("it lists the folder"))
        assert files.load_site("oost").url == "https://oost.example/"


@pytest.mark.parametrize("name", ["../oost", "platforms/own", ".", "", "oost.toml"])
def test_a_name_is_no_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    (tmp_path / "oost.toml").write_text('url = "https://oost.example/"\n')
    (tmp_path / "sites" / "platforms").mkdir(parents=True)
    (tmp_path / "sites" / "platforms" / "own.toml").write_text('feeds = ["/rss"]\n')
    (tmp_path / "sites" / "oost.toml").write_text('url = "https://oost.example/"\n')
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path / "sites"))
    with pytest.raises(UnknownSite):
        files.load_site(name)
