"""One row: what exports, views, tables, the API and the command line say of a version is the same."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import orjson
import pytest
from sqlalchemy import update

from archive import Archive, PageKind, StatedTime
from archive.db.schema import addresses
from archive.db.views import VIEWS
from archive.export.choice import RowChoice
from archive.export.jsonl import PIECE, Sink, destination, lines
from archive.export.moments import instant
from archive.export.rows import rows
from archive.export.writers import DAYS, FLAGS, INTEGERS, LISTS, TIMES, csv_lines
from archive.model.export_row import KEPT, ExportRow
from archive.model.row_fields import FIELDS, TABLE, json_schema, of_version
from archive.model.types import Precision
from legger.cli.query.articles import brief
from legger.web.api.models import FullVersion, VersionSummary, summary, whole
from tests.archive.export.test_jsonl import FULL
from tests.archive.newsroom import Filer, article, day


@pytest.fixture
def filed(archive: Archive, desk: Filer) -> Archive:
    """Edited, gone, suspect, redacted, undated and dated by the day."""
    desk.see(FULL, day(0))
    desk.see(article("Een teaser …", kind=PageKind.TEASER), day(2))
    desk.see(article(), day(1), key="2", url="https://blad.example/2", site="blad")
    desk.see(article(title=""), day(0), key="3", url="https://krant.example/3")
    desk.miss(day(4), status=410, key="3", url="https://krant.example/3")
    desk.see(article("Even weg."), day(0), key="4", url="https://krant.example/4")
    desk.miss(day(4), status=404, key="4", url="https://krant.example/4")
    for number, url in enumerate(("https://krant.example", "https://krant.example?geheim=1"), start=5):
        there = {"key": f"geheim {number}", "url": url}
        desk.see(FULL, day(0), **there)
        desk.see(article("Geheim."), day(1), **there)
        archive.commit()
        archive.redactions.redact(url, ground="g", reason="r", who="w", at=day(2))
    moved = "https://blad.example/nieuw"
    desk.see(article("Verhuisd.", url=moved), day(3), key="2", url=moved, site="blad")
    by_day = StatedTime(value=day(0), raw="2 maart", source="meta", precision=Precision.DAY)
    desk.see(article("Gisteren.", published=by_day), day(0), key="7", url="https://krant.example/7")
    archive.commit()
    return archive


def _exported(archive: Archive, **choice: Any) -> dict[tuple[int, int], dict[str, Any]]:
    rows = [json.loads(line) for line in lines(archive, RowChoice(**choice))]
    return {(row["id"], row["version"]): row for row in rows}


def test_a_row_has_the_declared_fields_in_their_order(filed: Archive) -> None:
    for row in _exported(filed, versions="all").values():
        assert list(row) == list(FIELDS) == list(get_type_hints(ExportRow)) == json_schema()["required"]


def test_what_is_hidden_of_a_redacted_article_is_what_the_fields_say(filed: Archive) -> None:
    rows = [row for row in _exported(filed, versions="all").values() if row["redacted"]]
    assert len(rows) == 4
    for row in rows:
        for name, field in FIELDS.items():
            if field.says.hidden is not KEPT:
                assert row[name] == field.says.hidden, name
        assert "eheim" not in json.dumps(row).replace("geheim 5", "")


def test_what_is_not_known_as_of_a_time_is_what_the_fields_say(filed: Archive) -> None:
    rows = _exported(filed, as_of=day(3)).values()
    for name, field in FIELDS.items():
        if not field.says.then:
            assert {row[name] for row in rows} == {None}, name


def test_a_row_as_of_a_time_gives_no_address_of_what_may_not_be_shown(filed: Archive, desk: Filer) -> None:
    for url in ("https://krant.example/geheim", "https://krant.example/nog-geheimer"):
        desk.see(FULL, day(0), key="8", url=url)
        with filed.session.writing() as connection:
            connection.execute(
                update(addresses).where(addresses.c.url == url).values(article_id=8, first_seen=day(0))
            )
    filed.commit()
    filed.redactions.redact("8", ground="g", reason="r", who="w", at=day(2))
    row = _exported(filed, as_of=day(3))[8, 1]
    assert row["addresses"] == [row["url"]] == ["https://krant.example/(redacted)"]


@pytest.mark.parametrize("choice", [{}, {"versions": "all"}, {"as_of": day(3)}], ids=str)
def test_a_line_is_its_row_as_json(filed: Archive, choice: dict[str, Any]) -> None:
    with filed.snapshot() as connection:
        made = [orjson.dumps(row) + b"\n" for row in rows(connection, RowChoice(**choice))]
    assert made == list(lines(filed, RowChoice(**choice)))


LINES = {
    "none": [],
    "short ones": [b"a\n", b"b\n"],
    "many": [b"%d\n" % number for number in range(200_000)],
    "one as long as a piece": [b"x" * PIECE, b"y"],
    "one longer than many pieces": [b"a\n", b"x" * (5 * PIECE), b"b\n", b"c" * PIECE],
}


@pytest.mark.parametrize("some", LINES.values(), ids=LINES)
def test_what_is_handed_over_is_written_in_its_order_and_digested(some: list[bytes], tmp_path: Path) -> None:
    with destination(tmp_path / "out.jsonl") as out:
        for line in some:
            out.write(line)
    written = (tmp_path / "out.jsonl").read_bytes()
    assert written == b"".join(some)
    assert out.digest == hashlib.sha256(written).hexdigest()


def test_a_full_disk_is_told_to_who_writes() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        sink = Sink(full)
        with pytest.raises(OSError, match="No space left"):
            for _ in range(50):
                sink.write(b"x" * (PIECE // 2))
            sink.end()
        sink.stop()


def _as_row(name: str, value: Any) -> Any:
    """A value of a view as a row has it."""
    field = FIELDS[name]
    if value is None:
        return None
    if name in TIMES:
        return instant(datetime.fromisoformat(str(value)).replace(tzinfo=UTC))
    if field.type is bool:
        return bool(value)
    return json.loads(value) if field.is_list else value


SAME = {"current_articles": {}, "all_versions": {"versions": "all"}}


@pytest.mark.parametrize("view", SAME)
def test_a_view_says_what_a_row_says(filed: Archive, view: str) -> None:
    rows = _exported(filed, **SAME[view])
    with filed.snapshot() as connection:
        found = [dict(each._mapping) for each in connection.exec_driver_sql(f"SELECT * FROM {view}")]
    assert len(found) == len(rows)
    for each in found:
        row = rows[each["id"], each["version"]]
        said = {name: _as_row(name, value) for name, value in each.items() if name in FIELDS}
        assert said == {name: row[name] for name in said}
        assert set(FIELDS) - set(said) == {
            "addresses", "blocks", "boxes", "capture_digest", "capture_status", "captions", "images", "lead",
            "links", "sources", "tags",
        }  # fmt: skip


def test_every_column_of_a_view_that_a_row_has_means_the_same() -> None:
    for view in VIEWS:
        if view.name == "all_captures":
            continue  # of captures, whose fields are those of `legger export --with captures`
        for name, (_, means) in view.columns.items():
            assert name not in FIELDS or means == FIELDS[name].says.means, (view.name, name)


def test_no_list_of_what_has_gone_gives_the_address_of_what_may_not_be_shown(
    filed: Archive, desk: Filer
) -> None:
    url = "https://krant.example?geheim=1"
    desk.miss(day(5), status=410, key="geheim 6", url=url)
    filed.commit()
    gone = [*filed.articles.gone(), *filed.listings.disappeared(limit=9).items]
    assert [each.url for each in gone if each.version.redacted] == ["https://krant.example/(redacted)"] * 2


def _shown(each: Mapping[str, Any]) -> dict[str, Any]:
    """What the API or the command line says, as JSON has it."""
    return {
        name: value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
        for name, value in each.items()
    }


def test_a_version_says_what_its_row_says_in_the_api_and_on_the_command_line(filed: Archive) -> None:
    rows = _exported(filed, versions="all")
    for version in filed.articles.all():
        row = rows[version.article_id, version.number]
        said = _shown(of_version(version))
        assert said == {name: row[name] for name in said}
        answers = [_shown(brief(version)), summary(version).model_dump(mode="json"),
                   whole(filed, version).model_dump(mode="json")]  # fmt: skip
        for answer in answers:
            answer.pop("blocks", None)
            assert answer == {name: row[name] for name in answer}


def test_a_model_of_the_api_has_the_types_of_the_row() -> None:
    for name, each in FullVersion.model_json_schema()["properties"].items():
        if name != "blocks":
            assert each["description"] == FIELDS[name].says.means
    assert set(VersionSummary.model_fields) < set(FullVersion.model_fields) <= set(FIELDS)


def test_tables_have_every_field_that_fits_in_a_cell(filed: Archive) -> None:
    assert set(FIELDS) - set(TABLE) == {"blocks", "images", "sources"}
    kinds = (INTEGERS, FLAGS, LISTS, TIMES, DAYS)
    assert sum(map(len, kinds)) == len(set().union(*kinds)), "no column is of two kinds"
    rows = _exported(filed).values()
    written = b"".join(csv_lines(rows, formula_safe=False)).decode()
    first, *_ = csv.DictReader(io.StringIO(written))
    assert list(first) == list(TABLE)
