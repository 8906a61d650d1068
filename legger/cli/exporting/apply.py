"""``legger apply``: an export brought up to date with increments."""

from __future__ import annotations

from pathlib import Path

import click

from archive.errors import UsageError
from archive.export.increments import apply_files
from legger.cli.console import err, examples, many


@click.command(
    epilog=examples("legger apply corpus.jsonl.gz monday.jsonl.gz tuesday.jsonl.gz -o corpus-new.jsonl.gz")
)
@click.argument("old", metavar="EXPORT")
@click.argument("increments", metavar="INCREMENT...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE", required=True, help="FILE.jsonl, .jsonl.gz or .jsonl.zst.")
@click.option("--force", is_flag=True, help="Write over what stands there.")
def apply(old: str, increments: tuple[str, ...], output: str, force: bool) -> None:
    """Bring an export up to date with what 'legger export --since-cursor' wrote after it, oldest first.

    Needs no archive: what was redacted meanwhile loses its words, what is not chosen any more its row.
    """
    to = Path(output)
    if to.exists() and not force:
        raise UsageError(f"{to} stands there already: choose another name, or add --force")
    for each in (old, *increments):
        if not Path(each).is_file():
            raise UsageError(f"there is no file {each}")
    rows = apply_files(Path(old), [Path(each) for each in increments], to)
    err.print(f"{many(rows, 'row')} -> {output}", markup=False)
