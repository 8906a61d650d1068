"""The archive: captures, articles, versions in one database. It has never heard of Scrapy.

This module is the door: :class:`Archive`, the types that travel, and the errors.
"""

from archive.answers import Gone, Held, Run, Sighting, SiteCounts, Stats
from archive.citing import Citation
from archive.compacting import Compacted
from archive.edits import Edit
from archive.errors import ArchiveError, LeggerError, NotAnArchive, NotFound, SchemaTooNew
from archive.finding import Facets, Found, Hit
from archive.query import QueryError
from archive.redacting import Redaction
from archive.relating import Relative
from archive.store import Archive
from archive.types import (
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
from archive.verifying import Head, Problem

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
