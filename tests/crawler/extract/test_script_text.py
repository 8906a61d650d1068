"""Text that a page shows by script alone."""

from __future__ import annotations

import json

import pytest

from archive.model.types import SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, TEXT, capture, html

TWO = f"<p>{TEXT}</p><p>De bewoners zijn het er niet mee eens. {TEXT}</p>"
STATE = json.dumps({"post": {"body": TWO}})
HEADLINE = "<h1>Plein gaat op de schop</h1><div id=root></div>"


def text(page: str) -> str:
    return extract(capture(page), SITE, SiteMemory(site="bode")).text


def in_state(value: object) -> str:
    return html(f"{HEADLINE}<script>window.__STATE__ = {json.dumps(value)};</script>")


def described(body: str) -> str:
    said = json.dumps({"@type": "NewsArticle", "headline": "Plein gaat op de schop", "articleBody": body})
    return f'<script type="application/ld+json">{said}</script>'


@pytest.mark.parametrize(
    "page",
    [
        html(HEADLINE, head=described(TWO)),
        html(HEADLINE, head=described(f"{TEXT}\n\nDe bewoners zijn het er niet mee eens. {TEXT}")),
        in_state({"article": {"id": 12, "body": TWO}}),
        in_state({"html": TWO}).replace("<p>", "\\u003cp>").replace("</p>", "\\u003c/p>"),
        html(
            f"{HEADLINE}<script>self.__next_f.push([1,{json.dumps(STATE[:300])}])</script>"
            f"<script>self.__next_f.push([1,{json.dumps(STATE[300:])}])</script>"
        ),
    ],
    ids=["articleBody in HTML", "articleBody in lines", "a state", "a state, escaped", "a state, in pieces"],
)
def test_the_text_is_found_where_the_script_would_have(page: str) -> None:
    found = text(page)
    assert TEXT.strip() in found
    assert "De bewoners zijn het er niet mee eens." in found


def test_a_page_that_shows_its_text_is_read_as_it_shows_it() -> None:
    page = html(
        f"<article><h1>Plein gaat op de schop</h1>{TWO}</article>",
        head=described("<p>Heel iets anders.</p>" * 30),
    )
    assert "Heel iets anders" not in text(page)


def test_what_surrounds_a_text_in_a_script_is_left_out() -> None:
    found = text(in_state({"body": f"{TWO}<p>Lees ook:</p><p>{{{{ advertentie }}}}</p>"}))
    assert "Lees ook" not in found
    assert "advertentie" not in found


@pytest.mark.parametrize("script", ['var a = "<p>kort</p><p>en niets</p>";', 'x = "\\ud83d', "{", ""])
def test_a_script_without_a_text_gives_none(script: str) -> None:
    assert text(html(f"{HEADLINE}<script>{script}</script>")) == ""


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


LINES = [f"<p>{TEXT}</p>", "<p>De bewoners zijn het er niet mee eens.</p>", f"<p>Nog eens: {TEXT}</p>"]


@pytest.mark.parametrize(
    "page",
    [
        html(
            f'{HEADLINE}<script id="__NEXT_DATA__" type="application/json">'
            + json.dumps({"props": {"items": [{"type": "p", "content": line} for line in LINES]}})
            + "</script>"
        ),
        in_state({"blocks": [{"text": line[3:-4]} for line in LINES]}),
        html(
            f"{HEADLINE}<script>window.__NUXT__="
            + json.dumps({"body": "".join(LINES)}).replace("<", "\\u003C").replace(">", "\\u003E")
            + "</script>"
        ),
        html(
            f"{HEADLINE}<script>self.__next_f.push([1,"
            + json.dumps("".join(_compact(["$", "p", None, {"children": line[3:-4]}]) for line in LINES))
            + "])</script>"
        ),
        html(
            f"{HEADLINE}<script>self.__next_f.push([1,"
            + json.dumps(json.dumps([["$", "p", None, {"children": line[3:-4]}] for line in LINES]))
            + "])</script>"
        ),
        html(
            f"{HEADLINE}<script>window.__STATE__ = JSON.parse("
            + json.dumps(json.dumps({"blocks": [{"kind": "text", "value": line[3:-4]} for line in LINES]}))
            + ");</script>"
        ),
        html(f"""{HEADLINE}<x-article data-content="{"".join(LINES).replace("<", "&lt;")}"></x-article>"""),
        html(f"{HEADLINE}<noscript>{''.join(LINES)}</noscript>"),
    ],
    ids=[
        "one string a paragraph",
        "plain strings",
        "capital escapes",
        "streamed elements",
        "streamed elements with spaces",
        "a string that is parsed",
        "an attribute",
        "noscript",
    ],
)
def test_the_text_is_found_in_the_state_of_many_a_framework(page: str) -> None:
    found = text(page)
    assert TEXT.strip() in found
    assert "De bewoners zijn het er niet mee eens." in found


def test_names_and_labels_of_a_state_are_no_text() -> None:
    names = [{"name": f"Jan Smit de {number}de"} for number in range(40)]
    assert "Jan Smit" not in text(in_state({"people": names}))
