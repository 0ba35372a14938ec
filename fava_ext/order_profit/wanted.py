"""Which orders Fava's filters ask for, as far as orders can be asked for that way; the rest is named, so that the page can say it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from fava.util.date import FiscalYearEnd, parse_date

from fava_ext.order_profit.fava_filter import Group, Node, NotUnderstood, Term, read_filter
from ledger.reports.period import EVERYTHING, Period

ORDERS_NAMED_MAX = 20
"""Orders that a filter may name: each is looked up on its own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions on orders that all must hold; `orders` None means any. `not_applied` are (Fava's field, its text)."""

    period: Period = EVERYTHING
    orders: tuple[str, ...] | None = None
    customer: str | None = None
    channel: str | None = None
    not_applied: tuple[tuple[str, str], ...] = ()

    def leaving_out(self, field: str, text: str) -> Wanted:
        """Return the same with one more part that is not applied."""
        return replace(self, not_applied=(*self.not_applied, (field, text)))

    def holding(self, term: Term) -> Wanted:
        """Return the same with one more condition."""
        if term.field == "order":
            return self.among((term.value,))
        before = self.customer if term.field == "customer" else self.channel
        if before is not None and before != term.value:
            return replace(self, orders=())
        return replace(self, customer=term.value) if term.field == "customer" else replace(self, channel=term.value)

    def among(self, orders: tuple[str, ...]) -> Wanted:
        """Return the same for these orders only."""
        allowed = dict.fromkeys(orders)
        return replace(self, orders=tuple(allowed if self.orders is None else (one for one in self.orders if one in allowed)))


def read_wanted(time: str, account: str, free: str, year_end: FiscalYearEnd) -> Wanted:
    """Read Fava's three filters."""
    wanted = _in_time(Wanted(), time.strip(), year_end)
    if account.strip():
        wanted = wanted.leaving_out("account", account.strip())
    try:
        node = read_filter(free)
    except NotUnderstood:
        return wanted.leaving_out("filter", free.strip())
    return wanted if node is None else _under(wanted, node)


def _in_time(wanted: Wanted, text: str, year_end: FiscalYearEnd) -> Wanted:
    """Take over Fava's days: it says the first, and the one behind the last."""
    if not text:
        return wanted
    try:
        first, end = parse_date(text, year_end)
        if first is None or end is None:
            return wanted.leaving_out("time", text)
        last = end - timedelta(days=1)
    except (ValueError, OverflowError):
        return wanted.leaving_out("time", text)
    return replace(wanted, period=Period(first.isoformat(), last.isoformat(), text))


def _under(wanted: Wanted, node: Node) -> Wanted:
    if isinstance(node, Group) and not node.either:
        for part in node.parts:
            wanted = _under(wanted, part)
        return wanted
    terms = node.parts if isinstance(node, Group) else (node,)
    named = [term for term in terms if isinstance(term, Term) and term.field is not None]
    orders = [term.value for term in named if term.field == "order"]
    if len(orders) == len(terms) <= 3 * ORDERS_NAMED_MAX:
        return wanted.among(tuple(orders))
    if len(terms) == 1 and named:
        return wanted.holding(named[0])
    return wanted.leaving_out("filter", node.text)
