"""The practice newspaper tells the truth about itself, and answers as sites do."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.model.addresses import Role
from crawler.extract.page.page import Page
from crawler.fetching.robots import Permission
from crawler.links.discover import links
from legger.simulator import (
    DEMO_DAYS,
    OPENING,
    TAKEDOWNS,
    Access,
    AccessLogLine,
    EventKind,
    Newspaper,
    ServerFault,
)
from legger.simulator.houses import HOUSES
from tests.crawler.crawling import ask

NAMES = [each.profile.name for each in HOUSES]
VALIDATING = [each.profile.name for each in HOUSES if each.validators]
MOMENTS = [OPENING, OPENING + timedelta(days=2), OPENING + timedelta(days=DEMO_DAYS)]


@pytest.fixture(scope="module")
def paper() -> Newspaper:
    return Newspaper(articles=15, days=DEMO_DAYS)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_newspaper(at, paper: Newspaper) -> None:
    again, other = Newspaper(articles=15, days=DEMO_DAYS), Newspaper(articles=15, days=DEMO_DAYS, seed=2)
    for house, same in zip(paper.houses, again.houses, strict=True):
        assert list(house.truth(at)) == list(same.truth(at))
        for url in [f"{house.base}/", *house.site.feeds, *house.site.sitemaps, *list(house.truth(at))[:8]]:
            assert paper.capture(url, at) == again.capture(url, at)
    texts = {truth.text for truth in paper.truth(at).values()}
    assert not texts & {truth.text for truth in other.truth(at).values()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_every_word_of_the_truth_stands_on_the_page_of_its_address(name: str, at, paper: Newspaper) -> None:
    looked, house = 0, paper[name]
    for url, truth in house.truth(at).items():
        if not truth.visible:
            continue
        item = house.newsroom.items[truth.number - house.profile.first_number]
        captures = [
            paper.capture(each, at)
            for each in (url, *(house.base + path for path in house.further_paths(item, at)))
        ]
        assert {capture.status for capture in captures} == {200}
        shown = "".join(words(LexborHTMLParser(Page.of(each).html).text(separator="")) for each in captures)
        for said in (truth.title, *(block.text for block in truth.blocks), *truth.captions):
            assert words(said) in shown, url
        looked += 1
    assert looked >= 10


def test_every_kind_of_event_happens_in_the_days_of_the_demo() -> None:
    paper = Newspaper(days=DEMO_DAYS)
    happened = {edit.kind for edit in paper.edits(OPENING, OPENING + timedelta(days=DEMO_DAYS))}
    assert happened == set(EventKind)


def test_what_the_newsroom_takes_down_answers_as_its_kind_says() -> None:
    paper = Newspaper(days=DEMO_DAYS)
    at = OPENING + timedelta(days=2)
    statuses = {
        EventKind.GONE_404: 404,
        EventKind.GONE_410: 410,
        EventKind.SOFT_404: 200,
        EventKind.REDIRECTED: 302,
    }
    met = set()
    for url, truth in paper.truth(at).items():
        if truth.takedown is None or truth.access is Access.GATED:
            continue
        capture = paper.capture(url, at)
        assert capture.status == statuses[truth.takedown], url
        if truth.takedown is EventKind.REDIRECTED:
            assert capture.header("location") == paper[truth.house].base + "/"
        elif truth.takedown is EventKind.SOFT_404:
            assert truth.text not in Page.of(capture).html
        met.add(truth.takedown)
    assert met == TAKEDOWNS


@pytest.mark.parametrize("name", VALIDATING)
def test_who_says_what_he_has_is_told_when_nothing_changed(name: str, paper: Newspaper) -> None:
    url = next(url for url, truth in paper[name].truth(OPENING).items() if truth.visible)
    full = paper.capture(url, OPENING)
    tag = full.header("etag")
    assert tag is not None
    again = paper.capture(url, OPENING, etag=tag)
    assert (again.status, again.body, again.header("etag")) == (304, b"", tag)
    assert paper.capture(url, OPENING, etag='"another"').status == 200
    assert paper.capture(url, OPENING, last_modified=full.header("last-modified")).status == 304


def test_a_house_without_validators_always_answers_in_full(paper: Newspaper) -> None:
    assert set(NAMES) - set(VALIDATING) == {"streekpost", "dorpsklok"}
    for name in set(NAMES) - set(VALIDATING):
        url = next(iter(paper[name].truth(OPENING)))
        assert paper.capture(url, OPENING).header("etag") is None
        assert paper.capture(url, OPENING, etag='"any"').status == 200


def test_an_edit_changes_the_tag_of_its_page(paper: Newspaper) -> None:
    edits = [
        edit
        for edit in paper.edits(OPENING, OPENING + timedelta(days=1))
        if edit.silent and edit.seen and edit.house in VALIDATING
    ]
    assert edits
    for edit in edits:
        assert edit.url is not None
        before = paper.capture(edit.url, edit.at - timedelta(seconds=1))
        after = paper.capture(edit.url, edit.at, etag=before.header("etag"))
        assert after.status == 200
        assert after.body != before.body


def test_the_gate_is_on_another_host_and_shows_no_word_of_the_article() -> None:
    paper = Newspaper(only=["dinkelkoerier"])
    gated = [url for url, each in paper.truth(OPENING).items() if each.access is Access.GATED]
    assert gated
    for url in gated:
        hop = paper.capture(url, OPENING)
        target = hop.header("location") or ""
        assert hop.status == 302
        assert urlsplit(target).netloc == urlsplit(paper.gate.base).netloc != urlsplit(url).netloc
        page = paper.capture(target, OPENING)
        assert page.status == 200
        assert paper.truth(OPENING)[url].title not in Page.of(page).html


@pytest.mark.parametrize("name", NAMES)
def test_robots_txt_lets_a_visitor_at_every_article_and_source(name: str, paper: Newspaper) -> None:
    house = paper[name]
    permission = Permission.of(paper.capture(f"{house.base}/robots.txt", OPENING))
    site = house.site
    for url in (site.url, *site.feeds, *site.sitemaps, *site.listings, *house.truth(OPENING)):
        assert permission.refuses(url) is None


def test_robots_txt_closes_something_at_most_houses(paper: Newspaper) -> None:
    closed = [
        house.name
        for house in paper.houses
        if b"Disallow: /" in paper.capture(f"{house.base}/robots.txt", OPENING).body
    ]
    assert len(closed) >= 6


def test_a_gzipped_sitemap_leads_to_every_article_that_can_be_read(paper: Newspaper) -> None:
    house = paper["omroeptwenterand"]
    (index,) = house.site.sitemaps
    capture = paper.capture(index, OPENING)
    assert gzip.decompress(capture.body).lstrip().startswith(b"<?xml")
    found, todo, asked = set(), [index], set()
    while todo:
        url = todo.pop()
        asked.add(url)
        for link in links(paper.capture(url, OPENING), house.site, role=Role.SITEMAP):
            if link.role is Role.SITEMAP and link.url not in asked:
                todo.append(link.url)
            found.add(link.url)
    assert {url for url, truth in house.truth(OPENING).items() if truth.visible} <= found


def test_the_weekly_column_has_one_slug_and_another_code_every_week() -> None:
    paper = Newspaper(only=["dinkelkoerier"])
    slugs: dict[str, set[str]] = {}
    for url in paper.truth(OPENING):
        slug, code = urlsplit(url).path.strip("/").rpartition("/")[2].split("~")
        slugs.setdefault(slug, set()).add(code)
    weekly = [codes for slug, codes in slugs.items() if slug.startswith("het-nieuws-van-de-week")]
    assert len(weekly) == 1
    assert len(weekly[0]) >= 4


@pytest.fixture
def serving() -> Iterator[Newspaper]:
    with Newspaper(articles=4, only=["berkelnieuws"], clock=lambda: OPENING) as served:
        yield served


def test_over_http_a_house_gives_what_it_gives_without(serving: Newspaper) -> None:
    for url in serving.truth(OPENING):
        status, headers, body = ask(url)
        plain = serving.capture(url, OPENING)
        assert (status, body, headers["ETag"]) == (200, plain.body, plain.header("etag"))


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        (ServerFault(status=503, times=2), [503, 503, 200]),
        (ServerFault(status=429, retry_after="7", times=1), [429, 200, 200]),
        (ServerFault(status=500, path=r"^/nowhere"), [200, 200, 200]),
        (ServerFault(drop=True, times=1), [0, 200, 200]),
    ],
)
def test_a_fault_comes_as_often_as_it_was_told_and_is_in_the_log(
    fault: ServerFault, statuses: list[int], serving: Newspaper
) -> None:
    serving.fault("berkelnieuws", fault)
    url = next(iter(serving.truth(OPENING)))
    assert [ask(url)[0] for _ in statuses] == statuses
    log: list[AccessLogLine] = serving.log
    assert [hit.status for hit in log] == statuses
    assert {hit.path for hit in log} == {urlsplit(url).path}
    serving.mend("berkelnieuws")
    assert ask(url)[0] == 200
