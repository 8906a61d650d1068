"""What sources among captures tell of pages that leave open what they are, as a crawl would have heard it.

A crawl knows how it found a page before it reads it. Captures of others come without that, but often with the
feeds, sitemaps and listings that name the page: these are read for it, and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from archive import Archive
from archive.model.addresses import Link, Role
from crawler.links.discover import walk
from crawler.siteconfig.site import Site
from crawler.sources.sources import sniff
from crawler.urls import normal_address

MOST_SOURCES = 2000
"""Captures of sources that are read for one import of a site, the latest: what a few pages may cost."""


def note_how_found(site: Site, archive: Archive, pages: Collection[str]) -> None:
    """Note of *pages*, known by their captures alone, how the site's captured sources name them.

    The sources are the captured feeds and sitemaps, the front page, the listings of the site's file, and the
    pages that these name as their next.
    """
    open_, left, seen = set(pages), MOST_SOURCES, set[int]()
    listings = {normal_address(url, site) for url in (site.url, *site.listings)}
    asked: set[str] = set()
    found: dict[str, Link] = {}
    ends = {_end(url) for url in pages}
    while (new := listings - asked) or not asked:
        numbers = archive.late.sources(site.name, new, feeds=not asked, limit=left)
        asked |= new
        for number in numbers:
            if number in seen:
                continue
            seen.add(number)
            left -= 1
            capture = archive.captures.get(number, whole=True).capture
            if sniff(capture.body) and not any(end in capture.body for end in ends):
                continue  # a feed or a sitemap that names none of them
            for link in walk(capture, site, role=Role.LISTING):
                if not isinstance(link, Link):
                    continue
                if link.role is Role.LISTING:
                    listings.add(link.url)
                known = found.get(link.url)
                if link.url in open_ and (known is None or _says_more(link, known)):
                    found[link.url] = link
        if left <= 0:
            break
    archive.urls.note_how_found(site.name, found.values())


def _end(url: str) -> bytes:
    """What stands in every source that names an address, however it writes the rest: the last part of its
    path, up to what may be written in two ways."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return (_ONE_WAY.match(last) or [""])[0].encode()


_ONE_WAY = re.compile(r"[A-Za-z0-9._-]*")


def _says_more(link: Link, known: Link) -> bool:
    """Whether a link tells more than another of the same page: a feed or a sitemap, or one with words."""
    return (_WEIGHT.get(link.how, 0), bool(link.title)) > (_WEIGHT.get(known.how, 0), bool(known.title))


_WEIGHT = {"feed": 3, "sitemap": 2, "listing": 1}
