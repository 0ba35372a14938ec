"""A purchase: receipt and supplier's invoice in one. Units come in as lots at their bought price (IAS 2.10-11; CAS 1)."""

from __future__ import annotations

from ledger.costing.issue import cover
from ledger.costing.lots import Cost, Incoming, add_lot, unit_price_of
from ledger.documents.purchasing import Purchase
from ledger.rules.conversion import lines_of, purchase_in_base
from ledger.rules.freight_waiting import arrived
from ledger.rules.kits import refuse_kit
from ledger.rules.taxes import input_tax, line_taxes
from ledger.state.records import Sku
from ledger.work import Work


def post_purchase(work: Work, document: Purchase) -> None:
    """Debit lots and input tax, credit the supplier; then pay what the stock owes. Tax that is not creditable is cost (IAS 2.11; CAS 1.6).

    Example: 100 units for 533.33 plus 13 %: the lot stands at 5.33 a unit and 0.33 in money beside it, so that no cent is lost.
        purchase PO-1 supplier=Supplier | TEA-01 100 amount=533.33 tax_rate=0.13
        Dr inventory:TEA-01 533.33 sku=TEA-01 quantity=100 lot=PO-1
        Dr vat_input 69.33
        Cr payable:supplier 602.66 party=Supplier

    Example: the same tax where it cannot be credited.
        purchase PO-1 supplier=Supplier | TEA-01 100 amount=533.33 tax_rate=0.13 creditable=false
        Dr inventory:TEA-01 602.66 quantity=100
        Cr payable:supplier 602.66
    """
    document = purchase_in_base(work, document)
    draft = work.draft(document.supplier, f"Purchase {document.number}")
    nets = [line.total(work.digits) for line in document.lines]
    taxes = line_taxes(document.lines, nets)
    units_of = lines_of(work.foreign, len(nets))
    for i, (line, net, tax) in enumerate(zip(document.lines, nets, taxes, strict=True)):
        refuse_kit(work, line.sku, f"/lines/{i}/sku")
        creditable = input_tax(work, tax, creditable=line.creditable)
        goods = net + tax - creditable
        sku = work.state[Sku].edit(work.sku(line.sku))
        sku.last_total, sku.last_quantity = goods, line.quantity
        stated = line.unit_price if line.unit_price and goods == net else None
        units = Incoming(
            sku=line.sku,
            warehouse=document.warehouse,
            quantity=line.quantity,
            cost=Cost(goods),
            unit_price=unit_price_of(goods, line.quantity, stated, work.digits),
            line=i,
            supplier=document.supplier,
            tax=creditable,
            weight=line.weight_kg,
            volume=line.volume_m3,
        )
        lot = add_lot(work, draft, units)
        if work.foreign is not None:
            lot.currency, lot.foreign_amount = work.foreign.currency, sum(units_of[i])
        draft.add("vat_input", creditable)
        draft.add("payable:supplier", -net - tax, party=document.supplier)
    for sku_name in dict.fromkeys(line.sku for line in document.lines):
        cover(work, sku_name, document.warehouse)
    arrived(work, [("purchase", document.number)])
