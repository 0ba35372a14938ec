"""How several examples begin: what stands behind `given NAME`, defined once and shown on the page."""

from __future__ import annotations

from tests.rule_examples.notation import Example, parse

BEGINNINGS = {
    "a-tea-lot": """
        purchase PO-1 on 2026-01-05 supplier=Supplier | TEA-01 100 @ 10.00
    """,
    "a-receipt": """
        receipt R-1 on 2026-01-05 supplier=Supplier | TEA-01 100 @ 10.00
    """,
    "a-paid-order": """
        order SO-1 on 2026-01-06 customer=Customer prices_include_tax=true | TEA-01 40 @ 22.60 tax_rate=0.13
        payment P-1 order=SO-1 amount=904.00 account=bank
    """,
    "a-first-shipment": """
        given a-tea-lot a-paid-order
        shipment S-1 on 2026-01-08 order=SO-1 estimated_freight=18.00 | TEA-01 25
    """,
    "a-first-shipment-of-the-receipt": """
        given a-receipt a-paid-order
        shipment S-1 on 2026-01-08 order=SO-1 estimated_freight=18.00 | TEA-01 25
    """,
    "an-unpaid-shipment": """
        given a-tea-lot
        order SO-3 on 2026-01-10 customer=Customer | TEA-01 5 @ 20.00 tax_rate=0.13
        shipment S-3 order=SO-3
    """,
    "a-platform-sale": """
        order SO-2 on 2026-02-15 customer=Buyer channel=tmall | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service
        payment P-2 order=SO-2 amount=113.00 account=clearing:tmall
        shipment S-2 order=SO-2
    """,
}
"""Documents by name, in the notation of the docstrings."""


def beginning(name: str) -> Example:
    """Return the documents behind a name; KeyError names those that there are."""
    if name not in BEGINNINGS:
        raise KeyError(f"no beginning {name!r}; known are {', '.join(BEGINNINGS)} (tests/rule_examples/beginnings.py)")
    return parse(name, [line.strip() for line in BEGINNINGS[name].splitlines() if line.strip()])
