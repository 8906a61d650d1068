"""What questions are answered with: visits, sightings, intervals, counts. Plain data; touches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.types import PageKind, VerdictKind, Version


@dataclass(frozen=True, kw_only=True)
class Run:
    """A visit of a site, as recorded."""

    id: int
    site: str
    started: datetime
    ended: datetime | None
    """``None``: still going on, or its process was killed."""
    outcome: str | None
    settings: Mapping[str, Any]
    counts: Mapping[str, int]
    cost: Cost | None = None
    """``None`` as for ``ended``, and for visits before release 0011 of the tables."""
    why: str = ""
    """Why it ended before all was asked for that was due; empty: it did not."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why addresses were missed, and how many of each."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a visit took."""

    requests: int
    received: int
    """Bytes of the bodies received."""
    cpu: float
    """CPU seconds of its process while it lasted; several sites may share one."""
    memory: int
    """Most bytes its process held (resident)."""


@dataclass(frozen=True, kw_only=True)
class Held:
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
class Gone:
    """An article that does not stand any more, with the last version that was seen."""

    version: Version
    url: str
    since: datetime
    """The first visit that missed it."""
    confirmed: datetime | None
    """When it was found to be gone; ``None``: suspect."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class SiteCounts:
    """What the archive holds of one site."""

    site: str
    articles: int = 0
    versions: int = 0
    live: int = 0
    suspect: int = 0
    gone: int = 0
    captures: int = 0
    addresses: int = 0
    waiting: int = 0
    """Addresses never fetched that are still to be."""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    """When an article was last seen standing."""


@dataclass(frozen=True, kw_only=True)
class Stats:
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
