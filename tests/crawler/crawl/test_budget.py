"""No site is walked for ever, what its feeds name is asked for, and what is left is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Miss
from crawler.crawl import budget
from crawler.crawl.budget import DEEPEST_SITEMAP, MOST_BARREN, MOST_HOSTS, MOST_SITEMAPS, shape
from tests.crawler.answering import BASE, Asked, CrawledSite, dorp, moved
from tests.crawler.crawling import Said, front, story

INDEX = "<sitemapindex>{}</sitemapindex>"


@pytest.fixture
def desk(archive_file: Path) -> Iterator[CrawledSite]:
    with Archive.open(archive_file) as archive:
        yield CrawledSite(archive=archive, site=dorp())


class Endless(dict[str, object]):
    """Answers that come from a function where none is named."""

    def get(self, url: str, default: object = None) -> object:
        return super().get(url) or self["*"]


def reasons(desk: CrawledSite) -> set[str]:
    return {each.reason for each in desk.archive.coverage.missed("dorp", kind=Miss.TRAP)}


def test_a_sitemap_index_that_names_ever_new_ones_has_an_end(
    desk: CrawledSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST_SITEMAPS", 20)

    def more(asked: Asked) -> Said:
        names = "".join(f"<sitemap><loc>{asked.url}{n}</loc></sitemap>" for n in range(9))
        return Said(body=INDEX.format(names)) if "/kaart" in asked.url else Said(status=404)

    desk.site = dorp(sitemaps=(f"{BASE}/kaart",))
    desk.answers = Endless({"/": Said(body=front("/1")), "/1": Said(body=story(1)), "*": more})
    desk.visit()
    asked = [each for each in desk.asked if "kaart" in each]
    assert len(asked) == 21 and "/1" in desk.asked
    assert len(max(asked, key=len)) <= len("/kaart") + DEEPEST_SITEMAP
    assert any("sitemaps" in each for each in reasons(desk))
    alarms = desk.archive.alarms.all()
    assert {(alarm.kind, "sitemap" in alarm.says) for alarm in alarms} == {("budget", True)}
    assert MOST_SITEMAPS > 21


def test_sitemaps_on_ever_new_hosts_have_an_end(desk: CrawledSite) -> None:
    names = "".join(f"<sitemap><loc>http://h{n}.example/kaart</loc></sitemap>" for n in range(40))
    desk.site = dorp(sitemaps=(f"{BASE}/kaart",))
    desk.answers = {"/": Said(body=front()), "/kaart": Said(body=INDEX.format(names))}
    desk.visit()
    assert len({each for each in desk.asked if each.startswith("http")}) == MOST_HOSTS
    assert any("other hosts" in each for each in reasons(desk))


@pytest.mark.parametrize(
    "step",
    [
        lambda n: f"/dagen/{n + 1}",  # a calendar
        lambda n: f"/s/a{n + 1:015d}/bericht",  # a session in the path
        lambda n: f"/kijk?dag={n + 1}",
    ],
)
def test_pages_that_lead_to_ever_new_ones_of_their_make_have_an_end(desk: CrawledSite, step: object) -> None:
    turn = iter(range(1, 10_000))

    def page(asked: Asked) -> Said:
        again = Said(body=story(7, more=f"<a href='{step(next(turn))}'>verder</a>"))  # type: ignore[operator]
        return again if shape(asked.url) == shape(BASE + step(0)) else Said(status=404)  # type: ignore[operator]

    desk.answers = Endless({"/": Said(body=front(step(0), "/1")), "/1": Said(body=story(1)), "*": page})  # type: ignore[operator]
    desk.visit(backfill=True)
    assert MOST_BARREN <= len(desk.asked) <= MOST_BARREN + 10
    assert len(list(desk.archive.articles.all("dorp"))) == 2, (
        "the same text under ever new addresses is one article"
    )
    assert any("nothing new" in each for each in reasons(desk))


def test_what_the_sites_own_feed_names_is_no_trap(desk: CrawledSite) -> None:
    paths = (
        "/index.php?option=com_content&view=article&id=12:brand&catid=3:nieuws&Itemid=4",
        "/artikel.asp?q=12345",
        "/nieuws/winkelwagen/rijdt-weer-rond",
        "/sport/agenda/2026-03/verslag-van-zaterdag",
        "/nieuws/12345/delen",
    )
    items = "".join(f"<item><link>{BASE}{path.replace('&', '&amp;')}</link></item>" for path in paths)
    desk.site = dorp(feeds=(f"{BASE}/feed",))
    desk.answers = {path: Said(body=story(number)) for number, path in enumerate(paths)}
    desk.answers |= {
        "/": Said(body=front(*paths)),
        "/feed": Said(body=f"<rss version='2.0'><channel>{items}</channel></rss>"),
    }
    desk.visit()
    assert set(paths) < set(desk.asked)
    assert len(list(desk.archive.articles.all("dorp"))) == len(paths)


@pytest.mark.parametrize("redirects", [True, False])
def test_of_another_host_in_a_feed_one_is_asked_for_and_the_rest_where_it_leads_to_the_site(
    desk: CrawledSite, redirects: bool
) -> None:
    items = "".join(f"<item><link>http://proxy.example/r/{n}</link></item>" for n in range(4))
    desk.site = dorp(feeds=(f"{BASE}/feed",))
    desk.answers = {
        "/": Said(body=front()),
        "/feed": Said(body=f"<rss version='2.0'><channel>{items}</channel></rss>"),
    }
    desk.answers |= {f"/{n}": Said(body=story(n)) for n in range(4)}
    for n in range(4):
        desk.answers[f"http://proxy.example/r/{n}"] = (
            moved(f"{BASE}/{n}") if redirects else Said(body=story(n))
        )
    desk.visit()
    asked = [each for each in desk.asked if each.startswith("http://proxy")]
    assert len(asked) == (4 if redirects else 1)
    assert len(list(desk.archive.articles.all("dorp"))) == (4 if redirects else 0)
    (feed,) = [each for each in desk.archive.coverage.of_site("dorp") if each.how == "feed"]
    assert (feed.found, feed.articles) == ((4, 4) if redirects else (4, 0))
    missed = list(desk.archive.coverage.missed("dorp", kind=Miss.ELSEWHERE))
    assert len(missed) == (0 if redirects else 4)
    desk.visit(1)
    assert not [each for each in desk.asked if each.startswith("http://proxy")], (
        "and no other day another one"
    )


def test_filters_that_can_be_combined_in_any_order_have_an_end(
    desk: CrawledSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST_BARREN", 20)
    monkeypatch.setattr(budget, "MOST_BARREN_QUERIES", 40)

    def filtered(asked: Asked) -> Said:
        query = asked.url.partition("?")[2]
        more = [f"{key}={value}" for key in ("kleur", "maat", "merk", "soort") for value in range(5)]
        free = [each for each in more if each.partition("=")[0] + "=" not in query]
        links = "".join(f"<a href='/lijst?{query}{'&' if query else ''}{each}'>{each}</a>" for each in free)
        page = f"<html><head><title>Lijst</title></head><body><h1>Lijst</h1>{links}</body></html>"
        return Said(body=page) if "/lijst" in asked.url else Said(status=404)

    desk.answers = Endless({"/": Said(body=front("/1", "/lijst")), "/1": Said(body=story(1)), "*": filtered})
    desk.visit(backfill=True)
    assert len(desk.asked) <= 40 + 4
    assert [each.kind for each in desk.archive.alarms.all()] == ["budget"]


@pytest.mark.parametrize(
    ("start", "joined", "most"),
    [
        ("/lijst/filter", "{}-{}", 40),  # named as filters
        ("/lijst", "{}={}", 40),
        ("/lijst/wonen", "{}-{}", 60),  # called anything
        ("/lijst/wonen", "{}/{}", 60),
    ],
)
def test_filters_that_stand_in_the_path_in_words_have_an_end(
    desk: CrawledSite, monkeypatch: pytest.MonkeyPatch, start: str, joined: str, most: int
) -> None:
    monkeypatch.setattr(budget, "MOST_BARREN", 20)
    monkeypatch.setattr(budget, "MOST_BARREN_QUERIES", 40)
    monkeypatch.setattr(budget, "MOST_BARREN_BELOW", 60)
    values = {
        "kleur": ("rood", "blauw", "geel"),
        "maat": ("s", "m", "l"),
        "merk": ("a", "b"),
        "stof": ("x", "y"),
    }

    def filtered(asked: Asked) -> Said:
        path = asked.url.removeprefix(BASE)
        if not path.startswith(start):
            return Said(status=404)
        more = [
            joined.format(name, each) for name, every in values.items() for each in every if name not in path
        ]
        links = "".join(f"<a href='{path.rstrip('/')}/{each}/'>{each}</a>" for each in more)
        return Said(body=f"<html><head><title>Lijst</title></head><body><h1>Lijst</h1>{links}</body></html>")

    desk.answers = Endless({"/": Said(body=front("/1", start)), "/1": Said(body=story(1)), "*": filtered})
    desk.visit(backfill=True)
    assert most <= len(desk.asked) <= most + 20
    assert [each.kind for each in desk.archive.alarms.all()] == ["budget"]


def test_the_order_of_a_query_makes_no_other_make_of_address() -> None:
    assert shape(f"{BASE}/lijst?b=2&a=1") == shape(f"{BASE}/lijst?a=7&b=3") == "dorp.example/lijst?a=#&b=#"
