"""The shipped sites: every file is right, and fits addresses of the shapes its platform has."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from urllib.parse import urljoin

import pytest
import soupsieve
from bs4 import BeautifulSoup

from archive.model.addresses import Role
from archive.model.types import Capture
from crawler.links.discover import discover
from crawler.links.unwanted import not_wanted
from crawler.siteconfig.files import SHIPPED, parse_site, read_site, shipped_sites
from crawler.siteconfig.writing import site_toml
from crawler.urls import article_key, normal_address

SITES = shipped_sites().sound
PLATFORMS = sorted(file.stem for file in (SHIPPED / "platforms").glob("*.toml"))


def test_at_least_a_hundred_sites_are_shipped_and_no_two_are_one() -> None:
    assert len(SITES) >= 100
    fronts = Counter(site.url for site in SITES.values())
    hosts = Counter(host for site in SITES.values() for host in site.own_hosts)
    assert [url for url, count in fronts.items() if count > 1] == []
    assert [host for host, count in hosts.items() if count > 1] == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_has_a_site_and_is_whole_by_itself(platform: str) -> None:
    assert [name for name, site in SITES.items() if site.platform == platform]
    parse_site({"url": "https://any.example/", "platform": platform}, name="any")


def test_every_shipped_site_is_a_public_one_in_a_sensible_zone_and_owns_up_to_being_untried() -> None:
    for name, site in SITES.items():
        assert not (site.allow_private or site.practice), name
        assert site.title and site.place, name
        assert site.url.endswith("/"), name
        zone = "Europe/Brussels" if site.url.endswith(".be/") else "Europe/Amsterdam"
        assert site.timezone == zone, name
        assert site.language in ("nl", "fy"), name
        assert (site.untested_since or date.min) >= date(2026, 11, 26), name
        for url in (*site.sitemaps, *site.listings):
            assert site.owns(url), (name, url)
            assert not not_wanted(normal_address(url), site) or url in site.sitemaps, (name, url)


def test_every_shipped_file_says_what_it_would_be_written_as() -> None:
    for name, site in SITES.items():
        file = SHIPPED / f"{name}.toml"
        assert parse_site(tomllib.loads(site_toml(site)), name=name) == site == read_site(file)


ONE_ARTICLE = {
    # platform or site -> addresses of one article, as field notes have them, and its identity
    ("hartvanhaaksbergen", "65363"): [
        "https://www.hartvanhaaksbergen.nl/nieuws/algemeen/65363/haaksbergen-haakt-aan-bij-hengelo-voor-",
        "http://hartvanhaaksbergen.nl/nieuws/algemeen/65363/ander-hoofd",
    ],
    ("achterhoeknieuws", "123456"): ["https://achterhoeknieuws.nl/sport/123456/derby-in-2026"],
    ("leusderkrant", "550235"): [
        "https://www.leusderkrant.nl/lokaal/krant-zag-licht-550235",
        "https://www.leusderkrant.nl/lokaal/krant-zag-licht-550235?utm_source=x",
    ],
    ("rodi", "987654"): [
        "https://www.rodi.nl/hoorn/nieuws/987654/een-slak",
        "https://www.rodi.nl/regio/hoorn/nieuws/987654/p-",
    ],
    ("oost", "2345678"): [
        "https://www.oost.nl/nieuws/2345678/slug-van-nu",
        "https://www.oost.nl/nieuws/2345678/Slug-Van-Toen",
        "https://rtvoost.nl/nieuws/2345678/Slug-Van-Toen",
    ],
    ("omroepwest", "o99939865"): ["https://www.omroepwest.nl/nieuws/o99939865/rectificatie"],
    ("tubantia", "a1831613"): ["https://www.tubantia.nl/enschede/het-nieuws-van-de-week~a1831613/"],
    ("gelderlander", "ac5a09ff"): ["https://www.gelderlander.nl/ede/het-nieuws-van-de-week~ac5a09ff"],
    ("hln", "a735a25f"): ["https://hln.be/gent/brand~a735a25f/?referrer=x"],
    ("noordhollandsdagblad", "145478432"): [
        "https://www.noordhollandsdagblad.nl/regio/zaanstreek-waterland/een-kop/145478432.html",
        "https://noordhollandsdagblad.nl/regio/waterland/een-andere-kop/145478432.html?utm_source=x",
    ],
    ("nieuwsblad", "162833639"): ["https://www.nieuwsblad.be/regio/brussel/brussel/een-kop/162833639.html"],
    ("dvhn", "156787544"): ["https://www.dvhn.nl/economie/een-kop-uit-groningen/156787544.html"],
    ("dvhn", "29006399"): ["https://dvhn.nl/drenthe/tynaarlo/Een-kop-in-Eelde-29006399.html"],
    ("limburger", "dmf20260102_12345678"): ["https://limburger.nl/cnt/dmf20260102_12345678"],
    ("gva", "dmf20260102_12345678"): [
        "https://www.gva.be/cnt/dmf20260102_12345678",
        "https://www.gva.be/cnt/dmf20260102_12345678/een-kop",
    ],
    ("lc", "27654321"): ["https://lc.nl/friesland/een-kop-uit-2026-27654321.html"],
    ("indebuurt-deventer", "84652"): ["https://indebuurt.nl/deventer/nieuws/een-kop~84652/"],
    ("roskam", "7186"): ["https://roskam.nl/home/nieuws/7186-een-kop.html"],
    ("1twente", "2119882"): [
        "https://1twente.nl/artikel/2119882/een-kop",
        "https://www.1twente.nl/artikel/2119882",
    ],
    ("nhnieuws", "345678"): ["https://nhnieuws.nl/nieuws/345678/een-kop"],
    ("ditisroden", "31969"): [
        "https://ditisroden.nl/pages/archiefbericht.php?n_id=31969",
        "http://www.ditisroden.nl/pages/meer2.php?n_id=31969",
    ],
}


@pytest.mark.parametrize(("name", "identity"), ONE_ARTICLE, ids=lambda value: value)
def test_an_article_is_one_and_known_by_its_address(name: str, identity: str) -> None:
    site = SITES[name]
    for url in ONE_ARTICLE[name, identity]:
        assert article_key(site, url) == identity
        assert not_wanted(normal_address(url), site) is None
        assert site.article_pattern, name
        assert site.article_pattern.search(normal_address(url)), url


NO_ARTICLES = {
    "hartvanhaaksbergen": ["/", "/nieuws/algemeen", "/nieuws/algemeen?page=2", "/contact"],
    "barneveldsekrant": ["/lokaal", "/nieuws/2026"],
    "rodi": ["/hoorn", "/hoorn/nieuws", "/hoorn/rss"],
    "oost": ["/nieuws", "/nieuws/regio", "/rss/index.xml"],
    "tubantia": ["/enschede/", "/home/rss.xml"],
    "limburger": ["/cnt/", "/regio/maastricht"],
    "lc": ["/friesland/", "/overzicht-2026.html"],
    "indebuurt-deventer": ["nieuws/", "nieuws/page/2/"],
    "roskam": ["/home/nieuws", "/home/nieuws?start=480"],
    "gemeente-hengelo": ["/Welkom-in-Hengelo/Beheer/Nieuwsoverzicht.html"],
}


@pytest.mark.parametrize("name", NO_ARTICLES)
def test_lists_and_feeds_are_taken_for_no_article(name: str) -> None:
    site = SITES[name]
    assert site.article_pattern is not None
    for path in NO_ARTICLES[name]:
        assert not site.article_pattern.search(urljoin(site.url, path)), path


def test_weekly_series_of_one_slug_stay_apart() -> None:
    weeks = ("a1831613", "a5857502", "a7222400", "a735a25f", "ac5a09ff")
    keys = {
        article_key(SITES["tubantia"], f"https://www.tubantia.nl/regio/de-week~{code}/") for code in weeks
    }
    assert len(keys) == len(weeks)


def test_a_city_of_indebuurt_keeps_to_its_path() -> None:
    site = SITES["indebuurt-deventer"]
    page = Capture(
        site=site.name,
        url=site.url,
        at=datetime(2026, 11, 26, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", "text/html"),),
        body=b"<a href='/deventer/nieuws/een-kop~1/'>hier</a> <a href='/zwolle/nieuws/een-kop~2/'>elders</a>",
    )
    found = discover(page, site, role=Role.LISTING)
    assert [link.url for link in found.links] == ["https://indebuurt.nl/deventer/nieuws/een-kop~1/"]
    assert [each.reason for each in found.skipped] == ["ignored by the site's file"]
    assert site.sitemaps == ("https://indebuurt.nl/deventer/sitemap_index.xml",)


def test_an_advertisement_of_pubble_is_stripped_by_its_heading_alone() -> None:
    (selector,) = SITES["hartvanhaaksbergen"].rules[0].strip
    soup = BeautifulSoup(
        "<div class='component__plugin'><h6>Advertentie</h6></div><div class='component__plugin'>Kaart</div>",
        "lxml",
    )
    assert [each.get_text() for each in soupsieve.select(selector, soup)] == ["Advertentie"]
