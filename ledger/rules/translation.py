"""From an order's currency into the books': a draft that a rule wrote in the order's currency gets its base amounts (IAS 21, IFRIC 22).

Balances grow at the document's rate and shrink by their share of what they are carried at; what is earned takes what the advance
carried and the rest at the rate of the shipment, what goes back leaves at the rate it was earned at; the rest is an exchange difference.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from ledger.chart import Chart
from ledger.journal.draft import Draft, Posting
from ledger.money import MICRO, exponent, part_of, scale
from ledger.rules.carrying import (
    DUE,
    ITEMS,
    PARTY_ROLES,
    RESERVE,
    TAX,
    carried,
    is_earned,
    item_of,
    move,
    move_party,
    pile,
    share,
    split,
    take_from_party,
    weigh,
)
from ledger.rules.conversion import annotate
from ledger.rules.payments import output_role
from ledger.state.records import Carried, Order, PartyBalance
from ledger.work import Work

MONETARY = frozenset(
    ["receivable", "customer_deposit", "refund_liability", "clearing", "disputes", "reserve", "bank", "cash", "payable:supplier",
     "payable:carrier", "grir"]
)  # fmt: skip
"""Roles whose postings stand in foreign units in the books (IAS 21.8, 16): money, and what is settled in it."""

CUSTOMER = frozenset(["receivable", "contract_liability", "vat_pending", "customer_deposit", "refund_liability"])
"""Balances between which an amount can move without money: a cancellation, a deposit that becomes an advance."""


ADVANCE = frozenset(["contract_liability", "vat_pending", DUE])


@dataclass(slots=True)
class Piece:
    """Part of a posting: units, and where it is known what they come to in base."""

    posting: Posting
    units: int
    base: int | None = None


@dataclass(slots=True)
class Part:
    """What a draft posts for one order (or none).

    `down` brings balances towards zero, `up` takes them away from there, `earned` is revenue and tax, `lost` bad debt.
    """

    order: Order | None
    down: list[Piece] = field(default_factory=list)
    up: list[Piece] = field(default_factory=list)
    earned: list[Piece] = field(default_factory=list)
    lost: list[Piece] = field(default_factory=list)

    @property
    def pieces(self) -> list[Piece]:
        """Return all pieces."""
        return [*self.down, *self.up, *self.earned, *self.lost]

    @property
    def units(self) -> int:
        """Return the sum of the units."""
        return sum(piece.units for piece in self.pieces)

    @property
    def base(self) -> int:
        """Return the sum of what is known in base."""
        return sum(piece.base or 0 for piece in self.pieces)


def translate(work: Work) -> None:
    """Convert every draft that was written in a foreign currency, and settle what is left on empty balances (IAS 21.21-28; IFRIC 22.8).

    Example: 100.00 USD paid ahead at 7.00 and shipped at 7.20: revenue keeps the 7.00.
        order SO-1 on 2026-01-05 customer=Customer currency=USD | ENGRAVING 1 @ 100.00 type=service
        payment P-1 order=SO-1 amount=100.00 account=bank currency=USD rate=7.00
        Dr bank 700.00 order=SO-1 units="100.00 USD"
        Cr contract_liability 700.00 order=SO-1
        shipment S-1 on 2026-01-20 order=SO-1 rate=7.20
        Dr contract_liability 700.00 order=SO-1
        Cr sales 700.00 order=SO-1

    Example: half of it is paid ahead, half is due: revenue of 350.00 and 360.00.
        order SO-1 on 2026-01-05 customer=Customer currency=USD | ENGRAVING 1 @ 100.00 type=service
        payment P-1 order=SO-1 amount=50.00 account=bank currency=USD rate=7.00
        shipment S-1 on 2026-01-20 order=SO-1 rate=7.20
        Dr receivable 360.00 order=SO-1 units="50.00 USD"
        Dr contract_liability 350.00 order=SO-1
        Cr sales 710.00 order=SO-1

    Example: shipped at 7.20, paid in two halves at 7.30 and at 7.00: 5.00 gained and 10.00 lost, below the order's gross profit.
        order SO-1 on 2026-01-05 customer=Customer currency=USD | ENGRAVING 1 @ 100.00 type=service
        shipment S-1 order=SO-1 rate=7.20
        payment P-1 on 2026-02-05 order=SO-1 amount=50.00 account=bank currency=USD rate=7.30
        Dr bank 365.00 order=SO-1 units="50.00 USD"
        Cr receivable 360.00 order=SO-1 units="-50.00 USD"
        Cr exchange 5.00 order=SO-1
        payment P-2 on 2026-03-05 order=SO-1 amount=50.00 account=bank currency=USD rate=7.00
        Dr bank 350.00 order=SO-1 units="50.00 USD"
        Cr receivable 360.00 order=SO-1 units="-50.00 USD"
        Dr exchange 10.00 order=SO-1

    Example: a quarter comes back at 7.40 and is paid out at 7.50: it leaves at the rate that it was earned at.
        order SO-1 on 2026-01-05 customer=Customer currency=USD | ENGRAVING 1 @ 100.00 type=service
        payment P-1 order=SO-1 amount=100.00 account=bank currency=USD rate=7.00
        shipment S-1 order=SO-1 rate=7.20
        return R-1 on 2026-02-05 order=SO-1 rate=7.40 | ENGRAVING 0.25
        Dr returns 175.00 order=SO-1
        Cr refund_liability 185.00 order=SO-1 units="-25.00 USD"
        Dr exchange 10.00 order=SO-1
        refund REF-1 on 2026-02-06 order=SO-1 amount=25.00 account=bank currency=USD rate=7.50
        Dr refund_liability 185.00 order=SO-1 units="25.00 USD"
        Cr bank 187.50 order=SO-1 units="-25.00 USD"
        Dr exchange 2.50 order=SO-1

    Example: what a platform pays of the price goes back at what it was carried at; the customer's part is owed at the rate of the day.
        order SO-1 on 2026-01-05 customer=Customer channel=amazon currency=USD discount=10.00 discount_funded_by=platform
        | ENGRAVING 1 @ 100.00 type=service
        shipment S-1 order=SO-1 rate=7.20
        Dr receivable 648.00 order=SO-1 units="90.00 USD"
        Dr clearing:amazon 72.00 order=SO-1 units="10.00 USD"
        Cr sales 720.00 order=SO-1
        payment P-1 on 2026-01-20 order=SO-1 amount=90.00 account=bank currency=USD rate=7.20
        return R-1 on 2026-02-05 order=SO-1 rate=7.40 | ENGRAVING 1
        Dr returns 720.00 order=SO-1
        Cr clearing:amazon 72.00 order=SO-1 units="-10.00 USD"
        Cr refund_liability 666.00 order=SO-1 units="-90.00 USD"
        Dr exchange 18.00 order=SO-1

    Example: a platform pays out in dollars at 7.10 what was paid to it at 7.00.
        order SO-1 on 2026-01-05 customer=Customer channel=amazon currency=USD | ENGRAVING 1 @ 100.00 type=service
        payment P-1 order=SO-1 amount=100.00 account=clearing:amazon currency=USD rate=7.00
        shipment S-1 order=SO-1 rate=7.00
        payout PAY-1 on 2026-01-20 channel=amazon account=bank net=90.00 currency=USD rate=7.10
        | sale 100.00 order=SO-1 | fee -10.00 order=SO-1
        Dr bank 639.00 units="90.00 USD"
        Dr fees 71.00 order=SO-1
        Cr clearing:amazon 700.00 order=SO-1 units="-100.00 USD"
        Cr exchange 10.00 order=SO-1

    Example: a paid order is cancelled: what was paid ahead is owed back at the value that it was carried at.
        order SO-1 on 2026-01-05 customer=Customer currency=USD | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service
        payment P-1 order=SO-1 amount=113.00 account=bank currency=USD rate=7.00
        cancellation C-1 on 2026-01-10 order=SO-1
        Dr contract_liability 700.00 order=SO-1
        Dr vat_pending 91.00 order=SO-1
        Cr refund_liability 791.00 order=SO-1 units="-113.00 USD"

    Example: 100.00 USD earned at 7.20 are never paid: the loss is what they were carried at.
        order SO-1 on 2026-01-05 customer=Customer currency=USD | ENGRAVING 1 @ 100.00 type=service
        shipment S-1 order=SO-1 rate=7.20
        write_off W-1 on 2026-06-30 order=SO-1 amount=100.00 currency=USD rate=7.50
        Dr bad_debt 720.00 order=SO-1
        Cr receivable 720.00 order=SO-1 units="-100.00 USD"
    """
    annotate(work)
    if not _abroad(work):
        return
    touched: dict[int, Order] = {}
    for draft in list(work.drafts):
        for posting in draft.postings:
            if posting.order is not None and posting.order.currency is not None:
                touched[posting.order.id] = posting.order
        written = [p for p in draft.postings if p.currency is not None and p.foreign is None]
        if written:
            _Translation(work, draft, written[0].currency or "").run(written)
    for order in touched.values():
        _settle(work, order)
    _settle_parties(work)
    for draft in work.drafts:
        draft.postings = [part for posting in draft.postings for part in _readable(posting)]


def _abroad(work: Work) -> bool:
    """Tell whether anything of the document is in a foreign currency: most are not, and are done with."""
    for draft in work.drafts:
        for p in draft.postings:
            if p.currency is not None or p.foreign is not None or (p.order is not None and p.order.currency is not None):
                return True
    return False


def is_monetary(chart: Chart, account: str) -> bool:
    """Tell whether postings to an account stand in foreign units: by role, and people's own accounts of money."""
    role = chart.role_of(account)
    return role in MONETARY or (role is None and account.partition(":")[0] in ("Assets", "Liabilities"))


