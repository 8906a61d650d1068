"""Trying a site: each thing that can be amiss is found, named, and answered with what to do."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import html
import ipaddress
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from archive import Archive
from archive.model.types import Ground
from crawler.fetching.fetcher import Fetcher
from crawler.onboarding.check import CheckResult, CheckState, Known, SiteCheck, check_site
from crawler.siteconfig.site import Identity, Site
from legger.simulator import OPENING, Newspaper
from tests.crawler.answering import BASE, CrawledSite, dorp
from tests.crawler.crawling import Host, Said, front, story

ARTICLES = [f"/nieuws/{number}/bericht-uit-het-dorp" for number in range(70001, 70009)]
NO_ROBOTS = {"/robots.txt": Said(status=404)}


def rss(paths: list[str], *, day: str = "Sun, 01 Mar 2026 10:00:00 +0100") -> Said:
    items = "".join(
        f"<item><title>Bericht {n}</title><link>{path}</link><pubDate>{day}</pubDate></item>"
        for n, path in enumerate(paths)
    )
    return Said(body=f"<rss version='2.0'><channel>{items}</channel></rss>", type="application/rss+xml")


GOOD: dict[str, Said] = {
    **NO_ROBOTS,
    "/": Said(body=front(*ARTICLES)),
    "/rss": rss(ARTICLES),
    **{path: Said(body=story(number)) for number, path in enumerate(ARTICLES, 1)},
}


def tried(site: Site, **known: Any) -> SiteCheck:
    async def trying() -> SiteCheck:
        async with Fetcher(
            site=site.name,
            user_agent="legger/test",
            now=lambda: OPENING,
            allow_private=site.may_be_private,
            delay=0,
            mining=site.owns,
            ground=site.ground or Ground.GENERAL,
        ) as fetcher:
            return await check_site(site, fetcher, **known)

    return asyncio.run(trying())


def at_a_host(answers: Mapping[str, Said | None], **facts: Any) -> tuple[SiteCheck, list[str]]:
    """What comes of a site that answers so, and what it was asked for; what it does not know is 404."""
    with Host(lambda path: answers.get(path, Said(status=404))) as host:
        facts = {"feeds": ("/rss",)} | facts
        for key in ("feeds", "sitemaps", "listings"):
            facts[key] = tuple(host.base + path for path in facts.get(key, ()))
        return tried(host.site("dorp", **facts)), list(host.asked)


def of(found: SiteCheck, what: str) -> CheckResult:
    """The one finding about *what*."""
    about = [each for each in found.findings if each.what == what]
    assert len(about) == 1, (what, [each.what for each in found.findings])
    return about[0]


def test_where_all_is_well_everything_works() -> None:
    found, asked = at_a_host(GOOD, identity=Identity(pattern=r"/nieuws/(\d+)/"), articles=(r"/nieuws/\d+/",))
    assert found.works
    assert [each.what for each in found.findings if each.state is not CheckState.WORKS] == ["author"]
    assert of(found, "identity pattern").says == of(found, "articles pattern").says == "fits 8 of 8 addresses"
    assert of(found, "feed /rss").says == "8 entries, the newest 22 h old"
    assert of(found, "articles").says == "5 of 5 tried can be read"
    assert len(asked) == len(set(asked)) == 10, "nothing is asked for twice"


GATE = Said(status=302, headers={"Location": "https://myprivacy.elders.example/consent?callbackUrl=x"})
CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
TEASER = (
    story(1)
    .replace("<head>", "<head><meta name='x:article_ispaidcontent' content='true'>")
    .replace("</article>", "<p>De rest van dit bericht is voor wie …</p></article>")
)
RESERVED = {
    "/.well-known/tdmrep.json": Said(
        body='[{"location": "/", "tdm-reservation": 1}]', type="application/json"
    )
}
SITUATIONS: dict[str, tuple[dict[str, Said | None], dict[str, Any], str, CheckState, str, str]] = {
    # what the host answers otherwise, what the file says, what is found, how it is, in which words, the hint
    "robots.txt is broken": (
        {"/robots.txt": Said(status=503)},
        {},
        "robots.txt",
        CheckState.FAILS,
        "HTTP 503",
        "RFC 9309",
    ),
    "robots.txt forbids all": (
        {"/robots.txt": Said(body="User-agent: *\nDisallow: /", type="text/plain")},
        {},
        "robots.txt",
        CheckState.FAILS,
        "disallows the front page",
        "leave",
    ),
    "robots.txt forbids the feed": (
        {"/robots.txt": Said(body="User-agent: *\nDisallow: /rss", type="text/plain")},
        {},
        "feed /rss",
        CheckState.FAILS,
        "robots.txt disallows it",
        "leave",
    ),
    "the host reserves mining": (
        RESERVED,
        {},
        "mining",
        CheckState.FAILS,
        "reserved (tdmrep.json)",
        'ground = "research"',
    ),
    "the host reserves mining, and the operator does research": (
        RESERVED,
        {"ground": Ground.RESEARCH},
        "mining",
        CheckState.WORKS,
        "which is noted; your ground is research",
        "",
    ),
    "articles reserve mining": (
        dict.fromkeys(ARTICLES, Said(body=story(1), headers={"TDM-Reservation": "1"})),
        {},
        "mining",
        CheckState.FAILS,
        "5 of 5 pages reserve it (header)",
        'ground = "research"',
    ),
    "an article reserves mining": (
        dict.fromkeys(ARTICLES[:1], Said(body=story(1), headers={"TDM-Reservation": "1"})),
        {},
        "mining",
        CheckState.DOUBT,
        "1 of 5 pages reserve it (header)",
        'ground = "research"',
    ),
    "the front page refuses us": (
        {"/": Said(status=403)},
        {},
        "front page",
        CheckState.FAILS,
        "HTTP 403",
        "feed_only = true",
    ),
    "the front page has moved to another host": (
        {"/": Said(status=301, headers={"Location": "https://nieuw.example/"})},
        {},
        "front page",
        CheckState.FAILS,
        "leads to nieuw.example",
        "`hosts`",
    ),
    "the front page is made by scripts": (
        {"/": Said(body="<html><body><div id='app'></div></body></html>")},
        {},
        "front page",
        CheckState.DOUBT,
        "names no page of the site",
        "feed or sitemap",
    ),
    "the front page is a challenge": (
        {"/": Said(body=CHALLENGE)},
        {},
        "front page",
        CheckState.FAILS,
        "is a challenge",
        "never passed",
    ),
    "a feed has gone": (
        {"/rss": Said(status=404)},
        {},
        "feed /rss",
        CheckState.FAILS,
        "HTTP 404",
        "new address",
    ),
    "a feed hangs up": ({"/rss": None}, {}, "feed /rss", CheckState.FAILS, "hung up", "ask the site"),
    "a feed is a page": (
        {"/rss": Said(body=front(*ARTICLES))},
        {},
        "feed /rss",
        CheckState.FAILS,
        "a page, not a feed",
        "changed",
    ),
    "a feed is empty": ({"/rss": rss([])}, {}, "feed /rss", CheckState.FAILS, "no entries", "another"),
    "a feed leads to another host": (
        {"/rss": rss(["https://nieuw.example/nieuws/70001/bericht"])},
        {},
        "feed /rss",
        CheckState.FAILS,
        "1 × other site",
        "nieuw.example",
    ),
    "a feed has died": (
        {"/rss": rss(ARTICLES, day="Wed, 01 Jan 2025 10:00:00 +0100")},
        {},
        "feed /rss",
        CheckState.DOUBT,
        "425 days old",
        "dead",
    ),
    "a sitemap has gone": (
        {},
        {"sitemaps": ("/sitemap.xml",)},
        "sitemap /sitemap.xml",
        CheckState.FAILS,
        "HTTP 404",
        "new address",
    ),
    "a listing has gone": (
        {},
        {"listings": ("/archief",)},
        "listing /archief",
        CheckState.FAILS,
        "HTTP 404",
        "new address",
    ),
    "a feed is there and the file does not state it": (
        {},
        {"feeds": ()},
        "feed /rss",
        CheckState.DOUBT,
        "not stated",
        'feeds = ["/rss"]',
    ),
    "there is nothing at all": (
        {"/": Said(body="<p>Welkom</p>"), "/rss": Said(status=404)},
        {"feeds": ()},
        "sources",
        CheckState.FAILS,
        "no feed, no sitemap, and no article",
        "`listings`",
    ),
    "the pattern of articles fits none": (
        {},
        {"articles": (r"/artikel/\d+",)},
        "articles pattern",
        CheckState.FAILS,
        "fits 0 of 8",
        "`articles`",
    ),
    "the pattern of the identity fits none": (
        {},
        {"identity": Identity(pattern=r"~a([0-9a-f]+)")},
        "identity pattern",
        CheckState.FAILS,
        "fits 0 of 8",
        "regroup",
    ),
    "the identity makes one of two articles": (
        {"/rss": rss([*ARTICLES, "/nieuws/70001/heel-wat-anders"])},
        {"identity": Identity(pattern=r"/nieuws/(\d+)/")},
        "identity pattern",
        CheckState.FAILS,
        "is the same for",
        "tell them apart",
    ),
    "all articles stand behind a gate": (
        dict.fromkeys(ARTICLES, GATE),
        {},
        "articles",
        CheckState.FAILS,
        "0 of 5 tried can be read; 5 × leads to a gate at myprivacy.elders.example",
        "never passed",
    ),
    "some articles have gone": (
        dict.fromkeys(ARTICLES[:1], Said(status=410)),
        {},
        "articles",
        CheckState.DOUBT,
        "5 of 6 tried can be read; 1 × HTTP 410: ",
        "not there any more",
    ),
    "articles are behind a paywall": (
        dict.fromkeys(ARTICLES, Said(body=TEASER)),
        {},
        "paywall",
        CheckState.DOUBT,
        "5 of 5 articles are teasers",
        "kept as teasers",
    ),
    "articles state no day": (
        {path: Said(body=story(1).replace("article:published_time", "x")) for path in ARTICLES},
        {},
        "published",
        CheckState.DOUBT,
        "in 0 of 5",
        "`published`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_amiss_is_found_where(situation: str) -> None:
    otherwise, facts, what, state, says, hint = SITUATIONS[situation]
    found, _ = at_a_host(GOOD | otherwise, **facts)
    finding = of(found, what)
    assert finding.state is state
    assert says in finding.says
    assert hint in finding.hint
    assert found.works is not any(each.state is CheckState.FAILS for each in found.findings)
    assert all(bool(each.hint) is (each.state is not CheckState.WORKS) for each in found.findings)


def test_a_site_of_feeds_alone_is_asked_for_no_page() -> None:
    found, asked = at_a_host(GOOD | {"/": Said(status=403)}, feed_only=True)
    assert found.works
    assert set(asked) == {"/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/rss"}


def test_an_index_of_sitemaps_is_opened_at_its_latest_part() -> None:
    def part(name: str, day: int) -> str:
        return f"<sitemap><loc>/{name}.xml</loc><lastmod>2026-02-{day:02d}</lastmod></sitemap>"

    urls = "".join(f"<url><loc>{path}</loc><lastmod>2026-03-01</lastmod></url>" for path in ARTICLES)
    found, asked = at_a_host(
        GOOD
        | {
            "/sitemap.xml": Said(body=f"<sitemapindex>{part('een', 3)}{part('twee', 20)}</sitemapindex>"),
            "/twee.xml": Said(body=f"<urlset>{urls}</urlset>"),
        },
        feeds=(),
        sitemaps=("/sitemap.xml",),
    )
    assert of(found, "sitemap /twee.xml").says.startswith("8 entries")
    assert "/een.xml" not in asked
    assert found.works


def test_a_host_that_is_not_there_is_told_from_one_that_does_not_answer() -> None:
    nowhere = tried(Site(name="weg", url="http://nergens.invalid/", allow_private=True))
    assert [each.what for each in nowhere.findings] == ["connection"]
    assert nowhere.findings[0].says == "no such host: nergens.invalid"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    silent = tried(Site(name="stil", url=f"http://127.0.0.1:{port}/", allow_private=True))
    assert "does not accept connections" in of(silent, "connection").says
    private = tried(Site(name="thuis", url=f"http://127.0.0.1:{port}/"))
    assert "allow_private" in of(private, "robots.txt").hint


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[Host]:
    """A host over TLS whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with Host(lambda path: Said()) as host:
        host.socket = context.wrap_socket(host.socket, server_side=True)
        yield host


