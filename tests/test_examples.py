"""The example notebooks, run cell by cell on a small archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from tests.archive.newsroom import Filer, article, day

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs" / "examples").glob("*.ipynb"))
STORY = " ".join(
    f"Bij brug {number} aan de {street} wachten {number * 7} fietsers tot het water is gezakt."
    for number, street in enumerate(("Kade", "Singel", "Dijk", "Markt", "Stationsweg", "Goorsestraat"), 1)
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("examples") / "legger.db"
    with Archive.open(where) as archive:
        desk = Filer(archive)
        desk.see(article(STORY), day(0))
        desk.see(article(STORY.replace("21 fietsers", "22 fietsers")), day(1))
        there = {"key": "b", "url": "https://blad.example/b", "site": "blad"}
        desk.see(article(STORY, title="Aanvaring bij brug"), day(0), **there)
        gone = {"key": "2", "url": "https://krant.example/2"}
        desk.see(article("Het zwembad wordt duurder."), day(0), **gone)
        for number in (2, 4, 6):
            desk.miss(day(number), status=410, **gone)
        archive.commit()
        archive.index.update()
    return where


def _run(notebook: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("LEGGER_ARCHIVE", str(shelf))
    names: dict[str, Any] = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), notebook.name, "exec"), names)
    names["archive"].close()
    return names


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[each.stem for each in NOTEBOOKS])
def test_an_example_runs(notebook: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "result" in _run(notebook, shelf, monkeypatch)


def test_examples_say_what_happened(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {each.stem: _run(each, shelf, monkeypatch)["result"] for each in NOTEBOOKS}
    assert found["edits-per-site"]["edits"].to_dict() == {"blad": 0, "krant": 1}
    assert found["lifetime-of-an-article"]["share that still stands"].to_list() == [1, 1, 0]
    assert list(found["who-corrected-first"]["first to change"]) == ["krant"]
