"""Lines known by their words: what stands on pages of every site, and sentences that only begin like it."""

from __future__ import annotations

import pytest

from crawler.extract.text.phrases import Furniture, furniture


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Copyright © 2025 The Example. Terms of service.", Furniture.CHROME),
        ("Alle rechten voorbehouden - De Voorbeeldbode", Furniture.CHROME),
        ("Tous droits réservés", Furniture.CHROME),
        ("Powered by WordPress", Furniture.CHROME),
        ("Skip to the main content", Furniture.CHROME),
        ("(function () { return 1; })", Furniture.CHROME),
        ("gtag(config)", Furniture.CHROME),
        ("An dieser Stelle findest du einen externen Inhalt", Furniture.CHROME),
        ("(Foto: Jan Voorbeeld)", Furniture.CREDIT),
        ("This website uses cookies to improve your visit.", Furniture.CHROME),
    ],
)
def test_what_stands_on_pages_of_every_site_is_known(line: str, kind: Furniture) -> None:
    assert furniture(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "Powered by cloud platforms of three makers, the league can now show every match.",
        "Designed by the architect of the old harbour hall, the new library opens its doors.",
        "An dieser Stelle sei gesagt: Niemand von uns macht diesen Job in der Überzeugung.",
        "Skip to chapter four and you will be lost, says the author about her own book.",
        "The council decided on Tuesday.",
    ],
)
def test_a_sentence_that_only_begins_like_it_may_be_the_articles(line: str) -> None:
    assert furniture(line) is None
