"""Article text in what a page hands its script: states of frameworks, attributes, templates."""

from __future__ import annotations

import json
from html import escape

import pytest

from archive.model.types import SiteMemory
from crawler.extract.article import extract
from tests.crawler.extract.pages import SITE, capture, html

PARAGRAPHS = (
    "De gemeente sluit het zwembad aan de Vijverlaan vanaf januari, omdat het dak niet langer veilig is.",
    "Zwemclubs zijn verbaasd. Zij moeten straks uitwijken naar andere baden, en vrezen voor hun leden.",
    "De raad spreekt er volgende week over. Tot die tijd blijft het bad open voor lessen van de scholen.",
)
BODY = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
JSON = json.dumps(BODY)
SHELL = '<div id="app"></div>'


def state(value: object) -> str:
    """A shell with *value* in a script, as JSON."""
    return f'{SHELL}<script type="application/json" id="state">{json.dumps(value)}</script>'


def escaped(value: object) -> str:
    """*value* as JSON in an attribute."""
    return escape(json.dumps(value), quote=True)


PAGES = {
    "TipTap": state(
        {
            "article": {
                "type": "doc",
                "content": [
                    {
                        "type": "paragraph",
                        "content": [{"type": "text", "text": part} for part in (each[:9], each[9:])],
                    }
                    for each in PARAGRAPHS
                ],
            }
        }
    ),
    "Contentful": state(
        {
            "post": {
                "nodeType": "document",
                "content": [
                    {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": each, "marks": []}]}
                    for each in PARAGRAPHS
                ],
            }
        }
    ),
    "Sanity": state(
        {"body": [{"_type": "block", "children": [{"_type": "span", "text": each}]} for each in PARAGRAPHS]}
    ),
    "plain lines": state({"props": {"content": "\n\n".join(PARAGRAPHS)}}),
    "React's props": f'<div data-react-props="{escaped({"article": {"body": BODY}})}"></div>',
    "Astro's props": f'<astro-island props="{escaped({"body": [0, BODY]})}"></astro-island>',
    "an attribute of a component": f'<article-view body="{escape(BODY, quote=True)}"></article-view>',
    "strings of JavaScript": SHELL
    + "<script>window.__NUXT__=(function(a){return {body:"
    + JSON.replace("<", "\\x3C").replace(">", "\\x3E")
    + "}})(1);</script>",
    "a template of script": f'{SHELL}<script type="text/x-template">{BODY}</script>',
    "Angular's state": SHELL
    + '<script id="ng-state" type="application/json">'
    + json.dumps({"article": {"body": BODY}}).replace("<", "&l;").replace(">", "&g;")
    + "</script>",
    "Angular's older state": SHELL
    + '<script id="app-state" type="application/json">'
    + json.dumps({"article": {"body": BODY}}).replace('"', "&q;").replace("<", "&l;").replace(">", "&g;")
    + "</script>",
    "a text area": f'<textarea style="display:none">{escape(BODY)}</textarea>',
}


@pytest.mark.parametrize("name", PAGES)
def test_text_that_only_a_script_shows_is_read(name: str) -> None:
    page = html(f"<main><article><h1>Gemeente sluit zwembad</h1>{PAGES[name]}</article></main>")
    article = extract(capture(page), SITE, SiteMemory(site="bode"))
    assert [line for line in article.text.split("\n") if line] == list(PARAGRAPHS)
