"""What makes several addresses one article: their words, and the pages they are parts of."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of what was filed before: a version gets its digest when it is read again."""
    op.add_column("versions", sa.Column("words", sa.LargeBinary(16), nullable=True))
    op.add_column("versions", sa.Column("pages", sa.Text(), nullable=True))
    op.create_index("ix_versions_words", "versions", ["words"], sqlite_where=sa.text("words IS NOT NULL"))
    op.create_index(
        "ix_versions_pages", "versions", ["latest_capture_id"], sqlite_where=sa.text("pages IS NOT NULL")
    )
