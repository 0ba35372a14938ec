"""Lots: how units come in, how they are taken out first in first out, and how much of each cost component goes with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.costing.months import note_stock
from ledger.journal.draft import Draft
from ledger.money import MICRO, divide_half_up
from ledger.state.records import Lot, Order
from ledger.values import value
from ledger.work import Work

FROM_OUTSIDE = "from outside"
"""Who has inbound cost that comes in with units instead of a bill (an opening): it counts against what others hold."""


@value
class Cost:
    """What some units cost, by component, minor units: bought price, late inbound cost, supplier's price difference.

    `memo` is inbound cost that was expensed when billed: it moves with the units and is no part of their cost in the books.
    """

    goods: int
    landed: int = 0
    variance: int = 0
    memo: int = 0

    @property
    def total(self) -> int:
        """Return the sum of the components that are posted."""
        return self.goods + self.landed + self.variance

    def __add__(self, other: Cost) -> Cost:
        memo = self.memo + other.memo
        return Cost(self.goods + other.goods, self.landed + other.landed, self.variance + other.variance, memo)

    def __sub__(self, other: Cost) -> Cost:
        memo = self.memo - other.memo
        return Cost(self.goods - other.goods, self.landed - other.landed, self.variance - other.variance, memo)


def unit_price_of(total: int, quantity: int, stated: int | None, digits: int) -> int:
    """Return the price (micro) that a lot stands at in the text: the stated one, else total / quantity cut to whole minor units.

    What the price does not cover is money on the stock account (IAS 2.10; design 3.2): 100 units for 533.33 stand at 5.33 and 0.33 in
    money. A price below one minor unit keeps six decimals.

    >>> unit_price_of(53333, 100_000_000, None, 2)
    5330000
    >>> unit_price_of(1, 3_000_000, None, 2)
    3333
    """
    if stated is not None:
        return stated
    step: int = 10 ** (6 - digits)
    in_minor = abs(total) * MICRO // quantity
    if in_minor:
        return in_minor * step
    return abs(total) * step * MICRO // quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Units that come in: what a new lot needs to know. `root` is the bought lot that returned units stem from."""

    sku: str
    warehouse: str
    quantity: int
    cost: Cost
    unit_price: int
    line: int
    supplier: str | None
    root: Lot | None = None
    tax: int = 0
    weight: int | None = None
    volume: int | None = None
    order: Order | None = None


def add_lot(work: Work, draft: Draft, units: Incoming) -> Lot:
    """Bring units in as a new lot with its own date and label; nothing is ever added to a lot that exists (design 3.1)."""
    lot_id = work.state.next_id()
    lot = Lot(
        id=lot_id,
        root_id=units.root.root_id if units.root else lot_id,
        document_seq=work.seq,
        line=units.line,
        sku=units.sku,
        warehouse=units.warehouse,
        date=work.date,
        label=lot_label(work, units.sku),
        supplier=units.supplier,
        unit_price=units.unit_price,
        received=units.quantity,
        bought_for=units.cost.goods,
        tax=units.tax,
        weight=units.weight,
        volume=units.volume,
        quantity=units.quantity,
        goods=units.cost.goods,
        landed=units.cost.landed,
        variance=units.cost.variance,
        memo=units.cost.memo,
    )
    work.state[Lot].add(lot)
    if units.root is None:
        draft.follow_inbound(None, FROM_OUTSIDE, -units.cost.landed, -units.cost.memo)
    draft.stock(work.stock_account(units.sku), lot, units.quantity, units.cost.total, order=units.order)
    note_stock(work, units.sku, draft.date, units.quantity, units.cost)
    return lot


def on_hand(work: Work, sku: str, warehouse: str) -> list[Lot]:
    """Return the lots with units left, by date, then by the order in which they were recorded.

    A correction takes what it has just put back, or brought, first: so that only what it changes moves.
    """
    lots = [lot for lot in work.state[Lot].where("on_hand", (sku, warehouse)) if lot.quantity > 0]
    return sorted(lots, key=lambda lot: (lot.document_seq not in work.versions, lot.date, lot.id))


def is_own(work: Work, lot: Lot) -> bool:
    """Tell whether a lot came by the document that is corrected: its units keep their own cost, also under average cost."""
    return lot.document_seq in work.versions


TRANSIT = ""
"""The place of units under way between own warehouses: no document can name it, so no issue takes from there."""


def under_way(work: Work, transfer_id: int, sku: str | None = None) -> list[Lot]:
    """Return the lots that a transfer has under way (of one SKU, or of all), as they stood on hand."""
    lots = [lot for lot in work.state[Lot].where("document", transfer_id) if lot.warehouse == TRANSIT and lot.quantity > 0]
    return sorted((lot for lot in lots if sku in (None, lot.sku)), key=lambda lot: (lot.date, lot.id))


def picks(lots: list[Lot], quantity: int, *, not_after: str | None = None) -> Iterator[tuple[Lot, int]]:
    """Choose which lots `quantity` comes from, oldest first; what they do not hold is left over for the caller."""
    left = quantity
    for lot in lots:
        if not left:
            return
        if not_after is not None and lot.available > not_after:
            continue
        part = min(left, lot.quantity)
        if part > 0:
            left -= part
            yield lot, part


def last_known_cost(work: Work, sku: str, quantity: int) -> int:
    """Return what `quantity` would cost at the last receipt's price, minor units; zero where none was ever known (design 3.4)."""
    known = work.sku(sku)
    if not known.last_quantity:
        return 0
    return divide_half_up(known.last_total * quantity, known.last_quantity)


def lot_label(work: Work, sku: str) -> str:
    """Return a label for a new lot of this document: its number, and `number/2` for the second lot of one SKU."""
    before = sum(1 for lot in work.state[Lot].where("document", work.seq) if lot.sku == sku)
    return f"{work.document.number}/{before + 1}" if before else work.document.number
