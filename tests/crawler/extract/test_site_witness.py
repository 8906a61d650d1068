"""What a page is where it leaves that open itself: doubtful, until its site says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import Archive
from archive.model.addresses import Link
from archive.model.types import Article, Capture, PageKind, SiteMemory
from crawler.extract.article import extract
from crawler.extract.boilerplate import learn
from crawler.extract.page_type.site_witness import weighed, witness_of
from crawler.extract.page_type.standing import is_address_of_a_standing_page, titles_a_standing_page
from tests.crawler.answering import BASE, CrawledSite, dorp
from tests.crawler.crawling import Said, front, story

K = PageKind
AT = datetime(2024, 5, 1, tzinfo=UTC)
WORDS = {
    "nl": (
        "De gemeenteraad besloot dinsdag de oude brug over de rivier twee jaar te sluiten.",
        "Volgens de burgemeester kost het werk vier miljoen euro, waarvan de provincie de helft betaalt.",
        "Bewoners hebben kritiek op de lange sluiting en willen een veer voor voetgangers en fietsers.",
    ),
    "pl": (
        "Rada miasta zdecydowała we wtorek o zamknięciu starego mostu na rzece na dwa lata.",
        "Według burmistrza prace będą kosztować cztery miliony złotych, połowę zapłaci województwo.",
        "Mieszkańcy krytykują długie zamknięcie i domagają się promu dla pieszych i rowerzystów.",
    ),
    "ja": (
        "市議会は火曜日、川に架かる古い橋を二年間閉鎖することを決めた。",
        "市長によると工事費はおよそ四億円で、その半分を県が負担する見通しだという。",
        "住民は長い閉鎖を批判し、歩行者と自転車のための渡し船を求めている。",
    ),
    "el": (
        "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να κλείσει την παλιά γέφυρα για δύο χρόνια.",
        "Σύμφωνα με τον δήμαρχο τα έργα θα κοστίσουν περίπου τέσσερα εκατομμύρια ευρώ.",
        "Οι κάτοικοι επικρίνουν το μεγάλο κλείσιμο και ζητούν πορθμείο για πεζούς.",
    ),
    "de": (
        "Der Stadtrat hat am Dienstag beschlossen, die alte Brücke für zwei Jahre zu sperren.",
        "Nach Angaben der Verwaltung kostet die Sanierung vier Millionen Euro.",
        "Anwohner kritisierten die lange Sperrung und forderten eine Fähre für Fußgänger.",
    ),
}
TITLE = "Bericht 9 uit het dorp"


def undated(lang: str = "nl", *, title: str = TITLE, times: int = 2) -> str:
    """A page of a site that states nothing to machines: an article, or a page about the place?"""
    text = "".join(f"<p>{each}</p>" for each in WORDS[lang] * times)
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<div><a href='/'>Dorp</a> <a href='/sport/'>Sport</a></div>"
        f"<div id='content'><h1>{title}</h1>{text}</div>"
        "</body></html>"
    )


def read(page: str, path: str = "/index.php?id=9", memory: SiteMemory | None = None) -> Article:
    kept = Capture(
        site="dorp",
        url=BASE + path,
        at=AT,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=page.encode(),
    )
    return extract(kept, dorp(language=None), memory or SiteMemory(site="dorp"))


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_a_text_that_nothing_calls_an_article_may_be_one_and_is_doubtful(lang: str) -> None:
    found = read(undated(lang))
    assert (found.kind, found.might_be) == (K.OTHER, K.ARTICLE)
    assert "it may be no article" in found.doubts


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_a_report_with_its_day_is_an_article_beside_many_links_to_others(lang: str) -> None:
    links = "".join(
        f"<h4><a href='/n/{each}'>{WORDS[lang][each % 3][each + 5 : 30]}</a></h4>" for each in range(6)
    )
    page = (
        undated(lang, times=1)
        .replace("</h1>", "</h1><span>12-04-2024</span>")
        .replace("</body>", f"<div class='related'><h3>+</h3>{links}</div></body>")
    )
    found = read(page, "/nieuws/twee-jaar-lang-geen-brug")
    assert K.ARTICLE in (found.kind, found.might_be)
    assert found.kind is not K.LISTING


FEED = Link(url=BASE, how="feed", found_on=f"{BASE}/feed", published="Fri, 12 Apr 2024 10:00:00 +0200")
WITNESSES: dict[str, tuple[Link, PageKind]] = {
    "a feed": (FEED, K.ARTICLE),
    "a feed of every page, with no day of its own": (
        replace(FEED, published="Mon, 01 Jan 0001 00:00:00 +0000"),
        K.OTHER,
    ),
    "a sitemap of news": (Link(url=BASE, how="sitemap", published="2024-04-12"), K.ARTICLE),
    "a sitemap of posts": (Link(url=BASE, how="sitemap", found_on=f"{BASE}/post-sitemap2.xml"), K.ARTICLE),
    "a sitemap of pages": (Link(url=BASE, how="sitemap", found_on=f"{BASE}/page-sitemap.xml.gz"), K.PAGE),
    "a sitemap of categories": (
        Link(url=BASE, how="sitemap", found_on=f"{BASE}/category-sitemap.xml"),
        K.LISTING,
    ),
    "a sitemap of everything": (Link(url=BASE, how="sitemap", found_on=f"{BASE}/sitemap.xml"), K.OTHER),
    "a listing, by its headline": (Link(url=BASE, how="listing", title="Bericht 9, uit het Dorp"), K.ARTICLE),
    "a link of other words": (Link(url=BASE, how="listing", title="Lees hier alles over de brug"), K.OTHER),
    "a page that is no listing": (Link(url=BASE, how="link", title="Bericht 9, uit het Dorp"), K.OTHER),
    "a menu": (Link(url=BASE, how="link", title="Het dorp"), K.OTHER),
}


@pytest.mark.parametrize("name", WITNESSES)
def test_the_site_says_what_a_page_is_that_leaves_it_open(name: str) -> None:
    link, kind = WITNESSES[name]
    found = read(undated())
    told = weighed(found, witness_of(link, found))
    assert told.kind is kind
    assert (told.might_be is None) == (kind is not K.OTHER)
    if kind is not K.OTHER:
        assert told.reason != found.reason
        assert told.doubt is not None and found.doubt is not None
        assert told.doubt < found.doubt
        assert "it may be no article" not in told.doubts


def test_a_feed_that_names_a_page_by_a_word_says_nothing() -> None:
    found = read(undated(title="Doelen"))
    assert weighed(found, witness_of(FEED, found)).kind is K.OTHER


@pytest.mark.parametrize("stated", [True, False])
def test_a_page_of_links_alone_that_calls_itself_an_article_is_one_where_a_feed_names_it(
    stated: bool,
) -> None:
    """As a puzzle to print, or one whose few words a memory knows by heart."""
    says = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "De puzzel van de week",'
        ' "datePublished": "2024-04-12T10:00:00+02:00"}</script>'
        "<meta property='og:type' content='article'>"
    )
    page = (
        f"<!DOCTYPE html><html lang='nl'><head><title>De puzzel van de week</title>{says if stated else ''}"
        "</head><body><article><h1>De puzzel van de week</h1><p><a href='/puzzel.pdf'>De puzzel om af te"
        " drukken</a></p></article></body></html>"
    )
    found = read(page, "/de-puzzel-van-de-week")
    assert (found.kind, found.might_be) == (K.OTHER, K.ARTICLE if stated else None)
    assert weighed(found, witness_of(FEED, found)).kind is (K.ARTICLE if stated else K.OTHER)


def test_no_witness_is_asked_of_a_page_that_is_clear() -> None:
    found = read(story(3).replace("<h1>", "<p>12 april 2024</p><h1>"), "/bericht-3")
    sure = replace(found, kind=K.LISTING, might_be=None)
    assert weighed(sure, witness_of(FEED, sure)) is sure


def test_a_page_that_is_built_as_the_sites_articles_are_is_one() -> None:
    def built(lang: str, *, dated: bool) -> str:
        day = "<p class='day'>12 april 2024</p>" if dated else ""
        text, title = "".join(f"<p>{each}</p>" for each in WORDS[lang] * 2), WORDS[lang][0][:30]
        return (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
            "<div class='top bar'><a href='/'>Dorp</a></div><main class='col wide'><div class='story item'>"
            f"<h1 class='head'>{title}</h1>{day}<div class='story-text'>{text}</div></div></main>"
            "<aside class='side'>x</aside></body></html>"
        )

    captures = [
        Capture(
            site="dorp",
            url=f"{BASE}/bericht-over-het-dorp-{lang}",
            at=AT,
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=built(lang, dated=True).encode(),
        )
        for lang in sorted(WORDS.keys() - {"nl"})
    ]
    memory = learn(captures, dorp(language=None), SiteMemory(site="dorp"), now=AT)
    alone = read(built("nl", dated=False), "/index.php?id=9")
    assert (alone.kind, alone.might_be) == (K.OTHER, K.ARTICLE)
    known = read(built("nl", dated=False), "/index.php?id=9", memory)
    assert (known.kind, known.might_be) == (K.ARTICLE, None)
    assert "built as the site's articles" in known.reason


# ---------------------------------------------------------------- in a visit


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


def feed(*paths: str) -> str:
    items = "".join(
        f"<item><title>Nieuws</title><link>{BASE}{each}</link>"
        "<pubDate>Fri, 12 Apr 2024 10:00:00 +0200</pubDate></item>"
        for each in paths
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Dorp</title>{items}</channel></rss>"


@pytest.mark.parametrize("named", [True, False])
def test_a_visit_asks_the_site(archive: Archive, named: bool) -> None:
    town = CrawledSite(
        archive=archive,
        site=dorp(feeds=(f"{BASE}/feed",)),
        answers={
            "/": Said(body=front("/bericht-1", "/index.php?id=9")),
            "/feed": Said(body=feed(*(("/index.php?id=9",) if named else ())), type="application/rss+xml"),
            "/bericht-1": Said(body=story(1)),
            "/index.php?id=9": Said(body=undated()),
        },
    )
    town.visit()
    town.visit(40)
    urls = {each.article.url for each in archive.articles.all()}
    assert (f"{BASE}/index.php?id=9" in urls) == named
    [*_, sight] = archive.articles.sightings(f"{BASE}/index.php?id=9")
    assert sight.page is (K.ARTICLE if named else K.OTHER)
    assert ("it may be an article as well" in sight.reason) != named


def test_a_feed_is_heard_that_names_what_was_met_as_a_link_before(archive: Archive) -> None:
    link = Link(url=f"{BASE}/x", how="link", found_on=f"{BASE}/", title="x")
    assert archive.urls.found("dorp", [link], at=AT) == 1
    assert archive.urls.found("dorp", [replace(link, how="feed", found_on=f"{BASE}/feed")], at=AT) == 0
    assert archive.urls.found("dorp", [link], at=AT) == 0
    known = archive.urls.address("dorp", f"{BASE}/x")
    assert known is not None
    assert (known.link.how, known.link.found_on, known.link.title) == ("feed", f"{BASE}/feed", "x")


# ---------------------------------------------------------------- standing pages by their names

STANDING = (
    ("Billetterie", "/billetterie"),
    ("Taquilla", "/taquilla/"),
    ("Biglietteria", "/it/biglietteria.html"),
    ("Impresszum", "/impresszum"),
    ("Stadgar", "/stadgar"),
    ("Statut stowarzyszenia", "/statut-stowarzyszenia"),
    ("Ficha técnica", "/ficha-tecnica"),
    ("Επικοινωνία", "/%CE%B5%CF%80%CE%B9%CE%BA%CE%BF%CE%B9%CE%BD%CF%89%CE%BD%CE%AF%CE%B1"),
    ("Über uns", "/de/ueber-uns"),
    ("Kassa en kaartverkoop", "/kassa"),
    ("Who we are", "/about/who-we-are"),
    ("О редакции", "/about"),
    ("会社概要", "/about.php"),
    ("Politique de confidentialité et cookies", "/politique-de-confidentialite"),
    ("Hakkımızda", "/hakkimizda"),
    ("Datenschutzerklärung", "/datenschutzerklaerung.html"),
    ("اتصل بنا", "/contact-us"),
)


@pytest.mark.parametrize(("title", "path"), STANDING)
def test_a_standing_page_is_known_by_its_title_and_by_its_address(title: str, path: str) -> None:
    assert titles_a_standing_page(title)
    assert is_address_of_a_standing_page(path)


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("Contact lost with yacht in storm", "/contact-lost-with-yacht"),
        ("Kontakt zum Nachbarn wird verboten", "/lokales/kontakt-zum-nachbarn-a48213"),
        ("Over ons dorp wordt een film gemaakt", "/over-ons-dorp-wordt-een-film-gemaakt"),
        ("À propos du vieux pont, la mairie répond", "/a-propos-du-vieux-pont"),
        ("Las entradas del concierto se agotan", "/las-entradas-del-concierto-se-agotan"),
        ("Om ossen och oxar", "/2024/04/12/om-oss"),
        ("Statuten van FC Dorp worden gewijzigd", "/nieuws/2024/statuten-gewijzigd"),
        ("Tickets für das Finale sind weg", "/sport/fussball/pokal/tickets"),
    ],
)
def test_a_headline_that_has_such_a_word_is_none(title: str, path: str) -> None:
    assert not titles_a_standing_page(title)
    assert not is_address_of_a_standing_page(path)


# ---------------------------------------------------------------- the headline's place


def in_a_box(lang: str, *, told: bool, title: str = "Dorp, het nieuws van hier") -> str:
    """A page whose headline is no heading; *told*: its meta tags say it."""
    headline = WORDS[lang][0][:60]
    text = "".join(f"<p>{each}</p>" for each in WORDS[lang] * 2)
    meta = f"<meta property='og:title' content='{headline}'>" if told else ""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{meta}</head><body>"
        "<div class='top bar'>Dorp</div><div class='col'><div class='rubriek'>Nieuws uit het dorp</div>"
        f"<div class='kop'>{headline}</div><div class='day'>12 april 2024</div><div class='al'>{text}</div>"
        "</div></body></html>"
    )


@pytest.mark.parametrize("title", ["Dorp, het nieuws van hier", "Nieuws - Dorp", ""])
def test_the_place_of_the_headline_is_learned_where_witnesses_agree_and_read_where_there_is_none(
    title: str,
) -> None:
    learned_from = sorted(WORDS.keys() - {"nl"})
    captures = [
        Capture(
            site="dorp",
            url=f"{BASE}/bericht-over-het-dorp-{lang}",
            at=AT,
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=in_a_box(lang, told=True).encode(),
        )
        for lang in learned_from
    ]
    memory = learn(captures, dorp(language=None), SiteMemory(site="dorp"), now=AT)
    headline = WORDS["nl"][0][:60].strip()
    alone = read(in_a_box("nl", told=False, title=title), "/bericht-9-uit-dorp")
    known = read(in_a_box("nl", told=False, title=title), "/bericht-9-uit-dorp", memory)
    assert alone.title != headline
    assert (known.title, known.sources["title"]) == (headline, "template")
    assert headline not in known.text.split("\n")


def test_a_title_that_the_page_shows_is_not_replaced() -> None:
    captures = [
        Capture(
            site="dorp",
            url=f"{BASE}/bericht-over-het-dorp-{lang}",
            at=AT,
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=in_a_box(lang, told=True).encode(),
        )
        for lang in sorted(WORDS.keys() - {"nl"})
    ]
    memory = learn(captures, dorp(language=None), SiteMemory(site="dorp"), now=AT)
    page = in_a_box("nl", told=False, title="Twee jaar geen brug in het dorp").replace(
        "<div class='al'>", "<h1>Twee jaar geen brug in het dorp</h1><div class='al'>"
    )
    assert read(page, "/bericht-9-uit-dorp", memory).title == "Twee jaar geen brug in het dorp"
