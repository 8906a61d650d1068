"""One address on its way to be fetched, and where its redirects have led."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model.addresses import Address
from archive.model.types import StoredCapture
from crawler.fetching.robots import OPEN, Permission


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One redirect of a chain: the address that answered with it, and its answer."""

    address: Address
    kept: StoredCapture
    judged: bool = False
    """What it comes to is put on record with another chain."""


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """One address to ask for: as it was found, and where its redirects have led us."""

    address: Address
    """The address as it was found, before any redirect."""
    url: str
    """Where to ask now."""
    hops: tuple[Hop, ...] = ()
    """The redirects that led here, in order."""
    asset: bool = False
    """It is what pages show: a picture, a style sheet, a font."""
    permission: Permission = OPEN
    """What the host that is asked allows, and says of mining."""
    etag: str | None = None
    last_modified: str | None = None
    cookie: str | None = None
    """What the server wants to be told again, for it answers with nothing else before."""

    @property
    def is_conditional(self) -> bool:
        """Whether the question says what we have, so that 304 may answer it."""
        return bool(self.etag or self.last_modified)

    @property
    def via(self) -> str | None:
        """The address whose redirect led here."""
        return self.hops[-1].kept.capture.url if self.hops else None
