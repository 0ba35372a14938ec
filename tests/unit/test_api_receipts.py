"""What posting answers is the same text, whichever process has written the entries."""

from __future__ import annotations

from typing import Any

from api.receipts import all_receipts, one_receipt
from ledger.journal.json_text import write_json
from ledger.service import Receipt

ENTRIES: tuple[dict[str, Any], ...] = ({"voucher": "记-2026-03-1", "postings": [{"account": "Assets:Bank", "amount": "1.00"}]},)


def test_entries_that_are_text_already() -> None:
    """They are put into the answer as they are, and read from it as they were."""
    made = Receipt("shop/freight_bill/单 1", 7, False, ENTRIES)
    written = Receipt("shop/freight_bill/单 1", 7, False, write_json(ENTRIES))
    assert written.entries == made.entries == ENTRIES
    one, other = one_receipt(made, dry_run=False), one_receipt(written, dry_run=False)
    assert one.get_data() == other.get_data()
    assert (one.status_code, one.headers["Location"]) == (other.status_code, other.headers["Location"])
    assert all_receipts([made]).get_data() == all_receipts([written]).get_data()
