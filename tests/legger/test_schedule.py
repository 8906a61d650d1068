"""``legger schedule`` and its subcommands, and ``legger status``: the clock as its operator meets it."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import Archive
from archive.errors import UnknownSite
from archive.model.addresses import Link
from archive.model.reports import RunCounts
from archive.model.types import Capture
from archive.operations.health_issue import HealthIssue
from archive.operations.schedule import RunningClock, holder
from crawler.fleet.sites import ChangedFiles
from legger.cli import legger

FILE = 'url = "https://dorp.example/"\nfeeds = ["/rss"]\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's folder with one site, and no archive yet."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "dorp.toml").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    for name, value in (("LEGGER_SITES", tmp_path / "sites"), ("LEGGER_ARCHIVE", tmp_path / "legger.db")):
        monkeypatch.setenv(name, str(value))
    return tmp_path


NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(legger, arguments, standalone_mode=False)


def scheduled_entries(place: Path) -> dict[str, datetime]:
    with Archive.open(place / "legger.db") as archive:
        return {each.kind: each.due_at for each in archive.schedule.entries()}


def test_the_plan_of_a_day_has_each_visit_and_no_poll_beside_one(place: Path) -> None:
    rows = json.loads(ask("schedule", "--plan", "--every", "6", "--poll", "2", "--json").stdout)
    assert not (place / "legger.db").exists(), "a plan changes nothing"
    began = datetime.fromisoformat(rows[0]["at"])
    hours = [((datetime.fromisoformat(row["at"]) - began) / timedelta(hours=1), row["kind"]) for row in rows]
    expected = [(float(hour), "poll" if hour % 6 else "visit") for hour in range(0, 24, 2)]
    assert hours == expected, "and what was kept is packed in a week"
    shown = ask("schedule", "--plan", "dorp").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "visit" in shown and "poll" in shown


def test_a_site_that_is_paused_is_not_in_the_plan_and_is_due_when_it_is_resumed(place: Path) -> None:
    with Archive.open(place / "legger.db") as archive:
        archive.schedule.add_entry("dorp", due_at=datetime.now(UTC) + timedelta(days=3), at_latest=NEVER)
    assert ask("schedule", "pause", "dorp").exit_code == 0
    assert "Nothing is planned" in ask("schedule", "--plan", "--poll", "0").stdout
    assert "paused" in ask("status").stdout
    assert ask("schedule", "resume", "dorp").exit_code == 0
    assert abs(scheduled_entries(place)["visit"] - datetime.now(UTC)) < timedelta(minutes=5)
    assert "dorp" in ask("schedule", "--plan").stdout


def test_now_makes_a_site_due_and_status_says_how_it_stands(place: Path) -> None:
    long_ago = datetime(2024, 5, 1, 12, tzinfo=UTC)
    with Archive.open(place / "legger.db") as archive:
        run = archive.runs.start("dorp", at=long_ago, settings={})
        archive.runs.end(run, at=long_ago, outcome="done", counts=RunCounts(new=12, changed=3, gone=1))
    assert ask("schedule", "now", "dorp").exit_code == 0
    assert abs(scheduled_entries(place)["visit"] - datetime.now(UTC)) < timedelta(minutes=5)
    said = ask("status").stdout
    row = next(line for line in said.splitlines() if line.startswith("dorp"))
    day = f"{long_ago.astimezone():%d %b %Y}".split()  # the reader's, here
    assert row.split() == ["dorp", *day, *row.split()[4:7], "12", "3", "1", "ok", "-"]
    (standing,) = json.loads(ask("status", "--json").stdout)["sites"]
    assert (standing["site"], standing["new"], standing["state"]) == ("dorp", 12, "ok")


def test_status_tells_what_went_amiss_lately_and_not_for_ever(place: Path) -> None:
    now = datetime.now(UTC)
    with Archive.open(place / "legger.db") as archive:
        archive.schedule.add_entry("dorp", due_at=now, at_latest=NEVER)
        archive.incidents.note("late", "came three weeks ago", at=now - timedelta(weeks=3), site="dorp")
        assert "amiss" not in ask("status").stdout
        archive.incidents.note("late", "came today", at=now, site="dorp")
    said = ask("status").stdout
    assert "came today" in said and "three weeks" not in said


@pytest.mark.parametrize("what", ["pause", "resume", "now"])
def test_a_name_that_nobody_knows_is_said_so(place: Path, what: str) -> None:
    Archive.open(place / "legger.db").close()
    said = ask("schedule", what, "drop")
    assert said.exception is not None
    assert "dorp" in str(said.exception), "and the one that was meant"


def test_a_site_that_a_clock_knows_can_be_paused_where_its_file_is_not(place: Path) -> None:
    now = datetime.now(UTC)
    with Archive.open(place / "legger.db") as archive:
        archive.schedule.add_entry("elders", due_at=now, at_latest=now)
    assert ask("schedule", "pause", "elders").exit_code == 0
    with Archive.open(place / "legger.db") as archive:
        assert archive.schedule.next_entries()["elders"].paused_at is not None


def test_a_files_words_of_a_day_are_told_once_a_clock_has_seen_it(place: Path) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    Archive.open(place / "legger.db").close()
    assert "no file of dorp was on record" in str(ask("site", "show", "dorp", "--on", today).exception)
    with Archive.open(place / "legger.db") as archive:
        ChangedFiles(place / "sites").publish(archive, at=datetime.now(UTC))
    (place / "sites" / "dorp.toml").unlink()
    assert FILE in ask("site", "show", "dorp", "--on", f"{datetime.now(UTC).isoformat()}").stdout
    assert "no file" in str(ask("site", "show", "dorp", "--on", "2020-01-01").exception)


def test_the_plan_is_that_of_the_clock_that_runs_and_a_day_of_thirty_sites_fits_on_a_screen(
    place: Path,
) -> None:
    for number in range(29):
        (place / "sites" / f"dorp{number}.toml").write_text(FILE)
    with Archive.open(place / "legger.db") as archive:
        archive.clocks.started(
            RunningClock(
                holder=holder(os.getpid()), started=datetime.now(UTC), every=timedelta(hours=8),
                poll=timedelta(), at_most=2,
            )
        )  # fmt: skip
    shown = ask("schedule", "--plan")
    lines = shown.stdout.splitlines()
    assert "visits every 8h" in shown.stderr
    assert (len(lines), max(map(len, lines)) <= 80) == (32, True)
    rows = json.loads(ask("schedule", "plan", "dorp", "dorp7", "--json").stdout)
    assert [row["site"] for row in rows].count("dorp") == 3
    assert {row["site"] for row in rows} == {"dorp", "dorp7"}
    every = json.loads(ask("schedule", "plan", "--json").stdout)
    began = sorted(datetime.fromisoformat(row["at"]) for row in every)[:30]
    assert len(set(began)) == 30, "new sites begin one after the other"
    assert began[-1] - began[0] < timedelta(hours=1)
    assert isinstance(ask("schedule", "plan", "drop").exception, UnknownSite)
    with Archive.open(place / "legger.db") as archive:
        archive.clocks.stopped(holder(os.getpid()))
    assert "No clock runs" in ask("schedule", "--plan").stderr


def test_the_plan_and_the_status_say_when_a_day_is_too_short(place: Path) -> None:
    now = datetime.now(UTC)
    with Archive.open(place / "legger.db") as archive:
        run = archive.runs.start("dorp", at=now - timedelta(hours=30), settings={"poll": False})
        archive.runs.end(run, at=now - timedelta(hours=16), outcome="done", counts=RunCounts())
        found = [HealthIssue(kind="load", subject="", since=now, says="the day is too short: ...")]
        archive.alarms.raise_alarms(None, found, now=now)
    said = ask("schedule", "--plan", "--every", "6", "--poll", "0").stdout
    assert (
        "A day's plan takes 56 h of visits; there is time for 43 h: visits come 1.3 times later"
        in " ".join(said.split())
    )
    assert "The day is too short: ..." in ask("status").stdout
    assert "too short" not in ask("schedule", "--plan", "--every", "12", "--poll", "0").stdout


def test_status_and_runs_say_how_long_a_large_site_will_take(place: Path) -> None:
    now = datetime.now(UTC)
    with Archive.open(place / "legger.db") as archive:
        run = archive.runs.start("dorp", at=now, settings={})
        links = [Link(url=f"https://dorp.example/{number}", how="sitemap") for number in range(2000)]
        archive.urls.found("dorp", links, at=now - timedelta(minutes=1))
        archive.schedule.lease("dorp", holder(os.getpid()), now=now, until=now + timedelta(minutes=5))
    said = "dorp: 2,000 addresses are to be asked for, 2 s apart: 67 minutes at least; the newest come first"
    assert said in " ".join(ask("status").stdout.split())
    assert said in " ".join(ask("runs").stdout.split())
    (standing,) = json.loads(ask("status", "--json").stdout)["sites"]
    assert (standing["to_ask"], standing["takes"]) == (2000, 4000.0)
    with Archive.open(place / "legger.db") as archive:
        body = b"User-agent: *\nCrawl-delay: 10\n"
        robots = Capture(site="dorp", url="https://dorp.example/robots.txt", at=now, status=200, body=body)
        archive.captures.keep(robots, run=run)
    assert "10 s apart: 5.6 hours" in " ".join(ask("status").stdout.split())
    (place / "sites" / "dorp.toml").write_text(FILE + "delay = 0.1\n")
    with Archive.open(place / "legger.db") as archive:
        archive.captures.keep(replace(robots, at=now + timedelta(seconds=1), body=b""), run=run)
    assert "to be asked for" not in ask("status").stdout
