"""charges: what carriers have billed for single parcels. Bills of before are known after a rebuild."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, autoincrement=False, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "billed",
        _whole("id"),
        _text("type"),
        _text("reference"),
        _whole("document_seq"),
        _whole("line"),
        _text("carrier"),
        _text("direction"),
        _text("charge"),
        _whole("amount"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("billed_target", "billed", ["type", "reference"])
