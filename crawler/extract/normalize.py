"""Normalizing: article -> article. Pure. Unicode, white space, mojibake, datelines; cuts no text.

What readers saw stays as it was: quotation marks as they were written, dashes, capitals, the dateline in the
text. What they could not see goes: soft hyphens, zero-width signs, odd spaces, decomposed accents.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

import ftfy
from ftfy.badness import badness

from archive.model.types import Article, Block, BlockKind, Image
from crawler.extract.fields.places import read_dateline
from crawler.siteconfig.site import Site

_OPENERS = frozenset((BlockKind.LEAD, BlockKind.PARAGRAPH, BlockKind.SUBHEAD))

_FIX = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_encoding=True,
    restore_byte_a0=True,
    replace_lossy_sequences=True,
    decode_inconsistent_utf8=True,
    fix_c1_controls=True,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=True,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
"""Encodings only: ftfy would straighten quotes and open ligatures that were meant."""

_SUSPECT = re.compile(
    r"[\u00c2-\u00c5\u00d0\u00d1\u00e2\u0102]"
    r"[\u0080-\u00bf\u2010-\u203a\u20ac\u0152-\u0192\u02c6-\u02dc\u2122]|[\x80-\x9f]"
)
"""What UTF-8 read as another encoding cannot do without; a cheap question before the dear one."""

_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_JOINERS = re.compile(
    r"(?<![\u0590-\u1cff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]+|"
    r"[\u200c\u200d]+(?![\u200c\u200d\u0590-\u1cff\u2600-\u27bf\U0001f000-\U0001faff])"
)
"""Zero-width joiners mean something between letters of some scripts and inside emoji, and nowhere else."""


def normalize(article: Article, site: Site) -> Article:
    """The article as it is filed. ``normalize(normalize(a), site)`` is ``normalize(a, site)``."""
    blocks = tuple(filter(None, map(_block, article.blocks)))
    title = clean(article.title)
    return replace(
        article,
        title=title,
        headline=_or_none(article.headline),
        kicker=_or_none(article.kicker),
        blocks=blocks,
        authors=_each(article.authors),
        byline=_or_none(article.byline),
        section=_or_none(article.section),
        tags=_each(article.tags),
        images=tuple(map(_image, article.images)),
        language=article.language or site.language,
        dateline=_dateline(blocks),
    )


def clean(text: str) -> str:
    """*text* on one line: repaired where it is certain, composed (NFC), without what cannot be seen."""
    for _ in range(_ENOUGH):
        before, text = text, _clean_once(text)
        if text == before:
            break
    return text


_ENOUGH = 8
"""A repair may bring another to light (twice broken, or behind a space); it ends because each cuts."""


def _clean_once(text: str) -> str:
    if text.isascii() and not _ODD_ASCII.search(text):
        return text.strip()
    if _SUSPECT.search(text):
        text = _repaired(text)
    text = _UNSEEN.sub("", text)
    if "\u200c" in text or "\u200d" in text:
        text = _JOINERS.sub("", text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


_ODD_ASCII = re.compile(r"\s\s|[\x00-\x1f\x7f]")


_LOST_QUOTE = re.compile(r"â€(?=[\s.,;:!?)\]]|$)")
"""A closing quotation mark whose last byte has no sign in Windows-1252, and was dropped on the way."""


@lru_cache(maxsize=256)
def _repaired(text: str) -> str:
    """Mojibake undone, when that leaves nothing suspicious; otherwise the text as it was.

    Names like "Ångström" and quotations of mojibake look the part: a repair that leaves a mess, or that
    changes more than the suspicious places, is none.
    """
    mended = _LOST_QUOTE.sub("”", ftfy.fix_text(text, _FIX))
    if mended == text or ("\ufffd" in mended and "\ufffd" not in text):
        return text
    return mended if badness(mended) < badness(text) else text


_MAKER = (
    r"(?:archief)?(?:foto(?:['’]?s|grafie|graf[ií]a)?|fot\.|beeld|bylde|illustratie|illustration|photos?|photographie|pictures?|"
    r"image|imagen|immagine|bild|grafik|grafiek|graphic|visualisierung|kuva|valokuva|zdjęcie|fotoğraf|写真|撮影|"
    r"תמונה|צילום|تصوير|صورة|φωτ(?:ο|ογραφία)?\.?|фото(?:графия)?|снимка|사진|图|圖|摄影|攝影)"
)
_CREDITS = (
    re.compile(rf"(?:^|\s*[|(\[]\s*)(?i:{_MAKER})\s*[:/]\s*(?P<credit>[^|]{{2,60}}?)\s*[)\]]?$"),
    re.compile(rf"\s+(?=[A-Z])(?i:{_MAKER})\s*[:/]\s*(?P<credit>[^|]{{2,60}}?)$"),
    re.compile(r"(?:^|\s*[|(\[]?\s*)©\s*(?P<credit>[^|]{2,60}?)\s*[)\]]?$"),
    re.compile(
        rf"(?<=[.!?…])\s+(?:[Ff]ot\.|[Zz]dj\.|(?i:{_MAKER}))\s+"
        r"(?P<credit>[A-ZÀ-Þ][^\s.!?|]+(?: [^\s.!?|]+){1,3})$"
    ),
    re.compile(rf"^(?i:{_MAKER})\s+(?!.*\s[-–—]\s)(?P<credit>[A-Z][^.!?|]{{1,50}})$"),
)
_CREDIT_FIRST = re.compile(
    rf"(?:(?i:{_MAKER}|©)(?:\s*[:/]\s*|\s+(?=[A-Z]{{2,}}\s|\S+\s[A-ZÀ-Þ])|\s+(?=\S+\s(?:van|de|der|von)\s))"
    rf"(?P<credit>[A-ZÀ-Þ][^.!?|:–—()]{{1,50}}?)\s+(?:[|–—-]|//)\s+"
    rf"|[(\[](?i:{_MAKER}|©)\s*[:/]?\s*(?P<bracketed>[^)\]]{{2,60}})[)\]]\s*)(?=\S.{{9}})"
)
"""A credit before what it is of: ``Foto Jan Smit - De brug is dicht``."""
_VIEWER = re.compile(
    r"^(?:volledig scherm|vergroot|bekijk foto|full screen|enlarge(?: image)?)\s*", re.IGNORECASE
)
"""What a picture's button says, read as if it were its caption."""


