"""What a site says of changes, and of their absence, is believed as far as looks bear it out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.model.types import Status
from legger.cli import legger
from legger.simulator import OPENING
from tests.crawler.answering import BASE, Asked, CrawledSite, dorp
from tests.crawler.crawling import Said, front, story

FEED = f"{BASE}/feed"
OPENING_LATER = OPENING + timedelta(days=9)


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as archive:
        yield archive


def of(desk: CrawledSite, *keys: str) -> list[str]:
    """Sources whose word is not believed after the last visit."""
    return [each for each in desk.archive.runs.doubted().get("dorp", ()) if each in keys or not keys]


WORDS = (
    *("brug", "kerk", "molen", "school", "plein", "haven"),
    *("station", "park", "toren", "markt", "zwembad", "theater"),
)


def rewritten(number: int, times: int) -> str:
    """An article to which so many sentences were added, each of its own."""
    said = (
        " ".join(WORDS[(number * 5 + n * 7 + place * (1 + number % 3)) % 12] for place in range(4 + number))
        for n in range(times)
    )
    return story(number).replace(
        "</article>", "".join(f"<p>{each.capitalize()}.</p>" for each in said) + "</article>"
    )


class Newsroom:
    """A feed that names one more article each day; its server never minds what became of it."""

    def __init__(self, archive: Archive, *, since: int = 0, **headers: str) -> None:
        self.desk = CrawledSite(archive=archive, site=dorp(feeds=(FEED,)))
        self.day, self.since, self.headers = 0, since, headers
        self.whole = 0
        self.desk.answers = {"/": Said(body=front()), "/feed": self.feed}
        self.desk.answers |= {f"/{number}": Said(body=story(number)) for number in range(60)}

    def feed(self, asked: Asked) -> Said:
        if asked.etag is not None:
            return Said(status=304)
        self.whole += 1
        items = "".join(f"<item><link>{BASE}/{number}</link></item>" for number in range(self.day + 1))
        return Said(body=f"<rss version='2.0'><channel>{items}</channel></rss>", headers=self.headers)

    def late(self, days: int) -> int:
        """Visit on so many days; how many of the articles the last day lacks."""
        for _ in range(days):
            self.desk.visit(self.day + self.since)
            self.day += 1
        return self.day - sum(1 for _ in self.desk.archive.articles.all("dorp"))


def test_a_feed_whose_server_always_says_that_it_is_the_same_is_found_out_in_a_day(archive: Archive) -> None:
    newsroom = Newsroom(archive, ETag='"vast"')
    assert newsroom.late(6) <= 1, "the first day's word is not believed for longer than a day"
    assert of(newsroom.desk) == [FEED]
    asked = newsroom.whole
    newsroom.late(5)
    assert newsroom.whole == asked + 5, "asked for whole each time"


def test_a_quiet_feed_is_asked_for_whole_less_and_less(archive: Archive) -> None:
    newsroom = Newsroom(archive, ETag='"vast"')
    for day in range(30):  # nothing new comes
        newsroom.desk.visit(day)
    assert newsroom.whole <= 8
    assert of(newsroom.desk) == []


def test_a_feed_whose_etag_is_another_each_time_is_no_liar(archive: Archive) -> None:
    newsroom = Newsroom(archive)

    def feed(asked: Asked) -> Said:
        newsroom.headers = {"ETag": f'"{newsroom.day}-{newsroom.whole}"'}
        return newsroom.feed(Asked(url=asked.url))

    newsroom.desk.answers["/feed"] = feed
    assert newsroom.late(10) == 0
    assert of(newsroom.desk) == []


def test_pages_whose_server_always_says_that_they_are_the_same_are_asked_for_whole(archive: Archive) -> None:
    edited = False

    def page(number: int, asked: Asked) -> Said:
        if asked.etag is not None:
            return Said(status=304)
        body = rewritten(number, 1) if edited and number < 3 else story(number)
        return Said(body=body, headers={"ETag": '"vast"'})

    desk = CrawledSite(archive=archive, site=dorp())
    desk.answers = {"/": Said(body=front(*(f"/{number}" for number in range(5))))}
    for number in range(5):
        desk.answers[f"/{number}"] = lambda asked, number=number: page(number, asked)
    desk.visit(0)
    edited = True
    for day in range(1, 16):
        desk.visit(day)
    assert of(desk) == ["pages"]
    assert {each.article.url.removeprefix(BASE) for each in archive.articles.edits("dorp")} == {
        "/0",
        "/1",
        "/2",
    }
    assert {each.status for each in archive.articles.all("dorp")} == {Status.LIVE}


def test_a_feed_that_is_right_is_believed_also_where_its_changes_are_held_for_a_while(
    archive: Archive,
) -> None:
    desk = CrawledSite(archive=archive, site=dorp(feeds=(FEED,)))
    day = 0

    def feed(asked: Asked) -> Said:
        entries = "".join(
            f"<entry><link href='{BASE}/{number}'/><published>2026-03-01T08:00:00Z</published>"
            f"<updated>2026-03-{day + 1:02}T08:00:00Z</updated></entry>"
            for number in range(8)
        )
        return Said(body=f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>")

    desk.answers = {"/": Said(body=front()), "/feed": feed}
    for number in range(8):
        desk.answers[f"/{number}"] = lambda asked, number=number: Said(body=rewritten(number, day))
    for day in range(5):
        desk.visit(day)
    told = [each.health_signals["told"] for each in archive.alarms.visits_seen("dorp", now=OPENING_LATER)]
    looks, right = (sum(each.get(FEED, [0, 0])[place] for each in told) for place in (0, 1))
    assert (looks, right) == (32, 32)
    assert of(desk) == []


def test_what_is_not_believed_is_told(archive: Archive, archive_file: Path) -> None:
    lately = (datetime.now(UTC) - OPENING).days - 5
    Newsroom(archive, since=lately, ETag='"vast"').late(4)
    for command in (["missed", "dorp", "--sources"], ["status"]):
        said = CliRunner().invoke(legger, [*command, "--archive", str(archive_file)], standalone_mode=False)
        assert FEED in said.output, (command, said.output, said.exception)
        assert "not believed" in " ".join(said.output.split())
