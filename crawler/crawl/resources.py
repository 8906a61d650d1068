"""What a visit takes of its process: CPU and memory, and no more than it may."""

from __future__ import annotations

import sys
import time

from archive.model.reports import RunCost
from crawler.ingest.page_reader import PageReader


class ResourceMeter:
    """Measures from when it is made: this process, and the one that reads pages for it."""

    def __init__(self, pages: PageReader | None = None) -> None:
        self._pages = pages
        self._began = self._taken()

    def _taken(self) -> float:
        return time.process_time() + (self._pages.cpu_taken if self._pages is not None else 0.0)

    def read(self, *, requests: int, received: int) -> RunCost:
        """The cost so far, beside what the visit counted itself."""
        cpu = self._taken() - self._began
        return RunCost(requests=requests, received=received, cpu=cpu, memory=peak_memory())


def peak_memory() -> int:
    """Most bytes this process held so far; 0 where that cannot be told."""
    try:
        import resource
    except ImportError:  # Windows has no such counts
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def bound_memory(megabytes: int) -> None:
    """No more memory than that for this process: what would take more fails. 0: no bound.

    Where whoever started it allows less, that stays.
    """
    try:
        import resource
    except ImportError:
        return
    _, allowed = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes << 20
    if megabytes and (allowed == resource.RLIM_INFINITY or wanted < allowed):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, wanted))
