"""The examples of docs/export.md do what the page says, one after the other, as a reader would try them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from tests.archive.newsroom import Filer, article, day
from tests.legger.test_commands import run

PAGE = Path(__file__).parents[2] / "docs" / "export.md"


def test_every_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Filer(archive)
        for number in range(4):
            url = f"https://krant.example/{number}"
            desk.see(article(f"De brug {number} is dicht.", url=url), day(0), key=url, url=url)
    lines = re.findall(r"^\$ legger (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) > 10
    for line in lines:
        command = shlex.split(line, comments=True)
        ran = run(*command, cwd=tmp_path)
        assert ran.returncode == 0, (line, ran.stderr)
        if "-o" in command:
            assert (tmp_path / command[command.index("-o") + 1]).exists(), line
    (in_pandas,) = re.findall(r"```python\n(import pandas .*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    there: dict[str, Any] = {}
    exec(in_pandas, there)
    assert list(there["versions"]["site"]) == ["krant"] * 4
    again = shlex.split(lines[0], comments=True)
    assert run(*again, cwd=tmp_path).returncode == 0, "the same export is written anew"
    (tmp_path / again[again.index("-o") + 1]).write_bytes(b"mine")
    refused = run(*again, cwd=tmp_path)
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
