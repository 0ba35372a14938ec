"""What a freight line names: orders, shipments, tracking numbers or purchases, and the measure by which an amount is shared over them."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import AmbiguousReference, FieldError
from ledger.money import allocate, part_of
from ledger.rules.brought_lots import brought_lots
from ledger.state.records import Carried, Lot, Order, OrderLine, Shipment, ShipmentLine
from ledger.values import value
from ledger.work import Work, fault

TYPES = {"orders": ("order",), "shipments": ("shipment",), "tracking": ("tracking",), "purchases": ("purchase",)}
"""The kinds of name in each list of a freight line."""

SHARE_TYPES = {
    "inbound": ("purchase",),
    "outbound": ("shipment", "order", "tracking"),
    "return": ("shipment", "order", "tracking"),
}
"""What a key of `shares` may be, by direction."""

OTHER_WAY = "use another basis, or give the carrier's own amounts as shares"
"""What is right where a measure is missing."""


@value
class Named:
    """One name on a freight line: what it may be, the name, and the carrier's own amount (shares) or None."""

    types: tuple[str, ...]
    reference: str
    amount: int | None = None


@value
class Load:
    """What an outbound charge is for: an order and those of its shipments that the name covers."""

    order: Order
    shipments: tuple[Shipment, ...]


def purchase_lots(work: Work, named: Named, pointer: str) -> list[Lot] | None:
    """Return the lots that a purchase or receipt brought, or None while it is unknown."""
    if not work.candidates("purchase", named.reference) and not work.candidates("receipt", named.reference):
        return None
    return brought_lots(work, work.find_receipt(named.reference, pointer))


def load(work: Work, named: Named, pointer: str) -> Load | None:
    """Return the order and shipments that a name stands for, or None while it is unknown; two orders are ambiguous.

    An order means its shipments so far; in the correction of a bill, those that were there when the bill first came.
    """
    found: list[Load] = []
    if "shipment" in named.types and work.candidates("shipment", named.reference):
        shipment = work.state[Shipment].require(work.find("shipment", named.reference, pointer).origin)
        found.append(Load(work.state[Order].require(shipment.order_id), (shipment,)))
    if "order" in named.types and work.candidates("order", named.reference):
        order = work.state[Order].require(work.find("order", named.reference, pointer).origin)
        shipments = work.state[Shipment].where("order", order.id)
        known = [s for s in shipments if not work.versions or s.id < work.versions[0]]
        found.append(Load(order, tuple(known)))
    if "tracking" in named.types:
        shipments = work.state[Shipment].where("tracking", named.reference)
        for order_id in dict.fromkeys(s.order_id for s in shipments):
            mine = tuple(s for s in shipments if s.order_id == order_id)
            found.append(Load(work.state[Order].require(order_id), mine))
    if len({one.order.id for one in found}) > 1:
        names = ", ".join(one.order.label for one in found)
        raise AmbiguousReference("ambiguous target", (FieldError(pointer, f"{named.reference!r} could be of {names}"),))
    return found[0] if found else None


def share_over_lots(lots: Sequence[Lot], amount: int, basis: str, pointer: str) -> list[int]:
    """Share an inbound amount over bought lines by `basis`: the quantities, weights, values or volumes they were bought with.

    Source: IAS 2.11; CAS 1.6.

    Example: 5 refrigerators of 10 kg and 1 m3, 10 ovens of 20 kg and 1.5 m3: 110.00 and 320.00 of 430.00, each charge by its own measure.
        purchase PO-2 supplier=Supplier | FRIDGE 5 @ 300.00 weight_kg=50 volume_m3=5 | OVEN 10 @ 200.00 weight_kg=200 volume_m3=15
        freight_bill F-7 carrier=Carrier | 10.00 inbound charge=handling basis=equal purchases=PO-2
        | 150.00 inbound charge=handling basis=quantity purchases=PO-2 | 250.00 inbound basis=weight purchases=PO-2
        | 20.00 inbound charge=packaging basis=volume purchases=PO-2
        Dr inventory:FRIDGE 5.00
        Dr inventory:OVEN 5.00
        Dr inventory:FRIDGE 50.00
        Dr inventory:OVEN 100.00
        Dr inventory:FRIDGE 50.00
        Dr inventory:OVEN 200.00
        Dr inventory:FRIDGE 5.00
        Dr inventory:OVEN 15.00
        Cr payable:carrier 430.00
    """
    weights = []
    for lot in lots:
        measures = {"quantity": lot.received, "weight": lot.weight, "volume": lot.volume, "value": lot.bought_for, "equal": 1}
        weight = measures[basis]
        if weight is None:
            missing = f"line {lot.line + 1} ({lot.sku}) of purchase {lot.label} states none"
            raise fault(pointer, f"cannot share by {basis}: {missing}; {OTHER_WAY}")
        weights.append(weight)
    return _allocate(amount, weights, basis, pointer)


def share_over_loads(work: Work, loads: Sequence[Load], amount: int, basis: str, pointer: str) -> list[int]:
    """Share an outbound amount over orders by `basis`: shipped quantity (ordered, before shipment), weight, net value, or equally.

    Source: IFRS 15.97; the sharing itself is design 1.4.

    Example: 10.00 for two parcels of 2 and 3 kg, shared by weight.
        given a-tea-lot
        order SO-4 customer=Customer | TEA-01 4 @ 20.00
        order SO-5 customer=Customer | TEA-01 6 @ 20.00
        shipment S-4 order=SO-4 weight_kg=2
        shipment S-5 order=SO-5 weight_kg=3
        freight_bill F-8 carrier=Carrier | 10.00 outbound basis=weight shipments=S-4,S-5
        Dr freight_out 4.00 order=SO-4
        Dr freight_out 6.00 order=SO-5
        Cr payable:carrier 10.00
    """
    return _allocate(amount, [_measure(work, one, basis, pointer) for one in loads], basis, pointer)


def _allocate(amount: int, weights: list[int], basis: str, pointer: str) -> list[int]:
    try:
        return allocate(amount, weights)
    except ValueError:
        raise fault(pointer, f"cannot share by {basis}: it sums to zero over what the line names; {OTHER_WAY}") from None


def _measure(work: Work, one: Load, basis: str, pointer: str) -> int:
    if basis == "equal":
        return 1
    if basis == "value":
        return _net_value(work, one.order, pointer)
    if basis == "weight":
        if not one.shipments or any(s.weight is None for s in one.shipments):
            raise fault(pointer, f"cannot share by weight: a shipment of order {one.order.label} states no weight_kg; {OTHER_WAY}")
        return sum(s.weight or 0 for s in one.shipments)
    if basis == "quantity":
        ids = {s.id for s in one.shipments}
        parts = [p for p in work.state[ShipmentLine].where("order", one.order.id) if p.shipment_id in ids]
        if parts:
            return sum(p.quantity for p in parts)
        return sum(line.quantity for line in work.state[OrderLine].where("order", one.order.id))
    raise fault(pointer, "outbound freight cannot be shared by volume, shipments state none; " + OTHER_WAY)


def _net_value(work: Work, order: Order, pointer: str) -> int:
    """Return an order's net goods value in base: in a foreign currency, at the rate that it was earned at so far."""
    if order.currency is None:
        return order.goods_net
    row = work.state[Carried].get(order.id)
    if row is None or row.recognised <= 0:
        raise fault(pointer, f"cannot share by value: order {order.label} is in {order.currency} and has earned nothing yet; {OTHER_WAY}")
    return part_of(row.recognised_base, order.goods_net, row.recognised)
