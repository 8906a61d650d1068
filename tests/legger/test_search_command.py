"""``legger search``: what a person sees, and what a program reads."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from archive import Archive
from archive.search.counting import CountTable
from legger.cli import console
from legger.cli.query.search import _side_by_side
from tests.archive.newsroom import Filer, article, day
from tests.legger.test_commands import run


def test_a_search_shows_counts_and_explains(tmp_path: Path, archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        desk = Filer(archive)
        desk.see(article("De brug is dicht. Wethouder Bos sprak.", section="verkeer"), day(0))
        desk.see(article("De brug is dicht."), day(1))

    def search(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run("search", *arguments, cwd=tmp_path)

    found = search("brug", "--json")
    assert [json.loads(line)["snippet"] for line in found.stdout.splitlines()] == ["De [brug] is dicht."]
    lost = search("in:removed bos")
    assert "Wethouder Bos sprak." in lost.stdout
    assert "missing since" in lost.stdout
    assert not any(line.endswith(" ") for line in lost.stdout.splitlines())
    assert search("brug", "in:all", "--count").stdout == "2\n"
    counted = search("brug in:all", "--by", "month", "--time", "seen", "--json")
    assert json.loads(counted.stdout) == {"2026-03": 2, "not stated": 0}
    crossed = search("brug in:all", "--by", "site", "--by", "section", "--json")
    assert json.loads(crossed.stdout) == {"krant": {"not stated": 1, "verkeer": 1}}
    assert "not stated" in search("brug in:all", "--by", "section", "--by", "site").stdout
    assert [
        json.loads(line)["version"] for line in search("-bos brug", "in:all", "--json").stdout.splitlines()
    ] == [2]
    assert search("brug", "-wethouder", "--count").stdout == "1\n"
    assert search("brug", "in:all", "-wethouder", "--count").stdout == "1\n"
    assert search("brug", "in:all in:removed").returncode == 2
    nothing = search("burg", "--limit", "0")
    assert (nothing.returncode, nothing.stdout.splitlines()[0]) == (0, "Nothing found.")
    wrong = search("brug (dicht")
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines()[2].index("^") == 2 + len("brug ")


def test_a_shell_completes_commands(tmp_path: Path, archive_file: Path) -> None:
    assert "_LEGGER_COMPLETE" in run("completion", "bash", cwd=tmp_path).stdout
    asked = {"_LEGGER_COMPLETE": "bash_complete", "COMP_WORDS": "legger se", "COMP_CWORD": "1"}
    assert run(cwd=tmp_path, **asked).stdout.split() == ["plain,serve", "plain,search"]
    with Archive.open(archive_file) as archive:
        Filer(archive).see(article("De brug is dicht."), day(0))
    assert run("saved", "bruggen", "brug~", cwd=tmp_path).returncode == 0
    asked |= {"COMP_WORDS": "legger search @b", "COMP_CWORD": "2"}
    assert run(cwd=tmp_path, **asked).stdout.split() == ["plain,@bruggen"]
    asked |= {"COMP_WORDS": "legger search --site kr", "COMP_CWORD": "3"}
    assert run(cwd=tmp_path, **asked).stdout.split() == ["plain,krant"]


def test_the_reading_room_wants_a_token_or_a_proxy_before_others_can_reach_it(
    tmp_path: Path, archive_file: Path
) -> None:
    Archive.open(archive_file).close()
    for arguments, says in (
        (["--host", "0.0.0.0"], "LEGGER_TOKEN"),
        (["--host", "0.0.0.0", "--token", "kort"], "16 characters"),
        (["--timezone", "Mars/Olympus"], "Europe/Amsterdam"),
    ):
        answer = run("serve", *arguments, cwd=tmp_path)
        assert (answer.returncode, answer.stdout) == (2, "")
        assert says in answer.stderr


def test_saved_queries_notes_and_tags(tmp_path: Path, archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        Filer(archive).see(article("De brug is dicht."), day(0))
    assert run("saved", "bruggen", "brug~", cwd=tmp_path).returncode == 0
    assert "Brug dicht" in run("search", "@bruggen", cwd=tmp_path).stdout
    assert run("search", "@tunnels", cwd=tmp_path).returncode == 1
    assert run("note", "1", "Zie de raad.", cwd=tmp_path).returncode == 0
    assert run("tag", "1", "raad", cwd=tmp_path).returncode == 0
    [row] = map(json.loads, run("notes", "--tag", "raad", "--json", cwd=tmp_path).stdout.splitlines())
    assert (row["tags"], row["notes"][0]["text"]) == (["raad"], "Zie de raad.")


def test_output_for_programs_is_neither_cut_nor_wrapped_and_tells_its_zone(tmp_path: Path) -> None:
    title = "Een kop die veel langer is dan tachtig tekens, want hij gaat nog een hele tijd door " * 3
    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Filer(archive)
        desk.see(article("De brug is dicht. " * 20, title=title), day(0))
        desk.see(article("De brug is open. " * 20, title=title), day(1))
        desk.miss(day(3), status=410)
    for command in ("articles", "edits", "gone"):
        lines = run(command, cwd=tmp_path, TZ="UTC", COLUMNS="").stdout.splitlines()
        assert any(title.strip() in line and "+00:00" in line for line in lines), command
    assert ("De brug is open. " * 20).strip() in run("show", "1", cwd=tmp_path, COLUMNS="").stdout
    assert "Nothing has disappeared." in run("gone", "--since", "2026-03-09", cwd=tmp_path).stdout


COLUMNS = {
    "all that fit": (60, [("2024", "2025", "")]),
    "the rest in another table": (42, [("2024", "2025"), ("",)]),
    "one that is too wide by itself": (20, [("2024",), ("2025",), ("",)]),
}


@pytest.mark.parametrize(("width", "wanted"), COLUMNS.values(), ids=COLUMNS)
def test_a_table_of_two_things_has_the_columns_that_fit(
    width: int, wanted: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "width", width)
    monkeypatch.setattr(type(console.out), "is_terminal", True)
    row = "Informatica e programmazione"
    counted = CountTable(rows=(row,), columns=("2024", "2025", ""), counts={(row, "2024"): 1200})
    assert list(_side_by_side(counted, ("section", "year"))) == wanted
