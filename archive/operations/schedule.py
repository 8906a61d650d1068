"""The schedule: which site is due when, who is at it (leases), which clocks run. Starts no visit."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, or_, select, update

from archive.db.functions import upsert
from archive.db.schema import clocks, leases, schedule_entries
from archive.db.session import Session

VISIT, POLL, BACKFILL, COMPACT = "visit", "poll", "backfill", "compact"
"""Kinds of entry: all that is due; feeds and sitemaps with what they newly name; the whole site; and, without
going out, to pack what was kept of it tighter."""
REREAD = "reread"
"""The kind of entry that is due while a site has shards of bulk work that workers of a fleet are to do."""
IMPORT = "import"
"""The same, of shards of an import."""
EXPORT = "export"
"""The same of shards of an export; these entries are of no site, and have names in brackets."""
BULK = (REREAD, IMPORT, EXPORT)
"""Kinds of entry that wait until nothing else is due; they are done by workers of a fleet alone."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to visit a site, until it ends or is given back."""

    site: str
    holder: str
    """As :func:`holder` names it."""
    taken: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ScheduleEntry:
    """When something is to be done at a site."""

    site: str
    kind: str
    """``visit``, ``poll``, ``backfill``, ``compact``, ``reread``, ``import`` or ``export``."""
    due_at: datetime
    paused_at: datetime | None
    tries: int = 0
    """How often in a row a worker of a fleet was at it and did not come to its end."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An entry that a clock is at."""

    site: str
    kind: str
    holder: str
    """The clock, as :func:`holder` names it."""
    taken: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class WantedEntry:
    """An entry as a site's schedule asks for it."""

    site: str
    kind: str
    due_at: datetime
    """When it is due, where it is new."""
    at_latest: datetime
    """Where it stands later than this, it moves up to here."""


@dataclass(frozen=True, kw_only=True)
class RunningClock:
    """A clock that runs, and what it was told."""

    holder: str
    started: datetime
    every: timedelta
    poll: timedelta
    """Zero: none."""
    at_most: int


_KINDS = "|".join((VISIT, POLL, BACKFILL, COMPACT, *BULK))
_CLAIM = re.compile(rf"\((?P<kind>{_KINDS}) of (?P<site>.*)\)", re.DOTALL)


_SERVER = "server of "
"""Begins the leases of what a claimed entry asks: no site has such a name either."""


def _is_of_entry(name: str) -> bool:
    return name.startswith(_SERVER) or _CLAIM.fullmatch(name) is not None


def _claim_of(site: str, kind: str) -> str:
    """The lease of a clock that is at an entry: no site has this name."""
    return f"({kind} of {site})"


