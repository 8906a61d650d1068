"""What a search finds: versions that match, with the words around the match, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from archive.model.types import Version
from archive.search.language.query import Query

Snippet = tuple[tuple[str, bool], ...]
"""Words around a match: (words, whether they were looked for), in order."""


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """A version that matches, with the words around the match."""

    version: Version
    title: Snippet
    words: Snippet
    """Of the text; with ``in:removed`` of the sentence that went."""
    gone: datetime | None = None
    """With ``in:removed``: when the version without it was first seen."""

    @property
    def snippet(self) -> str:
        """The words around the match as one line; those found stand between ``[`` and ``]``."""
        return "".join(f"[{words}]" if found else words for words, found in self.words)


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """One page of an answer."""

    query: Query
    hits: tuple[SearchHit, ...]
    after: str | None
    """Give it back for the next page; ``None`` on the last. It stays good while the archive grows."""
    among: int | None = None
    """The hits are the first of this many latest matches, and there are more; ``None``: of all."""
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For ``word~``: what it was looked for as."""
