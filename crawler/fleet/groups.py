"""Which sites share servers, so that no two of them are visited at once. Pure.

A server is told by the registrable domain of its host. Hosts under the domain of a platform
(``a.blogspot.com``, ``b.blogspot.com``) are one server of that platform, although browsers keep them apart.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from crawler.siteconfig.site import Site


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)  # domains that platforms let out are theirs


def domain(host: str) -> str:
    """The registrable domain of a host; an address or a name without one is its own."""
    host = host.rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return str(_suffixes().privatesuffix(host) or host)


def domains(site: Site) -> list[str]:
    """Those of the hosts of a site; the one of its front page first."""
    hosts = [urlsplit(site.url).hostname or "", *site.hosts]
    return [domain(host) for host in hosts]


def groups(sites: Iterable[Site]) -> dict[str, str]:
    """Name of each site -> its group: one for all sites that share a domain with one another, named by the
    first of their domains in alphabetical order."""
    of: dict[str, str] = {}

    def found(each: str) -> str:
        while (above := of.setdefault(each, each)) != each:
            of[each] = of[above]
            each = above
        return each

    fronts = {}
    for site in sites:
        first, *others = domains(site)
        fronts[site.name] = first
        for other in others:
            low, high = sorted((found(first), found(other)))
            of[high] = low
    return {name: found(first) for name, first in fronts.items()}
