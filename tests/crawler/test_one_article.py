"""One article under several addresses, and on several pages: what becomes one, and what stays apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive import Archive, Verdict
from archive.model.types import Capture, VerdictKind
from crawler.ingest.ingest import ingest, reader
from crawler.siteconfig.site import FormerIdentity, Identity, Site
from crawler.urls import article_key
from tests.crawler.extract.pages import AT, html

BASE = "https://www.bode.example"
SITE = Site(name="bode", url=f"{BASE}/")
A = "/nieuws/brand-in-de-oude-kerk"


def story(about: str, sentences: int = 6) -> list[str]:
    return [
        f"Over {about} sprak de raad op de {number}e avond van de week, en {about} bleef onbeslist."
        for number in range(1, sentences + 1)
    ]


def page(
    about: str,
    *,
    canonical: str = "",
    title: str = "",
    words: Sequence[str] = (),
    links: Sequence[str] = (),
    on: str = "2021-04-13",
    modified: str = "",
) -> str:
    """A page of an article about something."""
    link = f'<link rel="canonical" href="{BASE}{canonical}">' if canonical else ""
    title = title or f"De raad bespreekt {about} in de grote zaal"
    text = "".join(f"<p>{each}</p>" for each in words or story(about))
    further = "".join(f'<a href="{each}">{number}</a>' for number, each in enumerate(links, 2))
    return html(
        f"<main><article><h1>{title}</h1>{text}</article><nav>{further}</nav></main>",
        head=f"{link}<title>{title}</title>"
        f'<meta property="og:type" content="article"><meta property="article:published_time" content="{on}">'
        + (f'<meta property="article:modified_time" content="{modified}">' if modified else ""),
    )


@pytest.fixture
def archive(archive_file: Path) -> Iterator[Archive]:
    with Archive.open(archive_file) as opened:
        yield opened


def see(
    archive: Archive, path: str, body: str, *, days: float = 0, site: Site = SITE, status: int = 200
) -> Verdict:
    location = (("Location", f"{BASE}{A}/"),) if status == 301 else ()
    capture = Capture(
        site="bode",
        url=BASE + path,
        at=AT + timedelta(days=days),
        status=status,
        headers=(("Content-Type", "text/html; charset=utf-8"), *location),
        body=body.encode(),
    )
    verdict = ingest(capture, site, archive, reader(site, archive)).verdict
    assert verdict is not None
    return verdict


def filed(archive: Archive) -> list[tuple[int, int]]:
    return [(each.article_id, each.number) for each in archive.articles.versions("bode")]


@pytest.mark.parametrize(
    "paths",
    [
        (f"{A}?source=rss", A, f"{A}?ref=home", f"{A}?CMP=share"),
        (A, f"{A}?ref=home"),
        (f"{A}?ref=home", f"{A}?ref=mail&x=1"),
        (A, "/amp/2021/brand-kerk"),
        (A, "/kerk/andere-naam"),
    ],
    ids=["feed first", "plain first", "never plain", "AMP elsewhere", "another slug"],
)
def test_a_canonical_is_believed_of_a_page_that_says_the_same(
    archive: Archive, paths: tuple[str, ...]
) -> None:
    for path in paths:
        see(archive, path, page("de brand", canonical=A))
    assert filed(archive) == [(1, 1)]


def test_a_canonical_that_all_pages_share_makes_no_article_of_many(archive: Archive) -> None:
    for number, about in enumerate(("de brug", "het plein", "de school")):
        see(archive, f"/bericht.php?id={number}", page(about, canonical="/bericht.php"))
    assert filed(archive) == [(1, 1), (2, 1), (3, 1)]
    for number, about in enumerate(("de brug", "het plein", "de school")):
        edited = page(about, canonical="/bericht.php", words=story(f"toch {about}"))
        see(archive, f"/bericht.php?id={number}", edited, days=1)
    assert filed(archive) == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)], "each address keeps its own"


def test_the_same_text_under_ever_new_addresses_is_one_article(archive: Archive) -> None:
    for number in range(5):
        see(archive, f"/s{number}77/nieuws/brand", page("de brand"), days=number)
        see(archive, f"/s{number}77/nieuws/brug", page("de brug"), days=number)
    assert filed(archive) == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (page("de brand", on="2021-04-06"), page("de brand", on="2021-04-13")),
        (page("de brand", title="Brand een"), page("de brand", title="Brand twee")),
        (page("de brand", words=["Kort."]), page("de brand", words=["Kort."], title="Kort nieuws")),
    ],
    ids=["another day", "another headline", "hardly any words"],
)
def test_a_text_that_comes_again_is_another_article(archive: Archive, one: str, other: str) -> None:
    see(archive, "/een", one)
    see(archive, "/twee", other)
    assert len({article for article, _ in filed(archive)}) == 2


def test_an_address_keeps_its_article_when_the_rule_of_identity_changes(archive: Archive) -> None:
    see(archive, "/nieuws/65363/brand", page("de brand"))
    coded = Site(name="bode", url=f"{BASE}/", identity=Identity(pattern=r"/(\d+)/"))
    assert see(archive, "/nieuws/65363/brand", page("de brand"), days=1, site=coded).kind is VerdictKind.SAME
    assert filed(archive) == [(1, 1)]


def test_an_article_is_one_when_its_publisher_changes_how_addresses_are_made(archive: Archive) -> None:
    old, new = "/cnt/dmf20250102_12345678", "/regio/oost/brand-in-de-kerk/145478432.html"
    before = Site(name="bode", url=f"{BASE}/", identity=Identity(pattern=r"/cnt/(dmf\d{8}_\d+)"))
    former = (FormerIdentity(pattern=r"/cnt/(dmf\d{8}_\d+)", until=date(2025, 6, 30)),)
    after = Site(name="bode", url=f"{BASE}/", identity=Identity(pattern=r"/(\d{8,10})\.html", former=former))

    def visit(path: str, body: str, days: float, site: Site) -> Verdict:
        verdict = see(archive, path, body, days=days, site=site)
        at = AT + timedelta(days=days)
        archive.urls.visited("bode", BASE + path, at=at, due_at=None, status=200, verdict=verdict)
        return verdict

    visit(old, page("de brand"), 0, before)
    assert article_key(after, BASE + old) == article_key(before, BASE + old) == "dmf20250102_12345678"
    assert article_key(after, BASE + new) == "145478432"
    assert visit(new, page("de brand"), 1, after).kind is VerdictKind.SAME
    edited = page("de brand", words=[*story("de brand", 3), *story("het blussen", 4)])
    assert visit(new, edited, 2, after).version == 2
    assert visit(old, edited, 3, after).kind is VerdictKind.SAME
    assert filed(archive) == [(1, 1), (1, 2)]
    visit("/cnt/dmf20250102_87654321", page("de brug"), 3, after)
    visit("/regio/oost/een-plein/145478999.html", page("het plein"), 3, after)
    assert [each.key for each in archive.articles.newest("bode")][:2] == ["145478999", "dmf20250102_87654321"]


PARTS = [story("de brand"), story("het plein"), story("de school")]
SPELLINGS = {
    "query": [A, f"{A}?page=2", f"{A}?page=3"],
    "path": [f"{A}/", f"{A}/2/", f"{A}/3/"],
    "word": [A, f"{A}/page/2", f"{A}/page/3"],
    "file": [f"{A}.html", f"{A}_p2.html", f"{A}_p3.html"],
}


def part(
    number: int,
    paths: list[str],
    *,
    words: list[str] | None = None,
    canonical: bool = False,
    modified: str = "",
) -> str:
    return page(
        "de brand",
        modified=modified,
        words=words or PARTS[number],
        links=paths[1:],
        canonical=paths[0] if canonical else "",
        title="De raad bespreekt de brand" + (f" - pagina {number + 1}" if number and not canonical else ""),
    )


@pytest.mark.parametrize("canonical", [True, False], ids=["all name the first", "none names another"])
@pytest.mark.parametrize("paths", SPELLINGS.values(), ids=SPELLINGS)
def test_pages_of_an_article_are_one_article_joined_in_order(
    archive: Archive, paths: list[str], canonical: bool
) -> None:
    for number in (0, 2, 1):
        see(archive, paths[number], part(number, paths, canonical=canonical))
    [version] = archive.articles.versions("bode")
    assert version.article.text.split("\n") == [line for words in PARTS for line in words]
    assert version.article.url == BASE + paths[0]
    for days in (1, 2):
        for number in (2, 0, 1):
            verdict = see(archive, paths[number], part(number, paths, canonical=canonical), days=days)
            assert (verdict.kind, verdict.version) == (VerdictKind.SAME, 1)
    archive.commit()
    assert dict(archive.rereading.reread("bode", reader(SITE, archive)))["same"] == 1
    assert archive.integrity.verify() == []
    key_of = lambda url, canonical: article_key(SITE, url, canonical)  # noqa: E731
    assert archive.regrouping.regroup("bode", key_of, reader(SITE, archive), at=AT + timedelta(days=3)) == {}


def test_an_edit_of_any_page_is_an_edit_of_the_article(archive: Archive) -> None:
    paths = SPELLINGS["query"]
    for number in range(3):
        see(archive, paths[number], part(number, paths))
    edited = [*PARTS[1][:-1], "Het plein wordt toch aangelegd, en wel voor het einde van dit jaar."]
    verdict = see(archive, paths[1], part(1, paths, words=edited), days=1)
    assert (verdict.kind, verdict.version, verdict.changed_fields) == (VerdictKind.CHANGED, 2, ("text",))
    assert see(archive, paths[0], part(0, paths), days=1).kind is VerdictKind.SAME
    assert see(archive, paths[2], part(2, paths), days=1).kind is VerdictKind.SAME
    texts = [each.article.text.split("\n") for each in archive.articles.history("1")]
    assert texts == [PARTS[0] + PARTS[1] + PARTS[2], PARTS[0] + edited + PARTS[2]]


def test_a_page_that_the_newsroom_adds_or_takes_away_is_an_edit(archive: Archive) -> None:
    paths = SPELLINGS["query"]
    for number in range(2):
        see(archive, paths[number], part(number, paths[:2]))
    for number in range(3):
        see(archive, paths[number], part(number, paths), days=1)
    for days in (2, 3):  # one look may lack the links to the other pages
        for number in range(2):
            see(archive, paths[number], part(number, paths[:2]), days=days)
    texts = [each.article.text.split("\n") for each in archive.articles.history("1")]
    assert texts == [PARTS[0] + PARTS[1], PARTS[0] + PARTS[1] + PARTS[2], PARTS[0] + PARTS[1]]


def test_versions_that_share_the_capture_of_their_first_page_are_read_again_each_with_its_own_pages(
    archive: Archive,
) -> None:
    paths = SPELLINGS["query"]
    for number in range(3):
        see(archive, paths[number], part(number, paths))
    edited = [*PARTS[1][:-1], "Het plein wordt toch aangelegd, en wel voor het einde van dit jaar."]
    see(archive, paths[0], part(0, paths), days=1)
    see(archive, paths[1], part(1, paths, words=edited), days=1)
    texts = [PARTS[0] + PARTS[1] + PARTS[2], PARTS[0] + edited + PARTS[2]]
    for _ in range(2):
        assert [each.article.text.split("\n") for each in archive.articles.history("1")] == texts
        archive.rereading.reread("bode", reader(SITE, archive))
    assert [each.changed_fields for each in archive.articles.history("1")] == [(), ("text",)]


@pytest.mark.parametrize("title", [None, "De Bode"], ids=["one reader", "a reader with other rules"])
def test_an_edit_of_a_further_page_is_silent_when_the_look_before_saw_the_same_modified_date(
    archive: Archive, title: str | None
) -> None:
    """With other rules the version before is read again, from the first page as this look shows it."""
    paths = SPELLINGS["query"][:2]
    first, later, last = (f"2021-04-1{day}T10:00:00+02:00" for day in (3, 4, 7))
    edited = [*PARTS[1][:-1], "Het plein wordt toch aangelegd, en wel voor het einde van dit jaar."]
    again = [*edited, "De wethouder is daar blij mee, en de buurt is dat niet minder."]

    def look(days: float, words: list[str], modified: str) -> None:
        site = replace(SITE, title=title) if title and days else SITE
        see(archive, paths[0], part(0, paths, modified=modified), days=days)
        said = part(1, paths, words=words, modified=modified)
        see(archive, paths[1], said, days=days + 0.001, site=site)

    look(0, PARTS[1], first)
    look(1, edited, later)
    look(2, again, later)
    look(3, again, last)
    for _ in range(2):
        told = [(each.number, each.silent) for each in archive.articles.history("1")]
        assert told == [(1, False), (2, False), (3, True)], (
            "a date that came later says nothing of an edit before"
        )
        archive.rereading.reread("bode", reader(SITE, archive))


def test_what_stood_on_two_pages_and_stands_on_one_is_an_edit_at_the_first_look(archive: Archive) -> None:
    paths = SPELLINGS["query"][:2]
    for number in range(2):
        see(archive, paths[number], part(number, paths))
    merged = PARTS[0][:3] + PARTS[1]
    verdict = see(archive, paths[0], part(0, paths[:1], words=merged), days=1)
    assert (verdict.kind, verdict.changed_fields) == (VerdictKind.CHANGED, ("text",))
    assert archive.articles.version("1").article.text.split("\n") == merged


@pytest.mark.parametrize("status", [404, 410, 301])
def test_a_page_that_was_asked_for_and_is_gone_is_left_out_at_the_first_look_that_does_not_name_it(
    archive: Archive, status: int
) -> None:
    paths = SPELLINGS["path"][:2]
    for number in range(2):
        see(archive, paths[number], part(number, paths))
    see(archive, paths[1], "", days=1, status=status)
    assert archive.articles.version("1").article.text.split("\n") == PARTS[0] + PARTS[1], "it is still named"
    see(archive, paths[0], part(0, paths[:1]), days=1)
    assert archive.articles.version("1").article.text.split("\n") == PARTS[0]


def test_an_answer_that_lacks_the_links_to_the_other_pages_makes_no_version(archive: Archive) -> None:
    paths = SPELLINGS["query"][:2]
    for days in range(5):
        named = paths if days != 2 else paths[:1]
        see(archive, paths[0], part(0, named), days=days)
        see(archive, paths[1], part(1, paths), days=days)
    assert [each.number for each in archive.articles.history("1")] == [1]


def test_a_list_of_a_site_with_numbered_pages_is_no_article_of_several(archive: Archive) -> None:
    see(archive, "/serie/1", page("de brand"))
    see(archive, "/serie/2", page("het plein", title="Heel iets anders over het plein"))
    assert filed(archive) == [(1, 1), (2, 1)]


def test_an_article_that_stands_in_two_sections_has_one_version(archive: Archive) -> None:
    there = {
        section: page("de kermis").replace(
            "<main>",
            f'<nav class="breadcrumb"><a href="/">Home</a><a href="/{section}/">{section}</a></nav><main>',
        )
        for section in ("cultuur", "regio", "sport")
    }
    seen = [
        see(archive, f"/{each}/de-kermis", body, days=day)
        for day in (0, 1, 2)
        for each, body in there.items()
    ]
    assert {each.article for each in seen} == {seen[0].article}
    assert {each.kind for each in seen} == {VerdictKind.NEW, VerdictKind.SAME}
    moved = see(archive, "/cultuur/de-kermis", there["sport"], days=3)
    assert moved.changed_fields == ("section",), "under one address it is the editor who moved it"


def renamed(day: float, *, words: Sequence[str] = (), on: str = "2021-04-13") -> str:
    """The page of an article whose headline, and with it its address, became another."""
    return page(
        "de kerk", canonical=f"/nieuws/kop-{day}", title=f"Kop {day} over de kerk", words=words, on=on
    )


def test_an_address_that_goes_with_the_headline_makes_no_other_article_where_the_old_one_says_so(
    archive: Archive,
) -> None:
    see(archive, A, page("de kerk", canonical=A))
    for day in (1, 2, 3):
        for path in (f"/nieuws/kop-{day}", A, *(f"/nieuws/kop-{each}" for each in range(1, day))):
            see(archive, path, renamed(day), days=day)
    assert [each.article_id for each in archive.articles.all("bode")] == [1]
    assert [each.article.title for each in archive.articles.history("1")] == [
        "De raad bespreekt de kerk in de grote zaal",
        *(f"Kop {day} over de kerk" for day in (1, 2, 3)),
    ]


def test_a_page_that_names_a_neighbour_with_other_words_is_not_joined_with_it(archive: Archive) -> None:
    see(archive, A, page("de kerk"))
    see(archive, "/nieuws/de-molen", page("de molen"))
    see(archive, A, page("de kerk", canonical="/nieuws/de-molen"), days=1)
    assert {each for each, _ in filed(archive)} == {1, 2}


@pytest.mark.parametrize("canonical", ["/1-brand", "/de/1-brand"], ids=["the original's", "its own"])
@pytest.mark.parametrize("first", ["/1-brand", "/de/1-brand"])
def test_a_translation_is_an_article_of_its_own_whatever_canonical_it_states(
    archive: Archive, canonical: str, first: str
) -> None:
    twins = "".join(
        f"<link rel='alternate' hreflang='{language}' href='{BASE}{path}'>"
        for language, path in (("nl", "/1-brand"), ("de-DE", "/de/1-brand"), ("x-default", "/1-brand"))
    )
    pages = {
        "/1-brand": page("de kerk", canonical="/1-brand"),
        "/de/1-brand": page(
            "die Kirche", canonical=canonical, title="Der Rat berät über die Kirche",
            words=[f"Am Abend {n} der Woche wurde über Kirche und Turm {n} beraten." for n in range(6)],
        ),
    }  # fmt: skip
    for path in (first, *(each for each in pages if each != first)):
        for day in (0, 1):
            see(archive, path, pages[path].replace("<title>", f"{twins}<title>"), days=day)
    assert filed(archive) == [(1, 1), (2, 1)]
