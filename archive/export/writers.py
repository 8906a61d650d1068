"""Rows of an export as files of other kinds: CSV, SQLite, plain texts, lists of citations."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from archive.model.citation import Citation
from archive.model.row_fields import FIELDS, TABLE

Row = Mapping[str, Any]

INTEGERS = frozenset(each.name for each in FIELDS.values() if each.type is int)
FLAGS = frozenset(each.name for each in FIELDS.values() if each.type is bool)
LISTS = frozenset(name for name in TABLE if FIELDS[name].is_list)
TIMES = frozenset(each.name for each in FIELDS.values() if each.format == "date-time")
DAYS = frozenset(each.name for each in FIELDS.values() if each.format == "date")
"""Which columns of tables are what; the others are text. Lists within a cell are joined with ``|``."""


def joined(value: Any) -> Any:
    """A value in one cell."""
    if isinstance(value, list):
        return "|".join(each.replace("|", "/") for each in value)
    return value


# ---------------------------------------------------------------- presets

Preset = Mapping[str, Callable[[Row], Any]]
"""Column -> what of a row stands in it."""


def _time(row: Row) -> str:
    """When it was published, to the second in UTC; what states no time: when it was first seen."""
    moment = datetime.fromisoformat(row["published_utc"] or row["first_seen"])
    return moment.strftime("%Y-%m-%d %H:%M:%S")


PRESETS: Mapping[str, Preset] = {
    "4cat": {
        "id": lambda row: f"{row['id']}.{row['version']}",
        "thread_id": lambda row: str(row["id"]),
        "author": lambda row: ", ".join(row["authors"]),
        "body": lambda row: row["text"],
        "timestamp": _time,
        "subject": lambda row: row["title"],
        "url": lambda row: row["url"],
        "site": lambda row: row["site"],
        "tags": lambda row: ",".join(each.replace(",", " ") for each in row["tags"]),
        "section": lambda row: row["section"],
        "language": lambda row: row["language"],
        "published_day": lambda row: row["published_day"],
        "first_seen": lambda row: row["first_seen"],
        "status": lambda row: row["status"],
        'content_hash by "Legger"': lambda row: row["content_hash"],
    },
    "minet": {
        "url": lambda row: row["url"],
        "canonical_url": lambda row: row["canonical_url"],
        "title": lambda row: row["title"],
        "description": lambda row: row["lead"],
        "raw_content": lambda row: row["text"],
        "comments": lambda row: None,
        "author": lambda row: joined(row["authors"]),
        "categories": lambda row: row["section"],
        "tags": lambda row: joined(row["tags"]),
        "date": lambda row: row["published_day"],
        "sitename": lambda row: row["site_title"] or row["site"],
    },
    "amcat": {
        "title": lambda row: row["title"] or "(no title)",
        "date": lambda row: row["published_utc"] or row["first_seen"],
        "text": lambda row: row["text"],
        "url": lambda row: row["url"],
        "medium": lambda row: row["site_title"] or row["site"],
        "author": lambda row: joined(row["authors"]),
        "section": lambda row: row["section"],
        "legger_id": lambda row: f"{row['id']}.{row['version']}",
    },
    "mediacloud": {
        "id": lambda row: row["content_hash"],
        "indexed_date": lambda row: row["first_seen"],
        "language": lambda row: row["language"],
        "media_name": lambda row: row["site_title"] or row["site"],
        "media_url": lambda row: row["url"].partition("://")[2].partition("/")[0],
        "publish_date": lambda row: row["published_day"],
        "title": lambda row: row["title"],
        "url": lambda row: row["url"],
        "text": lambda row: row["text"],
    },
}
"""Where researchers work -> the columns that are read there, as CSV."""
_QUOTED = frozenset({"4cat"})
"""Presets of which every cell stands in quotation marks. 4CAT guesses how a file is written, by Python's
sniffer, from its first megabyte: cells between quotation marks, many of them short, outweigh the quotation
marks within texts, and a heading that holds some shows that within a cell they are doubled. The sniffer takes
every second cell for quoted, and looks into the others: of an odd number of columns, text is an even one."""
_PLAIN: Preset = {name: lambda row, name=name: joined(row[name]) for name in TABLE}  # type: ignore[misc]


# ---------------------------------------------------------------- CSV

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what could be one.

    Also before what begins with apostrophes and then so: :func:`unsafe_cell` gives back what was there.
    """
    if isinstance(value, str) and value.lstrip("'").startswith(_FORMULA):
        return f"'{value}"
    return value


