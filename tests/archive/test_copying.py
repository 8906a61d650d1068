"""An archive goes into PostgreSQL and comes back: the same rows, the same chain, the same export."""

from __future__ import annotations

import io
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Connection, select

from archive import Archive, copying
from archive.copying import Beside, Ends, RowRange, compare_piece, copy, copy_piece
from archive.db import postgres
from archive.db.schema import articles, versions
from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.rows import rows
from tests import postgresql
from tests.archive.newsroom import Filer, article, day


def _story(where: Path) -> None:
    """Edits, a removal, a redaction, pages packed against each other, and a word in each to search for."""
    with Archive.open(where) as archive:
        desk = Filer(archive)
        page = "".join(f"<li>{number}</li>" for number in range(500))
        for number in range(30):
            url = f"https://krant.example/{number}"
            for visit in range(1 + number % 3):
                desk.see(
                    article(f"De brug is {visit} dagen dicht.\nBericht {number}.", url=url),
                    day(visit),
                    key=str(number),
                    url=url,
                    body=f"<p>{page}{number}/{visit}</p>".encode(),
                )
            archive.commit()
        desk.miss(day(5), status=410, key="7", url="https://krant.example/7")
        archive.redactions.redact("https://krant.example/8", ground="g", reason="r", who="w", at=day(6))
        archive.recompression.compact("krant")
        archive.index.update()


def _reading(archive: Archive) -> Connection:
    assert archive.session.reader is not None
    return archive.session.reader.connect()


def _exported(archive: Archive) -> bytes:
    out = io.BytesIO()
    with archive.snapshot() as connection:
        for row in rows(connection, RowChoice(versions="all")):
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return out.getvalue()


def test_an_archive_goes_into_postgresql_and_comes_back(tmp_path: Path, postgresql_template: str) -> None:
    _story(tmp_path / "legger.db")
    with (
        postgresql.emptied(postgresql_template) as url,
        Archive.open(tmp_path / "legger.db") as first,
        Archive.open(url) as second,
        Archive.open(tmp_path / "again.db") as third,
    ):
        first.annotations.note(first.articles.version("1"), "Zie de raad.", at=day(9), by="Anna")
        first.annotations.publish(1, at=day(9))
        first.annotations.save("bruggen", "brug", at=day(9))
        assert copy(first, second) == copy(second, third) > 200
        for each in (second, third):
            assert each.integrity.verify(head=first.integrity.head()) == []
            assert _exported(each) == _exported(first)
            assert each.annotations.read() == first.annotations.read()
            assert each.search.count("note:raad") == {"": 1}
            assert each.search.count("brug") == first.search.count("brug") == {"": 29}
        with Archive.open(url) as archive:
            verdict = Filer(archive).see(
                article("Een nieuw bericht."), day(9), key="nieuw", body=b"<p>nieuw</p>"
            )
            archive.commit()
            assert (verdict.article, archive.integrity.verify()) == (31, [])


def test_processes_beside_each_other_copy_what_one_would(
    tmp_path: Path, postgresql_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = str(tmp_path / "legger.db")
    _story(Path(where))
    monkeypatch.setattr(copying, "PIECE", 10)
    with postgresql.emptied(postgresql_template) as url, Archive.open(where) as first:
        with Archive.open(url) as second:
            assert len(copying.pieces_of(_reading(first), versions)) > 3
            rows = copy(first, second, beside=Beside(source=where, target=url, number=2))
            assert second.integrity.verify(head=first.integrity.head()) == []
            assert _exported(second) == _exported(first)
            assert second.search.count("brug") == {"": 29}
        monkeypatch.setattr(copying, "WORTH_IT", 1)
        back = str(tmp_path / "again.db")
        told: list[str] = []

        def crawled(what: str, done: int, of: int) -> None:
            """Somebody writes to the source, before processes of their own prove what was copied of it."""
            if what.startswith("full-text") and what not in told:
                with Archive.open(url) as archive:
                    Filer(archive).see(article("Later."), day(9), key="later", body=b"<p>later</p>")
                    archive.commit()
            told.append(what)

        with Archive.open(back) as third, Archive.open(url) as second:
            assert (
                copy(second, third, progress=crawled, beside=Beside(source=url, target=back, number=2))
                == rows
            )
            assert _exported(third) == _exported(first)
            assert _exported(second) != _exported(first), "it was written to"


def test_a_piece_that_was_begun_is_not_begun_anew(
    tmp_path: Path, postgresql_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _story(tmp_path / "legger.db")
    monkeypatch.setattr(copying, "STEP", 3)
    monkeypatch.setattr(copying, "BATCH", 1)
    with (
        postgresql.emptied(postgresql_template) as url,
        Archive.open(tmp_path / "legger.db") as first,
        Archive.open(url) as second,
    ):
        ends = Ends(first, second, alone=True)
        sites = RowRange(table="sites")
        assert copy_piece(ends, sites) == 1
        piece = RowRange(table="articles", after=10, until=20)
        with ends.writing() as writing:
            some = next(copying._rows(ends.reading, piece))
            postgres.put_rows(writing, articles, some[:2])
        assert copy_piece(ends, piece) == 10
        with second.snapshot() as there:
            assert sorted(there.execute(select(articles.c.id)).scalars()) == list(range(11, 21))
        assert compare_piece(ends, piece) == 10
        assert compare_piece(ends, RowRange(table="articles", after=10, until=21)) is None
        ends.close()


def test_a_copy_that_was_interrupted_goes_on(tmp_path: Path, postgresql_template: str) -> None:
    _story(tmp_path / "legger.db")

    def stop_at_readings(what: str, done: int, of: int) -> None:
        if what == "readings" and done:
            raise KeyboardInterrupt

    with postgresql.emptied(postgresql_template) as url, Archive.open(tmp_path / "legger.db") as first:
        with Archive.open(url) as second, pytest.raises(KeyboardInterrupt):
            copy(first, second, progress=stop_at_readings)
        with Archive.open(url) as second:
            copy(first, second)
            assert second.integrity.verify(head=first.integrity.head()) == []


def test_notes_are_not_mixed_with_others(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "legger.db") as first, Archive.open(tmp_path / "again.db") as second:
        first.annotations.save("bruggen", "brug", at=day(0))
        second.annotations.save("scholen", "school", at=day(0))
        with pytest.raises(UsageError, match=r"again.annotations.jsonl holds other notes"):
            copy(first, second)
        assert second.annotations.read().queries == {"scholen": "school"}


def test_nothing_is_copied_into_another_archive(tmp_path: Path) -> None:
    _story(tmp_path / "legger.db")
    with Archive.open(tmp_path / "legger.db") as first, Archive.open(tmp_path / "other.db") as other:
        Filer(other).see(article("Van een ander."), day(0))
        other.commit()
        with pytest.raises(UsageError, match="holds another archive"):
            copy(first, other)
        assert other.holdings.site_counts()[0].articles == 1
