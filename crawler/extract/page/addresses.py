"""Addresses that stand on a page, seen from where they stand."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

MOST_ADDRESS = 2_000
"""Characters of an address; no longer one is asked for."""


def absolute(base: str, href: str | None) -> str | None:
    """*href* seen from *base* as an http(s) address, or ``None`` when it is none."""
    if not href or len(href) > 2 * MOST_ADDRESS:
        return None
    if (origin := _origin(base)) is not None:  # a page has hundreds of links, nearly all of them plain
        if href[0] == "/" and "/." not in href and _ROOTED.fullmatch(href):
            return origin + href
        if _WHOLE.fullmatch(href):
            return href
    try:
        url = urljoin(base, href.strip())
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


_ROOTED = re.compile(r"/(?!/)[\w~%+,=.@/-]*(?:\?[\w~%+,=.@/&-]+)?", re.ASCII)
_WHOLE = re.compile(r"https?://[a-z0-9.-]+(?:/[\w~%+,=.@/-]*)?(?:\?[\w~%+,=.@/&-]+)?", re.ASCII)
"""Links that joining leaves as they are."""


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    """Scheme and host of an http(s) address; ``None`` for what is none."""
    try:
        parts = urlsplit(base)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else None
