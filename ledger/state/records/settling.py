"""What stands open between documents of other parties: receipts and invoices, payouts and payments, balances in foreign currency."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.state.records.base import Record


@dataclass(slots=True)
class Received(Record):
    """A line of a receipt on its way to its invoice: what GR/IR holds for the units not yet invoiced. `lot_id` is what it brought.

    `foreign_amount` is the same in the supplier's `currency`, received at `rate`. `prepaid` more units of it were paid ahead, carried at
    `prepaid_base`: GR/IR never held them (IFRIC 22).
    """

    table = "received"
    key = ("receipt_id", "line")
    indexes = {"receipt": (("receipt_id",), ""), "purchase_order": (("purchase_order_id",), "to_invoice > 0")}

    receipt_id: int
    line: int
    purchase_order_id: int | None
    supplier: str
    receipt: str
    sku: str
    lot_id: int
    to_invoice: int
    grir: int
    currency: str | None = None
    foreign_amount: int = 0
    rate: int | None = None
    prepaid: int = 0
    prepaid_base: int = 0


@dataclass(slots=True)
class Invoiced(Record):
    """Units that a supplier has invoiced before they came: what GR/IR holds for them (在途物资). `received` have come since."""

    table = "invoiced"
    key = ("id",)
    indexes = {"purchase_order": (("purchase_order_id",), "to_receive > 0"), "document": (("document_seq",), "")}

    id: int
    purchase_order_id: int
    supplier: str
    invoice: str
    sku: str
    to_receive: int
    grir: int
    document_seq: int = 0
    received: int = 0
    currency: str | None = None
    foreign_amount: int = 0


@dataclass(slots=True)
class Cleared(Record):
    """What a line of a supplier's invoice cleared of a receipt: units, the estimate taken off GR/IR, what they cost and their tax.

    `cost` is the estimate and its price difference; what was paid ahead of the units stands beside it.
    """

    table = "cleared"
    key = ("id",)
    indexes = {"invoice": (("invoice_id",), ""), "receipt": (("receipt_id",), "")}

    id: int
    invoice_id: int
    receipt_id: int
    line: int
    quantity: int
    estimate: int
    cost: int
    tax: int
    foreign_amount: int = 0
    foreign_cost: int = 0
    foreign_tax: int = 0
    prepaid: int = 0
    prepaid_base: int = 0


@dataclass(slots=True)
class PayoutMatch(Record):
    """How much of a payout line was in the books before: a payment, a refund or a fee that it only confirms."""

    table = "payout_match"
    key = ("payout_id", "line")
    indexes = {"payout": (("payout_id",), "")}

    payout_id: int
    line: int
    order_id: int
    type: str
    amount: int


@dataclass(slots=True)
class PartyBalance(Record):
    """What is open with a supplier, carrier or channel in a foreign currency: units and what they are carried at, debit positive.

    `role` is a payable's, `supplier_prepayment`, which keeps the rate of each payment (IFRIC 22), or `reserve`, what a channel holds back.
    """

    table = "party_balance"
    key = ("role", "party", "currency")

    role: str
    party: str
    currency: str
    units: int = 0
    base: int = 0
