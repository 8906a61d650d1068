"""What search filters and counts by, beside the full-text index; and the index's own list of words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and fill them for what is indexed already."""
    for name in ("published", "section", "language", "place"):
        op.add_column("indexed", sa.Column(name, sa.Text(), nullable=True))
    op.execute(
        "UPDATE indexed SET (published, section, language, place) = ("
        "SELECT substr(json_extract(content, '$.published.value'), 1, 10), section, language, "
        "json_extract(content, '$.dateline') FROM readings WHERE readings.id = indexed.reading_id)"
    )
    op.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab('words', 'row')")
