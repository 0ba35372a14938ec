"""unmoved: rows of long documents on their way to their tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "unmoved",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("piece", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("written_at", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "piece"),
        sqlite_strict=True,
    )
    op.add_column("head", sa.Column("unmoved", sa.Text(), nullable=False, server_default=""))
