"""The bytes of a robots.txt -> its text as it was meant: packed, in any charset, loosely written. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.model.types import Capture
from crawler.sources.source_bytes import decoded, unpacked

MOST_CHARACTERS = 512 * 1024
"""What is read; RFC 9309 asks for 500 kB. The line in which that ends is left out."""


def robots_text(answer: Capture | None) -> str:
    """The lines of a robots.txt, ready for a parser; empty for what is none.

    A path without its first slash means that path, an address of the host its own path, ``Legger/1.0`` us,
    and ``4,5 s`` four and a half seconds: a site that wrote so asked for something, and is to get it.
    """
    if answer is None or not 200 <= answer.status < 300:
        return ""
    text = "".join(decoded(unpacked(answer.body[:_MOST_PACKED], []), None)).replace("\0", "")
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS].rpartition("\n")[0]
    host = urlsplit(answer.url).netloc.lower()
    return "\n".join(_line(each, host) for each in _MARKS.sub("", text).splitlines())


_MOST_PACKED = 1024 * 1024


def _line(line: str, host: str) -> str:
    hit = _DIRECTIVE.match(line)
    if hit is None:
        return line
    name, value = hit[1].lower(), _COMMENT.sub("", hit[2]).strip().strip("\"'")
    if name == "user-agent":
        if "," in value:
            return "\n".join(_line(f"User-agent: {each}", host) for each in value.split(",") if each.strip())
        token = _PRODUCT.match(value)
        return f"User-agent: {token[0] if token else value}"
    if name == "crawl-delay":
        stated = _DURATION.fullmatch(value)
        return f"Crawl-delay: {_seconds(stated)}" if stated else line
    value = value.replace("\\", "/")
    if value and not value.startswith(("/", "*", "$")):
        address = _ADDRESS.fullmatch(value)
        if address is None:
            value = f"/{value}"
        elif address[1].lower() == host:
            value = address[2] or "/"
    return f"{hit[1]}: {value}"


def _seconds(stated: re.Match[str]) -> str:
    number, unit = stated[1].replace(",", "."), (stated[2] or "s").lower()
    if unit.startswith("s"):
        return number
    times = 0.001 if unit.startswith("ms") or unit.startswith("milli") else 3600 if unit[0] == "h" else 60
    return f"{float(number) * times:.3f}"


_MARKS = re.compile("\\A(?:\ufeff|\u00ef\u00bb\u00bf)+")
"""The byte order mark, and what it is in Latin-1."""
_COMMENT = re.compile(r"#.*|\s;.*")
_DIRECTIVE = re.compile(r"\s{0,100}(user-agent|allow|disallow|crawl-delay)\s{0,100}:(.*)", re.I)
_ADDRESS = re.compile(r"https?://([^/?#]{1,300})(.*)", re.I)
_PRODUCT = re.compile(r"[A-Za-z_-]+(?=[/\s])")
"""What RFC 9309 compares; a version and words behind it are passed over."""
_DURATION = re.compile(
    r"(\d{0,9}(?:(?<=\d)[.,]\d{0,9}|[.,]\d{1,9}|(?<=\d)))\s{0,10}"
    r"(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?)?|ms|milliseconds?)?",
    re.I,
)