def test_a_bad_certificate_is_named_and_not_passed_over(self_signed: Host) -> None:
    found = tried(
        Site(name="vals", url=self_signed.base.replace("http:", "https:") + "/", allow_private=True)
    )
    assert "certificate is not valid: self-signed" in of(found, "connection").says.replace("self s", "self-s")
    assert "Never passed over" in of(found, "connection").hint
    assert self_signed.asked == []


def test_the_houses_of_the_practice_newspaper_work_and_a_broken_one_does_not() -> None:
    with Newspaper(articles=20, clock=lambda: OPENING) as paper:
        for house in paper.houses:
            found = tried(house.site)
            assert found.works, (
                house.name,
                [each for each in found.findings if each.state is CheckState.FAILS],
            )
            assert any(sample.article.is_article for sample in found.samples), house.name
        wrong = replace(paper["buurserbode"].site, feeds=(paper["buurserbode"].base + "rss/weg",))
        assert not tried(wrong).works


def test_fields_are_held_against_what_the_archive_has_of_the_site() -> None:
    known = Known(articles=400, filled={"title": 400, "published": 396, "authors": 10}, words=120_000)
    with Host(_dateless) as host:
        checked = tried(host.site("dorp"), known=known)
    (published,) = [each for each in checked.findings if each.what == "published"]
    assert (published.state, checked.works) == (CheckState.FAILS, False)
    assert "in 0 of 5 (on record: 99% of 400)" in published.says
    assert "/bericht-" in published.says
    (length,) = [each for each in checked.findings if each.what == "length"]
    assert length.state is CheckState.DOUBT


