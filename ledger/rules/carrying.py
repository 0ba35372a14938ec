"""What balances in a foreign currency are carried at: increases at the day's rate, decreases by their share (IAS 21.21-23, 28-30)."""

from __future__ import annotations

from collections.abc import Callable

from ledger.chart import OPEN_ITEMS
from ledger.money import part_of
from ledger.state.records import Carried, Order, PartyBalance
from ledger.work import Work

Rate = Callable[[int], int]
"""What units come to in base."""

ITEMS = {role: name for role, (name, _) in OPEN_ITEMS.items() if role != "accrued_freight"}
"""Balances that an order carries in its own currency: role -> name of the pair in `Carried`."""

DUE = "vat_due"
"""The balance that stands on an account of output tax: it has no role of its own."""

REVENUE = frozenset(["sales", "discounts", "shipping_income", "returns"])
TAX = frozenset(["vat_output", "marketplace_tax"])
RESERVE = "reserve"
PARTY_ROLES = frozenset(["payable:supplier", "payable:carrier", "supplier_prepayment", RESERVE])
"""Balances that a party carries in a currency: suppliers, carriers, and a channel what it holds back."""


def item_of(order: Order, role: str | None, party: str | None) -> str | None:
    """Return the balance of the order that a posting moves: output tax that names the customer is tax in an advance that is due already."""
    if role in TAX:
        return DUE if party == order.customer else None
    return ITEMS.get(role or "")


def is_earned(role: str | None, party: str | None, sku: str | None, order: Order) -> bool:
    """Tell whether a posting is part of what an order has earned gross: revenue, its reductions, and tax on it."""
    if role == "gift_card":
        return sku is not None
    return role in REVENUE or (role in TAX and item_of(order, role, party) is None)


def carried(work: Work, order: Order) -> Carried:
    """Return what the order's balances are carried at, to be changed."""
    known = work.state[Carried].get(order.id)
    return work.state[Carried].edit(known) if known is not None else work.state[Carried].add(Carried(order.id))


def pile(row: Carried, name: str) -> tuple[int, int]:
    """Return (units, base) of one balance."""
    return getattr(row, name), getattr(row, f"{name}_base")


def move(row: Carried, name: str, units: int, base: int) -> None:
    """Add to one balance."""
    setattr(row, name, getattr(row, name) + units)
    setattr(row, f"{name}_base", getattr(row, f"{name}_base") + base)


def split(units: int, delta: int) -> tuple[int, int]:
    """Return what of a change brings a balance towards zero, and what takes it away from there."""
    if not units or (units > 0) == (delta > 0):
        return 0, delta
    down = delta if abs(delta) <= abs(units) else -units
    return down, delta - down


def share(units: int, base: int, down: int) -> int:
    """Return the base that leaves a balance with `down` units (of the other sign, no more than it has): all of it at the end."""
    return -part_of(base, abs(down), abs(units)) if down else 0


def weigh(units: int, base: int, delta: int, rate: Rate) -> int:
    """Return what a change of a balance by `delta` units comes to in base.

    >>> weigh(10_000, 70_000, -5_000, lambda new: new * 72 // 10), weigh(10_000, 70_000, -15_000, lambda new: new * 72 // 10)
    (-35000, -106000)
    """
    down, up = split(units, delta)
    return share(units, base, down) + (rate(up) if up else 0)


def stated_cost(work: Work, order: Order, units: int) -> int:
    """Return the base of stated cost in the order's currency: what is new at the shipment's rate, what goes back as it is carried."""
    return _cost(work, order, "stated_cost", units)


def gift_tax(work: Work, order: Order, units: int) -> int:
    """Return the base of tax on gifts, which the order bears as a cost, in the same way."""
    return _cost(work, order, "gift_tax", units)


def _cost(work: Work, order: Order, name: str, units: int) -> int:
    if order.currency is None or not units:
        return units
    currency, row = order.currency, carried(work, order)
    base = weigh(*pile(row, name), units, lambda new: work.in_base(new, currency))
    move(row, name, units, base)
    return base


def party_balance(work: Work, role: str, party: str, currency: str) -> PartyBalance:
    """Return what is open with a party, to be changed."""
    known = work.state[PartyBalance].get((role, party, currency))
    return work.state[PartyBalance].edit(known) if known is not None else work.state[PartyBalance].add(PartyBalance(role, party, currency))


def move_party(work: Work, role: str, party: str, currency: str, *, units: int, base: int) -> None:
    """Add to what is open with a party."""
    row = party_balance(work, role, party, currency)
    row.units += units
    row.base += base


def follow(work: Work, order: Order | None, role: str, party: str | None, currency: str | None, *, units: int, base: int) -> None:
    """Let what is carried follow a posting that is posted as it stands: a reversal, a revaluation."""
    item = item_of(order, role, party) if order is not None and order.currency is not None else None
    if order is not None and item is not None:
        move(carried(work, order), item, units, base)
    elif role in PARTY_ROLES and party is not None and currency is not None:
        move_party(work, role, party, currency, units=units, base=base)


def take_from_party(work: Work, role: str, party: str, currency: str, units: int) -> tuple[int, int, int]:
    """Take what brings a party's balance towards zero off it; return (those units, what they are carried at, units that are new)."""
    row = party_balance(work, role, party, currency)
    down, up = split(row.units, units)
    base = share(row.units, row.base, down)
    row.units += down
    row.base += base
    return down, base, up