def unsafe_cell(value: str) -> str:
    """A cell as it was before :func:`safe_cell`."""
    return value[1:] if value.startswith("'") and value.lstrip("'").startswith(_FORMULA) else value


def csv_lines(
    rows: Iterable[Row],
    preset: str | None = None,
    *,
    formula_safe: bool = True,
    bom: bool = False,
    heading: bool = True,
) -> Iterator[bytes]:
    """CSV as RFC 4180 has it, with a heading; *bom* for spreadsheets that take UTF-8 for something else.

    Without *heading*: what follows upon rows.
    """
    columns = PRESETS[preset] if preset else _PLAIN
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL if preset in _QUOTED else csv.QUOTE_MINIMAL)

    def written(cells: Sequence[Any]) -> bytes:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(map(safe_cell, cells) if formula_safe else cells)
        return buffer.getvalue().encode()

    if heading:
        yield (b"\xef\xbb\xbf" if bom else b"") + written(list(columns))
    for row in rows:
        yield written([_cell(of(row)) for of in columns.values()])


def _cell(value: Any) -> Any:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


# ---------------------------------------------------------------- SQLite


def write_sqlite(rows: Iterable[Row], path: Path) -> None:
    """One table ``rows`` in a database of its own, with full text; lists are JSON, times are ISO 8601."""
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = OFF")
        types = {name: "INTEGER" if name in INTEGERS | FLAGS else "TEXT" for name in TABLE}
        declared = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        made.execute(f"CREATE TABLE rows ({declared}, PRIMARY KEY (id, version)) ")
        marks = ", ".join("?" * len(TABLE))
        made.executemany(
            f"INSERT INTO rows VALUES ({marks})",  # noqa: S608  (as many question marks as columns)
            ([_column(row[name]) for name in TABLE] for row in rows),
        )
        made.execute(  # Datasette knows the index of a table by its name in double quotation marks
            'CREATE VIRTUAL TABLE rows_fts USING fts5(title, text, content="rows", '
            "tokenize='unicode61 remove_diacritics 2')"
        )
        made.execute("INSERT INTO rows_fts (rows_fts) VALUES ('rebuild')")
        made.commit()


def _column(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list) else value


# ---------------------------------------------------------------- texts


def text_files(rows: Iterable[Row]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of a file for each text, and at the end ``metadata.csv``, whose first column names it.

    As quanteda's readtext and spaCy corpora are laid out: readtext calls a text by the name of its file, in a
    column ``doc_id``, in the order of the alphabet; so that column joins the two.
    """
    beside: list[Row] = []
    for row in rows:
        name = f"{row['id']}-{row['version']}.txt"
        yield name, f"{row['title']}\n\n{row['text']}\n".encode()
        beside.append({**row, "doc_id": name})
    columns = [name for name in TABLE if name != "text"]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["doc_id", *columns])
    for row in beside:
        writer.writerow([row["doc_id"], *(safe_cell(_cell(joined(row[name]))) for name in columns)])
    yield "metadata.csv", buffer.getvalue().encode()


# ---------------------------------------------------------------- citations


def citation_of(row: Row) -> Citation:
    """How a row is cited. It is cited as it was read for this export."""
    return Citation(
        article=row["id"],
        version=row["version"],
        title=row["title"],
        authors=tuple(row["authors"]),
        publisher=row["site_title"] or row["site"],
        published=row["published"],
        language=row["language"],
        url=row["url"],
        seen=datetime.fromisoformat(row["first_seen"]),
        content_hash=row["content_hash"],
        capture=row["capture"],
        capture_digest=row["capture_digest"],
    )


def citation_lines(rows: Iterable[Row], form: str) -> Iterator[bytes]:
    """A list of citations: ``ris``, ``bib`` (BibTeX) or ``csl`` (JSON)."""
    if form == "csl":
        for place, row in enumerate(rows):
            yield (b"[" if place == 0 else b",\n") + orjson.dumps(citation_of(row).csl())
        yield b"]\n"
        return
    for row in rows:
        cited = citation_of(row)
        yield ((cited.ris() if form == "ris" else cited.bibtex()).rstrip("\n") + "\n\n").encode()
