"""Re-reading on all cores, in shards: a range of a site's articles at a time, under the site's lease.

Where one process writes, others read for it; where several may (PostgreSQL), each does shards of its own, on
whatever machine. What is done stands in the archive (:mod:`archive.shards`), so that a re-reading that was
killed goes on where it was; it holds for one reader (extractor, rules, memory) alone.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import asdict
from itertools import islice

from archive import Archive
from archive.model.types import Article
from archive.operations.schedule import REREAD
from archive.orphans import deaf_to_interrupts, end_when_orphaned
from archive.shards import Shard
from archive.versions.rereading import ReadAll
from crawler.bulk import AGAIN, for_a_while, held, make_way
from crawler.extract.provenance import made_with
from crawler.ingest.ingest import reader
from crawler.ingest.reading_processes import ReadingProcesses
from crawler.siteconfig.site import Site
from crawler.urls import article_key

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
    """Processes that read captures of the archive at *where*; they start when first needed.

    With one of them or none, who files reads.
    """
    with closing(ReadingProcesses(where, workers)) as processes:

        def for_site(site: Site, memory: int) -> ReadAll | None:
            if workers <= 1:
                return None

            def read_all(asked: Iterable[tuple[int, ...]]) -> Iterator[Article | None]:
                numbers = iter(asked)
                ahead: deque[Future[list[Article | None]]] = deque()
                while True:
                    while len(ahead) < _AHEAD * workers and (chunk := list(islice(numbers, _CHUNK))):
                        ahead.append(processes.versions(site, memory, chunk))
                    if not ahead:
                        return
                    yield from processes.result(ahead.popleft())

            return read_all

        yield for_site


# ---------------------------------------------------------------- shards


def planned(sites: Iterable[Site], archive: Archive) -> list[Site]:
    """Plan the re-reading of *sites*; returns those of which something is to be read.

    What was broken off goes on, where it is read with the same extractor, rules and memory.
    """
    found = []
    for site in sites:
        memory = archive.boilerplate.get(site.name).version
        if archive.shards.plan(REREAD, site.name, asdict(made_with(site, memory))) or site.pages.keep:
            found.append(site)
    return found


def next_shard(
    site: Site,
    archive: Archive,
    processes: Pool | None = None,
    came: Callable[[Mapping[str, int]], None] | None = None,
) -> bool:
    """Re-read the next shard of a site, under the site's lease; false while somebody else has that.

    *processes* read beside this one; *came* is called with the counts of this shard after every commit. With
    the last shard standing pages are taken up. Raises :class:`ArchiveError` when the lease went to another.
    """
    with held(site.name, archive) as hold:
        if hold is None:
            return False
        shard = archive.shards.next(REREAD, site.name)
        if shard is None:
            if site.pages.keep:
                take_up_pages(site, archive)
            return True

        def committed(_article: int, counts: Mapping[str, int]) -> None:
            hold.beat()
            if came is not None:
                came(counts)

        many = processes is not None and shard.versions >= FEW
        memory = archive.boilerplate.get(site.name).version
        counts = archive.rereading.reread(
            site.name,
            reader(site, archive),
            read_all=processes(site, memory) if processes is not None and many else None,
            after=shard.first - 1,
            until=shard.last,
            keep_pages=site.pages.keep,
            committed=committed,
        )
        counts = {**counts, **_pages_behind(site, archive, shard)}
        archive.shards.end(shard, at=archive.schedule.now(), counts=counts)
        return True


def _pages_behind(site: Site, archive: Archive, shard: Shard) -> dict[str, int]:
    """With the last shard of a site, its standing pages."""
    progress = archive.shards.progress(REREAD, {site.name})[site.name]
    if not site.pages.keep or progress.shards - progress.shards_done > 1:
        return {}
    return take_up_pages(site, archive)


def reread(
    site: Site,
    archive: Archive,
    processes: Pool,
    came: Callable[[Mapping[str, int]], None] | None = None,
) -> dict[str, int]:
    """Re-read one site, going on where a re-reading with the same reader was broken off.

    *came* is called with the counts after every commit. Returns them all, those of before included.
    """
    if not planned([site], archive):
        return {}

    def so_far() -> Mapping[str, int]:
        found = archive.shards.progress(REREAD, {site.name}).get(site.name)
        return found.counts if found is not None else {}

    if archive.shards.next(REREAD, site.name) is None and site.pages.keep:
        return take_up_pages(site, archive)
    while archive.shards.next(REREAD, site.name) is not None:
        before = so_far()

        def together(counts: Mapping[str, int], before: Mapping[str, int] = before) -> None:
            if came is not None:
                came(_sum(before, counts))

        if not next_shard(site, archive, processes, together):
            time.sleep(AGAIN)
        make_way(site.name, archive)
    counts = so_far()
    archive.shards.forget(REREAD, site.name)
    return dict(counts)


def some_shards(site: Site, archive: Archive) -> bool:
    """Re-read shards of a site for a while; false where somebody else has the site's lease."""
    return for_a_while(site.name, archive, REREAD, lambda: next_shard(site, archive))


# ---------------------------------------------------------------- writers side by side


class RereadingProcesses:
    """Processes that re-read sites side by side, each with one site at a time: where several may write."""

    def __init__(self, where: str, sites: Sequence[Site], number: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._processes = [
            context.Process(target=_read_shards, args=(where, [*sites[each:], *sites[:each]]), daemon=True)
            for each in (place * len(sites) // number for place in range(number))
        ]
        with deaf_to_interrupts():
            for process in self._processes:
                process.start()

    def goes_on(self) -> bool:
        """Whether any is still at it."""
        alive = [process.is_alive() for process in self._processes]  # each is asked: who died is let go
        return any(alive)

    def stop(self) -> None:
        """Tell them to end; what they were at is not done."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


def _read_shards(where: str, sites: Sequence[Site]) -> None:
    """Do shards of any of the *sites*, until none is left."""
    end_when_orphaned()
    with Archive.open(where, create=False) as archive:
        while left := set(archive.shards.open_entries(REREAD)):
            done = False
            for site in (each for each in sites if each.name in left):
                while archive.shards.next(REREAD, site.name) is not None and next_shard(site, archive):
                    done = True
                    make_way(site.name, archive)
            if not left & {site.name for site in sites}:
                return
            if not done:
                time.sleep(AGAIN)  # others are at what is left


def take_up_pages(site: Site, archive: Archive) -> dict[str, int]:
    """File the standing pages that were captured before the site's file said to keep them."""
    found = archive.pages.take_up(site.name, lambda url: article_key(site, url), reader(site, archive))
    return {"pages": found["pages"]} if found else {}


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *(set(other) - set(one)))}
