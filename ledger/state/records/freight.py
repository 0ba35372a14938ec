"""Shipments, and what carriers charge for them: billed, waiting for its parcel, by month."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.state.records.base import Record


@dataclass(slots=True)
class Shipment(Record):
    """A shipment; `accrued` is the estimated freight not yet billed, `billed` the bill that released `released` of it (0: none yet),
    `awaits_delivery` 1 while its revenue waits for that.
    """

    table = "shipment"
    key = ("id",)
    indexes = {"order": (("order_id",), ""), "tracking": (("tracking",), "")}

    id: int
    order_id: int
    number: str
    date: str
    warehouse: str
    carrier: str | None
    tracking: str | None
    weight: int | None
    accrued: int
    billed: int = 0
    released: int = 0
    awaits_delivery: int = 0


@dataclass(slots=True)
class ShipmentLine(Record):
    """How much of an order line a shipment took, and how much of it came back."""

    table = "shipment_line"
    key = ("shipment_id", "line")
    indexes = {"order": (("order_id",), "")}

    shipment_id: int
    line: int
    order_id: int
    quantity: int
    returned: int = 0


@dataclass(slots=True)
class Waiting(Record):
    """A line of a freight bill that waits for what it names. `targets` is JSON: [[[type, ...], reference], ...].

    `expensed` 1: its amount was expensed when it was billed, and only the memo waits.
    """

    table = "waiting"
    key = ("id",)
    indexes = {"document": (("document_seq",), "")}

    id: int
    document_seq: int
    line: int
    carrier: str
    direction: str
    charge: str
    basis: str
    amount: int
    targets: str
    waits: int = 1
    expensed: int = 0


@dataclass(slots=True)
class WaitingReference(Record):
    """One name that a waiting line waits for; `order_id` once it is known while others are not."""

    table = "waiting_reference"
    key = ("waiting_id", "type", "reference")
    indexes = {"reference": (("type", "reference"), ""), "waiting": (("waiting_id",), "")}

    waiting_id: int
    type: str
    reference: str
    order_id: int | None


@dataclass(slots=True)
class Billed(Record):
    """A carrier's charge for one parcel: what another bill must not charge again. Charges of versions that were replaced do not count.

    (`type`, `reference`) is ("shipment", its number in the store), or ("name", what the bill calls it) while the parcel is unknown.
    `amount` is net, in minor units of `currency` (None: the books').
    """

    table = "billed"
    key = ("id",)
    indexes = {"target": (("type", "reference"), "")}

    id: int
    type: str
    reference: str
    document_seq: int
    line: int
    carrier: str
    direction: str
    charge: str
    amount: int
    currency: str | None = None


@dataclass(slots=True)
class FreightMonth(Record):
    """What inbound cost did in a month, minor units, whether it is posted or memo.

    `name` is "billed", "orders" (on orders that hold the units) or "holders" (losses, and whoever else bears them).
    """

    table = "freight_month"
    key = ("name", "month")

    name: str
    month: str
    amount: int = 0
