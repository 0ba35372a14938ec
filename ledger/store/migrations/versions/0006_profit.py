"""profit: sums by the month of the order, orders by month, cash flows by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIELDS = (
    "goods_revenue", "shipping_revenue", "discounts", "refunds", "product_cost", "landed_cost", "price_variance", "return_loss",
    "freight", "packaging", "fees", "bad_debt", "exchange", "other",
)  # fmt: skip


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False)


def _sums(name: str, *summed: str) -> None:
    op.create_table(
        name,
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        *(_whole(column) for column in summed),
        sa.PrimaryKeyConstraint("dimension", "value", "month"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Change the tables. Sums of what is in the store already need the chart, so a rebuild makes them."""
    _sums("cohort_shift", *FIELDS)
    op.create_index("cohort_shift_month", "cohort_shift", ["dimension", "month"], unique=False)
    _sums("order_month", "orders")
    op.create_table(
        "cash_month",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        _whole("amount"),
        sa.PrimaryKeyConstraint("item", "month"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO meta (key, value) SELECT 'sums-behind', '0006' WHERE EXISTS (SELECT 1 FROM document)")
