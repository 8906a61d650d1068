"""``legger search``: what a person sees, and what a program reads."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from archive import Archive
from tests.archive.newsroom import Desk, article, day
from tests.legger.test_commands import run


def test_a_search_shows_counts_and_explains(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Desk(archive)
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
    assert json.loads(search("brug in:all", "--by", "month", "--json").stdout) == {"2026-03": 2}
    nothing = search("burg", "--limit", "0")
    assert (nothing.returncode, nothing.stdout.splitlines()[0]) == (0, "Nothing found.")
    wrong = search("brug (dicht")
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines()[2].index("^") == 2 + len("brug ")
