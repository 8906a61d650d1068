"""The whole road in one function: the answer is kept first, then read, then filed.

The spider, the re-reading of stored captures, the import of WARC files and the tests all come through here.
"""

from __future__ import annotations

import logging
from urllib.parse import urljoin

from archive import Archive
from archive.types import Article, Capture, Kept, PageKind, ReadAgain, Verdict
from crawler.extract.article import read as read_page
from crawler.extract.memory import Lesson
from crawler.identity import article_key, normal_address
from crawler.normalize import normalize
from crawler.site import Site

log = logging.getLogger(__name__)

REDIRECTS = frozenset({301, 302, 303, 307, 308})


def reader(site: Site, archive: Archive, *, lesson: Lesson | None = None) -> ReadAgain:
    """The reader in use for *site* now: today's extractor, the site's rules, its latest memory.

    A *lesson* hears what is read.
    """
    memory = archive.memory(site.name)

    def read(capture: Capture) -> Article:
        reading = read_page(capture, site, memory)
        if lesson is not None:
            lesson.hear(reading)
        return normalize(reading.article, site)

    return read


def ingest(
    capture: Capture, site: Site, archive: Archive, read: ReadAgain, *, run: int | None = None
) -> Verdict:
    """Keep one answer of a server, whatever its status, and file what it says of an article.

    Nothing a page contains can lose it: what cannot be read with *read* is kept, and filed as unreadable.
    """
    kept = archive.keep(capture, run=run)
    key = article_key(site, capture.url)
    match capture.status:
        case 304:
            return archive.confirm(kept)
        case 404 | 410:
            return archive.absent(kept, key=key, reason=f"HTTP {capture.status}", final=capture.status == 410)
        case status if status in REDIRECTS:
            target = urljoin(capture.url, capture.header("location") or "")
            if is_front_page(target, site) and not is_front_page(capture.url, site):
                return archive.absent(kept, key=key, reason="redirects to the front page")
            return _no_article(kept, site, archive, read, PageKind.REDIRECT, f"redirects to {target}")
        case 200:
            return _read_and_file(kept, site, archive, read)
        case status:
            return _no_article(kept, site, archive, read, PageKind.OTHER, f"HTTP {status}")


def _read_and_file(kept: Kept, site: Site, archive: Archive, read: ReadAgain) -> Verdict:
    try:
        article = read(kept.capture)
    except Exception as error:
        log.exception("%s: kept as capture %d, but could not be read", kept.capture.url, kept.id)
        return archive.unreadable(kept, f"{type(error).__name__}: {error}")
    key = article_key(site, kept.capture.url, article.canonical_url)
    return archive.file(article, capture=kept, key=key, read_again=read)


def _no_article(
    kept: Kept, site: Site, archive: Archive, read: ReadAgain, kind: PageKind, reason: str
) -> Verdict:
    article = Article(kind=kind, reason=reason, url=kept.capture.url)
    return archive.file(article, capture=kept, key=article_key(site, kept.capture.url), read_again=read)


def is_front_page(url: str, site: Site) -> bool:
    """Whether an address is the site's front page."""
    try:
        return normal_address(url, site).rstrip("/") == normal_address(site.url, site).rstrip("/")
    except ValueError:
        return False
