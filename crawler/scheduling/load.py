"""What a day's visits take of the clock, and what comes first when a day is too short for them. Pure.

When more is due than can begin, what is shed first is what loses least. Looks at feeds alone wait for all
visits, which look at feeds too. Of visits those come first that are late by most of what they may be late:
one interval for a site that brings much, :data:`PATIENCE` times that for a quiet one. What waits grows
later, so that no site waits for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean

from archive.operations.health_issue import HealthIssue
from archive.operations.runs import SitePace
from archive.operations.schedule import POLL, VISIT, ScheduleEntry
from crawler.scheduling.backlog import delay_of
from crawler.scheduling.timetable import DefaultSchedule, interval, kinds
from crawler.siteconfig.site import Site

PATIENCE = ((5.0, 1.0), (1.0, 2.0), (0.0, 4.0))
"""New articles a day, at least -> how many intervals a visit may be late, against those of other sites."""
ROOM = 0.9
"""The share of a day that visits may be planned for: the rest is what they take more than usual."""
PACE_OF = timedelta(days=3)
"""How far back it is looked what visits take and bring."""
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DayLoad:
    """What a day's plan takes of the clock, by what visits took lately."""

    visits: timedelta
    """Visits and what else looks at whole sites, one after the other."""
    polls: timedelta
    """Looks at feeds alone."""
    room: timedelta
    """What a day has for them, with so many at a time as the clock lets go."""
    looks: float
    """Looks at feeds planned for a day."""

    @property
    def too_short(self) -> bool:
        """Whether the day is too short for the plan."""
        return self.visits + self.polls > self.room

    @property
    def polls_kept(self) -> float:
        """The share of the looks at feeds for which there is time beside the visits."""
        left = max(self.room - self.visits, timedelta())
        return min(left / self.polls, 1.0) if self.polls else 1.0

    @property
    def stretch(self) -> float:
        """How many times longer than planned the time between visits becomes, over all sites."""
        return max(self.visits / self.room, 1.0)

    def says(self) -> str:
        """What is planned, what there is time for, and what is left out, in words."""
        said = f"a day's plan takes {_hours(self.visits + self.polls)} of visits"
        said += f" ({_hours(self.polls)} of it for {self.looks:,.0f} looks at feeds)" if self.polls else ""
        said += f"; there is time for {_hours(self.room)}"
        if not self.too_short:
            return said
        if self.polls:
            said += f": {self.polls_kept:.0%} of the looks at feeds are made"
        if self.stretch > 1:
            said += f"{',' if self.polls else ':'} visits come {self.stretch:.1f} times later than planned, "
            said += "those of quiet sites most"
        return said


def _hours(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    return f"{hours:,.0f} h" if hours >= 10 else f"{hours:.1f} h"


def day_load(
    sites: Iterable[Site], defaults: DefaultSchedule, paces: Mapping[str, SitePace], *, at_most: int
) -> DayLoad | None:
    """What the plan of *sites* takes; ``None`` while no visit has shown how long one takes.

    A site that was not visited lately is taken to be as the others are.
    """
    usual = {kind: _usual(paces.values(), kind) for kind in (VISIT, POLL)}
    if not usual[VISIT]:
        return None
    taken = {VISIT: timedelta(), POLL: timedelta()}
    looks = 0.0
    for site in sites:
        pace = paces.get(site.name)
        for kind in set(kinds(site, defaults)) & {VISIT, POLL}:
            times = DAY / interval(site, defaults, kind)
            # A visit looks at the feeds too: each stands for a look.
            times -= DAY / interval(site, defaults) if kind == POLL else 0
            took = pace.took(kind) if pace is not None else None
            taken[kind] += max(times, 0.0) * (took or usual[kind] or usual[VISIT])
            looks += max(times, 0.0) if kind == POLL else 0
    return DayLoad(visits=taken[VISIT], polls=taken[POLL], room=ROOM * at_most * DAY, looks=looks)


def too_short(planned: DayLoad, since: datetime) -> HealthIssue:
    """That a day is too short for what is planned, and what to do."""
    return HealthIssue(
        kind="load",
        subject="",
        since=since,
        says=f"the day is too short: {planned.says()}; let more go at a time (--at-most), if the "
        "machine has room, or say less often (schedule.every, schedule.poll) where little comes",
    )


def _usual(paces: Iterable[SitePace], kind: str) -> timedelta:
    took = [each.total_seconds() for pace in paces if (each := pace.took(kind)) is not None]
    return timedelta(seconds=mean(took)) if took else timedelta()


def patience(pace: SitePace | None) -> float:
    """How many intervals a visit may be late, against those of other sites; of a new site: one."""
    if pace is None or pace.new_a_day is None:
        return 1.0
    return next(intervals for least, intervals in PATIENCE if pace.new_a_day >= least)


def meets(name: str, visited: Collection[str], plans: Mapping[str, Site]) -> bool:
    """Whether a site is visited, or one with a host of it, between two requests to which time is to lie.

    Each visit is a process, and knows of its own requests alone.
    """
    site, others = plans[name], [plans[each] for each in visited if each in plans]
    shared = [each for each in others if site.host_names & each.host_names]
    return name in visited or any(delay_of(site) or delay_of(each) for each in shared)


def in_order(
    due: Sequence[ScheduleEntry],
    sites: Mapping[str, Site],
    defaults: DefaultSchedule,
    paces: Mapping[str, SitePace],
    now: datetime,
) -> list[ScheduleEntry]:
    """What is due, in the order in which it is to begin."""

    def lateness(entry: ScheduleEntry) -> float:
        every = interval(sites[entry.site], defaults, entry.kind)
        return (now - entry.due_at) / (every * patience(paces.get(entry.site)))

    return sorted(due, key=lambda entry: (entry.kind == POLL, -lateness(entry), entry.site))
