"""What a host said to the visit of one site holds for the visits of all: to wait, and what may be fetched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from legger.simulator import OPENING
from tests.crawler.crawling import Host, Said, front, opened, story

ROBOTS = Said(body="User-agent: *\nDisallow: /mijn/\n", type="text/plain")


def test_a_host_that_asks_one_site_to_wait_is_left_alone_by_another_until_then(tmp_path: Path) -> None:
    stage = opened(tmp_path)
    village = {"/": Said(body=front("/1", "/mijn/2")), "/1": Said(body=story(1)), "/robots.txt": ROBOTS}
    busy = Said(status=429, headers={"Retry-After": "3600"})
    strained = [True]
    with Host(
        lambda path: busy if path == "/1" and strained[0] else village.get(path, Said(status=404))
    ) as host:
        for name in ("oost", "west"):
            stage.add(host.site(name))
        stage.at(OPENING)
        asked_to_wait = stage.crawl("oost").reports["oost"]
        assert asked_to_wait["outcome"] == "stopped"
        before = len(host.asked)
        strained[0] = False
        other = stage.crawl("west").reports["west"]
        assert (other["outcome"], other["reason"]) == (asked_to_wait["outcome"], asked_to_wait["reason"])
        assert host.asked[before:] == []
        stage.at(OPENING + timedelta(hours=1, minutes=1))
        assert stage.crawl("west").reports["west"]["outcome"] == "done"
        assert host.asked[before:] == ["/", "/1"], "and what may be fetched was asked an hour ago"
    with stage.read() as archive:
        assert archive.captures.answer_since("west", f"{host.base}/robots.txt", since=OPENING) is None
        assert [each.reason for each in archive.coverage.missed("west")] == ["robots.txt disallows it"]
