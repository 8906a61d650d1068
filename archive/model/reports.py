"""What questions are answered with: visits, sightings, intervals, counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from archive.model.types import PageKind, VerdictKind, Version


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """A visit of a site, as recorded."""

    id: int
    site: str
    started: datetime
    ended: datetime | None
    """``None``: still going on, or its process was killed."""
    outcome: str | None
    settings: Mapping[str, Any]
    counts: RunCounts | None
    """``None`` as for ``ended``."""
    cost: RunCost | None = None
    """``None`` as for ``ended``."""
    why: str = ""
    """Why it ended before all was asked for that was due; empty: it did not."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why addresses were missed, and how many of each."""


@dataclass(kw_only=True, slots=True)
class RunCounts:
    """What a visit counts; filled as it goes."""

    asked: int = 0
    """Addresses asked for."""
    pages: int = 0
    """Answers at addresses, of any status, hops of redirects among them."""
    sources: int = 0
    """Answers at robots.txt and the like."""
    unanswered: int = 0
    """Requests without any answer."""
    assets: int = 0
    """Answers for pictures, style sheets and fonts of pages."""
    assets_missed: int = 0
    """Of these and of those without an answer, what did not come as one."""
    assets_left: int = 0
    """Left for a later visit."""
    status_2xx: int = 0
    status_3xx: int = 0
    status_4xx: int = 0
    status_5xx: int = 0
    status_other: int = 0
    """Answers with a status outside 200 to 599."""
    queued: int = 0
    """Addresses that were due when the visit began."""
    found: int = 0
    """Addresses that nobody had heard of."""
    passed_over: int = 0
    """Links that are no pages of the site's news, or traps."""
    skipped: int = 0
    """Addresses that we may not ask for."""
    failed: int = 0
    """Requests refused or failed."""
    hops: int = 0
    """Redirects."""
    parked: int = 0
    """Times that the site asked us to wait."""
    new: int = 0
    changed: int = 0
    same: int = 0
    flip_flop: int = 0
    back: int = 0
    suspect: int = 0
    gone: int = 0
    not_article: int = 0
    unreadable: int = 0
    learned: int = 0
    """1: after the visit, what repeats on the site was learned anew."""
    caught_up: int = 0
    """1: listings were followed back to what the visit before had seen."""

    def add_status(self, status: int) -> None:
        """Count an answer by its HTTP status."""
        self.pages += 1
        group = status // 100
        name = f"status_{group}xx" if 2 <= group <= 5 else "status_other"
        setattr(self, name, getattr(self, name) + 1)

    def add_verdict(self, kind: VerdictKind) -> None:
        """Count what an answer was filed as."""
        name = verdict_count(kind)
        setattr(self, name, getattr(self, name) + 1)

    def take_back(self, kept: RunCounts) -> None:
        """What was filed since *kept* was written is not filed."""
        for kind in VerdictKind:
            name = verdict_count(kind)
            setattr(self, name, getattr(kept, name))

    @property
    def requests(self) -> int:
        """Requests made, robots.txt and the like included."""
        return self.pages + self.sources + self.unanswered + self.assets

    def plain(self) -> dict[str, int]:
        """Name -> number, of what was counted at all."""
        return {name: number for name, number in asdict(self).items() if number}

    @classmethod
    def of(cls, stored: Mapping[str, int]) -> Self:
        """From what :meth:`plain` gave, today or in an earlier release."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: number for name, number in stored.items() if name in known})


def verdict_count(kind: VerdictKind) -> str:
    """The name of the count of a verdict."""
    return kind.value.replace("-", "_")


@dataclass(frozen=True, kw_only=True)
class RunCost:
    """What a visit took."""

    requests: int
    received: int
    """Bytes of the bodies received."""
    cpu: float
    """CPU seconds of its process, and of the one that reads its pages, while it lasted; several sites may
    share them."""
    memory: int
    """Most bytes its process held (resident)."""


@dataclass(frozen=True, kw_only=True)
class FieldPeriod:
    """What a field of an article said, from when until when we saw it."""

    field: str
    value: str | list[str] | None
    """``None``: nothing (any more)."""
    since: datetime
    until: datetime | None = None
    """``None``: it still holds."""
    version: int | None = None
    """The version that began it; ``None`` for what the site states beside the words."""
    reader_changed: bool = False
    """Our software changed at the same moment: the difference may be ours."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A capture without its body: when an address answered what, and what filing it came to."""

    id: int
    site: str
    url: str
    at: datetime
    status: int
    size: int
    """Bytes of the body; 0 for none."""
    digest: str | None
    """SHA-256 of the body in hexadecimal; ``None`` for no body."""
    run: int | None
    verdict: VerdictKind | None
    """``None``: kept and not yet filed."""
    page: PageKind | None
    version: int | None
    """Number of the version it shows."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class GoneArticle:
    """An article that does not stand any more, with the last version that was seen."""

    version: Version
    url: str
    since: datetime
    """The first visit that missed it."""
    confirmed: datetime | None
    """When it was found to be gone; ``None``: suspect."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """What a site is, as its file said at the latest visit; ``None``: not said."""

    title: str | None = None
    """What its readers call it."""
    place: str | None = None
    publisher: str | None = None
    issn: str | None = None
    url: str | None = None
    """Its front page."""


@dataclass(frozen=True, kw_only=True)
class SiteCounts(SiteFacts):
    """What the archive holds of one site."""

    site: str
    articles: int = 0
    versions: int = 0
    live: int = 0
    suspect: int = 0
    gone: int = 0
    standing_pages: int = 0
    """Standing pages kept with versions (``[pages] keep`` in the site's file); no articles."""
    captures: int = 0
    addresses: int = 0
    waiting: int = 0
    """Addresses never fetched that are still to be."""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    """When an article was last seen standing."""

    @property
    def named(self) -> str:
        """Its title, or else its name."""
        return self.title or self.site


@dataclass(frozen=True, kw_only=True)
class ArchiveStats:
    """What the archive holds and weighs."""

    sites: tuple[SiteCounts, ...] = ()
    verdicts: Mapping[str, int] = field(default_factory=dict)
    """Verdict kind -> captures."""
    bodies: int = 0
    """Distinct bodies."""
    body_bytes: int = 0
    """Bytes of the distinct bodies as they came."""
    packed_bytes: int = 0
    """Bytes of the same as they are kept."""
