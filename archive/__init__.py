"""The archive: captures, articles, versions in one database. It has never heard of Scrapy.

This module is the door: :class:`Archive`, the types that travel, and the errors.
"""

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
