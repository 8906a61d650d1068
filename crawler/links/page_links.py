"""What a page links to, as it stands there: taken out of its tree once, by whoever has parsed it. Judges
nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from crawler.extract.page.page import Page

Attributes: TypeAlias = Mapping[str, str]
Anchor: TypeAlias = tuple[str, str | None, bool]
"""Where a link leads, as written; its words; whether its relation says that it is the next page."""

_OF_ELEMENTS = ("rel", "href", "type", "title", "hreflang")
MOST_WORDS = 300
"""Characters of a link's words that are kept."""


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The links of one page."""

    base: str
    """The address relative links start from."""
    elements: tuple[Attributes, ...]
    """Of ``<link rel href>``, in page order: those of their attributes that say what they are."""
    refresh: str | None
    """What the page says of where it sends its reader."""
    anchors: tuple[Anchor, ...]
    """Of ``<a>`` and ``<area>``, in page order, without those that lead to a place on the page itself."""


def links_on(page: Page) -> PageLinks:
    """The links of *page*."""
    elements = []
    for node in page.tree.css("link[rel][href]"):
        attributes = node.attributes
        elements.append({name: attributes[name] or "" for name in _OF_ELEMENTS if name in attributes})
    anchors = []
    for node in page.tree.css("a[href], area[href]"):
        attributes = node.attributes
        href = attributes["href"]
        if href and href[0] != "#":
            is_next = "rel" in attributes and "next" in (attributes["rel"] or "").lower().split()
            anchors.append((href, _words(node, attributes), is_next))
    return PageLinks(page.base_url, tuple(elements), page.meta("refresh"), tuple(anchors))


def _words(node: LexborNode, attributes: Mapping[str, str | None]) -> str | None:
    words = " ".join((node.text(deep=True) or attributes.get("title") or "").split())
    return words[:MOST_WORDS] or None
