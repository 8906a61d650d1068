"""A captured page, decoded and parsed once: text, tree, meta tags, JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.model.types import Capture
from crawler.extract.page.addresses import MOST_ADDRESS, absolute
from crawler.extract.page.blocks import Outline, outline
from crawler.extract.page.bounds import (
    MOST_JSON,
    MOST_NESTED,
    MOST_OF_A_KIND,
    MOST_SAID,
    MOST_TITLE,
    Bounded,
    bounded,
)
from crawler.extract.page.broken_json import read_json
from crawler.extract.page.encoding import decode

# ---------------------------------------------------------------- bytes -> text

_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w:.-]+)""", re.I)


# ---------------------------------------------------------------- text of nodes


def squeeze(text: str) -> str:
    """*text* on one line: runs of white space are one space, none at the ends."""
    return " ".join(text.split())


_TEMPLATE = re.compile(rb"<(/?)template\b([^>]*)>", re.I)
_SHADOW = re.compile(rb"\bshadowroot(?:mode)?\s*=", re.I)


def _with_shadows_shown(html: bytes) -> bytes:
    """*html* with declarative shadow roots as plain elements, as a browser shows them."""
    shown: list[bool] = []

    def plain(tag: re.Match[bytes]) -> bytes:
        if not tag[1]:
            shown.append(bool(_SHADOW.search(tag[2])))
            return b"<div>" if shown[-1] else tag[0]
        return b"</div>" if shown and shown.pop() else tag[0]

    return _TEMPLATE.sub(plain, html)


# ---------------------------------------------------------------- the page

_TOLD = (
    "meta[content]", 'script[type*="ld+json" i]', "h1", "base[href]", "title", "link[rel=canonical]",
    "time[datetime]", 'a[rel~="tag"]',
)  # fmt: skip
"""What every reading asks for; no two of one tag."""


