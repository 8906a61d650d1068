"""``legger alarms`` and ``legger tell``: what is wrong, shown and told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import Archive
from archive.operations.health import HealthIssue
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
def file(tmp_path: Path) -> Path:
    with Archive.open(tmp_path / "legger.db") as archive:
        archive.alarms.raise_alarms("regio8", [DATES], now=SINCE)
        archive.schedule.add_entry("oost", due_at=SINCE, at_latest=SINCE)
        archive.alarms.raise_alarms(None, [DISK], now=SINCE)
        archive.alarms.raise_alarms(None, [], now=SINCE.replace(day=4))
    return tmp_path / "legger.db"


def ask(file: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(
        legger, [*arguments, "--archive", str(file)], standalone_mode=False, env=environment
    )


def test_what_is_wrong_is_shown_with_what_to_do_within_eighty_columns(file: Path) -> None:
    said = ask(file, "alarms")
    assert (said.exit_code, said.return_value) == (0, 1), said.output
    assert "field missing: publish" in said.stdout
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
