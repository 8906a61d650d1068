"""What a text is, a feed or a sitemap or neither, by its outermost element."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from archive.model.addresses import Role


class Root(NamedTuple):
    """The start tag of a feed or sitemap."""

    name: str
    prefix: str
    namespaces: dict[str, str]
    """Prefix -> namespace; ``""``: the default."""
    base: str
    end: int
    """Where it ends in the text."""
    entities: dict[str, str] = {}  # noqa: RUF012
    """What a document type declares, as far as it is plain text."""


ROLES = {
    "rss": Role.FEED,
    "feed": Role.FEED,
    "rdf": Role.FEED,
    "urlset": Role.SITEMAP,
    "sitemapindex": Role.SITEMAP,
}


MOST_ENTITIES = 100


def root_of(text: str, shift: int = 0) -> Root | None:
    """The start tag of a feed or sitemap at the beginning of *text*, before which only odds and ends stand.

    A warning of PHP and a comment of any length are odds and ends; a page's markup is not. *shift*: where
    *text* begins in the text that places are told of.
    """
    at = 0
    while hit := _BEFORE.search(text, at):
        if hit[1] is not None:
            end = text.find("-->", hit.end())
            if end < 0:
                return None
            at = end + 3
        elif hit[2] is None:
            return None
        else:
            stated = _ROOT_TAG.match(text, hit.start())
            tag = stated[0] if stated else ""
            spaces = {prefix or "": space for prefix, space in _NAMESPACE.findall(tag)}
            base = _BASE.search(tag)
            return Root(
                name=hit[3].lower(),
                prefix=hit[2],
                namespaces=spaces,
                base=html.unescape(base[1]) if base else "",
                end=shift + (stated.end() if stated else hit.end()),
                entities=dict(_ENTITY.findall(text[: hit.start()])[:MOST_ENTITIES]),
            )
    return None


def base_around(frame: str) -> str:
    """The ``xml:base`` of the channel whose tag stands in *frame*, before the first entry; empty: none."""
    channel = _CHANNEL.search(frame)
    base = _BASE.search(channel[0]) if channel is not None else None
    return html.unescape(base[1]) if base is not None else ""


def home_of(frame: str) -> str:
    """The address of its site that a channel states in *frame*, before the first entry; empty: none."""
    stated = _HOME.search(frame)
    return html.unescape(stated[1]).strip() if stated is not None else ""


_HOME = re.compile(r"<link>\s{0,100}(?:<!\[CDATA\[)?\s{0,100}(https?://[^\s<>\]]{1,1000})", re.I)


def wrapped_root(text: str, role: Role) -> Root | None:
    """The start tag of a feed or sitemap inside a page, or of a feed that lacks its outermost element.

    Only for what is known to be a source: a page may quote one.
    """
    hit = _INSIDE[role].search(text) if role in _INSIDE else None
    if hit is None:
        return None
    if hit[2].lower() != "channel":
        return root_of(text[hit.start() :], shift=hit.start())
    return Root(name="rss", prefix="", namespaces={}, base="", end=hit.end())


def entry_alone(text: str) -> tuple[Root, str] | None:
    """The start tag of a feed around an entry of Atom that stands alone, and the text with it."""
    hit = _ENTRY.match(text)
    if hit is None:
        return None
    opened = f"<{hit[1]}feed{hit[2]}>{text[hit.start(1) - 1 :]}"
    root = root_of(opened)
    return (root, opened) if root is not None else None


def unescaped_root(text: str, role: Role) -> tuple[Root, str] | None:
    """The start tag of a source that a page shows with its markup escaped, and the text unescaped."""
    if role not in _INSIDE or "&lt;" not in text:
        return None
    shown = html.unescape(text)
    root = wrapped_root(shown, role)
    return (root, shown) if root is not None else None


def what_it_is_instead(head: str, role: Role) -> str:
    """What a text that should be a feed or a sitemap is, in words for an operator."""
    what = "feed" if role is Role.FEED else "sitemap"
    if not head.strip():
        return f"no {what}: it is empty"
    if _MARKUP.search(head):
        return f"no {what}: a web page stands there"
    begins = " ".join(head.split())[:40]
    return f"no {what}: it begins with {begins!r}"


_BEFORE = re.compile(
    r"(<!--)|<((?:[\w.-]{1,40}:)?)(rss|feed|rdf|urlset|sitemapindex)(?=[\s/>])"
    r"|<(?:html|head|body|script|div|main|article|p|meta|title|!doctype\s+html)(?=[\s/>])",
    re.I,
)
_INSIDE = {
    Role.FEED: re.compile(r"<((?:[\w.-]{1,40}:)?)(rss|feed|rdf|channel)(?=[\s/>])", re.I),
    Role.SITEMAP: re.compile(r"<((?:[\w.-]{1,40}:)?)(urlset|sitemapindex)(?=[\s/>])", re.I),
}
_ENTRY = re.compile(
    r"\s{0,1000}(?:<\?[^<>]{0,500}\?>\s{0,1000}){0,5}<((?:[\w.-]{1,40}:)?)entry"
    r"((?=[^<>]{0,4000}www\.w3\.org/2005/Atom)[^<>]{0,4000})>",
    re.I,
)
_ENTITY = re.compile(r"<!ENTITY\s+([A-Za-z][\w.-]{0,40})\s+[\"']([^\"'<>&%]{0,500})[\"']\s*>")
_CHANNEL = re.compile(r"<channel\s[^<>]{0,4000}>", re.I)
_MARKUP = re.compile(r"<(?:html|head|body|!doctype\s+html)(?=[\s/>])", re.I)
_ROOT_TAG = re.compile(r"<[^<>]{0,20000}>")
_NAMESPACE = re.compile(r"""\sxmlns(?::([\w.-]{1,40}))?\s{0,20}=\s{0,20}["']([^"'<>]{0,300})["']""")
_BASE = re.compile(r"""\sxml:base\s{0,20}=\s{0,20}["']([^"'<>]{0,2000})["']""")
