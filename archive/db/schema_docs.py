"""The page ``docs/schema.md``, made from what the tables and views say of themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Table

from archive.db.schema import metadata
from archive.db.views import VIEWS

_OPENING = """\
# The archive in SQL

Made from the tables' own comments: `python -m legger.cli.manual docs`.

An archive is one SQLite file, or a database in PostgreSQL ([postgresql.md](postgresql.md)), which says the
same in its own dialect. Any tool that reads SQLite can ask the file questions, also during a crawl. Open it
for reading only (`sqlite3 -readonly legger.db`). Start with the **views**: they answer the common questions
and hide what may not be shown. Times are UTC, as text like `2026-03-02 08:00:00.000000`: they sort as they
read, and SQLite's `date()`, `julianday()` and `strftime()` understand them. JSON columns are read with
`json_each()` and `json_extract()`; truth is 1 and 0.

```sql
-- what changed in a week, largest first
SELECT first_seen, site, title_before, title, words_added, words_removed FROM edits
WHERE first_seen >= '2026-03-02' AND first_seen < '2026-03-09' ORDER BY words_added + words_removed DESC;

-- silent edits per site and month
SELECT site, strftime('%Y-%m', first_seen) AS month, count(*) FROM edits WHERE silent GROUP BY 1, 2;

-- what one article said on a day
SELECT version, title, text FROM all_versions
WHERE url = 'https://news.example/1' AND first_seen < '2026-03-03'
  AND (superseded IS NULL OR superseded >= '2026-03-03');

-- articles that disappeared within a week of publication
SELECT d.site, d.title, d.url, d.gone_reason FROM disappearances AS d JOIN current_articles AS c USING (id)
WHERE d.gone_at IS NOT NULL AND julianday(d.missed_since) - julianday(c.published_utc) < 7;

-- how an author's output developed
SELECT substr(published_day, 1, 4) AS year, count(*) FROM current_articles, json_each(authors)
WHERE json_each.value = 'Jan Jansen' GROUP BY 1;

-- full text: rows of `words` are versions
SELECT all_versions.site, all_versions.title FROM words JOIN all_versions ON version_id = words.rowid
WHERE words MATCH 'zwembad AND wethouder' ORDER BY words.rowid DESC LIMIT 20;
```

## How it hangs together

"""

_PARTS = {
    "What was captured (never altered)": (
        "sites", "runs", "addresses", "captures", "bodies", "reference_bodies", "dictionaries",
    ),
    "What was read and filed": ("articles", "versions", "readings", "verdicts", "stated_values", "memories",
    "pins"),
    "Proof and law": ("seals", "redactions", "resealed"),
    "The clock": ("schedule_entries", "clocks", "leases", "incidents", "wayback_requests"),
    "Derived: can be dropped and made again": (
        "index_queue", "indexed", "minhashes", "minhash_bands", "headline_hashes", "relations",
    ),
}  # fmt: skip

_OTHER = """\
Besides these there are `words` (the full-text index, FTS5; its rows are versions, its columns `title`,
`text`, `authors` and `section`), what FTS5 keeps for it (`words_*`), what search looks up in it, and
`alembic_version` (the schema's number).
"""


def page() -> str:
    """The page, in Markdown."""
    parts = [_OPENING, _drawing(), "\n## Views\n"]
    for view in VIEWS:
        parts.append(f"\n### {view.name}\n\n{view.comment}.\n\n| column | meaning |\n|---|---|\n")
        parts += [f"| `{name}` | {says} |\n" for name, (_, says) in view.columns.items()]
    parts.append("\n## Tables\n")
    for part, names in _grouped().items():
        parts.append(f"\n### {part}\n")
        for table in names:
            parts.append(
                f"\n#### {table.name}\n\n{table.comment}.\n\n| column | type | meaning |\n|---|---|---|\n"
            )
            parts += [f"| `{c.name}` | {_type(c)} | {_meaning(c)} |\n" for c in table.columns]
    parts.append(f"\n### Not for you\n\n{_OTHER}")
    return "".join(parts)


def _grouped() -> dict[str, list[Table]]:
    grouped = {part: [metadata.tables[name] for name in names] for part, names in _PARTS.items()}
    told = {table.name for tables in grouped.values() for table in tables}
    if rest := [table for name, table in sorted(metadata.tables.items()) if name not in told]:
        grouped["More"] = rest
    return grouped


def _drawing() -> str:
    """The tables and what refers to what, as a Mermaid diagram."""
    lines = ["```mermaid\nerDiagram\n"]
    lines += sorted(set(_links()))
    return "".join([*lines, "```\n"])


def _links() -> Iterator[str]:
    for table in metadata.tables.values():
        for column in table.columns:
            for key in column.foreign_keys:
                other = key.column.table.name
                yield f'    {other} ||--o{{ {table.name} : "{column.name}"\n'


def _type(column: Column[object]) -> str:
    kind = type(column.type).__name__
    return {"Instant": "time", "LargeBinary": "bytes", "Boolean": "0 or 1", "Json": "JSON"}.get(
        kind, kind.lower().replace("nulltype", "integer")
    )


def _meaning(column: Column[object]) -> str:
    words = str(column.comment).replace("|", "\\|")
    for key in column.foreign_keys:
        words += f" (→ `{key.column.table.name}`)"
    return words
