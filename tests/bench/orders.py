"""A made-up company: one list of sales, purchases and carriers' bills, from which both sides of the benchmark are written.

Money is in cents. Sales are costed here too, first in first out: a third opinion beside ours and Beancount's.
"""

from __future__ import annotations

import bisect
import datetime
import random
from dataclasses import dataclass, field

DAYS = 365
FIRST_DAY = datetime.date(2025, 1, 1)
SKUS = 200
CHANNELS = ("tmall", "jd", "douyin", "webshop")
CARRIERS = ("SF Express", "YTO Express", "ZTO Express")
TAX_PERCENT = 13
ORDERS_PER_BILL = 50
"""Shipments on one carrier's bill."""
LATE_FREIGHT_EVERY = 4
"""One purchase in so many is billed inbound freight, weeks after its goods began to be sold."""
LATE_FREIGHT_DAYS = 20
RETURNED_SHARE = 0.08
"""So many of the orders whose goods are of one lot come back, all units in good order."""
RETURN_DAYS = 14
"""Days from the shipment to the return, by when every order is paid."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One order with one line, its payment and its shipment."""

    number: str
    placed: str
    paid: str
    shipped: str
    customer: str
    channel: str
    sku: str
    quantity: int
    unit_price: int
    carrier: str
    cost: int
    returned: str | None = None
    """The day on which the goods came back and the money went back, where they did."""

    @property
    def net(self) -> int:
        """Return the revenue."""
        return self.quantity * self.unit_price

    @property
    def tax(self) -> int:
        """Return the VAT, half up."""
        return (self.net * TAX_PERCENT + 50) // 100

    @property
    def gross(self) -> int:
        """Return what the customer pays."""
        return self.net + self.tax

    @property
    def fee(self) -> int:
        """Return what the way of paying keeps."""
        return self.gross * 6 // 1000

    @property
    def tracking(self) -> str:
        """Return the parcel's number."""
        return f"TRK{self.number[2:]}"


@dataclass(frozen=True, slots=True)
class Purchase:
    """Units of one SKU that came in."""

    number: str
    date: str
    supplier: str
    sku: str
    quantity: int
    unit_cost: int


@dataclass(frozen=True, slots=True)
class Bill:
    """A carrier's bill: an amount for each sale (outbound) or purchase (inbound) on it."""

    number: str
    date: str
    carrier: str
    charges: tuple[tuple[Sale | Purchase, int], ...]


@dataclass(slots=True)
class Company:
    """Everything that happened, sales in the order in which they were shipped."""

    skus: list[str]
    sales: list[Sale] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    outbound: list[Bill] = field(default_factory=list)
    inbound: list[Bill] = field(default_factory=list)
    sold_from: dict[str, int] = field(default_factory=dict)
    """How many sales hold units of a purchase."""


@dataclass(slots=True, order=True)
class _Lot:
    """Units of a purchase, as they came or as an order gave them back; lots go out by day, then as they were recorded."""

    day: int
    rank: int
    purchase: Purchase = field(compare=False)
    left: int = field(compare=False)


def day(number: int) -> str:
    """Return the ISO date of a day counted from the first."""
    return (FIRST_DAY + datetime.timedelta(number)).isoformat()


