"""A helping process ends with the one that started it, however that one ended."""

import time
from multiprocessing.connection import Connection

import pytest

from archive.orphans import end_when_orphaned
from tests.programs import PROCESSES


def helper(told: Connection) -> None:
    end_when_orphaned()
    told.send("at work")
    time.sleep(60)


def starts_a_helper(told: Connection) -> None:
    PROCESSES.Process(target=helper, args=(told,)).start()
    told.close()
    time.sleep(60)


def test_a_helper_whose_parent_was_killed_ends() -> None:
    hears, told = PROCESSES.Pipe(duplex=False)
    parent = PROCESSES.Process(target=starts_a_helper, args=(told,))
    parent.start()
    told.close()
    assert hears.recv() == "at work"
    parent.kill()
    parent.join()
    assert hears.poll(30), "it goes on"
    with pytest.raises(EOFError):
        hears.recv()


def test_a_process_that_nobody_started_goes_on() -> None:
    end_when_orphaned()
