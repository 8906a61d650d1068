"""``legger alarms`` and ``legger tell``: what is wrong, shown and told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import Archive
from archive.errors import NotFound, UsageError
from archive.operations.health_issue import HealthIssue
from legger.cli import legger
from tests.notifications.listening import Hook

SINCE = datetime(2026, 6, 3, 6, tzinfo=UTC)
DATES = HealthIssue(
    kind="field missing",
    subject="published",
    since=SINCE,
    says="the date is missing on 38 of 40 articles since 3 June, the template changed; captures are kept, "
    "run 'legger reread regio8' after mending the rule",
)
DISK = HealthIssue(kind="disk", subject="", since=SINCE, says="nearly full")


@pytest.fixture
def file(archive_file: Path) -> Path:
    with Archive.open(archive_file) as archive:
        archive.alarms.raise_alarms("regio8", [DATES], now=SINCE)
        archive.schedule.add_entry("oost", due_at=SINCE, at_latest=SINCE)
        archive.alarms.raise_alarms(None, [DISK], now=SINCE)
        archive.alarms.raise_alarms(None, [], now=SINCE.replace(day=4))
    return archive_file


def ask(file: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(
        legger, [*arguments, "--archive", str(file)], standalone_mode=False, env=environment
    )


def test_what_is_wrong_is_shown_with_what_to_do_within_eighty_columns(file: Path) -> None:
    said = ask(file, "alarms")
    assert (said.exit_code, said.return_value) == (0, 1), said.output
    assert "field missing: publ" in said.stdout
    assert "after mending the rule" in " ".join(said.stdout.split())
    assert "disk" not in said.stdout
    assert all(len(line) <= 80 for line in said.stdout.splitlines())
    every = ask(file, "alarms", "--all").stdout
    assert "(installation)" in every
    assert all(len(line) <= 80 for line in every.splitlines())
    assert [
        json.loads(line)["id"] for line in ask(file, "alarms", "--all", "--json").stdout.splitlines()
    ] == [
        1,
        2,
    ]


def test_a_site_of_which_nothing_is_wrong_is_well(file: Path) -> None:
    said = ask(file, "alarms", "oost")
    assert (said.stdout, said.return_value) == ("Nothing is wrong.\n", 0)


def test_who_has_no_clock_tells_by_hand(file: Path) -> None:
    with Hook() as hook:
        said = ask(file, "tell", LEGGER_WEBHOOK_URL=hook.url)
        assert (said.exit_code, said.return_value) == (0, 0), said.output
    assert [each["id"] for each in hook.posted[0].body["alarms"]] == [1]
    assert ask(file, "tell", LEGGER_WEBHOOK_URL="http://127.0.0.1:9/hook").return_value == 0  # it was told
    with Archive.open(file) as archive:
        archive.alarms.raise_alarms("dorp", [DISK], now=SINCE)
    lost = ask(file, "tell", LEGGER_WEBHOOK_URL="http://127.0.0.1:9/hook")
    assert lost.return_value == 1
    assert "webhook: 127.0.0.1" in lost.stdout


def test_an_alarm_that_is_acknowledged_stays_on_the_list_with_its_note_and_is_no_error(file: Path) -> None:
    done = ask(file, "alarms", "ack", "1", "--note", "zij bouwen hun site om", "--until", "2999-01-01")
    assert done.exit_code == 0, done.output
    said = ask(file, "alarms")
    assert said.return_value == 0
    assert "acknowledged until 2999-01-01" in said.stdout.lower()
    assert "zij bouwen hun site om" in said.stdout
    assert ask(file, "alarms", "ack", "1", "--not").exit_code == 0
    assert ask(file, "alarms").return_value == 1
    assert isinstance(ask(file, "alarms", "ack", "99").exception, NotFound)
    assert isinstance(ask(file, "alarms", "ack", "1", "--until", "2020-01-01").exception, UsageError)


def test_an_alarm_that_comes_back_within_days_is_one_alarm_and_later_another(file: Path) -> None:
    with Archive.open(file) as archive:
        for hours in (24, 48):
            archive.alarms.raise_alarms("regio8", [], now=SINCE + timedelta(hours=hours))
            archive.alarms.raise_alarms("regio8", [DATES], now=SINCE + timedelta(hours=hours + 12))
        (one,) = [each for each in archive.alarms.all() if each.site == "regio8"]
        assert (one.id, one.times, one.since) == (1, 3, SINCE)
        archive.alarms.raise_alarms("regio8", [], now=SINCE + timedelta(days=10))
        archive.alarms.raise_alarms("regio8", [DATES], now=SINCE + timedelta(days=20))
        (two,) = [each for each in archive.alarms.all() if each.site == "regio8"]
        assert (two.id > 1, two.times) == (True, 1)
