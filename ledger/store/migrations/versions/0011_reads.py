"""reads: sums by day and by customer, the day on each posting, and the indexes that lists walk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FIELDS = (
    "goods_revenue", "shipping_revenue", "discounts", "refunds", "product_cost", "landed_cost", "price_variance", "return_loss",
    "freight", "packaging", "fees", "bad_debt", "exchange", "other",
)  # fmt: skip


_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, _BIG, autoincrement=False, nullable=False)


def _sums(name: str, keys: tuple[str, ...], *summed: str) -> None:
    op.create_table(
        name,
        *(_whole(key) if key.endswith("_id") else sa.Column(key, sa.Text(), nullable=False) for key in keys),
        *(_whole(column) for column in summed),
        sa.PrimaryKeyConstraint(*keys),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Change the tables. Sums of what is in the store already need the chart, so a rebuild makes them, and writes the postings anew."""
    op.add_column("posting", sa.Column("date", sa.Text(), nullable=False, server_default=""))
    op.drop_index("posting_account", "posting")
    op.create_index("posting_account", "posting", ["account", "date", "entry_id", "line"])
    on_hand = sa.text("quantity > 0")
    op.create_index("lot_warehouse", "lot", ["warehouse", "sku"], sqlite_where=on_hand, postgresql_where=on_hand)
    op.add_column("dimension_month", sa.Column("contribution", _BIG, nullable=False, server_default="0"))
    op.drop_index("dimension_month_month", "dimension_month")
    best = sa.text("contribution DESC")
    op.create_index("dimension_month_best", "dimension_month", ["dimension", "month", best, "value"])
    _sums("account_day", ("date", "account"), "debit", "credit")
    _sums("dimension_day", ("dimension", "date", "value"), *FIELDS)
    _sums("cash_day", ("date", "item"), "amount")
    _sums("customer_total", ("period", "customer"), *FIELDS, "contribution")
    op.create_index("customer_total_best", "customer_total", ["period", best, "customer"])
    _sums("order_profit", ("month", "order_id"), *FIELDS, "contribution")
    op.create_index("order_profit_best", "order_profit", ["month", best, "order_id"])
    behind = "INSERT INTO meta (key, value) SELECT 'sums-behind', '0011' WHERE EXISTS (SELECT 1 FROM document)"
    op.execute(f"{behind} AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'sums-behind')")
