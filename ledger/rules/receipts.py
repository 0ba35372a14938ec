"""A receipt: units come in at estimated prices against GR/IR, without tax (IAS 2.10; 财会〔2016〕22号: 暂估 never holds input VAT)."""

from __future__ import annotations

from ledger.costing.issue import cover
from ledger.costing.lots import Cost, Incoming, add_lot, unit_price_of
from ledger.documents.receiving import PricedLine, PurchaseOrder, Receipt
from ledger.money import part_of
from ledger.rules.freight_waiting import arrived
from ledger.rules.kits import refuse_kit
from ledger.state.records import Invoiced, Received, Sku
from ledger.work import Work


def post_purchase_order(work: Work, document: PurchaseOrder) -> None:
    """Record the order; it posts nothing until goods or an invoice come."""
    del work, document


def post_receipt(work: Work, document: Receipt) -> None:
    """Debit lots, credit GR/IR; units that were invoiced before they came stand at their invoice's price.

    >>> # 100 at an estimated 10.00: 1,000.00 in lots against GR/IR (worked example, 2026-01-05)
    """
    order_id = work.find("purchase_order", document.purchase_order, "/purchase_order").seq if document.purchase_order else None
    draft = work.draft(document.supplier, f"Receipt {document.number}")
    for i, line in enumerate(document.lines):
        refuse_kit(work, line.sku, f"/lines/{i}/sku")
        early_quantity, early_amount, early = _invoiced_before(work, order_id, line)
        estimate = part_of(line.total(work.digits), line.quantity - early_quantity, line.quantity)
        cost = estimate + early_amount
        sku = work.state[Sku].edit(work.sku(line.sku))
        sku.last_total, sku.last_quantity = cost, line.quantity
        units = Incoming(
            sku=line.sku,
            warehouse=document.warehouse,
            quantity=line.quantity,
            cost=Cost(cost),
            unit_price=unit_price_of(cost, line.quantity, None if early_quantity else line.unit_price, work.digits),
            line=i,
            supplier=document.supplier,
            weight=line.weight_kg,
            volume=line.volume_m3,
        )
        lot = add_lot(work, draft, units)
        for invoice, amount in early:
            draft.add("grir", -amount, party=document.supplier, reference=invoice)
        draft.add("grir", -estimate, party=document.supplier, reference=document.number)
        work.state[Received].add(
            Received(
                receipt_id=work.seq,
                line=i,
                purchase_order_id=order_id,
                supplier=document.supplier,
                receipt=document.number,
                sku=line.sku,
                lot_id=lot.id,
                to_invoice=line.quantity - early_quantity,
                grir=estimate,
            )
        )
    for name in dict.fromkeys(line.sku for line in document.lines):
        cover(work, name, document.warehouse)
    arrived(work, [("purchase", document.number)])


def _invoiced_before(work: Work, order_id: int | None, line: PricedLine) -> tuple[int, int, list[tuple[str, int]]]:
    """Take what the purchase order's invoices hold for these units: quantity, amount, and (invoice, amount) of each."""
    quantity, amount, taken = 0, 0, []
    for row in work.state[Invoiced].where("purchase_order", order_id) if order_id is not None else ():
        part = min(row.to_receive, line.quantity - quantity) if row.sku == line.sku else 0
        if part > 0:
            share = part_of(row.grir, part, row.to_receive)
            work.state[Invoiced].edit(row)
            row.to_receive -= part
            row.grir -= share
            quantity += part
            amount += share
            taken.append((row.invoice, share))
    return quantity, amount, taken
