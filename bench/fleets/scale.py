"""What a fleet costs: requests, CPU, bytes, machines and money for so many sites, by a simulation.

First the unit costs are measured in this run, with real visits of made-up sites on loopback: the CPU of a
look at feeds that finds nothing, of a visit, of a page that is new and of one that is known; the bytes
that a page leaves in the archive; how many pages a second several writers file. Then sites are drawn by
chance (:class:`Population`), and the rules that the crawler itself goes by (``recrawl.py``) say what each
asks for on a day. At last the visits of a day wait for machines, as they would for ``legger worker``.
docs/scale.md tells what came of it, and what is assumed.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import multiprocessing
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean, median

from archive import Archive
from bench.fleets.fleet import FleetSites, site_at
from bench.helpers.engines import made, pages_a_second
from bench.helpers.made_up import say
from crawler.scheduling import recrawl
from crawler.scheduling.programs import LOADED, run_legger
from crawler.siteconfig.writing import write_site

SCALES = (1_000, 10_000, 1_000_000)
DAY = 86_400.0


@dataclass(frozen=True, kw_only=True)
class UnitCosts:
    """What one of each takes, as measured on this machine."""

    poll_cpu: float
    """Seconds of CPU of a look at feeds that finds nothing."""
    visit_cpu: float
    """Seconds of CPU of a visit, beside its pages."""
    new_cpu: float
    """Seconds of CPU of a page that is new: fetched, read, kept, filed."""
    known_cpu: float
    """Seconds of CPU of a page that is as it was."""
    memory: float
    """Megabytes that a visit and its reader hold."""
    new_bytes: float
    """Bytes in the archive for a page that is new, its packed body aside."""
    known_bytes: float
    """Bytes in the archive for a look that found nothing new."""
    filed: dict[str, dict[int, float]]
    """Engine -> writers at once -> pages filed a second, all together."""


@dataclass(frozen=True, kw_only=True)
class Population:
    """What sites are like: assumed, not measured; each can be told otherwise."""

    new_a_day: float = 3.0
    """Articles a day of the middle site."""
    spread: float = 1.2
    """Sigma of the lognormal by which sites differ in it."""
    sources: int = 4
    """Feeds, sitemaps and listings of a site."""
    edits: float = 0.68
    """Edits of an article in its first day (the figure of ``bench revisits``)."""
    same: float = 0.5
    """The share of looks that a server answers with 304, or with the same bytes."""
    page_bytes: float = 20_000
    """Bytes of a page on the wire, packed by the server."""
    body_bytes: float = 3_700
    """Bytes of a page in the archive, packed against its site's dictionary (a real site: 53 kB to 3.7)."""
    delay: float = 2.0
    """Seconds between two requests at a site."""
    every: float = 6.0
    """Hours between two visits."""
    poll: float = 1.0
    """Hours between two looks at feeds."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Euros a month, as a tenant of machines pays about 2026. Put in your own."""

    core: float = 8.0
    machine_cores: int = 8
    machine_memory: float = 32.0
    disk_gb: float = 0.08
    object_gb: float = 0.012


@dataclass(frozen=True, kw_only=True)
class SiteDay:
    """What one site asks for on a day, in the mean over its year."""

    new: float
    looks: float
    """At articles that are known."""
    polls: float
    """Looks at feeds alone."""
    visits: float
    source_requests: float

    @property
    def requests(self) -> float:
        """All of them; robots.txt is one."""
        return self.new + self.looks + self.source_requests + 1


# ---------------------------------------------------------------- unit costs


