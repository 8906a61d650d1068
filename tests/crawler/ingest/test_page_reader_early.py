"""A page reader that starts early is a copy of its visit, and ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

EARLY = """
import os, sys, time
from crawler.ingest.page_reader import PageReader
reader = PageReader()
reader.start_early()
print(reader._process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")
def test_a_reader_that_started_early_ends_with_its_visit() -> None:
    with subprocess.Popen([sys.executable, "-c", EARLY], stdout=subprocess.PIPE, text=True) as visit:
        assert visit.stdout is not None
        reader = int(visit.stdout.readline())
        os.kill(reader, 0)
        visit.kill()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{reader}/stat").exists() and _state(reader) != "Z":
        assert time.monotonic() < deadline, "it goes on without its visit"
        time.sleep(0.05)


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
