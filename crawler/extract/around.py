"""The short lines around a headline, where bylines and dates stand. Walks a page; reads no field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from selectolax.lexbor import LexborNode

from crawler.extract.metadata import key
from crawler.extract.page import Page, squeeze


@dataclass(frozen=True, kw_only=True)
class Line:
    """A short line near the headline."""

    text: str
    classes: str
    datetime: str | None
    """Of a ``<time>`` element in it."""
    after: bool
    """Below the headline rather than above it."""
    heading: bool = False
    """A heading of a lower level, or all in bold."""
    linked: int = 0
    """Characters that lead elsewhere."""

    @cached_property
    def related(self) -> bool:
        """Whether it seems to be about another article, or about none."""
        return self.linked > 30 or names_related(self.classes)

    @cached_property
    def dated(self) -> bool:
        """Whether there may be a date in it."""
        return self.datetime is not None or bool(DIGIT.search(self.text)) or len(self.text) < 40


def lines_around(page: Page, heading: LexborNode | None, title: str) -> list[Line]:
    """The lines below the headline, then those above it; none when it stands nowhere.

    *heading* is its element; without one, the element that shows *title* is looked for.
    """
    if heading is None and title:
        heading = _where_it_stands(page, title)
    if heading is None:
        return []
    return [*lines_in(_after(heading), after=True), *lines_in(_before(heading), after=False)]


DIGIT = re.compile(r"\d")
_SKIPPED = frozenset((
    "script", "style", "svg", "nav", "form", "aside", "footer", "button", "noscript", "template", "iframe",
    "figure", "picture", "video", "select",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "section", "article", "header", "main", "h1", "h2", "h3",
    "h4", "h5", "h6", "table", "tbody", "tr", "td", "th", "blockquote", "hr", "br", "address", "details",
    "summary",
))  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LONG = 220
"""A line of more characters is text of the article, not a line about it."""
RELATED = re.compile(
    r"related|recommend|teaser|sidebar|widget|comment|reactie|promo|most-?read|"
    r"popular|latest|lees-?ook|meer-|more-|"
    r"newsletter|banner|cookie|carousel|card\b|listing",
    re.I,
)


@lru_cache(maxsize=4096)  # a site has few classes, and every page has them
def names_related(classes: str) -> bool:
    """Whether an element is called something of other articles, or of none."""
    return bool(RELATED.search(classes))


def _where_it_stands(page: Page, title: str) -> LexborNode | None:
    """The element that shows the title where no heading element does."""
    body = page.tree.body
    if body is None:
        return None
    wanted = key(title)
    for node in body.traverse(include_text=True):
        if node.tag == "-text" and key(node.text(deep=False)) == wanted:
            return node.parent
    return None


def _after(heading: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Nodes below *heading* in document order: (node, whether it opens); blocks are closed, too."""
    node: LexborNode | None = heading
    for _ in range(250):
        assert node is not None
        child = None if node is heading or node.tag in _SKIPPED else node.first_child
        if child is not None:
            node = child
        else:
            while node.next is None:
                node = node.parent
                if node is None or node.tag in ("body", "html"):
                    return
                yield node, False
            node = node.next
        if node.tag not in _SKIPPED:
            yield node, True


def _before(heading: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Nodes above *heading* within its own container, in document order."""
    box, steps = heading, 0
    while steps < 3 and box.parent is not None and box.parent.tag not in ("body", "html", "main"):
        box, steps = box.parent, steps + 1
        if box.tag in ("header", "article"):
            break
    if box is heading:
        return
    mem = heading.mem_id
    for count, node in enumerate(box.traverse(include_text=True)):
        if node.mem_id == mem or count > 80:
            return
        yield node, True


def lines_in(nodes: Iterator[tuple[LexborNode, bool]], *, after: bool) -> Iterator[Line]:
    """The lines of text in *nodes*, until the article has clearly begun (or some other part has)."""
    pieces: list[str] = []
    classes: list[str] = []
    stamp: str | None = None
    heading = bold = link = False
    linked = strong = long = count = 0
    for node, opens in nodes:
        tag = node.tag
        if tag == "-text":
            text = node.text(deep=False)
            if text and not text.isspace() and (text := squeeze(text)):
                pieces.append(text)
                linked += len(text) * link
                strong += len(text) * bold
            continue
        if tag in _BLOCKS and pieces:
            text = " ".join(pieces)
            if len(text) > _LONG:
                long += 1
            else:
                count += 1
                if after and _RELATED_HEADING.match(text):
                    return
                yield Line(
                    text=text,
                    classes=" ".join(classes),
                    datetime=stamp,
                    after=after,
                    heading=heading or strong > 0.8 * len(text),
                    linked=linked,
                )
            pieces, classes, stamp = [], [], None
            linked = strong = 0
            if long >= 2 or count >= 20:
                return
        if tag == "a":
            link = opens and node.first_child is not None
        elif tag in ("b", "strong"):
            bold = opens and node.first_child is not None
        if not opens:
            continue
        if tag == "h1" and after:
            return
        if tag in _BLOCKS:
            heading = tag in _HEADINGS
        attributes = node.attributes
        if about := attributes.get("class") or attributes.get("itemprop") or attributes.get("id"):
            if tag in _BLOCKS and not pieces:
                classes = classes[-2:]
            classes.append(about)
        if (tag == "time" or "datetime" in attributes) and (value := attributes.get("datetime")):
            stamp = stamp or value
    if pieces and len(text := " ".join(pieces)) <= _LONG:
        yield Line(text=text, classes=" ".join(classes), datetime=stamp, after=after, linked=linked)


_RELATED_HEADING = re.compile(
    r"(?:lees (?:ook|meer|verder)|ook (?:interessant|lezen)|meer (?:nieuws|berichten|"
    r"over|uit|van)|gerelateerd|"
    r"laatste nieuws|meest gelezen|net binnen|andere (?:berichten|artikelen)|"
    r"aanbevolen|related|read (?:also|more)|"
    r"more (?:news|from|on)|most read|recommended|mehr zum thema|lesen sie auch|das könnte|à lire|lire aussi|"
    r"leggi anche|lês ek|mear nijs|fierder lêze)\b.{0,40}$",
    re.I,
)
