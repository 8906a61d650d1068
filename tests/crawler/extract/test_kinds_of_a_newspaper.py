"""What the pages of whole sites are: every page of the practice newspaper, held against its own books."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin

import pytest

from archive.model.types import PageKind, SiteMemory
from crawler.extract.article import extract
from legger.simulator import OPENING, Access, ArticleTruth, EventKind, Newspaper
from legger.simulator.houses.house import House

DAYS = 10
AT = OPENING + timedelta(days=DAYS)
K = PageKind
PAPER = Newspaper(seed=3, articles=12, days=DAYS)
GONE = {
    EventKind.SOFT_404: {K.SOFT404},
    EventKind.REDIRECTED: {K.STUB},
    EventKind.GONE_404: {K.OTHER},
    EventKind.GONE_410: {K.OTHER},
}


def due(truth: ArticleTruth) -> set[PageKind]:
    """What the page of an article should be taken for."""
    if truth.access is Access.GATED:
        return {K.GATE}
    return GONE[truth.takedown] if truth.takedown else {truth.story.kind}


def pages(house: House) -> Iterator[tuple[str, set[PageKind]]]:
    """The address of each article, of each page that leads to them, and of what those lead to beside them."""
    truth = house.truth(AT)
    yield from ((url, due(each)) for url, each in truth.items())
    article = re.compile("|".join(house.site.articles) or "$^")
    lists = dict.fromkeys((house.site.url, *house.site.listings))
    yield from ((url, {K.LISTING, K.OTHER}) for url in lists)
    others: dict[str, None] = {}
    for url in lists:
        page = PAPER.capture(url, AT).body.decode(house.encoding, "replace")
        for href in re.findall(r'href="([^"#]+)"', page):
            others[urljoin(url, html.unescape(href))] = None
    for url in others:
        if (
            url.startswith(f"{house.base}/")
            and url not in truth
            and url not in lists
            and not article.search(url)
        ):
            yield url, {K.LISTING, K.PAGE, K.OTHER, K.FEED, K.ISSUE}


@pytest.mark.parametrize("house", PAPER.houses, ids=lambda house: house.name)
def test_at_most_one_page_in_a_hundred_is_taken_for_what_it_is_not(house: House) -> None:
    nothing, total, wrong = SiteMemory(site=house.name), 0, []
    for url, kinds in pages(house):
        article = extract(PAPER.capture(url, AT), house.site, nothing)
        total += 1
        if article.kind not in kinds:
            wrong.append(f"{url}: {article.kind} ({article.reason}), not {' or '.join(kinds)}")
    assert total > 12
    assert len(wrong) <= total / 100, wrong


def test_a_front_page_is_a_listing() -> None:
    for house in PAPER.houses:
        page = extract(PAPER.capture(house.site.url, AT), house.site, SiteMemory(site=house.name))
        assert page.kind is K.LISTING, house.name
