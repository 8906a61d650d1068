"""What a page hides, leaves open or sets apart: unseen words, unclosed links, initials, comments, tables."""

from __future__ import annotations

import pytest

from archive.model.types import Article, SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, capture, html

FIRST = "De gemeente sluit het zwembad aan de Vijverlaan vanaf januari, omdat het dak niet langer veilig is."
SECOND = "Zwemclubs zijn verbaasd. Zij moeten straks uitwijken naar andere baden, en vrezen voor hun leden."
THIRD = "De raad spreekt er volgende week over. Tot die tijd blijft het bad open voor lessen van de scholen."
UNSEEN = "Deze alinea staat alleen in de bron en wordt op geen enkel scherm aan iemand getoond."


def read(body: str) -> Article:
    page = html(f"<main><article><h1>Gemeente sluit zwembad</h1>{body}</article></main>")
    return extract(capture(page), SITE, SiteMemory(site="bode"))


def lines(article: Article) -> list[str]:
    return [line for line in article.text.split("\n") if line]


@pytest.mark.parametrize(
    "attributes",
    [
        'class="d-none"',
        'class="hidden"',
        'class="is-hidden"',
        'class="u-hidden"',
        'class="hide"',
        'class="verborgen"',
        'class="print-only"',
        'class="visible-print"',
        'class="show-for-sr"',
        'class="element-invisible"',
        'style="position:absolute;left:-9999px"',
        'style="text-indent:-9999px"',
        'style="font-size:0"',
        'style="height:0;overflow:hidden"',
        'style="clip:rect(0 0 0 0);position:absolute"',
    ],
)
def test_a_paragraph_that_no_screen_shows_is_left_out(attributes: str) -> None:
    article = read(f"<p>{FIRST}</p><p {attributes}>{UNSEEN}</p><p>{SECOND}</p><p>{THIRD}</p>")
    assert lines(article) == [FIRST, SECOND, THIRD]


def test_a_closed_dialog_is_left_out() -> None:
    article = read(f"<p>{FIRST}</p><dialog><p>{UNSEEN}</p></dialog><p>{SECOND}</p><p>{THIRD}</p>")
    assert lines(article) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("classes", ["d-none d-md-block", "hidden lg:block", "hide show-for-medium"])
def test_a_paragraph_that_a_wide_screen_shows_stays(classes: str) -> None:
    article = read(f'<p>{FIRST}</p><p class="{classes}">{SECOND}</p><p>{THIRD}</p>')
    assert lines(article) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("classes", ["a11y-hidden", "offscreen", "vh", "wai", "invisible"])
def test_words_read_aloud_in_a_link_are_left_out(classes: str) -> None:
    link = f'<a href="https://a.example">rapport<span class="{classes}"> externe link</span></a>'
    article = read(f"<p>{FIRST}</p><p>Lees het {link} op de site van het bureau.</p><p>{SECOND}</p>")
    assert "Lees het rapport op de site van het bureau." in article.text


@pytest.mark.parametrize(
    "opening",
    ['<a name="a" href="">', '<a href="#top">', '<a href="javascript:void(0)">', "<a onclick='x()'>"],
)
def test_a_link_that_was_never_closed_and_leads_nowhere_takes_no_text_along(opening: str) -> None:
    assert lines(read(f"{opening}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>")) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "opening",
    [
        f'<p><span class="letter">D</span> {FIRST[1:]}</p>',
        f'<p><img src="d.gif" alt="D">{FIRST[1:]}</p>',
        f'<p><span class="dropcap">D</span>{FIRST[1:]}</p>',
    ],
    ids=["set apart by a space", "a picture", "an element"],
)
def test_the_first_letter_is_part_of_its_word_however_it_is_set(opening: str) -> None:
    assert lines(read(f"{opening}<p>{SECOND}</p><p>{THIRD}</p>")) == [FIRST, SECOND, THIRD]


def test_an_initial_that_is_a_word_stays_one() -> None:
    first = "A man from Oakham has swum across the pond on Sunday, although the council had warned him."
    article = read(f'<p><span class="dropcap">A</span> {first[2:]}</p><p>{SECOND}</p><p>{THIRD}</p>')
    assert lines(article)[0] == first


@pytest.mark.parametrize(
    "heading",
    [
        "2 Beiträge",
        "2 Leserbriefe",
        "Lesermeinungen (2)",
        "Er zijn 2 reacties",
        "2 réactions",
        "Diskuse",
        "Wat vindt u?",
        "What do you think?",
        "2 responses to “Gemeente sluit zwembad”",
    ],
)
def test_comments_are_known_by_their_heading_in_any_words(heading: str) -> None:
    said = "Ik vind dit een heel slecht plan, want iedereen moet straks omrijden en dat kost veel geld."
    comments = "".join(
        f"<div><b>Lezer {n}</b> <i>2{n} november 2020 - 10:1{n}</i><p>{said}</p></div>" for n in (1, 2)
    )
    article = read(f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><div><h3>{heading}</h3>{comments}</div>")
    assert lines(article) == [FIRST, SECOND, THIRD]


def test_a_table_in_a_box_in_a_figure_is_text() -> None:
    table = "<table><tr><th>Kern</th><th>Stemmen</th></tr><tr><td>Dorst</td><td>398 stemmen</td></tr></table>"
    article = read(
        f'<p>{FIRST}</p><figure><div class="wrap">{table}</div></figure><p>{SECOND}</p><p>{THIRD}</p>'
    )
    assert "398 stemmen" in article.text


@pytest.mark.parametrize("signature", ["Piet (21-11-2020 10:0%d)", "Uwe, 21.11.2020, 10:0%d Uhr"])
def test_letters_signed_with_day_and_hour_are_left_out_under_any_heading(signature: str) -> None:
    said = "Schande! Wat een slecht plan van deze gemeente, wij zwommen daar elke week."
    letters = "".join(f"<div><em>{signature % n}</em><p>{said}</p></div>" for n in (1, 2))
    page = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{FIRST} Nog eens.</p>"
    article = read(f"{page}<div><h4>Stemmen van lezers</h4>{letters}</div>")
    assert lines(article) == [FIRST, SECOND, THIRD, f"{FIRST} Nog eens."]
