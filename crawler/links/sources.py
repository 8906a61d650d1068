"""The bytes of a feed or sitemap -> what it names. Pure.

Each entry is cut out and read by itself, so that one that is broken costs itself and no other. Nothing a
source contains raises an error: what is wrong with it comes as a :class:`SourceFault` among its links. A
source has a budget of bytes, of entries and of CPU.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from archive.model.addresses import Link, Role
from archive.model.types import Capture
from crawler.links.json_feed import JSON_FEED, read_json_feed
from crawler.links.source_bytes import (
    HEAD,
    NO_XML,
    SourceFault,
    decoded,
    decoder,
    header_charset,
    joined,
    plain,
    said,
    unpacked,
)

MOST_ENTRIES = 100_000
"""The protocol allows 50,000."""
MOST_ENTRY = 2_000_000
"""Characters of one entry; a longer one is passed over."""
MOST_FRAME = 65_536
"""Characters around the entries that are searched for the address of the next page."""
MOST_CPU = 10.0
"""Seconds of CPU that reading one source may take."""
NOTHING = "it names nothing"
"""Of a source that is in order, and empty."""


def sniff(body: bytes) -> Role | None:
    """``FEED`` or ``SITEMAP`` when the bytes are plainly one, else ``None``."""
    faults: list[SourceFault] = []
    head = b""
    for piece in unpacked(body[: 4 * HEAD], faults):
        head += piece
        if len(head) >= HEAD:
            break
    text = decoder(head[:HEAD], None).decode(head[:HEAD])
    root = _root(text)
    if root is not None:
        return _ROLES[root.name]
    if JSON_FEED.match(text):
        return Role.FEED
    return Role.SITEMAP if _TEXT_SITEMAP.match(text[:4000]) else None


def read_source(capture: Capture, role: Role) -> Iterator[Link | SourceFault]:
    """What a feed or sitemap names, in its order, and what is wrong with it.

    *role* is what we take it for.
    """
    faults: list[SourceFault] = []
    pieces = decoded(unpacked(capture.body, faults), header_charset(capture))
    head = _until(pieces, HEAD)
    root = _root(head) or _wrapped_root(head, role)
    named = 0
    if root is not None:
        found = _read_entries(root, head, pieces, capture.url, faults)
    elif role is Role.FEED and JSON_FEED.match(head):
        found = read_json_feed(head + "".join(pieces), capture.url, faults)
    elif (escaped := _unescaped_root(head, role)) is not None:
        root, head = escaped
        found = _read_entries(root, head, map(html.unescape, pieces), capture.url, faults)
    elif role is Role.SITEMAP and _ADDRESS_LINE.search(head):
        found = _text_sitemap(head, pieces)
    else:
        found = iter(())
        faults.append(SourceFault(_what_it_is_instead(head, role)))
    for link in _within_budget(found, faults):
        named += 1
        yield link
    if not named and not faults:
        faults.append(SourceFault(NOTHING))
    yield from dict.fromkeys(faults)


def _within_budget(found: Iterator[Link], faults: list[SourceFault]) -> Iterator[Link]:
    """As many links as a source may have, read in as much CPU as it may take."""
    spent = 0.0
    for count in range(MOST_ENTRIES + 1):
        began = time.thread_time()
        link = next(found, None)
        spent += time.thread_time() - began
        if link is None:
            return
        if count == MOST_ENTRIES:
            faults.append(SourceFault(f"what follows {MOST_ENTRIES:,} entries is not read"))
        elif spent > MOST_CPU:
            faults.append(
                SourceFault(f"reading it took more than {MOST_CPU:.0f} s; {count:,} entries were read")
            )
            return
        else:
            yield link


# ---------------------------------------------------------------- what it is


def _until(pieces: Iterator[str], size: int) -> str:
    """The first pieces, of *size* characters together when there are so many."""
    text = ""
    for piece in pieces:
        text += piece
        if len(text) >= size:
            break
    return text


class _Root(NamedTuple):
    """The start tag of a feed or sitemap."""

    name: str
    prefix: str
    namespaces: dict[str, str]
    """Prefix -> namespace; ``""``: the default."""
    base: str
    end: int
    """Where it ends in the text."""


_ROLES = {
    "rss": Role.FEED,
    "feed": Role.FEED,
    "rdf": Role.FEED,
    "urlset": Role.SITEMAP,
    "sitemapindex": Role.SITEMAP,
}
_ENTRIES = {
    "rss": "item",
    "feed": "entry",
    "rdf": "item",
    "urlset": "(?:url|sitemap)",
    "sitemapindex": "(?:url|sitemap)",
}


def _root(text: str, shift: int = 0) -> _Root | None:
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
            return _Root(
                name=hit[3].lower(),
                prefix=hit[2],
                namespaces=spaces,
                base=html.unescape(base[1]) if base else "",
                end=shift + (stated.end() if stated else hit.end()),
            )
    return None


def _wrapped_root(text: str, role: Role) -> _Root | None:
    """The start tag of a feed or sitemap inside a page, or of a feed that lacks its outermost element.

    Only for what is known to be a source: a page may quote one.
    """
    hit = _INSIDE[role].search(text) if role in _INSIDE else None
    if hit is None:
        return None
    if hit[2].lower() != "channel":
        return _root(text[hit.start() :], shift=hit.start())
    return _Root(name="rss", prefix="", namespaces={}, base="", end=hit.end())


def _unescaped_root(text: str, role: Role) -> tuple[_Root, str] | None:
    """The start tag of a source that a page shows with its markup escaped, and the text unescaped."""
    if role not in _INSIDE or "&lt;" not in text:
        return None
    shown = html.unescape(text)
    root = _wrapped_root(shown, role)
    return (root, shown) if root is not None else None


def _what_it_is_instead(head: str, role: Role) -> str:
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
_MARKUP = re.compile(r"<(?:html|head|body|!doctype\s+html)(?=[\s/>])", re.I)
_ROOT_TAG = re.compile(r"<[^<>]{0,20000}>")
_NAMESPACE = re.compile(r"""\sxmlns(?::([\w.-]{1,40}))?\s{0,20}=\s{0,20}["']([^"'<>]{0,300})["']""")
_BASE = re.compile(r"""\sxml:base\s{0,20}=\s{0,20}["']([^"'<>]{0,2000})["']""")
_ADDRESS_LINE = re.compile(r"^[ \t]{0,100}https?://", re.M)
_TEXT_SITEMAP = re.compile(r"\s{0,100}https?://\S{1,2000}[ \t]{0,100}\r?\n\s{0,100}https?://\S{1,2000}\s")


# ---------------------------------------------------------------- entries


def _read_entries(
    root: _Root, head: str, pieces: Iterator[str], base: str, faults: list[SourceFault]
) -> Iterator[Link]:
    base = joined(base, root.base) or base
    entries = _Entries(root, faults)
    read = _feed_entry if _ROLES[root.name] is Role.FEED else _sitemap_entry
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    broken = 0
    for text in entries.of(head[root.end :], pieces):
        element = _parsed(text, root, parser)
        link = read(element, root, base) if element is not None else None
        broken += link is None
        if link is not None:
            yield link
    if broken:
        faults.append(SourceFault(f"{broken:,} entries name no address that can be read"))
    if _ROLES[root.name] is Role.FEED:
        for href in _next_pages(entries.frame):
            if url := joined(base, href):
                yield Link(url=url, role=Role.FEED, how="feed")


class _Entries:
    """Cuts the text of a source into the text of its entries."""

    def __init__(self, root: _Root, faults: list[SourceFault]) -> None:
        prefix = r"(?:[\w.-]{1,40}:)?" if root.name == "rdf" else re.escape(root.prefix)
        self._token = re.compile(rf"<!\[CDATA\[|<!--|<(/?){prefix}{_ENTRIES[root.name]}(?=[\s/>])", re.I)
        self._faults = faults
        self.frame = ""
        """What stands around the entries, as far as it is kept."""

    def of(self, text: str, pieces: Iterator[str]) -> Iterator[str]:
        """The entries of *text* and the *pieces* after it, in their order."""
        at, start, last = 0, -1, False
        unended: set[str] = set()
        while True:
            hit = self._token.search(text, at)
            if hit is not None and (last or hit.end() < len(text)):
                if hit[0] in _SECTIONS:
                    end = -1 if hit[0] in unended else text.find(_SECTIONS[hit[0]], hit.end())
                    if end >= 0:
                        at = end + 3
                        continue
                    if last:
                        unended.add(hit[0])  # it is searched for no more
                        at = hit.end()
                        continue
                    at = hit.start()
                elif hit[1]:
                    if start >= 0:
                        yield text[start : hit.start()]
                    start, at = -1, hit.end()
                    continue
                else:
                    if start >= 0:  # the one before has no end
                        yield text[start : hit.start()]
                    else:
                        self._keep(text[max(at - 1, 0) : hit.start()])
                    start, at = hit.start(), hit.end()
                    continue
            elif hit is None:
                tail = max(len(text) - 64, at)  # what may be the beginning of a tag
                if start < 0:
                    self._keep(text[at:tail])
                at = tail
            if last:
                if start >= 0:
                    self._faults.append(SourceFault("it breaks off within an entry"))
                else:
                    self._keep(text[at:])
                return
            if start >= 0 and len(text) - start > MOST_ENTRY:
                self._faults.append(
                    SourceFault(f"an entry of more than {MOST_ENTRY:,} characters is passed over")
                )
                start = -1
                at = max(at, len(text) - 64)
            elif start < 0 and len(text) - at > MOST_ENTRY:
                at = len(text) - 64  # a comment without end
            drop = start if start >= 0 else at
            piece = next(pieces, None)
            last = piece is None
            text, at, start = text[drop:] + (piece or ""), at - drop, 0 if start >= 0 else -1

    def _keep(self, text: str) -> None:
        if len(self.frame) < MOST_FRAME:
            self.frame += text[: MOST_FRAME - len(self.frame)]


_SECTIONS = {"<![CDATA[": "]]>", "<![cdata[": "]]>", "<!--": "-->"}


def _parsed(text: str, root: _Root, parser: Any) -> Any:
    """One entry as an element; ``None`` when nothing of it can be read."""
    end = text.find(">")
    name = _NAME.match(text)
    if end < 0 or name is None:
        return None
    spaces = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{html.escape(html.unescape(space))}"'
        for prefix, space in root.namespaces.items()
    )
    cleaned = _clean(text)
    try:
        whole = etree.fromstring(f"<legger{spaces}>{cleaned}</{name[1]}></legger>".encode(), parser)
    except (etree.LxmlError, ValueError):
        return None
    return whole[0] if whole is not None and len(whole) else None


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


# ---------------------------------------------------------------- what an entry says


def _feed_entry(entry: Any, root: _Root, base: str) -> Link | None:
    """An item of RSS, or an entry of Atom."""
    stated: dict[str, str] = {}
    authors: dict[str, None] = {}
    href = permalink = None
    base = joined(base, entry.get(_XML_BASE) or "") or base
    for child in entry.iterchildren(tag=etree.Element):
        name = _name(child, root)
        text = "".join(child.itertext()).strip()
        if name == "link":
            rel = (child.get("rel") or "alternate").lower()
            if child.get("href") and rel == "alternate":
                href = href or child.get("href").strip()
            elif text:
                stated.setdefault("link", text)
        elif name in ("guid", "id"):
            if (child.get("isPermaLink") or "").lower() != "false" and text.startswith(
                ("http://", "https://")
            ):
                permalink = permalink or text
        elif name in ("author", "dc:creator", "creator"):
            if who := plain(_person(child, root) or _in_parentheses(text)):
                authors.setdefault(who)
        elif name == "category":
            stated.setdefault("category", child.get("term") or text)
        elif text:
            stated.setdefault(_ALIASES.get(name, name), text)
    target = stated.get("feedburner:origlink") or stated.get("link") or href or permalink
    url = joined(base, target or "")
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


def _sitemap_entry(entry: Any, root: _Root, base: str) -> Link | None:
    """A page, or a sitemap, that a sitemap names."""
    stated: dict[str, str] = {}
    for child in entry.iterchildren(tag=etree.Element):
        name = _name(child, root)
        if name.rpartition(":")[2] == "news" and len(child):
            for detail in child.iterchildren(tag=etree.Element):
                stated.setdefault(
                    "news:" + _name(detail, root).rpartition(":")[2], (detail.text or "").strip()
                )
        elif name in ("loc", "lastmod") and child.text:
            stated.setdefault(name, child.text.strip())
    url = joined(base, stated.get("loc", ""))
    if not url:
        return None
    return Link(
        url=url,
        role=Role.SITEMAP if _name(entry, root) == "sitemap" else Role.PAGE,
        how="sitemap",
        title=plain(stated.get("news:title")),
        published=said(stated.get("news:publication_date")),
        modified=said(stated.get("lastmod")),
    )


def _text_sitemap(head: str, pieces: Iterator[str]) -> Iterator[Link]:
    """A sitemap of one address a line."""
    rest = head
    while True:
        *lines, rest = rest.replace("\r", "\n").split("\n")
        for line in lines:
            if line.lstrip().startswith(("http://", "https://")) and (url := joined("", line.strip())):
                yield Link(url=url, how="sitemap")
        piece = next(pieces, None)
        if piece is None:
            break
        rest = (rest + piece) if len(rest) < MOST_ENTRY else piece
    if rest.strip().startswith(("http://", "https://")) and (url := joined("", rest.strip())):
        yield Link(url=url, how="sitemap")


def _next_pages(frame: str) -> Iterator[str]:
    """The addresses of ``<link rel="next">`` around the entries of a feed."""
    for tag in _LINK_TAG.finditer(frame):
        attributes = {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(tag[0])}
        if "next" in attributes.get("rel", "").lower().split() and attributes.get("href"):
            yield html.unescape(attributes["href"]).strip()


def _name(element: Any, root: _Root) -> str:
    """The name of an element, in lower case, with the usual prefix of its namespace; its own have none."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    space, _, local = tag.rpartition("}")
    space, local = space[1:], local.lower()
    if not space:  # a prefix that the source never explained stands as it is
        prefix, _, last = local.rpartition(":")
        return last if prefix in ("", root.prefix.rstrip(":").lower(), "atom", "rss") else local
    known = _PREFIXES.get(space.rstrip("/#").lower())
    if known is not None:
        return f"{known}:{local}" if known else local
    own = root.namespaces.get(root.prefix.rstrip(":"), "")
    if space == own or "sitemaps.org" in space or "google.com/schemas/sitemap/" in space:
        return local
    return f"other:{local}"


def _person(element: Any, root: _Root) -> str | None:
    """The ``<name>`` in an author of Atom."""
    names = (child for child in element.iterchildren(tag=etree.Element) if _name(child, root) == "name")
    return next(("".join(each.itertext()) for each in names), None)


def _in_parentheses(text: str) -> str:
    """RSS writes ``post@dorp.example (Anna de Wit)``."""
    found = _MAILED.fullmatch(text) if len(text) < 500 else None
    return found[1] if found else text


_MAILED = re.compile(r"\S+@\S+ \(([^()]+)\)")
_LINK_TAG = re.compile(r"<(?:[\w.-]{1,40}:)?link\s[^<>]{0,4000}>", re.I)
_ATTRIBUTE = re.compile(r"""(?<![\w.-])([\w.-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')""")
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
