"""Documents of buying in a foreign currency: converted line by line before their rule sees them (IAS 21.21; IFRIC 22.8 for prepayments).

The rule works in the books' currency; `annotate` then writes the units beside what is owed, and takes prepayments off it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ledger.documents.base import Document
from ledger.documents.purchasing import FreightBill, FreightLine, Purchase
from ledger.documents.receiving import Receipt, SupplierInvoice
from ledger.journal.draft import Draft, Posting
from ledger.money import MICRO, at_rate, exponent, part_of, scale
from ledger.rules.carrying import party_balance, share, split
from ledger.rules.prepayments import Ahead, Funds, allocate_or_none, goods_in_base, open_ahead, rate_of, use
from ledger.rules.taxes import input_tax, line_taxes
from ledger.state.records import DocumentRow
from ledger.work import Foreign, Work

Goods = TypeVar("Goods", bound=Purchase | Receipt | SupplierInvoice)


@dataclass(frozen=True, slots=True)
class _Owed:
    """Who is owed by a document, and by which role."""

    role: str
    party: str


def in_base(work: Work, document: Goods) -> Goods:
    """Return the document in the books' currency where it is in another one; amounts and taxes are explicit then (IAS 21.21; CAS 19.10).

    Example: 3 units for 99.99 USD and 13 % at 7.1234: 804.87 are shared over goods and tax by largest remainder.
        purchase PO-1 supplier=Supplier currency=USD rate=7.1234 | TEA-01 3 @ 33.33 tax_rate=0.13
        Dr inventory:TEA-01 712.27 sku=TEA-01 quantity=3 lot=PO-1
        Dr vat_input 92.60
        Cr payable:supplier 804.87 party=Supplier units="-112.99 USD"
    """
    foreign = in_units(work, document)
    if foreign is None:
        return document
    nets, taxes = foreign.nets, foreign.taxes
    gross = sum(nets) + sum(taxes)
    total = work.in_base(gross, foreign.currency) if gross else 0
    amounts = scale([*nets, *taxes], total, total, gross) if gross else [0] * (2 * len(nets))
    return _with_amounts(document, amounts[: len(nets)], None if isinstance(document, Receipt) else amounts[len(nets) :])


def in_units(work: Work, document: Purchase | Receipt | SupplierInvoice) -> Foreign | None:
    """Note what a document in a foreign currency says in its own units, and return it; None where it is in the books' currency."""
    if document.currency is None:
        return None
    digits = exponent(document.currency)
    nets = [line.total(digits) for line in document.lines]
    taxes = [0] * len(nets) if isinstance(document, Receipt) else line_taxes(document.lines, nets)
    work.foreign = Foreign(document.currency, tuple(nets), tuple(taxes))
    return work.foreign


def _with_amounts(document: Goods, nets: Sequence[int], taxes: Sequence[int] | None) -> Goods:
    """Return the document with its amounts in base; `taxes` None: its lines have none."""
    lines: list[Any] = []
    for i, line in enumerate(document.lines):
        made: dict[str, Any] = {"amount": nets[i], "unit_price": None}
        one: Any = line
        lines.append(replace(one, **made | ({"tax": taxes[i], "tax_rate": 0} if taxes is not None else {})))
    whole: Any = document
    converted: Goods = replace(whole, currency=None, lines=tuple(lines))
    return converted


