"""What kind of edit lies between two versions."""

from __future__ import annotations

import pytest

from archive.compare.edit_kinds import EXPLAINED, EditKind, kinds
from archive.model.types import Article, Block, BlockKind, PageKind
from tests.archive.newsroom import article

LEAD = "De brug bij het plein is sinds vanmorgen dicht voor al het verkeer."
BODY = "Volgens Jan Bos bleven zeven mensen achter. Dat kost 1,5 miljoen euro."
END = "De gemeente zoekt naar een oplossing voor de winkels in de straat."
TEXT = f"{LEAD}\n{BODY}\n{END}"
MORE = "Het is de derde storing van dit jaar; ook in mei stond de brug een dag lang open."

EDITS: dict[str, tuple[str, str, str]] = {
    "another number": (TEXT, TEXT.replace("1,5", "15"), "correction"),
    "another number in words": (TEXT, TEXT.replace("zeven", "acht"), "correction"),
    "the same number in figures": (TEXT, TEXT.replace("zeven", "7"), "style"),
    "another name": (TEXT, TEXT.replace("Jan Bos", "Jan Berends"), "correction"),
    "another day": (f"{LEAD} Tot dinsdag.", f"{LEAD} Tot vrijdag.", "correction"),
    "a denial that went": ("Hij is niet schuldig, zegt men.", "Hij is schuldig, zegt men.", "correction"),
    "a denial in English": (
        "He did leave the house at noon.",
        "He didn't leave the house at noon.",
        "correction",
    ),
    "another quotation": (
        f"{LEAD} „Wij wisten het wel.”",
        f"{LEAD} „Wij hoorden het pas laat.”",
        "correction",
    ),
    "a quotation spelled right": (f"{LEAD} „Wij wistten het.”", f"{LEAD} „Wij wisten het.”", "style"),
    "another word": (TEXT, TEXT.replace("zoekt naar", "werkt aan"), "style"),
    "a spelling": (TEXT, TEXT.replace("oplossing", "oplosing"), "style"),
    "a mark": (TEXT, TEXT.replace("straat.", "straat!"), "style"),
    "a word that opens a sentence is no name": (TEXT, TEXT.replace("Dat kost", "Dit kost"), "style"),
    "a passage that moved": (TEXT, f"{BODY}\n{END}\n{LEAD}", "style"),
    "a paragraph more": (TEXT, f"{TEXT}\n{MORE}", "context"),
    "a sentence more": (TEXT, TEXT.replace(LEAD, f"{LEAD} {MORE}"), "context"),
    "an age put in": (TEXT, TEXT.replace("Jan Bos", "Jan Bos (34)"), "context"),
    "a paragraph less": (TEXT, f"{LEAD}\n{END}", "removal"),
    "a sentence less": (TEXT, TEXT.replace(" Dat kost 1,5 miljoen euro.", ""), "removal"),
    "a short sentence more": (TEXT, TEXT.replace(LEAD, f"{LEAD} Internet veranderde alles."), "context"),
    "a name taken out": (TEXT, TEXT.replace("Volgens Jan Bos bleven", "Volgens bleven"), "removal"),
    "an announced update": (TEXT, f"Update 15.10 uur: {MORE}\n{TEXT}", "update"),
    "an update and what came with it": (
        TEXT,
        f"{LEAD}\nUPDATE: {MORE}\n{BODY}\n{END}\nEr is een lint gespannen.",
        "update",
    ),
    "a new time on an old update": (
        f"Update 15.10 uur: {MORE}\n{TEXT}",
        f"Update 16.20 uur: {MORE}\n{TEXT}",
        "update",
    ),
    "an update in French": (TEXT, f"{TEXT}\nMise à jour : la route est ouverte.", "update"),
    "a correction that says so": (
        TEXT,
        f"{TEXT.replace('1,5', '15')}\nCorrectie: in een eerdere versie stond een verkeerd bedrag.",
        "correction notice",
    ),
    "a correction that says so in English": (
        "The fee is 20 pounds a day.",
        "The fee is 30 pounds a day.\nThis article was amended: an earlier version gave another fee.",
        "correction notice",
    ),
    "a fact and a passage": (TEXT, f"{TEXT.replace('1,5', '15')}\n{MORE}", "correction context"),
    "nothing": (TEXT, TEXT, ""),
    "a paragraph parted in two": (TEXT, TEXT.replace(". Dat", ".\nDat"), ""),
}


@pytest.mark.parametrize(("old", "new", "expected"), EDITS.values(), ids=EDITS)
def test_the_words_tell_the_kind(old: str, new: str, expected: str) -> None:
    assert " ".join(kinds(article(old), article(new))) == expected


def live(text: str) -> Article:
    return article(text, kind=PageKind.LIVEBLOG)


OTHERS: dict[str, tuple[Article, Article, str]] = {
    "another headline": (article(TEXT), article(TEXT, title="Brug nog dagen dicht"), "headline"),
    "a mark behind the headline": (article(TEXT), article(TEXT, title="Brug dicht (update)"), "update"),
    "a mark before it": (article(TEXT), article(TEXT, title="CORRECTIE: Brug dicht"), "notice"),
    "another headline with a mark": (
        article(TEXT),
        article(TEXT, title="Brug weer open (update)"),
        "headline update",
    ),
    "another author": (article(TEXT, authors=("A. Bos",)), article(TEXT, authors=("B. Vos",)), "metadata"),
    "a paywall that closed": (
        article(TEXT),
        article(f"{LEAD}\nVolgens Jan…", kind=PageKind.TEASER),
        "access",
    ),
    "a live blog that grew": (live(LEAD), live(f"{END}\n{LEAD}"), "update"),
    "a live blog of which an entry was corrected": (
        live(f"{BODY}\n{LEAD}"),
        live(f"{BODY.replace('1,5', '15')}\n{LEAD}"),
        "correction",
    ),
    "a caption that was filled in": (
        article(blocks=(Block(kind=BlockKind.CAPTION, text="De brug."),)),
        article(
            blocks=(Block(kind=BlockKind.CAPTION, text="De brug. Archieffoto uit de zomer van vorig jaar."),)
        ),
        "context",
    ),
    "another story": (
        article(TEXT),
        article(
            "\n".join(f"In de haven van het dorp lag gisteren boot nummer {n} te koop" for n in "abcdef"),
            title="Boten te koop",
        ),
        "replaced",
    ),
    "a noun in German is no name": (
        article("Der Mann ging gestern in die Schule des Ortes.", language="de"),
        article("Der Mann ging gestern in die Kirche des Ortes.", language="de"),
        "style",
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), OTHERS.values(), ids=OTHERS)
def test_so_do_headline_page_and_language(old: Article, new: Article, expected: str) -> None:
    assert " ".join(kinds(old, new)) == expected


def test_every_kind_is_explained() -> None:
    assert set(EXPLAINED) == set(EditKind)