def measured(folder: Path, server: str | None) -> UnitCosts:
    """The unit costs on this machine: some real visits of made-up sites. Takes about two minutes."""
    for name in LOADED:
        import_module(name)
    few, many = 4, 64
    first, size = {}, {}
    with served(folder, few, many) as names:
        for articles, name in names.items():
            before = _size(folder)
            first[articles] = _visit(folder, name)
            size[articles] = _size(folder) - before
        before = _size(folder)
        again = {articles: _visit(folder, name, "--backfill") for articles, name in names.items()}
        grown = _size(folder) - before
        poll = min(_visit(folder, names[few], "--poll") for _ in range(3))
    (cpu_few, _), (cpu_many, memory) = first[few], first[many]
    engines = {"sqlite": None, **({"postgresql": server} if server else {})}
    new_cpu = (cpu_many - cpu_few) / (many - few)
    known_cpu = max(again[many][0] - again[few][0], 0.0) / (many - few)
    packed = _packed(folder) / (few + many)
    return UnitCosts(
        poll_cpu=poll[0],
        visit_cpu=max(cpu_few - few * new_cpu, poll[0]),
        new_cpu=new_cpu,
        known_cpu=known_cpu,
        memory=memory,
        new_bytes=(size[many] - size[few]) / (many - few) - packed,
        known_bytes=max(grown, 0) / (few + many),
        filed={engine: dict(_filing_rates(folder, where)) for engine, where in engines.items()},
    )


@contextmanager
def served(folder: Path, few: int, many: int) -> Iterator[dict[int, str]]:
    """Two made-up sites, of few and of many articles: articles -> name."""
    names = {}
    context = multiprocessing.get_context("spawn")  # no thread here: visits are copies of this process
    for number, articles in enumerate((few, many), 1):
        mine, other = context.Pipe()
        server = context.Process(target=_serve, args=(articles, other), daemon=True)
        server.start()
        site = site_at(f"site{number}", f"127.0.9.{number}:{mine.recv()}", delay=0.0)
        (folder / "sites").mkdir(exist_ok=True)
        write_site(site, folder / "sites" / f"{site.name}.toml")
        names[articles] = site.name
    yield names


def _serve(articles: int, line: Connection) -> None:
    server = FleetSites(articles)
    line.send(server.server_port)
    server.serve_forever()


def _visit(folder: Path, name: str, *options: str) -> tuple[float, float]:
    """CPU seconds and megabytes of one visit, in a copy of this process as ``legger schedule`` makes them."""
    child = os.fork()
    if not child:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
        environment |= {"LEGGER_SITES": str(folder / "sites"), "LEGGER_ARCHIVE": str(folder / "legger.db")}
        try:
            run_legger(["crawl", name, *options], str(folder / "visit.log"), environment)
        except SystemExit as end:
            os._exit(int(end.code or 0))
        finally:
            os._exit(70)
    _, status, took = os.wait4(child, 0)
    if status:
        raise SystemExit((folder / "visit.log").read_text())
    return took.ru_utime + took.ru_stime, 2 * took.ru_maxrss / 1024


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("legger.db*"))


def _packed(folder: Path) -> float:
    with Archive.open(folder / "legger.db", create=False, read_only=True) as archive:
        return archive.holdings.stats().packed_bytes


def _filing_rates(folder: Path, server: str | None) -> Iterator[tuple[int, float]]:
    """Writers at once -> pages filed a second, all together; into files where no *server* is named."""
    for writers in (1, 2, 4):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            where, drop = made(server, Path(place))
            try:
                yield writers, pages_a_second(where, writers, PAGES_FILED, 0.0)
            finally:
                drop()


PAGES_FILED = 400


# ---------------------------------------------------------------- what sites ask for


def drawn(fleet: Population, sites: int = 200, seed: int = 1) -> list[SiteDay]:
    """So many sites by chance, each with what it asks for on a day."""
    chance = random.Random(seed)
    looks = mean(_looks_in_a_year(fleet, chance) for _ in range(200))
    visits = 24 / fleet.every
    polls = 24 / fleet.poll - visits if fleet.poll else 0.0
    days = []
    for _ in range(sites):
        new = fleet.new_a_day * math.exp(chance.gauss(0, fleet.spread))
        asked = _source_requests(fleet, new, visits + polls, chance)
        days.append(SiteDay(new=new, looks=new * looks, polls=polls, visits=visits, source_requests=asked))
    return days


