"""A few weeks of the simulated year: every edit that visits could see is a version, and nothing else is."""

from dataclasses import replace
from pathlib import Path

from archive import Archive
from legger.simulator import Newspaper, Rates
from legger.simulator.year import Year

HOUSES = ("buurserbode", "berkelnieuws", "streekpost")


def test_edits_are_found_and_nothing_is_invented_through_redesigns_and_a_better_reader(
    tmp_path: Path,
) -> None:
    rates = replace(Rates.year(), ab=0.2, redesigns=(5.5, 9.5, 13.5))
    paper = Newspaper(seed=3, articles=6, days=16, rates=rates, only=HOUSES)
    with Archive.open(tmp_path / "year.db") as archive:
        year = Year(paper, archive, days=16, better_at=8)
        year.run()
        books = year.audit()
        assert archive.integrity.verify() == []
    assert books.captures > 500
    assert books.edits > 30
    assert books.turns > 3
    assert (books.recall, books.precision) == (1, 1), books.differences
    assert (books.articles_found, books.removed_found) == (books.articles, books.removed)
    assert books.silent_found >= 0.9 * books.silent
