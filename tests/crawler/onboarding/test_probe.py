"""A first look at a site: what is guessed from addresses, and what is found at the practice newspaper."""

from __future__ import annotations

import asyncio
import re
from contextlib import ExitStack

import pytest

from archive.errors import Refused, Unreachable, UsageError
from archive.model.addresses import Role
from archive.model.types import Capture, PageKind
from crawler.fetching.fetcher import Fetcher
from crawler.links.unwanted import is_further_page, looks_like_article
from crawler.onboarding.guesses import infer_identity, language_of, own_name, suggested_name
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


DUTCH = (
    "De gemeente heeft op dinsdag besloten dat de brug over de rivier niet voor het einde van het jaar "
    "wordt hersteld, omdat er nog niet genoeg geld is voor het werk. "
) * 4


@pytest.mark.parametrize(
    ("stated", "text", "language", "sure"),
    [
        ("nl-NL", DUTCH, "nl-NL", True),
        ("en-US", DUTCH, "nl", False),
        (None, DUTCH, "nl", False),
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


NAMES = {
    "a piece that articles' titles have too": (
        "Laatste nieuws | De Bode", ["Brand in Borne | De Bode", "Feest | De Bode", "Over ons"], [], "",
        "De Bode"
    ),
    "a title that says all": ("De Bode - nieuws", [], [], "", "De Bode - nieuws"),
    "what most pages state": ("Home - nieuws", [], ["De Bode", "De Bode", "debode.nl"], "", "De Bode"),
    "the piece that its host is called after": (
        "Het laatste nieuws uit Borne | De Bode", [], [], "www.debode.nl", "De Bode"
    ),
    "the end of its articles' titles, where the front page is called Home": (
        "Home", ["Brand in Borne - De Bode", "Feest - De Bode", "Markt - De Bode"], [], "", "De Bode"
    ),
    "the beginning of its articles' titles": (
        "Startseite", ["Der Bote: Brand", "Der Bote » Brand", "Der Bote » Fest"], [], "", "Der Bote"
    ),
    "what stands in the titles rather than what a program calls every site": (
        "", ["Brand - De Bode", "Feest - De Bode"], ["My blog - De Bode"] * 2, "", "De Bode"
    ),
    "the newspaper's, not a section's that some pages state": (
        "Home", ["Brand | Sport | De Bode", "Feest | Regio | De Bode", "Markt | Regio | De Bode"],
        ["Sport", "Regio", "Uit"], "", "De Bode"
    ),
    "no day that stands in the titles": (
        "Home", ["Brand - 6 Nov 2012", "Feest - 6 Nov 2012"], [], "www.debode.nl", "debode.nl"
    ),
    "its people's name rather than its host's": (
        "Home", ["Fire | the Herald", "Fair | herald.co.uk", "Fog | herald.co.uk"], ["the Herald"] * 2,
        "www.herald.co.uk", "the Herald"
    ),
    "a short host, as its people write it": (
        "Home", ["Fire - NBH.com - News", "Fair - NBH.com - News"], [], "www.nbh.com", "NBH.com"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("title", "others", "stated", "host", "name"), NAMES.values(), ids=NAMES)
def test_a_sites_own_name_is(title: str, others: list[str], stated: list[str], host: str, name: str) -> None:
    assert own_name(title, others, stated=stated, host=host)[0] == name


def test_a_headline_that_comes_back_every_week_is_no_name_of_a_site() -> None:
    weekly = "Het nieuws van de week"
    titles = [f"{weekly} | Borne", f"{weekly} | Hengelo", f"{weekly} | Delden"]
    assert own_name("De Bode", titles, headlines={weekly})[0] == "De Bode"


def test_a_name_that_no_page_states_is_told_as_unsure() -> None:
    assert own_name("Voorpagina", [], host="www.debode.nl") == (
        "debode.nl", "what it is called: no page states a name, and debode.nl is its host"
    )  # fmt: skip
    assert "front page" in own_name("Nieuws uit Borne", [])[1]
    assert not own_name("Het nieuws | De Bode", ["Brand | De Bode", "Feest | De Bode"])[1]


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


def page(title: str, head: str = "", body: str = "", lang: str = "en") -> Said:
    return Said(
        body=f"<html lang='{lang}'><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def at_a_site(answers: dict[str, Said]) -> ProbeResult:
    with ExitStack() as hosts:
        host = hosts.enter_context(Host(lambda path: answers.get(path, Said(status=404))))
        return look(host.base)


def test_a_stub_in_the_place_of_the_front_page_is_followed_to_where_it_leads() -> None:
    found = at_a_site({
        "/": page("", "<meta http-equiv='refresh' content='0; url=welkom.html'>"),
        "/welkom.html": Said(body=front("/nieuws-uit-het-dorp-12345", "/ander-nieuws-uit-het-dorp-1")),
        "/nieuws-uit-het-dorp-12345": Said(body=story(1)),
        "/ander-nieuws-uit-het-dorp-1": Said(body=story(2)),
    })  # fmt: skip
    assert found.site.url.endswith("/welkom.html")
    assert len([each for each in found.samples if each.article.is_article]) == 2


def test_a_feed_that_only_articles_name_is_found() -> None:
    linked = "<link rel='alternate' type='application/rss+xml' href='/nieuws/alles.rss'>"
    items = "".join(
        f"<item><title>Bericht {n}</title><link>/bericht-uit-het-dorp-{n}</link></item>" for n in (1, 2)
    )
    answers = {
        "/": Said(body=front("/bericht-uit-het-dorp-1", "/bericht-uit-het-dorp-2")),
        "/nieuws/alles.rss": Said(
            body=f"<rss version='2.0'><channel>{items}</channel></rss>", type="application/rss+xml"
        ),
    }
    for n in (1, 2):
        answers[f"/bericht-uit-het-dorp-{n}"] = Said(body=story(n).replace("</head>", f"{linked}</head>"))
    found = at_a_site(answers)
    assert [(each.role, each.how) for each in found.sources] == [(Role.FEED, "articles")]
    assert not any("no feed" in doubt for doubt in found.doubts)


def test_a_feed_whose_entries_lead_elsewhere_is_told_with_where() -> None:
    items = "".join(f"<item><title>B {n}</title><link>https://oud.example/{n}</link></item>" for n in (1, 2))
    found = at_a_site({
        "/": Said(body=front("/bericht-uit-het-dorp-1")),
        "/bericht-uit-het-dorp-1": Said(body=story(1)),
        "/index.xml": Said(body=f"<rss version='2.0'><channel>{items}</channel></rss>", type="text/xml"),
    })  # fmt: skip
    told = next(doubt for doubt in found.doubts if "/index.xml" in doubt)
    assert "oud.example" in told
    assert "`hosts`" in told


def test_samples_are_shown_as_a_crawl_will_read_them_in_the_zone_that_they_told() -> None:
    def article(n: int, times: str) -> Said:
        body = story(n).replace(f"'article:published_time' content='2026-03-01T10:0{n}:00+01:00'", "'x'")
        return Said(body=body.replace("</h1>", f"</h1><p class='date'>{times}</p>"))

    found = at_a_site({
        "/": Said(body=front(*(f"/bericht-uit-het-dorp-{n}" for n in (1, 2, 3)))),
        "/bericht-uit-het-dorp-1": article(1, "January 24, 2026 4:00 PM PST"),
        "/bericht-uit-het-dorp-2": article(2, "January 24, 2026 5:00 PM PST"),
        "/bericht-uit-het-dorp-3": article(3, "January 25, 2026 6:00 PM"),
    })  # fmt: skip
    assert found.site.timezone == "America/Los_Angeles"
    times = {each.article.published.text for each in found.samples if each.article.published is not None}
    assert "2026-01-25T18:00:00-08:00" in times


@pytest.mark.parametrize(
    ("front_page", "what"),
    [
        (Said(body="<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>",
              type="application/rss+xml"), "a feed"),
        (Said(body="<urlset><url><loc>http://x/1</loc></url></urlset>", type="application/xml"), "a sitemap"),
        (Said(body="%PDF-1.4", type="application/pdf"), "a file (application/pdf)"),
        (Said(body=" "), "an empty page"),
    ],
)  # fmt: skip
def test_what_is_no_front_page_is_not_described_as_a_site(front_page: Said, what: str) -> None:
    with pytest.raises(UsageError, match=re.escape(what)):
        at_a_site({"/": front_page})


def test_a_site_that_shows_nothing_is_known_as_such() -> None:
    assert at_a_site({"/": Said(status=500)}).is_empty
    assert at_a_site({"/": page("Inloggen", body="<form><input type='password'></form>")}).is_empty
    shown = at_a_site({"/": Said(body=front("/bericht-uit-het-dorp-1")),
                       "/bericht-uit-het-dorp-1": Said(body=story(1))})  # fmt: skip
    assert not shown.is_empty
