"""The queue of visits: procrastinate's, in the database of the archive. The one file that sets it up.

A job says that something is due at a site, and nothing more: the schedule in the archive says whether it
still is, and a visit takes its site's lease there. Whatever becomes of a job, the entry stays due until its
visit has ended; so a job is never tried again but failed, and the next look queues another. (Trying it again
would be refused while another of its site is queued, and its group would wait for it for ever.)
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.worker import Worker
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from archive.db.backend import url_of
from archive.db.postgres import UNLIMITED
from archive.errors import ArchiveError, LeggerError, UsageError
from crawler.fleet.tables import bring_up

log = logging.getLogger("legger.schedule")

TASK, QUEUE, BULK_QUEUE = "legger.visit", "visits", "bulk"
NOTHING = "nothing"
"""A queue that nobody puts a job on."""
FOR_EVER = 365 * 86_400.0
"""Seconds: what procrastinate would do by itself and is done here."""
UNREACHABLE = (ConnectorException, psycopg.Error)
"""What the queue raises when its database cannot be had."""

logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it tells every job it queues
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # and this every attempt at a database that is away


def why(error: BaseException) -> str:
    """What an error says, in a line: the driver's words, which procrastinate wraps in none of its own."""
    return " ".join(str(error.__cause__ if isinstance(error, ConnectorException) else error).split())


def in_a_sentence(record: logging.LogRecord) -> bool:
    """A filter of logs: what procrastinate says of a database that is away is one line, without a traceback.

    Its errors of any other kind stay as they are.
    """
    error = record.exc_info[1] if record.exc_info else None
    if record.name.startswith("procrastinate") and isinstance(error, (LeggerError, *UNREACHABLE)):
        record.msg, record.args = "%s: %s", (record.getMessage().partition(":")[0].strip(), why(error))
        record.exc_info = record.exc_text = None
    return True


def database_of(archive: str) -> str:
    """How the driver finds the database of an archive. Raises :class:`UsageError` for one in SQLite."""
    url = url_of(archive)
    if url.get_backend_name() != "postgresql":
        raise UsageError(
            "a fleet needs an archive in PostgreSQL, which many machines can reach: "
            "LEGGER_ARCHIVE=postgresql+psycopg://..., see docs/fleet.md"
        )
    named = url.set(drivername="postgresql").render_as_string(hide_password=False)
    own = conninfo_to_dict(named).get("options") or ""
    return make_conninfo(named, options=f"{own} {UNLIMITED}".strip())


def set_up(archive: str) -> None:
    """Make the queue's tables, or bring them up to date. Several processes may ask at once.

    Raises :class:`SchemaTooNew` where a later release was at them.
    """
    with _translated(), psycopg.connect(database_of(archive), autocommit=True) as connection:
        for each in bring_up(connection):
            log.info("the tables of the queue were brought up to date: %s", each.removesuffix(".sql"))


class VisitQueue:
    """The queue, for who puts visits on it."""

    def __init__(self, archive: str) -> None:
        self._archive, self._database = archive, database_of(archive)
        self._app: App | None = None

    def _opened(self) -> App:
        """With its tables, which are made where there are none."""
        if self._app is None:
            set_up(self._archive)
            app = App(connector=SyncPsycopgConnector(conninfo=self._database, min_size=1, max_size=1))
            with _translated():
                app.open()
            self._app = app
        return self._app

    def close(self) -> None:
        """Let go of the database."""
        if self._app is not None:
            self._app.close()

    def put(
        self,
        name: str,
        *,
        group: str,
        once: str,
        priority: int,
        queue: str = QUEUE,
        **arguments: str | float,
    ) -> bool:
        """Queue a job; false when one that may be queued *once* is there already."""
        job = self._opened().configure_task(
            name, queue=queue, lock=group, queueing_lock=once, priority=priority, allow_unknown=True
        )
        try:
            with _translated():
                job.defer(**arguments)
        except AlreadyEnqueued:
            return False
        return True


def worker_app(archive: str, visit: Callable[..., Awaitable[None]]) -> App:
    """The queue, for a worker whose jobs *visit* does: called with what :meth:`VisitQueue.put` was given."""
    app = App(connector=PsycopgConnector(conninfo=database_of(archive), min_size=1, max_size=4))
    app.task(name=TASK, queue=QUEUE, pass_context=True)(visit)
    return app


def worker_of(app: App, *, at_most: int, queues: Sequence[str] = (QUEUE, BULK_QUEUE)) -> Worker:
    """What takes jobs of these *queues*. Signs of life, dead workers and signals are
    :mod:`crawler.fleet.worker`'s business."""
    return Worker(
        app,
        queues=queues,
        name="legger",
        concurrency=at_most,
        install_signal_handlers=False,
        delete_jobs=DeleteJobCondition.SUCCESSFUL,
        # Its own signs of life end when it is told to stop, while visits go on; and one that fails stops it.
        update_heartbeat_interval=FOR_EVER,
        stalled_worker_timeout=FOR_EVER,
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except AlreadyEnqueued:
        raise
    except UNREACHABLE as error:
        raise ArchiveError(f"the queue of visits cannot be used: {error}") from error
