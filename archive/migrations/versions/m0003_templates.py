"""Bodies that serve as reference for the pages of a site."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it is empty, and what is there stays packed as it is."""
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_templates_body_id_bodies")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_templates_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
    )
    op.create_index("ix_templates_site_id", "templates", ["site_id", "id"])
    op.create_index(
        "ix_captures_body_id", "captures", ["body_id"], sqlite_where=sa.text("body_id IS NOT NULL")
    )
