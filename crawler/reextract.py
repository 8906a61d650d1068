"""Re-reading on all cores: processes read stored captures, one process files what they read.

Where it has come to is noted in a small file beside the archive after every commit, so that a re-reading
that was killed goes on where it was; the note holds for one reader (extractor, rules, memory) alone.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from archive import Archive
from archive.model.types import Article, ReadAgain
from archive.versions.reextract import ReadAll
from crawler.extract.provenance import made_with
from crawler.ingest.ingest import reader
from crawler.links.urls import article_key
from crawler.siteconfig.site import Site

FEW = 100
"""Versions below which starting other processes takes longer than it saves."""
_CHUNK = 8
"""Captures given to a process at a time."""
_AHEAD = 4
"""Chunks per process that are read ahead of the filing."""

Pool = Callable[[Site, int], ReadAll | None]
"""(site, its memory's version) -> a reader of many captures."""


# ---------------------------------------------------------------- many processes


@contextmanager
def pool(where: str, workers: int) -> Iterator[Pool]:
    """Processes that read captures of the archive at *where*; they start when first needed."""
    executor: ProcessPoolExecutor | None = None

    def for_site(site: Site, memory: int) -> ReadAll | None:
        nonlocal executor
        if workers <= 1:
            return None
        if executor is None:
            context = multiprocessing.get_context("spawn")
            executor = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(where,))
        processes = executor

        def read_all(asked: Iterable[tuple[int, ...]]) -> Iterator[Article | None]:
            numbers = iter(asked)
            ahead: deque[Future[list[Article | None]]] = deque()
            while True:
                while len(ahead) < _AHEAD * workers and (chunk := list(islice(numbers, _CHUNK))):
                    ahead.append(processes.submit(_read, site, memory, chunk))
                if not ahead:
                    return
                yield from ahead.popleft().result()

        return read_all

    try:
        yield for_site
    finally:
        if executor is not None:
            executor.shutdown(cancel_futures=True)


class _Here:
    """What a reading process holds: the archive, and the reader it used last."""

    archive: Archive
    known: tuple[Site, int] | None = None
    read: ReadAgain


def _begin(where: str) -> None:
    _Here.archive = Archive.open(where, create=False, read_only=True)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    """A process whose parent was killed has nobody to read for."""
    parent.join()
    os._exit(1)


def _read(site: Site, memory: int, asked: list[tuple[int, ...]]) -> list[Article | None]:
    if _Here.known != (site, memory):
        _Here.read, _Here.known = reader(site, _Here.archive), (site, memory)
    return [_Here.archive.reextraction.read_version(captures, _Here.read) for captures in asked]


# ---------------------------------------------------------------- where it has come to


class ReextractionProgress:
    """How far each site has been re-read, in a file beside the archive; gone when all is done."""

    def __init__(self, archive: Archive) -> None:
        at = Path(archive.where)
        self.file = at.with_name(f"{at.name}-reread") if at.is_file() else None
        self._held: dict[str, Any] = {}
        if self.file is not None and self.file.exists():
            with suppress(ValueError):  # a note that cannot be read is none: all is read again
                self._held = dict(orjson.loads(self.file.read_bytes()))

    def of(self, site: Site, memory: int) -> tuple[int, dict[str, int]]:
        """(the article it had come to, the counts so far) with the reader in use now."""
        held = self._held.get(site.name)
        if not isinstance(held, dict) or held.get("reader") != _reader(site, memory):
            return 0, {}
        return int(held["after"]), dict(held["counts"])

    def put(self, site: Site, memory: int, after: int, counts: Mapping[str, int]) -> None:
        """Note how far it has come."""
        self._held[site.name] = {"reader": _reader(site, memory), "after": after, "counts": dict(counts)}
        self._write()

    def take(self, site: Site) -> None:
        """The site is done."""
        if self._held.pop(site.name, None) is not None:
            self._write()

    def _write(self) -> None:
        if self.file is None:
            return
        if not self._held:
            self.file.unlink(missing_ok=True)
            return
        new = self.file.with_name(f"{self.file.name}.new")
        new.write_bytes(orjson.dumps(self._held))
        new.replace(self.file)


def _reader(site: Site, memory: int) -> dict[str, Any]:
    return asdict(made_with(site, memory))


# ---------------------------------------------------------------- one site


def reread(
    site: Site,
    archive: Archive,
    bookmarks: ReextractionProgress,
    processes: Pool,
    came: Callable[[Mapping[str, int]], None] | None = None,
) -> dict[str, int]:
    """Re-read one site, going on where a re-reading with the same reader was broken off.

    *came* is called with the counts after every commit. Returns them all, those of before included.
    """
    memory = archive.boilerplate.get(site.name).version
    after, before = bookmarks.of(site, memory)

    def committed(article: int, counts: Mapping[str, int]) -> None:
        together = _sum(before, counts)
        bookmarks.put(site, memory, article, together)
        if came is not None:
            came(together)

    many = archive.reextraction.rereadable(site.name, after) >= FEW
    counts = archive.reextraction.reread(
        site.name,
        reader(site, archive),
        read_all=processes(site, memory) if many else None,
        after=after,
        keep_pages=site.pages.keep,
        committed=committed,
    )
    if site.pages.keep:
        counts = {**counts, **take_up_pages(site, archive)}
    bookmarks.take(site)
    return _sum(before, counts)


def take_up_pages(site: Site, archive: Archive) -> dict[str, int]:
    """File the standing pages that were captured before the site's file said to keep them."""
    found = archive.pages.take_up(site.name, lambda url: article_key(site, url), reader(site, archive))
    return {"pages": found["pages"]} if found else {}


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *(set(other) - set(one)))}
