"""``legger import --fleet``: planned here, done by the workers, followed until it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from archive.errors import UsageError
from crawler.importing.fleet import FleetImport, some_shards
from crawler.importing.report import ImportReport, NotAnArticle
from crawler.siteconfig.files import named_sites
from legger.cli.console import err, plain, progress, writing
from legger.cli.crawling.fleet import said_of
from legger.cli.extraction.on_the_fleet import published_sites

LOOK = 1.0
"""Seconds between two looks at how far it is."""


def import_on_the_fleet(
    where: str | None,
    files: Sequence[str],
    names: Sequence[str],
    *,
    tell: Callable[[NotAnArticle], None],
    give_up: bool,
) -> ImportReport | None:
    """Let workers import files that all of them reach; what came of it, when they have. ``None``: given up.

    Whoever stops waiting stops nothing: the same command waits again. Raises :class:`UsageError` for an
    archive in a file.
    """
    with writing(where) as archive:
        if archive.fleet.on_one_machine:
            raise UsageError("a fleet needs an archive in PostgreSQL: docs/fleet.md; without one: --jobs")
        importing = FleetImport(archive, files, names)
        if give_up:
            there = importing.forget()
            err.print("given up; what was filed stays" if there else "no such import is under way")
            return None
        with progress("looking through") as update:
            importing.plan(published_sites(archive, names), update)
        if not archive.fleet.status(now=datetime.now(UTC)).workers:
            err.print(plain("No worker runs: it waits for 'legger worker' and a clock.", "yellow"))
        try:
            with progress("importing") as update:
                while not (so_far := importing.progress()).done:
                    update(so_far.versions_done, total=so_far.versions, says=said_of(so_far))
                    time.sleep(LOOK)
        except KeyboardInterrupt:
            err.print("It goes on without this command; 'legger fleet' shows it, --give-up ends it.")
            raise
        if not importing.is_planned:
            raise UsageError("somebody else gave this import up, or has taken it over")
        report = importing.result()
        for each in importing.told():
            tell(each)
        importing.forget()
    return report


def next_shards(where: str | None, names: Sequence[str]) -> int:
    """Do some shards of each site; returns the exit status: 1 where somebody else is at one."""
    sites = named_sites(names)
    for error in sites.broken.values():
        err.print(plain(str(error), "red"), soft_wrap=True)
    with writing(where) as archive:
        done = [some_shards(site, archive) for site in sites.sound.values()]
    return 0 if all(done) and not sites.broken else 1
