"""The archive: sizes of stored pages, cost of filing, and speed at a million versions, beside plain sqlite3.

Without options: sizes on real pages (where the development data is unpacked, see --pages), filing on the
practice newspaper, export of --rows beside a bare loop, and scale at --versions
(a million takes some minutes and 4 GB of disk under --folder).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from archive import Archive, Article, Capture
from archive.captures import compression as packing
from archive.db.schema import metadata
from archive.model.reports import RunCounts
from archive.model.types import ReadAgain
from bench.helpers.engines import copying, writers
from bench.helpers.exporting import export
from bench.helpers.made_up import WORDS, answer, say
from bench.helpers.scale import scale
from crawler.ingest.ingest import reader
from crawler.urls import article_key
from legger.simulator import OPENING, Newspaper

DATA = Path(os.environ.get("LEGGER_DATA", "data"))


def main(arguments: list[str]) -> int:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench archive", description=__doc__)
    parser.add_argument("parts", nargs="*", default=["sizes", "filing", "scale", "export"])
    parser.add_argument("--pages", type=Path, default=DATA / "schoolpaper", help="unpacked site with site/")
    parser.add_argument("--versions", type=int, default=100_000, help="versions for the part scale")
    parser.add_argument("--rows", type=int, default=60_000, help="rows for the part export")
    parser.add_argument("--folder", type=Path, help="where databases are made (default: a temporary folder)")
    parser.add_argument("--server", help="of PostgreSQL, where databases may be made (writers, copying)")
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 2, 4], help="for the part writers")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds beside writing a page (writers)")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="processes that copy (copying)")
    parser.add_argument("--written", type=int, default=400, help="pages of each writer")
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="legger-bench-", dir=options.folder))
    try:
        for part in options.parts:
            {
                "sizes": sizes,
                "filing": filing,
                "scale": scale,
                "export": export,
                "writers": writers,
                "copying": copying,
            }[part](folder, options)
    finally:
        shutil.rmtree(folder)
    return 0


# ---------------------------------------------------------------- sizes


def sizes(folder: Path, options: argparse.Namespace) -> None:
    """Bytes kept, beside gzip'd WARC records of the same answers."""
    site = options.pages / "site"
    if not site.is_dir():
        print(f"  sizes: skipped, there is no {site}")
        return
    pages = [
        (f"https://paper.example/{file.parent.relative_to(site)}/", file.read_bytes())
        for file in sorted(site.rglob("index.html"))
    ]
    pages = [(url, body) for url, body in pages if len(body) > 5000]  # no redirect stubs
    warc = sum(len(gzip.compress(_warc_record(url, body))) for url, body in pages)
    path = folder / "sizes.db"
    with Archive.open(path) as archive:
        began = time.process_time()
        run = archive.runs.start("paper", at=OPENING, settings={})
        for number, (url, body) in enumerate(pages):
            archive.captures.keep(answer(url, body, OPENING + timedelta(seconds=number)), run=run)
            if number % 10 == 0:
                archive.commit()
        archive.runs.end(run, at=OPENING + timedelta(hours=1), outcome="done", counts=RunCounts())
        spent = time.process_time() - began
        print(f"\nSizes: {len(pages)} pages of one real site, {sum(len(b) for _, b in pages) / 1e6:.1f} MB")
        say("first captures / gzip'd WARC, as crawled", _weight(path) / warc, "goal 0.25")
        say("the same, bodies' packed bytes alone", _packed(path) / warc)
        say("CPU of keeping one, ms", 1000 * spent / len(pages))
        archive.recompression.compact("paper")
        say("first captures / gzip'd WARC, compacted", _weight(path) / warc, "goal 0.25")
        say("the same, bodies' packed bytes alone", _packed(path) / warc)
        _reads(archive, "compacted first captures")
    known, fresh = pages[::2], pages[1::2]
    later = folder / "later.db"
    with Archive.open(later) as archive:
        for number, (url, body) in enumerate(known):
            archive.captures.keep(answer(url, body, OPENING + timedelta(seconds=number)))
        archive.recompression.compact("paper")
    before = _packed(later)
    with Archive.open(later) as archive:
        began = time.process_time()
        for number, (url, body) in enumerate(fresh):
            archive.captures.keep(answer(url, body, OPENING + timedelta(days=1, seconds=number)))
        archive.commit()
        spent = time.process_time() - began
    warc_fresh = sum(len(gzip.compress(_warc_record(url, body))) for url, body in fresh)
    say("new pages of a site that has a dictionary, as crawled", (_packed(later) - before) / warc_fresh)
    say("CPU of keeping one, ms", 1000 * spent / len(fresh))
    again = [(url, _other_furniture(body, number)) for number, (url, body) in enumerate(pages)]
    warc_again = sum(len(gzip.compress(_warc_record(url, body))) for url, body in again)
    before, packed_before = _weight(path), _packed(path)
    with Archive.open(path) as archive:
        for number, (url, body) in enumerate(again):
            archive.captures.keep(answer(url, body, OPENING + timedelta(days=1, seconds=number)))
            if number % 100 == 0:
                archive.commit()
        archive.commit()
        say(
            "re-captures with other furniture / gzip'd WARC",
            (_weight(path) - before) / warc_again,
            "goal 0.05",
        )
        say("the same, bodies' packed bytes alone", (_packed(path) - packed_before) / warc_again)
        archive.recompression.compact("paper")
        say("the same, compacted", (_packed(path) - packed_before) / warc_again)
        _reads(archive, "all of them")
        assert not archive.integrity.verify()


