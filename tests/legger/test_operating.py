"""docs/operate.md is followed to the letter: its commands are taken from the page and run."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive import Archive
from crawler.siteconfig.site import Site
from tests.archive.newsroom import Filer, article, day
from tests.crawler.crawling import Host, Said, Stage, front, story

PAGE = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
STUBS = {
    "legger": f'exec "{sys.executable}" -m legger "$@"',
    "systemctl": 'echo "$@" >> "$CALLED"',
    "chown": "exit 0",  # there is no such user here
    "scp": 'target="${@: -1}"; cp -r "${@:2:$#-2}" "$NEW/"; [[ "$target" == newmachine:* ]]',
    "pip": 'echo "pip $@" >> "$CALLED"',
}


def procedure(heading: str) -> list[str]:
    """The commands that stand under a heading."""
    section = re.split(r"^## ", PAGE.partition(f"## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A place where commands of the page are run."""

    folder: Path
    home: Path
    """What the page calls ``/srv/legger``."""
    new: Path
    """The other machine's."""

    @property
    def stage(self) -> Stage:
        return Stage(folder=self.home)

    def follow(self, commands: str, home: Path | None = None) -> list[str]:
        """Run commands as they stand; returns what was asked of systemd and pip."""
        called = self.folder / "called"
        called.write_text("")
        backup, here = (shlex.quote(str(each)) for each in (self.folder / "backup", home or self.home))
        script = commands.replace("/mnt/backup", backup)
        script = script.replace("cd /srv/legger", f"cd {here}").replace(".venv/bin/pip", "pip")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LEGGER_")}
        environment |= {
            "PATH": f"{self.folder / 'bin'}:{environment['PATH']}",
            "CALLED": str(called),
            "NEW": str(self.new),
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return called.read_text().splitlines()

    def titles(self, home: Path | None = None) -> set[str]:
        with Archive.open((home or self.home) / "legger.db", create=False) as archive:
            assert archive.integrity.verify() == []
            return {version.article.title for version in archive.articles.all()}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for name in ("bin", "backup", "home", "new"):
        (tmp_path / name).mkdir()
    for name, does in STUBS.items():
        stub = tmp_path / "bin" / name
        stub.write_text(f"#!/bin/bash\n{does}\n")
        stub.chmod(0o755)
    (tmp_path / "home" / "sites").mkdir()
    (tmp_path / "home" / "clock").write_text("2026-03-02T08:00:00+00:00")
    (tmp_path / "home" / "legger.toml").write_text('contact = "archief@example.org"\n')
    return Machine(folder=tmp_path, home=tmp_path / "home", new=tmp_path / "new")


@dataclass
class Paper:
    """A site of which more is published."""

    stories: int = 2
    pause: float = 0.0

    def __call__(self, path: str) -> Said | None:
        if path == "/":
            return Said(
                body=front(*(f"/bericht-{n}-uit-het-dorp-{n + 10}" for n in range(1, self.stories + 1)))
            )
        number = re.match(r"/bericht-(\d+)-", path)
        time.sleep(self.pause)
        return Said(body=story(int(number[1]))) if number else Said(status=404)


@pytest.fixture
def paper(machine: Machine) -> Iterator[Paper]:
    said = Paper()
    with Host(said) as host:
        machine.stage.add(host.site("dorp"))
        yield said


def crawl(machine: Machine) -> None:
    ran = machine.stage.crawl("dorp", LEGGER_NOW="2026-03-02T12:00:00+00:00")
    assert ran.code == 0, ran.errors


def named(*numbers: int) -> set[str]:
    return {f"Bericht {number} uit het dorp" for number in numbers}


def test_a_backup_is_restored_as_the_page_says_and_the_rest_is_captured_again(
    machine: Machine, paper: Paper
) -> None:
    crawl(machine)
    (backup,) = procedure("Backup")
    machine.follow(backup)
    assert {each.name for each in (machine.folder / "backup").iterdir()} > {"legger.toml", "sites"}
    paper.stories = 3
    crawl(machine)
    assert machine.titles() == named(1, 2, 3)
    with (machine.home / "legger.db").open("r+b") as file:  # the disk goes bad
        file.seek(4096)
        file.write(b"\xff" * 40960)
    (restore,) = procedure("Restore")
    assert machine.follow(restore) == ["stop legger", "start legger"]
    assert machine.titles() == named(1, 2)
    crawl(machine)
    assert machine.titles() == named(1, 2, 3)


def fill(machine: Machine) -> None:
    """An archive of two articles, without the wait for a crawl."""
    with Archive.open(machine.home / "legger.db") as archive:
        for number in (1, 2):
            url = f"https://krant.example/{number}"
            Filer(archive).see(
                article(f"Bericht {number}.", title=f"Bericht {number} uit het dorp"),
                day(0),
                key=str(number),
                url=url,
            )


def test_an_archive_moves_to_another_machine_as_the_page_says(machine: Machine) -> None:
    machine.stage.add(Site(name="krant", url="https://krant.example/"))
    fill(machine)
    old, new = procedure("Move to another machine")
    assert machine.follow(old) == ["disable --now legger"]
    assert machine.follow(new, machine.new) == ["enable --now legger"]
    assert machine.titles(machine.new) == named(1, 2)
    assert machine.titles() == named(1, 2), "the old one is left as it was"


def test_an_upgrade_leaves_a_backup_and_a_clock_that_runs(machine: Machine) -> None:
    fill(machine)
    (upgrade,) = procedure("Upgrade")
    assert machine.follow(upgrade) == [
        "stop legger",
        "pip install --upgrade legger[web,metrics]",
        "start legger",
    ]
    with Archive.open(machine.home / "before-upgrade.db", create=False, read_only=True) as archive:
        assert len(list(archive.articles.all())) == 2


def test_after_a_power_cut_nothing_but_the_last_seconds_is_lost_and_is_taken_up_again(
    machine: Machine, paper: Paper
) -> None:
    paper.stories, paper.pause = 40, 0.05
    Archive.open(machine.home / "legger.db").close()
    stage = machine.stage
    with stage.start("legger", "crawl", "dorp", LEGGER_NOW="2026-03-02T12:00:00+00:00") as visit:
        until = time.monotonic() + 60
        while kept(machine) < 4:
            assert time.monotonic() < until, "the visit kept nothing"
            time.sleep(0.05)
        visit.send_signal(signal.SIGKILL)
    log = machine.home / "legger.db-wal"
    whole = log.read_bytes()
    log.write_bytes(
        whole[: len(whole) * 3 // 4 + 100]
    )  # what the disk had not written yet, ending in half a page
    (machine.home / "legger.db-shm").unlink()  # memory is gone
    (check,) = procedure("After a power cut")
    machine.follow(check)
    left = machine.titles()
    assert len(left) < 40
    paper.pause = 0
    crawl(machine)
    assert machine.titles() == named(*range(1, 41))


def kept(machine: Machine) -> int:
    with Archive.open(machine.home / "legger.db", create=False, read_only=True) as archive:
        return len(list(archive.articles.all()))


def test_the_lines_for_cron_run_as_they_stand(machine: Machine, tmp_path: Path) -> None:
    section = PAGE.partition("## cron, without a clock\n")[2].partition("\n## ")[0]
    (folders,) = procedure("cron, without a clock")
    lines = [line.split(None, 5)[5] for line in re.findall(r"^    (\S+ \S+ \* .*)$", section, re.MULTILINE)]
    assert len(lines) == 4
    program = machine.home / ".venv" / "bin" / "legger"
    program.parent.mkdir(parents=True)
    program.symlink_to(machine.folder / "bin" / "legger")
    with (machine.home / "legger.toml").open("a") as file:
        file.write('[command]\nrun = ["/bin/true"]\n')
    with Host(Paper()) as host:
        machine.stage.add(host.site("krant"))
        machine.follow(f"cd /srv/legger && {folders}")
        for line in lines:
            machine.follow(line.replace("\\%", "%"))
    assert (machine.home / "logs" / "doctor.txt").exists()
    assert len(list((machine.home / "backup").glob("*.db"))) == 1
