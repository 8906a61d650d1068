"""Which pictures and style sheets a page shows, as browsers choose them; nothing is fetched. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.assets.kinds import AssetKind, AssetLink
from archive.assets.stylesheets import absolute, addresses_in

MOST = 100
"""Assets of one page, at most; style sheets first."""
MOST_INLINE = 400
"""Style attributes that are looked at."""
WIDE = 1280
"""The width, in pixels, of the window for which pictures are chosen."""
WIDEST = 1600
"""Pixels of the picture that is preferred where nobody says otherwise."""
LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-url")
"""Where pages say which picture a script would put."""
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
SHEETS = "link[rel~=stylesheet i][href], link[rel~=preload i][as=style i][href], style"
PICTURES = "img, input[type=image i], video[poster]"
_BACKGROUND = "body[background], table[background], td[background], th[background]"


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """What relative addresses of a page are relative to."""
    stated = tree.css_first("base[href]")
    try:
        return urljoin(url, (stated.attributes.get("href") or "").strip()) if stated is not None else url
    except ValueError:
        return url


def shown_by(tree: LexborHTMLParser, url: str, *, width: int) -> list[AssetLink]:
    """What a page shows, at most :data:`MOST`; pictures no wider than *width* where the page has a choice."""
    found: dict[str, AssetLink] = {}
    base = base_of(tree, url)
    for each in (*_sheets(tree, base), *_pictures(tree, base, width), *_inline(tree, base)):
        found.setdefault(each.url, each)
    return list(found.values())[:MOST]


def _sheets(tree: LexborHTMLParser, base: str) -> Iterator[AssetLink]:
    for node in tree.css(SHEETS):
        if node.tag == "style":
            yield from addresses_in(node.text() or "", base)
        elif is_for_screens(node) and (link := absolute(node.attributes.get("href") or "", base)):
            yield AssetLink(url=link, kind=AssetKind.STYLE)


def is_for_screens(node: LexborNode) -> bool:
    """Whether a sheet is for screens, and not an alternate that a reader would have to choose."""
    said = node.attributes
    media = (said.get("media") or "").lower()
    rel = (said.get("rel") or "").lower().split()
    return "alternate" not in rel and ("print" not in media or "onload" in said or "screen" in media)


def _pictures(tree: LexborHTMLParser, base: str, width: int) -> Iterator[AssetLink]:
    for node in tree.css(PICTURES):
        if url := picture_address(node, base, width):
            yield AssetLink(url=url, kind=AssetKind.IMAGE, also=tuple(_every(node, base)))
    for node in tree.css(_BACKGROUND):
        if url := absolute(node.attributes.get("background") or "", base):
            yield AssetLink(url=url, kind=AssetKind.IMAGE)


def _inline(tree: LexborHTMLParser, base: str) -> Iterator[AssetLink]:
    for node in tree.css('[style*="url("]')[:MOST_INLINE]:
        yield from addresses_in(node.attributes.get("style") or "", base)


def picture_address(node: LexborNode, base: str, width: int) -> str | None:
    """The address of the picture that an element shows: its best that is no wider than *width* pixels.

    What a script would put in its place counts, for none is run; ``None`` for one that is in the page itself.
    """
    said = node.attributes
    if node.tag == "video":
        return absolute(said.get("poster") or "", base)
    sets = [said.get(name) for name in _LAZY_SETS]
    if node.parent is not None and node.parent.tag == "picture":
        chosen = next((each for each in node.parent.css("source") if _is_for_us(each)), None)
        if chosen is not None:
            sets = [chosen.attributes.get(name) for name in _LAZY_SETS] + sets
    for stated in sets:
        if stated and (best := best_of(stated, width)) and (url := absolute(best, base)):
            return url
    for name in (*LAZY, "src"):
        stated = said.get(name)
        if stated and not stated.lstrip().lower().startswith(("data:", "about:", "blob:", "{", "[")):
            return absolute(stated, base)
    return None


def choices_of(node: LexborNode, base: str) -> list[str]:
    """The addresses at which an element's picture stands, the one it would show first."""
    best = picture_address(node, base, WIDEST)
    return list(dict.fromkeys((*([best] if best else ()), *_every(node, base))))


def _every(node: LexborNode, base: str) -> Iterator[str]:
    """All addresses that the element of a picture names."""
    within = [node]
    if node.parent is not None and node.parent.tag == "picture":
        within += node.parent.css("source")
    for each in within:
        said = each.attributes
        stated = [said.get(name) for name in (*LAZY, "src")]
        stated += [url for name in _LAZY_SETS for url, _ in candidates(said.get(name) or "")]
        for one in stated:
            if one and (url := absolute(one, base)):
                yield url


def _is_for_us(source: LexborNode) -> bool:
    said = source.attributes
    kind = (said.get("type") or "image/").lower()
    if not kind.startswith("image/") or not any(said.get(name) for name in _LAZY_SETS):
        return False
    media = said.get("media") or ""
    least = [float(each) for each in re.findall(r"min-width:\s*([\d.]+)px", media)]
    most = [float(each) for each in re.findall(r"max-width:\s*([\d.]+)px", media)]
    return all(each <= WIDE for each in least) and all(each >= WIDE for each in most)


def best_of(srcset: str, width: int) -> str | None:
    """Of a ``srcset`` the widest that is no wider than *width*, or else the narrowest; by density the
    sharpest up to twice."""
    wide: list[tuple[float, str]] = []
    dense: list[tuple[float, str]] = []
    for url, said in candidates(srcset):
        if found := re.fullmatch(r"(\d+)w(?:\s+\d+h)?", said):
            wide.append((float(found[1]), url))
        elif found := re.fullmatch(r"(\d*\.?\d+)x", said):
            dense.append((float(found[1]), url))
        elif not said:
            dense.append((1.0, url))
    for choices, bound in ((wide, float(width)), (dense, 2.0)):
        if choices:
            fits = [each for each in choices if each[0] <= bound]
            best = max(fits, key=lambda each: each[0]) if fits else min(choices, key=lambda each: each[0])
            return best[1]
    return None


def candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """(address, descriptor) of each picture of a ``srcset``, read as the HTML standard reads it."""
    rest = srcset[:20_000]
    while rest := rest.lstrip(" \t\n\r\f,"):
        url = re.match(r"\S+", rest)
        assert url is not None
        rest = rest[url.end() :]
        if url[0].endswith(","):
            yield url[0].rstrip(","), ""
            continue
        said = re.match(r"(?:\([^)]*\)|[^,(])*", rest)
        assert said is not None
        yield url[0], " ".join(said[0].split())
        rest = rest[said.end() :] if said.end() else rest[1:]
