"""Pages that wait to be filed: changes, until a run has seen what its pages have in common; and what an
earlier run kept and did not come to file."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from archive import Archive
from archive.compare.common_changes import TEMPLATE, CommonChanges
from archive.errors import ArchiveError, of_legger
from archive.model.addresses import Address
from archive.model.types import ReadAgain
from crawler.crawl.next_fetch import NextFetch
from crawler.crawl.outcomes import why_missed
from crawler.crawl.queue import Queue
from crawler.crawl.record import VisitRecord
from crawler.ingest.ingest import file_page
from crawler.ingest.page_reader import Interrupted
from crawler.siteconfig.site import Site

log = logging.getLogger(__name__)


class HeldChanges:
    """The changes of one run."""

    def __init__(
        self,
        site: Site,
        archive: Archive,
        record: VisitRecord,
        next_fetch: NextFetch,
        read: ReadAgain,
        queue: Queue,
        *,
        backfill: bool,
    ) -> None:
        self._site, self._archive, self._record, self._next_fetch = site, archive, record, next_fetch
        self._read, self._queue, self._backfill = read, queue, backfill
        self._addresses: dict[int, tuple[Address, Address]] = {}
        """Capture -> the address at which it was had, and that at which it was asked for."""
        self.changes = CommonChanges()
        self.template_changed = False
        """A change that was filed was one of the template, on many articles at once."""

    @property
    def captures(self) -> Sequence[int]:
        """The captures that are held."""
        return self.changes.held

    def add(self, capture: int, address: Address, *, asked: Address) -> None:
        """Hold a capture that was had at *address*, which was *asked* for there or led there."""
        self._addresses[capture] = address, asked

    def file(self) -> None:
        """File what changed, now that the run has seen what its pages have in common."""
        for number in self.changes.decide():
            address, asked = self._addresses.pop(number)
            kept = self._archive.captures.get(number, whole=True)
            done = file_page(
                kept, self._site, self._archive, self._read, self.changes,
                site_stands=self._record.site_stands,
            )  # fmt: skip
            assert done.verdict is not None
            self._queue.beliefs.looked(asked, kept.capture, done.verdict)
            self._record.counts.add_verdict(done.verdict.counted)
            self.template_changed |= done.verdict.reason.startswith(TEMPLATE)
            here = self._archive.urls.address(self._site.name, kept.capture.url) or address
            first_seen, missed = replace(here, last_visit=address.last_visit), why_missed(done, address)
            self._record.looked_at(
                kept.capture.url,
                due_at=self._next_fetch.of_page(first_seen, done.verdict, done.article, missed),
                status=kept.capture.status,
                verdict=done.verdict,
                etag=kept.capture.header("etag"),
                last_modified=kept.capture.header("last-modified"),
                reason=None if done.verdict.version is not None else (done.verdict.reason or None),
                missed=missed,
                walked=self._backfill,
            )


def file_left_behind(site: Site, archive: Archive, read: ReadAgain, record: VisitRecord) -> None:
    """File pages that a run which was killed kept, and had not come to file."""
    for kept in archive.captures.unfiled(site.name):
        try:
            done = file_page(kept, site, archive, read)
        except Interrupted:
            return
        except ArchiveError:
            raise
        except Exception as error:
            log.exception("%s: what was kept could not be handled", kept.capture.url)
            record.health_signals.errors[of_legger(error)] += 1
            archive.filing.unreadable(kept, of_legger(error))
            continue
        if done.verdict is not None:  # the run that was killed has no counts
            record.count_verdict(done.verdict)
        archive.urls.visited(
            site.name,
            kept.capture.url,
            at=kept.capture.at,
            due_at=record.now(),
            status=kept.capture.status,
            verdict=done.verdict,
        )
