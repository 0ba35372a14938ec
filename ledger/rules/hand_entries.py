"""An `entry` document: posted as given, except on accounts that only documents of stock may move."""

from __future__ import annotations

from ledger.chart import OPEN_ITEMS, ROOTS, STOCK_ROLES
from ledger.documents.hand import HandEntry
from ledger.errors import FieldError, PeriodClosed
from ledger.journal.draft import Posting
from ledger.state.records import Order
from ledger.work import Work, fault


def post_hand_entry(work: Work, document: HandEntry) -> None:
    """Post the entry as an accountant wrote it (IAS 1.15 leaves the form free); it is numbered and chained like any other.

    Example: 80.00 of rent for January.
        entry E-1 on 2026-01-31 narration="Rent of January" | operating 80.00 | bank -80.00
        Dr operating 80.00
        Cr bank 80.00
    """
    if work.date != document.date:
        detail = f"{document.date[:7]} is closed; date the entry {work.date} or later"
        raise PeriodClosed("the period is closed", (FieldError("/date", detail),))
    draft = work.draft(document.payee or "", document.narration or document.memo or f"Entry {document.number}")
    draft.by_hand = True
    orders = set()
    for i, given in enumerate(document.postings):
        if given.currency not in (None, document.currency, work.chart.currency):
            raise fault(f"/postings/{i}/currency", f"these books take postings in {work.chart.currency} only")
        account = work.account(given.account, f"/postings/{i}/account", roots=ROOTS)
        if work.chart.role_of(account) in STOCK_ROLES:
            raise fault(f"/postings/{i}/account", f"{account} is moved by documents of stock only, not by hand")
        order = work.order(given.order, f"/postings/{i}/order") if given.order else None
        orders.add(order.id if order else None)
        if order is not None:
            _keep_open_item(work, order, work.chart.role_of(account), given.amount)
        draft.post(Posting(account, given.amount, order, given.sku, given.party or (order.customer if order else None)))
    work.order_id = orders.pop() if len(orders) == 1 else None


def _keep_open_item(work: Work, order: Order, role: str | None, amount: int) -> None:
    """Let an order's kept balance follow what an accountant posts on it."""
    if role in OPEN_ITEMS:
        name, sign = OPEN_ITEMS[role]
        work.state[Order].edit(order)
        setattr(order, name, getattr(order, name) + sign * amount)
