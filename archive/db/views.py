"""Named views for the common questions of who writes SQL. They are made anew by every migration.

Text of an article that may not be shown is null in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

_HIDDEN = (
    "EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id "
    "AND redactions.lifted_at IS NULL)"
)


_HIDDEN_CAPTURE = (
    "EXISTS (SELECT 1 FROM redactions WHERE redactions.lifted_at IS NULL "
    "AND redactions.article_id IN (verdicts.article_id, addresses.article_id))"
)


def _shown(column: str) -> str:
    return f"CASE WHEN {_HIDDEN} THEN NULL ELSE {column} END"


def _stated(name: str) -> str:
    """A date as the site states it: a day, or a time with its zone."""
    value = f"readings.content ->> '$.{name}.value'"
    return (
        f"CASE readings.content ->> '$.{name}.precision' "
        f"WHEN 'day' THEN substr({value}, 1, 10) ELSE {value} END"
    )


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


_ARTICLE: dict[str, tuple[str, str]] = {
    "article_id": ("articles.id", "Permanent number of the article"),
    "site": ("sites.name", "The site"),
    "key": (_shown("articles.key"), "Its identity on the site; null: it may not be shown"),
    "url": (_shown("articles.url"), "Where it was last seen standing; null: it may not be shown"),
    "status": ("articles.status", "live, suspect or gone, now"),
}
_READ: dict[str, tuple[str, str]] = {
    "kind": ("readings.kind", "article, liveblog or teaser; of a standing page: page"),
    "title": (_shown("readings.title"), "Headline; null: it may not be shown"),
    "text": (_shown("readings.text"), "Running text, a line a paragraph; null: it may not be shown"),
    "authors": (_shown("readings.authors"), "Names of persons (JSON list); null: it may not be shown"),
    "section": (_shown("readings.section"), "Section; null: not said, or it may not be shown"),
    "language": (_shown("readings.language"), "BCP 47; null: not known, or it may not be shown"),
    "published": (
        _stated("published"),
        "When the site says it was published: a day, or a time with its zone; null: not said",
    ),
    "published_utc": (
        "readings.published",
        "That moment in UTC; of a day, its beginning; null: not said",
    ),
    "published_day": (
        "substr(readings.content ->> '$.published.value', 1, 10)",
        "That day, in the site's own time, as search has it; null: not said",
    ),
    "modified": (_stated("modified"), "When the site says it was changed, as published; null: not said"),
    "modified_utc": ("readings.modified", "That moment in UTC; null: not said"),
    "word_count": ("readings.word_count", "Words of text"),
}
_VERSION: dict[str, tuple[str, str]] = {
    "version": ("versions.number", "Number of the version"),
    "version_id": ("versions.id", "Row of table versions"),
}
_OF_PAGES = ("title", "text", "language", "modified", "modified_utc", "word_count")
_IS_NEWS = "articles.kind != 'page'"
_SITES = "JOIN sites ON sites.id = articles.site_id"
_LATEST = "articles\nJOIN versions ON versions.article_id = articles.id AND versions.number = articles.latest"
_READINGS = "JOIN readings ON readings.id = versions.reading_id"
_MOVED: dict[str, tuple[str, str]] = {
    "changed_fields": (
        "versions.changed_fields",
        "What differs from the version before (JSON list of names)",
    ),
    "edit_kinds": (
        "versions.edit_kinds",
        "What kinds of edit made it: correction, style, context, removal, headline, ... (JSON list of names)",
    ),
    "words_added": ("versions.words_added", "Words of the text that came; null: it is the first version"),
    "words_removed": ("versions.words_removed", "Words of the text that went; null: it is the first version"),
    "words_moved": ("versions.words_moved", "Words of lines that moved; null: it is the first version"),
    "silent": ("versions.silent", "1: text changed, and neither a modified date nor a notice says so"),
}

VIEWS: tuple[SqlView, ...] = (
    SqlView(
        name="current_articles",
        comment="Every article with its latest version, gone ones included: one row an article",
        columns={
            **_ARTICLE,
            **_VERSION,
            **_READ,
            "first_seen": ("articles.first_seen", "When we first saw the article"),
            "changed_seen": ("versions.first_seen", "When we first saw this version"),
            "last_seen": ("articles.last_seen", "When it was last seen standing"),
            "gone_at": ("articles.gone_at", "When it was found to be gone; null: it is not gone"),
            "redacted": (_HIDDEN, "1: it may not be shown"),
        },
        source=f"{_LATEST}\n{_SITES}\n{_READINGS}\nWHERE articles.moved_to IS NULL AND {_IS_NEWS}",
    ),
    SqlView(
        name="all_versions",
        comment="Every version of every article, as read best by now",
        columns={
            **_ARTICLE,
            **_VERSION,
            **_READ,
            "first_seen": ("versions.first_seen", "When the version was first seen"),
            "last_seen": ("versions.last_seen", "When it was last seen, or confirmed unchanged"),
            "superseded": ("versions.superseded", "When the next one was first seen; null: it is the latest"),
            **_MOVED,
            "alternating": ("versions.alternating", "1: one of texts shown by turns (an A/B test)"),
            "content_hash": ("readings.content_hash", "SHA-256 of its canonical form, in hexadecimal"),
            "capture_id": ("versions.capture_id", "The capture it was first seen in"),
            "redacted": (_HIDDEN, "1: it may not be shown"),
        },
        source=f"versions\nJOIN articles ON articles.id = versions.article_id\n{_SITES}\n{_READINGS}\n"
        f"WHERE {_IS_NEWS}",
    ),
    SqlView(
        name="kept_pages",
        comment="Standing pages of sites that keep them, with their latest version; of the other views only "
        "all_captures has them",
        columns={
            **_ARTICLE,
            **_VERSION,
            **{name: _READ[name] for name in _OF_PAGES},
            "first_seen": ("articles.first_seen", "When we first saw the page"),
            "changed_seen": ("versions.first_seen", "When we first saw this version"),
            "last_seen": ("articles.last_seen", "When it was last seen standing"),
            "gone_at": ("articles.gone_at", "When it was found to be gone; null: it is not gone"),
            "redacted": (_HIDDEN, "1: it may not be shown"),
        },
        source=f"{_LATEST}\n{_SITES}\n{_READINGS}\nWHERE articles.moved_to IS NULL AND NOT {_IS_NEWS}",
    ),
    SqlView(
        name="edits",
        comment="What editors changed: a version beside the one before it; texts shown by turns left out",
        columns={
            **_ARTICLE,
            **_VERSION,
            "seen": ("versions.first_seen", "When we first saw the change"),
            "seen_before": (
                "coalesce(versions.told_seen_before, "
                "(SELECT verdicts.at FROM verdicts WHERE verdicts.article_id = versions.article_id "
                "AND verdicts.at < versions.first_seen AND verdicts.version_id IS NOT NULL "
                "ORDER BY verdicts.at DESC LIMIT 1))",
                "When we last saw the article before: it was changed between then and seen",
            ),
            **_MOVED,
            "title_before": (_shown("read_earlier.title"), "Headline before; null: it may not be shown"),
            "title": (_shown("readings.title"), "Headline after; null: it may not be shown"),
            "text_before": (_shown("read_earlier.text"), "Text before; null: it may not be shown"),
            "text": (_shown("readings.text"), "Text after; null: it may not be shown"),
        },
        source="versions\nJOIN versions AS earlier\n"
        "  ON earlier.article_id = versions.article_id AND earlier.number = versions.number - 1\n"
        f"JOIN articles ON articles.id = versions.article_id\n{_SITES}\n{_READINGS}\n"
        "JOIN readings AS read_earlier ON read_earlier.id = earlier.reading_id\n"
        f"WHERE versions.changed_fields != '[]' AND NOT versions.alternating AND {_IS_NEWS}",
    ),
    SqlView(
        name="disappearances",
        comment="Articles that have gone from their site, or are suspected to have",
        columns={
            **_ARTICLE,
            "title": (_shown("readings.title"), "Its last headline; null: it may not be shown"),
            "last_seen": ("articles.last_seen", "When it was last seen standing"),
            "missed_since": ("articles.missed_since", "The first visit that missed it"),
            "gone_at": ("articles.gone_at", "When it was sure; null: it is only suspected"),
            "reason": ("articles.gone_reason", "What stood there instead"),
        },
        source=f"{_LATEST}\n{_SITES}\n{_READINGS}\n"
        f"WHERE articles.status IN ('suspect', 'gone') AND {_IS_NEWS}",
    ),
    SqlView(
        name="all_captures",
        comment="Every answer of a server, with what filing it came to",
        columns={
            "capture_id": ("captures.id", "Number of the capture"),
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
            "sha256": ("lower(hex(bodies.digest))", "Digest of the body; empty: there was none"),
            "verdict": ("verdicts.kind", "What filing it came to; null: not filed"),
            "page": ("verdicts.page", "What it was read as; null: it was not read"),
            "article_id": ("verdicts.article_id", "The article it is about; null: none"),
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