class VisitSchedule:
    """Leases and entries. Every write is committed at once: other processes are to see it.

    Times of leases are those of :meth:`now`: machines whose clocks differ hold them against one clock.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._alone = session.backend.IN_A_FILE

    def now(self) -> datetime:
        """The time by the clock that all who use this archive share: the database server's, or this
        machine's where the archive is a file."""
        return self._session.now()

    # ------------------------------------------------------------ leases

    @staticmethod
    def claim_name(site: str, kind: str) -> str:
        """The name under which the claim of an entry stands among the leases."""
        return _claim_of(site, kind)

    def lease(self, site: str, holder: str, *, now: datetime, until: datetime) -> Lease | None:
        """Take the site's lease; ``None`` while somebody else's holds, who lives as far as is known."""
        lease = Lease(site=site, holder=holder, taken=now, until=until)
        with self._session.writing() as connection:
            held = connection.execute(select(leases).where(leases.c.site == site)).first()
            free = leases.c.until <= now
            if held is not None and died(held.holder, alone=self._alone):
                free = or_(free, and_(leases.c.holder == held.holder, leases.c.taken == held.taken))
            ours = _take(connection, lease, where=free)
        self._session.commit()
        return lease if ours else None

    def renew(self, lease: Lease, *, until: datetime) -> bool:
        """Let a lease last longer; false when it is no longer ours, and the visit must stop."""
        with self._session.writing() as connection:
            done = connection.execute(update(leases).where(*_same(lease)).values(until=until))
        self._session.commit()
        return done.rowcount == 1

    def release(self, lease: Lease) -> None:
        """Give a lease back; nothing happens when it has gone to another."""
        with self._session.writing() as connection:
            connection.execute(delete(leases).where(*_same(lease)))
        self._session.commit()

    def release_of(self, site: str, holder: str) -> None:
        """Give back the lease of a site that a process left behind; nothing happens where it has none."""
        with self._session.writing() as connection:
            connection.execute(delete(leases).where(leases.c.site == site, leases.c.holder == holder))
        self._session.commit()

    def leases(self, *, now: datetime) -> dict[str, Lease]:
        """The leases that hold, by site: not those of processes that have died."""
        with self._session.asking() as connection:
            rows = connection.execute(select(leases).where(leases.c.until > now)).all()
        held = [Lease(**row._mapping) for row in rows]
        visits = [each for each in held if not _is_of_entry(each.site)]
        return {each.site: each for each in visits if not died(each.holder, alone=self._alone)}

    def free(self) -> list[Lease]:
        """Take the leases of processes that have died; returns them. What the clock claimed stays claimed."""
        with self._session.asking() as connection:
            rows = connection.execute(select(leases)).all()
        visits = [Lease(**row._mapping) for row in rows if not _is_of_entry(row.site)]
        dead = [each for each in visits if died(each.holder, alone=self._alone)]
        for each in dead:
            self.release(each)
        return dead

    # ------------------------------------------------------------ entries

    def add_entry(self, site: str, *, due_at: datetime, at_latest: datetime, kind: str = VISIT) -> None:
        """Add an entry due at *due_at*; one that stood later than *at_latest* moves up."""
        self.add_entries([WantedEntry(site=site, kind=kind, due_at=due_at, at_latest=at_latest)])

    def add_entries(self, wanted: Sequence[WantedEntry], *, commit: bool = True) -> None:
        """Add entries, or move them up, as :meth:`add_entry` does; thousands in a second.

        Without *commit* they join the open batch.
        """
        if not wanted:
            return
        entry = schedule_entries.c
        mine = (entry.site == bindparam("of"), entry.kind == bindparam("what"))
        later = (*mine, entry.due_at > bindparam("latest"))
        paused = select(entry.paused_at).where(entry.site == bindparam("of")).limit(1).scalar_subquery()
        latest = [{"of": each.site, "what": each.kind, "latest": each.at_latest} for each in wanted]
        first = [{"of": each.site, "what": each.kind, "due": each.due_at} for each in wanted]
        with self._session.writing() as connection:
            move_up = update(schedule_entries).where(*later).values(due_at=bindparam("latest"))
            connection.execute(move_up, latest)
            values: dict[str, Any] = {
                "site": bindparam("of"),
                "kind": bindparam("what"),
                "due_at": bindparam("due"),
            }
            add = upsert(connection, schedule_entries).values({**values, "paused_at": paused})
            connection.execute(add.on_conflict_do_nothing(), first)
        if commit:
            self._session.commit()

    def remove_entry(self, site: str, *, kind: str) -> None:
        """Take an entry off the schedule: the site's schedule has it no more."""
        with self._session.writing() as connection:
            connection.execute(
                delete(schedule_entries).where(
                    schedule_entries.c.site == site, schedule_entries.c.kind == kind
                )
            )
        self._session.commit()

    def claim(
        self,
        site: str,
        *,
        by: str,
        now: datetime,
        until: datetime,
        kind: str = VISIT,
        servers: Iterable[str] = (),
    ) -> datetime | None:
        """Take on an entry that is due, *by* a clock; returns since when it was due.

        *servers*: the site's, by the domains that :func:`crawler.fleet.groups.domains` tells. They are its
        own until it is let go of, whatever its file says meanwhile; ``None`` while one is another entry's.

        ``None``: it is not due, is paused, or a clock is at it. It stays due until :meth:`finish`: where the
        clock dies with its visit, the next one finds it so.
        """
        claim = Lease(site=_claim_of(site, kind), holder=by, taken=now, until=until)
        with self._session.writing() as connection:
            mine = (
                schedule_entries.c.site == site,
                schedule_entries.c.kind == kind,
                schedule_entries.c.due_at <= now,
                schedule_entries.c.paused_at.is_(None),
            )
            # Whoever is at this row is claiming it, or makes it due at another time: it is not waited for.
            due = select(schedule_entries.c.due_at).where(*mine).with_for_update(skip_locked=True)
            since: datetime | None = connection.execute(due).scalar()
            if since is not None and not _take(connection, claim, where=leases.c.until <= now):
                since = None
            if since is not None:
                for each in sorted(set(servers)):
                    if not _take(
                        connection, replace(claim, site=_SERVER + each), where=leases.c.until <= now
                    ):
                        _let_go(connection, site, kind)
                        since = None
                        break
        self._session.commit()
        return since

    def claims(self) -> list[Claim]:
        """What clocks are at, or were when they died."""
        with self._session.asking() as connection:
            rows = connection.execute(select(leases).order_by(leases.c.taken, leases.c.site)).all()
        return [
            Claim(site=named["site"], kind=named["kind"], holder=row.holder, taken=row.taken, until=row.until)
            for row in rows
            if (named := _CLAIM.fullmatch(row.site))
        ]

    def finish(self, site: str, *, begun: datetime, next_due: datetime, kind: str = VISIT) -> None:
        """An entry that was claimed when it was *begun* is done: the next is due at *next_due*.

        Where somebody made it due anew meanwhile, it stays so.
        """
        with self._session.writing() as connection:
            _let_go(connection, site, kind)
            connection.execute(
                update(schedule_entries)
                .where(
                    schedule_entries.c.site == site,
                    schedule_entries.c.kind == kind,
                    schedule_entries.c.due_at <= begun,
                )
                .values(due_at=next_due, tries=0)
            )
        self._session.commit()

    def hand_back(self, claim: Claim, *, later: Callable[[int], datetime] | None = None) -> bool:
        """Leave an entry that somebody else is to do, as due as it was.

        After a failure it is due when *later* says, which is told how many there were before in a row.
        False, and nothing happens, when the claim is not that one's any more.
        """
        mine = (schedule_entries.c.site == claim.site, schedule_entries.c.kind == claim.kind)
        with self._session.writing() as connection:
            gone = _let_go(
                connection, claim.site, claim.kind,
                leases.c.holder == claim.holder, leases.c.taken == claim.taken,
            )  # fmt: skip
            if gone and later is not None:
                tries = connection.execute(select(schedule_entries.c.tries).where(*mine)).scalar() or 0
                values = {"due_at": later(tries), "tries": tries + 1}
                connection.execute(update(schedule_entries).where(*mine).values(values))
        self._session.commit()
        return gone

    def unclaim(self, site: str, *, kind: str = VISIT) -> None:
        """Leave an entry that was claimed as due as it was."""
        with self._session.writing() as connection:
            _let_go(connection, site, kind)
        self._session.commit()

    def entries(self) -> list[ScheduleEntry]:
        """All entries, the next one due first."""
        wanted = select(schedule_entries).order_by(
            schedule_entries.c.due_at, schedule_entries.c.site, schedule_entries.c.kind
        )
        with self._session.asking() as connection:
            return [ScheduleEntry(**row._mapping) for row in connection.execute(wanted)]

    def next_entries(self) -> dict[str, ScheduleEntry]:
        """The visits of the schedule by site, the next one due first."""
        return {each.site: each for each in self.entries() if each.kind == VISIT}

    def make_due(self, site: str, *, at: datetime, kind: str = VISIT) -> None:
        """Let an entry be due at *at*, whatever the schedule said."""
        self._set_entry(site, at, kind, due_at=at)

    def pause(self, site: str, *, at: datetime) -> None:
        """No visits by the clock until :meth:`resume`."""
        self._set_entry(site, at, None, paused_at=at)

    def resume(self, site: str, *, at: datetime) -> None:
        """Visits by the clock again, the first one at *at*: what was paused on purpose is no gap.

        The site's other entries keep their time, where that is still to come.
        """
        with self._session.writing() as connection:
            overdue = update(schedule_entries).where(
                schedule_entries.c.site == site, schedule_entries.c.due_at < at
            )
            connection.execute(overdue.values(due_at=at))
        self._set_entry(site, at, None, paused_at=None)
        self.make_due(site, at=at)

    def _set_entry(self, site: str, at: datetime, kind: str | None, **values: datetime | None) -> None:
        """Of all the site's entries when *kind* is ``None``."""
        with self._session.writing() as connection:
            mine = update(schedule_entries).where(schedule_entries.c.site == site)
            if kind is not None:
                mine = mine.where(schedule_entries.c.kind == kind)
            if not connection.execute(mine.values(values)).rowcount:
                first = {"site": site, "kind": kind or VISIT, "due_at": at} | values
                adding = upsert(connection, schedule_entries).values(first)
                connection.execute(adding.on_conflict_do_update(index_elements=["site", "kind"], set_=values))
        self._session.commit()


