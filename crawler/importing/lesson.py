"""What of an import a site learns from that has no memory yet: pages spread over all there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from archive.model.addresses import Link
from crawler.importing.web_archives import RecordPlace
from crawler.ingest import learn
from crawler.links.unwanted import prefers
from crawler.siteconfig.site import Site


class _Addressed(Protocol):
    @property
    def url(self) -> str: ...


T = TypeVar("T", bound=_Addressed)


def to_learn_from(site: Site, places: Iterable[RecordPlace]) -> list[RecordPlace]:
    """Where pages of a site stand, in the order of their times: as many as a memory learns from, at most."""
    distinct = {each.url: each for each in places if each.kind != "revisit" and not each.wrong}
    return likely_first(site, list(distinct.values()))[: learn.WINDOW]


def likely_first(site: Site, some: Sequence[T]) -> list[T]:
    """The same, so that every beginning is spread evenly over all.

    Those whose address is like an article's come first: what is read and is no article teaches nothing.
    """
    rank = prefers(site)
    return sorted(_spread(some), key=lambda each: rank(Link(url=each.url)))


def _spread(some: Sequence[T]) -> list[T]:
    """The same in an order of which every beginning is spread evenly over all: ends, middle, quarters."""
    bits = max(1, (len(some) - 1).bit_length())
    return [some[place] for place in sorted(range(len(some)), key=lambda each: f"{each:0{bits}b}"[::-1])]
