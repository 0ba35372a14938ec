"""corrections: versions of documents, and what a correction has to find again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, autoincrement=False, nullable=False)


def _counter(name: str, value: int = 0) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, autoincrement=False, nullable=False, server_default=str(value))


def upgrade() -> None:
    """Change the tables."""
    op.add_column("document", _counter("version", 1))
    op.add_column("document", sa.Column("restates", _WHOLE, autoincrement=False, nullable=True))
    op.add_column("document", _counter("superseded"))
    op.drop_index("document_identity", "document")
    op.create_index("document_identity", "document", ["source", "kind", "number", "version"], unique=True)
    op.add_column("entry", sa.Column("reverses", _WHOLE, autoincrement=False, nullable=True))
    op.add_column("shipment", _counter("released"))
    op.add_column("owed", _counter("beyond"))
    op.add_column("lot", _counter("charged"))
    op.add_column("invoiced", _counter("document_seq"))
    op.add_column("invoiced", _counter("received"))
    op.create_index("invoiced_document", "invoiced", ["document_seq"])
    op.create_index("waiting_document", "waiting", ["document_seq"])
    alone = sa.text("order_id IS NULL")
    op.create_index("consumption_taker", "consumption", ["shipment_id"], sqlite_where=alone, postgresql_where=alone)
    op.create_table(
        "cancelled",
        _whole("document_seq"),
        _whole("line"),
        _whole("order_id"),
        _whole("quantity"),
        sa.PrimaryKeyConstraint("document_seq", "line"),
        sqlite_strict=True,
    )
    op.create_index("cancelled_document", "cancelled", ["document_seq"])
    op.create_index("cancelled_order", "cancelled", ["order_id"])
    op.create_table(
        "cleared",
        *(_whole(name) for name in ("id", "invoice_id", "receipt_id", "line", "quantity", "estimate", "cost", "tax")),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("cleared_invoice", "cleared", ["invoice_id"])
    op.create_index("cleared_receipt", "cleared", ["receipt_id"])
    op.create_table(
        "payout_match",
        _whole("payout_id"),
        _whole("line"),
        _whole("order_id"),
        sa.Column("type", sa.Text(), nullable=False),
        _whole("amount"),
        sa.PrimaryKeyConstraint("payout_id", "line"),
        sqlite_strict=True,
    )
    op.create_index("payout_match_payout", "payout_match", ["payout_id"])
