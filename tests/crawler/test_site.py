"""Site files: what they say comes back, and what is wrong in them is named."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from archive.errors import SiteError, UnknownSite
from crawler.site import (
    SHIPPED,
    Identity,
    Rules,
    Site,
    bare_host,
    load_site,
    load_sites,
    parse_site,
    read_site,
    rules_digest,
    write_site,
)

FULL = Site(
    name="dorp",
    url="https://www.dorp.example/nieuws/",
    title='Het "Dorp" \\ Nieuws',
    language="fy",
    timezone="Europe/Brussels",
    feeds=("https://www.dorp.example/rss",),
    sitemaps=("https://www.dorp.example/sitemap.xml",),
    listings=tuple(f"https://www.dorp.example/regio/{number}" for number in range(5)),
    hosts=("sport.dorp.example", "oud.dorp.example:8080"),
    articles=(r"/nieuws/\d+/", r"~a[0-9a-f]+"),
    ignore=(r"/agenda/", "it's"),
    identity=Identity(pattern=r"~a([0-9a-f]+)", query=("n_id",)),
    rules=(
        Rules(title=("h1.kop",), strip=(".related", "aside > p"), valid_until=date(2024, 5, 1)),
        Rules(body=("article",), keep=("[data-kader]",), valid_from=date(2024, 5, 2)),
    ),
    allow_private=True,
    practice=True,
    feed_only=True,
    delay=1.5,
)


@pytest.mark.parametrize(
    "site", [FULL, Site(name="klein", url="https://klein.example/")], ids=lambda s: s.name
)
def test_a_site_that_is_written_reads_back_the_same(site: Site, tmp_path: Path) -> None:
    assert read_site(write_site(site, tmp_path / "sites" / f"{site.name}.toml")) == site


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("url = 3", "url", "text in quotes"),
        ("title = 'x'", "url", "missing"),
        ("url = 'dorp.example'", "url", "http or https"),
        ("url = 'ftp://dorp.example/'", "url", "http or https"),
        ("url = 'https://dorp.example/'\nfeds = ['/rss']", "feds", "did you mean feeds"),
        ("url = 'https://dorp.example/'\nfeeds = '/rss'", "feeds", "a list of addresses"),
        ("url = 'https://dorp.example/'\nfeeds = [3]", "feeds[0]", "text in quotes"),
        ("url = 'https://dorp.example/'\ntimezone = 'Europe/Haaksbergen'", "timezone", "Europe/Amsterdam"),
        ("url = 'https://dorp.example/'\narticles = ['(']", "articles[0]", "regular expression"),
        ("url = 'https://dorp.example/'\nallow_private = 'yes'", "allow_private", "true or false"),
        ("url = 'https://dorp.example/'\ndelay = -1", "delay", "0 to 3600"),
        ("url = 'https://dorp.example/'\ndelay = true", "delay", "0 to 3600"),
        ("url = 'https://dorp.example/'\nhosts = ['https://a.example/']", "hosts[0]", "host name"),
        ("url = 'https://dorp.example/'\nname = 'stad'", "name", "'dorp'"),
        (
            "url = 'https://dorp.example/'\n[identity]\npattern = 'a+'",
            "identity.pattern",
            "exactly one group",
        ),
        (
            "url = 'https://dorp.example/'\n[identity]\npatern = '(a)'",
            "identity.patern",
            "did you mean pattern",
        ),
        ("url = 'https://dorp.example/'\n[rules]\nstrip = ['p']", "rules", "double brackets"),
        ("url = 'https://dorp.example/'\n[[rules]]\nstrip = ['p[']", "rules[0].strip[0]", "CSS selector"),
        (
            "url = 'https://dorp.example/'\n[[rules]]\nvalid_from = '2024-01-01'",
            "rules[0].valid_from",
            "quotes",
        ),
        (
            "url = 'https://dorp.example/'\n[[rules]]\nvalid_from = 2024-05-01\nvalid_until = 2024-04-01",
            "rules[0].valid_until",
            "a day after valid_from",
        ),
        ("url = ", "file", "TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_what_was_expected(
    text: str, key: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "dorp.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SiteError) as raised:
        read_site(file)
    message = str(raised.value)
    assert str(file) in message
    assert key in message
    assert says in message


def test_addresses_in_a_file_are_relative_to_the_front_page() -> None:
    site = parse_site(
        {
            "url": "https://dorp.example",
            "feeds": ["/rss", "https://feeds.example/dorp"],
            "listings": ["regio/"],
        },
        name="dorp",
    )
    assert site.url == "https://dorp.example/"
    assert site.feeds == ("https://dorp.example/rss", "https://feeds.example/dorp")
    assert site.listings == ("https://dorp.example/regio/",)


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("https://www.dorp.example/a", True),
        ("http://dorp.example/a", True),
        ("https://DORP.example:443/a", True),
        ("https://sport.dorp.example/a", True),
        ("https://oud.dorp.example:8080/a", True),
        ("https://oud.dorp.example/a", False),
        ("https://weer.dorp.example/a", False),
        ("https://dorp.example.evil.example/a", False),
        ("https://dorp.example@evil.example/a", False),
        ("ftp://dorp.example/a", False),
    ],
)
def test_a_site_owns_its_hosts_and_no_others(url: str, owned: bool) -> None:
    assert FULL.owns(url) is owned


def test_a_host_is_compared_without_what_does_not_matter() -> None:
    assert bare_host("user:secret@WWW.Dorp.Example.:80".replace(".:80", ":80")) == "dorp.example"


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2024, 4, 30), [True, False]),
        (date(2024, 5, 1), [True, False]),
        (date(2024, 5, 2), [False, True]),
    ],
)
def test_rules_hold_on_their_days(day: date, holds: list[bool]) -> None:
    assert [rules.hold_on(day) for rules in FULL.rules] == holds


def test_a_misspelt_site_is_answered_with_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path))
    write_site(Site(name="dorpsblad", url="https://dorp.example/"), tmp_path / "dorpsblad.toml")
    with pytest.raises(UnknownSite, match="did you mean dorpsblad"):
        load_site("dorpsblat")


def test_the_operators_file_wins_over_a_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    monkeypatch.setattr("crawler.site.SHIPPED", shipped)
    monkeypatch.setenv("LEGGER_SITES", str(own))
    write_site(Site(name="dorp", url="https://theirs.example/"), shipped / "dorp.toml")
    write_site(Site(name="stad", url="https://theirs.example/"), shipped / "stad.toml")
    write_site(Site(name="dorp", url="https://mine.example/"), own / "dorp.toml")
    assert load_site("dorp").url == "https://mine.example/"
    assert list(load_sites()) == ["dorp", "stad"]
    assert list(load_sites(shipped=False)) == ["dorp"]


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_site_is_a_public_one_with_somewhere_to_begin(file: Path) -> None:
    site = read_site(file)
    assert not site.allow_private
    assert not site.practice
    assert site.feeds or site.sitemaps or site.listings


def test_the_digest_moves_with_what_bears_on_reading_and_with_nothing_else() -> None:
    same = replace(FULL, delay=9.0, feeds=(), hosts=(), ignore=())
    assert rules_digest(same) == rules_digest(FULL)
    for change in ({"rules": ()}, {"title": "x"}, {"timezone": "UTC"}, {"articles": ()}, {"language": "nl"}):
        assert rules_digest(replace(FULL, **change)) != rules_digest(FULL), change
