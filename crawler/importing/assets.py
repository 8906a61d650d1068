"""Pictures, style sheets and fonts of imported pages: those that web archives hold, for sites that keep them.

They stand wherever their addresses are, so they are looked for once the pages are filed that show them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from archive import Archive
from archive.assets.kinds import AssetLink
from archive.model.types import Article, Capture, StoredCapture
from crawler.assets.filing import file_asset, shown_links
from crawler.importing.web_archives import RecordPlace, Unusable
from crawler.siteconfig.site import Site

NOT_IMPORTED = "it is not in the web archive from which its page was imported"


class ImportedAssets:
    """Those of one import."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._aside: dict[str, list[RecordPlace]] = defaultdict(list)
        """Address -> the answers there that are no pages, in the order of their times."""
        self._noted: dict[str, dict[str, datetime]] = defaultdict(dict)
        """Site -> addresses that pages of this import show -> when such a page was captured."""

    def put_aside(self, place: RecordPlace) -> None:
        """Remember an answer that may be wanted: it is no page."""
        self._aside[place.url].append(place)

    def shown_by(self, site: Site, kept: StoredCapture, article: int, read: Article | None) -> None:
        """A page of an article was filed: note what it shows."""
        capture = kept.capture
        if site.assets.keep and capture.status == 200 and capture.body:
            links = shown_links(capture, read, width=site.assets.width)
            self._note(site, links, article, found_on=capture.url, at=capture.at)

    def _note(
        self, site: Site, links: Iterable[AssetLink], article: int | None, *, found_on: str, at: datetime
    ) -> None:
        ignored = site.ignore_pattern
        wanted = [each for each in links if ignored is None or not ignored.search(each.url)]
        self._archive.assets.add(site.name, article, wanted, found_on=found_on, at=at)
        for each in wanted:
            self._noted[site.name].setdefault(each.url, at)

    def file(
        self, sites: Iterable[Site], capture_at: Callable[[RecordPlace], Capture], commit: Callable[[], None]
    ) -> list[RecordPlace]:
        """File what pages show and the web archives hold; returns the answers that became assets.

        What pages of this import show and they do not hold is noted as missed: the live site is not asked for
        what it showed then.
        """
        used: list[RecordPlace] = []
        for site in sites:
            if not site.assets.keep:
                continue
            before = self._archive.assets.waiting(site.name, limit=1_000_000)  # an import that was cut off
            wanted = list(dict.fromkeys((*(each.url for each in before), *self._noted[site.name])))
            met = set(wanted)
            while wanted:
                url = wanted.pop()
                for place in self._aside.get(url, ()):
                    if (more := self._file_one(site, place, capture_at)) is None:
                        continue
                    used.append(place)
                    wanted += [each for each in more if each not in met]
                    met.update(more)
                    commit()
                if url in self._noted[site.name]:
                    self._miss(site, url)
        return used

    def _file_one(
        self, site: Site, place: RecordPlace, capture_at: Callable[[RecordPlace], Capture]
    ) -> list[str] | None:
        """What else is wanted by it; ``None``: it is not usable, or known."""
        archive = self._archive
        try:
            capture = replace(capture_at(place), site=site.name)
        except Unusable:
            return None  # it is told with the rest
        if archive.late.known(site.name, capture.url, at=capture.at, status=capture.status) is not None:
            return None
        filed = file_asset(archive, capture, run=None)
        archive.late.answered(filed.kept, None)
        archive.urls.visited(
            site.name, capture.url, at=capture.at, due_at=None, status=capture.status,
            reason=filed.reason or None, missed=filed.missed,
        )  # fmt: skip
        links = list(filed.shows)
        self._note(site, links, None, found_on=capture.url, at=capture.at)
        return [each.url for each in links] + ([filed.target] if filed.target else [])

    def _miss(self, site: Site, url: str) -> None:
        """Note that an address of which nothing is here was not to be had."""
        address = self._archive.urls.address(site.name, url)
        if address is not None and address.last_visit is None:
            at = self._noted[site.name][url]
            self._archive.urls.visited(site.name, url, at=at, due_at=None, reason=NOT_IMPORTED)
