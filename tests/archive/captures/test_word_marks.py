"""Words known again without being written down, in every way in which pages and addresses write them."""

from __future__ import annotations

import html
import json
from urllib.parse import quote

import pytest

from archive.captures.word_marks import marks_of

NAME = "Café ’t Hoekje sluit & co"
MARKS = marks_of([NAME, "/nieuws/9000/cafe-t-hoekje-sluit", "/p/12"])


@pytest.mark.parametrize(
    "written",
    [
        NAME,
        NAME.upper(),
        html.escape(NAME),
        "Caf&eacute; &#8217;t Hoekje sluit &amp; co",
        "Caf&amp;eacute; ’t Hoekje sluit &amp;amp; co",
        json.dumps(NAME)[1:-1],
        quote(NAME),
        NAME.encode("cp1252").decode("utf-8", "surrogateescape"),
        "https://k.example/nieuws/9000/cafe-t-hoekje-sluit",
        "https:\\/\\/k.example\\/nieuws\\/9000\\/cafe-t-hoekje-sluit",
        "<b>Café</b> ’t Hoekje <i>sluit</i> &amp; co",
        "href='/p/12'",
    ],
)
def test_a_name_is_masked_as(written: str) -> None:
    masked = MARKS.masked(f"Zie ook: {written}.")
    assert "(redacted)" in masked
    assert masked.startswith("Zie ook: ")
    assert "hoekje" not in masked.casefold()


@pytest.mark.parametrize(
    "other",
    ["/nieuws/9000/cafe-t-hoekje-sluit-2", "Café ’t Hoekje blijft open", "<p>12</p>", "Bladzijde p 12", ""],
)
def test_what_is_not_masked_is(other: str) -> None:
    assert MARKS.masked(other) == other