def test_sources_whose_word_looks_did_not_bear_out_are_told() -> None:
    with Host(_dateless) as host:
        checked = tried(
            host.site("dorp"), known=Known(doubted=("/rss says of pages ...; it is not believed",))
        )
    found = of(checked, "changes")
    assert (found.state, found.says) == (CheckState.DOUBT, "/rss says of pages ...; it is not believed")


def _dateless(path: str) -> Said:
    if path == "/":
        return Said(body=front(*(f"/bericht-{number}-uit-het-dorp" for number in range(5))))
    if path.startswith("/bericht"):
        text = "<p>In het dorp is vandaag een brug geopend door de wethouder, die daar blij mee was.</p>" * 3
        return Said(body=f"<title>{path}</title><meta property='og:type' content='article'><main><article>"
                         f"<h1>Bericht van {path[9]} uit het dorp</h1>{text}</article></main>")  # fmt: skip
    return Said(status=404)


FEED = str(rss(ARTICLES[:2]).body)
MOVED = "<itunes:new-feed-url>{base}/rss2</itunes:new-feed-url>"
FEEDS: dict[str, Said] = {
    "as it should be": rss(ARTICLES[:2]),
    "as a page": Said(body=FEED),
    "after a warning": Said(body=f"<br />\n<b>Warning</b>: kapot in x.php<br />\n{FEED}"),
    "inside a page": Said(body=f"<html><body>{FEED}</body></html>"),
    "shown by a page": Said(body=f"<html><pre>{html.escape(FEED)}</pre></html>"),
    "packed": Said(body=gzip.compress(FEED.encode(), mtime=0)),
    "in UTF-16": Said(body=FEED.encode("utf-16")),
    "as JSON": Said(
        body=json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"url": ARTICLES[0]}]})
    ),
    "a page": Said(body=front(*ARTICLES)),
    "nothing": Said(),
    "no entries": rss([]),
    "of another site": rss(["{elsewhere}/nieuws/70001/bericht"]),
    "of a redirector": rss(["{elsewhere}/naar/70001", "{elsewhere}/naar/70002"]),
    "of a redirector that leads away": rss(["{elsewhere}/weg/70001"]),
    "on another host": Said(status=302, headers={"Location": "{elsewhere}/rss"}),
    "a page of another host": Said(status=302, headers={"Location": "{elsewhere}/nieuws/70001/bericht"}),
    "at another address": Said(status=301, headers={"Location": "/rss2"}),
    "at another address, it says itself": Said(body=FEED.replace("<item>", f"{MOVED}<item>", 1)),
    "at another address, says a page": Said(
        body="<html><head><meta http-equiv='refresh' content='0;url=/rss2'></head></html>"
    ),
    "at another address that is none": Said(
        body="<html><head><meta http-equiv='refresh' content='0;url=/weg'></head></html>"
    ),
    "behind its own log-in": Said(status=302, headers={"Location": "/login"}),
    "its front page": Said(status=302, headers={"Location": "/"}),
    "not there": Said(status=404),
    "broken": Said(status=500),
}


