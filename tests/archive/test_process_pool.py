"""Processes that do bulk work: one that was killed is told as what it is."""

import os
import signal
from contextlib import closing

import pytest

from archive.process_pool import ProcessKilled, ProcessPool


def test_a_process_that_was_killed_is_told_whenever_it_is_noticed() -> None:
    with closing(ProcessPool(1, "counted sheep", os.getpid)) as processes:
        assert processes.result(processes.submit(sum, (1, 2))) == 3
        ctrl_c = processes.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ())
        assert signal.SIGINT in processes.result(ctrl_c), "who started it hears it, and ends it"
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        with pytest.raises(ValueError, match="literal"):
            processes.result(processes.submit(int, "sheep"))
        broken = processes.submit(os._exit, 1)
        for _ in range(2):
            with pytest.raises(ProcessKilled, match="a process that counted sheep was killed"):
                processes.result(broken)
            with pytest.raises(ProcessKilled, match="run the same command again"):
                processes.submit(sum, (1, 2))
