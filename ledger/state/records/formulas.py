"""Cost formulas: which is in force, what a change did, and what the month-end average is computed from."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.state.records.base import Record


@dataclass(slots=True)
class CostingMethod(Record):
    """The cost formula that a dated change gave a SKU, or ("") the ledger, and the month from which it prices."""

    table = "costing_method"
    key = ("sku",)

    sku: str
    method: str
    since: str


@dataclass(slots=True)
class CostingEffect(Record):
    """What a change of the cost formula met: units and value of a SKU on hand, and what its lots alone carried before it."""

    table = "costing_effect"
    key = ("document_seq", "sku")

    document_seq: int
    sku: str
    before: str
    method: str
    quantity: int
    value_before: int
    value_after: int
    lots_alone: int


@dataclass(slots=True)
class MonthStock(Record):
    """By how much the stock of a SKU under month-average changed in a month (posting dates): units, and value by component.

    `closed` is 1 once the month's average is final, until the month is opened again.
    """

    table = "month_stock"
    key = ("sku", "month")
    indexes = {"sku": (("sku",), ""), "month": (("month",), ""), "open": (("sku",), "closed = 0")}

    sku: str
    month: str
    quantity: int = 0
    goods: int = 0
    landed: int = 0
    variance: int = 0
    memo: int = 0
    closed: int = 0


@dataclass(slots=True)
class Provisional(Record):
    """What a consumption was charged in its own month, until that month is closed and its average is known."""

    table = "provisional"
    key = ("consumption_id",)
    indexes = {"stock": (("sku", "month"), "")}

    consumption_id: int
    sku: str
    month: str
    date: str
    goods: int
    landed: int
    variance: int
    memo: int
