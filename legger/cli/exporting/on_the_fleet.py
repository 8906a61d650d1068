"""``legger export --fleet``: planned here, made by the workers, followed until it is whole."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.exporting import Form
from archive.export.formats.methods import Describe
from archive.export.parts.fleet import FleetExport, make_some
from legger.cli.console import err, many, plain, progress, writing
from legger.cli.crawling.fleet import said_of

LOOK = 1.0
"""Seconds between two looks at how far it is."""


def export_on_the_fleet(
    where: str | None,
    output: str,
    choice: RowChoice,
    form: Form,
    *,
    describe: Describe,
    force: bool,
    give_up: bool,
) -> None:
    """Let workers make an export into a folder that all of them reach; returns when its manifest stands.

    Whoever stops waiting stops nothing: the same command waits again. Raises :class:`UsageError` for an
    archive in a file.
    """
    with writing(where) as archive:
        if archive.fleet.on_one_machine:
            raise UsageError("a fleet needs an archive in PostgreSQL: docs/fleet.md; without one: --jobs")
        export = FleetExport(archive, output, choice, form)
        if give_up:
            there = export.forget()
            said = "given up; files that stand there are left" if there else "no such export is under way"
            err.print(plain(f"{output}: {said}"))
            return
        with progress("planning"):
            export.plan(force=force, describe=describe)
        if not archive.fleet.status(now=datetime.now(UTC)).workers:
            err.print(plain("No worker runs: it waits for 'legger worker' and a clock.", "yellow"))
        try:
            with progress("exporting") as update:
                while not (so_far := export.progress()).done:
                    if not so_far.shards:
                        raise UsageError(f"{output}: somebody else gave this export up, or has taken it over")
                    update(so_far.versions_done, total=so_far.versions, says=said_of(so_far))
                    time.sleep(LOOK)
        except KeyboardInterrupt:
            err.print("It goes on without this command; 'legger fleet' shows it, --give-up ends it.")
            raise
        try:
            made = export.result()
        finally:
            export.forget()
    err.print(f"{many(made['rows'], 'row')} in {many(made['parts'], 'part')} -> {output}", markup=False)
    err.print(f"{export.manifest}: digests, and the head of the chain (seal {made['seal']})", markup=False)


def next_parts(where: str | None, entry: str) -> None:
    """Make some parts of an export: what a worker does."""
    with writing(where) as archive:
        make_some(archive, entry)
