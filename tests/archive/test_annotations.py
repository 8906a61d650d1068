"""The margin: notes, tags and queries that stay, in a file beside the archive."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, NotFound, QueryError
from archive.annotations import Annotations, Note
from archive.errors import UsageError
from tests.archive.newsroom import Filer, article, day


@pytest.fixture
def margin(archive: Archive) -> Annotations:
    Filer(archive).see(article(), day(0))
    return archive.annotations


def test_notes_and_tags_stay_with_their_article(
    archive: Archive, archive_file: Path, margin: Annotations
) -> None:
    archive.commit()
    before = archive.integrity.head()
    version = archive.articles.version("1")
    margin.note(version, " Zie de raad. ", at=day(1))
    margin.tag(version, "brug", at=day(1))
    margin.tag(version, "raad", at=day(2))
    margin.tag(version, "brug", at=day(3), off=True)
    with Archive.open(archive_file, create=False, read_only=True) as other:
        marked = other.annotations.read().articles[1]
    assert (marked.tags, marked.notes) == (("raad",), (Note(at=day(1), text="Zie de raad."),))
    assert (marked.site, marked.url) == ("krant", version.article.url)
    assert len(margin.lines.all()) == 4, "what was taken off stays on record"
    assert archive.integrity.head() == before


@pytest.mark.sqlite
def test_beside_a_file_notes_stand_in_another_and_the_archive_is_untouched(
    archive: Archive, archive_file: Path
) -> None:
    Filer(archive).see(article(), day(0))
    archive.commit()
    before = _dump(archive)
    with Archive.open(archive_file, create=False, read_only=True) as opened:
        opened.annotations.note(opened.articles.version("1"), "Zie de raad.", at=day(1))
    assert _dump(archive) == before
    (line,) = archive_file.with_suffix(".annotations.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"text":"Zie de raad."' in line


def _dump(archive: Archive) -> list[str]:
    with closing(sqlite3.connect(archive.where)) as connection:
        return list(connection.iterdump())


def test_a_query_is_saved_under_a_name_replaced_and_dropped(margin: Annotations) -> None:
    margin.save("bruggen", "brug", at=day(0))
    margin.save("bruggen", "brug~", at=day(1))
    assert margin.query("bruggen") == "brug~"
    margin.drop("bruggen", at=day(2))
    with pytest.raises(NotFound, match="none yet"):
        margin.query("bruggen")


def test_what_cannot_be_kept_is_refused(archive: Archive, margin: Annotations) -> None:
    with pytest.raises(QueryError):
        margin.save("fout", "brug (", at=day(0))
    with pytest.raises(UsageError, match="without spaces"):
        margin.save("twee woorden", "brug", at=day(0))
    with pytest.raises(UsageError, match="words"):
        margin.note(archive.articles.version("1"), " ", at=day(0))
    assert margin.lines.all() == []


def test_a_damaged_line_is_named(margin: Annotations) -> None:
    margin.lines.add(b'{"what":"save","name":"a","query":"b"}', b'{"what"')
    assert margin.read().unread == (2,)
    assert margin.read().queries == {"a": "b"}


@pytest.mark.sqlite
def test_a_note_behind_a_line_that_was_broken_off_is_kept(archive: Archive, margin: Annotations) -> None:
    """A full disk, or a power cut, leaves half a line: what came next was written onto it, and lost."""
    version = archive.articles.version("1")
    margin.note(version, "Zie de raad.", at=day(1))
    with Path(margin.lines.where).open("ab") as file:
        file.write(margin.lines.all()[0][:40])
    margin.note(version, "En de kerk.", at=day(2))
    read = margin.read()
    assert [each.text for each in read.articles[1].notes] == ["Zie de raad.", "En de kerk."]
    assert read.unread == (2,)


def test_notes_tags_and_queries_are_private_until_published_and_can_be_taken_back(
    archive: Archive, margin: Annotations
) -> None:
    version = archive.articles.version("1")
    margin.note(version, "Voor mij.", at=day(1), by="Anna")
    margin.note(version, "Voor ieder.", at=day(1), by="Bert", publish=True)
    margin.tag(version, "raad", at=day(1), by="Anna")
    margin.save("bruggen", "brug", at=day(1), by="Anna")
    read = margin.read()
    assert [(each.by, each.published) for each in read.articles[1].notes] == [("Anna", False), ("Bert", True)]
    shown = read.published()
    assert [each.text for each in shown.articles[1].notes] == ["Voor ieder."]
    assert (shown.articles[1].tags, shown.queries) == ((), {})
    margin.publish(read.articles[1].tagged[0].number, at=day(2))
    margin.publish(read.saved["bruggen"].number, at=day(2))
    margin.publish(read.articles[1].notes[1].number, at=day(2), on=False)
    shown = margin.read().published()
    assert (shown.articles[1].tags, shown.articles[1].notes) == (("raad",), ())
    assert shown.queries == {"bruggen": "brug"}
    margin.take_back(read.articles[1].notes[0].number, at=day(3))
    assert [each.text for each in margin.read().articles[1].notes] == ["Voor ieder."]
    with pytest.raises(NotFound, match="no note"):
        margin.take_back(read.articles[1].notes[0].number, at=day(3))


def test_what_was_marked_is_found_by_a_query(archive: Archive, margin: Annotations) -> None:
    Filer(archive).see(article("Een ander."), day(0), key="2", url="https://krant.example/2")
    archive.index.update()
    margin.tag(archive.articles.version("1"), "Raad en daad", at=day(1))
    margin.note(archive.articles.version("2"), "Zie de notulen van 3 maart", at=day(1))

    def found(query: str) -> list[int]:
        return sorted(hit.version.article_id for hit in archive.search.search(query).hits)

    assert found('tag:"raad en daad"') == [1]
    assert found("note:notulen") == [2]
    assert found('tag:"raad en daad" note:notulen') == []
    assert found("-note:notulen") == [1]
    assert found("tag:niets") == []
    assert archive.search.count("note:notulen")[""] == 1


def test_notes_of_two_programs_at_once_lose_none_and_have_numbers_without_gaps(
    archive: Archive, archive_file: Path, margin: Annotations
) -> None:
    archive.commit()
    version = archive.articles.version("1")

    def write(name: str) -> None:
        with Archive.open(archive_file) as opened:
            for number in range(5):
                opened.annotations.tag(version, f"{name}{number}", at=day(1))

    writers = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert sorted(each.number for each in margin.read().articles[1].tagged) == list(range(1, 11))


def test_what_was_noted_of_an_article_that_is_destroyed_goes_from_the_lines(
    archive: Archive, margin: Annotations
) -> None:
    archive.commit()
    margin.note(archive.articles.version("1"), "Van Jansen.", at=day(1), by="Anna")
    margin.save("ander", "brug", at=day(1))
    margin.destroy(1, lambda text: text)
    assert b"Jansen" not in b"".join(margin.lines.all())
    assert (margin.read().queries, len(margin.lines.all())) == ({"ander": "brug"}, 2)
