"""Going out: CPU, bytes and memory of a crawl, beside bare Scrapy spiders: one that only downloads what it is
given, and one that finds its pages by their links, as a crawl must.

A server in a process of its own serves a site of big pages on loopback. Each crawl is a process too; its CPU
is that of the process and of the one that reads its pages, and what it costs to start is taken off by
crawling twice, a few pages and many. --pages 50000 --only memory shows whether memory stays flat (a quarter
of an hour), --only handlers what other download handlers cost, over TLS and HTTP/2.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.settings import Settings

from archive import Archive
from archive.model.addresses import Address, Link, Outcome, Role
from archive.model.types import Capture, Ground
from bench.helpers.big_pages import page
from bench.helpers.handlers import handlers
from crawler.crawl.fetch import Fetch
from crawler.runner import visit
from crawler.siteconfig.site import Site
from crawler.siteconfig.writing import write_site
from crawler.spider_loader import spider_for
from crawler.spiders.news import AT_ONCE_UNHURRIED, NewsSpider

FEW = 40


# ---------------------------------------------------------------- the site


def serve(pages: int) -> None:
    """Serve until killed; the first line on stdout is the port."""

    async def answer(request: web.Request) -> web.Response:
        path = request.path
        if path == "/robots.txt":
            return web.Response(text="User-agent: *\nDisallow: /mijn/\n")
        if path == "/sitemap.xml":
            base = f"http://{request.host}/nieuws/"
            entries = "".join(f"<url><loc>{base}{number}</loc></url>" for number in range(pages))
            return web.Response(text=f"<urlset>{entries}</urlset>", content_type="application/xml")
        number = path.removeprefix("/nieuws/")
        if not number.isdecimal():
            return web.Response(status=404)
        tag = f'"{number}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(text=page(int(number), pages), content_type="text/html", headers={"ETag": tag})

    async def started(app: web.Application) -> None:
        print(runner_port(app), flush=True)

    def runner_port(app: web.Application) -> int:
        return int(app["port"])

    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = web.Application()
        app["port"] = listening.getsockname()[1]
        app.router.add_get("/{path:.*}", answer)
        app.on_startup.append(started)
        web.run_app(app, sock=listening, print=None, access_log=None)


@contextmanager
def served(pages: int) -> Iterator[str]:
    """The base address of a served site."""
    command = [sys.executable, "-m", "bench.going_out", "serve", str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.kill()


# ---------------------------------------------------------------- the crawls


class Bare(Spider):
    """Downloads, and does nothing else."""

    name = "bare"
    urls: tuple[str, ...] = ()

    async def start(self) -> AsyncIterator[Request]:
        """All at once; Scrapy's scheduler holds them."""
        for url in self.urls:
            yield Request(url, callback=self.parse, dont_filter=True)

    def parse(self, response: Any) -> None:
        """Look at what came, as any spider does."""
        assert response.status == 200


class Linked(Spider):
    """Starts from one page and finds the others with Scrapy's own link extractor; keeps nothing either."""

    name = "linked"
    urls: tuple[str, ...] = ()
    links = LinkExtractor(allow=r"/nieuws/\d+$")

    async def start(self) -> AsyncIterator[Request]:
        """The first page."""
        yield Request(self.urls[0], callback=self.parse)

    def parse(self, response: Any) -> Iterator[Request]:
        """Ask for every page of the site that this one links to; Scrapy asks for each once."""
        assert response.status == 200
        for link in self.links.extract_links(response):
            yield Request(link.url, callback=self.parse)


class ByList:
    """A round that goes by a list, and neither reads nor files what comes."""

    outcome = ""
    ground = Ground.GENERAL

    def __init__(self, site: Site, urls: list[str]) -> None:
        self.site, self.urls = site, urls[::-1]
        self.came = 0

    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC)

    def next(self) -> Fetch | None:
        """The next address of the list."""
        if not self.urls:
            return None
        url = self.urls.pop()
        at = self.now()
        address = Address(id=0, url=url, role=Role.PAGE, link=Link(url=url), found_at=at)
        return Fetch(address=address, url=url)

    @property
    def waiting(self) -> bool:
        """Whether the list has more."""
        return bool(self.urls)

    def keep(self, capture: Capture, fetch: Fetch) -> None:
        """Look at what came; nothing is to be read."""
        self.came += 1
        assert capture.status == 200, replace(capture, body=b"")

    def asked_to_wait(self, url: str) -> datetime | None:
        """No host asked."""
        return None

    def source(self, capture: Capture) -> None:
        """robots.txt is not kept."""

    def source_of_today(self, url: str) -> None:
        """Nothing is known."""

    def begin(self) -> None:
        """Nothing to begin."""

    def stats(self) -> dict[str, int]:
        """Nothing to tell."""
        return {}

    def commit(self) -> None:
        """Nothing to commit."""

    def end(self, *, cut_short: str) -> Outcome:
        """Nothing to end."""
        return Outcome.DONE


