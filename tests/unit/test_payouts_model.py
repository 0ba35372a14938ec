"""Payouts against a model of their own: every type of line, in currencies of 0, 2 and 3 decimals, at rates that change with each payout."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.documents.payouts import LINE_TYPES
from ledger.errors import InvalidDocument
from ledger.money import exponent, format_scaled
from ledger.state.records import Carried, Order, PartyBalance
from tests.books_in_memory import MemoryLedger, bean_check
from tests.unit.test_histories import rows

ORDERS = ("SO-1", "SO-2")
SOLD = 10_000
"""What each order is sold and paid for through the platform; half of the second one comes back. Minor units of its currency."""

RATES = {"CNY": ("1",), "USD": ("7.00", "6.50", "7.1234", "7.75"), "JPY": ("0.048", "0.043", "0.050001"), "KWD": ("23.5", "21.456789")}
POSITIVE = frozenset(["sale", "subsidy", "reserve_release", "chargeback_won"])
CHARGES = {
    "fee": "fees",
    "advertising": "advertising",
    "shipping": "freight_out",
    "adjustment": "fees",
    "marketplace_tax": "marketplace_tax",
}
NEED_ORDER = ("sale", "refund", "chargeback", "chargeback_won", "chargeback_lost")

Lines = list[tuple[str, int, int, bool]]
Key = tuple[str, str | None]
"""A role, and the order that a balance of it is of."""

_line = st.tuples(st.sampled_from(LINE_TYPES), st.integers(0, 2), st.sampled_from((500, 1_000, 1_500, 333)), st.booleans())
payouts: st.SearchStrategy[list[tuple[Lines, int]]] = st.lists(
    st.tuples(st.lists(_line, min_size=1, max_size=4), st.integers(0, 3)), min_size=2, max_size=9
)


@dataclass
class Pile:
    """Units, debit positive, and what they are carried at, exactly."""

    units: int = 0
    base: Fraction = Fraction(0)

    def move(self, units: int, rate: Fraction) -> Fraction:
        """Move it: towards zero at what it is carried at, away from there at the rate; return what a unit that left was carried at."""
        left = min(abs(units), abs(self.units)) if units * self.units < 0 else 0
        value = self.base / self.units if self.units else Fraction(0)
        sign = 1 if units > 0 else -1
        self.base += sign * left * value + (units - sign * left) * rate
        self.units += units
        return value


@dataclass
class Model:
    """Every balance that payouts move, in units and in base; the orders were sold and paid at the rate `sold_at`."""

    sold_at: Fraction
    piles: dict[Key, Pile] = field(default_factory=lambda: defaultdict(Pile))
    unconfirmed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, SOLD))

    def __post_init__(self) -> None:
        """Take what the shop posted before any payout."""
        for order in ORDERS:
            self.piles["clearing", order].move(SOLD, self.sold_at)
        self.piles["refund_liability", ORDERS[1]].move(-SOLD // 2, self.sold_at)

    def pay(self, lines: list[dict[str, Any]], rate: Fraction) -> None:
        """Take one payout: within it, what goes in and out of one balance meets at its rate."""
        net: dict[Key, int] = defaultdict(int)
        gone: dict[str, int] = defaultdict(int)
        for line in lines:
            kind, amount, order = line["type"], line["minor"], line.get("order")
            net["bank", None] += amount
            if kind == "marketplace_tax" and order is not None:
                self._flow(kind, -amount, self.sold_at)  # it leaves at what it was earned at
            elif kind in CHARGES:
                net[CHARGES[kind], None] -= amount + line["tax_minor"]
                net["vat_input", None] += line["tax_minor"]
            elif kind.startswith("reserve"):
                net["reserve", None] -= amount
            elif kind in ("chargeback", "chargeback_won"):
                net["disputes", order] -= amount
            elif kind == "chargeback_lost":
                whole = self.piles["disputes", order].units + net["disputes", order] if not amount else 0
                net["disputes", order] -= whole
                gone[order] += whole
                net["bad_debt", None] -= amount
            elif kind == "refund":
                self._refund(net, order, -amount)
            elif kind == "subsidy":
                net["clearing", order] -= amount
            else:
                known = min(amount, self.unconfirmed[order])
                self.unconfirmed[order] -= known
                net["clearing", order] -= known
                net["customer_deposit", order] -= amount - known
        for (role, order), units in net.items():
            if order is None and role != "reserve":
                self._flow(role, units, rate)
                continue
            value = self.piles[role, order].move(units, rate)
            if role == "disputes" and order is not None and gone[order]:
                carried = min(gone[order], max(-units, 0))
                self._flow("bad_debt", carried, value)
                self._flow("bad_debt", gone[order] - carried, rate)

    def _flow(self, role: str, units: int, rate: Fraction) -> None:
        """Move what is not carried: income, expense, and the bank at the day's rate."""
        pile = self.piles[role, None]
        pile.units += units
        pile.base += units * rate

    def _refund(self, net: dict[Key, int], order: str, amount: int) -> None:
        owed = -self.piles["refund_liability", order].units - net["refund_liability", order]
        net["refund_liability", order] += min(amount, owed)
        net["customer_deposit", order] += max(amount - owed, 0)

    def by_role(self) -> dict[str, tuple[int, Fraction]]:
        """Return units and base of each role that is not at nothing."""
        found: dict[str, tuple[int, Fraction]] = {}
        for (role, _), pile in self.piles.items():
            units, base = found.get(role, (0, Fraction(0)))
            found[role] = (units + pile.units, base + pile.base)
        return {role: sums for role, sums in found.items() if any(sums)}


