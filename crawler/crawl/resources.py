"""What a visit takes of its process: CPU and memory, and no more than it may."""

from __future__ import annotations

import sys
import time

from archive.model.reports import RunCost


class ResourceMeter:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self._began = time.process_time()

    def read(self, *, requests: int, received: int) -> RunCost:
        """The cost so far, beside what the visit counted itself."""
        return RunCost(
            requests=requests, received=received, cpu=time.process_time() - self._began, memory=peak_memory()
        )


def peak_memory() -> int:
    """Most bytes this process held so far; 0 where that cannot be told."""
    try:
        import resource
    except ImportError:  # Windows has no such counts
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def bound_memory(megabytes: int) -> None:
    """No more memory than that for this process: what would take more fails. 0: no bound."""
    try:
        import resource
    except ImportError:
        return
    if megabytes:
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
