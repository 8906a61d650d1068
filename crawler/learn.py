"""What follows a visit: the site's memory learns from its distinct articles. Fetches nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from archive import Archive
from archive.types import Capture, SiteMemory
from crawler.extract.memory import learn
from crawler.ingest import reader
from crawler.site import Site

log = logging.getLogger(__name__)


def after_visit(site: Site, archive: Archive, now: datetime) -> SiteMemory:
    """Learn what repeats on *site*; when that reads pages differently, read the archived ones again.

    Returns the memory in use from now on. Commits.
    """
    archive.commit()
    previous = archive.memory(site.name)
    learned = learn(_latest(site, archive), site, previous, now=now)
    stored = archive.remember(learned)
    if stored.version != previous.version:
        report = archive.reread(site.name, reader(site, archive))
        log.info("%s: memory version %d, read again: %s", site.name, stored.version, dict(report))
    archive.commit()
    return stored


def _latest(site: Site, archive: Archive) -> Iterator[Capture]:
    return (kept.capture for kept in archive.article_captures(site.name))
