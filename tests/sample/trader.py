"""The trader: collects documents, and remembers what later ones refer to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.sample.goods import GOODS
from tests.sample.partners import ABROAD, COMPANIES, DHL, HOME, RATES, SF, TRADE, Channel
from tests.sample.writing import Body, cents, half_up, kilograms, written, yuan

Item = tuple[str, int, int]
"""What is ordered: (SKU, units, unit price in cents on the channel's own tax basis)."""

FIRST, LAST = date(2026, 3, 1), date(2026, 6, 30)
MONTHS = (3, 4, 5, 6)


@dataclass
class Sale:
    """An order on its way: `due` is what the customer has to pay, `coupon` what the platform adds to it."""

    number: str
    channel: Channel
    customer: str
    placed: datetime
    due: int
    items: list[Item]
    coupon: int = 0
    shipments: int = 0


@dataclass(frozen=True)
class Parcel:
    """A shipment that a carrier will bill."""

    number: str
    sale: Sale
    day: date
    delivered: date
    carrier: str
    tracking: str
    estimate: int


@dataclass(frozen=True)
class Held:
    """A line that a platform's payout will show: signed from our side, tax included."""

    day: date
    sale: Sale
    type: str
    amount: int
    tax: int = 0


@dataclass(frozen=True)
class Bill:
    """What a supplier or carrier (`role`) is owed from `day` on; negative for what it owes us."""

    role: str
    party: str
    due: date
    number: str
    amount: int


@dataclass
class Trader:
    """Collects documents; what would be dated after the last day has not happened yet.

    `held` is what platforms still hold, `on_account` what companies pay by statement, `abroad` the units in the second warehouse.
    """

    chance: random.Random = field(default_factory=lambda: random.Random(2025))
    documents: list[Body] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    returned: list[tuple[date, str]] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    on_account: list[tuple[date, Sale]] = field(default_factory=list)
    abroad: Counter[str] = field(default_factory=Counter)
    numbers: Counter[Channel] = field(default_factory=Counter)

    def add(self, kind: str, source: str, number: str, day: date, **fields: Any) -> bool:
        """Note a document; False after the last day."""
        if day <= LAST:
            self.documents.append({"kind": kind, "source": source, "number": number, "date": day.isoformat(), **fields})
        return day <= LAST

    def entry(self, number: str, day: date, narration: str, debit: str, credit: str, amount: int, **about: str) -> None:
        """Note an accountant's entry; `about` stands on both postings."""
        lines = [{"account": account, "amount": yuan(one), **about} for account, one in ((debit, amount), (credit, -amount))]
        self.add("entry", "accounts", number, day, narration=narration, postings=lines)

    def moment(self, day: date, first_hour: int, last_hour: int) -> datetime:
        """Choose a time of day."""
        return datetime.combine(day, time(self.chance.randrange(first_hour, last_hour), self.chance.randrange(60)))

    def order(
        self, channel: Channel, day: date, customer: str, items: Sequence[Item], *extra: Body, shipping: int = 0, **fields: Any
    ) -> Sale:
        """Note an order of `items` and of `extra` lines, and work out what it comes to."""
        self.numbers[channel] += 1
        number = f"{channel.prefix}-{1000 + self.numbers[channel]}"
        lines = [*({"sku": s, "quantity": str(q), "unit_price": yuan(p), "tax_rate": channel.rate} for s, q, p in items), *extra]
        total = sum(cents(one.get("unit_price", "0")) * int(one["quantity"]) - cents(one.get("discount", "0")) for one in lines)
        total += shipping - cents(fields.get("discount", "0"))
        if not channel.inclusive:
            total += half_up(total * cents(channel.rate), 100) + sum(cents(one.get("tax", "0")) for one in lines)
        coupon = cents(fields.get("discount", "0")) if fields.get("discount_funded_by") == "platform" else 0
        if shipping:
            fields["shipping"] = {"amount": yuan(shipping), "tax_rate": channel.rate}
        if channel.inclusive:
            fields["prices_include_tax"] = True
        for name, people in (("country", ABROAD), ("salesperson", COMPANIES)):
            if customer in people:
                fields["attributes"] = {name: people[customer]}
        placed = self.moment(day, 8, 19)
        fields = {"at": written(placed), "customer": customer, "channel": channel.name, "lines": lines, **fields}
        self.add("order", channel.name, number, day, **fields)
        ordered = [*items, *((one["sku"], int(one["quantity"]), 0) for one in extra)]
        return Sale(number, channel, customer, placed, total, ordered, coupon)

    def pay(self, sale: Sale, day: date, amount: int | None = None, part: str = "") -> None:
        """Note what the customer pays: all that is due unless said otherwise."""
        channel, amount = sale.channel, sale.due if amount is None else amount
        fee, fee_tax = fee_of(channel, amount)
        fees = {name: yuan(value) for name, value in (("fee", fee), ("fee_tax", fee_tax)) if value}
        soon = sale.placed + timedelta(minutes=self.chance.randrange(1, 40))
        at = written(soon if day == sale.placed.date() else self.moment(day, 10, 17))
        fields = {"at": at, "order": sale.number, "amount": yuan(amount), "account": channel.account, **fees}
        if self.add("payment", channel.name, f"PAY-{sale.number}{part}", day, **fields):
            self.hold(sale, day, amount)

    def hold(self, sale: Sale, day: date, amount: int) -> None:
        """Remember what the customer paid, less the platform's fee, for its payout; a bank has it at once."""
        if sale.channel is not TRADE:
            fee, fee_tax = fee_of(sale.channel, amount)
            self.held += [Held(day, sale, "sale", amount), Held(day, sale, "fee", -fee - fee_tax, fee_tax)]

    def ship(self, sale: Sale, picked: date, carrier: str, units: int | None = None, **fields: Any) -> date:
        """Pick, ship the day after, deliver; `units` of the first line only for a part. Return the day of delivery."""
        sale.shipments += 1
        number = f"S-{sale.number}-{sale.shipments}"
        lines = sale.items if units is None else [(sale.items[0][0], units, 0)]
        grams = 120 + sum(GOODS.get(sku, (0, 0))[1] * quantity for sku, quantity, _ in lines)
        first_kg, next_kg, code, top = RATES[carrier]
        estimate = cents(fields.setdefault("estimated_freight", yuan(first_kg + next_kg * ((grams - 1) // 1000))))
        tracking = fields.setdefault("tracking", f"{code}{self.chance.randrange(top // 10, top)}")
        if units is not None:
            fields["lines"] = [{"sku": sale.items[0][0], "quantity": str(units)}]
        shipped = picked + timedelta(1)
        delivered = shipped + timedelta(self.chance.randrange(6, 12) if carrier == DHL else self.chance.randrange(1, 4))
        at = written(self.moment(picked, 19, 22))
        self.add("event", "warehouse", f"P-{number[2:]}", picked, at=at, order=sale.number, stage="picked")
        fields = {"order": sale.number, "carrier": carrier, "weight_kg": kilograms(grams), **fields}
        if self.add("shipment", "warehouse", number, shipped, at=written(self.moment(shipped, 9, 18)), **fields):
            self.parcels.append(Parcel(number, sale, shipped, delivered, carrier, tracking, estimate))
            if sale.coupon:
                self.held.append(Held(shipped, sale, "subsidy", sale.coupon))
        at = written(self.moment(delivered, 9, 20))
        self.add("delivery", "warehouse", f"D-{number[2:]}", delivered, at=at, order=sale.number, shipment=number)
        return delivered

    def sell(
        self, channel: Channel, day: date, customer: str, items: Sequence[Item], *extra: Body, carrier: str = SF, **fields: Any
    ) -> Sale:
        """Order, pay, pick, ship, deliver; out of `warehouse` where it is named."""
        warehouse = fields.pop("warehouse", HOME)
        place = {} if warehouse == HOME else {"warehouse": warehouse}
        sale = self.order(channel, day, customer, items, *extra, **fields)
        self.pay(sale, day)
        self.ship(sale, day + timedelta(self.chance.randrange(2)), carrier, **place)
        return sale

    def take_back(self, sale: Sale, day: date, *, restock: bool, refund: bool = True) -> None:
        """Take the first line back whole, and pay for it two days later."""
        sku, units, price = sale.items[0]
        lines = [{"sku": sku, "quantity": str(units), **({} if restock else {"restock": False})}]
        if self.add("return", "warehouse", f"R-{sale.number}", day, at=written(self.moment(day, 10, 17)), order=sale.number, lines=lines):
            self.returned.append((day, sale.number))
        if refund:
            self.refund(sale, day + timedelta(2), units * price)

    def refund(self, sale: Sale, day: date, amount: int, **fields: Any) -> None:
        """Pay the customer."""
        fields = {"order": sale.number, "amount": yuan(amount), "account": sale.channel.account, **fields}
        if self.add("refund", sale.channel.name, f"RF-{sale.number}", day, **fields) and sale.channel is not TRADE:
            self.held.append(Held(day, sale, "refund", -amount))


def fee_of(channel: Channel, amount: int) -> tuple[int, int]:
    """Return what the way of paying keeps of an amount, and the tax on that."""
    fee = half_up(amount * channel.fee, 1000)
    return fee, half_up(fee * channel.fee_tax, 1000)
