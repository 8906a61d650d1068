"""How many addresses of one make a crawl run asks for when they bring nothing: no site is walked for ever.

Calendars, sessions in the path and sitemaps that name ever new sitemaps have no end, and look like pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from archive.model.addresses import Address, Role
from crawler.links.discover import month_ends
from crawler.links.unwanted import NAMED
from crawler.siteconfig.site import Site

MOST_SITEMAPS = 500
"""Sitemaps that a run asks for."""
DEEPEST_SITEMAP = 4
"""The protocol knows an index and its sitemaps; some sites nest one more."""
MOST_BARREN = 100
"""Addresses alike, named by no feed or sitemap, that are asked for in a row without one new article."""
MOST_MONTHS = 400
"""The same for archives of months: thirty-three years."""
MOST_BARREN_QUERIES = 300
"""The same of all that differ in their queries only, or in filters that their paths name: they can be
combined without end."""
MOST_BARREN_BELOW = 1000
"""The same of all at least three steps deep below the first step of a path: filters may be called anything
(``/lijst/kleur-rood/maat-m/``)."""
MOST_HOSTS = 10
"""Other hosts that a run asks for sitemaps."""

_SITEMAPS = f"the budget of {MOST_SITEMAPS} sitemaps in a visit is used up"
_TOO_DEEP = f"a sitemap named by sitemaps, more than {DEEPEST_SITEMAP} deep"
_HOSTS = f"the budget of {MOST_HOSTS} other hosts in a visit is used up"
_BARREN = "many addresses like it brought nothing new in this visit"
BUDGETS = frozenset({_SITEMAPS, _TOO_DEEP, _HOSTS, _BARREN})
"""The reasons by which an address is left for a later run."""


class Budget:
    """The budgets of one run."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._sitemaps = 0
        self._hosts: set[str] = set()
        self._barren: dict[str, int] = {}

    def spent(self, address: Address) -> str | None:
        """Why an address is not asked for in this run; ``None``: it is, and that counts."""
        if address.role is Role.SITEMAP:
            return self._sitemap(address)
        if _is_free(address):
            return None
        likes = _likes(address.url)
        return _BARREN if any(self._barren.get(like, 0) >= most for like, most in likes) else None

    def came_of(self, address: Address, *, new: bool) -> None:
        """Note what an address brought: an article that is *new*, or not."""
        for like, _ in _likes(address.url):
            if new:
                self._barren.pop(like, None)
            elif not _is_free(address) and address.role is Role.PAGE:
                self._barren[like] = self._barren.get(like, 0) + 1

    def _sitemap(self, address: Address) -> str | None:
        if address.link.depth > DEEPEST_SITEMAP:
            return _TOO_DEEP
        if self._sitemaps >= MOST_SITEMAPS:
            return _SITEMAPS
        if not self.site.owns(address.url):
            host = urlsplit(address.url).netloc
            if host not in self._hosts and len(self._hosts) >= MOST_HOSTS:
                return _HOSTS
            self._hosts.add(host)
        self._sitemaps += 1
        return None


def _is_free(address: Address) -> bool:
    """Whether an address is asked for whatever its like brought: it is known to be worth it."""
    known = address.article_id is not None or address.link.how in NAMED
    return known or address.role is not Role.PAGE


def _likes(url: str) -> Iterator[tuple[str, int]]:
    """The makes of an address, each with its budget: its own, that of all with other queries or filters, and
    that of all deep below the same first step."""
    like = shape(url)
    most = MOST_BARREN if month_ends(url) is None else MOST_MONTHS
    yield like, most
    path, mark, _ = like.partition("?")
    if mark:
        yield f"{path}?*", max(most, MOST_BARREN_QUERIES)
    if named := _FILTERS.search(path):
        yield f"{path[: named.start()]}/**", max(most, MOST_BARREN_QUERIES)
    steps = path.rstrip("/").split("/")
    if len(steps) > 3:  # the host is the first
        yield "/".join([*steps[:2], "*"]), max(most, MOST_BARREN_BELOW)


_FILTERS = re.compile(r"/(?:filter\w*|facett?\w*|refine\w*|[^/]*[=;|][^/]*)(?=[/:_-]|$)", re.I)
"""Where the filters begin in a path that names them: ``/filter/``, ``/facet-``, ``/kleur=rood``."""


def shape(url: str) -> str:
    """An address without what a machine may count on in it: numbers, and long words with digits in them.

    The order of its query does not matter.
    """
    parts = urlsplit(url)
    query = "&".join(sorted(_COUNTED.sub("#", parts.query).split("&")))
    return _COUNTED.sub("#", f"{parts.netloc}{parts.path}") + (f"?{query}" if query else "")


_COUNTED = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{12,}|\d+")
