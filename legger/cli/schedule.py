"""``legger schedule``: the clock."""

from __future__ import annotations

from pathlib import Path

import click

from legger.cli.screen import archive_option, examples
from legger.config import load


@click.command(epilog=examples("legger schedule", "legger schedule --every 3 --at-most 4"))
@archive_option
@click.option(
    "--every", type=float, default=6, show_default=True, metavar="HOURS", help="Between two visits."
)
@click.option("--at-most", type=click.IntRange(1), default=2, show_default=True, help="Visits at a time.")
@click.option("--logs", default="logs", show_default=True, help="Folder of one log per visit.")
def schedule(where: str | None, every: float, at_most: int, logs: str) -> None:
    """Visit every site when it is due, until stopped: one process per visit, one visit per site.

    Ctrl-C or SIGTERM lets the visits under way finish and commit.
    """
    from datetime import timedelta

    from scheduler import Clock, run_until_stopped

    clock = Clock(archive=load(where).archive, every=timedelta(hours=every), at_most=at_most, logs=Path(logs))
    run_until_stopped(clock)
