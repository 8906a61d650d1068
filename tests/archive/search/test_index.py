"""Search: what is found, what is found no more, and that crawling never waits for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive import Archive
from archive.search import index
from tests.archive.newsroom import Filer, article, day, read_with


def _story(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(article("De brug bij Reünieplein is dicht.", authors=("Anna Bos",)), day(0))
    desk.see(article("De brug is weer open.", title="Verkeer"), day(1))
    desk.see(article("De tunnel is dicht."), day(2), key="2", url="https://blad.example/2", site="blad")


def _found(archive: Archive, query: str, **choice: object) -> list[tuple[int, int]]:
    found = archive.search.search(query, **choice)  # type: ignore[arg-type]
    return [(hit.version.article_id, hit.version.number) for hit in found.hits]


QUERIES = {
    "a word, newest first": ("dicht", {}, [(2, 1)]),
    "in every version": ("dicht", {"every": True}, [(2, 1), (1, 1)]),
    "all the words": ("brug open", {}, [(1, 2)]),
    "without diacritics": ("reunieplein", {"every": True}, [(1, 1)]),
    "a phrase": ('"weer open"', {}, [(1, 2)]),
    "the beginning of a word": ("tunn*", {}, [(2, 1)]),
    "a column": ("title: verkeer", {}, [(1, 2)]),
    "an author": ("authors: anna", {"every": True}, [(1, 1)]),
    "one site": ("is", {"site": "blad"}, [(2, 1)]),
    "a time": ("is", {"every": True, "since": day(1), "until": day(2)}, [(1, 2)]),
    "nothing": ("regen", {}, []),
}


@pytest.mark.parametrize(("query", "choice", "wanted"), QUERIES.values(), ids=QUERIES)
def test_what_is_found(
    archive: Archive, query: str, choice: dict[str, object], wanted: list[tuple[int, int]]
) -> None:
    _story(archive)
    assert archive.index.update() == 2
    assert _found(archive, query, **choice) == wanted


def test_the_words_found_are_marked(archive: Archive) -> None:
    _story(archive)
    archive.index.update()
    [hit] = archive.search.search("tunnel").hits
    assert hit.snippet == "De [tunnel] is dicht."


def test_what_changed_waits_until_it_is_taken_up(archive: Archive) -> None:
    _story(archive)
    assert (archive.index.pending(), _found(archive, "dicht")) == (2, [])
    archive.index.update()
    assert (archive.index.pending(), archive.index.update()) == (0, 0)


def test_who_filed_takes_up_what_waits_for_a_while_only(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Filer(archive)
    for number in range(2):
        desk.see(
            article("De tunnel is dicht."), day(0), key=f"{number}", url=f"https://krant.example/{number}"
        )
    monkeypatch.setattr(index, "STEP", 1)
    monkeypatch.setattr(index, "_QUEUE", index._QUEUE.limit(1))
    archive.index.feed(seconds=0)
    assert archive.index.pending() == 1
    archive.index.feed()
    assert (archive.index.pending(), len(_found(archive, "tunnel"))) == (0, 2)


def test_a_better_reading_replaces_the_words_it_was_indexed_with(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(read_with("1", article("De brug.\nAuto zoeker")), day(0))
    archive.index.update()
    archive.rereading.reread("krant", lambda page: read_with("2", article("De brug.")))
    archive.index.update()
    assert (_found(archive, "zoeker"), _found(archive, "brug")) == ([], [(1, 1)])
    assert archive.integrity.verify() == []


def test_what_is_redacted_is_not_found_not_even_before_the_index_knows(archive: Archive) -> None:
    _story(archive)
    archive.index.update()
    archive.redactions.redact("1", at=day(3), ground="g", reason="r", who="w")
    assert _found(archive, "brug", every=True) == [(2, 1)]
    archive.index.update()
    archive.redactions.destroy("1", at=day(4))
    assert archive.integrity.verify() == []
    assert archive.index.rebuild() == 2
    assert _found(archive, "is", every=True) == [(2, 1)]


@pytest.mark.sqlite
def test_an_index_that_went_wrong_is_found_and_made_anew(archive_file: Path) -> None:
    with Archive.open(archive_file) as archive:
        _story(archive)
        archive.index.update()
        archive.commit()
        with closing(sqlite3.connect(archive_file)) as vandal, vandal:
            vandal.execute("INSERT INTO words (rowid, title) VALUES (99, 'verzonnen')")
        assert any("full-text" in problem.what for problem in archive.integrity.verify())
        archive.index.rebuild()
        assert archive.integrity.verify() == []
        assert _found(archive, "dicht") == [(2, 1)]


def test_readings_of_one_article_do_not_hide_another(archive: Archive) -> None:
    desk = Filer(archive)
    for number in range(450):
        url = f"https://krant.example/{number}"
        desk.see(replace(article(f"Nieuws {number}."), url=url), day(0), key=url, url=url)
    assert archive.index.update() == 450
    assert len(archive.search.search("nieuws", limit=1000).hits) == 450


def test_a_word_that_is_named_twice_is_near_itself(archive: Archive) -> None:
    Filer(archive).see(article("De brug is morgen dicht.", title="Werk"), day(0))
    archive.index.update()
    assert [hit.version.article_id for hit in archive.search.search("NEAR(brug brug dicht, 3)").hits] == [1]
    assert archive.search.count("NEAR(brug brug dicht, 1)") == {"": 0}
