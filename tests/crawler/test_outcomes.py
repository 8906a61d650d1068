"""How a visit ends, and what is told of it: nothing that fails looks like success."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crawler.crawling import Host, Said, Stage, front, opened, story


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return opened(tmp_path)


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def alarms(stage: Stage) -> dict[tuple[str | None, str], str]:
    with stage.read() as archive:
        return {(each.site, each.kind): each.says for each in archive.alarms()}


def test_a_site_whose_file_is_wrong_fails_alone_with_an_alarm_until_the_file_is_mended(
    stage: Stage, hosts: ExitStack
) -> None:
    pages = {"/": Said(body=front("/bericht-1")), "/bericht-1": Said(body=story(1))}
    host = hosts.enter_context(Host(lambda path: pages.get(path, Said(status=404))))
    for name in ("dorp", "stad"):
        stage.add(host.site(name))
    file = stage.sites / "stad.toml"
    good = file.read_text()
    file.write_text(good + "\n[schedule]\nevery = '99999999999999h'\n")

    for arguments in (["--all"], ["dorp", "stad"]):
        ran = stage.crawl(*arguments)
        assert ran.code == 1
        assert ran.reports["dorp"]["outcome"] == "done"
        assert ran.reports["stad"]["outcome"] == "failed"
        assert all(part in ran.errors for part in (str(file), "schedule.every", "at most 3660 days"))
        assert "Traceback" not in ran.errors
    assert "schedule.every" in alarms(stage)["stad", "file"]

    listed = stage.run("legger", "site", "list")
    assert (listed.code, "dorp" in listed.output) == (1, True)
    assert "schedule.every" in listed.errors

    file.write_text(good)
    assert stage.crawl("stad").code == 0
    assert ("stad", "file") not in alarms(stage)
