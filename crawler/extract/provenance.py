"""What a page is read with: the extractor's release, what the site's file says, a version of its memory."""

from __future__ import annotations

from datetime import date

from archive.model.types import Provenance
from crawler.siteconfig.site import Site, rules_digest

EXTRACTOR = "16"
"""Release of the extractor; raised whenever the same page may read differently."""


def made_with(site: Site, memory: int, day: date | None = None) -> Provenance:
    """What a reading is made with: this release, what the site's file says, a version of the site memory.

    *day* is that of the capture, in the site's zone; without it all of the site's rules count, whenever
    they hold. Nothing else says what a reading was made with.
    """
    return Provenance(extractor=EXTRACTOR, rules=rules_digest(site, day), memory=memory)
