"""``legger import --fleet``: planned here, done by the workers, followed until it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archive.errors import UsageError
from crawler.importing.fleet import FleetImport, some_shards
from crawler.importing.report import ImportReport, NotAnArticle
from crawler.siteconfig.files import named_sites
from legger.cli.console import err, plain, progress, writing
from legger.cli.fleet_work import archive_of_a_fleet, follow, published_sites


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
    with archive_of_a_fleet(where) as archive:
        importing = FleetImport(archive, files, names)
        if give_up:
            there = importing.forget()
            err.print("given up; what was filed stays" if there else "no such import is under way")
            return None
        with progress("looking through") as update:
            importing.plan(published_sites(archive, names), update)
        follow(archive, "importing", importing.progress, ended_by="--give-up")
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
