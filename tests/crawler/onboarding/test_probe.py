"""A first look at a site: what is guessed from addresses, and what is found at the practice newspaper."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from archive.errors import Refused, Unreachable
from archive.model.addresses import Role
from archive.model.types import Capture, PageKind
from crawler.fetching.fetcher import Fetcher
from crawler.links.unwanted import is_further_page, looks_like_article
from crawler.onboarding.guesses import infer_identity, language_of, own_name, suggested_name, zone_of
from crawler.onboarding.probe import ProbeResult, probe_site
from legger.simulator import OPENING, Newspaper
from tests.crawler.crawling import Host, Said, front, story


def some(template: str, *, first: int = 65300, many: int = 10) -> list[str]:
    words = ["brand", "feest", "raad", "weg", "brug", "school", "markt", "kerk", "bos", "plein"]
    return [
        "https://krant.example" + template.format(n=first + 7 * index, word=words[index], hex=f"a{index:07x}")
        for index in range(many)
    ]


IDENTITIES = {
    "a number between section and slug": (some("/nieuws/algemeen/{n}/{word}-in-dorp"), "65307"),
    "a number before the slug": (some("/home/nieuws/{n}-{word}.html"), "65307"),
    "a number in the query": (some("/pages/bericht.php?n_id={n}"), "65307"),
    "a code after the slug": (some("/hengelo/het-nieuws-van-de-week~{hex}/"), "a0000001"),
    "a number at the end": (some("/2026/03/{word}-{n}"), "65307"),
}


@pytest.mark.parametrize(("urls", "second"), IDENTITIES.values(), ids=IDENTITIES)
def test_a_number_that_every_article_carries_is_its_identity(urls: list[str], second: str) -> None:
    identity = infer_identity(urls)
    assert identity is not None
    assert identity.regex is not None
    hit = identity.regex.search(urls[1])
    assert hit is not None
    assert hit[1] == second


NO_IDENTITIES = {
    "slugs alone": some("/nieuws/{word}-in-het-dorp"),
    "too few articles": some("/nieuws/{n}/{word}", many=7),
    "a year in the path": [f"https://krant.example/{2017 + n}/bericht-uit-het-dorp" for n in range(9)],
    "a day in the path": [f"https://krant.example/202603{n:02d}/bericht" for n in range(10, 20)],
    "two articles with one number": [*some("/nieuws/{n}/{word}"), "https://krant.example/nieuws/65300/ander"],
    "a number that only some have": [*some("/nieuws/{n}/{word}"), *some("/nieuws/{word}")],
}


@pytest.mark.parametrize("urls", NO_IDENTITIES.values(), ids=NO_IDENTITIES)
def test_no_identity_is_guessed_from(urls: list[str]) -> None:
    assert infer_identity(urls) is None


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
    ],
)
def test_the_times_that_pages_state_tell_of_their_zone(
    url: str, language: str, times: list[str], zone: str, sure: bool
) -> None:
    guess, doubt = zone_of(url, language, times)
    assert (guess, not doubt) == (zone, sure), doubt


DUTCH = (
    "De gemeente heeft op dinsdag besloten dat de brug over de rivier niet voor het einde van het jaar "
    "wordt hersteld, omdat er nog niet genoeg geld is voor het werk. "
) * 4


@pytest.mark.parametrize(
    ("stated", "text", "language", "sure"),
    [
        ("nl-NL", DUTCH, "nl-NL", True),
        ("en-US", DUTCH, "nl", False),
        (None, DUTCH, "nl", True),
        ("nl", "Kort.", "nl", True),
        ("cy", "Mae'r cyngor wedi penderfynu na fydd y bont yn cael ei thrwsio. " * 12, "cy", True),
    ],
)
def test_a_language_is_what_the_pages_are_written_in(
    stated: str | None, text: str, language: str, sure: bool
) -> None:
    found, doubt = language_of(stated, text)
    assert (found, not doubt) == (language, sure)


@pytest.mark.parametrize(
    ("url", "article", "further"),
    [
        ("https://krant.example/2024/", False, False),
        ("https://krant.example/archief/2024/05", False, False),
        ("https://krant.example/2024/05/12/brug-weer-open", True, False),
        ("https://krant.example/nieuws/page/2/", False, True),
        ("https://krant.example/?paged=3", False, True),
        ("https://krant.example/nieuws/65307/brug", True, False),
    ],
)
def test_lists_of_a_year_and_further_pages_are_no_articles(url: str, article: bool, further: bool) -> None:
    assert (looks_like_article(url), is_further_page(url)) == (article, further)


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        ("https://www.haaksbergen-nieuws.nl/", "Nieuws", "haaksbergen-nieuws"),
        ("https://nieuws.dorp.co.uk/", "News", "dorp"),
        ("http://127.0.0.1:8700/", "Wâldkrante – Nijs", "waldkrante-nijs"),
        ("http://127.0.0.1:8700/", "", "site"),
    ],
)
def test_a_short_name_is_suggested(url: str, title: str, name: str) -> None:
    assert suggested_name(url, title) == name


def test_a_sites_own_name_is_the_piece_of_its_title_that_articles_have_too() -> None:
    others = ["Brand in Borne | De Bode", "Feest | De Bode", "Over ons"]
    assert own_name("Laatste nieuws | De Bode", others) == "De Bode"
    assert own_name("De Bode - nieuws", []) == "De Bode - nieuws"
    assert own_name("Home - nieuws", [], stated=["De Bode", "De Bode", "debode.nl"]) == "De Bode"
    assert own_name("Het laatste nieuws uit Borne | De Bode", [], host="www.debode.nl") == "De Bode"


def look(url: str, *, allow_private: bool = True) -> ProbeResult:
    async def looking() -> ProbeResult:
        async with Fetcher(
            site="x", user_agent="legger/test", now=lambda: OPENING, allow_private=allow_private, delay=0
        ) as fetcher:
            return await probe_site(url, fetcher, allow_private=allow_private)

    return asyncio.run(looking())


def test_the_practice_newspapers_sources_are_found_and_its_articles_read() -> None:
    with Newspaper(articles=20, clock=lambda: OPENING) as paper:
        for house in paper.houses:
            found = look(house.base)
            stated = house.site
            assert set(stated.feeds) <= set(found.site.feeds), house.name
            assert set(stated.sitemaps) <= set(found.site.sitemaps), house.name
            assert found.site.language is None or found.site.language.startswith(stated.language or "")
            kinds = {each.article.kind for each in found.samples}
            assert kinds & {PageKind.ARTICLE, PageKind.TEASER}, house.name
            truth = house.truth(OPENING)
            for each in found.samples:
                if each.article.is_article and each.url in truth:
                    assert each.article.title in truth[each.url].titles
            pattern = found.site.identity.regex
            if pattern is not None:
                keys = [hit[1] for url in truth if (hit := pattern.search(url))]
                assert len(set(keys)) == len(keys), "no two articles may share an identity"


def test_a_site_that_shows_its_feed_but_not_its_pages_is_feed_only() -> None:
    items = "".join(f"<item><title>Bericht {n}</title><link>/{n}</link></item>" for n in range(1, 10))
    feed = Said(body=f"<rss version='2.0'><channel>{items}</channel></rss>", type="application/rss+xml")
    answers = {
        "/robots.txt": Said(status=404),
        "/": Said(body=front("/1").replace("</head>", "<link rel='alternate' type='application/rss+xml'"
                                                      " href='/rss'></head>")),
        "/rss": feed,
    }  # fmt: skip
    with ExitStack() as hosts:
        host = hosts.enter_context(Host(lambda path: answers.get(path, Said(status=403))))
        found = look(host.base)
    assert found.site.feed_only
    assert [(each.role, each.entries) for each in found.sources] == [(Role.FEED, 9)]


def test_what_robots_txt_forbids_is_not_asked_and_private_addresses_are_refused() -> None:
    answers = {
        "/robots.txt": Said(body="User-agent: *\nDisallow: /geheim/", type="text/plain"),
        "/": Said(body=front("/geheim/nieuws-uit-het-dorp-12345", "/openbaar-nieuws-uit-het-dorp-1")),
        "/openbaar-nieuws-uit-het-dorp-1": Said(body=story(1)),
    }
    with ExitStack() as hosts:
        host = hosts.enter_context(Host(lambda path: answers.get(path, Said(status=404))))
        found = look(host.base)
        assert [each.article.kind for each in found.samples] == [PageKind.ARTICLE]
        assert not [path for path in host.asked if path.startswith("/geheim/")]
        before = len(host.asked)
        with pytest.raises(Refused, match="private"):
            look(host.base, allow_private=False)
        assert len(host.asked) == before


def test_redirects_in_circles_and_silence_are_unreachable() -> None:
    def answer(path: str) -> Said | None:
        if path == "/robots.txt":
            return Said(status=404)
        return (
            Said(status=302, headers={"Location": "/b" if path == "/a" else "/a"})
            if path != "/stil"
            else None
        )

    async def get(url: str) -> Capture:
        async with Fetcher(
            site="x", user_agent="legger/test", now=lambda: OPENING, allow_private=True, delay=0
        ) as fetcher:
            return await fetcher.get(url)

    with ExitStack() as hosts:
        host = hosts.enter_context(Host(answer))
        with pytest.raises(Unreachable, match="circles"):
            asyncio.run(get(host.base + "/a"))
        with pytest.raises(Unreachable):
            asyncio.run(get(host.base + "/stil"))
