"""``legger runs``: visits on record."""

from __future__ import annotations

from collections.abc import Mapping

import click

from archive.model.reports import RunRecord
from legger.backlogs import backlogs
from legger.cli.console import (
    CUT,
    NUMBER,
    WHOLE,
    archive_option,
    day_and_time,
    examples,
    json_option,
    known_site,
    limit_option,
    out,
    plain,
    print_json,
    print_rows,
    reading,
    shortly,
    size,
    table,
)
from legger.dates import instant

COUNTED = {"new": "new", "changed": "edits", "gone": "gone", "failed": "failed"}
"""What is counted -> what its column is called."""


@click.command(
    epilog=examples("legger runs", "legger runs hartvanhaaksbergen --limit 5", "legger runs --run 212")
)
@archive_option
@click.argument("site", required=False)
@limit_option(20, "How many, the latest first")
@click.option("--since", metavar="TIME", help="Only those from this day or time on.")
@click.option("--run", "number", type=int, help="One visit, whole: its settings, counts, reasons and cost.")
@json_option
def runs(
    where: str | None, site: str | None, limit: int, since: str | None, number: int | None, as_json: bool
) -> None:
    """Every visit on record: when, how it ended, what it found and what it took.

    The run of a row is its column run_id: captures and readings have one.
    """
    with reading(where) as archive:
        if number is not None:
            _show(archive.runs.get(number), as_json)
            return
        known_site(archive, site)
        found = archive.runs.list(site, since=instant(since), limit=limit or None)
        now = archive.schedule.now()
        leased = archive.schedule.leases(now=now)
        latest = {name: each.id for name, each in archive.runs.last().items()}
        going_on = [each.site for each in found if each.site in leased and each.id == latest[each.site]]
        left = backlogs(archive, going_on, now=now)
    if as_json:
        print_rows(found)
        return
    if not found:
        out.print("No visits yet.")
        return
    rows = table(
        ("run", NUMBER),
        ("site", CUT),
        ("started", WHOLE),
        ("asked", NUMBER),
        *((name, NUMBER) for name in COUNTED.values()),
        ("outcome", WHOLE),
    )
    for each in found:
        rows.add_row(
            str(each.id),
            each.site,
            shortly(each.started),
            f"{each.cost.requests:,}" if each.cost else "-",
            *(_counted(each, name) for name in COUNTED),
            each.outcome
            or ("under way" if each.site in leased and each.id == latest[each.site] else "cut off"),
        )
    out.print(rows)
    for name, backlog in left.items():
        out.print(plain(f"\n{name}: {backlog}; the newest come first."))


def _show(run: RunRecord, as_json: bool) -> None:
    if as_json:
        print_json(run)
        return
    out.print(plain(f"Visit {run.id} of {run.site}: {run.outcome or 'under way, or cut off'}"))
    facts = [("began", day_and_time(run.started)), ("ended", day_and_time(run.ended))]
    if run.why:
        facts.append(("why", run.why))
    if run.cost is not None:
        facts += [
            ("requests", f"{run.cost.requests:,}"),
            ("received", size(run.cost.received)),
            ("CPU", f"{run.cost.cpu:.1f} s"),
            ("memory", f"{size(run.cost.memory)} at most"),
        ]
    _section("", dict(facts))
    _section("why missed", run.reasons)
    _section("counts", run.counts.plain() if run.counts is not None else {})
    _section("settings", run.settings)


def _counted(run: RunRecord, name: str) -> str:
    return str(getattr(run.counts, name)) if run.counts is not None else "-"


def _section(heading: str, facts: Mapping[str, object]) -> None:
    if heading and facts:
        out.print(f"\n{heading}")
    width = max(map(len, facts), default=0)
    for name, value in sorted(facts.items()) if heading else facts.items():
        out.print(plain(f"  {name:<{width}}  {value}"))
