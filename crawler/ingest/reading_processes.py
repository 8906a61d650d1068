"""Stored and coming pages read in other processes: each opens the archive for itself, and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial

from archive import Archive
from archive.model.types import Article, Capture, ReadAgain
from archive.process_pool import ProcessPool
from crawler.ingest.ingest import reader
from crawler.siteconfig.site import Site


class ReadingProcesses(ProcessPool):
    """Processes that read pages of any sites; they start with the first page."""

    def __init__(self, where: str, number: int) -> None:
        """*where*: the archive, with its password."""
        super().__init__(number, "read pages", partial(_begin, where))

    def page(self, site: Site, memory: int, capture: Capture) -> Future[Article]:
        """How a page reads that need not be stored, but for what the archive knows of it. *memory*: the
        version of the site's."""
        return self.submit(_page, site, memory, capture)

    def versions(
        self, site: Site, memory: int, asked: Sequence[tuple[int, ...]]
    ) -> Future[list[Article | None]]:
        """How versions read, each by the numbers of its captures, as
        :meth:`archive.versions.rereading.Rereading.read_version` says."""
        return self.submit(_versions, site, memory, asked)


class _Here:
    """What a process that reads holds: the archive, and the reader that it used last."""

    archive: Archive
    known: tuple[Site, int, bool] | None = None
    read: ReadAgain


def _begin(where: str) -> None:
    _Here.archive = Archive.open(where, create=False, read_only=True)


def _reader(site: Site, memory: int, *, witness: bool) -> ReadAgain:
    if _Here.known != (site, memory, witness):
        _Here.read = reader(site, _Here.archive, witness=witness)
        _Here.known = (site, memory, witness)
    return _Here.read


def _page(site: Site, memory: int, capture: Capture) -> Article:
    return _reader(site, memory, witness=False)(capture)


def _versions(site: Site, memory: int, asked: Sequence[tuple[int, ...]]) -> list[Article | None]:
    read = _reader(site, memory, witness=True)
    return [_Here.archive.rereading.read_version(captures, read) for captures in asked]
