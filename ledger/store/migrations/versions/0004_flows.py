"""recognition at delivery, tax in advances, memo of expensed inbound freight, goods in transit between warehouses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = {
    "orders": ("vat_due", "undelivered", "memo_landed"),
    "order_line": ("undelivered", "gift_tax", "gift_tax_done", "returned_gift_tax"),
    "shipment": ("awaits_delivery",),
    "lot": ("memo",),
    "consumption": ("memo",),
    "pool": ("memo",),
    "waiting": ("expensed",),
}

_HELD = "SELECT landed AS amount FROM consumption"
_FREIGHT = {
    "billed": f"SELECT landed AS amount FROM lot UNION ALL SELECT landed FROM pool UNION ALL {_HELD} "
    "UNION ALL SELECT amount FROM waiting WHERE waits = 1 AND direction = 'inbound'",
    "orders": f"{_HELD} WHERE order_id IS NOT NULL",
    "holders": f"{_HELD} WHERE order_id IS NULL",
}
"""Inbound cost of before, in a month without a name: what it did in which month is known after a rebuild."""


def upgrade() -> None:
    """Add the columns at zero; tax that a marketplace collects moves to where it is kept from now on."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for table, columns in _NEW.items():
        for name in columns:
            op.add_column(table, sa.Column(name, whole, nullable=False, server_default="0"))
    op.create_table(
        "freight_month",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("amount", whole, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("name", "month"),
        sqlite_strict=True,
    )
    for table in ("consumption", "owed"):
        waits = sa.text("held = 'goods_shipped' AND quantity > 0")
        op.create_index(f"{table}_undelivered", table, ["sku"], unique=False, sqlite_where=waits, postgresql_where=waits)
    transit = sa.text("warehouse = '' AND quantity > 0")
    op.create_index("lot_in_transit", "lot", ["document_seq"], unique=False, sqlite_where=transit, postgresql_where=transit)
    for name, amount in _FREIGHT.items():
        op.execute(f"INSERT INTO freight_month (name, month, amount) SELECT '{name}', '', COALESCE(SUM(amount), 0) FROM ({amount}) AS sums")
    op.execute("UPDATE orders SET vat_due = vat_pending, vat_pending = 0 WHERE marketplace_tax = 1")
