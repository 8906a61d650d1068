"""Download handlers over TLS, one request at a time: ours and those that come with Scrapy, HTTP/2 among them.

A server in a process of its own speaks HTTP/1.1 and HTTP/2 under a certificate made for the occasion. It
takes what Legger does not install: ``.venv/bin/pip install hypercorn h2 priority``, ``openssl`` beside it.
Run by ``python -m bench going_out --only handlers``.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from bench.helpers.big_pages import page

ROUNDS = 3
"""Times each handler is measured; the least CPU counts, for what else the machine does only adds to it."""
_OF_SCRAPY = "scrapy.core.downloader.handlers"
HANDLERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ours, HTTP/1.1": ("crawler.fetching.download_handler.HttpHandler", {}),
    "Scrapy's on aiohttp, HTTP/1.1": (f"{_OF_SCRAPY}._aiohttp.AiohttpDownloadHandler", {}),
    "Scrapy's on httpx, HTTP/1.1": (f"{_OF_SCRAPY}._httpx.HttpxDownloadHandler", {}),
    "Scrapy's on httpx, HTTP/2": (
        f"{_OF_SCRAPY}._httpx.HttpxDownloadHandler",
        {"HTTPX_HTTP2_ENABLED": True},
    ),
    "Scrapy's on Twisted, HTTP/1.1": (
        f"{_OF_SCRAPY}.http11.HTTP11DownloadHandler",
        {"TWISTED_REACTOR_ENABLED": True},
    ),
    "Scrapy's on Twisted, HTTP/2": (
        f"{_OF_SCRAPY}.http2.H2DownloadHandler",
        {"TWISTED_REACTOR_ENABLED": True},
    ),
}


def handlers(folder: Path, pages: int) -> bool:
    """Print CPU and pages a second of each handler. There is no goal: this is what a choice rests on."""
    if missing := [name for name in ("hypercorn", "h2", "priority") if find_spec(name) is None]:
        print(f"  not measured: pip install {' '.join(missing)}")
        return True
    few = max(pages // 10, 1)
    with _served(folder) as base:
        for name in HANDLERS:
            runs = [(_measured(name, base, few), _measured(name, base, pages)) for _ in range(ROUNDS)]
            cpu = min(many["cpu"] for _, many in runs) - min(small["cpu"] for small, _ in runs)
            took = min(many["seconds"] for _, many in runs) - min(small["seconds"] for small, _ in runs)
            spoken = runs[0][1]["protocol"]
            print(
                f"  {name:<34}{1000 * cpu / (pages - few):8.2f} ms CPU a page"
                f"{(pages - few) / took:8.0f} pages a second  ({spoken})"
            )
    return True


def _measured(name: str, base: str, pages: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.helpers.handlers", "crawl", name, base, str(pages)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


class Downloads(Spider):
    """Downloads, and notes by which protocol."""

    name = "downloads"
    urls: tuple[str, ...] = ()
    protocols: set[str]

    async def start(self) -> AsyncIterator[Request]:
        """All of them; Scrapy's scheduler holds them, and sends one at a time."""
        self.protocols = set()
        for url in self.urls:
            yield Request(url, callback=self.parse, dont_filter=True)

    def parse(self, response: Any) -> None:
        """Look at what came."""
        assert response.status == 200 and response.body.endswith(b"</html>"), response
        self.protocols.add(str(response.protocol))


def crawl(name: str, base: str, pages: int) -> None:
    """One crawl in this process; prints what it took as JSON."""
    handler, more = HANDLERS[name]
    settings = Settings()
    settings.setmodule("crawler.settings", "project")
    both = {"http": handler, "https": handler}
    for key, value in ({"DOWNLOAD_HANDLERS": both, "LEGGER_ALLOW_PRIVATE": True} | more).items():
        settings.set(key, value, "cmdline")
    settings.set("LOG_LEVEL", "ERROR", "cmdline")
    Downloads.urls = tuple(f"{base}/{number}" for number in range(pages))
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Downloads)
    process.crawl(crawler)
    began = time.monotonic()
    process.start()
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    stats, spider = crawler.stats, crawler.spider
    assert stats is not None and isinstance(spider, Downloads)
    assert stats.get_value("response_received_count") == pages, stats.get_stats()
    print(
        json.dumps(
            {
                "cpu": used.ru_utime + used.ru_stime,
                "seconds": seconds,
                "protocol": ", ".join(sorted(spider.protocols)),
            }
        )
    )


# ---------------------------------------------------------------- the server


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The base address of a server whose certificate the processes that are started meanwhile trust."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    command = [sys.executable, "-m", "bench.helpers.handlers", "serve", str(key), str(certificate)]
    before = os.environ.get("SSL_CERT_FILE")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            os.environ["SSL_CERT_FILE"] = str(certificate)
            yield f"https://localhost:{server.stdout.readline().strip()}"
        finally:
            os.environ.pop("SSL_CERT_FILE")
            if before is not None:
                os.environ["SSL_CERT_FILE"] = before
            server.kill()


def serve(key: str, certificate: str) -> None:
    """Serve until killed; the first line on stdout is the port."""
    bodies = [page(number, 40).encode() for number in range(40)]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http", scope
        body = bodies[int(scope["path"].removeprefix("/")) % len(bodies)]
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    hypercorn: Any = import_module("hypercorn.config")
    serving: Any = import_module("hypercorn.asyncio")
    config = hypercorn.Config()
    config.keyfile, config.certfile, config.loglevel = key, certificate, "ERROR"
    config.keep_alive_max_requests = 1_000_000
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config.bind = [f"fd://{listening.fileno()}"]
        print(listening.getsockname()[1], flush=True)
        asyncio.run(serving.serve(app, config, mode="asgi", shutdown_trigger=asyncio.Event().wait))


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "serve":
        serve(*rest)
    else:
        crawl(rest[0], rest[1], int(rest[2]))
