"""Pages that no newsroom makes: read as far as the bounds go, and never in more than linear time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.model.addresses import Role
from archive.model.types import Article, Capture, SiteMemory
from crawler.extract.article import extract
from crawler.extract.page.bounds import (
    MOST_ATTRIBUTES,
    MOST_DEPTH,
    MOST_TAGS,
    MOST_TEXT,
    bounded,
)
from crawler.links.discover import discover
from crawler.siteconfig.site import Site

SITE = Site(name="dorp", url="https://dorp.example/")


def captured(html: str) -> Capture:
    body = html.encode()
    return Capture(
        site="dorp",
        url="https://dorp.example/n/1",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        body=body,
        status=200,
    )


def reading(html: str) -> Article:
    return extract(captured(html), SITE, SiteMemory(site="dorp"))


def page(body: str = "", *, head: str = "", title: str = "Brand") -> str:
    return (
        f'<!doctype html><html lang="nl"><head><title>{title}</title>{head}</head>'
        "<body><article><h1>Brand</h1><p>De brandweer rukte uit naar een brand in de oude school.</p>"
        f"{body}</article></body></html>"
    )


Growing = Callable[[int], str]
"""How often something is repeated -> a page."""


def _json_ld(inside: str) -> str:
    return page(head=f'<script type="application/ld+json">{inside}</script>')


def _numbered(unit: str) -> Growing:
    return lambda n: "".join(unit.replace("#", str(i)) for i in range(n))


GROWING: dict[str, tuple[Growing, int]] = {
    "spaces in JSON-LD": (lambda n: _json_ld("{" + " " * n + "x"), 30_000),
    "slashes in JSON-LD": (lambda n: _json_ld("//" * n + "x"), 30_000),
    "nested JSON-LD": (lambda n: _json_ld('{"a":' * n), 30_000),
    "authors in JSON-LD": (
        lambda n: _json_ld(
            '{"@type":"NewsArticle","author":[' + ",".join(f'"Jan Smit{i}"' for i in range(n)) + "]}"
        ),
        10_000,
    ),
    "brackets in an author": (lambda n: page(head=f'<meta name="author" content="{"(" * n}">'), 30_000),
    "authors": (lambda n: page(head=_numbered('<meta name="author" content="Jan Smit#">')(n)), 5_000),
    "meta elements": (lambda n: page(head=_numbered('<meta name="k#" content="v">')(n)), 5_000),
    "dashes in a title": (lambda n: page(title="a - " * n), 20_000),
    "separators in og:title": (
        lambda n: page(head=f'<meta property="og:title" content="{"a | " * n}">'),
        20_000,
    ),
    "dashes in a heading": (lambda n: f"<h1>{'a - ' * n}</h1>", 20_000),
    "headings": (lambda n: "<h1>Kop x</h1>" * n, 5_000),
    "end tags of headings": (lambda n: page("</h1>" * n), 10_000),
    "nested divisions": (lambda n: "<div>" * n + "x", 20_000),
    "nested lists": (lambda n: "<ul>" * n + "x", 20_000),
    "nested quotes": (lambda n: "<blockquote>" * n + "x", 20_000),
    "nested forms": (lambda n: "<form>" * n + "x", 20_000),
    "nested tables": (lambda n: "<table><tr><td>" * n + "x", 5_000),
    "nested definitions": (lambda n: "<dl><dt>x<dd>y" * n, 5_000),
    "nested drawings": (lambda n: "<svg>" + "<g>" * n, 20_000),
    "nested templates": (lambda n: "<template>" * n, 20_000),
    "links around divisions": (_numbered('<a href="/#"><div>'), 10_000),
    "formatting opened again by each paragraph": (lambda n: _numbered("<b a#>")(n) + "<p>x" * n, 4_000),
    "nested microdata": (lambda n: '<div itemprop="author" itemscope>' * n + "Jan", 5_000),
    "attributes on one element": (
        lambda n: f"<div {' '.join(f'd{i}=1' for i in range(n))}>Tekst.</div>",
        20_000,
    ),
    "attributes of quoted angle brackets": (
        lambda n: _numbered('<div d#=">"')(1) + _numbered('d#=">"')(n) + ">Tekst.</div>" + "<p>x" * 12_000,
        20_000,
    ),
    "attributes that hide every angle bracket in quotes": (
        lambda n: _numbered('<div d#=">"')(1) + _numbered(' d#=">"')(n) + ">Tekst.</div>",
        20_000,
    ),
    "attributes handed on by body": (_numbered("<body a#=1>"), 10_000),
    "choices": (lambda n: page("<select>" + "<option>x" * n), 12_000),
    "items": (lambda n: page("<li>x" * n), 5_000),
    "paragraphs": (lambda n: page("<p>De man " * n), 5_000),
    "a date without end": (
        lambda n: page(f'<time datetime="{"1-" * n}">x</time><time>{"1 mei " * n}</time>'),
        5_000,
    ),
    "classes": (lambda n: page(f'<div class="{"a " * n}">x</div>'), 50_000),
    "a base with many steps": (lambda n: f'<base href="{"a/" * n}">' + "<a href=x>y</a>" * 1_000, 100_000),
    "steps up in a canonical": (lambda n: page(head=f'<link rel=canonical href="/{"../" * n}">'), 30_000),
    "meta tags that never end": (lambda n: "<meta name " * n, 20_000),
    "angle brackets": (lambda n: "<" * n, 100_000),
    "tags that never end": (lambda n: "<a " * n, 50_000),
}


@pytest.mark.parametrize("name", GROWING)
def test_twice_the_page_takes_no_more_than_about_twice_the_time(name: str) -> None:
    """Four times as much is allowed a factor of nine: quadratic work takes sixteen."""
    made, n = GROWING[name]
    small, large = captured(made(n)), captured(made(4 * n))
    least = 0.05  # seconds of CPU below which the clock says more of the machine than of us
    assert any(_cpu(large) <= 9 * max(least, _cpu(small)) for _ in range(3))


def _cpu(capture: Capture) -> float:
    began = time.process_time()
    extract(capture, SITE, SiteMemory(site="dorp"))
    discover(capture, SITE, role=Role.PAGE)
    return time.process_time() - began


@pytest.mark.parametrize("name", [name for name, (made, _) in GROWING.items() if "brandweer" in made(1)])
def test_what_stands_before_the_poison_is_read(name: str) -> None:
    made, n = GROWING[name]
    article = reading(made(n))
    assert "De brandweer rukte uit naar een brand in de oude school." in (
        article.text + "\n".join(article.left_out or ())
    )


def _depth(node: LexborNode | None) -> int:
    deepest, at, depth = 0, node, 0
    while at is not None:
        child = at.first_child
        if child is not None:
            at, depth = child, depth + 1
            deepest = max(deepest, depth)
            continue
        while at is not None and at.next is None:
            at, depth = at.parent, depth - 1
        at = at.next if at is not None else None
    return deepest


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        ("<div>", "deep"),
        ("<div></q>", "deep"),
        ("<span><div></span></div>", "deep"),
        ("<div><table></div></table>", "deep"),
        ("<dl><dt>x<dd>y", "deep"),
        ("<ul><li>", "deep"),
        ("<a href=x><div>", "deep"),
        ("<svg><title><div>", "deep"),
    ],
)
def test_no_tree_is_much_deeper_than_browsers_make_one(unit: str, says: str) -> None:
    cut = bounded((unit * 15_000).encode())
    assert any(says in each for each in cut.left_out)
    assert _depth(LexborHTMLParser(cut.html).root) <= MOST_DEPTH + 110  # anchors are cloned into blocks


@pytest.mark.parametrize(
    "unit",
    [
        "<p>Tekst",
        "<li>Tekst",
        "<tr><td>een<td>twee",
        "<table><tr><td>een<tr><td>twee</table>",
        "<dt>woord<dd>uitleg",
        "<div><p>Tekst</div>",
        "<p><b class=x>Vet</b> en <a href=x>link</a><br>",
        "<svg><path d=M/></svg>",
        "<script>if (a<b) { x = '<div>' }</script>",
        "<textarea><div></textarea>",
        "<!-- <div> -->",
        "<ul><li>een<li>twee</ul>",
        "<input><img src=x>",
    ],
)
def test_an_honest_page_of_many_tags_is_read_as_it_is(unit: str) -> None:
    html = (unit * 12_000)[: len(unit) * (MOST_TAGS // max(unit.count("<"), 1) - 1)].encode()
    assert html.count(b"<") > 10_000
    assert bounded(html)[:2] == (html, ())


def test_what_was_left_unread_is_said() -> None:
    deep = reading(page("<div>" * 20_000 + "<p>Slot.</p>"))
    many = reading(page("<p>Een regel.</p>" * MOST_TAGS))
    assert "deep" in deep.sources["unread"]
    assert f"{MOST_TAGS:,} tags" in many.sources["unread"]
    assert "unread" not in reading(page()).sources


@pytest.mark.parametrize("value", ["1", '">"', "'>'", '"<b>"', ' \n "a > b"'])
def test_attributes_beyond_the_bound_are_left_out_and_their_element_is_read(value: str) -> None:
    attributes = " ".join(f"d{i}={value}" for i in range(20_000))
    cut = bounded(f"<div class=kop {attributes}>Tekst.</div><p>Slot.</p>".encode())
    tree = LexborHTMLParser(cut.html)
    node = tree.css_first("div.kop")
    assert node is not None
    assert (len(node.attributes), node.text(), tree.css_first("p").text()) == (
        MOST_ATTRIBUTES,
        "Tekst.",
        "Slot.",
    )


def test_elements_too_deep_leave_their_text_and_what_follows_them_in_its_place() -> None:
    nested = "<div>" * 15_000 + "diep" + "</div>" * 15_000
    tree = LexborHTMLParser(bounded(f"<main>{nested}</main><aside>erna</aside>".encode()).html)
    aside = tree.css_first("body > aside")
    assert aside is not None and aside.text() == "erna"
    assert "diep" in tree.css_first("main").text()


def test_a_text_without_end_is_read_up_to_the_bound() -> None:
    cut = bounded(b"<p>" + b"woord " * MOST_TEXT)
    assert len(cut.html) <= MOST_TEXT + 3
    scripts = b"<script>" + b"x" * 2 * MOST_TEXT + b"</script><p>Tekst.</p>"
    assert bounded(scripts).html == scripts  # what no reader sees is no text