def split_credit(caption: str) -> tuple[str, str | None]:
    """A caption without its credit, and the credit: ``De brug. Foto: Jan Smit`` -> (De brug., Jan Smit)."""
    caption = _VIEWER.sub("", caption)
    if first := _CREDIT_FIRST.match(caption):
        return caption[first.end() :], first["credit"] or first["bracketed"]
    for pattern in _CREDITS:
        if hit := pattern.search(caption):
            return caption[: hit.start()].rstrip(" /|–—-"), hit["credit"]
    return caption, None


def _block(block: Block) -> Block | None:
    text = clean(block.text)
    if block.kind is BlockKind.CAPTION:
        text, _ = split_credit(text)
    if not text:
        return None
    return block if text == block.text else replace(block, text=text)


def _image(image: Image) -> Image:
    caption, credit = split_credit(clean(image.caption or ""))
    return replace(image, caption=caption or None, credit=_or_none(image.credit) or credit)


def _or_none(text: str | None) -> str | None:
    return (clean(text) or None) if text else None


def _each(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cleaned for text in texts if (cleaned := clean(text))))


def _dateline(blocks: tuple[Block, ...]) -> str | None:
    """The place the text opens with: in its first block, or in the paragraph after the lead."""
    opening = [block for block in blocks if block.kind in _OPENERS][:2]
    for block in opening:
        if place := read_dateline(block.text):
            return place
        if block.kind is BlockKind.PARAGRAPH and block is opening[0] and len(block.text) > _STANDFIRST:
            break
    return None


_STANDFIRST = 400
"""A longer first paragraph is no standfirst: what the next one opens with is a place in the story."""
