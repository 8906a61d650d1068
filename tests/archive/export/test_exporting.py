"""Exports in every form: what goes out is what stands there, and comes again byte for byte."""

from __future__ import annotations

import csv
import errno
import gc
import io
import json
import os
import sqlite3
import sys
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest

from archive import Archive, StatedTime
from archive.errors import ArchiveError, UsageError
from archive.export.choice import RowChoice, drawn, of_plain, plain
from archive.export.exporting import FORMS, PRESET_FORM, Form, manifest_of, verify_export, write_export
from archive.export.jsonl import Sink
from archive.export.rows import RowMaker, rows
from archive.export.writers import LISTS, PRESETS, TABLE, csv_lines, safe_cell, unsafe_cell
from archive.model.export_row import ExportRow
from tests.archive.newsroom import Filer, article, day


def _dated(text: str) -> StatedTime:
    return StatedTime(value=datetime.fromisoformat(text), raw=text, source="meta")


def _corpus(archive: Archive) -> None:
    """Two sites: one article edited, one gone, one that may not be shown, one whose title is a formula."""
    desk = Filer(archive)
    desk.see(article("De brug is dicht.", authors=("Anna Bos", "Jan Smit"), language="nl",
                     published=_dated("2026-03-01T00:30:00+01:00")), day(0))  # fmt: skip
    desk.see(article("De brug is open.", language="nl"), day(2))
    place: dict[str, Any] = {"key": "2", "url": "https://blad.example/2", "site": "blad"}
    desk.see(
        article("De markt, ‘dicht’.\nEn “open”.", title="=1+1", url=place["url"], language="nl"),
        day(1),
        **place,
    )
    place = {"key": "3", "url": "https://krant.example/3"}
    desk.see(article("Het zwembad.", title="Zwembad", url=place["url"]), day(0), **place)
    desk.miss(day(3), status=410, **place)
    place = {"key": "4", "url": "https://krant.example/4"}
    desk.see(article("Een naam.", title="Geheim", url=place["url"]), day(1), **place)
    archive.redactions.redact(place["url"], ground="AVG", reason="r", who="w", at=day(4))
    archive.commit()
    archive.index.update()


def _rows(archive: Archive, **choice: Any) -> list[dict[str, Any]]:
    with archive.snapshot() as connection:
        return list(rows(connection, RowChoice(**choice)))


CHOICES = {
    "everything": ({}, [(1, 2), (2, 1), (3, 1), (4, 1)]),
    "what a query finds": ({"query": "brug"}, [(1, 2)]),
    "in every version": ({"query": "brug in:all"}, [(1, 1), (1, 2)]),
    "published then, by the site's day": ({"published": "2026-03-01", "versions": "all"}, [(1, 1)]),
    "what has gone": ({"status": "gone"}, [(3, 1)]),
    "a language": ({"language": "nl", "site": "blad"}, [(2, 1)]),
    "as it stood": ({"as_of": day(1)}, [(1, 1), (2, 1), (3, 1), (4, 1)]),
    "as it stood, of what a query finds": ({"as_of": day(1), "query": "dicht"}, [(1, 1), (2, 1)]),
}


@pytest.mark.parametrize(("choice", "wanted"), CHOICES.values(), ids=CHOICES)
def test_what_is_chosen(archive: Archive, choice: dict[str, Any], wanted: list[tuple[int, int]]) -> None:
    _corpus(archive)
    assert [(row["id"], row["version"]) for row in _rows(archive, **choice)] == wanted
    assert of_plain(json.loads(json.dumps(plain(RowChoice(**choice))))) == RowChoice(**choice)


