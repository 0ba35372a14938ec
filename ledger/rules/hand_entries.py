"""An `entry` document: posted as given, except on accounts that only documents of stock may move."""

from __future__ import annotations

from ledger.chart import OPEN_ITEMS, ROOTS, STOCK_ROLES
from ledger.documents.hand import HandEntry
from ledger.errors import FieldError, PeriodClosed
from ledger.journal.draft import Draft, Posting
from ledger.money import MICRO, exponent, format_scaled, scale
from ledger.rules.carrying import follow
from ledger.rules.prepayments import PREPAYMENT
from ledger.rules.translation import is_monetary
from ledger.state.records import Order
from ledger.work import Work, fault


def post_hand_entry(work: Work, document: HandEntry) -> None:
    """Post the entry as an accountant wrote it (IAS 1.15 leaves the form free); it is numbered and chained like any other.

    Example: 80.00 of rent for January.
        entry E-1 on 2026-01-31 narration="Rent of January" | operating 80.00 | bank -80.00
        Dr operating 80.00
        Cr bank 80.00
    """
    if work.date != document.date:
        detail = f"{document.date[:7]} is closed; date the entry {work.date} or later"
        raise PeriodClosed("the period is closed", (FieldError("/date", detail),))
    draft = work.draft(document.payee or "", document.narration or document.memo or f"Entry {document.number}")
    draft.by_hand = True
    orders = set()
    amounts = _in_base(work, document)
    for i, given in enumerate(document.postings):
        base, foreign = amounts[i]
        if given.currency not in (None, document.currency, work.chart.currency):
            raise fault(f"/postings/{i}/currency", f"must be the document's currency or {work.chart.currency}")
        account = work.account(given.account, f"/postings/{i}/account", roots=ROOTS)
        if work.chart.role_of(account) in STOCK_ROLES:
            raise fault(f"/postings/{i}/account", f"{account} is moved by documents of stock only, not by hand")
        order = work.order(given.order, f"/postings/{i}/order") if given.order else None
        orders.add(order.id if order else None)
        if order is not None:
            _keep_open_item(work, order, work.chart.role_of(account), given.amount if foreign is not None else base)
        party = given.party or (order.customer if order else None)
        _post(work, draft, Posting(account, base, order, given.sku, party, foreign=foreign), f"/postings/{i}/currency")
    work.order_id = orders.pop() if len(orders) == 1 else None


def _post(work: Work, draft: Draft, posting: Posting, pointer: str) -> None:
    """Post one line; what is open with an order or a party in foreign currency follows, and nothing else may be open there."""
    role, order, currency = work.chart.role_of(posting.account) or "", posting.order, work.document.currency
    if order is not None and role in OPEN_ITEMS and role != "accrued_freight":
        stated = currency if posting.foreign is not None else None
        if stated != order.currency:
            raise fault(pointer, f"must be {order.currency or work.chart.currency}: what is open on order {order.label} is in that")
    if posting.foreign is not None and is_monetary(work.chart, posting.account):
        posting.currency = currency
    elif posting.foreign is not None and role not in (*OPEN_ITEMS, PREPAYMENT):
        posting.foreign = None
    if posting.foreign is not None:
        follow(work, order, role, posting.party, currency, units=posting.foreign, base=posting.amount)
    draft.collect(posting)


def _keep_open_item(work: Work, order: Order, role: str | None, amount: int) -> None:
    """Let an order's kept balance follow what an accountant posts on it."""
    if role in OPEN_ITEMS:
        name, sign = OPEN_ITEMS[role]
        work.state[Order].edit(order)
        setattr(order, name, getattr(order, name) + sign * amount)


def _in_base(work: Work, document: HandEntry) -> list[tuple[int, int | None]]:
    """Return (base, foreign units or None) of each posting; the whole balances in base to the last unit (IAS 21.21).

    Example: 100.00 USD are changed into 715.00 at the bank, whose rate is not the day's.
        entry E-2 on 2026-01-31 currency=USD rate=7.20 narration=Change
        | bank -100.00 | bank 715.00 currency=CNY | exchange 5.00 currency=CNY
        Cr bank 720.00 units="-100.00 USD"
        Dr bank 715.00
        Dr exchange 5.00
    """
    base_currency = work.chart.currency
    foreign = [document.currency is not None and (p.currency or document.currency) != base_currency for p in document.postings]
    if document.currency is None:
        return [(given.amount, None) for given in document.postings]
    digits = exponent(document.currency)
    units = [given.amount for given, is_foreign in zip(document.postings, foreign, strict=True) if is_foreign]
    factor = (work.applied_rate(document.currency) * 10**work.base_digits, MICRO * 10**digits)
    converted = iter(scale(units, work.in_base(sum(units), document.currency), *factor))
    made: list[tuple[int, int | None]] = []
    for i, given in enumerate(document.postings):
        if foreign[i]:
            made.append((next(converted), given.amount))
            continue
        amount, finer = divmod(given.amount * 10**work.base_digits, 10**digits)
        if finer:
            raise fault(f"/postings/{i}/amount", f"is finer than {base_currency} is")
        made.append((amount, None))
    over = sum(base for base, _ in made)
    if over:
        raise fault("/postings", f"must sum to zero in {base_currency} at the rate; {format_scaled(over, work.base_digits)} is too much")
    return made
