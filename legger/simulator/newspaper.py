"""The practice newspaper as one thing to hold: houses, truth, servers, captures without HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from archive.model.types import Capture
from crawler import clock as crawler_clock
from legger.simulator.houses import HOUSES, SISTERS, Gate, House
from legger.simulator.houses.house import Request
from legger.simulator.newsroom import Newsroom
from legger.simulator.profile import OPENING, Rates
from legger.simulator.server import AccessLogLine, Respondent, Server, ServerFault, SimulatedHost, bind
from legger.simulator.story import ArticleTruth, EditTruth


def scripted_clock() -> datetime:
    """``LEGGER_NOW`` when it is set, else the newspaper stands at its opening."""
    return crawler_clock.now(practice=True) if os.environ.get("LEGGER_NOW") else OPENING


class Newspaper:
    """Several houses on loopback, or in process.

    As a context manager it serves; without, its houses have addresses on which nobody answers and
    :meth:`capture` renders what they would. The same seed and figures give the same newspaper.

    *articles* is how many each house has at the opening, *days* how long events go on after it. *clock*
    tells the servers what time it is (default: :func:`scripted_clock`). *only* names the houses to
    build (default: all of :data:`HOUSES`; sister titles only where they are named).
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        port: int = 0,
        articles: int = 40,
        days: float = 14,
        backlog_days: float = 60,
        rates: Rates | None = None,
        clock: Callable[[], datetime] | None = None,
        only: Sequence[str] | None = None,
    ) -> None:
        self.seed, self.port = seed, port
        self.clock = clock or scripted_clock
        self.log: list[AccessLogLine] = []
        """Every request of every house, in the order of the answers."""
        named = {each.profile.name for each in HOUSES} if only is None else set(only)
        self._classes = [each for each in (*HOUSES, *SISTERS) if each.profile.name in named]
        self._newsrooms = [
            Newsroom(
                each.profile, seed=seed, articles=articles, days=days, backlog_days=backlog_days, rates=rates
            )
            for each in self._classes
        ]
        self._servers: list[Server] = []
        self._desks: dict[str, SimulatedHost] = {}
        self._build([f"http://127.0.0.{n + 1}" for n in range(len(self._classes) + 1)])

    def _build(self, bases: Sequence[str]) -> None:
        *own, gate = bases
        self.gate = Gate(gate)
        """The consent gate, on a host of its own."""
        self.houses: tuple[House, ...] = tuple(
            each(newsroom, base, gate)
            for each, newsroom, base in zip(self._classes, self._newsrooms, own, strict=True)
        )

    # ------------------------------------------------------------ serving

    def __enter__(self) -> Self:
        self._servers = bind(len(self._classes) + 1, self.port)
        self._build([server.base for server in self._servers])
        answering: tuple[Respondent, ...] = (*self.houses, self.gate)
        for server, house in zip(self._servers, answering, strict=True):
            self._desks[house.name] = SimulatedHost(house, self.clock, self.log)
            server.open(self._desks[house.name])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        self._servers = []

    def fault(self, house: str, fault: ServerFault) -> None:
        """Let something be wrong with a house, until :meth:`mend`."""
        self._desks[house].faults.append((fault, [0]))

    def mend(self, house: str) -> None:
        """Take the house's faults away."""
        self._desks[house].faults.clear()

    # ------------------------------------------------------------ asking

    def __getitem__(self, name: str) -> House:
        """The house of that name; :class:`KeyError` when there is none."""
        for house in self.houses:
            if house.name == name:
                return house
        raise KeyError(name)

    def write_sites(self, folder: Path) -> list[Path]:
        """Write a site file per house into *folder*."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for house in self.houses:
            path = folder / f"{house.name}.toml"
            path.write_text(house.toml(), encoding="utf-8")
            written.append(path)
        return written

    def truth(self, at: datetime) -> dict[str, ArticleTruth]:
        """Address -> truth, over all houses (see :meth:`House.truth`)."""
        return {url: truth for house in self.houses for url, truth in house.truth(at).items()}

    def edits(self, since: datetime, until: datetime) -> list[EditTruth]:
        """Everything that happened after *since* and not after *until*, in order of time."""
        found = [edit for house in self.houses for edit in house.edits(since, until)]
        return sorted(found, key=lambda edit: edit.at)

    def capture(
        self, url: str, at: datetime, *, etag: str | None = None, last_modified: str | None = None
    ) -> Capture:
        """What a visit to *url* at *at* would bring home, without HTTP.

        Raises :class:`KeyError` for a strange host.
        """
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        answering: dict[str, Respondent] = {self.gate.base: self.gate}
        answering.update({house.base: house for house in self.houses})
        house = answering[base]
        headers = {"host": parts.netloc, "user-agent": "legger"}
        if etag is not None:
            headers["if-none-match"] = etag
        if last_modified is not None:
            headers["if-modified-since"] = last_modified
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        response = house.respond(Request(path=path, headers=headers), at)
        return Capture(
            site=house.name,
            url=url,
            at=at,
            status=response.status,
            headers=response.headers,
            body=response.body,
            request_headers=tuple(headers.items()),
        )
