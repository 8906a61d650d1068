"""Normalizing: what readers saw stays, what they could not see goes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model.types import Article, Block, BlockKind, Image, PageKind, StatedTime
from crawler.extract.fields.places import is_place, read_dateline
from crawler.extract.normalize import clean, normalize, split_credit
from crawler.siteconfig.site import Site

SITE = Site(name="bode", url="https://www.bode.example/", language="nl")


def article(*texts: str, kind: BlockKind = BlockKind.PARAGRAPH, **facts: object) -> Article:
    return Article(
        kind=PageKind.ARTICLE,
        url="https://www.bode.example/nieuws/1/x",
        blocks=tuple(Block(kind=kind, text=text) for text in texts),
        **facts,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\xa0b  c\u2009d\te", "a b c d e"),
        ("Zo\u00adlang als het duurt\u200b", "Zolang als het duurt"),
        ("Cafe\u0301", "Café"),
        ("\ufeffHallo\u200e", "Hallo"),
        ("een\r\nregel", "een regel"),
        ("👩\u200d👩\u200d👧 feest", "👩\u200d👩\u200d👧 feest"),
        ("foto\u200ds", "fotos"),
    ],
)
def test_what_cannot_be_seen_goes(before: str, after: str) -> None:
    assert clean(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("cafÃ© in Ã©Ã©n week", "café in één week"),
        ("FryslÃ¢n", "Fryslân"),
        ("Â© ANP", "© ANP"),
        ("het ministerieâ€™s plan", "het ministerie’s plan"),
        ("de omgeving.â€", "de omgeving.”"),
        ("â€œJaâ€, zei hij", "“Ja”, zei hij"),
    ],
)
def test_mojibake_is_repaired_where_it_is_certain(before: str, after: str) -> None:
    assert clean(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "„Ja”, zei hij", "‘Nee’, zei zij", ",,Nee'' zei ze", ",,Nee” zei ze", "´nee´", '"recht" en \'enkel\'',
        "’s-Gravenhage en ’t Harde", "foto’s van z'n opa", "Deep’n blif Deep’n", "Ångström, Åse en Ærø",
        "À ÂÄ ÃÕ", "wacht… – en toen", "1 ½ uur à € 5", "SÃO PAULO", "naïef, coöperatie, één", "ﬁjn", "Ⅳ",
    ],
)  # fmt: skip
def test_correct_text_and_quotation_marks_stay_as_they_were_written(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("HAAKSBERGEN - De gemeente", "Haaksbergen"),
        ("HAAKSBERGEN – De gemeente", "Haaksbergen"),
        ("ENSCHEDE | Een man", "Enschede"),
        ("HENGELO/BORNE/GOOR - De politie", "Hengelo/Borne/Goor"),
        ("OLDENZAAL, DINKELLAND, LOSSER | In", "Oldenzaal/Dinkelland/Losser"),
        ("ENSCHEDE EN HENGELO - De", "Enschede/Hengelo"),
        ("REGGESTREEK | De", "Reggestreek"),
        ("[EDE] De gemeente", "Ede"),
        ("AMERSFOORT-Elke dag", "Amersfoort"),
        ("LEUSDEN De krant bestaat", "Leusden"),
        ("Den Dungen - Een", "Den Dungen"),
        ("Purmerend – De", "Purmerend"),
        ("Hoogeveen: een man", "Hoogeveen"),
        ("REGIO – De", "Regio"),
        ("BERNHEZE (ANP) - De", "Bernheze"),
        ("DINXPERLO/ AHAUS - De", "Dinxperlo/Ahaus"),
        ("H AAKSBERGEN – De", "Haaksbergen"),
        ("ALPHEN AAN DEN RIJN - De", "Alphen aan den Rijn"),
        ("’s-Hertogenbosch - De", "'s-Hertogenbosch"),
        ("'T HARDE - Een", "'t Harde"),
        ("St. Isidorushoeve - De", "Sint Isidorushoeve"),
        ("RIJSSEN-HOLTEN - De", "Rijssen-Holten"),
        ("Ljouwert - De", "Ljouwert"),
        ("BEST - De raad", "Best"),
        ('ZWOLLE - "Ja", zegt', "Zwolle"),
    ],
)
def test_a_place_a_text_opens_with_is_its_dateline(text: str, place: str) -> None:
    assert read_dateline(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "AUTOBRAND", "MARINIERS", "DWDD", "GOUDEN JUBILEUM Het gouden jubileum", "Blote billen - De fan",
        "LIVEBLOG | Alles over de storm", "Best - de beste", "Goor, donderdag",
        "Enschede is een stad - en hoe",
        "AMSTERDAM-Noord krijgt een brug", "EN TOEN - was het stil", "[VIDEO] Een man", "Een man - uit Goor",
        "",
    ],
)  # fmt: skip
def test_capitals_alone_make_no_dateline(text: str) -> None:
    assert read_dateline(text) is None


def test_the_gazetteer_knows_places_in_any_spelling() -> None:
    assert all(
        map(is_place, ("Haaksbergen", "DEN HAAG", "’s-Gravenhage", "Sint-Annaparochie", "Gent", "Ahaus"))
    )
    assert not any(map(is_place, ("Redactie", "Anna Kok", "")))


def test_a_dateline_is_told_and_not_cut() -> None:
    done = normalize(article("HAAKSBERGEN - De gemeente wil het plein opknappen."), SITE)
    assert done.dateline == "Haaksbergen"
    assert done.blocks[0].text == "HAAKSBERGEN - De gemeente wil het plein opknappen."


def test_a_dateline_may_stand_after_the_lead_and_no_further() -> None:
    assert normalize(article("Een kop van een lead.", "GOOR - De raad."), SITE).dateline == "Goor"
    assert normalize(article("Een.", "Twee.", "GOOR - De raad."), SITE).dateline is None


def test_every_field_is_cleaned_and_nothing_else_touched() -> None:
    day = StatedTime(value=datetime(2021, 4, 12, tzinfo=UTC), raw="12\xa0april", source="label")
    before = article(
        "Een\xa0zin. ",
        " ",
        title=" Kop\u00ad ",
        authors=("Anna\xa0Kok", "Anna Kok"),
        byline="Door\xa0Anna Kok ",
        section=" ",
        tags=("plein ", "plein"),
        images=(Image(url="https://www.bode.example/1.jpg", caption="Het\xa0plein"),),
        published=day,
    )
    done = normalize(before, SITE)
    assert [block.text for block in done.blocks] == ["Een zin."]
    assert (done.title, done.authors, done.byline) == ("Kop", ("Anna Kok",), "Door Anna Kok")
    assert (done.section, done.tags, done.images[0].caption) == (None, ("plein",), "Het plein")
    assert done.published == day
    assert done.language == "nl"


def test_the_page_knows_its_language_better_than_the_site() -> None:
    assert normalize(article("Moarn.", language="fy"), SITE).language == "fy"


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.lists(st.text(alphabet="aÃ©â€™œ„”'’\u00ad \xa0ENSCHDG-–|", max_size=60), max_size=4))
def test_normalizing_twice_is_normalizing_once(texts: list[str]) -> None:
    once = normalize(article(*texts, title=texts[0] if texts else ""), SITE)
    assert normalize(once, SITE) == once


CREDITED = [
    ("De brug bij avond. Foto: Jan Smit", "De brug bij avond.", "Jan Smit"),
    ("De brug bij avond. (Foto: Jan Smit)", "De brug bij avond.", "Jan Smit"),
    ("De brug bij avond. | Foto: Omroep Twenterand", "De brug bij avond.", "Omroep Twenterand"),
    ("Volledig scherm De brug bij avond. © Jan Smit", "De brug bij avond.", "Jan Smit"),
    ("Archieffoto: Karin Kamp", "", "Karin Kamp"),
    ("Nowa czytelnia. Fot. Jan Lis", "Nowa czytelnia.", "Jan Lis"),
    ("De brug bij avond. Foto Jan Smit", "De brug bij avond.", "Jan Smit"),
    ("واجهة المكتبة الجديدة (تصوير: كريم سالم)", "واجهة المكتبة الجديدة", "كريم سالم"),
    ("De brug. Foto van de maand in de krant", "De brug. Foto van de maand in de krant", None),
    ("Een foto: het huis van oma.", "Een foto: het huis van oma.", None),
    ("De burgemeester op de foto met de jubilaris.", "De burgemeester op de foto met de jubilaris.", None),
]


@pytest.mark.parametrize(("caption", "words", "credit"), CREDITED)
def test_a_credit_is_no_part_of_what_the_picture_shows(caption: str, words: str, credit: str | None) -> None:
    assert split_credit(caption) == (words, credit)
    assert split_credit(words) == (words, None)
