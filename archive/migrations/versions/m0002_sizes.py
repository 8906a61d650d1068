"""How large each version's edit is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: re-reading a site fills them in."""
    for name in ("words_added", "words_removed", "words_moved"):
        op.add_column("versions", sa.Column(name, sa.Integer(), nullable=True))
