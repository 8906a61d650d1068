"""Reads pages in a process of its own, which can be ended: no page takes more than its time and memory."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from archive.errors import Unreadable, of_legger
from archive.model.types import Article, Capture, SiteMemory
from crawler.siteconfig.site import Site

if TYPE_CHECKING:
    from crawler.extract.boilerplate import CountedArticle
    from crawler.links.page_links import PageLinks

log = logging.getLogger(__name__)

CPU_LIMIT = 10
"""CPU seconds that reading one page may take; the largest real pages take one."""
WALL_LIMIT = 120.0
"""Seconds after which a reading is ended whatever the CPU did."""
MEMORY_LIMIT = 1024
"""Megabytes that the reading process may hold."""


_DYING = 5.0
"""Seconds that a process which was killed may take to be gone."""

ReadAndCounted = tuple[Article, "CountedArticle | None"]
"""An article in normal form, and what it adds to the counts of a memory, if that was asked for."""
ReadWithLinks = tuple[Article, "CountedArticle | None", "PageLinks | None"]
"""The same, and the links of its page, if those were asked for."""


class Interrupted(Exception):
    """The visit is being stopped: the page was kept, and is read by the next one."""


class PageReader:
    """Reads pages, one at a time, in a process that starts with the first. Safe to use from several threads.

    :meth:`read` raises :class:`Unreadable` for a page whose reading failed or was ended, with the reason in
    words, and :class:`Interrupted` once :meth:`stop` was called.
    """

    def __init__(
        self, *, cpu: int = CPU_LIMIT, wall: float = WALL_LIMIT, megabytes: int = MEMORY_LIMIT
    ) -> None:
        self.cpu, self.wall, self.megabytes = cpu, wall, megabytes
        self._lock = threading.Lock()
        self._process: Any = None
        self._line: Connection | None = None
        self._told: dict[str, tuple[Site, int]] = {}
        self._links: dict[str, tuple[Capture, PageLinks]] = {}
        """Site -> the page of it that was read last with its links."""
        self._stopped = False
        self._ended_took = self._took = 0.0

    def start_early(self) -> None:
        """Start its process now, as a copy of this one: what is loaded here need not be loaded again.

        Only where a copy is sound: on Linux, while no other thread runs. Else it starts with the first page.
        """
        if sys.platform == "linux" and threading.active_count() == 1:
            self._start(copied=True)

    def read(self, capture: Capture, site: Site, memory: SiteMemory, *, links: bool = False) -> Article:
        """The article of a page, in normal form. *links*: :meth:`links_of` is to know those of the page."""
        return self._ask(capture, site, memory, count=False, links=links)[0]

    def read_and_count(
        self, capture: Capture, site: Site, memory: SiteMemory, *, links: bool = False
    ) -> ReadAndCounted:
        """The article, and what it adds to what a memory is learned from."""
        return self._ask(capture, site, memory, count=True, links=links)

    def links_of(self, capture: Capture) -> PageLinks | None:
        """The links of the page of its site that was read last, told once; ``None`` of any other."""
        page, links = self._links.get(capture.site, (None, None))
        if page is not capture:
            return None
        del self._links[capture.site]
        return links

    @property
    def cpu_taken(self) -> float:
        """CPU seconds that its processes took, as they said with their last answers."""
        return self._ended_took + self._took

    def stop(self) -> None:
        """End what is being read, and read nothing more."""
        self._stopped = True
        if (process := self._process) is not None:
            process.kill()
            process.join(_DYING)  # what it took is counted with what we took

    def _ask(
        self, capture: Capture, site: Site, memory: SiteMemory, *, count: bool, links: bool
    ) -> ReadAndCounted:
        with self._lock:
            try:
                answer = self._ask_once(capture, site, memory, count=count, links=links)
            except _Killed:  # whoever did need not have meant this page: another process tries
                answer = self._ask_once(capture, site, memory, count=count, links=links)
        if isinstance(answer, str):
            raise Unreadable(answer)
        article, counted, found = answer
        if found is not None:
            self._links[site.name] = capture, found
        return article, counted

    def _ask_once(
        self, capture: Capture, site: Site, memory: SiteMemory, *, count: bool, links: bool
    ) -> ReadWithLinks | str:
        if self._stopped:
            raise Interrupted(capture.url)
        line = self._line or self._start()
        try:
            if self._told.get(site.name) != (site, memory.version):
                line.send((site, memory))
                self._told[site.name] = (site, memory.version)
            line.send((capture, (count, links)))
            if not line.poll(self.wall):
                raise self._ended(f"after {self.wall:.0f} s")
            answer: ReadWithLinks | str
            answer, self._took = line.recv()
        except (EOFError, OSError) as error:  # its process is no more
            why, killed = self._why_it_died(), self._exit_code() in (-signal.SIGKILL, -signal.SIGTERM)
            raise self._ended(why, _Killed if killed else Unreadable) from error
        return answer

    def _start(self, *, copied: bool = False) -> Connection:
        context: Any = multiprocessing.get_context("fork" if copied else "spawn")
        line: Connection
        line, other = context.Pipe()
        self._process = context.Process(
            target=_read_all,
            args=(other, self.cpu, self.megabytes, line if copied else None),
            daemon=True,
            name="page reader",
        )
        self._process.start()
        other.close()
        self._line, self._told = line, {}
        self._ended_took, self._took = self.cpu_taken, 0.0
        return line

    def _ended(self, how: str, kind: type[Unreadable] = Unreadable) -> Exception:
        process, line = self._process, self._line
        self._process = self._line = None
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.join()
        return Interrupted(how) if self._stopped else kind(f"reading it was ended {how}")

    def _why_it_died(self) -> str:
        if self._process is None:
            return "as its process could not be started"
        code = self._exit_code()
        if code == -signal.SIGXCPU:
            return f"after {self.cpu} s of CPU"
        if code is not None and code < 0:
            return f"with its process ({signal.Signals(-code).name}): it took too much memory, or was killed"
        return "with its process"

    def _exit_code(self) -> int | None:
        if self._process is None:
            return None
        self._process.join(_DYING)
        code: int | None = self._process.exitcode
        return code


class _Killed(Unreadable):
    """The process that read was killed from outside."""


# ---------------------------------------------------------------- in the process that reads


def _read_all(line: Connection, cpu: int, megabytes: int, copied: Connection | None = None) -> None:
    """Read what comes down the line until it is closed. *copied*: the other end, which a copy holds too."""
    if copied is not None:
        copied.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the visit, which ends us when it is time
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _bound(megabytes)
    known: dict[str, tuple[Site, SiteMemory]] = {}
    with suppress(EOFError, OSError):
        while True:
            first, second = line.recv()
            if isinstance(first, Site):
                known[first.name] = (first, second)
                continue
            _allow(cpu)
            (site, memory), (count, links) = known[first.site], second
            line.send((_answer(first, site, memory, count=count, links=links), time.process_time()))


def read_and_count(capture: Capture, site: Site, memory: SiteMemory, *, count: bool) -> ReadAndCounted:
    """Read a page in this process; *count*: what it adds to the counts of a memory is wanted too."""
    from crawler.extract.article import read as read_here  # a visit that reads no page does without
    from crawler.extract.boilerplate import counted_article
    from crawler.extract.normalize import normalize

    reading = read_here(capture, site, memory)
    return normalize(reading.article, site), counted_article(reading) if count else None


def _answer(
    capture: Capture, site: Site, memory: SiteMemory, *, count: bool, links: bool
) -> ReadWithLinks | str:
    try:
        article, counted = read_and_count(capture, site, memory, count=count)
        return article, counted, _links_on(capture) if links else None
    except MemoryError:
        return "reading it was ended: it took too much memory"
    except RecursionError:
        return "it is nested too deeply to be read"
    except Exception as error:  # told to the visit, which keeps the page with it
        log.exception("%s: could not be read", capture.url)
        return f"reading it failed: {of_legger(error)}"


def _links_on(capture: Capture) -> PageLinks:
    from crawler.extract.page.page import Page
    from crawler.links.page_links import links_on

    return links_on(Page.of(capture))  # as it was parsed to be read


def _bound(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bounds
        return
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = megabytes << 20
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


def _allow(seconds: int) -> None:
    """Let this process be ended by the system when it takes so much more CPU, even with its parent gone."""
    try:
        import resource
    except ImportError:
        return
    used = os.times()
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.user + used.system) + seconds + 1, hard))
