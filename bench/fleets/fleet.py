"""A fleet of small sites on one machine: visits an hour, their cost, and whether each site's delay was kept.

One server on loopback answers for every site, each on an address of its own, and notes when it was asked. The
real clock (legger schedule) goes round them for --seconds, each site again every --every hours. A site has
a feed, a front page and --articles articles. The short form: python -m bench fleet; the whole: with
--sites 200 --seconds 900.
"""

from __future__ import annotations

import argparse
import ctypes
import io
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from archive import Archive
from bench.helpers.big_pages import page
from crawler.scheduling.load import day_load
from crawler.scheduling.timetable import DefaultSchedule
from crawler.siteconfig.files import read_site
from crawler.siteconfig.site import Site
from crawler.siteconfig.writing import write_site

TOLERANCE = 0.1
"""Seconds by which a request may seem early: where all processors are busy, the kernel may hand the first of
two on later than the second."""

STAMPED = 35
"""``SO_TIMESTAMPNS`` of Linux: the kernel says of what is read when it came. The server, on the same busy
cores, reads one late now and then, and the next would seem early."""

SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER`` of Linux's prctl: whose parent ends is waited for here."""


class FleetSites(ThreadingHTTPServer):
    """All sites; which one is asked stands in the Host header."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, articles: int) -> None:
        super().__init__(("0.0.0.0", 0), _FleetHandler)
        self.stamps = sys.platform == "linux" and _arrivals_are_stamped(self.socket)
        """Whether requests are noted when they come; else when they are read."""
        self.articles = articles
        self.asked: defaultdict[str, list[float]] = defaultdict(list)
        """Host -> when each request came, in seconds of the system's clock."""
        self.longest_unread = 0.0
        """Seconds between a request's coming and its being read, at most."""
        self.lock = threading.Lock()

    def answer(self, host: str, path: str) -> tuple[int, str, str]:
        """(status, type, body)."""
        base = f"http://{host}"
        if path == "/feed":
            items = "".join(
                f"<item><title>Bericht {n}</title><link>{base}/nieuws/{n}</link></item>"
                for n in range(self.articles)
            )
            return 200, "application/rss+xml", f"<rss version='2.0'><channel>{items}</channel></rss>"
        if path == "/":
            links = "".join(f"<a href='/nieuws/{n}'>Bericht {n}</a>" for n in range(self.articles))
            return 200, "text/html", f"<!DOCTYPE html><html lang='nl'><body>{links}</body></html>"
        number = path.removeprefix("/nieuws/")
        if number.isdecimal() and int(number) < self.articles:
            return 200, "text/html", page(int(number), self.articles, of=host)
        return 404, "text/plain", ""


def _arrivals_are_stamped(listening: socket.socket) -> bool:
    """Ask the kernel to stamp what comes over the connections of a socket, and wait until it does.

    It begins a moment after the first socket of the machine asks; what came before is stamped as it is read.
    """
    listening.setsockopt(socket.SOL_SOCKET, STAMPED, 1)  # its connections inherit it
    deadline = time.monotonic() + 5
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, STAMPED, 1)
        probe.bind(("127.0.0.1", 0))
        while time.monotonic() < deadline:
            probe.sendto(b".", probe.getsockname())
            time.sleep(0.002)
            reading = time.time()
            came = _stamp(probe.recvmsg(1, 64)[1])
            if came is not None and came < reading:
                return True
    return False


def _stamp(beside: list[tuple[int, int, bytes]]) -> float | None:
    """When it came, of what the kernel says beside what is read; ``None``: it does not say."""
    stamps = [said for level, kind, said in beside if (level, kind) == (socket.SOL_SOCKET, STAMPED)]
    if not stamps:
        return None
    seconds, nanoseconds = struct.unpack("@ll", stamps[-1])
    return float(seconds + nanoseconds / 1e9)


class _StampedConnection(io.RawIOBase):
    """What comes over a connection, and when the last of it came."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.came = time.time()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            read, beside, _, _ = self._connection.recvmsg_into([buffer], 64)
        except ConnectionError:  # the visit was killed
            return 0
        self.came = _stamp(beside) or time.time()
        return read


class _FleetHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FleetSites

    def setup(self) -> None:
        super().setup()
        self.stamped = _StampedConnection(self.connection)
        self.rfile = io.BufferedReader(self.stamped)

    def do_GET(self) -> None:
        host = self.headers["Host"]
        with self.server.lock:
            self.server.asked[host].append(self.stamped.came)
            self.server.longest_unread = max(self.server.longest_unread, time.time() - self.stamped.came)
        status, kind, body = self.server.answer(host, self.path)
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        with suppress(BrokenPipeError):  # the visit was told to stop
            self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing goes to the screen."""