def _readable(posting: Posting) -> list[Posting]:
    """Split a posting whose units and weight have different signs: a price is never negative."""
    if posting.currency is None or not posting.foreign or not posting.amount or (posting.foreign > 0) == (posting.amount > 0):
        return [posting]
    p = posting
    rest = Posting(p.account, p.amount, p.order, p.sku, p.party, p.reference, p.carrier, p.supplier, None, None, p.currency, 0)
    posting.amount = 0
    return [posting, rest]


@dataclass(slots=True)
class _Translation:
    """One draft on its way into base."""

    work: Work
    draft: Draft
    currency: str

    def run(self, written: list[Posting]) -> None:
        parts: dict[int | None, Part] = {}
        for posting in written:
            key = posting.order.id if posting.order is not None else None
            self._take(parts.setdefault(key, Part(posting.order)), posting)
        for part in parts.values():
            self._go_back(part)
            self._lose(part)
        self._at_rate(list(parts.values()))
        for part in parts.values():
            self._earn(part)
        differences = [(part.order, self._rate(part.units) - part.base) for part in parts.values()]
        self._write(written, list(parts.values()))
        for order, difference in differences:
            self._difference(order, difference if order is not None else 0)
        self._difference(None, -sum(posting.amount for posting in self.draft.postings))

    def _rate(self, units: int) -> int:
        return self.work.in_base(units, self.currency) if units else 0

    def _difference(self, order: Order | None, amount: int) -> None:
        self.draft.add("exchange", amount, order=order)

    def _take(self, part: Part, posting: Posting) -> None:
        """Sort a posting's units into what it does to its order."""
        role, order = self.work.chart.role_of(posting.account), part.order
        item = item_of(order, role, posting.party) if order is not None else None
        if order is not None and item is not None:
            row = carried(self.work, order)
            units, base = pile(row, item)
            down, up = split(units, posting.amount)
            part.down += [Piece(posting, down, share(units, base, down))] if down else []
            part.up += [Piece(posting, up)] if up else []
        elif role == RESERVE and posting.party is not None:
            down, base, up = take_from_party(self.work, role, posting.party, self.currency, posting.amount)
            part.down += [Piece(posting, down, base)] if down else []
            part.up += [Piece(posting, up)] if up else []
        elif order is not None and is_earned(role, posting.party, posting.sku, order):
            part.earned.append(Piece(posting, posting.amount))
        elif order is not None and role == "bad_debt":
            part.lost.append(Piece(posting, posting.amount))
        else:
            part.up.append(Piece(posting, posting.amount))

    def _go_back(self, part: Part) -> None:
        """Give a base to what does not follow the rate of the day: money moved between balances, revenue taken back."""
        roles = {self.work.chart.role_of(piece.posting.account) for piece in part.pieces}
        if part.order is None:
            return
        if not part.earned:
            moved = sum(piece.units for piece in part.up)
            if roles <= CUSTOMER | TAX and moved and not part.units:
                _spread(part.up, -sum(piece.base or 0 for piece in part.down), moved)
            return
        row = carried(self.work, part.order)
        units = sum(piece.units for piece in part.earned)
        net, net_base = row.recognised - row.returned, row.recognised_base - row.returned_base
        if self._is_tax_aside(part):
            if net:
                _spread(part.earned, part_of(net_base, units, net), units)
            return
        if units > 0:
            base = -weigh(net, net_base, -units, self._rate)
            _spread(part.earned, base, units)
            again = [p for p in part.up if item_of(part.order, self.work.chart.role_of(p.posting.account), p.posting.party) in ADVANCE]
            reopened = sum(piece.units for piece in again)
            if reopened:
                _spread(again, part_of(base, reopened, units), reopened)
        elif units < 0 and self._is_return(part):
            _spread(part.earned, weigh(row.returned, row.returned_base, units, self._rate), units)

    def _lose(self, part: Part) -> None:
        """Let bad debt of a payout take what the dispute was carried at, and the rate of the day beyond that (IFRS 9.5.4.4; IAS 21.28)."""
        if self.work.document.kind != "payout":
            return
        disputed = sum(units for order_id, units in self.draft.lost if part.order is not None and part.order.id == order_id)
        given = next((piece for piece in part.down if self.work.chart.role_of(piece.posting.account) == "disputes"), None)
        for piece in part.lost:
            units = min(disputed, max(-given.units, 0)) if given is not None else 0
            if given is not None and units:
                part.up.append(Piece(piece.posting, units, part_of(-(given.base or 0), units, -given.units)))
            part.up.append(Piece(piece.posting, piece.units - units))
        part.lost = []

    def _is_tax_aside(self, part: Part) -> bool:
        """Tell whether tax moves beside what was earned: tax that falls away with a bad debt, or that a marketplace pays over."""
        return self.work.document.kind in ("write_off", "payout") and bool(part.earned)

    def _is_return(self, part: Part) -> bool:
        names = {self.work.chart.role_of(piece.posting.account) for piece in part.earned} - TAX
        return names == {"returns"}

    def _at_rate(self, parts: list[Part]) -> None:
        """Convert all that is at the rate of the day together, so that roundings cancel."""
        fresh = [piece for part in parts for piece in part.up if piece.base is None]
        for part in parts:
            units = sum(piece.units for piece in part.earned)
            if not units:
                fresh += [piece for piece in part.earned if piece.base is None]
        units = sum(piece.units for piece in fresh)
        rate = self.work.applied_rate(self.currency) if fresh else 0
        made = scale(
            [piece.units for piece in fresh],
            self._rate(units),
            rate * 10**self.work.base_digits,
            MICRO * 10 ** exponent(self.currency),
        )
        for piece, base in zip(fresh, made, strict=True):
            piece.base = base

    def _earn(self, part: Part) -> None:
        """Let revenue take what the balances beside it gave, and bad debt what is left (IFRIC 22.8; IFRS 9.5.4.4)."""
        for pieces in (part.earned, part.lost):
            if pieces and all(piece.base is None for piece in pieces):
                units = sum(piece.units for piece in pieces)
                _spread(pieces, self._rate(part.units) - part.base, units)

    def _write(self, written: list[Posting], parts: list[Part]) -> None:
        amounts: dict[int, int] = {}
        for part in parts:
            self._keep(part)
            for piece in part.pieces:
                amounts[id(piece.posting)] = amounts.get(id(piece.posting), 0) + (piece.base or 0)
        for posting in written:
            posting.foreign, posting.amount = posting.amount, amounts.get(id(posting), 0)
            posting.currency = self.currency if is_monetary(self.work.chart, posting.account) else None

    def _keep(self, part: Part) -> None:
        """Let what the order carries follow, and what a channel holds back."""
        for piece in part.up:
            if self.work.chart.role_of(piece.posting.account) == RESERVE and piece.posting.party is not None:
                move_party(self.work, RESERVE, piece.posting.party, self.currency, units=piece.units, base=piece.base or 0)
        if part.order is None:
            return
        row = carried(self.work, part.order)
        for piece in (*part.down, *part.up):
            item = item_of(part.order, self.work.chart.role_of(piece.posting.account), piece.posting.party)
            if item is not None:
                move(row, item, piece.units, piece.base or 0)
        if part.earned and not self._is_tax_aside(part):
            units, base = sum(p.units for p in part.earned), sum(p.base or 0 for p in part.earned)
            if self._is_return(part):
                move(row, "returned", units, base)
            else:
                move(row, "recognised", -units, -base)


