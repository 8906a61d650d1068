"""The archive in other tools."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson
import pytest

from archive import Archive
from archive.db.views import VIEWS
from archive.errors import UsageError
from archive.export.tools import datasette, to_pandas
from tests.archive.newsroom import Filer, article, day


def _story(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(article("De brug is dicht.", authors=("Anna Bos",)), day(0))
    desk.see(article("De brug is open."), day(1))
    archive.commit()
    archive.index.update()


@pytest.mark.parametrize("view", [each.name for each in VIEWS])
def test_every_view_is_a_data_frame(archive: Archive, view: str) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    _story(archive)
    assert len(to_pandas(archive, view)) >= (0 if view in ("disappearances", "kept_pages") else 1)


def test_times_are_aware_and_lists_are_lists(archive: Archive) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    _story(archive)
    frame = to_pandas(archive, "all_versions")
    assert list(frame["authors"]) == [["Anna Bos"], []]
    assert frame["first_seen"].max() == day(1)
    with pytest.raises(UsageError, match="current_articles"):
        to_pandas(archive, "readings; DROP TABLE sites")


@pytest.mark.sqlite
def test_what_datasette_is_told_is_true(archive: Archive) -> None:
    _story(archive)
    told = datasette("krant")["databases"]["krant"]
    orjson.dumps(told)
    connection = sqlite3.connect(f"{Path(archive.where).as_uri()}?mode=ro", uri=True)
    for name, table in told["tables"].items():
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
        assert set(table["columns"]) == columns, name
    for query in told["queries"].values():
        rows = connection.execute(
            query["sql"], {"words": "brug"} if ":words" in query["sql"] else {}
        ).fetchall()
        assert rows or "disappear" in query["title"] or "Articles per week" in query["title"], query["title"]
    connection.close()
