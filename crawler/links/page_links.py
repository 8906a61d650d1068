"""What a page links to, as it stands there: taken out of its tree once, by whoever has parsed it. Judges
nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from crawler.extract.page.page import Page

Attributes: TypeAlias = Mapping[str, str]
Anchor: TypeAlias = tuple[str, str | None, bool]
"""Where a link leads, as written; its words; whether its relation says that it is the next page."""

_OF_ELEMENTS = ("rel", "href", "type", "title", "hreflang")
_FOR_SCRIPTS = (
    "hx-get", "data-url", "data-href", "data-next", "data-more", "data-load", "data-ajax", "data-page",
    "data-endpoint", "data-infinite", "<turbo-frame",
)  # fmt: skip
"""How attributes begin whose address a script loads, or a frame."""
_VALUE = re.compile(r"""(?:[\w-]{0,30}|[^<>]{0,200}?\ssrc)\s{0,3}=\s{0,3}["']([^"'<>\s]{2,500})["']""")
_NUMBERED = re.compile(
    r"(?:[?&;](?:page|p|start|offset)=|/(?:page|pagina|seite)[/-])\d{1,3}(?!\d|-?[\da-f]*-)", re.I
)
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


def loaded_later(text: str) -> Iterator[str]:
    """The addresses of the further pages of a list that scripts load as the reader scrolls, or presses a
    button, in the markup of a page."""
    for name in _FOR_SCRIPTS:
        at = text.find(name)
        while at >= 0:
            at += len(name)
            value = _VALUE.match(text, at)
            if value is not None and _NUMBERED.search(value[1]):
                yield html.unescape(value[1])
            at = text.find(name, at)


def _words(node: LexborNode, attributes: Mapping[str, str | None]) -> str | None:
    words = " ".join((node.text(deep=True) or attributes.get("title") or "").split())
    return words[:MOST_WORDS] or None
