"""Pages of an import read ahead by other processes, while this one keeps and files them in order."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from archive import Archive
from archive.errors import ArchiveError
from archive.model.types import Article, Capture, ReadAgain
from crawler.ingest.ingest import reader
from crawler.siteconfig.site import Site

T = TypeVar("T")

AHEAD = 16
"""Pages for each process that are on their way."""


class PagesAhead:
    """Reads what is coming. What could not be read ahead is read when its turn comes, as without this."""

    def __init__(self, where: str, jobs: int) -> None:
        """*where*: the archive, with its password; its processes start when the first page is read."""
        self._where, self._jobs = where, jobs
        self._processes: ProcessPoolExecutor | None = None
        self._read: dict[tuple[str, str, datetime], Future[Article]] = {}

    def window(
        self, some: Iterable[T], begin: Callable[[T], tuple[Site, int, Capture] | None]
    ) -> Iterator[T]:
        """The same, some places later: *begin* is asked of each, for the page to be read of it, with its site
        and the version of its memory; ``None``: there is none to read ahead."""
        coming, rest = deque[T](), iter(some)
        while True:
            for each in islice(rest, max(0, AHEAD * self._jobs - len(coming))):
                coming.append(each)
                if (page := begin(each)) is not None:
                    self._submit(*page)
            if not coming:
                return
            yield coming.popleft()

    def _submit(self, site: Site, memory: int, capture: Capture) -> None:
        if self._processes is None:
            context = multiprocessing.get_context("spawn")
            self._processes = ProcessPoolExecutor(
                self._jobs, context, initializer=_begin, initargs=(self._where,)
            )
        self._read[_key(capture)] = self._processes.submit(_read, site, memory, capture)

    def article(self, capture: Capture) -> Article | None:
        """How a page reads that was read ahead, but for what the archive knows of it; ``None``: it was not,
        or cannot be read. Each is asked for once. Raises :class:`ArchiveError` when a process was killed."""
        found = self._read.pop(_key(capture), None)
        if found is None:
            return None
        try:
            return found.result()
        except BrokenProcessPool as error:
            raise ArchiveError("a process that read pages was killed; run the same command again") from error
        except Exception:  # whatever it is: reading it here says so to who files it
            return None

    def close(self) -> None:
        """End the processes."""
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)


class ImportReader:
    """Reads captures, and remembers the last: whether it is late is asked before it is filed."""

    def __init__(self, read: ReadAgain, ahead: Callable[[Capture], Article | None]) -> None:
        self._read, self._ahead = read, ahead
        self._last: tuple[Capture, Article] | None = None

    def __call__(self, capture: Capture) -> Article:
        """How a page reads."""
        if self._last is None or self._last[0] is not capture:
            self._last = capture, self._ahead(capture) or self._read(capture)
        return self._last[1]


def _key(capture: Capture) -> tuple[str, str, datetime]:
    return capture.site, capture.url, capture.at


class _ReadingProcess:
    """What a process that reads holds."""

    archive: Archive
    known: tuple[str, int] | None = None
    read: ReadAgain


def _begin(where: str) -> None:
    _ReadingProcess.archive = Archive.open(where, create=False, read_only=True)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    """A process whose parent was killed has nobody to read for."""
    parent.join()
    os._exit(1)


def _read(site: Site, memory: int, capture: Capture) -> Article:
    own = _ReadingProcess
    if own.known != (site.name, memory):
        own.read, own.known = reader(site, own.archive, witness=False), (site.name, memory)
    return own.read(capture)
