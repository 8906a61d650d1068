"""Citations: permanent, and readable by those who read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from archive import NotFound, StatedTime
from archive.model.citation import Person, parse, person
from archive.model.reports import SiteFacts
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
        "  author = {Bos, Anna and de Vries, Jelle},",
    ]
    item = cited.csl()
    assert (item["type"], item["issued"]) == ("article-newspaper", {"date-parts": [[2026, 3, 1]]})
    assert item["author"] == [
        {"family": "Bos", "given": "Anna"},
        {"family": "Vries", "given": "Jelle", "non-dropping-particle": "de"},
    ]
    lines = cited.ris().split("\r\n")
    assert lines[0] == "TY  - NEWS" and lines[-2] == "ER  - "
    assert lines.count("AU  - Bos, Anna") == 1
    digest = desk.archive.articles.sightings("1")[0].digest
    for form in (cited.bibtex(), cited.ris(), item["note"]):
        assert str(digest) in form and cited.content_hash in form


def test_a_citation_stays_valid_when_the_page_is_read_better_later(desk: Filer) -> None:
    desk.see(STORY, day(0))
    cited = desk.archive.articles.cite("1")
    better = replace(article("Beter gelezen."), reader=reader("2"))
    desk.archive.rereading.reread("krant", lambda page: better)
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


PERSONS = {
    "Anna Bos": Person("Anna", "Bos"),
    "Jelle de Vries": Person("Jelle", "Vries", "de"),
    "Mathias Van Aken": Person("Mathias", "Van Aken"),
    "Luigi Di Maio": Person("Luigi", "Di Maio"),
    "Bavo Van den Bossche": Person("Bavo", "Van den Bossche"),
    "JAN DE VRIES": Person("JAN", "DE VRIES"),
    "Jean de La Tour": Person("Jean", "La Tour", "de"),
    "Van Aken, Mathias": Person("Mathias", "Van Aken"),
    "Jan-Peter van der Veen": Person("Jan-Peter", "Veen", "van der"),
    "Marieke in 't Hof": Person("Marieke", "Hof", "in 't"),
    "Bos, Anna": Person("Anna", "Bos"),
    "Vries, Jelle de": Person("Jelle", "Vries", "de"),
    "Charles de Gaulle": Person("Charles", "Gaulle", "de"),
    "María del Carmen Ruiz": Person("María", "Carmen Ruiz", "del"),
    "Onze redactie": Person("Onze redactie"),
    "Redactie Twente": Person("Redactie Twente"),
    "ANP": Person("ANP"),
    "Madonna": Person("Madonna"),
    "Studio 3": Person("Studio 3"),
}


@pytest.mark.parametrize(("name", "parted"), PERSONS.items(), ids=PERSONS)
def test_a_person_is_parted_and_a_newsroom_is_not(name: str, parted: Person) -> None:
    assert person(name) == parted


def test_styles_invert_names_and_lead_to_the_archived_copy(desk: Filer) -> None:
    facts = SiteFacts(title="De Krant", publisher="Krant BV", issn="0317-8471", url="https://krant.example/")
    desk.archive.runs.start("krant", at=day(0), settings={}, facts=facts)
    desk.see(STORY, day(0))
    cited = desk.archive.articles.cite("1").kept_at("https://kb.example/", "Streekarchief", "12345")
    copy = "https://kb.example/articles/1?version=1"
    assert cited.styled("apa") == (
        "Bos, A., & de Vries, J. (2026, March 1). Brug & tunnel dicht: 50%. De Krant. "
        f"Retrieved March 2, 2026, version 1, from Streekarchief, {copy} ({cited.id})"
    )
    assert cited.styled("chicago") == (
        "Bos, Anna, and Jelle de Vries. “Brug & tunnel dicht: 50%.” De Krant, March 1, 2026. Streekarchief. "
        f"Version 1, {cited.id}. {copy}."
    )
    assert cited.styled("ieee") == (
        "A. Bos and J. de Vries, “Brug & tunnel dicht: 50%,” De Krant, Mar. 1, 2026. "
        f"Accessed: Mar. 2, 2026. Version 1, {cited.id}. [Online]. Available: {copy}"
    )
    assert cited.ark == "ark:12345/legger1.1"
    item = cited.csl()
    assert (item["container-title"], item["publisher"], item["ISSN"]) == ("De Krant", "Krant BV", "0317-8471")
    assert (item["archive"], item["archive_location"]) == ("Streekarchief", copy)
    assert "SN  - 0317-8471" in cited.ris() and f"L2  - {copy}" in cited.ris()
    assert "rft.aulast=Bos" in cited.coins()


@pytest.mark.parametrize("style", ["apa", "chicago", "ieee"])
def test_a_style_says_nothing_of_what_is_not_stated(desk: Filer, style: str) -> None:
    desk.see(article(), day(0))
    said = desk.archive.articles.cite("1").styled(style)
    assert "None" not in said
    assert "  " not in said
    assert said.startswith(("Brug dicht.", "“Brug dicht"))
