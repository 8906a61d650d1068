"""Bylines, and the persons in them."""

from __future__ import annotations

import pytest

from crawler.extract.fields.authors import is_agency, organisation, read_agencies, read_authors


@pytest.mark.parametrize(
    ("byline", "persons"),
    [
        ("Door Charlotte de Wit", ["Charlotte de Wit"]),
        ("Door: Anna Kok", ["Anna Kok"]),
        ("door Ron Pol - 14 februari 2019", ["Ron Pol"]),
        ("Door Anna Kok op 12 apr 2021", ["Anna Kok"]),
        ("Door Marie te Velde", ["Marie te Velde"]),
        ("Door Sanne in 't Veld", ["Sanne in 't Veld"]),
        ("Door JAN VAN DER BERG", ["Jan van der Berg"]),
        ("Tekst en foto's: Jacob Smit", ["Jacob Smit"]),
        ("Tekst: Marie Pol Foto: Jan Bos", ["Marie Pol"]),
        ("Foto: Jan Bos Tekst: Marie Pol", ["Marie Pol"]),
        ("Door Marie Pol (foto: Jan Bos)", ["Marie Pol"]),
        ("Door onze verslaggever Jan Smit", ["Jan Smit"]),
        ("Door Hanne Borg, Ton de Wit & Lies 't Hart", ["Hanne Borg", "Ton de Wit", "Lies 't Hart"]),
        ("By Anna Kok and Piet de Vries, political reporters", ["Anna Kok", "Piet de Vries"]),
        ("Von Karin Nagel", ["Karin Nagel"]),
        ("Par Jean Dupont et Marie Durand, à Lille", ["Jean Dupont", "Marie Durand"]),
        ("Scritto da Aldo Moretti Marzo 2022 · 50 secondi", ["Aldo Moretti"]),
    ],
)
def test_who_is_introduced_as_the_writer_is_read(byline: str, persons: list[str]) -> None:
    assert list(read_authors(byline)) == persons


@pytest.mark.parametrize(
    ("field", "persons"),
    [
        ("Anna Kok | 28 juni 2016 10:49 | Aangepast op 28 juni 2016 10:49", ["Anna Kok"]),
        ("Redactie Streek 12 | Jasper Kuiper | 8 jan 2026 17:05", ["Jasper Kuiper"]),
        ("Frank van Bokhoven en Sanne Pol", ["Frank van Bokhoven", "Sanne Pol"]),
        ("Andrew King, MS, RD", ["Andrew King"]),
        ("King, Andrew", ["Andrew King"]),
        ("Anna Martens und Lea Wagner, Nairobi", ["Anna Martens", "Lea Wagner"]),
        ("Mats Hagen / Journalist", ["Mats Hagen"]),
        ("Emma Malone Lifestyle Writer", ["Emma Malone"]),
        ("松岡大地", ["松岡大地"]),
        ("Андрей Иванов", ["Андрей Иванов"]),
    ],
)
def test_author_fields_are_trusted_without_an_introduction(field: str, persons: list[str]) -> None:
    assert list(read_authors(field, trusted=True)) == persons


@pytest.mark.parametrize(
    "text",
    [
        "Door: Redactie", "Door Redactie", "Redactie", "Webredactie", "Van onze redactie",
        "Redactie REGIO8 |",
        "Foto: REGIO8", "Foto Sergey Bobko / AFP", "Archieffoto: Karin Kampman", "BEELD Emiel Muis", "© ANP",
        "bron:rtv-oost", "redactie@krant.example", "@dekrant", "https://www.facebook.com/dekrant", "admin",
        "Associated Press", "ANP", "dpa", "Omroep Twente", "Gemeente Haaksbergen", "Politie Oost-Nederland",
        "verslaggever", "Guardian staff reporter", "Nieuwsdienst", "", "  ",
    ],
)  # fmt: skip
def test_newsrooms_agencies_photographers_and_addresses_are_nobody(text: str) -> None:
    assert read_authors(text, trusted=True) == ()


@pytest.mark.parametrize(
    "line",
    ["Door de politie is een man aangehouden", "Jan Smit wint", "Mooie stap", "Foto: Jan Bos", "Den Haag"],
)
def test_prose_near_the_headline_signs_nothing(line: str) -> None:
    assert read_authors(line) == ()


