"""keys: rows stand in the order of their key, and what a key or a longer index finds has no index of its own."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BY_KEY = (
    "account", "allowance", "book_file", "cancelled", "closing_posting", "costing_effect", "costing_method", "freight_month",
    "journal_month", "kit_part", "meta", "month_stock", "order_line", "order_line_part", "party_balance", "payout_match", "pool",
    "posting", "received", "shipment_line", "sku", "stage", "token", "voucher_counter", "waiting_reference",
)  # fmt: skip

FOUND_ANYWAY = (
    "allowance_document", "cancelled_document", "document_number", "month_stock_sku", "order_line_order", "order_line_part_order",
    "payout_match_payout", "received_receipt", "stage_order", "waiting_reference_waiting",
)  # fmt: skip

STAGE_KEY = "order_id, document_seq, stage"


def upgrade() -> None:
    """Change the tables. An entry's document has its digest, and the entry before has its hash."""
    for name in FOUND_ANYWAY:
        op.execute(f"DROP INDEX {name}")
    op.drop_index("document_identity", "document")
    op.create_index("document_identity", "document", ["kind", "number", "source", "version"], unique=True)
    op.drop_column("entry", "document_digest")
    op.drop_column("entry", "previous_hash")
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for name in BY_KEY:
            _by_key(connection, name)
    else:
        op.drop_constraint("stage_pkey", "stage")
        op.create_primary_key("stage_pkey", "stage", STAGE_KEY.split(", "))


def _by_key(connection: Connection, name: str) -> None:
    """Make a table of SQLite anew, by its own words, without numbers for its rows."""
    own = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    (table,) = connection.exec_driver_sql(own, (name, "table")).scalars()
    indexes = list(connection.exec_driver_sql(own, (name, "index")).scalars())
    table = table.replace("PRIMARY KEY (document_seq, order_id, stage)", f"PRIMARY KEY ({STAGE_KEY})")
    op.rename_table(name, f"{name}_before")
    op.execute(f"{table}, WITHOUT ROWID")
    op.execute(f"INSERT INTO {name} SELECT * FROM {name}_before")
    op.drop_table(f"{name}_before")
    for index in indexes:
        op.execute(index)
