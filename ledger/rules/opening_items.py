"""The open items of an opening: what single parties owe and are owed on documents of the old system."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.chart import OPEN_ITEMS
from ledger.documents.opening import DOCUMENT_OF_ITEM, OF_ORDERS, Opening, OpenItem
from ledger.journal.draft import Posting
from ledger.rules.carrying import move_party
from ledger.rules.money_accounts import clear
from ledger.rules.opening_currency import keep_earned
from ledger.rules.opening_names import against_equity, bring
from ledger.rules.opening_receipts import Items, post_inbound_freight, post_invoiced, post_received
from ledger.rules.orders import order_label
from ledger.rules.prepayments import PREPAYMENT
from ledger.state.records import Lot, Order
from ledger.work import Work, fault

ROLES = {
    "receivable": ("receivable", 1),
    "customer_deposit": ("customer_deposit", -1),
    "refund_liability": ("refund_liability", -1),
    "dispute": ("disputes", 1),
}
"""The role of a customer's item, and the sign of a debit."""

PARTIES = {
    "payable": ("payable:supplier", -1),
    "carrier_payable": ("payable:carrier", -1),
    "supplier_prepayment": ("payable:supplier", 1),
}
"""The role of a supplier's or carrier's item, and the sign of a debit.

A prepayment is a debit of the payable here, as a payment ahead of its invoice is everywhere else in these books.
"""


def post_items(work: Work, document: Opening, lots: Sequence[Lot]) -> None:
    """Post each item with its party and document; payments, settlements, payouts and invoices find it (IFRS 9.3.1.1; CAS 22).

    Example: an invoice of 1,130.00 is not paid yet; its payment in July leaves nothing.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "open_items":
        | [{"kind": "payable", "party": "Supplier", "document": "INV-7", "amount": "1130.00"}]}
        on 2026-06-30
        Cr payable:supplier 1130.00
        Dr opening_equity 1130.00
        supplier_payment PAY-1 on 2026-07-05 supplier=Supplier amount=1130.00 account=bank documents=INV-7
        Dr payable:supplier 1130.00 party=Supplier
        Cr bank 1130.00
    """
    items = Items(work, document, lots)
    for i, item in enumerate(document.open_items):
        pointer = f"/open_items/{i}"
        if item.kind == "clearing":
            _clearing(items, item, pointer)
        elif item.kind in OF_ORDERS:
            _of_order(items, item, pointer)
        elif item.kind == "grir":
            (post_received if item.purchase_order is None else post_invoiced)(items, item, i)
        elif item.kind == "inbound_freight":
            post_inbound_freight(items, item, i)
        elif item.kind == "reserve":
            items.draft.add("reserve", item.amount, party=item.party, reference=item.document)
        else:
            role, sign = PARTIES[item.kind]
            bring(work, document, DOCUMENT_OF_ITEM[item.kind], item.document, f"{pointer}/document", source=item.source, date=item.date)
            _of_party(items, item, role, sign)
    against_equity(items.draft)


def _of_party(items: Items, item: OpenItem, role: str, sign: int) -> None:
    """Post what a supplier or carrier is owed or was paid ahead; in another currency, a prepayment keeps its rate (IFRIC 22.8).

    Example: 100.00 USD are owed at 7.00, and paid at 7.10.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "currency": "USD", "rate": "7.00", "open_items":
        | [{"kind": "payable", "party": "Supplier", "document": "INV-7", "amount": "100.00"}]}
        on 2026-06-30
        Cr payable:supplier 700.00 units="-100.00 USD"
        Dr opening_equity 700.00
        supplier_payment PAY-1 on 2026-07-05 supplier=Supplier amount=100.00 account=bank currency=USD rate=7.10
        Dr payable:supplier 700.00 units="100.00 USD"
        Dr exchange 10.00
        Cr bank 710.00 units="-100.00 USD"
    """
    currency = items.document.currency
    if currency is None:
        items.draft.add(role, sign * item.amount, party=item.party, reference=item.document)
        return
    if item.kind == PREPAYMENT:
        role = PREPAYMENT
    base, units = (sign * amount for amount in items.in_base(item))
    account, kept = items.work.chart.account(role), None if role == PREPAYMENT else currency
    items.draft.collect(Posting(account, base, party=item.party, reference=item.document, currency=kept, foreign=units))
    move_party(items.work, role, item.party, currency, units=units, base=base)


