"""One order's profit step by step, from what the customer pays to what is left, each with the accounts that it stands on. Pure.

Every step is shown by its effect on profit: revenue and gains positive, costs negative. Steps between two totals add up to the
difference of those totals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fava_ext.order_profit.figures import Bar, Scale, money, percent
from ledger.reports.profit_view import Json

SECTIONS = (
    ((("goods_revenue", 1), ("shipping_revenue", 1), ("discounts", -1), ("refunds", -1)), "revenue"),
    ((("product_cost", -1), ("landed_cost", -1), ("price_variance", -1), ("return_loss", -1)), "gross_profit"),
    ((("freight", -1), ("packaging", -1), ("fees", -1)), "contribution"),
)
"""Parts with their sign in the profit, and the total that they lead to (design 7)."""

BELOW = ((("bad_debt", -1), ("exchange", -1), ("other", -1)), "net")
"""What stands below the contribution; left out where an order has none of it."""

FieldOf = Callable[[str], tuple[str, int] | None]
"""The profit field that an account counts in, and its sign; None on the balance sheet."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part or a total: its effect, its share of revenue, its bar, and the accounts that it was posted to."""

    name: str
    total: bool
    amount: str
    share: str
    negative: bool
    zero: bool
    bar: Bar
    accounts: tuple[str, ...]


def accounts_by_field(entries: Sequence[Json], field_of: FieldOf) -> dict[str, tuple[str, ...]]:
    """Return the accounts of income and expense that an order's entries name, by profit field."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries:
        for posting in entry["postings"]:
            field = field_of(posting["account"])
            if field is not None:
                found.setdefault(field[0], {})[posting["account"]] = None
    return {name: tuple(accounts) for name, accounts in found.items()}


def profit_steps(profit: Json, accounts: Mapping[str, Sequence[str]]) -> tuple[Step, ...]:
    """Return the steps of one order's profit, in their order."""
    shown = [*SECTIONS]
    if any(Decimal(profit[name]) or name in accounts for name, _ in BELOW[0]):
        shown.append(BELOW)
    scale = scale_of(profit)
    steps: list[Step] = []
    reached, so_far = Decimal(0), dict[str, None]()
    for parts, total in shown:
        for name, sign in parts:
            effect = sign * Decimal(profit[name])
            steps.append(_step(name, profit, effect, scale.bar(reached, reached + effect), accounts.get(name, ())))
            reached += effect
            so_far |= dict.fromkeys(accounts.get(name, ()))
        steps.append(_step(total, profit, reached, scale.bar(Decimal(0), reached), tuple(so_far), total=True))
    return tuple(steps)


def scale_of(profit: Json) -> Scale:
    """Return the scale that holds everything that is reached on the way."""
    reached, levels = Decimal(0), []
    for parts, _ in (*SECTIONS, BELOW):
        for name, sign in parts:
            reached += sign * Decimal(profit[name])
            levels.append(reached)
    return Scale.over(levels)


def _step(name: str, profit: Json, effect: Decimal, bar: Bar, accounts: Sequence[str], *, total: bool = False) -> Step:
    revenue = Decimal(profit["revenue"])
    share = percent(str(effect / revenue), 1) if revenue > 0 and effect else ""
    return Step(name, total, money(effect), share, effect < 0, effect == 0, bar, tuple(accounts))
