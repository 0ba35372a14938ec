"""When what happens: the days of everyday orders, of the stories, and of moves between the warehouses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from tests.sample import stories
from tests.sample.everyday import export, retail, wholesale
from tests.sample.partners import HOME, JD, SHENZHEN, TMALL
from tests.sample.trader import Trader

Happening = Callable[[Trader, date], None]

STORIES: tuple[tuple[str, Happening], ...] = (
    ("2026-03-14", partial(stories.chargeback, customer="Lukas Bauer", won=False)),
    ("2026-03-18", stories.gift),
    ("2026-03-20", partial(stories.silver_needle, units=12)),
    ("2026-03-23", stories.bad_debt),
    ("2026-03-24", partial(stories.prepaid_in_parts, units=60, pay_later=0)),
    ("2026-03-26", stories.cheap_export),
    ("2026-04-02", stories.overpaid),
    ("2026-04-09", partial(stories.chargeback, customer="Sofia Rossi", won=True)),
    ("2026-04-13", stories.tasting),
    ("2026-04-14", stories.part_called_off),
    ("2026-04-17", stories.broken),
    ("2026-04-22", partial(stories.gift_boxes, units=18)),
    ("2026-04-27", partial(stories.prepaid_in_parts, units=80, pay_later=50)),
    ("2026-04-28", stories.bill_knows_first),
    ("2026-05-07", partial(stories.silver_needle, units=24)),
    ("2026-05-09", stories.drop_ship),
    ("2026-05-14", stories.marketplace_tax),
    ("2026-05-15", stories.clearance),
    ("2026-05-18", stories.called_off),
    ("2026-05-21", stories.sold_at_a_loss),
    ("2026-06-02", stories.cash_on_delivery),
    ("2026-06-04", stories.gift_card),
    ("2026-06-11", partial(stories.gift_boxes, units=30)),
    ("2026-06-16", stories.unpaid_return),
    ("2026-06-26", stories.paid_ahead),
)

TO_SHENZHEN = {
    "2026-03-24": {"TEA-LJ-100": 12, "TEA-LJ-250": 8, "TEA-TGY-250": 10, "TEA-PE-357": 12, "TEA-QM-200": 12, "MATCHA-40": 10},
    "2026-04-24": {"TEA-LJ-100": 12, "TEA-LJ-250": 10, "TEA-DHP-150": 8, "TEA-JM-250": 12, "MATCHA-40": 8, "SENCHA-100": 12},
    "2026-05-22": {"TEA-TGY-250": 10, "TEA-PE-357": 8, "TEA-DHP-150": 8},
}
"""What moves from the store room to the second warehouse on which day."""

BACK_HOME = ("2026-06-23", "TEA-LJ-100", "TEA-LJ-250", "TEA-JM-250")
"""The day on which what is left there of some SKUs comes back."""


def send(trader: Trader, day: date, units: dict[str, int]) -> None:
    """Move units to the second warehouse."""
    lines = [{"sku": sku, "quantity": str(quantity)} for sku, quantity in units.items()]
    trader.add("transfer", "warehouse", f"T-{day:%y%m%d}", day, **{"from": HOME, "to": SHENZHEN}, lines=lines)
    trader.abroad.update(units)


def fetch(trader: Trader, day: date, skus: tuple[str, ...]) -> None:
    """Bring back what is left: it leaves in the morning and is counted in the store room in the evening."""
    lines = [{"sku": sku, "quantity": str(trader.abroad.pop(sku))} for sku in skus if trader.abroad[sku]]
    number = f"T-{day:%y%m%d}"
    trader.add("transfer", "warehouse", number, day, **{"from": SHENZHEN, "to": HOME}, lines=lines, received=False)
    trader.add("transfer_receipt", "warehouse", f"{number}-IN", day, transfer=number)


def assort(trader: Trader, day: date) -> None:
    """Offer a box of two teas as one article."""
    parts = [{"sku": sku, "quantity": "1"} for sku in ("TEA-LJ-100", "MATCHA-40")]
    trader.add("kit", "warehouse", "KIT-BOX", day, sku="BOX-2", components=parts)


def average(trader: Trader, day: date) -> None:
    """Cost one article at average from the second half-year on."""
    trader.add("costing_change", "office", "CC-1", day, sku="SENCHA-100", method="average", reason="deliveries are mixed in one bin")


def happenings() -> list[tuple[date, Happening]]:
    """Return everyday orders, stories and moves by their days."""
    plan: list[tuple[str, Happening]] = [*STORIES, *((day, partial(send, units=units)) for day, units in TO_SHENZHEN.items())]
    plan.append((BACK_HOME[0], partial(fetch, skus=BACK_HOME[1:])))
    plan += [("2026-06-24", assort), ("2026-06-30", average)]
    dated = [(date.fromisoformat(day), happens) for day, happens in plan]
    everyday: tuple[tuple[Happening, int], ...] = (
        (partial(retail, channel=TMALL), 16),
        (partial(retail, channel=JD), 9),
        (export, 5),
        (wholesale, 5),
    )
    for first, days in ((date(2026, 3, 11), 21), (date(2026, 4, 1), 30), (date(2026, 5, 1), 31), (date(2026, 6, 1), 30)):
        for happens, count in everyday:
            dated += [(first + timedelta((2 * i + 1) * days // (2 * count)), happens) for i in range(count)]
    return sorted(dated, key=lambda one: one[0])
