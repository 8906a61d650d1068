"""Rules found by pointing at blocks of a page, and held against other pages of the site."""

from __future__ import annotations

import re

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


def of_paragraphs(number: int, *, intro: bool = False, inside: str = "", comment: str = "") -> str:
    lines = "".join(f"<p class='mb-3'>Alinea {n} van bericht {number} over de brug.</p>" for n in range(1, 5))
    lead = f"<p class='kop'>Inleiding {number} over wat de brug kost.</p>" if intro else ""
    return (
        f"<html><body><div class='pagina'>{comment}<nav><p class='mb-3'>Thuis</p></nav><article>{lead}"
        f"<h1>Bericht {number}</h1><div class='tekst'><div class='spalk'>{lines}</div>{inside}</div>"
        "</article><footer><p class='mb-3'>Colofon</p></footer></div></body></html>"
    )


def text_of(number: int, *, intro: bool = False) -> list[str]:
    lines = [f"Alinea {n} van bericht {number} over de brug." for n in range(1, 5)]
    return [f"Inleiding {number} over wat de brug kost.", *lines] if intro else lines


def block_of(page: str, words: str) -> int:
    return next(each.number for each in blocks(page) if words in each.words)


def test_a_paragraph_pointed_at_as_the_text_stands_for_what_holds_the_whole_text() -> None:
    pages = [of_paragraphs(n) for n in range(1, 4)]
    at = block_of(pages[0], "Alinea 2")
    (lesson,) = learn(pages, f"{at} is the text", [text_of(n) for n in range(1, 4)])
    assert (lesson.selector, lesson.holds, lesson.of) == ("div.spalk", 2, 2)
    assert lesson.says == (f"the text is what stands around block {at}: blocks {at - 1} to {at + 2}",)


def test_what_it_takes_in_beyond_the_text_is_told_with_its_numbers() -> None:
    advert = "<div class='reclame'>Koop nu uw brug!</div><p>Slot van het verhaal over de brug.</p>"
    pages = [of_paragraphs(n, inside=advert) for n in range(1, 4)]
    texts = [[*text_of(n), "Slot van het verhaal over de brug."] for n in range(1, 4)]
    (lesson,) = learn(pages, f"{block_of(pages[0], 'Alinea 3')}=text", texts)
    assert (lesson.selector, lesson.holds) == ("div.tekst", 2)
    number = block_of(pages[0], "Koop nu")
    assert any(
        f"takes in more than what was read as the text: {number} (Koop nu" in each for each in lesson.says
    )


def test_pages_on_which_it_lacks_a_part_or_names_nothing_are_told() -> None:
    pages = [of_paragraphs(1), of_paragraphs(2), of_paragraphs(3, intro=True), of_paragraphs(4)]
    pages[3] = pages[3].replace("spalk", "anders").replace("tekst", "ook")
    texts = [text_of(1), text_of(2), text_of(3, intro=True), text_of(4)]
    said = f"{block_of(pages[0], 'Alinea 1')} is the text"
    (lesson,) = learn(pages, said, texts)
    assert (lesson.selector, lesson.holds, lesson.of) == ("article", 3, 3), (
        "the smallest that holds it on all"
    )
    (lesson,) = learn([*pages[:2], page(4)], said, [*texts[:2], ["Het dorp heeft een brug."]])
    assert (lesson.selector, lesson.holds, lesson.of) == ("div.spalk", 1, 2)
    assert any("on 1 of 2 others it names nothing" in each for each in lesson.says)
    pages[2] = pages[2].replace("<article>", "<section>").replace("</article>", "</section>")
    (lesson,) = learn([*pages[:3], *pages[:2]], said, [*texts[:3], *texts[:2]])
    assert (lesson.selector, lesson.holds, lesson.of) == ("div.spalk", 3, 4)
    assert any("on 1 of 4 others it lacks a part" in each for each in lesson.says)


def test_where_something_else_was_read_as_the_text_the_pieces_around_it_are_taken_and_that_is_told() -> None:
    pages = [of_paragraphs(n) for n in range(1, 4)]
    (lesson,) = learn(pages, f"{block_of(pages[0], 'Alinea 2')} is the text", [["Heel iets anders."]] * 3)
    assert (lesson.selector, lesson.holds) == ("div.spalk", 2)
    assert any("does not hold what you point at" in each for each in lesson.says)


def test_the_first_and_the_last_block_of_a_text_may_be_named() -> None:
    advert = "<p class='slot'>Slot van het verhaal.</p>"
    pages = [of_paragraphs(n, inside=advert) for n in range(1, 4)]
    first, last = block_of(pages[0], "Alinea 1"), block_of(pages[0], "Slot")
    (lesson,) = learn(pages, f"{first}-{last} is the text", [text_of(n) for n in range(1, 4)])
    assert lesson.selector == "div.tekst"
    assert pointed_at("drop 20-22, drop 30 and 32") == [(each, "strip") for each in (20, 21, 22, 30, 32)]
    with pytest.raises(UsageError, match="one number"):
        pointed_at("3-5 is the title")


def test_what_is_to_be_dropped_takes_no_text_away_or_that_is_told() -> None:
    pages = [of_paragraphs(n) for n in range(1, 4)]
    texts = [text_of(n) for n in range(1, 4)]
    (colophon,) = learn(pages, f"drop {block_of(pages[0], 'Colofon')}", texts)
    assert (colophon.selector, colophon.says) == ("footer p.mb-3", ())
    flat = [each.replace("div class='spalk'", "div").replace("div class='tekst'", "div") for each in pages]
    flat = [re.sub("</?(?:footer|article)>", "", each) for each in flat]
    (colophon,) = learn(flat, f"drop {block_of(flat[0], 'Colofon')}", texts)
    assert any("takes the text away on 3 of 3" in each for each in colophon.says)


def test_a_comment_or_a_stray_sign_makes_no_single_block_of_a_page() -> None:
    assert len(blocks(of_paragraphs(1, comment="<!-- kop --> | "))) == len(blocks(of_paragraphs(1)))