def _looks_in_a_year(fleet: Population, chance: random.Random) -> float:
    """Looks at one article in its first year, by the crawler's own rule; looks happen at visits."""
    born = now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    changed: datetime | None = None
    before: datetime | None = None
    looks = edits = 0
    share = 1 - 25 ** (1 - recrawl.USUAL_FADING)
    grid = timedelta(hours=fleet.every)
    while now - born < timedelta(days=365):
        due = recrawl.next_visit(
            first_seen=born, last_changed=changed, last_visit=before, now=now, edits=edits
        )
        upcoming = now + max(math.ceil((due - now) / grid), 1) * grid
        ages = [(each - born).total_seconds() / 3600 for each in (now, upcoming)]
        exposed = [(1 - (1 + age) ** (1 - recrawl.USUAL_FADING)) / share for age in ages]
        before, now, looks = now, upcoming, looks + 1
        if chance.random() < 1 - math.exp(-fleet.edits * (exposed[1] - exposed[0])):
            changed, edits = now, edits + 1
    return looks


def _source_requests(fleet: Population, new: float, times: float, chance: random.Random) -> float:
    """Requests a day to feeds, sitemaps and listings: at each look those that are due by our rule."""
    start = now = datetime(2026, 1, 5, tzinfo=UTC)
    due, last_new, asked, days = start, start, 0, 20
    while now - start < timedelta(days=days):
        now += timedelta(days=1) / times
        if chance.random() < 1 - math.exp(-new / times):
            last_new = now
        if due <= now:
            asked += fleet.sources
            due = recrawl.next_poll(now=now, last_new=last_new, first_seen=start)
    return asked / days


# ---------------------------------------------------------------- machines


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What so many sites come to."""

    sites: int
    requests_a_day: float
    wire_gb_a_day: float
    cores: float
    """Busy all day, for visits."""
    at_once: float
    """Visits under way, in the mean."""
    machines: int
    wait_median: float
    """Seconds that a visit waits for a machine."""
    wait_late: float
    """... and that the slowest in a hundred wait."""
    pages_a_second: float
    """Captures filed, in the mean."""
    database_gb_a_year: float
    bodies_gb_a_year: float
    euros_a_month: float
    """Machines for visits and the database's first year, without people."""


def bill(sites: int, days: Sequence[SiteDay], unit: UnitCosts, fleet: Population, prices: Prices) -> Bill:
    """What *sites* such sites cost."""
    each = {name: mean(getattr(day, name) for day in days) for name in SiteDay.__dataclass_fields__}
    same = each["looks"] * fleet.same + each["source_requests"]
    fresh = each["new"] + each["looks"] * (1 - fleet.same)
    requests = same + fresh + 1
    cpu = each["polls"] * unit.poll_cpu + each["visits"] * unit.visit_cpu
    cpu += fresh * unit.new_cpu + same * unit.known_cpu
    cores = sites * cpu / DAY
    wall = requests * fleet.delay + (each["polls"] + each["visits"]) * 1.0
    at_once = sites * wall / DAY
    slots = int(prices.machine_memory * 1024 * 0.7 / unit.memory)
    machines = max(math.ceil(1.5 * cores / prices.machine_cores), math.ceil(1.2 * at_once / slots), 1)
    waits = _waits(sites, days, fleet, machines * slots)
    database = sites * 365 * (fresh * unit.new_bytes + same * unit.known_bytes) / 1e9
    bodies = sites * 365 * fresh * fleet.body_bytes / 1e9
    money = machines * prices.machine_cores * prices.core
    money += database * prices.disk_gb + bodies * prices.object_gb
    return Bill(
        sites=sites,
        requests_a_day=sites * requests,
        wire_gb_a_day=sites * (fresh * fleet.page_bytes + same * 500) / 1e9,
        cores=cores,
        at_once=at_once,
        machines=machines,
        wait_median=median(waits),
        wait_late=sorted(waits)[int(0.99 * (len(waits) - 1))],
        pages_a_second=sites * (fresh + same) / DAY,
        database_gb_a_year=database,
        bodies_gb_a_year=bodies,
        euros_a_month=money,
    )


SIMULATED = 5_000
"""Sites whose day is gone through; more stand for so many with as many times the machines."""


