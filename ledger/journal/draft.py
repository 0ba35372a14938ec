"""An entry before it has a number: postings collected by the rules, checked to balance and to carry what each role must carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ledger.chart import Chart
from ledger.errors import BrokenPromise
from ledger.state.records import Lot, Order
from ledger.values import value

NEEDS = {
    "receivable": ("order", "party"),
    "contract_liability": ("order", "party"),
    "vat_pending": ("order", "party"),
    "customer_deposit": ("order", "party"),
    "refund_liability": ("order", "party"),
    "payable:supplier": ("party",),
    "payable:carrier": ("party",),
    "accrued_freight": ("order", "reference"),
    "grir": ("party", "reference"),
    "inventory": ("sku",),
    "stock_owed": ("sku", "order"),
    "goods_shipped": ("order", "sku"),
    "cogs": ("order", "sku"),
    "landed": ("order", "sku"),
    "sales": ("order", "sku"),
    "returns": ("order",),
}
"""What a posting must name by its role (辅助核算, design 6). Hand-written `entry` documents are not held to it."""

IN_BASE = frozenset(
    ["inventory", "goods_in_transit", "goods_shipped", "stock_owed", "cogs", "landed", "price_variance", "return_loss", "stock_loss",
     "stated_cost", "accrued_freight", "freight_in", "exchange"]
)  # fmt: skip
"""Roles whose amounts are in the books' currency whatever the draft is written in: stock and its cost (IAS 21.21-23)."""


@dataclass(slots=True)
class Posting:
    """One side of an entry: `amount` in minor units, debit positive. A stock posting has `lot` and `quantity` (micro, signed).

    `party` is the customer, supplier or carrier whose balance it moves, `reference` the document that an open item is of (the shipment of
    an accrual, the receipt of GR/IR); `carrier` and `supplier` say who the profit is booked for.

    `foreign` is the amount in foreign units: of `currency` where the posting stands in it in the books (`amount` is then its weight in
    base), a note beside a base amount where that is None. `currency` without `foreign`: written by a rule, not yet converted. `foreign`
    zero with a currency: a base amount that only adjusts what units of it are carried at.
    """

    account: str
    amount: int
    order: Order | None = None
    sku: str | None = None
    party: str | None = None
    reference: str | None = None
    carrier: str | None = None
    supplier: str | None = None
    quantity: int | None = None
    lot: Lot | None = None
    currency: str | None = None
    foreign: int | None = None


@value
class InboundMove:
    """Inbound cost that someone bears from now on, minor units: `landed` is posted, `memo` was expensed when it was billed.

    `held` is who bears it, as in `Consumption`, or "billed" for what a carrier charges.
    """

    order: Order | None
    held: str
    landed: int
    memo: int


