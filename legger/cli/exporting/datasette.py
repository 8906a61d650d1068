"""``legger datasette``: a metadata file, made from the schema's own comments, for Datasette."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from archive import files
from archive.export.tools import datasette as metadata
from legger.cli.console import err, examples


@click.command(
    epilog=examples(
        "legger datasette -o metadata.json",
        "datasette legger.db --metadata metadata.json   # needs: pip install datasette",
    )
)
@click.option("-o", "--output", metavar="FILE", help="Where to; default: stdout.")
@click.option("--name", default="legger", show_default=True, help="The archive's file name without .db.")
def datasette(output: str | None, name: str) -> None:
    """What Datasette needs to show the archive well: descriptions, canned queries, full-text search.

    Datasette shows all that is in the file, redacted articles too: it is for yourself, not for the public.
    """
    words = orjson.dumps(metadata(name), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if output is None or output == "-":
        click.echo(words, nl=False)
        return
    files.write(Path(output), words)
    err.print(f"{output}; now: datasette {name}.db --metadata {output}", markup=False)