def site_at(name: str, address: str, *, delay: float) -> Site:
    """One of the sites of :class:`FleetSites`, whose Host is *address*."""
    return Site(
        name=name, url=f"http://{address}/", feeds=(f"http://{address}/feed",), language="nl",
        allow_private=True, practice=True, delay=delay,
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Go round the fleet; 1 when a delay was not kept or a site was not visited."""
    says = argparse.ArgumentParser(prog="python -m bench fleet", description=__doc__)
    says.add_argument("--sites", type=int, default=12)
    says.add_argument("--articles", type=int, default=3)
    says.add_argument("--seconds", type=float, default=40)
    says.add_argument("--delay", type=float, default=1.0)
    says.add_argument("--at-most", type=int, default=4)
    says.add_argument("--every", type=float, default=0.01, help="hours between two visits of a site")
    options = says.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="legger-fleet-") as folder:
        return fleet(Path(folder), options)


def fleet(folder: Path, options: argparse.Namespace) -> int:
    """Serve the sites, run the clock, and tell what came of it."""
    server = FleetSites(options.articles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "sites").mkdir()
    for number in range(options.sites):
        address = f"127.0.{1 + number // 250}.{1 + number % 250}:{server.server_port}"
        site = site_at(f"site{number:03}", address, delay=options.delay)
        write_site(site, folder / "sites" / f"{site.name}.toml")
    here = {"LEGGER_ARCHIVE": str(folder / "legger.db"), "LEGGER_SITES": str(folder / "sites")}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LEGGER_")}
    command = [
        *(sys.executable, "-m", "legger", "schedule", "--every", str(options.every)),
        *("--poll", "0", "--at-most", str(options.at_most)),
    ]
    ctypes.CDLL(None).prctl(SUBREAPER, 1)  # the fork server outlives its clock: its CPU counts too
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with (folder / "clock.log").open("wb") as log:
        clock = subprocess.Popen(command, cwd=folder, env=clean | here, stdout=log, stderr=log)
        try:
            clock.wait(options.seconds)
        except subprocess.TimeoutExpired:
            clock.send_signal(signal.SIGTERM)
            clock.wait(120)
    took = time.monotonic() - began
    with suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    server.shutdown()
    server.server_close()
    return tell(
        folder, server, options, took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    )


def tell(folder: Path, server: FleetSites, options: argparse.Namespace, took: float, cpu: float) -> int:
    """Print the figures; 1 when a delay was not kept or no visit was ended."""
    with Archive.open(folder / "legger.db", create=False, read_only=True) as archive:
        runs = [run for run in archive.runs.list(limit=100_000) if run.outcome]
        outcomes = Counter(run.outcome for run in runs)
        now = datetime.now(UTC)
        paces = archive.runs.paces(since=now - timedelta(days=1), now=now)
    sites = [read_site(file) for file in sorted((folder / "sites").glob("*.toml"))]
    usual = DefaultSchedule(every=timedelta(hours=6), poll=timedelta(hours=1))
    load = day_load(sites, usual, paces, at_most=options.at_most)
    gaps = [later - first for times in server.asked.values() for first, later in pairwise(times)]
    early = [gap for gap in gaps if gap < options.delay - TOLERANCE]
    requests = sum(map(len, server.asked.values()))
    visits = len(runs)
    print(
        f"{options.sites} sites, {options.articles} articles each, delay {options.delay:g} s, "
        f"{options.at_most} visits at a time, {took:.0f} s"
    )
    print(f"  visits ended    {visits}, of {len({run.site for run in runs})} sites ({dict(outcomes)})")
    print(f"  visits an hour  {visits / took * 3600:.0f}")
    print(
        f"  requests        {requests}; between two at a site at least {min(gaps, default=0):.3f} s, "
        f"the middle one {median(gaps) if gaps else 0:.2f} s; too early: {len(early)}"
    )
    if visits:
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(
            f"  CPU             {cpu / visits:.2f} s a visit, {100 * cpu / took:.0f} % of one core; "
            f"the largest process {peak} MB"
        )
        if load is not None:
            print(f"  at the defaults {load.says()}")
        print(f"  one core does   {3600 / (cpu / visits):.0f} such visits an hour")
    return int(bool(early) or not visits)