class Platform(MemoryLedger):
    """Books in yuan with two orders of one currency that a platform was paid for."""

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.money = currency
        self.say("order", "SO-1", RATES[currency][0], customer="C", channel="shop", lines=[self.service()])
        self.say("order", "SO-2", RATES[currency][0], customer="C", channel="shop", lines=[self.service()])
        for order in ORDERS:
            paid = {"order": order, "amount": self.amount(SOLD), "account": "clearing:shop"}
            self.say("payment", f"P-{order}", RATES[currency][0], **paid)
            self.say("shipment", f"S-{order}", RATES[currency][0], order=order)
        back = {"order": "SO-2", "lines": [{"sku": "DROP", "quantity": "0.5"}]}
        self.say("return", "R", RATES[currency][0], **back)
        self.begun = len(self.engine.entries)

    def service(self) -> dict[str, Any]:
        """Return the line of an order."""
        return {"sku": "DROP", "quantity": "1", "unit_price": self.amount(SOLD), "type": "service"}

    def amount(self, minor: int) -> str:
        """Write an amount of the currency."""
        return format_scaled(minor, exponent(self.money))

    def say(self, kind: str, number: str, rate: str, **fields: Any) -> None:
        """Post one document."""
        abroad = {"currency": self.money, "rate": rate} if self.money != "CNY" else {}
        self.post({"kind": kind, "source": "shop", "number": number, "date": "2026-02-15", **abroad, **fields})

    def pay_out(self, number: str, lines: list[dict[str, Any]], rate: str, **fields: Any) -> None:
        """Post one payout."""
        written = [{name: value for name, value in line.items() if not name.endswith("minor")} for line in lines]
        net = self.amount(sum(line["minor"] for line in lines))
        self.say("payout", number, rate, channel="shop", account="bank", net=net, lines=written, **fields)

    def written(self, lines: Lines) -> list[dict[str, Any]]:
        """Turn drawn numbers into lines with the sign that their type asks for."""
        made = []
        for kind, which, amount, flag in lines:
            minor = amount if kind in POSITIVE else 0 if kind == "chargeback_lost" and flag else -amount
            tax = amount // 10 if flag and kind in CHARGES and kind != "marketplace_tax" else 0
            line: dict[str, Any] = {"type": kind, "amount": self.amount(minor), "minor": minor, "tax_minor": tax}
            line |= {"tax": self.amount(tax)} if tax else {}
            if kind in NEED_ORDER or (which < len(ORDERS) and not kind.startswith("reserve")):
                line["order"] = ORDERS[which % len(ORDERS)]
            made.append(line)
        return made

    def by_role(self) -> dict[str, tuple[int, int]]:
        """Return units and base of each role that is not at nothing, exchange apart."""
        found: dict[str, tuple[int, int]] = {}
        for entry in self.engine.entries:
            for posting in entry.postings:
                role = self.engine.chart.role_of(posting.account) or ""
                units, base = found.get(role, (0, 0))
                mine = posting.amount if posting.foreign is None else posting.foreign
                found[role] = (units + mine, base + posting.amount)
        return {role: sums for role, sums in found.items() if any(sums)}


