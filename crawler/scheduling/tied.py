"""A visit that ends with the process that started it, however that one ended: it finishes and commits."""

from __future__ import annotations

import logging
import os
import signal
import time

from archive.orphans import when_orphaned

log = logging.getLogger(__name__)

TIED = "LEGGER_TIED"
"""In the environment of a process that is to end so: the number of the one that started it."""
PATIENCE = 20.0
"""Seconds that it has to finish and commit."""


def end_with_parent() -> None:
    """Watch for the end of the process that started this one, if it asked for that."""
    if by := os.environ.pop(TIED, ""):
        when_orphaned(_finish, number=int(by))


def _finish() -> None:
    log.error("the process that started this one is no more; it finishes")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)
