"""Puts houses on loopback: one small HTTP server per house."""

from __future__ import annotations

import errno
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from legger.simulator.houses.house import Request, Response


class Respondent(Protocol):
    """Whoever answers requests: a house, or the consent gate."""

    @property
    def name(self) -> str:
        """What it is called."""

    def respond(self, request: Request, at: datetime) -> Response:
        """The answer."""


@dataclass(frozen=True, kw_only=True)
class AccessLogLine:
    """One line of the access log."""

    at: datetime
    """By the newspaper's clock."""
    house: str
    method: str
    path: str
    """Path and query."""
    status: int
    """0 when the connection was dropped."""
    host: str
    headers: dict[str, str] = field(default_factory=dict)
    """Of the request, names in lower case."""

    @property
    def user_agent(self) -> str:
        """Who asked."""
        return self.headers.get("user-agent", "")

    @property
    def conditional(self) -> bool:
        """Whether it asked only for what changed."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(frozen=True, kw_only=True)
class ServerFault:
    """Something that is wrong with a house for a while. The first fault that fits a request decides."""

    status: int = 503
    retry_after: str | None = None
    """Seconds or an HTTP date, as it goes over the wire."""
    path: str = ""
    """Regular expression searched in path and query; empty: every request, robots.txt too."""
    wait: float = 0
    """Seconds of silence before the answer."""
    drop: bool = False
    """Close the connection without an answer."""
    times: int | None = None
    """How often; ``None``: until it is taken away."""
    type: str = "text/html; charset=utf-8"
    location: str | None = None
    """Where a redirect leads."""
    body: bytes = b"<html><body><h1>Even geduld</h1><p>De server is overbelast.</p></body></html>"


class SimulatedHost:
    """A house behind its socket: the clock it asks, the log it keeps, the faults it has."""

    def __init__(self, house: Respondent, clock: Callable[[], datetime], log: list[AccessLogLine]) -> None:
        self.house, self.clock, self.log = house, clock, log
        self.faults: list[tuple[ServerFault, list[int]]] = []
        self._lock = threading.Lock()

    def fault(self, request: Request) -> ServerFault | None:
        """The fault this request runs into."""
        with self._lock:
            for fault, used in self.faults:
                if (fault.times is None or used[0] < fault.times) and re.search(fault.path, request.path):
                    used[0] += 1
                    return fault
        return None

    def respond(self, request: Request, host: str) -> Response | None:
        """The answer, logged; ``None``: hang up."""
        at = self.clock()
        fault = self.fault(request)
        if fault is None:
            response: Response | None = self.house.respond(request, at)
        else:
            if fault.wait:
                time.sleep(fault.wait)
            headers = [("Content-Type", fault.type), ("Content-Length", str(len(fault.body)))]
            if fault.location is not None:
                headers.append(("Location", fault.location))
            if fault.retry_after is not None:
                headers.append(("Retry-After", fault.retry_after))
            response = (
                None if fault.drop else Response(status=fault.status, headers=tuple(headers), body=fault.body)
            )
        self.log.append(
            AccessLogLine(
                at=at,
                house=self.house.name,
                method=request.method,
                path=request.path,
                status=response.status if response else 0,
                host=host,
                headers=dict(request.headers),
            )
        )
        return response


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        request = Request(
            path=self.path, method=self.command, headers={k.lower(): v for k, v in self.headers.items()}
        )
        response = self.server.desk.respond(request, request.headers.get("host", ""))
        self.close_connection = (
            self.close_connection or response is None or self.command not in ("GET", "HEAD")
        )
        if response is None:
            return
        reason = HTTPStatus(response.status).phrase
        lines = [
            f"HTTP/1.1 {response.status} {reason}",
            *(f"{name}: {value}" for name, value in response.headers),
        ]
        body = b"" if self.command == "HEAD" else response.body
        # One write: a header and a body in two packets wait for each other's acknowledgement.
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """The access log is a list; nothing goes to the screen."""


class Server(ThreadingHTTPServer):
    """One house on one address, in a thread of its own."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int]) -> None:
        self.desk: SimulatedHost
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the name service who we are."""
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://{self.server_name}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that closing the house closes it too."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is no news; our own errors are."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def open(self, desk: SimulatedHost) -> None:
        """Start answering."""
        self.desk = desk
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stop, and hang up on whoever is still connected."""
        self.shutdown()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()


def bind(count: int, port: int = 0) -> list[Server]:
    """*count* servers on 127.0.0.1, 127.0.0.2, ... (one address where there are no more, as on macOS).

    *port* 0 takes any free port; otherwise each has *port*, or *port*, *port* + 1, ... on the one address.
    Raises :class:`OSError` when a port is taken.
    """
    servers: list[Server] = []
    try:
        servers.extend(_bind(index, port) for index in range(count))
    except OSError:
        for server in servers:
            server.server_close()
        raise
    return servers


def _bind(index: int, port: int) -> Server:
    try:
        return Server((f"127.0.0.{index + 1}", port))
    except OSError as error:
        if index == 0 or error.errno != errno.EADDRNOTAVAIL:
            raise
        return Server(("127.0.0.1", port + index if port else 0))
