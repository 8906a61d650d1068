"""The hash chain."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. What was written before has no seal, and `verify` says so."""
    covered = [
        sa.Column(f"{end}_{kind}", sa.Integer(), nullable=True)
        for kind in ("capture", "version", "run")
        for end in ("first", "last")
    ]
    op.create_table(
        "seals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        *covered,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
    )
