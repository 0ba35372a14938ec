"""view: what accounts moved by day, all stock as one account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO view_day (date, account, currency, units_in, units_out, debit, credit)
SELECT date, account, currency, SUM(CASE WHEN units > 0 THEN units ELSE 0 END), SUM(CASE WHEN units < 0 THEN -units ELSE 0 END),
    SUM(CASE WHEN units > 0 THEN amount ELSE 0 END), SUM(CASE WHEN units < 0 THEN -amount ELSE 0 END)
FROM (
    SELECT e.date AS date,
        CASE WHEN s.sku IS NULL THEN p.account ELSE SUBSTR(p.account, 1, LENGTH(p.account) - LENGTH(s.commodity) - 1) END AS account,
        CASE WHEN p.foreign_amount <> 0 AND p.currency IS NOT NULL THEN p.currency ELSE '' END AS currency,
        CASE WHEN p.foreign_amount <> 0 AND p.currency IS NOT NULL THEN p.foreign_amount ELSE p.amount END AS units,
        p.amount AS amount
    FROM posting p JOIN entry e ON e.id = p.entry_id
    LEFT JOIN account a ON a.name = p.account AND a.role = 'inventory'
    LEFT JOIN sku s ON s.sku = a.raw
) AS moved GROUP BY date, account, currency
"""
"""The stock account of a SKU is the family's own and, behind a colon, the SKU's commodity."""


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "view_day",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("date", "account", "currency")),
        *(_whole(name) for name in ("units_in", "units_out", "debit", "credit")),
        sa.PrimaryKeyConstraint("date", "account", "currency"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute(FILL)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False)
