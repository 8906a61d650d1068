"""What is wrong and who was told; the clock's roster by kind of duty."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, empty; the roster's rows become visits."""
    op.add_column("addresses", sa.Column("walked", INSTANT, nullable=True))
    op.add_column("runs", sa.Column("why", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("signs", sa.Text(), nullable=True))
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("ended", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarms_open", "alarms", ["site"], sqlite_where=sa.text("ended IS NULL"))
    op.create_table(
        "told",
        sa.Column("alarm_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("alarm_id", "channel", name=op.f("pk_told")),
    )
    op.execute("CREATE TABLE old_duties AS SELECT site, due_at, paused_at FROM duties")
    op.drop_table("duties")
    op.create_table(
        "duties",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("site", "kind", name=op.f("pk_duties")),
    )
    op.execute(
        "INSERT INTO duties (site, kind, due_at, paused_at) "
        "SELECT site, 'visit', due_at, paused_at FROM old_duties"
    )
    op.drop_table("old_duties")
