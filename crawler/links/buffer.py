"""Links put away packed, to be taken out again from the last to the first.

A sitemap states fifty thousand, the newest first; the archive is to number them backwards (see
``archive.frontier.urls``). As they are they take a kilobyte each, packed some twenty bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import orjson

from archive.model.addresses import Link, Role

BATCH = 500
"""Links that are packed, and taken out, together."""


class LinkBuffer:
    """Links by rank, packed; a small rank is wanted first, and so taken out last."""

    def __init__(self) -> None:
        self._open: dict[int, list[Link]] = {}
        self._packed: dict[int, list[bytes]] = {}

    def put(self, link: Link, rank: int) -> None:
        """Put a link away behind the others of its rank."""
        batch = self._open.setdefault(rank, [])
        batch.append(link)
        if len(batch) == BATCH:
            self._packed.setdefault(rank, []).append(zlib.compress(orjson.dumps(batch), 1))
            batch.clear()

    def take(self) -> Iterator[list[Link]]:
        """All of them in batches, each in the order of putting; the last batch of the last rank first."""
        for rank in sorted(self._open, reverse=True):
            if batch := self._open.pop(rank):
                yield batch
            packed = self._packed.get(rank, [])
            while packed:
                kept = orjson.loads(zlib.decompress(packed.pop()))
                yield [Link(**each | {"role": Role(each["role"])}) for each in kept]
