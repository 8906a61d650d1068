"""What was missed, asked of all sites at once and of a period."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.model.addresses import Link, Miss
from legger.cli import legger
from tests.archive.newsroom import MONDAY, day


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        for site, number, missed, at in (
            ("krant", 1, Miss.CLIENT, 0), ("krant", 2, Miss.CLIENT, 40), ("krant", 3, Miss.TIMEOUT, 40),
            ("dorp", 4, Miss.ROBOTS, 0),
        ):  # fmt: skip
            url = f"https://{site}.example/{number}"
            archive.runs.start(site, at=MONDAY, settings={})
            archive.urls.found(site, [Link(url=url, how="link")], at=day(at))
            archive.urls.visited(
                site,
                url,
                at=day(at),
                due_at=None,
                status=None,
                verdict=None,
                reason=missed.value,
                missed=missed,
            )
    return path


def ask(*words: str) -> str:
    done = CliRunner().invoke(legger, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_was_missed_of_all_sites_is_told_by_site_and_kind(where: Path) -> None:
    found = [(row["site"], row["kind"], row["number"]) for row in json.loads(ask("missed", "--json"))]
    assert found == [("dorp", "robots", 1), ("krant", "4xx", 2), ("krant", "timeout", 1)]
    assert [line.split()[0] for line in ask("missed").splitlines()[2:5]] == ["dorp", "krant", "krant"]


def test_what_was_missed_in_a_period_leaves_out_what_was_before(where: Path) -> None:
    lately = json.loads(ask("missed", "--since", "2026-04-01", "--json"))
    assert [(row["site"], row["kind"], row["number"]) for row in lately] == [
        ("krant", "4xx", 1), ("krant", "timeout", 1),
    ]  # fmt: skip
    of_krant = json.loads(ask("missed", "krant", "--since", "2026-04-01", "--json"))
    assert len(of_krant["addresses"]) == 2
    assert json.loads(ask("missed", "--kind", "robots", "--since", "2026-04-01", "--json")) == []
