"""On what terms answers were had, why addresses were missed, what visits cost."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns, empty: of what came before nobody noted it."""
    op.create_table(
        "terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("robots", sa.Text(), nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=True),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint(
            "robots", "reserved", "witness", "policy", "said", "ground",
            name=op.f("uq_terms_robots_reserved_witness_policy_said_ground"),
        ),
    )  # fmt: skip
    # The constraint is written into the column: SQLite adds no constraint to a table that stands.
    op.execute(
        "ALTER TABLE captures ADD COLUMN terms_id INTEGER "
        "CONSTRAINT fk_captures_terms_id_terms REFERENCES terms (id)"
    )
    op.add_column("addresses", sa.Column("missed", sa.Text(), nullable=True))
    op.add_column("addresses", sa.Column("last_full", INSTANT, nullable=True))
    op.create_index(
        "ix_addresses_missed", "addresses", ["site_id", "missed"], sqlite_where=sa.text("missed IS NOT NULL")
    )
    op.add_column("runs", sa.Column("requests", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("received", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("cpu", sa.REAL(), nullable=True))
    op.add_column("runs", sa.Column("memory", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("reasons", sa.Text(), nullable=True))