@pytest.mark.parametrize(
    ("byline", "agencies"),
    [
        ("Von dpa", ("dpa",)),
        ("Par AFP avec Reuters", ("AFP", "Reuters")),
        ("Door: ANP", ("ANP",)),
        ("Von Karl Meier, dpa", ()),
        ("AFP meldt dat de brug dicht gaat", ()),
    ],
)
def test_a_byline_of_agencies_alone_names_them(byline: str, agencies: tuple[str, ...]) -> None:
    assert read_agencies(byline) == agencies


def test_agencies_and_newsrooms_may_sign_where_nobody_does() -> None:
    assert is_agency("dpa")
    assert is_agency("The Associated Press")
    assert not is_agency("Anna Kok")
    assert organisation("Salzburger Zeitung") == "Salzburger Zeitung"
    assert organisation("Redactie") is None
    assert organisation("webmaster@krant.example") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Van onze verslaggever Geert Wolbink", ("Geert Wolbink",)),
        ("Van onze sportverslaggever Geert Wolbink", ("Geert Wolbink",)),
        ("Von unserem Redakteur Karl Meier", ("Karl Meier",)),
        ("De notre correspondante Anne Dupont", ("Anne Dupont",)),
        ("Foto: Henk Brilman, tekst: Geert Wolbink", ("Geert Wolbink",)),
        ("Tekst: Geert Wolbink, foto: Henk Brilman", ("Geert Wolbink",)),
        ("Tekst Geert Wolbink, foto's Henk Brilman", ("Geert Wolbink",)),
        ("Door Geert Wolbink m.m.v. Ilse Roerdink", ("Geert Wolbink", "Ilse Roerdink")),
        ("Von Karl Meier mit Material von dpa", ("Karl Meier",)),
        ("Door Henk Post", ("Henk Post",)),
        ("By Ann Lee, Chief Technology Officer, Head of Labs", ("Ann Lee",)),
        ("By Ann Lee, Harbour Post Writer", ("Ann Lee",)),
        ("By Ann Lee, National Recruiting Analyst", ("Ann Lee",)),
        ("By Ann Lee USA TODAY", ("Ann Lee",)),
        ("By Ann Lee The Associated Press", ("Ann Lee",)),
        ("By Harbour Staff", ()),
        ("Door Anna de Gast en Bert Krant", ("Anna de Gast", "Bert Krant")),
        ("Door Haagse Post", ()),
        ("Door De Gelderse Krant", ()),
        ("By Martin King, Jr.", ("Martin King Jr.",)),
        ("Door Maandag Avond", ()),
        ("Door Anna Kok, m.m.v. Bert Bos", ("Anna Kok", "Bert Bos")),
        ("By Ann Lee @annlee", ("Ann Lee",)),
        ("By Ann Lee (ann.lee@bode.example)", ("Ann Lee",)),
        ("Door Anna Kok anna@bode.example", ("Anna Kok",)),
        ("By @annlee", ()),
        ("By Ann Lee for The Quay Gazette", ("Ann Lee",)),
        ("Door Anna Kok op", ("Anna Kok",)),
        ("Ein Kommentar von Karl Meier", ("Karl Meier",)),
        ("Interview by Ann Lee", ("Ann Lee",)),
        ("Een reportage door Anna Kok", ("Anna Kok",)),
        ("Un entretien par Jean Dupont", ("Jean Dupont",)),
        ("Portret van Anna Kok", ()),
        ("By Ann Lee, Executive Editor, Harbour Health Watch", ("Ann Lee",)),
        ("By Ann Lee, editor, and Bo Day, reporter", ("Ann Lee", "Bo Day")),
        ("Propos recueillis par Anne Dupont", ("Anne Dupont",)),
        ("Aufgezeichnet von Karl Meier", ("Karl Meier",)),
        ("Door Anna Kok (tekst) en Bert Bos (foto's)", ("Anna Kok",)),
        ("By Ann Lee (words) and Bo Day (pictures)", ("Ann Lee",)),
        ("Von dpa", ()),
    ],
)
def test_who_signs_is_told_from_who_does_not(text: str, names: tuple[str, ...]) -> None:
    assert read_authors(text) == names