def _other_furniture(body: bytes, number: int) -> bytes:
    """The page as it is a day later: another teaser list, a counter, a token, a weather line."""
    chance = random.Random(number)
    stories = "".join(
        f'<li><a href="/2026/03/{chance.randint(1, 30):02}/{chance.getrandbits(40):x}/">'
        f"{' '.join(chance.choices(WORDS, k=8))}</a></li>"
        for _ in range(8)
    )
    furniture = f'<ul class="latest">{stories}</ul><p class="views">{chance.randint(10, 9999)}</p>'
    token = f'<meta name="csrf" content="{chance.getrandbits(256):064x}">'
    body = body.replace(b"</head>", token.encode() + b"</head>", 1)
    return body.replace(b"</body>", furniture.encode() + b"</body>", 1)


def _reads(archive: Archive, what: str) -> None:
    """How long one body takes to read, and how many others are unpacked for it."""
    with archive.snapshot() as connection:
        numbers = connection.exec_driver_sql("SELECT id FROM bodies WHERE codec != 'raw'").scalars().all()
        deepest = connection.exec_driver_sql("SELECT max(depth) + 1 FROM bodies").scalar_one()
        spent = []
        for number in numbers:
            began = time.thread_time()
            packing.load(connection, number)
            spent.append(time.thread_time() - began)
    say(f"reading {what}, ms (median)", 1000 * median(spent))
    say("  the slowest of a hundred", 1000 * sorted(spent)[int(len(spent) * 0.99)], "goal under 5")
    say("  decompressions, at most", deepest, "goal at most 3", "d")


def _warc_record(url: str, body: bytes) -> bytes:
    """A response record as crawlers write it: WARC header, HTTP header, body."""
    capture = answer(url, body, OPENING)
    http = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in capture.headers) + "\r\n"
    digest = hashlib.sha256(body).hexdigest()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{digest[:32]}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2026-03-02T07:00:00Z\r\n"
        f"WARC-Payload-Digest: sha256:{digest}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http) + len(body)}\r\n\r\n"
    )
    return head.encode() + http.encode() + body + b"\r\n\r\n"


