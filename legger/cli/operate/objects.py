"""``legger objects``: bodies outside the database, held against its rows and moved."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from archive.captures.object_storage import FORGOTTEN, StorageReport
from archive.errors import UsageError
from legger.cli.console import (
    archive_option,
    examples,
    json_option,
    many,
    out,
    plain,
    print_json,
    progress,
    reading,
    size,
    writing,
)


@click.command(
    epilog=examples(
        "legger objects                 # what is there, what is missing, what is stray",
        "legger objects --move-out      # from the database to where [objects] url says",
        "legger objects --sweep         # strays older than a day",
    )
)
@archive_option
@click.option("--move-out", is_flag=True, help="Move bodies from the database to object storage.")
@click.option("--move-in", is_flag=True, help="Move them back.")
@click.option("--sweep", is_flag=True, help="Delete objects to which nothing refers for a day or longer.")
@click.option(
    "--alone", is_flag=True, help="With --sweep, where the archive was copied: the other is no more."
)
@json_option
def objects(where: str | None, move_out: bool, move_in: bool, sweep: bool, alone: bool, as_json: bool) -> int:
    """Pages outside the database, in object storage or a folder, as [objects] in legger.toml says.

    Exit code 1 when an object is missing. An archive has its place to itself: --sweep deletes there what it
    does not know. 'legger compact', so the clock too, deletes what nothing has referred to for 30 days.
    """
    if alone and not sweep:
        raise UsageError("--alone goes with --sweep")
    if move_out + move_in + sweep > 1:
        raise UsageError("one thing at a time: --move-out, --move-in or --sweep")
    if move_out or move_in:
        with writing(where) as archive, progress("moving") as update:

            def tell(done: int, of: int) -> None:
                update(done, total=of)

            storage = archive.object_storage
            moved = storage.move_out(progress=tell) if move_out else storage.move_in(progress=tell)
        out.print(plain(f"{many(moved, 'page')} moved"))
    elif sweep:
        with writing(where) as archive:
            if alone:
                archive.object_storage.note_alone()
            elif archive.object_storage.report().shared:
                raise UsageError(
                    "this archive was copied, and the other one may need what is stray here; when it is no "
                    "more: legger objects --sweep --alone"
                )
            gone = archive.object_storage.sweep(now=datetime.now(UTC))
        out.print(plain(f"{many(gone, 'stray object')} deleted"))
    with reading(where) as archive:
        report = archive.object_storage.report()
    if as_json:
        print_json(report)
    else:
        _tell(report)
    return 1 if report.missing else 0


def strays(report: StorageReport) -> str:
    """What is said of objects to which nothing refers: packing leaves them, and they are no problem."""
    what = f"{many(report.stray, 'object')} ({size(report.stray_size)})"
    said = f"{what} in {report.place} to which nothing refers"
    if report.shared:
        return f"{said}; kept for the copy of this archive, until legger objects --sweep --alone"
    return f"{said}: packing leaves them; legger compact deletes those older than {FORGOTTEN.days} days"


def _tell(report: StorageReport) -> None:
    out.print(
        plain(f"{many(report.objects, 'object')}, {size(report.size)}, in {report.place}"), soft_wrap=True
    )
    for key in report.missing[:20]:
        out.print(plain(f"missing: {key}", "red"), soft_wrap=True)
    if len(report.missing) > 20:
        out.print(plain(f"and {len(report.missing) - 20} more are missing", "red"))
    if report.stray:
        out.print(plain(strays(report), "dim"), soft_wrap=True)
    if report.keeps_versions:
        out.print(plain("what is deleted stays there as an earlier version", "yellow"))
