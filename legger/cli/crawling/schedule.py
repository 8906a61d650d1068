"""``legger schedule``: the clock, and what it will do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.table import Table

from archive import Archive
from archive.errors import SiteError, UsageError
from archive.model.reports import RunRecord
from archive.operations.runs import SitePace
from archive.operations.schedule import BACKFILL, POLL, VISIT, RunningClock, ScheduleEntry
from crawler.scheduling import timetable
from crawler.scheduling.load import PACE_OF, DayLoad, day_load
from crawler.scheduling.programs import usual_program
from crawler.siteconfig.files import load_site, load_sites, operators_folder
from crawler.siteconfig.schedule import spelled
from crawler.siteconfig.site import Site
from legger import logs
from legger.cli.console import (
    CUT,
    SITE,
    WHOLE,
    archive_option,
    day_and_time,
    err,
    examples,
    json_option,
    log_json_option,
    out,
    paged,
    plain,
    print_json,
    table,
    tell_of_broken,
    writing,
)
from legger.cli.crawling.fleet import planner_of, refuse_what_is_no_archive, refuse_what_is_no_queue
from legger.config import load
from legger.i18n import Translation

LONGEST = 24 * 366
"""Hours: an interval of more than a year is a mistake."""
SETTLE = 35.0
"""Seconds that a clock which stops gives to what is being told."""


class _WithPlan(click.Group):
    """``legger schedule --plan ...`` is ``legger schedule plan ...``."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """As the group's own, after ``--plan`` was read as the subcommand."""
        if "--plan" in args:
            args = ["plan", *(each for each in args if each != "--plan")]
        return super().parse_args(context, args)


@click.group(
    cls=_WithPlan,
    invoke_without_command=True,
    epilog=examples(
        "legger schedule",
        "legger schedule --every 3 --at-most 4",
        "legger schedule --plan",
        "legger schedule --plan roskam",
        "legger schedule pause roskam",
    ),
)
@archive_option
@click.option(
    "--every", type=float, default=6, show_default=True, metavar="HOURS", help="Between two visits."
)
@click.option(
    "--poll",
    type=float,
    default=1,
    show_default=True,
    metavar="HOURS",
    help="Between looks at feeds; 0: none.",
)
@click.option("--at-most", type=click.IntRange(1), default=2, show_default=True, help="Visits at a time.")
@click.option("--logs", "folder", default="logs", show_default=True, help="Folder of one log per visit.")
@click.option("--plan", is_flag=True, help="Print what the coming day will bring: legger schedule plan.")
@click.option(
    "--metrics",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Answer Prometheus on 127.0.0.1 (extra: metrics).",
)
@click.option(
    "--fleet", "for_workers", is_flag=True, help="Hand visits to 'legger worker' (archive in PostgreSQL)."
)
@log_json_option
@click.pass_context
def schedule(
    context: click.Context,
    where: str | None,
    every: float,
    poll: float,
    at_most: int,
    folder: str,
    plan: bool,
    metrics: int | None,
    for_workers: bool,
    log_json: bool,
) -> int:
    """Visit every site when it is due, until stopped: one process per visit, one visit per site.

    A site's file may say when ([schedule]). Ctrl-C or SIGTERM lets the visits under way finish and commit. A
    second clock on the same archive does no harm. What came late or failed stands in 'legger status', what
    is wrong in 'legger alarms'; whom to tell, in legger.toml.

    Around an archive in PostgreSQL one clock plans and the others wait to take over. With --fleet it starts
    no visit itself: workers on any machine do (docs/fleet.md).
    """
    if context.invoked_subcommand is not None:
        return 0
    _check_intervals(every, poll)
    from legger.notifications import OutageNotifier, channels, settle, tell
    from legger.outside.wayback import WaybackSender
    from scheduler import Clock, run_until_stopped

    config = load(where)
    sender = WaybackSender(lambda: Archive.open(config.archive, create=False))

    def after_look(archive: Archive) -> None:
        settings = load(where)
        tell(archive, settings, now=datetime.now(UTC))
        sender.look(settings)

    clock = Clock(
        archive=config.archive,
        every=timedelta(hours=every),
        poll=timedelta(hours=poll),
        at_most=at_most,
        logs=Path(folder),
        program=usual_program(config.archive),
        after_tick=after_look,
        outage=OutageNotifier(config.archive, lambda: channels(load(where)), Translation(config.language)),
    )
    planner = planner_of(config.archive) if for_workers else None
    if planner is not None:
        clock.sites, clock.plans, clock.fleet = planner.sites, planner.plan, planner
    refuse_what_is_no_archive(config.archive)
    if planner is not None:
        refuse_what_is_no_queue(config.archive)
    logs.configure(json=log_json)
    if log_json:
        os.environ["LEGGER_LOG_JSON"] = "1"  # the visits' logs too
    if metrics is not None:
        try:
            from legger.metrics import serve
        except ImportError as error:
            raise UsageError("--metrics needs the extra: pip install 'legger[metrics]'") from error
        try:
            serve(metrics, config.archive)
        except OSError as error:
            raise UsageError(f"--metrics {metrics}: {error.strerror or error}") from error
    with planner or nullcontext():
        run_until_stopped(clock)
    settle(SETTLE)
    return 0


