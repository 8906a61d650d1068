"""Site files: what they say comes back, and what is wrong in them is named."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from archive.errors import SiteError, UnknownSite
from crawler.siteconfig.definition import IdentityTable, RulesTable, ScheduleTable, SiteTable
from crawler.siteconfig.files import load_site, load_sites, parse_site, read_site
from crawler.siteconfig.schedule import Schedule
from crawler.siteconfig.site import FormerIdentity, Identity, Rules, Site, bare_host, rules_digest
from crawler.siteconfig.writing import site_toml, write_site

FULL = Site(
    name="dorp",
    url="https://www.dorp.example/nieuws/",
    title='Het "Dorp" \\ Nieuws',
    place="Dorp, Twente",
    publisher="Dorp BV",
    issn="0317-8471",
    untested_since=date(2026, 11, 26),
    language="fy",
    timezone="Europe/Brussels",
    feeds=("https://www.dorp.example/rss",),
    sitemaps=("https://www.dorp.example/sitemap.xml",),
    listings=tuple(f"https://www.dorp.example/regio/{number}" for number in range(5)),
    hosts=("sport.dorp.example", "oud.dorp.example:8080"),
    articles=(r"/nieuws/\d+/", r"~a[0-9a-f]+"),
    ignore=(r"/agenda/", "it's"),
    identity=Identity(
        pattern=r"~a([0-9a-f]+)",
        query=("n_id",),
        former=(FormerIdentity(pattern=r"/(\d+)$", until=date(2025, 6, 30)), FormerIdentity(pattern="=(x)")),
    ),
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
        ("url = 'https://dorp.example/'\nissn = '0317-8472'", "issn", "an ISSN such as"),
        ("title = 'x'", "url", "missing"),
        ("url = 'dorp.example'", "url", "http or https"),
        ("url = 'ftp://dorp.example/'", "url", "http or https"),
        ("url = 'https://dorp.example/'\nfeds = ['/rss']", "feds", "did you mean feeds"),
        ("url = 'https://dorp.example/'\nfeeds = '/rss'", "feeds", "a list of addresses"),
        ("url = 'https://dorp.example/'\nfeeds = [3]", "feeds[0]", "text in quotes"),
        ("url = 'https://dorp.example/'\ntimezone = 'Europe/Haaksbergen'", "timezone", "Europe/Amsterdam"),
        ("url = 'https://dorp.example/'\nlanguage = 'Nederlands'", "language", "such as nl"),
        ("url = 'https://dorp.example/'\nlanguage = ''", "language", "such as nl"),
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
        (
            "url = 'https://dorp.example/'\n[identity]\npattern = '(a)'\nformer = [{ pattern = 'b' }]",
            "identity.former[0].pattern",
            "exactly one group",
        ),
        (
            "url = 'https://dorp.example/'\n[[identity.former]]\npattern = '(a)'\nuntill = 2025-06-30",
            "identity.former[0].untill",
            "did you mean until",
        ),
        (
            "url = 'https://dorp.example/'\n[[identity.former]]\nuntil = 2025-06-30",
            "identity.former[0].pattern",
            "it is missing",
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
        ("url = 'https://dorp.example/'\nplatform = 'pubbel'", "platform", "did you mean pubble"),
        ("url = 'https://dorp.example/'\nuntested_since = '2026-11-26'", "untested_since", "without quotes"),
        ("url = ", "file", "TOML"),
        (f"title = {'[' * 3000}", "file", "fewer brackets"),
        ("url = 'https://dorp.example/'\n[[rules]]\nstrip = ['p::before']", "rules[0].strip[0]", "selector"),
        ("url = 'https://dorp.example/'\n[[rules]]\nkeep = ['svg|p']", "rules[0].keep[0]", "namespaces"),
        ("url = 'https://dorp.example/'\n[[rules]]\nbody = ['']", "rules[0].body[0]", "selector"),
        (
            "url = 'https://dorp.example/'\n[[rules]]\ntitle = ['h1:contains(x)']",
            "rules[0].title[0]",
            ":-soup-contains",
        ),
        ("url = 'https://dorp.example/'\nfeeds = ['http://[']", "feeds[0]", "http or https"),
        ("url = 'https://[::1'", "url", "http or https"),
        ("url = 'https://dorp.example/'\narticles = ['a{99999999999999}']", "articles[0]", "expression"),
        (
            f"url = 'https://dorp.example/'\nignore = ['{'(' * 3000}{')' * 3000}']",
            "ignore[0]",
            "fewer brackets",
        ),
        (
            "url = 'https://dorp.example/'\n[schedule]\nevery = '99999999999999h'",
            "schedule.every",
            "at most 3660 days",
        ),
        ("url = 'https://dorp.example/'\n[schedule]\npoll = '9999999d'", "schedule.poll", "at most"),
        ("url = 'https://dorp.example/'\ndelay = nan", "delay", "0 to 3600"),
        ("url = 'https://dorp.example/'\ntimezone = '../../etc/passwd'", "timezone", "Europe/Amsterdam"),
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


@pytest.mark.parametrize(
    ("patterns", "found", "not_found"),
    [
        (("(?i)/NIEUWS/", "(?i)/sport/"), "/nieuws/1", "/weer/1"),
        (("(?P<id>a)", "(?P<id>b)"), "/b", "/c"),
        ((r"(x)\1", r"(y)\1"), "/yy", "/yx"),
        (("(?x) n i e u w s", "/weer nu/"), "/weer nu/", "/weernu/"),
    ],
    ids=["each its flags", "one name twice", "references count from its own groups", "one is spaced out"],
)
def test_each_expression_of_a_list_stands_by_itself(
    patterns: tuple[str, ...], found: str, not_found: str
) -> None:
    site = parse_site({"url": "https://dorp.example/", "articles": list(patterns)}, name="dorp")
    assert site.article_pattern is not None
    assert site.article_pattern.search(found)
    assert not site.article_pattern.search(not_found)


ODD = (
    None,
    3,
    -1,
    1.5,
    float("inf"),
    True,
    "",
    "(",
    "p[",
    "7d",
    date(2024, 1, 1),
    [],
    [3],
    ["("],
    [{}],
    {},
    {"a": 1},
)


@pytest.mark.parametrize("key", [*SiteTable.__annotations__, "nonsense"])
def test_whatever_stands_under_a_key_is_a_value_of_the_site_or_named_with_its_key(key: str) -> None:
    for odd in ODD:
        try:
            site = parse_site({"url": "https://dorp.example/", key: odd}, name="dorp", source="dorp.toml")
        except SiteError as error:
            assert str(error).startswith(f"dorp.toml: {key}"), odd
            assert error.expected.startswith(("expected ", "no such key", "there is no platform")), odd
        else:
            assert isinstance(getattr(site, key), type(getattr(FULL, key)) | str | int | float | None), odd


def test_a_file_may_state_what_a_site_has_and_nothing_else() -> None:
    stated = {
        Site: SiteTable,
        Identity: IdentityTable,
        Schedule: ScheduleTable,
        Rules: RulesTable,
    }
    for model, table in stated.items():
        assert {each.name for each in fields(model)} - {"source"} == set(table.__annotations__), model


def test_a_file_that_is_written_is_laid_out_for_a_person() -> None:
    lines = site_toml(FULL).splitlines()
    assert lines[:3] == [
        "# The front page.",
        'url = "https://www.dorp.example/nieuws/"',
        r"""title = 'Het "Dorp" \ Nieuws'""",
    ]
    assert '    "https://www.dorp.example/regio/4",' in lines, "a long list has a line for each"
    assert lines[lines.index("[identity]") - 1 :][:4] == [
        "",
        "[identity]",
        "# What makes two addresses one article.",
        'pattern = "~a([0-9a-f]+)"',
    ]


def test_a_file_that_is_wrong_costs_its_own_site_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path))
    (tmp_path / "dorp.toml").write_text("url = 'https://dorp.example/'")
    (tmp_path / "stad.toml").write_text("url = 'https://stad.example/'\nfeeds = ['http://[']")
    (tmp_path / "wijk.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "map.toml").mkdir()
    found = load_sites(shipped=False)
    assert list(found.sound) == ["dorp"]
    assert {name: error.key for name, error in found.broken.items()} == {
        "stad": "feeds[0]",
        "wijk": "file",
        "map": "file",
    }


@pytest.mark.parametrize("language", ["nl", "fy", "en-AU", "pt_BR", "zh-Hant-TW"])
def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path, language: str) -> None:
    file = tmp_path / "dorp.toml"
    said = f"url = 'https://dorp.example/'\r\nlanguage = '{language}'\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + said.encode())
    assert read_site(file).language == language


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
    ("host", "port", "facts", "allowed"),
    [
        ("dorp.example", 443, {}, True),
        ("www.dorp.example", 443, {}, True),
        ("DORP.example", 80, {}, True),
        ("sport.dorp.example", 443, {}, True),
        ("oud.dorp.example", 8080, {}, True),
        ("feeds.example", 443, {}, True),
        ("oud.dorp.example", 6379, {}, False),
        ("dorp.example", 6379, {}, False),
        ("127.0.0.1", 80, {}, False),
        ("169.254.169.254", 80, {}, False),
        ("127.0.0.2", 8001, {"practice": True}, True),
        ("169.254.169.254", 80, {"practice": True}, False),
        ("dorp.example", 443, {"allow_private": False}, False),
    ],
)
def test_private_addresses_are_open_to_the_sites_own_hosts_only(
    host: str, port: int, facts: dict[str, bool], allowed: bool
) -> None:
    site = replace(
        FULL, feeds=("https://feeds.example/dorp",), **({"allow_private": True, "practice": False} | facts)
    )
    assert site.may_be_private(host, port) is allowed


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
    monkeypatch.setattr("crawler.siteconfig.files.SHIPPED", shipped)
    monkeypatch.setenv("LEGGER_SITES", str(own))
    write_site(Site(name="dorp", url="https://theirs.example/"), shipped / "dorp.toml")
    write_site(Site(name="stad", url="https://theirs.example/"), shipped / "stad.toml")
    write_site(Site(name="dorp", url="https://mine.example/"), own / "dorp.toml")
    assert load_site("dorp").url == "https://mine.example/"
    assert list(load_sites().sound) == ["dorp", "stad"]
    assert list(load_sites(shipped=False).sound) == ["dorp"]


PLATFORM = """
language = "nl"
delay = 3
feeds = ["/rss/feed"]
articles = ['/\\d+/']
ignore = ['/agenda/']
identity.pattern = '/(\\d+)/'
[[rules]]
strip = [".widget"]
"""


@pytest.fixture
def platforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a platform ``press`` stands, of the operator's own."""
    monkeypatch.setenv("LEGGER_SITES", str(tmp_path))
    folder = tmp_path / "platforms"
    folder.mkdir()
    (folder / "press.toml").write_text(PLATFORM, encoding="utf-8")
    return folder


