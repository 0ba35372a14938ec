"""A return to the supplier: the payable falls by what was bought, the lots by what they carry; the rest is price variance."""

from __future__ import annotations

from ledger.costing.issue import Holder, hold
from ledger.costing.lots import TRANSIT
from ledger.costing.withdraw import withdraw
from ledger.documents.receiving import SupplierReturn
from ledger.journal.draft import Draft
from ledger.money import format_quantity, part_of
from ledger.rules.brought_lots import brought_lots
from ledger.rules.conversion import post_grir, post_party
from ledger.rules.invoice_parts import Part, take
from ledger.rules.lost_tax import tax_of_gone
from ledger.rules.prepayments import NOTHING, use
from ledger.state.records import Cleared, Consumption, Lot, Received
from ledger.work import Work, fault


def post_supplier_return(work: Work, document: SupplierReturn) -> None:
    """Debit the payable at the bought price and tax (or GR/IR before the invoice), credit that receipt's lots (IAS 2.11; CAS 1.6).

    Example: 2 of 10 bought at 10.00 plus 13 %, with 5.00 of freight on the 10, go back: the 1.00 of freight on them is lost.
        purchase PO-1 supplier=Supplier | TEA-01 10 @ 10.00 tax_rate=0.13
        freight_bill F-1 carrier=Carrier | 5.00 inbound purchases=PO-1
        supplier_return SR-1 on 2026-01-20 purchase=PO-1 | TEA-01 2
        Dr payable:supplier 22.60 party=Supplier
        Cr vat_input 2.60
        Cr inventory:TEA-01 21.00 quantity=-2 lot=PO-1
        Dr price_variance 1.00

    Example: 10 of a receipt that is not invoiced yet go back.
        given a-receipt
        supplier_return SR-2 on 2026-01-20 receipt=R-1 | TEA-01 10
        Dr grir 100.00 party=Supplier reference=R-1
        Cr inventory:TEA-01 100.00 quantity=-10 lot=R-1

    Example: half of a receipt was paid ahead at 7.00, and a fifth of it goes back: so much of the prepayment is free again.
        supplier_payment SP-1 supplier=Supplier amount=50.00 account=bank currency=USD rate=7.00
        receipt R-1 on 2026-02-04 supplier=Supplier currency=USD rate=7.20 | TEA-01 10 @ 10.00
        supplier_return SR-1 on 2026-02-10 receipt=R-1 | TEA-01 2
        Dr grir 72.00 reference=R-1 units="10.00 USD"
        Dr supplier_prepayment 70.00 party=Supplier
        Cr inventory:TEA-01 142.00 quantity=-2 lot=R-1
    """
    kind, name = ("purchase", document.purchase) if document.purchase is not None else ("receipt", document.receipt)
    source = work.find(kind, name or "", f"/{kind}")
    brought = brought_lots(work, source)
    if any(lot.supplier is None for lot in brought):
        raise fault(f"/{kind}", f"nobody is known who sold {kind} {source.number}: its opening names no supplier")
    draft = work.draft(brought[0].supplier or "", f"Return {document.number} of {kind} {source.number}")
    for i, line in enumerate(document.lines):
        left = line.quantity
        roots = [lot.id for lot in brought if lot.sku == line.sku]
        if not roots:
            raise fault(f"/lines/{i}/sku", f"{kind} {source.number} brought no {line.sku!r}")
        lots = [lot for root in roots for lot in work.state[Lot].where("root", root)]
        for lot in sorted(lots, key=lambda lot: lot.document_seq not in work.versions):
            part = min(left, lot.quantity) if lot.available <= work.date and lot.warehouse != TRANSIT else 0
            if part > 0:
                _give_back(work, draft, lot, part, i)
                left -= part
        if left:
            there = format_quantity(line.quantity - left)
            raise fault(f"/lines/{i}/quantity", f"only {there} of {line.sku!r} of {kind} {source.number} are on hand to give back")


def _give_back(work: Work, draft: Draft, lot: Lot, part: int, line: int) -> None:
    supplier, root = lot.supplier or "", work.state[Lot].require(lot.root_id)
    uninvoiced = _uninvoiced(work, lot, part)
    invoiced = part - uninvoiced.quantity
    estimate, estimated_units, ahead = uninvoiced.estimate, uninvoiced.owed, uninvoiced.ahead
    before = sum(c.quantity for c in work.state[Consumption].where("root", root.id) if c.held == "price_variance")
    bought = _step(root.bought_for, before, part, root.received) - estimate - ahead.base if invoiced else 0
    tax = tax_of_gone(work, root, part) if invoiced else 0
    [(_, _, cost)] = withdraw(work, draft, [(lot, part)], order=None)
    hold(work, lot, cost, Holder(None, work.seq, line, "price_variance"), part, draft.date)
    if root.currency is None:
        draft.add("payable:supplier", bought + tax, party=supplier)
    elif invoiced:
        units = _step(root.foreign_amount, before, part, root.received) - estimated_units - ahead.units
        post_party(work, draft, "payable:supplier", supplier, root.currency, units=units, base=bought + tax)
    draft.add("vat_input", -tax)
    post_grir(draft, estimate, supplier, root.label, (root.currency, estimated_units))
    if root.currency is not None:
        work.bought_in = root.currency
        use(work, draft, supplier, root.currency, NOTHING - ahead)
    draft.add("price_variance", cost.total - bought - estimate - ahead.base, supplier=supplier)
    draft.follow_inbound(None, "price_variance", cost.landed, cost.memo)


def _step(amount: int, before: int, part: int, whole: int) -> int:
    """Return the share of `part` units after `before` others, so that all shares together are the amount."""
    return part_of(amount, before + part, whole) - part_of(amount, before, whole)


def _uninvoiced(work: Work, lot: Lot, part: int) -> Part:
    """Take units off what their receipt still has to be invoiced for; none where all are invoiced."""
    root = work.state[Lot].require(lot.root_id)
    row = work.state[Received].get((root.document_seq, root.line))
    if row is None or not row.to_invoice:
        return Part(None, 0)
    quantity = min(part, row.to_invoice)
    taken = take(work, row, quantity)
    cleared = Cleared(
        id=work.state.next_id(),
        invoice_id=work.seq,
        receipt_id=row.receipt_id,
        line=row.line,
        quantity=quantity,
        estimate=taken.estimate,
        cost=0,
        tax=0,
        foreign_amount=taken.owed,
        prepaid=taken.ahead.units,
        prepaid_base=taken.ahead.base,
    )
    work.state[Cleared].add(cleared)
    return taken
