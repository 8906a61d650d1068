"""The full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index; it is empty until it takes up the queue."""
    op.create_table(
        "indexed",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_indexed_version_id_versions")),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_indexed_reading_id_readings")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_indexed")),
    )
    op.execute(
        "CREATE VIEW searchable AS "
        "SELECT indexed.version_id AS id, readings.title, readings.text, readings.authors, readings.section "
        "FROM indexed JOIN readings ON readings.id = indexed.reading_id"
    )
    op.execute(
        "CREATE VIRTUAL TABLE words USING fts5(title, text, authors, section, "
        "content='searchable', content_rowid='id', tokenize=\"unicode61 remove_diacritics 2\")"
    )
