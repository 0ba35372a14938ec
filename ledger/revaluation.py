"""Which monetary items in foreign currency are open at the end of a day, and what they come to at its closing rates (IAS 21.23a).

GR/IR is one as long as goods are owed for. An invoice before its receipt is goods on their way, which keep their rate (IAS 21.16).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.documents.closing import ClosingRate, Revaluation, Revalued
from ledger.errors import InvalidQuery
from ledger.limits import LINES_MAX
from ledger.money import at_rate, exponent, format_scaled
from ledger.reports.context import Context
from ledger.rules.translation import is_monetary
from ledger.store.sql import mark

_OF_ORDERS = frozenset(["receivable", "customer_deposit", "refund_liability", "clearing", "disputes"])
_OF_PARTIES = frozenset(["payable:supplier", "payable:carrier", "reserve"])
_POSTED = (
    "SELECT p.account, p.currency, p.order_id, p.party, SUM(p.foreign_amount), SUM(p.amount) FROM posting p "
    "JOIN entry e ON e.id = p.entry_id WHERE p.currency IS NOT NULL AND e.date <= {} "
    "GROUP BY p.account, p.currency, p.order_id, p.party ORDER BY p.account, p.currency, p.order_id, p.party"
)
_RECEIVED = (
    "SELECT d.source, d.number, r.supplier, r.currency, -SUM(r.foreign_amount), -SUM(r.grir) FROM received r "
    "JOIN (SELECT seq, source, number, date FROM document UNION ALL SELECT id, source, number, date FROM opened) d "
    "ON d.seq = r.receipt_id WHERE r.foreign_amount <> 0 AND d.date <= {} "
    "GROUP BY r.receipt_id, d.source, d.number, r.supplier, r.currency ORDER BY r.receipt_id"
)


@dataclass(slots=True)
class Item:
    """One open item: units (minor, debit positive) and what they are carried at in base; what it belongs to, where to anything."""

    account: str
    currency: str
    units: int = 0
    base: int = 0
    order_id: int | None = None
    party: str | None = None
    receipt: str | None = None


def revaluation(context: Context, last_day: str, seq: int) -> Revaluation | None:
    """Return the document that re-prices what is open on `last_day`, None where nothing changes; `seq` is the last document counted.

    InvalidQuery says which price the books lack. More than a document holds is left for the next one.
    """
    rates: dict[str, int] = {}
    made: list[Revalued] = []
    for item in _items(context, last_day):
        value = 0
        if item.units:
            rate = rates.setdefault(item.currency, _closing_rate(context, item.currency, last_day))
            value = at_rate(item.units, rate, exponent(item.currency), context.digits)
        if value != item.base and len(made) < LINES_MAX:
            made.append(_revalued(context, item, value))
    if not made:
        return None
    stated = tuple(ClosingRate(currency=currency, rate=rate) for currency, rate in sorted(rates.items()))
    number = f"{last_day[:7]}-{seq}"
    return Revaluation(source="orderledger", number=number, date=last_day, as_of_seq=str(seq), rates=stated, items=tuple(made))


def _closing_rate(context: Context, currency: str, last_day: str) -> int:
    rate = context.chart.prices.get((currency, last_day))
    if rate is None:
        line = f"{last_day} price {currency} 7.20 {context.chart.currency}"
        raise InvalidQuery(
            f"{currency} is open on {last_day} and has no closing rate: write its price into prices.beancount, such as {line}"
        )
    return rate


def _items(context: Context, last_day: str) -> Iterator[Item]:
    place = mark(context.connection)
    found: dict[tuple[str, str, int | None, str | None], Item] = {}
    for account, currency, order_id, party, units, base in context.connection.exec_driver_sql(_POSTED.format(place), (last_day,)):
        role = context.chart.role_of(account)
        if role == "grir":
            continue
        of_order = order_id if role in _OF_ORDERS else None
        of_party = party if role in _OF_PARTIES else None
        item = found.setdefault((account, currency, of_order, of_party), Item(account, currency, order_id=of_order, party=of_party))
        item.party = item.party or (party if of_order is not None else None)
        item.units += int(units)
        item.base += int(base)
    for account, currency, units, base in _by_hand(context, last_day):
        item = found.setdefault((account, currency, None, None), Item(account, currency))
        item.units += units
        item.base += base
    yield from found.values()
    for source, number, supplier, currency, units, base in context.connection.exec_driver_sql(_RECEIVED.format(place), (last_day,)):
        account = context.chart.account("grir")
        yield Item(account, currency, int(units), int(base), party=supplier, receipt=f"{source}/{number}")


def _by_hand(context: Context, last_day: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield the money of hand-written entries in foreign currency; what parties owe is re-priced once its entry is adopted."""
    of_others = _OF_ORDERS | _OF_PARTIES | {"grir"}
    for posting in (posting for entry in context.manual if entry.date <= last_day for posting in entry.postings):
        money = is_monetary(context.chart, posting.account) and context.chart.role_of(posting.account) not in of_others
        if money and posting.currency is not None and posting.units is not None:
            yield posting.account, posting.currency, posting.units, posting.amount


def _revalued(context: Context, item: Item, value: int) -> Revalued:
    order = None
    if item.order_id is not None:
        query = f"SELECT source, number FROM orders WHERE id = {mark(context.connection)}"
        order = "/".join(context.connection.exec_driver_sql(query, (item.order_id,)).one())
    units = format_scaled(item.units, exponent(item.currency))
    return Revalued(
        account=item.account, currency=item.currency, units=units, carried=item.base, value=value,
        order=order, party=item.party, receipt=item.receipt,
    )  # fmt: skip