def purchase_in_base(work: Work, document: Purchase) -> Purchase:
    """Return a purchase in the books' currency; what was paid ahead goes to its goods first, and to its tax only what they leave.

    The asset is what was paid for; input tax is a claim on the tax office at the rate of the day (IFRIC 22.8).

    Example: 50.00 USD were paid ahead at 7.00, all for the goods: 350.00, the other 49.90 USD and the tax at 7.30.
        supplier_payment SP-1 supplier=Supplier amount=50.00 account=bank currency=USD rate=7.00
        purchase PO-1 on 2026-02-04 supplier=Supplier currency=USD rate=7.30 | TEA-01 10 @ 9.99 tax=13.00
        Dr inventory:TEA-01 714.27 quantity=10 lot=PO-1
        Dr vat_input 94.90
        Cr supplier_prepayment 350.00 party=Supplier
        Cr payable:supplier 459.17 party=Supplier units="-62.90 USD"
    """
    foreign = in_units(work, document)
    if foreign is None:
        return document
    nets, taxes, currency = foreign.nets, foreign.taxes, foreign.currency
    credited = credited_of(work, document, taxes)
    lost = [tax - part for tax, part in zip(taxes, credited, strict=True)]
    goods = open_ahead(work, document.supplier, currency, sum(nets) + sum(lost))
    tax_ahead = open_ahead(work, document.supplier, currency, sum(credited), goods)
    ahead = goods + tax_ahead
    if not ahead.units:
        return in_base(work, document)
    work.foreign = replace(foreign, prepaid=ahead.units, prepaid_base=ahead.base)
    funds = Funds(goods, rate_of(work, currency))
    costs = [paid.base + owed for paid, owed in goods_in_base([net + tax for net, tax in zip(nets, lost, strict=True)], funds)]
    funds.ahead = tax_ahead
    paid, owed = funds.take(sum(credited))
    in_cost = [part_of(cost, tax, net + tax) if tax else 0 for cost, net, tax in zip(costs, nets, lost, strict=True)]
    claimed = allocate_or_none(paid.base + owed, credited)
    bases = [cost - tax for cost, tax in zip(costs, in_cost, strict=True)]
    return _with_amounts(document, bases, [tax + part for tax, part in zip(in_cost, claimed, strict=True)])


def credited_of(work: Work, document: Purchase | SupplierInvoice, taxes: Sequence[int]) -> list[int]:
    """Return how much of each line's tax is input tax."""
    flags = [line.creditable for line in document.lines]
    return [input_tax(work, tax, creditable=flag) for flag, tax in zip(flags, taxes, strict=True)]


def freight_in_base(work: Work, bill: FreightBill, rate: int | None = None) -> FreightBill:
    """Return a freight bill in the books' currency; `rate` None is the document's own, a correction names the earlier one."""
    if bill.currency is None:
        return bill
    currency, rate = bill.currency, rate or work.applied_rate(bill.currency)
    digits = exponent(currency)
    amounts = [line.amount for line in bill.lines]
    taxes = line_taxes(bill.lines, amounts)
    gross = sum(amounts) + sum(taxes)
    factor = (rate * 10**work.base_digits, MICRO * 10**digits)
    made = scale([*amounts, *taxes], at_rate(gross, rate, digits, work.base_digits), *factor)
    work.foreign = Foreign(currency, tuple(amounts), tuple(taxes))
    lines = [_line_in_base(line, made[i], made[len(amounts) + i], factor) for i, line in enumerate(bill.lines)]
    return replace(bill, currency=None, lines=tuple(lines))


def _line_in_base(line: FreightLine, amount: int, tax: int, factor: tuple[int, int]) -> FreightLine:
    parts = [part for _, part in line.shares]
    shares = scale(parts, amount, *((amount, line.amount) if line.amount else factor)) if parts else []
    names = [name for name, _ in line.shares]
    return replace(line, amount=amount, tax=tax, tax_rate=0, shares=tuple(zip(names, shares, strict=True)))


def annotate(work: Work) -> None:
    """Write the units beside what the converted document owes, less what was paid ahead."""
    foreign, document = work.foreign, work.document
    if foreign is None or isinstance(document, Receipt):
        return
    owed = _Owed("payable:carrier", document.carrier) if isinstance(document, FreightBill) else _supplier(document)
    account = work.chart.account(owed.role)
    for draft in work.drafts:
        for posting in [p for p in draft.postings if p.account == account and p.foreign is None]:
            draft.postings.remove(posting)
            _owe(work, draft, owed, foreign, -posting.amount)


