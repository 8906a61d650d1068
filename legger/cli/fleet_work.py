"""Bulk work that workers of a fleet do, as the command sees it that asked for it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive import Archive
from archive.errors import NotFound, UsageError
from archive.operations.schedule import IMPORT, REREAD
from archive.shards import BulkProgress
from crawler.fleet.sites import PublishedSites
from crawler.siteconfig.site import Site
from legger.cli.console import err, many, plain, progress, writing

LOOK = 1.0
"""Seconds between two looks at how far it is."""


@contextmanager
def archive_of_a_fleet(where: str | None) -> Iterator[Archive]:
    """An archive that workers reach. Raises :class:`UsageError` for one in a file."""
    with writing(where) as archive:
        if archive.fleet.on_one_machine:
            raise UsageError("a fleet needs an archive in PostgreSQL: docs/fleet.md; without one: --jobs")
        yield archive


def follow(archive: Archive, doing: str, so_far: Callable[[], BulkProgress], *, ended_by: str = "") -> None:
    """Show how far the work is that is planned, until it is done. Whoever stops waiting stops nothing.

    *doing*: what is done, as a bar says it; *ended_by*: the option that ends it.
    """
    if not archive.fleet.status(now=datetime.now(UTC)).workers:
        err.print(plain("No worker runs: it waits for 'legger worker' and a clock.", "yellow"))
    try:
        with progress(doing) as update:
            while not (found := so_far()).done:
                update(found.versions_done, total=found.versions, says=said_of(found))
                time.sleep(LOOK)
    except KeyboardInterrupt:
        ends = f", {ended_by} ends it" if ended_by else ""
        err.print(f"It goes on without this command; 'legger fleet' shows it{ends}.")
        raise


def said_of(bulk: BulkProgress) -> str:
    """How far bulk work has come, over all processes."""
    of = f" of {many(bulk.entries, 'site')}" if bulk.kind == REREAD else ""
    what = "answers" if bulk.kind == IMPORT else "versions"
    return (
        f"{bulk.shards_done:,} of {bulk.shards:,} shards, "
        f"{bulk.versions_done:,} of {bulk.versions:,} {what}{of}"
    )


def published_sites(archive: Archive, names: Sequence[str]) -> list[Site]:
    """The sites that are published, all or some; one whose file is wrong is told, and left out.

    Raises :class:`NotFound` for one that is not published.
    """
    with tempfile.TemporaryDirectory(prefix="legger-sites-") as folder:
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
