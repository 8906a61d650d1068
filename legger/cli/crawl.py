"""``legger crawl``: visit sites."""

from __future__ import annotations

import click

from archive.errors import UsageError
from crawler.site import load_site, load_sites
from legger.cli.screen import (
    NUMBER,
    WHOLE,
    archive_option,
    err,
    examples,
    json_option,
    out,
    plain,
    print_json,
    progress,
    table,
)
from legger.config import load

COUNTED = ("pages", "new", "changed", "same", "gone", "failed")


@click.command(
    epilog=examples("legger crawl tubantia oost", "legger crawl --all", "legger crawl roskam --backfill")
)
@archive_option
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--all", "everything", is_flag=True, help="Every site of the operator (./sites or LEGGER_SITES)."
)
@click.option(
    "--backfill", is_flag=True, help="Walk everything the site links to, and look again at all it has."
)
@click.option(
    "--depth", type=click.IntRange(0), help="With --backfill: at most this many links from the front page."
)
@click.option("--pages", type=click.IntRange(1), help="At most this many pages per site in this visit.")
@json_option
def crawl(
    where: str | None,
    names: tuple[str, ...],
    everything: bool,
    backfill: bool,
    depth: int | None,
    pages: int | None,
    as_json: bool,
) -> int:
    """Visit sites: look at feeds, sitemaps and listings and at what is due, and file what was published.

    A visit that was cut short is taken up where it was left: give the same command again.
    """
    if bool(names) == everything:
        raise click.UsageError("name the sites to crawl, or say --all")
    if depth is not None and not backfill:
        raise click.UsageError("--depth goes with --backfill")
    sites = list(load_sites(shipped=False).values()) if everything else [load_site(name) for name in names]
    if not sites:
        raise UsageError("there are no sites yet: legger site add https://your.local.news/")
    from crawler.visit import Progress, visit

    config = load(where)
    with progress("crawling") as update:

        def show(seen: Progress) -> None:
            says = "  ".join(f"{getattr(seen, name)} {name}" for name in COUNTED[1:])
            update(seen.pages, seen.pages + seen.queued, says=says)

        reports = visit(
            sites,
            archive=config.archive,
            backfill=backfill,
            depth=depth,
            pages=pages or config.pages_per_visit or None,
            contact=config.contact,
            organisation=config.organisation,
            on_progress=show,
        )
    if as_json:
        print_json(reports)
    else:
        rows = table(
            ("site", WHOLE), *((name, NUMBER) for name in COUNTED), ("seconds", NUMBER), ("outcome", WHOLE)
        )
        for report in reports:
            rows.add_row(
                report.site,
                *(f"{getattr(report, name):,}" for name in COUNTED),
                f"{report.seconds:.1f}",
                plain(report.outcome, "" if report.outcome == "done" else "yellow"),
            )
        out.print(rows)
    for report in reports:
        if report.outcome == "busy":
            err.print(f"{report.site}: {report.reason}.", style="yellow", markup=False, highlight=False)
    failed = [report.site for report in reports if report.outcome == "failed"]
    if failed:
        err.print(f"Failed: {', '.join(failed)}. See the log above.", style="red", markup=False)
    return 1 if failed or any(report.outcome == "busy" for report in reports) else 0
