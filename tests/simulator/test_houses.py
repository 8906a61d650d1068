"""What the houses serve is what the newsroom wrote, dressed up as real sites dress it."""

from __future__ import annotations

import gzip
import html
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from archive.model.types import Capture
from crawler.siteconfig.files import read_site
from crawler.urls import article_key
from legger.simulator import DEMO_DAYS, OPENING, Access, EventKind, Newspaper
from legger.simulator.houses import HOUSES, House
from legger.simulator.houses.house import Request

NAMES = [each.profile.name for each in HOUSES]
LATER = OPENING + timedelta(days=3)
END = OPENING + timedelta(days=DEMO_DAYS)


@pytest.fixture(scope="module")
def paper() -> Newspaper:
    return Newspaper(seed=1)


def plain(capture: Capture, house: House) -> str:
    """All words of a page, tags taken out without a trace."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", capture.body.decode(house.encoding))).split())


def tells_of(paper: Newspaper, house: House, at: datetime, kind: EventKind) -> str:
    """Address of an article that is gone in that way."""
    return next(url for url, truth in house.truth(at).items() if truth.takedown is kind)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", [OPENING, LATER, END], ids=["opening", "redesigned", "end"])
def test_every_paragraph_headline_and_caption_stands_on_its_page(
    paper: Newspaper, name: str, at: datetime
) -> None:
    house = paper[name]
    for url, truth in house.truth(at).items():
        if not truth.visible:
            continue
        capture = paper.capture(url, at)
        item = house.newsroom.items[truth.number - house.profile.first_number]
        further = [paper.capture(house.base + path, at) for path in house.further_paths(item, at)]
        text = " ".join(plain(each, house) for each in (capture, *further))
        assert {each.status for each in (capture, *further)} == {200}
        places = [text.find(block.text) for block in truth.blocks]
        assert -1 not in places, (url, truth.blocks[places.index(-1)])
        assert truth.title in text
        assert all(caption in text for caption in truth.captions)
        assert all(author in text for author in truth.authors)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_request_at_the_same_time_gives_the_same_bytes(paper: Newspaper, name: str) -> None:
    again = Newspaper(seed=1, only=[name])
    house = paper[name]
    for item in house.newsroom.published(OPENING)[:10]:
        for path in (house.path(item), "/"):
            request = Request(path=path)
            there = (
                again[name]
                .respond(request, OPENING)
                .body.replace(again[name].base.encode(), house.base.encode())
            )
            assert house.respond(request, OPENING).body == there


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (EventKind.GONE_404, 404),
        (EventKind.GONE_410, 410),
        (EventKind.SOFT_404, 200),
        (EventKind.REDIRECTED, 302),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_what_was_taken_down_answers_so(paper: Newspaper, name: str, kind: EventKind, status: int) -> None:
    house = paper[name]
    url = tells_of(paper, house, LATER, kind)
    capture = paper.capture(url, LATER)
    assert capture.status == status
    assert house.truth(LATER)[url].blocks[0].text not in plain(capture, house)
    if kind is EventKind.REDIRECTED:
        assert capture.header("Location") == f"{house.base}/"


@pytest.mark.parametrize("name", NAMES)
def test_what_came_back_can_be_read_again(paper: Newspaper, name: str) -> None:
    url = tells_of(paper, paper[name], LATER, EventKind.GONE_404)
    assert paper.capture(url, END).status == 200


def test_a_gated_article_sends_the_visitor_to_another_host_unless_it_has_a_cookie(paper: Newspaper) -> None:
    house = paper["dinkelkoerier"]
    url, truth = next((u, t) for u, t in house.truth(OPENING).items() if t.access is Access.GATED)
    capture = paper.capture(url, OPENING)
    where = capture.header("Location") or ""
    assert capture.status == 302
    assert where.startswith(f"{paper.gate.base}/consent?") and "callbackUrl=" in where
    gate = paper.capture(where, OPENING)
    assert gate.status == 200 and b"toestemming" in gate.body
    path = url.removeprefix(house.base)
    let_in = house.respond(Request(path=path, headers={"cookie": "consent=1"}), OPENING)
    assert truth.blocks[-1].text in html.unescape(re.sub(r"<[^>]+>", "", let_in.body.decode()))


@pytest.mark.parametrize("name", NAMES)
def test_an_unchanged_page_answers_304_where_the_house_knows_validators(paper: Newspaper, name: str) -> None:
    house = paper[name]
    url = next(url for url, truth in house.truth(OPENING).items() if truth.visible)
    first = paper.capture(url, OPENING)
    etag, modified = first.header("ETag"), first.header("Last-Modified")
    if not house.validators:
        assert etag is None and modified is None
        return
    soon = OPENING + timedelta(seconds=30)
    assert paper.capture(url, soon, etag=etag).status == 304
    assert paper.capture(url, soon, last_modified=modified).status == 304
    assert paper.capture(url, soon, etag='"other"', last_modified=modified).status == 200


@pytest.mark.parametrize("name", [each.profile.name for each in HOUSES if each.validators])
def test_last_modified_never_hides_a_change(paper: Newspaper, name: str) -> None:
    house = paper[name]
    urls = [url for url, truth in house.truth(OPENING).items() if truth.visible][:12]
    for url in [*urls, f"{house.base}/"]:
        old = paper.capture(url, OPENING)
        for hours in (0.1, 1, 5, 13, 29, 60):
            at = OPENING + timedelta(hours=hours)
            new = paper.capture(url, at)
            answer = paper.capture(url, at, last_modified=old.header("Last-Modified"))
            if new.status == 200 and new.body != old.body:
                assert answer.status == 200, (url, hours)


def test_the_view_counter_changes_the_etag_of_a_page_that_says_the_same(paper: Newspaper) -> None:
    house = paper["berkelnieuws"]
    url = next(url for url, truth in house.truth(OPENING).items() if truth.visible)
    first, later = (paper.capture(url, OPENING + timedelta(minutes=m)) for m in (0, 11))
    assert first.header("ETag") != later.header("ETag")


@pytest.mark.parametrize("name", NAMES)
def test_robots_txt_speaks_for_the_house(paper: Newspaper, name: str) -> None:
    capture = paper.capture(f"{paper[name].base}/robots.txt", OPENING)
    assert capture.status == 200
    assert capture.body.startswith(b"User-agent: *")


def walk(paper: Newspaper, house: House, start: tuple[str, ...], at: datetime) -> set[str]:
    """Keys of the articles reachable by links from *start*."""
    todo, seen, found = list(start), set(start), set()
    pattern = re.compile(r"<a [^>]*href=\"([^\"]+)\"")
    keys = {article_key(house.site, url): url for url in house.truth(at)}
    while todo:
        url = todo.pop()
        capture = paper.capture(url, at)
        if capture.status != 200:
            continue
        for href in map(html.unescape, pattern.findall(capture.body.decode(house.encoding))):
            link = href if href.startswith("http") else house.base + href if href.startswith("/") else ""
            if href.startswith("?"):
                link = url.partition("?")[0] + href
            if not link.startswith(house.base) or link in seen or "print=1" in link:
                continue
            seen.add(link)
            if (key := article_key(house.site, link)) in keys:
                found.add(keys[key])
            else:
                todo.append(link)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_article_can_be_reached_by_links_from_the_listings(paper: Newspaper, name: str) -> None:
    house = paper[name]
    readable = {url for url, truth in house.truth(OPENING).items() if truth.takedown is None}
    assert walk(paper, house, house.site.listings, OPENING) >= readable


@pytest.mark.parametrize("name", NAMES)
def test_feeds_and_sitemaps_parse_and_name_articles(paper: Newspaper, name: str) -> None:
    house = paper[name]
    known = set(house.truth(OPENING))

    def locations(url: str) -> set[str]:
        body = paper.capture(url, OPENING).body
        root = etree.fromstring(gzip.decompress(body) if url.endswith(".gz") else body)
        found = {each.text.strip() for each in root.iter("{*}loc") if each.text}
        if root.tag.endswith("sitemapindex"):
            return set().union(*(locations(each) for each in found))
        links = {each.get("href") or (each.text or "").strip() for each in root.iter("{*}link")}
        return found | links

    for url in house.site.feeds:
        assert len(locations(url) & known) >= 10
    for url in house.site.sitemaps:
        assert locations(url) & known
    if name in ("omroeptwenterand", "berkelnieuws", "waldkrante"):
        assert locations(house.site.sitemaps[0]) >= known


@pytest.mark.parametrize("name", NAMES)
def test_a_site_file_reads_back_as_the_house_s_site(paper: Newspaper, name: str, tmp_path: Path) -> None:
    paper.write_sites(tmp_path)
    assert read_site(tmp_path / f"{name}.toml") == paper[name].site


@pytest.mark.parametrize("name", NAMES)
def test_identity_tells_articles_apart_and_addresses_of_one_article_together(
    paper: Newspaper, name: str
) -> None:
    house = paper[name]
    keys = {article_key(house.site, url) for url in house.truth(END)}
    assert len(keys) == len(house.truth(END))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("omroeptwenterand", lambda path: path.title().replace("/Nieuws", "/nieuws")),
        ("dorpsklok", lambda path: path.replace("archiefbericht", "meer2")),
        ("waldkrante", lambda path: path.removeprefix("/nieuws")),
    ],
)
def test_an_article_answers_under_a_second_address_with_the_same_identity(
    paper: Newspaper, name: str, other: object
) -> None:
    assert callable(other)
    house = paper[name]
    url = next(iter(house.truth(OPENING)))
    alias = house.base + other(url.removeprefix(house.base))
    assert alias != url
    assert paper.capture(alias, OPENING).body == paper.capture(url, OPENING).body
    assert article_key(house.site, alias) == article_key(house.site, url)


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("buurserbode", "Auto zoeker"),
        ("buurserbode", "Meer berichten"),
        ("buurserbode", '<SCRIPT SRC="//'),
        ("omroeptwenterand", "| Foto: "),
        ("berkelnieuws", "Lees ook:"),
        ("dinkelkoerier", "Onze excuses Helaas"),
        ("dinkelkoerier", "Volledig scherm"),
        ("streekpost", "Gemaakt: "),
        ("dorpsklok", "Vastgezet Bericht."),
        ("twentelive", "Related Posts"),
        ("grensbode", "gedachten over dit bericht"),
        ("grensbode", "Meer berichten"),
        ("grensbode", "Pagina's: "),
        ("waldkrante", "gtag('consent', 'update',"),
    ],
)
def test_the_furniture_of_its_kind_stands_on_several_pages(paper: Newspaper, name: str, phrase: str) -> None:
    house = paper[name]
    pages = [paper.capture(url, OPENING) for url, truth in house.truth(OPENING).items() if truth.visible]
    assert sum(phrase in plain(page, house) for page in pages) >= 3


def test_a_redesign_and_a_pinned_notice_change_pages_and_no_article(paper: Newspaper) -> None:
    for name, kind in (("buurserbode", EventKind.REDESIGN), ("dorpsklok", EventKind.NOTICE)):
        house = paper[name]
        event = next(edit for edit in house.edits(OPENING, END) if edit.kind is kind)
        before, after = event.at - timedelta(seconds=1), event.at
        assert {u: t.story for u, t in house.truth(before).items()} == {
            u: t.story for u, t in house.truth(after).items()
        }
        url = next(url for url, truth in house.truth(after).items() if truth.visible)
        assert paper.capture(url, before).body != paper.capture(url, after).body


def test_an_issue_of_the_weekly_holds_many_articles_on_one_address(paper: Newspaper) -> None:
    house = paper["buurserbode"]
    front = paper.capture(f"{house.base}/", OPENING).body.decode()
    issue = re.search(r"/open/[0-9a-f]{8}", front)
    assert issue is not None
    text = plain(paper.capture(house.base + issue[0], OPENING), house)
    assert sum(truth.title in text for truth in house.truth(OPENING).values()) >= 2
