"""Of several clocks around one database one plans; around a file any may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive
from crawler.scheduling import planning
from crawler.scheduling.planning import SILENT, PlanTurn
from tests import postgresql

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_one_clock_plans_until_it_stops_or_falls_silent(
    postgresql_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql.emptied(postgresql_template) as where, Archive.open(where) as archive:
        turns = {name: PlanTurn() for name in ("here", "there", "yonder")}

        def plans(name: str, after: timedelta) -> bool:
            monkeypatch.setattr(planning, "holder", lambda process: f"{name}/1:{process}@1")
            return turns[name].is_ours(archive, NOW + after)

        def who(after: timedelta) -> list[str]:
            return [name for name in turns if plans(name, after)]

        assert who(timedelta()) == ["here"]
        assert who(SILENT / 2) == ["here"]
        assert not plans("there", SILENT), "it renewed its right meanwhile"
        assert plans("there", 2 * SILENT), "it was silent"
        assert who(2 * SILENT) == ["there"], "and plans no more, when it comes back"
        turns["there"].give_up(archive)
        assert who(2 * SILENT) == ["here"]


def test_around_a_file_every_clock_plans(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as archive:
        assert [PlanTurn().is_ours(archive, NOW) for _ in range(2)] == [True, True]
        assert archive.schedule.leases(now=NOW) == {}