@dataclass(frozen=True, eq=False)
class Page:
    """One capture, decoded and parsed once. Everything is read when first asked for."""

    capture: Capture

    @classmethod
    def of(cls, capture: Capture) -> Page:
        """The page of a capture. Any bytes will do.

        The last one is kept: who looks for links after the article has been read parses nothing twice.
        Nobody changes a page's tree.
        """
        if not _last or _last[0].capture is not capture:
            _last[:] = [cls(capture)]
        return _last[0]

    @cached_property
    def media_type(self) -> str:
        """The media type the server stated, lower case, without parameters; ``""`` when it stated none."""
        stated = self.capture.header("content-type") or ""
        return re.split("[;,]", stated, maxsplit=1)[0].strip().lower()

    @cached_property
    def _decoded(self) -> tuple[str, str]:
        charset = _HEADER_CHARSET.search(self.capture.header("content-type") or "")
        return decode(self.capture.body, declared=charset[1] if charset else None)

    @property
    def html(self) -> str:
        """The page as text."""
        return self._decoded[0]

    @property
    def encoding(self) -> str:
        """The codec it was decoded with."""
        return self._decoded[1]

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The page's tree as browsers build it, within the bounds. Nobody may change it."""
        html = self._bounded.html
        tree = LexborHTMLParser(_with_shadows_shown(html) if self.mentions(b"shadowroot") else html)
        if self.mentions(b"<rt"):
            for node in tree.css("rt"):  # how a word is said, small above it
                if node.parent is None or node.parent.css_first("rp") is None:
                    node.decompose()  # with brackets of its own it reads as text
        return tree

    @cached_property
    def _bounded(self) -> Bounded:
        if self.encoding == "utf-8":
            return bounded(self.capture.body)
        return bounded(self.html.encode("utf-8", "replace"))

    def mentions(self, markup: bytes) -> bool:
        """Whether *markup*, in lower case, is anywhere in the page: far cheaper to ask than the tree."""
        return markup in self._bounded.lower

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was left unread because the page exceeds the bounds, in words."""
        return self._bounded.left_out

    @cached_property
    def outline(self) -> Outline:
        """The tree as runs of text."""
        return outline(self.tree)

    @cached_property
    def _told(self) -> Mapping[str, list[LexborNode]]:
        """The elements every reading asks for, by tag: each search for one more walks the whole tree."""
        told: dict[str, list[LexborNode]] = {name.partition("[")[0]: [] for name in _TOLD}
        for node in self.tree.css(", ".join(_TOLD)):
            told[node.tag or ""].append(node)
        return told

    @property
    def title_element(self) -> LexborNode | None:
        """The first ``<title>``."""
        return next(iter(self._told["title"]), None)

    @property
    def canonical_link(self) -> LexborNode | None:
        """The first ``<link rel=canonical>``."""
        return next(iter(self._told["link"]), None)

    @property
    def times(self) -> list[LexborNode]:
        """The ``<time>`` elements that state a moment to machines, in page order."""
        return self._told["time"]

    @property
    def tag_links(self) -> list[LexborNode]:
        """The links that are marked as those to a tag, in page order."""
        return self._told["a"]

    @cached_property
    def h1s(self) -> list[tuple[LexborNode, str]]:
        """The first-level headings that have text, with it."""
        headings = ((node, text_of(node)[:MOST_TITLE]) for node in self._told["h1"][:MOST_OF_A_KIND])
        return [(node, text) for node, text in headings if text]

    @cached_property
    def metas(self) -> Mapping[str, list[str]]:
        """``name``, ``property``, ``itemprop`` or ``http-equiv`` in lower case -> contents, in page order."""
        metas: dict[str, list[str]] = {}
        for node in self._told["meta"]:
            attributes = node.attributes
            content = squeeze((attributes.get("content") or "")[:MOST_SAID])
            if not content:
                continue
            for key in ("property", "name", "itemprop", "http-equiv"):
                name = attributes.get(key)
                if name:
                    name = name[:MOST_TITLE].strip().lower()
                    contents = metas.setdefault(name, [])
                    said = content if "description" in name else content[:MOST_TITLE]
                    if len(contents) < MOST_OF_A_KIND and said not in contents:
                        contents.append(said)
        return metas

    def meta(self, *names: str) -> str | None:
        """The first content of the first of *names* (lower case) that has one."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """The objects of all JSON-LD scripts, ``@graph`` and lists flattened; the unreadable left out."""
        objects: list[dict[str, Any]] = []
        for node in self._told["script"]:
            objects.extend(_objects(_short(read_json(node.text(deep=True)[:MOST_JSON]))))
            if len(objects) >= MOST_OF_A_KIND:
                break
        return objects[:MOST_OF_A_KIND]

    @cached_property
    def lang(self) -> str | None:
        """The language the page states, as it spells it (``nl``, ``nl-NL``, ``en_US``)."""
        root = self.tree.root
        attributes = root.attributes if root is not None else {}
        stated = attributes.get("lang") or attributes.get("xml:lang")
        stated = stated or self.meta("content-language", "og:locale", "language", "dc.language", "inlanguage")
        return stated.split(",")[0].strip() or None if stated else None

    @cached_property
    def base_url(self) -> str:
        """The address relative links start from."""
        base = self._told["base"]
        href = (base[0].attributes.get("href") or "").strip() if base else ""
        if len(href) > MOST_ADDRESS:
            return self.capture.url
        return absolute(self.capture.url, href) or self.capture.url

    def absolute(self, href: str | None) -> str | None:
        """*href* as an http(s) address, or ``None`` when it is none."""
        return absolute(self.base_url, href)


def text_of(node: LexborNode) -> str:
    """All text below *node* on one line."""
    return squeeze(node.text(deep=True))


# ---------------------------------------------------------------- JSON-LD


def _short(value: Any, name: str = "", depth: int = 0) -> Any:
    """A JSON-LD value whose short things are short: titles, names, dates; the text itself is whole."""
    if depth > MOST_NESTED:
        return None
    if isinstance(value, str):
        if len(value) <= MOST_TITLE or name == "articleBody":
            return value
        return value[: MOST_SAID if name in _LONG else MOST_TITLE]
    if isinstance(value, list):
        return [_short(each, name, depth + 1) for each in value[:MOST_OF_A_KIND]]
    if isinstance(value, dict):
        return {key: _short(each, key, depth + 1) for key, each in value.items()}
    return value


_LONG = frozenset({"description", "text", "abstract", "reviewBody"})


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD value: lists and ``@graph`` opened, outermost first."""
    if depth > 8:
        return
    if isinstance(value, list):
        for each in value:
            yield from _objects(each, depth + 1)
    elif isinstance(value, dict):
        graph = value.get("@graph")
        if graph is None or len(value) > 2:
            yield value
        yield from _objects(graph, depth + 1)


_last: list[Page] = []
