"""Rules found by pointing at blocks of a page, and held against other pages of the site."""

from __future__ import annotations

import pytest

from archive.errors import UsageError
from crawler.onboarding.teach import blocks, learn, pointed_at


def page(number: int, *, dated: bool = True) -> str:
    day = f"<div class='wanneer'>{number} maart 2026</div>" if dated else ""
    return (
        "<html><body><nav><ul><li>Home</li></ul></nav>"
        f"<main id='post-{number}4711'><h1>Bericht {number}</h1>{day}"
        "<div class='x9f3c21a door'>Door <b>Jan Jansen</b></div><p>Het dorp heeft een brug.</p>"
        "<aside class='reclame'>Koop nu!</aside></main></body></html>"
    )


def test_a_page_is_shown_as_numbered_blocks() -> None:
    assert [each.words for each in blocks(page(1))] == [
        "Home", "Bericht 1", "1 maart 2026", "Door Jan Jansen", "Het dorp heeft een brug.", "Koop nu!",
    ]  # fmt: skip


def test_what_is_pointed_at_gets_a_selector_that_holds_on_other_pages_and_says_on_how_many() -> None:
    pages = [page(1), page(2), page(3, dated=False)]
    lessons = learn(pages, "3 is the date, 4 the byline, drop 6, 2=title")
    assert [(each.key, each.selector, each.holds, each.of) for each in lessons] == [
        ("published", "div.wanneer", 1, 2),
        ("author", "div.door", 2, 2),
        ("strip", "aside.reclame", 2, 2),
        ("title", "h1", 2, 2),
    ]


@pytest.mark.parametrize("words", ["3 is lovely", "the date", "99 is the date"])
def test_what_points_at_nothing_is_an_error(words: str) -> None:
    with pytest.raises(UsageError):
        learn([page(1), page(2)], words)


def test_several_ways_to_say_it() -> None:
    assert pointed_at("12 is the date; 15 author\n drop 20") == [
        (12, "published"),
        (15, "author"),
        (20, "strip"),
    ]
