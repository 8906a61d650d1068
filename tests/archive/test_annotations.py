"""The margin: notes, tags and queries that stay, in a file beside the archive."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from archive import Archive, NotFound, QueryError
from archive.annotations import Annotations, Note
from archive.errors import UsageError
from tests.archive.newsroom import Filer, article, day


@pytest.fixture
def margin(archive: Archive) -> Annotations:
    Filer(archive).see(article(), day(0))
    return Annotations.of(archive.where)


def test_notes_and_tags_stay_with_their_article_and_the_archive_is_untouched(
    archive: Archive, margin: Annotations
) -> None:
    archive.commit()
    before = _dump(archive)
    version = archive.articles.version("1")
    margin.note(version, " Zie de raad. ", at=day(1))
    margin.tag(version, "brug", at=day(1))
    margin.tag(version, "raad", at=day(2))
    margin.tag(version, "brug", at=day(3), off=True)
    marked = Annotations(margin.file).read().articles[1]
    assert (marked.tags, marked.notes) == (("raad",), (Note(at=day(1), text="Zie de raad."),))
    assert (marked.site, marked.url) == ("krant", version.article.url)
    assert (
        len(margin.file.read_text(encoding="utf-8").splitlines()) == 4
    )  # what was taken off stays on record
    assert _dump(archive) == before


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
    with pytest.raises(UsageError, match="no annotations"):
        Annotations.of("postgresql://host/legger")
    assert not margin.file.exists()


def test_a_damaged_line_is_named(margin: Annotations) -> None:
    margin.file.write_text('{"what":"save","name":"a","query":"b"}\n{"what"\n', encoding="utf-8")
    assert margin.read().unread == (2,)
    assert margin.read().queries == {"a": "b"}
