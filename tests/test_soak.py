"""Three days of the soak: kills, a full disk, a lock and a dead site, and the archive is right at the end."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bench.fleets.soaking.driver import Soak
from bench.fleets.soaking.hardship import Hardship


@pytest.mark.skipif(sys.platform != "linux", reason="it finds the visits' processes in /proc")
def test_three_hard_days_leave_the_archive_right_and_every_gap_explained(tmp_path: Path) -> None:
    hardship = Hardship(
        kill_visit=(0.5, 2.5),
        kill_clock=(0.5,),
        disk_full=(1.0, 2.0),
        locked=2.5,
        locked_for=3,
        dead=("waldkrante", 1.5, 2.5),
    )
    soak = Soak(
        tmp_path,
        days=3,
        houses=["berkelnieuws", "waldkrante"],
        articles=6,
        every=timedelta(hours=12),
        hardship=hardship,
    )
    report = soak.run()
    assert report.differences == []
    assert report.unexplained == []
    assert report.overlaps == []
    assert report.killed["clock"] == 1
    assert report.verified == []
    assert report.outcomes["done"] + report.outcomes["partly"] >= 6
    assert report.incidents["outage"], "the full disk was felt"
    assert all(books.published_found == books.published > 5 for books in report.books.values())
