"""The archive in other tools: a table for pandas, a metadata file for Datasette.

The tables are the views of :mod:`archive.db.views`; DuckDB and Polars read them from the file itself (see
``docs/search.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from archive.archive import Archive
from archive.db.schema import metadata
from archive.db.views import VIEWS
from archive.errors import UsageError
from archive.export.writers import DAYS, LISTS, TIMES

if TYPE_CHECKING:
    import pandas

_TIMES = TIMES | {"article_last_seen", "at"}


def to_pandas(archive: Archive, view: str = "current_articles") -> pandas.DataFrame:
    """A view as a data frame: times aware in UTC, lists as lists, from one consistent snapshot.

    ``published`` and ``modified`` are times here, the same as ``published_utc`` and ``modified_utc``;
    count by days with ``published_day``, which is the site's own. Of an article that may not be shown lists
    are empty.

    Needs pandas. Raises :class:`UsageError` for a view there is not, and names those there are.
    """
    import pandas as pd

    if view not in {each.name for each in VIEWS}:
        raise UsageError(f"there is no view {view!r}; there are {', '.join(each.name for each in VIEWS)}")
    with archive.snapshot() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM {view}")  # noqa: S608  (one of our own names)
        frame = pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))
    for name in _TIMES & set(frame.columns):
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    for name in DAYS & set(frame.columns):
        frame[name] = pd.to_datetime(frame[name], format="ISO8601")
    for stated, moment in (("published", "published_utc"), ("modified", "modified_utc")):
        if stated in frame.columns:
            frame[stated] = frame[moment]
    for name in LISTS & set(frame.columns):  # what is null is None to SQLite, and may be NaN to pandas
        lists = [orjson.loads(each) if isinstance(each, str) else [] for each in frame[name]]
        frame[name] = pd.Series(lists, index=frame.index, dtype=object)
    return frame


_QUERIES = {
    "search": (
        'Full text: words, "a phrase", word*, NEAR(a b)',
        "SELECT all_versions.site, all_versions.title, all_versions.url, all_versions.first_seen FROM words "
        "JOIN all_versions ON version_id = words.rowid WHERE words MATCH :words "
        "ORDER BY words.rowid DESC LIMIT 100",
    ),
    "silent_edits": (
        "Silent edits per site and month",
        "SELECT site, strftime('%Y-%m', first_seen) AS month, count(*) AS edits FROM edits "
        "WHERE silent GROUP BY 1, 2",
    ),
    "disappeared": (
        "What disappeared, and how long it had stood",
        "SELECT d.site, d.title, d.url, d.missed_since, d.gone_reason, "
        "round(julianday(d.missed_since) - julianday(c.article_first_seen), 1) AS days "
        "FROM disappearances AS d JOIN current_articles AS c USING (id) ORDER BY d.missed_since DESC",
    ),
    "volume": (
        "Articles per week and site",
        "SELECT site, strftime('%Y-%W', published_day) AS week, count(*) AS articles FROM current_articles "
        "WHERE published IS NOT NULL GROUP BY 1, 2 ORDER BY 2, 1",
    ),
}


def datasette(name: str = "legger") -> dict[str, Any]:
    """Datasette's metadata for an archive in ``NAME.db``: descriptions, canned queries, full-text search.

    It shows all that is in the file: redacted articles too.
    """
    tables: dict[str, Any] = {
        view.name: {
            "description": view.comment,
            "columns": {column: says for column, (_, says) in view.columns.items()},
        }
        for view in VIEWS
    }
    tables["all_versions"] |= {"fts_table": "words", "fts_pk": "version_id"}
    for table in metadata.sorted_tables:
        tables[str(table.name)] = {
            "description": table.comment,
            "columns": {str(column.name): column.comment for column in table.columns},
            "hidden": table.name not in ("articles", "versions", "captures", "addresses", "runs", "sites"),
        }
    queries = {key: {"title": title, "sql": sql} for key, (title, sql) in _QUERIES.items()}
    return {
        "title": "Legger",
        "description": "A newspaper archive: what was published when, what changed, what disappeared.",
        "databases": {name: {"tables": tables, "queries": queries}},
    }
