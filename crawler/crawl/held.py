"""Pages that wait to be filed: changes, until a run has seen what its pages have in common, and the other
pages of their articles; and what an earlier run kept and did not come to file."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from archive import Archive
from archive.compare.common_changes import TEMPLATE, CommonChanges
from archive.compare.pages_together import PagesTogether, VisitSoFar
from archive.errors import ArchiveError, of_legger
from archive.model.addresses import Address
from archive.model.types import ReadAgain, StoredCapture
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
        self.together = PagesTogether()
        self.template_changed = False
        """A change that was filed was one of the template, on many articles at once."""

    @property
    def visit(self) -> VisitSoFar:
        """What the run has seen so far."""
        return VisitSoFar(changes=self.changes, together=self.together, site_stands=self._record.site_stands)

    @property
    def captures(self) -> Sequence[int]:
        """The captures that are held until the run knows what its pages have in common."""
        return self.changes.held

    def add(self, capture: int, address: Address, *, asked: Address) -> None:
        """Hold a capture that was had at *address*, which was *asked* for there or led there."""
        self._addresses[capture] = address, asked

    def file(self, *, at_end: bool = False) -> None:
        """File what changed, now that the run has seen what its pages have in common.

        *at_end*: it looks at nothing more, and what waits for other pages of its article is filed, too.
        """
        self._file(self.changes.decide())
        if at_end:
            self._file(self.together.settle())

    def _file(self, captures: Iterable[int]) -> None:
        for number in captures:
            kept = self._archive.captures.get(number, whole=True)
            done = file_page(kept, self._site, self._archive, self._read, self.visit)
            assert done.verdict is not None
            if done.verdict.held:
                continue
            address, asked = self._addresses.pop(number)
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
    together = PagesTogether()
    for kept in _left_behind(site, archive, together):
        try:
            done = file_page(kept, site, archive, read, VisitSoFar(together=together))
        except Interrupted:
            return
        except ArchiveError:
            raise
        except Exception as error:
            log.exception("%s: what was kept could not be handled", kept.capture.url)
            record.health_signals.errors[of_legger(error)] += 1
            archive.filing.unreadable(kept, of_legger(error))
            continue
        if done.verdict is not None and done.verdict.held:
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


def _left_behind(site: Site, archive: Archive, together: PagesTogether) -> Iterator[StoredCapture]:
    """The pages that are to be filed, and once more those that waited for others of their article."""
    yield from archive.captures.unfiled(site.name)
    for number in together.settle():
        yield archive.captures.get(number, whole=True)
