"""Orders as they come every day, drawn by chance: retail at home, parcels abroad, wholesale on credit."""

from __future__ import annotations

from datetime import date, timedelta

from tests.sample.goods import EVERYDAY, GOODS, WHOLESALE
from tests.sample.partners import (
    ABROAD,
    COMPANIES,
    DHL,
    HOME,
    ON_STATEMENT,
    RETAIL_CUSTOMERS,
    SF,
    SHENZHEN,
    SHOPIFY,
    TMALL,
    TRADE,
    YTO,
    Channel,
)
from tests.sample.trader import Item, Trader
from tests.sample.writing import Body


def retail(trader: Trader, day: date, channel: Channel) -> None:
    """Sell one to three things to a person at home: some with a discount, some sent back."""
    nth = trader.numbers[channel]
    skus = trader.chance.sample(EVERYDAY, trader.chance.choice((1, 1, 2, 2, 3)))
    items = [(sku, trader.chance.choice((1, 1, 1, 2, 2, 3)), GOODS[sku][0]) for sku in skus]
    total = sum(units * price for _, units, price in items)
    fields: Body = {"shipping": 8_00} if total < 99_00 else {}
    if nth % 6 == 2 and total > 150_00:
        fields["discount"] = "15.00"
    elif channel is TMALL and nth % 9 == 4 and total > 150_00:
        fields |= {"discount": "20.00", "discount_funded_by": "platform"}
    carrier = YTO if trader.chance.randrange(5) == 0 else SF
    sale = trader.sell(channel, day, trader.chance.choice(RETAIL_CUSTOMERS), items, carrier=carrier, **fields)
    if nth % 11 == 7 and not fields:
        trader.take_back(sale, day + timedelta(12), restock=nth % 2 == 1)
    elif nth % 13 == 9:
        trader.refund(sale, day + timedelta(9), 12_00, against="allowance", memo="包装破损补偿 box dented")


def export(trader: Trader, day: date) -> None:
    """Sell abroad at 0 % VAT, at the price at home and an eighth; from near the airport where all of it lies there."""
    customer = trader.chance.choice(tuple(ABROAD))
    skus = trader.chance.sample(EVERYDAY[:9], trader.chance.choice((1, 2, 2, 3)))
    items = [(sku, trader.chance.randrange(2, 6), GOODS[sku][0] * 9 // 8) for sku in skus]
    there = all(trader.abroad[sku] >= units for sku, units, _ in items)
    if there:
        trader.abroad.subtract({sku: units for sku, units, _ in items})
    shipping = trader.chance.choice((68_00, 88_00))
    trader.sell(SHOPIFY, day, customer, items, carrier=DHL, shipping=shipping, warehouse=SHENZHEN if there else HOME)


def wholesale(trader: Trader, day: date) -> None:
    """Sell dozens on credit of some 30 days, at about three quarters of the retail price without tax."""
    customer = trader.chance.choice(tuple(COMPANIES))
    items = [dozens(trader, sku) for sku in trader.chance.sample(WHOLESALE, trader.chance.choice((1, 2, 2, 3)))]
    sale = trader.order(TRADE, day, customer, items, memo="月结30天 net 30 days")
    delivered = trader.ship(sale, day + timedelta(trader.chance.randrange(1, 4)), trader.chance.choice((SF, SF, YTO)))
    if customer in ON_STATEMENT:
        trader.on_account.append((delivered, sale))
    else:
        trader.pay(sale, delivered + timedelta(trader.chance.randrange(24, 34)))


def dozens(trader: Trader, sku: str, units: int | None = None) -> Item:
    """Choose how many of a SKU a company orders, and its net price in steps of half a yuan."""
    percent = trader.chance.randrange(72, 82)
    return sku, units or 6 * trader.chance.randrange(3, 8), GOODS[sku][0] * percent // 113 // 50 * 50
