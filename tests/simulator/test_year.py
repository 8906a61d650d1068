"""A few weeks of the simulated year: every edit that visits could see is a version, and nothing else is."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from archive import Archive
from legger.simulator import Newspaper, Rates
from legger.simulator.year import Books, Year
from tests.programs import PROCESSES

HOUSES = ("buurserbode", "berkelnieuws", "streekpost", "grensbode")
TOGETHER = ("grensbode", "streekpost")


def test_edits_are_found_and_nothing_is_invented_through_redesigns_a_better_reader_and_edited_files(
    tmp_path: Path,
) -> None:
    rates = replace(Rates.year(), ab=0.2, redesigns=(5.5, 9.5, 13.5))
    paper = Newspaper(seed=3, articles=6, days=16, rates=rates, only=HOUSES)
    with Archive.open(tmp_path / "year.db") as archive:
        year = Year(paper, archive, days=16, better_at=8, site_edits=(3.5, 6.5, 10.5))
        year.run()
        books = year.audit()
        assert archive.integrity.verify() == []
    assert books.captures > 500
    assert books.edits > 30
    assert books.turns > 3
    assert (books.recall, books.precision) == (1, 1), books.differences
    assert (books.articles_found, books.removed_found) == (books.articles, books.removed)
    assert books.silent_found >= 0.9 * books.silent


def year_of(house: str, path: Path, *, seed: int, articles: int, days: float, rates: Rates) -> Books:
    """A year of one house, on the archive at *path*; another program may do the same with another house."""
    paper = Newspaper(seed=seed, articles=articles, days=days, rates=rates, only=[house])
    with Archive.open(path) as archive:
        year = Year(paper, archive, days=days)
        year.run()
        return year.audit()


def test_two_programs_that_fill_one_archive_at_the_same_time_lose_and_invent_nothing(tmp_path: Path) -> None:
    path = tmp_path / "year.db"
    Archive.open(path).close()
    rates = replace(Rates.year(), ab=0, redesigns=())
    one_house = partial(year_of, path=path, seed=5, articles=5, days=9, rates=rates)
    with ProcessPoolExecutor(2, mp_context=PROCESSES) as programs:
        for books in programs.map(one_house, TOGETHER):
            assert books.edits > 5
            assert (books.recall, books.precision) == (1, 1), books.differences
            assert (books.articles_found, books.texts_found) == (books.articles, books.texts), (
                books.differences
            )
    with Archive.open(path, create=False, read_only=True) as archive:
        assert archive.integrity.verify() == []
        assert all(any(archive.articles.all(house)) for house in TOGETHER)
