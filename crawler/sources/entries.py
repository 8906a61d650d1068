"""An entry of a feed or a sitemap, read forgivingly, as the link that it names."""

from __future__ import annotations

import html
import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from archive.model.addresses import Link, Role
from crawler.sources.source_bytes import NO_XML, joined, plain, said, spelled
from crawler.sources.source_root import Root


def parsed(text: str, root: Root, parser: Any) -> Any:
    """One entry as an element; ``None`` when nothing of it can be read."""
    end = text.find(">")
    name = _NAME.match(text)
    if end < 0 or name is None:
        return None
    spaces = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{html.escape(html.unescape(space))}"'
        for prefix, space in root.namespaces.items()
    )
    cleaned = _clean(_declared(text, root.entities) if root.entities else text)
    try:
        whole = etree.fromstring(f"<legger{spaces}>{cleaned}</{name[1]}></legger>".encode(), parser)
    except (etree.LxmlError, ValueError):
        return None
    return whole[0] if whole is not None and len(whole) else None


def _declared(text: str, entities: dict[str, str]) -> str:
    """An entry with the entities that its document declares; each is plain text."""
    return _DECLARED.sub(lambda hit: html.escape(entities[hit[1]]) if hit[1] in entities else hit[0], text)


_DECLARED = re.compile(r"&([A-Za-z][\w.-]{0,40});")


def _clean(text: str) -> str:
    """An entry as XML wants it: its sections of character data and its entities as plain references."""
    kept, at = [], 0
    while (start := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        kept.append(_references(text[at:start]))
        kept.append(html.escape(text[start + 9 : end], quote=False))
        at = end + 3
    kept.append(_references(text[at:]))
    return NO_XML.sub("", "".join(kept))


def _references(text: str) -> str:
    return _AMPERSAND.sub(_reference, _HALVES.sub(_whole, text)) if "&" in text else text


def _whole(hit: re.Match[str]) -> str:
    """A character that was escaped by its two UTF-16 units, as who cuts a text by these writes an emoji."""
    high, low = (int(each[1:], 16) if each[0] in "xX" else int(each) for each in hit.groups())
    return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)


def _reference(hit: re.Match[str]) -> str:
    if hit[0] == "&":
        return "&amp;"
    if hit[0] in ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;"):
        return hit[0]
    return html.escape(html.unescape(hit[0]))


_NAME = re.compile(r"<([^\s/>]{1,100})")
_AMPERSAND = re.compile(r"&(?:#\d{1,20};|#[xX][\da-fA-F]{1,20};|[a-zA-Z]\w{1,30};)?")
_HALVES = re.compile(
    r"&#(5529[6-9]|55[3-9]\d\d|56[0-2]\d\d|563[01]\d|[xX][dD][89abAB][\da-fA-F]{2});"
    r"&#(563[2-9]\d|56[4-9]\d\d|57[0-2]\d\d|573[0-3]\d|5734[0-3]|5632\d|[xX][dD][c-fC-F][\da-fA-F]{2});"
)


def feed_entry(entry: Any, root: Root, base: str, home: str = "") -> Link | None:
    """An item of RSS, or an entry of Atom. *home*: where the feed says that its site is."""
    stated: dict[str, str] = {}
    authors: dict[str, None] = {}
    href = other = permalink = path = None
    base_is_stated = bool(root.base or entry.get(_XML_BASE))
    base = joined(base, entry.get(_XML_BASE) or "") or base
    for child in entry.iterchildren(tag=etree.Element):
        name = _name(child, root)
        text = "".join(child.itertext()).strip()
        if name == "link":
            rel = (child.get("rel") or "alternate").lower()
            if child.get("href") and rel == "alternate":
                own = joined(base, child.get(_XML_BASE) or "") or base
                stands = joined(own, child.get("href").strip())
                if (child.get("type") or "").strip().lower() in _OF_A_PAGE:
                    href = href or stands
                else:
                    other = other or stands
            elif text:
                stated.setdefault("link", text)
        elif name in ("guid", "id"):
            if (child.get("isPermaLink") or "").lower() != "false" and text.startswith(
                ("http://", "https://")
            ):
                permalink = permalink or text
            elif _PATH.fullmatch(text):
                path = path or text
        elif name in ("author", "dc:creator", "creator"):
            if who := plain(_person(child, root) or _in_parentheses(text)):
                authors.setdefault(who)
        elif name == "category":
            stated.setdefault("category", child.get("term") or text)
        elif text:
            stated.setdefault(_ALIASES.get(name, name), text)
    target = stated.get("feedburner:origlink") or stated.get("link") or href
    if permalink and target and _is_front(target) and not _is_front(permalink):
        target = permalink  # a system that links every item to the front page
    target = target or permalink or other or path
    if target and root.name != "feed" and home and not base_is_stated and _IN_FOLDER.match(target):
        base = joined(base, home) or base  # RSS has no rule; readers begin at the site that the channel names
    about = entry.get(_RDF_ABOUT) or ""  # RSS 1.0 says the address here as well, and some nowhere else
    url = joined(base, spelled(target or (about if about.startswith(("http://", "https://")) else ""), base))
    if not url:
        return None
    return Link(
        url=url,
        how="feed",
        title=plain(stated.get("title")),
        published=said(stated.get("published") or stated.get("updated")),
        modified=said(stated.get("updated")) if "published" in stated else None,
        author=", ".join(authors)[:500] or None,
        section=plain(stated.get("category")),
    )