def of_platform(**stated: object) -> Site:
    return parse_site({"url": "https://dorp.example/", "platform": "press", **stated}, name="dorp")


def test_a_site_has_what_its_platform_says_and_what_it_says_itself_wins(platforms: Path) -> None:
    plain = of_platform()
    assert plain.feeds == ("https://dorp.example/rss/feed",)
    assert (plain.language, plain.delay, plain.articles) == ("nl", 3.0, (r"/\d+/",))
    assert plain.identity == Identity(pattern=r"/(\d+)/")
    assert plain.rules == (Rules(strip=(".widget",)),)
    own = of_platform(
        feeds=["https://feeds.example/dorp"],
        ignore=[],
        delay=1,
        identity={"query": ["id"]},
        rules=[{"body": ["main"]}],
    )
    assert own.feeds == ("https://feeds.example/dorp",)
    assert (own.ignore, own.delay) == ((), 1.0)
    assert own.identity == Identity(query=("id",))
    assert own.rules == (Rules(body=("main",)),)
    assert rules_digest(own) != rules_digest(plain)
    (platforms / "press.toml").write_text(PLATFORM.replace(".widget", ".banner"), encoding="utf-8")
    assert rules_digest(of_platform()) != rules_digest(plain), "a platform's rules bear on reading too"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"feeds": (), "ignore": (), "rules": (), "identity": Identity()},
        {"feeds": ("https://feeds.example/dorp",), "rules": (Rules(body=("main",)),), "delay": 1.0},
        {"title": "Dorp", "place": "Dorp", "timezone": "Europe/Brussels", "hosts": ("oud.dorp.example",)},
    ],
    ids=["nothing", "less than its platform", "otherwise than its platform", "more than its platform"],
)
def test_a_written_site_says_only_what_differs_from_its_platform(
    change: dict[str, object], platforms: Path
) -> None:
    site = replace(of_platform(), **change)
    file = write_site(site, platforms.parent / "dorp.toml")
    assert read_site(file) == site
    stated = {line.partition(" = ")[0] for line in file.read_text(encoding="utf-8").splitlines()}
    assert "articles" not in stated
    assert ("feeds" in stated) is ("feeds" in change)


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("feeds = '/rss'", "feeds", "a list of addresses"),
        ("feeds = ['https://a b/']", "feeds[0]", "http or https"),
        ("title = 'x'", "title", "no such key"),
        ("platform = 'other'", "platform", "no such key"),
        ("[identity]\npattern = 'a'", "identity.pattern", "exactly one group"),
        ("[[rules]]\nstrip = ['p[']", "rules[0].strip[0]", "CSS selector"),
        ("language = ", "file", "TOML"),
    ],
)
def test_what_is_wrong_in_a_platforms_file_is_said_of_that_file(
    text: str, key: str, says: str, platforms: Path
) -> None:
    file = platforms / "press.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SiteError) as raised:
        of_platform()
    assert (raised.value.file, raised.value.key) == (str(file), key)
    assert says in raised.value.expected


def test_what_no_file_could_say_is_not_written(platforms: Path) -> None:
    with pytest.raises(SiteError, match="press: language"):
        write_site(replace(of_platform(), language=None), platforms.parent / "dorp.toml")


def test_the_digest_moves_with_what_bears_on_reading_and_with_nothing_else() -> None:
    same = replace(FULL, delay=9.0, feeds=(), hosts=(), ignore=())
    assert rules_digest(same) == rules_digest(FULL)
    for change in ({"rules": ()}, {"title": "x"}, {"timezone": "UTC"}, {"articles": ()}, {"language": "nl"}):
        assert rules_digest(replace(FULL, **change)) != rules_digest(FULL), change
