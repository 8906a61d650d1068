"""The archive: captures, articles, versions in one database.

This module is the door: :class:`Archive`, the types that travel, and the errors. A name is
imported when it is first asked for: who wants a type or an error loads no database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.archive import Archive
    from archive.captures.recompress import CompactionResult
    from archive.compare.edit_summary import Edit
    from archive.errors import (
        ArchiveError,
        LeggerError,
        NotAnArchive,
        NotFound,
        NotHere,
        OtherSchema,
        SchemaTooNew,
        TooCostly,
        UsageError,
    )
    from archive.integrity.redaction import Redaction
    from archive.integrity.verify import ChainHead, IntegrityProblem
    from archive.model.addresses import Address, Link, Role
    from archive.model.citation import Citation
    from archive.model.reports import ArchiveStats, FieldPeriod, GoneArticle, RunRecord, Sighting, SiteCounts
    from archive.model.types import (
        Article,
        Block,
        BlockKind,
        Capture,
        Diff,
        PageKind,
        SiteMemory,
        StatedTime,
        Status,
        StoredCapture,
        Verdict,
        VerdictKind,
        Version,
    )
    from archive.queries.related import RelatedArticle
    from archive.search.counting import Facets
    from archive.search.hits import SearchHit, SearchPage
    from archive.search.language.tokens import QueryError

_ROOMS = {
    "archive.archive": "Archive",
    "archive.captures.recompress": "CompactionResult",
    "archive.errors": "ArchiveError LeggerError NotAnArchive NotFound NotHere OtherSchema SchemaTooNew"
    " TooCostly UsageError",
    "archive.integrity.redaction": "Redaction",
    "archive.integrity.verify": "ChainHead IntegrityProblem",
    "archive.model.citation": "Citation",
    "archive.compare.edit_summary": "Edit",
    "archive.model.reports": "GoneArticle FieldPeriod RunRecord Sighting SiteCounts ArchiveStats",
    "archive.model.addresses": "Address Link Role",
    "archive.model.types": "Article Block BlockKind Capture StatedTime Diff StoredCapture"
    " PageKind SiteMemory Status Verdict VerdictKind Version",
    "archive.queries.related": "RelatedArticle",
    "archive.search.language.tokens": "QueryError",
    "archive.search.counting": "Facets",
    "archive.search.hits": "SearchPage SearchHit",
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
    "ArchiveStats",
    "Article",
    "Block",
    "BlockKind",
    "Capture",
    "ChainHead",
    "Citation",
    "CompactionResult",
    "Diff",
    "Edit",
    "Facets",
    "FieldPeriod",
    "GoneArticle",
    "IntegrityProblem",
    "LeggerError",
    "Link",
    "NotAnArchive",
    "NotFound",
    "NotHere",
    "OtherSchema",
    "PageKind",
    "QueryError",
    "Redaction",
    "RelatedArticle",
    "Role",
    "RunRecord",
    "SchemaTooNew",
    "SearchHit",
    "SearchPage",
    "Sighting",
    "SiteCounts",
    "SiteMemory",
    "StatedTime",
    "Status",
    "StoredCapture",
    "TooCostly",
    "UsageError",
    "Verdict",
    "VerdictKind",
    "Version",
]
