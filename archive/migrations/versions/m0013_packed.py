"""How far compacting came, so that it goes on from there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known yet: the next compacting looks at everything once more."""
    op.add_column("templates", sa.Column("packed_to", sa.Integer(), nullable=True))
