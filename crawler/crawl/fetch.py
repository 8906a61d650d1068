"""One address on its way to be fetched, and where its redirects have led."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model.types import Address, Kept
from crawler.fetching.robots import OPEN, Permission


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """One address to ask for: as it was found, and where its redirects have led us."""

    address: Address
    url: str
    """Where to ask now."""
    via: str | None = None
    """The address whose redirect led here."""
    hops: tuple[str, ...] = ()
    """Addresses that redirected, in order."""
    permission: Permission = OPEN
    """What the host that is asked allows, and says of mining."""
    first_hop: Kept | None = None
    etag: str | None = None
    last_modified: str | None = None