def make_company(orders: int, skus: int = SKUS, seed: int = 1) -> Company:
    """Return a company with so many orders over a year; the same for the same seed."""
    maker = _Maker(random.Random(seed), skus)
    # Shipped some days after they were placed, and costed in the order in which they are shipped.
    placed = [(i * DAYS // orders, i) for i in range(orders)]
    shipped = sorted((start + 1 + int(maker.random() * 3), i, start) for start, i in placed)
    customers = orders // 5 + 20
    for shipping_day, i, start in shipped:
        maker.sell(i + 1, start, shipping_day, customers)
    maker.finish()
    return maker.company


class _Maker:
    def __init__(self, rng: random.Random, skus: int) -> None:
        self.random = rng.random
        self.company = Company([f"SKU{i:03d}" for i in range(skus)])
        self._base = [rng.randint(300, 20_000) for _ in range(skus)]
        self._lots: list[list[_Lot]] = [[] for _ in range(skus)]
        self._coming_back: list[list[_Lot]] = [[] for _ in range(skus)]
        self._unbilled: dict[str, list[Sale]] = {carrier: [] for carrier in CARRIERS}

    def sell(self, number: int, start: int, shipping_day: int, customers: int) -> None:
        """Make one order; goods are bought on the day on which they would be missing."""
        sku = int(self.random() * len(self._base))
        quantity = 1 + int(self.random() * 3)
        lots = self._stock(sku, shipping_day)
        if sum(lot.left for lot in lots) < quantity:
            self._buy(sku, shipping_day)
        # Web shops are paid in advance, companies pay an invoice.
        paid_day = start if self.random() < 0.7 else shipping_day + 2 + int(self.random() * 10)
        taken = self._take(lots, quantity)
        returned = len(taken) == 1 and self.random() < RETURNED_SHARE
        if returned:
            self._coming_back[sku].append(_Lot(shipping_day + RETURN_DAYS, len(self.company.sales), taken[0].purchase, quantity))
        else:
            self._count(taken)
        sale = Sale(
            number=f"SO{number:07d}",
            placed=day(start),
            paid=day(paid_day),
            shipped=day(shipping_day),
            customer=f"Customer {int(self.random() * customers):05d}",
            channel=CHANNELS[int(self.random() * len(CHANNELS))],
            sku=self.company.skus[sku],
            quantity=quantity,
            unit_price=int(self._base[sku] * (1.3 + 0.6 * self.random())),
            carrier=CARRIERS[int(self.random() * len(CARRIERS))],
            cost=sum(part.left * part.purchase.unit_cost for part in taken),
            returned=day(shipping_day + RETURN_DAYS) if returned else None,
        )
        self.company.sales.append(sale)
        parcels = self._unbilled[sale.carrier]
        parcels.append(sale)
        if len(parcels) == ORDERS_PER_BILL:
            self._bill(sale.carrier, shipping_day + 5)

    def finish(self) -> None:
        """Bill what is not billed yet."""
        for carrier, parcels in self._unbilled.items():
            if parcels:
                self._bill(carrier, DAYS + 8)

    def _stock(self, sku: int, on: int) -> list[_Lot]:
        """Return the lots that a shipment of a day can take: what comes back on a day is there on the next."""
        lots, coming = self._lots[sku], self._coming_back[sku]
        while coming and coming[0].day < on:
            bisect.insort(lots, coming.pop(0))
        return lots

    def _buy(self, sku: int, on: int) -> None:
        purchases = self.company.purchases
        cost = int(self._base[sku] * (0.85 + 0.3 * self.random()))
        quantity = 30 + int(self.random() * 20)
        number = f"PO{len(purchases) + 1:06d}"
        purchase = Purchase(number, day(on), f"Supplier {sku % 20:02d}", self.company.skus[sku], quantity, cost)
        purchases.append(purchase)
        bisect.insort(self._lots[sku], _Lot(on, -1, purchase, quantity))
        if len(purchases) % LATE_FREIGHT_EVERY == 0:
            late = Bill(f"IN-{number}", day(on + LATE_FREIGHT_DAYS), "Sea Line", ((purchase, quantity * cost // 20),))
            self.company.inbound.append(late)

    def _take(self, lots: list[_Lot], quantity: int) -> list[_Lot]:
        """Take units of the oldest lots; return what of each."""
        taken = []
        while quantity:
            lot = lots[0]
            part = min(lot.left, quantity)
            taken.append(_Lot(lot.day, lot.rank, lot.purchase, part))
            lot.left -= part
            quantity -= part
            if not lot.left:
                lots.pop(0)
        return taken

    def _count(self, taken: list[_Lot]) -> None:
        for number in {part.purchase.number for part in taken}:
            self.company.sold_from[number] = self.company.sold_from.get(number, 0) + 1

    def _bill(self, carrier: str, on: int) -> None:
        charges = tuple((sale, 350 + int(self.random() * 900)) for sale in self._unbilled[carrier])
        number = f"{carrier.split(maxsplit=1)[0]}-{len(self.company.outbound) + 1:05d}"
        self.company.outbound.append(Bill(number, day(on), carrier, charges))
        self._unbilled[carrier] = []
