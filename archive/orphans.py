"""A process that helps another, and has nobody to work for once that one was killed."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_when_orphaned() -> None:
    """End this process as soon as the one that started it is no more, whatever it is at."""
    if (parent := multiprocessing.parent_process()) is None:
        return

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, name="orphaned", daemon=True).start()
