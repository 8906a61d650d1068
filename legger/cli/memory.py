"""``legger boilerplate | reread | regroup``: what a site's memory knows; reading and grouping again."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from archive.types import Remembered
from crawler.identity import article_key
from crawler.ingest import reader
from crawler.site import load_site, load_sites
from legger.cli.screen import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    out,
    plain,
    print_json,
    print_rows,
    progress,
    reading,
    table,
    writing,
)


@click.command(epilog=examples("legger boilerplate hartvanhaaksbergen --limit 20"))
@archive_option
@click.argument("site")
@click.option(
    "--limit", type=int, default=25, show_default=True, help="How many lines, most seen first; 0: all."
)
@json_option
def boilerplate(where: str | None, site: str, limit: int, as_json: bool) -> None:
    """What the archive learned to leave out on a site: each text, in how many articles, since when."""
    with reading(where) as archive:
        memory = archive.memory(site)
    lines = sorted(memory.lines, key=lambda line: (line.pin is None, -line.seen, line.text))[: limit or None]
    if as_json:
        print_rows(lines)
        return
    if not lines:
        out.print(f"Nothing learned about {site} yet: it takes a few articles.", markup=False)
        return
    out.print(
        plain(
            f"{site}: memory version {memory.version}, from {memory.articles} articles, "
            f"{day_and_time(memory.learned_at)}",
            "bold",
        )
    )
    rows = table(("seen in", NUMBER), ("since", WHOLE), ("text", CUT), ("pin", WHOLE))
    for line in lines:
        rows.add_row(
            seen_in(line),
            line.since.date().isoformat() if line.since else "-",
            plain(line.text),
            line.pin or "",
        )
    out.print(rows)


def seen_in(line: Remembered) -> str:
    """``40 of 40``."""
    return f"{line.seen} of {line.of}"


@click.command(epilog=examples("legger reread", "legger reread hartvanhaaksbergen"))
@archive_option
@click.argument("names", metavar="[NAME]...", nargs=-1)
@json_option
def reread(where: str | None, names: tuple[str, ...], as_json: bool) -> None:
    """Read the stored captures again with today's extractor, rules and memory. Never makes a version."""
    sites = [load_site(name) for name in names] or list(load_sites().values())
    report: dict[str, dict[str, int]] = {}
    with writing(where) as archive, progress("reading again", len(sites)) as update:
        for done, site in enumerate(sites):
            update(done, says=site.name)
            counts = dict(archive.reread(site.name, reader(site, archive)))
            archive.commit()
            if any(counts.values()):
                report[site.name] = counts
    if as_json:
        print_json(report)
        return
    for name, counts in report.items():
        out.print(plain(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items())))
    if not report:
        err.print("Nothing to read again.")


@click.command(epilog=examples("legger regroup hartvanhaaksbergen"))
@archive_option
@click.argument("name", metavar="NAME")
@json_option
def regroup(where: str | None, name: str, as_json: bool) -> None:
    """Group a site's captures anew, after `identity` in its file has changed. Run it before the next visit.

    Articles that turn out to be one go on as the earliest; one that turns out to be several is taken apart.
    No version is lost, and citations stay valid.
    """
    site = load_site(name)

    def key_of(url: str, canonical: str | None) -> str:
        return article_key(site, url, canonical)

    with writing(where) as archive:
        counts = archive.regroup(site.name, key_of, reader(site, archive), at=datetime.now(UTC))
        archive.index()
    if as_json:
        print_json(counts)
        return
    said = {
        "renamed": "articles got another identity",
        "moved": "articles go on as an earlier one",
        "split": "articles were taken apart",
        "refiled": "captures were filed again",
        "left": "captures were left where they are: their identity has an article by now",
    }
    for what, count in counts.items():
        out.print(plain(f"{count:,} {said[what]}"))
    if not counts:
        out.print("Every capture stands where the rule puts it.")
