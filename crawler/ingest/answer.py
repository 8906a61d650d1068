"""What an answer of a server is, before it is read: by its status, its bytes, and the site's file."""

from __future__ import annotations

import re
from enum import StrEnum

from archive.model.addresses import Role
from archive.model.types import Capture
from crawler.fetching.tdm import forbids
from crawler.ingest.gates import DOCUMENT, HTML_TYPES, media_type
from crawler.settings import DOWNLOAD_MAXSIZE
from crawler.siteconfig.site import Site
from crawler.sources.sources import sniff

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Answer(StrEnum):
    """What an answer is, before it is read."""

    PAGE = "page"
    LISTING = "listing"
    """A page that the site's file names as a listing."""
    FEED = "feed"
    SITEMAP = "sitemap"
    MEDIA = "media"
    """A picture, a PDF file and the like."""
    UNCHANGED = "unchanged"
    """304."""
    REDIRECT = "redirect"
    ABSENT = "absent"
    """404 or 410."""
    FOREIGN = "foreign"
    """A page of another site, to which a redirect led."""
    RESERVED = "reserved"
    """A page that reserves mining, on ground that makes us obey."""
    REDACTED = "redacted"
    """A page that is an article of which the archive destroyed all words, wherever it stands now."""
    TOO_LARGE = "too large"
    """The body was cut at our limit."""
    BROKEN_OFF = "broken off"
    """The body came without its end."""
    REFUSED = "refused"
    """Any other status: the server does not want to answer, or cannot now."""


def classify(capture: Capture, site: Site, *, declared: Role | None = None) -> Answer:
    """What an answer is: its status first, then what its bytes say, then what the site's file says."""
    status = capture.status
    if status == 304:
        return Answer.UNCHANGED
    if status in REDIRECTS and capture.header("location"):
        return Answer.REDIRECT
    if 200 <= status < 300 and capture.terms is not None and forbids(capture.terms, capture.terms.ground):
        return Answer.RESERVED
    # A feed that the site's file names may stand on another host, or lead there; a page does not.
    strayed = capture.via is not None and 200 <= status < 300 and not sniff(capture.body)
    if not site.owns(capture.url) and (declared is None or strayed):
        return Answer.FOREIGN
    if status in (404, 410):
        return Answer.ABSENT
    if not 200 <= status < 300:
        return Answer.REFUSED
    if status == 206 and _is_part(capture):
        return Answer.BROKEN_OFF
    if capture.truncated:
        return Answer.BROKEN_OFF if len(capture.body) < DOWNLOAD_MAXSIZE else Answer.TOO_LARGE
    if plain := sniff(capture.body):
        return Answer.FEED if plain is Role.FEED else Answer.SITEMAP
    if declared is Role.FEED or declared is Role.SITEMAP:  # its bytes are odd; the file knows what it is
        return Answer.FEED if declared is Role.FEED else Answer.SITEMAP
    if declared is Role.LISTING:
        return Answer.LISTING
    is_page = media_type(capture) in HTML_TYPES or DOCUMENT.match(capture.body[:1024])
    return Answer.PAGE if is_page else Answer.MEDIA


def _is_part(capture: Capture) -> bool:
    """Whether a 206, for which we never ask, holds less than the whole."""
    stated = _RANGE.match(capture.header("content-range") or "")
    if stated is None:
        return True
    first, last, whole = (int(each) if each.isdecimal() else None for each in stated.groups())
    return first != 0 or last is None or (whole is None or last + 1 < whole)


_RANGE = re.compile(r"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.I)
