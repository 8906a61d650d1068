"""Processes that do pieces of bulk work for this one, and end with it, however it ends."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from archive.errors import ArchiveError
from archive.orphans import deaf_to_interrupts, end_when_orphaned

P = ParamSpec("P")
R = TypeVar("R")


class ProcessKilled(ArchiveError):
    """A process that did bulk work is no more: what it was at is not done."""


class ProcessPool:
    """Processes that start when there is work for them: new ones, not copies of this one."""

    def __init__(self, number: int, doing: str, begin: Callable[[], object]) -> None:
        """*begin* is called in each process as it starts; it goes there by its name. *doing*: what they did
        when one is killed, in words for an error, such as "read pages"."""
        self.number, self._doing, self._begin = number, doing, begin
        self._processes: ProcessPoolExecutor | None = None

    def submit(self, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> Future[R]:
        """Let one of them call *work*, a function of a module; what comes of it is for :meth:`result`.

        Raises :class:`ProcessKilled` when one was killed before.
        """
        if self._processes is None:
            self._processes = ProcessPoolExecutor(
                self.number, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(self._begin,)
            )
        try:
            with deaf_to_interrupts():  # with the first piece of work they start
                return self._processes.submit(work, *given, **named)
        except BrokenProcessPool as error:
            raise self._killed() from error

    def result(self, future: Future[R]) -> R:
        """What came of a piece of work, waited for. Raises what that raised, and :class:`ProcessKilled`."""
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise self._killed() from error

    def _killed(self) -> ProcessKilled:
        return ProcessKilled(f"a process that {self._doing} was killed; run the same command again")

    def close(self) -> None:
        """End the processes, when they have done what they are at."""
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)


def _begin(begin: Callable[[], object]) -> None:
    end_when_orphaned()
    begin()
