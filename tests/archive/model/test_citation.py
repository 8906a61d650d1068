"""Citations: permanent, and readable by those who read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from archive import NotFound, StatedTime
from archive.model.citation import parse
from tests.archive.newsroom import Filer, article, day, reader

STORY = article(
    title="Brug & tunnel dicht: 50%",
    authors=("Anna Bos", "Jelle de Vries"),
    published=StatedTime(
        value=datetime.fromisoformat("2026-03-01T09:30:00+01:00"), raw="1 maart", source="time"
    ),
    language="nl",
)


def test_a_citation_says_who_what_where_when_and_which(desk: Filer) -> None:
    desk.see(STORY, day(0))
    cited = desk.archive.articles.cite("1", publisher="De Krant")
    assert cited.text() == (
        "Anna Bos; Jelle de Vries. “Brug & tunnel dicht: 50%”. De Krant, 2026-03-01. "
        f"https://krant.example/1 (version 1, 2026-03-02 08:00 UTC; {cited.id})"
    )
    assert cited.bibtex().splitlines()[:3] == [
        f"@online{{{cited.id.replace(':', '-')},",
        r"  title = {{Brug \& tunnel dicht: 50\%}},",
        "  author = {{Anna Bos} and {Jelle de Vries}},",
    ]
    item = cited.csl()
    assert (item["type"], item["issued"]) == ("article-newspaper", {"date-parts": [[2026, 3, 1]]})
    assert item["author"] == [{"literal": "Anna Bos"}, {"literal": "Jelle de Vries"}]
    lines = cited.ris().split("\r\n")
    assert lines[0] == "TY  - NEWS" and lines[-2] == "ER  - "
    assert lines.count("AU  - Anna Bos") == 1
    digest = desk.archive.articles.sightings("1")[0].digest
    for form in (cited.bibtex(), cited.ris(), item["note"]):
        assert str(digest) in form and cited.content_hash in form


def test_a_citation_stays_valid_when_the_page_is_read_better_later(desk: Filer) -> None:
    desk.see(STORY, day(0))
    cited = desk.archive.articles.cite("1")
    better = replace(article("Beter gelezen."), reader=reader("2"))
    desk.archive.reextraction.reread("krant", lambda page: better)
    desk.see(replace(article("Anders."), reader=reader("2")), day(1))
    assert desk.archive.articles.cite("1", 1).id == cited.id
    assert desk.archive.articles.cited(cited.id).article == STORY
    assert desk.archive.articles.version("1", 1).article == better


def test_what_is_no_citation_of_this_archive_is_told(desk: Filer) -> None:
    desk.see(STORY, day(0))
    with pytest.raises(NotFound, match="another archive"):
        desk.archive.articles.cited("legger:1.1-000000000000")
    with pytest.raises(NotFound, match="no version 7"):
        desk.archive.articles.cited("legger:1.7-000000000000")
    with pytest.raises(NotFound, match="no id"):
        desk.archive.articles.cited("doi:10.1000/182")
    assert parse(" legger:1.7-00000000000a ") == (1, 7, "00000000000a")


def test_an_article_without_author_date_or_language_can_be_cited(desk: Filer) -> None:
    desk.see(article(), day(0))
    cited = desk.archive.articles.cite("1")
    assert cited.text().startswith("“Brug dicht”. krant. https://")
    assert "author" not in cited.csl() and "author" not in cited.bibtex() and "AU  -" not in cited.ris()
