"""Named views for the common questions of who writes SQL. They are made anew by every migration.

Columns that an exported row has too are those of :mod:`archive.model.export_row`: the same names, the same
meaning, null for the same reason. Of an article that may not be shown no view has a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

from archive.model.export_row import HIDDEN
from archive.model.row_fields import FIELDS

_HIDDEN_CAPTURE = (
    "EXISTS (SELECT 1 FROM redactions WHERE redactions.lifted_at IS NULL "
    "AND redactions.article_id IN (verdicts.article_id, addresses.article_id))"
)


def _shown(column: str) -> str:
    return f"CASE WHEN {HIDDEN} THEN NULL ELSE {column} END"


@dataclass(frozen=True, kw_only=True)
class SqlView:
    """A view, and what its columns mean."""

    name: str
    comment: str
    columns: Mapping[str, tuple[str, str]]
    """Name -> (SQL, what it means)."""
    source: str
    """What follows ``FROM``."""

    @property
    def sql(self) -> str:
        """The query the view stands for."""
        chosen = ",\n  ".join(f"{words} AS {name}" for name, (words, _) in self.columns.items())
        return f"SELECT\n  {chosen}\nFROM {self.source}"


_ROW: dict[str, tuple[str, str]] = {
    each.name: (each.sql, each.says.means) for each in FIELDS.values() if each.sql is not None
}
"""What an exported row has, but for lists of blocks, pictures and addresses."""
_VERSION: dict[str, tuple[str, str]] = {"version_id": ("versions.id", "Row of table versions, and of words")}
_STANDING: dict[str, tuple[str, str]] = {
    "article_last_seen": (
        "articles.last_seen",
        "When the article was last seen standing, in any version. UTC.",
    )
}
_ABSENT = (
    "id", "site", "site_title", "key", "url", "status", "kind", "title", "published_day",
    "article_first_seen", "missed_since", "gone_at", "gone_reason", "redacted",
)  # fmt: skip
_IS_NEWS = "articles.kind != 'page'"
_SITES = "JOIN sites ON sites.id = articles.site_id"
_LATEST = "articles\nJOIN versions ON versions.article_id = articles.id AND versions.number = articles.latest"
_READINGS = "JOIN readings ON readings.id = versions.reading_id"
_EARLIER = "JOIN readings AS read_earlier ON read_earlier.id = earlier.reading_id"

VIEWS: tuple[SqlView, ...] = (
    SqlView(
        name="current_articles",
        comment="Every article with its latest version, gone ones included: one row an article, as an export "
        "has it",
        columns={**_ROW, **_VERSION, **_STANDING},
        source=f"{_LATEST}\n{_SITES}\n{_READINGS}\nWHERE articles.moved_to IS NULL AND {_IS_NEWS}",
    ),
    SqlView(
        name="all_versions",
        comment="Every version of every article, as read best by now: as an export of all versions has it",
        columns={**_ROW, **_VERSION},
        source=f"versions\nJOIN articles ON articles.id = versions.article_id\n{_SITES}\n{_READINGS}\n"
        f"WHERE {_IS_NEWS}",
    ),
    SqlView(
        name="kept_pages",
        comment="Standing pages of sites that keep them, with their latest version; of the other views only "
        "all_captures has them",
        columns={**_ROW, **_VERSION, **_STANDING},
        source=f"{_LATEST}\n{_SITES}\n{_READINGS}\nWHERE articles.moved_to IS NULL AND NOT {_IS_NEWS}",
    ),
    SqlView(
        name="edits",
        comment="What editors changed: a version beside the one before it; texts shown by turns left out",
        columns={
            **_ROW,
            **_VERSION,
            "title_before": (_shown("read_earlier.title"), "Headline before; null: it may not be shown"),
            "text_before": (_shown("read_earlier.text"), "Text before; null: it may not be shown"),
        },
        source="versions\nJOIN versions AS earlier\n"
        "  ON earlier.article_id = versions.article_id AND earlier.number = versions.number - 1\n"
        f"JOIN articles ON articles.id = versions.article_id\n{_SITES}\n{_READINGS}\n{_EARLIER}\n"
        f"WHERE versions.changed_fields != '[]' AND NOT versions.alternating AND {_IS_NEWS}",
    ),
    SqlView(
        name="disappearances",
        comment="Articles that have gone from their site, or are suspected to have, with their last headline",
        columns={**{name: _ROW[name] for name in _ABSENT}, **_STANDING},
        source=f"{_LATEST}\n{_SITES}\n{_READINGS}\n"
        f"WHERE articles.status IN ('suspect', 'gone') AND {_IS_NEWS}",
    ),
    SqlView(
        name="all_captures",
        comment="Every answer of a server, with what filing it came to",
        columns={
            "capture": ("captures.id", "Number of the capture"),
            "site": ("sites.name", "The site it was captured for"),
            "url": (
                f"CASE WHEN {_HIDDEN_CAPTURE} THEN NULL ELSE addresses.url END",
                "The address that answered; null: it may not be shown",
            ),
            "via": (
                f"CASE WHEN {_HIDDEN_CAPTURE} THEN NULL ELSE captures.via END",
                "The address whose redirect led here; null: asked for by ourselves, or it may not be shown",
            ),
            "at": ("captures.at", "When the answer was observed"),
            "status": ("captures.status", "HTTP status"),
            "content_type": ("captures.content_type", "Content-Type as answered; null: not stated"),
            "size": ("bodies.size", "Bytes of the body; null: there was none"),
            "sha256": (
                "CASE WHEN bodies.digest IS NOT NULL THEN lower(hex(bodies.digest)) END",
                "Digest of the body, in hexadecimal; null: there was none",
            ),
            "verdict": ("verdicts.kind", "What filing it came to; null: not filed"),
            "page": ("verdicts.page", "What it was read as; null: it was not read"),
            "id": ("verdicts.article_id", "The article it is about; null: none"),
            "version": ("versions.number", "Number of the version it shows; null: it shows none"),
            "reason": ("verdicts.reason", "Why; empty: it goes without saying; null: not filed"),
            "run_id": ("captures.run_id", "The visit that made it; null: imported, or by hand"),
        },
        source="captures\nJOIN sites ON sites.id = captures.site_id\n"
        "JOIN addresses ON addresses.id = captures.address_id\n"
        "LEFT JOIN bodies ON bodies.id = captures.body_id\n"
        "LEFT JOIN verdicts ON verdicts.capture_id = captures.id\n"
        "LEFT JOIN versions ON versions.id = verdicts.version_id",
    ),
)


def drop(connection: Connection) -> None:
    """Take the views away, before tables they stand on change."""
    there = set(inspect(connection).get_view_names())
    for view in VIEWS:
        if view.name in there:
            connection.execute(text(f"DROP VIEW {view.name}"))


def make(connection: Connection, said: Callable[[str], str]) -> None:
    """Make the views, each query *said* as the database reads it."""
    for view in VIEWS:
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS\n{said(view.sql)}")
