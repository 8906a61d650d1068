"""The example notebooks, run cell by cell on a small archive."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archive import Archive, StatedTime
from archive.export.tools import to_pandas
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
        _everything_else(archive, desk)
        archive.commit()
        archive.index.update()
    return where


def _everything_else(archive: Archive, desk: Filer) -> None:
    """One that may not be shown, one with a date, one by turns, one suspected to have gone."""
    place = {"key": "3", "url": "https://stad.example/3", "site": "stad"}
    desk.see(article("Een naam die niet mag.", title="Geheim", authors=("Anna Bos",)), day(1), **place)
    desk.see(article("Een andere naam die niet mag.", title="Geheim"), day(2), **place)
    archive.redactions.redact(place["url"], ground="AVG", reason="verzoek", who="archivaris", at=day(3))
    place = {"key": "4", "url": "https://stad.example/4", "site": "stad"}
    stated = datetime.fromisoformat("2026-03-02T00:30:00+01:00")
    dated = StatedTime(value=stated, raw="2 maart", source="meta")
    for turn in range(4):
        title = "Markt verhuist" if turn % 2 else "Waarom de markt verhuist"
        desk.see(article("De markt gaat.", title=title, published=dated), day(turn), **place)
    desk.miss(day(5), key="4", url=place["url"], site="stad")


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
    assert found["edits-per-site"]["edits"].to_dict() == {"blad": 0, "krant": 1, "stad": 1}
    assert found["lifetime-of-an-article"]["share that still stands"].to_list() == [1, 1, 0.5, 0.5]
    assert list(found["who-corrected-first"]["first to change"]) == ["krant"]
    weeks = found["volume-per-week"]
    assert [(str(week), int(number)) for week, number in weeks["stad"].items()] == [
        ("2026-03-02/2026-03-08", 1)
    ]


def test_a_frame_has_times_and_days_whatever_the_archive_holds(shelf: Path) -> None:
    with Archive.open(shelf, read_only=True) as archive:
        edits = to_pandas(archive, "edits")
        assert str(edits["seen_before"].dtype).endswith("UTC]")
        assert (edits["seen_before"] < edits["first_seen"]).all()
        articles = to_pandas(archive, "current_articles").set_index("id")
        assert articles.loc[4, "authors"] == [], "what may not be shown has none"
        assert articles.loc[5, "published_day"].date().isoformat() == "2026-03-02", "the site's day"
        assert articles.loc[5, "published_utc"].isoformat() == "2026-03-01T23:30:00+00:00"