@dataclass(slots=True, eq=False)
class Draft:
    """An entry that a rule is writing. `currency` is what its amounts are written in: None is the books', others are converted later.

    `carrier` is the dimension that its profit postings get where they name none; `by_hand` says that an accountant chose what it names.
    `reverses` is the number of the document (version) whose effect it takes back. `closing` says that it moves balances of a closed
    month (结转) and counts in no report but the trial balance. `links` are further documents (source, kind, number) that it is about.
    `text` is its finished postings as they stand in the books, where they were written before the entry has its number.
    `lost` is what of the bad debt of an order (by its id) was in dispute before: it goes at what it is carried at.
    """

    chart: Chart
    date: str
    payee: str
    narration: str
    carrier: str | None = None
    by_hand: bool = False
    reverses: int | None = None
    closing: bool = False
    links: tuple[tuple[str, str, str], ...] = ()
    currency: str | None = None
    postings: list[Posting] = field(default_factory=list)
    inbound: list[InboundMove] = field(default_factory=list)
    text: str | None = None
    lost: tuple[tuple[int, int], ...] = ()
    _by_key: dict[Any, Posting] = field(default_factory=dict)

    @property
    def month(self) -> str:
        """Return the accounting month, `YYYY-MM`."""
        return self.date[:7]

    def add(
        self,
        role: str,
        amount: int,
        *,
        order: Order | None = None,
        sku: str | None = None,
        party: str | None = None,
        reference: str | None = None,
        supplier: str | None = None,
    ) -> None:
        """Post `amount` to the account of `role`; amounts on the same account and dimensions become one posting."""
        if amount:
            account = self.chart.account(role)
            self.post(Posting(account, amount, order, sku, party, reference, self._carrier(order), supplier))

    def add_party(self, role: str, amount: int, order: Order) -> None:
        """Post `amount` to a balance that the order's customer has with us."""
        self.add(role, amount, order=order, party=order.customer)

    def lose(self, order: Order, amount: int) -> None:
        """Note that `amount` of the order's bad debt was in dispute before."""
        if amount > 0:
            self.lost = (*self.lost, (order.id, amount))

    def post(self, posting: Posting) -> None:
        """Collect one posting without a lot, written in the draft's currency unless its role is always in base."""
        if self.currency is not None and posting.foreign is None and self.chart.role_of(posting.account) not in IN_BASE:
            posting.currency = self.currency
        self.collect(posting)

    def collect(self, posting: Posting) -> None:
        """Collect one posting without a lot as it stands; it joins one on the same account, dimensions and currency."""
        order_id = posting.order.id if posting.order else None
        key = (posting.account, order_id, posting.sku, posting.party, posting.reference, posting.supplier, posting.currency)
        known = self._by_key.get(key)
        if known is None:
            self._by_key[key] = posting
            self.postings.append(posting)
        else:
            known.amount += posting.amount
            if posting.foreign is not None:
                known.foreign = (known.foreign or 0) + posting.foreign

    def stock(self, account: str, lot: Lot, quantity: int, value: int, *, order: Order | None = None) -> None:
        """Post units into or out of a lot: `quantity` micro, `value` minor units, both with the sign of the stock's change.

        `quantity` zero posts money that the lot's units carry (late cost). Each lot keeps a posting of its own.
        """
        if quantity or value:
            self.postings.append(Posting(account, value, order, lot.sku, quantity=quantity or None, lot=lot))

    def follow_inbound(self, order: Order | None, held: str, landed: int, memo: int) -> None:
        """Note inbound cost that moves to whoever holds its units: sums by month and order are kept of it (design 7)."""
        if landed or memo:
            self.inbound.append(InboundMove(order, held, landed, memo))

    def aside(self) -> Draft:
        """Return an empty draft with the same head, for postings that are computed now and written later."""
        return Draft(self.chart, self.date, self.payee, self.narration, self.carrier)

    def absorb(self, other: Draft) -> None:
        """Append the postings of a draft that was kept aside: costs are computed before revenue and written after it."""
        self.inbound += other.inbound
        for posting in other.postings:
            if posting.lot is None:
                self.collect(posting)
            else:
                self.postings.append(posting)

    def finished(self) -> bool:
        """Drop postings that came to nothing, check the rest, and tell whether there is an entry at all."""
        self.postings = [p for p in self.postings if p.amount or p.quantity or (p.currency and p.foreign)]
        if sum([p.amount for p in self.postings]):
            raise BrokenPromise(f"entry {self.narration!r} does not balance: {[(p.account, p.amount) for p in self.postings]}")
        role_of = self.chart.role_of
        for posting in self.postings if not self.by_hand else ():
            for need in NEEDS.get(role_of(posting.account) or "", ()):
                if getattr(posting, need) is None:
                    raise BrokenPromise(f"entry {self.narration!r}: {posting.account} lacks its {need}")
        return bool(self.postings)

    def sole_order(self) -> Order | None:
        """Return the order that all postings belong to, or None."""
        first = self.postings[0].order if self.postings else None
        if first is None:
            return None
        for posting in self.postings:
            if posting.order is not first and (posting.order is None or posting.order.id != first.id):
                return None
        return first

    def _carrier(self, order: Order | None) -> str | None:
        return self.carrier or (order.carrier if order is not None else None)
