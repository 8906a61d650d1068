"""``legger export``: articles and versions as JSON Lines, captures as web archives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from archive.export.jsonl import export as write
from archive.export.warc import Chosen
from legger.cli.console import archive_option, err, examples, in_order, known_site, reading
from legger.cli.query.web_archive import web_archive
from legger.dates import instant


@click.command(
    epilog=examples(
        "legger export -o news.jsonl.gz",
        "legger export --format warc --site oost -o oost-warc",
        "legger export --format wacz -o news.wacz",
        "legger export --site oost --since 2026-01-01 | jq .title",
    )
)
@archive_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="FILE.jsonl, .jsonl.gz or .jsonl.zst (default: stdout); FOLDER for warc, FILE.wacz.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "warc", "wacz"]),
    default="jsonl",
    show_default=True,
    help="Rows (jsonl), or the captures themselves as web archives (warc, wacz).",
)
@click.option("--no-gzip", is_flag=True, help="WARC files as they are, not packed.")
@click.option(
    "--max-size", metavar="SIZE", default="1GB", show_default=True, help="Most bytes of one WARC file."
)
@click.option("--site", help="Only this site.")
@click.option("--since", metavar="TIME", help="Only versions first seen at this time or later.")
@click.option("--until", metavar="TIME", help="Only versions first seen before this time.")
@click.option(
    "--versions",
    type=click.Choice(["latest", "all"]),
    default="latest",
    show_default=True,
    help="One row per article, or one per version.",
)
def export(
    where: str | None,
    output: str | None,
    form: str,
    no_gzip: bool,
    max_size: str,
    site: str | None,
    since: str | None,
    until: str | None,
    versions: Literal["latest", "all"],
) -> None:
    """Write the archive as JSON Lines: one consistent snapshot, in a stable order, whole or not at all.

    With --format warc, the captures themselves into a folder of WARC files, with an index, a list of what
    could not be harvested and the crawl log; with --format wacz, the same as one file with a list of pages.
    There --since and --until mean when a page was captured.
    """
    begin, end = instant(since), instant(until)
    in_order(begin, end)
    if form in ("warc", "wacz"):
        web_archive(
            where, output, form, Chosen(site=site, since=begin, until=end), packed=not no_gzip, size=max_size
        )
        return
    with reading(where) as archive:
        known_site(archive, site)
        written = write(
            archive,
            Path(output) if output and output != "-" else sys.stdout.buffer,
            site=site,
            since=begin,
            until=end,
            versions=versions,
        )
    if output and output != "-":
        err.print(f"{written.rows:,} rows -> {output}  sha256 {written.digest[:16]}...", markup=False)
        err.print(
            f"{written.manifest}: digests, and the head of the chain (seal {written.head.seal})", markup=False
        )
