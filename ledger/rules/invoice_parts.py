"""What a supplier's invoice clears of which receipt, and what that costs: GR/IR first, then what was paid ahead, then the rest.

In a foreign currency the goods keep what the receipt gave them: the rate of what was paid ahead, and the receipt's for what is owed
(IFRIC 22.8; IAS 21.21). A prepayment of after the receipt pays GR/IR: its difference is exchange.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ledger.documents.receiving import InvoiceLine, SupplierInvoice
from ledger.errors import InvalidDocument
from ledger.money import format_quantity, part_of
from ledger.rules.conversion import credited_of, in_base, in_units, price_difference
from ledger.rules.kits import refuse_kit
from ledger.rules.prepayments import NOTHING, Ahead, Funds, allocate_or_none, open_ahead, rate_of, total
from ledger.rules.taxes import line_taxes
from ledger.state.records import Received
from ledger.work import Foreign, Work, fault


@dataclass(slots=True)
class Part:
    """Units of an invoiced line that clear a line of a receipt, or (`row` None) wait for theirs; minor units.

    `estimate` is what GR/IR holds for them (`owed` in the supplier's currency), `ahead` what was paid ahead of them. `cost` and `tax` are
    what they are billed at (tax that is not creditable is cost), `variance` is what of the difference is price.
    """

    row: Received | None
    quantity: int
    estimate: int = 0
    owed: int = 0
    ahead: Ahead = NOTHING
    cost: int = 0
    tax: int = 0
    cost_units: int = 0
    tax_units: int = 0
    variance: int = 0


@dataclass(slots=True)
class Billed:
    """One invoiced line with its parts; `tax` is its input tax in base."""

    line: InvoiceLine
    parts: list[Part]
    tax: int = 0


@dataclass(slots=True)
class Bill:
    """An invoice in base: its lines, and what the supplier gets for them beside what its receipts had used of prepayments."""

    lines: list[Billed] = field(default_factory=list)
    owed: int = 0

    @property
    def parts(self) -> list[Part]:
        """Return the parts of all lines."""
        return [part for line in self.lines for part in line.parts]


def bill_of(work: Work, document: SupplierInvoice, rows: Sequence[Received], order_id: int | None) -> Bill:
    """Take what is invoiced off its receipts, oldest first, and return what it costs."""
    bill = Bill([Billed(line, _match(work, line, i, rows, order_id)) for i, line in enumerate(document.lines)])
    foreign = in_units(work, document)
    if foreign is None:
        _in_books_currency(work, document, bill)
        return bill
    credited = credited_of(work, document, foreign.taxes)
    for line, net, tax, claimed in zip(bill.lines, foreign.nets, foreign.taxes, credited, strict=True):
        for part, of_cost, of_tax in zip(line.parts, _shares(line, net + tax - claimed), _shares(line, claimed), strict=True):
            part.cost_units, part.tax_units = of_cost, of_tax
    covered = total(part.ahead for part in bill.parts)
    ahead = open_ahead(work, document.supplier, foreign.currency, sum(foreign.nets) + sum(foreign.taxes) - covered.units)
    if covered.units or ahead.units:
        work.foreign = _paid_ahead(work, bill, foreign, ahead, credited)
    else:
        _in_books_currency(work, in_base(work, document), bill)
    return bill


def _match(work: Work, line: InvoiceLine, index: int, rows: Sequence[Received], order_id: int | None) -> list[Part]:
    left, parts = line.quantity, []
    for row in rows:
        part = min(left, row.to_invoice) if row.sku == line.sku else 0
        if part > 0:
            parts.append(take(work, row, part))
            left -= part
    if left and order_id is None:
        raise _above_received(line, index, rows, left)
    if left:
        refuse_kit(work, line.sku, f"/lines/{index}/sku")
        parts.append(Part(None, left))
    return parts


def take(work: Work, row: Received, quantity: int) -> Part:
    """Take units off what a receipt still has to be invoiced for, with their GR/IR and what was paid ahead of them."""
    estimate, owed, prepaid = (part_of(whole, quantity, row.to_invoice) for whole in (row.grir, row.foreign_amount, row.prepaid))
    ahead = Ahead(row.prepaid, row.prepaid_base).part(prepaid)
    work.state[Received].edit(row)
    row.to_invoice -= quantity
    row.grir -= estimate
    row.foreign_amount -= owed
    row.prepaid -= ahead.units
    row.prepaid_base -= ahead.base
    return Part(row, quantity, estimate, owed, ahead)


def _above_received(line: InvoiceLine, index: int, rows: Sequence[Received], left: int) -> InvalidDocument:
    if all(row.sku != line.sku for row in rows):
        return fault(f"/lines/{index}/sku", f"these receipts brought no {line.sku!r}")
    there = format_quantity(line.quantity - left)
    return fault(f"/lines/{index}/quantity", f"only {there} of {line.sku!r} of these receipts are left to invoice")


def _shares(line: Billed, amount: int) -> list[int]:
    """Share an amount of a line over its parts by quantity."""
    left, shares = line.line.quantity, []
    for part in line.parts:
        shares.append(part_of(amount, part.quantity, left))
        amount, left = amount - shares[-1], left - part.quantity
    return shares


def _in_books_currency(work: Work, document: SupplierInvoice, bill: Bill) -> None:
    """Cost the parts of an invoice that is in base, or that was converted and finds nothing paid ahead."""
    nets = [line.total(work.digits) for line in document.lines]
    taxes = line_taxes(document.lines, nets)
    credited = credited_of(work, document, taxes)
    for line, net, tax, claimed in zip(bill.lines, nets, taxes, credited, strict=True):
        line.tax = claimed
        for part, of_cost, of_tax in zip(line.parts, _shares(line, net + tax - claimed), _shares(line, claimed), strict=True):
            part.cost, part.tax = of_cost, of_tax
            if part.row is not None:
                base, units = part.cost - part.estimate, part.cost_units - part.owed
                part.variance = price_difference(work, part.row.rate, part.row.currency, base=base, units=units)
    bill.owed = sum(nets) + sum(taxes)


def _paid_ahead(work: Work, bill: Bill, foreign: Foreign, ahead: Ahead, credited: Sequence[int]) -> Foreign:
    """Cost the parts of an invoice whose receipts were paid ahead, or that is paid ahead itself (`ahead`); return what it uses of that.

    GR/IR is paid first, then what goods cost more than their receipt said, then tax. What receipts used beyond the price is free for the
    rest of the invoice, and what that does not need either is paid ahead again (IFRIC 22.8; IAS 21.28).

    Example: 100.00 USD were paid ahead at 7.00, and the goods cost 90.00: 70.00 less cost; with 5.00 of tax, 5.00 USD are free again.
        supplier_payment SP-1 supplier=Supplier amount=100.00 account=bank currency=USD rate=7.00
        receipt R-1 on 2026-02-04 supplier=Supplier currency=USD rate=7.20 | TEA-01 10 @ 10.00
        supplier_invoice I-1 on 2026-02-20 supplier=Supplier receipts=R-1 currency=USD rate=7.30 | TEA-01 10 @ 9.00 tax=5.00
        Dr vat_input 35.00
        Dr supplier_prepayment 35.00 party=Supplier
        Cr inventory:TEA-01 70.00 lot=R-1

    Example: the other half is paid after the receipt, at 7.30: that pays what is owed, and its difference to 7.20 is exchange.
        supplier_payment SP-1 supplier=Supplier amount=50.00 account=bank currency=USD rate=7.00
        receipt R-1 on 2026-02-04 supplier=Supplier currency=USD rate=7.20 | TEA-01 10 @ 10.00
        supplier_payment SP-2 on 2026-02-10 supplier=Supplier amount=50.00 account=bank currency=USD rate=7.30
        supplier_invoice I-1 on 2026-02-20 supplier=Supplier receipts=R-1 currency=USD rate=7.40 | TEA-01 10 @ 10.00
        Dr grir 360.00 reference=R-1 units="50.00 USD"
        Dr exchange 5.00
        Cr supplier_prepayment 365.00 party=Supplier
    """
    parts = bill.parts
    free = [part.ahead.part(max(part.ahead.units - part.cost_units, 0)) for part in parts]
    due = sum(max(part.cost_units - part.ahead.units, 0) for part in parts) + sum(credited)
    used = total(free).part(min(total(free).units, due))
    again = total(free) - used
    funds = Funds(used + ahead, rate_of(work, foreign.currency))
    for part, over in zip(parts, free, strict=True):
        settled, owed = funds.take(min(part.owed, max(part.cost_units - part.ahead.units, 0)))
        part.cost = (part.ahead - over).base + settled.base + owed
    for part, over in zip(parts, free, strict=True):
        extra, owed = funds.take(max(part.cost_units - part.ahead.units - part.owed, 0))
        part.cost += extra.base + owed
        if part.row is not None:
            at_receipt = part.cost_units - part.owed - part.ahead.units + over.units - extra.units
            price = price_difference(work, part.row.rate, part.row.currency, base=0, units=at_receipt)
            part.variance = price + extra.base - over.base
    paid, owed = funds.take(sum(credited))
    for line, tax in zip(bill.lines, allocate_or_none(paid.base + owed, credited), strict=True):
        line.tax = tax
        for part, of_tax in zip(line.parts, _shares(line, tax), strict=True):
            part.tax = of_tax
    bill.owed = funds.rate(funds.fresh) + ahead.base - again.base
    prepaid = ahead - again
    return replace(foreign, prepaid=prepaid.units, prepaid_base=prepaid.base, covered=total(part.ahead for part in parts).units)
