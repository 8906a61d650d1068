"""Where a feed or sitemap says that it has moved to, itself or by the page that stands there. Pure."""

from __future__ import annotations

import html
import re
from contextlib import suppress

from archive.model.addresses import Role
from archive.model.types import Capture
from crawler.links.discover import named_in_page
from crawler.sources.source_bytes import HEAD, decoded, header_charset, unpacked
from crawler.sources.sources import sniff
from crawler.urls import as_browsers_read, normal_address, same_page


def moved_to(capture: Capture, role: Role) -> str | None:
    """The new address of a source that answered with *capture*; ``None``: it says nothing of one.

    A feed states it itself (``itunes:new-feed-url``, ``newLocation``); a page in its place sends the reader
    on, or names the feed that there is now. One that names the address that was asked names no new one.
    """
    stated = []
    for each in _stated(capture, role):
        with suppress(ValueError):
            stated.append(normal_address(each))
    if not stated or any(same_page(each, capture.url) for each in stated):
        return None
    return stated[0]


def _stated(capture: Capture, role: Role) -> list[str]:
    if role is Role.FEED:
        head = next(decoded(unpacked(capture.body, []), header_charset(capture)), "")[:HEAD]
        if hit := _NEW_ADDRESS.search(head):
            return [as_browsers_read(html.unescape(hit[1]))]
    if sniff(capture.body):
        return []
    named = named_in_page(capture)
    refreshed = [each.url for each in named if each.how == "refresh"]
    return refreshed or [each.url for each in named if each.how == "alternate" and each.role is role]


_NEW_ADDRESS = re.compile(
    r"<(?:itunes:new-feed-url|newLocation)(?:\s[^<>]{0,200})?>\s{0,100}(?:<!\[CDATA\[)?\s{0,100}"
    r"(https?://[^\s<>\]]{1,2000})",
    re.I,
)