def _weight(path: Path) -> int:
    """Bytes of the tables that hold captures, with their indices."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(
            connection.execute(
                "SELECT sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) WHERE tbl_name IN "
                "('captures', 'bodies', 'reference_bodies', 'addresses', 'seals', 'dictionaries')"
            ).fetchone()[0]
        )
    finally:
        connection.close()


def _packed(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT sum(length(data)) FROM bodies").fetchone()[0])
    finally:
        connection.close()


# ---------------------------------------------------------------- filing


@dataclass(frozen=True)
class BenchPage:
    """What a visit brings to the archive: the answer, and what reading made of it."""

    capture: Capture
    article: Article
    key: str
    read_again: ReadAgain


BATCH = 200
"""Pages, or rows of a table, in a transaction."""


def filing(folder: Path, options: argparse.Namespace) -> None:
    """CPU of keeping, judging, packing, writing and indexing, beside plain sqlite3 with the same rows.

    What plain sqlite3 is given is what we end with: every row of every table, ready in memory as the
    driver takes it, bodies packed, digests and judgements made. It writes them to the same tables with the
    same indices, as lasting, in transactions of the same size, and makes the same full-text index of them.
    It asks nothing, checks no foreign keys, changes no row that it wrote, and is given the rows of a table
    together.
    """
    pages = list(_visits())
    ours, index = [], []
    for turn in range(3):
        with Archive.open(folder / f"filing{turn}.db") as archive:
            began = time.process_time()
            for number, page in enumerate(pages, 1):
                kept = archive.captures.keep(page.capture)
                archive.filing.file(page.article, capture=kept, key=page.key, read_again=page.read_again)
                if number % BATCH == 0:
                    archive.commit()
            archive.commit()
            ours.append(time.process_time() - began)
            began = time.process_time()
            archive.index.update()
            index.append(time.process_time() - began)
    every, words = _rows(folder / "filing0.db")
    plain, plain_words = zip(
        *(_write(folder / f"plain{turn}.db", every, words) for turn in range(3)), strict=True
    )
    each = 1000 / len(pages)
    count = sum(len(rows) for _, rows in every)
    print(f"\nFiling: {len(pages)} pages of the practice newspaper, first captures and re-captures")
    say("keep, judge, pack and file, ms of CPU a page", each * min(ours), "goal under 2")
    say("full-text index and relations, ms a page (not in the crawl)", each * min(index))
    say(f"the same {count:,} rows through plain sqlite3, ms a page", each * min(plain))
    say("the same full-text index through plain sqlite3, ms a page", each * min(plain_words))
    rate = (min(plain) + min(plain_words)) / (min(ours) + min(index))
    say("rate beside plain sqlite3, which judges and packs nothing", rate, "goal 0.8")


def _rows(path: Path) -> tuple[list[tuple[str, list[tuple[Any, ...]]]], list[int]]:
    """(Each table with its rows, the versions that the full-text index holds)."""
    every = []
    with closing(sqlite3.connect(path)) as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(f"SELECT * FROM {table.name}").fetchall()
            if rows:
                every.append((table.name, rows))
        words = [number for (number,) in connection.execute("SELECT version_id FROM indexed ORDER BY 1")]
    return every, words


def _write(
    path: Path, every: list[tuple[str, list[tuple[Any, ...]]]], words: list[int]
) -> tuple[float, float]:
    """Seconds of CPU for rows, and for the full text of them, through sqlite3 itself."""
    Archive.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("synchronous = NORMAL", "cache_size = -65536", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("DELETE FROM dictionaries")  # a new archive has one
        began = time.process_time()
        for table, rows in every:
            marks = ", ".join("?" * len(rows[0]))
            _write_many(connection, f"INSERT INTO {table} VALUES ({marks})", rows)
        written = time.process_time()
        _write_many(
            connection,
            "INSERT INTO words (rowid, title, text, authors, section) SELECT * FROM searchable WHERE id = ?",
            [(number,) for number in words],
        )
        return written - began, time.process_time() - written


def _write_many(connection: sqlite3.Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    for first in range(0, len(rows), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, rows[first : first + BATCH])
        connection.execute("COMMIT")


def _visits() -> Iterator[BenchPage]:
    paper = Newspaper(seed=2, articles=60, days=5)
    with Archive.open(":memory:") as nothing:
        readers = {house.name: reader(house.site, nothing) for house in paper.houses}
    for day in (0, 1, 2):
        at = OPENING + timedelta(days=day)
        for house in paper.houses:
            for item in house.newsroom.published(at):
                capture = paper.capture(house.url(item), at)
                if capture.status == 200:
                    read = readers[house.name]
                    yield BenchPage(capture, read(capture), article_key(house.site, capture.url), read)


# ---------------------------------------------------------------- scale