@dataclass(frozen=True, kw_only=True)
class PlannedVisit:
    """Something the clock will do."""

    at: datetime
    there: datetime
    """The same moment in the site's zone."""
    site: str
    kind: str


def _check_intervals(every: float | None, poll: float | None) -> None:
    """Raise for hours that are none."""
    if every is not None and not 0 < every <= LONGEST:  # nor is NaN
        raise click.BadParameter(f"expected more than 0 and at most {LONGEST} hours", param_hint="--every")
    if poll is not None and not 0 <= poll <= LONGEST:
        raise click.BadParameter(f"expected 0 to {LONGEST} hours", param_hint="--poll")


@schedule.command(
    epilog=examples("legger schedule --plan", "legger schedule plan roskam", "legger schedule plan --every 3")
)
@archive_option
@click.argument("names", metavar="[SITE]...", nargs=-1)
@click.option("--every", type=float, metavar="HOURS", help="As if the clock ran so. Default: as it does.")
@click.option("--poll", type=float, metavar="HOURS", help="As if the clock ran so. Default: as it does.")
@json_option
@paged
def plan(
    where: str | None, names: tuple[str, ...], every: float | None, poll: float | None, as_json: bool
) -> int:
    """What the coming day will bring: a line for each site, or with SITE each visit and look at its feeds.

    By the settings of the clock that runs; where none does, by those it has by default. Starts nothing.
    Exit code 1 when the file of a site is wrong: it is told and not planned, for its visits fail.
    """
    _check_intervals(every, poll)
    now, archive = datetime.now(UTC), load(where).archive
    plans, broken, at_most = _sites_here(), load_sites().broken, AT_MOST
    entries: list[ScheduleEntry] = []
    last: dict[str, RunRecord] = {}
    paces: dict[str, SitePace] = {}
    running: RunningClock | None = None
    if Path(archive).exists() or "://" in archive:
        with Archive.open(archive, create=False, read_only=True) as opened:
            now = opened.schedule.now()
            entries, last = opened.schedule.entries(), opened.runs.last()
            running = opened.clocks.running()
            paces = opened.runs.paces(since=now - PACE_OF, now=now)
            at_most = running.at_most if running else AT_MOST
            if opened.fleet.has_queue:  # its sites are those of the archive, whatever stands here
                plans, broken = _sites_of(opened)
                at_most = max(opened.fleet.status(now=now).at_most, 1)
    status = tell_of_broken({name: error for name, error in broken.items() if not names or name in names})
    defaults = timetable.DefaultSchedule(
        every=timedelta(hours=every) if every is not None else running.every if running else EVERY,
        poll=timedelta(hours=poll) if poll is not None else running.poll if running else POLLED,
    )
    for name in names:
        if name not in plans:
            load_site(name)  # says what there is
            raise UsageError(f"{name} is not in {operators_folder()}, or not published: no clock visits it")
    sound = {name: site for name, site in plans.items() if name not in broken}
    rows = _planned(names, defaults, entries, last, sound, now)
    if as_json:
        print_json(rows)
        return status
    if running is not None:
        since = day_and_time(running.started)
        said = f"The clock that runs since {since} visits every {spelled(defaults.every)}"
        said += f", {at_most} at a time" if at_most > 1 else ""
    else:
        said = f"No clock runs. One without options would visit every {spelled(defaults.every)}"
    err.print(plain(f"{said}, unless a site's file says otherwise."))
    for name in sorted({each.site for each in entries if each.paused_at is not None and each.site in names}):
        out.print(plain(f"{name} is paused: no visits until: legger schedule resume {name}"))
    if not rows:
        if not names:
            out.print("Nothing is planned: there are no sites yet, or all are paused.")
        return status
    out.print(_each(rows) if names else _by_site(rows))
    if not names and (takes := _load(rows, plans, defaults, paces, at_most)) is not None:
        said = takes.says()
        out.print(plain(f"\n{said[0].upper()}{said[1:]}.", "yellow" if takes.too_short else ""))
    return status


def _sites_here() -> dict[str, Site]:
    """The sites of the operator's folder."""
    from crawler.siteconfig.files import operators_sites, planned

    return {name: planned(name) for name in operators_sites()}


def _sites_of(archive: Archive) -> tuple[dict[str, Site], dict[str, SiteError]]:
    """The sites that are published in an archive, and those of them whose file is wrong."""
    from crawler.fleet.sites import PublishedSites

    with tempfile.TemporaryDirectory(prefix="legger-plan-") as folder:
        published = PublishedSites(Path(folder))
        published.refresh(archive)
        wrong = published.wrong()
        return {name: published.plan(name) for name in published.names()}, wrong


def _load(
    rows: Sequence[PlannedVisit],
    plans: Mapping[str, Site],
    defaults: timetable.DefaultSchedule,
    paces: Mapping[str, SitePace],
    at_most: int,
) -> DayLoad | None:
    """What a day of the sites that are planned takes; ``None``: no visit has shown it yet."""
    return day_load(
        [plans[name] for name in sorted({row.site for row in rows})], defaults, paces, at_most=at_most
    )


