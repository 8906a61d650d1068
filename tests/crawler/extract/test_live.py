"""The entries of live blogs, in pages of ours."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from archive.compare.judge import changed_fields, is_silent
from archive.model.types import Article, PageKind, SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, capture, html

ZONE = ZoneInfo("Europe/Amsterdam")
SAID = [
    "De brandweer rukt uit voor een boom die op de weg is gevallen, vlak bij de school.",
    "De burgemeester vraagt iedereen om binnen te blijven tot de wind is gaan liggen.",
    "Het treinverkeer ligt stil, en de NS zet geen bussen in zolang het zo hard waait.",
    "De wind gaat liggen, en de eerste treinen rijden weer, meldt de verkeersleiding nu.",
]
CLOCKS = ["21:10", "22:30", "23:45", "00:20"]
STATED = '<meta property="article:published_time" content="2021-04-12T21:00:00+02:00">'


def read(title: str, body: str, *, head: str = STATED) -> Article:
    page = html(f"<main><article><h1>{title}</h1>{body}</article></main>", head=head)
    return extract(
        capture(page, url="https://www.bode.example/nieuws/7/storm-in-de-stad"), SITE, SiteMemory(site="bode")
    )


def times(article: Article) -> list[str]:
    return [f"{each.at.astimezone(ZONE):%d %H:%M}" for each in article.blocks if each.at]


ENTRIES = {
    "a clock in a span": '<div class="post"><span class="time">{clock}</span><h3>Stand {n}</h3>'
    "<p>{said}</p></div>",
    "a clock before the text": "<p><strong>{clock} uur</strong> – {said}</p>",
    "a clock in a line": '<p class="t">{clock} Uhr</p><p>{said}</p>',
    "a time element": '<section class="e"><time datetime="2021-04-{day}T{clock}:00+02:00">{clock}</time>'
    "<p>{said}</p></section>",
    "an article of its own number": '<article class="post" id="e{n}"><time '
    'datetime="2021-04-{day}T{clock}:00+02:00">{clock}</time><p>{said}</p></article>',
}


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("made", ENTRIES.values(), ids=ENTRIES)
@pytest.mark.parametrize(
    "title",
    [
        "LIVE | Storm in de stad",
        "Liveblog: storm in de stad",
        "En direct : la tempête",
        "Temporal en la costa, en directo",
    ],
)
def test_each_entry_has_its_time_whichever_stands_first(title: str, made: str, newest_first: bool) -> None:
    entries = [
        made.format(clock=clock, said=said, n=n, day=13 if clock < "12" else 12)
        for n, (clock, said) in enumerate(zip(CLOCKS, SAID, strict=True))
    ]
    article = read(title, "<p>Volg hier de storm.</p>" + "".join(entries[::-1] if newest_first else entries))
    assert article.kind is PageKind.LIVEBLOG
    wanted = ["12 21:10", "12 22:30", "12 23:45", "13 00:20"]
    assert times(article) == (wanted[::-1] if newest_first else wanted)
    assert all(said in article.text for said in SAID)


def test_the_times_that_json_ld_states_are_found_again() -> None:
    updates = [
        {"@type": "BlogPosting", "articleBody": said, "datePublished": f"2021-04-12T1{n}:00:00+02:00"}
        for n, said in enumerate(SAID)
    ]
    said = {"@type": "LiveBlogPosting", "headline": "Storm", "liveBlogUpdate": updates}
    article = read(
        "Storm",
        "".join(f"<div><p>{each}</p></div>" for each in SAID),
        head=f'<script type="application/ld+json">{json.dumps(said)}</script>',
    )
    assert article.kind is PageKind.LIVEBLOG
    assert times(article) == ["12 10:00", "12 11:00", "12 12:00", "12 13:00"]


def test_a_programme_of_a_day_is_an_article_without_entries() -> None:
    hours = "".join(f"<p>{hour}:00 uur Optreden van band {hour}</p>" for hour in range(12, 20))
    article = read("Feest in de stad", f"<p>{SAID[0]}</p><p>{SAID[1]}</p>{hours}<p>{SAID[2]}</p>")
    assert article.kind is PageKind.ARTICLE
    assert times(article) == []


def test_the_same_page_has_the_same_times_on_another_day() -> None:
    entries = "".join(
        ENTRIES["a clock in a span"].format(clock=c, said=s, n=0) for c, s in zip(CLOCKS, SAID, strict=True)
    )
    first = read("LIVE | Storm", entries)
    assert first.blocks == read("LIVE | Storm", entries).blocks
    assert [type(each.at) for each in first.blocks] == [datetime] * len(SAID)


ON_PAGES = {
    "an entry more, newest first": ([0, 1], [2, 0, 1], {}, ("text", "liveblog")),
    "an entry more, oldest first": ([0, 1], [0, 1, 2], {}, ("text", "liveblog")),
    "an entry more, another rewritten": (
        [0, 1],
        [2, 0, 1],
        {1: SAID[1].replace("vraagt", "smeekt")},
        ("text",),
    ),
    "an entry taken away": ([0, 1, 2], [0, 2], {}, ("text",)),
}


@pytest.mark.parametrize(("then", "now", "edited", "names"), ON_PAGES.values(), ids=ON_PAGES)
@pytest.mark.parametrize("made", ENTRIES.values(), ids=ENTRIES)
def test_a_new_entry_is_growth_and_a_changed_or_removed_one_an_edit(
    made: str, then: list[int], now: list[int], edited: dict[int, str], names: tuple[str, ...]
) -> None:
    def page(entries: list[int], changed: dict[int, str]) -> Article:
        said = {n: changed.get(n, SAID[n]) for n in entries}
        body = "".join(made.format(clock=CLOCKS[n], day=12, n=n, said=said[n]) for n in entries)
        return read("LIVE | Storm in de stad", body)

    old, new = page(then, {}), page(now, edited)
    assert changed_fields(old, new) == names
    grew = "liveblog" in names
    assert is_silent(old, new, names, stated=None) is not grew
