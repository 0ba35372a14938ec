"""Goods and freight of an opening that stand between receipt and invoice: billed by what these books will still see."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.costing.lots import FROM_OUTSIDE
from ledger.documents.opening import Opening, OpenItem
from ledger.journal.draft import Draft
from ledger.money import format_quantity
from ledger.rules.conversion import post_grir
from ledger.rules.freight_charge import Charge
from ledger.rules.freight_targets import Named
from ledger.rules.freight_waiting import park
from ledger.rules.opening_lots import add_opening_lot
from ledger.rules.opening_names import bring
from ledger.state.records import Invoiced, Lot, Received
from ledger.work import Work, fault


class Items:
    """The items of one opening on their way into their entry; `lots` are those that it brought."""

    def __init__(self, work: Work, document: Opening, lots: Sequence[Lot]) -> None:
        self.work = work
        self.document = document
        self.draft: Draft = work.draft("", f"Opening {document.number}: open items")
        self.unbilled: dict[tuple[int, str], list[Lot]] = {}
        for lot in lots:
            self.unbilled.setdefault((lot.document_seq, lot.sku), []).append(lot)

    def in_base(self, item: OpenItem) -> tuple[int, int]:
        """Return (amount in base, units of the opening's own currency: zero where that is the books')."""
        currency = self.document.currency
        return (item.amount, 0) if currency is None else (self.work.in_base(item.amount, currency), item.amount)


def post_received(items: Items, item: OpenItem, index: int) -> None:
    """Credit GR/IR with units that came and were not billed; their invoice finds them by the receipt's number (财会〔2016〕22号, 暂估).

    Of 100 received at 10.00 of which 75 are left, billed at 10.20, 15.00 go to stock and 5.00 to the price variance of no order.
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
    base, units = items.in_base(item)
    row = Received(
        receipt_id=receipt.id,
        line=lot.line,
        purchase_order_id=None,
        supplier=item.party,
        receipt=item.document,
        sku=lot.sku,
        lot_id=lot.id,
        to_invoice=quantity,
        grir=base,
        currency=items.document.currency,
        foreign_amount=units,
        rate=work.rate,
    )
    work.state[Received].add(row)
    post_grir(items.draft, -base, item.party, item.document, (row.currency, -units))


def _gone(items: Items, item: OpenItem, receipt_id: int, index: int) -> Lot:
    """Record the lot of units that are billed after all of them have left."""
    base, units = items.in_base(item)
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
        bought_for=base,
        tax=0,
        weight=None,
        volume=None,
        quantity=0,
        goods=0,
        landed=0,
        variance=0,
        currency=items.document.currency,
        foreign_amount=units,
    )
    return add_opening_lot(items.work, lot)


def post_invoiced(items: Items, item: OpenItem, index: int) -> None:
    """Debit GR/IR with units that were billed and have not come (在途物资); the receipt of the purchase order finds them."""
    work, pointer = items.work, f"/open_items/{index}"
    order_id = work.find("purchase_order", item.purchase_order or "", f"{pointer}/purchase_order").seq
    bring(work, items.document, "supplier_invoice", item.document, f"{pointer}/document", source=None, date=item.date)
    base, units = items.in_base(item)
    row = Invoiced(
        id=work.state.next_id(),
        purchase_order_id=order_id,
        supplier=item.party,
        invoice=item.document,
        sku=item.sku or "",
        to_receive=item.quantity or 0,
        grir=base,
        currency=items.document.currency,
        foreign_amount=units,
    )
    work.state[Invoiced].add(row)
    post_grir(items.draft, base, item.party, item.document, (row.currency, units))


def post_inbound_freight(items: Items, item: OpenItem, index: int) -> None:
    """Debit goods in transit with freight that was billed before its goods came; their purchase finds it (design 3.5)."""
    pointer = f"/open_items/{index}/document"
    if items.work.candidates("purchase", item.document) or items.work.candidates("receipt", item.document):
        raise fault(pointer, f"purchase {item.document} is here: its freight is in the `landed` of its lots")
    charge = Charge(items.work, items.draft, "inbound", "freight", "quantity", pointer)
    items.draft.follow_inbound(None, FROM_OUTSIDE, -item.amount, 0)
    park(charge, [Named(("purchase",), item.document)], item.amount, index, item.party)
