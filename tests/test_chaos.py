"""A small fleet whose parts are killed at random loses nothing, doubles nothing and leaves nothing behind."""

from __future__ import annotations

import sys

import pytest

from bench.fleets.chaos import main


@pytest.mark.skipif(sys.platform != "linux", reason="it finds the visits' processes by their names")
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR is not set")
def test_a_fleet_that_is_killed_at_random_keeps_its_books_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = {
        **{"sites": 8, "articles": 2, "workers": 2, "concurrency": 3},
        **{"kills": 5, "between": 2, "throughput": "", "drain": 300},
    }
    status = main([word for name, value in small.items() for word in (f"--{name}", str(value))])
    said = capsys.readouterr().out
    assert status == 0, said
    assert "visited 8 of 8 sites" in said
