"""Redactions: what is hidden is hidden everywhere, what is destroyed is nowhere, and the record says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive import Archive, NotFound, Status
from archive.errors import UsageError
from archive.export.choice import RowChoice
from archive.export.jsonl import lines
from archive.model.addresses import Link
from tests.archive.newsroom import Filer, article, capture, day

SECRET = "Piet Verdachte"
DECISION = {"ground": "GDPR art. 17", "reason": "acquitted", "who": "the archivist"}
FURNITURE = "".join(f"<li class='menu-{number}'>{number * 7919 % 1000}</li>" for number in range(400))


def _page(words: str) -> bytes:
    return f"<ul>{FURNITURE}</ul><p>{words}</p>".encode()


def _story(archive: Archive, others: int = 4) -> None:
    """An article with two versions, whose first page is the template the others are packed with."""
    desk = Filer(archive)
    archive.urls.found("krant", [Link(url="https://krant.example/1", title=SECRET)], at=day(0))
    for at, words in enumerate([f"{SECRET} is aangehouden.", f"{SECRET} is vrij."]):
        seen = article(words, title=f"{SECRET} opgepakt", tags=(SECRET,))
        verdict = desk.see(seen, day(at), body=_page(words))
        archive.urls.visited(
            "krant", "https://krant.example/1", at=day(at), due_at=day(2), status=200, verdict=verdict
        )
    for number in range(2, others + 2):
        url = f"https://krant.example/{number}"
        desk.see(
            article(f"Ander nieuws {number}."), day(1), key=str(number), url=url, body=_page(str(number))
        )
    archive.commit()


def test_a_redacted_article_is_hidden_from_every_answer_and_keeps_its_place(archive: Archive) -> None:
    _story(archive)
    hashes = [version.content_hash for version in archive.articles.history("1")]
    tombstone = archive.redactions.redact("https://krant.example/1", at=day(3), **DECISION)
    assert (tombstone.article, tombstone.ground, tombstone.contents) == (1, "GDPR art. 17", tuple(hashes))
    assert set(tombstone.pages) == {each.digest for each in archive.articles.sightings("1")}
    exported = b"".join(lines(archive, RowChoice(versions="all")))
    for shown in (
        exported.decode(),
        str(archive.articles.history("1")),
        str(list(archive.articles.all())),
        str(archive.articles.fields("1")),
        str(archive.articles.cite("1")),
        str([kept.capture.body for kept in archive.captures.walk()]),
    ):
        assert SECRET not in shown
    rows = [json.loads(line) for line in exported.splitlines()]
    assert [(row["redacted"], row["content_hash"]) for row in rows[:2]] == [(True, each) for each in hashes]
    with pytest.raises(NotFound, match="redacted"):
        archive.articles.body(archive.articles.sightings("1")[0].id)
    assert len(list(archive.articles.article_captures("krant", latest=9))) == 4, (
        "and nothing is learned from it"
    )
    assert [address.url for address in archive.urls.due("krant", now=day(9), limit=9)] == []


def test_a_redaction_can_be_taken_back_and_stays_on_record(archive: Archive) -> None:
    _story(archive)
    archive.redactions.redact("1", at=day(3), **DECISION)
    with pytest.raises(UsageError, match="already"):
        archive.redactions.redact("1", at=day(4), **DECISION)
    assert archive.redactions.lift("1", at=day(5)).lifted_at == day(5)
    assert SECRET in archive.articles.version("1").article.text
    assert archive.articles.version("1").status is Status.LIVE
    assert [each.lifted_at for each in archive.redactions.all()] == [day(5)]
    with pytest.raises(NotFound, match="not redacted"):
        archive.redactions.lift("1", at=day(6))


def test_a_redaction_needs_a_ground_and_a_destruction_a_redaction(archive: Archive) -> None:
    _story(archive)
    with pytest.raises(UsageError, match="ground"):
        archive.redactions.redact("1", at=day(3), ground=" ", reason="asked", who="me")
    with pytest.raises(NotFound, match="not redacted"):
        archive.redactions.destroy("1", at=day(3))


@pytest.mark.parametrize("others", [4, 30], ids=["packed with each other", "packed with a dictionary"])
def test_what_is_destroyed_is_nowhere_in_the_file_and_nothing_else_is_lost(
    tmp_path: Path, others: int
) -> None:
    path = tmp_path / "legger.db"
    with Archive.open(path) as archive:
        _story(archive, others)
        archive.recompression.compact("krant")
        archive.redactions.redact("1", at=day(3), **DECISION)
        destroyed = archive.redactions.destroy("1", at=day(4))
        assert destroyed.destroyed_at == day(4)
        assert archive.integrity.verify() == []
        pages = [kept.capture.body for kept in archive.captures.walk()]
        assert pages == [b"", b"", *(_page(str(number)) for number in range(2, others + 2))]
        archive.redactions.lift("1", at=day(5))
        assert archive.articles.version("1").article.text == ""
        with archive.snapshot() as connection:
            numbers = connection.exec_driver_sql("SELECT id FROM bodies").scalars().all()
            kept = b"".join(_unpacked(archive, number) for number in numbers)
    assert SECRET.encode() not in kept
    for file in tmp_path.iterdir():
        assert SECRET.encode() not in file.read_bytes(), file


def _unpacked(archive: Archive, number: int) -> bytes:
    from archive.captures import compression

    with archive.snapshot() as connection:
        return compression.load(connection, number)


def test_a_page_that_another_article_shows_too_is_not_destroyed(archive: Archive) -> None:
    desk = Filer(archive)
    desk.see(article("Een."), day(0), body=b"<p>same</p>")
    desk.see(article("Twee."), day(0), key="2", url="https://krant.example/2", body=b"<p>same</p>")
    archive.redactions.redact("1", at=day(1), **DECISION)
    archive.redactions.destroy("1", at=day(1))
    assert archive.articles.body(2) == b"<p>same</p>"
    archive.captures.keep(capture("https://krant.example/3"))
