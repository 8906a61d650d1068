"""Copying: versions a second from SQLite into PostgreSQL, with everything that is made of them, and back.

``--server`` names a PostgreSQL whose user may make databases. The archive is that of ``bench archive scale``.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from archive import Archive
from archive.copying import copy
from bench.helpers.made_up import say
from bench.helpers.scale import fill
from bench.writers import made


def main(arguments: list[str]) -> int:
    """Copy there and back."""
    parser = argparse.ArgumentParser(prog="python -m bench copying", description=__doc__)
    parser.add_argument("--server", required=True, help="postgresql://..., where databases may be made")
    parser.add_argument("--versions", type=int, default=100_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="legger-bench-") as folder:
        first, again = (str(Path(folder) / name) for name in ("first.db", "again.db"))
        Archive.open(first).close()
        fill(Path(first), options.versions)
        with Archive.open(first) as archive:
            archive.index.rebuild()
        where, drop = made(options.server, Path(folder))
        try:
            for source, target, what in ((first, where, "into PostgreSQL"), (where, again, "into SQLite")):
                _copy(source, target, what, options.versions)
        finally:
            drop()
    return 0


def _copy(source: str, target: str, what: str, versions: int) -> None:
    spent: dict[str, float] = {}
    last, since = "", time.perf_counter()

    def tell(part: str, done: int, of: int) -> None:
        nonlocal last, since
        now = time.perf_counter()
        kind = part if part.startswith(("full", "index")) else part.partition(" ")[0]
        spent[last] = spent.get(last, 0.0) + now - since
        last, since = ("proof" if kind == "proof" else kind if " " in part else "rows"), now

    began, cpu = time.perf_counter(), time.process_time()
    with Archive.open(source) as old, Archive.open(target) as new:
        rows = copy(old, new, progress=tell)
    took = time.perf_counter() - began
    tell("", 0, 0)
    say(f"{what}: versions a second", versions / took, f"{rows:,} rows, proved equal", form=",.0f")
    say("  CPU seconds of this process", time.process_time() - cpu, form=".1f")
    for part, seconds in spent.items():
        if part:
            say(f"  seconds: {part}", seconds, form=".1f")