def both(answers: Mapping[str, Said], folder: Path, **facts: Any) -> tuple[SiteCheck, list[str]]:
    """What a check finds, and the paths of the articles that a visit files, of a site that answers so.

    ``{base}`` and ``{elsewhere}`` in answers stand for the site and another one, which has a feed of the
    site's articles and leads from /naar/ to them.
    """

    def said(path: str, base: str, elsewhere: str) -> Said:
        one = answers.get(path, Said(status=404))
        words = one.body if isinstance(one.body, bytes) else _filled(one.body, base, elsewhere)
        headers = {name: _filled(value, base, elsewhere) for name, value in one.headers.items()}
        return replace(one, body=words, headers=headers)

    def abroad(path: str, base: str) -> Said:
        if path == "/rss":
            return rss([base + each for each in ARTICLES[:2]])
        if path.startswith("/naar/"):
            number = int(path.rpartition("/")[2]) - 70001
            return Said(status=302, headers={"Location": base + ARTICLES[number]})
        return Said(status=404) if path in ("/robots.txt", "/weg/70001") else Said(body=story(50))

    with ExitStack() as hosts:
        there = Host(lambda path: abroad(path, here.base), "127.0.0.2")
        here = Host(lambda path: said(path, here.base, there.base))
        for each in (here, there):
            hosts.enter_context(each)
        site = here.site(
            "dorp", **{key: tuple(here.base + path for path in paths) for key, paths in facts.items()}
        )
        found = tried(replace(site, hosts=()))
    with Archive.open(folder / "legger.db") as archive:
        elders = "http://elders.example"
        desk = CrawledSite(
            archive=archive,
            site=dorp(**{key: tuple(BASE + path for path in paths) for key, paths in facts.items()}),
        )
        desk.answers = {path: said(path, BASE, elders) for path in answers}
        for path in ("/rss", "/naar/70001", "/naar/70002", "/weg/70001", "/nieuws/70001/bericht"):
            desk.answers[elders + path] = abroad(path, BASE)
        desk.visit()
        read = [each.article.url.removeprefix(BASE) for each in archive.articles.versions("dorp")]
    return found, sorted(read)


