"""``legger crawl``: visit sites."""

from __future__ import annotations

import logging
import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from archive.errors import LeggerError, UsageError
from archive.operations import health_signals
from archive.operations.health_issue import HealthIssue
from crawler.siteconfig.files import load_sites, named_sites
from legger import logs
from legger.cli.console import (
    NUMBER,
    WHOLE,
    archive_option,
    err,
    examples,
    json_option,
    log_json_option,
    many,
    out,
    plain,
    print_json,
    progress,
    table,
)
from legger.config import Config, load

if TYPE_CHECKING:
    from archive import Archive
    from crawler.runner import VisitReport

log = logging.getLogger(__name__)

FAILED = ("failed", "refused", "busy")
"""Outcomes with which the command ends with 1."""
SCREENSHOTS, SCREENSHOT_SECONDS = 200, 120
"""Made behind a visit at most, and how long they may take."""
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
@click.option("--poll", is_flag=True, help="Only feeds and sitemaps, and what they newly name.")
@click.option(
    "--depth", type=click.IntRange(0), help="With --backfill: at most this many links from the front page."
)
@click.option("--pages", type=click.IntRange(1), help="At most this many pages per site in this visit.")
@json_option
@log_json_option
def crawl(
    where: str | None,
    names: tuple[str, ...],
    everything: bool,
    backfill: bool,
    poll: bool,
    depth: int | None,
    pages: int | None,
    as_json: bool,
    log_json: bool,
) -> int:
    """Visit sites: look at feeds, sitemaps and listings and at what is due, and file what was published.

    A visit that was cut short is taken up where it was left: give the same command again.
    """
    if bool(names) == everything:
        raise click.UsageError("name the sites to crawl, or say --all")
    if poll and backfill:
        raise click.UsageError("--poll and --backfill are two things; say one")
    if depth is not None and not backfill:
        raise click.UsageError("--depth goes with --backfill")
    found = load_sites(shipped=False) if everything else named_sites(names)
    sites, broken = list(found.sound.values()), found.broken
    if not sites and not broken:
        raise UsageError("there are no sites yet: legger site add https://your.local.news/")
    if log_json:
        logs.configure(json=True, site=sites[0].name if len(sites) == 1 else None)
        from crawler import settings

        vars(settings)["LOG_INSTALL_ROOT_HANDLER"] = False  # Scrapy's own lines are not JSON
    from crawler.crawl.resources import bound_memory
    from crawler.runner import Progress, visit

    bound_memory(int(os.environ.get("LEGGER_MEMORY_LIMIT") or 0))
    config = load(where)
    with progress("crawling") as update:
        told: dict[str, str] = {}

        def show(seen: Progress) -> None:
            for name, how_long in seen.backlogs.items():
                if told.get(name) != how_long and not logs.for_programs():  # they have the log
                    err.print(plain(f"{name}: {how_long}; the newest first"), highlight=False, soft_wrap=True)
                told[name] = how_long
            says = "  ".join(f"{getattr(seen, name)} {name}" for name in COUNTED[1:])
            update(seen.pages, seen.pages + seen.queued, says=says)

        reports = visit(
            sites,
            archive=config.archive,
            backfill=backfill,
            poll=poll,
            depth=depth,
            pages=pages or config.pages_per_visit or None,
            contact=config.contact,
            organisation=config.organisation,
            ground=config.ground,
            signing=_signing(config),
            broken=broken,
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
    _tell_how_they_ended(reports)
    visited = {report.site for report in reports if report.outcome not in ("busy", "refused")}
    _make_screenshots(
        config.archive, [each.name for each in sites if each.assets.screenshot and each.name in visited]
    )
    return 1 if any(report.outcome in FAILED for report in reports) else 0


def _tell_how_they_ended(reports: list[VisitReport]) -> None:
    """On stderr: to programs every visit, to people what went amiss."""
    if logs.for_programs():
        for report in reports:
            level = logging.ERROR if report.outcome in FAILED else logging.INFO
            said = {"site": report.site, "facts": asdict(report)}
            log.log(level, "visit %s", report.outcome, extra=said)
        return
    for report in reports:
        if report.assets or report.assets_missed or report.assets_left:
            answers = many(report.assets, "answer")
            says = (
                f"{report.site}: {answers} for pictures, style sheets and fonts, "
                f"{report.assets_missed:,} missed, {report.assets_left:,} left for the next visit"
            )
            err.print(plain(says), highlight=False, soft_wrap=True)
        if report.outcome == "done":
            continue
        style = "red" if report.outcome in ("failed", "refused") else "yellow"
        says = f"{report.site}: {report.outcome}: {report.reason}"
        err.print(plain(says, style), highlight=False, soft_wrap=True)


def _make_screenshots(where: str, names: list[str]) -> None:
    """Behind the visits, of sites that ask for them. What goes amiss is told; no visit fails by it."""
    if not names:
        return
    from archive import Archive  # loads SQLAlchemy
    from legger.pictures.screenshots import take

    try:
        with Archive.open(where, create=False) as archive:
            try:
                with progress("screenshots") as update:
                    made = take(archive, names, limit=SCREENSHOTS, seconds=SCREENSHOT_SECONDS, update=update)
            except UsageError as error:  # no browser
                for name in names:
                    _alarm_of_screenshots(archive, name, str(error))
                raise
            if made.made:
                for name in names:
                    _alarm_of_screenshots(archive, name, "")
    except LeggerError as error:
        says = f"{', '.join(names)}: no screenshots were made: {error}"
        if logs.for_programs():
            log.error("%s", says)
        else:
            err.print(plain(says, "yellow"), highlight=False, soft_wrap=True)
        return
    if made.failed or made.left:
        more = "; more are left: the next visit goes on, or legger screenshots" if made.left else ""
        says = f"{many(made.made, 'screenshot')} made, {made.failed:,} could not be{more}"
        err.print(plain(says), highlight=False, soft_wrap=True)


def _alarm_of_screenshots(archive: Archive, name: str, why: str) -> None:
    """What is wrong with the making of a site's screenshots, told as other things are; empty: nothing."""
    now = datetime.now(UTC)
    says = f"{name}: its file asks for screenshots, and none are made: {why}"
    wrong = [HealthIssue(kind=health_signals.SCREENSHOTS, subject="", since=now, says=says)] if why else []
    archive.alarms.raise_alarms(name, wrong, now=now, kind=health_signals.SCREENSHOTS)


def _signing(config: Config) -> tuple[str, str] | None:
    return (str(config.bot.key), config.bot.directory) if config.bot else None
