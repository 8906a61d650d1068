"""One page, one address; one article, one key."""

import pytest

from crawler.siteconfig.site import Identity, Site
from crawler.urls import article_key, normal_address, page_key, same_page

PLAIN = Site(name="dorp", url="https://www.dorp.example/")
CODED = Site(name="dorp", url="https://www.dorp.example/", identity=Identity(pattern=r"~(a[0-9a-f]+)"))
NUMBERED = Site(name="dorp", url="https://www.dorp.example/", identity=Identity(query=("n_id",)))


@pytest.mark.parametrize(
    ("found", "normal"),
    [
        ("https://dorp.example", "https://dorp.example/"),
        ("HTTPS://Dorp.Example/Nieuws", "https://dorp.example/Nieuws"),
        ("https://dorp.example:443/a", "https://dorp.example/a"),
        ("http://dorp.example:80/a", "http://dorp.example/a"),
        ("http://dorp.example:8080/a", "http://dorp.example:8080/a"),
        ("https://jan:geheim@dorp.example/a", "https://dorp.example/a"),
        ("https://dorp.example/a#reacties", "https://dorp.example/a"),
        ("https://dorp.example/a?utm_source=x&utm_medium=y", "https://dorp.example/a"),
        ("https://dorp.example/a?id=3&fbclid=x&b=1", "https://dorp.example/a?id=3&b=1"),
        ("https://dorp.example/a?b=1&a=2", "https://dorp.example/a?b=1&a=2"),
        ("https://dorp.example/a;jsessionid=123?b=1", "https://dorp.example/a?b=1"),
        ("https://dorp.example/a?PHPSESSID=123", "https://dorp.example/a"),
        ("https://dorp.example/a/index.html", "https://dorp.example/a/"),
        ("https://dorp.example/index.php?id=3", "https://dorp.example/index.php?id=3"),
        ("https://dorp.example/%7ejan/%c3%a9", "https://dorp.example/~jan/%C3%A9"),
        ("https://dorp.example/café", "https://dorp.example/caf%C3%A9"),
        ("https://dorp.example/a/../b/./c", "https://dorp.example/b/c"),
        ("https://dorp.example/../../a", "https://dorp.example/a"),
        ("https://fiskersbûrd.example/a", "https://xn--fiskersbrd-5db.example/a"),
        ("  https://dorp.example/a\n", "https://dorp.example/a"),
        ("https://dorp.example/a/", "https://dorp.example/a/"),
        ("https://www.dorp.example/a", "https://www.dorp.example/a"),
        ("https://dorp.example/a?", "https://dorp.example/a"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("https:///dorp.example/a", "https://dorp.example/a"),
        ("https:////dorp.example/a", "https://dorp.example/a"),
        ("https:/dorp.example/a", "https://dorp.example/a"),
        ("https:\\\\dorp.example\\a", "https://dorp.example/a"),
        ("https://dorp.example//a", "https://dorp.example//a"),
        ("https://dorp.example/a?next=https:///x", "https://dorp.example/a?next=https:///x"),
        (
            "https://dorp.example/a?srsltid=x&gad_source=1&ysclid=2&irclickid=3&ns_mchannel=4&id=5",
            "https://dorp.example/a?id=5",
        ),
    ],
)
def test_an_address_in_its_normal_form(found: str, normal: str) -> None:
    assert normal_address(found) == normal
    assert normal_address(normal) == normal


@pytest.mark.parametrize(
    "no", ["", "dorp.example/a", "mailto:a@b.example", "ftp://a.example/", "javascript:0"]
)
def test_what_is_no_http_address_is_refused(no: str) -> None:
    with pytest.raises(ValueError, match="no http address"):
        normal_address(no)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://dorp.example/a", "https://www.dorp.example/a/", True),
        ("https://dorp.example/", "https://dorp.example/index.html", True),
        ("https://dorp.example/a?id=1", "https://dorp.example/a?id=2", False),
        ("https://dorp.example/a", "https://dorp.example/A", False),
        ("https://dorp.example/a", "https://sport.dorp.example/a", False),
    ],
)
def test_two_spellings_of_one_page_are_the_same_page(one: str, other: str, same: bool) -> None:
    assert same_page(one, other) is same
    assert (page_key(one) == page_key(other)) is same


@pytest.mark.parametrize(
    ("site", "url", "canonical", "key"),
    [
        # a code, wherever the slug went
        (CODED, "https://dorp.example/buurse/brand~a1f/", None, "a1f"),
        (CODED, "https://dorp.example/neede/grote-brand~a1f", None, "a1f"),
        (CODED, "https://dorp.example/weekoverzicht~a2b/", None, "a2b"),
        (CODED, "https://dorp.example/weekoverzicht%7Ea2b/", None, "a2b"),
        (CODED, "https://dorp.example/oud/123", "https://dorp.example/brand~a1f", "a1f"),
        (CODED, "https://dorp.example/over-ons", None, "dorp.example/over-ons"),
        # query keys
        (NUMBERED, "https://dorp.example/b.php?n_id=7&lettertype=groot", None, "dorp.example/b.php?n_id=7"),
        (NUMBERED, "https://dorp.example/b.php?lettertype=klein&n_id=7", None, "dorp.example/b.php?n_id=7"),
        # no rule: the address
        (PLAIN, "http://www.dorp.example/a/", None, "dorp.example/a"),
        (PLAIN, "https://dorp.example/a?b=1&a=2", None, "dorp.example/a?a=2&b=1"),
        (PLAIN, "https://dorp.example//a///b", None, "dorp.example/a/b"),
        # a canonical that says the same in other words is believed
        (
            PLAIN,
            "https://dorp.example/2026/03/brand/amp",
            "https://dorp.example/2026/03/brand",
            "dorp.example/2026/03/brand",
        ),
        (PLAIN, "https://dorp.example/brand?view=amp", "https://dorp.example/brand", "dorp.example/brand"),
        # and one that lies is not
        (PLAIN, "https://dorp.example/brand", "https://dorp.example/", "dorp.example/brand"),
        (
            PLAIN,
            "https://dorp.example/12345/brand",
            "https://dorp.example/54321/brand",
            "dorp.example/12345/brand",
        ),
        (PLAIN, "https://dorp.example/brand", "https://dorp.example/inbraak", "dorp.example/brand"),
        (PLAIN, "https://dorp.example/brand", "https://elders.example/brand", "dorp.example/brand"),
        (PLAIN, "https://dorp.example/brand?id=4", "https://dorp.example/brand", "dorp.example/brand?id=4"),
        (PLAIN, "https://dorp.example/brand", "geen adres", "dorp.example/brand"),
    ],
)
def test_the_key_of_an_article(site: Site, url: str, canonical: str | None, key: str) -> None:
    assert article_key(site, url, canonical) == key
