"""What a crawl run puts on record: each look at an address, its counts, and signs of the site's health."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any

from archive import Archive
from archive.model.addresses import Address, Miss
from archive.model.reports import RunCounts, verdict_count
from archive.model.types import Article, Capture, PageKind, Verdict, VerdictKind
from archive.operations.health_signals import DOUBTFUL, FIELDS, SURE, HealthSignals
from archive.versions.filing import UNKEPT
from crawler.extract.doubt import NEW_TEMPLATE
from crawler.extract.provenance import made_with
from crawler.siteconfig.site import Site

MOST_SKEWS = 25
"""Answers of which the server's clock is compared with ours."""
FEWEST_BUILT = 3
"""Articles on a new template from which a visit speaks of a redesign."""
GATES = frozenset({PageKind.GATE, PageKind.CHALLENGE})
LISTED = frozenset({"feed", "sitemap", "listing"})
"""How addresses are found that the site itself names."""


class VisitRecord:
    """The record of one run."""

    def __init__(self, site: Site, archive: Archive, *, now: Callable[[], datetime]) -> None:
        self.site, self.archive, self.now = site, archive, now
        self.counts = RunCounts()
        self.reasons: Counter[str] = Counter()
        """Why addresses were missed, by reason."""
        self.received = 0
        """Bytes of the bodies received."""
        self.health_signals = HealthSignals(feed_only=site.feed_only)
        self._lacking: dict[str, Miss] = {}
        self.site_stands = False
        """Something of the site answered as it should: until then an article that is not there is not absent,
        for the site itself may be out of order, sold, or moved."""

    # ------------------------------------------------------------ looks at addresses

    def looked(
        self,
        address: Address,
        *,
        due_at: datetime | None,
        status: int | None = None,
        verdict: Verdict | None = None,
        reason: str | None = None,
        missed: Miss | None = None,
        alias: int | None = None,
    ) -> None:
        """Note how a look at an address went, when to look again, and what was missed."""
        self.looked_at(
            address.url,
            due_at=due_at,
            status=status,
            verdict=verdict,
            reason=reason,
            missed=missed,
            alias=alias,
        )
        self.count_missed(address, missed, reason)

    def looked_at(
        self,
        url: str,
        *,
        due_at: datetime | None,
        status: int | None = None,
        verdict: Verdict | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        reason: str | None = None,
        missed: Miss | None = None,
        walked: bool = False,
        alias: int | None = None,
    ) -> None:
        """As :meth:`looked`, of an address met under way; what was missed is not counted."""
        self.archive.urls.visited(
            self.site.name,
            url,
            at=self.now(),
            due_at=due_at,
            status=status,
            verdict=verdict,
            etag=etag,
            last_modified=last_modified,
            reason=reason,
            missed=missed,
            walked=walked,
            alias=alias,
        )

    def count_missed(self, address: Address, missed: Miss | None, reason: str | None) -> None:
        """Count what was missed at an address, if anything was."""
        if missed is None:
            return
        self.reasons[reason or missed.value] += 1
        stood_there = missed is Miss.GATE and address.missed is Miss.GATE
        self.came(address)
        self._lacking[address.url] = missed
        self.health_signals.lacking[missed.value] += 1
        if not stood_there:  # what was behind a gate before says nothing new of the site
            self.health_signals.failures[missed.value] += 1

    def came(self, address: Address) -> None:
        """What did not come at an address at first came after all, or is missed otherwise now."""
        missed = self._lacking.pop(address.url, None)
        if missed is not None:
            self.health_signals.lacking[missed.value] -= 1

    # ------------------------------------------------------------ signs

    def look_back(self) -> None:
        """Note, now that all was asked for, whether the site was redesigned, and how many of its newest
        articles are not there."""
        self.health_signals.redesigned = self.is_redesigned
        self.health_signals.absent = self.archive.coverage.newest_absent(self.site.name)

    def answered(self, capture: Capture) -> None:
        """Count an answer, and note what it shows of the server."""
        self.counts.add_status(capture.status)
        self.received += len(capture.body)
        if (skew := skew_of(capture)) is not None and len(self.health_signals.skews) < MOST_SKEWS:
            self.health_signals.skews.append(skew)

    def filed(self, address: Address, verdict: Verdict, article: Article | None) -> None:
        """Count what an answer was filed as, and note what its page shows of the site."""
        health_signals = self.health_signals
        if not verdict.held:
            self.count_verdict(verdict)
            new = verdict.kind is VerdictKind.NEW
            self.site_stands |= verdict.version is not None and (not new or address.link.how in LISTED)
        if article is None:
            return
        gate = article.kind in GATES
        health_signals.pages["article" if article.is_article else "gate" if gate else "other"] += 1
        if address.article_id is not None and not gate and not is_kept_page(verdict):
            health_signals.pages["standing" if article.is_article else "lost"] += 1
        elif address.link.how in ("feed", "sitemap") and address.last_visit is None and not gate:
            health_signals.pages["told article" if article.is_article else "told other"] += 1
        if article.is_article:
            health_signals.pages["new template"] += NEW_TEMPLATE in article.doubts
            health_signals.words += article.word_count
            health_signals.filled["of"] += 1
            for name in FIELDS:
                health_signals.filled[name] += bool(getattr(article, name))
            health_signals.filled[SURE] += article.doubt is not None and article.doubt < DOUBTFUL

    def count_verdict(self, verdict: Verdict) -> None:
        """Count what an answer was filed as."""
        self.counts.add_verdict(verdict.counted)
        self.health_signals.new += verdict.counted is VerdictKind.NEW

    @property
    def is_redesigned(self) -> bool:
        """Whether nearly all of the articles read are built on no template that the site's memory knows.

        A redesign changes every page. Where some are built as before, the others are of a rarer kind.
        """
        built = self.health_signals.pages["new template"]
        return built >= FEWEST_BUILT and 5 * built >= 4 * self.health_signals.pages["article"]

    def stats(self) -> dict[str, int]:
        """What the run came to, under the names in Scrapy's stats; of verdicts the spider keeps count."""
        verdicts = {verdict_count(kind) for kind in VerdictKind}
        told = {name: number for name, number in self.counts.plain().items() if name not in verdicts}
        found = {f"legger/{name.replace('status_', 'status/')}": number for name, number in told.items()}
        found |= {f"legger/missed/{why}": number for why, number in self.health_signals.failures.items()}
        return found | {"legger/requests": self.counts.requests, "legger/received_bytes": self.received}


def is_kept_page(verdict: Verdict) -> bool:
    """Whether a capture shows a standing page that is kept, or was."""
    return verdict.page is PageKind.PAGE and (verdict.version is not None or verdict.reason == UNKEPT)


def skew_of(capture: Capture) -> float | None:
    """How far the server's clock is ahead of ours, in seconds; ``None`` when it does not say."""
    try:
        stated = parsedate_to_datetime(capture.header("date") or "")
    except (ValueError, TypeError):
        return None
    return ((stated if stated.tzinfo else stated.replace(tzinfo=UTC)) - capture.at).total_seconds()


def run_settings(site: Site, archive: Archive, **told: Any) -> dict[str, Any]:
    """What a run was *told*, and with what it goes out and reads."""
    return {
        **told,
        "legger": version("legger"),
        "python": platform.python_version(),
        "scrapy": version("scrapy"),
        **asdict(made_with(site, archive.boilerplate.get(site.name).version)),
    }
