"""The worked example of the money rules, entry by entry, against its own text, where the design's folder lies beside the checkout."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data

from tests.books_in_memory import MemoryLedger, bean_check
from tests.rule_examples.notation import document

EXAMPLE = Path(__file__).resolve().parents[3] / "shared" / "worked-example.beancount"

STEPS = (
    ("receipt R-1 on 2026-01-05 supplier=Supplier | TEA-01 100 @ 10.00",),
    (
        "order SO-1 on 2026-01-06 customer=Customer prices_include_tax=true | TEA-01 40 @ 22.60 tax_rate=0.13",
        "payment P-1 on 2026-01-06 order=SO-1 amount=904.00 account=bank",
    ),
    ("shipment S-1 on 2026-01-08 order=SO-1 estimated_freight=18.00 | TEA-01 25",),
    ("supplier_invoice I-1 on 2026-01-20 supplier=Supplier receipts=R-1 | TEA-01 100 @ 10.20 tax_rate=0.13",),
    ("freight_bill F-1 on 2026-02-03 carrier=Carrier | 100.00 inbound purchases=R-1 tax_rate=0.09",),
    ("return RET-1 on 2026-02-05 order=SO-1 | TEA-01 2",),
    ("refund REF-1 on 2026-02-06 order=SO-1 amount=45.20 account=bank",),
    ("freight_bill F-2 on 2026-02-10 carrier=Carrier | 19.50 outbound orders=SO-1 tax_rate=0.09",),
    ("shipment S-2 on 2026-02-11 order=SO-1",),
    (
        "order SO-2 on 2026-02-15 customer=Tmall channel=Tmall | GOODS 1 @ 100.00 tax_rate=0.13 type=service",
        "payment P-2 on 2026-02-15 order=SO-2 amount=113.00 account=clearing:Tmall",
        "shipment S-3 on 2026-02-15 order=SO-2",
    ),
    ("payout PAY-1 on 2026-02-20 channel=Tmall account=bank net=106.40 | sale 113.00 order=SO-2 | fee -6.23 order=SO-2 tax=0.37",),
)
"""The documents of each entry. The sale of SO-2 is one entry there; payment and shipment make two, which come to the same together."""

Moved = dict[tuple[Any, ...], Decimal]


def moved(entries: list[Any]) -> tuple[Any, Moved]:
    """Return date and payee of entries that belong together, and what they move: units by account, currency, lot and order."""
    sums: Moved = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings:
            order = (posting.meta or {}).get("order") or entry.meta.get("order")
            sums[posting.account, posting.units.currency, posting.cost, order] += posting.units.number
    return (entries[0].date, entries[0].payee), {key: number for key, number in sums.items() if number}


def transactions(entries: list[Any]) -> list[Any]:
    """Return the transactions among directives."""
    return [entry for entry in entries if isinstance(entry, data.Transaction)]


@pytest.mark.skipif(not EXAMPLE.is_file(), reason="the design's folder `shared` does not lie beside this checkout")
def test_the_documents_make_the_entries_of_the_worked_example() -> None:
    """Every entry: date, payee, accounts, amounts, lots with price, date and label, orders; then the balances that it asserts."""
    theirs, errors, _ = loader.load_file(str(EXAMPLE))
    assert not errors
    ledger = MemoryLedger()
    made = [[ledger.post(document(line)).entries for line in lines] for lines in STEPS]
    ours, complaints = bean_check(ledger.text())
    assert not complaints
    by_document = defaultdict(list)
    for entry in transactions(ours):
        by_document[entry.meta["document"]].append(entry)
    wanted = transactions(theirs)
    assert len(wanted) == len(STEPS)
    for want, entries in zip(wanted, made, strict=True):
        names = dict.fromkeys(entry.document for posted in entries for entry in posted)
        assert moved([entry for name in names for entry in by_document[name]]) == moved([want]), want.narration
    sums = moved(transactions(ours))[1]
    for balance in (entry for entry in theirs if isinstance(entry, data.Balance)):
        stands = sum(n for (account, currency, *_), n in sums.items() if (account, currency) == (balance.account, balance.amount.currency))
        assert stands == balance.amount.number, balance.account
