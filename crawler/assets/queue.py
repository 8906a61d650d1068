"""Pictures, style sheets and fonts of the pages of one crawl run: asked for when its pages are.

They are captures of a kind of their own: never news, in no budget of traps, and nothing that fails with them
is a failure of the visit. What a visit does not come to, the next one asks for.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from archive import Archive
from archive.assets.kinds import AssetKind, AssetLink
from archive.errors import ArchiveError, of_legger
from archive.model.addresses import Address, Miss
from archive.model.types import Article, Capture, StoredCapture
from crawler.assets.filing import file_asset, shown_links
from crawler.crawl.fetch import Fetch, Hop
from crawler.crawl.record import VisitRecord
from crawler.siteconfig.site import Site

log = logging.getLogger(__name__)

MOST_HOPS = 5
AGAIN = timedelta(days=7)
"""How old the answer of an asset is when it is asked for again, if a page that shows it was captured."""
SOONER = timedelta(days=1)
"""The same of one that did not come."""


class AssetQueue:
    """The assets of one run."""

    def __init__(
        self, site: Site, archive: Archive, record: VisitRecord, *, now: Callable[[], datetime]
    ) -> None:
        self.site, self.archive, self.now = site, archive, now
        self.in_flight = 0
        self._counts, self._record = record.counts, record
        self._sheets: deque[Fetch] = deque()
        self._others: deque[Fetch] = deque()
        self._met: set[str] = set()
        self._received = 0
        self._asked = 0

    def begin(self) -> None:
        """Line up what the visits before did not come to."""
        if self.site.assets.keep:
            self._line_up(self.archive.assets.waiting(self.site.name, limit=self.site.assets.most))

    def shown_by(self, kept: StoredCapture, article: int, read: Article | None) -> None:
        """A page of an article was captured: what it shows is wanted. *read*: what reading made of it."""
        capture = kept.capture
        if not self.site.assets.keep or capture.status != 200 or not capture.body:
            return
        links = shown_links(capture, read, width=self.site.assets.width)
        self._want(links, found_on=capture.url, article=article)

    def _want(self, links: Iterable[AssetLink], *, found_on: str, article: int | None = None) -> None:
        wanted = [each for each in links if not self._is_left_out(each.url)]
        at = self.now()
        sheets = {each.url for each in wanted if each.kind is AssetKind.STYLE}
        found = self.archive.assets.add(self.site.name, article, wanted, found_on=found_on, at=at)
        self._line_up((each for each in found if is_due(each, at)), sheets=sheets)

    def _is_left_out(self, url: str) -> bool:
        ignored = self.site.ignore_pattern
        return ignored is not None and ignored.search(url) is not None

    def _line_up(self, found: Iterable[Address], sheets: Iterable[str] = ()) -> None:
        first = set(sheets)
        for each in found:
            if each.url in self._met:
                continue
            self._met.add(each.url)
            fetch = Fetch(
                address=each, url=each.url, asset=True, etag=each.etag, last_modified=each.last_modified
            )
            (self._sheets if each.url in first else self._others).append(fetch)

    # ------------------------------------------------------------ asking

    @property
    def waiting(self) -> bool:
        """Whether one is left that this run may ask for."""
        return bool(self._sheets or self._others) and not self._is_enough

    @property
    def left(self) -> int:
        """How many are left for a later run."""
        return len(self._sheets) + len(self._others)

    @property
    def _is_enough(self) -> bool:
        bounds = self.site.assets
        return self._asked >= bounds.most or self._received >= bounds.megabytes * 1_000_000

    def next(self) -> Fetch | None:
        """The next one to ask for."""
        if not self.waiting:
            return None
        fetch = (self._sheets or self._others).popleft()
        self._asked += not fetch.hops
        self.in_flight += 1
        return fetch

    # ------------------------------------------------------------ answers

    def take(self, capture: Capture, fetch: Fetch, *, run: int | None) -> None:
        """Keep and file an answer; *capture* has the terms under which it was had.

        Nothing that comes ends the run, but an archive that cannot be written: :class:`ArchiveError`.
        """
        self.in_flight -= 1
        try:
            self._take(capture, fetch, run)
        except ArchiveError:
            raise
        except Exception as error:
            log.exception("%s: what a page shows could not be handled", capture.url)
            self._record.health_signals.errors[of_legger(error)] += 1

    def _take(self, capture: Capture, fetch: Fetch, run: int | None) -> None:
        self._counts.assets += 1
        self._received += len(capture.body)
        self._record.received += len(capture.body)
        may = len(fetch.hops) < MOST_HOPS
        filed = file_asset(self.archive, capture, run=run, may_lead_on=may)
        self._counts.assets_missed += filed.missed is not None
        self._note(fetch, filed.kept.capture, filed.reason, filed.missed)
        if filed.target is not None:
            hop = Hop(address=fetch.address, kept=filed.kept)
            self._others.appendleft(
                Fetch(address=fetch.address, url=filed.target, asset=True, hops=(*fetch.hops, hop))
            )
        self._want(filed.shows, found_on=capture.url)

    def _note(self, fetch: Fetch, capture: Capture, reason: str, missed: Miss | None) -> None:
        for url in dict.fromkeys((capture.url, fetch.address.url)):
            self.archive.urls.visited(
                self.site.name,
                url,
                at=self.now(),
                due_at=None,
                status=capture.status,
                etag=capture.header("etag") if url == capture.url else None,
                last_modified=capture.header("last-modified") if url == capture.url else None,
                reason=reason or None,
                missed=missed,
            )

    def failed(self, fetch: Fetch, reason: str, *, missed: Miss) -> None:
        """No answer came, or we may not ask."""
        self.in_flight -= 1
        self._counts.assets_missed += 1
        for url in dict.fromkeys((fetch.url, fetch.address.url)):
            self.archive.urls.visited(
                self.site.name, url, at=self.now(), due_at=None, reason=reason, missed=missed
            )


def is_due(address: Address, at: datetime) -> bool:
    """Whether an asset of a page that was captured is asked for (again)."""
    if address.last_visit is None:
        return True
    wait = SOONER if address.missed is not None else AGAIN
    return at - address.last_visit >= wait
