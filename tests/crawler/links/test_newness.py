"""In which order what was never asked for is asked for: the newest first, as far as that can be told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.model.addresses import Link, Role
from crawler.links.newness import UNKNOWN, newness

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DORP = "https://dorp.example"


def of_sitemap(path: str, *, on: str = "/sitemap.xml", **said: str) -> Link:
    return Link(url=DORP + path, how="sitemap", found_on=DORP + on, **said)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (of_sitemap("/a", published="2026-02-01T10:00:00+01:00"), "2026-02-01 09:00"),
        (of_sitemap("/a", published="Sun, 01 Feb 2026 10:00:00 +0100"), "2026-02-01 09:00"),
        (of_sitemap("/a", published="2026-02-01"), "2026-02-01 00:00"),
        (of_sitemap("/a", published="2026-2-1 10:00"), "2026-02-01 10:00"),
        (of_sitemap("/a", published="2026-02-01T10:00:00Z 2025-01-01T10:00:00Z"), "2026-02-01 10:00"),
        (of_sitemap("/a", published="28-02-2026 10:00"), "2026-02-28 10:00"),
        (of_sitemap("/a", published="01.02.2026"), "2026-02-01 00:00"),
        (of_sitemap("/a", published="28/02/2026"), "2026-02-28 00:00"),
        (of_sitemap("/a", published="02/01/2026", modified="2026-01-05"), "2026-01-05 00:00"),
        (of_sitemap("/a", published="Feb 28, 2026"), "2026-02-28 00:00"),
        (of_sitemap("/a", published="28 February 2026"), "2026-02-28 00:00"),
        (of_sitemap("/a", published="Sun, 01 Feb 2026 10:00:00 GMT+0100"), "2026-02-01 09:00"),
        (of_sitemap("/a", published="1769940000"), "2026-02-01 10:00"),
        (of_sitemap("/a", published="1769940000000"), "2026-02-01 10:00"),
        (of_sitemap("/a", published="2026-01-31T24:00:00Z"), "2026-02-01 00:00"),
        (of_sitemap("/a", published="0000-00-00 00:00:00", modified="2026-01-05"), "2026-01-05 00:00"),
        (of_sitemap("/a", published="2026-13-45", modified="2026-01-05"), "2026-01-05 00:00"),
        (of_sitemap("/a", published="gisteren", modified="2026-01-05"), "2026-01-05 00:00"),
        (of_sitemap("/2025/12/31/a"), "2026-01-01 00:00"),
        (of_sitemap("/2025/12/a"), "2026-01-01 00:00"),
        (of_sitemap("/nieuws/2025-11-03-brand"), "2025-11-04 00:00"),
        (of_sitemap("/nieuws/20251103/brand"), "2025-11-04 00:00"),
        (of_sitemap("/2024/a"), "2025-01-01 00:00"),
        (of_sitemap("/a.php?datum=2025-11-03"), "2025-11-04 00:00"),
        (of_sitemap("/2025/02/31/a", modified="2025-03-01"), "2025-03-01 00:00"),
        (of_sitemap("/2025/12/31/a", modified="2026-03-02T07:59:00Z"), "2026-01-01 00:00"),
        (of_sitemap("/a", on="/sitemap-2025-09.xml", modified="2026-03-02"), "2025-10-01 00:00"),
        (of_sitemap("/a", on="/sitemaps/2025/09.xml"), "2025-10-01 00:00"),
        (of_sitemap("/a", on="/sitemap.xml?yyyy=2025&mm=9"), "2025-10-01 00:00"),
        (of_sitemap("/a", on="/sitemap.xml?jaar=2025"), "2026-01-01 00:00"),
        (of_sitemap("/a", modified="2025-03-01"), "2025-03-01 00:00"),
        (Link(url=f"{DORP}/2025/12/a", how="link"), "2026-01-01 00:00"),
    ],
)
def test_what_a_sitemap_names_is_as_new_as_is_said_or_as_its_address_shows(link: Link, told: str) -> None:
    assert f"{newness(link, at=AT):%Y-%m-%d %H:%M}" == told


@pytest.mark.parametrize(
    "link",
    [
        of_sitemap("/a"),
        of_sitemap("/begroting-2027-klaar"),
        of_sitemap("/herdenking-1945"),
        of_sitemap("/artikel/200512/brand"),
        of_sitemap("/artikel/20101234"),
        Link(url=f"{DORP}/a", how="link"),
    ],
    ids=lambda link: link.url.removeprefix(DORP),
)
def test_of_what_a_sitemap_names_without_a_day_nothing_is_known(link: Link) -> None:
    assert newness(link, at=AT) == UNKNOWN


@pytest.mark.parametrize(
    "link",
    [
        Link(url=f"{DORP}/2019/01/01/a", how="listing"),
        Link(url=f"{DORP}/a", how="feed", published="Sun, 01 Feb 2026 10:00:00 +0100"),
        Link(url=f"{DORP}/sitemap-1.xml", how="sitemap", role=Role.SITEMAP),
        Link(url=f"{DORP}/sitemap.xml", how="robots.txt", role=Role.SITEMAP),
        of_sitemap("/a", published="2031-01-01"),
        of_sitemap("/2031/01/01/a"),
    ],
    ids=["on the front page", "in a feed", "a sitemap", "of robots.txt", "said to come", "of a day to come"],
)
def test_news_and_sitemaps_without_a_day_are_as_new_as_they_are_found(link: Link) -> None:
    assert newness(link, at=AT) == AT


def test_a_sitemap_of_a_month_is_as_old_as_its_month() -> None:
    month = Link(url=f"{DORP}/sitemap-2024-02.xml", how="sitemap", role=Role.SITEMAP, modified="2026-03-01")
    dated = Link(url=f"{DORP}/sitemap-7.xml", how="sitemap", role=Role.SITEMAP, modified="2025-05-01")
    assert newness(month, at=AT) == datetime(2024, 3, 1, tzinfo=UTC)
    assert newness(dated, at=AT) == datetime(2025, 5, 1, tzinfo=UTC)
