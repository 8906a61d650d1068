"""Articles that turned out to be another one; two indices less to keep up."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty. Articles are found by their addresses, and by key within each site."""
    op.drop_index("ix_articles_url", "articles")
    op.drop_index("ix_articles_key", "articles")
    # The constraint is written into the column: SQLite adds no constraint to a table that stands.
    op.execute(
        "ALTER TABLE articles ADD COLUMN moved_to INTEGER "
        "CONSTRAINT fk_articles_moved_to_articles REFERENCES articles (id)"
    )
    op.create_index(
        "ix_articles_moved_to", "articles", ["moved_to"], sqlite_where=sa.text("moved_to IS NOT NULL")
    )
