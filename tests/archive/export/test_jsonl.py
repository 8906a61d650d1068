"""Exports: valid, stable to the byte, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import zstandard

from archive import Archive, ArchiveError, Block, BlockKind, PageKind, StatedTime
from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.exporting import Form, manifest_of, write_export
from archive.export.jsonl import lines
from archive.model.row_fields import json_schema
from archive.model.types import Image, Precision
from tests.archive.newsroom import Filer, article, day

VALIDATOR = jsonschema.Draft202012Validator(json_schema(), format_checker=jsonschema.FormatChecker())

FULL = article(
    title="Brug dicht",
    headline="De brug kan niet meer open",
    kicker="Verkeer",
    blocks=(
        Block(kind=BlockKind.LEAD, text="De brug is dicht."),
        Block(kind=BlockKind.CAPTION, text="De brug, gisteren."),
        Block(kind=BlockKind.SUBHEAD, text="Nog weken"),
        Block(kind=BlockKind.PARAGRAPH, text="Hij blijft „dicht”."),
        Block(kind=BlockKind.BOX, text="De brug is van 1931."),
    ),
    authors=("Anna Bos", "Jelle de Vries"),
    byline="Door Anna Bos en Jelle de Vries",
    published=StatedTime(value=datetime.fromisoformat("2026-03-01T09:30:00+01:00"), raw="1 maart",
    source="time"),
    modified=StatedTime(
        value=datetime.fromisoformat("2026-03-02T00:00:00+01:00"),
        raw="2-3-2026", source="label", precision=Precision.DAY,
    ),
    section="Regio",
    tags=("brug", "verkeer"),
    images=(Image(url="https://krant.example/b.jpg", caption="De brug", credit="Foto: A"),),
    language="nl",
    dateline="LEUSDEN",
    sources={"title": "h1"},
)  # fmt: skip


def _story(archive: Archive) -> None:
    """Article 1 in two versions, article 2 of another site, article 3 gone."""
    desk = Filer(archive)
    desk.see(FULL, day(0))
    desk.see(article("Een teaser …", kind=PageKind.TEASER), day(2))
    desk.see(article(), day(1), key="2", url="https://blad.example/2", site="blad")
    desk.see(article(title=""), day(0), key="3", url="https://krant.example/3")
    desk.miss(day(4), status=410, key="3", url="https://krant.example/3")
    archive.commit()


def _rows(archive: Archive, **choice: Any) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in lines(archive, RowChoice(**choice))]
    for row in rows:
        VALIDATOR.validate(row)
    return rows


CHOICES = {
    "by default the latest version of each, gone ones too": ({}, [(1, 2), (2, 1), (3, 1)]),
    "all versions": ({"versions": "all"}, [(1, 1), (1, 2), (2, 1), (3, 1)]),
    "one site": ({"site": "krant"}, [(1, 2), (3, 1)]),
    "what changed or went since": ({"since": day(1.5)}, [(1, 2), (3, 1)]),
    "what changed since, not what went later": ({"since": day(1.5), "until": day(3)}, [(1, 2)]),
    "the latest as seen until": ({"until": day(1.5)}, [(1, 1), (2, 1), (3, 1)]),
    "every version within": ({"versions": "all", "since": day(1), "until": day(2)}, [(2, 1)]),
    "an unknown site": ({"site": "none"}, []),
}


@pytest.mark.parametrize(("choice", "wanted"), CHOICES.values(), ids=CHOICES)
def test_what_is_exported(archive: Archive, choice: dict[str, Any], wanted: list[tuple[int, int]]) -> None:
    _story(archive)
    assert [(row["id"], row["version"]) for row in _rows(archive, **choice)] == wanted


def test_a_row_says_all_that_was_read(archive: Archive) -> None:
    _story(archive)
    first, second, _, gone = _rows(archive, versions="all")
    assert first["text"] == "De brug is dicht.\nNog weken\nHij blijft „dicht”."
    assert (first["lead"], first["captions"], first["word_count"]) == (
        "De brug is dicht.", ["De brug, gisteren."], 9)  # fmt: skip
    assert (first["published"], first["published_raw"]) == ("2026-03-01T09:30:00+01:00", "1 maart")
    assert (first["modified"], first["modified_source"]) == ("2026-03-02", "label")
    assert (first["first_seen"], first["superseded"]) == ("2026-03-02T08:00:00Z", "2026-03-04T08:00:00Z")
    assert (second["kind"], second["changed_fields"][-1]) == ("teaser", "paywall")
    assert (gone["status"], gone["missed_since"], gone["gone_reason"]) == (
        "gone", "2026-03-06T08:00:00Z", "HTTP 410")  # fmt: skip


def test_the_content_hash_can_be_made_again_from_the_row(archive: Archive) -> None:
    _story(archive)
    for row in _rows(archive, versions="all"):
        form = {
            name: row[name]
            for name in ("authors", "boxes", "captions", "headline", "kicker", "section", "text", "title")
            if row[name]
        }
        written = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert row["content_hash"] == hashlib.sha256(written.encode()).hexdigest()


def test_every_field_is_documented() -> None:
    for name, field in json_schema()["properties"].items():
        assert field["description"].endswith((".", "…", "...")), name


def _unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


OPENED: dict[str, Callable[[bytes], bytes]] = {
    ".jsonl": bytes,
    ".jsonl.gz": gzip.decompress,
    ".jsonl.zst": _unzstd,
}


@pytest.mark.parametrize("ending", OPENED)
def test_two_exports_are_equal_to_the_byte_and_hold_the_same_lines(
    archive: Archive, tmp_path: Path, ending: str
) -> None:
    _story(archive)
    every = RowChoice(versions="all")
    told = write_export(archive, tmp_path / f"one{ending}", every, Form())
    write_export(archive, tmp_path / f"two{ending}", every, Form())
    written = (tmp_path / f"one{ending}").read_bytes()
    assert written == (tmp_path / f"two{ending}").read_bytes()
    opened = OPENED[ending](written)
    assert opened == b"".join(lines(archive, every))
    assert (told["rows"], told["articles"]) == (4, 3)


def test_a_manifest_says_what_was_written_and_where_the_chain_stood(archive: Archive, tmp_path: Path) -> None:
    _story(archive)
    said = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "news.jsonl.gz"
        told = write_export(archive, path, RowChoice(site="krant", since=day(0)), Form())
        said.append(manifest_of(path).read_bytes())
    assert said[0] == said[1]
    manifest = json.loads(said[0])
    digest = hashlib.sha256((tmp_path / "one" / "news.jsonl.gz").read_bytes()).hexdigest()
    assert manifest == told
    assert manifest["sha256"] == {"news.jsonl.gz": digest}
    assert manifest["chain"] == {
        "seal": archive.integrity.head().seal,
        "digest": archive.integrity.head().digest,
    }
    assert manifest["chosen"] == {
        "site": "krant",
        "since": "2026-03-02T08:00:00Z",
        "until": None,
        "versions": "latest",
    }


def test_an_export_that_fails_leaves_what_was_there(archive: Archive, tmp_path: Path) -> None:
    _story(archive)
    (tmp_path / "out.jsonl").write_text("yesterday's")
    with pytest.raises(UsageError, match="expected a name"):
        write_export(archive, tmp_path / "other.csv", RowChoice(), Form())
    with pytest.raises(ArchiveError, match="cannot be written"):
        write_export(archive, tmp_path / "no" / "out.jsonl", RowChoice(), Form())
    with archive.session.writing() as connection:
        connection.exec_driver_sql("UPDATE readings SET content = 'no json' WHERE id = 3")
    with pytest.raises(json.JSONDecodeError):
        write_export(archive, tmp_path / "out.jsonl", RowChoice(), Form(), force=True)
    assert (tmp_path / "out.jsonl").read_text() == "yesterday's"
    assert [path.name for path in tmp_path.glob("*.jsonl*")] == ["out.jsonl"]
    assert list(tmp_path.glob(".*")) == []


def test_an_export_sees_one_moment_while_others_write(archive: Archive, archive_file: Path) -> None:
    _story(archive)

    def seen() -> int:
        """Rows of an export during which somebody files an article at each line."""
        count = 0
        for _ in lines(archive):
            count += 1
            with Archive.open(archive_file) as other:
                url = f"https://krant.example/new/{len(list(other.articles.all())) + 1}"
                Filer(other).see(article(), day(9), key=url, url=url)
        return count

    assert seen() == 3
    assert seen() == 6