def _filled(words: str, base: str, elsewhere: str) -> str:
    return words.replace("{base}", base).replace("{elsewhere}", elsewhere)


@pytest.mark.parametrize("what", FEEDS)
def test_a_source_works_in_a_check_where_it_brings_articles_in_a_visit(what: str, tmp_path: Path) -> None:
    answers = {path: said for path, said in GOOD.items() if path != "/"} | {"/": Said(body=front())}
    answers |= {"/rss": FEEDS[what], "/rss2": rss(ARTICLES[:2])}
    found, read = both(answers, tmp_path, feeds=("/rss",))
    feeds = [each for each in found.findings if each.what.startswith("feed ")]
    assert all(each.state is CheckState.FAILS for each in feeds) is not bool(read), (feeds, read)


PAGES: dict[str, Said] = {
    "as it should be": Said(body=story(1)),
    "of an unknown type": Said(body=story(1), type="utf-8"),
    "sent on within the site": Said(status=301, headers={"Location": ARTICLES[1]}),
    "sent on to another site": Said(status=301, headers={"Location": "{elsewhere}/nieuws/70001/bericht"}),
    "sent on by another site": Said(status=302, headers={"Location": "{elsewhere}/naar/70002"}),
    "a file": Said(body=b"%PDF-1.4", type="application/pdf"),
    "garbled": Said(body=b"\x00\x01\x02\x1f" * 200),
    "nothing": Said(),
    "not there": Said(status=404),
    "refused": Said(status=403),
    "a page that says it is not there": Said(
        body="<title>Niet gevonden</title><h1>Pagina niet gevonden</h1>"
    ),
    "reserved": Said(body=story(1), headers={"tdm-reservation": "1"}),
}


@pytest.mark.parametrize("what", PAGES)
def test_an_article_can_be_read_in_a_check_where_a_visit_files_it(what: str, tmp_path: Path) -> None:
    answers = NO_ROBOTS | {"/": Said(body=front()), "/rss": rss(ARTICLES[:1]), ARTICLES[0]: PAGES[what]}
    found, read = both(answers | {ARTICLES[1]: Said(body=story(2))}, tmp_path, feeds=("/rss",))
    samples = [each for each in found.samples if each.article.is_article]
    refused = [each for each in found.findings if each.what == "mining" and each.state is CheckState.FAILS]
    assert bool(samples and not refused) is bool(read), (found.findings, read)


LISTINGS: dict[str, Said] = {
    "as it should be": Said(body=front(*ARTICLES[:2])),
    "an article": Said(body=story(3)),
    "without links": Said(body="<title>Archief</title><h1>Archief</h1>"),
    "of another site": Said(body=front("{elsewhere}/nieuws/70001/bericht")),
    "sent on to another site": Said(status=302, headers={"Location": "{elsewhere}/nieuws/70001/bericht"}),
    "a feed": rss(ARTICLES[:2]),
    "not there": Said(status=404),
}


@pytest.mark.parametrize("what", LISTINGS)
def test_a_listing_works_in_a_check_where_it_brings_articles_in_a_visit(what: str, tmp_path: Path) -> None:
    answers = {path: said for path, said in GOOD.items() if path not in ("/", "/rss")}
    found, read = both(
        answers | {"/": Said(body=front()), "/archief": LISTINGS[what]}, tmp_path, listings=("/archief",)
    )
    works = of(found, "listing /archief").state is CheckState.WORKS
    assert works is bool(read), (found.findings, read)
