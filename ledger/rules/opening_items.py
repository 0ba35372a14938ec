"""The open items of an opening: what single parties owe and are owed on documents of the old system."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.chart import OPEN_ITEMS
from ledger.documents.opening import OF_ORDERS, Opening, OpenItem
from ledger.journal.draft import Draft
from ledger.money import format_quantity
from ledger.rules.freight_charge import Charge
from ledger.rules.freight_targets import Named
from ledger.rules.freight_waiting import park
from ledger.rules.money_accounts import clear
from ledger.rules.opening_lots import add_opening_lot
from ledger.rules.opening_names import against_equity, bring
from ledger.rules.orders import order_label
from ledger.state.records import Invoiced, Lot, Order, Received
from ledger.work import Work, fault

ROLES = {
    "receivable": ("receivable", 1),
    "customer_deposit": ("customer_deposit", -1),
    "refund_liability": ("refund_liability", -1),
    "dispute": ("disputes", 1),
}
"""The role of a customer's item, and the sign of a debit."""

PARTIES = {
    "payable": ("payable:supplier", -1, "supplier_invoice"),
    "carrier_payable": ("payable:carrier", -1, "freight_bill"),
    "supplier_prepayment": ("payable:supplier", 1, "supplier_payment"),
}
"""The role of a supplier's or carrier's item, the sign of a debit, and what kind of document it is of.

A prepayment is a debit of the payable here, as a payment ahead of its invoice is everywhere else in these books.
"""


class Items:
    """The items of one opening on their way into their entry; `lots` are those that it brought."""

    def __init__(self, work: Work, document: Opening, lots: Sequence[Lot]) -> None:
        self.work = work
        self.document = document
        self.draft: Draft = work.draft("", f"Opening {document.number}: open items")
        self.unbilled: dict[tuple[int, str], list[Lot]] = {}
        for lot in lots:
            self.unbilled.setdefault((lot.document_seq, lot.sku), []).append(lot)


def post_items(work: Work, document: Opening, lots: Sequence[Lot]) -> None:
    """Post each item with its party and document; payments, settlements, payouts and invoices find it (IFRS 9.3.1.1; CAS 22).

    >>> # an invoice of 1,130.00 not paid yet: payable 1,130.00 of that supplier; its payment in July leaves nothing
    """
    items = Items(work, document, lots)
    for i, item in enumerate(document.open_items):
        pointer = f"/open_items/{i}"
        if item.kind == "clearing":
            _clearing(items, item, pointer)
        elif item.kind in OF_ORDERS:
            _of_order(items, item, pointer)
        elif item.kind == "grir":
            (_received if item.purchase_order is None else _invoiced)(items, item, i)
        elif item.kind == "inbound_freight":
            _inbound_freight(items, item, i)
        elif item.kind == "reserve":
            items.draft.add("reserve", item.amount, party=item.party, reference=item.document)
        else:
            role, sign, kind = PARTIES[item.kind]
            bring(work, document, kind, item.document, f"{pointer}/document", source=item.source, date=item.date)
            items.draft.add(role, sign * item.amount, party=item.party, reference=item.document)
    against_equity(items.draft)


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
    role, sign = ROLES[item.kind]
    attribute = OPEN_ITEMS[role][0]
    setattr(order, attribute, getattr(order, attribute) + item.amount)
    items.draft.add_party(role, sign * item.amount, order)


def _clearing(items: Items, item: OpenItem, pointer: str) -> None:
    """Debit the channel's clearing account; the payout that shows the order's sale finds it paid, and the fee booked.

    >>> # 904.00 paid through tmall, its fee of 9.04 booked: 894.96 open, cleared by a sale of 904.00 and a fee of -9.04
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
    )
    return work.state[Order].add(order)


def _received(items: Items, item: OpenItem, index: int) -> None:
    """Credit GR/IR with units that came and were not billed; their invoice finds them by the receipt's number (财会〔2016〕22号, 暂估).

    >>> # 100 received at 10.00, 75 left, billed at 10.20: 15.00 to stock, 5.00 to price variance of no order
    """
    work, pointer = items.work, f"/open_items/{index}"
    receipt = bring(work, items.document, "receipt", item.document, f"{pointer}/document", source=None, date=item.date)
    lots = items.unbilled.get((receipt.id, item.sku or ""))
    lot = lots.pop(0) if lots else _gone(items, item, receipt.id, index)
    quantity = item.quantity or 0
    if quantity > lot.received:
        raise fault(f"{pointer}/quantity", f"is more than the {format_quantity(lot.received)} that the lot says were received")
    if lot.supplier not in (None, item.party):
        raise fault(f"{pointer}/party", f"receipt {item.document} came from {lot.supplier!r}")
    work.state[Lot].edit(lot).supplier = item.party
    row = Received(
        receipt_id=receipt.id,
        line=lot.line,
        purchase_order_id=None,
        supplier=item.party,
        receipt=item.document,
        sku=lot.sku,
        lot_id=lot.id,
        to_invoice=quantity,
        grir=item.amount,
    )
    work.state[Received].add(row)
    items.draft.add("grir", -item.amount, party=item.party, reference=item.document)


def _gone(items: Items, item: OpenItem, receipt_id: int, index: int) -> Lot:
    """Record the lot of units that are billed after all of them have left."""
    lot = Lot(
        id=0,
        root_id=0,
        document_seq=receipt_id,
        line=len(items.document.lots) + index,
        sku=item.sku or "",
        warehouse="main",
        date=item.date or items.document.date,
        label=item.document,
        supplier=item.party,
        unit_price=0,
        received=item.quantity or 0,
        bought_for=item.amount,
        tax=0,
        weight=None,
        volume=None,
        quantity=0,
        goods=0,
        landed=0,
        variance=0,
    )
    return add_opening_lot(items.work, lot)


def _invoiced(items: Items, item: OpenItem, index: int) -> None:
    """Debit GR/IR with units that were billed and have not come (在途物资); the receipt of the purchase order finds them."""
    work, pointer = items.work, f"/open_items/{index}"
    order_id = work.find("purchase_order", item.purchase_order or "", f"{pointer}/purchase_order").seq
    bring(work, items.document, "supplier_invoice", item.document, f"{pointer}/document", source=None, date=item.date)
    row = Invoiced(
        id=work.state.next_id(),
        purchase_order_id=order_id,
        supplier=item.party,
        invoice=item.document,
        sku=item.sku or "",
        to_receive=item.quantity or 0,
        grir=item.amount,
    )
    work.state[Invoiced].add(row)
    items.draft.add("grir", item.amount, party=item.party, reference=item.document)


def _inbound_freight(items: Items, item: OpenItem, index: int) -> None:
    """Debit goods in transit with freight that was billed before its goods came; their purchase finds it (design 3.5)."""
    pointer = f"/open_items/{index}/document"
    if items.work.candidates("purchase", item.document) or items.work.candidates("receipt", item.document):
        raise fault(pointer, f"purchase {item.document} is here: its freight is in the `landed` of its lots")
    charge = Charge(items.work, items.draft, "inbound", "freight", "quantity", pointer)
    park(charge, [Named(("purchase",), item.document)], item.amount, index, item.party)
