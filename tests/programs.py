"""Programs that tests start: each a real process, as the clock starts its visits.

Scrapy and the extractor are loaded once by each of pytest's processes, in the fork server of
:mod:`multiprocessing`; a program is a copy of that, which begins with nothing else of the test's. To load
them anew takes one to two seconds of CPU each time. How a program starts from nothing is tested where that
is the subject: ``legger/test_imports.py``, ``crawler/scheduling/test_programs.py``.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.orphans import hear_again
from crawler.scheduling.programs import LOADED, make_room_for_sockets

ALSO = (
    "archive",
    "archive.annotations",
    "crawler.siteconfig.definition",
    "crawler.siteconfig.writing",
    "legger.config.definition",
    "legger.config.files",
    "tests.archive.newsroom",
)
"""What commands load beside what visits do."""
LINUX = sys.platform == "linux"
PROCESSES = multiprocessing.get_context("forkserver" if LINUX else "spawn")
"""Processes that have nothing of the test's but what they are given."""
if LINUX:
    make_room_for_sockets()
    PROCESSES.set_forkserver_preload([*LOADED, *ALSO])


class Running:
    """A program that was started; what it prints goes to *log*, or to files that ``communicate`` reads."""

    def __init__(
        self, words: tuple[str, ...], cwd: Path, environment: Mapping[str, str], log: Path | None
    ) -> None:
        self.words = words
        self._folder = None if log else Path(tempfile.mkdtemp(prefix="legger-program-"))
        self._out = log or Path(self._folder or "") / "out"
        self._err = log or Path(self._folder or "") / "err"
        for each in (self._out, self._err):
            each.write_bytes(b"")
        self._process = PROCESSES.Process(
            target=_become, args=(words, str(cwd), dict(environment), str(self._out), str(self._err))
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._process.exitcode
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._process.join(timeout)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired(self.words, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end: (what it printed, what it printed of errors)."""
        self.wait(timeout)
        return self._out.read_text(encoding="utf-8"), self._err.read_text(encoding="utf-8")

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.kill()
        self.wait()
        self._process.close()
        if self._folder is not None:
            shutil.rmtree(self._folder)


def start(*words: str, cwd: Path, environment: Mapping[str, str], log: Path | None = None) -> Running:
    """Start ``python -m`` with *words*, or ``python`` where the first is ``-c``."""
    return Running(words, cwd, environment, log)


def run(
    *words: str, cwd: Path, environment: Mapping[str, str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """``python -m`` with *words*, to its end."""
    with start(*words, cwd=cwd, environment=environment) as process:
        out, err = process.communicate(timeout)
        code = process.wait()
    return subprocess.CompletedProcess(words, code, out, err)


def _become(words: tuple[str, ...], cwd: str, environment: Mapping[str, str], out: str, err: str) -> None:
    gc.freeze()
    hear_again()
    os.chdir(cwd)
    for number, where in enumerate((os.devnull, out, err)):
        how = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        descriptor = os.open(where, how, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.path.insert(0, cwd)  # as both ``-m`` and ``-c`` do
    if words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        exec(words[1], {"__name__": "__main__"})
    else:
        sys.argv = [*words]
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
