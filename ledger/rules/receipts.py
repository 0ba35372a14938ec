"""A receipt: units come in at estimated prices against GR/IR, without tax (IAS 2.10; 财会〔2016〕22号: 暂估 never holds input VAT)."""

from __future__ import annotations

from ledger.costing.issue import cover
from ledger.costing.lots import Cost, Incoming, add_lot, unit_price_of
from ledger.documents.receiving import PricedLine, PurchaseOrder, Receipt
from ledger.money import part_of
from ledger.rules.conversion import in_base, lines_of, post_grir
from ledger.rules.freight_waiting import arrived
from ledger.rules.kits import refuse_kit
from ledger.state.records import Invoiced, Received, Sku
from ledger.work import Work, fault


def post_purchase_order(work: Work, document: PurchaseOrder) -> None:
    """Record the order; it posts nothing until goods or an invoice come (IFRS 9.B3.1.2: nobody has performed).

    Example: 100 ordered at 10.00.
        purchase_order PO-1 supplier=Supplier | TEA-01 100 @ 10.00
        nothing
    """
    del work, document


def post_receipt(work: Work, document: Receipt) -> None:
    """Debit lots, credit GR/IR; units that were invoiced before they came stand at their invoice's price (IAS 2.10; 财会〔2016〕22号).

    Example: 100 come in at an estimated 10.00, not invoiced yet.
        receipt R-1 supplier=Supplier | TEA-01 100 @ 10.00
        Dr inventory:TEA-01 1000.00 quantity=100 lot=R-1
        Cr grir 1000.00 party=Supplier reference=R-1

    Example: the invoice comes first, at 10.20: it waits in GR/IR as goods in transit until the goods come.
        purchase_order PO-1 supplier=Supplier | TEA-01 100 @ 10.00
        supplier_invoice I-1 on 2026-01-10 supplier=Supplier purchase_order=PO-1 | TEA-01 100 @ 10.20 tax_rate=0.13
        Dr grir 1020.00 party=Supplier reference=I-1
        Dr vat_input 132.60
        Cr payable:supplier 1152.60 party=Supplier
        receipt R-1 on 2026-01-20 supplier=Supplier purchase_order=PO-1 | TEA-01 100 @ 10.00
        Dr inventory:TEA-01 1020.00 quantity=100 lot=R-1
        Cr grir 1020.00 party=Supplier reference=I-1
    """
    order_id = work.find("purchase_order", document.purchase_order, "/purchase_order").origin if document.purchase_order else None
    document = in_base(work, document)
    draft = work.draft(document.supplier, f"Receipt {document.number}")
    units_of = lines_of(work.foreign, len(document.lines))
    for i, line in enumerate(document.lines):
        refuse_kit(work, line.sku, f"/lines/{i}/sku")
        early_quantity, early_amount, early = _invoiced_before(work, order_id, line)
        currency = work.foreign.currency if work.foreign is not None else None
        units_estimated = part_of(units_of[i][0], line.quantity - early_quantity, line.quantity)
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
        for invoice, amount, early_units in early:
            post_grir(draft, -amount, document.supplier, invoice, (currency, -early_units))
        post_grir(draft, -estimate, document.supplier, document.number, (currency, -units_estimated))
        lot.currency, lot.foreign_amount = currency, units_estimated + sum(part for _, _, part in early)
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
                currency=currency,
                foreign_amount=units_estimated,
                rate=work.applied_rate(currency) if currency is not None else None,
            )
        )
    for name in dict.fromkeys(line.sku for line in document.lines):
        cover(work, name, document.warehouse)
    arrived(work, [("purchase", document.number)])


def _invoiced_before(work: Work, order_id: int | None, line: PricedLine) -> tuple[int, int, list[tuple[str, int, int]]]:
    """Take what the purchase order's invoices hold for these units: quantity, amount, and (invoice, amount, foreign units) of each."""
    quantity, amount, taken = 0, 0, []
    currency = work.foreign.currency if work.foreign is not None else None
    for row in work.state[Invoiced].where("purchase_order", order_id) if order_id is not None else ():
        part = min(row.to_receive, line.quantity - quantity) if row.sku == line.sku else 0
        if part > 0:
            if row.currency != currency:
                wanted = row.currency or work.chart.currency
                raise fault("/currency", f"must be {wanted}, as invoice {row.invoice} of the purchase order is")
            share, units = part_of(row.grir, part, row.to_receive), part_of(row.foreign_amount, part, row.to_receive)
            work.state[Invoiced].edit(row)
            row.to_receive -= part
            row.received += part
            row.grir -= share
            row.foreign_amount -= units
            quantity += part
            amount += share
            taken.append((row.invoice, share, units))
    return quantity, amount, taken
