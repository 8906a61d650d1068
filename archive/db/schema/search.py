"""Tables made from versions, for finding: full text, near-duplicates, relations. They can be made again."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
)

from archive.db.schema.columns import REAL, Instant, Integer, Json, Text, metadata

index_queue = Table(
    "index_queue",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number, in the order in which the changes came"),
    Column(
        "article_id", ForeignKey("articles.id"), nullable=False, comment="The article that is not as it was"
    ),
    sqlite_autoincrement=True,
    comment="Articles whose words changed since the full-text index took them up: a queue it empties",
)

indexed = Table(
    "indexed",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True, comment="The version"),
    Column("reading_id", ForeignKey("readings.id"), nullable=False, comment="The reading whose words it has"),
    Column("published", Text, comment="The day on which the site says it was published; null: not said"),
    Column("published_at", Instant, comment="The moment of that, in UTC, to sort by; null: not said"),
    Column("section", Text, comment="That of the reading; null: not said"),
    Column("authors", Json, comment="Those of the reading (JSON list); null: none is named"),
    Column("language", Text, comment="That of the reading; null: not known"),
    Column("place", Text, comment="The place its text opens with; null: none"),
    Index("ix_indexed_published_at", "published_at", "version_id"),
    comment="Versions that stand in the full-text index (table words), with the words they stand there with",
)

minhashes = Table(
    "minhashes",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="The article"),
    Column(
        "sketch",
        LargeBinary,
        nullable=False,
        comment="MinHash of its latest text; see archive/search/minhash.py",
    ),
    comment="What articles are compared by to find the same story elsewhere; made again at will",
)

minhash_bands = Table(
    "minhash_bands",
    metadata,
    Column("band", Integer, primary_key=True, comment="A number that alike texts share"),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="An article that has it"),
    sqlite_with_rowid=False,
    comment="Sketches by their parts, to look alike texts up; made again at will",
)

headline_hashes = Table(
    "headline_hashes",
    metadata,
    Column("heading", Integer, primary_key=True, comment="A headline, folded and hashed"),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="The article"),
    Column(
        "quoted",
        Boolean,
        primary_key=True,
        comment="False: it stood over the article; true: the article is a correction and names it",
    ),
    Index("ix_headline_hashes_article_id", "article_id"),
    sqlite_with_rowid=False,
    comment="Headlines, to find what a correction corrects; made again at will",
)

relations = Table(
    "relations",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, comment="The article"),
    Column("other_id", ForeignKey("articles.id"), primary_key=True, comment="The one it is related to"),
    Column(
        "kind",
        Text,
        primary_key=True,
        comment="same story (other_id is the lower number), or corrects (article_id corrects other_id)",
    ),
    Column(
        "likeness",
        REAL,
        comment="Greatest share of the shorter text that stood in the other; null: a correction",
    ),
    Index("ix_relations_other_id", "other_id"),
    sqlite_with_rowid=False,
    comment="Articles that tell the same story or correct each other; made again at will",
)