def _of_order(items: Items, item: OpenItem, pointer: str) -> None:
    order = _order(items, item, item.party, None, pointer)
    if order.customer != item.party:
        raise fault(f"{pointer}/party", f"order {order.label} is of {order.customer!r}")
    if item.kind == "receivable":
        if items.work.lines(order):
            raise fault(f"{pointer}/order", f"what order {order.label} owes follows from what it shipped and paid: say it there")
        # What the item says is all that is known of the order: charged, and not paid.
        order.net += item.amount - item.tax
        order.tax += item.tax
        order.recognised_net += item.amount - item.tax
        order.recognised_tax += item.tax
        keep_earned(items.work, order, item.amount, 0, 0)
    role, sign = ROLES[item.kind]
    attribute = OPEN_ITEMS[role][0]
    setattr(order, attribute, getattr(order, attribute) + item.amount)
    items.draft.add_party(role, sign * item.amount, order)


def _clearing(items: Items, item: OpenItem, pointer: str) -> None:
    """Debit the channel's clearing account; the payout that shows the order's sale finds it paid, and the fee booked.

    Source: IFRS 15.B34-B38.

    Example: 904.00 came in through tmall, its fee of 9.04 is booked: 894.96 are open until the payout.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "open_items":
        | [{"kind": "clearing", "party": "tmall", "document": "BILL-06", "order": "SO-0931", "amount": "894.96", "fee": "9.04"}],
        | "open_orders": [{"number": "SO-0931", "customer": "Customer", "channel": "tmall", "prices_include_tax": true,
        | "lines": [{"sku": "TEA-01", "quantity": "40", "unit_price": "22.60", "tax_rate": "0.13"}], "paid": "904.00"}]}
        payout PO-7 on 2026-07-05 channel=tmall account=bank net=894.96 | sale 904.00 order=SO-0931 | fee -9.04 order=SO-0931
        on 2026-07-05
        Dr bank 894.96
        Cr clearing:Tmall 894.96
    """
    work, order = items.work, None
    if item.order is not None:
        order = _order(items, item, item.customer, item.party, pointer)
        if item.customer is not None and order.customer != item.customer:
            raise fault(f"{pointer}/customer", f"order {order.label} is of {order.customer!r}")
        order.fee_stated += item.fee
        order.sales_to_clear += max(item.amount + item.fee, 0)
        order.refunds_to_clear -= min(item.amount, 0)
    clear(work, items.draft, work.account(f"clearing:{item.party}", f"{pointer}/party"), item.amount, order, item.party)


def _order(items: Items, item: OpenItem, customer: str | None, channel: str | None, pointer: str) -> Order:
    """Return the order that an item is of; one that is not in the books yet is recorded, without lines."""
    work, reference = items.work, item.order or item.document
    place = f"{pointer}/order" if item.order is not None else f"{pointer}/document"
    if work.candidates("order", reference):
        known = work.state[Order].require(work.find("order", reference, place).seq)
        if known.currency != items.document.currency:
            raise fault(place, f"order {known.label} is in {known.currency or work.chart.currency}: say it in an opening in that")
        return work.state[Order].edit(known)
    if customer is None:
        raise fault(f"{pointer}/customer", f"is required: order {reference} is not in these books")
    opened = bring(work, items.document, "order", reference, place, source=item.source, date=item.date)
    order = Order(
        id=opened.id,
        source=opened.source,
        number=opened.number,
        label=order_label(work, opened.source, opened.number, opened.id),
        customer=customer,
        channel=channel,
        date=opened.date,
        marketplace_tax=0,
        net=0,
        tax=0,
        goods_net=0,
        shipping_net=0,
        shipping_tax=0,
        platform=0,
        currency=items.document.currency,
    )
    return work.state[Order].add(order)
