"""An opening: what a business has, owes and has under way when it starts to use these books, against opening equity (IFRS 1.6-11)."""

from __future__ import annotations

import calendar

from ledger.chart import OPEN_ITEMS, STOCK_ROLES
from ledger.documents.opening import Opening, YearToDate
from ledger.errors import FieldError, PeriodClosed
from ledger.journal.draft import NEEDS, Draft, Posting
from ledger.rules.freight_waiting import arrived
from ledger.rules.opening_currency import goods_in_base, keep_price
from ledger.rules.opening_items import post_items
from ledger.rules.opening_lots import post_lots
from ledger.rules.opening_names import against_equity
from ledger.rules.opening_orders import post_orders
from ledger.state.records import Lot, Opened
from ledger.work import Work, fault

SECTIONS = {
    "receivable": "open_orders, or open_items of kind receivable",
    "contract_liability": "open_orders",
    "vat_pending": "open_orders",
    "customer_deposit": "open_items of kind customer_deposit",
    "refund_liability": "open_items of kind refund_liability",
    "disputes": "open_items of kind dispute",
    "clearing": "open_items of kind clearing",
    "reserve": "open_items of kind reserve",
    "payable:supplier": "open_items of kind payable",
    "payable:carrier": "open_items of kind carrier_payable",
    "supplier_prepayment": "open_items of kind supplier_prepayment",
    "grir": "open_items of kind grir",
    "goods_in_transit": "open_items of kind inbound_freight, or of kind grir with purchase_order",
    "accrued_freight": "open_orders, in their shipment",
    "inventory": "lots",
}
"""Where what an account holds is told item by item, so that nothing is told twice."""

DETAILED = {*SECTIONS, *NEEDS, *OPEN_ITEMS, *STOCK_ROLES}
"""Roles whose accounts have no balance of their own: it is the sum of items."""


def post_opening(work: Work, document: Opening) -> None:
    """Post one entry a section against `opening_equity`; what it brings is known by its old numbers from now on.

    Source: IFRS 1.6-11 by analogy (assets and liabilities as they stand on the day, the difference in equity); 会计法 15, 建账.

    Example: 904.00 were paid in June for 40 pieces that leave in July: July has the revenue, and nothing is due.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "open_orders":
        | [{"number": "SO-1", "customer": "Customer", "prices_include_tax": true, "paid": "904.00",
        | "lines": [{"sku": "ENGRAVING", "type": "service", "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13"}]}]}
        on 2026-06-30
        Cr contract_liability 800.00
        Cr vat_pending 104.00
        Dr opening_equity 904.00
        shipment S-1 on 2026-07-02 order=SO-1
        Dr contract_liability 800.00
        Dr vat_pending 104.00
        Cr sales 800.00
        Cr vat_output 104.00
    """
    if work.date != document.date:
        detail = f"{document.date[:7]} is closed; an opening is posted on its own date, {work.date} or later"
        raise PeriodClosed("the period is closed", (FieldError("/date", detail),))
    if not work.chart.has_role("opening_equity"):
        raise fault("/kind", 'needs an account with role: "opening_equity" in accounts.beancount')
    told, document = document, goods_in_base(work, document)
    _balances(work, document)
    lots = _lots(work, told, document)
    post_orders(work, document)
    post_items(work, document, lots)
    _year_to_date(work, document)
    arrived(work, _names(work, document))


def _lots(work: Work, told: Opening, document: Opening) -> list[Lot]:
    """Post the lots in base; what they were `told` to cost in another currency is what their supplier gets for them."""
    currency, work.currency = work.currency, None
    lots = post_lots(work, document)
    work.currency = currency
    for line, lot in zip(told.lots, lots, strict=True):
        if currency is not None:
            keep_price(work, line, lot, currency)
    return lots


def _balances(work: Work, document: Opening) -> None:
    draft = work.draft("", f"Opening {document.number}: balances")
    for i, balance in enumerate(document.balances):
        pointer = f"/balances/{i}/account"
        account = work.account(balance.account, pointer, roots=("Assets", "Liabilities", "Equity", "Income", "Expenses"))
        role = work.chart.role_of(account)
        if account.startswith(("Income:", "Expenses:")):
            raise fault(pointer, f"{account} is income or expense: give it in year_to_date")
        if role == "opening_equity":
            raise fault(pointer, f"{account} takes the difference by itself: give what it is of, such as capital and retained earnings")
        if role in DETAILED:
            raise fault(pointer, f"{account} is the sum of items; give them in {SECTIONS.get(role or '', 'documents of their own')}")
        draft.post(Posting(account, balance.amount))
    against_equity(draft)


def _year_to_date(work: Work, document: Opening) -> None:
    """Post income and expense so far without order or SKU: reports show them as unallocated.

    Source: IAS 34.20.

    Example: sales of 5,000.00 and fees of 300.00 until June: the year's income statement starts at 4,700.00.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "year_to_date":
        | [{"account": "sales", "amount": "-5000.00"}, {"account": "fees", "amount": "300.00"}]}
        on 2026-06-30
        Cr sales 5000.00
        Dr fees 300.00
        Dr opening_equity 4700.00
    """
    drafts: dict[str, Draft] = {}
    for i, line in enumerate(document.year_to_date):
        account = work.account(line.account, f"/year_to_date/{i}/account", roots=("Income", "Expenses"))
        date = _day(work, document, line, f"/year_to_date/{i}/month")
        if date not in drafts:
            drafts[date] = work.draft("", f"Opening {document.number}: year to date", date=date)
            drafts[date].by_hand = True
        drafts[date].post(Posting(account, line.amount))
    for draft in drafts.values():
        against_equity(draft)


def _day(work: Work, document: Opening, line: YearToDate, pointer: str) -> str:
    """Return the day on which a line is posted: the opening's, or the last of its month where that is earlier."""
    month = line.month or document.date[:7]
    if month > document.date[:7]:
        raise fault(pointer, f"is after the opening of {document.date}")
    if month <= work.state.head.closed_through:
        raise fault(pointer, f"{month} is closed: give what it earned with the first open month")
    last = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
    return min(f"{month}-{last:02d}", document.date)


def _names(work: Work, document: Opening) -> list[tuple[str, str | None]]:
    """Return what freight that was billed before may wait for."""
    names: list[tuple[str, str | None]] = [("tracking", o.shipment.tracking) for o in document.open_orders if o.shipment is not None]
    for opened in work.state[Opened].where("document", work.seq):
        kind = "purchase" if opened.kind == "receipt" else opened.kind
        if kind not in ("order", "shipment", "purchase"):
            continue
        names.append((kind, opened.number))
        if opened.source != document.source:
            names.append((kind, f"{opened.source}/{opened.number}"))
    return names
