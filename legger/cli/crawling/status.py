"""``legger status``: how things stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import click

from archive import Archive
from archive.model.reports import RunCounts
from crawler.siteconfig.files import load_sites, operators_folder
from legger.backlogs import backlogs
from legger.cli.console import (
    NUMBER,
    SITE,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    listing,
    out,
    plain,
    print_json,
    reading,
    shortly,
    table,
    tell_of_broken,
)
from legger.retired import retired_sites

LATELY = timedelta(weeks=2)
"""How long what went amiss is told with the status; ``legger runs`` tells it for ever."""


@dataclass(frozen=True, kw_only=True)
class SiteStatus:
    """How a site stands."""

    site: str
    last_run: datetime | None
    next_run: datetime | None
    new: int
    changed: int
    gone: int
    state: str
    alarms: int
    """How many things are wrong with it."""
    to_ask: int = 0
    """Addresses that are still to be asked for, where that takes more than a quarter of an hour."""
    takes: float | None = None
    """Seconds that this takes at least."""


@click.command(epilog=examples("legger status", "legger status --json"))
@archive_option
@json_option
def status(where: str | None, as_json: bool) -> int:
    """How every site stands: its last and next visit, what the last one brought, and what went amiss.

    Exit code 1 when the file of a site is wrong: it is told, for the site's visits fail.
    """
    wrong = tell_of_broken(load_sites().broken)
    with reading(where) as archive:
        now = archive.schedule.now()
        retired = retired_sites(archive)
        standings = [each for each in _standings(archive, now) if each.site not in retired]
        left = backlogs(archive, [each.site for each in standings], now=now)
        standings = [
            replace(each, to_ask=left[each.site].addresses, takes=left[each.site].takes.total_seconds())
            if each.site in left
            else each
            for each in standings
        ]
        amiss = [each for each in archive.incidents.list(limit=10) if now - each.at < LATELY]
        doubted = archive.runs.doubted()
        overload = [each for each in archive.alarms.all() if each.site is None and each.kind == "load"]
    if as_json:
        print_json({"sites": standings, "incidents": amiss, "retired": retired})
        return wrong
    if retired:
        err.print(
            plain(
                f"No longer in {operators_folder()}, and not visited: {listing(retired)}. "
                "What was filed of them stays (legger stats)."
            )
        )
    if not standings:
        out.print("No visits yet.")
        return wrong
    rows = table(
        SITE,
        ("last run", WHOLE),
        ("next run", WHOLE),
        *((name, NUMBER) for name in ("new", "edits", "gone")),
        ("state", WHOLE),
        ("wrong", NUMBER),
    )
    for each in standings:
        rows.add_row(
            each.site,
            shortly(each.last_run),
            shortly(each.next_run),
            *(str(number) for number in (each.new, each.changed, each.gone)),
            plain(each.state, "" if each.state in ("ok", "visiting") else "yellow"),
            plain(str(each.alarms or "-"), "red" if each.alarms else ""),
        )
    out.print(rows)
    for each in standings:
        if each.site in left:
            out.print(plain(f"\n{each.site}: {left[each.site]}; the newest come first."))
    for each in standings:
        if told := doubted.get(each.site):
            says = f"{each.site}: not believed of changes: {listing(told)}"
            out.print(plain(f"\n{says} (legger missed {each.site} --sources)"))
    for alarm in overload:
        out.print(plain(f"\n{alarm.says[0].upper()}{alarm.says[1:]}.", "yellow"))
    if any(each.alarms for each in standings):
        out.print("\nWhat is wrong, and what to do: legger alarms")
    if amiss:
        out.print("\nWhat went amiss in the last two weeks, the latest first:")
    for incident in amiss:
        whose = incident.site or "all sites"
        out.print(plain(f"{day_and_time(incident.at)}  {whose}: {incident.kind}: {incident.says}"))
    return wrong


def _standings(archive: Archive, moment: datetime) -> list[SiteStatus]:
    entries, leases = archive.schedule.next_entries(), archive.schedule.leases(now=moment)
    last = archive.runs.last()
    wrong = Counter(each.site for each in archive.alarms.all())
    result = []
    for name in sorted({*last, *entries}):
        run, entry = last.get(name), entries.get(name)
        if name in leases:
            state = "visiting"
        elif entry is not None and entry.paused_at is not None:
            state = "paused"
        elif entry is not None and moment - entry.due_at > timedelta(minutes=5):
            state = "overdue"
        elif run is None:
            state = "never"
        elif run.outcome is None:
            state = "cut off"
        else:
            state = "ok" if run.outcome == "done" else run.outcome
        counts = (run.counts if run is not None else None) or RunCounts()
        result.append(
            SiteStatus(
                site=name,
                last_run=run.started if run is not None else None,
                next_run=entry.due_at if entry is not None and entry.paused_at is None else None,
                new=counts.new,
                changed=counts.changed,
                gone=counts.gone,
                state=state,
                alarms=wrong[name],
            )
        )
    return result
