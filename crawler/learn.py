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


WINDOW = 400
"""How many articles of a site the memory learns from, the latest captured ones: enough to know its furniture,
and a bound to what a visit costs however large the archive has grown."""


def after_visit(site: Site, archive: Archive, now: datetime) -> SiteMemory:
    """Learn what repeats on *site*; when that reads pages differently, read its latest articles again.

    What was captured before them keeps the reading it has, until it is compared with a new capture or
    ``legger reread`` comes by. Returns the memory in use from now on. Commits.
    """
    archive.commit()
    previous = archive.memory(site.name)
    oldest: list[int] = []

    def latest() -> Iterator[Capture]:
        for kept in archive.article_captures(site.name, latest=WINDOW):
            oldest[:] = oldest or [kept.id]
            yield kept.capture

    learned = learn(latest(), site, previous, now=now)
    stored = archive.remember(learned)
    if stored.version != previous.version:
        report = archive.reread(site.name, reader(site, archive), since=min(oldest, default=0))
        log.info("%s: memory version %d, read again: %s", site.name, stored.version, dict(report))
    archive.commit()
    return stored
