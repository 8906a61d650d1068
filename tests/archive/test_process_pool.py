"""Processes that do bulk work: one that was killed is told as what it is."""

import os
from contextlib import closing

import pytest

from archive.process_pool import ProcessKilled, ProcessPool


def test_a_process_that_was_killed_is_told_whenever_it_is_noticed() -> None:
    with closing(ProcessPool(1, "counted sheep", os.getpid)) as processes:
        assert processes.result(processes.submit(sum, (1, 2))) == 3
        with pytest.raises(ValueError, match="literal"):
            processes.result(processes.submit(int, "sheep"))
        broken = processes.submit(os._exit, 1)
        for _ in range(2):
            with pytest.raises(ProcessKilled, match="a process that counted sheep was killed"):
                processes.result(broken)
            with pytest.raises(ProcessKilled, match="run the same command again"):
                processes.submit(sum, (1, 2))
