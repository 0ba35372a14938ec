"""Gifts: where the books take them as deemed sales (视同销售), the order bears the output tax of what it gives away."""

from __future__ import annotations

from dataclasses import replace

from ledger.documents import sales
from ledger.journal.draft import Draft, Posting
from ledger.money import part_of, tax_by_rate
from ledger.policies import GIFT_VAT
from ledger.rules.carrying import gift_tax
from ledger.state.records import Order, OrderLine
from ledger.work import Work


def deemed_sales(work: Work, document: sales.Order) -> tuple[sales.Order, list[int]]:
    """Return the order without tax that nobody is charged, and each line's deemed output tax, minor units.

    Of a gift line it is the stated tax where the line charges nothing, else the tax at its rate on what its discount gives away: the
    list amount of a line that is free (增值税暂行条例实施细则 art. 4 (8); the cost follows CAS 14). Option `gift-vat`.

    Source: CAS 14.19 and 增值税暂行条例实施细则 art. 4.

    Example: a cup of 22.60 with 13 % inside is given away: the customer pays nothing, the order bears 2.60.
        books gift-vat=deemed-sale
        order SO-1 customer=Customer prices_include_tax=true | CUP-01 1 @ 22.60 discount=22.60 tax_rate=0.13 type=gift
        shipment S-1 order=SO-1
        on 2026-01-05
        Cr sales 20.00
        Dr discounts 20.00
        Dr cogs 2.60
        Cr vat_output 2.60
    """
    if work.chart.policy(GIFT_VAT, work.date) == "none":
        return document, [0] * len(document.lines)
    gifts = [line if line.type == "gift" else None for line in document.lines]
    bases = [line.discount if line is not None and line.tax is None else 0 for line in gifts]
    taxes = tax_by_rate(bases, [line.tax_rate for line in document.lines], inclusive=document.prices_include_tax)
    lines = list(document.lines)
    for i, line in enumerate(gifts):
        if line is not None and line.tax and line.total(work.digits) == line.discount:
            taxes[i] = line.tax
            lines[i] = replace(line, tax=None)
    return replace(document, lines=tuple(lines)), taxes


def post_gift_tax(work: Work, draft: Draft, order: Order, line: OrderLine, amount: int) -> None:
    """Debit the order's product cost, credit output tax: it is ours even where a marketplace collects the tax on sales.

    Both in base: `amount` in the order's currency at the rate of the sale.
    """
    base = gift_tax(work, order, amount)
    draft.add("cogs", base, order=order, sku=line.sku)
    if order.currency is None:
        draft.add("vat_output", -base, order=order)
    elif base:
        draft.collect(Posting(draft.chart.account("vat_output"), -base, order))


def take_back_gift_tax(work: Work, draft: Draft, order: Order, line: OrderLine) -> None:
    """Reverse the tax on gifts that came back; the caller has announced the change of the line."""
    amount = max(0, part_of(line.gift_tax_done, line.returned, line.earned) - line.returned_gift_tax)
    line.returned_gift_tax += amount
    post_gift_tax(work, draft, order, line, -amount)