def crawl(mode: str, base: str, pages: int, folder: Path) -> None:
    """One crawl in this process; prints what it took as JSON."""
    site = Site(name="dorp", url=f"{base}/", sitemaps=(f"{base}/sitemap.xml",), allow_private=True)
    urls = [f"{base}/nieuws/{number}" for number in range(pages)]
    received = 0
    if mode == "whole":
        write_site(site, folder / "sites" / "dorp.toml")
        os.environ["LEGGER_SITES"] = str(folder / "sites")
        where = str(folder / "legger.db")
        (report,) = visit([site], archive=where, backfill=True)
        assert report.outcome in ("done", "partly"), report  # its front page and sections are not there
        with Archive.open(where) as archive:
            (last, *_) = archive.runs.list("dorp")
            assert last.cost is not None
            received = last.cost.received
    else:
        settings = Settings({"CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE_UNHURRIED, "LOG_LEVEL": "WARNING"})
        if mode not in ("scrapy", "linked"):
            settings.setmodule("crawler.settings", "project")
            settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", AT_ONCE_UNHURRIED, "cmdline")
            settings.set("LEGGER_ALLOW_PRIVATE", True, "cmdline")
        process = AsyncCrawlerProcess(settings)
        Bare.urls = Linked.urls = tuple(urls)
        if mode in ("scrapy", "linked", "bare"):
            crawler = process.create_crawler(Linked if mode == "linked" else Bare)
            process.crawl(crawler)
        else:
            listed = ByList(site, urls)

            class Going(spider_for(site)):  # type: ignore[misc]
                def __init__(self, **more: Any) -> None:
                    super().__init__(**more)
                    self.run = listed
                    self._robots = type(self._robots)(self._fetch_source, now=self.run.now, mining=site.owns)

            assert issubclass(Going, NewsSpider)
            process.crawl(Going, archive=Archive.open(folder / "going.db"))
        process.start()
        if mode == "going":
            assert listed.came == pages, f"{listed.came} of {pages} pages came"
        if mode == "linked" and crawler.stats is not None:
            got = crawler.stats.get_value("response_received_count")
            assert got == pages, f"its links lead to {got} of {pages} pages"
    used = resource.getrusage(resource.RUSAGE_SELF)
    reading = resource.getrusage(resource.RUSAGE_CHILDREN)  # pages are read in a process of their own
    cpu = used.ru_utime + used.ru_stime + reading.ru_utime + reading.ru_stime
    print(json.dumps({"cpu": cpu, "memory": used.ru_maxrss + reading.ru_maxrss, "received": received}))


def measured(mode: str, base: str, pages: int, folder: Path) -> dict[str, float]:
    """One crawl in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "bench.going_out", mode, base, str(pages), str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a goal was not reached."""
    parser = argparse.ArgumentParser(prog="python -m bench going_out", description=__doc__)
    parser.add_argument(
        "--pages", type=int, default=3000, help="of the site: a first visit reads 50 to 400 of them twice"
    )
    parser.add_argument("--only", choices=["cost", "memory", "handlers"])
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="legger-bench-"))
    try:
        reached = [
            part(folder, options.pages)
            for name, part in (("cost", cost), ("memory", memory), ("handlers", handlers))
            if name == options.only or (options.only is None and name != "handlers")
        ]
    finally:
        shutil.rmtree(folder)
    return 0 if all(reached) else 1


def cost(folder: Path, pages: int) -> bool:
    """CPU per page of three crawls, and what a second one of the same site takes."""
    each: dict[str, float] = {}
    first: dict[str, float] = {}
    start = 0.0
    with served(FEW) as few, served(pages) as many:
        for mode in ("scrapy", "linked", "bare", "going", "whole"):
            small = measured(mode, few, FEW, folder / f"{mode}-few")
            large = measured(mode, many, pages, folder / f"{mode}-many")
            each[mode] = 1000 * (large["cpu"] - small["cpu"]) / (pages - FEW)
            first = large if mode == "whole" else first
            start = small["cpu"] if mode == "bare" else start
        again = measured("whole", many, pages, folder / "whole-many")
    for mode, says in (
        ("scrapy", "a bare Scrapy spider that is given its pages"),
        ("linked", "... that finds them by their links"),
        ("bare", "given its pages, with our settings and download handler"),
        ("going", "ours without reading and filing"),
        ("whole", "the whole road: download, read, judge, file"),
    ):
        print(f"  {says:<58}{each[mode]:8.2f} ms CPU a page")
    going, whole = each["going"] / each["scrapy"], each["whole"] / each["scrapy"]
    print(f"  going out, beside Scrapy as it comes{'':<22}{going:8.2f}  (goal at most 1.15)")
    print(f"  the whole road, beside Scrapy that is given its pages{'':<5}{whole:8.2f}  (goal at most 4)")
    linked = each["whole"] / each["linked"]
    print(f"  ... beside Scrapy that finds them by their links{'':<10}{linked:8.2f}  (no goal)")
    size = again["received"] / first["received"]
    effort = (again["cpu"] - start) / (first["cpu"] - start)
    print(f"  a second crawl of the unchanged site: bytes{'':<15}{size:8.3f}  (goal at most 0.1)")
    print(f"  ... CPU, without starting Python{'':<26}{effort:8.3f}  (goal at most 0.2)")
    return going <= 1.15 and whole <= 4 and size <= 0.1 and effort <= 0.2


def memory(folder: Path, pages: int) -> bool:
    """Most memory of a crawl of a tenth of the pages, and of them all."""
    with served(pages // 10) as few, served(pages) as many:
        small = measured("whole", few, pages // 10, folder / "memory-few")["memory"] / 1024
        large = measured("whole", many, pages, folder / "memory-many")["memory"] / 1024
    print(f"  memory at {pages // 10:,} and {pages:,} pages{'':<28}{small:8.0f} and {large:.0f} MB")
    return large <= 1.25 * small


if __name__ == "__main__":
    mode, *rest = sys.argv[1:]
    if mode == "serve":
        serve(int(rest[0]))
    else:
        crawl(mode, rest[0], int(rest[1]), Path(rest[2]))
