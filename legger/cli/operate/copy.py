"""``legger copy``: an archive into another database."""

from __future__ import annotations

import os

import click

from archive import Archive
from archive.copying import Beside
from archive.copying import copy as copied
from archive.db.backend import url_of
from archive.errors import UsageError
from legger.cli.console import examples, many, out, plain, progress


@click.command(
    epilog=examples(
        "legger copy legger.db postgresql+psycopg://legger@/legger",
        "legger copy postgresql+psycopg://legger@/legger copy.db",
    )
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--jobs", type=click.IntRange(1), help="Processes at work. Default: one for each core.")
def copy(source: str, target: str, jobs: int | None) -> int:
    """Copy the archive FROM into TO, each a path or an SQLAlchemy URL, and prove that they are equal.

    TO does not exist yet, or is an empty database. Rows keep their numbers: citations, seals and exports stay
    what they are. Run the same command again after an interruption: it goes on where it was. Stop the clock
    while it runs. Into PostgreSQL several processes copy beside each other; back
    into a file, one does, and several prove.
    """
    if url_of(source) == url_of(target):
        raise UsageError("FROM and TO are the same archive")
    with (
        Archive.open(source, create=False, read_only=True) as old,
        Archive.open(target) as new,
        progress("copying") as update,
    ):
        rows = copied(
            old,
            new,
            progress=lambda what, done, of: update(done, total=of, says=what),
            beside=Beside(source=source, target=target, number=jobs or os.cpu_count() or 1),
        )
        head = new.integrity.head()
    out.print(plain(f"{many(rows, 'row')} copied, and equal to the source.", "bold green"))
    out.print(plain(f"Head of the chain: {head.seal}:{head.digest}", "dim"), soft_wrap=True)
    return 0