def check(platform: Platform, model: Model) -> None:
    """Compare every balance; rounding may take half a minor unit a posting, but nothing stays in base where no units are."""
    ours, theirs = platform.by_role(), model.by_role()
    for role in ("exchange", "sales", "returns"):
        ours.pop(role, None)
    rounded = sum(len(entry.postings) for entry in platform.engine.entries) if platform.money != "CNY" else 0
    digits = Fraction(10) ** (2 - exponent(platform.money))
    for role in ours.keys() | theirs.keys():
        units, base = ours.get(role, (0, 0))
        expected_units, expected = theirs.get(role, (0, Fraction(0)))
        assert units == expected_units, role
        assert abs(base - expected * digits) <= rounded, role
    check_kept(platform)


def check_kept(platform: Platform) -> None:
    """Compare what is kept of reserves and disputes with the postings."""
    ours, state = platform.by_role(), platform.engine.state
    for row in rows(state, PartyBalance):
        assert (row.units, row.base) == ours.get(row.role, (0, 0)), "what a channel holds back is carried at what its postings come to"
        assert row.units * row.base > 0 or not row.base
    for order in rows(state, Order):
        carried = state[Carried].get(order.id)
        assert carried is None or not (carried.disputed_base and not carried.disputed)
        assert carried is None or carried.disputed == order.disputed
        assert order.disputed >= 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("currency", RATES)
@given(history=payouts)
def test_payouts_come_to_what_the_model_says(currency: str, history: list[tuple[Lines, int]]) -> None:
    """Every balance in units, and in base within rounding; what is refused leaves no trace."""
    platform, model = Platform(currency), Model(Fraction(RATES[currency][0]))
    check(platform, model)
    for number, (drawn, which) in enumerate(history):
        lines, rate = platform.written(drawn), RATES[currency][which % len(RATES[currency])]
        before = platform.by_role()
        try:
            platform.pay_out(f"PO-{number}", lines, rate)
        except InvalidDocument:
            assert platform.by_role() == before
            continue
        model.pay(lines, Fraction(rate))
        check(platform, model)
    assert bean_check(platform.text())[1] == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("currency", RATES)
@given(history=payouts, other=st.lists(_line, min_size=1, max_size=4), which=st.integers(0, 8), rate=st.integers(0, 3))
def test_a_corrected_payout_and_its_inverse_leave_every_balance(
    currency: str, history: list[tuple[Lines, int]], other: Lines, which: int, rate: int
) -> None:
    """Of the last payout all is as it was, exchange included; one before it may find what came since, and what is kept holds."""
    platform = Platform(currency)
    posted: list[tuple[str, list[dict[str, Any]], str]] = []
    for number, (drawn, at) in enumerate(history):
        one = (f"PO-{number}", platform.written(drawn), RATES[currency][at % len(RATES[currency])])
        with suppress(InvalidDocument):
            platform.pay_out(*one)
            posted.append(one)
    if not posted:
        return
    number, lines, its_rate = posted[-1 - which % len(posted)]
    before = platform.by_role()
    try:
        platform.pay_out(
            number, platform.written(other), RATES[currency][rate % len(RATES[currency])], corrects=True, reason="typing error"
        )
    except InvalidDocument:
        assert platform.by_role() == before
        return
    check_kept(platform)
    try:
        platform.pay_out(number, lines, its_rate, corrects=True, reason="it was right", memo="as it was")
    except InvalidDocument:
        assert which % len(posted), "what came since has taken it"
        return
    check_kept(platform)
    if not which % len(posted):
        assert platform.by_role() == before
