"""``legger reread --fleet``: planned here, done by the workers, followed until it is done."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from archive import Archive
from archive.errors import NotFound, UsageError
from archive.operations.schedule import REREAD
from archive.shards import together
from crawler.fleet.sites import PublishedSites
from crawler.rereading import planned
from crawler.siteconfig.site import Site
from legger.cli.console import err, plain, progress, writing
from legger.cli.crawling.fleet import said_of

LOOK = 1.0
"""Seconds between two looks at how far it is."""


def reread_on_the_fleet(where: str | None, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Let workers read sites again, all that are published or some; returns counts by site when they have.

    Whoever stops waiting stops nothing: the same command waits again. Raises :class:`UsageError` for an
    archive in a file, :class:`NotFound` for sites that are not published.
    """
    with writing(where) as archive:
        if archive.fleet.on_one_machine:
            raise UsageError("a fleet needs an archive in PostgreSQL: docs/fleet.md; without one: --jobs")
        sites = planned(published_sites(archive, names), archive)
        _make_due(archive, sites)
        mine = [site.name for site in sites]
        if not archive.fleet.status(now=datetime.now(UTC)).workers:
            err.print(plain("No worker runs: it waits for 'legger worker' and a clock.", "yellow"))
        try:
            with progress("reading again") as update:
                while not (so_far := together(REREAD, archive.shards.progress(REREAD, mine).values())).done:
                    update(so_far.versions_done, total=so_far.versions, says=said_of(so_far))
                    time.sleep(LOOK)
        except KeyboardInterrupt:
            err.print("It goes on without this command; 'legger fleet' shows it.")
            raise
        found = {site: dict(each.counts) for site, each in archive.shards.progress(REREAD, mine).items()}
        for name in found:
            archive.shards.forget(REREAD, name)
    return found


def published_sites(archive: Archive, names: Sequence[str]) -> list[Site]:
    """The sites that are published, all or some; one whose file is wrong is told, and left out.

    Raises :class:`NotFound` for one that is not published.
    """
    with tempfile.TemporaryDirectory(prefix="legger-reread-") as folder:
        published = PublishedSites(Path(folder))
        published.refresh(archive)
        known = published.names()
        for name in names:
            if name not in known:
                raise NotFound(f"{name} is not published to the fleet: legger fleet publish")
        sites = [published.plan(name) for name in names or known]
    for each in sites:
        if not each.source:  # no file that could be read says this
            err.print(plain(f"{each.name}: its file is wrong, and it is left out: legger site check", "red"))
    return [each for each in sites if each.source]


def _make_due(archive: Archive, sites: Sequence[Site]) -> None:
    """Put what is to be done on the schedule, from which a clock hands it out."""
    now = archive.schedule.now()
    paused = {each.site for each in archive.schedule.entries() if each.paused_at is not None}
    for site in sites:
        if site.name in paused:
            raise UsageError(f"{site.name} is paused, and workers leave it alone: legger schedule resume")
        if archive.shards.next(REREAD, site.name) is not None:
            archive.schedule.add_entry(site.name, kind=REREAD, due_at=now, at_latest=now)