@pytest.mark.parametrize("choice", [{"query": "in:removed brug"}, {"published": "maart"}, {"query": "(brug"}])
def test_what_cannot_be_chosen(archive: Archive, choice: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        _rows(archive, **choice)


def test_as_of_is_the_same_for_ever(archive: Archive) -> None:
    _corpus(archive)
    before = [orjson.dumps(row) for row in _rows(archive, as_of=day(2.5))]
    desk = Filer(archive)
    desk.see(article("De brug is weer dicht.", language="nl"), day(9))
    desk.see(article("Het zwembad.", title="Zwembad", url="https://krant.example/3"), day(9), key="3",
             url="https://krant.example/3")  # fmt: skip
    desk.miss(day(9), status=410, key="2", url="https://blad.example/2", site="blad")
    archive.commit()
    archive.index.update()
    assert [orjson.dumps(row) for row in _rows(archive, as_of=day(2.5))] == before
    gone = next(row for row in _rows(archive, as_of=day(4)) if row["id"] == 3)
    assert (gone["status"], gone["missed_since"], gone["gone_reason"]) == (
        "gone", "2026-03-05T08:00:00Z", "HTTP 410",
    )  # fmt: skip


def test_dates_are_stated_in_utc_and_as_a_day(archive: Archive) -> None:
    _corpus(archive)
    row = _rows(archive, versions="all")[0]
    assert [row[name] for name in ("published", "published_utc", "published_day")] == [
        "2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z", "2026-03-01",
    ]  # fmt: skip


# ---------------------------------------------------------------- forms


def _written(archive: Archive, folder: Path, form: Form, **choice: Any) -> Path:
    ending = {"jsonl": ".jsonl", "text": ""}.get(form.name, f".{form.name}")
    path = folder / f"export{ending}"
    write_export(archive, path, RowChoice(**choice), form)
    return path


@pytest.mark.parametrize("form", [*(Form(name=each) for each in FORMS),
                                  *(Form(name="csv", preset=each) for each in PRESETS)], ids=str)  # fmt: skip
def test_every_form_is_repeated_byte_for_byte(archive: Archive, tmp_path: Path, form: Form) -> None:
    if form.name == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    _corpus(archive)
    path = _written(archive, tmp_path, form, versions="all")
    told = json.loads(manifest_of(path).read_bytes())
    assert (told["rows"], told["articles"], told["undated"], told["redacted"]) == (5, 4, 4, 1)
    assert told["sites"] == {"blad": 1, "krant": 4}
    assert b"Geheim" not in b"".join(
        each.read_bytes() for each in (path.iterdir() if path.is_dir() else [path])
    )
    assert verify_export(archive, manifest_of(path)) == []
    Filer(archive).see(article("Iets anders."), day(9))
    archive.commit()
    assert "repeated, it comes to other bytes" in verify_export(archive, manifest_of(path))


def test_the_same_export_is_written_anew(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    path = _written(archive, tmp_path, Form())
    before = len(path.read_bytes().splitlines())
    Filer(archive).see(article("Iets anders."), day(9), key="new", url="https://krant.example/new")
    archive.commit()
    write_export(archive, path, RowChoice(), Form())
    assert len(path.read_bytes().splitlines()) == before + 1
    assert verify_export(archive, manifest_of(path)) == []


def test_a_file_that_stands_there_is_not_written_over(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    path = _written(archive, tmp_path, Form())
    before = path.read_bytes()
    with pytest.raises(UsageError, match="--force"):
        write_export(archive, path, RowChoice(site="blad"), Form())
    assert path.read_bytes() == before
    write_export(archive, path, RowChoice(site="blad"), Form(), force=True)
    assert len(path.read_bytes().splitlines()) == 1
    path.write_bytes(b"{}\n")
    assert verify_export(archive, manifest_of(path)) == ["export.jsonl: not as the manifest says"]


@pytest.mark.parametrize("what", ["a full disk", "an interruption"])
def test_what_ends_an_export_is_told_and_nothing_else(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that are left were let go after the database was closed, which Python told at length."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def stopped(*_: object) -> ExportRow:
        raise KeyboardInterrupt

    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    if what == "a full disk":
        monkeypatch.setattr(Sink, "write", full)
    else:
        monkeypatch.setattr(RowMaker, "row", stopped)
    with (
        pytest.raises((ArchiveError, KeyboardInterrupt), match=r"No space left|^$") as told,
        Archive.open(tmp_path / "a.db") as archive,
    ):
        _corpus(archive)
        write_export(archive, tmp_path / "a.jsonl", RowChoice(), Form())
    del told
    gc.collect()
    assert ignored == []
    assert sorted(each.name for each in tmp_path.iterdir() if "jsonl" in each.name) == []


def test_csv_reads_back_as_what_was_written(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    path = _written(archive, tmp_path, Form(name="csv", bom=True), versions="all")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    assert found[2]["title"] == "'=1+1", "no spreadsheet reckons it"
    for cells, row in zip(found, _rows(archive, versions="all"), strict=True):
        for name in TABLE:
            value = "|".join(row[name] or ()) if name in LISTS else row[name]
            told = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert unsafe_cell(cells[name]) == told, name


@pytest.mark.parametrize("cell", ["=1", "'=1", "''@x", "-1", "gewoon", "'gewoon", "", "\tx"])
def test_a_safe_cell_can_be_undone(cell: str) -> None:
    safe = safe_cell(cell)
    assert unsafe_cell(safe) == cell
    assert not safe.startswith(("=", "+", "-", "@", "\t"))


def test_sqlite_has_typed_columns_and_full_text(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    path = _written(archive, tmp_path, Form(name="sqlite"), versions="all")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*), sum(redacted), max(word_count) FROM rows").fetchone() == (
        5,
        1,
        5,
    )
    words = "SELECT rowid FROM rows_fts WHERE rows_fts MATCH 'brug'"
    found = f"SELECT id, version FROM rows WHERE rowid IN ({words})"
    assert connection.execute(found).fetchall() == [(1, 1), (1, 2)]
    of_rows = "SELECT name FROM sqlite_master WHERE rootpage = 0 AND sql LIKE '%USING FTS%content=\"rows\"%'"
    assert connection.execute(of_rows).fetchall() == [("rows_fts",)], "so Datasette finds it"
    connection.close()


def test_parquet_has_times_days_and_lists(archive: Archive, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    _corpus(archive)
    made = _written(archive, tmp_path, Form(name="parquet"), versions="all")
    table = parquet.read_table(BytesIO(made.read_bytes()))
    first = table.to_pylist()[0]
    assert first["published_utc"] == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert first["published_day"].isoformat() == "2026-03-01"
    assert first["authors"] == ["Anna Bos", "Jan Smit"]
    assert [row["text"] for row in table.to_pylist()] == [
        row["text"] for row in _rows(archive, versions="all")
    ]


def test_texts_stand_beside_their_table(archive: Archive, tmp_path: Path) -> None:
    _corpus(archive)
    folder = _written(archive, tmp_path, Form(name="text"))
    table = list(
        csv.DictReader(io.StringIO((folder / "metadata.csv").read_text(encoding="utf-8"), newline=""))
    )
    for line, row in zip(table, _rows(archive), strict=True):
        assert (folder / line["doc_id"]).read_text(encoding="utf-8") == f"{row['title']}\n\n{row['text']}\n"


@pytest.mark.parametrize(
    ("form", "says"), [("ris", b"TI  - Brug dicht"), ("bib", b"Brug dicht"), ("csl", b'"Brug dicht"')]
)
def test_citations_come_in_the_form_of_each_program(
    archive: Archive, tmp_path: Path, form: str, says: bytes
) -> None:
    _corpus(archive)
    content = _written(archive, tmp_path, Form(name=form)).read_bytes()
    assert says in content
    if form == "csl":
        assert len(json.loads(content)) == 4


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_has_the_columns_that_are_read_there(archive: Archive, preset: str) -> None:
    _corpus(archive)
    lines = b"".join(csv_lines(_rows(archive, versions="all"), preset)).decode()
    found = list(csv.DictReader(io.StringIO(lines, newline="")))
    assert len(found) == 5
    needed = {
        "4cat": {"id", "thread_id", "author", "body", "timestamp"},
        "minet": {"url", "title", "raw_content", "author", "date"},
        "amcat": {"title", "date", "text", "url"},
        "mediacloud": {
            "id",
            "indexed_date",
            "language",
            "media_name",
            "media_url",
            "publish_date",
            "title",
            "url",
        },
    }[preset]
    assert needed <= set(found[0])
    if preset == "4cat":
        assert (found[0]["thread_id"], found[0]["timestamp"]) == ("1", "2026-02-28 23:30:00")
        assert len({each["id"] for each in found}) == 5
    if preset == "minet":
        assert found[0]["author"] == "Anna Bos|Jan Smit"


@pytest.mark.parametrize("rows_of", [1, 3, 20])
@pytest.mark.parametrize(
    "words",
    [
        'Zij zei: "ja", en hij "nee". ',
        "Het 'huis', de 'brug'; de 'raad' ('hun') 'zelf', 'ook' 'niet' 'meer' 'open'. ",
        "'Ja', zei zij, \"en 'nee'\", zei hij weer, terwijl de raad op dinsdag nog moest vergaderen. ",
        "l'opera, dell'arte e \"la città\", dove una sera di maggio tutti andavano a teatro.\n",
        "geen enkel teken ",
    ],
)
def test_4cat_guesses_how_its_file_is_written(archive: Archive, words: str, rows_of: int) -> None:
    """It reads by what Python's sniffer says of the first megabyte."""
    _corpus(archive)
    row = _rows(archive)[0]
    texts = [(words * (3 + 4 * (number % 3))).strip() for number in range(rows_of)]
    some = [{**row, "id": number, "title": text[:40], "text": text} for number, text in enumerate(texts, 1)]
    content = b"".join(csv_lines(some, "4cat")).decode()
    guessed = csv.Sniffer().sniff(content[: 1 << 20], delimiters=",;\t")
    found = list(csv.DictReader(io.StringIO(content, newline=""), dialect=guessed))
    assert [unsafe_cell(each["body"]) for each in found] == texts
    assert [each["url"] for each in found] == [row["url"]] * rows_of


def test_every_preset_has_a_form() -> None:
    assert set(PRESET_FORM) == {"4cat", "minet", "amcat", "mediacloud", "datasette"}


# ---------------------------------------------------------------- samples


def test_a_sample_is_the_same_for_the_same_seed_and_has_of_each_part_its_share() -> None:
    whole = [
        (number, "krant" if number % 4 else "blad", f"2026-{number % 3 + 1:02}") for number in range(1200)
    ]
    sample = drawn(whole, 120, seed=1)
    assert len(sample) == 120
    assert drawn(list(reversed(whole)), 120, seed=1) == sample
    assert drawn(whole, 120, seed=2) != sample
    parts = Counter((site, month) for number, site, month in whole if number in sample)
    of = Counter((site, month) for _, site, month in whole)
    assert all(abs(parts[each] - number / 10) <= 1 for each, number in of.items())
    assert drawn(whole, 5000, seed=1) == {number for number, _, _ in whole}


def test_a_sample_of_the_archive(archive: Archive) -> None:
    _corpus(archive)
    sample = _rows(archive, sample=2, seed=3)
    assert len({row["id"] for row in sample}) == 2
    assert _rows(archive, sample=2, seed=3) == sample
