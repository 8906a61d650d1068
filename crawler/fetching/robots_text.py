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
    return "\n".join(_line(each, host) for each in text.lstrip("\ufeff").splitlines())


_MOST_PACKED = 1024 * 1024


def _line(line: str, host: str) -> str:
    hit = _DIRECTIVE.match(line)
    if hit is None:
        return line
    name, value = hit[1].lower(), hit[2].partition("#")[0].strip()
    if name == "user-agent":
        token = _PRODUCT.match(value)
        return f"User-agent: {token[0] if token else value}"
    if name == "crawl-delay":
        seconds = _SECONDS.match(value)
        return f"Crawl-delay: {seconds[0].replace(',', '.')}" if seconds else line
    if value and not value.startswith(("/", "*", "$")):
        address = _ADDRESS.fullmatch(value)
        if address is None:
            value = f"/{value}"
        elif address[1].lower() == host:
            value = address[2] or "/"
    return f"{hit[1]}: {value}"


_DIRECTIVE = re.compile(r"\s{0,100}(user-agent|allow|disallow|crawl-delay)\s{0,100}:(.*)", re.I)
_ADDRESS = re.compile(r"https?://([^/?#]{1,300})(.*)", re.I)
_PRODUCT = re.compile(r"[A-Za-z_-]+(?=[/\s])")
"""What RFC 9309 compares; a version and words behind it are passed over."""
_SECONDS = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?(?=\s{0,10}(?:s|sec|seconds?)?$)", re.I)
