"""``legger snapshot``: a named corpus for a repository."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.web_archives.wacz import export_wacz
from archive.export.web_archives.warc import Chosen
from archive.preservation.bag import wrong_in_bag
from archive.preservation.snapshot import write_snapshot
from legger.cli.completion import sites
from legger.cli.console import (
    archive_option,
    err,
    examples,
    known_language,
    known_site,
    many,
    out,
    plain,
    progress,
    reading,
    take_up,
)
from legger.cli.exporting.export import described, tell_of_to_come
from legger.cli.exporting.web_archive import signature
from legger.config import load
from legger.dates import closing


@click.command(
    epilog=examples(
        "legger snapshot council-2026 --query raad --published 2026",
        "legger snapshot krant --site krant --captures",
        "legger snapshot krant --verify",
    )
)
@archive_option
@click.argument("name", metavar="NAME")
@click.option("--site", help="Only this site.", shell_complete=sites)
@click.option("--query", metavar="QUERY", help="Only what this finds; docs/search.md.")
@click.option("--published", metavar="DAYS", help="Only what was published then: 2026, 2026-03..2026-05.")
@click.option("--language", metavar="CODE", help="Only in this language.")
@click.option("--as-of", metavar="TIME", help="The corpus as it stood.")
@click.option("--captures", is_flag=True, help="The captures of the site too, as a WACZ.")
@click.option("--licence", metavar="URL", help="On what terms others may use it.")
@click.option("--verify", is_flag=True, help="Only check that the snapshot NAME is whole.")
def snapshot(
    where: str | None,
    name: str,
    site: str | None,
    query: str | None,
    published: str | None,
    language: str | None,
    as_of: str | None,
    captures: bool,
    licence: str | None,
    verify: bool,
) -> int:
    """Write a named corpus into the folder NAME: a bag (BagIt) that is an RO-Crate too.

    In it stand every version of what is chosen, its captures and edits, their manifest, a codebook, what
    happened (PREMIS: captures, readings, redactions, checks of fixity) and the digest of each file.
    """
    folder = Path(name)
    if verify:
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}")
        wrong = wrong_in_bag(folder)
        for each in wrong:
            err.print(plain(each, "red"))
        if not wrong:
            out.print("Whole: every file is as its digest says.")
        return 1 if wrong else 0
    if captures and (query or published or language or as_of):
        raise UsageError("captures are chosen by --site alone: leave the rest, or --captures, out")
    choice = RowChoice(
        site=site, query=query, published=published, language=language,
        as_of=closing(as_of) if as_of else None, versions="latest" if as_of else "all",
    )  # fmt: skip
    choice.asked()
    if query or published or language:
        take_up(where)
    config = load(where)
    tell_of_to_come(as_of)
    with reading(where) as archive, progress("writing", 0) as update:
        known_site(archive, site)
        known_language(archive, language)

        def write(path: Path) -> None:
            export_wacz(
                archive, path, Chosen(site=site), operator=config.organisation, sign=signature(config)
            )

        said = write_snapshot(
            archive, folder, choice, now=datetime.now(UTC).replace(microsecond=0),
            organisation=config.organisation, contact=config.contact, licence=licence, describe=described,
            captures=write if captures else None, update=update,
        )  # fmt: skip
    err.print(f"{many(said['articles'], 'article')}, {many(said['rows'], 'row')} -> {folder}", markup=False)
    return 0
