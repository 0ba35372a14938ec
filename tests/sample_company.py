"""The sample company, Hill & Stream Tea 山溪茶行: four months of a tea trader, as `make run` imports them on its first start.

`python -m tests.sample_company` rewrites books/sample/*.ndjson: one document a line in the order in which it is recorded. The same seed
gives the same files. Everyday orders are drawn by chance; whatever a report has to show (stock sold before it came, freight that matches
nothing, losses, goods not invoiced yet, disputes, ...) is a story of its own. tests/sample holds the parts.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.sample.accounts import collect_statements, keep_books, pay_bills
from tests.sample.buying import bring_in, buy
from tests.sample.calendar import happenings
from tests.sample.feedback import listen
from tests.sample.payouts import pay_out
from tests.sample.sending import send_out
from tests.sample.trader import Trader
from tests.sample.writing import Body

FOLDER = Path(__file__).parent.parent / "books" / "sample"

KINDS = (
    "kit", "purchase_order", "purchase", "receipt", "supplier_invoice", "order", "payment", "shipment", "delivery", "event", "cancellation",
    "freight_bill", "return", "refund", "transfer", "transfer_receipt", "supplier_return", "payout", "settlement", "write_off",
    "supplier_payment", "feedback", "entry", "stock_adjustment", "costing_change",
)  # fmt: skip
"""Order within a day: goods come in before they go out. No document needs another one of its own day of a kind that stands further back."""


def documents() -> list[Body]:
    """Return all documents in the order in which they are recorded."""
    trader = Trader()
    for day, happens in happenings():
        happens(trader, day)
    for part in (buy, bring_in, send_out, pay_out, pay_bills, collect_statements, keep_books, listen):
        part(trader)
    return sorted(trader.documents, key=lambda body: (body["date"], KINDS.index(body["kind"])))


def files() -> dict[str, str]:
    """Return name and text of each file."""
    texts: dict[str, str] = {}
    for body in documents():
        name = f"{body['date'][:7]}.ndjson"
        texts[name] = texts.get(name, "") + json.dumps(body, ensure_ascii=False) + "\n"
    return texts


def main() -> None:
    """Rewrite the files."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
