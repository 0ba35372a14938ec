"""closing vouchers: postings of their own, and the months that the journal's index includes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "closing_posting",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "line"),
        sqlite_strict=True,
    )
    op.create_table(
        "journal_month",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("first_entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("month"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO journal_month (month, first_entry) SELECT substr(date, 1, 7), MIN(id) FROM entry GROUP BY substr(date, 1, 7)")
