"""prepaid receipts: what was paid ahead of goods that wait for their invoice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the tables."""
    for table in ("received", "cleared"):
        for name in ("prepaid", "prepaid_base"):
            op.add_column(table, sa.Column(name, _WHOLE, autoincrement=False, nullable=False, server_default="0"))
