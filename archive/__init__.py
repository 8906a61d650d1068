"""The archive: captures, articles, versions in one database. It has never heard of Scrapy.

This module is the door: :class:`Archive`, the types that travel, and the errors. A name is
imported when it is first asked for: who wants a type or an error loads no database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.archive import Archive
    from archive.captures.recompress import Compacted
    from archive.errors import ArchiveError, LeggerError, NotAnArchive, NotFound, SchemaTooNew
    from archive.integrity.redaction import Redaction
    from archive.integrity.verify import Head, Problem
    from archive.model.citation import Citation
    from archive.model.edit_summary import Edit
    from archive.model.reports import Gone, Held, Run, Sighting, SiteCounts, Stats
    from archive.model.types import (
        Address,
        Article,
        Block,
        BlockKind,
        Capture,
        Dated,
        Diff,
        Kept,
        Link,
        PageKind,
        Role,
        SiteMemory,
        Status,
        Verdict,
        VerdictKind,
        Version,
    )
    from archive.queries.related import Relative
    from archive.search.query import QueryError
    from archive.search.search import Facets, Found, Hit

_ROOMS = {
    "archive.archive": "Archive",
    "archive.captures.recompress": "Compacted",
    "archive.errors": "ArchiveError LeggerError NotAnArchive NotFound SchemaTooNew",
    "archive.integrity.redaction": "Redaction",
    "archive.integrity.verify": "Head Problem",
    "archive.model.citation": "Citation",
    "archive.model.edit_summary": "Edit",
    "archive.model.reports": "Gone Held Run Sighting SiteCounts Stats",
    "archive.model.types": "Address Article Block BlockKind Capture Dated Diff Kept Link PageKind Role"
    " SiteMemory Status Verdict VerdictKind Version",
    "archive.queries.related": "Relative",
    "archive.search.query": "QueryError",
    "archive.search.search": "Facets Found Hit",
}
"""Module -> the names of it that stand in this door."""
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """The name, from the module that has it."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_ROOM_OF[name]), name)
    globals()[name] = found
    return found


__all__ = [
    "Address",
    "Archive",
    "ArchiveError",
    "Article",
    "Block",
    "BlockKind",
    "Capture",
    "Citation",
    "Compacted",
    "Dated",
    "Diff",
    "Edit",
    "Facets",
    "Found",
    "Gone",
    "Head",
    "Held",
    "Hit",
    "Kept",
    "LeggerError",
    "Link",
    "NotAnArchive",
    "NotFound",
    "PageKind",
    "Problem",
    "QueryError",
    "Redaction",
    "Relative",
    "Role",
    "Run",
    "SchemaTooNew",
    "Sighting",
    "SiteCounts",
    "SiteMemory",
    "Stats",
    "Status",
    "Verdict",
    "VerdictKind",
    "Version",
]
