"""``legger worker | fleet``: many machines, one archive in PostgreSQL."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive import Archive
from archive.db.backend import url_of
from archive.errors import ArchiveError, NotAnArchive, OtherSchema, UsageError
from archive.operations.fleet import FleetStatus, FleetWorker
from archive.operations.schedule import EXPORT, IMPORT, REREAD
from crawler.clock import spelled
from crawler.siteconfig.files import operators_folder
from legger import logs
from legger.cli.console import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    err,
    examples,
    existing,
    json_option,
    log_json_option,
    many,
    out,
    plain,
    print_json,
    reading,
    shortly,
    table,
    writing,
)
from legger.cli.fleet_work import said_of
from legger.config import load

if TYPE_CHECKING:
    from crawler.fleet.planner import FleetPlanner

NEEDS = "a fleet needs the extra: pip install 'legger[fleet]'"


def planner_of(archive: str) -> FleetPlanner:
    """What puts visits on the queue of an archive. Raises :class:`UsageError` where none can be."""
    try:
        from crawler.fleet.planner import FleetPlanner
    except ImportError as error:
        raise UsageError(NEEDS) from error
    return FleetPlanner(archive)


def refuse_what_is_no_archive(where: str) -> None:
    """One that cannot be opened now is tried again; a program on the wrong file would fail for ever."""
    try:
        Archive.open(where).close()
    except (NotAnArchive, OtherSchema):
        raise
    except ArchiveError as error:
        err.print(plain(f"the archive cannot be opened now, and is tried again: {error}", "yellow"))


def refuse_what_is_no_queue(where: str) -> None:
    """One of a later release; one that cannot be reached now is tried again."""
    from crawler.fleet.queue import set_up

    with suppress(ArchiveError):
        try:
            set_up(where)
        except OtherSchema as error:
            raise UsageError(str(error)) from error


@click.command(epilog=examples("legger worker", "legger worker --concurrency 8"))
@archive_option
@click.option("--concurrency", type=click.IntRange(1), default=2, show_default=True, help="Visits at a time.")
@click.option("--logs", "folder", default="logs", show_default=True, help="Folder of one log per visit.")
@click.option(
    "--grace",
    type=click.FloatRange(0),
    default=120,
    show_default=True,
    metavar="SECONDS",
    help="What visits have to end when the worker is told to stop.",
)
@click.option(
    "--heartbeat",
    type=click.FloatRange(0.1, 600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="Between two signs of life; a worker that misses six is taken for dead.",
)
@log_json_option
def worker(
    where: str | None, concurrency: int, folder: str, grace: float, heartbeat: float, log_json: bool
) -> None:
    """Do the visits that 'legger schedule --fleet' hands out, until stopped.

    Sites that share servers are visited one at a time, by whichever worker. Ctrl-C or SIGTERM lets the visits
    under way end within --grace; for its last 30 seconds they are told to stop, and other workers do what is
    left. A second one ends them at once. The files of sites come from the archive.
    """
    try:
        from crawler.fleet.worker import FleetMember
    except ImportError as error:
        raise UsageError(NEEDS) from error
    config = load(where)
    member = FleetMember(
        archive=config.archive,
        at_most=concurrency,
        logs=Path(folder),
        grace=timedelta(seconds=grace),
        heartbeat=heartbeat,
    )
    refuse_what_is_no_archive(config.archive)
    refuse_what_is_no_queue(config.archive)
    logs.configure(json=log_json)
    if log_json:
        os.environ["LEGGER_LOG_JSON"] = "1"  # the visits' logs too
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    member.run()


@click.group(
    invoke_without_command=True,
    epilog=examples("legger fleet", "legger fleet --json", "legger fleet publish"),
)
@archive_option
@json_option
@click.pass_context
def fleet(context: click.Context, where: str | None, as_json: bool) -> None:
    """How a fleet stands: its workers and what they do, what is queued, how late it is."""
    if context.invoked_subcommand is not None:
        return
    with reading(where) as archive:
        found = archive.fleet.status(now=datetime.now(UTC))
    if as_json:
        print_json(
            {
                **asdict(found),
                "workers": [
                    {**asdict(each), "machine": each.machine, "alive": found.alive(each)}
                    for each in found.workers
                ],
                "lag": found.lag.total_seconds(),
                "connections_wanted": found.connections_wanted,
            }
        )
        return
    if not found.workers and url_of(existing(where)).get_backend_name() == "sqlite":
        out.print("An archive in a file has no fleet: its clock visits by itself (legger status).")
        return
    _tell_workers(found)
    waiting = [each for each in found.visits if not each.under_way]
    out.print()
    planner = f"A clock on {found.planner} plans." if found.planner else "No clock plans."
    out.print(plain(planner, "" if found.planner else "yellow"))
    out.print(plain(f"{found.due:,} due and not begun, {len(waiting):,} of them queued."))
    if found.oldest is not None:
        oldest = f"{found.oldest.site} ({found.oldest.kind}), since {shortly(found.oldest.due_at)}"
        out.print(plain(f"The oldest: {oldest}; {_long(found.lag)} late."))
    if too_few := found.too_few_connections:
        out.print(plain(f"Visits may fail: {too_few}.", "yellow"))
    for bulk in found.bulk:
        out.print(plain(f"{_BULK[bulk.kind]}: {said_of(bulk)}."))


_BULK = {REREAD: "Reading again", IMPORT: "Importing", EXPORT: "Exporting"}


def _long(time: timedelta) -> str:
    """About how long, in the unit that suits it."""
    seconds = time.total_seconds()
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _tell_workers(found: FleetStatus) -> None:
    if not found.workers:
        out.print("No workers.")
        return
    rows = table(("machine", CUT), ("since", WHOLE), ("heard", WHOLE), ("visits", NUMBER), ("at", CUT))
    for each in found.workers:
        doing = [visit for visit in found.visits if visit.worker == each.number]
        rows.add_row(
            plain(each.machine or "?"),
            shortly(each.started) if each.started else "?",
            plain(_heard(found, each), "" if found.alive(each) else "red"),
            f"{len(doing)} of {each.at_most}" if each.at_most else f"{len(doing)}",
            plain(", ".join(visit.site for visit in doing) or "-"),
        )
    out.print(rows)
    for each in found.workers:
        if each.ahead:
            clock = f"its clock is {spelled(timedelta(seconds=each.ahead))} the database's"
            out.print(plain(f"{each.machine or '?'} takes nothing: {clock}.", "yellow"))


def _heard(found: FleetStatus, each: FleetWorker) -> str:
    if each.heard is None:
        return "never"
    ago = _long(found.at - each.heard)
    return f"{ago} ago" if found.alive(each) else f"silent for {ago}"


@fleet.command(epilog=examples("legger fleet publish"))
@archive_option
def publish(where: str | None) -> int:
    """Let the files in ./sites (or LEGGER_SITES) be those that all workers use, and no others.

    The clock publishes files that change beside it. This also brings an earlier text back, and takes sites
    out of use whose files are gone. A file that is wrong is not published: what the archive has of it holds
    on, and the exit code is 1.
    """
    from crawler.fleet.sites import publish as put
    from crawler.fleet.sites import wrong_files

    folder = operators_folder()
    wrong = wrong_files(folder)
    with writing(where) as archive:
        changed = put(archive, folder, at=archive.schedule.now(), without=wrong)
    for kind, name in changed:
        out.print(plain(f"{kind} {name}"))
    err.print(plain(f"{many(len(changed), 'file')} changed." if changed else "Nothing changed."))
    for (kind, name), error in wrong.items():
        err.print(plain(f"{kind} {name} was not published: {error}", "red"), soft_wrap=True)
    return 1 if wrong else 0
