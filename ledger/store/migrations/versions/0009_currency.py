"""currency: units of foreign currencies beside the base amounts, what they are carried at, and the rates that were applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CARRIED = (
    "receivable", "contract_liability", "vat_pending", "vat_due", "customer_deposit", "refund_liability", "clearing", "disputed",
    "recognised", "returned", "stated_cost", "gift_tax",
)  # fmt: skip


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, autoincrement=False, nullable=nullable)


def _zero(name: str) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, autoincrement=False, nullable=False, server_default="0")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Change the tables."""
    op.add_column("document", _whole("rate", nullable=True))
    op.add_column("orders", _text("currency", nullable=True))
    for table in ("lot", "received", "invoiced"):
        op.add_column(table, _text("currency", nullable=True))
        op.add_column(table, _zero("foreign_amount"))
    op.add_column("received", _whole("rate", nullable=True))
    for name in ("foreign_amount", "foreign_cost", "foreign_tax"):
        op.add_column("cleared", _zero(name))
    op.add_column("billed", _text("currency", nullable=True))
    op.add_column("posting", _text("currency", nullable=True))
    op.add_column("posting", _whole("foreign_amount", nullable=True))
    foreign = sa.text("currency IS NOT NULL")
    op.create_index("posting_currency", "posting", ["currency", "account"], sqlite_where=foreign, postgresql_where=foreign)
    op.create_table(
        "carried",
        _whole("order_id"),
        *(_whole(f"{name}{part}") for name in _CARRIED for part in ("", "_base")),
        sa.PrimaryKeyConstraint("order_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "party_balance",
        *(_text(name) for name in ("role", "party", "currency")),
        _whole("units"),
        _whole("base"),
        sa.PrimaryKeyConstraint("role", "party", "currency"),
        sqlite_strict=True,
    )
    op.create_table(
        "currency_month",
        *(_text(name) for name in ("account", "currency", "month")),
        *(_whole(name) for name in ("units", "base", "adjusted")),
        sa.PrimaryKeyConstraint("account", "currency", "month"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
