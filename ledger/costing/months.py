"""What the month-end average is computed from: each month's change of stock, and what the issues of the month were charged so far.

Only SKUs under `month-average` have such rows. The figures are what the stock account and the orders have in that month, whatever was
recorded in between for another one (月末一次加权平均法; IAS 2.27, CAS 1.14).
"""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from ledger.costing.methods import month_under_average
from ledger.money import part_of
from ledger.state.records import Consumption, MonthStock, Provisional
from ledger.work import Work

if TYPE_CHECKING:
    from ledger.costing.lots import Cost

COMPONENTS = ("goods", "landed", "variance", "memo")
"""What an average is taken of, each by itself; in the order of `Cost`."""


def last_day_of(month: str) -> str:
    """Return the last day of a month (YYYY-MM)."""
    return f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:]))[1]:02d}"


def note_stock(work: Work, sku: str, date: str, quantity: int, value: Cost) -> None:
    """Note units (micro) and money (minor units, by component) that come into stock on `date`; negative where they leave."""
    month = month_under_average(work, sku, date)
    if month is None:
        return
    row = work.state[MonthStock].get((sku, month)) or work.state[MonthStock].add(MonthStock(sku, month))
    work.state[MonthStock].edit(row)
    row.quantity += quantity
    for name in COMPONENTS:
        setattr(row, name, getattr(row, name) + getattr(value, name))


def note_issue(work: Work, held: Consumption, date: str) -> None:
    """Remember a new consumption as provisional, where its SKU is priced when the month is closed."""
    held.month = month_under_average(work, held.sku, date)
    if held.month is not None:
        charged = Provisional(held.id, held.sku, held.month, date, held.goods, held.landed, held.variance, held.memo)
        work.state[Provisional].add(charged)


def note_late(work: Work, held: Consumption, date: str, component: str, amount: int) -> None:
    """Note late cost that went to a provisional consumption: in its own month it is part of that month's average."""
    if held.month is not None and held.month == month_under_average(work, held.sku, date):
        row = work.state[Provisional].edit(work.state[Provisional].require(held.id))
        setattr(row, component, getattr(row, component) + amount)


def note_return(work: Work, held: Consumption, part: int, held_by_now: Consumption | None = None) -> None:
    """Take returned units off what is provisional, before they are taken off `held`.

    Units that came back whole are net: the month's average does not count them as issued. Broken ones are provisional still, as
    `held_by_now`.
    """
    if held.month is None:
        return
    row = work.state[Provisional].edit(work.state[Provisional].require(held.id))
    shares = [part_of(getattr(row, name), part, held.quantity) for name in COMPONENTS]
    for name, share in zip(COMPONENTS, shares, strict=True):
        setattr(row, name, getattr(row, name) - share)
    if held_by_now is not None:
        work.state[Provisional].add(Provisional(held_by_now.id, row.sku, row.month, row.date, *shares))
