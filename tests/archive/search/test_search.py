"""Finding: filters, pages that hold still, removed sentences, counts, facets, forms of words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive import Archive
from archive.errors import UsageError
from archive.model.types import PageKind, StatedTime
from archive.search.order import SORTS
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
    "a section, whole": ("section:=regio", [(2, 2)]),
    "a part of a section is not the whole": ('in:all section:="112 nieuws"', []),
    "nor is another spelling": ("in:all section:=Regio", []),
    "not that section, also where none is stated": ("-section:=regio", [(1, 2), (3, 1)]),
    "a kind": ("kind:liveblog", [(3, 1)]),
    "what states a date": ("in:all published:*", [(1, 1)]),
    "what states none": ("-published:* site:krant", [(1, 2), (3, 1)]),
    "what has no section": ("-section:*", [(3, 1)]),
    "what names no author": ("-author:* brand", [(1, 2)]),
    "a kind of edit": ("in:all kind:removal", [(1, 2)]),
    "either of two kinds of edit": ("in:all kind:removal kind:style", [(2, 2), (1, 2)]),
    "a kind of page, and of edit": ("in:all kind:article kind:style", [(2, 2)]),
    "no edit of a kind": ("in:all jansen -kind:style", [(1, 1), (2, 1)]),
    "a language": ("lang:fy", [(3, 1)]),
    "either of two": ("lang:fy lang:en", [(3, 1)]),
    "edits, as legger edits lists them": ("in:all is:changed", [(2, 2), (1, 2)]),
    "articles that were edited": ("in:all is:edited", [(2, 2), (2, 1), (1, 2), (1, 1)]),
    "a place whatever its accents": ("brand place:énschede", [(1, 2)]),
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


@pytest.mark.parametrize(
    ("query", "sort"),
    [("in:removed zin", None), *(("nieuws", sort) for sort in SORTS)],
)
def test_pages_hold_still_while_the_archive_grows(archive: Archive, query: str, sort: str | None) -> None:
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
    "a place before all time": ("jansen", {"after": "p999999999999999999.1.0"}, "first page"),
    "removals by another order": ("in:removed jansen", {"sort": "seen"}, "leave sort out"),
    "the best of no words": ("site:krant", {"sort": "relevance"}, "needs a word"),
    "a cursor nobody gave": ("jansen", {"after": "n1; DROP TABLE"}, "first page"),
    "too many": ("jansen", {"limit": 100000}, "limit"),
    "forms in an unknown language": ("huis~ lang:tlh", {}, "knows no forms"),
}


@pytest.mark.parametrize(("query", "choice", "says"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked(archive: Archive, query: str, choice: dict[str, object], says: str) -> None:
    _news(archive)
    with pytest.raises(UsageError, match=says):
        archive.search.search(query, **choice)  # type: ignore[arg-type]


# ---------------------------------------------------------------- order


def _dated(moment: datetime | None) -> StatedTime | None:
    return StatedTime(value=moment, raw=str(moment), source="meta") if moment else None


def _in_disorder(archive: Archive) -> None:
    """Found in another order than they were published; one states no date, one was edited, one by turns."""
    desk = Filer(archive)
    told = {"old": datetime(2014, 5, 1, 9, tzinfo=UTC), "new": datetime(2026, 3, 1, 9, tzinfo=UTC),
            "undated": None, "middle": datetime(2022, 1, 1, 9, tzinfo=UTC)}  # fmt: skip
    for number, (key, moment) in enumerate(told.items()):
        url = f"https://krant.example/{key}"
        desk.see(article("De brug is dicht. Punt.", published=_dated(moment), url=url), day(number),
                 key=key, url=url)  # fmt: skip
    url = "https://krant.example/old"
    desk.see(article("De brug is open. Punt.", published=_dated(told["old"]), url=url), day(9),
             key="old", url=url)  # fmt: skip
    for turn in range(10, 14):
        url = "https://krant.example/middle"
        title = "Brug dicht" if turn % 2 else "Brug dicht, fietsers boos"
        desk.see(article("De brug is dicht. Punt.", title=title, published=_dated(told["middle"]), url=url),
                 day(turn), key="middle", url=url)  # fmt: skip
    archive.index.update()


ORDERS = {
    "as published, the undated last": ("published", ["new", "middle", "old", "undated"]),
    "as found": ("seen", ["middle", "undated", "new", "old"]),
    "as edited, then what never was": ("edited", ["old"]),
}


@pytest.mark.parametrize("query", ["punt", "pun*", "punt status:live", "kind:article"])
@pytest.mark.parametrize(("most", "walked"), [(50_000, 6_000), (2, 6_000), (2, 2)])
@pytest.mark.parametrize(("sort", "wanted"), ORDERS.values(), ids=ORDERS)
def test_hits_come_in_the_order_that_was_asked_for(
    archive: Archive,
    sort: str,
    wanted: list[str],
    most: int,
    walked: int,
    query: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _in_disorder(archive)
    monkeypatch.setattr("archive.search.by_time.SORTED", most)
    monkeypatch.setattr("archive.search.by_time.FEW", most)
    monkeypatch.setattr("archive.search.by_time.STEP", 2)
    monkeypatch.setattr("archive.search.by_time.WALKED", walked)
    keys: list[str] = []
    after = None
    while True:
        page = archive.search.search(query, sort=sort, limit=2, after=after)  # type: ignore[arg-type]
        keys += [hit.version.key for hit in page.hits]
        after = page.after
        if after is None:
            break
    if most == 2 and sort != "published":
        assert page.among == 2, "the answer says of how many it is"
        return
    assert keys[: len(wanted)] == wanted
    assert len(keys) == len(set(keys)) == 4


def test_texts_shown_by_turns_are_apart_from_edits(archive: Archive) -> None:
    _in_disorder(archive)
    edits = {(each.article_id, each.number) for each in archive.articles.edits()}
    assert set(_numbers(archive, "in:all is:changed")) == edits
    assert {number for number, _ in _numbers(archive, "is:edited")} == {number for number, _ in edits}
    turns = _numbers(archive, "in:all is:alternating")
    assert turns
    assert not set(turns) & edits


# ---------------------------------------------------------------- counts by time


COUNTS = {
    "by month of publication": (
        {"by": "month", "query": "published:2022 brug"},
        {**{f"2022-{m:02}": 0 for m in range(1, 13)}, "2022-01": 1, "": 0}),
    "by year, empty ones too, and what states none": (
        {"by": "year"}, {**{str(y): 0 for y in range(2014, 2027)}, "2014": 1, "2022": 1, "2026": 1, "": 1}),
    "by the day it was seen": (
        {"by": "day", "time": "seen", "query": "in:all punt seen:2026-03-02..2026-03-05"},
        {"2026-03-02": 1, "2026-03-03": 1, "2026-03-04": 1, "2026-03-05": 1, "": 0}),
    "by week": ({"by": "week", "query": "published:2026 punt"},
                {**{f"2026-W{w:02}": 0 for w in range(1, 54)}, "2026-W09": 1, "": 0}),
    "by the day it went": ({"by": "day", "time": "removed"}, {"": 4}),
    "by the day a sentence went": ({"by": "day", "query": "in:removed dicht"}, {"2026-03-11": 1, "": 0}),
}  # fmt: skip


@pytest.mark.parametrize(("choice", "wanted"), COUNTS.values(), ids=COUNTS)
def test_counts_by_time(archive: Archive, choice: dict[str, str], wanted: dict[str, int]) -> None:
    _in_disorder(archive)
    asked = {"query": "punt", **choice}
    found = archive.search.count(**asked)  # type: ignore[arg-type]
    assert list(found.items()) == list(wanted.items())


def test_each_count_is_what_asking_for_its_period_gives(archive: Archive) -> None:
    _in_disorder(archive)
    for time in ("published", "seen"):
        counts = archive.search.count("in:all punt", by="year", time=time)
        for year, number in counts.items():
            if year:
                assert archive.search.count(f"in:all punt {time}:{year}") == {"": number}


def test_an_article_without_a_date_counts_in_no_month(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(article("De brug is dicht."), day(0))
    archive.index.update()
    assert archive.search.count("brug", by="month") == {"": 1}
    assert archive.search.count("brug", by="month", time="seen") == {"2026-03": 1, "": 0}
    assert archive.search.count("brug published:2026-03") == {"": 0}


def test_counts_two_ways(archive: Archive) -> None:
    _news(archive)
    table = archive.search.table("in:all", by=("site", "month"))
    assert (table.rows, table.columns) == (("krant", "blad"), ("2026-02", ""))
    assert table.counts == {("krant", "2026-02"): 1, ("krant", ""): 2, ("blad", ""): 2}
    with pytest.raises(UsageError, match="twice"):
        archive.search.table("", by=("site", "site"))


# ---------------------------------------------------------------- letters

LETTERS = {
    "oresund": "Øresund", "Øresund": "Øresund", "lodz": "Łódź", "strasse": "Straße", "STRASSE": "Straße",
    "stras*": "Straße", "diyarbakir": "Diyarbakır", "dokovic": "Đoković", "aero": "Ærø", "ærø": "Ærø",
    "oeuvre": "œuvre", '"bij de strasse"': "bij de Straße", "NEAR(bij strasse, 3)": "bij de Straße",
    "thor": "Þór", "in:all straße": "Straße", "naeringsvej": "Næringsvej", "naerings*": "Næringsvej",
}  # fmt: skip


@pytest.mark.parametrize("query", LETTERS)
def test_letters_that_look_like_accents_do_not_matter_either(archive: Archive, query: str) -> None:
    desk = Filer(archive)
    desk.see(article(f"Er was {LETTERS[query]} vandaag.", title="Kop"), day(0))
    desk.see(article("Iets anders.", title="Kop"), day(0), key="2", url="https://krant.example/2")
    archive.index.update()
    [hit] = archive.search.search(query).hits
    assert hit.version.article_id == 1
    assert "[" in hit.snippet


def test_plain_letters_are_found_by_special_ones(archive: Archive) -> None:
    Filer(archive).see(article("De oresundbrug en de strasse."), day(0))
    archive.index.update()
    assert len(archive.search.search("straße øresundbrug").hits) == 1
