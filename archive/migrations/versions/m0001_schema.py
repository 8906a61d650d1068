"""The first schema: every table, and the full-text index."""

import sys
import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from archive.errors import NotAnArchive
from archive.model.folding import LETTERS

NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
REAL: sa.types.TypeEngine[float] = sa.REAL().with_variant(postgresql.DOUBLE_PRECISION(), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them all."""
    op.create_table(
        "alarms",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("says", TEXT, nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times", NUMBER, server_default="1", nullable=False),
        sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_alarms_open",
        "alarms",
        ["site"],
        unique=False,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "clocks",
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("every", REAL, nullable=False),
        sa.Column("poll", REAL, nullable=False),
        sa.Column("at_most", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_clocks")),
    )
    op.create_table(
        "bodies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("codec", TEXT, nullable=False),
        sa.Column("reference_id", NUMBER, nullable=True),
        sa.Column("depth", NUMBER, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("object", TEXT, nullable=True),
        sa.Column("object_size", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["reference_id"], ["bodies.id"], name=op.f("fk_bodies_reference_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bodies")),
        sa.UniqueConstraint("digest", name=op.f("uq_bodies_digest")),
    )
    op.create_index(
        "ix_bodies_reference_id",
        "bodies",
        ["reference_id"],
        unique=False,
        sqlite_where=sa.text("reference_id IS NOT NULL"),
        postgresql_where=sa.text("reference_id IS NOT NULL"),
    )
    op.create_table(
        "dictionaries",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionaries")),
        sa.UniqueConstraint("digest", name=op.f("uq_dictionaries_digest")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("says", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_table(
        "annotation_lines",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("says", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_annotation_lines")),
    )
    op.create_table(
        "host_waits",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_waits")),
    )
    op.create_table(
        "site_files",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", TEXT, nullable=True),
        sa.Column("machine", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_files")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_site_files_name", "site_files", ["kind", "name", "id"], unique=False)
    op.create_table(
        "shards",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("entry", TEXT, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("first_article", NUMBER, nullable=False),
        sa.Column("last_article", NUMBER, nullable=False),
        sa.Column("versions", NUMBER, nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", TEXT, nullable=True),
        sa.Column("plan", TEXT, nullable=True),
        sa.Column("made", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shards")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shards_entry", "shards", ["kind", "entry", "id"], unique=False)
    op.create_table(
        "workers",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_most", NUMBER, nullable=False),
        sa.Column("heartbeat", REAL, nullable=False),
        sa.Column("ahead", REAL, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_workers")),
    )
    op.create_table(
        "leases",
        sa.Column("site", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("taken", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_leases")),
    )
    op.create_table(
        "schedule_entries",
        sa.Column("site", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("site", "kind", name=op.f("pk_schedule_entries")),
    )
    op.create_table(
        "seals",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("captures", TEXT, nullable=True),
        sa.Column("versions", TEXT, nullable=True),
        sa.Column("runs", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
    )
    op.create_table(
        "stamps",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("seal_id", NUMBER, nullable=False),
        sa.Column("stamped", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", TEXT, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seal_id"], ["seals.id"], name=op.f("fk_stamps_seal_id_seals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamps")),
    )
    op.create_table(
        "sent_notices",
        sa.Column("alarm_id", NUMBER, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("alarm_id", "channel", name=op.f("pk_sent_notices")),
    )
    op.create_table(
        "sites",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("publisher", TEXT, nullable=True),
        sa.Column("issn", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("name", name=op.f("uq_sites_name")),
    )
    op.create_table(
        "terms",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("robots", TEXT, nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=True),
        sa.Column("witness", TEXT, nullable=False),
        sa.Column("policy", TEXT, nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("ground", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint(
            "robots",
            "reserved",
            "witness",
            "policy",
            "said",
            "ground",
            name=op.f("uq_terms_robots_reserved_witness_policy_said_ground"),
        ),
    )
    op.create_table(
        "articles",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_reason", TEXT, nullable=True),
        sa.Column("latest", NUMBER, nullable=False),
        sa.Column("stated_hash", TEXT, nullable=False),
        sa.Column("moved_to", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["moved_to"], ["articles.id"], name=op.f("fk_articles_moved_to_articles")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_articles_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("site_id", "key", name=op.f("uq_articles_site_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_site_id", "articles", ["site_id", "id"], unique=False)
    op.create_index(
        "ix_articles_holdings",
        "articles",
        ["site_id", "status", "kind", "latest", "first_seen", "last_seen"],
        unique=False,
    )
    op.create_index(
        "ix_articles_missed_since",
        "articles",
        ["missed_since", "id"],
        unique=False,
        sqlite_where=sa.text("status != 'live'"),
        postgresql_where=sa.text("status != 'live'"),
    )
    op.create_index(
        "ix_articles_absent",
        "articles",
        ["site_id", "status"],
        unique=False,
        sqlite_where=sa.text("status != 'live'"),
        postgresql_where=sa.text("status != 'live'"),
    )
    op.create_index(
        "ix_articles_moved_to",
        "articles",
        ["moved_to"],
        unique=False,
        sqlite_where=sa.text("moved_to IS NOT NULL"),
        postgresql_where=sa.text("moved_to IS NOT NULL"),
    )
    op.create_index(
        "ix_articles_pages",
        "articles",
        ["id"],
        unique=False,
        sqlite_where=sa.text("kind = 'page'"),
        postgresql_where=sa.text("kind = 'page'"),
    )
    op.create_table(
        "memories",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("articles", NUMBER, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_memories_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memories")),
        sa.UniqueConstraint("site_id", "version", name=op.f("uq_memories_site_id_version")),
    )
    op.create_table(
        "pins",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("pin", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_pins_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
        sa.UniqueConstraint("site_id", "place", "text", name=op.f("uq_pins_site_id_place_text")),
    )
    op.create_table(
        "reference_bodies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("body_id", NUMBER, nullable=False),
        sa.Column("packed_to", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_reference_bodies_body_id_bodies")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_reference_bodies_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_bodies")),
    )
    op.create_index("ix_reference_bodies_site_id", "reference_bodies", ["site_id", "id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("settings", TEXT, nullable=False),
        sa.Column("counts", TEXT, nullable=True),
        sa.Column("requests", NUMBER, nullable=True),
        sa.Column("received", NUMBER, nullable=True),
        sa.Column("cpu", REAL, nullable=True),
        sa.Column("memory", NUMBER, nullable=True),
        sa.Column("reasons", TEXT, nullable=True),
        sa.Column("why", TEXT, nullable=True),
        sa.Column("health_signals", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_runs_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_site_id", "runs", ["site_id", "id"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_on", TEXT, nullable=True),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("depth", NUMBER, nullable=False),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("published", TEXT, nullable=True),
        sa.Column("modified", TEXT, nullable=True),
        sa.Column("author", TEXT, nullable=True),
        sa.Column("section", TEXT, nullable=True),
        sa.Column("article_id", NUMBER, nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_visit", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_changed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", NUMBER, nullable=True),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("missed", TEXT, nullable=True),
        sa.Column("links_followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_body_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("newness", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_addresses_article_id_articles")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_addresses_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("url", "site_id", name=op.f("uq_addresses_url_site_id")),
    )
    op.create_index(
        "ix_addresses_article_id",
        "addresses",
        ["article_id"],
        unique=False,
        sqlite_where=sa.text("article_id IS NOT NULL"),
        postgresql_where=sa.text("article_id IS NOT NULL"),
    )
    op.create_index(
        "ix_addresses_due",
        "addresses",
        ["site_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("last_visit IS NOT NULL AND due_at IS NOT NULL"),
        postgresql_where=sa.text("last_visit IS NOT NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_addresses_fresh",
        "addresses",
        ["site_id", "newness", "found_at", "id"],
        unique=False,
        sqlite_where=sa.text("last_visit IS NULL AND due_at IS NOT NULL"),
        postgresql_where=sa.text("last_visit IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_addresses_assets",
        "addresses",
        ["site_id", "last_visit"],
        unique=False,
        sqlite_where=sa.text("role = 'asset'"),
        postgresql_where=sa.text("role = 'asset'"),
    )
    op.create_index(
        "ix_addresses_missed",
        "addresses",
        ["site_id", "missed"],
        unique=False,
        sqlite_where=sa.text("missed IS NOT NULL"),
        postgresql_where=sa.text("missed IS NOT NULL"),
    )
    op.create_table(
        "article_assets",
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("address_id", NUMBER, nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_article_assets_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_assets_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", "address_id", name=op.f("pk_article_assets")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_assets_address_id", "article_assets", ["address_id"], unique=False)
    op.create_table(
        "headline_hashes",
        sa.Column("heading", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("quoted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_headline_hashes_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("heading", "article_id", "quoted", name=op.f("pk_headline_hashes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_headline_hashes_article_id", "headline_hashes", ["article_id"], unique=False)
    op.create_table(
        "index_queue",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_index_queue_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_queue")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "minhash_bands",
        sa.Column("band", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_minhash_bands_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_minhash_bands")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "minhashes",
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_minhashes_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_minhashes")),
    )
    op.create_table(
        "redactions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ground", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("contents", TEXT, nullable=False),
        sa.Column("pages", TEXT, nullable=False),
        sa.Column("masked", TEXT, nullable=True),
        sa.Column("marks", TEXT, nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_redactions_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
    )
    op.create_index("ix_redactions_article_id", "redactions", ["article_id"], unique=False)
    op.create_table(
        "relations",
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("other_id", NUMBER, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("likeness", REAL, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_relations_article_id_articles")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name=op.f("fk_relations_other_id_articles")),
        sa.PrimaryKeyConstraint("article_id", "other_id", "kind", name=op.f("pk_relations")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_relations_other_id", "relations", ["other_id"], unique=False)
    op.create_table(
        "stated_values",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reader_changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_stated_values_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_values")),
    )
    op.create_index(
        "ix_stated_values_article_id", "stated_values", ["article_id", "field", "since"], unique=False
    )
    op.create_table(
        "captures",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("address_id", NUMBER, nullable=False),
        sa.Column("via", TEXT, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", NUMBER, nullable=False),
        sa.Column("http_version", TEXT, nullable=False),
        sa.Column("content_type", TEXT, nullable=True),
        sa.Column("truncated", sa.Boolean(), nullable=False),
        sa.Column("cut", TEXT, nullable=True),
        sa.Column("server", TEXT, nullable=True),
        sa.Column("tls", TEXT, nullable=True),
        sa.Column("wire_size", NUMBER, nullable=True),
        sa.Column("wire_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("dictionary_id", NUMBER, nullable=True),
        sa.Column("body_id", NUMBER, nullable=True),
        sa.Column("terms_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_captures_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_captures_body_id_bodies")),
        sa.ForeignKeyConstraint(
            ["dictionary_id"], ["dictionaries.id"], name=op.f("fk_captures_dictionary_id_dictionaries")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_captures_run_id_runs")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_captures_site_id_sites")),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_captures_terms_id_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
    )
    op.create_index("ix_captures_address_id", "captures", ["address_id", "id"], unique=False)
    op.create_index(
        "ix_captures_bodies",
        "captures",
        ["address_id", "id"],
        unique=False,
        sqlite_where=sa.text("body_id IS NOT NULL"),
        postgresql_where=sa.text("body_id IS NOT NULL"),
    )
    op.create_index(
        "ix_captures_body_id",
        "captures",
        ["body_id"],
        unique=False,
        sqlite_where=sa.text("body_id IS NOT NULL"),
        postgresql_where=sa.text("body_id IS NOT NULL"),
    )
    op.create_index("ix_captures_site_id", "captures", ["site_id", "id"], unique=False)
    op.create_table(
        "screenshots",
        sa.Column("capture_id", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("width", NUMBER, nullable=False),
        sa.Column("height", NUMBER, nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("browser", TEXT, nullable=False),
        sa.Column("made_of", TEXT, nullable=False),
        sa.Column("lacking", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_screenshots_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("capture_id", name=op.f("pk_screenshots")),
    )
    op.create_table(
        "readings",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("capture_id", NUMBER, nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("extractor", TEXT, nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("memory", NUMBER, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("doubt", REAL, nullable=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("authors", TEXT, nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=True),
        sa.Column("section", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("word_count", NUMBER, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_readings_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_readings_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_capture_id", "readings", ["capture_id"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("capture_id", NUMBER, nullable=False),
        sa.Column("latest_capture_id", NUMBER, nullable=False),
        sa.Column("first_reading_id", NUMBER, nullable=False),
        sa.Column("reading_id", NUMBER, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_fields", TEXT, nullable=False),
        sa.Column("edit_kinds", TEXT, nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("words_added", NUMBER, nullable=True),
        sa.Column("words_removed", NUMBER, nullable=True),
        sa.Column("words_moved", NUMBER, nullable=True),
        sa.Column("same_as", NUMBER, nullable=True),
        sa.Column("alternating", sa.Boolean(), nullable=False),
        sa.Column("words", sa.LargeBinary(length=16), nullable=True),
        sa.Column("pages", TEXT, nullable=True),
        sa.Column("told_seen_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_memory", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_versions_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_versions_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["first_reading_id"], ["readings.id"], name=op.f("fk_versions_first_reading_id_readings")
        ),
        sa.ForeignKeyConstraint(
            ["latest_capture_id"], ["captures.id"], name=op.f("fk_versions_latest_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["readings.id"], name=op.f("fk_versions_reading_id_readings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_versions_article_id_number")),
    )
    op.create_table(
        "wayback_requests",
        sa.Column("version_id", NUMBER, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("job", TEXT, nullable=True),
        sa.Column("job_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_asked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_as", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_wayback_requests_version_id_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_wayback_requests")),
    )
    op.create_index("ix_wayback_requests_state", "wayback_requests", ["state", "next_at"], unique=False)
    op.create_table(
        "resealed",
        sa.Column("redaction_id", NUMBER, nullable=False),
        sa.Column("seal_id", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["redaction_id"], ["redactions.id"], name=op.f("fk_resealed_redaction_id_redactions")
        ),
        sa.ForeignKeyConstraint(["seal_id"], ["seals.id"], name=op.f("fk_resealed_seal_id_seals")),
        sa.PrimaryKeyConstraint("redaction_id", "seal_id", name=op.f("pk_resealed")),
    )
    op.create_index(
        "ix_versions_first_seen", "versions", ["first_seen", "superseded", "article_id"], unique=False
    )
    op.create_index(
        "ix_versions_latest",
        "versions",
        ["article_id"],
        unique=False,
        sqlite_where=sa.text("superseded IS NULL"),
        postgresql_where=sa.text("superseded IS NULL"),
    )
    op.create_index(
        "ix_versions_pages",
        "versions",
        ["latest_capture_id"],
        unique=False,
        sqlite_where=sa.text("pages IS NOT NULL"),
        postgresql_where=sa.text("pages IS NOT NULL"),
    )
    op.create_index(
        "ix_versions_later",
        "versions",
        ["id", "article_id"],
        unique=False,
        sqlite_where=sa.text("number > 1"),
        postgresql_where=sa.text("number > 1"),
    )
    op.create_index(
        "ix_versions_silent",
        "versions",
        ["first_seen"],
        unique=False,
        sqlite_where=sa.text("silent"),
        postgresql_where=sa.text("silent"),
    )
    op.create_index(
        "ix_versions_words",
        "versions",
        ["words"],
        unique=False,
        sqlite_where=sa.text("words IS NOT NULL"),
        postgresql_where=sa.text("words IS NOT NULL"),
    )
    op.create_table(
        "indexed",
        sa.Column("version_id", NUMBER, nullable=False),
        sa.Column("reading_id", NUMBER, nullable=False),
        sa.Column("published", TEXT, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("section", TEXT, nullable=True),
        sa.Column("authors", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("place", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_indexed_reading_id_readings")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_indexed_version_id_versions")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_indexed")),
    )
    op.create_index("ix_indexed_published_at", "indexed", ["published_at", "version_id"])
    op.create_table(
        "verdicts",
        sa.Column("capture_id", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("page", TEXT, nullable=True),
        sa.Column("article_id", NUMBER, nullable=True),
        sa.Column("version_id", NUMBER, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_verdicts_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_verdicts_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_verdicts_version_id_versions")
        ),
        sa.PrimaryKeyConstraint("capture_id", name=op.f("pk_verdicts")),
    )
    op.create_index(
        "ix_verdicts_article_id",
        "verdicts",
        ["article_id", "at"],
        unique=False,
        sqlite_where=sa.text("article_id IS NOT NULL"),
        postgresql_where=sa.text("article_id IS NOT NULL"),
    )
    op.execute(
        "CREATE VIEW searchable AS "
        "SELECT indexed.version_id AS id, readings.title, readings.text, readings.authors, readings.section "
        "FROM indexed JOIN readings ON readings.id = indexed.reading_id"
    )
    if op.get_context().dialect.name == "postgresql":
        _full_text_in_postgresql(op.get_bind())
        return
    op.execute(
        "CREATE VIRTUAL TABLE words USING fts5(title, text, authors, section, "
        "content='searchable', content_rowid='id', tokenize=\"unicode61 remove_diacritics 2\")"
    )
    op.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab('words', 'row')")


def _full_text_in_postgresql(connection: sa.Connection) -> None:
    for statement in (
        "CREATE TABLE words (id BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL)",
        "CREATE INDEX ix_words_terms ON words USING gin (terms)",
        'CREATE TABLE vocabulary (term TEXT COLLATE "C" PRIMARY KEY, doc BIGINT NOT NULL)',
    ):
        connection.exec_driver_sql(statement)
    there = set(connection.exec_driver_sql(_COLLATIONS).scalars())
    by = next((each for each in _KNOWS_CAPITALS if each in there), "default")
    words = f"regexp_replace(normalize(lower($1 COLLATE \"{by}\"), NFKD), '[{_signs()}]', '', 'g')"
    for letter, written in LETTERS.items():
        words = f"replace({words}, '{letter}', '{written}')"
    connection.exec_driver_sql(
        "CREATE FUNCTION folded(TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
        f"AS $folded$ SELECT {words} $folded$"
    )
    if connection.exec_driver_sql("SELECT folded('\u00c9')").scalar_one() != "e":
        raise NotAnArchive(
            "the locale of its database knows capitals of ASCII alone: make one with "
            "createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0"
        )


_COLLATIONS = "SELECT collname FROM pg_collation WHERE collencoding IN (-1, pg_char_to_encoding('UTF8'))"
_KNOWS_CAPITALS = ("pg_c_utf8", "und-x-icu", "C.utf8", "C.UTF-8")
"""Collations that know the small letter of each, whatever the database's own locale: PostgreSQL's from 17 on,
ICU's, the system's."""


def _signs() -> str:
    """The signs that :mod:`archive.model.folding` takes from letters, as ranges of a regular expression."""
    found = [each for each in range(0x300, sys.maxunicode) if unicodedata.combining(chr(each))]
    starts = [each for each in found if not unicodedata.combining(chr(each - 1))]
    ends = [each for each in found if not unicodedata.combining(chr(each + 1))]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(starts, ends, strict=True))
