"""Articles that tell the same story or correct each other."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; every article there is goes into the queue, to be related."""
    op.create_table(
        "sketches",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_sketches_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_sketches")),
    )
    op.create_table(
        "bands",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_bands_article_id_articles")),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_bands")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "headings",
        sa.Column("heading", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("quoted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_headings_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("heading", "article_id", "quoted", name=op.f("pk_headings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_headings_article_id", "headings", ["article_id"])
    op.create_table(
        "relations",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("likeness", sa.REAL(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_relations_article_id_articles")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name=op.f("fk_relations_other_id_articles")),
        sa.PrimaryKeyConstraint("article_id", "other_id", "kind", name=op.f("pk_relations")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_relations_other_id", "relations", ["other_id"])
    op.execute("INSERT INTO changes (article_id) SELECT id FROM articles ORDER BY id")
