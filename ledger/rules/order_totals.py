"""What an order comes to by its document: the totals that its lines had before anything was called off."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.documents import read, sales
from ledger.money import exponent, part_of
from ledger.rules.gifts import deemed_sales
from ledger.rules.orders import Taxed, totals
from ledger.rules.platform_discounts import gross_of
from ledger.state.records import DocumentRow, Order, OrderLine
from ledger.work import Work


@dataclass(frozen=True, slots=True)
class Ordered:
    """Totals of an order document: a `Taxed` for each line and for shipping, and what the platform pays (minor units)."""

    document: sales.Order
    lines: tuple[Taxed, ...]
    shipping: Taxed
    platform: int
    gift_taxes: tuple[int, ...]

    def restore(self, line: OrderLine) -> None:
        """Give a line the totals that its quantity has by the document: the same ratio for any part of it."""
        given, taxed = self.document.lines[line.line], self.lines[line.line]
        line.list_net = part_of(taxed.list_net, line.quantity, given.quantity)
        line.discount_net = part_of(taxed.discount_net, line.quantity, given.quantity)
        line.tax = part_of(taxed.tax, line.quantity, given.quantity)
        line.gift_tax = part_of(self.gift_taxes[line.line], line.quantity, given.quantity)
        if given.cost is not None:
            line.cost = part_of(given.cost, line.quantity, given.quantity)

    def platform_for(self, lines: Iterable[OrderLine]) -> int:
        """Return what the platform pays for what is left of the lines: its part by gross price, by units where the goods cost nothing."""
        left = list(lines)
        whole = sum(taxed.list_net - taxed.discount_net + taxed.tax for taxed in self.lines)
        if whole:
            return part_of(self.platform, gross_of(left), whole)
        return part_of(self.platform, sum(line.quantity for line in left), sum(given.quantity for given in self.document.lines))


def ordered(work: Work, order: Order) -> Ordered | None:
    """Return the totals of the order's document in its present version; None for an order that an opening brought."""
    rows = [row for row in work.state[DocumentRow].where("number", ("order", order.number)) if row.source == order.source]
    if not rows:
        return None
    row = max(rows, key=lambda row: row.version)
    document = read(json.loads(row.body), work.chart.currency)
    assert isinstance(document, sales.Order)
    return totals_of(work, document)


def totals_of(work: Work, document: sales.Order) -> Ordered:
    """Return the totals of an order document."""
    document, gift_taxes = deemed_sales(work, document)
    lines, shipping, platform = totals(document, exponent(document.currency or work.chart.currency))
    return Ordered(document, tuple(lines), shipping, platform, tuple(gift_taxes))
