"""allowances: what each took off the price, by tax rate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables. What was allowed before is known by the order's sum alone: it counts as of the order's first tax rate."""
    columns = ("document_seq", "line", "order_id", "net", "tax", "back_net", "back_tax", "granted_net", "granted_tax")
    op.create_table("allowance", *map(_whole, columns), sa.PrimaryKeyConstraint("document_seq", "line"), sqlite_strict=True)
    op.create_index("allowance_document", "allowance", ["document_seq"], unique=False)
    op.create_index("allowance_order", "allowance", ["order_id"], unique=False)


def _whole(name: str) -> sa.Column[object]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, whole, autoincrement=False, nullable=False)