def _spread(pieces: list[Piece], base: int, units: int) -> None:
    """Share a base amount over pieces by their units."""
    rest = [0] * (len(pieces) - 1)
    made = scale([piece.units for piece in pieces], base, base, units) if units else [base, *rest]
    for piece, part in zip(pieces, made, strict=True):
        piece.base = part


def _settle(work: Work, order: Order) -> None:
    """Bring balances whose units are gone, or stand on the other side than what they are carried at, to the rate of the day."""
    row = work.state[Carried].get(order.id)
    if row is None:
        return
    for role, name in (*ITEMS.items(), (output_role(order), DUE)):
        units, base = pile(row, name)
        if not base or units * base > 0:
            continue
        difference = (work.in_base(units, order.currency or "") if units else 0) - base
        _adjust(work, order, role, name, difference)


def _adjust(work: Work, order: Order, role: str, name: str, difference: int) -> None:
    account = _account(work, order, role)
    draft = work.draft(order.customer, f"Exchange difference of order {order.label}", date=_day(work))
    draft.currency = None
    currency = order.currency if is_monetary(work.chart, account) else None
    party = order.channel if role == "clearing" else order.customer
    draft.collect(Posting(account, difference, order, party=party, currency=currency, foreign=0))
    draft.add("exchange", -difference, order=order)
    move(carried(work, order), name, 0, difference)


