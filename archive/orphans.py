"""Processes that work for the one that started them: when it ends, so do they; Ctrl-C is for it alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import resource_tracker

LOOK = 0.5
"""Seconds between two looks at who the parent is, where the system does not tell of its end."""


@contextmanager
def deaf_to(*signals: signal.Signals) -> Iterator[None]:
    """Processes that are started meanwhile do not hear these signals, nor do those that they start, until
    :func:`hear_again`."""
    resource_tracker.ensure_running()  # else the first start does it, and lets these through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def deaf_to_interrupts() -> AbstractContextManager[None]:
    """Processes that are started meanwhile do not hear Ctrl-C, which goes to all processes of a terminal.

    The one that starts them hears it, and ends the others: each would print a traceback of its own.
    """
    return deaf_to(signal.SIGINT)


def hear_again() -> None:
    """In a process that was started deaf: hear Ctrl-C and SIGTERM, also one that was sent meanwhile."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


def end_when_orphaned() -> None:
    """End this process as soon as the one that started it is no more, whatever it is at.

    For processes of :mod:`multiprocessing` with nothing to finish; any other one goes on.
    """
    when_orphaned(lambda: os._exit(1))


def when_orphaned(then: Callable[[], None], *, number: int | None = None) -> None:
    """Call *then*, in a thread of its own, as soon as the process that started this one is no more.

    *number*: of that process, where this one may be a program of its own; without it, a process that
    :mod:`multiprocessing` did not start is not watched.
    """
    parent = multiprocessing.parent_process()
    if parent is None and number is None:
        return

    def follow() -> None:
        if parent is not None:
            parent.join()  # of a copy of the fork server, who asked for it: not its parent by the system
        else:
            while os.getppid() == number:
                time.sleep(LOOK)
        then()

    threading.Thread(target=follow, name="orphaned", daemon=True).start()
