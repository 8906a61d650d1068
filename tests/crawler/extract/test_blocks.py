"""A page's tree as runs of text: what is one paragraph, in which boxes, how much of it linked and bold."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.extract.page import blocks as o
from crawler.extract.page.blocks import Outline, outline


def lines(body: str) -> Outline:
    return outline(LexborHTMLParser(f"<!DOCTYPE html><html><body>{body}</body></html>"))


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("<p>Een.</p><p>Twee.</p>", ["Een.", "Twee."]),
        ("<p>Een <b>vette</b> <a href=/x>link</a>.</p>", ["Een vette link."]),
        ("<div>Los <p>alinea</p> rest</div>", ["Los", "alinea", "rest"]),
        ("<p>regel een<br>regel twee</p>", ["regel een regel twee"]),
        ("<p>alinea een<br><br>alinea twee</p>", ["alinea een", "alinea twee"]),
        ("<p><b>Tussenkop</b><br>De tekst eronder.</p>", ["Tussenkop", "De tekst eronder."]),
        ("<p>voor</p><hr><p>na</p>", ["voor", "na"]),
        ("<p>spaties \n\t en\u00a0 regels</p>", ["spaties en regels"]),
        ("<p>zicht<script>var onzichtbaar</script><style>p{}</style>baar</p>", ["zichtbaar"]),
        ("<p>a<!-- niet dit -->b</p>", ["ab"]),
        ("<table><tr><td>1<td>2</table>", ["1", "2"]),
        ("<p>een<p>twee", ["een", "twee"]),
        ("<mijn-element>eigen</mijn-element><p>na</p>", ["eigen", "na"]),
        ("<noscript><p>zonder script</p></noscript><select><option>keus</select>", []),
        ("", []),
    ],
)
def test_a_run_is_what_a_reader_sees_as_one_paragraph(body: str, texts: list[str]) -> None:
    assert [run.text for run in lines(body).runs] == texts


def test_characters_in_links_and_in_bold_are_counted() -> None:
    (run,) = lines('<p>Lees <a href="/1">dit <b>stuk</b></a> en <a href="/2">dat</a>.</p>').runs
    assert (run.linked, run.links, run.bold) == (len("dit") + len("stuk") + len("dat"), 2, len("stuk"))


def test_a_box_covers_the_runs_within_it_and_knows_what_it_stands_in() -> None:
    page = lines("<nav><p>menu</p></nav><main><article><p>een</p><ul><li>twee</ul></article></main><p>na</p>")
    boxes = {box.tag: box for box in page.boxes}
    texts = [run.text for run in page.runs]
    assert texts[boxes["article"].first : boxes["article"].last] == ["een", "twee"]
    assert texts[boxes["body"].first : boxes["body"].last] == texts
    assert boxes["li"].flags == o.MAIN | o.ARTICLE | o.LIST
    assert boxes["nav"].flags == o.NAV
    assert [box.tag for box in page.path(page.runs[2])] == ["li", "ul", "article", "main", "body"]
    assert [boxes[tag].depth for tag in ("body", "main", "article", "ul", "li")] == [0, 1, 2, 3, 4]


PROSE = "Zo gaat een alinea van een artikel die lang genoeg is om als tekst te gelden. " * 4


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("<nav><a href=/a>Sport</a></nav><p>{}</p><footer><p>Colofon</p></footer>", ["{}"]),
        ("<div role=navigation><p>Menu</p></div><p>{}</p><div role=contentinfo>Colofon</div>", ["{}"]),
        ("<article><p>{}</p><footer>Met dank aan de bieb</footer></article>", ["{}", "Met dank aan de bieb"]),
        ("<main><nav>Op deze pagina</nav><p>{}</p></main>", ["Op deze pagina", "{}"]),
        ("<footer><article><p>{}</p></article></footer>", ["{}"]),
        ("<nav><p>{}</p></nav>", ["{}"]),
    ],
)
def test_menus_and_footers_of_the_site_are_left_out_where_text_remains(body: str, texts: list[str]) -> None:
    page = lines(body.format(PROSE))
    assert [run.text for run in page.runs] == [text.format(PROSE.strip()) for text in texts]


@pytest.mark.parametrize(
    ("attribute", "flag"),
    [
        ("hidden", o.HIDDEN | o.UNSEEN),
        ('aria-hidden="true"', o.HIDDEN),
        ('style="color: red; display : none"', o.HIDDEN | o.UNSEEN),
        ('role="navigation"', o.NAV),
        ('role="dialog"', o.DIALOG),
        ('class="hidden-treasure"', 0),
        ('aria-hidden="false" style="display: block"', 0),
    ],
)
def test_what_an_element_says_of_itself_is_told_to_all_within_it(attribute: str, flag: int) -> None:
    page = lines(f"<div {attribute}><section><p>tekst</p></section></div>")
    assert page.boxes[page.runs[0].box].flags == flag


def test_the_names_of_an_element_are_kept_as_written() -> None:
    page = lines(
        '<div class="a  b" id="c" itemprop="articleBody" data-testid="d"><span class="kop">x</span></div>'
    )
    assert page.boxes[1].names == "a  b c articleBody d"
    assert page.runs[0].names == "kop"


def test_a_page_may_be_nested_deeper_than_python_counts() -> None:
    (run,) = lines("<div>" * 3000 + "diep" + "</div>" * 3000).runs
    assert run.text == "diep"
    assert lines("<b>" * 400 + "vet" + "</b>" * 400).runs[0].bold == 3


def test_fields_are_counted_in_the_boxes_that_show_words() -> None:
    page = lines(
        "<div><p>Poll</p><div><input type=radio></div></div><p>na</p><form><input type=hidden></form>"
    )
    assert [page.boxes[index].tag for index in page.fields] == ["div"]
    assert page.boxes[page.fields[0]].last == 1
