"""Engines beside each other: several writers at once, and an archive copied from one into the other.

A writer has a site of its own. A page is kept, filed and noted as visited; a batch is committed after half a
second. What is copied is the archive of the part ``scale``, with everything that is made of it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import URL, make_url

from archive import Archive, Article, Block, BlockKind, Capture, PageKind
from archive.copying import Beside, copy
from archive.db import postgres
from archive.db.schema import metadata
from archive.model.types import Provenance
from bench.helpers.made_up import never, say
from bench.helpers.scale import fill, text_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 0.5


def writers(_folder: Path, options: argparse.Namespace) -> None:
    """A round for each number of writers."""
    alone = 0.0
    for number in options.writers:
        with tempfile.TemporaryDirectory(prefix="legger-bench-") as folder:
            where, drop = made(options.server, Path(folder))
            try:
                rate = pages_a_second(where, number, options.written, options.pause)
            finally:
                drop()
        alone = alone or rate
        say(f"{number} writers: pages a second", rate, f"{rate / alone:.2f} of the first", form=",.0f")


def made(server: str | None, folder: Path) -> tuple[str, Any]:
    """(where an archive may be made, what takes it away again)."""
    if server is None:
        return str(folder / "legger.db"), lambda: None
    url, name = make_url(server).set(drivername="postgresql+psycopg"), f"legger_bench_{uuid4().hex[:8]}"
    _ask(url, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    where = url.set(database=name).render_as_string(hide_password=False)
    return where, lambda: _ask(url, f"DROP DATABASE {name} WITH (FORCE)")


def _ask(url: URL, statement: str) -> None:
    with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(statement)


def pages_a_second(where: str, number: int, pages: int, pause: float) -> float:
    """What so many writers file at once into an archive that is made at *where*."""
    Archive.open(where).close()
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(number + 1)
    writers = [
        context.Process(target=_write, args=(where, each, pages, pause, start)) for each in range(number)
    ]
    for each in writers:
        each.start()
    start.wait()
    began = time.perf_counter()
    for each in writers:
        each.join()
    assert [each.exitcode for each in writers] == [0] * number
    return number * pages / (time.perf_counter() - began)


def _write(where: str, writer: int, pages: int, pause: float, start: Any) -> None:
    site = f"paper{writer}"
    texts = [text_of(writer * pages + page) for page in range(pages)]
    with Archive.open(where, create=False) as archive:
        start.wait()
        for page, said in enumerate(texts):
            at, url = NOW + timedelta(seconds=page), f"https://{site}.example/{page}"
            body = f"<html><body><p>{said}</p></body></html>".encode()
            kept = archive.captures.keep(
                Capture(site=site, url=url, at=at, status=200, headers=(), request_headers=(), body=body)
            )
            blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in said.split("\n"))
            article = Article(
                kind=PageKind.ARTICLE, url=url, title=f"Kop {page}", blocks=blocks,
                reader=Provenance(extractor="2", memory=1),
            )  # fmt: skip
            verdict = archive.filing.file(article, capture=kept, key=str(page), read_again=never)
            archive.urls.visited(site, url, at=at, due_at=None, status=200, verdict=verdict)
            time.sleep(pause)
            if archive.session.age > BATCH:
                archive.commit()


def copying(_folder: Path, options: argparse.Namespace) -> None:
    """An archive copied there and back, by so many processes, beside what PostgreSQL takes by itself."""
    if options.server is None:
        raise SystemExit("copying needs --server")
    with tempfile.TemporaryDirectory(prefix="legger-bench-") as folder:
        first = str(Path(folder) / "first.db")
        Archive.open(first).close()
        fill(Path(first), options.versions)
        with Archive.open(first) as archive:
            archive.index.rebuild()
        bare = 0.0
        for jobs in options.jobs:
            where, drop = made(options.server, Path(folder))
            try:
                rate = _copy(first, where, f"into PostgreSQL, {jobs} jobs", options.versions, jobs)
                bare = bare or _plainly(options.server, where, Path(folder), options.versions)
                say("  of what the bare COPY takes", rate / bare, form=".2f")
                again = str(Path(folder) / f"again{jobs}.db")
                _copy(where, again, f"into SQLite, {jobs} jobs", options.versions, jobs)
            finally:
                drop()


def _plainly(server: str, where: str, folder: Path, versions: int) -> float:
    """Versions a second that PostgreSQL itself takes: the same bytes in its own form, by one connection, then
    all indexes."""
    other, drop = made(server, folder)
    try:
        with Archive.open(where, read_only=True) as full, Archive.open(other) as empty:
            names = [table.name for table in metadata.sorted_tables] + ["words", "vocabulary"]
            with full.snapshot() as connection:
                for name in names:
                    _out(connection, name, folder / name)
            writer = empty.session.writer
            assert writer is not None
            with writer.begin() as connection:
                connection.exec_driver_sql("DELETE FROM dictionaries")
            began = time.perf_counter()
            with postgres.loading(writer):
                for name in names:
                    with writer.begin() as connection:
                        _in(connection, name, folder / name)
            took = time.perf_counter() - began
            say("COPY of the same bytes, and indexes: versions a second", versions / took, form=",.0f")
            return versions / took
    finally:
        drop()


def _out(connection: Connection, table: str, to: Path) -> None:
    asked = f'COPY "{table}" TO STDOUT (FORMAT BINARY)'
    with to.open("wb") as file, _driver(connection).cursor() as cursor, cursor.copy(asked) as copied:
        file.writelines(copied)


def _in(connection: Connection, table: str, of: Path) -> None:
    asked = f'COPY "{table}" FROM STDIN (FORMAT BINARY)'
    with of.open("rb") as file, _driver(connection).cursor() as cursor, cursor.copy(asked) as put:
        while piece := file.read(1 << 16):
            put.write(piece)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _copy(source: str, target: str, what: str, versions: int, jobs: int) -> float:
    spent: dict[str, float] = {}
    last, since = "", time.perf_counter()

    def tell(part: str, done: int, of: int) -> None:
        nonlocal last, since
        now = time.perf_counter()
        kind = part if part.startswith(("full", "index")) else part.partition(" ")[0]
        spent[last] = spent.get(last, 0.0) + now - since
        last, since = ("proof" if kind == "proof" else kind if " " in part else "rows"), now

    began, cpu, children = time.perf_counter(), time.process_time(), sum(os.times()[2:4])
    with Archive.open(source) as old, Archive.open(target) as new:
        beside = Beside(source=source, target=target, number=jobs)
        rows = copy(old, new, progress=tell, beside=beside)
    took = time.perf_counter() - began
    tell("", 0, 0)
    say(
        f"{what}: versions a second",
        versions / took,
        f"{rows:,} rows, {rows / took:,.0f} a second, proved equal",
        form=",.0f",
    )
    beside_it = sum(os.times()[2:4]) - children
    say("  CPU seconds of our processes", time.process_time() - cpu + beside_it, form=".1f")
    for part, seconds in spent.items():
        if part:
            say(f"  seconds: {part}", seconds, form=".1f")
    return versions / took
