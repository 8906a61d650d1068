"""Pages of an import read ahead by other processes, while this one keeps and files them in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import datetime
from itertools import islice
from typing import TypeVar

from archive.model.types import Article, Capture, ReadAgain
from archive.process_pool import ProcessKilled
from crawler.ingest.reading_processes import ReadingProcesses
from crawler.siteconfig.site import Site

T = TypeVar("T")

AHEAD = 16
"""Pages for each process that are on their way."""


class PagesAhead:
    """Reads what is coming. What could not be read ahead is read when its turn comes, as without this."""

    def __init__(self, where: str, jobs: int) -> None:
        """*where*: the archive, with its password; its processes start when the first page is read."""
        self._processes = ReadingProcesses(where, jobs)
        self._read: dict[tuple[str, str, datetime], Future[Article]] = {}

    def window(
        self, some: Iterable[T], begin: Callable[[T], tuple[Site, int, Capture] | None]
    ) -> Iterator[T]:
        """The same, some places later: *begin* is asked of each, for the page to be read of it, with its site
        and the version of its memory; ``None``: there is none to read ahead."""
        coming, rest = deque[T](), iter(some)
        while True:
            for each in islice(rest, max(0, AHEAD * self._processes.number - len(coming))):
                coming.append(each)
                if (page := begin(each)) is not None:
                    self._read[_key(page[2])] = self._processes.page(*page)
            if not coming:
                return
            yield coming.popleft()

    def article(self, capture: Capture) -> Article | None:
        """How a page reads that was read ahead, but for what the archive knows of it; ``None``: it was not,
        or cannot be read. Each is asked for once. Raises :class:`ProcessKilled`."""
        found = self._read.pop(_key(capture), None)
        if found is None:
            return None
        try:
            return self._processes.result(found)
        except ProcessKilled:
            raise
        except Exception:  # whatever it is: reading it here says so to who files it
            return None

    def close(self) -> None:
        """End the processes."""
        self._processes.close()


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
