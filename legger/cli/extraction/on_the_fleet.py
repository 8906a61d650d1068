"""``legger reread --fleet``: planned here, done by the workers, followed until it is done."""

from __future__ import annotations

from collections.abc import Sequence

from archive import Archive
from archive.errors import UsageError
from archive.operations.schedule import REREAD
from archive.shards import BulkProgress, together
from crawler.rereading import planned
from crawler.siteconfig.site import Site
from legger.cli.fleet_work import archive_of_a_fleet, follow, published_sites


def reread_on_the_fleet(where: str | None, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Let workers read sites again, all that are published or some; returns counts by site when they have.

    Whoever stops waiting stops nothing: the same command waits again. Raises :class:`UsageError` for an
    archive in a file, :class:`NotFound` for sites that are not published.
    """
    with archive_of_a_fleet(where) as archive:
        sites = planned(published_sites(archive, names), archive)
        _make_due(archive, sites)
        mine = [site.name for site in sites]

        def so_far() -> BulkProgress:
            return together(REREAD, archive.shards.progress(REREAD, mine).values())

        follow(archive, "reading again", so_far)
        found = {site: dict(each.counts) for site, each in archive.shards.progress(REREAD, mine).items()}
        for name in found:
            archive.shards.forget(REREAD, name)
    return found


def _make_due(archive: Archive, sites: Sequence[Site]) -> None:
    """Put what is to be done on the schedule, from which a clock hands it out."""
    now = archive.schedule.now()
    paused = {each.site for each in archive.schedule.entries() if each.paused_at is not None}
    for site in sites:
        if site.name in paused:
            raise UsageError(f"{site.name} is paused, and workers leave it alone: legger schedule resume")
        if archive.shards.next(REREAD, site.name) is not None:
            archive.schedule.add_entry(site.name, kind=REREAD, due_at=now, at_latest=now)
