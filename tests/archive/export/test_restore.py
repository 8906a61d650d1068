"""Rows of an export come in again: what the rows carry is what goes out, byte for byte."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest

from archive import Archive, Block, BlockKind, PageKind, StatedTime, VerdictKind
from archive.errors import NotHere, UsageError
from archive.export.choice import RowChoice
from archive.export.jsonl import lines
from archive.export.restore import is_export, read_rows, restore
from archive.export.web_archives.warc import Chosen, export_warc
from archive.model.types import Image, Precision
from tests.archive.newsroom import PAGE, Filer, article, capture, day, read_with, reader

NOW = day(100)


def _time(value: datetime, precision: Precision = Precision.INSTANT) -> StatedTime:
    return StatedTime(value=value, raw=str(value), source="meta", precision=precision)


AMSTERDAM = timezone(timedelta(hours=1))
BLOCKS = (
    Block(kind=BlockKind.LEAD, text="Het begin."),
    Block(kind=BlockKind.PARAGRAPH, text="De brug is dicht."),
    Block(kind=BlockKind.CAPTION, text="De brug"),
    Block(kind=BlockKind.BOX, text="Feiten"),
)


def _histories(archive: Archive) -> None:
    """Edits, turns, moves, disappearances, redactions: what an archive may hold of articles."""
    desk = Filer(archive)
    rich: dict[str, Any] = {
        "blocks": BLOCKS, "authors": ("Anna Bos",), "byline": "Door Anna Bos", "kicker": "Brug",
        "headline": "Brug dicht!", "section": "Stad", "tags": ("brug", "water"), "language": "nl",
        "canonical_url": PAGE, "dateline": "LEIDEN", "reader": reader("9x"),
        "published": _time(datetime(2026, 3, 1, tzinfo=AMSTERDAM), Precision.DAY),
        "modified": _time(datetime(2026, 3, 2, 8, 30, tzinfo=AMSTERDAM)),
        "images": (Image(url="https://krant.example/a.jpg", caption="De brug", alt="brug"),),
        "sources": {"title": "json-ld"},
    }  # fmt: skip
    desk.see(article("", **rich), day(0))
    desk.see(article("", **rich), day(1))
    desk.see(article("De brug is open.\nEindelijk.", reader=reader("9x")), day(2))
    desk.unchanged(day(3))
    desk.see(article("De brug is dicht.\nToch.", reader=reader("9x")), day(4))
    other: dict[str, Any] = {"key": "2", "url": "https://krant.example/2"}
    desk.see(article("Live.", kind=PageKind.LIVEBLOG, url=other["url"]), day(0), **other)
    desk.miss(day(3), status=410, **other)
    third: dict[str, Any] = {"key": "3", "url": "https://blad.example/3", "site": "blad"}
    desk.see(article("Een naam.", title="Geheim", url=third["url"]), day(1), **third)
    desk.see(article("Twee namen.", title="Geheim", url=third["url"]), day(2), **third)
    archive.redactions.redact(third["url"], ground="AVG", reason="r", who="w", at=day(4))
    fourth: dict[str, Any] = {"key": "4", "url": "https://krant.example/4"}
    for number in range(6):
        shown = article(f"Tekst {'A' if number % 2 else 'B'} staat er.", url=fourth["url"])
        desk.see(shown, day(number / 4), **fourth)
    desk.miss(day(9), **fourth)
    archive.commit()


CHOICES = {
    "every version": RowChoice(versions="all"),
    "the latest of each": RowChoice(),
    "one site": RowChoice(site="krant", versions="all"),
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_an_export_that_came_in_goes_out_the_same(
    archive: Archive, tmp_path: Path, choice: RowChoice
) -> None:
    _histories(archive)
    before = b"".join(lines(archive, choice))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(before))
    assert is_export(tmp_path / "a.jsonl.gz")
    with Archive.open(tmp_path / "new.db") as new:
        result = restore(new, read_rows(tmp_path / "a.jsonl.gz"), now=NOW)
        assert (result.rows, result.refused) == (len(before.splitlines()), [])
        assert b"".join(lines(new, RowChoice(versions="all"))) == before
        assert new.integrity.verify() == []
        again = restore(new, read_rows(tmp_path / "a.jsonl.gz"), now=NOW)
        assert (again.known, again.articles) == (result.rows, 0)
        assert b"".join(lines(new, RowChoice(versions="all"))) == before
        new.index.update()
        assert new.search.search("brug").hits or choice.site == "blad"


def _brought(archive: Archive, where: Path) -> Archive:
    _histories(archive)
    new = Archive.open(where)
    rows = map(orjson.loads, lines(archive, RowChoice(versions="all")))
    restore(new, iter(rows), now=NOW)
    return new


def test_behind_others_articles_get_other_numbers(archive: Archive, tmp_path: Path) -> None:
    _histories(archive)
    wanted = [orjson.loads(line) for line in lines(archive, RowChoice(versions="all"))]
    with Archive.open(tmp_path / "new.db") as new:
        Filer(new).see(article("Eigen stuk."), day(0), key="eigen", url="https://krant.example/eigen")
        new.commit()
        result = restore(new, iter(wanted), now=NOW)
        assert (result.articles, result.shift) == (4, 1)
        got = [orjson.loads(line) for line in lines(new, RowChoice(versions="all"))]

        def said(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
            return [(row["title"], row["version"], row["content_hash"], row["seen_before"]) for row in rows]

        assert said(got[1:]) == said(wanted)
        assert [row["id"] - 1 for row in got[1:]] == [row["id"] for row in wanted]
        assert new.integrity.verify() == []


def test_the_page_itself_that_comes_later_is_kept(archive: Archive, tmp_path: Path) -> None:
    with _brought(archive, tmp_path / "new.db") as new:
        with pytest.raises(NotHere):
            new.captures.get(1, whole=True)
        body = archive.captures.get(1).capture.body
        kept = new.captures.keep(capture(at=day(50), body=body))
        new.commit()
        assert new.captures.get(kept.id, whole=True).capture.body == body
        assert new.captures.get(1, whole=True).capture.body == body
        assert new.integrity.verify() == []


@pytest.mark.parametrize(
    ("extractor", "changed"),
    [
        pytest.param("9x", ("text",), id="read by the same reader, an edit is an edit"),
        pytest.param("10", (), id="read by another, nobody knows whether an editor changed it"),
    ],
)
def test_the_next_visit_invents_no_edit(
    archive: Archive, tmp_path: Path, extractor: str, changed: tuple[str, ...]
) -> None:
    with _brought(archive, tmp_path / "new.db") as new:
        seen = read_with(extractor, article("De brug is dicht.\nToch niet, hoor."))
        verdict = Filer(new).see(seen, day(30))
        new.commit()
        latest = new.articles.history(PAGE)[-1]
        assert (verdict.kind, latest.number, latest.changed_fields) == (VerdictKind.CHANGED, 4, changed)
        assert (bool(new.listings.recent_edits().items[0].number == 4)) is bool(changed)
        same = Filer(new).see(seen, day(31))
        assert same.kind is VerdictKind.SAME


def test_captures_without_bytes_are_not_written_as_web_archives(archive: Archive, tmp_path: Path) -> None:
    with _brought(archive, tmp_path / "new.db") as new:
        Filer(new).see(article("Nieuw.", url="https://krant.example/9"), day(9), key="9",
                       url="https://krant.example/9")  # fmt: skip
        new.commit()
        assert export_warc(new, tmp_path / "warc", Chosen()).captures == 1


def test_a_row_whose_words_were_altered_is_refused(archive: Archive, tmp_path: Path) -> None:
    _histories(archive)
    rows = [orjson.loads(line) for line in lines(archive, RowChoice(versions="all"))]
    rows[0]["title"] = "Anders"
    with Archive.open(tmp_path / "new.db") as new:
        result = restore(new, iter(rows), now=NOW)
        assert [what for what, _ in result.refused] == ["article 1, version 1"]
        assert result.articles == 3


def test_what_is_no_export_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    _histories(archive)
    rows = [orjson.loads(line) for line in lines(archive)]
    del rows[-1]["blocks"]
    with Archive.open(tmp_path / "new.db") as new:
        with pytest.raises(UsageError, match="row"):
            restore(new, iter(rows), now=NOW)
        assert list(lines(new)) == []


def test_part_of_a_history_comes_in_as_far_as_it_goes(archive: Archive, tmp_path: Path) -> None:
    _histories(archive)
    some = [
        orjson.loads(line) for line in lines(archive, RowChoice(since=day(1), until=day(3), versions="all"))
    ]
    with Archive.open(tmp_path / "new.db") as new:
        restore(new, iter(some), now=NOW)
        assert new.integrity.verify() == []
        numbers = [(row["id"], row["version"], row["versions"]) for row in map(orjson.loads, lines(new))]
        assert numbers == [(1, 2, 2), (3, 2, 2)]