def _waits(sites: int, days: Sequence[SiteDay], fleet: Population, slots: int) -> list[float]:
    """Seconds that each visit of a day waits, first come first served, with so many at a time."""
    chance = random.Random(sites)
    went = min(sites, SIMULATED)
    free = [0.0] * max(round(slots * went / sites), 1)
    due = []
    for number in range(went):
        day = days[number % len(days)]
        times = round(day.polls + day.visits)
        first = chance.uniform(0, DAY / times)
        lasts = day.requests * fleet.delay / times + 1.0
        due += [(first + turn * DAY / times, lasts * chance.expovariate(1.0)) for turn in range(times)]
    waits = []
    for at, lasts in sorted(due):
        begins = max(at, free[0])
        waits.append(begins - at)
        heapq.heapreplace(free, begins + lasts)
    return waits


# ---------------------------------------------------------------- the report


def tell(unit: UnitCosts, bills: Sequence[Bill]) -> None:
    """Print the unit costs and what each scale comes to."""
    say("a look at feeds that finds nothing, CPU", 1000 * unit.poll_cpu, "ms", ".0f")
    say("a visit beside its pages, CPU", 1000 * unit.visit_cpu, "ms", ".0f")
    say("a page that is new, CPU", 1000 * unit.new_cpu, "ms", ".1f")
    say("a page that is as it was, CPU", 1000 * unit.known_cpu, "ms", ".1f")
    say("memory of a visit and its reader, at most", unit.memory, "MB", ".0f")
    say("a new page in the archive, its body aside", unit.new_bytes / 1000, "kB", ".1f")
    say("a look in the archive", unit.known_bytes / 1000, "kB", ".1f")
    for engine, rates in unit.filed.items():
        for writers, rate in rates.items():
            say(f"pages filed a second, {engine}, {writers} at once", rate, "", ".0f")
    print()
    rows: list[tuple[str, str, str]] = [
        ("requests a day", "requests_a_day", ",.0f"),
        ("  GB on the wire a day", "wire_gb_a_day", ",.1f"),
        ("  a second, filed", "pages_a_second", ",.1f"),
        ("cores busy all day", "cores", ",.1f"),
        ("visits under way", "at_once", ",.0f"),
        ("machines for visits", "machines", ",d"),
        ("a visit waits, s", "wait_median", ",.0f"),
        ("  one in a hundred", "wait_late", ",.0f"),
        ("database, GB a year", "database_gb_a_year", ",.0f"),
        ("bodies, GB a year", "bodies_gb_a_year", ",.0f"),
        ("euros a month", "euros_a_month", ",.0f"),
    ]
    print(f"  {'sites':<24}" + "".join(f"{each.sites:>16,}" for each in bills))
    for what, name, form in rows:
        print(f"  {what:<24}" + "".join(f"{format(getattr(each, name), form):>16}" for each in bills))


def main(arguments: list[str]) -> int:
    """Measure, simulate, tell."""
    parser = argparse.ArgumentParser(prog="python -m bench scale", description=__doc__)
    parser.add_argument("--sites", type=int, action="append", help="sites (1,000, 10,000 and 1,000,000)")
    parser.add_argument("--server", help="postgresql://..., where databases may be made: writers there too")
    parser.add_argument("--costs", type=Path, help="unit costs of an earlier run, instead of measuring")
    parser.add_argument("--keep", type=Path, help="write the unit costs to this file")
    for kind in (Population, Prices):
        for name, value in asdict(kind()).items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    said = parser.parse_args(arguments)
    fleet, prices = (
        kind(**{name: getattr(said, name) for name in kind.__dataclass_fields__})
        for kind in (Population, Prices)
    )
    if said.costs:
        told = json.loads(said.costs.read_text())
        told["filed"] = {
            engine: {int(writers): rate for writers, rate in rates.items()}
            for engine, rates in told["filed"].items()
        }
        unit = UnitCosts(**told)
    else:
        with tempfile.TemporaryDirectory(prefix="legger-scale-") as folder:
            unit = measured(Path(folder), said.server)
    if said.keep:
        said.keep.write_text(json.dumps(asdict(unit), indent=1) + "\n")
    days = drawn(fleet)
    tell(unit, [bill(sites, days, unit, fleet, prices) for sites in said.sites or SCALES])
    return 0
