"""The tax of a document's lines: what the sender states wins, the rest is computed once per rate (design 5; EN 16931 BR-CO-17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ledger.money import tax_by_rate
from ledger.policies import VAT_REGIME
from ledger.work import Work


class TaxedLine(Protocol):
    """A line that states its tax or a rate."""

    @property
    def tax(self) -> int | None:
        """Return the stated tax, minor units."""

    @property
    def tax_rate(self) -> int:
        """Return the rate in millionths."""


def line_taxes(lines: Sequence[TaxedLine], bases: Sequence[int], *, inclusive: bool = False) -> list[int]:
    """Return each line's tax on its base (net, or gross where `inclusive`), minor units (EN 16931 BR-CO-17; design 5).

    Example: 19.00 and 18.98 with 19 % inside hold 6.06 in all, 3.03 each, never 3.03 and 3.04.
        order SO-7 customer=Customer prices_include_tax=true | ENGRAVING 1 @ 19.00 tax_rate=0.19 type=service
        | WRAPPING 1 @ 18.98 tax_rate=0.19 type=service
        shipment S-7 order=SO-7 | ENGRAVING 1
        Dr receivable 19.00
        Cr sales 15.97 sku=ENGRAVING
        Cr vat_output 3.03
        shipment S-8 order=SO-7 | WRAPPING 1
        Dr receivable 18.98
        Cr sales 15.95 sku=WRAPPING
        Cr vat_output 3.03
    """
    taxes = [line.tax or 0 for line in lines]
    computed = [i for i, line in enumerate(lines) if line.tax is None]
    shared = tax_by_rate([bases[i] for i in computed], [lines[i].tax_rate for i in computed], inclusive=inclusive)
    for i, tax in zip(computed, shared, strict=True):
        taxes[i] = tax
    return taxes


def input_tax(work: Work, tax: int, *, creditable: bool = True) -> int:
    """Return how much of a bill's tax is input tax, minor units; the rest is part of the cost that it came with.

    Nothing of it where the line is not creditable, nor for small-scale taxpayers (小规模纳税人: 增值税暂行条例 art. 11 and 12; IAS 2.11).

    Example: a small-scale taxpayer buys for 1,000.00 and 130.00 of tax: all of it is cost.
        books vat-regime=small-scale
        purchase PO-1 supplier=Supplier | TEA-01 100 @ 10.00 tax_rate=0.13
        on 2026-01-05
        Dr inventory:TEA-01 1130.00
        Cr payable:supplier 1130.00
    """
    return tax if creditable and work.chart.policy(VAT_REGIME, work.date) == "general" else 0