def sitemap_entry(entry: Any, root: Root, base: str) -> Link | None:
    """A page, or a sitemap, that a sitemap names."""
    stated: dict[str, str] = {}
    for child in entry.iterchildren(tag=etree.Element):
        name = _name(child, root)
        if name.rpartition(":")[2] == "news" and len(child):
            for detail in child.iterchildren(tag=etree.Element):
                stated.setdefault(
                    "news:" + _name(detail, root).rpartition(":")[2], (detail.text or "").strip()
                )
        elif (name in ("loc", "lastmod") or name.startswith("news:")) and child.text:
            stated.setdefault(name, child.text.strip())
    url = joined(base, spelled(stated.get("loc", ""), base))
    if not url:
        return None
    return Link(
        url=url,
        role=Role.SITEMAP if root.name == "sitemapindex" or _name(entry, root) == "sitemap" else Role.PAGE,
        how="sitemap",
        title=plain(stated.get("news:title")),
        published=said(stated.get("news:publication_date")),
        modified=said(stated.get("lastmod")),
    )


def _name(element: Any, root: Root) -> str:
    """The name of an element, in lower case, with the usual prefix of its namespace; its own have none."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    space, _, local = tag.rpartition("}")
    space, local = space[1:], local.lower()
    if not space:  # a prefix that the source never explained stands as it is
        prefix, _, last = local.rpartition(":")
        return last if prefix in ("", root.prefix.rstrip(":").lower(), "atom", "rss") else local
    around = element.getparent()
    if around is not None and str(around.tag).startswith(f"{{{space}}}"):
        return local  # in the language of the entry itself, whichever that is
    known = _PREFIXES.get(space.rstrip("/#").lower())
    if known is not None:
        return f"{known}:{local}" if known else local
    own = root.namespaces.get(root.prefix.rstrip(":"), "")
    if space == own or "sitemaps.org" in space or "google.com/schemas/sitemap/" in space:
        return local
    return f"other:{local}"


def _person(element: Any, root: Root) -> str | None:
    """The ``<name>`` in an author of Atom."""
    names = (child for child in element.iterchildren(tag=etree.Element) if _name(child, root) == "name")
    return next(("".join(each.itertext()) for each in names), None)


def _in_parentheses(text: str) -> str:
    """RSS writes ``post@dorp.example (Anna de Wit)``."""
    found = _MAILED.fullmatch(text) if len(text) < 500 else None
    return found[1] if found else text


def _is_front(url: str) -> bool:
    return _FRONT.fullmatch(url.strip()) is not None


_FRONT = re.compile(r"https?://[^/?#]{1,300}/?", re.I)
_PATH = re.compile(r"/[^\s/][^\s]{0,1000}")
_IN_FOLDER = re.compile(r"(?!(?:www\.|https?/))[^\s/:?#]{1,300}(?:/|$)", re.I)
"""A path without its first slash."""
_MAILED = re.compile(r"\S+@\S+ \(([^()]+)\)")

_OF_A_PAGE = frozenset({"", "text/html", "application/xhtml+xml"})
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_PREFIXES = {
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns": "",
    "http://purl.org/rss/1.0": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}
"""Namespace -> the prefix that this module knows it by; ``""``: as a feed's own."""
_ALIASES = {
    "pubdate": "published",
    "issued": "published",
    "created": "published",
    "dc:date": "published",
    "dcterms:issued": "published",
    "dcterms:created": "published",
    "modified": "updated",
    "dcterms:modified": "updated",
}
