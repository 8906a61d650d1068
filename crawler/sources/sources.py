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

from lxml import etree  # type: ignore[import-untyped]

from archive.model.addresses import Link, Role
from archive.model.types import Capture
from crawler.sources.entries import feed_entry, parsed, sitemap_entry
from crawler.sources.json_feed import ITEMS_BY_NAME, JSON_FEED, JSON_ITEMS, read_json_feed
from crawler.sources.json_list import JSON_LIST, read_json_list
from crawler.sources.source_bytes import HEAD, SourceFault, decoded, decoder, header_charset, joined, unpacked
from crawler.sources.source_root import (
    ROLES,
    Root,
    base_around,
    entry_alone,
    home_of,
    root_of,
    unescaped_root,
    what_it_is_instead,
    wrapped_root,
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
    root = root_of(text)
    if root is not None:
        return ROLES[root.name]
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
    root = root_of(head) or wrapped_root(head, role)
    named = 0
    if root is not None:
        found = _read_entries(root, head, pieces, capture.url, faults)
    elif role is Role.FEED and JSON_ITEMS.match(head) and not ITEMS_BY_NAME.search(head):
        found = read_json_feed(head + "".join(pieces), capture.url, faults)
    elif role is Role.FEED and JSON_LIST.match(head.removeprefix("\ufeff")):
        found = read_json_list(head + "".join(pieces), capture.url, faults)
    elif (entry := entry_alone(head)) is not None and role is Role.FEED:
        root, head = entry
        found = _read_entries(root, head, pieces, capture.url, faults)
    elif (escaped := unescaped_root(head, role)) is not None:
        root, head = escaped
        found = _read_entries(root, head, map(html.unescape, pieces), capture.url, faults)
    elif role is Role.SITEMAP and _ADDRESS_LINE.search(head):
        found = _text_sitemap(head, pieces)
    else:
        found = iter(())
        faults.append(SourceFault(what_it_is_instead(head, role)))
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


def _until(pieces: Iterator[str], size: int) -> str:
    """The first pieces, of *size* characters together when there are so many."""
    text = ""
    for piece in pieces:
        text += piece
        if len(text) >= size:
            break
    return text


_ENTRIES = {
    "rss": "item",
    "feed": "entry",
    "rdf": "item",
    "urlset": "(?:url|sitemap)",
    "sitemapindex": "(?:url|sitemap)",
}


_ADDRESS_LINE = re.compile(r"(?:\A|[\r\n])[ \t]{0,100}https?://")
_TEXT_SITEMAP = re.compile(r"\s{0,100}https?://\S{1,2000}[ \t]{0,100}\r?\n\s{0,100}https?://\S{1,2000}\s")


def _read_entries(
    root: Root, head: str, pieces: Iterator[str], base: str, faults: list[SourceFault]
) -> Iterator[Link]:
    base = joined(base, root.base) or base
    entries = _Entries(root, faults)
    is_feed, home = ROLES[root.name] is Role.FEED, ""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    broken, read_one = 0, False
    for text in entries.of(head[root.end :], pieces):
        if not read_one:
            around = base_around(entries.frame)
            read_one, base = True, joined(base, around) or base
            home = home_of(entries.frame) if is_feed and not around else ""
        element = parsed(text, root, parser)
        link = None
        if element is not None:
            link = feed_entry(element, root, base, home) if is_feed else sitemap_entry(element, root, base)
        broken += link is None
        if link is not None:
            yield link
    if broken:
        faults.append(SourceFault(f"{broken:,} entries name no address that can be read"))
    if ROLES[root.name] is Role.FEED:
        for href in _next_pages(entries.frame):
            if url := joined(base, href):
                yield Link(url=url, role=Role.FEED, how="feed")


class _Entries:
    """Cuts the text of a source into the text of its entries."""

    def __init__(self, root: Root, faults: list[SourceFault]) -> None:
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


_LINK_TAG = re.compile(r"<(?:[\w.-]{1,40}:)?link\s[^<>]{0,4000}>", re.I)
_ATTRIBUTE = re.compile(r"""(?<![\w.-])([\w.-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')""")
