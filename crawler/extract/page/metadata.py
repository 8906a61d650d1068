"""What a page says of itself to machines: its article object, its names, its breadcrumbs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extract.page.page import Page, squeeze, text_of
from crawler.siteconfig.site import Site

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|^Report|Posting)$")
NEWS_TYPE = re.compile(r"NewsArticle$|LiveBlogPosting$")


def plain(value: object) -> str:
    """A string out of JSON-LD or a meta tag on one line, its entities resolved (twice escaped ones too)."""
    text = value if isinstance(value, str) else ""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return squeeze(_UNSEEN.sub("", text))


_UNSEEN = re.compile("[\xad\u200b\u200e\u200f\u2060\ufeff]")
"""Signs that take no room: soft hyphens, spaces without width, marks of direction."""


def key(text: str | None) -> str:
    """Letters and digits only, lower case: for telling whether two strings say the same."""
    return _NO_WORD.sub("", (text or "").lower())


_NO_WORD = re.compile(r"[\W_]+")


def types_of(thing: Mapping[str, Any]) -> tuple[str, ...]:
    """The ``@type`` of a JSON-LD object without its namespace."""
    stated = thing.get("@type")
    stated = stated if isinstance(stated, list) else [stated]
    return tuple(str(each).rpartition("/")[2] for each in stated if each)


def as_list(value: Any) -> list[Any]:
    """JSON-LD says one thing or a list of things."""
    return value if isinstance(value, list) else [] if value is None else [value]


@dataclass(frozen=True, eq=False)
class Metadata:
    """The machine witnesses of one page, each read when first asked for."""

    page: Page
    site: Site

    @cached_property
    def article(self) -> Mapping[str, Any]:
        """The JSON-LD object of the page's own article; empty when it has none.

        Pages that describe their related articles too are why address and headline are compared.
        """
        candidates = [
            each for each in self._articles() if any(_ARTICLE_TYPE.search(t) for t in types_of(each))
        ]
        return max(candidates, key=self._weight) if len(candidates) > 1 else (candidates or [{}])[0]

    @cached_property
    def states_an_article(self) -> bool:
        """Whether the page tells machines that it is an article."""
        told = bool(self.article.get("headline") or self.article.get("datePublished"))
        return told or self.page.meta("article:published_time") is not None

    def _articles(self) -> Iterator[Mapping[str, Any]]:
        for each in self.page.json_ld:
            yield each
            for name in ("mainEntity", "mainEntityOfPage"):
                for inner in as_list(each.get(name)):
                    if isinstance(inner, dict) and "headline" in inner:
                        yield inner

    def _weight(self, thing: Mapping[str, Any]) -> float:
        stated = thing.get("mainEntityOfPage") or thing.get("url") or thing.get("@id")
        stated = stated.get("@id") if isinstance(stated, dict) else stated
        here = isinstance(stated, str) and _path(stated) in self._paths
        headline = key(plain(thing.get("headline") or thing.get("name")))
        named = bool(headline) and headline in (key(self.page.meta("og:title")), *map(key, self.h1_texts))
        news = any(NEWS_TYPE.search(each) for each in types_of(thing))
        # among equals the one that says more: sites print a bare one beside a full one
        return 4 * here + 3 * named + news + ("datePublished" in thing) + len(thing) / 100

    @cached_property
    def _paths(self) -> frozenset[str]:
        stated = (self.page.capture.url, self.page.meta("og:url"), self.canonical)
        return frozenset(_path(each) for each in stated if each) - {""}

    @cached_property
    def canonical(self) -> str | None:
        """The address the page calls its own, absolute; not one that it names as its twin in another
        language."""
        node = self.page.canonical_link
        href = node.attributes.get("href") if node is not None else None
        stated = self.page.absolute(href) or self.page.absolute(self.page.meta("og:url"))
        return None if stated and self._is_twin(stated) else stated

    def _is_twin(self, address: str) -> bool:
        """Whether the page names *address* as itself in another language than that of its own address."""
        if not self.page.mentions(b"hreflang"):
            return False
        named: dict[str, set[str]] = {}
        for node in self.page.tree.css("link[rel~=alternate][hreflang][href]"):
            language = (node.attributes.get("hreflang") or "").lower().partition("-")[0]
            if language != "x" and (url := self.page.absolute(node.attributes.get("href"))):
                named.setdefault(url.rstrip("/"), set()).add(language)
        here, there = (named.get(each.rstrip("/")) for each in (self.page.capture.url, address))
        return here is not None and there is not None and here.isdisjoint(there)

    @cached_property
    def references(self) -> Mapping[str, Mapping[str, Any]]:
        """JSON-LD objects by their ``@id``, to resolve ``{"@id": ...}``."""
        return {
            each["@id"]: each
            for each in self.page.json_ld
            if isinstance(each.get("@id"), str) and "name" in each
        }

    def objects(self, name: str) -> Iterator[Mapping[str, Any] | str]:
        """The values of *name* in the article's object, references resolved."""
        stated = as_list(self.article.get(name))
        for each in (inner for outer in stated for inner in as_list(outer)):
            if isinstance(each, dict):
                known = self.references.get(str(each.get("@id"))) if "name" not in each else None
                yield known or each
            elif isinstance(each, str):
                yield each

    @cached_property
    def h1s(self) -> list[LexborNode]:
        """The first-level headings that have text."""
        return [node for node, _ in self.page.h1s]

    @cached_property
    def h1_texts(self) -> list[str]:
        """Their texts."""
        return [plain(text) for _, text in self.page.h1s]

    @cached_property
    def stated_names(self) -> frozenset[str]:
        """Keys of what the page and the site's definition call the site."""
        stated = [
            self.site.title,
            *map(
                self.page.meta,
                ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher"),
            ),
        ]
        stated += [
            plain(each.get("name"))
            for each in self.page.json_ld
            if {"Organization", "NewsMediaOrganization", "WebSite"} & set(types_of(each))
        ]
        for each in self.objects("publisher"):
            stated.append(each if isinstance(each, str) else plain(each.get("name")))
        return frozenset(key(each) for each in stated if each) - {""}

    @cached_property
    def names(self) -> frozenset[str]:
        """Keys of what the site is called: by itself, by its address, by its definition."""
        host = (urlsplit(self.page.capture.url).hostname or "").removeprefix("www.")
        labels = host.split(".")
        stated = [host, host.rpartition(".")[0], labels[0], labels[-2] if len(labels) > 1 else ""]
        names = (frozenset(key(each) for each in stated if each) | self.stated_names) - {""}
        title = key(self.page.meta("og:title"))
        node = self.page.title_element if not title else None
        if node is not None and key(text_of(node)) in map(key, self.h1_texts):
            title = key(text_of(node))
        sure = {key(self.site.title), key(host), *map(key, labels)}
        return names - {title} if title not in sure else names  # plugins name the site after the article

    @cached_property
    def sections(self) -> frozenset[str]:
        """Keys of the sections the page says it stands in."""
        stated = [plain(each) for each in as_list(self.article.get("articleSection"))]
        stated += [
            self.page.meta(name) or ""
            for name in ("article:section", "og:section", "category", "content_category")
        ]
        return frozenset(map(key, stated)) - {""}

    def is_site_name(self, text: str) -> bool:
        """Whether *text* is what the site is called, give or take an article or a top-level domain."""
        wanted = key(text)
        if not wanted:
            return False
        return any(
            wanted == name
            or (min(len(wanted), len(name)) > 3 and (wanted in name or name in wanted)
                and abs(len(name) - len(wanted)) <= max(3, len(name) // 3))
            for name in self.names
        )  # fmt: skip


def _path(address: str) -> str:
    """What is left of an address when scheme, www, query and index page are not looked at."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    path = re.sub(r"/(?:index\.\w+|amp/?)?$", "", parts.path)
    return path.lower() + ("?" + parts.query if "=" in parts.query and len(path) < 12 else "")
