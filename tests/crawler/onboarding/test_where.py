"""Where a new site is: what pages tell of its country, place, time zone and way of writing a day."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.model.types import Article, Capture, PageKind
from crawler.extract.page.page import Page
from crawler.onboarding.where import date_order_of, place_of, stated_country, zone_of
from legger.simulator import OPENING


@pytest.mark.parametrize(
    ("url", "language", "zone", "sure"),
    [
        ("https://krant.nl/", None, "Europe/Amsterdam", True),
        ("https://krant.be/", "nl", "Europe/Brussels", True),
        ("https://krant.example/", "de-AT", "Europe/Vienna", True),
        ("https://krant.example/", "fy", "Europe/Amsterdam", False),
        ("http://127.0.0.1:8700/", "it", "Europe/Rome", False),
        ("https://krant.example/", None, "UTC", False),
        ("https://shiretimes.example/", "en-AU", "Australia/Sydney", False),
        ("https://shiretimes.example/", "en-GB", "Europe/London", True),
        ("https://lokaal.tv/", "nl", "Europe/Amsterdam", False),
    ],
)
def test_a_time_zone_is_guessed_and_a_doubt_is_said(
    url: str, language: str | None, zone: str, sure: bool
) -> None:
    guess, doubt = zone_of(url, language)
    assert (guess, not doubt) == (zone, sure)


@pytest.mark.parametrize(
    ("url", "language", "times", "zone", "sure"),
    [
        ("https://shiretimes.com.au/", "en-AU", ["2026-01-05T08:00:00+08:00"], "Australia/Perth", True),
        ("https://shiretimes.com/", "en-AU", ["Mon, 05 Jan 2026 08:00:00 +1100"], "Australia/Sydney", True),
        ("https://gazette.com/", "en", ["2026-06-05T08:00:00-04:00"], "America/New_York", False),
        ("https://gazette.com/", "en", ["2026-06-05T08:00:00+01:00"], "Europe/London", True),
        ("https://krant.nl/", "nl", ["2026-06-05T08:00:00Z", "gisteren"], "Europe/Amsterdam", True),
        ("https://krant.nl/", "nl", ["2026-06-05T08:00:00-04:00"], "Europe/Amsterdam", False),
        ("https://gazette.com/", "en", ["July 24, 2026 4:00 AM PDT"], "America/Los_Angeles", False),
        ("https://gazette.com/", "en", ["July 24, 2026, 4:29 p.m. ET"], "America/New_York", False),
        ("https://gazette.com/", "en", ["July 24, 2026 4:00 AM MST"], "America/Phoenix", False),
        ("https://bote.com/", "de", ["24.07.2026 14:00 MESZ"], "Europe/Berlin", True),
        ("https://diario.com/", "es", ["2026-06-05T08:00:00-06:00"], "America/Mexico_City", False),
        ("https://gazette.com/", "en", ["July 24, 2026 4:00 AM"], "Europe/London", False),
        ("https://city.gov/", "en", ["July 24, 2026 4:00 AM CDT"], "America/Chicago", True),
        ("https://sinmun.com/", "ko", [], "Asia/Seoul", False),
    ],
)
def test_the_times_that_pages_state_tell_of_their_zone(
    url: str, language: str, times: list[str], zone: str, sure: bool
) -> None:
    guess, doubt = zone_of(url, language, times)
    assert (guess, not doubt) == (zone, sure), doubt


def page_with(head: str) -> Page:
    html = f"<html><head><title>x</title>{head}</head><body><p>x</p></body></html>"
    return Page.of(
        Capture(
            site="x", url="https://krant.example/", at=OPENING, status=200,
            headers=(("Content-Type", "text/html"),), body=html.encode(),
        )
    )  # fmt: skip


def json_ld(kind: str, address: str, *, as_publisher: bool = False) -> str:
    thing = f'{{"@type": "{kind}", "name": "De Bode", "address": {address}}}'
    thing = f'{{"@type": "NewsArticle", "publisher": {thing}}}' if as_publisher else thing
    return f'<script type="application/ld+json">{thing}</script>'


BORNE = '{"addressLocality": "Borne", "addressRegion": "Overijssel", "addressCountry": "NL"}'


@pytest.mark.parametrize(
    ("head", "country"),
    [
        (json_ld("NewsMediaOrganization", BORNE), "nl"),
        (json_ld("Organization", BORNE, as_publisher=True), "nl"),
        (json_ld("Organization", BORNE.replace('"NL"', '{"@type": "Country", "name": "Netherlands"}')), "nl"),
        ("<meta name='geo.region' content='GB-YOR'>", "gb"),
        ("<meta property='og:country-name' content='Australia'>", "au"),
        (json_ld("Event", BORNE), None),
        (json_ld("Organization", BORNE.replace('"NL"', '"Onbekend"')), None),
    ],
)
def test_a_country_is_what_a_page_says_of_its_publisher(head: str, country: str | None) -> None:
    assert stated_country([page_with(head)]) == country


def test_a_country_that_is_stated_tells_the_zone_where_the_host_does_not() -> None:
    assert zone_of("https://gazette.news/", "en", country="ie") == ("Europe/Dublin", "")
    assert zone_of("https://gazette.co.uk/", "en", country="ie") == ("Europe/London", "")


STORY = Article(kind=PageKind.ARTICLE, url="https://krant.example/1", title="Brand op de markt in Borne")
PLACES = {
    "what the front page states": ("<meta name='geo.placename' content='Borne'>", [], "", "Borne", True),
    "where most articles begin": ("", [replace(STORY, dateline="Hengelo")] * 3, "", "Hengelo", False),
    "not where one article begins": ("", [replace(STORY, dateline="Hengelo"), STORY], "", "", False),
    "what its name says and its articles speak of": ("", [STORY, STORY], "Rond Borne", "Borne", False),
    "what it says of itself and its articles speak of": (
        "<meta name='description' content='Nieuws uit Borne en omgeving'>", [STORY, STORY], "De Bode",
        "Borne", False
    ),
    "nothing, where its articles speak of another place": ("", [STORY, STORY], "Rond Hengelo", "", False),
    "where its publisher is, and that is all": (
        json_ld("Organization", BORNE), [], "", "Borne, Overijssel", False
    ),
}  # fmt: skip


@pytest.mark.parametrize(("head", "articles", "title", "place", "sure"), PLACES.values(), ids=PLACES)
def test_a_place_is(head: str, articles: list[Article], title: str, place: str, sure: bool) -> None:
    found, doubt = place_of(page_with(head), [], articles, title)
    assert (found, not doubt) == (place, sure)


@pytest.mark.parametrize(
    ("stated", "language", "zone", "order", "sure"),
    [
        (["10.26.12", "11.06.12"], "en", "Europe/London", "month", True),
        (["10.26.12"], "en-US", "America/New_York", "", True),
        (["26/10/2012"], "es", "America/Lima", "day", True),
        (["26/10/2012"], "nl", "Europe/Amsterdam", "", True),
        (["11/06/2012"], "en", "Europe/London", "", False),
        (["10/26/2012", "26/10/2012"], "en", "Europe/London", "", False),
        (["2012-10-26", "26 oktober 2012"], "nl", "Europe/Amsterdam", "", True),
    ],
)
def test_dates_in_figures_tell_whether_the_day_or_the_month_comes_first(
    stated: list[str], language: str, zone: str, order: str, sure: bool
) -> None:
    found, doubt = date_order_of(stated, language=language, timezone=zone)
    assert (found, not doubt) == (order, sure)