class Clocks:
    """Clocks that run, with what they were told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._alone = session.backend.IN_A_FILE

    def started(self, clock: RunningClock) -> None:
        """Put on record that a clock runs; those of this machine that died are forgotten."""
        with self._session.writing("(clocks)") as connection:
            holders = connection.execute(select(clocks.c.holder)).scalars().all()
            gone = [each for each in holders if each == clock.holder or died(each, alone=self._alone)]
            connection.execute(delete(clocks).where(clocks.c.holder.in_(gone)))
            values = {"holder": clock.holder, "started": clock.started, "at_most": clock.at_most}
            spans = {"every": clock.every.total_seconds(), "poll": clock.poll.total_seconds()}
            connection.execute(insert(clocks), values | spans)
        self._session.commit()

    def stopped(self, holder: str) -> None:
        """It runs no more."""
        with self._session.writing() as connection:
            connection.execute(delete(clocks).where(clocks.c.holder == holder))
        self._session.commit()

    def running(self) -> RunningClock | None:
        """The clock that runs, the one that was started last; ``None``: none, as far as is known."""
        with self._session.asking() as connection:
            rows = connection.execute(select(clocks).order_by(clocks.c.started.desc())).all()
        for row in rows:
            if not died(row.holder, alone=self._alone):
                spans = {"every": timedelta(seconds=row.every), "poll": timedelta(seconds=row.poll)}
                return RunningClock(**{**row._mapping, **spans})
        return None


def _take(connection: Connection, lease: Lease, *, where: ColumnElement[bool]) -> bool:
    """Take a lease that nobody has, or that the one who has it has lost (*where*): one statement decides."""
    values = {"site": lease.site, "holder": lease.holder, "taken": lease.taken, "until": lease.until}
    taking = upsert(connection, leases).values(values)
    taking = taking.on_conflict_do_update(index_elements=["site"], set_=values, where=where)
    return connection.execute(taking.returning(leases.c.site)).first() is not None


def _let_go(connection: Connection, site: str, kind: str, *whose: ColumnElement[bool]) -> bool:
    """Give back the claim of an entry, with its servers; false when nobody had it, or not *whose* it is."""
    claimed = delete(leases).where(leases.c.site == _claim_of(site, kind), *whose)
    had = connection.execute(claimed.returning(leases.c.holder, leases.c.taken)).first()
    if had is not None:
        taken_with_it = (leases.c.holder == had.holder, leases.c.taken == had.taken)
        connection.execute(delete(leases).where(*taken_with_it, leases.c.site.startswith(_SERVER)))
    return had is not None


def _same(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return leases.c.site == lease.site, leases.c.holder == lease.holder, leases.c.taken == lease.taken


def holder(process: int) -> str:
    """Who a process of this machine is, for a lease: ``host/namespace:process@since``.

    Containers may share a host's name, and count their processes apart: the namespace tells them apart.
    *since* tells a process from a later one of the same number: the boot, and the ticks from then on.
    """
    since, _ = _stated(process)
    return f"{_here()}:{process}@{since}" if since else f"{_here()}:{process}"


def machine_of(holder: str) -> str:
    """The name of the machine in ``host/namespace:process@since``."""
    return holder.rpartition(":")[0].partition("/")[0]


def process_space(holder: str) -> str:
    """What of a holder all processes have in common that see one another: their machine as it was started,
    and their namespace."""
    here, _, who = holder.rpartition(":")
    return f"{here} {_boot(who.partition('@')[2])}"


def died(holder: str, *, alone: bool) -> bool:
    """Whether that process ran here and is no more. Of another machine's processes nothing is known.

    *alone*: only processes of this machine can have the archive open. Where others can, one of them may have
    this one's name (copies of a virtual machine, containers that were given one name). Then a process is
    known to have run here only if this machine was not started anew since.

    One that was killed, and whose parent has not asked yet how it ended, is no more: it does nothing.
    """
    here, _, who = holder.rpartition(":")
    process, _, since = who.partition("@")
    if here != _here() or not process.isdecimal():
        return False
    if not alone and (not since or _boot(since) != _boot(_stated(os.getpid())[0])):
        return False
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:  # it is somebody else's: it lives
        pass
    now, ended = _stated(int(process))
    return ended or bool(since and now and since != now)


def _boot(since: str) -> str:
    return since.rpartition("-")[0]


def _stated(process: int) -> tuple[str, bool]:
    """(When a process began, whether it has ended), as the system tells it; empty where it says nothing."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
        stated = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # only Linux has them; or it is no more
        return "", False
    state, *others = stated.rpartition(")")[2].split()
    return f"{boot}-{others[18]}", state in "ZX"


def _here() -> str:
    space = ""
    with suppress(OSError):  # only Linux has them
        space = "".join(filter(str.isdecimal, str(Path("/proc/self/ns/pid").readlink())))
    return f"{socket.gethostname()}/{space}" if space else socket.gethostname()
