"""The pictures of an article, with caption, credit and alt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from archive.model.types import Image
from crawler.extract.fields.title import A_TEXT
from crawler.extract.fields.view import View
from crawler.extract.normalize import split_credit
from crawler.extract.page.class_names import CAPTION, traits
from crawler.extract.page.metadata import as_list, plain
from crawler.extract.page.page import text_of


def images_of(view: View) -> tuple[Image, ...]:
    """The article's pictures: those stated to machines, then those that stand in it, once each.

    One that is stated and stands in the article has caption, credit and alt from where it stands.
    """
    found: dict[str, Image] = {}
    for each in as_list(view.meta.article.get("image"))[:_MOST_IMAGES]:
        thing = view.meta.references.get(str(each.get("@id")), each) if isinstance(each, dict) else {}
        address = each if isinstance(each, str) else thing.get("url") or thing.get("contentUrl")
        address = as_list(address)[0] if as_list(address) else None
        if isinstance(address, str) and (url := view.page.absolute(address)):
            caption, credit = plain(thing.get("caption")) or None, plain(thing.get("creditText")) or None
            found.setdefault(file_of(url), Image(url=url, caption=caption, credit=credit))
    if not found:
        for stated in view.page.metas.get("og:image", ())[:1] or view.page.metas.get("og:image:url", ())[:1]:
            if url := view.page.absolute(stated):
                found[file_of(url)] = Image(url=url, alt=view.page.meta("og:image:alt"))
    for image in _pictures(view):
        other = found.get(file_of(image.url), image)
        found[file_of(image.url)] = Image(
            url=other.url,
            caption=image.caption or other.caption,
            credit=image.credit or other.credit,
            alt=image.alt or other.alt,
        )
    return tuple(found.values())[:_MOST_IMAGES]


_MOST_IMAGES = 60
_SIZES = re.compile(r"[-_@]?\d{2,4}x\d{2,4}(?=\.\w+$)|-scaled(?=\.)|@\dx(?=\.)")
_NO_PICTURE = (
    "logo", "icon", "avatar", "emoji", "pixel", "tracking", "spinner", "placeholder", "sprite", "badge",
    "banner",
)  # fmt: skip
"""In the names or the address of what is no picture to look at."""


def file_of(url: str) -> str:
    """What two sizes of one picture have in common."""
    parts = urlsplit(url)
    return (
        (parts.hostname or "")
        + _SIZES.sub("", unquote(parts.path))
        + ("?" + parts.query if not parts.path else "")
    )


def _pictures(view: View) -> Iterator[Image]:
    """The pictures that stand in the article itself, in page order."""
    for node in _in_the_article(view):
        attributes = node.attributes
        words = f"{attributes.get('class') or ''} {attributes.get('src') or ''}".lower()
        if any(word in words for word in _NO_PICTURE) or _is_tiny(attributes) or not view.owns(node):
            continue
        address = next(
            (
                stated
                for name in ("data-src", "data-lazy-src", "data-original", "src")
                if (stated := attributes.get(name)) and not stated.startswith("data:")
            ),
            None,
        )
        if not address and (sources := attributes.get("srcset") or attributes.get("data-srcset")):
            address = sources.split(",")[-1].split()[0] if sources.split(",")[-1].split() else None
        if not (url := view.page.absolute(address)):
            continue
        caption, credit = _caption(node)
        yield Image(url=url, caption=caption, credit=credit, alt=plain(attributes.get("alt")) or None)


def _in_the_article(view: View) -> list[LexborNode]:
    """The pictures in ``<article>``, ``<main>`` or a figure; else those in the box of headline and text."""
    nodes = view.page.tree.css("article img, main img, figure img")[:120]
    if nodes or view.heading is None or view.page.tree.css_first("article, main") is not None:
        return nodes
    box = view.heading.parent
    while box is not None and box.tag not in ("body", "html"):
        if sum(len(text_of(node)) for node in box.css("p")[:40]) >= A_TEXT:
            return box.css("img")[:120]
        box = box.parent
    return []


def _is_tiny(attributes: Mapping[str, str | None]) -> bool:
    sizes = [attributes.get(name) or "" for name in ("width", "height")]
    return any(size.isdecimal() and int(size) < 60 for size in sizes)


def _caption(picture: LexborNode) -> tuple[str | None, str | None]:
    """(caption, credit) of a picture, from the figure it stands in."""
    box = picture.parent
    for _ in range(5):
        if box is None or box.tag in ("article", "main", "body"):
            return None, None
        if box.tag == "figure" or "caption" in (box.attributes.get("class") or ""):
            return _said_below(box)
        if box.tag in ("div", "span", "td") and (said := _named_a_caption(box)) is not None:
            return _parted(said)
        box = box.parent
    return None, None


def _said_below(figure: LexborNode) -> tuple[str | None, str | None]:
    node = figure.css_first('figcaption, [class*="caption-text"], [class*="bijschrift"], p[class*="caption"]')
    return _parted(node) if node is not None else (None, None)


_CREDITED = ", ".join(
    f'[class*="{word}"]'
    for word in (
        "credit", "crédit", "photograph", "fotogra", "copyright", "author", "autor", "auteur", "urheber",
        "quelle", "bron", "rechte", "maker",
    )
)  # fmt: skip
"""What shows in a caption who made the picture."""


def _named_a_caption(box: LexborNode) -> LexborNode | None:
    """The one element in the box of one picture whose name says that it is its caption."""
    if len(box.css("img")) != 1:
        return None
    named = [
        node
        for node in box.css("[class]")[:12]
        if traits(node.attributes.get("class") or "") & CAPTION and node.css_first("img") is None
    ]
    return named[0] if named and len(text_of(named[0])) <= 400 else None


def _parted(node: LexborNode) -> tuple[str | None, str | None]:
    """(caption, credit) of the element that shows them."""
    text = plain(text_of(node))
    marked = node.css_first(_CREDITED)
    name = plain(text_of(marked)) if marked is not None else ""
    if name:
        caption = plain(text.replace(name, " ")).strip(" |–—-(/")
        return caption or None, (split_credit(name)[1] or name).strip(" ©:")
    caption, credit = split_credit(text)
    return caption or None, credit
