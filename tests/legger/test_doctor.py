"""What the doctor finds wrong with an installation, and that it finds nothing wrong with a good one."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.model.reports import RunCounts
from archive.operations.alarms import Alarm, Alarms
from archive.reports.growth import growth
from crawler.siteconfig.site import Site
from crawler.siteconfig.writing import write_site
from legger import config, doctor
from legger.cli import console, legger
from legger.doctor import DoctorResult, Severity, examine
from tests.archive.newsroom import Filer, article, day

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
SETTINGS = 'contact = "archief@example.org"\n[command]\nrun = ["/bin/true"]\n'
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def home(tmp_path: Path, archive_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good installation: an archive whose clock runs, a contact, a site, somebody to tell."""
    monkeypatch.setattr(doctor, "_synchronized", lambda: True)
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path / "sites"))
    (tmp_path / "legger.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "sites").mkdir()
    write_site(Site(name="krant", url="https://krant.example/"), tmp_path / "sites" / "krant.toml")
    with Archive.open(archive_file) as archive:
        Filer(archive).see(article(), NOW - HOUR)
        run = archive.runs.start("krant", at=NOW - HOUR, settings={})
        archive.runs.end(run, at=NOW, outcome="done", counts=RunCounts())
        archive.schedule.add_entry("krant", due_at=NOW + HOUR, at_latest=NOW + HOUR)
    return tmp_path


def found(home: Path) -> dict[str, DoctorResult]:
    return {each.check: each for each in examine(config.load(str(home / "legger.db"), {}), now=NOW)}


def test_a_good_installation_is_well(home: Path) -> None:
    findings = found(home)
    assert {name: each.says for name, each in findings.items() if each.state is not Severity.OK} == {}
    assert "alive: 1 site, next" in findings["schedule"].says
    assert "a day" in findings["disk"].says


def edit_site(home: Path) -> None:
    (home / "sites" / "krant.toml").write_text('url = "https://krant.example/"\nlistngs = []\n')


def drop_contact(home: Path) -> None:
    (home / "legger.toml").write_text('[command]\nrun = ["/bin/true"]\n')


def tell_nobody(home: Path) -> None:
    (home / "legger.toml").write_text('contact = "archief@example.org"\n')


def lose_secret(home: Path) -> None:
    (home / "legger.toml").write_text(SETTINGS + '[webhook]\nurl_file = "hook"\n')


def show_secret(home: Path) -> None:
    lose_secret(home)
    (home / "hook").write_text("https://chat.example.org/geheim")
    (home / "hook").chmod(0o644)


def stop_clock(home: Path) -> None:
    with Archive.open(home / "legger.db") as archive:
        archive.schedule.make_due("krant", at=NOW - 2 * HOUR)


def crowd(home: Path) -> None:
    stop_clock(home)
    with Archive.open(home / "legger.db") as archive:
        assert archive.schedule.lease("bode", "hier:1", now=NOW, until=NOW + HOUR)


def never_start(home: Path) -> None:
    (home / "legger.db").unlink()
    with Archive.open(home / "legger.db") as archive:
        Filer(archive).see(article(), day(0))


def see_the_future(home: Path) -> None:
    with Archive.open(home / "legger.db") as archive:
        Filer(archive).see(article("Morgen."), NOW + timedelta(days=2))


def remove(home: Path) -> None:
    (home / "legger.db").unlink()


def be_something_else(home: Path) -> None:
    remove(home)
    (home / "legger.db").write_text("dit is geen archief, en lang genoeg om als een te worden gelezen")


def of_schema(number: str) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        with closing(sqlite3.connect(home / "legger.db")) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (number,))

    change.__name__ = f"be_of_schema_{number}"
    return change


def open_to_all(home: Path) -> None:
    (home / "legger.db").chmod(0o666)


def without_wal(home: Path) -> None:
    connection = sqlite3.connect(home / "legger.db")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


SICK = [
    (edit_site, "site file", Severity.FAILURE, "listngs"),
    (drop_contact, "contact", Severity.FAILURE, "not set"),
    (tell_nobody, "telling", Severity.WARNING, "nobody is told"),
    (lose_secret, "secret", Severity.FAILURE, "hook"),
    (show_secret, "secret", Severity.WARNING, "can be read by others"),
    (stop_clock, "schedule", Severity.FAILURE, "nobody visits them"),
    (crowd, "schedule", Severity.WARNING, "wait for their turn"),
    (never_start, "schedule", Severity.WARNING, "no clock was started"),
    (see_the_future, "clock", Severity.FAILURE, "the last capture is of"),
    (remove, "archive", Severity.FAILURE, "there is none"),
    (be_something_else, "archive", Severity.FAILURE, "not an SQLite database"),
    (of_schema("9999"), "archive", Severity.FAILURE, "newer Legger that wrote it"),
    (open_to_all, "permissions", Severity.WARNING, "everybody"),
    (without_wal, "database", Severity.WARNING, "delete"),
]


