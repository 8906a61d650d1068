"""The kinds of assets, and whether bytes are of one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AssetKind(StrEnum):
    """What a page shows beside its words."""

    STYLE = "style"
    IMAGE = "image"
    FONT = "font"


@dataclass(frozen=True, kw_only=True)
class AssetLink:
    """An asset that a page or a style sheet names."""

    url: str
    """Absolute, without fragment."""
    kind: AssetKind
    also: tuple[str, ...] = ()
    """Other addresses at which its element has the same picture: other sizes, a stand-in."""
    own: bool = False
    """A picture that stands in the article itself, by its reading."""


_MAGIC = {
    AssetKind.IMAGE: (
        (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"), (b"\x00\x00\x01\x00", "image/x-icon"),
    ),
    AssetKind.FONT: (
        (b"wOF2", "font/woff2"), (b"wOFF", "font/woff"), (b"OTTO", "font/otf"),
        (b"\x00\x01\x00\x00", "font/ttf"), (b"true", "font/ttf"),
    ),
}  # fmt: skip
_STYLES = ("text/css", "application/x-css", "")
"""Browsers take nothing else for a style sheet."""


def media_type(kind: AssetKind, body: bytes, stated: str | None) -> str | None:
    """The media type of an asset's bytes; ``None``: they are nothing of its *kind*, whatever was *stated*."""
    said = (stated or "").partition(";")[0].strip().lower()
    if not body:
        return None
    if kind is AssetKind.STYLE:
        return "text/css" if said in _STYLES and body.lstrip()[:1] != b"<" else None
    for sign, name in _MAGIC[kind]:
        if body.startswith(sign):
            return name
    if kind is AssetKind.FONT:
        return None
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:8] == b"ftyp" and body[8:12] in (b"avif", b"avis", b"heic", b"mif1"):
        return "image/avif"
    if b"<svg" in body[:4096].lower():
        return "image/svg+xml"
    return None


def kind_of(body: bytes, stated: str | None) -> AssetKind | None:
    """What bytes are, when nobody says what they were asked for; ``None``: nothing that a page shows."""
    said = (stated or "").partition(";")[0].strip().lower()
    for kind in (AssetKind.IMAGE, AssetKind.FONT, AssetKind.STYLE):
        if media_type(kind, body, stated) and (kind is not AssetKind.STYLE or "css" in said):
            return kind
    return None