def _supplier(document: Document) -> _Owed:
    assert isinstance(document, Purchase | SupplierInvoice), "documents of buying name their supplier"
    return _Owed("payable:supplier", document.supplier)


def _owe(work: Work, draft: Draft, owed: _Owed, foreign: Foreign, total: int) -> None:
    use(work, draft, owed.party, foreign.currency, Ahead(foreign.prepaid, foreign.prepaid_base))
    units = sum(foreign.nets) + sum(foreign.taxes) - foreign.covered - foreign.prepaid
    post_party(work, draft, owed.role, owed.party, foreign.currency, units=-units, base=foreign.prepaid_base - total)


def post_party(work: Work, draft: Draft, role: str, party: str, currency: str, *, units: int, base: int) -> None:
    """Post units to what is open with a party: what settles it at its carrying value, what is new at `base` for all of the units.

    The difference is an exchange difference (IAS 21.28).
    """
    row = party_balance(work, role, party, currency)
    down, up = split(row.units, units)
    fresh = scale([up, down], base, base, units)[0] if units else base
    amount = share(row.units, row.base, down) + fresh
    row.units += units
    row.base += amount
    if units or amount:
        account, carrier = work.chart.account(role), draft.carrier
        draft.collect(Posting(account, amount, party=party, carrier=carrier, currency=currency, foreign=units))
    draft.add("exchange", base - amount)


def post_grir(draft: Draft, amount: int, party: str, reference: str, units: tuple[str | None, int]) -> None:
    """Post to GR/IR of a receipt or of an invoice before it: `units` is (currency, units), without currency in base alone."""
    currency, foreign = units
    if amount or (currency is not None and foreign):
        account = draft.chart.account("grir")
        kept = foreign if currency is not None else None
        draft.collect(Posting(account, amount, None, None, party, reference, draft.carrier, currency=currency, foreign=kept))


def take_back_revaluation(work: Work, row: DocumentRow, supplier: str, currency: str | None, carried: int) -> None:
    """Take GR/IR of a document that is corrected back from what it is `carried` at (credit positive) to what was posted (IAS 21.28)."""
    if currency is None:
        return
    account = work.chart.account("grir")
    posted = -sum(moved.amount for moved in work.posted(row) if moved.account == account and moved.reference == row.number)
    if carried != posted:
        draft = work.draft(supplier, f"Exchange difference of {row.kind.replace('_', ' ')} {row.number}")
        post_grir(draft, carried - posted, supplier, row.number, (currency, 0))
        draft.add("exchange", posted - carried)


def price_difference(work: Work, rate: int | None, currency: str | None, *, base: int, units: int) -> int:
    """Return what of an invoice's difference to the estimate is price: in a foreign currency, its units at the receipt's rate.

    The rest is an exchange difference (IAS 2.11; IAS 21.28).

    Example: received at 10.00 USD and 7.00, billed at 10.50 USD and 7.20: 35.00 of 56.00 are price, 21.00 are exchange.
        receipt R-1 supplier=Supplier currency=USD rate=7.00 | TEA-01 10 @ 10.00
        Dr inventory:TEA-01 700.00 quantity=10 lot=R-1
        Cr grir 700.00 reference=R-1 units="-100.00 USD"
        supplier_invoice I-1 on 2026-01-20 supplier=Supplier receipts=R-1 currency=USD rate=7.20 | TEA-01 10 @ 10.50
        Dr grir 700.00 reference=R-1 units="100.00 USD"
        Dr exchange 21.00
        Cr payable:supplier 756.00 units="-105.00 USD"
        Dr inventory:TEA-01 35.00 lot=R-1
    """
    if currency is None or rate is None:
        return base
    return at_rate(units, rate, exponent(currency), work.base_digits)


def lines_of(foreign: Foreign | None, count: int) -> Sequence[tuple[int, int]]:
    """Return (net, tax) of each line in the document's own units; zeros where it is in base."""
    if foreign is None:
        return [(0, 0)] * count
    return list(zip(foreign.nets, foreign.taxes, strict=True))
