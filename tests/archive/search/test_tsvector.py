"""Text is cut into words for PostgreSQL as FTS5 cuts it, whatever characters it is made of."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text as sql

from archive import Archive
from archive.search import fts5, tsvector
from tests import postgresql


@pytest.fixture(scope="module")
def by_fts5() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(f'CREATE VIRTUAL TABLE cut USING fts5(said, tokenize="{fts5.SPLIT}")')
        made.execute("CREATE VIRTUAL TABLE terms USING fts5vocab('cut', 'instance')")
        yield made


def _said(made: sqlite3.Connection, text: str) -> list[str]:
    made.execute("DELETE FROM cut")
    made.execute("INSERT INTO cut (rowid, said) VALUES (1, ?)", (text,))
    return [term for (term,) in made.execute('SELECT term FROM terms ORDER BY "offset"')]


@pytest.mark.parametrize(
    "text",
    [
        "De brug (1,5 m) is dicht; zo'n €3.000 per dag.",
        "Cafe\u0301 en café, ELFDE-stedentocht",
        " \u0301los accent \u0301\u0308 en a\u0301\u0308b",
        "Straße, İstanbul, ŁÓDŹ, ﬁets, Ⅷ, x²",
        "東京の橋 и мост — γέφυρα\u00a0١٢٣",
        "a\x1cb\x85c\u2028d\u3000e\u200bf\u00adg",
        "👍🏽 brug\ue000 en \U00020000",
        "",
    ],
)
def test_a_text_is_cut_as_fts5_cuts_it(by_fts5: sqlite3.Connection, text: str) -> None:
    assert list(tsvector._cut(text)) == _said(by_fts5, text)


@given(some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
def test_any_text_is_cut_as_fts5_cuts_it(by_fts5: sqlite3.Connection, text: str) -> None:
    assert list(tsvector._cut(text)) == _said(by_fts5, text)


def test_a_word_longer_than_postgresql_keeps_is_cut_short() -> None:
    (term,) = tsvector._cut("é" * 5_000)
    assert len(term.encode()) == 2_000


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Brug dicht", "De brug is dicht, en dicht blijft de brug."),
        ("", ""),
        ("Straße, ŁÓDŹ, 東京", "é" * 3_000 + " en " + "x" * 2_100),
        ("brug " * 300, "brug dicht " * 300),
        ("Lang", " ".join(f"woord{number % 900}" for number in range(20_000))),
        ("woord " * 16_400, "woord en slot"),
    ],
    ids=["short", "empty", "letters", "a word 600 times", "20,000 words", "a title to the last place"],
)
def test_a_vector_as_it_is_sent_is_what_postgresql_reads_it_as(
    postgresql_template: str, title: str, text: str
) -> None:
    row = SimpleNamespace(id=7, title=title, text=text, authors="Jan Smit", section=None)
    counts: Counter[bytes] = Counter()
    with postgresql.emptied(postgresql_template) as url, Archive.open(url) as archive:
        with archive.session.writing() as connection:
            tsvector._put(connection, [row], counts)
            ((_, written),) = tsvector._vectors([row])
            asked = sql("SELECT id, terms = CAST(:written AS TSVECTOR), length(terms) FROM words")
            found = connection.execute(asked, {"written": written}).one()
        archive.session.abandon()
    assert tuple(found) == (7, True, len(counts))
