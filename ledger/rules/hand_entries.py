"""An `entry` document: posted as given, except on accounts that only documents of stock may move."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.chart import OPEN_ITEMS, ROOTS, STOCK_ROLES
from ledger.documents.hand import EntryPosting, HandEntry
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
        value = amounts[i]
        if given.currency not in (None, document.currency, work.chart.currency):
            raise fault(f"/postings/{i}/currency", f"must be the document's currency or {work.chart.currency}")
        account = work.account(given.account, f"/postings/{i}/account", roots=ROOTS)
        if work.chart.role_of(account) in STOCK_ROLES:
            raise fault(f"/postings/{i}/account", f"{account} is moved by documents of stock only, not by hand")
        order = work.order(given.order, f"/postings/{i}/order") if given.order else None
        orders.add(order.id if order else None)
        if order is not None:
            _keep_open_item(work, order, work.chart.role_of(account), value.base if value.units is None else value.units)
        party = given.party or (order.customer if order else None)
        posting = Posting(account, value.base, order, given.sku, party, foreign=value.units)
        _post(work, draft, posting, value.currency, f"/postings/{i}/{'currency' if given.units is None else 'units'}")
    work.order_id = orders.pop() if len(orders) == 1 else None


@dataclass(frozen=True, slots=True)
class _Value:
    """What a posting comes to in base, and the units of another currency that it stands in."""

    base: int
    units: int | None = None
    currency: str | None = None


def prepaid_in(work: Work, document: HandEntry) -> str | None:
    """Return the currency in which an entry in the books' currency moves what a supplier was paid ahead."""
    account = work.chart.account_or_none(PREPAYMENT)
    of_it = (p.units.currency for p in document.postings if p.units is not None and p.account in (PREPAYMENT, account))
    return next(of_it, None)


def _post(work: Work, draft: Draft, posting: Posting, currency: str | None, pointer: str) -> None:
    """Post one line; what is open with an order or a party in foreign currency follows, and nothing else may be open there."""
    role, order = work.chart.role_of(posting.account) or "", posting.order
    if order is not None and role in OPEN_ITEMS and role != "accrued_freight":
        stated = currency if posting.foreign is not None else None
        if stated != order.currency:
            raise fault(pointer, f"must be {order.currency or work.chart.currency}: what is open on order {order.label} is in that")
    if posting.foreign is not None and is_monetary(work.chart, posting.account):
        posting.currency = currency
    elif posting.foreign is not None and role not in (*OPEN_ITEMS, PREPAYMENT):
        posting.foreign = None
    if role == PREPAYMENT and posting.foreign is not None and currency != work.party_currency:
        raise fault(pointer, f"must be {work.party_currency}: an entry moves what was paid ahead in one currency")
    if posting.foreign is not None:
        follow(work, order, role, posting.party, currency, units=posting.foreign, base=posting.amount)
    draft.collect(posting)


def _keep_open_item(work: Work, order: Order, role: str | None, amount: int) -> None:
    """Let an order's kept balance follow what an accountant posts on it."""
    if role in OPEN_ITEMS:
        name, sign = OPEN_ITEMS[role]
        work.state[Order].edit(order)
        setattr(order, name, getattr(order, name) + sign * amount)


def _in_base(work: Work, document: HandEntry) -> list[_Value]:
    """Return what each posting comes to; the whole balances in base to the last unit (IAS 21.21).

    Example: 100.00 USD are changed into 715.00 at the bank, whose rate is not the day's.
        entry E-2 on 2026-01-31 currency=USD rate=7.20 narration=Change
        | bank -100.00 | bank 715.00 currency=CNY | exchange 5.00 currency=CNY
        Cr bank 720.00 units="-100.00 USD"
        Dr bank 715.00
        Dr exchange 5.00

    Example: 100.00 USD at 7.20 are changed into 90.00 EUR at 7.95: each posting says what its units come to.
        {"kind": "entry", "number": "E-3", "date": "2026-01-31", "narration": "Change", "postings":
        | [{"account": "bank", "amount": "-720.00", "units": {"amount": "-100.00", "currency": "USD"}},
        | {"account": "bank", "amount": "715.50", "units": {"amount": "90.00", "currency": "EUR"}},
        | {"account": "exchange", "amount": "4.50"}]}
        Cr bank 720.00 units="-100.00 USD"
        Dr bank 715.50 units="90.00 EUR"
        Dr exchange 4.50
    """
    base_currency = work.chart.currency
    foreign = [document.currency is not None and (p.currency or document.currency) != base_currency for p in document.postings]
    if document.currency is None:
        work.bought_in = work.bought_in or prepaid_in(work, document)
        return [_stated(work, given, f"/postings/{i}/units") for i, given in enumerate(document.postings)]
    for i, given in enumerate(document.postings):
        if given.units is not None:
            raise fault(f"/postings/{i}/units", f"is for entries in {base_currency}: this one has a currency and a rate of its own")
    digits = exponent(document.currency)
    units = [given.amount for given, is_foreign in zip(document.postings, foreign, strict=True) if is_foreign]
    factor = (work.applied_rate(document.currency) * 10**work.base_digits, MICRO * 10**digits)
    converted = iter(scale(units, work.in_base(sum(units), document.currency), *factor))
    made: list[_Value] = []
    for i, given in enumerate(document.postings):
        if foreign[i]:
            made.append(_Value(next(converted), given.amount, document.currency))
            continue
        amount, finer = divmod(given.amount * 10**work.base_digits, 10**digits)
        if finer:
            raise fault(f"/postings/{i}/amount", f"is finer than {base_currency} is")
        made.append(_Value(amount))
    over = sum(value.base for value in made)
    if over:
        raise fault("/postings", f"must sum to zero in {base_currency} at the rate; {format_scaled(over, work.base_digits)} is too much")
    return made


def _stated(work: Work, given: EntryPosting, pointer: str) -> _Value:
    """Return a posting of an entry in the books' currency."""
    if given.units is None:
        return _Value(given.amount)
    currency = given.units.currency
    units, finer = divmod(given.units.amount * 10 ** exponent(currency), MICRO)
    if currency == work.chart.currency:
        raise fault(f"{pointer}/currency", f"is the books' own: {currency} is said by the amount")
    if finer:
        raise fault(f"{pointer}/amount", f"is finer than {currency} is")
    if not units or units * given.amount < 0:
        raise fault(f"{pointer}/amount", "must have the sign of the posting's amount, and not be zero")
    return _Value(given.amount, units, currency)
