"""``legger practice``: the practice newspaper on this machine, to try things on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.errors import UsageError
from legger.cli.console import WHOLE, err, examples, out, table

if TYPE_CHECKING:
    from legger.simulator import Newspaper


@click.command(epilog=examples("legger practice --sites sites &", "legger crawl --all --backfill"))
@click.option(
    "--sites", "folder", default="sites", show_default=True, help="Write the houses' site files here."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port on each of 127.0.0.1, 127.0.0.2, ...; default: any free.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another newspaper.")
@click.option(
    "--articles",
    type=click.IntRange(1),
    default=40,
    show_default=True,
    help="Articles per house at its opening.",
)
def practice(folder: str, port: int, seed: int, articles: int) -> None:
    """Run the practice newspaper: local news sites on loopback that know the truth about themselves.

    Its clock is LEGGER_NOW (an instant, or a file that holds one); without it, it stands at its opening.
    """
    from legger.simulator import Newspaper

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with _opened(Newspaper(seed=seed, port=port, articles=articles), port) as paper:
        paper.write_sites(Path(folder))
        houses = table(("site", WHOLE), ("address", WHOLE), "kind")
        for house in paper.houses:
            houses.add_row(house.site.name, house.site.url, house.site.title)
        out.print(houses)
        out.file.flush()
        err.print(f"Site files are in {folder}/. Ctrl-C stops the newspaper.")
        try:
            stop.wait()
        except KeyboardInterrupt:
            err.print("The newspaper has closed.")


@contextmanager
def _opened(paper: Newspaper, port: int) -> Iterator[Newspaper]:
    """The newspaper, answering. Raises :class:`UsageError` for a port that is taken."""
    with ExitStack() as stack:
        try:
            stack.enter_context(paper)
        except OSError as error:
            raise UsageError(f"--port {port}: {error.strerror or error}; 0 takes any free one") from error
        yield paper