@pytest.mark.parametrize(("ail", "check", "state", "says"), SICK, ids=[each[0].__name__ for each in SICK])
def test_what_ails_an_installation_is_found_with_what_to_do(
    home: Path, ail: Callable[[Path], None], check: str, state: Severity, says: str
) -> None:
    ail(home)
    findings = found(home)
    assert findings[check].state is state
    assert says in findings[check].says
    assert findings[check].advice
    assert "geheim" not in repr(findings)
    others = {each.check for each in findings.values() if each.state is Severity.FAILURE} - {check}
    assert others == set()


@pytest.mark.parametrize(
    ("free", "a_day", "state"),
    [
        (100_000_000, 1.0, Severity.FAILURE),
        (900_000_000, 1.0, Severity.WARNING),
        (1_000_000_000, 400_000_000.0, Severity.FAILURE),
        (6_000_000_000, 400_000_000.0, Severity.WARNING),
        (60_000_000_000, 400_000_000.0, Severity.OK),
    ],
)
def test_a_disk_that_fills_is_found_before_it_is_full(
    home: Path, monkeypatch: pytest.MonkeyPatch, free: int, a_day: float, state: Severity
) -> None:
    class Grows:
        bytes_per_day = a_day
        last_capture = last_visit = NOW

    monkeypatch.setattr(doctor, "growth", lambda *_, **__: Grows())
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: Usage(10**12, 10**12 - free, free))
    assert found(home)["disk"].state is state


def test_growth_is_told_from_the_captures_of_late(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        desk = Filer(archive)
        for number in (-300, 0, 1, 2, 3):
            desk.see(article(f"Dag {number}."), day(number))
        grows = growth(archive, size=5_000, now=day(4))
        assert grows.bytes_per_day == pytest.approx(1_000)
        assert grows.last_capture == day(3)
        assert growth(archive, size=5_000, now=day(400)).bytes_per_day == 0


@pytest.mark.parametrize(
    ("attribute", "value", "check", "says"),
    [
        ("requires", lambda _: ["click>=999", "geenpakket", 'alleen; extra == "x"'], "libraries", "click is"),
        ("_synchronized", lambda: False, "clock", "nothing keeps it right"),
        ("_filesystem", lambda _: "nfs4", "file system", "locks do not hold"),
    ],
)
def test_the_machine_is_looked_at_too(
    home: Path, monkeypatch: pytest.MonkeyPatch, attribute: str, value: Any, check: str, says: str
) -> None:
    monkeypatch.setattr(doctor, attribute, value)
    finding = found(home)[check]
    assert finding.state is not Severity.OK
    assert says in finding.says


def test_what_is_wrong_with_sites_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Alarm(id=1, site="krant", kind="feed dead", subject="", since=NOW, says="leeg", ended=None)
    monkeypatch.setattr(Alarms, "all", lambda self, *, open_only=True: [dead, dead])
    assert (found(home)["alarms"].state, found(home)["alarms"].says) == (Severity.WARNING, "2: krant")


def test_a_file_system_is_known_by_the_mount_it_stands_on() -> None:
    assert doctor._filesystem(Path("/proc/self")) == "proc"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_an_archive_that_may_not_be_written_is_found(home: Path) -> None:
    (home / "legger.db").chmod(0o444)
    assert found(home)["permissions"].state is Severity.FAILURE


def test_the_command_fails_when_something_does_and_fits_eighty_columns(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "width", 80)

    def ask(*arguments: str) -> Any:
        return CliRunner().invoke(
            legger, ["doctor", "--archive", str(home / "legger.db"), *arguments], standalone_mode=False
        )

    well = ask()
    assert (well.exit_code, well.return_value) == (0, 0), well.output
    assert "what to do" not in well.stdout
    drop_contact(home)
    sick = ask()
    assert sick.return_value == 1
    assert "what to do: legger init" in sick.stdout
    assert [line for line in sick.stdout.splitlines() if len(line) > 80] == []
    rows = json.loads(ask("--json").stdout)
    assert [each["check"] for each in rows if each["state"] == "failure"] == ["contact"]
