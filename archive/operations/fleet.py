"""A fleet: workers on many machines, the queue they take visits from, and how far behind they are.

The queue is procrastinate's, in tables of its own beside the archive's. They are read here as any table is;
what changes them is :mod:`crawler.fleet`. An archive in SQLite has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Text, cast, column, delete, func, insert, select, table, text

from archive.db.functions import has_table
from archive.db.schema import leases, schedule_entries, site_files, workers
from archive.db.session import Session
from archive.operations.schedule import BULK, ScheduleEntry, VisitSchedule, machine_of
from archive.operations.site_files import SITE
from archive.shards import BulkProgress, Shards, together

_HEARD = table("procrastinate_workers", column("id"), column("last_heartbeat"))
_JOBS = table(
    "procrastinate_jobs",
    column("id"), column("status"), column("lock"), column("args"), column("worker_id"),
)  # fmt: skip
_EVENTS = table("procrastinate_events", column("job_id"), column("type"), column("at"))
_CONNECTIONS = text("""
    SELECT least(
        CAST(current_setting('max_connections') AS INTEGER)
            - CAST(current_setting('superuser_reserved_connections') AS INTEGER)
            - coalesce(CAST(current_setting('reserved_connections', TRUE) AS INTEGER), 0),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
    )
""")
"""How many connections PostgreSQL allows the role that asks."""
_OPEN = text("procrastinate_jobs.status IN ('todo', 'doing')")  # in the words of its indexes

_LATEST = select(func.max(site_files.c.id)).where(site_files.c.kind == SITE).group_by(site_files.c.name)
_OUT_OF_USE = select(site_files.c.name).where(site_files.c.id.in_(_LATEST), site_files.c.text.is_(None))
"""Sites whose files were taken out of use: their entries stay, and nobody does them."""

PLAN = "(plan)"
"""The lease of the one clock that plans: no site has this name."""
OF_A_VISIT, OF_A_WORKER, OF_A_CLOCK = 4, 4, 4
"""Connections to the database that each takes, at most (a visit holds three, and now and then one more)."""
MISSED = 6
"""Signs of life that a worker may miss before it is taken for dead."""


@dataclass(frozen=True, kw_only=True)
class FleetWorker:
    """A worker on some machine."""

    number: int
    holder: str
    """Its process, as in leases; empty: it is not known."""
    started: datetime | None
    at_most: int
    """Visits at a time."""
    heartbeat: float
    """Seconds between two signs of life."""
    heard: datetime | None
    """Its last sign of life, by the database's clock; ``None``: the queue knows it no more."""
    ahead: float = 0.0
    """Seconds that its machine's clock is ahead of the database's, where it takes nothing for that."""

    @property
    def machine(self) -> str:
        """The name of its machine."""
        return machine_of(self.holder)


@dataclass(frozen=True, kw_only=True)
class QueuedVisit:
    """A job of the queue: something that is due at a site."""

    number: int
    site: str
    kind: str
    group: str
    """No two visits of one group are under way at once."""
    under_way: bool
    worker: int | None
    """The number of the worker that has it."""
    since: datetime | None
    """When it was queued, or taken."""


@dataclass(frozen=True, kw_only=True)
class FleetStatus:
    """How a fleet stands."""

    at: datetime
    """By the database's clock."""
    workers: tuple[FleetWorker, ...]
    visits: tuple[QueuedVisit, ...]
    planner: str | None
    """The machine whose clock plans; ``None``: none does."""
    due: int
    """Entries that are due and that nobody is at."""
    oldest: ScheduleEntry | None
    """The one of them that is due for longest."""
    bulk: tuple[BulkProgress, ...]
    """How far bulk work has come, by kind; that too which is done, until somebody has asked after it."""
    connections: int | None
    """How many the database allows; ``None``: any number."""

    def alive(self, worker: FleetWorker) -> bool:
        """Whether a worker was heard of lately."""
        return worker.heard is not None and self.at - worker.heard < timedelta(
            seconds=MISSED * worker.heartbeat
        )

    @property
    def lag(self) -> timedelta:
        """How long what is due has waited, at most."""
        return self.at - self.oldest.due_at if self.oldest is not None else timedelta()

    @property
    def at_most(self) -> int:
        """Visits at a time, of all workers that live."""
        return sum(each.at_most for each in self.workers if self.alive(each))

    @property
    def connections_wanted(self) -> int:
        """What workers that live, and a clock, take of the database when all their places are taken."""
        living = sum(map(self.alive, self.workers))
        return OF_A_CLOCK + living * OF_A_WORKER + self.at_most * OF_A_VISIT

    @property
    def too_few_connections(self) -> str:
        """What to do where the database allows fewer: visits fail by it. Empty: it allows enough."""
        if self.connections is None or self.connections >= self.connections_wanted:
            return ""
        return (
            f"the database allows {self.connections} connections, and {self.at_most} visits at a time may "
            f"take {self.connections_wanted}: raise max_connections, or let workers do fewer (--concurrency)"
        )