def _settle_parties(work: Work) -> None:
    """Do the same for what is open with suppliers, carriers and channels that the document moved."""
    roles = {account: role for role in PARTY_ROLES if (account := work.chart.account_or_none(role)) is not None}
    moved = [p for draft in work.drafts for p in draft.postings if p.account in roles and p.party is not None]
    keys = dict.fromkeys((roles[p.account], p.party, p.currency or work.party_currency) for p in moved if p.foreign is not None)
    for role, party, currency in keys:
        row = work.state[PartyBalance].get((role, party, currency))
        if row is None or not row.base or row.units * row.base > 0:
            continue
        difference = (work.in_base(row.units, row.currency) if row.units else 0) - row.base
        draft = work.draft(row.party, f"Exchange difference of {row.party}", date=_day(work))
        draft.currency = None
        kept = row.currency if is_monetary(work.chart, work.chart.account(role)) else None
        draft.collect(Posting(work.chart.account(role), difference, party=row.party, currency=kept, foreign=0))
        draft.add("exchange", -difference)
        work.state[PartyBalance].edit(row).base += difference


def _day(work: Work) -> str | None:
    """Return the day of a settling entry: where items of a period's end are revalued that were settled since, the day after."""
    if work.document.kind != "revaluation":
        return None
    return (datetime.date.fromisoformat(work.document.date) + datetime.timedelta(days=1)).isoformat()


def _account(work: Work, order: Order, role: str) -> str:
    """Return the account of a balance; a clearing account is the one that the document moved."""
    if role != "clearing":
        return work.chart.account(role)
    own = (p.account for draft in work.drafts for p in draft.postings if p.order is not None and p.order.id == order.id)
    return next(account for account in own if work.chart.role_of(account) == role)
