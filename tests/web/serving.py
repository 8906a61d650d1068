"""A running reading room, for clients that want a real one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from archive import Archive
from archive.annotations import Annotations
from legger.web import WebContext, application


@contextmanager
def serving(shelf: Path) -> Iterator[str]:
    """Its address, for as long as it runs."""
    with Archive.open(shelf, read_only=True, seconds=10) as archive:
        desk = WebContext(
            archive=archive, stacks=archive, name="Streekarchief", annotations=Annotations.beside(str(shelf))
        )
        server = uvicorn.Server(uvicorn.Config(application(desk), port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join()
