"""Pieces of pages, feeds and sitemaps that several houses share. Pure."""

from __future__ import annotations

import hashlib
import html
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from archive.model.types import Block, BlockKind, PageKind
from legger.simulator import words

if TYPE_CHECKING:
    from legger.simulator.houses.house import ListEntry, Moment
    from legger.simulator.story import Story

XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"


def esc(text: str) -> str:
    """Text as HTML."""
    return html.escape(text, quote=False)


def attr(text: str) -> str:
    """Text as an attribute's value."""
    return html.escape(text, quote=True)


def inline(text: str) -> str:
    """A line as HTML, now and then with a word in bold or a link, as editors do; its text stays the same."""
    parts = text.split(" ")
    mark = zlib.crc32(text.encode()) % 9
    if len(parts) > 9 and mark < 3:
        start, end = 4 + mark, 6 + mark
        inner = esc(" ".join(parts[start:end]))
        tag = ("strong", "em", 'a href="/zoeken?q=meer"')[mark]
        parts_html = [
            esc(" ".join(parts[:start])),
            f"<{tag}>{inner}</{tag.split()[0]}>",
            esc(" ".join(parts[end:])),
        ]
        return " ".join(parts_html)
    return esc(text)


def body_html(
    blocks: Sequence[Block], tags: Mapping[BlockKind, str], *, between: Mapping[int, str] | None = None
) -> str:
    """The blocks in markup. *tags* maps a kind to a pattern with ``{}``; *between* puts HTML after the block of
    that number, or as soon after it as no list is open and no subhead stands alone."""
    pieces: list[str] = []
    listing, waiting = False, dict(between or {})
    for index, block in enumerate(blocks):
        if (block.kind is BlockKind.ITEM) != listing:
            listing = not listing
            pieces.append("<ul>" if listing else "</ul>")
        pieces.append(tags.get(block.kind, _TAGS[block.kind]).replace("{}", inline(block.text)))
        if not listing and block.kind is not BlockKind.SUBHEAD:
            pieces += [waiting.pop(place) for place in sorted(waiting) if place <= index]
    if listing:
        pieces.append("</ul>")
    pieces += waiting.values()
    return "\n".join(pieces)


_TAGS = {
    BlockKind.LEAD: '<p class="intro">{}</p>',
    BlockKind.PARAGRAPH: "<p>{}</p>",
    BlockKind.SUBHEAD: "<h2>{}</h2>",
    BlockKind.ITEM: "<li>{}</li>",
    BlockKind.QUOTE: "<blockquote><p>{}</p></blockquote>",
}


def iso(at: datetime) -> str:
    """On the wall clock in Twente, with its offset."""
    return words.local(at).isoformat(timespec="seconds")


def rss(
    title: str,
    link: str,
    entries: Sequence[ListEntry],
    *,
    moment: Moment,
    footer: str = "",
    author: bool = True,
) -> str:
    """An RSS 2.0 feed of *entries*; *footer* closes each description (``{title}``, ``{url}``)."""
    items = []
    for entry in entries:
        teaser = entry.story.blocks[0].text
        summary = f"<p>{esc(teaser)}</p>" + footer.format(title=esc(entry.story.title), url=entry.url)
        names = (
            "".join(f"<dc:creator>{esc(name)}</dc:creator>" for name in entry.story.authors) if author else ""
        )
        items.append(
            f"<item><title>{esc(moment.headline(entry))}</title><link>{esc(entry.url)}</link>{names}"
            f"<pubDate>{format_datetime(words.local(entry.item.published))}</pubDate>"
            f"<category>{esc(entry.story.section)}</category>"
            f'<guid isPermaLink="false">{moment.house.name}-{entry.item.number}</guid>'
            f"<description><![CDATA[{summary}]]></description></item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{esc(title)}</title><link>{link}</link><description>{esc(title)}</description>"
        f"<language>nl</language>{''.join(items)}</channel></rss>"
    )


def urlset(entries: Sequence[ListEntry], *, news: str | None = None) -> str:
    """A sitemap of *entries*; with Google News elements when *news* names the publication."""
    rows = []
    for entry in entries:
        extra = ""
        if news is not None:
            extra = (
                f"<news:news><news:publication><news:name>{esc(news)}</news:name><news:language>{entry.story.language}"
                f"</news:language></news:publication><news:publication_date>{iso(entry.item.published)}"
                f"</news:publication_date><news:title>{esc(entry.story.title)}</news:title></news:news>"
            )
        rows.append(
            f"<url><loc>{esc(entry.url)}</loc><lastmod>{iso(entry.state.modified)}</lastmod>{extra}</url>"
        )
    space = ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"' if news is not None else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{space}>{"".join(rows)}</urlset>'
    )


def sitemap_index(locations: Sequence[str]) -> str:
    """A sitemap of sitemaps."""
    rows = "".join(f"<sitemap><loc>{esc(each)}</loc></sitemap>" for each in locations)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'
    )


def paged(entries: Sequence[ListEntry], page: int, size: int) -> tuple[list[ListEntry], int]:
    """One page of a listing (counting from 1) and how many pages there are."""
    return list(entries[(page - 1) * size : page * size]), max(1, -(-len(entries) // size))


def weather(moment: Moment) -> str:
    """What the header says of the weather: another figure every hour."""
    turn = moment.turn(1)
    return f"{(turn * 7) % 19 - 2},{turn % 10} °C"


def is_live(story: Story) -> bool:
    """Whether the story is a live blog."""
    return story.kind is PageKind.LIVEBLOG


# ---------------------------------------------------------------- pictures

WIDTH, HEIGHT = 64, 36


@lru_cache(maxsize=256)
def picture(path: str) -> bytes:
    """The picture at a path: bands of three colours under a sun."""
    seed = hashlib.sha256(path.encode()).digest()
    sky, field, sun = seed[0:3], seed[3:6], seed[6:9]
    horizon, middle = 12 + seed[9] % 12, 8 + seed[10] % 48
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)  # no filter
        for x in range(WIDTH):
            shines = (x - middle) ** 2 + (y - 8) ** 2 < 30
            rows += sun if shines else sky if y < horizon else field
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*each) for each in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
