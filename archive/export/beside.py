"""What stands beside the rows of an export: their other versions, their captures, what changed between them.

``versions`` are rows as everywhere; ``captures`` the answers of servers that are about these articles;
``diffs`` what lies between each version and the one before, word by word; ``edits`` what editors did, with
the kind of edit and, sentence by sentence, what was added, removed, changed or moved. Articles that may not
be shown have neither diffs nor edits, and captures without their addresses.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any

import orjson
from sqlalchemy import Connection, select

from archive.captures.store import REDACTED_CAPTURE
from archive.compare import diff
from archive.compare.actions import actions
from archive.compare.edit_summary import edit
from archive.db import mapping
from archive.db.schema import addresses, articles, bodies, captures, sites, verdicts, versions
from archive.export.choice import RowChoice
from archive.export.moments import instant
from archive.export.rows import rows
from archive.export.writers import safe_cell
from archive.model.types import Version

Row = Mapping[str, Any]


def _versions(connection: Connection, chosen: Set[int]) -> Iterator[Row]:
    """Every version of these articles."""
    every = rows(connection, RowChoice(versions="all"))
    return (row for row in every if row["id"] in chosen)


_CAPTURES = (
    select(
        captures.c.id, captures.c.at, captures.c.status, captures.c.content_type, captures.c.via,
        captures.c.truncated, captures.c.cut, captures.c.server, captures.c.tls, captures.c.wire_size,
        sites.c.name.label("site"), addresses.c.url, bodies.c.size, bodies.c.digest, verdicts.c.article_id,
        verdicts.c.kind, verdicts.c.page, verdicts.c.reason, versions.c.number, REDACTED_CAPTURE,
    )
    .select_from(verdicts)
    .join(captures, captures.c.id == verdicts.c.capture_id)
    .join(sites, sites.c.id == captures.c.site_id)
    .join(addresses, addresses.c.id == captures.c.address_id)
    .outerjoin(bodies, bodies.c.id == captures.c.body_id)
    .outerjoin(versions, versions.c.id == verdicts.c.version_id)
    .where(verdicts.c.article_id.is_not(None))
    .order_by(verdicts.c.article_id, captures.c.at, captures.c.id)
)  # fmt: skip


def _captures(connection: Connection, chosen: Set[int]) -> Iterator[Row]:
    """Every answer that is about these articles, in the order of their times."""
    for row in connection.execution_options(yield_per=500).execute(_CAPTURES):
        if row.article_id in chosen:
            yield {
                "id": row.article_id,
                "version": row.number,
                "capture": row.id,
                "site": row.site,
                "url": mapping.masked(row.url) if row.redacted else row.url,
                "via": None if row.redacted else row.via,
                "at": instant(row.at),
                "status": row.status,
                "content_type": row.content_type,
                "size": row.size,
                "sha256": row.digest.hex() if row.digest else None,
                "wire_size": row.wire_size,
                "truncated": row.truncated,
                "cut": row.cut,
                "server": row.server,
                "tls": row.tls,
                "verdict": row.kind,
                "page": row.page,
                "reason": "" if row.redacted else row.reason,
            }


def _pairs(connection: Connection, chosen: Set[int]) -> Iterator[tuple[Version, Version]]:
    """Each version of these articles with the one before it."""
    wanted = mapping.VERSION.where(~mapping.REDACTED.element).order_by(articles.c.id, versions.c.number)
    before: Version | None = None
    for row in connection.execution_options(yield_per=200).execute(wanted):
        if row.article_id not in chosen:
            continue
        version = mapping.version_of(row)
        if before is not None and before.article_id == version.article_id:
            yield before, version
        before = version


def _between(old: Version, new: Version) -> dict[str, Any]:
    return {
        "id": new.article_id,
        "version": new.number,
        "before": old.number,
        "site": new.site,
        "first_seen": instant(new.first_seen),
        "seen_before": instant(new.seen_before),
    }


def _diffs(connection: Connection, chosen: Set[int]) -> Iterator[Row]:
    """What lies between each version and the one before, word by word."""
    for old, new in _pairs(connection, chosen):
        found = diff.diff(old, new)
        yield {
            **_between(old, new),
            "fields": {name: list(pair) for name, pair in found.fields.items()},
            "pieces": [[piece.change.value, piece.text] for piece in found.pieces],
            "added": found.added,
            "removed": found.removed,
        }


def _edits(connection: Connection, chosen: Set[int]) -> Iterator[Row]:
    """What editors did, as ``legger edits`` lists it, sentence by sentence."""
    for old, new in _pairs(connection, chosen):
        if new.alternating or not new.changed_fields:
            continue
        done = actions(old.article.text, new.article.text)
        summary = edit(old.article, new.article)
        yield {
            **_between(old, new),
            "edit_kinds": list(new.edit_kinds),
            "changed_fields": list(new.changed_fields),
            "silent": new.silent,
            "words_added": new.words_added,
            "words_removed": new.words_removed,
            "words_moved": new.words_moved,
            "title_before": old.article.title,
            "title": new.article.title,
            "numbers": [list(swap) for swap in summary.numbers],
            "names": [list(swap) for swap in summary.names],
            "quotes": [list(swap) for swap in summary.quotes],
            "actions": [
                {"action": each.action.value, "before": each.before, "after": each.after, "place": each.place}
                for each in done
            ],
        }


BESIDE: Mapping[str, Callable[[Connection, Set[int]], Iterator[Row]]] = {
    "versions": _versions,
    "captures": _captures,
    "diffs": _diffs,
    "edits": _edits,
}
"""What may stand beside an export -> its rows, in order of article."""


def as_json(some: Iterable[Row]) -> Iterator[bytes]:
    """Rows as JSON Lines."""
    for row in some:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def as_csv(some: Iterable[Row], *, formula_safe: bool) -> Iterator[bytes]:
    """Rows as CSV with a heading; what is a list or an object is JSON in its cell. Nothing without rows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for place, row in enumerate(some):
        buffer.seek(0)
        buffer.truncate()
        if place == 0:
            writer.writerow(row)
        cells = [_cell(value) for value in row.values()]
        writer.writerow(map(safe_cell, cells) if formula_safe else cells)
        yield buffer.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value
