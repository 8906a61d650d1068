"""A process that ends with the one that started it, however that one ended. Knows nothing of visits."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time

log = logging.getLogger(__name__)

TIED = "LEGGER_TIED"
"""In the environment of a process that is to end so: the number of the one that started it."""
PATIENCE = 20.0
"""Seconds that it has to finish and commit."""
LOOK = 0.5
"""Seconds between two looks at who the parent is."""


def end_with_parent() -> None:
    """Watch for the end of the process that started this one, if it asked for that."""
    if by := os.environ.pop(TIED, ""):
        threading.Thread(target=_watch, args=(int(by),), name="tied", daemon=True).start()


def _watch(by: int) -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()  # a copy of the fork server, whose own parent is not who asked for it
    else:
        while os.getppid() == by:
            time.sleep(LOOK)
    log.error("the process that started this one is no more; it finishes")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)
