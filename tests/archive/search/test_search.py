"""Finding: filters, pages that hold still, removed sentences, counts, facets, forms of words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive import Archive
from archive.errors import UsageError
from archive.model.types import PageKind, StatedTime
from tests.archive.newsroom import Filer, article, day


def _news(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(
        article(
            "ENSCHEDE De brand in de school is uit. Burgemeester Jansen sprak van geluk.",
            title="Brand in school",
            published=StatedTime(
                value=datetime(2026, 2, 28, 23, 30, tzinfo=UTC), raw="28 feb", source="meta"
            ),
            section="112",
            language="nl",
            dateline="Enschede",
        ),
        day(0),
    )
    desk.see(
        article(
            "ENSCHEDE De brand in de school is uit.",
            title="Brand in school",
            section="112",
            language="nl",
            dateline="Enschede",
        ),
        day(3),
    )
    desk.see(
        article("Burgemeester Jansen opent een huis. Jansen sprak lang.", language="nl", section="regio"),
        day(1),
        key="2",
        url="https://blad.example/2",
        site="blad",
    )
    desk.see(
        article("Burgemeester Jansen opent een huis. Jansen sprak kort.", language="nl", section="regio"),
        day(2),
        key="2",
        url="https://blad.example/2",
        site="blad",
    )
    desk.see(
        article("De nije huzen. The houses and huizen.", kind=PageKind.LIVEBLOG, language="fy"),
        day(4),
        key="3",
        url="https://krant.example/3",
    )
    archive.index.update()


def _numbers(archive: Archive, query: str, **choice: object) -> list[tuple[int, int]]:
    found = archive.search.search(query, **choice)  # type: ignore[arg-type]
    return [(hit.version.article_id, hit.version.number) for hit in found.hits]


SITUATIONS = {
    "the latest versions": ("brand", [(1, 2)]),
    "every version": ("brand in:all", [(1, 2), (1, 1)]),
    "one site": ("jansen site:blad", [(2, 2)]),
    "a site by its beginning": ("jansen site:bl*", [(2, 2)]),
    "not that site": ("in:all burgemeester -site:blad", [(1, 1)]),
    "a place": ("brand place:enschede", [(1, 2)]),
    "not that place, also where none is known": ("in:all jansen -place:enschede", [(2, 2), (2, 1)]),
    "a section by name": ("section:regio jansen", [(2, 2)]),
    "a kind": ("kind:liveblog", [(3, 1)]),
    "a language": ("lang:fy", [(3, 1)]),
    "either of two": ("lang:fy lang:en", [(3, 1)]),
    "silent edits": ("is:silent", [(2, 2), (1, 2)]),
    "the day the paper states": ("in:all published:2026-02", [(1, 1)]),
    "the day we saw it": ("in:all seen:2026-03-02..2026-03-03", [(2, 1), (1, 1)]),
    "nothing gone": ("status:gone", []),
    "other forms of a word": ("huis~", [(3, 1), (2, 2)]),
    "only the word itself": ("huis", [(2, 2)]),
}


@pytest.mark.parametrize(("query", "wanted"), SITUATIONS.values(), ids=SITUATIONS)
def test_filters(archive: Archive, query: str, wanted: list[tuple[int, int]]) -> None:
    _news(archive)
    found = _numbers(archive, query)
    assert sorted(found) == sorted(wanted)
    assert archive.search.count(query) == {"": len(wanted)}
    assert archive.search.facets(query).total == len(wanted)


def test_the_forms_a_word_was_looked_for_in_are_told(archive: Archive) -> None:
    _news(archive)
    assert archive.search.search("huis~").forms == {"huis": ("huis", "huizen")}


def test_a_sentence_that_was_removed_is_found_with_the_moment_it_was_missed(archive: Archive) -> None:
    _news(archive)
    [hit] = archive.search.search("in:removed jansen").hits
    assert (hit.version.article_id, hit.version.number, hit.gone) == (1, 1, day(3))
    assert hit.snippet == "Burgemeester [Jansen] sprak van geluk."


def test_a_sentence_that_was_reworded_did_not_lose_the_name_it_still_has(archive: Archive) -> None:
    _news(archive)
    assert _numbers(archive, "in:removed jansen site:blad") == []
    assert _numbers(archive, "in:removed lang") == [(2, 1)]


@pytest.mark.parametrize(("query", "count"), [("seen:2026-03-05 jansen", 1), ("seen:2026-03-06.. jansen", 0)])
def test_removals_are_bounded_by_when_they_were_seen(archive: Archive, query: str, count: int) -> None:
    _news(archive)
    assert len(archive.search.search(f"in:removed {query}").hits) == count
    assert archive.search.count(f"in:removed {query}", by="site") == ({"krant": 1} if count else {})


@pytest.mark.parametrize("query", ["nieuws", "in:removed zin"])
@pytest.mark.parametrize("sort", ["newest", "relevance"])
def test_pages_hold_still_while_the_archive_grows(archive: Archive, query: str, sort: str) -> None:
    desk = Filer(archive)

    def publish(number: int) -> None:
        url = f"https://krant.example/{number}"
        desk.see(article(f"Nieuws {number}. Een zin die verdwijnt {number}."), day(0), key=url, url=url)
        desk.see(article(f"Nieuws {number}."), day(1), key=url, url=url)

    for number in range(7):
        publish(number)
    archive.index.update()
    seen: list[tuple[int, int]] = []
    after = None
    for number in range(100, 110):
        page = archive.search.search(query, sort=sort, limit=2, after=after)  # type: ignore[arg-type]
        seen += [(hit.version.article_id, hit.version.number) for hit in page.hits]
        after = page.after
        if after is None:
            break
        publish(number)
        archive.index.update()
    assert len(seen) == len(set(seen)) == 7
    assert {article_id for article_id, _ in seen} == set(range(1, 8))


def test_a_word_in_the_title_weighs_more(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(article("De markt gaat open.", title="Zwembad"), day(0))
    for number in range(3):
        url = f"https://krant.example/m{number}"
        desk.see(article("Het zwembad. " + "Meer woorden. " * 9, title="Markt"), day(0), key=url, url=url)
    archive.index.update()
    assert _numbers(archive, "zwembad", sort="relevance")[0] == (1, 1)
    assert _numbers(archive, "zwembad")[-1] == (1, 1)


def test_counts_and_facets(archive: Archive) -> None:
    _news(archive)
    assert archive.search.count("in:all jansen", by="site") == {"blad": 2, "krant": 1}
    assert archive.search.count("in:all jansen", by="month") == {"2026-02": 1, "2026-03": 2}
    facets = archive.search.facets("in:all")
    assert (facets.total, facets.more) == (5, False)
    assert facets.counts["language"] == {"nl": 4, "fy": 1}
    assert facets.counts["section"] == {"112": 2, "regio": 2, "": 1}


def test_a_word_that_is_nearly_right(archive: Archive) -> None:
    _news(archive)
    assert archive.search.similar_words("burgemester") == ["burgemeester"]
    assert archive.search.similar_words("burgemeester") == []


WRONG = {
    "an unknown site": ("x site:nergens", {}, "there are blad, krant"),
    "a cursor of another order": ("jansen", {"after": "r1.2"}, "first page"),
    "a cursor nobody gave": ("jansen", {"after": "n1; DROP TABLE"}, "first page"),
    "too many": ("jansen", {"limit": 100000}, "limit"),
    "forms in an unknown language": ("huis~ lang:tlh", {}, "knows no forms"),
}


@pytest.mark.parametrize(("query", "choice", "says"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked(archive: Archive, query: str, choice: dict[str, object], says: str) -> None:
    _news(archive)
    with pytest.raises(UsageError, match=says):
        archive.search.search(query, **choice)  # type: ignore[arg-type]
