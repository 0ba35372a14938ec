"""The month-end average: what a month's issues cost, once all that came in that month is known (月末一次加权平均法; IAS 2.27; CAS 1.14).

During the month an issue is provisional, at the moving average. Its true-up is a difference on the orders that took the units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.costing.issue import post_cost
from ledger.costing.lots import Cost
from ledger.costing.months import COMPONENTS, last_day_of
from ledger.costing.withdraw import keep_difference, pool_of, share
from ledger.journal.draft import Draft
from ledger.money import allocate
from ledger.state.records import Consumption, Lot, MonthStock, Order, Provisional
from ledger.work import Work


@dataclass(frozen=True, slots=True)
class Issue:
    """Units of a month that are out of stock still, and what they were charged in that month."""

    held: Consumption
    charged: Provisional

    @property
    def cost(self) -> Cost:
        """Return what was charged in the month, late costs of the month included."""
        return Cost(*(getattr(self.charged, name) for name in COMPONENTS))


def true_up_month(work: Work, month: str, date: str) -> None:
    """True up every SKU that moved under month-average in `month`, each in an entry of its own on `date`."""
    rows = work.state[MonthStock].where("month", month)
    skus = [row.sku for row in rows]
    work.state[Provisional].preload_groups("stock", [(sku, month) for sku in skus])
    work.state[MonthStock].preload_groups("sku", skus)
    for row in rows:
        true_up(work, row.sku, month, date)
        work.state[MonthStock].edit(row).closed = 1


def true_up(work: Work, sku: str, month: str, date: str) -> None:
    """Bring each issue of a month to the month's average, by component; what is on hand at its end keeps the rest.

    Average = (value at the start + receipts and late costs of the month) / (units at the start + units that came), which is what is
    there at the end and what the issues were charged, over both their units. Where nothing is left the last issue takes all.

    10 at 10.00, 6 sold (60.00), 10 at 16.00: 260.00 / 20 = 13.00, so 18.00 more for the 6, and 14 worth 182.00 are left.
    """
    issues = _issues(work, sku, month)
    if not issues:
        return
    quantity, value = _at_the_end(work, sku, month)
    quantity += sum(issue.held.quantity for issue in issues)
    for issue in issues:
        value += issue.cost
    draft = work.draft("", f"Average cost of {sku} in {month}", date=date)
    changed = Cost(0)
    for issue in issues:
        target = share(value, issue.held.quantity, quantity)
        value -= target
        quantity -= issue.held.quantity
        changed += _charge(work, draft, issue, target - issue.cost)
    keep_difference(work, draft, sku, Cost(0) - changed, None)
    _empty_stock_carries_nothing(work, sku, month)


def open_averages(work: Work, month: str) -> None:
    """Let the averages of `month` and of every month after it be taken again: they were closed and are open now."""
    for row in work.state[MonthStock].every("sku"):
        if row.closed and row.month >= month:
            work.state[MonthStock].edit(row).closed = 0


def settle_months(work: Work, sku: str) -> None:
    """End month-average for a SKU today: true up each open month, and forget what was provisional."""
    rows = sorted(work.state[MonthStock].where("sku", sku), key=lambda row: row.month)
    for row in rows:
        if row.month > work.state.head.closed_through:
            true_up(work, sku, row.month, max(min(work.date, last_day_of(row.month)), f"{row.month}-01"))
    for row in rows:
        for issue in _issues(work, sku, row.month):
            work.state[Consumption].edit(issue.held).month = None
        work.state[MonthStock].edit(row)
        row.quantity = row.goods = row.landed = row.variance = row.memo = 0


def _issues(work: Work, sku: str, month: str) -> list[Issue]:
    charged = work.state[Provisional].where("stock", (sku, month))
    work.state[Consumption].preload(row.consumption_id for row in charged)
    held = [work.state[Consumption].require(row.consumption_id) for row in charged]
    work.state[Order].preload(c.order_id for c in held if c.order_id is not None)
    work.state[Lot].preload(c.lot_id for c in held)
    return [Issue(c, row) for c, row in zip(held, charged, strict=True) if c.quantity > 0 and c.month == month]


def _at_the_end(work: Work, sku: str, month: str) -> tuple[int, Cost]:
    """Return units and value on hand at the end of a month, by posting date: recorded later does not mean dated later."""
    rows = [row for row in work.state[MonthStock].where("sku", sku) if row.month <= month]
    value = Cost(*(sum(getattr(row, name) for row in rows) for name in COMPONENTS))
    return sum(row.quantity for row in rows), value


def _charge(work: Work, draft: Draft, issue: Issue, difference: Cost) -> Cost:
    """Charge whoever holds the units with a difference; return it."""
    held = work.state[Consumption].edit(issue.held)
    charged = work.state[Provisional].edit(issue.charged)
    for name in COMPONENTS:
        change = getattr(difference, name)
        setattr(held, name, getattr(held, name) + change)
        setattr(charged, name, getattr(charged, name) + change)
    order = work.state[Order].require(held.order_id) if held.order_id is not None else None
    post_cost(draft, order, held.sold_as, difference, held.held, work.state[Lot].require(held.lot_id).supplier)
    return difference


def _empty_stock_carries_nothing(work: Work, sku: str, month: str) -> None:
    """Where no unit is on hand any more, issues of later months took all: they take the difference too, until their own true-up."""
    quantity, value = pool_of(work, sku)
    if quantity or value == Cost(0):
        return
    for later in sorted((row.month for row in work.state[MonthStock].where("sku", sku) if row.month > month), reverse=True):
        issues = _issues(work, sku, later)
        if issues:
            date = max(issue.charged.date for issue in issues)
            draft = work.draft("", f"Average cost of {sku} in {month}, units that have left since", date=date)
            for issue, part in zip(issues, _parts(value, issues), strict=True):
                _charge(work, draft, issue, part)
            keep_difference(work, draft, sku, Cost(0) - value, None)
            return


def _parts(value: Cost, issues: Sequence[Issue]) -> list[Cost]:
    weights = [issue.held.quantity for issue in issues]
    shares = [allocate(getattr(value, name), weights) for name in COMPONENTS]
    return [Cost(*parts) for parts in zip(*shares, strict=True)]
