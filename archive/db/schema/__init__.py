"""The tables of an archive, every one and every column explained.

Drawn from the outside in::

    sites -< runs                        a visit of a site
    sites -< addresses -< captures >- bodies
                             |
                             |-- verdicts >- articles -< versions >- readings >- captures
                             |
    sites -< memories, pins              articles -< stated_values

Captures, bodies, readings and verdicts are only ever added to. Articles, versions and addresses have
columns that move on (``last_seen``, ``status``, ``due_at``); their identity never does. Everything below
captures can be made again from captures; captures cannot.

Times are UTC. On SQLite they are text such as ``2026-03-02 08:00:00.000000``, which sorts and compares as
it reads and is understood by SQLite's own date functions.
"""

from __future__ import annotations

from archive.db.schema.articles import (
    article_assets,
    articles,
    memories,
    pins,
    readings,
    redactions,
    resealed,
    seals,
    stamps,
    stated_values,
    verdicts,
    versions,
)
from archive.db.schema.captures import (
    addresses,
    bodies,
    captures,
    dictionaries,
    reference_bodies,
    runs,
    screenshots,
    sites,
    terms,
)
from archive.db.schema.columns import Instant, Json, metadata
from archive.db.schema.operations import (
    alarms,
    annotation_lines,
    clocks,
    host_waits,
    incidents,
    leases,
    schedule_entries,
    sent_notices,
    shards,
    site_files,
    wayback_requests,
    workers,
)
from archive.db.schema.search import (
    headline_hashes,
    index_queue,
    indexed,
    minhash_bands,
    minhashes,
    relations,
)

REVISION = "0001"
"""The migration that makes exactly these tables."""

__all__ = [
    "REVISION",
    "Instant",
    "Json",
    "addresses",
    "alarms",
    "annotation_lines",
    "article_assets",
    "articles",
    "bodies",
    "captures",
    "clocks",
    "dictionaries",
    "headline_hashes",
    "host_waits",
    "incidents",
    "index_queue",
    "indexed",
    "leases",
    "memories",
    "metadata",
    "minhash_bands",
    "minhashes",
    "pins",
    "readings",
    "redactions",
    "reference_bodies",
    "relations",
    "resealed",
    "runs",
    "schedule_entries",
    "screenshots",
    "seals",
    "sent_notices",
    "shards",
    "site_files",
    "sites",
    "stamps",
    "stated_values",
    "terms",
    "verdicts",
    "versions",
    "wayback_requests",
    "workers",
]
