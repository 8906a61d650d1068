"""What stands in the place of the page that was asked for: a gate, a challenge of a robot wall, nothing."""

from __future__ import annotations

import logging
import re

from archive.model.types import Capture, PageKind, ReadAgain
from crawler.extract.page.challenge_marks import asks_for_proof, challenge_mark, titled_as_challenge
from crawler.extract.page.gate_addresses import gate_address
from crawler.ingest.page_reader import Interrupted

log = logging.getLogger(__name__)


def no_text(capture: Capture) -> str | None:
    """Why a body is no page, whatever its content type says; ``None`` when it may be one."""
    body = capture.body
    start = body[:1024].lstrip()
    for mark, what in _SIGNATURES:
        if start.startswith(mark):
            return f"{what}, not a page"
    sample = body[:4096]
    if not sample or sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    utf16 = sample[::2].count(0) > len(sample) // 4 or sample[1::2].count(0) > len(sample) // 4
    odd = len(_CONTROLS.findall(sample))
    if not utf16 and odd > len(sample) // 50 and b"\x1b" not in sample[: len(sample) // 2]:
        return "bytes that are no text, not a page"
    return None


def blank(capture: Capture) -> str | None:
    """What is wrong with an answer that says nothing at all; ``None`` when it says something."""
    return "an empty answer" if not capture.body.strip() else no_text(capture)


def challenge_of(capture: Capture) -> str | None:
    """What shows that a refusal (403, 429, 503 ...) asks for proof of being human; ``None``: it does not."""
    for name, value in _CHALLENGE_HEADERS:
        if re.search(value, capture.header(name) or "", re.I):
            return f"a challenge, says its header {name}"
    if capture.header("content-type") and media_type(capture) not in HTML_TYPES:
        return None
    markup = capture.body[:SMALL].decode("utf-8", "replace")
    title = _TITLE.search(markup)
    if challenge_mark(markup, bare=True) or (title and titled_as_challenge(title[1])):
        return "a challenge stands before it"
    small = len(capture.body) < SMALL and asks_for_proof(_TAG.sub(" ", markup))
    return "a challenge stands before it" if small else None


_CHALLENGE_HEADERS = (
    ("cf-mitigated", "challenge"),
    ("x-amzn-waf-action", "challenge|captcha"),
    ("x-datadome", "."),
    ("x-kpsdk-ct", "."),
    ("sg-captcha", "challenge"),
    ("x-vercel-mitigated", "challenge"),
)
_TITLE = re.compile(r"<title[^>]{0,200}>\s{0,100}([^<]{1,200})", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
SMALL = 30_000
"""Bytes; a gate or a challenge is no longer."""
_SIGNATURES = (
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"RIFF", "a picture or sound"),
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "a packed file"),
    (b"OggS", "sound"),
    (b"ID3", "sound"),
    (b"\x7fELF", "a program"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


A_GATE = "a gate stands before it: a consent wall, a log-in or a challenge"
"""Why what was asked for is not there."""


def is_gate(capture: Capture, read: ReadAgain) -> bool:
    """Whether a page of another site stands before the site's own: consent, log-in, a challenge."""
    return gate_address(capture.url) or reads_as_gate(capture, read)


def reads_as_gate(capture: Capture, read: ReadAgain) -> bool:
    """Whether a page is one that stands before another, by its words."""
    try:
        return read(capture).kind in (PageKind.GATE, PageKind.CHALLENGE)
    except Interrupted:
        raise
    except Exception:
        log.debug("%s: could not be read", capture.url, exc_info=True)
        return False


HTML_TYPES = frozenset(
    {"", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"}
)


def media_type(capture: Capture) -> str:
    """What the server says it is, empty when that says nothing; said twice (``text/html, text/html``), the
    first counts, as in browsers."""
    said = re.split("[;,]", capture.header("content-type") or "", maxsplit=1)[0].strip().lower()
    return said if _MEDIA_TYPE.fullmatch(said) and said not in _UNKNOWN else ""


_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_UNKNOWN = frozenset({"unknown/unknown", "application/unknown"})
DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)[\s>]", re.I)
"""How a page begins that a server gives a wrong type."""
