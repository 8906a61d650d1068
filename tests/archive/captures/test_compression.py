"""Bodies: small, whole, never more than three unpackings away."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, NotFound
from tests.archive.newsroom import capture, day


def _page(number: int, template: str = "a", hits: int = 0) -> bytes:
    """A page of a template: four fifths of it are the same on every page."""
    rng = random.Random(template)
    furniture = "".join(f"<li class='{template}{rng.random():.9f}'>{rng.random()}</li>\n" for _ in range(300))
    rng = random.Random(number)
    words = " ".join(f"{rng.random():.6f}" for _ in range(150))
    return f"<html>{furniture}<p>{words}</p><i>{hits} hits</i></html>".encode()


def _keep(archive: Archive, number: int, body: bytes, at: float = 0) -> int:
    return archive.captures.keep(capture(f"https://krant.example/{number}", at=day(at), body=body)).id


def _rows(archive: Archive) -> list[tuple[int, int, int, int | None]]:
    with archive.snapshot() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, depth, length(data), reference_id FROM bodies ORDER BY id"
        )
        return [tuple(row) for row in rows]


def test_a_page_is_packed_against_an_earlier_one_of_its_template(archive: Archive) -> None:
    for number in range(6):
        _keep(archive, number, _page(number, "a" if number % 2 else "b"))
    rows = _rows(archive)
    assert [depth for _, depth, _, _ in rows] == [0, 0, 1, 1, 1, 1]
    assert [reference for *_, reference in rows] == [None, None, 1, 2, 1, 2]
    assert max(size for *_, size, _ in rows[2:]) < min(size for *_, size, _ in rows[:2]) / 2


def test_a_page_seen_again_costs_next_to_nothing_and_the_chain_stays_short(archive: Archive) -> None:
    for visit in range(10):
        for number in range(3):
            _keep(archive, number, _page(number, hits=visit), at=visit)
    rows = _rows(archive)
    assert max(depth for _, depth, _, _ in rows) == 2
    assert max(size for *_, size, _ in rows[3:]) < 200
    assert [kept.capture.body for kept in archive.captures.walk()] == [
        _page(number, hits=visit) for visit in range(10) for number in range(3)
    ]


@pytest.mark.parametrize("body", [b"", b"x", b"\x00" * 5000, random.Random(1).randbytes(5000)])
def test_every_body_comes_back(archive: Archive, body: bytes) -> None:
    for number in range(3):
        assert archive.articles.body(_keep(archive, number, body)) == body
    archive.commit()
    assert archive.articles.body(1) == body


def test_a_template_of_a_batch_that_was_taken_back_is_not_referred_to(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError), archive.session.writing():
        _keep(archive, 1, _page(1))
        raise ZeroDivisionError
    kept = _keep(archive, 2, _page(2))
    assert [depth for _, depth, _, _ in _rows(archive)][-1] == 0
    assert archive.articles.body(kept) == _page(2)


def test_another_process_finds_the_templates_there_are(tmp_path: Path) -> None:
    for number in range(3):
        with Archive.open(tmp_path / "legger.db") as archive:
            _keep(archive, number, _page(number))
    with Archive.open(tmp_path / "legger.db") as archive:
        assert [depth for _, depth, _, _ in _rows(archive)] == [0, 1, 1]


def test_compacting_makes_an_archive_smaller_and_changes_no_body(tmp_path: Path) -> None:
    bodies = [_page(number, "abc"[number % 3], hits) for hits in range(2) for number in range(15)]
    with Archive.open(tmp_path / "legger.db") as archive:
        for place, body in enumerate(bodies):
            _keep(archive, place % 15, body, at=place // 15)
        told: list[tuple[int, int]] = []
        report = archive.recompression.compact("krant", progress=lambda done, of: told.append((done, of)))
        assert report.after < report.before
        assert told[-1] == (30, 30)
        assert archive.recompression.compact("krant").repacked == 0, "a second time there is nothing to gain"
        assert archive.recompression.compact("krant", anew=True).bodies == 30
        _keep(archive, 99, _page(99, "b"), at=3)
        assert [kept.capture.body for kept in archive.captures.walk()] == [*bodies, _page(99, "b")]
        assert max(depth for _, depth, _, _ in _rows(archive)) <= 2
    with closing(sqlite3.connect(tmp_path / "legger.db")) as connection, connection:
        wrong = (
            "SELECT count(*) FROM bodies b JOIN bodies r ON r.id = b.reference_id "
            "WHERE b.depth != r.depth + 1"
        )
        assert connection.execute(wrong).fetchone() == (0,)


def test_a_site_with_few_pages_is_packed_tighter_without_a_dictionary(archive: Archive) -> None:
    kept = _keep(archive, 1, _page(1))
    assert archive.recompression.compact("krant").repacked == 1
    assert archive.articles.body(kept) == _page(1)
    with pytest.raises(NotFound):
        archive.recompression.compact("nowhere")
