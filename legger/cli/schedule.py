"""``legger schedule | status``: the clock, and how things stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from archive import Archive
from archive.answers import Run
from crawler.site import load_site
from legger.cli.screen import (
    NUMBER,
    SITE,
    WHOLE,
    archive_option,
    day_and_time,
    examples,
    json_option,
    out,
    plain,
    print_json,
    reading,
    table,
    writing,
)
from legger.config import load


@click.group(
    invoke_without_command=True,
    epilog=examples(
        "legger schedule",
        "legger schedule --every 3 --at-most 4",
        "legger schedule pause roskam",
    ),
)
@archive_option
@click.option(
    "--every", type=float, default=6, show_default=True, metavar="HOURS", help="Between two visits."
)
@click.option("--at-most", type=click.IntRange(1), default=2, show_default=True, help="Visits at a time.")
@click.option("--logs", default="logs", show_default=True, help="Folder of one log per visit.")
@click.pass_context
def schedule(context: click.Context, where: str | None, every: float, at_most: int, logs: str) -> None:
    """Visit every site when it is due, until stopped: one process per visit, one visit per site.

    Ctrl-C or SIGTERM lets the visits under way finish and commit. A second clock on the same archive does no
    harm. What came late or failed stands in 'legger status'.
    """
    if context.invoked_subcommand is not None:
        return
    if every <= 0:
        raise click.BadParameter("expected more than 0 hours", param_hint="--every")
    from scheduler import Clock, run_until_stopped

    clock = Clock(archive=load(where).archive, every=timedelta(hours=every), at_most=at_most, logs=Path(logs))
    run_until_stopped(clock)


@schedule.command(epilog=examples("legger schedule pause roskam"))
@archive_option
@click.argument("name")
def pause(where: str | None, name: str) -> None:
    """Leave a site alone until it is resumed. A visit that is under way finishes."""
    with writing(where) as archive:
        archive.pause(load_site(name).name, at=datetime.now(UTC))
    out.print(f"{name}: no visits until: legger schedule resume {name}", markup=False, highlight=False)


@schedule.command(epilog=examples("legger schedule resume roskam"))
@archive_option
@click.argument("name")
def resume(where: str | None, name: str) -> None:
    """Visit a paused site again, at the clock's next look."""
    with writing(where) as archive:
        archive.resume(load_site(name).name, at=datetime.now(UTC))
    out.print(f"{name}: due now", markup=False, highlight=False)


@schedule.command(epilog=examples("legger schedule now roskam"))
@archive_option
@click.argument("name")
def now(where: str | None, name: str) -> None:
    """Let the running clock visit a site at its next look (within 15 seconds)."""
    with writing(where) as archive:
        archive.make_due(load_site(name).name, at=datetime.now(UTC))
    out.print(f"{name}: due now", markup=False, highlight=False)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a site stands."""

    site: str
    last_run: datetime | None
    next_run: datetime | None
    new: int
    changed: int
    gone: int
    state: str


@click.command(epilog=examples("legger status", "legger status --json"))
@archive_option
@json_option
def status(where: str | None, as_json: bool) -> None:
    """How every site stands: its last and next visit, what the last one brought, and what went amiss."""
    with reading(where) as archive:
        standings = _standings(archive, datetime.now(UTC))
        amiss = archive.incidents(limit=10)
    if as_json:
        print_json({"sites": standings, "incidents": amiss})
        return
    if not standings:
        out.print("No visits yet.")
        return
    counted = ("new", "changed", "gone")
    rows = table(
        SITE,
        ("last run", WHOLE),
        ("next run", WHOLE),
        *((each, NUMBER) for each in counted),
        ("state", WHOLE),
    )
    for each in standings:
        rows.add_row(
            each.site,
            day_and_time(each.last_run),
            day_and_time(each.next_run),
            *(str(getattr(each, name)) for name in counted),
            plain(each.state, "" if each.state in ("ok", "visiting") else "yellow"),
        )
    out.print(rows)
    if amiss:
        out.print("\nWhat went amiss, the latest first:")
    for incident in amiss:
        whose = incident.site or "all sites"
        out.print(plain(f"{day_and_time(incident.at)}  {whose}: {incident.kind}: {incident.says}"))


def _standings(archive: Archive, moment: datetime) -> list[Standing]:
    last: dict[str, Run] = {run.site: run for run in reversed(archive.runs())}
    duties, leases = archive.duties(), archive.leases(now=moment)
    result = []
    for name in sorted({*last, *duties}):
        run, duty = last.get(name), duties.get(name)
        if name in leases:
            state = "visiting"
        elif duty is not None and duty.paused_at is not None:
            state = "paused"
        elif duty is not None and moment - duty.due_at > timedelta(minutes=5):
            state = "overdue"
        elif run is None:
            state = "never"
        elif run.outcome is None:
            state = "cut off"
        else:
            state = "ok" if run.outcome == "done" else run.outcome
        counts = run.counts if run is not None else {}
        result.append(
            Standing(
                site=name,
                last_run=run.started if run is not None else None,
                next_run=duty.due_at if duty is not None and duty.paused_at is None else None,
                new=counts.get("new", 0),
                changed=counts.get("changed", 0),
                gone=counts.get("gone", 0),
                state=state,
            )
        )
    return result
