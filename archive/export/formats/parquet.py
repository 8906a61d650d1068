"""Rows of an export -> Parquet: typed columns, in one file or in a folder parted by site and month.

Needs pyarrow. A folder is laid out as DuckDB, Spark, Polars and Arrow find it (``site=krant/month=2026-03``);
the month is that of publication by the site's own time, ``unknown`` where it states none.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.errors import UsageError
from archive.export.writers import DAYS, FLAGS, INTEGERS, LISTS, TIMES
from archive.model.row_fields import TABLE

Row = Mapping[str, Any]

HELD = 40_000_000
"""Characters of text that are held before the largest part of a folder is written."""


def write_parquet(rows: Iterable[Row], path: Path) -> None:
    """One file: times in UTC, days as days, lists as lists."""
    pa, pq = _needed()
    schema = _schema(pa, TABLE)
    # pyarrow would take a name for UTF-8, which not every locale is in.
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in _pieces(rows, 2000):
            writer.write_table(_table(pa, some, schema))


def write_parts(rows: Iterable[Row], folder: Path) -> None:
    """A folder, parted by site and month; sites have their column from the folder's name."""
    pa, pq = _needed()
    schema = _schema(pa, [name for name in TABLE if name != "site"])
    held: dict[tuple[str, str], list[Row]] = {}
    sizes: dict[tuple[str, str], int] = {}
    written: dict[tuple[str, str], int] = {}

    def write(part: tuple[str, str]) -> None:
        place = folder / _folder_of(part)
        place.mkdir(parents=True, exist_ok=True)
        number = written.get(part, 0)
        written[part] = number + 1
        table = _table(pa, held.pop(part), schema)
        with (place / f"part-{number}.parquet").open("wb") as file:
            pq.write_table(table, file, compression="zstd")
        del sizes[part]

    for row in rows:
        part = _part_of(row)
        held.setdefault(part, []).append(row)
        sizes[part] = sizes.get(part, 0) + len(row["text"]) + 500
        if sum(sizes.values()) > HELD:
            write(max(sizes, key=lambda each: (sizes[each], each)))
    for part in sorted(held):
        write(part)


def part_files(rows: Iterable[Row], number: int) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files of a part of a folder, of rows that stand by site and month."""
    pa, pq = _needed()
    schema = _schema(pa, [name for name in TABLE if name != "site"])
    for part, some in groupby(rows, _part_of):
        out = io.BytesIO()
        pq.write_table(_table(pa, list(some), schema), out, compression="zstd")
        yield f"{_folder_of(part)}/part-{number}.parquet", out.getvalue()


def _part_of(row: Row) -> tuple[str, str]:
    return row["site"], (row["published_day"] or "unknown")[:7]


def _folder_of(part: tuple[str, str]) -> str:
    site, month = part
    return f"site={quote(site, safe='')}/month={month}"


def _needed() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError(f"Parquet needs its extra: pip install 'legger[parquet]' ({error})") from error
    return pa, pq


def _schema(pa: Any, names: Iterable[str]) -> Any:
    def kind(name: str) -> Any:
        if name in INTEGERS:
            return pa.int64()
        if name in FLAGS:
            return pa.bool_()
        if name in LISTS:
            return pa.list_(pa.string())
        if name in TIMES:
            return pa.timestamp("us", tz="UTC")
        return pa.date32() if name in DAYS else pa.string()

    return pa.schema([(name, kind(name)) for name in names])


def _table(pa: Any, some: list[Row], schema: Any) -> Any:
    columns = {name: [_typed(name, row[name]) for row in some] for name in schema.names}
    return pa.table(columns, schema=schema)


def _typed(name: str, value: Any) -> Any:
    if value is not None and name in TIMES:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and name in DAYS else value


def _pieces(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held
