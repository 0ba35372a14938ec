"""The tax of a document's lines: what the sender states wins, the rest is computed once per rate (design 5; EN 16931 BR-CO-17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ledger.money import tax_by_rate


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
