"""How a visit gets a process of its own: a new program, or a copy of one that has loaded everything.

Loading Scrapy and the extractor takes a visit of a small site more CPU than the visit itself.
:class:`Forked` loads them once, in the fork server of :mod:`multiprocessing`, and each visit starts as a copy
of that: one that begins with nothing else of the clock's, and does what ``python -m legger ...`` does.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Protocol

from archive.orphans import deaf_to, hear_again

LOADED = (
    "click",
    "rich.console",
    "rich.progress",
    "rich.table",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.scheduler",
    "scrapy.downloadermiddlewares.defaultheaders",
    "scrapy.downloadermiddlewares.downloadtimeout",
    "scrapy.downloadermiddlewares.httpauth",
    "scrapy.downloadermiddlewares.offsite",
    "scrapy.downloadermiddlewares.stats",
    "scrapy.downloadermiddlewares.useragent",
    "scrapy.dupefilters",
    "scrapy.extensions.closespider",
    "scrapy.extensions.corestats",
    "scrapy.extensions.logcount",
    "scrapy.extensions.memusage",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "scrapy.utils.engine",
    "concurrent.futures.thread",
    "archive.search.fts5",
    "archive.versions.rereading",
    "crawler.extract.article",
    "crawler.extract.boilerplate",
    "crawler.extract.normalize",
    "crawler.ingest.first_lesson",
    "crawler.runner",
    "crawler.scheduling.habits",
    "crawler.siteconfig.definition",
    "crawler.spiders.news",
    "legger.config",
    "legger.logs",
)
"""Modules that the fork server loads: all that visits load, or each of them would do it again. Not those of
the command line: they look at their terminal."""

POSTGRESQL = (
    "archive.db.postgres",
    "archive.search.tsvector",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
)
"""Modules beside :data:`LOADED` of visits for an archive in PostgreSQL."""


class Process(Protocol):
    """What a clock knows of a process it started; as :class:`subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def returncode(self) -> int | None:
        """What it ended with, as of the last look; minus the signal that killed it."""

    def poll(self) -> int | None:
        """Look whether it has ended: ``None`` while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises :class:`subprocess.TimeoutExpired`."""

    def terminate(self) -> None:
        """Ask it to finish (SIGTERM)."""

    def kill(self) -> None:
        """End it (SIGKILL)."""


class Program(Protocol):
    """Starts ``legger`` with arguments, in a session of its own: a Ctrl-C of the terminal reaches it once."""

    def start(self, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> Process:
        """Start it; what it prints goes to *log*. Raises ``OSError`` when no process or log is to be had."""


@dataclass(frozen=True)
class Started:
    """A program that is started anew each time."""

    words: Sequence[str] = (sys.executable, "-m", "legger")

    def start(self, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> Process:
        """As :meth:`Program.start` says."""
        with log.open("wb") as out:
            return subprocess.Popen(
                [*self.words, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )


SOCKET_PATH = 107
"""Bytes that the path of a socket may have on Linux."""
SHORT = "/tmp"  # noqa: S108  # a folder of our own is made in it


def make_room_for_sockets() -> None:
    """Let the fork server listen in a folder of ``/tmp`` where that of ``TMPDIR`` is too long for sockets.

    :mod:`multiprocessing` makes that folder once for each process, and fails: "AF_UNIX path too long".
    """
    usual = tempfile.gettempdir()
    if len(os.fsencode(f"{usual}/pymp-12345678/listener-12345678")) <= SOCKET_PATH:
        return
    tempfile.tempdir = SHORT
    try:
        get_temp_dir()
    finally:
        tempfile.tempdir = usual


class Forked:
    """Copies of a process that has loaded what visits need (:data:`LOADED` and *more*); on Linux alone.

    That process does not hear SIGTERM and Ctrl-C: sent to a whole group of processes, or to all of a service,
    they would end it before visits that are to finish, and how those ended could not be had. It ends when
    this process and all copies have.
    """

    def __init__(self, more: Sequence[str] = ()) -> None:
        make_room_for_sockets()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([*LOADED, *more])

    def start(self, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> Process:
        """As :meth:`Program.start` says."""
        log.open("wb").close()  # tells now that there is no room or no right
        tries = 3
        while True:
            process = self._context.Process(
                target=run_legger, args=([*arguments], str(log), dict(environment)), name=" ".join(arguments)
            )
            try:
                with deaf_to(signal.SIGTERM, signal.SIGINT):  # the fork server, should it start now
                    process.start()
            except (EOFError, OSError) as error:  # the fork server was killed; it is begun anew
                tries -= 1
                if not tries:
                    raise OSError(f"no process could be had: {error}") from error
                time.sleep(0.1)
            else:
                break
        return _ForkedProcess(process)


def usual_program(archive: str = "") -> Program:
    """How visits that file in *archive*, a path or URL, are started on this system."""
    more = POSTGRESQL if archive.startswith("postgresql") else ()
    return Forked(more) if sys.platform == "linux" else Started()


class _ForkedProcess:
    """A process of the fork server, in the words of :class:`subprocess.Popen`."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self._process, self.pid = process, process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if (code := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return code

    def terminate(self) -> None:
        if self.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        if self.poll() is None:
            self._process.kill()


def run_legger(arguments: list[str], log: str, environment: Mapping[str, str]) -> None:
    """In a copy of a process: become ``python -m legger`` with these arguments."""
    gc.freeze()  # what was loaded stays; looking at it would copy its pages
    os.setsid()
    hear_again()
    with Path(log).open("ab", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    with suppress(OSError):  # what ps and top show; fifteen bytes of it
        Path("/proc/self/comm").write_text(" ".join(arguments)[:15], encoding="utf-8")
    sys.argv = ["legger", *arguments]
    runpy.run_module("legger", run_name="__main__", alter_sys=True)
