"""A freight bill: inbound charges become cost of the goods, outbound ones cost of the orders; what is unknown waits."""

from __future__ import annotations

from ledger.costing.inbound import BILLED
from ledger.documents.purchasing import FreightBill, FreightLine
from ledger.money import allocate
from ledger.policies import INBOUND_FREIGHT
from ledger.rules.conversion import freight_in_base
from ledger.rules.freight_charge import Charge
from ledger.rules.freight_repeats import refuse_repeats
from ledger.rules.freight_targets import SHARE_TYPES, TYPES, Named
from ledger.rules.freight_waiting import park
from ledger.rules.taxes import input_tax, line_taxes
from ledger.work import Work


def post_freight_bill(work: Work, document: FreightBill) -> None:
    """Credit the carrier once, debit input tax, and bring each line to what it is for (IAS 2.10-11; IFRS 15.95-98; design 3.5 and 4).

    Under `inbound-freight` expense, inbound charges are expensed at once and only their memo follows the goods (小企业会计准则, design 7).

    Example: a bill of 19.50 after an accrual of 18.00: the accrual is released, 1.50 more stays on the order.
        given a-first-shipment
        freight_bill F-2 on 2026-02-10 carrier=Carrier | 19.50 outbound orders=SO-1 tax_rate=0.09
        Dr accrued_freight 18.00 order=SO-1 reference=S-1
        Dr freight_out 1.50 order=SO-1
        Dr vat_input 1.76
        Cr payable:carrier 21.26 party=Carrier

    Example: one bill of 20.00 for two orders, with the carrier's own amounts.
        order SO-4 customer=Customer | TEA-01 1 @ 20.00
        order SO-5 customer=Customer | TEA-01 1 @ 20.00
        freight_bill F-4 carrier=Carrier | 20.00 outbound shares=SO-4:12.50,SO-5:7.50
        Dr freight_out 12.50 order=SO-4
        Dr freight_out 7.50 order=SO-5
        Cr payable:carrier 20.00 party=Carrier

    Example: customs bills 50.00 of duty, which is cost of the goods, and 130.00 of import VAT, which is not.
        given a-tea-lot
        freight_bill F-5 carrier=Customs | 50.00 inbound charge=duty purchases=PO-1 | 0 inbound purchases=PO-1 tax=130.00
        Dr inventory:TEA-01 50.00 sku=TEA-01
        Dr vat_input 130.00
        Cr payable:carrier 180.00 party=Customs
    """
    refuse_repeats(work, document)
    document = freight_in_base(work, document)
    draft = work.draft(document.carrier, f"Freight bill {document.number}", carrier=document.carrier)
    taxes = line_taxes(document.lines, [line.amount for line in document.lines])
    credits = [input_tax(work, tax) for tax in taxes]
    for i, (line, tax, credit) in enumerate(zip(document.lines, taxes, credits, strict=True)):
        expensed = line.direction == "inbound" and work.chart.policy(INBOUND_FREIGHT, work.date) == "expense"
        charge = Charge(work, draft, line.direction, line.charge, line.basis, f"/lines/{i}", expensed=expensed)
        _post_line(charge, line, tax - credit, i, document.carrier)
    draft.add("vat_input", sum(credits))
    gross = sum(line.amount for line in document.lines) + sum(taxes)
    draft.add("payable:carrier", -gross, party=document.carrier)


def _post_line(charge: Charge, line: FreightLine, tax_in_cost: int, index: int, carrier: str) -> None:
    amount = line.amount + tax_in_cost
    if line.direction == "inbound":
        charge.draft.follow_inbound(None, BILLED, amount, 0)
    if charge.expensed:
        charge.draft.add("freight_in", amount)
    for group, part in parts_of(line, tax_in_cost):
        if not charge.bring(group, part):
            park(charge, group, part, index, carrier)


def parts_of(line: FreightLine, tax_in_cost: int = 0) -> list[tuple[list[Named], int]]:
    """Return the amounts of a line with the names that each is for: one by one where no measure has to be known, else all together.

    `tax_in_cost` is tax that is not creditable and goes along, minor units.
    """
    names = names_of(line)
    amount = line.amount + tax_in_cost
    if line.shares:
        return [([name], share) for name, share in zip(names, _shares(line, tax_in_cost), strict=True)]
    if line.basis == "equal" and line.direction != "inbound":
        return [([name], share) for name, share in zip(names, allocate(amount, [1] * len(names)), strict=True)]
    return [(names, amount)]


def _shares(line: FreightLine, tax_in_cost: int) -> list[int]:
    """Return the carrier's own amounts, each with its part of a tax that is cost (equal parts where the amounts are all zero)."""
    amounts = [amount for _, amount in line.shares]
    weights = [abs(amount) for amount in amounts]
    taxes = allocate(tax_in_cost, weights if any(weights) else [1] * len(weights))
    return [amount + tax for amount, tax in zip(amounts, taxes, strict=True)]


def names_of(line: FreightLine) -> list[Named]:
    """Return what a freight line names."""
    if line.shares:
        return [Named(SHARE_TYPES[line.direction], reference, share) for reference, share in line.shares]
    given = next(name for name in TYPES if getattr(line, name))
    return [Named(TYPES[given], reference) for reference in getattr(line, given)]
