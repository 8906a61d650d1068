"""A visit's process, started anew or as a copy of what is loaded, is the same to whoever asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from multiprocessing import current_process, forkserver
from multiprocessing.connection import Listener
from pathlib import Path

import pytest

from crawler.scheduling.programs import LOADED, Forked, Program, Started, make_room_for_sockets
from tests import programs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")


@pytest.fixture(params=["a command", "a copy"])
def program(request: pytest.FixtureRequest) -> Program:
    return Started() if request.param == "a command" else Forked()


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


def test_what_legger_prints_goes_to_the_log(program: Program, tmp_path: Path) -> None:
    process = program.start(["--version"], log=tmp_path / "visit.log", environment=environment())
    assert process.wait(60) == 0
    assert (tmp_path / "visit.log").read_text().startswith("legger, version")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["crawl"], 2, "name the sites to crawl, or say --all"),
        (["articles", "--archive", "nowhere.db"], 1, "nowhere.db"),
    ],
)
def test_what_goes_wrong_is_told_in_the_log_and_by_the_exit_code(
    program: Program, tmp_path: Path, arguments: list[str], status: int, says: str
) -> None:
    process = program.start(arguments, log=tmp_path / "visit.log", environment=environment())
    assert process.wait(60) == status == process.poll() == process.returncode
    said = (tmp_path / "visit.log").read_text()
    assert says in said
    assert "Traceback" not in said
    assert "\x1b" not in said, "a log is no terminal"


def test_it_has_the_environment_it_is_given(program: Program, tmp_path: Path) -> None:
    given = environment(LEGGER_ARCHIVE=str(tmp_path / "named-by-environment.db"))
    process = program.start(["articles"], log=tmp_path / "visit.log", environment=given)
    assert process.wait(60) == 1
    assert "named-by-environment.db" in (tmp_path / "visit.log").read_text().replace("\n", "")


def test_one_that_is_killed_says_by_what(program: Program, tmp_path: Path) -> None:
    process = program.start(["practice"], log=tmp_path / "visit.log", environment=environment())
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    deadline = time.monotonic() + 30
    while os.getsid(process.pid) != process.pid:  # a Ctrl-C of the terminal would reach it
        assert time.monotonic() < deadline, "it stays in the session of who started it"
        time.sleep(0.01)
    process.kill()
    assert process.wait(60) == -signal.SIGKILL
    process.terminate()  # it is no more: nothing happens


def test_no_log_no_process(program: Program, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        program.start(["--version"], log=tmp_path / "no such folder" / "a.log", environment=environment())


def test_a_fork_server_that_was_killed_is_started_anew(tmp_path: Path) -> None:
    program = Forked()
    log = tmp_path / "visit.log"
    assert program.start(["--version"], log=log, environment=environment()).wait(60) == 0
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(server, signal.SIGKILL)
    process = program.start(["--version"], log=log, environment=environment())
    assert process.wait(60) == 0
    assert forkserver._forkserver._forkserver_pid != server  # type: ignore[attr-defined]


def test_a_signal_to_all_processes_leaves_the_fork_server_which_tells_how_copies_ended(
    tmp_path: Path,
) -> None:
    program, log = Forked(), tmp_path / "visit.log"
    process = program.start(["practice"], log=log, environment=environment())
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(server, number)
    process.terminate()
    assert process.wait(60) in (0, -signal.SIGTERM), "it hears what it is told, perhaps before it listens"
    assert program.start(["--version"], log=log, environment=environment()).wait(60) == 0
    assert forkserver._forkserver._forkserver_pid == server  # type: ignore[attr-defined]


def test_all_that_is_to_be_loaded_can_be() -> None:
    for name in LOADED:  # the fork server passes over what it cannot load
        import_module(name)


def test_copies_are_made_where_the_path_of_temporary_files_is_too_long_for_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("a folder with a name of sixty bytes and some more of them " * 2)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    monkeypatch.delitem(current_process()._config, "tempdir", raising=False)  # type: ignore[attr-defined]
    make_room_for_sockets()
    with Listener(family="AF_UNIX"):  # where the fork server's would be
        pass
    assert tempfile.gettempdir() == str(deep), "all else goes where it is said to"


BOUND = """
import resource
from crawler.crawl.resources import bound_memory
resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
bound_memory(2048)
print(resource.getrlimit(resource.RLIMIT_DATA))
bound_memory(512)
print(resource.getrlimit(resource.RLIMIT_DATA))
"""


def test_a_visit_takes_no_more_memory_than_whoever_started_the_clock_allows(tmp_path: Path) -> None:
    said = programs.run("-c", BOUND, cwd=tmp_path, environment=environment())
    assert said.stdout.splitlines() == [str((1 << 30, 1 << 30)), str((1 << 29, 1 << 29))], said.stderr
