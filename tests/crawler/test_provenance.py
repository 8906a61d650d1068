"""What a reading was made with: said in one place, and a change of it is never called an edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from archive.model.types import Ground, SiteMemory, VerdictKind
from archive.operations.schedule import REREAD
from crawler.extract.article import extract
from crawler.extract.normalize import normalize
from crawler.extract.provenance import made_with
from crawler.ingest.ingest import ingest, reader
from crawler.rereading import planned
from crawler.siteconfig.schedule import Schedule
from crawler.siteconfig.site import AssetBounds, Identity, Pages, Rules, Site, rules_digest
from tests.crawler.extract.pages import AT, capture, html

TEXT = (
    "De gemeente legt het plein opnieuw aan. Dat besloot het college na overleg met de bewoners van de buurt."
)
PAGE = html(
    '<header><a href="/">Voorpagina</a></header>'
    '<main><article><h1>Plein gaat op de schop</h1><div class="alt">Plein op de schop</div>'
    '<p class="by">Door <span>Jan Smit</span></p><p class="on">13 april 2021 om 09:15 uur</p>'
    f'<p>{TEXT}</p><p>Er komen bomen, banken en een fontein.</p><p class="promo">{TEXT.upper()}</p>'
    '<aside class="x">De kosten zijn geraamd op twee miljoen euro, en de raad beslist in mei.</aside>'
    "</article></main>",
    head="<title>Plein gaat op de schop | Dorpsnieuws</title>",
    lang="",
)
SITE = Site(name="bode", url="https://www.bode.example/", allow_private=True)
CHANGES: dict[str, Any] = {
    "url": "https://bode.example/nieuws/",
    "title": "Dorpsnieuws",
    "place": "Dorp",
    "platform": "press",
    "untested_since": date(2021, 1, 1),
    "language": "fy",
    "publisher": "Uitgeverij de Bode",
    "issn": "1234-5679",
    "timezone": "America/New_York",
    "feeds": ("https://www.bode.example/feed",),
    "sitemaps": ("https://www.bode.example/sitemap.xml",),
    "listings": ("https://www.bode.example/nieuws/",),
    "hosts": ("bode.example",),
    "articles": (r"/artikel/\d+",),
    "ignore": ("/agenda/",),
    "identity": Identity(pattern=r"/(\d+)/"),
    "pages": Pages(keep=True),
    "assets": AssetBounds(keep=True),
    "schedule": Schedule(every=timedelta(hours=3)),
    "rules": (Rules(title=(".alt",), author=(".x",), strip=(".promo",), keep=("aside",)),),
    "allow_private": False,
    "practice": True,
    "feed_only": True,
    "delay": 9.0,
    "budget": 100,
    "quiet": ("07:00-20:00",),
    "ground": Ground.RESEARCH,
    "date_order": "month",
}


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


def test_every_key_of_a_sites_file_is_tried() -> None:
    assert {each.name for each in fields(Site)} - {"name", "source"} == set(CHANGES)


@pytest.mark.parametrize("key", sorted(CHANGES.keys() - {"identity"}))
def test_a_change_of_the_sites_file_makes_no_version_of_a_page_that_did_not_change(
    archive: Archive, key: str
) -> None:
    page = capture(PAGE)
    first = ingest(page, SITE, archive, reader(SITE, archive)).verdict
    assert first is not None and first.kind is VerdictKind.NEW
    changed = replace(SITE, **{key: CHANGES[key]})
    for days in (1, 2):
        later = replace(page, at=AT + timedelta(days=days))
        verdict = ingest(later, changed, archive, reader(changed, archive)).verdict
        assert verdict is not None and verdict.kind is VerdictKind.SAME
    [version] = archive.articles.history("1")
    assert list(archive.articles.versions("bode")) == [version], "and no other article either"


def test_reading_looks_at_nothing_of_a_site_but_what_its_provenance_covers() -> None:
    seen: set[str] = set()

    class Watched(Site):
        def __getattribute__(self, name: str) -> Any:
            seen.add(name)
            return super().__getattribute__(name)

    site = Watched(name="bode", url="https://www.bode.example/", rules=(Rules(title=(".alt",)),))
    page = capture(PAGE)
    normalize(extract(page, site, SiteMemory(site="bode")), site)
    asked = seen & {each.name for each in fields(Site)} - {"name", "source"}
    assert {"title", "language", "timezone", "date_order", "articles", "rules"} >= asked
    for key in asked:
        assert rules_digest(replace(SITE, **{key: CHANGES[key]})) != rules_digest(SITE), key


def test_rules_count_on_the_days_on_which_they_hold() -> None:
    ended = replace(SITE, rules=(Rules(body=("main",), valid_until=date(2020, 12, 31)),))
    assert made_with(ended, 0, AT.date()) == made_with(SITE, 0, AT.date())
    assert made_with(ended, 0) != made_with(SITE, 0)
    assert made_with(SITE, 0).memory == 0
    assert made_with(SITE, 3).memory == 3


@pytest.mark.parametrize("key", ["title", "language", "timezone", "articles", "rules"])
def test_a_rereading_that_was_broken_off_begins_anew_when_the_sites_file_was_changed(
    archive: Archive, key: str
) -> None:
    ingest(capture(PAGE), SITE, archive, reader(SITE, archive))
    archive.commit()
    assert planned([SITE], archive) == [SITE]
    shard = archive.shards.next(REREAD, SITE.name)
    assert shard is not None
    archive.shards.end(shard, at=AT, counts={"read": 1})
    assert planned([SITE], archive) == [SITE]
    assert archive.shards.next(REREAD, SITE.name) is None, "what is done is done"
    planned([replace(SITE, **{key: CHANGES[key]})], archive)
    assert archive.shards.next(REREAD, SITE.name) is not None
