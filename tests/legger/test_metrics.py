"""What Prometheus is told, scraped from the port as it would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from archive import Archive
from archive.model.reports import RunCounts
from archive.operations.alarms import Alarm, Alarms
from legger.metrics import serve
from tests.archive.newsroom import Filer, article, day


@contextmanager
def served(file: Path) -> Iterator[str]:
    server, thread = serve(0, file)
    try:
        yield "http://{}:{}/metrics".format(*server.server_address)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def scraped(url: str) -> dict[tuple[str, ...], float]:
    """Name and values of labels, by the labels' names -> figure."""
    with urlopen(url, timeout=30) as answer:
        text = answer.read().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A site with two visits, one article edited once, one gone; another that is paused."""
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        desk = Filer(archive)
        for number in range(2):
            run = archive.runs.start("krant", at=day(number), settings={})
            desk.see(article("De brug is dicht." if number else "De brug is open."), day(number))
            desk.see(article("Markt."), day(0), key="2", url="https://krant.example/2")
            archive.runs.end(
                run,
                at=day(number) + timedelta(minutes=3),
                outcome="stopped" if number else "done",
                counts=RunCounts(asked=9, changed=number, new=2 - number),
            )
        desk.miss(day(2), status=410, key="2", url="https://krant.example/2")
        archive.runs.start("krant", at=day(3), settings={})
        now = datetime.now(UTC)
        archive.schedule.make_due("krant", at=day(4))
        archive.schedule.pause("bode", at=day(4))
        assert archive.schedule.lease("krant", "hier:1", now=now, until=now + timedelta(hours=1))
        for _ in range(2):
            archive.incidents.note("late", "te laat", at=day(1), site="krant")
    return path


def test_the_figures_of_every_site_are_told(file: Path) -> None:
    with served(file) as url:
        assert url.startswith("http://127.0.0.1:")
        found = scraped(url)
    assert found["legger_up",] == 1
    assert found["legger_site_articles", "krant", "live"] == 1
    assert found["legger_site_articles", "krant", "gone"] == 1
    assert found["legger_site_versions", "krant"] == 3
    assert found["legger_site_last_visit_timestamp_seconds", "krant"] == day(3).timestamp()
    assert found["legger_site_last_visit_count", "krant", "changed"] == 1, "of the last that ended"
    assert found["legger_site_last_visit_count", "krant", "gone"] == 0
    assert found["legger_site_last_visit_duration_seconds", "krant"] == 180
    assert found["legger_site_last_done_timestamp_seconds", "krant"] == day(0).timestamp() + 180
    assert found["legger_site_next_visit_timestamp_seconds", "krant"] == day(4).timestamp()
    assert ("legger_site_next_visit_timestamp_seconds", "bode") not in found
    assert (found["legger_site_paused", "krant"], found["legger_site_paused", "bode"]) == (0, 1)
    assert (found["legger_site_visiting", "krant"], found["legger_site_visiting", "bode"]) == (1, 0)
    assert found["legger_incidents_total", "late", "krant"] == 2
    assert found["legger_archive_bytes", "archive"] == file.stat().st_size
    assert found["legger_disk_free_bytes",] > 0


def test_what_is_wrong_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Alarm(id=1, site="krant", kind="feed dead", subject="/rss", since=day(1), says="leeg", ended=None)
    monkeypatch.setattr(Alarms, "all", lambda self, *, open_only=True: [dead, dead])
    with served(file) as url:
        assert scraped(url)["legger_alarms", "feed dead", "krant"] == 2


def test_figures_are_read_when_they_are_asked_for_and_a_missing_archive_is_told(tmp_path: Path) -> None:
    file = tmp_path / "legger.db"
    with served(file) as url:
        assert scraped(url)["legger_up",] == 0
        Archive.open(file).close()
        assert scraped(url)["legger_up",] == 1


def test_a_site_taken_out_of_use_leaves_the_figures_of_visits_and_its_articles_stay(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = file.parent / "sites"
    sites.mkdir()
    monkeypatch.setenv("LEGGER_SITES", str(sites))
    (sites / "bode.toml").write_text('url = "https://bode.example/"\n')
    with served(file) as url:
        found = scraped(url)
    assert found["legger_site_articles", "krant", "live"] == 1
    assert [
        key for key in found if "krant" in key and "visit" in key[0] and key[0] != "legger_incidents"
    ] == []
    assert found["legger_site_paused", "bode"] == 1
