"""Calendars and lines of coverage: every day stands where it belongs, and a gap is a gap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from archive.queries.holdings import VisitDay
from legger.i18n import Translation
from legger.web.showing.calendars import BINS, Cell, coverage, months, pace

MONDAY = date(2026, 3, 2)
T = Translation("en", UTC)


def visited(*days: int, amiss: int = 0) -> list[VisitDay]:
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    return [
        VisitDay(day=MONDAY + timedelta(days=each), begun=(start + timedelta(days=each),), amiss=amiss)
        for each in days
    ]


def test_a_month_has_its_days_under_their_weekdays() -> None:
    made = months({MONDAY: Cell(day=MONDAY, kind="seen")}, date(2026, 2, 27), date(2026, 3, 2))
    assert [month for month, _ in made] == ["2026-02", "2026-03"]
    weeks = made[1][1]
    assert all(len(week) == 7 for week in weeks)
    assert [cell.day.day if cell else None for cell in weeks[0]] == [None] * 6 + [1]
    assert [cell.kind if cell else None for cell in weeks[1]] == ["seen", *["none"] * 6]
    assert [cell.day.day for cell in weeks[-1] if cell][-1] == 31


SPANS = {"a week": 7, "a year": 365, "ten years": 3653}


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_a_line_of_coverage_shows_visits_gaps_and_what_went_amiss(span: int) -> None:
    days = [*visited(0), *visited(span // 2, amiss=1), *visited(span - 1)]
    line = LexborHTMLParser(coverage(T, days, MONDAY, MONDAY + timedelta(days=span - 1)))
    kinds = [str(node.attributes["class"]).split()[1] for node in line.css("rect")]
    assert len(kinds) <= BINS
    assert (kinds[0], kinds[-1], kinds.count("amiss")) == ("seen", "seen", 1)
    assert "none" in kinds
    assert line.css_first("svg").attributes["aria-label"] == f"3 days with visits of {span}"


PACES = {"none": ((), None), "one": ((0,), None), "daily": ((0, 1, 2, 3, 9), timedelta(days=1))}


@pytest.mark.parametrize(("days", "between"), PACES.values(), ids=PACES)
def test_the_pace_is_the_middle_gap(days: tuple[int, ...], between: timedelta | None) -> None:
    assert pace(visited(*days)) == between


def test_an_articles_calendar_tells_versions_captures_and_absence(client: TestClient) -> None:
    page = LexborHTMLParser(client.get("/articles/2/calendar").text)
    told = {
        int(node.text(deep=False) or node.css_first("a").text(deep=False)): node
        for node in page.css("td[class]")
    }
    assert [day for day, node in told.items() if node.attributes["class"] == "changed"] == [3]
    assert [day for day, node in told.items() if node.attributes["class"] == "amiss"] == [4, 6, 8]
    assert client.get("/articles/3/calendar").status_code == 404
    assert client.get("/sites/blad/calendar", headers={"Accept-Language": "nl"}).status_code == 404


def test_the_archive_says_what_it_covers_on_what_terms_and_whom_to_write(client: TestClient) -> None:
    page = LexborHTMLParser(client.get("/about").text)
    assert len(page.css(".coverages tbody tr")) == 2
    assert page.css_first(".covered rect.day") is not None
