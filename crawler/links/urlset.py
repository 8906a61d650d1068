"""What a visit remembers of the addresses it has met: eight bytes of each, for a crawl may meet a million.

A set of Python's own takes ten times as much for each. Knows no address, only its hash.
"""

from __future__ import annotations

from array import array

_FIRST = 1024
"""Places to begin with; always a power of two."""


class UrlSet:
    """A set of hashes."""

    def __init__(self) -> None:
        self._places = array("q", bytes(8 * _FIRST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, mark: int) -> bool:
        return self._places[self._place(mark)] != 0

    def add(self, mark: int) -> bool:
        """Remember a hash; returns whether it was new."""
        at = self._place(mark)
        if self._places[at]:
            return False
        self._places[at] = mark or 1
        self._count += 1
        if 3 * self._count > 2 * len(self._places):
            self._grow()
        return True

    def _place(self, mark: int) -> int:
        """Where a hash stands, or would: the first place from its own on that is free. 0 marks a free one."""
        places, mark = self._places, mark or 1
        last = len(places) - 1
        at = mark & last
        while (there := places[at]) and there != mark:
            at = (at + 1) & last
        return at

    def _grow(self) -> None:
        before, self._places = self._places, array("q", bytes(16 * len(self._places)))
        for mark in before:
            if mark:
                self._places[self._place(mark)] = mark


class FirstByKey:
    """What came first under each key, all of them hashes."""

    def __init__(self) -> None:
        self._keys, self._pairs = UrlSet(), UrlSet()

    def is_first(self, key: int, mark: int) -> bool:
        """Whether *mark* is what came first under *key*; it is, where nothing had."""
        pair = hash((key, mark))
        return self._pairs.add(pair) if self._keys.add(key) else pair in self._pairs
