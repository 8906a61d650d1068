"""An export beside a bare loop of sqlite3 and orjson over the same columns: CPU and memory."""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import orjson

from archive import Archive
from archive.export.choice import RowChoice
from archive.export.exporting import Form, write_export
from bench.helpers.made_up import say
from bench.helpers.scale import fill

TURNS = 3

_COLUMNS = {
    "id": "articles.id", "version": "versions.number", "site": "sites.name", "site_title": "sites.title",
    "key": "articles.key", "url": "articles.url", "kind": "readings.kind", "status": "articles.status",
    "versions": "articles.latest", "article_first_seen": "articles.first_seen",
    "missed_since": "articles.missed_since",
    "gone_at": "articles.gone_at", "gone_reason": "articles.gone_reason",
    "capture": "versions.capture_id", "first_seen": "versions.first_seen", "last_seen": "versions.last_seen",

    "superseded": "versions.superseded", "silent": "versions.silent",
    "changed_fields": "versions.changed_fields",
    "edit_kinds": "versions.edit_kinds", "words_added": "versions.words_added",
    "words_removed": "versions.words_removed", "words_moved": "versions.words_moved",
    "alternating": "versions.alternating", "same_as": "versions.same_as", "title": "readings.title",
    "text": "readings.text", "authors": "readings.authors", "section": "readings.section",
    "language": "readings.language",
    "published_utc": "readings.published", "modified_utc": "readings.modified",
    "word_count": "readings.word_count", "extractor": "readings.extractor", "rules": "readings.rules",
    "memory": "readings.memory", "content": "readings.content", "content_hash": "readings.content_hash",
    "capture_status": "captures.status", "capture_digest": "lower(hex(bodies.digest))",
    "addresses": "(SELECT group_concat(url, char(10)) FROM addresses "
    "WHERE addresses.article_id = articles.id)",
    "seen_before": "coalesce(versions.told_seen_before, (SELECT at FROM verdicts "
    "WHERE verdicts.article_id = versions.article_id AND verdicts.at < versions.first_seen "
    "AND verdicts.version_id IS NOT NULL ORDER BY at DESC LIMIT 1))",
    "redacted": "EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id "
    "AND lifted_at IS NULL)",
}  # fmt: skip
_BARE = f"""
    SELECT {", ".join(_COLUMNS.values())} FROM versions
    JOIN articles ON articles.id = versions.article_id JOIN sites ON sites.id = articles.site_id
    JOIN readings ON readings.id = versions.reading_id JOIN captures ON captures.id = versions.capture_id
    LEFT JOIN bodies ON bodies.id = captures.body_id
    WHERE articles.kind != 'page' ORDER BY versions.article_id, versions.number
"""


def export(folder: Path, options: argparse.Namespace) -> None:
    """CPU of `legger export`, with digests and manifest, beside a loop that writes the same columns.

    The loop parses what is JSON, makes no row of ours, and takes no digest. It writes each text twice, as a
    row does (in `text` and in `blocks`), so that as many bytes go out.
    """
    path = folder / "export.db"
    Archive.open(path).close()
    fill(path, options.rows, rich=True)
    ours, bare, digested, memory, size = [], [], [], 0.0, 0
    for _ in range(TURNS if options.rows <= 100_000 else 1):
        spent, megabytes, size = _apart(_ours, path, folder / "ours.jsonl")
        ours.append(spent)
        memory = max(memory, megabytes)
        spent, _, other = _apart(_loop, path, folder / "bare.jsonl")
        bare.append(spent)
        digested.append(_apart(_loop_with_digest, path, folder / "bare.jsonl")[0])
    print(
        f"\nExport: {options.rows:,} rows of {size / options.rows:,.0f} bytes ({other / options.rows:,.0f})"
    )
    say("a bare loop of sqlite3 and orjson, s of CPU", min(bare))
    say("the same with the SHA-256 of what it writes", min(digested))
    say("legger export, with digests and manifest", min(ours))
    say("rate beside the bare loop", min(bare) / min(ours), "goal 0.8")
    say("rate beside the loop that takes the digest too", min(digested) / min(ours))
    say("memory at most, MB", memory, "goal under 150", ".0f")


def _apart(work: Callable[[Path, Path], None], path: Path, to: Path) -> tuple[float, float, int]:
    """(CPU in seconds, most memory in MB, bytes written) of work in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_told, args=(work, theirs, path, to))
    process.start()
    theirs.close()
    spent, memory = ours.recv()
    process.join()
    return spent, memory, to.stat().st_size


def _told(work: Callable[[Path, Path], None], pipe: Connection, path: Path, to: Path) -> None:
    began = time.process_time()
    work(path, to)
    pipe.send((time.process_time() - began, _most_memory()))


def _most_memory() -> float:
    """MB that this process had in memory at most, without what its parent had when it was forked."""
    said = Path("/proc/self/status").read_text(encoding="ascii")
    return int(said.partition("VmHWM:")[2].split()[0]) / 1000


def _ours(path: Path, to: Path) -> None:
    with Archive.open(path, read_only=True) as archive:
        write_export(archive, to, RowChoice(versions="all"), Form(), force=True)


def _loop(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, to.open("wb") as file:
        for line in _lines(connection):
            file.write(line)


def _loop_with_digest(path: Path, to: Path) -> None:
    digest = hashlib.sha256()
    with closing(sqlite3.connect(path)) as connection, to.open("wb") as file:
        for line in _lines(connection):
            digest.update(line)
            file.write(line)


def _lines(connection: sqlite3.Connection) -> Iterator[bytes]:
    for kept in connection.execute(_BARE):
        row = dict(zip(_COLUMNS, kept, strict=True))
        for name in ("authors", "changed_fields", "edit_kinds", "content"):
            row[name] = orjson.loads(row[name])
        row["blocks"] = row["text"]
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
