"""What goes wrong at a house of the practice newspaper is an alarm within two visits; a quiet week is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive
from archive.model.types import Capture
from legger.simulator import OPENING, Newspaper
from legger.simulator.visits import Change, visit

HOUSES = ["berkelnieuws"]
QUIET = 8


def as_it_is(capture: Capture) -> Capture | None:
    return capture


def in_pages(pattern: str, put: str) -> Change:
    """Another template: something is no longer in the articles' pages."""

    def change(capture: Capture) -> Capture | None:
        if capture.status != 200 or b"<html" not in capture.body[:2000].lower():
            return capture
        body = re.sub(pattern.encode(), put.encode(), capture.body, flags=re.S | re.I)
        return replace(capture, body=body)

    return change


def at(path: str, **answer: object) -> Change:
    """Another answer at some addresses."""
    return lambda capture: replace(capture, **answer) if re.search(path, capture.url) else capture  # type: ignore[arg-type]


GATE = (
    b"<!DOCTYPE html><html lang='nl'><head><title>Cookies</title></head><body>"
    b"<h1>Wij gebruiken cookies</h1>"
    b"<p>Met uw toestemming plaatsen wij en onze partners cookies. U kunt die altijd intrekken in uw"
    b" privacy-instellingen. Geef toestemming voor cookies om verder te gaan.</p>"
    b"<button>Alle cookies accepteren</button><button>Cookies weigeren</button></body></html>"
)

BREAKAGES: dict[str, tuple[str, Change]] = {
    "the feed is not there any more": ("source", at(r"rss|feed", status=404, body=b"")),
    "the feed is empty": ("source", at(r"rss|feed", body=b"<rss version='2.0'><channel></channel></rss>")),
    "robots.txt keeps us out": (
        "robots",
        at(r"robots\.txt$", status=200, body=b"User-agent: *\nDisallow: /"),
    ),
    "robots.txt cannot be had": ("robots", at(r"robots\.txt$", status=503, body=b"")),
    "the server refuses us": ("unreachable", at(r"(?<!robots\.txt)$", status=403, body=b"")),
    "the server is down": ("unreachable", at(r"(?<!robots\.txt)$", status=500, body=b"")),
    "nothing answers": ("unreachable", lambda capture: capture if "robots" in capture.url else None),
    "a consent wall": ("gates", at(r"^(?!.*(?:robots|feed|sitemap|rss))", status=200, body=GATE)),
    "the domain is sold": (
        "unreachable",
        at(r"(?<!robots\.txt)$", status=301, headers=(("Location", "https://te-koop.example/"),), body=b""),
    ),
    "the date is gone": (
        "field",
        in_pages(
            r"<script[^>]*ld\+json.*?</script>|<meta[^>]*(?:_time|date)[^>]*>|<time.*?</time>|\d+ \w+ 20\d\d",
            "",
        ),
    ),
    "the headline is gone": (
        "field",
        in_pages(
            r"<script[^>]*ld\+json.*?</script>|<meta[^>]*:title[^>]*>|<h1.*?</h1>|<title>.*?</title>", ""
        ),
    ),
}


@pytest.mark.parametrize("house", HOUSES)
def test_a_quiet_week_raises_nothing_and_each_breakage_is_reported_within_two_visits(
    tmp_path: Path, house: str
) -> None:
    paper = Newspaper(articles=12, days=40, only=HOUSES)
    site = next(each.site for each in paper.houses if each.name == house)
    with Archive.open(tmp_path / "legger.db") as archive:

        def go(day: float, change: Change = as_it_is) -> list[str]:
            moment: datetime = OPENING + timedelta(days=day)
            whole = getattr(change, "__name__", "") == "change"
            visit(site, archive, paper, at=moment, change=change, backfill=day == 0, conditional=not whole)
            return [each.kind for each in archive.alarms.all()]

        for day in range(QUIET):
            assert go(day) == []
        missed: list[str] = []
        day = QUIET
        for name, (kind, change) in BREAKAGES.items():
            standing = [each.status for each in archive.articles.all(site.name)]
            first, second = go(day, change), go(day + 1, change)
            if kind in ("unreachable", "gates"):  # nobody took an article away
                assert [each.status for each in archive.articles.all(site.name)] == standing, name
            if kind not in first + second:
                missed.append(f"{name}: {first} {second}")
            for calm in range(2, 4):  # mended: the alarm ends
                left = go(day + calm)
            assert left == [], f"{name}: {archive.alarms.all()}"
            day += 4
        assert missed == []
        told = archive.alarms.all(open_only=False)
        assert all(each.ended for each in told)
        assert all(house in each.says for each in told)
