"""What runs it for years: unit files, the container's recipe and its lock name what exists."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from legger.cli import legger

ROOT = Path(__file__).parents[1]
OPS = ROOT / "ops"
UNITS = sorted(each for each in OPS.iterdir() if each.suffix in (".service", ".timer"))
SERVICES = [each for each in UNITS if each.suffix == ".service"]
CONTAINERFILE = (OPS / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def understood(words: list[str]) -> None:
    """Raises unless the program has that command with those options."""
    name, *rest = words
    command = legger.get_command(click.Context(legger), name)
    assert command is not None, f"there is no command {name}"
    command.make_context(name, rest)


@pytest.mark.parametrize("unit", SERVICES, ids=[each.name for each in SERVICES])
def test_a_service_starts_a_command_that_there_is(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    program, *words = shlex.split(line.replace("%i", "roskam"))
    assert program == "/srv/legger/.venv/bin/legger"
    understood(words)


def test_every_service_is_bound_by_the_same_rules() -> None:
    def rules(unit: Path) -> str:
        said = unit.read_text(encoding="utf-8")
        return said[said.index("# It writes below") :].partition("[Install]")[0].strip()

    assert len({rules(unit) for unit in SERVICES}) == 1
    assert "NoNewPrivileges=true" in rules(SERVICES[0])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        said = unit.read_text(encoding="utf-8").replace("/srv/legger/.venv/bin/legger", "/bin/true")
        (tmp_path / unit.name.replace("@", "@roskam")).write_text(said, encoding="utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(
        ["systemd-analyze", "verify", *files], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_copies_files_that_there_are() -> None:
    copied = [
        each
        for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.MULTILINE)
        for each in line.split()[:-1]
    ]
    assert {"archive", "crawler", "legger", "scheduler.py"} <= set(copied)
    assert [each for each in copied if not (ROOT / each).exists()] == []
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [built["project"]["readme"], *built["project"]["license-files"]]
    assert set(needed) <= set(copied), "the wheel cannot be made without them"


def test_the_container_runs_commands_that_there_are_and_not_as_root() -> None:
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", CONTAINERFILE, re.MULTILINE)
    assert json.loads(entry) == ["legger"]
    (start,) = re.findall(r"^CMD (.*)$", CONTAINERFILE, re.MULTILINE)
    understood(json.loads(start))
    (check,) = re.findall(r"^HEALTHCHECK .*CMD (.*)$", CONTAINERFILE, re.MULTILINE)
    understood(json.loads(check)[1:])
    assert CONTAINERFILE.index("\nUSER legger") < CONTAINERFILE.index("\nENTRYPOINT")
    assert "LEGGER_ARCHIVE=/srv/legger/" in CONTAINERFILE
    assert "VOLUME /srv/legger" in CONTAINERFILE


def pins(file: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, number in re.findall(r"^([a-z0-9.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name, set()).add(number)
    return found


def test_the_containers_lock_is_the_workshops_without_its_tools() -> None:
    workshop, container = pins(ROOT / "requirements.lock"), pins(OPS / "requirements.lock")
    assert {name: numbers for name, numbers in container.items() if workshop.get(name) != numbers} == {}, (
        "run: make lock"
    )
    assert not {"pytest", "mypy", "ruff", "hatchling"} & set(container)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for words in (*project["dependencies"], *extras["web"], *extras["metrics"]):
        wanted = Requirement(words)
        numbers = container.get(wanted.name, set())
        assert any(wanted.specifier.contains(each) for each in numbers), f"{words}: run make lock"


def test_the_container_is_built_from_what_it_needs_and_from_nothing_else() -> None:
    ignored, *kept = [
        line
        for line in (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "**"))
    ]
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE, re.MULTILINE)
    assert ignored == "*"
    assert {line.removeprefix("!") for line in kept} == {name for line in copied for name in line.split()}
