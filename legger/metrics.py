"""Figures for Prometheus, read from the archive when they are asked for. Needs the extra ``legger[metrics]``.

Off unless the clock is told a port (``legger schedule --metrics PORT``), and then on this machine only.
Reads the archive; writes nothing.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from archive import Archive
from archive.db.schema import REVISION
from archive.errors import LeggerError
from archive.model.reports import RunRecord
from legger.retired import retired_sites

log = logging.getLogger(__name__)

COUNTED = (
    "asked",
    "new",
    "changed",
    "same",
    "flip_flop",
    "back",
    "gone",
    "not_article",
    "unreadable",
    "failed",
    "skipped",
)
"""What of a visit's counts is told."""


class ArchiveCollector(Collector):
    """What Prometheus is told of one archive."""

    def __init__(self, where: str | Path) -> None:
        self.where = str(where)

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not read the archive."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Ask the archive. One that cannot be read is told as ``legger_up 0``."""
        up = GaugeMetricFamily("legger_up", "Whether the archive could be read")
        yield InfoMetricFamily(
            "legger", "The release and its schema", {"version": version("legger"), "schema": REVISION}
        )
        yield from self._disk()
        try:
            with Archive.open(self.where, create=False, read_only=True) as archive:
                found = list(_of(archive, archive.schedule.now()))
        except LeggerError as error:
            log.warning("the metrics could not be read: %s", error)
            found = []
        up.add_metric([], float(bool(found)))
        yield up
        yield from found

    def _disk(self) -> Iterator[Metric]:
        held = GaugeMetricFamily("legger_archive_bytes", "Bytes of the archive's files", labels=["file"])
        for ending in ("", "-wal"):
            with suppress(OSError):
                held.add_metric([ending.strip("-") or "archive"], Path(self.where + ending).stat().st_size)
        yield held
        with suppress(OSError):
            free = shutil.disk_usage(Path(self.where).absolute().parent).free
            yield GaugeMetricFamily(
                "legger_disk_free_bytes", "Bytes free where the archive stands", value=free
            )


def _of(archive: Archive, now: datetime) -> Iterator[Metric]:
    standing = GaugeMetricFamily(
        "legger_site_articles", "Articles by how they stand", labels=["site", "status"]
    )
    versions = GaugeMetricFamily("legger_site_versions", "Versions of articles", labels=["site"])
    counts = archive.holdings.site_counts()
    for each in counts:
        for status in ("live", "suspect", "gone"):
            standing.add_metric([each.site, status], getattr(each, status))
        versions.add_metric([each.site], each.versions)
    yield from (standing, versions)
    retired = set(retired_sites(archive))  # no visit comes: a figure of the last one would alarm for ever
    names = [each.site for each in counts if each.site not in retired]
    yield from _visits({name: archive.runs.list(name, limit=20) for name in names})
    yield from _roster(archive, now, retired)
    yield from _amiss(archive)


def _visits(by_site: dict[str, list[RunRecord]]) -> Iterator[Metric]:
    began = GaugeMetricFamily(
        "legger_site_last_visit_timestamp_seconds", "When the last visit began", labels=["site"]
    )
    done = GaugeMetricFamily(
        "legger_site_last_done_timestamp_seconds",
        "When the last visit ended to which something came that it asked for, and that was not cut short",
        labels=["site"],
    )
    how = GaugeMetricFamily(
        "legger_site_last_visit_outcome", "How the last visit that ended did so", labels=["site", "outcome"]
    )
    took = GaugeMetricFamily(
        "legger_site_last_visit_duration_seconds", "How long the last visit that ended took", labels=["site"]
    )
    counts = GaugeMetricFamily(
        "legger_site_last_visit_count", "What the last visit that ended counted", labels=["site", "what"]
    )
    for site, latest in by_site.items():
        if latest:
            began.add_metric([site], latest[0].started.timestamp())
        ended = [(run, run.ended) for run in latest if run.ended is not None]
        for run, end in ended[:1]:
            how.add_metric([site, run.outcome or "unknown"], 1.0)
            took.add_metric([site], (end - run.started).total_seconds())
            for what in COUNTED:
                counts.add_metric([site, what.replace("_", "-")], getattr(run.counts, what, 0))
        for _, end in [each for each in ended if each[0].outcome in ("done", "partly")][:1]:
            done.add_metric([site], end.timestamp())
    yield from (began, done, how, took, counts)


def _roster(archive: Archive, now: datetime, retired: Container[str]) -> Iterator[Metric]:
    due = GaugeMetricFamily(
        "legger_site_next_visit_timestamp_seconds", "When the clock visits it next", labels=["site"]
    )
    paused = GaugeMetricFamily("legger_site_paused", "Whether the clock leaves it alone", labels=["site"])
    visited = GaugeMetricFamily("legger_site_visiting", "Whether it is being visited", labels=["site"])
    leases = archive.schedule.leases(now=now)
    for site, entry in archive.schedule.next_entries().items():
        if site in retired:
            continue
        if entry.paused_at is None:
            due.add_metric([site], entry.due_at.timestamp())
        paused.add_metric([site], float(entry.paused_at is not None))
        visited.add_metric([site], float(site in leases))
    yield from (due, paused, visited)


def _amiss(archive: Archive) -> Iterator[Metric]:
    noted = CounterMetricFamily(
        "legger_incidents", "Visits that came late, failed or were cut short", labels=["site", "kind"]
    )
    tally = Counter((each.site or "", each.kind) for each in archive.incidents.list())
    for (site, kind), number in sorted(tally.items()):
        noted.add_metric([site, kind], number)
    yield noted
    wrong = GaugeMetricFamily("legger_alarms", "What is wrong now", labels=["site", "kind"])
    alarms = Counter((each.site or "", each.kind) for each in archive.alarms.all())
    for (site, kind), number in sorted(alarms.items()):
        wrong.add_metric([site, kind], number)
    yield wrong


def serve(port: int, archive: str | Path, *, host: str = "127.0.0.1") -> tuple[WSGIServer, threading.Thread]:
    """Answer Prometheus at ``http://host:port/metrics`` from a thread; returns the server and its thread.

    Raises :class:`OSError` when the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(ArchiveCollector(archive))
    return start_http_server(port, host, registry)
