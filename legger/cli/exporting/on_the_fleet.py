"""``legger export --fleet``: planned here, made by the workers, followed until it is whole."""

from __future__ import annotations

from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.exporting import Form
from archive.export.formats.methods import Describe
from archive.export.parts.fleet import FleetExport, make_some
from archive.shards import BulkProgress
from legger.cli.console import err, many, plain, progress, writing
from legger.cli.fleet_work import archive_of_a_fleet, follow


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
    with archive_of_a_fleet(where) as archive:
        export = FleetExport(archive, output, choice, form)
        if give_up:
            there = export.forget()
            said = "given up; files that stand there are left" if there else "no such export is under way"
            err.print(plain(f"{output}: {said}"))
            return
        with progress("planning"):
            export.plan(force=force, describe=describe)

        def so_far() -> BulkProgress:
            if not (found := export.progress()).shards:
                raise UsageError(f"{output}: somebody else gave this export up, or has taken it over")
            return found

        follow(archive, "exporting", so_far, ended_by="--give-up")
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
