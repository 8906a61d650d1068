"""A stage for crawls: site files, a clock and an archive; each crawl is a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive import Archive
from crawler.siteconfig.site import Site
from crawler.siteconfig.writing import write_site
from legger.simulator import OPENING
from tests import programs

SILENCE = 0
"""The status of a connection that was dropped."""


def ask(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Mapping[str, str], bytes]:
    """(status, headers, body) of one request, on a connection of its own; status 0: it was dropped."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(
            "GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers or {}
        )
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return SILENCE, {}, b""
    finally:
        connection.close()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where crawls happen."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "legger.db"

    @property
    def sites(self) -> Path:
        return self.folder / "sites"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    def at(self, moment: datetime) -> None:
        """Move everybody's clock."""
        new = self.folder / "clock.new"
        new.write_text(moment.isoformat(), encoding="ascii")
        new.replace(self.clock)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.clock.read_text(encoding="ascii"))

    def add(self, site: Site) -> None:
        write_site(site, self.sites / f"{site.name}.toml")

    def environment(self, **more: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
        here = {
            "LEGGER_ARCHIVE": str(self.archive),
            "LEGGER_SITES": str(self.sites),
            "LEGGER_NOW": str(self.clock),
        }
        return clean | here | more

    def start(self, *arguments: str, **environment: str) -> programs.Running:
        return programs.start(*arguments, cwd=self.folder, environment=self.environment(**environment))

    def run(self, *arguments: str, **environment: str) -> Ran:
        done = programs.run(*arguments, cwd=self.folder, environment=self.environment(**environment))
        return Ran(code=done.returncode, output=done.stdout, errors=done.stderr)

    def crawl(self, *arguments: str, **environment: str) -> Ran:
        return self.run("legger", "crawl", *arguments, "--json", **environment)

    @contextmanager
    def read(self) -> Iterator[Archive]:
        with Archive.open(self.archive, create=False, read_only=True) as archive:
            yield archive


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A command that has ended."""

    code: int
    output: str
    errors: str

    @property
    def reports(self) -> dict[str, dict[str, Any]]:
        """What ``legger crawl --json`` said of each site."""
        assert self.output, self.errors
        return {each["site"]: each for each in json.loads(self.output)}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a :class:`Host` answers."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = "text/html; charset=utf-8"


Answering = Callable[[str], "Said | None"]


class Host(ThreadingHTTPServer):
    """A small server on loopback that answers from a function of the path; ``None`` hangs up."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answering: Answering, address: str = "127.0.0.1") -> None:
        self.answering = answering
        self.asked: list[str] = []
        super().__init__((address, 0), _Handler)
        self.base = f"http://{address}:{self.server_port}"

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def __enter__(self) -> Host:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()

    def site(self, name: str, **facts: Any) -> Site:
        return Site(
            name=name,
            url=f"{self.base}/",
            **({"allow_private": True, "practice": True, "language": "nl"} | facts),
        )


class _Handler(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        said = self.server.answering(self.path)
        if said is None:
            return
        body = said.body.encode() if isinstance(said.body, str) else said.body
        self.send_response(said.status)
        for name, value in (
            said.headers | {"Content-Type": said.type, "Content-Length": str(len(body))}
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing goes to the screen."""


def story(number: int, *, base: str = "", more: str = "") -> str:
    """A page with an article that nobody would take for anything else."""
    paragraphs = "".join(
        f"<p>In alinea {part} van bericht {number} staat dat de gemeente op de vergadering van dinsdag"
        f" {part + number} plannen heeft besproken voor de Dorpsstraat {number * 7 + part}, en dat de"
        f" bewoners daarover tevreden waren. Wethouder Jan Kuipers zei dat het werk in week {part + 20}"
        " begint.</p>"
        for part in range(1, 6)
    )
    return (
        f"<!DOCTYPE html><html lang='nl'><head><title>Bericht {number} uit het dorp</title>"
        f"<meta property='og:type' content='article'><meta property='article:published_time'"
        f" content='2026-03-01T10:{number % 60:02d}:00+01:00'></head><body><main><article>"
        f"<h1>Bericht {number} uit het dorp</h1>{paragraphs}</article></main>{more}</body></html>"
    )


def front(*hrefs: str) -> str:
    """A front page that lists addresses."""
    items = "".join(f"<li><a href='{href}'>Het bericht achter {href}</a></li>" for href in hrefs)
    return (
        "<!DOCTYPE html><html lang='nl'><head><title>Het dorp</title></head><body><h1>Nieuws</h1>"
        f"<ul>{items}</ul></body></html>"
    )


def opened(folder: Path, at: datetime = OPENING) -> Stage:
    stage = Stage(folder=folder)
    stage.sites.mkdir(parents=True)
    stage.at(at)
    return stage
