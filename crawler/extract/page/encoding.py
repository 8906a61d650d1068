"""The bytes of a page as text: what its encoding is, whatever it says."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,400}?\b(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.I
)

_LANG = re.compile(rb"""<html\b[^>]{0,600}?\blang\s*=\s*["']?([a-z]{2})""", re.I)

_AS_BROWSERS_READ_IT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
    "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8", "utf-32": "utf-8", "utf-7": "cp1252",
}  # fmt: skip
"""Codec names, as Python spells them, that stand for something else on the web (WHATWG Encoding)."""

_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Codecs of Python that no text on the web is in, and that fail on what is no such text."""

_OLD_HABIT = {
    "ar": "cp1256", "fa": "cp1256", "bg": "cp1251", "ru": "cp1251", "uk": "cp1251", "be": "cp1251",
    "sr": "cp1251", "mk": "cp1251", "cs": "cp1250", "hu": "iso8859-2", "pl": "iso8859-2", "sk": "cp1250",
    "sl": "iso8859-2", "hr": "cp1250", "ro": "cp1250", "el": "iso8859-7", "he": "cp1255", "et": "cp1257",
    "lt": "cp1257", "lv": "cp1257", "tr": "cp1254", "th": "cp874", "vi": "cp1258", "ja": "cp932",
    "ko": "cp949", "zh": "gb18030",
}  # fmt: skip
"""Language -> the encoding its pages had before UTF-8, for pages that declare none."""


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows-1252: pages are pasted together from both."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("legger.cp1252", _as_cp1252)


def named_codec(label: str | None) -> str | None:
    """The Python codec a declared charset stands for, or ``None`` when there is no such text codec."""
    if not label:
        return None
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name in _NO_CHARSETS:
        return None
    return _AS_BROWSERS_READ_IT.get(info.name, info.name)


def _stated(body: bytes, declared: str | None) -> str | None:
    """The codec that the header or the page names."""
    if stated := named_codec(declared):
        return stated
    own = _DECLARED.search(body[:4096]) or _DECLARED.search(body[:200_000])
    return named_codec(own[1].decode("ascii", "replace")) if own else None


def decode(body: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """Decode a page: (text, name of the codec). Never fails; ``"utf-8"`` says that it is so to the byte.

    In this order: a byte order mark; strict UTF-8 where there is anything beyond ASCII (text in another
    encoding all but never happens to be valid UTF-8, whatever is declared); *declared* (the header's);
    the page's own declaration; the old habit of the page's language, or Windows-1252.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace"), codec
    head = body[:4096]
    if head.count(0) > len(head) // 4:  # UTF-16 that does not say so
        codec = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        return body.decode(codec, "replace"), codec
    if b"\x1b" in body:  # escape sequences: plain ASCII to every other eye
        stated = _stated(body, declared)
        if stated and stated.startswith("iso2022"):
            return body.decode(stated, "replace"), stated
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    stated = _stated(body, declared)
    if stated and stated != "utf-8":
        return body.decode(stated, "replace"), stated
    sound = _MULTIBYTE.sub(b"", body)
    foreign = len(_HIGH.findall(sound))
    if (len(body) - len(sound)) // 2 >= foreign:
        return body.decode("utf-8", "legger.cp1252"), "utf-8 and cp1252"  # a foreign byte here and there
    lang = _LANG.search(head)
    codec = _OLD_HABIT.get(lang[1].decode("ascii").lower(), "cp1252") if lang else "cp1252"
    return body.decode(codec, "replace"), codec


_MULTIBYTE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")
