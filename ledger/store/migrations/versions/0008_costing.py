"""cost formulas that change, the month-end average, kits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.add_column("consumption", sa.Column("kit", sa.Text(), nullable=True))
    op.add_column("consumption", sa.Column("month", sa.Text(), nullable=True))
    op.add_column("owed", sa.Column("kit", sa.Text(), nullable=True))
    op.add_column("order_line", _whole("kit", server_default="0"))
    _table("costing_method", _text("sku"), _text("method"), _text("since"), key=("sku",))
    _table(
        "costing_effect",
        _whole("document_seq"), _text("sku"), _text("before"), _text("method"), _whole("quantity"),
        _whole("value_before"), _whole("value_after"), _whole("lots_alone"),
        key=("document_seq", "sku"),
    )  # fmt: skip
    _table("month_stock", _text("sku"), _text("month"), *map(_whole, ("quantity", *_COMPONENTS, "closed")), key=("sku", "month"))
    op.create_index("month_stock_sku", "month_stock", ["sku"], unique=False)
    op.create_index("month_stock_month", "month_stock", ["month"], unique=False)
    still_open = sa.text("closed = 0")
    op.create_index("month_stock_open", "month_stock", ["sku"], unique=False, sqlite_where=still_open, postgresql_where=still_open)
    _table(
        "provisional",
        _whole("consumption_id"), _text("sku"), _text("month"), _text("date"), *map(_whole, _COMPONENTS),
        key=("consumption_id",),
    )  # fmt: skip
    op.create_index("provisional_stock", "provisional", ["sku", "month"], unique=False)
    _table(
        "kit_part",
        _whole("document_seq"), _whole("line"), _text("kit"), _text("date"), _text("part"), _whole("quantity"),
        key=("document_seq", "line"),
    )  # fmt: skip
    op.create_index("kit_part_kit", "kit_part", ["kit"], unique=False)
    op.create_index("kit_part_part", "kit_part", ["part"], unique=False)
    _table("order_line_part", _whole("order_id"), _whole("line"), _text("part"), _whole("quantity"), key=("order_id", "line", "part"))
    op.create_index("order_line_part_order", "order_line_part", ["order_id"], unique=False)


_COMPONENTS = ("goods", "landed", "variance", "memo")


def _table(name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), sqlite_strict=True)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _whole(name: str, server_default: str | None = None) -> sa.Column[object]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, whole, autoincrement=False, nullable=False, server_default=server_default)