class FleetRegistry:
    """Workers, and what the queue holds."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shards = Shards(session)

    @property
    def on_one_machine(self) -> bool:
        """Whether only the processes of one machine can have the archive open: it stands in a file."""
        engine = self._session.writer or self._session.reader
        return engine is None or engine.dialect.name == "sqlite"

    @property
    def has_queue(self) -> bool:
        """Whether a fleet's clock or worker was ever at this archive."""
        with self._session.asking() as connection:
            return _has_queue(connection)

    def register(
        self,
        number: int,
        *,
        holder: str,
        started: datetime,
        at_most: int,
        heartbeat: float,
        ahead: float = 0.0,
    ) -> None:
        """A worker runs, *number* in the queue; what the same process was before is forgotten.

        *ahead*: seconds that its machine's clock is ahead of the database's.
        """
        with self._session.writing() as connection:
            former = (workers.c.number == number) | (workers.c.holder == holder)
            connection.execute(delete(workers).where(former))
            values = {"number": number, "holder": holder, "started": started, "ahead": ahead}
            connection.execute(insert(workers), values | {"at_most": at_most, "heartbeat": heartbeat})
        self._session.commit()

    def withdraw(self, number: int) -> None:
        """It runs no more."""
        with self._session.writing() as connection:
            connection.execute(delete(workers).where(workers.c.number == number))
        self._session.commit()

    def workers(self) -> list[FleetWorker]:
        """Workers that run, and those that died and were not missed yet; the oldest first."""
        with self._session.asking() as connection:
            return _workers(connection)

    def visits(self) -> list[QueuedVisit]:
        """What is queued or under way, the next one first."""
        with self._session.asking() as connection:
            return _visits(connection) if _has_queue(connection) else []

    def status(self, *, now: datetime) -> FleetStatus:
        """How it stands. *now* counts where the database has no clock."""
        with self._session.asking() as connection:
            queue = _has_queue(connection)
            at = connection.execute(select(func.now())).scalar_one() if queue else now
            at = at.astimezone(UTC)
            taken = set(connection.execute(select(leases.c.site)).scalars())
            planner = connection.execute(
                select(leases.c.holder).where(leases.c.site == PLAN, leases.c.until > at)
            ).scalar()
            late = connection.execute(
                select(schedule_entries)
                .where(
                    schedule_entries.c.due_at <= at,
                    schedule_entries.c.paused_at.is_(None),
                    schedule_entries.c.kind.not_in(BULK),
                    schedule_entries.c.site.not_in(_OUT_OF_USE),
                )
                .order_by(schedule_entries.c.due_at, schedule_entries.c.site)
            ).all()
            due = [ScheduleEntry(**row._mapping) for row in late]
            due = [each for each in due if VisitSchedule.claim_name(each.site, each.kind) not in taken]
            return FleetStatus(
                at=at,
                workers=tuple(_workers(connection)),
                visits=tuple(_visits(connection)) if queue else (),
                planner=machine_of(planner) if planner else None,
                due=len(due),
                oldest=due[0] if due else None,
                connections=connection.execute(_CONNECTIONS).scalar_one() if queue else None,
                bulk=tuple(
                    together(kind, found.values()) for kind in BULK if (found := self._shards.progress(kind))
                ),
            )


def _has_queue(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and has_table(connection, "procrastinate_jobs")


def _workers(connection: Connection) -> list[FleetWorker]:
    registered = {row.number: row for row in connection.execute(select(workers))}
    heard = {}
    if _has_queue(connection):
        heard = {row.id: row.last_heartbeat for row in connection.execute(select(_HEARD))}
    found = []
    for number in sorted({*registered, *heard}):
        row = registered.get(number)
        found.append(
            FleetWorker(
                number=number,
                holder=row.holder if row else "",
                started=row.started if row else None,
                at_most=row.at_most if row else 0,
                heartbeat=row.heartbeat if row else 10.0,
                heard=heard.get(number),
                ahead=row.ahead if row else 0.0,
            )
        )
    return found


def _visits(connection: Connection) -> list[QueuedVisit]:
    status = cast(_JOBS.c.status, Text).label("status")
    wanted = select(_JOBS.c.id, status, _JOBS.c.lock, _JOBS.c.args, _JOBS.c.worker_id).where(_OPEN)
    rows = connection.execute(wanted.order_by(status, _JOBS.c.id)).all()
    noted = (
        select(_EVENTS.c.job_id, func.max(_EVENTS.c.at).label("at"))
        .where(_EVENTS.c.job_id.in_(select(_JOBS.c.id).where(_OPEN)))
        .group_by(_EVENTS.c.job_id)
    )
    since = {row.job_id: row.at for row in connection.execute(noted)}
    return [
        QueuedVisit(
            number=row.id,
            site=row.args.get("site", ""),
            kind=row.args.get("kind", ""),
            group=row.lock or "",
            under_way=row.status == "doing",
            worker=row.worker_id,
            since=since.get(row.id),
        )
        for row in rows
    ]
