"""opening: the old system's documents by number, the day a lot was entered, the cost that an order had before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "opened",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("document_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("opened_document", "opened", ["document_seq"], unique=False, sqlite_where=None, postgresql_where=None)
    op.create_index("opened_number", "opened", ["kind", "number"], unique=False, sqlite_where=None, postgresql_where=None)
    op.add_column("lot", sa.Column("entered", sa.Text(), nullable=False, server_default=""))
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("orders", sa.Column("cost_before", whole, autoincrement=False, nullable=False, server_default="0"))