EVERY, POLLED, AT_MOST = timedelta(hours=6), timedelta(hours=1), 2
"""What a clock does by default."""


def _planned(
    names: Sequence[str],
    defaults: timetable.DefaultSchedule,
    entries: Sequence[ScheduleEntry],
    last: Mapping[str, RunRecord],
    plans: Mapping[str, Site],
    now: datetime,
) -> list[PlannedVisit]:
    """Visits and looks at feeds of a day, in the order of time; of these *names*, or of all."""
    paused = {each.site for each in entries if each.paused_at is not None}
    known = {(each.site, each.kind): each.due_at for each in entries}
    fresh = [name for name in plans if (name, VISIT) not in known and name not in last]
    begins = timetable.spread(fresh, defaults, now)
    rows: list[PlannedVisit] = []
    for name in names or plans:
        if name in paused or name not in plans:
            continue
        site = plans[name]
        for kind in timetable.kinds(site, defaults):
            due = known.get((name, kind))
            if due is None:
                run = last.get(name)
                first = begins.get(name, now)
                due = timetable.first_due(site, defaults, first, kind, run.started if run else None)
            moments = timetable.plan(site, defaults, max(due, now), now + timedelta(days=1), kind)
            rows += [
                PlannedVisit(at=at, there=at.astimezone(site.zone), site=name, kind=kind) for at in moments
            ]
    rows = _without_idle_polls(rows)
    rows.sort(key=lambda row: (row.at, row.site))
    return rows


def _each(rows: Sequence[PlannedVisit]) -> Table:
    """Each visit and look in a line."""
    shown = table(("when (UTC)", WHOLE), ("there", WHOLE), SITE, ("what", WHOLE))
    for row in rows:
        shown.add_row(f"{row.at.astimezone(UTC):%Y-%m-%d %H:%M}", f"{row.there:%H:%M %Z}", row.site, row.kind)
    return shown


def _by_site(rows: Sequence[PlannedVisit]) -> Table:
    """A line for each site: a day of thirty of them is to be seen at a glance."""
    shown = table(SITE, ("visits", CUT), ("feeds", WHOLE), ("other", WHOLE), ("zone", WHOLE))
    by_site: dict[str, list[PlannedVisit]] = {}
    for row in rows:
        by_site.setdefault(row.site, []).append(row)
    for name, mine in by_site.items():
        visits = [row.there for row in mine if row.kind == VISIT]
        polls = [row.there for row in mine if row.kind == POLL]
        other = ", ".join(f"{row.there:%H:%M} {row.kind}" for row in mine if row.kind not in (VISIT, POLL))
        shown.add_row(
            name, _times(visits), f"{len(polls)} looks" if polls else "-", other or "-", f"{mine[0].there:%Z}"
        )
    return shown


def _times(moments: Sequence[datetime]) -> str:
    """Times of a day: of more than :data:`SHOWN`, the first and the last, and how many there are."""
    told = [f"{each:%H:%M}" for each in moments]
    if len(told) <= SHOWN:
        return " ".join(told) or "-"
    return f"{told[0]} {told[1]} ... {told[-1]} ({len(told)})"


SHOWN = 5


def _without_idle_polls(rows: list[PlannedVisit]) -> list[PlannedVisit]:
    """Feeds are not polled when a visit, which looks at them too, comes at the same minute."""
    looked = {(row.site, row.at) for row in rows if row.kind in (VISIT, BACKFILL)}
    return [row for row in rows if row.kind != POLL or (row.site, row.at) not in looked]


def _known(archive: Archive, name: str) -> str:
    """The name, if a clock knows it: on a machine of a fleet there are no files. Else as for any site."""
    return name if name in archive.schedule.next_entries() else load_site(name).name


@schedule.command(epilog=examples("legger schedule pause roskam"))
@archive_option
@click.argument("name")
def pause(where: str | None, name: str) -> None:
    """Leave a site alone until it is resumed. A visit that is under way finishes."""
    with writing(where) as archive:
        archive.schedule.pause(_known(archive, name), at=archive.schedule.now())
    out.print(f"{name}: no visits until: legger schedule resume {name}", markup=False, highlight=False)


@schedule.command(epilog=examples("legger schedule resume roskam"))
@archive_option
@click.argument("name")
def resume(where: str | None, name: str) -> None:
    """Visit a paused site again, at the clock's next look."""
    with writing(where) as archive:
        archive.schedule.resume(_known(archive, name), at=archive.schedule.now())
    out.print(f"{name}: due now", markup=False, highlight=False)


@schedule.command(epilog=examples("legger schedule now roskam"))
@archive_option
@click.argument("name")
def now(where: str | None, name: str) -> None:
    """Let the running clock visit a site at its next look (within 15 seconds)."""
    with writing(where) as archive:
        archive.schedule.make_due(_known(archive, name), at=archive.schedule.now())
    out.print(f"{name}: due now", markup=False, highlight=False)
